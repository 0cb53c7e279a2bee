"""Units that are wrong on purpose, each in one way: what the suite must catch, and what proves that it can."""

from __future__ import annotations

from collections.abc import Mapping

from node.engine.engine import Engine
from node.wrong import (
    addresses,
    config_only,
    detection,
    group,
    hand_over,
    hold_off,
    ipv6,
    links,
    membership,
    modes,
    monitoring,
    recovery,
    restarts,
    roles,
    shared_addresses,
    standstill,
    strangers,
    sync_path,
)

_TOPICS = (
    detection,
    addresses,
    shared_addresses,
    roles,
    hand_over,
    group,
    links,
    sync_path,
    membership,
    strangers,
    restarts,
    hold_off,
    ipv6,
    standstill,
    modes,
    config_only,
    monitoring,
    recovery,
)


def unite(*topics: Mapping[str, type[Engine]]) -> dict[str, type[Engine]]:
    """All units of these topics by name; raises ValueError for a name that two have: one would never be tried."""
    united: dict[str, type[Engine]] = {}
    for topic in topics:
        if twice := sorted(united.keys() & topic.keys()):
            raise ValueError(f"two wrong units are called {twice[0]!r}; rename one of them")
        united |= topic
    return united


WRONG: dict[str, type[Engine]] = unite(*(topic.UNITS for topic in _TOPICS))
