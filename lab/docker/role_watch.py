"""Watches a unit's effective mode as an operator would, by asking for its status repeatedly."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import asyncssh

from lab.contract import Mode
from lab.docker.ssh import Connection, Console
from lab.profiles.record import UnitProfile

IDLE = 0.1
AWAITED = 0.05
"""Seconds between two queries without a hint: while nobody waits for a condition, and while somebody does."""

REDIAL = 0.05

Report = Callable[[float, Mode, Mode, float], None]

_LOST = (OSError, asyncssh.Error, TimeoutError)


class RoleWatch:
    """Asks one unit for its status and reports every change of its effective mode.

    A unit that goes down or restarts hangs up, and the lab reports a unit that it silences (`gone`). Otherwise a
    missing answer is a slow one: a unit counts as unreachable only when it has taken longer than any line may.
    """

    def __init__(
        self, connection: Connection, profile: UnitProfile, is_awaited: Callable[[], bool], report: Report
    ) -> None:
        """Report (when, old, new, doubt) from the loop's thread; the change was at most `doubt` seconds before."""
        self._connection = connection
        self._profile = profile
        self._is_awaited = is_awaited
        self._report = report
        self._hint = asyncio.Event()
        self._lock = threading.Lock()
        self.mode = Mode.UNREACHABLE
        self._asked = time.monotonic()
        """When the last query was sent that was answered with the current mode."""
        self._since = self._asked
        """When the current mode was first seen."""
        self.absent = False
        """Whether the unit has no power or is frozen, so that it is not asked."""
        self._is_resting = False

    async def run(self) -> None:
        """Ask until cancelled."""
        console: Console | None = None
        while True:
            if self.absent:
                # The connection was lost, and this session with it.
                console = None
                await asyncio.sleep(REDIAL)
                continue
            # A hint that comes while the unit answers causes one more query.
            self._hint.clear()
            if self._is_resting:
                if console is not None:
                    console.close()
                console = None
                await self._hint.wait()
                continue
            asked = time.monotonic()
            try:
                if console is None:
                    console = await self._connection.console()
                asked = time.monotonic()
                mode = await self.ask(console)
            except _LOST:
                console = None
                self.see(time.monotonic(), Mode.UNREACHABLE, asked)
                await asyncio.sleep(REDIAL)
                continue
            if mode is not None and not self.absent:
                self.see(time.monotonic(), mode, asked)
            with suppress(TimeoutError):
                async with asyncio.timeout(AWAITED if self._is_awaited() else IDLE):
                    await self._hint.wait()

    def rest(self) -> None:
        """Ask no more: the scenario has ended, and the lab itself brings the unit to its first state and proves it.

        Called in the loop's thread, as `go_on`.
        """
        self._is_resting = True
        self._hint.set()

    def go_on(self) -> None:
        """Ask again, at once; whoever has seen the unit's mode meanwhile has said so (`see`)."""
        self._is_resting = False
        self._hint.set()

    def hint(self) -> None:
        """Ask at once, because the unit's mode may have changed. Called in the loop's thread."""
        self._hint.set()

    async def ask(self, console: Console) -> Mode | None:
        """Effective mode now. Raises if the unit does not answer."""
        answer = await console.enter(self._profile.pages.status, self._profile.cli.answer_within)
        if answer.ended:
            raise ConnectionResetError("the shell ended")
        return self._profile.pages.mode(answer.text)

    def see(self, at: float, mode: Mode, asked: float) -> None:
        """Take the mode that answers a query sent at `asked`; only a change is reported.

        An answer with another mode to a query that was sent before the current mode was seen is out of date.
        """
        with self._lock:
            if mode is not self.mode:
                if asked < self._since:
                    return
                old, self.mode, self._since = self.mode, mode, at
                self._report(at, old, mode, max(0.0, at - self._asked))
            self._asked = max(self._asked, asked)

    def gone(self, at: float) -> None:
        """Note that the unit lost its power or froze, so that it does not answer from now on."""
        self.absent = True
        self._connection.drop()
        self.see(at, Mode.UNREACHABLE, time.monotonic())

    def back(self) -> None:
        """Note that the unit may answer again."""
        self.absent = False
