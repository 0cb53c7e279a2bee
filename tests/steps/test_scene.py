"""What a scene keeps for its sentences."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from lab.contract import Lab, Mode, Port, Rank, Timing
from lab.errors import FaultNotProven, LabError
from lab.invariants import Allowances
from lab.timeline import Kind, Timeline
from steps.scene import Scene


def scene_with(*beats: float) -> Scene:
    """A pair that has been healthy since 0 s, and when its secondary heard its peer."""
    timeline = Timeline()
    for at in beats:
        timeline.add(at, Kind.HEARTBEAT, "S")
    clock = SimpleNamespace(
        now=lambda: max(entry.at for entry in timeline),
        wait_for=lambda condition, *_: condition() or pytest.fail("waits for ever"),
    )
    lab = SimpleNamespace(clock=clock, timeline=timeline, timing=Timing(slack=0.25, resolution=0.05, boot=1, settle=1))
    return Scene(cast("Lab", lab), Allowances(), healthy_since=0.0)


def test_a_silence_begins_with_the_last_heartbeat_before_it() -> None:
    """A later one, and those that the peer heard, do not count."""
    scene = scene_with(0.4, 1.4, 5.4)
    scene.lab.timeline.add(2.0, Kind.HEARTBEAT, "P")
    scene.steady()
    assert scene.last_heard("S", 4.4) == 1.4


def test_a_silence_that_nothing_steady_came_before_is_the_harness_own_fault() -> None:
    """The lab may have missed the only heartbeat; then no unit is judged by it, whatever else was heard."""
    with pytest.raises(RuntimeError, match=r"Action\.steady"):
        scene_with(0.4).last_heard("S", 4.4)


def restarts(scene: Scene, at: float) -> None:
    """The primary goes down, is back a second later, and is followed again."""
    for seconds, unit, old, new in (
        (0, "P", Mode.PRIMARY, Mode.UNREACHABLE),
        (1, "P", Mode.UNREACHABLE, Mode.PRIMARY),
        (1, "S", Mode.HOLD_OFF, Mode.SECONDARY),
    ):
        scene.lab.timeline.add(at + seconds, Kind.ROLE, unit, old=old.value, new=new.value)


def test_a_pair_is_steady_again_when_a_heartbeat_has_come_since_its_connections_were_opened() -> None:
    """One from before a restart tells nothing about the connections of after it."""
    scene = scene_with(0.4, 1.4)
    restarts(scene, at=2.0)
    with pytest.raises(pytest.fail.Exception, match="for ever"):
        scene.steady()
    scene.lab.timeline.add(3.7, Kind.HEARTBEAT, "S")
    scene.steady()
    assert scene.last_heard("S", 6.0) == 3.7


def test_a_connection_that_is_opened_after_the_pair_was_steady_leaves_a_silence_without_a_beginning() -> None:
    """The lab may have missed what came first on it: that is inconclusive, never the unit's fault."""
    scene = scene_with(0.4, 1.4)
    scene.steady()
    restarts(scene, at=2.0)
    with pytest.raises(FaultNotProven, match="new connection"):
        scene.last_heard("S", 6.0)


def test_a_connection_that_is_opened_after_a_silence_has_ended_leaves_its_beginning_known() -> None:
    """A lab that judges late has seen the lost unit come back; the silence was over by then."""
    scene = scene_with(0.4, 1.4)
    scene.steady()
    restarts(scene, at=6.0)
    assert scene.last_heard("S", 5.0) == 1.4


def test_what_links_carry_is_asked_only_after_counting_began() -> None:
    """Else the scenario is written wrongly, and its author is told what is missing."""
    with pytest.raises(LabError, match="nothing in the scenario counts"):
        scene_with(0.4).grown(Rank.PRIMARY, Port.DATA_SYNC)
