"""The unit's Layer 2 bridge of transparent mode, a Linux bridge made through netlink. Source: HA-157."""

from __future__ import annotations

import socket
from collections.abc import Callable

from node.engine.modes import Bridging
from node.linux.netlink import Netlink

NAME = "bridge0"


class Bridge:
    """The ports with the action `bridge`; the bridge exists while one of them is in it."""

    def __init__(self, netlink: Callable[[], Netlink], device: Callable[[str], str | None]) -> None:
        """Use this routing socket and these devices of the ports."""
        self._netlink = netlink
        self._device = device
        self._states: dict[str, Bridging] = {}

    def put(self, port: str, state: Bridging) -> None:
        """Put a port into the bridge, take it down, or free it; ports that the machine lacks are skipped.

        No spanning tree runs: a port forwards as soon as it has joined, and one that is inactive is down.
        """
        # By its name where it has no address, as a bridged port.
        device = _index(self._device(port) or port)
        if device is None or self._states.get(port, Bridging.FREE) is state:
            return
        netlink = self._netlink()
        if state is Bridging.JOINED:
            netlink.set_link(device, master=_made(netlink), up=True)
        else:
            netlink.set_link(device, master=0, up=state is Bridging.FREE)
        self._states[port] = state
        if Bridging.JOINED not in self._states.values() and (bridge := _index(NAME)):
            netlink.delete_link(bridge)

    def free_all(self) -> None:
        """Free every port, as without HA."""
        for port in list(self._states):
            self.put(port, Bridging.FREE)


def _index(device: str) -> int | None:
    """Index of a device, None where there is none of this name."""
    try:
        return socket.if_nametoindex(device)
    except OSError:
        return None


def _made(netlink: Netlink) -> int:
    """Index of the bridge, which is made if it is missing."""
    if (found := _index(NAME)) is not None:
        return found
    netlink.add_bridge(NAME)
    made = socket.if_nametoindex(NAME)
    netlink.set_link(made, up=True)
    return made
