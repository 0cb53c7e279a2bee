"""The standard pair, which nearly everything here is done to: its interfaces, addresses, defaults and CLI lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.contract import Family, Mode, Rank, Unit
from lab.errors import LabError


@dataclass(frozen=True, slots=True)
class StandardPair:
    """What sentences, schedules, the bench, hand-made labs and the drivers take for granted about two units."""

    configured: Mapping[str, Mode]
    """Mode that each unit is configured for, by the unit's name."""
    administration: str
    mail: str
    heartbeat: Mapping[Rank, str]
    """Interface of each heartbeat link. Source: HA-166."""
    bridged: tuple[str, str]
    """Interfaces on the two networks that the units' Layer 2 bridges may join."""
    dual_stack: frozenset[str]
    """Interfaces whose network has IPv6, too."""
    hosts: Mapping[str, int]
    """Last part of the address of each unit, and of who else a unit meets: the same in both families."""
    releases: tuple[str, ...]
    """Releases of the firmware: the one that a unit starts with, and the next."""
    password: str
    """The group's, where nobody has set one. Source: HA-450."""
    base_port: int
    """The first of the four ports, where nobody has set one. Source: system ha, hb-base-port; HA-054."""
    detection: float
    """Detection time in seconds, where nobody has set one. Source: system ha, hb-lost-threshold; HA-100."""
    on_failure: str
    """What a unit goes by after its failure, where nobody has set it. Source: HA-302, E-14."""

    @property
    def networked(self) -> tuple[str, ...]:
        """Interfaces on networks that every lab has, in order."""
        return tuple(sorted({self.administration, self.mail, *self.heartbeat.values()}))

    @property
    def called(self) -> dict[str, str]:
        """Names of the units by the word for each: that of the mode which it is configured for, whatever it does."""
        return {mode.value: name for name, mode in self.configured.items()}

    def network(self, interface: str, family: Family = Family.IPV4, *, lab: int = 0) -> str:
        """What all addresses on an interface's network begin with; `lab` (0 to 255) tells labs on one host apart."""
        # Decimal digits in the IPv6 address too, so that one address can be read off the other.
        third = interface.removeprefix("port")
        return f"10.{lab}.{third}." if family is Family.IPV4 else f"fd53:7769:{lab}:{third}::"

    def address(self, interface: str, host: str, family: Family = Family.IPV4) -> str:
        """Address with mask of one of the hosts on an interface's network, in a lab that shares its host with none."""
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
    password="change_me",  # noqa: S106 - the manual's default, which the group has
    base_port=20000,
    detection=15.0,
    on_failure="become-secondary",
)


def lines(
    name: str,
    heartbeat: Sequence[str],
    *,
    actions: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    mode: str = "",
) -> tuple[str, ...]:
    """Return the CLI lines of one session that make the unit called `name` one half of a pair, its mode last.

    Failover actions are entered on the primary only; `mode` defaults to the unit's own. Source: HA-024, HA-159.
    """
    own = (f"set {setting} {value}" for setting, value in (settings or {}).items())
    shared = actions if PAIR.configured[name] is Mode.PRIMARY else ()
    word = mode or PAIR.configured[name].value
    return ("config system ha", *own, *shared, *heartbeat, f"set mode {word}", "end")


def heartbeat_lines(peer: Unit, interfaces: Mapping[Rank, str] = PAIR.heartbeat) -> tuple[str, ...]:
    """Return the nested form of a unit's heartbeat interfaces, as entered in `config system ha`."""
    links = (
        line
        for rank, interface in interfaces.items()
        for line in (
            f"edit {interface}",
            f"set heartbeat-status {rank.value}",
            f"set peer-ip {peer.own_address(interface).partition('/')[0]}",
            "next",
        )
    )
    return "config interface", *links, "end"


def failover_line(address: str, action: str = "add") -> str:
    """Return the CLI line that gives the mail interface a failover action with an address (with mask)."""
    return f"set failover {PAIR.mail} {action} {address}"


def monitoring_lines(interface: str = PAIR.mail, status: str = "enable") -> tuple[str, ...]:
    """Return the CLI lines inside `config system ha` that let a unit monitor an interface.

    It is looked at every second, and two failed checks in a row make a fault. With the status `disable` the interface
    would be monitored, but nothing is. Source: system ha, config interface, config service; HA-017, HA-338.
    """
    return (*port_monitor_lines(interface, "enable"), *local_ports_lines(status))


def port_monitor_lines(interface: str, word: str) -> tuple[str, ...]:
    """Return the CLI lines inside `config system ha` that say whether an interface is monitored (enable, disable)."""
    return "config interface", f"edit {interface}", f"set port-monitor {word}", "next", "end"


def local_ports_lines(status: str) -> tuple[str, ...]:
    """Return the CLI lines inside `config system ha` that turn the check of interfaces on or off (enable, disable)."""
    check = ("set check-interval 1", "set retries 2", f"set status {status}")
    return "config service", "edit local-ports", *check, "next", "end"


def configure(unit: Unit, peer: Unit, virtual_address: str, settings: Mapping[str, str] | None = None) -> None:
    """Make a unit one half of the standard pair, with settings of `config system ha` if given. Raises LabError."""
    entered = lines(unit.name, heartbeat_lines(peer), actions=(failover_line(virtual_address),), settings=settings)
    reply = unit.cli(*entered)
    if not reply.accepted:
        raise LabError(f"unit {unit.name} refused its settings ({reply.text.strip()})", "look at what it prints")
