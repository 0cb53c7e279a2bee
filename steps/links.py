"""The heartbeat links: how they fail and return, and what they carry."""

from __future__ import annotations

from itertools import pairwise

from lab.contract import Mode, Port, Rank
from lab.errors import FaultNotProven
from lab.faults import Fault, FaultKind, on_both_links
from lab.schedule import Frame, What
from lab.timeline import Entry, Kind
from steps.scene import MARGIN, Scene
from steps.words import given, said, then, when

SYNCHRONIZATION = (Port.DATA_SYNC, Port.CONFIG_SYNC)
"""The ports on which copied data travels. Source: HA-054."""


@when(said(What.SILENT))
def link_falls_silent(scene: Scene, rank: Rank) -> None:
    """The link swallows everything both ways; nothing is refused. Source: HA-061."""
    scene.begin_with(Fault(FaultKind.BLACK_HOLE, link=rank))


@when("the {rank:Rank} heartbeat link falls silent while both units live")
def only_link_falls_silent(scene: Scene, rank: Rank) -> None:
    """The only link swallows everything both ways: two units will hold the virtual address. Source: HA-700, HA-701."""
    link_falls_silent(scene, rank)


@when("both heartbeat links fall silent while both units live")
def links_fall_silent(scene: Scene) -> None:
    """Both links swallow everything both ways: two units will hold the virtual address. Source: HA-121, HA-701."""
    scene.begin_with(*on_both_links(Fault(FaultKind.BLACK_HOLE)))


@when("both heartbeat links refuse connections while both units live")
def links_refuse(scene: Scene) -> None:
    """Both links answer with a refusal: two units will hold the virtual address. Source: HA-101, HA-701."""
    scene.begin_with(*on_both_links(Fault(FaultKind.REFUSAL)))


@when("the heartbeat no longer reaches the {unit:Unit}")
def goes_deaf(scene: Scene, unit: str) -> None:
    """Both links swallow what is sent to this unit, and carry what it sends. Source: HA-108."""
    scene.begin_with(*on_both_links(Fault(FaultKind.BLACK_HOLE, unit)))


@when("the heartbeat no longer reaches the {unit:Unit} while both units live")
def goes_deaf_and_leads(scene: Scene, unit: str) -> None:
    """Both links swallow what is sent to this unit, which will take over: two units hold the virtual address then.

    Source: HA-108, HA-701.
    """
    goes_deaf(scene, unit)


@when("both heartbeat links fall silent for {seconds:Seconds} seconds and resume")
def short_silence(scene: Scene, seconds: float) -> None:
    """Both links swallow everything for that span, beginning right after a heartbeat. Source: HA-102.

    The time that the lab needs to impose and prove the cut is part of the span.
    """
    scene.steady()
    await_heartbeat(scene, "S", Rank.SECONDARY)
    scene.begin_with(*on_both_links(Fault(FaultKind.BLACK_HOLE)))
    left = max(0.0, scene.since + seconds - scene.lab.clock.now())
    scene.lab.clock.hold(lambda: True, left, "the links are silent")
    scene.inflict(*on_both_links(Fault(FaultKind.HEAL)))
    prove_no_silence(scene)
    assert not scene.changes("S"), "the secondary has changed its role in a silence shorter than the detection time"


def prove_no_silence(scene: Scene) -> None:
    """Wait until the secondary hears its peer again; raise FaultNotProven where the lab was too slow for that.

    It was too slow where, since the action began, two heartbeats came as far apart as the detection time.
    """
    begun = scene.lab.clock.now()

    def heard() -> list[Entry]:
        return [beat for beat in scene.lab.timeline.of(Kind.HEARTBEAT, "S", since=begun) if beat.at > begun]

    scene.lab.clock.wait_for(heard, scene.lab.profile.settle, "the secondary hears its peer again")
    beats = [beat.at for beat in scene.lab.timeline.of(Kind.HEARTBEAT, "S")]
    gaps = [later - earlier for earlier, later in pairwise(beats) if later > scene.since]
    if max(gaps) >= scene.detection["S"] - scene.lab.profile.resolution:
        raise FaultNotProven(f"a silence that was to stay below the detection time has lasted for {max(gaps):.3f} s")


@when(said(What.RETURNS))
def link_returns(scene: Scene, rank: Rank) -> None:
    """The link carries everything again. Source: HA-062, HA-703."""
    scene.act()
    scene.inflict(Fault(FaultKind.HEAL, link=rank))


