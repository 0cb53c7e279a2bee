"""Holding off: the primary restarts on purpose, and the unit gives it the time."""

from __future__ import annotations

from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode
from node.engine.state import Claim, Following, HoldingOff
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.timing import HOLD_OFF_LIMIT
from node.engine.transition import move
from node.engine.turn import Conduct, News, PeerHeard, Turn


def _enter(turn: Turn, _me: HoldingOff, _came_from: Phase) -> None:
    """Wait for the primary, for so long at most. Source: HA-521, HA-522."""
    turn.start(Wait.HOLD_OFF, HOLD_OFF_LIMIT)


def _leave(_turn: Turn, _me: HoldingOff, _to: Phase) -> None:
    """Cancel nothing: this role orders nothing from the body."""


def _take(turn: Turn, me: HoldingOff, news: News) -> None:
    unit = turn.unit
    match news:
        case PeerHeard(beat=beat):
            if beat.effective is Effective.PRIMARY and beat.boot > unit.held_off_by:
                _resume(turn, me)
        # What the primary said before it restarted again may arrive late, on the slower link.
        case on.Heard(message=say.Resume(boot)) if boot != unit.held_off_by:
            _resume(turn, me)
        case on.Heard(message=say.HoldOff() as command):
            _again(turn, command)
        case on.TimerFired(Wait.HOLD_OFF):
            if not turn.extend_if_stood_still(Wait.HOLD_OFF, turn.rules.patience(unit)):
                move(turn, Trigger.HOLD_OFF_OVER)
        case on.Ordered(Command.RESTORE):
            claim = Claim("user restored configured mode") if unit.settings.mode is Mode.PRIMARY else None
            turn.remember(reclaiming=claim is not None)
            _follow(turn, me, Trigger.RESTORE, claim)
        case _:
            pass


def _resume(turn: Turn, me: HoldingOff) -> None:
    """The primary is back: follow it again, from a copy of all that it has. Source: HA-524, HA-528."""
    _follow(turn, me, Trigger.RESUME, me.claim)


def _follow(turn: Turn, me: HoldingOff, trigger: Trigger, claim: Claim | None) -> None:
    move(turn, trigger if me.synchronized else Trigger.PEER_IS_PRIMARY, into=Following(claim=claim))


def _again(turn: Turn, command: say.HoldOff) -> None:
    """Confirm. A primary that was back unnoticed, and restarts once more, gets the full time again."""
    unit = turn.unit
    if command.boot > unit.held_off_by:
        turn.start(Wait.HOLD_OFF, HOLD_OFF_LIMIT)
    unit.held_off_by = command.boot
    turn.send(say.HoldOffHeard(command.boot))


CONDUCT = Conduct(_enter, _leave, _take)
