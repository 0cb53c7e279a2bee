"""Units that leave something undone when they come to lead in one way: they take, announce or serve nothing."""

from __future__ import annotations

from collections.abc import Callable

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Effective
from node.engine.state import Joining, State
from node.engine.states import Phase
from wrong.record import React, Reaction, WrongUnit

MOVES = (do.HoldAddress, do.Announce)
"""What moves an address."""


def undone(way: Callable[[State], bool], event: str, *kinds: type) -> Reaction:
    """Leave effects of these kinds undone where the unit comes to lead in one way.

    `way` looks at the unit before, and `event` is in what it reports.
    """

    def handle(react: React, heard: on.Event, unit: State) -> list[do.Effect]:
        so = way(unit)
        effects = react(heard)
        leads = any(isinstance(each, do.RoleChanged) and _is(each, event) for each in effects)
        return [each for each in effects if not (so and leads and isinstance(each, kinds))]

    return Reaction(handle)


def _is(change: do.RoleChanged, event: str) -> bool:
    return change.new is Effective.PRIMARY and event in change.event


def _is_cured(unit: State) -> bool:
    return isinstance(unit.role, Joining) and unit.role.cured


def _starts(unit: State) -> bool:
    return isinstance(unit.role, Joining) and not unit.role.cured


def _first_fails(unit: State) -> bool:
    return unit.phase is Phase.FIRST_SYNC_FAILED


def _first_runs(unit: State) -> bool:
    return unit.phase is Phase.FIRST_SYNC


def _follows(unit: State) -> bool:
    return unit.phase is Phase.SECONDARY


UNITS = (
    WrongUnit(
        "announces-no-role-that-it-takes-back",
        ("HA-113.a",),
        "Announces no address when it takes its role back by itself, after a power loss or a fault.",
        (undone(_follows, "recovery after", do.Announce),),
        alone="P",
    ),
    WrongUnit(
        "announces-nothing-after-its-cure",
        ("HA-113.a",),
        "Announces no address when it leads because its fault is cured and no other unit is there.",
        (undone(_is_cured, "no MASTER", do.Announce),),
    ),
    WrongUnit(
        "leads-without-address-after-its-cure",
        ("HA-163", "HA-164"),
        "Takes no address when its fault is cured before its peer has taken over.",
        (undone(_is_cured, "no MASTER", *MOVES),),
    ),
    WrongUnit(
        "leads-without-mail-after-its-cure",
        ("HA-022.a", "HA-164"),
        "Starts no mail when its fault is cured before its peer has taken over.",
        (undone(_is_cured, "no MASTER", do.StartMail),),
    ),
    WrongUnit(
        "announces-nothing-when-it-starts-alone",
        ("HA-113.a",),
        "Announces no address when it leads because it finds no other unit at its start.",
        (undone(_starts, "no MASTER", do.Announce),),
    ),
    WrongUnit(
        "announces-nothing-without-a-synchronization",
        ("HA-113.a",),
        "Announces no address when it leads because its primary is gone before it could synchronize.",
        (undone(_first_fails, "MASTER", do.Announce),),
    ),
    WrongUnit(
        "takes-no-address-from-its-first-synchronization",
        ("HA-163", "HA-164"),
        "Leads without address when its primary is lost while its first synchronization runs.",
        (undone(_first_runs, "MASTER", *MOVES),),
    ),
)
