"""Units that tell something else than what is: of an earlier change, of another restart, of another role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from node.cli.system import System
from node.engine import effects as do
from node.engine.modes import Effective, Mode, SystemEvent
from node.engine.state import State
from node.engine.states import TABLE, Phase, Trigger
from node.settings import checksum
from node.settings.schema import HA, Path
from wrong.common import changing, leaving_out
from wrong.record import Effects, Pages, Printed, Remembering, WrongUnit

STATUS = "get system ha status"
CHECKSUM = "diagnose system ha showcsum"


@dataclass(slots=True)
class Told:
    """What a unit has told since it started."""

    reasons: set[tuple[int, str]] = field(default_factory=set)
    changes: set[tuple[str, Effective | None, Effective | None]] = field(default_factory=set)
    events: dict[tuple[Effective, Effective], str] = field(default_factory=dict)


def _trapping_once(told: Told) -> tuple[Effects]:
    def once(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if not isinstance(effect, do.Trap):
            return [effect]
        key = (effect.event_id, effect.reason)
        known = key in told.reasons
        told.reasons.add(key)
        return [] if known else [effect]

    return (Effects(once),)


def _alerting_once(told: Told) -> tuple[Effects]:
    def once(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if not (isinstance(effect, do.Alert) and effect.new in {Effective.PRIMARY, Effective.SECONDARY}):
            return [effect]
        key = (effect.event, effect.old, effect.new)
        known = key in told.changes
        told.changes.add(key)
        return [] if known else [effect]

    return (Effects(once),)


def _first_event(told: Told) -> tuple[Effects]:
    def tell(effect: do.Effect, _: State) -> do.Effect:
        match effect:
            case do.Alert(event, Effective() as old, Effective() as new):
                return do.Alert(told.events.setdefault((old, new), event), old, new)
        return effect

    return (changing(tell),)


def _tells_of_an_entry(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Alert) and effect.event == TABLE[Phase.SECONDARY, Trigger.ENTER].event


def _reporting_an_entry_once(told: Told) -> tuple[Effects]:
    def once(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        match effect:
            case do.Alert(event, Effective.OFF as old, Effective.SECONDARY as new):
                known = (old, new) in told.events
                told.events[old, new] = event
                return [] if known else [effect]
        return [effect]

    return (Effects(once),)


def _telling(phase: Phase, event: SystemEvent, other: SystemEvent) -> Effects:
    """In one phase send the code of another event."""

    def tell(effect: do.Effect, unit: State) -> do.Effect:
        return do.SystemTrap(other) if effect == do.SystemTrap(event) and unit.phase is phase else effect

    return changing(tell)


def _printing(line: str, change: Callable[[str, System], str]) -> Pages:
    """Print something else for one line."""

    def say(entered: str, printed: Printed, system: System) -> Printed:
        if entered.split() != line.split() or printed.refused:
            return printed
        return Printed(f"{change(printed.text.rstrip(), system)}\n", refused=False)

    return Pages(say)


def _scheduled(text: str, system: System) -> str:
    """Show the schedule to whoever has followed since its log began."""
    has_followed = any("to secondary" in line for line in system.event_log())
    if "Monitor:" in text or not has_followed:
        return text
    return f"{text}\nMonitor: every second\nConfiguration: on change\nData: periodic"


def _summing(which: Callable[[Path], bool]) -> Pages:
    """Leave a part of the configuration out of the checksum."""
    return _printing(CHECKSUM, lambda _, system: checksum(system.configuration.part(which)))


def _adding(keyword: str) -> Pages:
    """Count a setting of the unit's own in the checksum."""
    return _printing(CHECKSUM, lambda text, system: f"{text}{system.configuration.get((HA, keyword))}")


def _marked(text: str, system: System) -> str:
    """Count the effective mode in the checksum where it is not the configured one."""
    status = system.status()
    swapped = status.configured is Mode.PRIMARY and status.effective is Effective.SECONDARY
    return f"{text}{status.effective}" if swapped else text


