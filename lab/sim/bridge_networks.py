"""Two networks that only the units' Layer 2 bridges can join, and a neighbour who counts the copies of a frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lab.contract import Crossing
from lab.sim.machine import Machine
from lab.sim.world import World
from lab.standard_pair import PAIR

HOPS = 16
"""Passages after which a frame that circles has shown enough of the loop."""

HOP = 0.0001
"""Seconds that a bridge takes to pass a frame on."""


class SimBridgeNetworks:
    """`lab.contract.BridgeNetworks`."""

    ports = PAIR.bridged

    def __init__(self, world: World, machines: Iterable[Machine]) -> None:
        """Connect the machines to both networks."""
        self._world = world
        self._machines = tuple(machines)

    def cross(self) -> Crossing:
        """Send one frame and follow each copy through every bridge but the one that it came from."""
        near, far = PAIR.bridged
        seen: Counter[str] = Counter()
        through: Counter[str] = Counter({machine.name: 0 for machine in self._machines})
        copies: list[tuple[str, Machine | None]] = [(near, None)]
        for _ in range(HOPS):
            self._world.advance(HOP)
            bridges = [machine for machine in self._machines if _passes(machine)]
            passed = [(_other(side), each) for side, by in copies for each in bridges if each is not by]
            seen.update(side for side, _ in passed)
            through.update(each.name for _, each in passed)
            copies = list(passed)
        return Crossing(seen[far], seen[near], dict(through))


def _passes(machine: Machine) -> bool:
    interfaces = machine.interfaces
    return machine.on_network() and all(
        port in interfaces.bridged() and interfaces.cable(port) for port in PAIR.bridged
    )


def _other(side: str) -> str:
    return next(each for each in PAIR.bridged if each != side)
