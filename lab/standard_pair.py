"""The standard pair: its interfaces, addresses, defaults and CLI lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.contract import Capability, Family, Lab, Mode, Rank, Service, Unit
from lab.errors import LabError


@dataclass(frozen=True, slots=True)
class StandardPair:
    """Properties of the pair that sentences, schedules, the bench, labs by hand and drivers share."""

    configured: Mapping[str, Mode]
    """Configured mode of each unit, by the unit's name."""
    administration: str
    mail: str
    heartbeat: Mapping[Rank, str]
    """Interface of each heartbeat link, by its rank. Source: HA-166."""
    bridged: tuple[str, str]
    """Interfaces on the two networks that the units' Layer 2 bridges may join."""
    dual_stack: frozenset[str]
    """Interfaces whose network also has IPv6."""
    hosts: Mapping[str, int]
    """Last part of the address of each unit and of other hosts, the same in both families."""
    releases: tuple[str, ...]
    """Releases of the firmware: the first one of a scenario, and the next."""
    password: str
    """Default password of the group. Source: HA-450."""
    base_port: int
    """Default base port. Source: system ha, hb-base-port; HA-054."""
    detection: float
    """Default detection time in seconds. Source: system ha, hb-lost-threshold; HA-100."""
    on_failure: str
    """Default of on-failure. Source: HA-302, E-14."""

    @property
    def networked(self) -> tuple[str, ...]:
        """Interfaces on networks that every lab has, in order."""
        return tuple(sorted({self.administration, self.mail, *self.heartbeat.values()}))

    @property
    def called(self) -> dict[str, str]:
        """Names of the units by the word for their configured mode."""
        return {mode.value: name for name, mode in self.configured.items()}

    def network(self, interface: str, family: Family = Family.IPV4, *, lab: int = 0) -> str:
        """Beginning of all addresses on an interface's network; `lab` (0 to 255) is a lab's number on its host."""
        # The IPv6 address has the same decimal digits, so that both addresses look alike.
        third = interface.removeprefix("port")
        return f"10.{lab}.{third}." if family is Family.IPV4 else f"fd53:7769:{lab}:{third}::"

    def address(self, interface: str, host: str, family: Family = Family.IPV4) -> str:
        """Address with mask of a host on an interface's network, for a lab without others on its machine."""
        return f"{self.network(interface, family)}{self.hosts[host]}/{24 if family is Family.IPV4 else 64}"


PAIR = StandardPair(
    configured={"P": Mode.PRIMARY, "S": Mode.SECONDARY},
    administration="port1",
    mail="port3",
    heartbeat={Rank.PRIMARY: "port6", Rank.SECONDARY: "port5"},
    bridged=("port2", "port4"),
    dual_stack=frozenset({"port3", "port5", "port6"}),
    hosts={"P": 1, "S": 2, "client": 50, "virtual": 100, "spare": 150},
    releases=("7.0.0", "7.0.1"),
    password="change_me",  # noqa: S106 - the manual's default
    base_port=20000,
    detection=15.0,
    on_failure="become-secondary",
)


_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')

SERVICES = {
    Service.SMTP: "remote-smtp",
    Service.POP3: "remote-pop",
    Service.IMAP: "remote-imap",
    Service.HTTP: "remote-http",
}
"""The entry of `config service` for a service of the peer. Source: HA-251."""

OFFERED_TO_PAIRS = frozenset({"mail-data-sync", "mailqueue-data-sync"})
"""Settings that a unit need not offer before its mode is primary or secondary. Source: HA-028."""


def lines(
    name: str,
    heartbeat: Sequence[str],
    *,
    actions: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    mode: str = "",
) -> tuple[str, ...]:
    """Return the CLI lines of one session that configure the unit called `name` for a pair.

    Its mode comes after all that every mode offers, and before what a pair alone does. Failover actions are entered on
    the primary only; `mode` defaults to the unit's own. Source: HA-024, HA-028, HA-159.
    """
    entered = {setting: f"set {setting} {value}" for setting, value in (settings or {}).items()}
    own = (line for setting, line in entered.items() if setting not in OFFERED_TO_PAIRS)
    of_pairs = (line for setting, line in entered.items() if setting in OFFERED_TO_PAIRS)
    shared = actions if PAIR.configured[name] is Mode.PRIMARY else ()
    word = mode or PAIR.configured[name].value
    return ("config system ha", *own, *shared, *heartbeat, f"set mode {word}", *of_pairs, "end")


