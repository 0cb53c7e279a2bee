"""What the parts of one Docker lab share while a scenario runs: its timeline, its clock, and who is on the network."""

from __future__ import annotations

from collections.abc import Callable

from lab.docker.clock import HostClock
from lab.timeline import Kind, Scalar, Timeline


class Recorder:
    """The scenario that is running."""

    def __init__(self) -> None:
        """Start with a timeline of its own, which `begin` replaces."""
        self.clock = HostClock()
        self.timeline = Timeline(self.clock.now())
        self.number = 0
        self.is_lit: Callable[[str], bool] = lambda _unit: False

    def begin(self) -> None:
        """Start a new scenario with an empty timeline."""
        self.number += 1
        self.timeline = Timeline(self.clock.now())
        self.clock.follow(self.timeline)

    def now(self) -> float:
        """Seconds on the lab's clock."""
        return self.clock.now()

    def note(self, at: float, kind: Kind, subject: str, **detail: Scalar) -> None:
        """Enter an observation."""
        self.timeline.add(at, kind, subject, **detail)
