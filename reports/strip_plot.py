"""Draws the measured values of one claim as dots over the documented bound, as a small SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560, 74
LEFT, RIGHT, FLOOR, TOP = 14, 14, 50, 10
RADIUS = 3.2
ROOM = 0.06
"""Free margin on either side, as a fraction of the values' span."""

LEAST = 0.01
"""Shortest span of a plot: ten times the last digit that is shown."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One measured value on the plot's scale; `look` names its colour, `told` is its tooltip."""

    value: float
    look: str
    told: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Dots, the bound (None: not drawn), and how far slack and resolution reach on either side of it."""

    dots: tuple[Dot, ...]
    bound: float | None
    slack: float = 0.0
    resolution: float = 0.0
    unit: str = "s"


@dataclass(frozen=True, slots=True)
class Placed:
    """A dot in pixels."""

    x: float
    y: float
    look: str
    told: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plot in pixels, ready for the template: spans are (left edge, width)."""

    width: int
    height: int
    floor: int
    top: int
    dots: tuple[Placed, ...]
    bound: float | None
    slack: tuple[float, float] | None
    resolution: tuple[float, float] | None
    ticks: tuple[tuple[float, str, str], ...]


def shown(value: float) -> str:
    """Write a number with three digits after the point, and zero without a sign."""
    return f"{round(value, 3) + 0.0:.3f}"


def place(plot: Plot) -> Drawing:
    """Compute a plot's positions in pixels."""
    values = [dot.value for dot in plot.dots]
    marks = values if plot.bound is None else [*values, plot.bound - plot.resolution, plot.bound + plot.slack]
    low, high = min(marks), max(marks)
    room = max((high - low) * ROOM, (LEAST - (high - low)) / 2)
    low, high = low - room, high + room
    scale = (WIDTH - LEFT - RIGHT) / (high - low)

    def at(value: float) -> float:
        return round(LEFT + (value - low) * scale, 1)

    bound = None if plot.bound is None else at(plot.bound)
    slack = None if plot.bound is None or not plot.slack else (at(plot.bound), round(plot.slack * scale, 1))
    resolution = (
        None
        if plot.bound is None or not plot.resolution
        else (at(plot.bound - plot.resolution), round(plot.resolution * scale, 1))
    )
    return Drawing(
        WIDTH, HEIGHT, FLOOR, TOP, tuple(_stacked(plot.dots, at)), bound, slack, resolution, _ticks(values, at)
    )


def _stacked(dots: Sequence[Dot], at: Callable[[float], float]) -> Iterator[Placed]:
    """Stack dots that would hide each other, as far as there is room."""
    reached: list[float] = []
    rows = int((FLOOR - TOP) / (2 * RADIUS))
    for dot in sorted(dots, key=lambda dot: dot.value):
        x = at(dot.value)
        free = next((row for row, right in enumerate(reached) if x - right >= 2 * RADIUS), len(reached))
        row = free % rows
        reached[free : free + 1] = [x]
        yield Placed(x, round(FLOOR - RADIUS - row * 2 * RADIUS, 1), dot.look, dot.told)


def _ticks(values: Sequence[float], at: Callable[[float], float]) -> tuple[tuple[float, str, str], ...]:
    """Labels of the smallest and largest value below the axis, anchored so that they stay inside."""
    low, high = min(values), max(values)
    ends = [(at(low), shown(low), "start" if at(low) < WIDTH / 2 else "end")]
    if at(high) - at(low) > WIDTH / 6:
        ends.append((at(high), shown(high), "end"))
    return tuple(ends)
