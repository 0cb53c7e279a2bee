"""Adds observations to the timeline of the running scenario."""

from __future__ import annotations

from lab.docker.clock import HostClock
from lab.timeline import Kind, Scalar, Timeline


class Recorder:
    """The timeline and the clock of one lab; `number` counts its scenarios."""

    def __init__(self) -> None:
        """Start with a timeline of its own, which `begin` replaces."""
        self.clock = HostClock()
        self.number = 0
        self.timeline = self._new_timeline()

    def begin(self) -> None:
        """Start a new scenario with an empty timeline."""
        self.number += 1
        self.timeline = self._new_timeline()

    def now(self) -> float:
        """Seconds on the lab's clock."""
        return self.clock.now()

    def note(self, at: float, kind: Kind, subject: str, **detail: Scalar) -> None:
        """Add an observation."""
        self.timeline.add(at, kind, subject, **detail)

    def _new_timeline(self) -> Timeline:
        timeline = Timeline(self.clock.now())
        self.clock.follow(timeline)
        return timeline
