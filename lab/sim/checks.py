"""A simulated unit's monitoring: looks at its ports, its disk and its peer's services, and tells the engine."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from lab.contract import DiskState
from lab.sim.interfaces import Interfaces
from lab.sim.volume import Volume
from node.engine.events import CheckDone
from node.engine.settings import Check, HaSettings, RemoteCheck
from node.engine.timing import DISK_LIMIT

PORTS, DISK = "local-ports", "local-hd"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a service answers a check, and after how many seconds."""

    ok: bool
    after: float = math.inf


class Host(Protocol):
    """The machine that is checked."""

    interfaces: Interfaces

    def after(self, seconds: float, callback: Callable[[], None], *, process: bool) -> None:
        """Call back later, unless the HA process has ended meanwhile."""
        ...


@dataclass(slots=True)
class _Round:
    """A check that is repeated; `over` when the settings no longer ask for it."""

    check: Check | RemoteCheck
    over: bool = False


class Checks:
    """Runs each enabled check at its interval, as `node.linux.checks` does. Source: HA-200, HA-204."""

    def __init__(
        self, host: Host, volume: Volume, done: Callable[[CheckDone], None], ask: Callable[[RemoteCheck], Answer]
    ) -> None:
        """Tell `done` each result; nothing runs before `follow`. `ask` asks a service of the peer."""
        self._host = host
        self._volume = volume
        self._done = done
        self._ask = ask
        self._rounds: dict[str, _Round] = {}
        self._settings: HaSettings | None = None
        self._peer = False

    def stop(self) -> None:
        """The HA process has ended."""
        for each in self._rounds.values():
            each.over = True
        self._rounds.clear()
        self._settings = None

    def follow(self, settings: HaSettings, *, peer: bool) -> None:
        """Follow these settings from now on; a check whose own settings are unchanged keeps its rhythm.

        `peer` tells whether the peer's services are checked, too.
        """
        if settings is self._settings and peer is self._peer:
            return
        self._settings, self._peer = settings, peer
        in_pair = settings.mode.active_passive
        wanted: dict[str, Check | RemoteCheck] = {PORTS: settings.local_ports, DISK: settings.local_hd}
        if peer:
            wanted |= {check.name: check for check in settings.remote}
        wanted = {name: check for name, check in wanted.items() if in_pair and check.enabled}
        for name, current in list(self._rounds.items()):
            if wanted.get(name) != current.check:
                current.over = True
                del self._rounds[name]
        for name, check in wanted.items():
            if name not in self._rounds:
                self._rounds[name] = begun = _Round(check)
                self._host.after(check.interval, partial(self._look, name, begun), process=True)

    def _look(self, name: str, current: _Round) -> None:
        """Check, and check again at the next interval; a check that takes longer puts the next off. Source: HA-258."""
        if current.over:
            return
        check, takes = current.check, 0.0
        if isinstance(check, RemoteCheck):
            answer = self._ask(check)
            in_time = answer.after < check.timeout
            takes = min(answer.after, check.timeout)
            self._host.after(takes, partial(self._tell, name, current, ok=answer.ok and in_time), process=True)
        elif name == DISK and self._volume.disk is DiskState.STUCK:
            takes = DISK_LIMIT
            self._host.after(takes, lambda: self._tell(name, current, ok=self._disk_works()), process=True)
        self._host.after(max(check.interval, takes), partial(self._look, name, current), process=True)
        if not takes and not isinstance(check, RemoteCheck):
            self._done(CheckDone(name, self._disk_works() if name == DISK else self._ports_up()))

    def _tell(self, name: str, current: _Round, *, ok: bool) -> None:
        if not current.over:
            self._done(CheckDone(name, ok))

    def _disk_works(self) -> bool:
        """Whether the mail disk takes a file and gives it back. Source: HA-209."""
        return self._volume.disk is None

    def _ports_up(self) -> bool:
        """Whether every monitored port has its link. Source: HA-167, HA-171."""
        return self._settings is None or all(map(self._host.interfaces.cable, self._settings.monitored))
