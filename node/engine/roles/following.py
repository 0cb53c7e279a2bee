"""Following: a unit that has a primary copies from it, hands its queue to it, and waits for its silence."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine import monitoring, syncing
from node.engine.modes import Command, Effective, Mode, Sync
from node.engine.settings import HaSettings
from node.engine.state import Claim, Following, HoldingOff, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Periodic, Retry, Wait
from node.engine.timing import COPY_LIMIT, DISCOVERY, OFFER_LIMIT, QUEUE_PERIOD, RETRY
from node.engine.transition import move
from node.engine.turn import Conduct, News, PeerHeard, Readjusted, StoodStill, Turn


def _enter(turn: Turn, me: Following, came_from: Phase) -> None:
    """Begin a stage: the first synchronization, its failure, or life as settled secondary. Source: HA-024, HA-350."""
    if not came_from.follows:
        syncing.drop_copies(turn)  # nobody told this unit what became of them while it did not follow
        group = turn.unit.group
        me.primary_heard_at = group.heard_at if group.peer_leads else turn.unit.now
        _await_silence(turn, me)
        _limit_order(turn, me)
        syncing.want(turn, me.syncs, Sync.CONFIG)
    if turn.unit.phase is Phase.SECONDARY:
        syncing.want(turn, me.syncs, Sync.DATA, Sync.QUEUE)
        for what in Sync:
            syncing.schedule(turn, what)


def _leave(turn: Turn, _me: Following, _to: Phase) -> None:
    turn.do(do.CancelSync(), do.CancelHandOver())


def _take(turn: Turn, me: Following, news: News) -> None:
    match news:
        case PeerHeard(beat=beat):
            if news.anew:
                _copy_queue_anew(turn, me)
            _peer_heard(turn, me, beat)
        case on.Heard(message=message):
            _message_heard(turn, me, message)
        case on.TimerFired(Wait.SILENCE):
            _silence(turn, me)
        case on.TimerFired(Wait.COPY):
            _ask(turn, me)
        case on.TimerFired(Wait.ORDER):
            _give_order_up(turn, me, "MASTER has not answered in time, or this unit has not synchronized")
        case on.TimerFired(Periodic(what)):
            syncing.periodic(turn, me.syncs, what)
        case on.TimerFired(Retry(what)):
            syncing.want(turn, me.syncs, what)
        case on.Ordered(command):
            _ordered(turn, me, command)
        case on.CheckDone():
            _check_done(turn, me, news)
        case on.SyncFinished():
            _sync_finished(turn, me, news)
        case on.QueueHandedOver():
            _queue_handed_over(turn, me, news)
        case Readjusted(old):
            _readjust(turn, me, old)
        case StoodStill():
            _copy_queue_anew(turn, me)
        case _:
            pass


def _says(unit: State, me: Following) -> Iterator[say.Message]:
    if me.claim is not None and me.claim.asking:
        yield say.AskRole(me.claim.reason, *unit.last_heartbeats)
    if me.giving:
        yield say.GiveRole(me.giving, *unit.last_heartbeats)
    if me.found:
        yield say.StepDown(me.found, *unit.last_heartbeats)


def _peer_heard(turn: Turn, me: Following, beat: say.Heartbeat) -> None:
    if beat.effective is Effective.PRIMARY:
        me.primary_heard_at = turn.unit.now
        me.giving = ""
        me.left = False
        _await_silence(turn, me)
        syncing.start(turn, me.syncs)
        _hand_queue_over(turn, me)
    elif not turn.runs(Wait.SILENCE):
        # Services have held this unit back, and the peer that they show to live does not lead, or not yet.
        turn.start(Wait.SILENCE, turn.rules.patience(turn.unit))


def _message_heard(turn: Turn, me: Following, message: say.Message) -> None:
    unit = turn.unit
    match message:
        case say.HoldOff(boot):
            unit.held_off_by = boot
            if me.claim is not None and not me.claim.lasting:
                _give_order_up(turn, me, "MASTER restarts")
            move(turn, Trigger.HOLD_OFF, into=HoldingOff(me.claim, synchronized=unit.phase is Phase.SECONDARY))
        case say.GiveRole(reason) if not turn.rules.has_just_woken(unit):
            # The peer lives, and keeps its queue or hands it over: no copy of it is used.
            if me.found:
                move(turn, Trigger.PEER_FAILED, me.found)
            else:
                move(turn, Trigger.GIVEN, reason)
        case say.OfferRole(reason) if me.claim is None and not turn.rules.has_just_woken(unit):
            # Copy what the leading peer has, for a few seconds at most, then ask for the role. Source: HA-574
            _mean_to_lead(turn, me, Claim(reason, limit=OFFER_LIMIT))
            turn.start(Wait.COPY, COPY_LIMIT)
            syncing.want(turn, me.syncs, *Sync)
        case say.SyncNow(what):
            syncing.want(turn, me.syncs, *what)
        case say.LeftQueue(names):
            syncing.drop_copies(turn, names)
            if me.syncs.running is Sync.QUEUE:
                me.syncs.want(Sync.QUEUE)  # what is under way may hold them
        case say.Left():
            me.left = True
        case _:
            pass


# The primary's silence


def _await_silence(turn: Turn, me: Following) -> None:
    """Start the timer anew, for what is left of the patience. Source: HA-101, HA-104, HA-108."""
    turn.start(Wait.SILENCE, me.primary_heard_at + turn.rules.patience(turn.unit) - turn.unit.now)


def _silence(turn: Turn, me: Following) -> None:
    """Take over, unless the unit stood still, or the primary's services serve as its heartbeat. Source: HA-109."""
    if turn.extend_if_stood_still(Wait.SILENCE, turn.rules.patience(turn.unit)):
        return
    turn.unit.group.peer = None
    if turn.rules.stands_in(turn.unit, me):
        _hold_by_services(turn, me)
    else:
        _take_over(turn, me)


