"""Payload of the heartbeat links: bytes from Toxiproxy that arrived in the units' namespaces.

Toxiproxy's own byte counters grow only when a connection ends, so the agents count at the packet tap instead.
"""

from __future__ import annotations

from collections import Counter

from lab.contract import Rank
from lab.docker.names import UNITS
from lab.docker.ports_in_use import PROBE
from lab.docker.proxies import Proxies
from lab.docker.rack import Rack
from lab.docker.subnets import HEARTBEAT_PORTS

Totals = Counter[tuple[Rank, str, int]]
"""Bytes by link, by the unit that they arrived at, and by TCP port."""


class Traffic:
    """Counts of payload on both links."""

    def __init__(self, rack: Rack, proxies: Proxies) -> None:
        """Ask the agents of this rack."""
        self._rack = rack
        self._proxies = proxies
        self._before = Totals()

    def totals(self) -> Totals:
        """Bytes since the lab was built, without the lab's own probes."""
        totals = Totals()
        for unit in UNITS:
            for key, size in self._rack.chassis(unit).ask("arrived")["bytes"].items():
                interface, kind, port = key.split()
                number = int(port) if kind == "accepted" else self._proxies.number_behind(int(port))
                rank = next((rank for rank, name in HEARTBEAT_PORTS.items() if name == interface), None)
                if rank is not None and number not in {None, PROBE}:
                    totals[rank, unit, int(number or 0)] += int(size)
        return totals

    def begin(self) -> None:
        """Begin a scenario: earlier bytes, and later ones on existing connections, do not count."""
        for unit in UNITS:
            self._rack.chassis(unit).ask("begin")
        self._before = self.totals()

    def since_begin(self) -> Totals:
        """Bytes since the scenario began."""
        return self.totals() - self._before
