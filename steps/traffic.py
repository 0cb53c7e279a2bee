"""What the heartbeat links carry: heartbeats and their rhythm, the four ports, and which link synchronization uses."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

from lab.claims import judge
from lab.contract import Capability, Family, Port, Rank
from lab.errors import NotReached
from lab.schedule import long_for
from lab.standard_pair import PAIR
from lab.timeline import Kind
from steps.actions import Action
from steps.mail_data import Stored
from steps.scene import MARGIN, Scene
from steps.times import Bound, Span, awaited, stays, watched
from steps.words import Table, action, outcome

PERIOD = 1.0
"""Seconds from one heartbeat to the next. Source: HA-052."""

SPAN = 3.0
"""Seconds for which the heartbeats on each link are counted."""

QUIET = 1.0
"""Seconds without a byte after which a synchronization counts as ended."""

_BASE = "hb-base-port"


@action("the pair [is|has been] left alone for {seconds:Duration}", long_for)
def left_alone(scene: Scene, seconds: float) -> Action:
    """Nobody does anything, and no role changes meanwhile. Source: HA-051, HA-054."""
    return Action(does=lambda: scene.hold_roles(seconds), counts=True)


@outcome("the first synchronization of the pair has ended")
def first_sync_ended(scene: Scene) -> None:
    """Mail data and settings have been copied, and nothing more comes for a second. Source: HA-010."""
    begins = "mail data and settings begin to be copied"
    with suppress(NotReached):  # a unit may have nothing to copy
        scene.lab.clock.wait_for(lambda: all(map(bool, _synchronized(scene))), scene.lab.timing.settle, begins)
    scene.await_still(lambda: sum(_synchronized(scene)), QUIET, "the first synchronization ends")


@outcome("the {unit:Unit} hears a heartbeat once per second on each link", Capability.HEARTBEAT)
def once_per_second(scene: Scene, unit: str) -> None:
    """Heartbeats are counted on each link for three seconds, beginning between two of them. Source: HA-052."""
    clock = scene.lab.clock
    last = scene.await_beat(unit, Rank.PRIMARY)
    begun = last.at + PERIOD / 2
    clock.hold(lambda: not scene.changes(unit), max(0.0, begun + SPAN - clock.now()), "the pair stays as it is")
    # One that comes after the span shows that all before it have been entered.
    for rank in Rank:
        scene.await_beat(unit, rank, since=begun + SPAN)
    heard = [beat for beat in scene.lab.timeline.of(Kind.HEARTBEAT, unit, since=begun) if beat.at < begun + SPAN]
    for rank in Rank:
        rate = sum(beat.detail["rank"] == rank.value for beat in heard) / SPAN
        name = f"heartbeats, {rank.value} link"
        judge(scene.lab, name, rate, at_least=1 / PERIOD, at_most=1 / PERIOD, unit="per s")


@outcome("no unit hears a heartbeat{span:Span}", Capability.HEARTBEAT, watched)
def hears_nothing(scene: Scene, span: Span | None) -> None:
    """From the scenario's beginning on, neither unit hears its peer. Source: HA-056, HA-453."""
    stays(scene, lambda: not scene.lab.timeline.of(Kind.HEARTBEAT), span or Span(0.0), "no unit hears a heartbeat")


@outcome("the units [hear|have heard] each other on each link{bound:Bound}", awaited)
def hear_each_other(scene: Scene, bound: Bound | None) -> None:
    """Each hears a heartbeat on each link from now on. Source: HA-052, HA-452."""
    begun = scene.lab.clock.now()

    def firsts() -> dict[tuple[str, object], float]:
        beats = reversed(scene.lab.timeline.of(Kind.HEARTBEAT, since=begun))
        return {(beat.subject, beat.detail["rank"]): beat.at for beat in beats}

    def heard() -> bool:
        return len(firsts()) == len(scene.units) * len(Rank)

    scene.lab.clock.wait_for(heard, scene.lab.timing.settle, "the units hear each other on each link")
    if bound is not None:
        bound.begins("")
        bound.judge(scene, "heartbeat heard again", max(firsts().values()) - begun, "S")


@outcome("the {unit:Unit} has not gone without a heartbeat for as long as the detection time")
def no_long_silence(scene: Scene, unit: str) -> None:
    """Since the last action no two heartbeats that the unit heard lie so far apart. Source: HA-101, HA-102."""
    scene.await_beat(unit, Rank.PRIMARY)  # one that comes now shows that all before it have been entered
    heard = [beat.at for beat in scene.lab.timeline.of(Kind.HEARTBEAT, unit, since=scene.since)]
    times = [scene.since, *heard]
    longest = max(later - earlier for earlier, later in pairwise(times))
    assert longest < scene.detection[unit], f"unit {unit} heard nothing for {longest:.3f} s"


