"""Leading: the primary holds the shared addresses, processes mail, serves copies, and watches itself and its peer."""

from __future__ import annotations

from collections.abc import Iterator

from node.engine import addresses, monitoring, syncing
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Bridging, Command, Effective, Mode, OnFailure, Sync
from node.engine.state import Following, Leading, State, Stopped
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.timing import ANNOUNCED_ANEW, OFFER_LIMIT
from node.engine.transition import move
from node.engine.turn import Conduct, News, PeerHeard, Readjusted, StoodStill, Turn


def _enter(turn: Turn, me: Leading, came_from: Phase) -> None:
    """Hold the addresses, join the bridge, start mail. Source: HA-022, HA-110, HA-113, HA-153, HA-157."""
    addresses.hold_all(turn)
    addresses.put_bridge(turn, Bridging.JOINED)
    turn.do(do.StartMail())
    if turn.unit.group.peer is not None:
        turn.start(Wait.PEER_SILENCE, turn.unit.settings.lost_threshold)
    if came_from is Phase.JOINING and turn.unit.group.peer_can_lead:
        # Out of the group this unit may have been given what the settled secondary lacks. Source: HA-378
        me.untold.add(Sync.CONFIG)
    if me.offering:
        turn.start(Wait.OFFER, me.offer_limit)


def _leave(turn: Turn, _me: Leading, _to: Phase) -> None:
    """Stop mail, end all sessions, and give the addresses up. Source: HA-022, HA-111, HA-154, HA-156, HA-157."""
    turn.do(do.StopMail(), do.EndWebSessions())
    addresses.release_all(turn)


def _take(turn: Turn, me: Leading, news: News) -> None:
    match news:
        case PeerHeard():
            _peer_heard(turn, me, news)
        case on.Heard(message=message):
            _message_heard(turn, message)
        case on.TimerFired(Wait.PEER_SILENCE):
            _peer_silent(turn, me)
        case on.TimerFired(Wait.OFFER):
            me.offering = ""
            turn.log("ha: SLAVE has not taken the role, so this unit stays MASTER: the order is given up")
        case StoodStill():
            # Meanwhile the peer may have led, and clients may still look for the address there. Source: HA-164
            turn.start(Wait.ANNOUNCE, ANNOUNCED_ANEW)
        case on.TimerFired(Wait.ANNOUNCE) if turn.unit.restarting is None:
            addresses.announce_all(turn)
        case on.CheckDone():
            _check_done(turn, me, news)
        case on.Ordered(command):
            _ordered(turn, me, command)
        case on.ConfigurationChanged():
            syncing.notify_peer(turn, me.untold, Sync.CONFIG)
        case on.NoticeLost():
            syncing.notice_lost(turn, me.untold, news)
        case on.LeftQueue(names):
            syncing.left_queue(turn, me.untold, names)
        case Readjusted(old):
            if turn.runs(Wait.PEER_SILENCE):
                turn.postpone(Wait.PEER_SILENCE, turn.unit.settings.lost_threshold - old.lost_threshold)
            addresses.readdress(turn, old)
        case _:
            pass


def _says(unit: State, me: Leading) -> Iterator[say.Message]:
    if me.offering:
        yield say.OfferRole(me.offering, *unit.last_heartbeats)


# The peer


def _peer_heard(turn: Turn, me: Leading, news: PeerHeard) -> None:
    unit, beat = turn.unit, news.beat
    turn.start(Wait.PEER_SILENCE, unit.settings.lost_threshold)
    syncing.notify_peer(turn, me.untold)
    was_rival, me.rival = me.rival, unit.group.peer_leads
    if was_rival and beat.effective is Effective.SECONDARY:
        turn.log("ha: SLAVE asks us to return to MASTER")
    if news.after_a_gap or (was_rival and not me.rival):
        # Unheard, the peer may have led, and clients may still look for the address there. Source: HA-164, HA-704
        turn.start(Wait.ANNOUNCE, ANNOUNCED_ANEW)
    if me.rival and me.offering:
        give_role(turn, Trigger.YIELD, me.offering)


