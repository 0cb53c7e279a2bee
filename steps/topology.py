"""How the heartbeat interfaces are configured: spelling, ranks, peers, disabled ones, and one that carries mail too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from lab.contract import Capability, Mode, Port, Rank
from lab.standard_pair import PAIR, heartbeat_lines
from steps.pair import configure_with, form_with, peer_address
from steps.ports import await_still
from steps.scene import MARGIN, Scene
from steps.words import given, then, when

_NUMBER = {Rank.PRIMARY: 1, Rank.SECONDARY: 2}
_NOBODY = "222"
"""Host number on each heartbeat network that no machine has."""


@given("a healthy active-passive pair whose heartbeat links are written in the {spelling:Spelling} form")
def healthy_pair_spelled(scene: Scene, spelling: str) -> None:
    """Both links in one of the two spellings; mixed: the primary's nested, the secondary's flat. Source: HA-059."""
    forms = {"P": "nested", "S": "flat"} if spelling == "mixed" else dict.fromkeys(PAIR.configured, spelling)

    def lines(unit: str) -> Sequence[str]:
        return _flat(scene, unit) if forms[unit] == "flat" else heartbeat_lines(scene.other(unit))

    form_with(scene, lines)


@given("a healthy active-passive pair whose heartbeat ranks are swapped between the two links")
def healthy_pair_swapped(scene: Scene) -> None:
    """The lab's secondary link is marked primary on both units, and its primary one secondary. Source: HA-059."""
    scene.marked = {Rank.PRIMARY: Rank.SECONDARY, Rank.SECONDARY: Rank.PRIMARY}
    interfaces = {rank: PAIR.heartbeat[link] for rank, link in scene.marked.items()}
    form_with(scene, lambda unit: heartbeat_lines(scene.other(unit), interfaces))


@given("a healthy active-passive pair that uses its mail interface for the heartbeat, too")
def healthy_pair_on_mail(scene: Scene) -> None:
    """One heartbeat link, on the interface that carries mail and the virtual address. Source: HA-076."""
    form_with(scene, lambda unit: heartbeat_lines(scene.other(unit), {Rank.PRIMARY: PAIR.mail}))


@given("a healthy active-passive pair whose {unit:Unit} has a wrong peer address on the {rank:Rank} heartbeat link")
def healthy_pair_wrong_peer(scene: Scene, unit: str, rank: Rank) -> None:
    """The other link holds the pair together. Source: HA-065, HA-067."""
    form_with(scene, partial(_wrong, scene, unit, {rank}))


@given("two units configured as a pair, the {unit:Unit} with a wrong peer address on both links")
def pair_wrong_peer(scene: Scene, unit: str) -> None:
    """Each peer-ip of that unit names nobody; the detection time is 3 seconds. Source: HA-065, HA-067."""
    _detecting(scene, partial(_wrong, scene, unit, set(Rank)))


@given("two units configured as a pair without a heartbeat interface")
def pair_without_links(scene: Scene) -> None:
    """No interface of either unit has a heartbeat-status; the detection time is 3 seconds. Source: HA-058."""
    _detecting(scene, lambda _unit: ())


@when("an operator disables the {rank:Rank} heartbeat interface of both units, in the {spelling:Spelling} form")
def disables(scene: Scene, rank: Rank, spelling: str) -> None:
    """heartbeat-status disable, or the flat keyword that says the same, on one unit after the other. Source: HA-063."""
    scene.act()
    lines = {
        "nested": ("config interface", f"edit {PAIR.heartbeat[rank]}", "set heartbeat-status disable", "next", "end"),
        "flat": (f"set heartbeat-{_NUMBER[rank]}-interface disable",),
    }[spelling]
    for unit in scene.units:
        scene.enter(unit.name, "config system ha", *lines, "end")


@when("an operator tries to share the {rank:Rank} heartbeat interface of the primary by the action set")
def shares_heartbeat_interface(scene: Scene, rank: Rank) -> None:
    """`failover` with a heartbeat interface, `set` and an address of its network. Source: HA-068, HA-069."""
    scene.act()
    interface = PAIR.heartbeat[rank]
    scene.before = scene.enter("P", "get system ha")
    wanted = f"{peer_address(scene, 'P', interface).rpartition('.')[0]}.150/24"
    scene.reply = scene.lab.primary.cli("config system ha", f"set failover {interface} set {wanted}", "end", "abort")


@then("the setting is refused and nothing has changed")
def setting_refused(scene: Scene) -> None:
    """The unit did not accept the line, and shows the settings that it had. Source: HA-069, HA-107."""
    assert scene.reply is not None
    assert not scene.reply.accepted, f"the line was accepted: {scene.reply.text}"
    shown = scene.enter("P", "get system ha")
    assert shown == scene.before, f"settings have changed from {scene.before!r} to {shown!r}"


