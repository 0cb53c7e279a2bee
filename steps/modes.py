"""What an operator configures a unit to be: the five words of `mode`, and units that are not in a group yet."""

from __future__ import annotations

from lab.contract import Mode, Rank
from lab.standard_pair import PAIR
from steps.fields import UNITS
from steps.links import await_heartbeat
from steps.pair import configure, set_ha
from steps.reports import await_line
from steps.scene import Scene
from steps.words import Table, given, then, when


@given("the units have been given these modes")
def given_modes(scene: Scene, datatable: Table) -> None:
    """Table: unit, mode. Source: HA-027, HA-028."""
    for unit, mode in datatable[1:]:
        set_ha(scene, UNITS[unit], f"mode {mode}")
    scene.act()


@given("a primary that leads alone, beside a unit that is not in the group yet")
def primary_alone(scene: Scene) -> None:
    """Both units have all settings of the standard pair, but the secondary's mode is off. Source: HA-024."""
    configure(scene, modes={"P": PAIR.configured["P"].value})
    scene.await_change("P", Mode.PRIMARY)
    scene.act()


@given("two units with a pair's settings that are not in a group yet")
def no_group_yet(scene: Scene) -> None:
    """All settings of the standard pair, but both modes are off. Source: HA-003, HA-024."""
    configure(scene, modes={})
    scene.act()


@when("an operator sets the mode of the {unit:Unit} to {mode:Configured}")
def sets_mode(scene: Scene, unit: str, mode: str) -> None:
    """`set mode` in `config system ha`, saved: the unit leaves its group, and enters one anew if the mode says so.

    Source: system ha, mode; HA-002, HA-003, HA-024.
    """
    scene.steady()
    scene.act()
    was = scene.mode_seen(unit)
    if mode != Mode.OFF.value and was in {Mode.PRIMARY, Mode.SECONDARY}:
        scene.cause(unit, Mode.OFF)
    if mode != Mode.OFF.value and was in {Mode.PRIMARY, Mode.SECONDARY, Mode.OFF}:
        scene.cause(unit, Mode.SECONDARY)  # a unit that finds a primary follows before it asks for the role
    if mode == Mode.PRIMARY.value:
        scene.cause(unit, Mode.PRIMARY)
    set_ha(scene, unit, f"mode {mode}")


@given("an operator has set the mode of the {unit:Unit} to {mode:Configured}")
def has_set_mode(scene: Scene, unit: str, mode: str) -> None:
    """As above, before what the scenario is about. Source: HA-002."""
    sets_mode(scene, unit, mode)


@given("the {unit:Unit} has left the group")
def has_left(scene: Scene, unit: str) -> None:
    """An operator has set its mode to off; a secondary has taken over, if it was the primary. Source: HA-003."""
    sets_mode(scene, unit, "off")
    scene.await_change(unit, Mode.OFF)
    if unit == "P":
        scene.await_change("S", Mode.PRIMARY, within=scene.detection["S"] + scene.lab.profile.settle)
    scene.act()


@given("the secondary has tried to enter the group, and its first synchronization has failed")
def first_sync_failed(scene: Scene) -> None:
    """The secondary hears its primary and cannot copy from it; its log says so. Source: HA-015, HA-016."""
    sets_mode(scene, "S", PAIR.configured["S"].value)
    await_heartbeat(scene, "S", Rank.PRIMARY)
    await_line(scene, scene.lab.secondary.log, r"sync\w* failed", "the secondary logs that a synchronization failed")
    scene.act()


@when("an operator tries to set the mode of the {unit:Unit} to the word {word}")
def tries_mode(scene: Scene, unit: str, word: str) -> None:
    """The line may be refused at once or when it is saved. Source: HA-002."""
    scene.act()
    scene.reply = scene.unit(unit).cli("config system ha", f"set mode {word}", "end")


@then("the word is refused")
def word_refused(scene: Scene) -> None:
    """The unit's answer is a refusal; its text is nobody's business. Source: HA-002, D.3."""
    assert scene.reply is not None, "nothing was entered"
    assert not scene.reply.accepted, f"the unit accepted it: {scene.reply.text}"


@then("the {unit:Unit} is configured as {mode:Configured}")
def is_configured(scene: Scene, unit: str, mode: str) -> None:
    """The configured mode, as `get system status` prints it. Source: HA-002, HA-009."""
    shown = scene.unit(unit).configured_mode()
    assert shown == mode, f"unit {unit} is configured as {shown}, not {mode}"
