"""Following: a unit that has a primary copies from it, hands its queue to it, and waits for its silence."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine import syncing
from node.engine.modes import Command, Effective, Mode, Sync
from node.engine.state import Claim, Following, HoldingOff, Leading, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Periodic, Retry, Wait
from node.engine.timing import (
    COPY_LIMIT,
    DEFERENCE,
    NO_LONGER_HEARD,
    OFFER_LIMIT,
    QUEUE_PERIOD,
    RETRY,
)
from node.engine.transition import move
from node.engine.turn import Conduct, LinkLost, News, PeerHeard, Readjusted, Turn


def _enter(turn: Turn, me: Following, came_from: Phase) -> None:
    """Begin a stage: the first synchronization, its failure, or life as settled secondary. Source: HA-024, HA-350."""
    unit = turn.unit
    begins = not came_from.follows
    if begins:
        me.primary_heard_at = unit.now
        me.syncs.want(Sync.CONFIG)
        _limit_order(turn, me)
    if unit.phase is Phase.SECONDARY:
        turn.stop(*map(Retry, Sync))
        me.syncs.want(*([Sync.DATA] if unit.settings.mail_data_sync else []))
        for what in Sync:
            syncing.schedule(turn, what)
    _await_silence(turn, me)
    syncing.start(turn, me.syncs)
    _hand_queue_over(turn, me)


def _leave(turn: Turn, me: Following, _to: Phase) -> None:
    syncing.cancel(turn, me.syncs)
    if me.queue_running:
        turn.do(do.CancelHandOver())


def _take(turn: Turn, me: Following, news: News) -> None:
    match news:
        case PeerHeard(beat=beat):
            _peer_heard(turn, me, beat)
        case on.Heard(message=message):
            _message_heard(turn, me, message)
        case on.TimerFired(timer):
            _timer_fired(turn, me, timer)
        case on.Ordered(command):
            _ordered(turn, me, command)
        case on.SyncFinished():
            _sync_finished(turn, me, news)
        case on.QueueHandedOver():
            _queue_handed_over(turn, me, news)
        case LinkLost(rank):
            syncing.link_lost(turn, me.syncs, rank)
        case Readjusted(old) if old.lost_threshold != turn.unit.settings.lost_threshold:
            _await_silence(turn, me)  # a silence that has begun already is measured by the new span: HA-104
        case _:
            pass


def _says(unit: State, me: Following) -> Iterator[say.Message]:
    if unit.phase is Phase.SECONDARY:
        if me.claim is not None and me.claim.asking:
            yield say.AskRole(me.claim.reason, *unit.last_heartbeats)
        if me.giving:
            yield say.GiveRole(me.giving, *unit.last_heartbeats)


def _peer_heard(turn: Turn, me: Following, beat: say.Heartbeat) -> None:
    if beat.effective is Effective.PRIMARY:
        me.primary_heard_at = turn.unit.now
        me.giving = ""
        _await_silence(turn, me)
        syncing.start(turn, me.syncs)
        _hand_queue_over(turn, me)
    elif me.claim is not None and me.claim.asking and beat.effective is Effective.SECONDARY:
        move(turn, Trigger.GIVEN, me.claim.reason)


def _message_heard(turn: Turn, me: Following, message: say.Message) -> None:
    unit = turn.unit
    match message:
        # The same command again, over the slower link, is about a restart that may be over.
        case say.HoldOff(boot) if boot != unit.held_off_by:
            unit.held_off_by = boot
            if turn.runs(Wait.ORDER):
                _give_order_up(turn, me, "MASTER restarts")
            claim = None if me.claim is None else dataclasses.replace(me.claim, asking=False)
            move(turn, Trigger.HOLD_OFF, into=HoldingOff(claim, synchronized=unit.phase is Phase.SECONDARY))
            turn.send(say.HoldOffHeard(boot))
        case say.GiveRole(reason) if not turn.rules.has_just_woken(unit):
            move(turn, Trigger.GIVEN, reason, into=Leading(given_at=unit.now))
        case say.AskRole(reason) if not turn.rules.has_just_woken(unit):
            # Nobody leads: who asks may.
            if unit.phase is Phase.SECONDARY and not unit.group.peer_leads:
                turn.send(say.GiveRole(reason, *unit.last_heartbeats))
        case say.OfferRole(reason) if me.claim is None and unit.phase is Phase.SECONDARY:
            # Copy what the leading peer has, for a few seconds at most, then ask for the role. Source: HA-574
            me.claim = Claim(reason, limit=OFFER_LIMIT)
            turn.start(Wait.COPY, COPY_LIMIT)
            turn.start(Wait.ORDER, me.claim.limit)
            syncing.want(turn, me.syncs, *Sync)
        case say.SyncNow(what):
            syncing.want(turn, me.syncs, *what)
        case _:
            pass


def _timer_fired(turn: Turn, me: Following, timer: object) -> None:
    match timer:
        case Wait.SILENCE:
            _silence(turn, me)
        case Wait.COPY:
            _ask(turn, me)
        case Wait.ORDER:
            _order_ran_out(turn, me)
        case Wait.QUEUE:
            me.queue_due = True
            _hand_queue_over(turn, me)
        case Periodic(what):
            syncing.periodic(turn, me.syncs, what)
        case Retry(Sync.DATA):
            syncing.want(turn, me.syncs, Sync.DATA)
        case Retry(Sync.CONFIG):
            _retry_configuration(turn, me)
        case _:
            pass


# The primary's silence


def _await_silence(turn: Turn, me: Following) -> None:
    """Start the timer anew, for what is left of the patience. Source: HA-101, HA-104, HA-108."""
    turn.start(Wait.SILENCE, me.primary_heard_at + turn.rules.patience(turn.unit) - turn.unit.now)


def _silence(turn: Turn, me: Following) -> None:
    """Take over, unless the unit stood still.

    A configured secondary that hears a peer, but not as primary, first gives it a moment to lead itself.
    """
    unit = turn.unit
    patience = turn.rules.patience(unit)
    if turn.extend_if_stood_still(Wait.SILENCE, patience):
        return
    peer_lives = unit.group.peer is not None and not unit.group.peer_leads
    defers = peer_lives and unit.settings.mode is Mode.SECONDARY
    left = max(me.primary_heard_at, unit.awake_since) + patience + DEFERENCE - unit.now
    if defers and left > 0:
        turn.start(Wait.SILENCE, left)
        return
    if not defers:
        unit.group.peer = None
    move(turn, Trigger.SILENCE)


def hears_primary(unit: State, me: Following) -> bool:
    """Whether the primary that this unit follows was heard lately, or could not be heard. Source: HA-015, HA-016."""
    return unit.now - max(me.primary_heard_at, unit.awake_since) < NO_LONGER_HEARD


# Copying


def _sync_finished(turn: Turn, me: Following, event: on.SyncFinished) -> None:
    """Go on after a synchronization. A starting unit that still hears its primary never leads unsynchronized.

    Source: HA-015, HA-016.
    """
    if not syncing.ended(turn, me.syncs, event):
        return
    if event.what is Sync.CONFIG:
        if event.ok:
            move(turn, Trigger.SYNC_OK)
        elif turn.unit.phase is Phase.FIRST_SYNC or not turn.rules.hears_primary(turn.unit, me):
            move(turn, Trigger.SYNC_BAD)
    if turn.unit.role is not me:
        return
    if not event.ok:
        syncing.try_again(turn, me.syncs, event, blame_link=turn.unit.phase is Phase.FIRST_SYNC_FAILED)
    syncing.start(turn, me.syncs)
    if me.syncs.idle and (event.ok or not turn.runs(Wait.COPY)):
        _ask(turn, me)


def _retry_configuration(turn: Turn, me: Following) -> None:
    """Copy the configuration again; if the primary is gone, count that as a second failure. Source: HA-016."""
    unit = turn.unit
    gone = unit.phase is Phase.FIRST_SYNC_FAILED and not turn.rules.hears_primary(unit, me)
    if gone:
        turn.log("ha: config synchronization failed: MASTER is not heard")
        move(turn, Trigger.SYNC_BAD)
        return
    syncing.want(turn, me.syncs, Sync.CONFIG)


def may_copy(unit: State) -> bool:
    """Whether this unit follows a primary that it hears."""
    return unit.phase.follows and unit.group.peer_leads


# The role that this unit means to take


def _ordered(turn: Turn, me: Following, command: Command) -> None:
    """Carry an operator's order out. Source: HA-354, HA-409, HA-570, HA-572, HA-578, HA-580."""
    unit = turn.unit
    settled = unit.phase is Phase.SECONDARY
    lasting = me.claim is not None and me.claim.lasting
    match command:
        case Command.SYNC:
            syncing.want(turn, me.syncs, *Sync)
        case Command.FAILOVER:
            turn.stop(Wait.ORDER)
            me.claim = Claim("user requested", lasting=lasting)
            _ask(turn, me)
        case Command.RESTORE if unit.settings.mode is Mode.PRIMARY:
            turn.stop(Wait.ORDER)
            me.claim = Claim("user restored configured mode", lasting=lasting)
            if settled:
                _ask(turn, me)
            else:
                _limit_order(turn, me)
                turn.remember(reclaiming=True, ordered=not lasting)
        case _:
            pass


