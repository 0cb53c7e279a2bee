"""Moves a unit from phase to phase, as the transition table says: leave a role, enter another, tell everybody."""

from __future__ import annotations

from typing import assert_never

from node.engine import effects as do
from node.engine import group
from node.engine.modes import Effective
from node.engine.state import ROLE_OF, Following, Role, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Scope
from node.engine.turn import Turn


def move(turn: Turn, trigger: Trigger, reason: str = "", *, into: Role | None = None) -> None:
    """Follow the transition table; what has no row changes nothing.

    `into` is the new role's record, where its defaults are not enough. A move to another role drops the old role's
    record, so a role does nothing more with its own record after a move.
    """
    unit = turn.unit
    row = turn.rules.table.get((unit.phase, trigger))
    if row is None:
        return
    event = f"{row.event} ({reason})" if reason else row.event
    came_from, old = unit.phase, unit.effective
    if ROLE_OF[row.to] is not ROLE_OF[came_from]:
        turn.conduct.leave(turn, unit.role, row.to)
        turn.stop_all(Scope.ROLE)
        if Phase.PRIMARY in {came_from, row.to}:
            unit.heartbeats_before = unit.heartbeats
        unit.role = into if isinstance(into, ROLE_OF[row.to]) else ROLE_OF[row.to]()
    unit.phase, new = row.to, row.to.effective
    if old is not new:
        # The log's time is the decision's: what follows from it takes time of its own.
        turn.do(do.RoleChanged(old, new, event))
        turn.log(f"ha: {event}: effective mode changed from {old.value} to {new.value}")
    turn.conduct.enter(turn, unit.role, came_from)
    if old is not new:
        group.send_heartbeat(turn)
    turn.remember(**_kept(unit))
    if old is not new:
        turn.do(do.Alert(event, old, new))
        if new in _TRAPS:
            turn.do(do.Trap(_TRAPS[new], event[:32]))


_TRAPS = {Effective.PRIMARY: 1, Effective.SECONDARY: 2}
"""The HA trap's event for each effective mode that has one. Source: HA-659."""


_NO_CLAIM: dict[str, object] = {"reclaiming": False, "ordered": False}


def _kept(unit: State) -> dict[str, object]:
    """What a unit keeps on its volume of the phase that it has entered. Source: HA-311, HA-312, HA-321, HA-520."""
    kept: dict[str, object] = {"planned": "", "latched_off": False}
    match unit.phase:
        case Phase.PRIMARY | Phase.SECONDARY:
            claim = unit.role.claim if isinstance(unit.role, Following) else None
            ordered = claim is not None and not claim.lasting
            return kept | {"effective": unit.effective, "reclaiming": claim is not None, "ordered": ordered}
        case Phase.STANDALONE | Phase.CONFIG_ONLY:
            return kept | _NO_CLAIM | {"effective": None}
        case Phase.SWITCHED_OFF:
            return kept | _NO_CLAIM | {"latched_off": True}
        case Phase.JOINING | Phase.FIRST_SYNC | Phase.FIRST_SYNC_FAILED | Phase.HOLD_OFF | Phase.FAILED:
            return kept
        case _:
            assert_never(unit.phase)
