"""A simulated machine's hardware: power, freezing and interfaces, and the life span of what runs on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lab.sim.interfaces import Interfaces
from lab.sim.world import World
from lab.timeline import Kind


class RunState(StrEnum):
    """Where a machine stands between power and a running HA process."""

    OFF = "off"
    BOOTING = "booting"
    RUNNING = "running"
    RELOADING = "reloading"
    CRASHED = "crashed"


@dataclass(slots=True)
class _Start:
    """A start under way: when it began, and what is called at its end."""

    began: float
    callback: Callable[[], None]
    timings: int = 0
    """How often its length was chosen: the last choice counts."""


class Hardware:
    """Power and interfaces. What is due later on a machine never happens if its power or its process ends before."""

    def __init__(
        self,
        name: str,
        world: World,
        own: Mapping[str, str],
        own6: Mapping[str, str] | None = None,
    ) -> None:
        """Place a machine without power."""
        self.name = name
        self.world = world
        self.interfaces = Interfaces(own, self._address_changed, own6)
        self.state = RunState.OFF
        self.frozen = False
        self.boot_time: float | None = None
        """Seconds that a start takes, as chosen from outside."""
        self._starting: _Start | None = None
        self.boots = 0
        """Counts starts and losses of power: what was due in an earlier life of the machine does not happen."""
        self.starts = 0
        """Counts how often the HA process started or ended."""
        self._backlog: list[Callable[[], None]] = []

    def is_powered(self) -> bool:
        """Whether the machine has power, starting included."""
        return self.state is not RunState.OFF

    def on_network(self) -> bool:
        """Whether the machine answers on its addresses: booted and not frozen."""
        return not self.frozen and self.state in {RunState.RUNNING, RunState.RELOADING, RunState.CRASHED}

    def after(self, seconds: float, callback: Callable[[], None], *, process: bool) -> None:
        """Call back unless the machine (or, with `process`, the HA process) was restarted in between."""
        boots, starts = self.boots, self.starts

        def alive() -> None:
            if boots == self.boots and (not process or starts == self.starts):
                if self.frozen:
                    self._backlog.append(alive)
                else:
                    callback()

        self.world.after(seconds, alive)

    def start_after(self, least: float, most: float, callback: Callable[[], None]) -> None:
        """Call back when the start that begins now is over: after the chosen time, else between these two."""
        lasts = self.boot_time if self.boot_time is not None else self.world.draw(least, most)
        self._starting = _Start(self.world.now(), callback)
        self._time_restart(lasts)

    def set_boot_time(self, seconds: float) -> None:
        """Let starts take that long; one under way, too."""
        self.boot_time = seconds
        self._time_restart(seconds)

    def _time_restart(self, lasts: float) -> None:
        restart = self._starting
        if restart is None:
            return
        restart.timings += 1
        timing = restart.timings

        def over() -> None:
            if self._starting is restart and restart.timings == timing:
                self._starting = None
                restart.callback()

        if math.isfinite(lasts):
            self.after(max(0.0, restart.began + lasts - self.world.now()), over, process=False)

    def keep_for_thaw(self, callback: Callable[[], None]) -> None:
        """Keep what reaches a frozen machine until the thaw."""
        self._backlog.append(callback)

    def catch_up(self) -> None:
        """After a thaw, let happen what fell due meanwhile, at once and in order."""
        backlog, self._backlog = self._backlog, []
        for callback in backlog:
            callback()

    def lose_memory(self) -> None:
        """Lose all that is not on the volume, and all that was due."""
        self.boots += 1
        self._starting = None
        self.frozen = False
        self._backlog.clear()
        self.interfaces.down()

    def _address_changed(self, interface: str, address: str, held: bool) -> None:  # noqa: FBT001 - a plain callback
        self.world.note(Kind.ADDRESS, self.name, interface=interface, address=address, held=held)
        self.world.network_changed()
