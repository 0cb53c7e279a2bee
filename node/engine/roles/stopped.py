"""Stopped: out of the group after a failure of its own, effective `failed` or `off`, until cured or restored."""

from __future__ import annotations

from node.engine import events as on
from node.engine import group
from node.engine import messages as say
from node.engine.modes import Command, Effective
from node.engine.monitoring import BY_PEER, check_of, remote_check_of
from node.engine.state import Joining, Stopped
from node.engine.states import Phase, Trigger
from node.engine.transition import move
from node.engine.turn import Conduct, News, Readjusted, Turn


def _enter(turn: Turn, me: Stopped, _came_from: Phase) -> None:
    """Fall silent, so that the peer takes over; one that has asked for that need not wait for the silence.

    Source: HA-207, HA-260, HA-310, HA-320.
    """
    if me.giving:
        turn.send(say.GiveRole(me.giving, *turn.unit.last_heartbeats))
    group.leave(turn)


def _leave(_turn: Turn, _me: Stopped, _to: Phase) -> None:
    """Cancel nothing: this role orders nothing from the body."""


def _take(turn: Turn, me: Stopped, news: News) -> None:
    match news:
        case on.CheckDone(what, ok=True):
            # Who reaches the peer's services again is cured of what the peer has found. Source: HA-334, HA-335
            me.failing.discard(what if remote_check_of(turn.unit.settings, what) is None else BY_PEER)
            _look_for_cure(turn, me)
        case Readjusted():
            # A fault that nobody looks for any more keeps no unit in `failed`.
            settings = turn.unit.settings
            me.failing = {what for what in me.failing if what == BY_PEER or check_of(settings, what).enabled}
            _look_for_cure(turn, me)
        case on.Ordered(Command.RESTORE):
            turn.remember(reclaiming=True)
            move(turn, Trigger.ENTER, into=Joining(turn.unit.memory.effective, restored_at=turn.unit.now))
        case _:
            pass


def _look_for_cure(turn: Turn, me: Stopped) -> None:
    """Join the group again when no check fails any more. Source: HA-018."""
    if not me.failing:
        move(turn, Trigger.CURED, into=Joining(Effective.PRIMARY, cured=True))


CONDUCT = Conduct(_enter, _leave, _take)
