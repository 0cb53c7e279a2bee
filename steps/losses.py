"""Heartbeat links that are lost in one way or another, one after the other, one way only, or again and again."""

from __future__ import annotations

from collections.abc import Mapping

from lab.contract import Area, Capability, Port, Rank
from lab.errors import FaultNotProven
from lab.faults import Fault, FaultKind
from lab.standard_pair import PAIR
from steps.fields import Loss
from steps.links import await_heartbeat, carried
from steps.scene import MARGIN, Scene
from steps.words import given, then, when

FLAP = 1.0
"""Seconds for which a flapping link is down, and then up."""

SHORT = 60.0
"""Seconds beyond which a lab needs leave to let time pass."""


@when("the {rank:Rank} heartbeat link is lost by a {loss:Loss}")
def link_is_lost(scene: Scene, rank: Rank, loss: Loss) -> None:
    """Everything on it is swallowed or refused, or a unit's interface has no carrier. Source: HA-061, HA-121."""
    _lose(scene, loss, rank)


@given("the {rank:Rank} heartbeat link has been lost by a {loss:Loss} for longer than the detection time")
def link_has_been_lost(scene: Scene, rank: Rank, loss: Loss) -> None:
    """The link is gone, and both units have had time to notice. Source: HA-061."""
    _lose(scene, loss, rank)
    during = max(scene.detection.values()) + MARGIN
    scene.lab.clock.hold(lambda: not any(scene.changes(unit.name) for unit in scene.units), during, "no role changes")


@when("both heartbeat links are lost by {loss:Loss} while both units live")
def links_are_lost(scene: Scene, loss: Loss) -> None:
    """Both at the same moment: two units will hold the virtual address. Source: HA-101, HA-121, HA-701."""
    _lose(scene, loss, *Rank)


@when("the {rank:Rank} heartbeat link is lost as well while both units live")
def other_link_is_lost(scene: Scene, rank: Rank) -> None:
    """The last link that worked swallows everything too. Source: HA-101, HA-121."""
    _lose(scene, Loss(FaultKind.BLACK_HOLE), rank)


@when("the {unit:Unit} no longer hears its peer on the {rank:Rank} heartbeat link")
def deaf_on_link(scene: Scene, unit: str, rank: Rank) -> None:
    """That link swallows what is sent to this unit, and carries what it sends. Source: HA-061, HA-108."""
    scene.begin_with(Fault(FaultKind.BLACK_HOLE, unit, rank))


@when("the cables of the {rank:Rank} heartbeat link are plugged in again")
def cables_plugged(scene: Scene, rank: Rank) -> None:
    """Both units' interfaces have their carrier back. Source: HA-062."""
    scene.act()
    scene.inflict(*(Fault(FaultKind.PLUG, unit, value=PAIR.heartbeat[rank]) for unit in PAIR.configured))


@when("the {rank:Rank} heartbeat link flaps for {seconds:Seconds} seconds")
def link_flaps(scene: Scene, rank: Rank, seconds: float) -> None:
    """Down for a second, up for a second, and so on; the other link lives all the time. Source: HA-061."""
    _flap(scene, (rank,), seconds)


@when("the heartbeat links flap in turn for {seconds:Seconds} seconds")
def links_flap_in_turn(scene: Scene, seconds: float) -> None:
    """One is down for a second, and when both units hear each other on it again the other goes down. Source: HA-061."""
    _flap(scene, tuple(Rank), seconds)


@given("the {rank:Rank} heartbeat link no longer carries {uses:Uses}")
@when("the {rank:Rank} heartbeat link no longer carries {uses:Uses}")
def ports_swallowed(scene: Scene, rank: Rank, uses: tuple[Port, ...]) -> None:
    """The ports of these uses swallow everything; the other ports work. Source: HA-054, HA-061."""
    _cut_ports(scene, (rank,), FaultKind.BLACK_HOLE, uses)


@given("the {rank:Rank} heartbeat link refuses {uses:Uses}")
@when("the {rank:Rank} heartbeat link refuses {uses:Uses}")
def ports_refused(scene: Scene, rank: Rank, uses: tuple[Port, ...]) -> None:
    """The ports of these uses refuse connections; the other ports work. Source: HA-054, HA-061."""
    _cut_ports(scene, (rank,), FaultKind.REFUSAL, uses)


@given("both heartbeat links refuse {uses:Uses}")
@when("both heartbeat links refuse {uses:Uses}")
def ports_refused_on_both(scene: Scene, uses: tuple[Port, ...]) -> None:
    """The ports of these uses refuse connections on both links; the other ports work. Source: HA-054."""
    _cut_ports(scene, tuple(Rank), FaultKind.REFUSAL, uses)


