"""Keeps track of which synchronizations are due, running and next, on the unit that follows a primary."""

from __future__ import annotations

from node.engine.modes import Rank, Sync

PERIOD = {Sync.CONFIG: 1800.0, Sync.DATA: 600.0}
"""Seconds between periodic synchronizations: config unpublished (HA-352), data within 20 minutes (HA-402)."""

RETRY = 5.0
"""Seconds until a failed synchronization is tried again. Source: HA-353."""


class SyncPlan:
    """At most one synchronization runs at a time, configuration before data."""

    def __init__(self) -> None:
        """Start with nothing due."""
        self._due: set[Sync] = set()
        self.running: Sync | None = None
        self.rank: Rank | None = None
        """The link that the running one uses, or the last one used."""

    def want(self, *what: Sync) -> None:
        """Mark synchronizations as due; what runs already is run once more, for it may have missed the change."""
        self._due.update(what)

    def forget(self) -> None:
        """Drop all that is due; a running one ends by itself and is ignored."""
        self._due.clear()
        self.running = None

    def call_off(self, rank: Rank) -> bool:
        """Mark what runs over a lost link as due again; its end is ignored. False when nothing runs there."""
        if self.running is None or self.rank is not rank:
            return False
        self._due.add(self.running)
        self.running = None
        return True

    def next(self, rank: Rank) -> Sync | None:
        """Take the next one to run over this link, or None while one runs or nothing is due."""
        if self.running is not None:
            return None
        for what in Sync:
            if what in self._due:
                self._due.discard(what)
                self.running, self.rank = what, rank
                return what
        return None

    def ended(self, what: Sync) -> bool:
        """Note an end; False when that synchronization was no longer expected."""
        if self.running is not what:
            return False
        self.running = None
        return True

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is due."""
        return self.running is None and not self._due
