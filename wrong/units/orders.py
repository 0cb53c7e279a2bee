"""Units whose orders and jobs never end: accepted and forgotten, requested for ever, or cancelled and still awaited."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Mode, Sync
from node.engine.reference import RULES
from node.engine.roles.leading import give_role
from node.engine.state import Claim, Following, HoldingOff, Leading, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.timing import OFFER_LIMIT, ORDER_LIMIT
from node.engine.turn import Conduct, News, Rules, Turn
from wrong.common import Take, changing, heeding_no_bounds, ignoring, in_role, leaving_out, logging_no
from wrong.record import Decision, Effects, InRole, Plain, Remembered, Remembering, WrongUnit

_UNSETTLED = {Phase.JOINING, Phase.FIRST_SYNC, Phase.FIRST_SYNC_FAILED}


@dataclass(slots=True)
class Dropped:
    """The synchronization that ran when the unit entered hold-off: cancelled, and still awaited afterwards."""

    running: Sync | None = None


def _awaits(memory: Dropped) -> tuple[Plain, ...]:
    def change(conduct: Conduct) -> Conduct:
        def leave(turn: Turn, me: Following, to: Phase) -> None:
            memory.running = me.syncs.running if to is Phase.HOLD_OFF else None
            conduct.leave(turn, me, to)

        def enter(turn: Turn, me: Following, came_from: Phase) -> None:
            if came_from is Phase.HOLD_OFF:
                me.syncs.running = memory.running
            conduct.enter(turn, me, came_from)

        return dataclasses.replace(conduct, leave=leave, enter=enter)

    return (InRole(Following, change),)


def _loses_restore(event: on.Event, unit: State) -> bool:
    restores = event == on.Ordered(Command.RESTORE)
    return restores and unit.phase in _UNSETTLED and unit.settings.mode is Mode.PRIMARY


def _loses_restore_in_hold_off(event: on.Event, unit: State) -> bool:
    restores = event == on.Ordered(Command.RESTORE)
    return restores and unit.phase is Phase.HOLD_OFF and unit.settings.mode is Mode.PRIMARY


def _asks_for_ever(take: Take, turn: Turn, me: Following, news: News) -> None:
    if news != on.TimerFired(Wait.ORDER):
        take(turn, me, news)


def _gives_up_in_words(take: Take, turn: Turn, me: Following, news: News) -> None:
    claim = me.claim
    take(turn, me, news)
    if news == on.TimerFired(Wait.ORDER):
        me.claim = claim


def _takes_an_offer_early(take: Take, turn: Turn, me: Following, news: News) -> None:
    match news:
        case on.Heard(message=say.OfferRole(reason)) if me.claim is None and turn.unit.phase in _UNSETTLED:
            me.claim = Claim(reason)
    take(turn, me, news)


def _asks_late_for_an_offer(take: Take, turn: Turn, me: Following, news: News) -> None:
    take(turn, me, news)
    if me.claim is not None and me.claim.limit == OFFER_LIMIT:
        me.claim = dataclasses.replace(me.claim, limit=ORDER_LIMIT)
        turn.start(Wait.ORDER, ORDER_LIMIT)


def _keeps_an_offer(take: Take, turn: Turn, me: Following, news: News) -> None:
    claim = me.claim
    take(turn, me, news)
    if isinstance(turn.unit.role, HoldingOff) and claim is not None and not claim.asking:
        turn.unit.role.claim = claim


def _goes_back_late(take: Take, turn: Turn, me: Leading, news: News) -> None:
    if news != on.TimerFired(Wait.OFFER):
        take(turn, me, news)


def _gives_unasked(take: Take, turn: Turn, me: Leading, news: News) -> None:
    if news == on.TimerFired(Wait.OFFER):
        give_role(turn, Trigger.YIELD, me.offering)
    else:
        take(turn, me, news)


def _loses_restore_as_it_starts(event: on.Event, unit: State) -> bool:
    return event == on.Ordered(Command.RESTORE) and unit.phase is Phase.JOINING


def _announces_last(effect: do.Effect, unit: State) -> list[do.Effect]:
    if isinstance(effect, do.Restart) and unit.phase is Phase.PRIMARY:
        return [*(do.Announce(each.interface, each.address) for each in unit.settings.addresses), effect]
    return [effect]


def _to_anybody(unit: State, command: Command) -> str:
    failover = command is Command.FAILOVER and unit.phase is Phase.PRIMARY and unit.group.peer is not None
    return "" if failover else RULES.refuses(unit, command)


def _at_once(effect: do.Effect, unit: State) -> list[do.Effect]:
    if isinstance(effect, do.StartTimer) and effect.timer is Wait.ANNOUNCE:
        return [do.Announce(each.interface, each.address) for each in unit.settings.addresses]
    return [effect]


def _is_a_late_request(event: on.Event, unit: State) -> bool:
    match event:
        case on.Heard(_, say.AskRole(heard_seq=heard)):
            return heard < unit.heartbeats - 1
    return False


def _remember_what_is_given_up(take: Take, turn: Turn, me: Following, news: News) -> None:
    take(turn, me, news)
    if news == on.TimerFired(Wait.ORDER):
        turn.remember(reclaiming=True, ordered=True)


def _forget_orders(memory: on.Memory) -> on.Memory:
    return dataclasses.replace(memory, reclaiming=memory.reclaiming and not memory.ordered)


def _to_nobody(rules: Rules) -> Rules:
    """Accept a synchronization that has nobody to copy from, or to be told of it."""

    def refuses(unit: State, command: Command) -> str:
        return "" if command is Command.SYNC and unit.phase is not Phase.STANDALONE else rules.refuses(unit, command)

    return dataclasses.replace(rules, refuses=refuses)


def _give_for_ever(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Repeat that the role is the peer's, also when the peer leads."""
    giving = me.giving
    take(turn, me, news)
    me.giving = me.giving or giving


