"""Addresses of the unit's ports through netlink: own ones, and the shared ones that it holds as primary."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Callable, Mapping
from functools import cached_property

from node.engine.modes import Action
from node.linux.announce import announce
from node.linux.netlink import Netlink

REPEATS = (0.0, 0.3, 0.9)
"""Seconds after which an announcement is sent: at once, and again for machines that missed it."""

RTMGRP_LINK = 1


class Addresses:
    """The unit's ports with their addresses; a change takes about a millisecond and is done when the call returns."""

    def __init__(
        self, devices: Mapping[str, str], own: Mapping[str, str], own6: Mapping[str, str] | None = None
    ) -> None:
        """Take each port's device and own addresses (with mask), IPv4 and IPv6."""
        self._devices = dict(devices)
        self.own = dict(own)
        self.own6 = dict(own6 or {})
        self._held: dict[str, dict[str, Action]] = {}
        self._announcing: dict[str, list[asyncio.TimerHandle]] = {}

    @cached_property
    def netlink(self) -> Netlink:
        """The unit's routing socket."""
        return Netlink()

    def device(self, port: str) -> str | None:
        """Network device of a port, None for a port that the machine lacks."""
        return self._devices.get(port)

    def hold(self, port: str, action: Action, address: str) -> None:
        """Hold a shared address beside the port's own (`add`) or in place of the own address of its family (`set`)."""
        if port not in self._devices:
            return
        own = self._own_beside(port, address)
        if action is Action.SET and own:
            # Deleting an address also deletes later ones of its subnet, so the own one goes first.
            self._change("del", port, own)
        self._change("add", port, address)
        self._held.setdefault(port, {})[address] = action

    def release(self, port: str, action: Action, address: str) -> None:
        """Give a shared address up; after `set` the port has its own again."""
        self._fall_silent(address.partition("/")[0])
        if port not in self._devices:
            return
        self._held.get(port, {}).pop(address, None)
        self._change("del", port, address)
        own = self._own_beside(port, address)
        if action is Action.SET and own and not self._replaced(port, own):
            self._change("add", port, own)

    def release_all(self) -> None:
        """Give every shared address up."""
        for port, held in self._held.items():
            for address, action in list(held.items()):
                self.release(port, action, address)

    def change_own(self, port: str, address: str) -> None:
        """Give a port another own address, in force at once unless a `set` address stands in its place."""
        old = self.own.get(port)
        if old is None or old == address or port not in self._devices:
            return
        self.own[port] = address
        if not self._replaced(port, address):
            self._change("del", port, old)
            self._change("add", port, address)
            for held in self._held.get(port, {}):
                self._change("add", port, held)

    def _own_beside(self, port: str, address: str) -> str:
        """The port's own address of the same family, '' where it has none."""
        return (self.own6 if is_ipv6(address) else self.own).get(port, "")

    def _replaced(self, port: str, own: str) -> bool:
        """Whether a shared address stands in place of this own one."""
        held = self._held.get(port, {}).items()
        return any(action is Action.SET and is_ipv6(address) is is_ipv6(own) for address, action in held)

    def announce(self, port: str, address: str) -> None:
        """Announce the address on the port's network, now and twice more within a second."""
        device, host = self._devices.get(port), address.partition("/")[0]
        if device is None:
            return
        loop = asyncio.get_running_loop()
        self._fall_silent(host)
        announce(device, host)
        self._announcing[host] = [loop.call_later(after, announce, device, host) for after in REPEATS[1:]]

    def _fall_silent(self, host: str) -> None:
        """Cancel the repetitions of an announcement, which could outlive the holding of the address."""
        for timer in self._announcing.pop(host, []):
            timer.cancel()

    def watch_carriers(self, changed: Callable[[], None]) -> None:
        """Call back whenever any device of the machine changes its state."""
        notices = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
        notices.bind((0, RTMGRP_LINK))

        def read() -> None:
            try:
                notices.recv(65536)
            except BlockingIOError:
                return
            except OSError as error:
                # Lost notifications do no harm: the state is read afresh anyway.
                if error.errno != errno.ENOBUFS:
                    raise
            changed()

        asyncio.get_running_loop().add_reader(notices, read)

    def _change(self, command: str, port: str, address: str) -> None:
        index = socket.if_nametoindex(self._devices[port])
        change = self.netlink.add_address if command == "add" else self.netlink.delete_address
        try:
            change(index, ipaddress.ip_interface(address))
        except OSError as error:
            # Nothing to do: the address is there already, or gone already.
            if error.errno not in {errno.EEXIST, errno.EADDRNOTAVAIL}:
                raise


def is_ipv6(address: str) -> bool:
    """Whether an address in text, with or without mask, is of IPv6."""
    return ":" in address
