"""Draws a scenario's timeline as one SVG picture: lanes on one clock, readable on light and dark pages."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jinja2 import Template

from lab.history import History
from lab.timeline import Entry, Kind
from reports.lanes import Lane, Reader
from reports.phases import Phase
from reports.templating import template

WIDTH, GUTTER, MARGIN = 1070, 178, 22
PLOT = WIDTH - GUTTER - MARGIN
HEADER = 64
ROW, GAP = 20, 11
LINE = 17
LETTER = 7
"""Width in pixels of a phase's letter below its mark."""

LETTERS = {Phase.DETECTED: "d", Phase.ROLE: "r", Phase.ADDRESS: "a", Phase.ANNOUNCED: "n", Phase.BANNER: "b"}
_CHARACTER = 6.3
"""Mean width of a label's character, in pixels; a label that does not fit its bar is left out."""
_TICKS = 10


@dataclass(frozen=True, slots=True)
class Shape:
    """A bar or mark in pixels, with its label if that fits."""

    x: float
    y: float
    width: float
    height: float
    look: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A lane in pixels."""

    name: str
    note: str
    y: float
    height: float
    bars: tuple[Shape, ...]
    marks: tuple[Shape, ...]
    beats: tuple[tuple[str, str], ...] = ()
    """One path for all strokes of a style, because there may be hundreds."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list below the picture: a step or a claim."""

    number: str
    text: str
    value: str
    look: str


def draw(
    history: History,
    entries: Sequence[Entry],
    *,
    title: str,
    verdict: str,
    origin: float,
    end: float,
    failovers: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return the picture as SVG text; `origin` and `end` are the scenario's, on the lab's clock.

    Steps and claims come from the `entries`, everything else from the pair's history.
    """
    steps = [entry for entry in entries if entry.kind is Kind.STEP]
    claims = [entry for entry in entries if entry.kind is Kind.CLAIM]
    reader = Reader(history, claims, origin=origin, end=end, failovers=failovers)
    scale = PLOT / reader.span
    strips: list[Strip] = []
    y = float(HEADER + 22)
    lanes = reader.lanes()
    for lane in lanes:
        strip = _strip(lane, y, scale)
        strips.append(strip)
        y += strip.height + GAP
    faults = [bar for lane in lanes if lane.name == "Faults" for bar in lane.bars]
    bands = [(GUTTER + bar.start * scale, max((bar.end - bar.start) * scale, 1.0)) for bar in faults]
    lines = _lines(reader, steps)
    axis = y + 2
    return _template().render(
        title=title,
        verdict=verdict,
        end=GUTTER + reader.end * scale,
        width=WIDTH,
        height=axis + 34 + LINE * len(lines) + 14,
        gutter=GUTTER,
        plot=PLOT,
        top=HEADER,
        axis=axis,
        strips=strips,
        bands=bands,
        ticks=_ticks(reader.span, scale),
        flags=_flags(reader, steps, scale),
        lines=lines,
        first_line=axis + 44,
        line=LINE,
    )


def _strip(lane: Lane, y: float, scale: float) -> Strip:
    beats = any(mark.look.startswith("beat") for mark in lane.marks)
    row = ROW / 2 if lane.rows == 2 and lane.name.endswith("held") else ROW  # noqa: PLR2004 - one row for each unit
    height = ROW + 8 if beats or lane.name.startswith("Unit") else row * lane.rows
    bars = []
    for bar in lane.bars:
        width = max((bar.end - bar.start) * scale, 1.5)
        label = bar.text if len(bar.text) * _CHARACTER + 6 < width and row >= ROW else ""
        what = f"{bar.text or bar.look}, {bar.start:.3f} to {bar.end:.3f} s"
        bars.append(Shape(GUTTER + bar.start * scale, y + bar.row * row, width, row - 1, bar.look, label, what))
    shapes = [
        Shape(GUTTER + m.at * scale, y + (ROW if m.row else 0), 0, 0, m.look, "", f"{m.text} {m.at:.3f} s".strip())
        for m in lane.marks
        if not m.look.startswith("beat")
    ]
    marks = tuple(_lettered(shapes) if lane.name == "Failover" else shapes)
    height = max(height, 32 if lane.name == "Failover" else 26 if lane.note else 0)
    return Strip(lane.name, lane.note, y, height, tuple(bars), marks, tuple(_beats(lane, y, scale)))


def _beats(lane: Lane, y: float, scale: float) -> Iterator[tuple[str, str]]:
    for look in sorted({mark.look for mark in lane.marks if mark.look.startswith("beat")}):
        strokes = (f"M{GUTTER + mark.at * scale:.1f} {y + ROW + 1:g}v7" for mark in lane.marks if mark.look == look)
        yield look, "".join(strokes)


def _lettered(marks: Sequence[Shape]) -> Iterator[Shape]:
    """Label each phase with its letter; phases that are too close share one label."""
    group: list[Shape] = []
    for mark in sorted(marks, key=lambda mark: mark.x):
        if group and mark.x - group[0].x > LETTER * (len(group) + 1):
            yield _joined(group)
            group = []
        group.append(mark)
    if group:
        yield _joined(group)


def _joined(group: Sequence[Shape]) -> Shape:
    letters = "".join(dict.fromkeys(LETTERS[Phase(mark.title.split()[0])] for mark in group))
    return replace(group[0], label=letters, title=", ".join(mark.title for mark in group))


def _ticks(span: float, scale: float) -> list[tuple[float, str]]:
    raw = span / _TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    count = math.floor(span / step + 1e-9)
    return [(GUTTER + number * step * scale, f"{number * step:g}") for number in range(count + 1)]


def _flags(reader: Reader, steps: Sequence[Entry], scale: float) -> list[tuple[float, str]]:
    """Step numbers above the picture; steps at the same instant share a flag."""
    flags: list[tuple[float, int, int]] = []
    for number, entry in enumerate(steps, start=1):
        x = GUTTER + reader.at(entry.at) * scale
        if flags and x - flags[-1][0] < 26:  # noqa: PLR2004 - width of a flag with two numbers
            flags[-1] = (flags[-1][0], flags[-1][1], number)
        else:
            flags.append((x, number, number))
    return [(x, str(first) if first == last else f"{first}-{last}") for x, first, last in flags]


def _lines(reader: Reader, steps: Sequence[Entry]) -> list[Line]:
    told = [
        Line(str(number), str(entry.detail.get("text") or entry.subject), f"{reader.at(entry.at):.3f} s", "step")
        for number, entry in enumerate(steps, start=1)
    ]
    claims = [
        Line(
            "•",
            f"{entry.subject}: measured {entry.detail.get('measured'):.6g} {entry.detail.get('unit', 's')},"
            f" documented {entry.detail.get('bound')}",
            str(entry.detail.get("verdict")),
            f"claim-{entry.detail.get('verdict')}",
        )
        for entry in reader.claims
    ]
    return told + [_phases(failover) for failover in reader.failovers] + claims


def _phases(failover: Mapping[str, Any]) -> Line:
    after = failover["after"]
    told = " · ".join(f"{LETTERS[Phase(name)]} {name} {at:.3f} s" for name, at in after.items())
    since = {"silence": "after the last heartbeat", "order": "after the order", "start": "after its start"}
    bound = "" if failover["bound"] is None else f"bound {failover['bound']:g} s"
    return Line("▸", f"{failover['unit']} takes the role: {told} {since[failover['cause']]}", bound, "step")


@functools.cache
def _template() -> Template:
    return template("timeline.svg.j2")
