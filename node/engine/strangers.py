"""Who was refused on the heartbeat links, and what of it is told: each kind once in a period, and no end of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from node.engine.events import StrangerRefused
from node.engine.modes import Rank
from node.engine.timing import STRANGER_PERIOD, STRANGER_REMEMBERED

KINDS = 16
"""Kinds of strangers told apart at a time; whoever comes on top is counted with the others."""


@dataclass(slots=True)
class Strangers:
    """The kinds of strangers that were refused lately, with when each was told of and how many came since."""

    known: dict[tuple[Rank, str], tuple[float, int]] = field(default_factory=dict)

    def refused(self, event: StrangerRefused, now: float) -> str:
        """Note a stranger; return the log line about him, '' when his kind was told of a moment ago. Source: HA-455."""
        known = {key: seen for key, seen in self.known.items() if now - seen[0] < STRANGER_REMEMBERED}
        key = (event.rank, event.why)
        if key not in known and len(known) >= KINDS:
            key = (event.rank, "many kinds of strangers")
        since, count = known.get(key, (float("-inf"), 0))
        self.known = known
        if now - since < STRANGER_PERIOD:
            known[key] = (since, count + 1)
            return ""
        known[key] = (now, 0)
        more = f" ({count} more since the last such line)" if count else ""
        return f"hahbd: refused a peer on the {event.rank.value} heartbeat link: {key[1]}{more}"
