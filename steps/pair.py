"""Topologies: what two units are configured to be, and what is particular about them."""

from __future__ import annotations

from collections.abc import Mapping

from lab.contract import Capability, Family, Mode, Rank
from lab.errors import NotApplicable, NotReached
from lab.schedule import long_for
from lab.standard_pair import PAIR, await_service, failover_line, lines
from steps.addresses import NONE, host_of, peer_address, shared, unused_address
from steps.choices import reporting
from steps.failover_actions import lines_of, needed_for
from steps.scene import Scene
from steps.traits import Lines, Traits
from steps.words import Table, given

_NUMBER = {Rank.PRIMARY: 1, Rank.SECONDARY: 2}
_BRIDGES = "transparent"
"""The operation mode in which a unit has a Layer 2 bridge."""

_NO_TABLE: Table = [[]]


@given("two units with factory settings")
def two_factory_units(scene: Scene) -> None:
    """Both units have their own addresses and no other setting. Source: HA-001."""
    scene.act()


@given(
    "two units in {operation:Operation} mode", lambda operation: [Capability.BRIDGE] if operation == _BRIDGES else []
)
def in_mode(scene: Scene, operation: str) -> None:
    """Server mode keeps users' mailboxes; in transparent mode two networks meet at each unit's bridge.

    No document confirms how the failover action `bridge` works, so it binds nobody: a unit without transparent mode is
    not judged by it. Source: HA-157, HA-401.
    """
    bridges = operation == _BRIDGES
    for unit in scene.units:
        entered = unit.cli("config system global", f"set operation-mode {operation}", "end")
        if bridges and not entered.accepted:
            raise NotApplicable(f"unit {unit.name} has no transparent mode")
        assert entered.accepted, f"unit {unit.name} refused {operation} mode: {entered.text}"
    if bridges:
        scene.lab.bridge_networks()


@given("a healthy active-passive pair{traits:Traits}", lambda traits, datatable: needed_for(traits.table, datatable))
def healthy_pair(scene: Scene, traits: Traits, datatable: Table = _NO_TABLE) -> None:
    """Two heartbeat links, a virtual address on the mail interface (action add), otherwise factory settings.

    The roles have settled. If a sentence needs to learn of HA events, an operator has chosen them for the lab. Tables:
    setting, primary, secondary; or interface, action, address, and form (flat or nested) if it matters, entered on the
    primary only; or link, IPv4, IPv6 (yes or no): the addresses by which each unit knows its peer there. Source:
    HA-010, HA-024, HA-059, HA-072, HA-076, HA-159, HA-700.
    """
    _configure(scene, traits, datatable)
    _await_health(scene)
    scene.await_links(_carrying(traits, datatable))
    if traits.shares6:
        scene.lab.mail.watch(shared(scene, Family.IPV6))


@given("two units configured as a pair{traits:Traits}", lambda traits, datatable: needed_for(traits.table, datatable))
def configured_pair(scene: Scene, traits: Traits, datatable: Table = _NO_TABLE) -> None:
    """Configured like a healthy pair, but nothing is awaited: it may never become one, and then both units lead.

    Source: HA-003, HA-024, HA-056, HA-058, HA-065, HA-067, HA-453.
    """
    if not traits.off:
        scene.part()
    _configure(scene, traits, datatable)
    if len(traits.off) == 1:  # the other one finds nobody, and leads
        (off,) = traits.off
        scene.cause(scene.other(off).name, Mode.PRIMARY)


@given("a config-only group of {members:Members}")
def config_only_group(scene: Scene, members: Mapping[str, str]) -> None:
    """One heartbeat link, and on each unit the other's address on it; the units hear each other.

    Source: system ha, mode and config-peer-ip; HA-006, HA-077, E-15, E-16.
    """
    interface = PAIR.heartbeat[Rank.PRIMARY]
    for unit, mode in members.items():
        link = ("config interface", f"edit {interface}", "set heartbeat-status primary", "next", "end")
        peer = f"set config-peer-ip {peer_address(scene, unit, interface)}"
        scene.enter(unit, "config system ha", *link, peer, f"set mode {mode}", "end")
    scene.await_beats(Rank.PRIMARY)
    scene.act()


@given("a detection time of {seconds:Duration}{on:On}", long_for)
def detection_time(scene: Scene, seconds: float, on: tuple[str, ...]) -> None:
    """Set hb-lost-threshold. Source: system ha, hb-lost-threshold; HA-104, HA-108."""
    for unit in on:
        scene.enter(unit, "config system ha", f"set hb-lost-threshold {seconds:g}", "end")


@given("on-failure set to {action:OnFailure}{on:On}")
def on_failure(scene: Scene, action: str, on: tuple[str, ...]) -> None:
    """Set on-failure. Source: system ha, on-failure; HA-300, HA-337."""
    for unit in on:
        scene.enter(unit, "config system ha", f"set on-failure {action}", "end")