def _take_over(turn: Turn, me: Following) -> None:
    """Lead in place of a primary that is silent; one that has left the group keeps its queue. Source: HA-411."""
    move(turn, Trigger.SILENCE)
    if not me.left:
        syncing.use_copies(turn)


def _hold_by_services(turn: Turn, me: Following) -> None:
    """Wait for a heartbeat, or for a service that fails, without a timer; what synchronizes stops. Source: HA-294."""
    turn.log("ha: no heartbeat of MASTER on any link: its remote services serve as heartbeat")
    turn.do(do.CancelSync(), do.CancelHandOver())
    syncing.drop_copies(turn)  # the primary lives, and cannot tell what it delivers
    me.syncs.interrupt()
    me.queue_running = False


def hears_primary(unit: State, me: Following) -> bool:
    """Whether the primary that this unit follows was heard lately, or could not be heard. Source: HA-015, HA-016."""
    return max(me.primary_heard_at, unit.awake_since) > unit.now - DISCOVERY


# The primary's services


def _check_done(turn: Turn, me: Following, event: on.CheckDone) -> None:
    """Tell a primary that has failed to leave its role, with each heartbeat until it has; then this unit leads.

    This unit does not lead before, so that no two do: a primary that has gone silent instead is taken over from as
    always, at once where its services alone have held this unit back. A service that answers again calls it off.
    Source: HA-255, HA-256, HA-259, HA-260, HA-291.
    """
    unit = turn.unit
    if monitoring.remote_check_of(unit.settings, event.what) is None or not turn.rules.watches_peer(unit):
        return
    if not event.ok and turn.rules.has_just_woken(unit):
        return  # it was this unit that stood still
    if not monitoring.fails(unit.settings, me.strikes, event):
        me.found = "" if me.found == event.what else me.found
    elif not me.found:
        me.found = event.what
        turn.log(f"ha: the check {event.what} finds MASTER failed")
        if turn.runs(Wait.SILENCE):
            turn.send(say.StepDown(me.found, *unit.last_heartbeats))
        else:
            _take_over(turn, me)


def _readjust(turn: Turn, me: Following, old: HaSettings) -> None:
    """Measure a silence that has begun by the new span, and forget a service that is no longer checked.

    A unit that the primary's services hold back decides anew. Source: HA-104, HA-257, HA-292, HA-293.
    """
    settings = turn.unit.settings
    if old.lost_threshold != settings.lost_threshold or not turn.runs(Wait.SILENCE):
        _await_silence(turn, me)
    if old.mail_queue_sync != settings.mail_queue_sync:
        _end_copy_of_queue(turn, me)
    checked = {check.name for check in settings.remote if check.enabled}
    me.found = me.found if me.found in checked else ""
    me.strikes = Counter({what: times for what, times in me.strikes.items() if what in checked})


