"""What a substitution may see of the reference engine that it stands around; it changes nothing."""

from __future__ import annotations

from node.engine.engine import Engine
from node.engine.messages import Heartbeat
from node.engine.modes import Rank
from node.engine.settings import HaSettings, SharedAddress
from node.engine.states import Phase


class View:
    """The state of one engine: before an event where events are rewritten, after it where effects are."""

    def __init__(self, engine: Engine) -> None:
        """Look at this engine."""
        self._engine = engine

    @property
    def now(self) -> float:
        """Time of the last event that the engine took, in seconds."""
        return self._engine.now

    @property
    def phase(self) -> Phase:
        """Where the unit stands."""
        return self._engine.phase

    @property
    def settings(self) -> HaSettings:
        """The settings in force."""
        return self._engine.settings

    @property
    def version(self) -> str:
        """The unit's own release."""
        return self._engine.version

    @property
    def boot(self) -> int:
        """How often the unit has started."""
        return self._engine.memory.boot

    @property
    def peer(self) -> Heartbeat | None:
        """The peer's last heartbeat; None while the peer is not heard."""
        return self._engine.peer

    @property
    def ranks(self) -> tuple[Rank, ...]:
        """Ranks of the configured heartbeat links, primary first."""
        return self._engine.links.ranks

    @property
    def sync_rank(self) -> Rank | None:
        """Rank of the link that a synchronization would take now; None where no link lives."""
        return self._engine.links.for_sync()

    @property
    def shared(self) -> tuple[SharedAddress, ...]:
        """Shared addresses that the unit holds while it leads."""
        return self._engine.shared()
