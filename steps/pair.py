"""Topologies and settings: what a pair is configured to be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from lab.contract import Capability, Mode, Rank
from lab.errors import NotReached
from lab.history import DETECTION
from lab.standard_pair import PAIR, failover_line, heartbeat_lines, lines
from steps.scene import Scene
from steps.words import Table, given, then

_ALL_ZERO = "0.0.0.0/0"
_BASE_PORT = "hb-base-port"
Heartbeat = Callable[[str], Sequence[str]]
"""The lines of `config system ha` that a unit, by its name, gets for its heartbeat interfaces."""


@given("two units with factory settings")
def two_factory_units(scene: Scene) -> None:
    """Both units have their own addresses and no other setting. Source: HA-001."""
    scene.act()


@given("a healthy active-passive pair")
def healthy_pair(scene: Scene) -> None:
    """Two heartbeat links, a virtual address on the mail interface (action add); the roles have settled."""
    _form(scene)


@given("a healthy active-passive pair with these settings")
def healthy_pair_with(scene: Scene, datatable: Table) -> None:
    """As a healthy pair, with settings of `config system ha` from a table: setting, primary, secondary."""
    _form(scene, settings=settings_in(scene, datatable))


@given("two units configured as a pair with these settings")
def configured_pair_with(scene: Scene, datatable: Table) -> None:
    """Both units are configured, which may never make a healthy pair; table: setting, primary, secondary."""
    scene.act()
    scene.part()
    configure(scene, settings=settings_in(scene, datatable))


@given("a healthy active-passive pair with a single heartbeat link")
def healthy_pair_single_link(scene: Scene) -> None:
    """As a healthy pair, but only the primary heartbeat link is configured. Source: HA-700."""
    _form(scene, ranks=(Rank.PRIMARY,))


@given("a healthy active-passive pair with the failover action {action:Action}")
def healthy_pair_with_action(scene: Scene, action: str) -> None:
    """As a healthy pair; the mail interface has this failover action. Source: system ha, failover."""
    _form(scene, action=action)


@given("a healthy active-passive pair in server mode")
def healthy_server_pair(scene: Scene) -> None:
    """As a healthy pair whose units keep their users' mailboxes. Source: HA-401."""
    for unit in scene.units:
        scene.enter(unit.name, "config system global", "set operation-mode server", "end")
    _form(scene)


@given("a detection time of {seconds:Seconds} seconds")
def detection_time(scene: Scene, seconds: float) -> None:
    """Set hb-lost-threshold on both units. Source: system ha, hb-lost-threshold; HA-104."""
    set_detection(scene, seconds, seconds)


@given("a detection time of {primary:Seconds} seconds on the primary and {secondary:Seconds} seconds on the secondary")
def detection_times(scene: Scene, primary: float, secondary: float) -> None:
    """Set hb-lost-threshold differently on the two units. Source: HA-108."""
    set_detection(scene, primary, secondary)


@given("on-failure set to {action:OnFailure}")
def on_failure(scene: Scene, action: str) -> None:
    """Set on-failure on both units. Source: system ha, on-failure; HA-300, HA-337."""
    on_failures(scene, action, action)


@given("on-failure set to {primary:OnFailure} on the primary and {secondary:OnFailure} on the secondary")
def on_failures(scene: Scene, primary: str, secondary: str) -> None:
    """Set on-failure differently on the two units. Source: HA-337."""
    for unit, action in {"P": primary, "S": secondary}.items():
        set_ha(scene, unit, f"on-failure {action}")


@given("a restart of the {unit:Unit} takes longer than the detection time")
def slow_restart(scene: Scene, unit: str) -> None:
    """Let the unit's next restarts outlast the secondary's detection time by two seconds."""
    scene.needs(Capability.BOOT_DELAY)
    scene.unit(unit).set_boot_time(scene.detection["S"] + 2.0)


@given("a restart of the {unit:Unit} lasts until further notice")
def held_restart(scene: Scene, unit: str) -> None:
    """Let the unit stay away when it restarts, until the scenario lets it come back."""
    scene.needs(Capability.BOOT_DELAY)
    scene.unit(unit).set_boot_time(math.inf)


@then("the units become healthy")
def become_healthy(scene: Scene) -> None:
    """Each unit's effective mode becomes its configured one. Source: HA-010, HA-452."""
    await_health(scene)


@then("each unit has these settings")
def has_settings(scene: Scene, datatable: Table) -> None:
    """Read settings of `config system ha` from both units by name; spacing is ignored. Source: system ha."""
    for unit in scene.units:
        page = scene.enter(unit.name, "get system ha").replace(":", " ").replace("=", " ").splitlines()
        printed = dict(words[:2] for words in map(str.split, page) if len(words) > 1)
        for setting, value in datatable[1:]:
            assert printed.get(setting) == value, f"unit {unit.name}: {setting} is {printed.get(setting)}, not {value}"


