"""What the lab makes of the links is proven before a unit is judged by it."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import cast

import pytest

from lab.contract import Rank, Timing
from lab.errors import FaultNotProven
from lab.faults import Fault, FaultKind
from lab.invariants import Allowances
from lab.standard_pair import PAIR
from lab.timeline import Kind, Timeline
from steps.faults import is_pulled
from steps.lasting import prove_heard, prove_no_silence
from steps.links import falls_silent
from steps.scene import Scene
from steps.times import Lasting
from tests.lab.sim_pair import healthy, new_lab


def scene_with(*beats: float, now: float) -> Scene:
    """A scene with a detection time of 2 s whose action began at 0 s, and when the secondary heard its peer."""
    timeline = Timeline()
    for at in beats:
        timeline.add(at, Kind.HEARTBEAT, "S")
    clock = SimpleNamespace(
        now=lambda: now, wait_for=lambda condition, *_: condition() or pytest.fail("waits for ever")
    )
    timing = Timing(slack=0.25, resolution=0.05, boot=1, settle=1)
    lab = SimpleNamespace(clock=clock, timeline=timeline, timing=timing)
    return cast("Scene", SimpleNamespace(lab=lab, since=0.0, detection={"S": 2.0}))


def test_heartbeats_that_go_on_coming_are_no_silence() -> None:
    """Each came well within the detection time after the one before."""
    prove_no_silence(scene_with(-0.5, 0.4, 2.3, 3.9, now=3.0))


@pytest.mark.parametrize("beats", [(-0.5, 1.6, 3.1), (-0.5, 0.4, 2.37, 3.1)])
def test_a_silence_that_the_lab_let_grow_too_long_is_not_proven(beats: tuple[float, ...]) -> None:
    """A gap as long as the detection time, or as near to it as the lab can see: the lab was slow, no unit is judged."""
    with pytest.raises(FaultNotProven, match="has lasted for"):
        prove_no_silence(scene_with(*beats, now=3.0))


def test_a_secondary_that_went_on_and_hears_its_peer_soon_may_be_judged() -> None:
    """Its silence begins when it went on, at 1 s: time in which it stood still is none."""
    prove_heard(scene_with(-2.5, 2.8, now=3.0), since=1.0)


def test_a_secondary_that_the_network_lets_wait_after_it_went_on_is_not_judged() -> None:
    """What was lost meanwhile is sent again late, so that the secondary takes over rightly."""
    with pytest.raises(FaultNotProven, match="heard nothing for 2"):
        prove_heard(scene_with(-2.5, 3.1, now=3.0), since=1.0)


def test_a_silence_that_grew_too_long_is_not_proven_and_the_takeover_in_it_is_not_judged() -> None:
    """The proof comes first; only a silence that was short enough shows whether a unit has changed its role in it."""
    scene = Scene(healthy(new_lab()), Allowances())
    scene.enter("S", "config system ha", "set hb-lost-threshold 2", "end")
    with pytest.raises(FaultNotProven, match="was to stay below"):
        scene.carry_out(falls_silent(scene, tuple(Rank), Lasting(4.0)))
    assert [entry.detail["new"] for entry in scene.changes("S")][:1] == ["primary"]


@pytest.mark.parametrize(("late", "judged"), [(1.0, True), (3.0, False)])
def test_a_fault_that_the_lab_ends_much_too_late_is_not_judged(
    late: float, *, judged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Units may count its checks, and then leave their role rightly."""
    scene = Scene(healthy(new_lab()), Allowances())
    inflict = scene.inflict

    def slowly(*faults: Fault) -> None:
        if any(fault.kind is FaultKind.PLUG for fault in faults):
            scene.lab.clock.hold(lambda: True, late, "the lab is slow")
        inflict(*faults)

    monkeypatch.setattr(Scene, "inflict", lambda _, *faults: slowly(*faults))
    with nullcontext() if judged else pytest.raises(FaultNotProven, match="was to last 3 s"):
        scene.carry_out(is_pulled(scene, PAIR.mail, ("P",), Lasting(3.0)))
