"""Which heartbeat links are alive, as far as heartbeats and carriers tell, and which one carries synchronization."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from node.engine.modes import Rank
from node.engine.settings import Link


@dataclass(slots=True)
class LinkWatch:
    """State of each configured heartbeat link: True alive, False lost, None not yet heard."""

    interfaces: dict[Rank, str] = field(default_factory=dict)
    alive: dict[Rank, bool | None] = field(default_factory=dict)
    """Since the links were opened: what is not yet heard carries no synchronization."""
    told: dict[Rank, bool | None] = field(default_factory=dict)
    """As operators are told: a link that is opened anew stays what it was until it is heard, or silent."""
    distrusted: set[Rank] = field(default_factory=set)
    """Links that lately carried heartbeat, but no synchronization."""

    @classmethod
    def over(cls, links: Iterable[Link]) -> LinkWatch:
        """Watch configured links, none of them heard yet."""
        interfaces = {link.rank: link.interface for link in sorted(links, key=lambda link: _ORDER[link.rank])}
        return cls(interfaces, dict.fromkeys(interfaces), dict.fromkeys(interfaces))

    def reopened(self, links: Iterable[Link]) -> LinkWatch:
        """Watch the links as configured now; operators know those that stay on their interfaces."""
        new = LinkWatch.over(links)
        stay = new.interfaces.items() & self.interfaces.items()
        new.told.update({rank: self.told[rank] for rank, _ in stay})
        return new

    @property
    def ranks(self) -> Iterable[Rank]:
        """Configured ranks, primary first."""
        return self.interfaces.keys()

    @property
    def states(self) -> Mapping[Rank, bool]:
        """Each link's state for display; a link not yet heard counts as lost."""
        return {rank: bool(alive) for rank, alive in self.told.items()}

    @property
    def any_alive(self) -> bool:
        """Whether the peer is heard on any link."""
        return any(self.alive.values())

    def heard(self, rank: Rank) -> bool:
        """Note a heartbeat on a link; return whether that changed what operators are told."""
        return self._set(rank, alive=True)

    def lost(self, rank: Rank) -> bool:
        """Note silence or a lost carrier; return whether that changed what operators are told. Source: HA-062."""
        self.trust(rank)  # whatever it did not carry before it was lost: when it is back, it is tried again
        return self._set(rank, alive=False)

    def distrust(self, rank: Rank) -> None:
        """Note that a link carries heartbeat, but no synchronization."""
        self.distrusted.add(rank)

    def trust(self, rank: Rank) -> None:
        """Let synchronization try a link again."""
        self.distrusted.discard(rank)

    def _set(self, rank: Rank, *, alive: bool) -> bool:
        if rank not in self.alive:
            return False
        self.alive[rank] = alive
        before, self.told[rank] = self.told[rank], alive
        return before is not None and before is not alive

    def for_sync(self) -> Rank | None:
        """Choose the link for synchronization: the primary while it lives, else the secondary. Source: HA-060..062.

        A link that lately carried heartbeat, but no synchronization, is chosen only if no other link is alive.
        """
        alive = sorted((rank for rank in self.ranks if self.alive[rank]), key=lambda rank: rank in self.distrusted)
        return next(iter(alive), None)

    def other_for_sync(self, rank: Rank) -> Rank | None:
        """Another link that is alive, and on which synchronization has not failed lately; None where there is none."""
        found = self.for_sync()
        return None if found is rank or found in self.distrusted else found

    def summary(self) -> str:
        """Give the documented message, misspelling included. Source: HA-073, HA-652, D.1-1."""
        told = [
            f"{rank.value}-hearbeat-{interface}={'OK' if self.told[rank] else 'FAILED'}"
            for rank, interface in self.interfaces.items()
        ]
        return f"hahbd: heart beat status changed to {';'.join(told)}"


_ORDER = {rank: number for number, rank in enumerate(Rank)}