@then("the heartbeat interfaces of both units hold their own addresses only")
def keep_own(scene: Scene) -> None:
    """Seen inside both units. Source: HA-068."""
    scene.needs(Capability.INSPECT)
    for unit in scene.units:
        for interface in PAIR.heartbeat.values():
            held = {address for address in unit.addresses(interface) if ":" not in address}
            assert held == {unit.own_address(interface)}, f"unit {unit.name} holds {sorted(held)} on {interface}"


@then("each unit shows the same heartbeat links in both spellings")
def same_in_both(scene: Scene) -> None:
    """Interface and peer of each rank, read by the flat keywords and in `config interface`. Source: HA-059, HA-065."""
    for unit in scene.units:
        flat = _printed(scene.enter(unit.name, "get system ha"))
        for rank, interface in PAIR.heartbeat.items():
            look = ("config system ha", "config interface", f"edit {interface}", "get", "end", "end")
            nested = _printed(scene.enter(unit.name, *look))
            told = (flat[f"heartbeat-{_NUMBER[rank]}-interface"], flat[f"heartbeat-{_NUMBER[rank]}-peer"])
            assert told == (interface, nested["peer-ip"]), f"unit {unit.name}, {rank.value} link, flat: {told}"
            assert nested["heartbeat-status"] == rank.value, f"unit {unit.name}, {rank.value} link, nested: {nested}"


@then("the {rank:Rank} heartbeat link carries nothing any more")
def carries_nothing(scene: Scene, rank: Rank) -> None:
    """Not a byte on any of the four ports for two heartbeat periods, once the last connections are closed.

    Source: HA-063.
    """
    await_still(scene, lambda: _bytes(scene, rank), 2 + MARGIN, f"the {rank.value} heartbeat link is silent")


@when("an operator makes the {unit:Unit} a member of a config-only group")
def joins_config_only(scene: Scene, unit: str) -> None:
    """Mode config-primary or config-secondary, for a unit that had a detection time of 2 seconds. Source: HA-107."""
    scene.act()
    mode = PAIR.configured[unit].value
    scene.enter(unit, "config system ha", "set hb-lost-threshold 2", f"set mode config-{mode}", "end")
    scene.before = scene.enter(unit, "get system ha")


@then("the detection time is no setting of the {unit:Unit}, and setting it is refused")
def no_detection_time(scene: Scene, unit: str) -> None:
    """`hb-lost-threshold` is neither shown nor accepted. Source: HA-107."""
    assert "hb-lost-threshold" not in _printed(scene.before), "hb-lost-threshold is shown in a config-only group"
    reply = scene.unit(unit).cli("config system ha", "set hb-lost-threshold 3", "end", "abort")
    assert not reply.accepted, "hb-lost-threshold was accepted in a config-only group"


@then("the {unit:Unit} does not lead, however long it hears no one")
def does_not_lead(scene: Scene, unit: str) -> None:
    """It is watched for the detection time that it had, and a heartbeat more. Source: HA-107."""
    during = scene.detection[unit] + 1 + MARGIN
    clock, mode = scene.lab.clock, scene.unit(unit).effective_mode
    clock.hold(lambda: scene.mode_seen(unit) is not Mode.PRIMARY, during, f"unit {unit} does not lead")
    assert mode() is not Mode.PRIMARY, f"unit {unit} shows its operator {mode().value}"


def _flat(scene: Scene, unit: str) -> tuple[str, ...]:
    lines = []
    for rank, interface in PAIR.heartbeat.items():
        name = f"set heartbeat-{_NUMBER[rank]}"
        host, _, _ = scene.unit(unit).own_address(interface).partition("/")
        peer = peer_address(scene, unit, interface)
        lines += [f"{name}-interface {interface}", f"{name}-ip {host} 255.255.255.0", f"{name}-peer {peer}"]
    return tuple(lines)


def _wrong(scene: Scene, unit: str, ranks: set[Rank], entered: str) -> tuple[str, ...]:
    lines = heartbeat_lines(scene.other(entered))
    if entered != unit:
        return lines
    peers = {f"set peer-ip {peer_address(scene, unit, PAIR.heartbeat[rank])}" for rank in ranks}
    return tuple(f"{line.rpartition('.')[0]}.{_NOBODY}" if line in peers else line for line in lines)


def _detecting(scene: Scene, heartbeat: Callable[[str], Sequence[str]]) -> None:
    scene.part()
    configure_with(scene, heartbeat, {name: {"hb-lost-threshold": "3"} for name in PAIR.configured})


def _printed(text: str) -> dict[str, str]:
    """Settings by name; a value of several words gives its first, as an operator reads along."""
    words = (line.replace(" : ", " ").split() for line in text.splitlines())
    return {each[0]: each[1] for each in words if len(each) > 1}


def _bytes(scene: Scene, rank: Rank) -> int:
    return sum(scene.lab.links[rank].carried(port) for port in Port)
