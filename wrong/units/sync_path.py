"""Units that are wrong about which link synchronization uses, and when it copies what."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Port, Rank, Sync
from node.engine.roles.leading import give_role
from node.engine.state import ConfigOnly, Following, Leading, State
from node.engine.states import Phase, Trigger
from node.engine.timers import LinkSilent, Periodic, Retry, Trusted, Wait
from node.engine.turn import News, PeerHeard, Rules, Turn
from wrong.common import Take, changing, ignoring, in_role, leaving_out, never, waiting
from wrong.record import (
    Decision,
    Effects,
    Events,
    Exchanging,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembering,
    WrongUnit,
)
from wrong.units.dialects import speaking

NOTICE = "copy"
"""The reason with which a unit asks for the role when it means that its peer is to copy."""


def _tell_as_heartbeat(message: say.Message) -> say.Message:
    """Say on the heartbeat port what belongs to that of synchronization control."""
    return say.AskRole(" ".join((NOTICE, *message.what)), 0, 0, 0, 0) if isinstance(message, say.SyncNow) else message


def _read_as_heartbeat(message: say.Message) -> say.Message:
    match message:
        case say.AskRole(reason) if reason.startswith(NOTICE):
            return say.SyncNow(tuple(map(Sync, reason.split()[1:])))
    return message


SWAPPED = {Port.CONFIG_SYNC: Port.DATA_SYNC, Port.DATA_SYNC: Port.CONFIG_SYNC}


def _dial_the_other(connection: Callable[..., object]) -> Callable[..., object]:
    return lambda links, rank, port: connection(links, rank, SWAPPED[port])


def _serve_the_other(serve: Callable[..., object]) -> Callable[..., object]:
    return lambda caller, source: serve(dataclasses.replace(caller, port=SWAPPED[caller.port]), source)


def _take_over(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    done = react(event)
    if isinstance(event, on.SyncFinished) and not event.ok and unit.phase is Phase.SECONDARY:
        done += react(on.TimerFired(Wait.SILENCE))
    return done


@dataclass(slots=True)
class Past:
    """What has happened since the unit started: a hold-off, the return of a lost primary link."""

    held_off: bool = False
    lost: bool = False
    returned: bool = False


def _minding(past: Past) -> Reaction:
    def note(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        heard = bool(unit.group.links.alive.get(Rank.PRIMARY))
        done = react(event)
        alive = bool(unit.group.links.alive.get(Rank.PRIMARY))
        past.held_off = past.held_off or unit.phase is Phase.HOLD_OFF
        past.lost = past.lost or (heard and not alive)
        past.returned = past.returned or (past.lost and alive)
        return done

    return Reaction(note)


def _copy_settings_over_the_other_link(past: Past) -> tuple[Plain, ...]:
    def use(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        copies = isinstance(effect, do.StartSync) and effect.what is Sync.CONFIG and past.held_off
        if copies and unit.group.links.alive.get(Rank.SECONDARY):
            return [do.StartSync(Sync.CONFIG, Rank.SECONDARY)]
        return [effect]

    return Effects(use), _minding(past)


def _primary_link_only(what: Callable[[do.Effect], bool], when: Callable[[Past, State], bool]) -> Remembering[Past]:
    """Use the primary link, be it dead or alive."""

    def substitutions(past: Past) -> tuple[Plain, ...]:
        def use(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
            links = unit.settings.links
            if isinstance(effect, do.StartSync | do.HandOverQueue) and what(effect) and when(past, unit) and links:
                return [dataclasses.replace(effect, rank=links[0].rank)]
            return [effect]

        return Effects(use), _minding(past)

    return Remembering(Past, substitutions)


def _copies_data(effect: do.Effect) -> bool:
    return isinstance(effect, do.StartSync) and effect.what is Sync.DATA


def _hands_over(effect: do.Effect) -> bool:
    return isinstance(effect, do.HandOverQueue)


def _hand_over_on_the_other_link(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
    works = isinstance(effect, do.HandOverQueue) and unit.group.links.alive.get(Rank.SECONDARY)
    return [do.HandOverQueue(Rank.SECONDARY)] if works else [effect]


def _blame_no_link(event: on.Event, _: State) -> Iterable[on.Event]:
    """Never blame a link, and never send a notice again."""
    if isinstance(event, on.NoticeLost):
        return []
    return [dataclasses.replace(event, link_failed=False) if isinstance(event, on.SyncFinished) else event]


def _bear_a_grudge(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Avoid a link also when it was lost meanwhile, and is back."""
    avoided = set(unit.group.links.distrusted)
    done = react(event)
    if isinstance(event, on.TimerFired) and isinstance(event.timer, LinkSilent):
        unit.group.links.distrusted |= avoided
    return done