def set_ha(scene: Scene, unit: str, setting: str) -> None:
    """Change one setting of `config system ha` on a unit."""
    scene.enter(unit, "config system ha", f"set {setting}", "end")


def set_detection(scene: Scene, primary: float, secondary: float) -> None:
    """Set both units' hb-lost-threshold."""
    for unit, seconds in {"P": primary, "S": secondary}.items():
        set_ha(scene, unit, f"{DETECTION} {seconds:g}")


def await_health(scene: Scene) -> None:
    """Wait until both units do what they are configured to do, each having become so once, and mail is served."""
    for name, mode in PAIR.configured.items():
        scene.cause(name, mode)

    def healthy() -> bool:
        return all(scene.mode_seen(name) is mode for name, mode in PAIR.configured.items())

    scene.lab.clock.wait_for(healthy, scene.lab.profile.settle, "the pair is healthy")
    for unit in scene.units:
        if unit.effective_mode() is not PAIR.configured[unit.name]:
            raise NotReached(f"unit {unit.name} shows its operator {unit.effective_mode().value}")
    await_service(scene, "P")
    scene.healthy_since = scene.lab.clock.now()
    scene.act()


def await_service(scene: Scene, name: str) -> None:
    """Wait until a unit's mail service answers: it needs a moment to start, and would refuse a quicker client."""
    unit, mail = scene.unit(name), scene.lab.mail

    def serves() -> bool:
        address = unit.own_address(PAIR.mail)
        if Capability.INSPECT in scene.lab.capabilities and address not in unit.addresses(PAIR.mail):
            address = mail.virtual_address  # which has taken its place (action set)
        return mail.answering(address.partition("/")[0]) == name

    scene.lab.clock.wait_for(serves, scene.lab.profile.settle, f"the mail service of unit {name} answers")


def form_with(scene: Scene, heartbeat: Heartbeat) -> None:
    """Make a healthy pair whose heartbeat interfaces are entered in the scenario's own way."""
    configure_with(scene, heartbeat)
    await_health(scene)


def configure_with(scene: Scene, heartbeat: Heartbeat, settings: dict[str, dict[str, str]] | None = None) -> None:
    """Configure a pair, which may never be healthy, with heartbeat interfaces entered in the scenario's own way."""
    scene.act()
    configure(scene, heartbeat=heartbeat, settings=settings)


def peer_address(scene: Scene, unit: str, interface: str) -> str:
    """Return the address (without mask) that the unit's peer has on an interface."""
    return scene.other(unit).own_address(interface).partition("/")[0]


def _form(
    scene: Scene,
    *,
    ranks: tuple[Rank, ...] = tuple(Rank),
    action: str = "add",
    settings: dict[str, dict[str, str]] | None = None,
) -> None:
    configure(scene, ranks=ranks, action=action, settings=settings)
    await_health(scene)


def configure(
    scene: Scene,
    *,
    ranks: tuple[Rank, ...] = tuple(Rank),
    action: str = "add",
    settings: Mapping[str, Mapping[str, str]] | None = None,
    modes: dict[str, str] | None = None,
    shared: Sequence[str] | None = None,
    heartbeat: Heartbeat | None = None,
) -> None:
    """Enter everything but the mode first; failover actions on the primary only. Source: HA-024, HA-159.

    `shared` are CLI lines inside `config system ha` that enter other failover actions than one on the mail interface.
    `modes` gives other configured modes than the pair's; a unit that it leaves out stays off.
    """
    address = _ALL_ZERO if action == "ignore" else scene.lab.mail.virtual_address
    actions = (failover_line(address, action),) if shared is None else shared
    interfaces = {rank: PAIR.heartbeat[rank] for rank in ranks}
    for unit in scene.units:
        name = unit.name
        links = heartbeat(name) if heartbeat else heartbeat_lines(scene.other(name), interfaces)
        mode = "" if modes is None else modes.get(name, Mode.OFF.value)
        scene.enter(name, *lines(name, links, actions=actions, settings=(settings or {}).get(name), mode=mode))


def settings_in(scene: Scene, table: Table) -> dict[str, dict[str, str]]:
    """Return the settings in a table (setting, primary, secondary) for each unit; base ports are told to the lab."""
    head, *rows = table
    found = {name: {row[0]: row[head.index(word)] for row in rows} for word, name in PAIR.called.items()}
    for unit, values in found.items():
        if _BASE_PORT in values:
            scene.unit(unit).expect_base_port(int(values[_BASE_PORT]))
    return found
