"""Configured and effective modes, and when they change."""

from __future__ import annotations

from lab.claims import judge
from lab.contract import Mode, Unit
from lab.timeline import Kind
from steps.fields import UNITS
from steps.scene import MARGIN, Scene
from steps.words import Table, given, then


@given("the units show these modes")
@then("the units show these modes")
def show_modes(scene: Scene, datatable: Table) -> None:
    """Modes as `get system status` prints them, all at a time; table: unit, configured, effective.

    Source: HA-009, HA-617.
    """
    wanted = {UNITS[name]: (configured, effective) for name, configured, effective in datatable[1:]}

    def shown() -> bool:
        return wanted == {name: _modes(scene.unit(name)) for name in wanted}

    what = " and ".join(f"unit {name} shows the modes {' and '.join(modes)}" for name, modes in wanted.items())
    scene.lab.clock.wait_for(shown, scene.lab.profile.settle, what)


@then("the {unit:Unit} becomes effective {mode:Mode}")
def becomes(scene: Scene, unit: str, mode: Mode) -> None:
    """A change into that mode follows what was done; the wait is the lab's and judges nothing."""
    scene.await_change(unit, mode, within=scene.lab.profile.settle + scene.detection[unit] + scene.lab.profile.boot)


@then("the {unit:Unit} becomes effective {mode:Mode} again")
def becomes_again(scene: Scene, unit: str, mode: Mode) -> None:
    """A change into that mode follows what was done, in a unit that was so before."""
    becomes(scene, unit, mode)


@then("the {unit:Unit} ends as effective {mode:Mode}")
def ends_as(scene: Scene, unit: str, mode: Mode) -> None:
    """The unit has that mode, or comes to it: for a change that may lie before what was done last."""
    scene.cause(unit, mode)
    within = scene.lab.profile.settle + scene.detection[unit] + scene.lab.profile.boot
    what = f"unit {unit} is effective {mode.value}"
    scene.lab.clock.wait_for(lambda: scene.unit(unit).effective_mode() is mode, within, what)


@then("the {unit:Unit} becomes effective primary, as if its peer were absent")
def becomes_alone(scene: Scene, unit: str) -> None:
    """Without its peer's heartbeat a unit leads alone; both may do so. Source: HA-067."""
    becomes(scene, unit, Mode.PRIMARY)


@then("the secondary becomes effective primary within the detection time, and not before")
def takes_over_in_detection_time(scene: Scene) -> None:
    """Its own hb-lost-threshold, no less, passes from the last heartbeat heard. Source: HA-101, HA-103, HA-108."""
    takes_over_within(scene, scene.detection["S"])


@then("the secondary becomes effective primary within {seconds:Seconds} seconds, and not before")
def takes_over_within(scene: Scene, seconds: float) -> None:
    """From the last heartbeat that it heard, exactly this span passes. Source: HA-100, HA-101, HA-108."""
    change = scene.await_change("S", Mode.PRIMARY, within=seconds + scene.lab.profile.settle)
    silence = change.at - scene.last_heard("S", change.at)
    judge(scene.lab, "silence before the takeover", silence, at_least=seconds, at_most=seconds, doubt=change.doubt)


@then("the {unit:Unit} becomes effective primary, no sooner than the detection time after it got its power back")
def leads_after_looking(scene: Scene, unit: str) -> None:
    """It looks for its peer for its detection time at least, counted from the moment at which it got power.

    Source: HA-014, HA-024.
    """
    becomes(scene, unit, Mode.PRIMARY)
    last = scene.lab.timeline.of(Kind.ROLE, unit)[-1]
    judge(scene.lab, "start of a unit alone until it leads", last.at - scene.since, at_least=scene.detection[unit])


@then("the {unit:Unit} becomes effective primary within {seconds:Seconds} second of the command")
def takes_over_at_once(scene: Scene, unit: str, seconds: float) -> None:
    """The change does not wait for the detection time. Source: HA-580."""
    change = scene.await_change(unit, Mode.PRIMARY, within=scene.detection[unit] + scene.lab.profile.settle)
    lines = scene.lab.timeline.of(Kind.CLI, since=scene.since)
    begun = next((line.at for line in lines if str(line.detail["line"]).endswith("failover")), scene.since)
    judge(scene.lab, "forced failover", change.at - begun, at_most=seconds, doubt=change.doubt)


