"""The unit's Layer 2 bridge of transparent mode, a Linux bridge made through netlink. Source: HA-157."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from node.engine.modes import Bridging

NAME = "bridge0"


class Bridge:
    """The ports with the action `bridge`; the bridge exists while one of them is in it."""

    def __init__(self, netlink: Callable[[], Any], device: Callable[[str], str | None]) -> None:
        """Use this netlink socket (None while there is none yet) and these devices of the ports."""
        self._netlink = netlink
        self._device = device
        self._states: dict[str, Bridging] = {}

    def put(self, port: str, state: Bridging) -> None:
        """Put a port into the bridge, take it down, or free it; ports that the machine lacks are skipped.

        No spanning tree runs: a port forwards as soon as it has joined, and one that is inactive is down.
        """
        device = self._find(port)
        if device is None or self._states.get(port, Bridging.FREE) is state:
            return
        netlink = self._netlink()
        if state is Bridging.JOINED:
            netlink.link("set", index=device, master=self._make(netlink), state="up")
        else:
            netlink.link("set", index=device, master=0, state="down" if state is Bridging.INACTIVE else "up")
        self._states[port] = state
        if Bridging.JOINED not in self._states.values():
            self._drop(netlink)

    def free_all(self) -> None:
        """Free every port, as without HA."""
        for port in list(self._states):
            self.put(port, Bridging.FREE)

    def _find(self, port: str) -> int | None:
        """Index of a port's device, found by its name, because a bridged port has no address."""
        if self._netlink() is None:
            return None
        try:
            return socket.if_nametoindex(self._device(port) or port)
        except OSError:
            return None

    @staticmethod
    def _make(netlink: Any) -> int:  # noqa: ANN401 - pyroute2 is untyped
        found: list[int] = netlink.link_lookup(ifname=NAME)
        if not found:
            netlink.link("add", ifname=NAME, kind="bridge", br_mcast_snooping=0)
            found = netlink.link_lookup(ifname=NAME)
            netlink.link("set", index=found[0], state="up")
        return found[0]

    @staticmethod
    def _drop(netlink: Any) -> None:  # noqa: ANN401 - pyroute2 is untyped
        for index in netlink.link_lookup(ifname=NAME):
            netlink.link("del", index=index)