@when("both heartbeat links no longer carry {uses:Uses} while both units live")
def ports_swallowed_on_both(scene: Scene, uses: tuple[Port, ...]) -> None:
    """The ports of these uses swallow everything on both links: two units will hold the virtual address.

    Source: HA-054, HA-101.
    """
    _cut_ports(scene, tuple(Rank), FaultKind.BLACK_HOLE, uses)


@when("{uses:Uses} has begun on the {rank:Rank} heartbeat link")
def has_begun(scene: Scene, uses: tuple[Port, ...], rank: Rank) -> None:
    """The ports of these uses have carried bytes on that link since the action began. Source: HA-054."""
    link, before = scene.lab.links[rank], scene.carried

    def begun() -> bool:
        return all(link.carried(port) > before[rank, port] for port in uses)

    scene.lab.clock.wait_for(begun, scene.lab.profile.settle, f"{[port.value for port in uses]} begins")
    scene.copying = scene.message


def prove_copying(scene: Scene) -> None:
    """Raise FaultNotProven where the message whose copying was seen to begin is on both units already."""
    message, scene.copying = scene.copying, None
    if message is None or Capability.INSPECT not in scene.lab.capabilities:
        return
    if all(any(message.id in unit.stored(area) for area in Area) for unit in scene.units):
        raise FaultNotProven(f"message {message.id} was copied before what was to interrupt that")


@then("{uses:Uses} has used the {rank:Rank} heartbeat link only")
def uses_link(scene: Scene, uses: tuple[Port, ...], rank: Rank) -> None:
    """Since the action began these ports have carried bytes on that link, and none on the other.

    Source: HA-060 to HA-062.
    """

    def grown(link: Rank, port: Port) -> int:
        return scene.lab.links[link].carried(port) - scene.carried[link, port]

    for port in uses:
        what = f"the {rank.value} heartbeat link carries {port.value}"
        scene.lab.clock.wait_for(lambda: grown(rank, port) > 0, scene.lab.profile.settle, what)  # noqa: B023 - at once
        stray = sum(grown(link, port) for link in Rank if link is not rank)
        assert stray == 0, f"{stray} bytes of {port.value} have not used the {rank.value} heartbeat link"


def _lose(scene: Scene, loss: Loss, *ranks: Rank) -> None:
    if loss.unit:
        _break(scene, ranks, *(Fault(loss.kind, loss.unit, value=PAIR.heartbeat[rank]) for rank in ranks))
    else:
        _break(scene, ranks, *(Fault(loss.kind, link=rank) for rank in ranks))


def _cut_ports(scene: Scene, ranks: tuple[Rank, ...], kind: FaultKind, uses: tuple[Port, ...]) -> None:
    _break(scene, ranks, *(Fault(kind, link=rank, ports=frozenset(uses)) for rank in ranks))


def _break(scene: Scene, ranks: tuple[Rank, ...], *faults: Fault) -> None:
    scene.ready(*faults)
    before = carried(scene)
    prove_copying(scene)  # before the loss, since what it interrupts may at once go on over the other link
    scene.inflict(*faults)
    scene.carried = _counted_from(scene, before, ranks)


def _counted_from(
    scene: Scene, before: Mapping[tuple[Rank, Port], int], lost: tuple[Rank, ...]
) -> dict[tuple[Rank, Port], int]:
    """Count on the lost links from now, when the loss is proven, and on the others from before it began."""
    now = carried(scene)
    return {key: now[key] if key[0] in lost else size for key, size in before.items()}


def _flap(scene: Scene, ranks: tuple[Rank, ...], seconds: float) -> None:
    if seconds > SHORT:
        scene.needs(Capability.LONG)
    cuts = {rank: Fault(FaultKind.BLACK_HOLE, link=rank) for rank in ranks}
    scene.ready(*cuts.values())
    clock, end, turn = scene.lab.clock, scene.lab.clock.now() + seconds, 0
    while clock.now() < end:
        rank = ranks[turn % len(ranks)]
        scene.inflict(cuts[rank])
        clock.hold(lambda: not any(scene.changes(unit.name) for unit in scene.units), FLAP, "no role changes")
        scene.inflict(Fault(FaultKind.HEAL, link=rank))
        if len(ranks) > 1:
            for unit in scene.units:
                await_heartbeat(scene, unit.name, rank)
        else:
            clock.hold(lambda: not any(scene.changes(unit.name) for unit in scene.units), FLAP, "no role changes")
        turn += 1
