"""Holding off: the primary restarts on purpose, and the unit gives it the time."""

from __future__ import annotations

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine import syncing
from node.engine.modes import Command, Effective
from node.engine.state import Following, HoldingOff
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.timing import HOLD_OFF_LIMIT
from node.engine.transition import move
from node.engine.turn import Conduct, News, PeerHeard, Readjusted, Turn


def _enter(turn: Turn, _me: HoldingOff, _came_from: Phase) -> None:
    _hold_off(turn)


def _hold_off(turn: Turn) -> None:
    """Confirm, and wait for the primary, for so long at most. Source: HA-521, HA-522."""
    turn.start(Wait.HOLD_OFF, HOLD_OFF_LIMIT)
    turn.send(say.HoldOffHeard(turn.unit.held_off_by))


def _leave(_turn: Turn, _me: HoldingOff, _to: Phase) -> None:
    """Cancel nothing: this role orders nothing from the body."""


def _take(turn: Turn, me: HoldingOff, news: News) -> None:
    unit = turn.unit
    match news:
        # What the primary said before it restarted may arrive late, on the slower link. Source: HA-524, HA-528
        case PeerHeard(beat=beat) if beat.effective is Effective.PRIMARY and beat.boot > unit.held_off_by:
            _follow(turn, me, Trigger.RESUME)
        case on.Heard(message=say.HoldOff(boot)):
            # The primary was back unnoticed, and restarts once more. Source: HA-520, HA-731
            unit.held_off_by = boot
            _hold_off(turn)
        case on.Heard(message=say.GiveRole(reason)) if not turn.rules.has_just_woken(unit):
            move(turn, Trigger.GIVEN, reason)
        case on.Heard(message=say.LeftQueue(names)):
            syncing.drop_copies(turn, names)
        case on.TimerFired(Wait.HOLD_OFF):
            if not turn.extend_if_stood_still(Wait.HOLD_OFF, turn.rules.patience(unit)):
                move(turn, Trigger.HOLD_OFF_OVER)
                syncing.use_copies(turn)
        case Readjusted(old) if old.mail_queue_sync != unit.settings.mail_queue_sync:
            turn.do(do.DropCopies())  # an operator has changed the option
        case on.Ordered(Command.RESTORE):
            _follow(turn, me, Trigger.RESTORE)
            turn.tell(news)
        case _:
            pass


def _follow(turn: Turn, me: HoldingOff, trigger: Trigger) -> None:
    move(turn, trigger if me.synchronized else Trigger.PEER_IS_PRIMARY, into=Following(claim=me.claim))


CONDUCT = Conduct(_enter, _leave, _take)
