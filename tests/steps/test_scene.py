"""What a scene keeps for its sentences."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from lab.contract import Lab, Mode, Port, Rank, Reply, Timing
from lab.errors import FaultNotProven, LabError, NotReached
from lab.faults import Fault, FaultKind
from lab.invariants import Allowances
from lab.standard_pair import PAIR
from lab.timeline import Kind, Timeline
from steps.scene import Scene


def _at_once(condition: Callable[[], object], _within: float, what: str) -> object:
    if not (result := condition()):
        raise NotReached(what)
    return result


def scene_with(*beats: float) -> Scene:
    """A pair that has been healthy since 0 s, and when its secondary heard its peer."""
    timeline = Timeline()
    for at in beats:
        timeline.add(at, Kind.HEARTBEAT, "S")
    clock = SimpleNamespace(
        now=lambda: max(entry.at for entry in timeline),
        wait_for=_at_once,
    )
    units = {"primary": SimpleNamespace(name="P"), "secondary": SimpleNamespace(name="S")}
    lab = SimpleNamespace(
        **units, clock=clock, timeline=timeline, timing=Timing(slack=0.25, resolution=0.05, boot=1, settle=1)
    )
    return Scene(cast("Lab", lab), Allowances(), healthy_since=0.0)


def test_a_silence_begins_with_the_last_heartbeat_before_it() -> None:
    """A later one, and those that the peer heard, do not count."""
    scene = scene_with(0.4, 1.4, 5.4)
    scene.lab.timeline.add(2.0, Kind.HEARTBEAT, "P")
    assert scene.last_heard("S", 4.4) == 1.4


def test_a_silence_before_which_the_lab_saw_no_heartbeat_judges_no_unit() -> None:
    """Its beginning is not known, whatever came later."""
    with pytest.raises(FaultNotProven, match="had not heard its peer"):
        scene_with(5.4).last_heard("S", 4.4)


def heard_on(scene: Scene, at: float, *ranks: Rank) -> None:
    """Both units hear each other on these links."""
    for unit in ("P", "S"):
        for rank in ranks:
            scene.lab.timeline.add(at, Kind.HEARTBEAT, unit, rank=rank.value)


def test_a_pair_is_healthy_when_both_units_have_heard_each_other_on_each_of_its_links() -> None:
    """A unit does not miss what it has never heard on a link."""
    scene = scene_with()
    heard_on(scene, 0.1, Rank.PRIMARY)
    with pytest.raises(NotReached, match="on each link"):
        scene.await_links(Rank)
    heard_on(scene, 0.2, Rank.SECONDARY)
    scene.await_links(Rank)


def test_links_settle_anew_after_a_unit_was_away_but_only_while_both_are_in_roles() -> None:
    """What was heard before it went down tells nothing about the connections of after it."""
    scene = scene_with()
    heard_on(scene, 0.1, *Rank)
    scene.await_links(Rank)
    scene.settle_links()  # nobody was away
    restarts = [
        (1.0, "P", Mode.PRIMARY, Mode.UNREACHABLE),
        (2.0, "P", Mode.UNREACHABLE, Mode.PRIMARY),
        (2.1, "S", Mode.OFF, Mode.SECONDARY),
    ]
    for at, unit, old, new in restarts:
        scene.lab.timeline.add(at, Kind.ROLE, unit, old=old.value, new=new.value)
        if at < 2.1:
            scene.settle_links()  # one of them has no role, and may not hear anybody
    with pytest.raises(NotReached, match="on the primary link and the secondary link since"):
        scene.settle_links()
    heard_on(scene, 1.9, *Rank)
    scene.settle_links()


def back_from_a_restart(*heard: Rank) -> Scene:
    """A pair whose primary was away, and which has heard each other on these links since."""
    scene = scene_with()
    heard_on(scene, 0.1, *Rank)
    scene.await_links(Rank)
    scene.lab.timeline.add(1.0, Kind.ROLE, "P", old="primary", new=Mode.UNREACHABLE.value)
    for at, unit, role in ((2.0, "P", "primary"), (2.0, "S", "secondary")):
        scene.lab.timeline.add(at, Kind.ROLE, unit, old=Mode.UNREACHABLE.value, new=role)
    heard_on(scene, 2.1, *heard)
    return scene


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.BLACK_HOLE, link=Rank.SECONDARY),
        Fault(FaultKind.CABLE, "P", value=PAIR.heartbeat[Rank.SECONDARY]),
    ],
    ids=str,
)
def test_a_link_that_a_fault_has_taken_is_not_waited_for(fault: Fault) -> None:
    """The other one is."""
    scene = back_from_a_restart(Rank.PRIMARY)
    scene.lab.timeline.add(2.2, Kind.FAULT, fault.subject, **fault.detail())
    scene.settle_links()
    scene = back_from_a_restart()
    scene.lab.timeline.add(2.2, Kind.FAULT, fault.subject, **fault.detail())
    with pytest.raises(NotReached, match="on the primary link since"):
        scene.settle_links()


@pytest.mark.parametrize(
    "settings",
    [
        ("config interface", f"edit {PAIR.heartbeat[Rank.SECONDARY]}", "set peer-ip 192.0.2.1", "next", "end"),
        ("config system ha", "set hb-base-port 21000", "end"),
    ],
    ids=lambda lines: lines[1],
)
def test_a_link_whose_settings_were_changed_is_waited_for_only_where_it_was_heard_since(settings: list[str]) -> None:
    """It may have been given an address that is nobody's."""
    scene = back_from_a_restart(Rank.PRIMARY)
    for line in settings:
        scene.lab.timeline.add(0.05, Kind.CLI, "P", line=line)
    with pytest.raises(NotReached, match="and the secondary link since"):
        scene.settle_links()
    for line in settings:
        scene.lab.timeline.add(2.2, Kind.CLI, "P", line=line)
    scene.settle_links()