@then("the {unit:Unit} is still effective {mode:Mode}")
def is_still(scene: Scene, unit: str, mode: Mode) -> None:
    """The unit shows that mode and has not changed since the action began."""
    shown = scene.unit(unit).effective_mode()
    assert shown is mode, f"unit {unit} shows effective {shown.value}, not {mode.value}"
    _unchanged(scene, unit)


@then("the {unit:Unit} is still effective {mode:Mode} after the detection time")
def is_still_after_detection_time(scene: Scene, unit: str, mode: Mode) -> None:
    """The unit's mode is watched for the detection time, and shown to its operator at the end. Source: HA-116."""
    during = max(scene.detection.values()) + MARGIN
    scene.lab.clock.hold(lambda: not scene.changes(unit), during, f"unit {unit} is still effective {mode.value}")
    is_still(scene, unit, mode)


@then("no unit changes its role during the detection time")
def no_change(scene: Scene) -> None:
    """Both units' modes are watched for the detection time from now, and must be as when the action began."""

    def still() -> bool:
        return not any(scene.changes(unit.name) for unit in scene.units)

    scene.lab.clock.hold(still, max(scene.detection.values()) + MARGIN, "no unit changes its role")
    for unit in scene.units:
        shown, seen = unit.effective_mode(), scene.mode_seen(unit.name)
        assert shown is seen, f"unit {unit.name} shows effective {shown.value}, last seen {seen}"


@then("no unit takes a role during the detection time")
def no_role(scene: Scene) -> None:
    """No unit becomes effective primary, secondary or failed: there is nothing to fail over. Source: HA-027, HA-107."""
    roles = {Mode.PRIMARY.value, Mode.SECONDARY.value, Mode.FAILED.value}

    def none() -> bool:
        return not any(entry.detail["new"] in roles for unit in scene.units for entry in scene.changes(unit.name))

    scene.lab.clock.hold(none, max(scene.detection.values()) + MARGIN, "no unit takes a role")


@then("the secondary becomes effective primary before the detection time has passed")
def takes_over_early(scene: Scene) -> None:
    """The takeover does not wait for the detection time. Source: HA-016."""
    seconds = scene.detection["S"]
    change = scene.await_change("S", Mode.PRIMARY, within=seconds + scene.lab.profile.settle)
    silence = change.at - scene.last_heard("S", change.at)
    assert silence < seconds, f"the primary was silent for {silence:.3f} s, which is the detection time"


@then("no unit changes its role for {seconds:Seconds} second")
def no_change_for(scene: Scene, seconds: float) -> None:
    """Both units' modes are watched for that long from now. Source: HA-578."""

    def still() -> bool:
        return not any(scene.changes(unit.name) for unit in scene.units)

    scene.lab.clock.hold(still, seconds, "no unit changes its role")


@then("no unit has changed its role")
def no_change_so_far(scene: Scene) -> None:
    """No effective mode has changed since the pair was healthy."""
    for unit in scene.units:
        _unchanged(scene, unit.name)


@then("the {unit:Unit} is effective off, and does not rejoin during the detection time")
def stays_off(scene: Scene, unit: str) -> None:
    """With on-failure off only an operator brings the unit back. Source: HA-311, HA-312."""

    def off() -> bool:
        return scene.mode_seen(unit) in {Mode.OFF, None}

    scene.lab.clock.wait_for(off, scene.lab.profile.settle, f"unit {unit} is effective off")
    scene.lab.clock.hold(off, max(scene.detection.values()) + MARGIN, f"unit {unit} stays effective off")
    shown = scene.unit(unit).effective_mode()
    assert shown is Mode.OFF, f"unit {unit} shows effective {shown.value}"


@then("the {unit:Unit} has never been {mode:Mode}")
def never_was(scene: Scene, unit: str, mode: Mode) -> None:
    """No change of the whole scenario brought the unit into that mode. Source: HA-524, HA-530, HA-532."""
    entries = scene.lab.timeline.of(Kind.ROLE, unit)
    wrong = [entry.at for entry in entries if entry.detail["new"] == mode.value]
    assert not wrong, f"unit {unit} became effective {mode.value} at {wrong}"


def _modes(unit: Unit) -> tuple[str, str]:
    return unit.configured_mode(), unit.effective_mode().value


def _unchanged(scene: Scene, unit: str) -> None:
    changes = [f"{entry.detail['old']} -> {entry.detail['new']}" for entry in scene.changes(unit)]
    assert not changes, f"unit {unit} has changed: {', '.join(changes)}"
