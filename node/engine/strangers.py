"""Who was refused on the heartbeat links, and when it is logged: each kind once in a period, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from node.engine.events import StrangerRefused
from node.engine.modes import Rank
from node.engine.timing import STRANGER_PERIOD, STRANGER_REMEMBERED

KINDS = 16
"""Kinds of strangers that are told apart at a time; further kinds are counted together."""


@dataclass(slots=True)
class Strangers:
    """Each kind of stranger that was refused lately: when it was last logged, and how many came since."""

    known: dict[tuple[Rank, str], tuple[float, int]] = field(default_factory=dict)

    def refused(self, event: StrangerRefused, now: float) -> str:
        """Note a stranger; return the log line, '' when the same kind was logged a moment ago. Source: HA-455."""
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
