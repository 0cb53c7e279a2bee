"""Units that are wrong on purpose, each in one way: what the suite must catch, and what proves that it can."""

from __future__ import annotations

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

WRONG: dict[str, type[Engine]] = {
    **detection.UNITS,
    **addresses.UNITS,
    **shared_addresses.UNITS,
    **roles.UNITS,
    **hand_over.UNITS,
    **group.UNITS,
    **links.UNITS,
    **sync_path.UNITS,
    **membership.UNITS,
    **strangers.UNITS,
    **restarts.UNITS,
    **hold_off.UNITS,
    **ipv6.UNITS,
    **standstill.UNITS,
    **modes.UNITS,
    **config_only.UNITS,
    **monitoring.UNITS,
    **recovery.UNITS,
}
