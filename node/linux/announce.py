"""Packets that tell a network who holds an address now: gratuitous ARP, and IPv6's unsolicited advertisement."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
from enum import IntEnum

ETH_P_ARP = 0x0806
ETH_P_IPV6 = 0x86DD
BROADCAST = b"\xff" * 6
ALL_NODES = ipaddress.IPv6Address("ff02::1").packed
ALL_NODES_MAC = b"\x33\x33\x00\x00\x00\x01"
ICMPV6 = 58
NEIGHBOUR_ADVERTISEMENT = 136
OVERRIDE = 0x20000000


class Operation(IntEnum):
    """Both forms of a gratuitous ARP: some equipment accepts only one of them."""

    REQUEST = 1
    REPLY = 2


def arp(mac: bytes, address: str, operation: Operation) -> bytes:
    """An Ethernet frame with a gratuitous ARP of the holder of `address`. Source: HA-113."""
    own = ipaddress.IPv4Address(address).packed
    target = mac if operation is Operation.REPLY else b"\x00" * 6
    header = BROADCAST + mac + struct.pack("!H", ETH_P_ARP)
    return header + struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation) + mac + own + target + own


def advertisement(mac: bytes, address: str) -> bytes:
    """An Ethernet frame with an unsolicited neighbour advertisement that overrides older entries."""
    own = ipaddress.IPv6Address(address).packed
    body = struct.pack("!BBHI", NEIGHBOUR_ADVERTISEMENT, 0, 0, OVERRIDE) + own + struct.pack("!BB", 2, 1) + mac
    pseudo = own + ALL_NODES + struct.pack("!II", len(body), ICMPV6)
    body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
    packet = struct.pack("!IHBB", 6 << 28, len(body), ICMPV6, 255) + own + ALL_NODES + body
    return ALL_NODES_MAC + mac + struct.pack("!H", ETH_P_IPV6) + packet


def checksum(data: bytes) -> int:
    """The Internet checksum of an even number of bytes."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def announce(device: str, address: str) -> None:
    """Send the announcement of an address (without mask) once; nothing is sent while the device is down."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
        raw.bind((device, 0))
        mac = raw.getsockname()[4]
        if ":" in address:
            raw.send(advertisement(mac, address))
        else:
            for operation in Operation:
                raw.send(arp(mac, address, operation))
