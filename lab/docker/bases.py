"""Which base port and address family each unit uses, so that Toxiproxy stands in the path before the unit dials.

The lab learns it from what an operator enters: a line that sets `hb-base-port` goes to the unit only after the proxies
and the redirecting rules of the four new ports exist, one that sets `peer-ip6` after those of IPv6 do. What nobody
announced (a base port set by other means) is not redirected; the packet filter counts connections to it, and a fault is
then never said to be proven.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lab.contract import Family, Port
from lab.docker import rules, toxiproxy6
from lab.docker.proxies import FIRST_LISTEN, PROBE_PORT, UNITS, Proxies, Way
from lab.docker.rack import Rack
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.standard_pair import PAIR

DEFAULT = PAIR.base_port
"""Source: system ha, hb-base-port; HA-054."""

_SET = re.compile(r"^\s*set\s+hb-base-port\s+(\d+)\s*$")
_UNSET = re.compile(r"^\s*(unset\s+hb-base-port|execute\s+factoryreset)\s*$")
_PEER6 = re.compile(r"^\s*set\s+peer-ip6\s+(?!::\s*$)\S+\s*$")
_LAST = 65535 - len(Port) + 1


def base_in(line: str) -> int | None:
    """The base port that a CLI line asks for, None when it asks for none (or for one that cannot be)."""
    if _UNSET.match(line):
        return DEFAULT
    found = _SET.match(line)
    base = int(found[1]) if found else 0
    return base if 0 < base <= _LAST else None


def wants_ipv6(line: str) -> bool:
    """Whether a CLI line gives the peer an IPv6 address."""
    return _PEER6.match(line) is not None


class Bases:
    """The base ports in use, and the wiring that follows from them."""

    def __init__(self, rack: Rack, proxies: Proxies) -> None:
        """Start with the factory's base on both units; `wire` puts it into force."""
        self._rack = rack
        self._proxies = proxies
        self._bases = dict.fromkeys(UNITS, DEFAULT)
        self._given6 = False

    @property
    def current(self) -> Mapping[str, int]:
        """Base port of each unit."""
        return self._bases

    def wire(self) -> None:
        """Create the first proxies and load the redirecting rules into both units' namespaces."""
        self._proxies.add([*_four(DEFAULT), PROBE_PORT])
        plan = self._rack.plan
        for unit in UNITS:
            peer = next(each for each in UNITS if each != unit)
            sources = {
                plan.address("toxiproxy", port, family): plan.address(peer, port, family)
                for port in HEARTBEAT_PORTS.values()
                for family in Family
            }
            dials = [self._proxies.dial(way) for way in self._proxies.ways() if way.dialler == unit]
            self._rack.chassis(unit).ask("rules", text=rules.redirect(dials, sources))
            self._tell(unit)

    def expect(self, unit: str, base: int) -> None:
        """Get ready for a unit that is about to use this base port."""
        new = [way for family in sorted(self._proxies.families) for way in self._proxies.add(_four(base), family)]
        self._lead(new)
        self._bases[unit] = base
        self._tell(unit)

    def expect_ipv6(self) -> None:
        """Get ready for a unit that is about to dial its peer's IPv6 address."""
        if Family.IPV6 in self._proxies.families:
            return
        ports = {PROBE_PORT, *(port for base in self._bases.values() for port in _four(base))}
        if not self._given6:
            toxiproxy6.give_addresses(self._rack)
            self._given6 = True
        self._proxies.add(sorted(ports), Family.IPV6)
        self._proxies.families.add(Family.IPV6)
        self._lead([way for way in self._proxies.ways() if way.family is Family.IPV6])

    def _lead(self, ways: Iterable[Way]) -> None:
        """Let the units' packet filters lead these ways to their proxies."""
        for unit in UNITS:
            dials = [self._proxies.dial(way) for way in ways if way.dialler == unit]
            if dials:
                self._rack.chassis(unit).ask("rules", text=rules.more_dials(dials))

    def adopt(self, ports: list[int]) -> None:
        """Take over the ports that are redirected already; the highest base among them is taken to be in use."""
        bases = [port for port in ports if all(port + offset in ports for offset in range(len(Port)))]
        self._bases = dict.fromkeys(UNITS, bases[-1] if bases else DEFAULT)

    def reset(self) -> None:
        """Both units use the factory's base again, and IPv4."""
        for unit in UNITS:
            if self._bases[unit] != DEFAULT:
                self.expect(unit, DEFAULT)
        if Family.IPV6 in self._proxies.families:
            for unit in UNITS:
                self._rack.chassis(unit).ask("rules", text=rules.no_dials(Family.IPV6))
            self._proxies.families.discard(Family.IPV6)

    def roles(self, number: int) -> frozenset[Port]:
        """What a TCP port is used for by either unit."""
        ports = tuple(Port)
        offsets = {number - base for base in self._bases.values()}
        return frozenset(ports[offset] for offset in offsets if 0 <= offset < len(ports))

    def numbers(self, port: Port) -> frozenset[int]:
        """TCP ports that either unit uses for this purpose."""
        offset = tuple(Port).index(port)
        return frozenset(base + offset for base in self._bases.values())

    def _tell(self, unit: str) -> None:
        """Tell a unit's agent what counts as a heartbeat: payload from Toxiproxy to the unit's own base port."""
        plan = self._rack.plan
        source = {
            port: " ".join(plan.address("toxiproxy", port, family) for family in Family)
            for port in HEARTBEAT_PORTS.values()
        }
        self._rack.chassis(unit).ask("hear", source=source, port=self._bases[unit], first_listen=FIRST_LISTEN)


def _four(base: int) -> list[int]:
    return list(range(base, base + len(Port)))
