"""Shared addresses and the bridge: what a unit holds while it leads, and gives up when it no longer does."""

from __future__ import annotations

from node.engine import effects as do
from node.engine.modes import Action, Bridging
from node.engine.settings import HaSettings, SharedAddress
from node.engine.turn import Turn


def shared(settings: HaSettings) -> tuple[SharedAddress, ...]:
    """Addresses that a unit holds while it leads. Source: HA-153, HA-155."""
    return tuple(each for each in settings.addresses if each.action in {Action.ADD, Action.SET})


def hold_all(turn: Turn) -> None:
    """Hold every shared address, and tell the network. Source: HA-113."""
    for each in shared(turn.unit.settings):
        _hold(turn, each)


def release_all(turn: Turn) -> None:
    """Give every shared address up, and leave the bridge."""
    for each in shared(turn.unit.settings):
        turn.do(do.ReleaseAddress(each.interface, each.action, each.address))
    put_bridge(turn, Bridging.INACTIVE)


def announce_all(turn: Turn) -> None:
    """Tell the network anew who holds the shared addresses. Source: HA-113."""
    for each in shared(turn.unit.settings):
        turn.do(do.Announce(each.interface, each.address))


def readdress(turn: Turn, old: HaSettings) -> None:
    """Give up what is no longer shared after a change of settings, and hold what is new."""
    before, after = shared(old), shared(turn.unit.settings)
    for each in before:
        if each not in after:
            turn.do(do.ReleaseAddress(each.interface, each.action, each.address))
    for each in after:
        if each not in before:
            _hold(turn, each)


def put_bridge(turn: Turn, state: Bridging) -> None:
    """Put every bridged port into a state; an inactive one makes no loop with the peer's bridge. Source: HA-157."""
    for interface in turn.unit.settings.bridged:
        turn.do(do.SetBridge(interface, state))


def rebridge(turn: Turn, old: HaSettings, state: Bridging) -> None:
    """After a change of settings, free ports that are no longer bridged, and put new ones into a state."""
    new = turn.unit.settings
    for interface in old.bridged:
        if interface not in new.bridged:
            turn.do(do.SetBridge(interface, Bridging.FREE))
    for interface in new.bridged:
        if interface not in old.bridged:
            turn.do(do.SetBridge(interface, state))


def _hold(turn: Turn, each: SharedAddress) -> None:
    turn.do(do.HoldAddress(each.interface, each.action, each.address), do.Announce(each.interface, each.address))
