"""Parses frames from a packet socket. Source: packet(7), linux/if_ether.h."""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass

from . import stdio

SO_TIMESTAMPNS = 35
"""The option of a socket that tells when the kernel received each packet. Source: socket(7)."""

ETH_ALL = 3
ETH_IP = 0x0800
ETH_ARP = 0x0806
ETH_IP6 = 0x86DD
FAMILIES = {ETH_IP: "IPv4", ETH_IP6: "IPv6"}
INCOMING = 0
OUTGOING = 4
TCP = 6
SYN = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """The needed fields of a TCP segment; of a long payload only the beginning is known."""

    source: str
    source_port: int
    port: int
    size: int
    payload: bytes
    sequence: int = 0
    opens: bool = False
    """Whether it opens a connection: SYN is set."""


def tcp_segment(packet: bytes) -> Segment | None:
    """The segment in an IPv4 or IPv6 frame; None for anything else (IPv6 with extension headers included)."""
    if int.from_bytes(packet[12:14], "big") == ETH_IP6:
        kind, start, source = packet[20], 54, socket.inet_ntop(socket.AF_INET6, packet[22:38])
        length = int.from_bytes(packet[18:20], "big") + start
    else:
        kind, start, source = packet[23], 14 + (packet[14] & 15) * 4, socket.inet_ntoa(packet[26:30])
        length = int.from_bytes(packet[16:18], "big") + 14
    if kind != TCP:
        return None
    source_port, port, sequence = struct.unpack_from("!HHI", packet, start)
    opens = bool(packet[start + 13] & SYN)
    start += (packet[start + 12] >> 4) * 4
    return Segment(source, source_port, port, length - start, packet[start:length], sequence, opens)


def arrival(ancillary: list[tuple[int, int, bytes]]) -> float:
    """When the kernel received the packet: its time of day, converted to the lab's clock."""
    at, day = stdio.now(), time.time()
    for _, kind, content in ancillary:
        if kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", content[:16])
            return at - (day - (int(seconds) + int(nanoseconds) / 1e9))
    return at
