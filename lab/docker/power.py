"""Power of one unit: its container, and the darkness of its namespace without power."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from docker.errors import APIError, NotFound

from lab.docker.daemon import refused
from lab.docker.rack import Rack, not_started, unit_part
from lab.docker.rules import darkness, light
from lab.docker.subnets import PORTS
from lab.errors import BootFailed, FaultNotProven, LabError

DEATH_WITHIN = 10.0

LAST_WORDS = 300
"""Characters of a container's output that an error shows."""

FREEZE_TRIES = 5
"""Attempts to let Docker freeze a machine's processes."""


class Power:
    """Switches one unit's container on and off, and reports when it ends by itself: a shutdown, or to be started again.

    A machine without power sends nothing, not even the end of its connections: its namespace goes dark first, then
    its processes are killed, then every address but its own is forgotten. It stays dark until power comes back.
    """

    def __init__(
        self,
        rack: Rack,
        unit: str,
        *,
        went_off: Callable[[float], None],
        restarts: Callable[[float], None],
        started: Callable[[], None] = lambda: None,
    ) -> None:
        """Control the container of this unit. When it ends by itself, a thread calls one of the two with the time.

        `started` is called when it has been started.
        """
        self._rack = rack
        self._unit = unit
        self._restart_codes = rack.profile(unit).container.restart_codes
        self._api = rack.client.api
        self._name = rack.badge.name(unit_part(unit))
        self._agent = rack.chassis(unit)
        self._went_off = went_off
        self._ended_to_restart = restarts
        self._has_started = started
        self._switch = threading.RLock()
        """Held while power is being given or cut: a restart runs in a thread of its own."""
        self._expected = False
        self._restarts = False
        self._frozen = False
        self._pid = 0
        self._dead = threading.Event()
        self._dead.set()
        self.died_at = 0.0

    def is_on(self) -> bool:
        """Whether the machine runs; a frozen one does."""
        return not self._dead.is_set()

    def pid(self) -> int:
        """Number of the machine's first process; 0 for one that does not run."""
        return self._pid if self.is_on() else 0

    def is_powered(self) -> bool:
        """Whether the machine has power: it runs, or has ended to be started again."""
        return self.is_on() or self._restarts

    def is_lit(self) -> bool:
        """Whether the machine is on its networks: it runs and is not frozen."""
        return self.is_on() and not self._frozen

    def on(self) -> None:
        """Give power: the namespace comes back with own addresses only, then the container starts."""
        with self._switch:
            self._restarts = False
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
                raise not_started(self._rack, self._unit, error) from error
            self._has_started()

    def restarts(self) -> bool:
        """Whether the machine has ended to be started again, and waits for `restart`."""
        return self._restarts

    def is_to_restart(self) -> None:
        """Let a machine that has ended wait for `restart`."""
        self._restarts = True

    def restart(self) -> bool:
        """Start the machine again, unless it has lost its power meanwhile; return whether it was started."""
        with self._switch:
            if not self._restarts:
                return False
            self.on()
            return True

    def code(self) -> int:
        """Exit code of a container that has ended."""
        try:
            return int(self._api.wait(self._name, condition="not-running")["StatusCode"])
        except APIError as error:
            raise refused(error, f"waiting for the end of {self._name}") from error

    def swap(self, make: Callable[[], None]) -> None:
        """Replace a container that has ended, and whatever it kept, by another."""
        try:
            self._api.wait(self._name, condition="not-running")
            self._api.remove_container(self._name, v=True)
            make()
        except APIError as error:
            raise refused(error, f"replacing {self._name}") from error

    def container(self) -> tuple[str, str]:
        """Id of the unit's container, and of its image."""
        found = self._inspect()
        return str(found["Id"]), str(found["Image"])

    def runs(self) -> bool:
        """Whether the container runs, by Docker."""
        state = self._inspect()["State"]
        self._frozen = bool(state["Paused"])
        return bool(state["Running"])

    def follow(self) -> None:
        """Watch the first process of a running container. Raises BootFailed where it has ended."""
        state = self._inspect()["State"]
        if not state["Running"]:
            raise self.ended()
        try:
            handle = os.pidfd_open(int(state["Pid"]))
        except ProcessLookupError:
            raise self.ended() from None
        self._pid = int(state["Pid"])
        self._dead.clear()
        threading.Thread(target=self._watch, args=(handle,), name=f"power {self._name}", daemon=True).start()

    def cut(self) -> dict[str, float]:
        """Cut the power; return when the machine went dark and died, on the lab's clock. Raises FaultNotProven."""
        with self._switch:
            self._expected = True
            asked = time.monotonic()
            self._agent.ask("mute", on=True)
            dark = float(self._agent.ask("rules", text=self._darkness())["at"])
            if self._frozen:
                self._unpause()
            if self.is_on():
                self._kill()
            if not self._dead.wait(DEATH_WITHIN):
                raise FaultNotProven(f"the processes of {self._name} survived the loss of power")
            self._restarts = False
            self._forget()
            return {"asked": asked, "dark": dark, "dead": self.died_at}

    def freeze(self) -> dict[str, float]:
        """Stop the whole machine: its processes first, then its network, so that none of them runs in the dark."""
        self._pause()
        if self._inspect()["State"]["Status"] != "paused":
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
        """Do not report the coming end of the container, and do not start it again; or do from now on."""
        self._expected = expected
        self._restarts = self._restarts and not expected

    def last_words(self) -> str:
        """Return the last lines of the container's log."""
        try:
            text = self._api.logs(self._name, tail=5).decode(errors="replace")
        except (APIError, NotFound):
            text = ""
        words = self._rack.masked(" | ".join(text.split("\n")).strip(" |"))
        return f"its last words: {words[-LAST_WORDS:] or 'none'}"

    def ended(self) -> BootFailed:
        """Return the error for a machine that ends instead of starting."""
        code = self.code()
        state = self._inspect()["State"]
        begun, ended = (datetime.fromisoformat(str(state[key])) for key in ("StartedAt", "FinishedAt"))
        took = max(0.0, (ended - begun).total_seconds())
        problem = f"unit {self._unit}'s container ended with {code} after {took:.1f} s"
        return BootFailed(problem, f"{self.last_words()}; look at container.command and container.environment")

    def _inspect(self) -> dict[str, Any]:
        """What Docker knows of the container."""
        try:
            return dict(self._api.inspect_container(self._name))
        except APIError as error:
            raise refused(error, f"looking at {self._name}") from error

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
        by_itself = not self._expected
        self._restarts = by_itself and self._asks_for_restart()
        self._dead.set()
        if self._restarts:
            self._ended_to_restart(self.died_at)
        elif by_itself:
            self._went_off(self.died_at)

    def _asks_for_restart(self) -> bool:
        if not self._restart_codes:
            return False
        # A lab that is being taken down may have no container any more.
        with suppress(LabError):
            return self.code() in self._restart_codes
        return False

    def _darkness(self) -> str:
        return darkness((*PORTS, *self._rack.bridge_ports))

    def darken(self) -> None:
        """Silence a machine that went off by itself, and remove addresses that are not its own."""
        with self._switch:
            if self.is_on():
                return
            self._agent.ask("mute", on=True)
            self._agent.ask("rules", text=self._darkness())
            self._forget()

    def _forget(self) -> None:
        """Leave nothing of a machine that is dead: neither addresses nor connections, on which others still send."""
        self._agent.ask("restore")
        self._agent.ask("begin")