def _peer_silent(turn: Turn, me: Leading) -> None:
    """Report the loss of the peer, and lead on. Source: HA-116, HA-117, D.1-6."""
    if turn.extend_if_stood_still(Wait.PEER_SILENCE, turn.unit.settings.lost_threshold):
        return
    if me.rival:
        addresses.announce_all(turn)
    turn.log("ha: SLAVE heartbeat disappeared")
    turn.do(do.Alert("ha: SLAVE heartbeat disappeared"))


def _message_heard(turn: Turn, message: say.Message) -> None:
    match message:
        case say.AskRole(reason) if not turn.rules.has_just_woken(turn.unit):
            give_role(turn, Trigger.ASKED, reason)
        case say.StepDown(reason) if not turn.rules.has_just_woken(turn.unit):
            _fail(turn, Trigger.FOUND, Trigger.FOUND_OFF, reason, Stopped({monitoring.BY_PEER}, reason))
        case _:
            pass


# The role's end


def give_role(turn: Turn, trigger: Trigger, reason: str) -> None:
    """Leave the primary role, and tell the peer to take it until it does."""
    move(turn, trigger, reason, into=Following(giving=reason))
    turn.send(say.GiveRole(reason, *turn.unit.last_heartbeats))


def _check_done(turn: Turn, me: Leading, event: on.CheckDone) -> None:
    """Leave the group when a check has failed too often. Source: HA-204, HA-207, HA-310, HA-320."""
    settings = turn.unit.settings
    if monitoring.remote_check_of(settings, event.what) is not None:
        return  # a check of the peer that began in another role
    if monitoring.fails(settings, me.strikes, event):
        _fail(turn, Trigger.FAULT, Trigger.FAULT_OFF, event.what, Stopped({event.what}))


def _fail(turn: Turn, lasting: Trigger, final: Trigger, reason: str, into: Stopped) -> None:
    """Leave the role and the group until the fault is cured, or for good. Source: HA-017, HA-207, HA-310."""
    move(turn, final if turn.unit.settings.on_failure is OnFailure.OFF else lasting, reason, into=into)


def _ordered(turn: Turn, me: Leading, command: Command) -> None:
    """Carry an operator's order out. Source: HA-354, HA-409, HA-570, HA-572, HA-574, HA-578, HA-580."""
    match command:
        case Command.SYNC:
            syncing.notify_peer(turn, me.untold, *Sync)
        case Command.FAILOVER:
            give_role(turn, Trigger.YIELD, "user requested")
        case Command.RESTORE if turn.unit.settings.mode is Mode.SECONDARY:
            _offer_role(turn, me)
        case _:
            pass


def _offer_role(turn: Turn, me: Leading) -> None:
    """Send this unit back to its configured mode: a peer that leads too gets the role at once, any other copies first.

    Source: HA-574, HA-704.
    """
    reason = "user restored configured mode"
    if turn.unit.group.peer_leads:
        give_role(turn, Trigger.YIELD, reason)
    else:
        me.offering = reason
        turn.send(say.OfferRole(reason, *turn.unit.last_heartbeats))
        turn.start(Wait.OFFER, OFFER_LIMIT)


def withholds(unit: State, what: Sync) -> str:
    """Why the peer may not copy from this unit now, '' when it may. Source: HA-351, HA-403, HA-405, HA-411."""
    if what is Sync.DATA and not unit.settings.mail_data_sync:
        return "mail-data-sync is disabled on the primary"
    if what is Sync.QUEUE and not unit.settings.mail_queue_sync:
        return "mailqueue-data-sync is disabled on the primary"
    return refuses_queue(unit)


def refuses_queue(unit: State) -> str:
    """Why the peer may not hand its queued mail to this unit now, '' when it may. Source: HA-333, HA-426."""
    return "" if unit.phase is Phase.PRIMARY else "this unit is not primary"


CONDUCT = Conduct(_enter, _leave, _take, _says)
