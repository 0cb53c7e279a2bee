"""Who the client believes to hold an address: its neighbour table, with Linux's ageing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lab.sim.machine import Machine
from lab.sim.mailer import MAIL_INTERFACE
from lab.sim.world import World

DELAY = 5.0
"""Seconds that a stale entry is used on trust before it is probed (delay_first_probe_time)."""

PROBES = 3.0
"""Seconds of unicast probes to the known owner before the entry fails (mcast/ucast_solicit 3, retrans 1 s)."""


@dataclass(slots=True)
class _Entry:
    owner: str
    confirmed: float
    reachable: float


class Neighbours:
    """The client's ARP table. An entry is confirmed by each answer; a dead owner is believed until the entry has aged.

    After the last confirmation an entry is reachable for 15 to 45 s (drawn), then stale, delayed and probed in vain;
    only then the client asks everyone again. So a holder that never announces is not reached for long, as
    in real networks.
    """

    def __init__(self, world: World, machines: Mapping[str, Machine]) -> None:
        """Start with an empty table."""
        self._world = world
        self._machines = machines
        self._table: dict[str, _Entry] = {}

    def reach(self, host: str) -> Machine | None:
        """The machine that takes a packet to the address, None when the packet is lost."""
        entry = self._table.get(host)
        now = self._world.now()
        if entry is not None:
            owner = self._machines[entry.owner]
            if takes(owner, host):
                entry.confirmed = now
                return owner
            if now < entry.confirmed + entry.reachable + DELAY + PROBES:
                return None
            del self._table[host]
        holders = [machine for machine in self._machines.values() if takes(machine, host)]
        if not holders:
            return None
        first = holders[0] if len(holders) == 1 else min(holders, key=lambda _: self._world.draw(0.0001, 0.0004))
        self._table[host] = _Entry(first.name, now, self._world.draw(15.0, 45.0))
        return first

    def answering(self, host: str) -> str | None:
        """Name of the unit whose mail service answers on the address now."""
        machine = self.reach(host)
        return machine.name if machine is not None and machine.mailer.greets() else None

    def steady_until(self, host: str) -> float:
        """Until when, in seconds, the answer stays as it is if nothing changes on the network.

        A dead owner's entry ages. Infinity where it stays for good, and is confirmed by each probe.
        """
        entry = self._table.get(host)
        if entry is None or takes(self._machines[entry.owner], host):
            return math.inf
        return entry.confirmed + entry.reachable + DELAY + PROBES

    def confirm(self, host: str, at: float) -> None:
        """Note that the owner has answered until `at`."""
        entry = self._table.get(host)
        if entry is not None:
            entry.confirmed = max(entry.confirmed, at)

    def announced(self, machine: Machine, host: str) -> None:
        """A gratuitous ARP changes an entry that is there; it makes none."""
        entry = self._table.get(host)
        if entry is not None:
            entry.owner = machine.name
            entry.confirmed = self._world.now()
            self._world.network_changed()


def takes(machine: Machine, host: str) -> bool:
    """Whether the machine answers for the address on the mail network."""
    interfaces = machine.interfaces
    return machine.on_network() and interfaces.cable(MAIL_INTERFACE) and interfaces.holds(MAIL_INTERFACE, host)
