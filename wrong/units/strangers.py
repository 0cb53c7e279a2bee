"""Units that are wrong about what strangers may do to them, and about logging it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command
from node.engine.state import State
from node.engine.turn import Rules
from wrong.common import ignoring, logging_no
from wrong.record import Decision, Events, React, Reaction, Remembering, WrongUnit

BUFFER = 1 << 20
"""Bytes that are kept for each stranger."""


@dataclass(slots=True)
class Refused:
    """How many strangers were refused."""

    count: int = 0


@dataclass(slots=True)
class Hoard:
    """A buffer for each stranger."""

    buffers: list[bytes] = field(default_factory=list)


def _log_every(react: React, event: on.Event, _: State) -> list[do.Effect]:
    if not isinstance(event, on.StrangerRefused):
        return react(event)
    return [do.Log(f"hahbd: refused a peer at {event.source} on the {event.rank.value} heartbeat link: {event.why}")]


def _number(refused: Refused) -> tuple[Reaction]:
    def number(react: React, event: on.Event, _: State) -> list[do.Effect]:
        if not isinstance(event, on.StrangerRefused):
            return react(event)
        refused.count += 1
        where = f"({refused.count}) on the {event.rank.value} heartbeat link"
        return [do.Log(f"hahbd: refused a peer {where}: {event.why}")]

    return (Reaction(number),)


def _log_first(refused: Refused) -> tuple[Events]:
    def again(event: on.Event, _: State) -> bool:
        if not isinstance(event, on.StrangerRefused):
            return False
        refused.count += 1
        return refused.count > 1

    return (ignoring(again),)


def _hoard(hoard: Hoard) -> tuple[Events]:
    def keep(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.StrangerRefused):
            hoard.buffers.append(bytes(BUFFER))
        return [event]

    return (Events(keep),)


def _flee_from_broken_lines(event: on.Event, unit: State) -> Iterable[on.Event]:
    broken = isinstance(event, on.StrangerRefused) and event.why.startswith("a field")
    return _flee(event, unit) if broken else (event,)


def _flee(event: on.Event, _: State) -> Iterable[on.Event]:
    return [event, on.Ordered(Command.RESTART)] if isinstance(event, on.StrangerRefused) else [event]


def _go_deaf(refused: Refused) -> tuple[Reaction, Decision]:
    def close(react: React, event: on.Event, _: State) -> list[do.Effect]:
        if not isinstance(event, on.StrangerRefused):
            return react(event)
        refused.count += 1
        return [*react(event), do.CloseLinks(), do.OpenLinks()]

    def listen_to_none(rules: Rules) -> Rules:
        return dataclasses.replace(
            rules,
            admits=lambda unit, rank, source, matches: not refused.count and rules.admits(unit, rank, source, matches),
        )

    return Reaction(close), Decision(listen_to_none)


UNITS = (
    WrongUnit(
        "says-nothing-of-strangers",
        ("HA-455",),
        "Logs no refusal of a stranger.",
        (logging_no("refused a peer"),),
    ),
    WrongUnit(
        "logs-every-stranger",
        ("HA-455",),
        "Logs every refusal, without a limit.",
        (Reaction(_log_every),),
    ),
    WrongUnit(
        "numbers-its-strangers",
        ("HA-455",),
        "Logs every refusal with a number, so that no two lines are the same.",
        (Remembering(Refused, _number),),
    ),
    WrongUnit(
        "logs-strangers-once-for-all",
        ("HA-455",),
        "Logs only the first refusal.",
        (Remembering(Refused, _log_first),),
    ),
    WrongUnit(
        "hoards-strangers",
        ("HA-455",),
        "Keeps a buffer for each stranger for ever.",
        (Remembering(Hoard, _hoard),),
    ),
    WrongUnit(
        "flees-from-strangers",
        ("HA-455",),
        "Restarts HA whenever it has refused someone.",
        (Events(_flee),),
    ),
    WrongUnit(
        "flees-from-broken-lines",
        ("HA-455",),
        "Restarts HA whenever it has heard a message of which a field is missing.",
        (Events(_flee_from_broken_lines),),
    ),
    WrongUnit(
        "goes-deaf-after-strangers",
        ("HA-455",),
        "Stops listening to anyone once it has refused someone.",
        (Remembering(Refused, _go_deaf),),
    ),
)