def _ask_for_both(effect: do.Effect, _: State) -> do.Effect:
    match effect:
        case do.Send(rank, say.SyncNow()):
            return do.Send(rank, say.SyncNow((Sync.CONFIG, Sync.DATA)))
    return effect


def _copy_with_heartbeats(event: on.Event, unit: State) -> Iterable[on.Event]:
    """Treat every second heartbeat as a request to copy."""
    match event:
        case on.Heard(rank, say.Heartbeat(seq=seq)) if seq % 2 == 0 and unit.phase.follows:
            return [event, on.Heard(rank, say.SyncNow((Sync.CONFIG,)))]
    return [event]


def _give_up(take: Take, turn: Turn, me: Leading, news: News) -> None:
    take(turn, me, news)
    if isinstance(news, on.NoticeLost):
        give_role(turn, Trigger.YIELD, "secondary lost")


def _let_it_rest(rules: Rules) -> Rules:
    """Copy nothing while the link that was used last is lost."""

    def may_copy(unit: State) -> bool:
        links, plan = unit.group.links, unit.role.syncs if isinstance(unit.role, Following | ConfigOnly) else None
        lost = plan is not None and plan.rank is not None and not links.alive.get(plan.rank)
        return not lost and rules.may_copy(unit)

    return dataclasses.replace(rules, may_copy=may_copy)


def _tries_again(effect: do.Effect, unit: State) -> bool:
    """Whether a secondary plans to repeat a synchronization of the configuration."""
    repeats = isinstance(effect, do.StartTimer) and effect.timer == Retry(Sync.CONFIG)
    return repeats and unit.phase is Phase.SECONDARY


def _lose_heart(take: Take, turn: Turn, me: Following, news: News) -> None:
    busy = me.syncs.running is not None and turn.unit.phase is Phase.SECONDARY
    if not (busy and isinstance(news, PeerHeard)):
        take(turn, me, news)


def _untold_for_ever(react: React, event: on.Event, _: State) -> list[do.Effect]:
    effects = react(event)
    if not isinstance(event, on.Heard):
        return effects
    return [each for each in effects if not (isinstance(each, do.Send) and isinstance(each.message, say.SyncNow))]


def _wait_for_a_heartbeat(take: Take, turn: Turn, me: Following, news: News) -> None:
    match news:
        case on.Heard(message=say.SyncNow(what)):
            me.syncs.want(*(each for each in what if each is Sync.CONFIG or turn.unit.settings.mail_data_sync))
        case _:
            take(turn, me, news)


def _distrust_both(event: on.Event, _: State) -> list[on.Event]:
    """Treat the other link as one that has lately not carried synchronization either."""
    match event:
        case on.SyncFinished(link_failed=True):
            return [*(on.NoticeLost(rank, say.SyncNow(())) for rank in Rank), event]
        case on.NoticeLost(rank):
            return [*(on.NoticeLost(each, say.SyncNow(())) for each in Rank if each is not rank), event]
    return [event]


