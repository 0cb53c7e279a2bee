"""Units that do not heed their operator while they look for their peer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import SystemEvent
from node.engine.state import State
from node.engine.states import Phase
from wrong.common import ignoring, leaving_out
from wrong.record import Effects, Events, WrongUnit
from wrong.units.later_roles import is_mode
from wrong.units.returned_roles import SHUT_DOWN


def _joins(unit: State) -> bool:
    return unit.phase is Phase.JOINING


def _keeping(*fields: str) -> Events:
    """While it looks for its peer, go on by the old values of some settings."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if isinstance(event, on.SettingsChanged) and _joins(unit) and event.settings.mode is unit.settings.mode:
            old = {field: getattr(unit.settings, field) for field in fields}
            return [on.SettingsChanged(dataclasses.replace(event.settings, **old))]
        return [event]

    return Events(see)


def _leaving_undone(which: Callable[[do.Effect], bool]) -> Effects:
    return leaving_out(lambda effect, unit: _joins(unit) and which(effect))


UNITS = (
    WrongUnit(
        "joins-with-its-old-addresses",
        ("HA-155.a", "HA-159.b"),
        "Does not heed new failover actions while it looks for its peer.",
        (_keeping("addresses"),),
    ),
    WrongUnit(
        "joins-with-its-old-on-failure",
        ("HA-310", "HA-337"),
        "Does not heed a new on-failure while it looks for its peer.",
        (_keeping("on_failure"),),
    ),
    WrongUnit(
        "joins-on-its-old-ports",
        ("HA-055.a",),
        "Does not heed a new base port while it looks for its peer.",
        (_keeping("base_port"),),
    ),
    WrongUnit(
        "joins-by-its-old-password",
        ("HA-452",),
        "Does not heed a new password while it looks for its peer.",
        (_keeping("password"),),
    ),
    WrongUnit(
        "joins-by-its-old-peer-address",
        ("HA-065",),
        "Does not heed a new peer address while it looks for its peer.",
        (_keeping("links"),),
    ),
    WrongUnit(
        "joins-whatever-its-mode",
        ("HA-003.a", "HA-003.e"),
        "Does not heed a new mode while it looks for its peer.",
        (ignoring(lambda event, unit: _joins(unit) and is_mode(event, unit)),),
    ),
    WrongUnit(
        "joins-and-halts-untold",
        ("HA-531",),
        "Sends no alert of a shutdown while it looks for its peer.",
        (_leaving_undone(lambda effect: isinstance(effect, do.Alert) and "shutdown" in effect.event),),
    ),
    WrongUnit(
        "joins-and-halts-without-an-ha-trap",
        ("HA-659.c",),
        "Sends no HA trap of a shutdown while it looks for its peer.",
        (_leaving_undone(lambda effect: isinstance(effect, do.Trap) and effect.event_id == SHUT_DOWN),),
    ),
    WrongUnit(
        "joins-and-halts-without-a-system-trap",
        ("HA-534.a",),
        "Sends no system event trap of a shutdown while it looks for its peer.",
        (_leaving_undone(lambda effect: effect == do.SystemTrap(SystemEvent.HALT)),),
    ),
)
