"""Units that copy by schedule no more once something has come between, and one that drops an order while it copies."""

from __future__ import annotations

from collections.abc import Callable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Sync
from node.engine.state import Following, State
from node.engine.timers import LinkSilent, Periodic
from wrong.common import ignoring
from wrong.record import React, Reaction, WrongUnit

SCHEDULE = Periodic(Sync.DATA)
"""The timer of the next copy of mail data."""


def ending_its_schedule(ends: Callable[[on.Event, State], bool]) -> Reaction:
    """As a secondary, stop the timer of the next copy of mail data when an event comes."""

    def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        due = ends(event, unit)
        done = react(event)
        if due and isinstance(unit.role, Following) and SCHEDULE in unit.timers:
            del unit.timers[SCHEDULE]
            done.append(do.StopTimer(SCHEDULE))
        return done

    return Reaction(react)


def _failed(what: Sync) -> Callable[[on.Event, State], bool]:
    return lambda event, _: isinstance(event, on.SyncFinished) and event.what is what and not event.ok


def _changed(*names: str) -> Callable[[on.Event, State], bool]:
    def changed(event: on.Event, unit: State) -> bool:
        return isinstance(event, on.SettingsChanged) and any(
            getattr(event.settings, name) != getattr(unit.settings, name) for name in names
        )

    return changed


def _is_told_to_copy_data(event: on.Event, _: State) -> bool:
    return isinstance(event, on.Heard) and isinstance(event.message, say.SyncNow) and Sync.DATA in event.message.what


def _is_told_of_a_change(event: on.Event, _: State) -> bool:
    return isinstance(event, on.Heard) and event.message == say.SyncNow((Sync.CONFIG,))


def _copies(unit: State) -> bool:
    return isinstance(unit.role, Following) and unit.role.syncs.running is not None


UNITS = (
    WrongUnit(
        "ends-its-schedule-by-its-own-order",
        ("HA-402",),
        "Copies no mail data by schedule any more once an operator has started a synchronization on it.",
        (ending_its_schedule(lambda event, _: event == on.Ordered(Command.SYNC)),),
    ),
    WrongUnit(
        "ends-its-schedule-by-its-primarys-order",
        ("HA-402",),
        "Copies no mail data by schedule any more once its primary has told it to copy them.",
        (ending_its_schedule(_is_told_to_copy_data),),
    ),
    WrongUnit(
        "ends-its-schedule-by-a-change",
        ("HA-402",),
        "Copies no mail data by schedule any more once its primary has told it that settings have changed.",
        (ending_its_schedule(_is_told_of_a_change),),
    ),
    WrongUnit(
        "ends-its-schedule-by-a-failed-copy-of-mail-data",
        ("HA-402",),
        "Copies no mail data by schedule any more once a copy of them has failed.",
        (ending_its_schedule(_failed(Sync.DATA)),),
    ),
    WrongUnit(
        "ends-its-schedule-by-a-failed-copy-of-settings",
        ("HA-402",),
        "Copies no mail data by schedule any more once a copy of the settings has failed.",
        (ending_its_schedule(_failed(Sync.CONFIG)),),
    ),
    WrongUnit(
        "ends-its-schedule-by-a-lost-link",
        ("HA-402",),
        "Copies no mail data by schedule any more once a heartbeat link was lost.",
        (
            ending_its_schedule(
                lambda event, _: isinstance(event, on.TimerFired) and isinstance(event.timer, LinkSilent)
            ),
        ),
    ),
    WrongUnit(
        "ends-its-schedule-by-a-stranger",
        ("HA-402",),
        "Copies no mail data by schedule any more once it has refused a stranger.",
        (ending_its_schedule(lambda event, _: isinstance(event, on.StrangerRefused)),),
    ),
    WrongUnit(
        "ends-its-schedule-by-a-password",
        ("HA-402",),
        "Copies no mail data by schedule any more once its password has changed.",
        (ending_its_schedule(_changed("password")),),
    ),
    WrongUnit(
        "ends-its-schedule-by-a-detection-time",
        ("HA-402",),
        "Copies no mail data by schedule any more once its detection time has changed.",
        (ending_its_schedule(_changed("lost_threshold")),),
    ),
    WrongUnit(
        "ends-its-schedule-by-an-address",
        ("HA-402",),
        "Copies no mail data by schedule any more once it has copied other shared addresses.",
        (ending_its_schedule(_changed("addresses")),),
    ),
    WrongUnit(
        "ends-its-schedule-by-on-failure",
        ("HA-402",),
        "Copies no mail data by schedule any more once its on-failure has changed.",
        (ending_its_schedule(_changed("on_failure")),),
    ),
    WrongUnit(
        "drops-an-order-to-synchronize-while-it-copies",
        ("HA-354.b", "HA-570.b"),
        "Forgets a synchronization that its operator starts while it copies something.",
        (ignoring(lambda event, unit: event == on.Ordered(Command.SYNC) and _copies(unit)),),
    ),
    WrongUnit(
        "drops-its-primarys-order-while-it-copies",
        ("HA-354.a", "HA-570.b"),
        "Forgets a synchronization of mail data that its primary's operator starts while it copies something.",
        (ignoring(lambda event, unit: _is_told_to_copy_data(event, unit) and _copies(unit)),),
    ),
)
