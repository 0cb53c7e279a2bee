"""Makes a schedule as short and its numbers as round as possible, while it still breaks its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from explore.generate import Case
from explore.pair import PLAIN
from lab.schedule import Line, Schedule

ROUND = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 8.0, 10.0, 15.0, 20.0)
"""Round gaps to try, in seconds."""

ATTEMPTS = 250
"""Most schedules that one shrinking may run."""


class _Budget:
    """Runs a case to see whether it still breaks the rule, and counts the runs."""

    def __init__(self, fails: Callable[[Case], bool]) -> None:
        self.left = ATTEMPTS
        self._fails = fails
        self._known: dict[str, bool] = {}

    def fails(self, case: Case) -> bool:
        """Whether the case breaks the rule; False when the budget is exhausted."""
        key = repr(case)
        if key not in self._known:
            if self.left <= 0:
                return False
            self.left -= 1
            self._known[key] = self._fails(case)
        return self._known[key]


def shrink(case: Case, fails: Callable[[Case], bool]) -> Case:
    """Return the smallest case found for which `fails` holds, as it does for the one given."""
    budget = _Budget(fails)
    while budget.left > 0:
        smaller = _rounder(_fewer(_plainer(case, budget), budget), budget)
        if smaller == case:
            break
        case = smaller
    return case


def _fewer(case: Case, budget: _Budget) -> Case:
    """Leave lines out, first many at once; one stays, since a feature's table must have a row."""
    size = max(1, len(case.schedule) // 2)
    while True:
        for start in range(0, len(case.schedule), size):
            for shorter in filter(None, _without(case.schedule, start, start + size)):
                candidate = replace(case, schedule=shorter)
                if budget.fails(candidate):
                    return _fewer(candidate, budget)
        if size == 1:
            return case
        size //= 2


def _without(schedule: Schedule, start: int, stop: int) -> Iterator[Schedule]:
    """The schedule without some lines; their gaps are dropped too, or added to the gap of the next line."""
    head, gone, tail = schedule[:start], schedule[start:stop], schedule[stop:]
    yield head + tail
    if tail:
        after = round(sum(line.after for line in gone) + tail[0].after, 1)
        yield (*head, replace(tail[0], after=after), *tail[1:])
        if len(gone) == 1:
            yield from ((*head, replace(tail[0], after=gap), *tail[1:]) for gap in ROUND)


def _rounder(case: Case, budget: _Budget) -> Case:
    """Try shorter and rounder gaps."""
    for number, line in enumerate(case.schedule):
        for after in _gaps(line):
            lines: Sequence[Line] = [*case.schedule[:number], replace(line, after=after), *case.schedule[number + 1 :]]
            candidate = replace(case, schedule=tuple(lines))
            if budget.fails(candidate):
                case = candidate
                break
    return case


def _gaps(line: Line) -> Iterator[float]:
    yield from (gap for gap in (*ROUND, float(round(line.after))) if gap < line.after)


def _plainer(case: Case, budget: _Budget) -> Case:
    """Reset the settings on which the broken rule does not depend."""
    plainer = [
        PLAIN,
        replace(case.settings, monitoring=False),
        replace(case.settings, disks=False),
        replace(case.settings, action=PLAIN.action),
        replace(case.settings, family=PLAIN.family),
        replace(case.settings, shares6=PLAIN.shares6),
        replace(case.settings, more=PLAIN.more),
        replace(case.settings, keeps_data=PLAIN.keeps_data),
        replace(case.settings, detection=PLAIN.detection),
        replace(case.settings, on_failure=PLAIN.on_failure),
        replace(case.settings, on_failure=dict.fromkeys("PS", case.settings.on_failure["P"])),
    ]
    for settings in plainer:
        candidate = replace(case, settings=settings)
        if settings != case.settings and budget.fails(candidate):
            return candidate
    return case
