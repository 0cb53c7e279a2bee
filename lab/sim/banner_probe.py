"""The probe of one address: what a client sees that asks for the SMTP banner every 50 ms."""

from __future__ import annotations

import math

from lab.sim.neighbours import Neighbours
from lab.sim.world import World
from lab.timeline import Kind

PERIOD = 0.05
"""Seconds between two probes."""


class BannerProbe:
    """Probes an address every 50 ms; enters the first and the last probe, and the two on each side of a change.

    So each probe between two entries gave the answer of the earlier one. While nothing changes on the network the
    answer cannot change either, until a dead owner is no longer believed: those probes are not carried out one by one,
    only counted.
    """

    def __init__(self, host: str, world: World, neighbours: Neighbours) -> None:
        """Start with the first probe, now."""
        self.host = host
        self._world = world
        self._neighbours = neighbours
        self._began = world.now()
        self._asleep = self._confirms = False
        self._awaited: object = None
        """A mark of the next probe that is carried out."""
        self._answer = neighbours.answering(host)
        self._last = 0
        """Number of the latest probe; it was due `_last` periods after the first."""
        self._entered = -1
        self._enter()
        world.on_network_change.append(self._wake)
        self._go_on()

    def enter_last(self) -> None:
        """Enter the latest probe, unless it is in the timeline already."""
        if self._asleep:
            self._last = max(self._last, math.floor((self._world.now() - self._began) / PERIOD))
        if self._last > self._entered:
            self._enter()

    def _go_on(self) -> None:
        steady = self._neighbours.steady_until(self.host)
        following = self._last + 1
        if math.isfinite(steady):
            following = max(following, self._due_from(steady))
        self._asleep, self._confirms = following > self._last + 1 or math.isinf(steady), math.isinf(steady)
        if math.isfinite(steady):
            self._probe_at(following)

    def _wake(self) -> None:
        if self._asleep:
            self._asleep = False
            following = max(self._last + 1, self._due_from(self._world.now()))
            self._last = following - 1
            if self._confirms:
                self._neighbours.confirm(self.host, self._due(self._last))
            self._probe_at(following)

    def _due_from(self, at: float) -> int:
        """Number of the first probe that is due at this time, or later."""
        return math.ceil((at - self._began) / PERIOD)

    def _probe_at(self, number: int) -> None:
        awaited = self._awaited = object()

        def probe() -> None:
            if awaited is self._awaited:  # nothing has changed meanwhile, so that another one is awaited
                self._probe(number)

        self._world.after(self._due(number) - self._world.now(), probe)

    def _probe(self, number: int) -> None:
        self._asleep, self._last = False, number - 1
        answer = self._neighbours.answering(self.host)
        if answer != self._answer:
            self.enter_last()
            self._answer, self._last = answer, number
            self._enter()
        self._last = number
        self._go_on()

    def _enter(self) -> None:
        self._entered = self._last
        banner = round(self._world.draw(0.4, 1.6), 3) if self._answer is not None else None
        self._world.timeline.add(self._due(self._last), Kind.PROBE, self.host, answer=self._answer, banner_ms=banner)
        self._world.touch()

    def _due(self, number: int) -> float:
        return self._began + number * PERIOD
