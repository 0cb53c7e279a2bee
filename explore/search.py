"""Searches schedule by schedule for broken rules, shrinks the schedules that break one, and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from explore.generate import Case, draw
from explore.gherkin import title
from explore.run import run
from explore.shrink import shrink
from lab.contract import Lab
from lab.rules.rule import Broken, Rule


@dataclass(frozen=True, slots=True)
class Find:
    """A schedule that breaks a rule, after shrinking."""

    number: int
    name: str
    case: Case
    broken: Broken


@dataclass(slots=True)
class Tally:
    """Counts of a search: schedules, events, rules checked, violations, and virtual seconds."""

    schedules: int = 0
    events: int = 0
    checks: int = 0
    violations: int = 0
    seconds: float = 0.0
    known: set[Rule] = field(default_factory=set)


def search(lab: Lab, seed: int, tally: Tally, goes_on: Callable[[], bool]) -> Iterator[Find]:
    """Run schedules while `goes_on`; yield one shrunk find for each rule that is broken."""
    while goes_on():
        number = tally.schedules
        case, name = draw(seed, number), title(seed, number)
        outcome = run(lab, case, name)
        tally.schedules += 1
        tally.events += outcome.events
        tally.checks += outcome.checks
        tally.seconds += outcome.seconds
        if outcome.broken is None:
            continue
        tally.violations += 1
        rule = outcome.broken.rule
        if rule not in tally.known:
            tally.known.add(rule)
            yield _shrunk(lab, number, name, case, rule)


def _shrunk(lab: Lab, number: int, name: str, case: Case, rule: Rule) -> Find:
    def fails(candidate: Case) -> bool:
        broken = run(lab, candidate, name).broken
        return broken is not None and broken.rule is rule

    smallest = shrink(case, fails)
    broken = run(lab, smallest, name).broken
    assert broken is not None
    return Find(number, name, smallest, broken)
