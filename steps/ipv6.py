"""IPv6: peers that are known by their IPv6 addresses, and a shared IPv6 address beside the IPv4 one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lab.contract import Capability, Family, Intrusion, Rank, Trick
from lab.faults import WRONG_PASSWORD
from lab.standard_pair import PAIR, failover_line
from lab.timeline import Kind
from steps.addresses import host_of, own, shared
from steps.pair import await_health, configure, settings_in
from steps.scene import Scene
from steps.words import Table, given, then, when

Peers = Mapping[Rank, frozenset[Family]]

_IPV4_ONLY: Peers = dict.fromkeys(Rank, frozenset({Family.IPV4}))
_IPV6_ONLY: Peers = dict.fromkeys(Rank, frozenset({Family.IPV6}))


@given("a healthy active-passive pair over IPv6")
def healthy_over_ipv6(scene: Scene) -> None:
    """As a healthy pair, but each unit knows its peer by IPv6 addresses alone (peer-ip6). Source: HA-072."""
    _form(scene, _IPV6_ONLY)


@given("a healthy active-passive pair with these peer addresses")
def healthy_with_peers(scene: Scene, datatable: Table) -> None:
    """As a healthy pair; table: link, IPv4, IPv6 (yes or no), the addresses by which each unit knows its peer there."""
    _form(scene, _peers(datatable))


@given("two units configured as a pair over IPv6 with these settings")
def configured_over_ipv6(scene: Scene, datatable: Table) -> None:
    """Both units know each other by IPv6 addresses alone; table: setting, primary, secondary."""
    scene.act()
    scene.part()
    _enter(scene, _IPV6_ONLY, settings=settings_in(scene, datatable))


@given("a healthy active-passive pair over IPv6 with these settings")
def healthy_over_ipv6_with(scene: Scene, datatable: Table) -> None:
    """As a healthy pair over IPv6, with settings of `config system ha`; table: setting, primary, secondary."""
    _enter(scene, _IPV6_ONLY, settings=settings_in(scene, datatable))
    await_health(scene)


@given("a healthy active-passive pair with a virtual IPv6 address")
def healthy_with_virtual6(scene: Scene) -> None:
    """As a healthy pair, with virtual-ip6 beside virtual-ip on the mail interface (action add)."""
    healthy_with_action_and_virtual6(scene, "add")


@given("a healthy active-passive pair with the failover action {action:Action} and a virtual IPv6 address")
def healthy_with_action_and_virtual6(scene: Scene, action: str) -> None:
    """As a healthy pair with that failover action, with virtual-ip6 beside virtual-ip on the mail interface."""
    lines = (failover_line(shared(scene, Family.IPV4), action), *_virtual6(scene))
    _form(scene, _IPV4_ONLY, addresses=lines)


@given("a healthy active-passive pair whose only virtual address is one of IPv6")
def healthy_with_virtual6_only(scene: Scene) -> None:
    """As a healthy pair (action add), with virtual-ip6 on the mail interface and no virtual-ip."""
    _form(scene, _IPV4_ONLY, addresses=_virtual6(scene, "set status use-vip"))


@when("a stranger {password:Knowledge} claims to be the secondary over IPv6")
def stranger_over_ipv6(scene: Scene, password: str) -> None:
    """Someone on the heartbeat network comes from an IPv6 address that is not the peer's. Source: HA-065, HA-455."""
    scene.needs(Capability.STRANGER)
    scene.act()
    known = {"right": PAIR.password, "wrong": WRONG_PASSWORD}[password]
    claim = Intrusion(Trick.CLAIM, password=known, family=Family.IPV6)
    scene.endings = scene.lab.links[Rank.PRIMARY].intrude("P", claim).endings


@when("an operator gives the mail interface the failover action ignore")
def ignores(scene: Scene) -> None:
    """Entered on the primary; its virtual addresses go with the action. Source: HA-151, HA-161."""
    scene.act()
    scene.enter("P", "config system ha", failover_line("0.0.0.0/0", "ignore"), "end")


@then("the {unit:Unit} refuses each of these interface settings")
def refuses(scene: Scene, unit: str, datatable: Table) -> None:
    """Each line is refused by itself, and the settings stay as they were; table: interface, setting, value."""
    for interface, setting, value in datatable[1:]:
        port = {"mail": PAIR.mail, "primary heartbeat": PAIR.heartbeat[Rank.PRIMARY]}[interface]
        before, after = ("config system ha", "config interface", f"edit {port}"), ("abort",)
        scene.enter(unit, *before, *after)  # so that the line alone can be what is refused
        stored = scene.enter(unit, "show system ha")
        reply = scene.unit(unit).cli(*before, f"set {setting} {value}", *after)
        assert not reply.accepted, f"unit {unit} accepted {setting} {value} for {port}: {reply.text}"
        shown = scene.enter(unit, "show system ha")
        assert shown == stored, f"unit {unit} refused {setting} {value}, but shows {shown} instead of {stored}"


