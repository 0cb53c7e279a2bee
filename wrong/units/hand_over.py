"""Units that are wrong about giving the role on an order, handing queued mail over, and copying in a split brain."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.roles.leading import give_role
from node.engine.state import Following, Leading, State, Stopped
from node.engine.states import Phase, Row, Trigger
from node.engine.timers import Retry, Wait
from node.engine.transition import move
from node.engine.turn import Conduct, News, PeerHeard, Rules, Turn
from wrong.common import (
    Take,
    changing,
    hearing_no,
    heeding_no_bounds,
    ignoring,
    in_role,
    leaving_out,
    logging_no,
    never,
    sending_no,
    waiting,
)
from wrong.record import Decision, Effects, Events, InRole, React, Reaction, Remembering, WrongUnit
from wrong.units.roles import deaf_to
from wrong.units.shared_addresses import lax


@dataclass(slots=True)
class Attempts:
    """Whether a hand-over was tried."""

    tried: bool = False


def copying_in_a_split(what: Sync) -> Reaction:
    """As one of two primaries, copy from the other."""

    def copy(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        done = react(event)
        rank = unit.group.links.for_sync()
        match event:
            case on.Heard(_, say.Heartbeat(effective=Effective.PRIMARY)) if (
                unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY and rank is not None
            ):
                done.append(do.StartSync(what, rank))
        return done

    return Reaction(copy)


def _hand_over_once(attempts: Attempts) -> tuple[Effects]:
    def once(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.HandOverQueue):
            tried, attempts.tried = attempts.tried, True
            return [] if tried else [effect]
        return [effect]

    return (Effects(once),)


def _deliver_itself(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    done = react(event)
    if isinstance(event, on.QueueHandedOver) and not event.ok and unit.phase is Phase.SECONDARY:
        done.append(do.StartMail())
    return done


def _guess_split(effect: do.Effect, _: State) -> do.Effect:
    match effect:
        case do.Alert(event) if "heartbeat disappeared" in event:
            return dataclasses.replace(effect, event="split brain suspected")
    return effect


def _work_in_hold_off(effect: do.Effect, _: State) -> Iterable[do.Effect]:
    begins = isinstance(effect, do.RoleChanged) and effect.new is Effective.HOLD_OFF
    return [effect, do.StartMail()] if begins else [effect]


def _never_yield(event: on.Event, unit: State) -> bool:
    """Whether a heartbeat reaches a configured secondary that leads."""
    heartbeat = isinstance(event, on.Heard) and isinstance(event.message, say.Heartbeat)
    return heartbeat and unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY


def _give_at_once(take: Take, turn: Turn, me: Leading, news: News) -> None:
    take(turn, me, news)
    if me.offering and turn.unit.role is me:
        give_role(turn, Trigger.YIELD, me.offering)


def _lets_off(rules: Rules) -> Rules:
    """Let a secondary be switched off."""
    off = Row(Phase.SWITCHED_OFF, "HA is off", "none: it is wrong")
    return dataclasses.replace(rules, table={**rules.table, (Phase.SECONDARY, Trigger.LATCH): off})


def _be_off_when_restored(take: Take, turn: Turn, me: Leading, news: News) -> None:
    """Go off as soon as the role is given to a primary that asks for it because of a restore."""
    take(turn, me, news)
    match news:
        case on.Heard(message=say.AskRole(reason)) if (
            "restored" in reason and turn.unit.settings.mode is Mode.SECONDARY
        ):
            move(turn, Trigger.LATCH, into=Stopped())


def _hand_over_on_the_primary_link(effect: do.Effect, _: State) -> do.Effect:
    return do.HandOverQueue(Rank.PRIMARY) if isinstance(effect, do.HandOverQueue) else effect


def _yield_to_older(take: Take, turn: Turn, me: Leading, news: News) -> None:
    take(turn, me, news)
    rival = isinstance(news, PeerHeard) and news.beat.effective is Effective.PRIMARY
    if rival and turn.unit.settings.mode is Mode.PRIMARY:
        move(turn, Trigger.ASKED, "an older primary")


HASTE = 8.0
"""Seconds in which a hasty unit must have copied all that its peer has."""

LAST = 5.0
"""Seconds in which a unit that has left the role ends what its mail service has begun."""


def _stop_mail_late(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Stop mail a while after the role was given away."""
    if event == on.TimerFired(Wait.PEER_SILENCE) and unit.phase is Phase.SECONDARY:
        return [do.StopMail()]
    led = unit.phase is Phase.PRIMARY
    done = react(event)
    if not (led and unit.phase is Phase.SECONDARY):
        return done
    return [*(each for each in done if each != do.StopMail()), do.StartTimer(Wait.PEER_SILENCE, LAST)]


