"""Parses frames from a packet socket. Source: packet(7), linux/if_ether.h."""

from __future__ import annotations

import ctypes
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass

from . import stdio

SO_TIMESTAMPNS = 35
"""The option of a socket that tells when the kernel received each packet. Source: socket(7)."""

SO_ATTACH_FILTER = 26
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
OF_INTERFACE = 0xFFFFF000 + 8
"""Instructions of a socket's filter, and where it finds the number of a packet's interface. Source: linux/filter.h."""

ETH_ALL = 3
ETH_IP = 0x0800
ETH_ARP = 0x0806
ETH_IP6 = 0x86DD
FAMILIES = {ETH_IP: "IPv4", ETH_IP6: "IPv6"}
INCOMING = 0
OUTGOING = 4
ARRIVING = frozenset({INCOMING, 1, 2})
"""Packets for this host, and for all or several hosts. Source: packet(7), sll_pkttype."""

SYN = 2
"""The flag of a TCP segment that opens a connection. Source: RFC 9293."""

ICMP, IGMP, TCP, UDP, ICMP6 = 1, 2, 6, 17, 58
TCP_HEADER, UDP_HEADER = 20, 8
"""Least bytes of a header."""

TOGETHER = 0.001
"""Seconds within which two clocks are read for one moment."""

FRAGMENT = 44
EXTENSIONS = frozenset({0, 43, FRAGMENT, 60})
"""IPv6 headers before that of the protocol: hop-by-hop, routing, fragment, destination. Source: RFC 8200."""

OF_KERNELS = {ICMP: frozenset({3, 5, 11, 12}), ICMP6: frozenset({*range(1, 5), *range(130, 138), 143})}
"""Types of ICMP by which a kernel tells an error, joins groups (MLD) and finds neighbours (ND). Source: IANA."""


@dataclass(frozen=True, slots=True)
class Packet:
    """The needed fields of an IP packet; of a long payload only the beginning is known.

    The payload is that of TCP or UDP. Of another protocol, of a later fragment and of a header that is cut short it is
    all that follows the IP headers, and the ports are 0.
    """

    protocol: int
    source: str
    source_port: int
    port: int
    size: int
    payload: bytes
    sequence: int = 0
    opens: bool = False
    """Whether it opens a TCP connection: SYN is set."""

    @property
    def is_of_kernel(self) -> bool:
        """Whether a kernel sends it of its own accord: an error, or for its groups and neighbours."""
        kind = self.payload[0] if self.payload else None
        return self.protocol == IGMP or kind in OF_KERNELS.get(self.protocol, ())


def packet(frame: bytes) -> Packet:
    """The packet in an IPv4 or IPv6 frame."""
    if int.from_bytes(frame[12:14], "big") == ETH_IP6:
        source = socket.inet_ntop(socket.AF_INET6, frame[22:38])
        protocol, start, is_first = _behind_extensions(frame)
        end = 54 + int.from_bytes(frame[18:20], "big")
    else:
        source = socket.inet_ntoa(frame[26:30])
        protocol, start = frame[23], 14 + (frame[14] & 15) * 4
        is_first = not int.from_bytes(frame[20:22], "big") & 0x1FFF
        end = 14 + int.from_bytes(frame[16:18], "big")
    source_port = port = sequence = 0
    flags = 0
    room = min(end, len(frame)) - start if is_first else 0
    if protocol == TCP and room >= TCP_HEADER:
        source_port, port, sequence = struct.unpack_from("!HHI", frame, start)
        flags = frame[start + 13]
        start += (frame[start + 12] >> 4) * 4
    elif protocol == UDP and room >= UDP_HEADER:
        source_port, port = struct.unpack_from("!HH", frame, start)
        start += UDP_HEADER
    return Packet(protocol, source, source_port, port, end - start, frame[start:end], sequence, bool(flags & SYN))


def _behind_extensions(frame: bytes) -> tuple[int, int, bool]:
    """Protocol of an IPv6 packet, where its header begins, and whether it is there: in no later fragment."""
    following, start, is_first = frame[20], 54, True
    while following in EXTENSIONS and is_first and len(frame) >= start + 8:
        if following == FRAGMENT:
            is_first = not int.from_bytes(frame[start + 2 : start + 4], "big") & 0xFFF8
        # A fragment header's own second byte is reserved, and 0.
        following, start = frame[start], start + 8 * (frame[start + 1] + 1)
    return following, start, is_first


def arrival(ancillary: list[tuple[int, int, bytes]]) -> float:
    """When the kernel received the packet: its time of day, converted to the lab's clock."""
    for _, kind, content in ancillary:
        if kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", content[:16])
            return int(seconds) + int(nanoseconds) / 1e9 + _from_time_of_day()
    return stdio.now()


def _from_time_of_day() -> float:
    """What to add to a time of day for the lab's clock; read until nothing held this process up between two clocks."""
    while True:
        before, day, after = stdio.now(), time.time(), stdio.now()
        if after - before < TOGETHER:
            return after - day


def filter_by_interface(tap: socket.socket, numbers: Iterable[int]) -> None:
    """Let the kernel hand out only packets of these interfaces, by number, so that no other wakes the agent."""
    wanted = list(numbers)
    program = [(LOAD, 0, 0, OF_INTERFACE)]
    program += [(JUMP_IF_EQUAL, len(wanted) - place, 0, number) for place, number in enumerate(wanted)]
    program += [(RETURN, 0, 0, 0), (RETURN, 0, 0, 1 << 16)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *each) for each in program))
    tap.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(program), ctypes.addressof(code)))
