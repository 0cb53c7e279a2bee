"""Local monitoring of a leading unit: when a check has failed so often in a row that the role ends."""

from __future__ import annotations

from collections import Counter

from node.engine.events import CheckDone
from node.engine.settings import Check, HaSettings


def check_of(settings: HaSettings, what: str) -> Check:
    """Return the settings of a check, by its name in `events.CheckDone`."""
    return {"local-ports": settings.local_ports, "local-hd": settings.local_hd}[what]


def fails(settings: HaSettings, strikes: Counter[str], event: CheckDone) -> bool:
    """Count a check, and return whether it has failed so often in a row as its retries say.

    A good check resets the count. Source: HA-204, HA-205, HA-207, HA-214.
    """
    strikes[event.what] = 0 if event.ok else strikes[event.what] + 1
    return strikes[event.what] >= check_of(settings, event.what).retries
