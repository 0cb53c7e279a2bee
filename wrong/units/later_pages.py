"""Units whose status page is wrong while they start or follow by order, or that process mail while HA restarts."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from node.cli.system import System
from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Mode
from node.engine.state import State
from node.engine.states import Phase
from node.engine.status import Status
from wrong.record import Pages, Printed, React, Reaction, Shown, WrongUnit

STARTS = {Phase.FIRST_SYNC, Phase.FIRST_SYNC_FAILED}
"""Phases of the first synchronization."""


def telling(what: str, word: str, in_phases: set[Phase]) -> Pages:
    """In some phases print another word behind one of the two operating modes of the status page."""

    def say(line: str, printed: Printed, system: System) -> Printed:
        if line.split() != ["get", "system", "ha", "status"] or Phase(system.status().phase) not in in_phases:
            return printed
        text = re.sub(rf"(?m)^({what} Operating Mode: ).*$", rf"\g<1>{word}", printed.text)
        return dataclasses.replace(printed, text=text)

    return Pages(say)


def hiding_its_copies(hides: Callable[[State], bool]) -> Shown:
    """Show in some states that nothing is synchronized."""
    return Shown(lambda status, unit: dataclasses.replace(status, synchronizing=False) if hides(unit) else status)


def _always_synchronizing(status: Status, unit: State) -> Status:
    starts = unit.phase is Phase.JOINING or unit.phase in STARTS
    return dataclasses.replace(status, synchronizing=True) if starts else status


def _goes_on_with_mail(react: React, event: on.Event, _: State) -> list[do.Effect]:
    done = react(event)
    restarts = event == on.Ordered(Command.RESTART)
    return [each for each in done if not (restarts and isinstance(each, do.StopMail))]


UNITS = (
    WrongUnit(
        "tells-that-it-follows-while-it-copies-first",
        ("HA-611",),
        "Its status page says that it is secondary while its first synchronization runs.",
        (telling("Effective", "secondary", STARTS),),
    ),
    WrongUnit(
        "tells-that-it-follows-while-it-looks-for-its-peer",
        ("HA-611",),
        "Its status page says that it is secondary while it looks for its peer.",
        (telling("Effective", "secondary", {Phase.JOINING}),),
    ),
    WrongUnit(
        "tells-no-configured-mode-while-it-copies-first",
        ("HA-610",),
        "Its status page says that it is configured as off while its first synchronization runs.",
        (telling("Configured", "off", STARTS),),
    ),
    WrongUnit(
        "tells-no-configured-mode-while-it-looks-for-its-peer",
        ("HA-610",),
        "Its status page says that it is configured as off while it looks for its peer.",
        (telling("Configured", "off", {Phase.JOINING}),),
    ),
    WrongUnit(
        "tells-of-no-copy-as-a-primary-that-follows",
        ("HA-380", "HA-615.b"),
        "As a configured primary that follows, does not show that it synchronizes.",
        (hiding_its_copies(lambda unit: unit.phase is Phase.SECONDARY and unit.settings.mode is Mode.PRIMARY),),
    ),
    WrongUnit(
        "tells-of-no-first-copy",
        ("HA-380", "HA-615.b"),
        "Does not show that it synchronizes while its first synchronization runs.",
        (hiding_its_copies(lambda unit: unit.phase in STARTS),),
    ),
    WrongUnit(
        "tells-of-a-copy-while-it-starts",
        ("HA-615.b",),
        "Shows from its start on that it synchronizes, also while it hears no peer.",
        (Shown(_always_synchronizing),),
    ),
    WrongUnit(
        "processes-mail-while-ha-restarts",
        ("HA-013.e",),
        "Goes on with mail while HA is restarted on it, until it knows its role.",
        (Reaction(_goes_on_with_mail),),
    ),
)