def _write_no_restore(effect: do.Effect, unit: State) -> bool:
    return isinstance(effect, do.Persist) and effect.memory.reclaiming and unit.phase is Phase.JOINING


def _write_an_own_claim(effect: do.Effect, unit: State) -> do.Effect:
    if isinstance(effect, do.Persist) and unit.phase is Phase.JOINING:
        return do.Persist(dataclasses.replace(effect.memory, ordered=False))
    return effect


def _restored_with_a_peer_only(rules: Rules) -> Rules:
    """Refuse a restore while no peer is heard, also where it changes nothing."""

    def refuses(unit: State, command: Command) -> str:
        alone = command is Command.RESTORE and unit.phase is Phase.PRIMARY and unit.group.peer is None
        return "the peer unit is not heard" if alone else rules.refuses(unit, command)

    return dataclasses.replace(rules, refuses=refuses)


UNITS = (
    WrongUnit(
        "awaits-what-was-dropped",
        ("HA-350.a", "HA-353.a", "HA-354.b", "HA-524.a", "HA-528.b"),
        "Waits for ever, after a hold-off, for the synchronization that the hold-off has interrupted.",
        (Remembering(Dropped, _awaits),),
    ),
    WrongUnit(
        "forgets-a-restore-while-it-joins",
        ("HA-572",),
        "Accepts a restore while it enters the group, and never carries it out.",
        (ignoring(_loses_restore),),
    ),
    WrongUnit(
        "forgets-a-restore-while-it-starts",
        ("HA-572",),
        "Accepts a restore while it looks for its peer, and never carries it out nor gives it up.",
        (ignoring(_loses_restore_as_it_starts),),
    ),
    WrongUnit(
        "forgets-a-restore-in-hold-off",
        ("HA-572",),
        "Accepts a restore in hold-off, when its peer is not to be primary again, and never carries it out.",
        (ignoring(_loses_restore_in_hold_off),),
    ),
    WrongUnit(
        "asks-for-ever",
        ("HA-572", "HA-580"),
        "Asks its peer for the role until it gets it, however long ago the operator's order was.",
        (in_role(Following, _asks_for_ever),),
    ),
    WrongUnit(
        "gives-up-in-words-only",
        ("HA-572", "HA-580"),
        "Says that it has given an order up, but keeps asking for the role.",
        (in_role(Following, _gives_up_in_words),),
    ),
    WrongUnit(
        "asks-once-more-when-it-thaws",
        ("HA-580",),
        "Asks for the role once more when it goes on after it stood still, though its order has run out meanwhile.",
        (Decision(heeding_no_bounds),),
    ),
    WrongUnit(
        "gives-its-role-when-it-thaws",
        ("HA-703",),
        "Gives the role that it has offered however late it comes to that, because it stood still meanwhile.",
        (in_role(Leading, _gives_unasked),),
    ),
    WrongUnit(
        "goes-back-whenever-it-meets-its-peer",
        ("HA-703",),
        "Leads alone after a restore that it was given while it joined, and offers its role however late a peer comes.",
        (in_role(Leading, _goes_back_late),),
    ),
    WrongUnit(
        "takes-an-offer-while-it-enters",
        ("HA-572",),
        "Takes a role that it is offered before it follows in full, and asks for it whenever it does so at last.",
        (in_role(Following, _takes_an_offer_early),),
    ),
    WrongUnit(
        "asks-for-what-is-offered-no-longer",
        ("HA-572",),
        "Goes on asking for a role that it was offered when its peer has given that up.",
        (in_role(Following, _asks_late_for_an_offer),),
    ),
    WrongUnit(
        "keeps-an-offer-through-hold-off",
        ("HA-572",),
        "Asks for a role that it was offered before a restart of its peer, however long that lasts.",
        (in_role(Following, _keeps_an_offer),),
    ),
    WrongUnit(
        "drops-an-order-in-silence",
        ("HA-580",),
        "Says nothing when a restart of its peer puts an end to an order that it has accepted.",
        (logging_no("MASTER restarts"),),
    ),
    WrongUnit(
        "fails-over-to-anybody",
        ("HA-378",),
        "On a forced failover gives its role also to a peer that has not yet copied the changes of this unit.",
        (Decision(lambda rules: dataclasses.replace(rules, refuses=_to_anybody)),),
    ),
    WrongUnit(
        "announces-what-it-gives-away",
        ("HA-113.c", "HA-164"),
        "Announces its addresses anew as soon as it hears its peer again, also when it gives them away at once.",
        (Effects(_at_once),),
    ),
    WrongUnit(
        "announces-while-it-goes-down",
        ("HA-113.c", "HA-163"),
        "Announces its addresses once more as it restarts, and gives them up by that.",
        (Effects(_announces_last),),
    ),
    WrongUnit(
        "hears-fresh-requests-only",
        ("HA-578.a", "HA-578.b"),
        "Gives its role away only to a peer that has heard one of its last two heartbeats; over slow links, to none.",
        (ignoring(_is_a_late_request),),
    ),
    WrongUnit(
        "asks-and-gives-once",
        ("HA-580",),
        "As a secondary, repeats no message by which the role moves: one that is lost moves nothing.",
        (InRole(Following, lambda conduct: dataclasses.replace(conduct, says=lambda _unit, _me: ())),),
    ),
    WrongUnit(
        "remembers-what-it-gave-up",
        ("HA-572",),
        "Carries an order out after its next restart, although it has given it up.",
        (in_role(Following, _remember_what_is_given_up),),
    ),
    WrongUnit(
        "forgets-an-order-by-a-restart",
        ("HA-572",),
        "Forgets an order that it has not carried out when it restarts.",
        (Remembered(_forget_orders),),
    ),
    WrongUnit(
        "accepts-a-synchronization-with-nobody",
        ("HA-570.a",),
        "Accepts the command sync when it hears no peer, and does nothing.",
        (Decision(_to_nobody),),
    ),
    WrongUnit(
        "gives-its-role-for-ever",
        ("HA-578.a",),
        "Goes on telling its peer to take the role when that leads, and so gets it back at once.",
        (in_role(Following, _give_for_ever),),
    ),
    WrongUnit(
        "offers-its-role-once",
        ("HA-572",),
        "Does not repeat the offer of its role: one that is lost moves nothing.",
        (InRole(Leading, lambda conduct: dataclasses.replace(conduct, says=lambda _unit, _me: ())),),
    ),
    WrongUnit(
        "writes-no-restore-down-while-it-joins",
        ("HA-572",),
        "Forgets a restore that it was given while it looked for its peer when it loses power then.",
        (leaving_out(_write_no_restore),),
    ),
    WrongUnit(
        "takes-a-restore-for-its-own-claim",
        ("HA-572",),
        "Never gives a restore up that it was given while it looked for its peer, and lost power then.",
        (changing(_write_an_own_claim),),
    ),
    WrongUnit(
        "is-restored-with-a-peer-only",
        ("HA-578.b",),
        "Refuses the command restore while it hears no peer, though it has its configured role.",
        (Decision(_restored_with_a_peer_only),),
    ),
)
