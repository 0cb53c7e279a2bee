"""Planned restarts: reboot, reload, shutdown and upgrade, the hold-off meanwhile, and power that goes in between."""

from __future__ import annotations

from lab.claims import judge
from lab.contract import SYSTEM_TRAP, Capability, Mode
from lab.errors import FaultNotProven
from lab.faults import Fault, FaultKind, on_both_links
from lab.timeline import Entry, Kind
from steps.fields import UNITS
from steps.losses import prove_copying
from steps.pair import held_restart
from steps.scene import Scene
from steps.words import Table, given, then, when

HOLD_OFF = 900.0
"""Seconds. Source: HA-522, E-05."""

ABOUT = 30.0
"""Seconds by which "about 15 minutes" may be off either way: the figure is a whole number of minutes. Source: E-05."""

_LATE = 20.0
"""Seconds by which a restart that outlasts a hold-off does so."""

COMMANDS = {"reboots": "execute reboot", "reloads": "execute reload", "shuts down": "execute shutdown"}

SYSTEM_EVENTS = {"halt": 1, "reboot": 2, "reload": 3, "upgrade": 4}
"""Codes of the system event trap. Source: HA-534, D.5."""


@when("an operator {restarts:Restarts} the {unit:Unit}")
def restarts_unit(scene: Scene, restarts: str, unit: str) -> None:
    """Reboot, reload or shut down by command, or install the lab's next release; confirmed.

    A unit that leads comes back as primary, and its peer holds off meanwhile, unless it is shut down.
    Source: HA-520, HA-524, HA-530, HA-730.
    """
    if restarts == "upgrades":
        scene.needs(Capability.UPGRADE)
    scene.steady()
    prove_pending(scene, unit)
    prove_copying(scene)
    scene.act()
    _declare(scene, unit, restarts)
    _order(scene, unit, restarts)


@given("an operator has {restarted:Restarted} the {unit:Unit}")
def has_restarted(scene: Scene, restarted: str, unit: str) -> None:
    """The unit is back as what it was; where the primary was shut down, the secondary has taken over."""
    restarts_unit(scene, restarted, unit)
    within = scene.detection["S"] + scene.lab.profile.settle + scene.lab.profile.boot
    if restarted == "shuts down":
        _await_gone(scene, unit)
    if restarted == "shuts down" and unit == "P":
        scene.await_change("S", Mode.PRIMARY, within=within)
    elif restarted != "shuts down" and unit == "P":
        scene.await_change("S", Mode.HOLD_OFF)
        scene.await_change("P", Mode.PRIMARY, within=within)
    if restarted != "shuts down":
        scene.await_change("S", Mode.SECONDARY, within=within)
    scene.act()


@when("an operator reboots both units at once")
def reboots_both(scene: Scene) -> None:
    """One order right after the other, the primary first. Source: HA-520."""
    scene.steady()
    scene.act()
    _declare(scene, "P", "reboots")
    # It may hold off for the primary before it goes down itself, and follow once more if the primary is back first.
    scene.allow.role("S", Mode.UNREACHABLE)
    scene.allow.role("S", Mode.SECONDARY)
    for unit in scene.units:
        _order(scene, unit.name, "reboots")


@given("a restart of the primary takes longer than a hold-off")
def outlasts_hold_off(scene: Scene) -> None:
    """Let it take twenty seconds more than 15 minutes; the unit may come back as a secondary first. Source: HA-523."""
    scene.needs(Capability.LONG)
    scene.needs(Capability.BOOT_DELAY)
    scene.allow.role("P", Mode.SECONDARY)
    scene.lab.primary.set_boot_time(HOLD_OFF + _LATE)


@given("the secondary holds off while a reboot of the primary lasts until further notice")
def holds_off(scene: Scene) -> None:
    """The primary is down and stays so, and the secondary has become effective hold-off."""
    held_restart(scene, "P")
    restarts_unit(scene, "reboots", "P")
    scene.await_change("S", Mode.HOLD_OFF)
    _await_gone(scene, "P")


@when("the restart of the {unit:Unit} comes to its end")
def ends_restart(scene: Scene, unit: str) -> None:
    """The unit starts now."""
    scene.act()
    scene.unit(unit).set_boot_time(0.0)


@when("the {unit:Unit} is down")
def is_down(scene: Scene, unit: str) -> None:
    """The unit answers nobody: what happens from now on it cannot have noticed before its restart. Source: HA-528."""
    _await_gone(scene, unit)


@when("the {unit:Unit} loses power while it restarts")
def dies_while_restarting(scene: Scene, unit: str) -> None:
    """The power goes before the unit is back; the start that follows takes no longer than usual. Source: HA-532."""
    scene.act()
    scene.inflict(Fault(FaultKind.POWER_OFF, unit))
    scene.unit(unit).set_boot_time(0.0)


@when("both heartbeat links fall silent during the restart")
def links_fail_meanwhile(scene: Scene) -> None:
    """Both links swallow everything both ways while one unit is away."""
    scene.act()
    scene.inflict(*on_both_links(Fault(FaultKind.BLACK_HOLE)))