@outcome("the {rank:Rank} heartbeat link carries heartbeats both ways{family:OnlyFamily}")
def carries_heartbeat(scene: Scene, rank: Rank, family: Family | None) -> None:
    """Each unit hears a further heartbeat there; none has come over the other family, where one is named.

    Source: HA-060, HA-072.
    """
    scene.await_beats(rank)
    beats = [beat for beat in scene.lab.timeline.of(Kind.HEARTBEAT) if beat.detail["rank"] == rank.value]
    used = {str(beat.detail["family"]) for beat in beats}
    assert family is None or used == {family.value}, f"the {rank.value} link has carried heartbeats over {sorted(used)}"


@outcome("the {rank:Rank} heartbeat link carries these ports and no others")
def carries_ports(scene: Scene, rank: Rank, datatable: Table) -> None:
    """The TCP ports that have carried payload on the link; table: use, port. Source: HA-054, HA-055."""
    wanted = {int(port) for _, port in datatable[1:]}
    used = scene.lab.links[rank].connections
    what = f"the {rank.value} heartbeat link carries ports {sorted(wanted)}"
    scene.lab.clock.wait_for(lambda: used() >= wanted, scene.lab.timing.settle, what)
    assert used() == wanted, f"the {rank.value} heartbeat link has carried ports {sorted(used())}, not {sorted(wanted)}"


@outcome("the {rank:Rank} heartbeat link has carried {uses:Uses} only")
def carries_only(scene: Scene, rank: Rank, uses: tuple[Port, ...]) -> None:
    """Since the last action the ports of these uses have carried bytes, and the others none.

    Source: HA-051, HA-054.
    """
    others = [port for port in Port if port not in uses]

    def grown(*ports: Port) -> list[Port]:
        return [port for port in ports if scene.grown(rank, port) > 0]

    clock, wanted = scene.lab.clock, list(uses)
    clock.wait_for(lambda: grown(*uses) == wanted, scene.lab.timing.settle, f"{[port.value for port in uses]} grow")
    clock.hold(lambda: not grown(*others), QUIET, f"{[port.value for port in others]} carry nothing")


@outcome("the {rank:Rank} heartbeat link carries nothing any more")
def carries_nothing(scene: Scene, rank: Rank) -> None:
    """Not a byte on any of the four ports for two heartbeat periods, once the last connections are closed.

    Source: HA-063.
    """
    link = scene.lab.links[rank]
    silent = f"the {rank.value} heartbeat link is silent"
    scene.await_still(lambda: sum(link.carried(port) for port in Port), 2 * PERIOD + MARGIN, silent)


@outcome("{uses:Uses} has used the {rank:Rank} heartbeat link only")
def uses_link(scene: Scene, uses: tuple[Port, ...], rank: Rank) -> None:
    """Since the last action these ports have carried bytes on that link, and none on the other.

    The rank is the one that an operator has given the link. Source: HA-059 to HA-062.
    """
    used = scene.marked[rank]
    for port in uses:
        what = f"the {rank.value} heartbeat link carries {port.value}"
        scene.lab.clock.wait_for(lambda: scene.grown(used, port) > 0, scene.lab.timing.settle, what)  # noqa: B023
        stray = sum(scene.grown(link, port) for link in Rank if link is not used)
        assert stray == 0, f"{stray} bytes of {port.value} have not used the {rank.value} heartbeat link"


@outcome("{uses:Uses} has begun on the {rank:Rank} heartbeat link")
def has_begun(scene: Scene, stored: Stored, uses: tuple[Port, ...], rank: Rank) -> None:
    """The ports of these uses have carried bytes on that link since the last action. Source: HA-054."""

    def begun() -> bool:
        return all(scene.grown(rank, port) > 0 for port in uses)

    scene.lab.clock.wait_for(begun, scene.lab.timing.settle, f"{[port.value for port in uses]} begins")
    scene.copying = stored.last


@outcome("{units:Units} listens for its peer on its heartbeat interfaces only", Capability.NAMESPACE)
def listens(scene: Scene, units: tuple[str, ...]) -> None:
    """All four ports, at the own addresses of the heartbeat interfaces and nowhere else. Source: HA-050."""
    for name in units:
        unit = scene.unit(name)
        shown = [line.split()[-1] for line in scene.enter(name, "get system ha").splitlines() if _BASE in line]
        assert [each.isdigit() for each in shown] == [True], f"unit {name} shows no {_BASE} on the page 'get system ha'"
        base = int(shown[0])
        own = {unit.own_address(interface).partition("/")[0] for interface in PAIR.heartbeat.values()}
        wanted = {(address, base + number) for address in own for number in range(len(Port))}
        sockets = {(address.partition("%")[0], port) for address, port in unit.listening()}
        found = {(address, port) for address, port in sockets if base <= port < base + len(Port)}
        assert found == wanted, f"unit {name} listens at {sorted(found)}, not at {sorted(wanted)}"


def _synchronized(scene: Scene) -> list[int]:
    """Bytes that each port of the synchronization has carried."""
    ports = (Port.DATA_SYNC, Port.CONFIG_SYNC)
    return [sum(link.carried(port) for link in scene.lab.links.values()) for port in ports]
