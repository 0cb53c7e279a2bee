"""Joining: switching into a group. The unit looks for its peer, and takes the role that falls to it."""

from __future__ import annotations

from node.engine import events as on
from node.engine import group
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, OnFailure
from node.engine.state import Claim, Following, Joining, Leading, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.timing import DISCOVERY, ORDER_LIMIT
from node.engine.transition import move
from node.engine.turn import Conduct, News, PeerHeard, Turn


def _enter(turn: Turn, _me: Joining, _came_from: Phase) -> None:
    """Open the links and look around. Source: HA-024, HA-067."""
    group.enter(turn)
    turn.start(Wait.JOIN, _search(turn))


def _search(turn: Turn) -> float:
    """Seconds for which the unit looks for its peer."""
    unit = turn.unit
    return DISCOVERY if unit.settings.mode is Mode.PRIMARY else turn.rules.patience(unit)


def _leave(_turn: Turn, _me: Joining, _to: Phase) -> None:
    """Cancel nothing: this role orders nothing from the body."""


def _take(turn: Turn, me: Joining, news: News) -> None:
    match news:
        case PeerHeard(beat=beat):
            _take_role(turn, me, turn.rules.joins_by(turn.unit, me, beat))
        case on.Heard(message=say.HoldOff()):
            # The peer leads, restarts on purpose before a heartbeat of it was heard, and will say so again.
            _take_role(turn, me, _finds_primary(turn.unit, me))
        case on.TimerFired(Wait.JOIN):
            _nobody_found(turn, me)
        case on.Ordered(Command.RESTORE):
            # It is carried out once the unit has joined. Source: HA-572
            me.restored_at = turn.unit.now
            turn.remember(reclaiming=True, ordered=True)
        case _:
            pass


def _take_role(turn: Turn, me: Joining, decision: Trigger | None) -> None:
    if decision is Trigger.PEER_IS_PRIMARY:
        move(turn, decision, into=Following(claim=_claim(turn.unit, me)))
    elif decision is not None:
        move(turn, decision, into=_lead(turn.unit, me))


def _finds_primary(unit: State, me: Joining) -> Trigger:
    """Whether the unit follows a peer that leads, or stays off after its own failure."""
    return Trigger.LATCH if stays_off(unit, me) else Trigger.PEER_IS_PRIMARY


def _claim(unit: State, me: Joining) -> Claim | None:
    """What this unit means to take from a peer that leads."""
    if not wants_role(unit, me):
        return None
    if me.restored:
        return Claim("user requested", limit=_time_left(unit, me))
    if unit.memory.ordered:
        return Claim("user requested")
    return Claim("recovery after a restart", lasting=True)


def _nobody_found(turn: Turn, me: Joining) -> None:
    """Lead alone; but a unit that is not to lead waits while it hears a peer in the group, which will take over itself.

    Source: HA-024, HA-067, HA-330.
    """
    if turn.extend_if_stood_still(Wait.JOIN, _search(turn)):
        return
    unit = turn.unit
    peer = unit.group.peer
    if peer is not None and not peer.joining and (unit.settings.mode is Mode.SECONDARY or leaves_role(unit, me)):
        turn.start(Wait.JOIN, DISCOVERY)
        return
    move(turn, Trigger.CLAIM, into=_lead(unit, me))


def _lead(unit: State, me: Joining) -> Leading | None:
    """Return the record of a restored secondary that leads, and will offer the role; None for any other unit."""
    if me.restored and unit.settings.mode is Mode.SECONDARY:
        return Leading(offering="user restored configured mode", offer_limit=_time_left(unit, me))
    return None


def _time_left(unit: State, me: Joining) -> float:
    """Seconds until the order to restore the configured mode is given up. Source: HA-580."""
    return me.restored_at + ORDER_LIMIT - unit.now


def joins_by(unit: State, me: Joining, heard: say.Heartbeat) -> Trigger | None:
    """Return what the peer's heartbeat means for a joining unit; None: wait for the next.

    The peer's primary role is respected; otherwise the unit that was primary last resumes (a short outage is no
    failover, HA-102), and between equals the configured primary leads (HA-010).
    """
    was_primary = me.was is Effective.PRIMARY
    if heard.effective is Effective.PRIMARY:
        return _finds_primary(unit, me)
    if heard.joining and (heard.was is Effective.PRIMARY) is not was_primary:
        return Trigger.CLAIM if was_primary else None
    if leaves_role(unit, me) and not heard.joining:
        return None
    leads = unit.settings.mode is Mode.PRIMARY or (was_primary and not heard.joining)
    return Trigger.CLAIM if leads else None


def wants_role(unit: State, me: Joining) -> bool:
    """Whether, finding the peer primary, the unit will ask for the role once it is synchronized.

    A unit that an operator restores, or that enters its first group, claims its configured role; one that failed as
    primary does as on-failure says. Source: HA-313, HA-321, HA-331.
    """
    if unit.settings.mode is not Mode.PRIMARY:
        return False
    if me.restored or unit.memory.reclaiming or me.was is None:
        return True
    return me.was is Effective.PRIMARY and unit.settings.on_failure is OnFailure.RESTORE_ROLE


def leaves_role(unit: State, me: Joining) -> bool:
    """Whether, after a fault that monitoring found, the unit leaves the primary role to a peer that lives.

    A configured secondary does so with `restore-role` too: its configured role is not the primary one. Source: HA-320,
    HA-330.
    """
    reclaims = unit.settings.mode is Mode.PRIMARY and unit.settings.on_failure is OnFailure.RESTORE_ROLE
    return me.cured and not me.restored and not reclaims


def stays_off(unit: State, me: Joining) -> bool:
    """Whether, finding the peer primary after its own failure, the unit stays off. Source: HA-311."""
    by_hand = me.restored or unit.memory.reclaiming
    return me.was is Effective.PRIMARY and not by_hand and unit.settings.on_failure is OnFailure.OFF


CONDUCT = Conduct(_enter, _leave, _take)
