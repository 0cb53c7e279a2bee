"""Configured and effective modes, and when they change."""

from __future__ import annotations

from lab.contract import Mode, Unit
from lab.errors import FaultNotProven, NotReached
from lab.history import Order
from lab.timeline import Entry, Kind
from steps.fields import UNITS
from steps.scene import Scene
from steps.times import Bound, Span, awaited, stays, watched
from steps.words import Table, outcome


@outcome("the units show these modes")
def show_modes(scene: Scene, datatable: Table) -> None:
    """Modes as `get system status` prints them, all at a time; table: unit, configured, effective.

    Source: HA-009, HA-617.
    """
    wanted = {UNITS[name]: (configured, effective) for name, configured, effective in datatable[1:]}

    def shown() -> bool:
        return wanted == {name: _modes(scene.unit(name)) for name in wanted}

    what = " and ".join(f"unit {name} shows the modes {' and '.join(modes)}" for name, modes in wanted.items())
    scene.lab.clock.wait_for(shown, scene.lab.timing.settle, what)


@outcome("the {unit:Unit} is configured as {mode:Configured}")
def is_configured(scene: Scene, unit: str, mode: str) -> None:
    """The configured mode, as `get system status` prints it. Source: HA-002, HA-009."""
    shown = scene.unit(unit).configured_mode()
    assert shown == mode, f"unit {unit} is configured as {shown}, not {mode}"


@outcome("the {unit:Unit} [becomes|has become] effective {mode:Mode}{bound:Bound}", awaited)
def becomes(scene: Scene, unit: str, mode: Mode, bound: Bound | None) -> None:
    """A change into that mode follows the last action. Without a bound the wait is the lab's and judges nothing.

    Source: HA-014, HA-016, HA-100 to HA-103, HA-108, HA-522, HA-580.
    """
    detection, settle = scene.detection[unit], scene.lab.timing.settle
    if bound is None:
        _follow(scene, unit, scene.await_change(unit, mode, within=settle + detection + scene.lab.timing.boot))
        return
    bound.begins("", "of the command", "of the fault", "of the change", "after its start", "of hold-off")
    longest = bound.of(detection) + bound.about
    change = scene.await_change(unit, mode, within=max(longest, detection) + settle + scene.lab.timing.boot)
    _follow(scene, unit, change)
    begun, name = _beginning(scene, unit, bound, change)
    bound.judge(scene, name, change.at - begun, unit, doubt=change.doubt)


@outcome("the {unit:Unit} [passes|has passed] through effective {mode:Mode}")
def passes_through(scene: Scene, unit: str, mode: Mode) -> None:
    """A change into that mode follows the last action; the unit leaves it by itself, nobody promises how late.

    A lab that sees other changes later than they happen may have missed it, and judges nothing then.
    """
    within = scene.lab.timing.settle + scene.detection[unit] + scene.lab.timing.boot
    try:
        scene.await_change(unit, mode, within=within)
    except NotReached as missed:
        if not any(change.doubt for change in scene.changes(unit)):
            raise
        raise FaultNotProven(f"{missed}; the lab looked too seldom: it may have been so for a moment") from missed


@outcome("the {unit:Unit} [ends|has ended] as effective {mode:Mode}")
def ends_as(scene: Scene, unit: str, mode: Mode) -> None:
    """The unit has that mode by now, or comes to it, and shows it."""
    scene.cause(unit, mode)
    within = scene.lab.timing.settle + scene.detection[unit] + scene.lab.timing.boot

    def has_ended() -> bool:
        return scene.mode_seen(unit) in {mode, None} and scene.unit(unit).effective_mode() is mode

    scene.lab.clock.wait_for(has_ended, within, f"unit {unit} is effective {mode.value}")
    scene.look_from_here(unit)


@outcome("{units:Units} is still effective {mode:Mode}{span:Span}", watched)
def is_still(scene: Scene, units: tuple[str, ...], mode: Mode, span: Span | None) -> None:
    """The unit shows that mode and has not changed since the last action; with a span it is watched for so long.

    Source: HA-027, HA-107, HA-116, HA-311, HA-312.
    """
    if span is not None:
        what = f"unit {' and unit '.join(units)} is still effective {mode.value}"
        stays(scene, lambda: not any(scene.changes(unit) for unit in units), span, what)
    for unit in units:
        shown = scene.unit(unit).effective_mode()
        assert shown is mode, f"unit {unit} shows effective {shown.value}, not {mode.value}"
        _unchanged(scene, unit)


@outcome("no unit [changes|has changed] its role{span:Span}", watched)
def no_change(scene: Scene, span: Span | None) -> None:
    """No effective mode has changed since the last action, nor changes within a span from now."""
    if span is not None:
        scene.hold_roles(span.of(scene))
    for unit in scene.units:
        _unchanged(scene, unit.name)
        shown, seen = unit.effective_mode(), scene.mode_seen(unit.name)
        assert seen is None or shown is seen, f"unit {unit.name} shows effective {shown.value}, last seen {seen}"


@outcome("the {unit:Unit} has never been effective {mode:Mode}")
def never_was(scene: Scene, unit: str, mode: Mode) -> None:
    """No change of the whole scenario brought the unit into that mode. Source: HA-524, HA-530, HA-532."""
    entries = scene.lab.timeline.of(Kind.ROLE, unit)
    wrong = [entry.at for entry in entries if entry.detail["new"] == mode.value]
    assert not wrong, f"unit {unit} became effective {mode.value} at {wrong}"


def _follow(scene: Scene, unit: str, change: Entry) -> None:
    """Declare what follows when a unit that led is failed or off: its peer may take over before the scenario ends."""
    if change.detail["old"] == Mode.PRIMARY.value and change.detail["new"] in {Mode.FAILED.value, Mode.OFF.value}:
        scene.cause(scene.other(unit).name, Mode.PRIMARY)


def _beginning(scene: Scene, unit: str, bound: Bound, change: Entry) -> tuple[float, str]:
    """From when a bound counts, on the lab's clock, and what is measured."""
    match bound.since:
        case "of the command":
            lines = scene.lab.timeline.of(Kind.CLI, since=scene.since)
            orders = (line.at for line in lines if str(line.detail["line"]).startswith(tuple(o.value for o in Order)))
            return next(orders, scene.since), "command until the role is taken"
        case "of the fault" | "of the change":
            return scene.since, f"{bound.since.removeprefix('of the ')} until the mode changes"
        case "after its start":
            return scene.since, "start of a unit alone until it leads"
        case "of hold-off":
            held = [
                each.at for each in scene.lab.timeline.of(Kind.ROLE, unit) if each.detail["new"] == Mode.HOLD_OFF.value
            ]
            assert held, f"unit {unit} has never been effective hold-off"
            return held[-1], "hold-off"
        case _:
            return scene.last_heard(unit, change.at), "silence before the takeover"


def _modes(unit: Unit) -> tuple[str, str]:
    return unit.configured_mode(), unit.effective_mode().value


def _unchanged(scene: Scene, unit: str) -> None:
    changes = [f"{entry.detail['old']} -> {entry.detail['new']}" for entry in scene.changes(unit)]
    assert not changes, f"unit {unit} has changed: {', '.join(changes)}"