def _copy_first(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Count nothing as copied that has failed."""
    if isinstance(news, on.SyncFinished) and not news.ok and me.claim is not None:
        me.syncs.running = None
        me.syncs.want(news.what)
        turn.start(Retry(news.what), 5.0)
        return
    take(turn, me, news)


def _refuse_nothing(rules: Rules) -> Rules:
    """Refuse no order in a group."""

    def refuses(unit: State, command: Command) -> str:
        return "" if unit.settings.mode.active_passive else rules.refuses(unit, command)

    return dataclasses.replace(rules, refuses=refuses)


def _begin_anew(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Begin the hand-over again with each heartbeat, until one ends before the next."""
    if isinstance(news, PeerHeard):
        me.queue_running = False
    take(turn, me, news)


def _hasten(conduct: Conduct) -> Conduct:
    """Take what the settings restore for an order that runs out soon."""

    def enter(turn: Turn, me: Following, came_from: Phase) -> None:
        if me.claim is not None and me.claim.lasting:
            me.claim = dataclasses.replace(me.claim, lasting=False, limit=HASTE)
        conduct.enter(turn, me, came_from)

    return dataclasses.replace(conduct, enter=enter)


UNITS = (
    WrongUnit(
        "gives-a-restore-up-while-it-copies",
        ("HA-572", "HA-574.b"),
        "Takes an offered role only when it has copied everything, and gives it up when that takes long.",
        (ignoring(lambda event, _: event == on.TimerFired(Wait.COPY)),),
    ),
    WrongUnit(
        "forgets-its-role-while-it-copies",
        ("HA-321",),
        "With restore-role, no longer takes its role back when it must copy for long before.",
        (InRole(Following, _hasten),),
    ),
    WrongUnit(
        "copies-for-ever",
        ("HA-574.b",),
        "Takes an offered role only after it has copied everything, however long that takes.",
        (
            in_role(Following, _copy_first),
            *(waiting(each, 3600.0) for each in (Wait.COPY, Wait.ORDER, Wait.OFFER)),
            Decision(heeding_no_bounds),
        ),
    ),
    WrongUnit(
        "clings-to-its-role",
        ("HA-321", "HA-580"),
        "Never gives its role to a unit that asks for it.",
        (hearing_no(say.AskRole),),
    ),
    WrongUnit(
        "keeps-its-queue",
        ("HA-333.a", "HA-420.c", "HA-421", "HA-426.b"),
        "Never hands its queued mail over.",
        (never(do.HandOverQueue),),
    ),
    WrongUnit(
        "takes-no-queue",
        ("HA-333.a", "HA-420.c"),
        "Takes no queued mail from its peer.",
        (Decision(lambda rules: dataclasses.replace(rules, refuses_queue=lambda _unit: "no")),),
    ),
    WrongUnit(
        "hands-over-with-data-only",
        ("HA-413", "HA-426.a"),
        "Hands its queued mail over only when mail-data-sync is enabled.",
        (leaving_out(lambda effect, unit: isinstance(effect, do.HandOverQueue) and not unit.settings.mail_data_sync),),
    ),
    WrongUnit(
        "hands-over-on-the-primary-link-only",
        ("HA-420.d",),
        "Does not hand its queue over while the primary heartbeat link is dead.",
        (changing(_hand_over_on_the_primary_link),),
    ),
    WrongUnit(
        "is-off-once-it-is-restored",
        ("HA-574.c",),
        "As a secondary that leads, gives its role on a restore and is off afterwards.",
        (Decision(_lets_off), in_role(Leading, _be_off_when_restored)),
    ),
    WrongUnit(
        "hands-over-once",
        ("HA-424",),
        "Does not try again when its queue could not be handed over.",
        (Remembering(Attempts, _hand_over_once),),
    ),
    WrongUnit(
        "copies-data-in-a-split",
        ("HA-702.b",),
        "As one of two primaries copies the other's mail data.",
        (copying_in_a_split(Sync.DATA),),
    ),
    WrongUnit(
        "copies-configuration-in-a-split",
        ("HA-702.a",),
        "As one of two primaries copies the other's configuration.",
        (copying_in_a_split(Sync.CONFIG),),
    ),
    WrongUnit(
        "hides-requests",
        ("HA-574.a", "HA-705"),
        "Does not log that its peer asked it for anything.",
        (logging_no(" ask"),),
    ),
    WrongUnit(
        "guesses-a-split",
        ("HA-708.a",),
        "Reports each takeover as a split brain.",
        (changing(_guess_split),),
    ),
    WrongUnit(
        "knows-no-commands",
        ("HA-578.a", "HA-578.b", "HA-578.c"),
        "Refuses every order of an operator.",
        (
            Decision(
                lambda rules: dataclasses.replace(rules, refuses=lambda _unit, command: f"{command.value} is not known")
            ),
        ),
    ),
    WrongUnit(
        "moves-on-restore",
        ("HA-574.b", "HA-578.b"),
        "Swaps the roles on a restore, also when they are already as configured.",
        (Events(lambda event, _: [on.Ordered(Command.FAILOVER) if event == on.Ordered(Command.RESTORE) else event]),),
    ),
    WrongUnit(
        "ignores-restarts",
        ("HA-576", "HA-577"),
        "Does nothing when an operator restarts HA.",
        (deaf_to(Command.RESTART),),
    ),
    WrongUnit(
        "ends-what-its-mail-has-begun",
        ("HA-425.a", "HA-425.b"),
        "Stops its mail service only some seconds after it has given its role away, and ends what is under way.",
        (Reaction(_stop_mail_late),),
    ),
    WrongUnit(
        "works-in-hold-off",
        ("HA-526.a",),
        "Takes mail while it holds off.",
        (Effects(_work_in_hold_off),),
    ),
    WrongUnit(
        "forgets-its-peer-after-a-takeover",
        ("HA-704.a",),
        "Never becomes secondary again once it has taken over.",
        (ignoring(_never_yield),),
    ),
    WrongUnit(
        "gives-the-role-before-copying",
        ("HA-574.d",),
        "On a restore gives its role up at once, before the last changes are copied.",
        (sending_no(say.OfferRole), in_role(Leading, _give_at_once)),
    ),
    WrongUnit(
        "yields-to-an-older-primary",
        ("HA-703",),
        "Gives its role up without an order when it hears a silent primary again, unless its links were cut.",
        (in_role(Leading, _yield_to_older),),
    ),
    WrongUnit(
        "refuses-nothing",
        ("HA-003.a", "HA-116"),
        "Carries out every order, also one that leaves the group without a primary.",
        (Decision(_refuse_nothing), lax(r"diagnose system ha (failover|restore|sync|restart)$")),
    ),
    WrongUnit(
        "delivers-what-it-cannot-hand-over",
        ("HA-022.c",),
        "As a secondary, starts its mail service when its queue could not be handed over.",
        (Reaction(_deliver_itself),),
    ),
    WrongUnit(
        "begins-its-queue-anew",
        ("HA-420.c", "HA-424"),
        "Begins to hand its queue over again each time that it hears its primary, however far it has come.",
        (in_role(Following, _begin_anew),),
    ),
)