def _ask(turn: Turn, me: Following) -> None:
    """Ask for the role that this unit means to take, if it is a settled secondary and has not asked yet."""
    if me.claim is None or me.claim.asking or turn.unit.phase is not Phase.SECONDARY:
        return
    me.claim = dataclasses.replace(me.claim, asking=True)
    turn.stop(Wait.COPY)
    turn.send(say.AskRole(me.claim.reason, *turn.unit.last_heartbeats))
    _limit_order(turn, me)


def _limit_order(turn: Turn, me: Following) -> None:
    """Let an operator's order run out, whether the peer can be asked by then or not. Source: HA-580."""
    if me.claim is not None and not me.claim.lasting and not turn.runs(Wait.ORDER):
        turn.start(Wait.ORDER, me.claim.limit)


def _order_ran_out(turn: Turn, me: Following) -> None:
    if me.claim is not None:
        missing = "MASTER has not answered" if me.claim.asking else "this unit has not synchronized"
        _give_order_up(turn, me, f"{missing} for {me.claim.limit:.0f} seconds")
        _hand_queue_over(turn, me)


def _give_order_up(turn: Turn, me: Following, why: str) -> None:
    """Give the order up, so that nothing moves long after an operator has ordered it. Source: HA-580."""
    me.claim = None
    turn.stop(Wait.ORDER)
    turn.remember(reclaiming=False, ordered=False)
    turn.log(f"ha: {why}: the order to switch roles is given up")


# The queue


def _hand_queue_over(turn: Turn, me: Following) -> None:
    """Hand the queued mail of a settled secondary to the primary, unless this unit is about to lead. Source: HA-333."""
    unit = turn.unit
    if not me.queue_due or me.queue_running or me.claim is not None or unit.phase is not Phase.SECONDARY:
        return
    rank = unit.group.links.for_sync()
    if rank is not None and unit.group.peer_leads:
        me.queue_due, me.queue_running = False, True
        turn.do(do.HandOverQueue(rank))


def _queue_handed_over(turn: Turn, me: Following, event: on.QueueHandedOver) -> None:
    """Log what went; try again soon after a failure, and look again each minute."""
    if not me.queue_running:
        return
    me.queue_running = False
    if event.count:
        turn.log(f"ha: {event.count} queued messages handed to MASTER")
    if not event.ok:
        turn.log(f"ha: the mail queue could not be handed to MASTER: {event.detail}")
    turn.start(Wait.QUEUE, QUEUE_PERIOD if event.ok else RETRY)


CONDUCT = Conduct(_enter, _leave, _take, _says)
