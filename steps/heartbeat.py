"""The heartbeat's rhythm and the four ports."""

from __future__ import annotations

from lab.claims import judge
from lab.contract import Rank
from lab.timeline import Kind
from steps.scene import MARGIN, Scene
from steps.words import then

PERIOD = 1.0
"""Seconds. Source: system ha, hb-lost-threshold (checks are made once per second); HA-052."""

BEATS = 4
"""How many heartbeats on each link are looked at."""

Table = list[list[str]]


@then("the {unit:Unit} hears a heartbeat once per second on each link")
def once_per_second(scene: Scene, unit: str) -> None:
    """Four heartbeats on each link: they come one second apart, neither earlier nor later. Source: HA-052."""
    begun = scene.lab.clock.now()

    def heard(rank: Rank) -> list[float]:
        entries = scene.lab.timeline.of(Kind.HEARTBEAT, unit, since=begun)
        return [entry.at for entry in entries if entry.detail["rank"] == rank.value][:BEATS]

    def enough() -> bool:
        return all(len(heard(rank)) == BEATS for rank in Rank)

    bound = BEATS * PERIOD + scene.lab.profile.settle
    scene.lab.clock.wait_for(enough, bound, f"unit {unit} hears {BEATS} heartbeats on each link")
    for rank in Rank:
        beats = heard(rank)
        between = (beats[-1] - beats[0]) / (BEATS - 1)
        judge(scene.lab, f"time between heartbeats, {rank.value} link", between, at_least=PERIOD, at_most=PERIOD)


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
