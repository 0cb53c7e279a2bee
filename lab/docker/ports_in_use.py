"""TCP ports and address families that the units use on the heartbeat links, by announcement to the lab."""

from __future__ import annotations

from lab.contract import Family, Port
from lab.docker.names import UNITS
from lab.standard_pair import PAIR

PROBE = 7
"""Port (echo) on which only the lab's agents speak, to probe a link without involving a unit."""


class PortsInUse:
    """The base port of each unit, and the families in which the units dial each other."""

    def __init__(self) -> None:
        """Begin with factory settings."""
        self.bases = dict.fromkeys(UNITS, PAIR.base_port)
        self.families = {Family.IPV4}

    def uses(self, number: int) -> frozenset[Port]:
        """Purposes for which the units use a TCP port."""
        offsets = {number - base for base in self.bases.values()}
        return frozenset(port for offset, port in enumerate(Port) if offset in offsets)

    def numbers(self, port: Port) -> frozenset[int]:
        """TCP ports that the units use for this purpose."""
        return frozenset(self.of(unit)[port] for unit in UNITS)

    def of(self, unit: str) -> dict[Port, int]:
        """TCP port of a unit for each purpose."""
        return {port: self.bases[unit] + offset for offset, port in enumerate(Port)}

    def all(self) -> frozenset[int]:
        """Every TCP port of the units, and the lab's own."""
        return frozenset({PROBE}.union(*(self.of(unit).values() for unit in UNITS)))
