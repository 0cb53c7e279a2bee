"""The Layer 2 bridge of units in transparent mode: which ports it joins, and what crosses it."""

from __future__ import annotations

from lab.contract import Capability
from steps.fields import UNITS
from steps.scene import Scene
from steps.words import Table, outcome


@outcome("the bridges have these ports", Capability.NAMESPACE)
def have_ports(scene: Scene, datatable: Table) -> None:
    """Seen inside the units; table: unit, ports (parted by commas, or none). Source: HA-157."""
    for name, ports in datatable[1:]:
        unit = scene.unit(UNITS[name])
        wanted = frozenset() if ports == "none" else frozenset(ports.replace(",", " ").split())
        what = f"the bridge of unit {unit.name} joins {ports}"
        scene.lab.clock.wait_for(
            lambda unit=unit, wanted=wanted: unit.bridged() == wanted,  # type: ignore[misc]
            scene.lab.timing.settle,
            what,
        )


@outcome("frames [cross|have crossed] through the {unit:Unit} alone, and never twice")
def cross(scene: Scene, unit: str) -> None:
    """Broadcasts are sent from now on, until one crosses so; none of them arrives twice or comes back.

    Source: HA-157.
    """

    def crossed() -> bool:
        crossing = scene.lab.bridge_networks().cross()
        looped = crossing.returned or crossing.arrived > 1
        assert not looped, f"a frame arrived {crossing.arrived} times and came back {crossing.returned} times"
        return crossing.arrived == 1 and all(bool(count) == (by == unit) for by, count in crossing.through.items())

    scene.lab.clock.wait_for(crossed, scene.lab.timing.settle, f"a frame crosses through unit {unit}")


@outcome("no frame [crosses|has crossed]")
def none_crosses(scene: Scene) -> None:
    """One broadcast is sent into the one network, and does not arrive on the other. Source: HA-157."""
    crossing = scene.lab.bridge_networks().cross()
    assert not crossing.arrived, f"a frame arrived {crossing.arrived} times, through {dict(crossing.through)}"