@when(said(What.BOTH_RETURN))
def links_return(scene: Scene) -> None:
    """Both links carry everything again. Source: HA-524, HA-703."""
    scene.act()
    scene.inflict(*on_both_links(Fault(FaultKind.HEAL)))


@given(said(What.RETURNS, Frame.HAPPENED))
def link_has_returned(scene: Scene, rank: Rank) -> None:
    """The link carries everything again, and both units have heard each other on it."""
    link_returns(scene, rank)
    for unit in scene.units:
        await_heartbeat(scene, unit.name, rank)


@given("the {rank:Rank} heartbeat link has fallen silent for longer than the detection time")
def link_has_failed(scene: Scene, rank: Rank) -> None:
    """The link swallows everything, and both units have had time to notice."""
    link_falls_silent(scene, rank)
    during = max(scene.detection.values()) + MARGIN
    scene.lab.clock.hold(lambda: not any(scene.changes(unit.name) for unit in scene.units), during, "no role changes")


@given("the {rank:Rank} heartbeat link has failed and returned")
def link_has_failed_and_returned(scene: Scene, rank: Rank) -> None:
    """The link was silent for longer than the detection time, and both units hear each other on it again."""
    link_has_failed(scene, rank)
    link_has_returned(scene, rank)


@given("the units cannot copy configurations from each other")
def configuration_port_refused(scene: Scene) -> None:
    """Both links refuse the port of the configuration synchronization, and carry everything else. Source: HA-015."""
    scene.inflict(*on_both_links(Fault(FaultKind.REFUSAL, ports=frozenset({Port.CONFIG_SYNC}))))
    scene.act()


@when("the heartbeat links are whole again")
def links_whole(scene: Scene) -> None:
    """Every link carries everything again. Source: HA-015."""
    scene.act()
    scene.inflict(*on_both_links(Fault(FaultKind.HEAL)))


@given("both units have become primary after the loss of the heartbeat link")
def split_brain(scene: Scene) -> None:
    """The only link swallows everything and the secondary has taken over. Source: HA-700."""
    only_link_falls_silent(scene, Rank.PRIMARY)
    scene.await_change("S", Mode.PRIMARY, within=scene.detection["S"] + scene.lab.profile.settle)


@then("the synchronization has used the {rank:Rank} heartbeat link only")
def synchronization_used(scene: Scene, rank: Rank) -> None:
    """Since it was started, copied data has travelled on that link and none on the other. Source: HA-060 to HA-062."""
    rank = scene.marked[rank]

    def grown(link: Rank) -> int:
        return _carried(scene, link) - sum(scene.carried[link, port] for port in SYNCHRONIZATION)

    what = f"the {rank.value} heartbeat link carries synchronization"
    scene.lab.clock.wait_for(lambda: grown(rank) > 0, scene.lab.profile.settle, what)
    stray = {link.value: size for link in Rank if link is not rank and (size := grown(link)) > 0}
    assert not stray, f"synchronization has also used {stray} (bytes)"


@then("the {rank:Rank} heartbeat link carries heartbeat")
def carries_heartbeat(scene: Scene, rank: Rank) -> None:
    """Both units hear a further heartbeat on that link. Source: HA-060."""
    for unit in scene.units:
        await_heartbeat(scene, unit.name, rank)


def await_heartbeat(scene: Scene, unit: str, rank: Rank, since: float | None = None) -> Entry:
    """Wait until the unit hears a heartbeat on that link since then, by default one that it had not heard before."""
    begun = scene.lab.clock.now() if since is None else since

    def heard() -> Entry | None:
        entries = scene.lab.timeline.of(Kind.HEARTBEAT, unit, since=begun)
        return next((entry for entry in entries if entry.detail["rank"] == rank.value), None)

    what = f"unit {unit} hears a heartbeat on the {rank.value} link"
    entry = scene.lab.clock.wait_for(heard, scene.lab.profile.settle + scene.lab.profile.boot, what)
    assert entry is not None
    return entry


def carried(scene: Scene) -> dict[tuple[Rank, Port], int]:
    """Bytes that each link has carried on each port so far."""
    return {(rank, port): link.carried(port) for rank, link in scene.lab.links.items() for port in Port}


def _carried(scene: Scene, rank: Rank) -> int:
    return sum(scene.lab.links[rank].carried(port) for port in SYNCHRONIZATION)