# Copying


def _sync_finished(turn: Turn, me: Following, event: on.SyncFinished) -> None:
    """Go on after a synchronization. A starting unit that still hears its primary never leads unsynchronized.

    Source: HA-015, HA-016.
    """
    syncing.finished(turn, me.syncs, event)
    if event.what is Sync.CONFIG:
        if event.ok:
            move(turn, Trigger.SYNC_OK)
        elif turn.unit.phase is Phase.FIRST_SYNC or not turn.rules.hears_primary(turn.unit, me):
            move(turn, Trigger.SYNC_BAD)
    if me.syncs.idle:
        _ask(turn, me)


def may_copy(unit: State) -> bool:
    """Whether the primary that this unit follows leads."""
    return unit.group.peer_leads


# The role that this unit means to take


def _ordered(turn: Turn, me: Following, command: Command) -> None:
    """Carry an operator's order out. Source: HA-354, HA-409, HA-570, HA-572, HA-578, HA-580."""
    lasting = me.claim is not None and me.claim.lasting
    match command:
        case Command.SYNC:
            syncing.want(turn, me.syncs, *Sync)
        case Command.FAILOVER:
            _mean_to_lead(turn, me, Claim("user requested", lasting=lasting))
            _ask(turn, me)
        case Command.RESTORE if turn.unit.settings.mode is Mode.PRIMARY:
            _mean_to_lead(turn, me, Claim("user restored configured mode", lasting=lasting))
            turn.remember(reclaiming=True, ordered=not lasting)
            _ask(turn, me)
        case _:
            pass


def _mean_to_lead(turn: Turn, me: Following, claim: Claim) -> None:
    me.claim = claim
    _limit_order(turn, me)


def _ask(turn: Turn, me: Following) -> None:
    """Ask for the role that this unit means to take, if it is a settled secondary and has not asked yet."""
    if me.claim is None or me.claim.asking or turn.unit.phase is not Phase.SECONDARY:
        return
    me.claim = dataclasses.replace(me.claim, asking=True)
    turn.send(say.AskRole(me.claim.reason, *turn.unit.last_heartbeats))


def _limit_order(turn: Turn, me: Following) -> None:
    """Let an operator's order run out, whether the peer can be asked by then or not. Source: HA-580."""
    if me.claim is not None and not me.claim.lasting:
        turn.start(Wait.ORDER, me.claim.limit)


def _give_order_up(turn: Turn, me: Following, why: str) -> None:
    """Give the order up, so that nothing moves long after an operator has ordered it. Source: HA-580."""
    me.claim = None
    turn.remember(reclaiming=False)
    turn.log(f"ha: {why}: the order to switch roles is given up")


# The queue


def _end_copy_of_queue(turn: Turn, me: Following) -> None:
    """Drop what was copied of the primary's queue, and what is being copied: an operator has changed the option."""
    if me.syncs.running is Sync.QUEUE:
        turn.do(do.CancelSync())
        me.syncs.running = None
    turn.do(do.DropCopies())
    me.syncs.due.discard(Sync.QUEUE)
    syncing.want(turn, me.syncs, Sync.QUEUE)


def _copy_queue_anew(turn: Turn, me: Following) -> None:
    """Drop what was copied of the primary's queue, since this unit was not told what has left it meanwhile."""
    if turn.unit.phase is Phase.SECONDARY:
        syncing.drop_copies(turn)
        syncing.want(turn, me.syncs, Sync.QUEUE)


def _hand_queue_over(turn: Turn, me: Following) -> None:
    """Hand the queued mail of a settled secondary to the primary, unless this unit is about to lead. Source: HA-333."""
    rank = turn.unit.group.links.for_sync()
    waits = me.queue_running or turn.runs(Wait.QUEUE) or me.claim is not None
    if rank is not None and turn.unit.phase is Phase.SECONDARY and not waits:
        me.queue_running = True
        turn.do(do.HandOverQueue(rank))


def _queue_handed_over(turn: Turn, me: Following, event: on.QueueHandedOver) -> None:
    """Try again soon after a failure, and look again each minute."""
    me.queue_running = False
    if not event.ok:
        turn.log(f"ha: the mail queue could not be handed to MASTER: {event.detail}")
    turn.start(Wait.QUEUE, QUEUE_PERIOD if event.ok else RETRY)


CONDUCT = Conduct(_enter, _leave, _take, _says)
