"""What operators have made of the two units: whether they can be a pair, over which links, and what they share.

It is read from the lines that operators have entered. What a unit does or shows counts for nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from operator import attrgetter

from lab.contract import Lab, Rank
from lab.faults import unit_of
from lab.history import Command, History, UnitHistory, host
from lab.standard_pair import PAIR

_RANKS = {"1": Rank.PRIMARY.value, "2": Rank.SECONDARY.value}
"""Rank of the links that the flat settings call heartbeat-1 and heartbeat-2. Source: HA-059."""

_NONE = "0.0.0.0/0"
NOTHING_SHARED = f"ignore {_NONE}"
"""The failover action of an interface that shares no address."""

_ACTIONS = {"add": "add", "set": "set", "use-vip": "add"}
"""Actions by which an interface shares an address, in words of the flat form. Source: HA-150, HA-159."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A pair as its operators have entered it."""

    is_none: str
    """Why the units cannot be a pair, "" where they can."""
    ranks: frozenset[Rank]
    """The lab's heartbeat links on which each unit knows the other's address."""
    sharing: str
    """The failover action of the mail interface and its IPv4 address (with mask), "" where none was ever entered."""
    entered: tuple[str, ...]
    """Each that was entered, in order."""

    @property
    def shared(self) -> str:
        """The IPv4 address (with mask) that they share on the mail interface, "" for none."""
        action, _, address = self.sharing.partition(" ")
        return address if action in _ACTIONS else ""


def read(lab: Lab, history: History) -> Plan:
    """Read what operators have entered on both units."""
    units = history.units.values()
    known = [_links(lab, unit) for unit in units]
    usable = known[0] & known[1]
    base_ports = {unit.settings.get("hb-base-port", str(PAIR.base_port)) for unit in units}
    is_none = ""
    if any(unit.configured.startswith("config-") for unit in units):
        is_none = "a config-only group has no roles"
    elif not any(unit.settings.keys() & {"peer-ip", "peer-ip6", "heartbeat-1-peer"} for unit in units):
        is_none = "no pair was configured"
    elif not usable or len(base_ports) > 1:
        is_none = "the units are configured so that they cannot hear each other"
    ranks = frozenset(rank for rank, interface in PAIR.heartbeat.items() if interface in usable)
    entered = tuple(dict(_sharing(history)).values())
    return Plan(is_none, ranks, entered[-1] if entered else "", entered)


def _links(lab: Lab, unit: UnitHistory) -> set[str]:
    """Interfaces on which the unit sends heartbeats to an address that its peer has there."""
    peer = next(unit_of(lab, name) for name in PAIR.configured if name != unit.name)
    ranks: dict[str, str] = {}
    peers: dict[str, dict[bool, str]] = {}
    """By interface the addresses of the peer, IPv6 or not."""
    for each in _entered(unit):
        name, number, what = [*each.setting.split("-", 2), "", ""][:3]
        if name == "heartbeat" and number in _RANKS:
            flat = next((port for port, rank in ranks.items() if rank == _RANKS[number]), "")
            if what == "peer":
                peers.setdefault(flat, {})[False] = each.value
            elif what == "interface":
                ranks.pop(flat, None)
                ranks.update({each.value: _RANKS[number]} if each.value != "disable" else {})
        elif each.setting == "heartbeat-status":
            ranks[each.entry] = each.value
        elif each.setting in {"peer-ip", "peer-ip6"}:
            peers.setdefault(each.entry, {})[each.setting == "peer-ip6"] = each.value
    used = {interface for interface, rank in ranks.items() if rank != "disable"}
    own = {port: {host(peer.own_address(port)), host(peer.own_address6(port))} for port in used}
    return {port for port in used if own[port] & set(peers.get(port, {}).values())}


def _sharing(history: History) -> Iterator[tuple[float, str]]:
    """When each action and address was entered for the mail interface, on whichever unit, in order of time.

    An interface that shares no address has the action ignore.
    """
    action, address = "", ""
    for each in merge(*map(_entered, history.units.values()), key=attrgetter("at")):
        words = each.value.split()
        if each.setting == "failover" and words[:1] == [PAIR.mail]:
            action, address = (*words[1:], "", "")[:2]
        elif each.entry == PAIR.mail and each.setting == "status":
            action = each.value
        elif each.entry == PAIR.mail and each.setting == "virtual-ip":
            address = each.value
        else:
            continue
        shares = action in _ACTIONS and address and address != _NONE
        if action:
            yield each.at, f"{_ACTIONS[action]} {address}" if shares else NOTHING_SHARED


def _entered(unit: UnitHistory) -> Iterator[Command]:
    """Settings that the unit has accepted since it had factory settings."""
    return (each for each in unit.commands if each.setting and not each.refused and each.at >= unit.reset)
