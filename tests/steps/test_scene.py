"""What a scene keeps for its sentences."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from lab.contract import Lab, Profile
from lab.invariants import Allowances
from lab.timeline import Kind, Timeline
from steps.scene import Scene


def scene_with(*beats: float) -> Scene:
    """A pair that has been healthy since 0 s, and when its secondary heard its peer."""
    timeline = Timeline()
    for at in beats:
        timeline.add(at, Kind.HEARTBEAT, "S")
    clock = SimpleNamespace(wait_for=lambda condition, *_: condition() or pytest.fail("waits for ever"))
    lab = SimpleNamespace(
        clock=clock, timeline=timeline, profile=Profile(slack=0.25, resolution=0.05, boot=1, settle=1)
    )
    return Scene(cast("Lab", lab), Allowances(), healthy_since=0.0)


def test_a_silence_begins_with_the_last_heartbeat_before_it() -> None:
    """A later one, and those that the peer heard, do not count."""
    scene = scene_with(0.4, 1.4, 5.4)
    scene.lab.timeline.add(2.0, Kind.HEARTBEAT, "P")
    scene.steady()
    assert scene.last_heard("S", 4.4) == 1.4


def test_a_silence_that_nothing_steady_came_before_is_the_harness_own_fault() -> None:
    """The lab may have missed the only heartbeat; then no unit is judged by it, whatever else was heard."""
    with pytest.raises(RuntimeError, match=r"Scene\.steady"):
        scene_with(0.4).last_heard("S", 4.4)
