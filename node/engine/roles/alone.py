"""Alone: mode off. The unit processes mail by itself and speaks to nobody."""

from __future__ import annotations

from node.engine import addresses, group
from node.engine import effects as do
from node.engine.modes import Bridging
from node.engine.state import Alone
from node.engine.states import Phase
from node.engine.turn import Conduct, News, Turn


def _enter(turn: Turn, _me: Alone, _came_from: Phase) -> None:
    """Source: HA-003, HA-021."""
    group.leave(turn)
    addresses.put_bridge(turn, Bridging.FREE)
    turn.do(do.StartMail())


def _leave(turn: Turn, _me: Alone, to: Phase) -> None:
    """Stop being a unit of its own; in a config-only group it goes on as one. Source: HA-006, HA-022, HA-157."""
    if to is not Phase.CONFIG_ONLY:
        turn.do(do.StopMail())
        addresses.put_bridge(turn, Bridging.INACTIVE)


def _take(_turn: Turn, _me: Alone, _news: News) -> None:
    """Nothing concerns it."""


CONDUCT = Conduct(_enter, _leave, _take)