def test_what_links_carry_is_asked_only_after_counting_began() -> None:
    """Else the scenario is written wrongly, and its author is told what is missing."""
    with pytest.raises(LabError, match="nothing in the scenario counts"):
        scene_with(0.4).grown(Rank.PRIMARY, Port.DATA_SYNC)


def test_the_lab_is_told_of_a_base_port_before_the_unit_whatever_is_entered_with_it() -> None:
    """It must lead connections to the new ports from the first one on."""
    scene, told = scene_with(), list[str]()

    def cli(*lines: str) -> SimpleNamespace:
        told.extend(lines)
        return SimpleNamespace(accepted=True, text="")

    unit = scene.unit("P")
    unit.cli, unit.expect_base_port = cli, lambda base: told.append(f"the lab expects {base}")  # type: ignore[attr-defined, method-assign]
    scene.enter("P", "config system ha", "set password x", " set hb-base-port 21000", "end")
    assert told == ["the lab expects 21000", "config system ha", "set password x", " set hb-base-port 21000", "end"]


@pytest.mark.parametrize(("heard", "tries"), [(1.9, 2), (2.5, 1)], ids=["not-heard-since", "heard-since"])
def test_an_order_is_entered_once_more_where_the_unit_had_not_heard_of_its_peers_role(heard: float, tries: int) -> None:
    """A unit that has heard it must accept, and so must one that has heard it at the second try."""
    scene = scene_with()
    scene.lab.timeline.add(2.0, Kind.ROLE, "S", old="off", new="secondary")
    scene.lab.timeline.add(heard, Kind.HEARTBEAT, "P")
    scene.lab.timeline.add(2.6, Kind.PROBE, "P")
    orders: list[str] = []

    def cli(*lines: str) -> Reply:
        orders.extend(lines)
        scene.lab.timeline.add(3.0, Kind.HEARTBEAT, "P")
        return Reply("the peer unit is not synchronized yet", accepted=False)

    cast("SimpleNamespace", scene.lab.primary).cli = cli
    with pytest.raises(AssertionError, match="refused diagnose system ha failover"):
        scene.enter("P", "diagnose system ha failover")
    assert len(orders) == tries


def test_an_order_that_is_refused_while_nobody_is_heard_is_told_with_the_refusal() -> None:
    """The wait for a heartbeat, which does not come, says nothing about the order."""
    scene = scene_with()
    scene.lab.timeline.add(2.0, Kind.ROLE, "S", old="off", new="secondary")
    unit = cast("SimpleNamespace", scene.lab.primary)
    unit.cli = lambda *_: Reply("the peer unit is not heard", accepted=False)
    with pytest.raises(AssertionError, match="the peer unit is not heard"):
        scene.enter("P", "diagnose system ha failover")
