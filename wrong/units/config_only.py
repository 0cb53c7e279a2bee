"""Units that are wrong about what a config-only group is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode
from node.engine.states import Phase
from node.engine.status import Status
from wrong.common import changing, ignoring, leaving_out
from wrong.record import Effects, Events, Plain, Remembering, Shown, WrongUnit
from wrong.units.roles import showing
from wrong.view import View


@dataclass(slots=True)
class Loneliness:
    """Whether the unit believes that it is the only one left."""

    alone: bool = False


def idling(mode: Mode) -> Effects:
    """Process no mail in one mode of a config-only group."""

    def idle(effect: do.Effect, unit: View) -> do.Effect:
        starts = isinstance(effect, do.StartMail) and unit.phase is Phase.CONFIG_ONLY
        return do.StopMail() if starts and unit.settings.mode is mode else effect

    return changing(idle)


def leading_alone(mode: Mode) -> Remembering[Loneliness]:
    """In one mode of a config-only group, show effective primary when nobody is heard any more."""

    def substitutions(loneliness: Loneliness) -> tuple[Plain, ...]:
        def note(event: on.Event, unit: View) -> Iterable[on.Event]:
            if isinstance(event, on.TimerFired) and event.name.startswith("link:"):
                loneliness.alone = unit.phase is Phase.CONFIG_ONLY and unit.settings.mode is mode
            return [event]

        def boast(status: Status, _: View) -> Status:
            return dataclasses.replace(status, effective=Effective.PRIMARY) if loneliness.alone else status

        return Events(note), Shown(boast)

    return Remembering(Loneliness, substitutions)


def _cut_short(status: Status) -> Status:
    return dataclasses.replace(status, configured=Mode(status.configured.value.removeprefix("config-")))


def _tells_of_changes(effect: do.Effect, unit: View) -> bool:
    told = isinstance(effect, do.Send) and isinstance(effect.message, say.SyncNow)
    return told and unit.phase is Phase.CONFIG_ONLY


UNITS = (
    WrongUnit(
        "shares-no-configuration",
        ("HA-006",),
        "Copies nothing in a config-only group.",
        (leaving_out(lambda effect, unit: isinstance(effect, do.StartSync) and unit.phase is Phase.CONFIG_ONLY),),
    ),
    WrongUnit(
        "shares-changes-late",
        ("HA-006",),
        "Does not tell the secondaries of a config-only group what has changed.",
        (leaving_out(_tells_of_changes),),
    ),
    WrongUnit(
        "shows-a-config-primary-as-primary",
        ("HA-002", "HA-006"),
        "Shows the modes of a config-only group as those of a pair.",
        (showing(_cut_short),),
    ),
    WrongUnit(
        "idle-config-secondary",
        ("HA-023",),
        "Processes no mail as the secondary of a config-only group, as if it were one of a pair.",
        (idling(Mode.CONFIG_SECONDARY),),
    ),
    WrongUnit(
        "idle-config-primary",
        ("HA-023",),
        "Processes no mail as the primary of a config-only group: it only distributes.",
        (idling(Mode.CONFIG_PRIMARY),),
    ),
    WrongUnit(
        "puts-an-upgrade-off",
        ("HA-732",),
        "Goes on with its mail in a config-only group when an operator has it upgraded, and installs nothing.",
        (ignoring(lambda event, unit: event == on.Ordered(Command.UPGRADE) and unit.phase is Phase.CONFIG_ONLY),),
    ),
    WrongUnit(
        "replaces-the-config-primary",
        ("HA-118",),
        "As the secondary of a config-only group, shows itself as primary when it no longer hears its own.",
        (leading_alone(Mode.CONFIG_SECONDARY),),
    ),
    WrongUnit(
        "leads-without-config-secondaries",
        ("HA-118",),
        "As the primary of a config-only group, takes a role when it no longer hears its secondary.",
        (leading_alone(Mode.CONFIG_PRIMARY),),
    ),
)
