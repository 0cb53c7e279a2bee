"""Standalone: mode off. The unit processes mail by itself and speaks to nobody."""

from __future__ import annotations

from node.engine import addresses, group
from node.engine import effects as do
from node.engine.modes import Bridging
from node.engine.state import Standalone
from node.engine.states import Phase
from node.engine.turn import Conduct, News, Turn


def _enter(turn: Turn, _me: Standalone, _came_from: Phase) -> None:
    """Leave the group, and process mail. Source: HA-003."""
    group.leave(turn)
    addresses.put_bridge(turn, Bridging.FREE)
    turn.do(do.StartMail())


def _leave(turn: Turn, _me: Standalone, to: Phase) -> None:
    """Stop mail on the way into a pair; in a config-only group it goes on. Source: HA-022, HA-023, HA-157."""
    if to is not Phase.CONFIG_ONLY:
        turn.do(do.StopMail())
        addresses.put_bridge(turn, Bridging.INACTIVE)


def _take(_turn: Turn, _me: Standalone, _news: News) -> None:
    """Do nothing: no news concerns a unit without a group."""


CONDUCT = Conduct(_enter, _leave, _take)
