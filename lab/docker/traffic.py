"""Traffic of the heartbeat links: what arrived in the units' namespaces, through Toxiproxy or past it.

Toxiproxy's own byte counters grow only when a connection ends, so the agents count at the packet tap instead.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from lab.contract import Rank
from lab.docker.names import UNITS
from lab.docker.ports_in_use import PROBE
from lab.docker.proxies import Proxies
from lab.docker.rack import Rack
from lab.docker.subnets import HEARTBEAT_PORTS

RANKS = {interface: rank for rank, interface in HEARTBEAT_PORTS.items()}

Totals = Counter[tuple[Rank, str, int]]
"""Bytes by link, by the unit that they arrived at, and by TCP port."""

Past = Counter[tuple[Rank, str, int, int]]
"""Packets by link, by the unit that they arrived at, by IP protocol, and by port, 0 where the protocol has none."""


class Counted(NamedTuple):
    """What has arrived so far, asked for at once."""

    totals: Totals
    """Since the lab was built, without the lab's own probes."""
    past: Past
    """Since the scenario began, without TCP, the lab's own probes, and what a kernel sends by itself."""


class Traffic:
    """Counts of payload on both links, and of packets that Toxiproxy does not carry."""

    def __init__(self, rack: Rack, proxies: Proxies) -> None:
        """Ask the agents of this rack."""
        self._rack = rack
        self._proxies = proxies
        self._before = Totals()
        self._past_before = Past()

    def counted(self) -> Counted:
        """Bytes on both links, and packets past Toxiproxy."""
        totals, past = self._since_built()
        return Counted(totals, past - self._past_before)

    def begin(self) -> None:
        """Begin a scenario: earlier bytes, and later ones on existing connections, do not count."""
        for unit in UNITS:
            self._rack.chassis(unit).ask("begin")
        self._before, self._past_before = self._since_built()

    def since_begin(self) -> Totals:
        """Bytes since the scenario began."""
        return self.counted().totals - self._before

    def _since_built(self) -> tuple[Totals, Past]:
        totals, past = Totals(), Past()
        for unit in UNITS:
            arrived = self._rack.chassis(unit).ask("arrived")
            for key, size in arrived["bytes"].items():
                interface, kind, port = key.split()
                number = int(port) if kind == "accepted" else self._proxies.number_behind(int(port))
                if number not in {None, PROBE}:
                    totals[RANKS[interface], unit, int(number or 0)] += int(size)
            for key, count in arrived["past"].items():
                interface, protocol, port = key.split()
                if int(port) != PROBE:
                    past[RANKS[interface], unit, int(protocol), int(port)] += int(count)
        return totals, past
