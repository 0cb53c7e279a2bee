"""Units that take what is old for news: commands that come late, and time in which they stood still."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import events as on
from node.engine import messages as say
from node.engine.state import NEVER, Following, HoldingOff, Joining, Leading, State
from node.engine.timers import Wait
from node.engine.turn import News, StoodStill, Turn
from wrong.common import Take, in_role, taking_for_awake
from wrong.record import Decision, Events, WrongUnit


def _take_for_latest(event: on.Event, unit: State) -> Iterable[on.Event]:
    """Treat a hold-off from before the peer's last start as one that it has just sent."""
    group = unit.group
    match event:
        case on.Heard(rank, say.HoldOff(boot) as message) if group.peer is not None and group.is_past(boot):
            return [on.Heard(rank, dataclasses.replace(message, boot=group.peer.boot))]
    return [event]


def _hold_off_again(take: Take, turn: Turn, me: Following, news: News) -> None:
    if isinstance(news, on.Heard) and isinstance(news.message, say.HoldOff):
        turn.unit.held_off_by = 0
    take(turn, me, news)


def _take_for_new(event: on.Event, unit: State) -> Iterable[on.Event]:
    """Treat a message that moves the role as newer than the last heartbeat."""
    peer = unit.group.peer
    match event:
        case on.Heard(rank, say.AskRole() | say.OfferRole() | say.GiveRole() as message) if peer is not None:
            return [on.Heard(rank, dataclasses.replace(message, boot=peer.boot, seq=peer.seq))]
    return [event]


def _take_as_meant_for_now(event: on.Event, unit: State) -> Iterable[on.Event]:
    """Treat a request for the role as one that was made in the present lead."""
    match event:
        case on.Heard(rank, say.AskRole() as message):
            heard = dataclasses.replace(message, heard_boot=unit.memory.boot, heard_seq=unit.heartbeats + 1)
            return [on.Heard(rank, heard)]
    return [event]


def _wakes_in_silence(take: Take, turn: Turn, me: Leading, news: News) -> None:
    if not isinstance(news, StoodStill):
        take(turn, me, news)


def _miss_the_failure(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Never notice that the primary is silent since this unit stood still."""
    if news != on.TimerFired(Wait.SILENCE) or me.primary_heard_at > turn.unit.awake_since:
        take(turn, me, news)


def _take_an_old_offer(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Heed an offer of the role at once after this unit stood still, which is from before."""
    if isinstance(news, on.Heard) and isinstance(news.message, say.OfferRole):
        turn.unit.awake_since = NEVER
    take(turn, me, news)


UNITS = (
    WrongUnit(
        "believes-old-commands",
        ("HA-009", "HA-101"),
        "Follows a command that reached it while it stood still, however old that is.",
        (
            Events(_take_for_new),
            Decision(lambda rules: dataclasses.replace(rules, has_just_woken=lambda _unit: False)),
        ),
    ),
    WrongUnit(
        "grants-a-request-twice",
        ("HA-580",),
        "Gives its role away on a late repetition of a request that it has granted before, and has led again since.",
        (Events(_take_as_meant_for_now),),
    ),
    WrongUnit(
        "holds-off-twice",
        ("HA-524.a",),
        "Follows a hold-off command again that comes late over the slower link.",
        (Events(_take_for_latest), in_role(Following, _hold_off_again)),
    ),
    WrongUnit(
        "announces-nothing-when-it-thaws",
        ("HA-113.c", "HA-164"),
        "Leads on after it stood still without announcing its addresses, which others may have answered for meanwhile.",
        (in_role(Leading, _wakes_in_silence),),
    ),
    WrongUnit(
        "takes-its-own-standstill-for-a-loss",
        ("HA-117.a",),
        "As primary, reports the loss of its secondary when it goes on after it stood still itself.",
        (in_role(Leading, taking_for_awake(Wait.PEER_SILENCE)),),
    ),
    WrongUnit(
        "leads-alone-when-it-thaws",
        ("HA-024.c",),
        "Leads when it goes on after it stood still in its search for a peer, without looking for one again.",
        (in_role(Joining, taking_for_awake(Wait.JOIN)),),
    ),
    WrongUnit(
        "takes-over-when-it-thaws-in-hold-off",
        ("HA-523", "HA-524.a"),
        "Leads when it goes on after it stood still for the rest of its hold-off, though its peer may be back.",
        (in_role(HoldingOff, taking_for_awake(Wait.HOLD_OFF)),),
    ),
    WrongUnit(
        "misses-a-failure-while-it-stood-still",
        ("HA-101",),
        "Does not take over from a primary that has failed while this unit stood still.",
        (in_role(Following, _miss_the_failure),),
    ),
    WrongUnit(
        "takes-an-old-offer-when-it-thaws",
        ("HA-580",),
        "Asks for the role when it goes on after it stood still, because it was offered that before.",
        (in_role(Following, _take_an_old_offer),),
    ),
)
