"""The reference unit: the rules by which the documented system works."""

from __future__ import annotations

from node.engine import monitoring, orders
from node.engine.modes import Rank, Sync
from node.engine.roles import config_only, following, holding_off, joining, leading, standalone, stopped
from node.engine.state import ConfigOnly, Following, HoldingOff, Joining, Leading, Standalone, State, Stopped
from node.engine.states import TABLE, Phase
from node.engine.timers import BOUNDS
from node.engine.timing import HEARTBEAT_PERIOD
from node.engine.turn import Rules


def admits(unit: State, rank: Rank, source: str, password_matches: bool) -> bool:  # noqa: FBT001 - passed by position
    """Whether someone at address `source` may speak on a link: the configured peer, with the group's password.

    Source: HA-065, HA-453, HA-455.
    """
    link = next((each for each in unit.settings.links if each.rank is rank), None)
    return password_matches and link is not None and source in {link.peer, link.peer6}


def withholds(unit: State, what: Sync) -> str:
    """Why the peer may not copy from this unit now, '' when it may. Source: HA-027, HA-408."""
    if unit.phase is not Phase.CONFIG_ONLY:
        return leading.withholds(unit, what)
    return "" if what is Sync.CONFIG else "mail is synchronized in an active-passive group only"


def may_copy(unit: State) -> bool:
    """Whether this unit follows a primary that it hears, in a group of either kind."""
    if unit.phase is Phase.CONFIG_ONLY:
        return config_only.may_copy(unit)
    return following.may_copy(unit)


RULES = Rules(
    table=TABLE,
    conduct={
        Standalone: standalone.CONDUCT,
        ConfigOnly: config_only.CONDUCT,
        Joining: joining.CONDUCT,
        Following: following.CONDUCT,
        Leading: leading.CONDUCT,
        HoldingOff: holding_off.CONDUCT,
        Stopped: stopped.CONDUCT,
    },
    admits=admits,
    withholds=withholds,
    may_copy=may_copy,
    refuses_queue=leading.refuses_queue,
    refuses=orders.refuses,
    joins_by=joining.joins_by,
    # Its own setting, whatever the peer's is. Source: HA-101, HA-104, HA-108
    patience=lambda unit: unit.settings.lost_threshold,
    # The same whatever the lost threshold is. Source: HA-052
    heartbeat_period=lambda _unit: HEARTBEAT_PERIOD,
    hears_primary=following.hears_primary,
    has_just_woken=lambda unit: unit.now - unit.awake_since < HEARTBEAT_PERIOD,
    watches_peer=monitoring.watches_peer,
    stands_in=monitoring.stands_in,
    # The body of a unit that stood still reports all that fell due, and these not necessarily first. Source: HA-580
    run_out=lambda unit: [timer for timer in BOUNDS if timer in unit.timers and unit.timers[timer] <= unit.now],
)
