"""A simulated unit's local monitoring: looks at its ports and its disk in virtual time, and tells the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from lab.sim.interfaces import Interfaces
from node.engine.events import CheckDone
from node.engine.settings import Check, HaSettings

PORTS, DISK = "local-ports", "local-hd"


class Host(Protocol):
    """The machine that is checked."""

    interfaces: Interfaces

    def after(self, seconds: float, callback: Callable[[], None], *, process: bool) -> None:
        """Call back later, unless the HA process has ended meanwhile."""
        ...


@dataclass(slots=True)
class _Round:
    """A check that is repeated; `over` when the settings no longer ask for it."""

    check: Check
    over: bool = False


class Checks:
    """Runs each enabled check at its interval, as `node.linux.checks` does. Source: HA-200, HA-204."""

    def __init__(self, host: Host, done: Callable[[CheckDone], None]) -> None:
        """Tell `done` each result; nothing runs before `follow`."""
        self._host = host
        self._done = done
        self._rounds: dict[str, _Round] = {}
        self._settings: HaSettings | None = None

    def stop(self) -> None:
        """The HA process has ended."""
        for each in self._rounds.values():
            each.over = True
        self._rounds.clear()
        self._settings = None

    def follow(self, settings: HaSettings) -> None:
        """Follow these settings from now on; a check whose own settings are unchanged keeps its rhythm."""
        if settings is self._settings:
            return
        self._settings = settings
        wanted = settings.mode.active_passive
        for name, check in ((PORTS, settings.local_ports), (DISK, settings.local_hd)):
            current = self._rounds.get(name)
            if current is not None and (current.check != check or not wanted):
                current.over = True
                del self._rounds[name]
            if wanted and check.enabled and name not in self._rounds:
                self._rounds[name] = begun = _Round(check)
                self._host.after(check.interval, partial(self._look, name, begun), process=True)

    def _look(self, name: str, current: _Round) -> None:
        if current.over:
            return
        self._host.after(current.check.interval, partial(self._look, name, current), process=True)
        self._done(CheckDone(name, name == DISK or self._ports_up()))

    def _ports_up(self) -> bool:
        """Whether every monitored port has its link. Source: HA-167, HA-171."""
        return self._settings is None or all(map(self._host.interfaces.cable, self._settings.monitored))
