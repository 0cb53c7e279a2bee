"""What the engine tells about itself, for the CLI and for evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from node.engine.modes import Effective, Mode, Rank, Sync


@dataclass(frozen=True, slots=True)
class Status:
    """Configured and effective mode, state of each heartbeat link (True: heard), and what is known of the peer.

    `due` says when each synchronization comes next by schedule, in seconds on the clock of `Engine.handle`.
    """

    configured: Mode
    effective: Effective
    synchronizing: bool
    links: Mapping[Rank, bool] = field(default_factory=dict)
    peer: Effective | None = None
    peer_version: str = ""
    phase: str = "standalone"
    due: Mapping[Sync, float] = field(default_factory=dict)