UNITS = (
    WrongUnit(
        "tries-the-other-link-later",
        ("HA-350.a",),
        "Waits before it tries a synchronization over the other link that the first one did not carry.",
        (Events(_distrust_both),),
    ),
    WrongUnit(
        "takes-over-with-a-dead-sync",
        ("HA-061.c",),
        "Treats a failed synchronization as the failure of its primary.",
        (Reaction(_take_over),),
    ),
    WrongUnit(
        "sticks-to-a-dead-port",
        ("HA-061.b",),
        "Repeats a failed synchronization over the same link only.",
        (Events(_blame_no_link),),
    ),
    WrongUnit(
        "copies-data-over-the-primary-link-once-restarted",
        ("HA-061.b",),
        "Once it has restarted it copies mail data over the primary link only.",
        (_primary_link_only(_copies_data, lambda _, unit: unit.memory.boot > 1),),
    ),
    WrongUnit(
        "copies-data-over-the-primary-link-after-a-hold-off",
        ("HA-061.b",),
        "After a hold-off it copies mail data over the primary link only.",
        (_primary_link_only(_copies_data, lambda past, _: past.held_off),),
    ),
    WrongUnit(
        "copies-settings-over-the-secondary-link-after-a-hold-off",
        ("HA-060.b",),
        "After a hold-off it copies settings over the secondary link while that works.",
        (Remembering(Past, _copy_settings_over_the_other_link),),
    ),
    WrongUnit(
        "copies-data-over-a-primary-link-that-was-back",
        ("HA-061.b",),
        "Copies mail data over the primary link only, once that link has been lost and back.",
        (_primary_link_only(_copies_data, lambda past, _: past.returned),),
    ),
    WrongUnit(
        "hands-over-on-the-secondary-link",
        ("HA-060.b",),
        "Hands its queue over on the secondary link while that works.",
        (Effects(_hand_over_on_the_other_link),),
    ),
    WrongUnit(
        "hands-over-on-the-primary-link-once-restarted",
        ("HA-061.b",),
        "Once it has restarted it hands its queue over on the primary link only.",
        (_primary_link_only(_hands_over, lambda _, unit: unit.memory.boot > 1),),
    ),
    WrongUnit(
        "distrusts-for-ever",
        ("HA-062",),
        "Never again uses a link on which a synchronization has failed.",
        (leaving_out(lambda effect, _: isinstance(effect, do.StartTimer) and isinstance(effect.timer, Trusted)),),
    ),
    WrongUnit(
        "distrusts-a-link-that-is-back",
        ("HA-062",),
        "Avoids a link on which a synchronization has failed for half a minute, also when it was lost and is back.",
        (Reaction(_bear_a_grudge),),
    ),
    WrongUnit(
        "copies-data-with-each-change",
        ("HA-051.b",),
        "Copies all mail data whenever a setting is changed.",
        (changing(_ask_for_both),),
    ),
    WrongUnit(
        "notifies-on-the-heartbeat-port",
        ("HA-054.c",),
        "Tells its secondary on the heartbeat port to copy, and leaves the port of synchronization control unused.",
        speaking(_tell_as_heartbeat, _read_as_heartbeat),
    ),
    WrongUnit(
        "swaps-the-ports-of-synchronization",
        ("HA-054.d", "HA-054.e"),
        "Copies mail data over the port of configuration synchronization, and the reverse.",
        (
            Exchanging(lambda exchange: dataclasses.replace(exchange, port=lambda what: SWAPPED[exchange.port(what)])),
            OnLinux("node.linux.sync", "connection", _dial_the_other),
            OnLinux("node.linux.queue", "connection", _dial_the_other),
            OnLinux("node.linux.sync", "serve", _serve_the_other),
        ),
    ),
    WrongUnit(
        "copies-without-pause",
        ("HA-051.a", "HA-054.b"),
        "Copies its primary's configuration with every second heartbeat.",
        (Events(_copy_with_heartbeats),),
    ),
    WrongUnit(
        "gives-up-with-a-dead-notice",
        ("HA-061.c",),
        "As a primary, gives its role up when it cannot tell its secondary to synchronize.",
        (in_role(Leading, _give_up),),
    ),
    WrongUnit(
        "tells-once-only",
        ("HA-354.a", "HA-409"),
        "Accepts an order to synchronize, and forgets it when no link lets the secondary know of it.",
        (ignoring(lambda event, _: isinstance(event, on.NoticeLost)),),
    ),
    WrongUnit(
        "forgets-what-was-running",
        ("HA-061.b",),
        "Does not repeat a synchronization that ran over a link when the link was lost.",
        (Decision(_let_it_rest),),
    ),
    WrongUnit(
        "loses-heart-in-syncs",
        ("HA-101",),
        "Hears no heartbeat while a synchronization runs.",
        (in_role(Following, _lose_heart),),
    ),
    WrongUnit(
        "waits-for-an-operator",
        ("HA-353.b",),
        "As a secondary, does not repeat a synchronization of the configuration that failed.",
        (leaving_out(_tries_again),),
    ),
    WrongUnit(
        "forgets-whom-it-could-not-tell",
        ("HA-350.a", "HA-350.b", "HA-378"),
        "Tells nobody later of a change that was made while its peer was not heard.",
        (Reaction(_untold_for_ever),),
    ),
    WrongUnit(
        "copies-with-the-next-heartbeat",
        ("HA-409",),
        "Starts to copy when it hears the next heartbeat, and not when its primary tells it to.",
        (in_role(Following, _wait_for_a_heartbeat),),
    ),
    WrongUnit(
        "gives-mail-data-up",
        ("HA-353.b",),
        "Does not repeat a synchronization of mail data that failed.",
        (leaving_out(lambda effect, _: isinstance(effect, do.StartTimer) and effect.timer == Retry(Sync.DATA)),),
    ),
    WrongUnit(
        "copies-each-half-hour",
        ("HA-402",),
        "Copies mail data by itself each half hour only.",
        (waiting(Periodic(Sync.DATA), 1800.0),),
    ),
    WrongUnit(
        "ends-its-copy-as-a-primary",
        ("HA-702.a",),
        "Goes on with a copy that was under way when it took over, and takes it.",
        (never(do.CancelSync),),
    ),
)
