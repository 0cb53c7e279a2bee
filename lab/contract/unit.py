"""A unit, as its operator uses it and as the lab sees it from outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from lab.contract.values import Proof, Reply, Trap
from lab.contract.words import Area, Capability, DiskState, Failing, Family, Mode, Saying, Service, Sink, Synchronized


class Unit(Protocol):
    """One HA unit. `name` is the letter of its configured role: "P" or "S"."""

    name: str
    reports_to: frozenset[Sink]
    """Who learns of its HA events over the network, once they are chosen there."""
    keeps: frozenset[Capability]
    """What the lab knows the unit to keep where it can read it: LOG, ALERTS, TRAPS."""

    def cli(self, *lines: str) -> Reply:
        """Enter lines in the unit's shell (always from the top level) and return all it printed.

        A refused line raises nothing: see `Reply.accepted`. One that gets no answer raises CliLost, unless the unit
        ends the session there: what follows is not entered then. The next line answers a y/n prompt.
        """
        ...

    def expect_base_port(self, port: int) -> None:
        """Prepare for a unit that is about to use the four ports from this one on, instead of from 20000."""
        ...

    def expect_family(self, family: Family) -> None:
        """Prepare for a unit that is about to be given a peer address of this family; IPv4 needs no preparation."""
        ...

    def configured_mode(self) -> str:
        """Configured mode as its operator reads it, in 7.0 words."""
        ...

    def effective_mode(self) -> Mode:
        """Effective mode as its operator reads it now; UNREACHABLE without an answer."""
        ...

    def own_address(self, interface: str) -> str:
        """The interface's own address with mask, as the lab assigned it."""
        ...

    def own_address6(self, interface: str) -> str:
        """The interface's own IPv6 address with mask; heartbeat and mail interfaces have one, '' for others."""
        ...

    def addresses(self, interface: str) -> frozenset[str]:
        """Addresses with mask that the interface holds now, seen from outside the unit's software. NAMESPACE."""
        ...

    def bridged(self) -> frozenset[str]:
        """Interfaces that the unit's Layer 2 bridge joins now, seen from outside its software. NAMESPACE."""
        ...

    def listening(self) -> frozenset[tuple[str, int]]:
        """Address and TCP port of every listening socket. NAMESPACE."""
        ...

    def use_nas(self) -> Reply:
        """Let the unit keep its mail data on the network storage that both units have, as an operator does. NAS.

        The storage is empty when a scenario begins.
        """
        ...

    def stored(self, area: Area) -> frozenset[str]:
        """Ids of the test messages (or names of preferences) in a storage area now. STORAGE."""
        ...

    def queued(self) -> frozenset[str]:
        """Ids of the test messages in the mail queue now. STORAGE."""
        ...

    def copied(self) -> frozenset[str]:
        """Ids of the test messages of which it has copies, from its peer's mail queue. COPIES. Source: HA-411."""
        ...

    def next_sync(self, what: Synchronized) -> float | None:
        """When its next synchronization comes, as its page shows it, on the lab's clock; None without one. SCHEDULE."""
        ...

    def log(self) -> Sequence[str]:
        """HA event log lines since the scenario began, oldest first, from where the unit keeps its log.

        Also while the unit has no power; none where the lab knows no such place.
        """
        ...

    def told(self, saying: Saying, log: Iterable[str]) -> Sequence[str]:
        """What lines of its log tell, each from the saying's words to the end of the line. SAYINGS."""
        ...

    def look_first(self, *fields: str) -> str:
        """The end of a message about what the unit did not do, where these fields of its profile may be wrong.

        "" for the reference unit. What the unit is judged by does not depend on it.
        """
        ...

    def alerts(self) -> Sequence[str]:
        """Alert mails since the scenario began, as text, oldest first, as its log: from where the unit keeps them."""
        ...

    def traps(self) -> Sequence[Trap]:
        """SNMP traps since the scenario began, oldest first, as its log: from where the unit keeps them."""
        ...

    def release(self) -> str:
        """Firmware release as its operator reads it; "" without an answer."""
        ...

    def peer_release(self) -> str:
        """The peer's firmware release as the unit's operator reads it; "" if it shows none."""
        ...

    def install(self, release: str) -> Reply:
        """Install one of the lab's releases as an operator does, confirmed; the unit restarts into it. UPGRADE.

        Returns before the unit is up: at the latest when it starts in the new release. Raises BootFailed.
        """
        ...

    def memory(self) -> int:
        """Bytes of memory that the HA software uses now, seen from outside. MEMORY."""
        ...

    def is_powered(self) -> bool:
        """Whether the unit has power; a rebooting unit has."""
        ...

    def power_off(self) -> Proof:
        """Cut the power: everything in memory is lost. POWER."""
        ...

    def power_on(self) -> None:
        """Give power back; returns when the unit answers its operator."""
        ...

    def crash(self) -> Proof:
        """Kill the HA software; the machine and its addresses stay. CRASH."""
        ...

    def freeze(self) -> Proof:
        """Stop the machine, its network included. FREEZE."""
        ...

    def thaw(self) -> None:
        """Let a frozen machine go on."""
        ...

    def pull_cable(self, interface: str) -> Proof:
        """Take the physical link of an interface away. CABLE."""
        ...

    def plug_cable(self, interface: str) -> Proof:
        """Give the physical link back."""
        ...

    def fail_service(self, service: Service, failing: Failing) -> Proof:
        """Let a service fail for everybody on the networks; the unit's own software knows nothing of it. SERVICE.

        Sessions that are open go on. A further way of failing replaces the one in force.
        """
        ...

    def mend_services(self) -> Proof:
        """Let every service answer again as the unit itself answers."""
        ...

    def fail_disk(self, state: DiskState) -> Proof:
        """Let the mail disk fail; the unit's software finds out for itself. DISK.

        A further state replaces the one in force. It outlives a loss of power.
        """
        ...

    def mend_disk(self) -> Proof:
        """Let the mail disk work again; what was not written meanwhile is lost, or is written now."""
        ...

    def set_boot_time(self, seconds: float) -> None:
        """Let restarts of this unit take that long, reloads included; also one under way, counted from its start.

        `math.inf` holds a restart until another time is set. BOOT_DELAY.
        """
        ...
