"""Chooses addresses for a lab that nothing else on its host uses."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.contract import Family
from lab.standard_pair import PAIR

PORTS = PAIR.networked
"""The units' ports on the lab's networks."""

DUAL_STACK = PAIR.dual_stack
"""Ports whose network also has IPv6: mail and heartbeat."""

BRIDGE_PORTS = PAIR.bridged
"""Ports on the two networks for the units' Layer 2 bridge, made when a scenario needs them."""

HEARTBEAT_PORTS = PAIR.heartbeat
HOSTS = {
    **PAIR.hosts,
    "stranger": 77,
    "toxiproxy": 100,
    "neighbour": 200,
    "protected": 200,
}
GATEWAY = 254
"""Last part of the host's address; Docker's default, .1, is a unit's address."""

FIRST, LAST = 64, 254
"""Range of the second part of the address, 10.x.0.0."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Addresses of one lab: four networks 10.x.{1,3,5,6}.0/24, three of them with fd53:7769:x:{3,5,6}::/64 as well."""

    x: int

    def subnet(self, port: str) -> str:
        """IPv4 network of a port, e.g. "10.97.6.0/24"."""
        return f"{self._start(port, Family.IPV4)}0/24"

    def gateway(self, port: str) -> str:
        """Address of the host's bridge on that network."""
        return f"{self._start(port, Family.IPV4)}{GATEWAY}"

    def address(self, who: str, port: str, family: Family = Family.IPV4) -> str:
        """Address of a unit or helper on a port's network, without mask; both families have the same last digits."""
        return f"{self._start(port, family)}{HOSTS[who]}"

    def with_mask(self, who: str, port: str, family: Family = Family.IPV4) -> str:
        """Address with mask."""
        return f"{self.address(who, port, family)}/{24 if family is Family.IPV4 else 64}"

    def all_addresses(self, who: str, port: str) -> list[str]:
        """Addresses with mask of every family that the port's network has."""
        return [self.with_mask(who, port, family) for family in families(port)]

    def on_links(self, who: str) -> dict[str, str]:
        """Addresses on each heartbeat port's network, without mask, with a blank between those of both families."""
        return {
            port: " ".join(self.address(who, port, family) for family in families(port))
            for port in HEARTBEAT_PORTS.values()
        }

    def _start(self, port: str, family: Family) -> str:
        return PAIR.network(port, family, lab=self.x)


def families(port: str) -> tuple[Family, ...]:
    """Address families of a port's network."""
    return tuple(Family) if port in DUAL_STACK else (Family.IPV4,)


def candidates(taken: Iterable[str], rng: random.Random | None = None) -> Iterator[Plan]:
    """Yield plans in random order that overlap none of the networks in `taken`.

    Random, because two labs that start at the same moment would otherwise choose the same one; if they still do, Docker
    refuses the second.
    """
    networks = [ipaddress.ip_network(each, strict=False) for each in taken]
    choices = list(range(FIRST, LAST + 1))
    (rng or random.Random()).shuffle(choices)  # noqa: S311 - no secret
    for x in choices:
        whole = ipaddress.ip_network(f"10.{x}.0.0/16")
        if not any(isinstance(each, ipaddress.IPv4Network) and each.overlaps(whole) for each in networks):
            yield Plan(x)


def routed(table: str | None = None) -> list[str]:
    """Return the networks that the host already routes (its default route aside)."""
    text = Path("/proc/net/route").read_text(encoding="ascii") if table is None else table
    found = []
    for line in text.splitlines()[1:]:
        words = line.split()
        address = ipaddress.IPv4Address(int(words[1], 16).to_bytes(4, "little"))
        mask = ipaddress.IPv4Address(int(words[7], 16).to_bytes(4, "little"))
        if int(mask):
            found.append(str(ipaddress.ip_network(f"{address}/{mask}", strict=False)))
    return found
