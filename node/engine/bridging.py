"""When ports with the action `bridge` belong to the unit's Layer 2 bridge: while it is effective primary. HA-157."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.engine import effects as do
from node.engine.modes import Bridging
from node.engine.states import Phase

if TYPE_CHECKING:
    from node.engine.core import Core
    from node.engine.settings import HaSettings


def put_all(engine: Core, state: Bridging) -> None:
    """Set every port of the bridge to a state; a port that is inactive makes no loop with the peer's."""
    for interface in engine.settings.bridged:
        engine.emit(do.SetBridge(interface, state))


def settings_changed(engine: Core, old: HaSettings) -> None:
    """Free what is no longer bridged, and let what is new do what the unit's role asks."""
    if engine.phase in {Phase.STANDALONE, Phase.CONFIG_ONLY}:
        return
    state = Bridging.JOINED if engine.phase is Phase.PRIMARY else Bridging.INACTIVE
    for interface in old.bridged:
        if interface not in engine.settings.bridged:
            engine.emit(do.SetBridge(interface, Bridging.FREE))
    for interface in engine.settings.bridged:
        if interface not in old.bridged:
            engine.emit(do.SetBridge(interface, state))
