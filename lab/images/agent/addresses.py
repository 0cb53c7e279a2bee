"""Watches the addresses of this namespace by the kernel's notifications."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Iterator

from . import stdio

TICK = 0.02
"""Seconds between two reads of an empty socket, which bound the doubt of the next notification."""

GROUPS = 0x10 | 0x100
"""Netlink's groups for IPv4 and IPv6 addresses. Source: rtnetlink(7)."""

DONE, NEW_ADDRESS, DELETED_ADDRESS, GET_ADDRESS = 3, 20, 21, 22
LINK_SCOPE = 253
ADDRESS, LOCAL = 1, 2
_HEADER, _IFADDR, _ATTRIBUTE = struct.Struct("=IHHII"), struct.Struct("=BBBBI"), struct.Struct("=HH")
_LIST = _HEADER.pack(_HEADER.size + _IFADDR.size, GET_ADDRESS, 0x301, 0, 0) + bytes(_IFADDR.size)
"""Asks for all addresses: the flags are NLM_F_REQUEST and NLM_F_DUMP."""


def decode(data: bytes) -> Iterator[tuple[int, str, bool]]:
    """Interface number, address with mask, and whether it is held, from netlink messages. Source: rtnetlink(7)."""
    for kind, message in _messages(data):
        if kind not in {NEW_ADDRESS, DELETED_ADDRESS}:
            continue
        family, mask, _, scope, number = _IFADDR.unpack_from(message)
        found = dict(_attributes(message[_IFADDR.size :]))
        address = found.get(LOCAL, found.get(ADDRESS))
        if scope != LINK_SCOPE and address is not None:
            yield number, f"{socket.inet_ntop(family, address)}/{mask}", kind == NEW_ADDRESS


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= _HEADER.size:
        size, kind, *_ = _HEADER.unpack_from(data)
        yield kind, data[_HEADER.size : size]
        data = data[max(_aligned(size), _HEADER.size) :]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= _ATTRIBUTE.size:
        size, kind = _ATTRIBUTE.unpack_from(data)
        yield kind, data[_ATTRIBUTE.size : size]
        data = data[max(_aligned(size), _ATTRIBUTE.size) :]


def _aligned(size: int) -> int:
    return (size + 3) & ~3


class Addresses:
    """The addresses of a namespace, by the kernel's notifications."""

    def __init__(self, report: stdio.Report) -> None:
        """Prepare; `watch` begins."""
        self._report = report
        self._held: set[tuple[str, str]] = set()
        self._names: dict[int, str] = {}
        """Names of the interfaces by number, including removed ones."""
        self._lock = threading.Lock()

    def watch(self, request: stdio.Record) -> stdio.Record:
        """Report every address from now on, first those that are held already."""
        line = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        line.bind((0, GROUPS))
        self._look_anew(stdio.now())
        threading.Thread(target=self._follow, args=(line,), daemon=True).start()
        return held(request)

    def _follow(self, line: socket.socket) -> None:
        """Report the kernel's notifications; `doubt` is the time since the socket was last empty."""
        empty = stdio.now()
        while True:
            asked = stdio.now()
            if not select.select([line], [], [], TICK)[0]:
                empty = asked + TICK
                continue
            try:
                data = line.recv(1 << 16)
            except OSError:  # the socket's buffer has overflowed
                self._look_anew(empty)
                continue
            at = stdio.now()
            for number, address, is_held in decode(data):
                name = self._name(number)
                if name is not None and name != "lo":
                    self._note(name, address, held=is_held, at=at, doubt=at - empty)
            asked = stdio.now()
            if not select.select([line], [], [], 0)[0]:
                empty = asked

    def _look_anew(self, since: float) -> None:
        """Read all addresses anew; those that are new have come since `since`."""
        seen = _listed()
        at = stdio.now()
        for interface, address in seen ^ self._held:
            self._note(interface, address, held=(interface, address) in seen, at=at, doubt=at - since)

    def _note(self, interface: str, address: str, *, held: bool, at: float, doubt: float) -> None:
        with self._lock:
            if ((interface, address) in self._held) == held:
                return
            (self._held.add if held else self._held.discard)((interface, address))
        self._report("address", at, interface=interface, address=address, held=held, doubt=round(doubt, 4))

    def _name(self, number: int) -> str | None:
        with contextlib.suppress(OSError):
            self._names[number] = socket.if_indextoname(number)
        return self._names.get(number)


def held(request: stdio.Record) -> stdio.Record:
    """All addresses that the kernel has now, each as `interface address`."""
    del request
    return {"held": [f"{interface} {address}" for interface, address in sorted(_listed())]}


def _listed() -> set[tuple[str, str]]:
    """Interface and address of all that the kernel lists, without the loopback's."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as line:
        line.send(_LIST)
        found: set[tuple[str, str]] = set()
        while True:
            data = line.recv(1 << 16)
            for number, address, _ in decode(data):
                # An interface may be removed meanwhile, and its addresses with it.
                with contextlib.suppress(OSError):
                    found.add((socket.if_indextoname(number), address))
            if DONE in (kind for kind, _ in _messages(data)):
                return {each for each in found if each[0] != "lo"}