def quoted(value: str) -> str:
    """Return a value as an operator enters it in quotes; `unquoted` reads it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def unquoted(entered: str) -> str:
    """Return the value that an operator has entered, in quotes or without."""
    whole = _QUOTED.fullmatch(entered)
    return re.sub(r"\\(.)", r"\1", whole[1]) if whole else entered


def heartbeat_lines(
    peer: Unit, interfaces: Mapping[Rank, str] = PAIR.heartbeat, family: Family = Family.IPV4
) -> tuple[str, ...]:
    """Return the nested form of a unit's heartbeat interfaces, as entered in `config system ha`."""
    word, own = ("peer-ip", peer.own_address) if family is Family.IPV4 else ("peer-ip6", peer.own_address6)
    links = (
        line
        for rank, interface in interfaces.items()
        for line in (
            f"edit {interface}",
            f"set heartbeat-status {rank.value}",
            f"set {word} {own(interface).partition('/')[0]}",
            "next",
        )
    )
    return "config interface", *links, "end"


def failover_line(address: str, action: str = "add") -> str:
    """Return the CLI line that gives the mail interface a failover action with an address (with mask)."""
    return f"set failover {PAIR.mail} {action} {address}"


def failover6_lines(address: str) -> tuple[str, ...]:
    """Return the CLI lines that add an IPv6 address (with mask) to the mail interface, which shares another."""
    return "config interface", f"edit {PAIR.mail}", f"set virtual-ip6 {address}", "next", "end"


def monitoring_lines(interface: str = PAIR.mail, status: str = "enable") -> tuple[str, ...]:
    """Return the CLI lines inside `config system ha` that let a unit monitor an interface.

    It is checked every second, and two failed checks in a row make a fault. With the status `disable` the interface
    is marked, but not checked. Source: system ha, config interface, config service; HA-167, HA-168, HA-204.
    """
    return (*port_monitor_lines(interface, "enable"), *local_ports_lines(status))


def disk_lines() -> tuple[str, ...]:
    """Return the CLI lines inside `config system ha` that let a unit check its mail disk every second, twice to fail.

    Source: system ha, config service; HA-200, HA-209.
    """
    lines = ("set check-interval 1", "set retries 2", "set status enable")
    return ("config service", "edit local-hd", *lines, "next", "end")


def port_monitor_lines(interface: str, word: str) -> tuple[str, ...]:
    """Return the CLI lines inside `config system ha` that say whether an interface is monitored (enable, disable)."""
    return "config interface", f"edit {interface}", f"set port-monitor {word}", "next", "end"


def local_ports_lines(status: str) -> tuple[str, ...]:
    """Return the CLI lines inside `config system ha` that turn the check of interfaces on or off (enable, disable)."""
    check = ("set check-interval 1", "set retries 2", f"set status {status}")
    return "config service", "edit local-ports", *check, "next", "end"


def remote_lines(service: str, address: str) -> tuple[str, ...]:
    """Return the CLI lines inside `config system ha` that let a unit monitor a service at its peer's address.

    It is checked every second; a check may take three, as on a slow machine, and two that fail in a row make a fault.
    Source: HA-250, HA-252.
    """
    check = ("set check-interval 1", "set check-timeout 3", "set retries 2", f"set ip {address}", "set status enable")
    return "config service", f"edit {service}", *check, "next", "end"


def configure(unit: Unit, peer: Unit, virtual_address: str, settings: Mapping[str, str] | None = None) -> None:
    """Configure a unit for the standard pair, with settings of `config system ha` if given. Raises LabError."""
    entered = lines(unit.name, heartbeat_lines(peer), actions=(failover_line(virtual_address),), settings=settings)
    reply = unit.cli(*entered)
    if not reply.accepted:
        raise LabError(f"unit {unit.name} refused its settings ({reply.text.strip()})", "look at what it prints")


def await_service(lab: Lab, name: str) -> None:
    """Wait until a unit's mail service answers: it needs a moment to start, and would refuse a quicker client.

    Raises NotReached.
    """
    unit = lab.primary if name == lab.primary.name else lab.secondary

    def serves() -> bool:
        address = unit.own_address(PAIR.mail)
        if Capability.NAMESPACE in lab.capabilities and address not in unit.addresses(PAIR.mail):
            address = lab.mail.virtual_address  # which has taken its place (action set)
        return lab.mail.answering(address.partition("/")[0]) == name

    lab.clock.wait_for(serves, lab.timing.settle, f"the mail service of unit {name} answers")
