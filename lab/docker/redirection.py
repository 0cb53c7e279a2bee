"""Redirects the units' connections through Toxiproxy, before a unit dials.

Sentences announce the base port and families that a unit is about to use (`lab.contract.Unit`). Others are not
redirected; the packet filter counts connections to them, and then no fault counts as proven.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lab.contract import Family
from lab.docker import rules
from lab.docker.link_faults import LinkFaults
from lab.docker.names import UNITS, other
from lab.docker.ports_in_use import PortsInUse
from lab.docker.proxies import FIRST_LISTEN, Proxies, Way
from lab.docker.rack import Rack
from lab.docker.services import NUMBERS
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.standard_pair import PAIR
from lab.wires.wire import Wire


class Redirection:
    """The packet filter's maps in both units' namespaces, and the proxies behind them."""

    def __init__(
        self,
        rack: Rack,
        *,
        proxies: Proxies,
        ports: PortsInUse,
        faults: LinkFaults,
        wires: Mapping[str, Wire],
    ) -> None:
        """Begin without redirections; `wires` names the wire of each unit."""
        self._rack = rack
        self._wires = wires
        self._proxies = proxies
        self._ports = ports
        self._faults = faults
        self._has_ipv6 = False
        """Whether Toxiproxy has been given IPv6 addresses."""

    def begin(self) -> None:
        """Create the first proxies and load the redirecting rules into both units' namespaces."""
        self._proxies.add(sorted(self._ports.all()), Family.IPV4)
        plan = self._rack.plan
        for unit in UNITS:
            sources = {
                plan.address("toxiproxy", port, family): plan.address(other(unit), port, family)
                for port in HEARTBEAT_PORTS.values()
                for family in Family
            }
            ways = self._proxies.ways(self._ports.families)
            dials = [self._proxies.dial(way) for way in ways if way.dialler == unit]
            self._rack.chassis(unit).ask("rules", text=rules.redirect(dials, sources, NUMBERS.values()))
        self._tell()

    def expect_base_port(self, unit: str, base: int) -> None:
        """Prepare for a unit that is about to use the four ports from this one on."""
        if base == self._ports.bases[unit]:
            return
        self._ports.bases[unit] = base
        new = [way for family in sorted(self._ports.families) for way in self._proxies.add(self._numbers(), family)]
        self._faults.renew()
        self._lead(new)
        self._tell()

    def expect_family(self, family: Family) -> None:
        """Prepare for a unit that is about to dial its peer over this family too."""
        if family in self._ports.families:
            return
        if not self._has_ipv6:
            self._rack.give_toxiproxy_ipv6()
            self._has_ipv6 = True
        self._proxies.add(self._numbers(), family)
        self._ports.families.add(family)
        self._faults.renew()
        self._lead(self._proxies.ways({family}))
        self._tell()

    def reset(self) -> None:
        """Prepare for units with the default base port and IPv4."""
        for unit in UNITS:
            self.expect_base_port(unit, PAIR.base_port)
        if Family.IPV6 in self._ports.families:
            for unit in UNITS:
                self._rack.chassis(unit).ask("rules", text=rules.no_dials(Family.IPV6))
            self._ports.families.discard(Family.IPV6)

    def _numbers(self) -> list[int]:
        return sorted(self._ports.all())

    def _lead(self, ways: Iterable[Way]) -> None:
        """Let the units' packet filters redirect these ways to their proxies."""
        for unit in UNITS:
            dials = [self._proxies.dial(way) for way in ways if way.dialler == unit]
            if dials:
                self._rack.chassis(unit).ask("rules", text=rules.more_dials(dials))

    def _tell(self) -> None:
        """Tell the units' agents what counts as a heartbeat: what the peer's wire says, at a base port."""
        plan, ways = self._rack.plan, self._proxies.ways(self._ports.families)
        for unit in UNITS:
            peer = other(unit)
            wire, base = self._wires[peer], self._ports.bases[peer]
            answers = [self._proxies.dial(way).listen for way in ways if way.dialler == unit and way.port == base]
            self._rack.chassis(unit).ask(
                "hear",
                source=plan.on_links("toxiproxy"),
                peer=plan.on_links(peer),
                protocols=[str(int(carrier)) for carrier in wire.carriers],
                noise=[beginning.hex() for beginning in wire.noise],
                records=wire.records,
                port=self._ports.bases[unit],
                answers=[str(listen) for listen in answers if wire.both_ways],
                first_listen=FIRST_LISTEN,
            )
