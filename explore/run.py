"""Runs one schedule on a lab and returns the rule that it breaks, if any."""

from __future__ import annotations

from dataclasses import dataclass

from explore.generate import Case
from explore.pair import form
from lab.as_new import inspect, is_disturbed
from lab.contract import Lab
from lab.errors import NotReached
from lab.findings import Finding
from lab.rules.ending import conclude
from lab.rules.rule import Broken, Rule
from lab.rules.watch import Watch
from lab.schedule_run import ScheduleRun


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a schedule: the first broken rule, lines carried out, rules checked, virtual seconds."""

    broken: Broken | None
    events: int
    checks: int
    seconds: float


def run(lab: Lab, case: Case, name: str) -> Outcome:
    """Run a schedule on a fresh pair. The simulated world depends on the lab's seed and on `name`."""
    lab.begin(name)
    try:
        form(lab, case.settings)
    except NotReached:
        never = Finding(Rule.SETTLED, lab.clock.now(), "the pair never became healthy")
        return Outcome(never, 0, 1, lab.clock.now())
    watch = Watch(lab, by_chance=True)
    watch.probe()
    schedule = ScheduleRun(lab)
    events = 0
    for line in case.schedule:
        if watch.broken():
            break
        schedule.carry_out(line)
        events += 1
    found = watch.broken()
    if not found:
        found = conclude(lab, watch, schedule)
    if not found and is_disturbed(lab.timeline):  # as after a scenario, so that a replay finds the same
        found = [Finding(Rule.AS_NEW, each.at, each.how) for each in inspect(lab, further=True).found]
    first = min(found, key=lambda broken: broken.at or 0.0) if found else None
    return Outcome(first, events, watch.judge.checks, lab.clock.now())
