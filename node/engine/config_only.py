"""A config-only group: the configuration flows from its primary to its secondaries, and nothing else is shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.engine import effects as do
from node.engine.links import LinkWatch
from node.engine.modes import Mode, Sync
from node.engine.syncs import PERIOD

if TYPE_CHECKING:
    from node.engine.core import Core
    from node.engine.messages import Heartbeat
    from node.engine.tools import Tools


def arrive(engine: Core) -> None:
    """Process mail like any unit of the group, and look for the peer. Source: HA-006, HA-023, HA-051."""
    engine.emit(do.StartMail(), do.OpenLinks())
    engine.links = LinkWatch(engine.settings.links)
    engine.peer = None
    engine.begin_heartbeat()
    if engine.settings.mode is Mode.CONFIG_SECONDARY:
        engine.timer(f"sync:{Sync.CONFIG.value}", PERIOD[Sync.CONFIG])


def heard(engine: Core, before: Heartbeat | None, beat: Heartbeat) -> None:
    """Copy from a config-primary that is new, or has started anew since; silence means nothing here.

    Source: HA-006, HA-118.
    """
    if before is None or before.boot != beat.boot or before.mode is not beat.mode:
        engine.want_sync(Sync.CONFIG)
    else:
        engine.start_sync()


def may_copy(engine: Tools) -> bool:
    """Whether this unit is a secondary that hears its primary: secondaries tell each other nothing. Source: HA-077."""
    peer = engine.peer
    return engine.settings.mode is Mode.CONFIG_SECONDARY and peer is not None and peer.mode is Mode.CONFIG_PRIMARY


def withholds(engine: Tools, what: Sync) -> str:
    """Why a unit of the group may not copy from this one, '' when it may. Source: HA-006, HA-027."""
    if engine.settings.mode is not Mode.CONFIG_PRIMARY:
        return "this unit is not the config-primary"
    return "" if what is Sync.CONFIG else "a config-only group shares no mail data"
