"""The heartbeat's rhythm and the four ports."""

from __future__ import annotations

from lab.claims import judge
from lab.contract import Rank
from lab.timeline import Kind
from steps.links import await_heartbeat
from steps.scene import MARGIN, Scene
from steps.words import Table, then

PERIOD = 1.0
"""Seconds. Source: system ha, hb-lost-threshold (checks are made once per second); HA-052."""

SPAN = 3.0
"""Seconds for which the heartbeats on each link are counted."""


@then("the {unit:Unit} hears a heartbeat once per second on each link")
def once_per_second(scene: Scene, unit: str) -> None:
    """Heartbeats are counted on each link for three seconds, beginning between two of them. Source: HA-052."""
    clock = scene.lab.clock
    last = await_heartbeat(scene, unit, Rank.PRIMARY)
    begun = last.at + PERIOD / 2
    clock.hold(lambda: not scene.changes(unit), max(0.0, begun + SPAN - clock.now()), "the pair stays as it is")
    # One that comes after the span shows that all before it have been entered.
    for rank in Rank:
        await_heartbeat(scene, unit, rank, since=begun + SPAN)
    heard = [beat for beat in scene.lab.timeline.of(Kind.HEARTBEAT, unit, since=begun) if beat.at < begun + SPAN]
    for rank in Rank:
        rate = sum(beat.detail["rank"] == rank.value for beat in heard) / SPAN
        name = f"heartbeats, {rank.value} link"
        judge(scene.lab, name, rate, at_least=1 / PERIOD, at_most=1 / PERIOD, unit="per s")


@then("no unit hears a heartbeat during the detection time")
def hears_nothing(scene: Scene) -> None:
    """From the scenario's beginning on, neither unit hears its peer. Source: HA-056, HA-453."""

    def silent() -> bool:
        return not scene.lab.timeline.of(Kind.HEARTBEAT)

    during = max(scene.detection.values()) + MARGIN
    scene.lab.clock.hold(silent, during, "no unit hears a heartbeat")


@then("the {rank:Rank} heartbeat link carries these ports and no others")
def carries_ports(scene: Scene, rank: Rank, datatable: Table) -> None:
    """The TCP ports that have carried payload on the link; table: use, port. Source: HA-054, HA-055."""
    wanted = {int(port) for _, port in datatable[1:]}
    used = scene.lab.links[rank].connections()
    assert used == wanted, f"the {rank.value} heartbeat link has carried ports {sorted(used)}, not {sorted(wanted)}"