@when("both heartbeat links fall silent and an operator reboots the primary at once")
def reboots_unheard(scene: Scene) -> None:
    """The order comes right after the cut, well before the secondary has missed a heartbeat. Source: HA-520."""
    scene.begin_with(*on_both_links(Fault(FaultKind.BLACK_HOLE)))
    _order(scene, "P", "reboots")


@then("the secondary becomes effective hold-off before the primary is gone")
def holds_off_in_time(scene: Scene) -> None:
    """The hold-off command reaches the secondary while the primary still works. Source: HA-520.

    A lab that asks for roles again and again sees hold-off a little late, and an absence at once: that is its slack.
    """
    change = scene.await_change("S", Mode.HOLD_OFF)
    gone = _await_gone(scene, "P")
    judge(scene.lab, "hold-off after the primary was gone", change.at - gone.at, at_most=0.0, doubt=change.doubt)


@then("the secondary becomes effective primary when about 15 minutes of hold-off have passed")
def tires_of_hold_off(scene: Scene) -> None:
    """Counted from the moment at which it became effective hold-off, to half a minute. Source: HA-522, HA-523."""
    begun = [entry.at for entry in scene.lab.timeline.of(Kind.ROLE, "S") if entry.detail["new"] == Mode.HOLD_OFF.value]
    assert begun, "the secondary has never been effective hold-off"
    change = scene.await_change("S", Mode.PRIMARY, within=HOLD_OFF + ABOUT + scene.lab.profile.settle)
    judge(scene.lab, "hold-off", change.at - begun[-1], at_least=HOLD_OFF - ABOUT, at_most=HOLD_OFF + ABOUT)


@then("the {unit:Unit} has sent one system event trap, for a {event:SystemEvent}")
def sends_trap(scene: Scene, unit: str, event: str) -> None:
    """The trap's code tells why the unit goes down, and until it is gone there is no second one. Source: HA-534."""

    def codes() -> list[int]:
        return [trap.code for trap in scene.unit(unit).traps() if trap.name == SYSTEM_TRAP]

    what = f"unit {unit} sends a system event trap"
    scene.lab.clock.wait_for(codes, scene.lab.profile.settle, what)
    _await_gone(scene, unit)
    sent = codes()
    assert sent == [SYSTEM_EVENTS[event]], f"unit {unit} has sent system event traps with the codes {sent}"


@then("the units show these releases")
def show_releases(scene: Scene, datatable: Table) -> None:
    """Each unit shows its own release and its peer's; table: unit, own, peer (old or new). Source: HA-026, HA-730."""
    scene.needs(Capability.UPGRADE)
    releases = {"old": scene.lab.releases[0], "new": scene.lab.releases[1]}
    for name, own, peer in datatable[1:]:
        unit, wanted = scene.unit(UNITS[name]), (releases[own], releases[peer])

        def shown() -> bool:
            return (unit.release(), unit.peer_release()) == wanted  # noqa: B023 - asked within this turn only

        what = f"the {name} shows its release as {wanted[0]} and its peer's as {wanted[1]}"
        scene.lab.clock.wait_for(shown, scene.lab.profile.settle, what)


def prove_pending(scene: Scene, unit: str) -> None:
    """Raise FaultNotProven where the unit has carried out a command that this restart is to interrupt."""
    if scene.ordered is None or scene.ordered[0] != unit:
        return
    mode = scene.unit(unit).effective_mode()
    if mode is not scene.ordered[1]:
        raise FaultNotProven(f"unit {unit} was {mode.value} before its restart was ordered: the command came through")


def _order(scene: Scene, unit: str, restarts: str) -> None:
    if restarts == "upgrades":
        reply = scene.unit(unit).install(scene.lab.releases[1])
    else:
        reply = scene.unit(unit).cli(COMMANDS[restarts], "y")
    assert reply.accepted, f"unit {unit} refused: {reply.text}"


def _declare(scene: Scene, unit: str, restarts: str) -> None:
    """Declare what a planned restart certainly brings about."""
    if restarts == "shuts down":
        return
    mode, peer = scene.mode_seen(unit), scene.other(unit).name
    if mode is Mode.PRIMARY:
        scene.cause(peer, Mode.HOLD_OFF, Mode.SECONDARY)
        scene.cause(unit, Mode.PRIMARY)
    elif mode is not None and mode is not Mode.OFF:
        scene.cause(unit, Mode.SECONDARY)


def _await_gone(scene: Scene, unit: str) -> Entry:
    """When the unit was first seen to answer nobody since the action began; it may be back by now."""

    def gone() -> Entry | None:
        lost = (each for each in scene.changes(unit) if each.detail["new"] == Mode.UNREACHABLE.value)
        return next(lost, None)

    entry = scene.lab.clock.wait_for(gone, scene.lab.profile.settle, f"unit {unit} goes down")
    assert entry is not None
    return entry
