"""Virtual time: a heap of events, one seeded source of chance, and the clock that the suite sees.

A tick is 2**-20 s, so every instant is exactly a float: sums and differences of times have no rounding error, and a
takeover at last-heard plus threshold measures as exactly the threshold.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random
from typing import TypeVar

from lab.errors import LabError, NotReached
from lab.timeline import Entry, Kind, Scalar, Timeline

T = TypeVar("T")

Slot = tuple[int, int]
"""A tick, and a place among what falls due in it."""

TICKS = 1 << 20
"""Ticks in a second."""

STANDSTILL = 20_000
"""More events than this in one instant are an endless loop."""

LAST_ENTRIES = 8
"""How many entries a NotReached quotes."""


class World:
    """Everything that happens in one scenario happens here, in order of time, then of scheduling."""

    def __init__(self, seed: str) -> None:
        """Start at time 0; the same seed text gives the same world."""
        self.timeline = Timeline(0.0)
        self.changes = 0
        """Counts what an observer could notice; conditions are looked at again only when it has grown."""
        self.on_network_change: list[Callable[[], None]] = []
        self._chance = Random(seed)  # noqa: S311 - repeatable by intent, nothing secret
        self._ticks = 0
        self._order = 0
        self._at_once = 0
        self._heap: list[tuple[int, int, Callable[[], None]]] = []

    def now(self) -> float:
        """Seconds since the scenario began."""
        return self._ticks / TICKS

    def draw(self, low: float, high: float) -> float:
        """Draw a number from a range; the only chance in the lab."""
        return self._chance.uniform(low, high)

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back `seconds` from now (rounded to a tick, never in the past)."""
        self.at(self.slot(seconds), callback)

    def slot(self, seconds: float) -> Slot:
        """Return the tick that is `seconds` from now (never in the past), and a place behind all else in that tick."""
        self._order += 1
        return self._ticks + max(0, round(seconds * TICKS)), self._order

    def at(self, slot: Slot, callback: Callable[[], None]) -> None:
        """Call back in a slot that has not passed."""
        heapq.heappush(self._heap, (*slot, callback))

    def touch(self) -> None:
        """Say that something observable may have changed."""
        self.changes += 1

    def network_changed(self) -> None:
        """Say that a client on the mail network may now be answered differently."""
        self.changes += 1
        for callback in self.on_network_change:
            callback()

    def note(self, kind: Kind, subject: str, **detail: Scalar) -> Entry:
        """Add an entry at the present instant."""
        self.changes += 1
        return self.timeline.add(self.now(), kind, subject, **detail)

    def advance(self, seconds: float) -> None:
        """Let time pass, and all that falls due in it, the last instant included."""
        end = self._ticks + max(0, round(seconds * TICKS))
        while self.step(end):
            pass
        self._ticks = max(self._ticks, end)

    def step(self, end: int) -> bool:
        """Let the next event happen if it is due by tick `end`; say whether one did."""
        if not self._heap or self._heap[0][0] > end:
            return False
        due, _, callback = heapq.heappop(self._heap)
        if due > self._ticks:
            self._ticks, self._at_once = due, 0
        self._at_once += 1
        if self._at_once > STANDSTILL:
            raise LabError(
                f"time stands still at {self.now():.6f} s: {STANDSTILL} events in one instant",
                "look for a unit that sends, or sets a timer to 0, in answer to itself",
            )
        callback()
        return True

    def watch(self, until: Callable[[], T], within: float, *, last_instant: bool) -> tuple[T, bool]:
        """Let time pass until `until` gives something true or the span is over; return its value, and whether true.

        What falls due in the span's very last instant happens only with `last_instant`.
        """
        start = self._ticks + max(0, round(within * TICKS))
        end = start if last_instant else start - 1
        value = until()
        seen = self.changes
        while not value and self.step(end):
            if self.changes != seen:
                seen = self.changes
                value = until()
        if value:
            return value, True
        self._ticks = max(self._ticks, start)
        value = until()
        return value, bool(value)


class SimClock:
    """The lab's clock (`lab.contract.Clock`); it outlives the worlds, which change with every scenario."""

    def __init__(self, world: World) -> None:
        """Show the time of a world."""
        self.world = world

    def now(self) -> float:
        """Seconds since the scenario began."""
        return self.world.now()

    def wait_for(self, condition: Callable[[], T], within: float, what: str) -> T:
        """Let time pass until the condition holds; raise NotReached after `within` seconds."""
        value, reached = self.world.watch(condition, within, last_instant=True)
        if not reached:
            raise NotReached(f"not within {within:g} s: {what}{self._last_entries()}")
        return value

    def hold(self, condition: Callable[[], object], during: float, what: str) -> None:
        """Let `during` seconds pass, their last instant excluded; raise NotReached when the condition fails in them."""
        start = self.world.now()
        _, broken = self.world.watch(lambda: not condition(), during, last_instant=False)
        lasted = self.world.now() - start
        self.world.timeline.add(start, Kind.WATCH, what, seconds=round(lasted, 6))
        if broken:
            raise NotReached(f"held for {lasted:.6f} s instead of {during:g} s: {what}{self._last_entries()}")

    def _last_entries(self) -> str:
        lines = [entry.as_json() for entry in self.world.timeline if entry.kind is not Kind.STEP][-LAST_ENTRIES:]
        return "".join(f"\n  {line}" for line in ["last entries:", *lines])
