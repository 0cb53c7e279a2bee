"""Units that are wrong about which link synchronization takes, and when it copies what."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Sync
from node.engine.states import Phase
from wrong.common import changing, leaving_out
from wrong.record import Events, React, Reaction, WrongUnit
from wrong.view import View


def _take_over(react: React, event: on.Event, unit: View) -> list[do.Effect]:
    done = react(event)
    if isinstance(event, on.SyncFinished) and not event.ok and unit.phase is Phase.SECONDARY:
        done += react(on.TimerFired("silence"))
    return done


def _blame_no_link(event: on.Event, _: View) -> Iterable[on.Event]:
    """Never blame a link, and never send a notice again."""
    if isinstance(event, on.NoticeLost):
        return []
    return [dataclasses.replace(event, link_failed=False) if isinstance(event, on.SyncFinished) else event]


def _ask_for_both(effect: do.Effect, _: View) -> do.Effect:
    match effect:
        case do.Send(rank, say.SyncNow()):
            return do.Send(rank, say.SyncNow((Sync.CONFIG, Sync.DATA)))
    return effect


def _copy_with_heartbeats(event: on.Event, unit: View) -> Iterable[on.Event]:
    """Take every second heartbeat for a call to copy."""
    match event:
        case on.Heard(rank, say.Heartbeat(seq=seq)) if seq % 2 == 0 and unit.phase.follows:
            return [event, on.Heard(rank, say.SyncNow((Sync.CONFIG,)))]
    return [event]


UNITS = (
    WrongUnit(
        "takes-over-with-a-dead-sync",
        ("HA-061",),
        "Takes a failed synchronization for the failure of its primary.",
        (Reaction(_take_over),),
    ),
    WrongUnit(
        "sticks-to-a-dead-port",
        ("HA-061",),
        "Tries a synchronization that failed again over the same link only.",
        (Events(_blame_no_link),),
    ),
    WrongUnit(
        "distrusts-for-ever",
        ("HA-062",),
        "Never uses a link again on which a synchronization has failed once.",
        (leaving_out(lambda effect, _: isinstance(effect, do.StartTimer) and effect.name.startswith("trust:")),),
    ),
    WrongUnit(
        "copies-data-with-each-change",
        ("HA-404",),
        "Copies all mail data whenever a setting is changed.",
        (changing(_ask_for_both),),
    ),
    WrongUnit(
        "copies-without-pause",
        ("HA-060",),
        "Copies its primary's configuration with every second heartbeat.",
        (Events(_copy_with_heartbeats),),
    ),
)
