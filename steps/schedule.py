"""Schedules: what happens to a pair, line by line, and the rules that it keeps meanwhile and afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from lab import schedule
from lab.rules.ending import conclude
from lab.rules.watch import Watch
from lab.schedule_run import ScheduleRun
from lab.timeline import Kind
from steps.actions import Action
from steps.scene import Scene
from steps.words import Table, action, outcome

_ELSEWHERE = "a schedule is judged by the rules of the pair"


@dataclass(slots=True)
class Running:
    """The schedule that is being carried out, and who watches it."""

    run: ScheduleRun | None = None
    watch: Watch | None = None


@pytest.fixture
def running() -> Running:
    """Keep the schedule."""
    return Running()


@action("this [happens|has happened] to the pair", lambda datatable: schedule.needs(schedule.read(datatable[1:])))
def happens(scene: Scene, running: Running, datatable: Table) -> Action:
    """Line by line, so many seconds after the one before. Table: after, what; docs/explore.md lists the words."""
    lines = schedule.read(datatable[1:])

    def carry_out() -> None:
        scene.allow.judged_elsewhere(_ELSEWHERE)
        running.watch, running.run = Watch(scene.lab), ScheduleRun(scene.lab)
        running.watch.probe()
        for line in lines:
            if running.watch.broken():
                return
            clock = scene.lab.clock
            clock.hold(lambda: True, line.after, "time passes")
            words = str(line.happening)
            scene.lab.timeline.add(clock.now(), Kind.STEP, words, text=words, phase="when")
            running.run.do(line.happening)

    return Action(does=carry_out)


@outcome("no rule of the pair is broken")
def no_rule_is_broken(scene: Scene, running: Running) -> None:
    """Nor afterwards, when every fault that lasts has been ended and the roles settle in the documented time.

    docs/explore.md lists the rules. Source: B.3, B.7, B.13.
    """
    assert running.watch is not None, "no schedule was carried out"
    assert running.run is not None
    found = running.watch.broken()
    if not found:
        found = conclude(scene.lab, running.watch, running.run)
    assert not found, "\n".join(str(broken) for broken in found)
