"""Which heartbeat links are alive, as far as heartbeats and carriers tell."""

from __future__ import annotations

from collections.abc import Mapping

from node.engine.modes import Rank
from node.engine.settings import Link


class LinkWatch:
    """State of each configured heartbeat link: True alive, False lost, None not yet heard."""

    def __init__(self, links: tuple[Link, ...] = ()) -> None:
        """Watch the configured links, none of them heard yet."""
        self._interfaces = {link.rank: link.interface for link in links}
        self._alive: dict[Rank, bool | None] = dict.fromkeys(self._interfaces)
        self._distrusted: set[Rank] = set()
        self.ranks = tuple(rank for rank in Rank if rank in self._alive)
        """Configured ranks, primary first."""

    @property
    def states(self) -> Mapping[Rank, bool]:
        """Each link's state for display; a link not yet heard counts as lost."""
        return {rank: bool(self._alive[rank]) for rank in self.ranks}

    def heard(self, rank: Rank) -> bool:
        """Note a heartbeat on a link; return whether that changed a known state."""
        return self._set(rank, alive=True)

    def distrust(self, rank: Rank) -> None:
        """Note that a link carries heartbeat, but no synchronization."""
        self._distrusted.add(rank)

    def trust(self, rank: Rank) -> None:
        """Let synchronization try a link again."""
        self._distrusted.discard(rank)

    def lost(self, rank: Rank) -> bool:
        """Note silence or a lost carrier; return whether that changed a known state."""
        return self._set(rank, alive=False)

    def _set(self, rank: Rank, *, alive: bool) -> bool:
        if rank not in self._alive:
            return False
        before = self._alive[rank]
        self._alive[rank] = alive
        if before is not alive:
            self.trust(rank)
        return before is not None and before is not alive

    def for_sync(self) -> Rank | None:
        """Choose the link for synchronization: the primary while it lives, else the secondary. Source: HA-060..062.

        A link that lately carried heartbeat only is chosen where no other link lives.
        """
        alive = sorted((rank for rank in self.ranks if self._alive[rank]), key=lambda rank: rank in self._distrusted)
        return next(iter(alive), None)

    def other_for_sync(self, rank: Rank) -> Rank | None:
        """Another living link that synchronization has not failed on; None where there is none."""
        found = self.for_sync()
        return None if found is rank or found in self._distrusted else found

    def summary(self) -> str:
        """Give the documented message, misspelling included. Source: HA-073, HA-652, D.1-1."""
        parts = [
            f"{rank.value}-hearbeat-{self._interfaces[rank]}={'OK' if self._alive[rank] else 'FAILED'}"
            for rank in self.ranks
        ]
        return f"hahbd: heart beat status changed to {';'.join(parts)}"
