"""Which TCP ports and address families the units use on the heartbeat links, as far as the lab has been told."""

from __future__ import annotations

from lab.contract import Family, Port
from lab.docker.names import UNITS
from lab.standard_pair import PAIR

PROBE = 7
"""Port (echo) on which only the lab's agents speak: it shows what a link carries without touching a unit."""


class PortsInUse:
    """The base port of each unit, and the families by which they dial each other."""

    def __init__(self) -> None:
        """Begin as units with factory settings do."""
        self.bases = dict.fromkeys(UNITS, PAIR.base_port)
        self.families = {Family.IPV4}

    def uses(self, number: int) -> frozenset[Port]:
        """What a TCP port is used for by either unit."""
        offsets = {number - base for base in self.bases.values()}
        return frozenset(port for offset, port in enumerate(Port) if offset in offsets)

    def numbers(self, port: Port) -> frozenset[int]:
        """TCP ports that either unit uses for this purpose."""
        return frozenset(self.of(unit)[port] for unit in UNITS)

    def of(self, unit: str) -> dict[Port, int]:
        """TCP port of a unit for each purpose."""
        return {port: self.bases[unit] + offset for offset, port in enumerate(Port)}

    def all(self) -> frozenset[int]:
        """Every TCP port that either unit uses, and the lab's own."""
        return frozenset({PROBE}.union(*(self.of(unit).values() for unit in UNITS)))