@then("the {rank:Rank} heartbeat link carries heartbeat over {family:Family} only")
def carries_family(scene: Scene, rank: Rank, family: Family) -> None:
    """Each unit hears a further heartbeat there, and none has come over the other family. Source: HA-072."""
    begun = scene.lab.clock.now()

    def heard() -> bool:
        beats = scene.lab.timeline.of(Kind.HEARTBEAT, since=begun)
        return {beat.subject for beat in beats if beat.detail["rank"] == rank.value} == set(PAIR.configured)

    scene.lab.clock.wait_for(heard, scene.lab.profile.settle, f"each unit hears its peer on the {rank.value} link")
    beats = [beat for beat in scene.lab.timeline.of(Kind.HEARTBEAT) if beat.detail["rank"] == rank.value]
    used = {str(beat.detail["family"]) for beat in beats}
    assert used == {family.value}, f"the {rank.value} heartbeat link has carried heartbeats over {sorted(used)}"


@then("the mail interface of the {unit:Unit} holds the virtual addresses of both families only")
def holds_both_virtual(scene: Scene, unit: str) -> None:
    """Seen inside the unit: each stands in place of the own address of its family. Source: HA-155."""
    _await_held(scene, unit, {shared(scene, family) for family in Family})


@then("the mail interface of the {unit:Unit} holds its own and the virtual addresses of both families")
def holds_own_and_virtual(scene: Scene, unit: str) -> None:
    """Seen inside the unit. Source: HA-153."""
    _await_held(scene, unit, own(scene, unit) | {shared(scene, family) for family in Family})


@given("the settings of the {unit:Unit} name the virtual IPv6 address")
@then("the settings of the {unit:Unit} name the virtual IPv6 address")
def settings_name(scene: Scene, unit: str) -> None:
    """The unit shows virtual-ip6, which was entered on the primary, to its operator. Source: HA-159, HA-160."""
    address = host_of(shared(scene, Family.IPV6))

    def shown() -> bool:
        return address in scene.unit(unit).cli("show system ha").text

    scene.lab.clock.wait_for(shown, scene.lab.profile.settle, f"unit {unit} shows {address}")


@then("the mail interface of the {unit:Unit} has these settings")
def has_interface_settings(scene: Scene, unit: str, datatable: Table) -> None:
    """Read from `config system ha`, `config interface`, by name; table: setting, value. Source: HA-161; E-17."""
    text = scene.unit(unit).cli("config system ha", "config interface", f"edit {PAIR.mail}", "get", "abort").text
    printed = {found[1]: found[2] for found in re.finditer(r"^\s*([\w-]+)\s*[:=]\s*(\S*)\s*$", text, re.MULTILINE)}
    for setting, value in datatable[1:]:
        assert printed.get(setting) == value, f"unit {unit}: {setting} is {printed.get(setting)}, not {value}"


def _await_held(scene: Scene, unit: str, wanted: set[str]) -> None:
    scene.needs(Capability.INSPECT)
    what = f"the mail interface of unit {unit} holds {sorted(wanted)}"
    scene.lab.clock.wait_for(lambda: scene.unit(unit).addresses(PAIR.mail) == wanted, scene.lab.profile.settle, what)


def _peers(table: Table) -> Peers:
    columns = {table[0].index(family.value): family for family in Family}
    rows = {Rank(row[0]): row for row in table[1:]}
    return {rank: frozenset(columns[at] for at in columns if row[at] == "yes") for rank, row in rows.items()}


def _form(scene: Scene, peers: Peers, addresses: tuple[str, ...] | None = None) -> None:
    _enter(scene, peers, addresses)
    await_health(scene)
    if addresses is not None:
        scene.lab.mail.watch(shared(scene, Family.IPV6))


def _enter(
    scene: Scene,
    peers: Peers,
    addresses: tuple[str, ...] | None = None,
    settings: Mapping[str, Mapping[str, str]] | None = None,
) -> None:

    def links(unit: str) -> tuple[str, ...]:
        own = (line for rank in peers for line in _link(scene, unit, rank, peers[rank]))
        return "config interface", *own, "end"

    for unit in scene.units:
        for family in frozenset[Family]().union(*peers.values()):
            unit.expect_family(family)
    configure(scene, heartbeat=links, shared=addresses, settings=settings)


def _link(scene: Scene, unit: str, rank: Rank, families: frozenset[Family]) -> tuple[str, ...]:
    interface, peer = PAIR.heartbeat[rank], scene.other(unit)
    known = {
        Family.IPV4: f"set peer-ip {host_of(peer.own_address(interface))}",
        Family.IPV6: f"set peer-ip6 {host_of(peer.own_address6(interface))}",
    }
    lines = (line for family, line in known.items() if family in families)
    return f"edit {interface}", f"set heartbeat-status {rank.value}", *lines, "next"


def _virtual6(scene: Scene, *before: str) -> tuple[str, ...]:
    own_lines = (*before, f"set virtual-ip6 {shared(scene, Family.IPV6)}", "next")
    return "config interface", f"edit {PAIR.mail}", *own_lines, "end"
