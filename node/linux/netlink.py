"""Changes the kernel's addresses and devices over its routing socket, in the few ways that a unit needs.

A library that knows all of rtnetlink takes a quarter of a second to load, at each start of the unit.
Source: netlink(7), rtnetlink(7).
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct

Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface

NEW_LINK, DELETE_LINK, NEW_ADDRESS, DELETE_ADDRESS = 16, 17, 20, 21
OUTCOME = 2
"""Type of the message that tells an error number, 0 for none."""

REQUEST, ACKNOWLEDGE = 0x1, 0x4
EXCLUSIVE, CREATE = 0x200, 0x400
UP = 1
NO_DAD = 0x02
"""No duplicate address detection: the address must work at once, and the engine has decided who may hold it."""

ADDRESS, LOCAL = 1, 2
NAME, MASTER, INFO = 3, 10, 18
KIND, DATA = 1, 2
MULTICAST_SNOOPING = 23

_HEADER, _OUTCOME = struct.Struct("=IHHII"), struct.Struct("=i")
_ADDRESS, _LINK, _ATTRIBUTE = struct.Struct("=BBBBI"), struct.Struct("=BxHiII"), struct.Struct("=HH")
_NUMBER = struct.Struct("=I")


class Netlink:
    """One routing socket. Devices are known by their index; whatever the kernel refuses raises OSError."""

    def __init__(self) -> None:
        """Open the socket."""
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._asked = 0

    def add_address(self, index: int, address: Interface) -> None:
        """Give a device one more address; an IPv6 one is not looked for in the network first."""
        self._ask(NEW_ADDRESS, CREATE | EXCLUSIVE, address_message(index, address))

    def delete_address(self, index: int, address: Interface) -> None:
        """Take an address from a device."""
        self._ask(DELETE_ADDRESS, 0, address_message(index, address))

    def add_bridge(self, name: str) -> None:
        """Make a bridge, which is down and forwards all multicast."""
        options = attribute(DATA, attribute(MULTICAST_SNOOPING, b"\0"))
        info = attribute(INFO, attribute(KIND, b"bridge") + options)
        self._ask(NEW_LINK, CREATE | EXCLUSIVE, _LINK.pack(0, 0, 0, 0, 0) + attribute(NAME, name.encode()) + info)

    def set_link(self, index: int, *, up: bool, master: int | None = None) -> None:
        """Bring a device up or down, and put it into the bridge `master`, 0 for none."""
        joined = b"" if master is None else attribute(MASTER, _NUMBER.pack(master))
        self._ask(NEW_LINK, 0, _LINK.pack(0, 0, index, UP if up else 0, UP) + joined)

    def delete_link(self, index: int) -> None:
        """Remove a device."""
        self._ask(DELETE_LINK, 0, _LINK.pack(0, 0, index, 0, 0))

    def _ask(self, kind: int, flags: int, body: bytes) -> None:
        self._asked += 1
        size = _HEADER.size + len(body)
        self._socket.send(_HEADER.pack(size, kind, REQUEST | ACKNOWLEDGE | flags, self._asked, 0) + body)
        while True:
            answer = self._socket.recv(1 << 16)
            _, kind, _, number, _ = _HEADER.unpack_from(answer)
            if (kind, number) == (OUTCOME, self._asked):
                break
        (error,) = _OUTCOME.unpack_from(answer, _HEADER.size)
        if error:
            raise OSError(-error, os.strerror(-error))


def address_message(index: int, address: Interface) -> bytes:
    """The body of a message about one address of a device."""
    family, flags = (socket.AF_INET6, NO_DAD) if address.version == 6 else (socket.AF_INET, 0)  # noqa: PLR2004 - IPv6
    head = _ADDRESS.pack(family, address.network.prefixlen, flags, 0, index)
    return head + attribute(LOCAL, address.packed) + attribute(ADDRESS, address.packed)


def attribute(kind: int, value: bytes) -> bytes:
    """An attribute, filled up to a multiple of four bytes."""
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + bytes(-len(value) % 4)
