"""Power of one unit: its container, and the darkness of its namespace without power."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable

from docker.errors import APIError, NotFound

from lab.docker.daemon import refused
from lab.docker.rack import Rack, unit_part
from lab.docker.rules import darkness, light
from lab.docker.subnets import PORTS
from lab.errors import BootFailed, FaultNotProven

DEATH_WITHIN = 10.0

FREEZE_TRIES = 5
"""Attempts to let Docker freeze a machine's processes."""


class Power:
    """Switches one unit's container on and off, and reports when it ends by itself (a shutdown).

    A machine without power sends nothing, not even the end of its connections: its namespace goes dark first, then
    its processes are killed, then every address but its own is forgotten. It stays dark until power comes back.
    """

    def __init__(self, rack: Rack, unit: str, died: Callable[[float], None]) -> None:
        """Control the container of this unit; `died` is called from a thread when it ends by itself."""
        self._rack = rack
        self._api = rack.client.api
        self._name = rack.badge.name(unit_part(unit))
        self._agent = rack.chassis(unit)
        self._died = died
        self._expected = False
        self._frozen = False
        self._pid = 0
        self._dead = threading.Event()
        self._dead.set()
        self.died_at = 0.0

    def is_on(self) -> bool:
        """Whether the machine has power; a frozen one has."""
        return not self._dead.is_set()

    def is_lit(self) -> bool:
        """Whether the machine is on its networks: it has power and is not frozen."""
        return self.is_on() and not self._frozen

    def on(self) -> None:
        """Give power: the namespace comes back with own addresses only, then the container starts."""
        if self.is_on():
            return
        self._agent.ask("restore")
        self._agent.ask("rules", text=light())
        self._agent.ask("mute", on=False)
        self._expected = self._frozen = False
        try:
            # Docker notices the end of a process late, and does not start a container that it thinks is running.
            self._api.wait(self._name, condition="not-running")
            self._api.start(self._name)
            self.follow()
        except APIError as error:
            raise refused(error, f"starting {self._name}") from error

    def swap(self, make: Callable[[], None]) -> int:
        """Replace a container that has ended by another, and return the old one's exit code."""
        try:
            code = int(self._api.wait(self._name, condition="not-running")["StatusCode"])
            self._api.remove_container(self._name)
            make()
        except APIError as error:
            raise refused(error, f"replacing {self._name}") from error
        return code

    def runs(self) -> bool:
        """Whether the container runs, by Docker."""
        state = self._api.inspect_container(self._name)["State"]
        self._frozen = bool(state["Paused"])
        return bool(state["Running"])

    def follow(self) -> None:
        """Watch the first process of a running container."""
        state = self._api.inspect_container(self._name)["State"]
        if not state["Running"]:
            raise BootFailed(f"{self._name} ended at once (exit code {state['ExitCode']})", self.last_words())
        self._pid = int(state["Pid"])
        self._dead.clear()
        handle = os.pidfd_open(self._pid)
        threading.Thread(target=self._watch, args=(handle,), name=f"power {self._name}", daemon=True).start()

    def cut(self) -> dict[str, float]:
        """Cut the power; return when the machine went dark and died, on the lab's clock. Raises FaultNotProven."""
        self._expected = True
        asked = time.monotonic()
        self._agent.ask("mute", on=True)
        dark = float(self._agent.ask("rules", text=self._darkness())["at"])
        if self._frozen:
            self._unpause()
        self._kill()
        if not self._dead.wait(DEATH_WITHIN):
            raise FaultNotProven(f"the processes of {self._name} survived the loss of power")
        self._agent.ask("restore")
        return {"asked": asked, "dark": dark, "dead": self.died_at}

    def freeze(self) -> dict[str, float]:
        """Stop the whole machine: its processes first, then its network, so that none of them runs in the dark."""
        self._pause()
        if self._api.inspect_container(self._name)["State"]["Status"] != "paused":
            raise FaultNotProven(f"{self._name} was not frozen")
        self._frozen = True
        still = time.monotonic()
        self._agent.ask("mute", on=True)
        dark = float(self._agent.ask("rules", text=self._darkness())["at"])
        return {"still": still, "dark": dark}

    def thaw(self) -> None:
        """Let the machine go on: first its network, then its processes."""
        self._agent.ask("rules", text=light())
        self._agent.ask("mute", on=False)
        self._unpause()

    def _pause(self) -> None:
        """Stop all processes; on a busy host the kernel may need several attempts to stop every one."""
        for left in reversed(range(FREEZE_TRIES)):
            try:
                self._api.pause(self._name)
            except APIError as error:
                if not left or "unable to freeze" not in str(error.explanation):
                    raise refused(error, f"freezing {self._name}") from error
            else:
                return

    def _unpause(self) -> None:
        try:
            self._api.unpause(self._name)
        except APIError as error:
            raise refused(error, f"thawing {self._name}") from error
        self._frozen = False

    def expect_end(self, *, expected: bool = True) -> None:
        """Do not report the coming end of the container."""
        self._expected = expected

    def last_words(self) -> str:
        """Return the last lines of the container's log."""
        try:
            text = self._api.logs(self._name, tail=5).decode(errors="replace")
        except (APIError, NotFound):
            text = ""
        return "its last words: " + (" | ".join(text.split("\n")).strip(" |") or "none")

    def _kill(self) -> None:
        """Kill the first process, and with it all others; by its number if that is allowed, since it is faster."""
        try:
            os.kill(self._pid, signal.SIGKILL)
        except (PermissionError, ProcessLookupError):
            try:
                self._api.kill(self._name, signal="SIGKILL")
            except APIError:
                return

    def _watch(self, handle: int) -> None:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.poll()
        self.died_at = time.monotonic()
        os.close(handle)
        self._dead.set()
        if not self._expected:
            self._died(self.died_at)

    def _darkness(self) -> str:
        return darkness((*PORTS, *self._rack.bridge_ports))

    def darken(self) -> None:
        """Silence a machine that went off by itself, and remove addresses that are not its own."""
        self._agent.ask("mute", on=True)
        self._agent.ask("rules", text=self._darkness())
        self._agent.ask("restore")