def _await_health(scene: Scene) -> None:
    """Wait until both units do what they are configured to do, each having become so once, and mail is served."""
    for name, mode in PAIR.configured.items():
        scene.cause(name, mode)

    def healthy() -> bool:
        return all(scene.mode_seen(name) is mode for name, mode in PAIR.configured.items())

    scene.lab.clock.wait_for(healthy, scene.lab.timing.settle, "the pair is healthy")
    for unit in scene.units:
        if unit.effective_mode() is not PAIR.configured[unit.name]:
            raise NotReached(f"unit {unit.name} shows its operator {unit.effective_mode().value}")
    await_service(scene.lab, "P")
    scene.healthy_since = scene.lab.clock.now()
    scene.act()


def _configure(scene: Scene, traits: Traits, table: Table) -> None:
    """Enter everything but the mode first; failover actions on the primary only. Source: HA-024, HA-159."""
    scene.act()
    settings = _settings_in(table) if traits.table is Lines.SETTINGS else {}
    peers = _peers(table) if traits.table is Lines.PEER_ADDRESSES else dict.fromkeys(Rank, frozenset({traits.family}))
    actions = lines_of(scene, table) if traits.table is Lines.FAILOVER_ACTIONS else _shared(scene, traits)
    if traits.interfaces is not None:
        known = {rank: _link_on(port) for rank, port in traits.interfaces.items()}
        scene.marked = {**scene.marked, **{rank: link for rank, link in known.items() if link is not None}}
    for unit in scene.units:
        for family in frozenset[Family]().union(*peers.values()):
            unit.expect_family(family)
    for unit in scene.units:
        links = _heartbeat(scene, unit.name, traits, peers)
        mode = Mode.OFF.value if unit.name in traits.off else ""
        own = lines(unit.name, links, actions=actions, settings=settings.get(unit.name), mode=mode)
        scene.enter(unit.name, *reporting(scene, unit.name), *own)


def _carrying(traits: Traits, table: Table) -> frozenset[Rank]:
    """The lab's links on which these units can hear each other."""
    interfaces = PAIR.heartbeat if traits.interfaces is None else traits.interfaces
    _, wrong = traits.wrong or ("", frozenset[Rank]())
    peers = _peers(table) if traits.table is Lines.PEER_ADDRESSES else dict.fromkeys(Rank, frozenset({traits.family}))
    links = (_link_on(port) for rank, port in interfaces.items() if peers[rank] and rank not in wrong)
    return frozenset(link for link in links if link is not None)


def _shared(scene: Scene, traits: Traits) -> tuple[str, ...]:
    """Lines inside `config system ha` that give the mail interface its failover action and shared addresses."""
    address = NONE if traits.action == "ignore" else shared(scene, Family.IPV4)
    first = (failover_line(address, traits.action),) if traits.shares4 else ()
    if not traits.shares6:
        return first
    status = () if traits.shares4 else ("set status use-vip",)
    second = (*status, f"set virtual-ip6 {shared(scene, Family.IPV6)}", "next")
    return *first, "config interface", f"edit {PAIR.mail}", *second, "end"


def _heartbeat(scene: Scene, unit: str, traits: Traits, peers: Mapping[Rank, frozenset[Family]]) -> tuple[str, ...]:
    """Lines inside `config system ha` for the heartbeat interfaces of a unit."""
    interfaces = PAIR.heartbeat if traits.interfaces is None else traits.interfaces
    flat = traits.spelling == "flat" or (traits.spelling == "mixed" and unit == "S")
    if flat:
        return tuple(line for rank, interface in interfaces.items() for line in _flat(scene, unit, rank, interface))
    found: list[str] = []
    for rank, interface in interfaces.items():
        who, ranks = traits.wrong or ("", frozenset[Rank]())
        known = unused_address if who == unit and rank in ranks else peer_address
        settings = {Family.IPV4: "peer-ip", Family.IPV6: "peer-ip6"}
        families = [family for family in settings if family in peers[rank]]
        told = (f"set {settings[family]} {known(scene, unit, interface, family)}" for family in families)
        found += [f"edit {interface}", f"set heartbeat-status {rank.value}", *told, "next"]
    return ("config interface", *found, "end") if found else ()


def _flat(scene: Scene, unit: str, rank: Rank, interface: str) -> tuple[str, ...]:
    name = f"set heartbeat-{_NUMBER[rank]}"
    host = host_of(scene.unit(unit).own_address(interface))
    peer = peer_address(scene, unit, interface)
    return f"{name}-interface {interface}", f"{name}-ip {host} 255.255.255.0", f"{name}-peer {peer}"


def _link_on(interface: str) -> Rank | None:
    return next((link for link, port in PAIR.heartbeat.items() if port == interface), None)


def _peers(table: Table) -> dict[Rank, frozenset[Family]]:
    columns = {table[0].index(family.value): family for family in Family}
    rows = {Rank(row[0]): row for row in table[1:]}
    return {rank: frozenset(columns[at] for at in columns if row[at] == "yes") for rank, row in rows.items()}


def _settings_in(table: Table) -> dict[str, dict[str, str]]:
    """Return the settings in a table (setting, primary, secondary) for each unit."""
    head, *rows = table
    return {name: {row[0]: row[head.index(word)] for row in rows} for word, name in PAIR.called.items()}