UNITS = (
    WrongUnit(
        "traps-each-switch-once",
        ("HA-659.a", "HA-659.b"),
        "Sends no HA trap with an event and a reason that it has sent since its start.",
        (Remembering(Told, _trapping_once),),
    ),
    WrongUnit(
        "alerts-to-each-switch-once",
        ("HA-655.c",),
        "Sends no alert about a switch to primary or secondary that is like one since its start.",
        (Remembering(Told, _alerting_once),),
    ),
    WrongUnit(
        "reports-no-restart-of-ha",
        ("HA-655.c",),
        "Reports nothing about its modes while it enters its group, as when its HA is restarted.",
        (leaving_out(_tells_of_an_entry),),
        alone="S",
    ),
    WrongUnit(
        "reports-an-entry-once",
        ("HA-655.c",),
        "Reports only the first time since its start that it has become secondary in its group.",
        (Remembering(Told, _reporting_an_entry_once),),
        alone="S",
    ),
    WrongUnit(
        "gives-the-first-event-again",
        ("HA-115.a", "HA-655.b"),
        "Names in the alert of each change of mode the event of the first such change since its start.",
        (Remembering(Told, _first_event),),
    ),
    WrongUnit(
        "tells-its-upgrade-as-a-reboot",
        ("HA-534.d",),
        "Sends as primary the system event of a reboot when it is upgraded, because hold-off goes before both.",
        (_telling(Phase.PRIMARY, SystemEvent.UPGRADE, SystemEvent.REBOOT),),
    ),
    WrongUnit(
        "tells-its-reload-as-a-reboot",
        ("HA-534.c",),
        "Sends as secondary the system event of a reboot when it is reloaded.",
        (_telling(Phase.SECONDARY, SystemEvent.RELOAD, SystemEvent.REBOOT),),
    ),
    WrongUnit(
        "tells-its-reboot-as-a-halt",
        ("HA-534.b",),
        "Sends as secondary the system event of a halt when it is rebooted, since nobody has to wait for it.",
        (_telling(Phase.SECONDARY, SystemEvent.REBOOT, SystemEvent.HALT),),
    ),
    WrongUnit(
        "tells-its-halt-as-a-reboot",
        ("HA-534.a",),
        "Sends as primary the system event of a reboot when it is shut down.",
        (_telling(Phase.PRIMARY, SystemEvent.HALT, SystemEvent.REBOOT),),
    ),
    WrongUnit(
        "shows-the-schedule-for-good",
        ("HA-612.b", "HA-613.a"),
        "Shows the schedule of a secondary also as primary once it has been secondary.",
        (_printing(STATUS, _scheduled),),
    ),
    WrongUnit(
        "shows-hold-off-as-secondary",
        ("HA-611",),
        "Shows on its status page that it is secondary while it is in hold-off.",
        (_printing(STATUS, lambda text, _: re.sub("(Effective.*: )hold-off", r"\1secondary", text)),),
    ),
    WrongUnit(
        "sums-without-recipients",
        ("HA-377.b",),
        "Leaves the alert recipients out of the checksum.",
        (_summing(lambda path: path[0] != "log alertemail recipient"),),
    ),
    WrongUnit(
        "sums-without-comments",
        ("HA-377.b",),
        "Counts only which alert recipients there are in the checksum, and not their comments.",
        (_summing(lambda path: path[-1] != "comment"),),
    ),
    WrongUnit(
        "sums-its-own-on-failure",
        ("HA-377.b",),
        "Counts on-failure in the checksum, which is each unit's own.",
        (_adding("on-failure"),),
    ),
    WrongUnit(
        "sums-its-own-threshold",
        ("HA-377.b",),
        "Counts the detection time in the checksum, which is each unit's own.",
        (_adding("hb-lost-threshold"),),
    ),
    WrongUnit(
        "sums-its-role",
        ("HA-377.b",),
        "Counts its effective mode in the checksum when it is not the configured one.",
        (_printing(CHECKSUM, _marked),),
    ),
    WrongUnit(
        "sums-nothing-in-config-only",
        ("HA-377.b",),
        "Prints in a config-only group the checksum of no settings at all.",
        (
            _printing(
                CHECKSUM,
                lambda text, system: (
                    checksum(system.configuration.part(lambda _: False))
                    if system.status().configured.config_only
                    else text
                ),
            ),
        ),
    ),
)
