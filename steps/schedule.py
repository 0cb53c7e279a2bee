"""Schedules: what happens to a pair, line by line, and the rules that it keeps meanwhile and afterwards."""

from __future__ import annotations

from lab import schedule
from lab.rules.ending import settle
from lab.rules.watch import Watch
from lab.schedule_run import ScheduleRun
from lab.timeline import Kind
from steps.scene import Scene
from steps.words import Table, then, when

_ELSEWHERE = "a schedule is judged by the rules of the pair"


@when("this happens to the pair")
def happens(scene: Scene, datatable: Table) -> None:
    """Line by line, so many seconds after the one before. Table: after, what; docs/explore.md lists the words."""
    lines = schedule.read(datatable[1:])
    scene.needs(*schedule.needs(lines))
    scene.act()
    scene.allow.judged_elsewhere(_ELSEWHERE)
    scene.watch = Watch(scene.lab)
    scene.run = ScheduleRun(scene.lab)
    for line in lines:
        if scene.watch.broken():
            return
        clock = scene.lab.clock
        clock.hold(lambda: True, line.after, "time passes")
        words = str(line.happening)
        scene.lab.timeline.add(clock.now(), Kind.STEP, words, text=words, phase="when")
        scene.run.do(line.happening)


@then("no rule of the pair is broken")
def no_rule_is_broken(scene: Scene) -> None:
    """Nor afterwards: faults that last are ended, and the roles settle in the documented time. Source: B.3, B.7, B.13.

    Each link, cable, frozen machine and lost power comes back; the rules are those of docs/explore.md.
    """
    assert scene.watch is not None, "no schedule was carried out"
    assert scene.run is not None
    found = scene.watch.broken()
    if not found:
        scene.run.end_faults()
        found = settle(scene.lab, scene.watch)
    assert not found, "\n".join(str(broken) for broken in found)
