"""ARP: announces an address, asks for its holder, and reports the announcements of others."""

from __future__ import annotations

import ipaddress
import socket
import struct
import threading
from pathlib import Path

from . import stdio
from .frames import ETH_ARP, ETH_IP, ETH_IP6, INCOMING, OUTGOING, SO_TIMESTAMPNS, arrival

_BROADCAST = b"\xff" * 6
_REPLY = b"\0\2"
_NEIGHBOUR_ADVERTISEMENT = (58, 136)
"""ICMPv6, and its type for an advertisement. Source: RFC 4861."""
_SOLICITED = 0x40
"""Flag of an advertisement that answers a question. Source: RFC 4861, section 4.4."""


def announce(interface: str, address: str) -> None:
    """Broadcast one gratuitous ARP for an address."""
    known = socket.inet_aton(address)
    with _tap(interface) as tap:
        tap.send(_request(tap, known, known))


def who_has(request: stdio.Record) -> stdio.Record:
    """Ask a network, from the address `source`, who holds an IPv4 address; return hardware addresses.

    Answers are collected for `within` seconds.
    """
    wanted, source = (socket.inet_aton(str(request[name])) for name in ("address", "source"))
    found: set[str] = set()
    with _tap(str(request["interface"])) as tap:
        tap.send(_request(tap, source, wanted))
        until = stdio.now() + float(str(request["within"]))
        while (left := until - stdio.now()) > 0:
            tap.settimeout(left)
            try:
                packet, (_, _, direction, _, _) = tap.recvfrom(128)
            except TimeoutError:
                break
            if direction == INCOMING and packet[20:22] == _REPLY and packet[28:32] == wanted:
                found.add(packet[22:28].hex(":"))
    return {"hardware": sorted(found)}


def neighbour(address: str) -> str:
    """Hardware address behind an IPv4 address, as the kernel knows it; '' for one that it has not asked for."""
    lines = Path("/proc/net/arp").read_text().splitlines()[1:]
    known = {found[0]: found[3] for found in map(str.split, lines)}
    return known.get(address, "")


def announced(packet: bytes) -> tuple[str, str] | None:
    """Address and hardware address in a gratuitous ARP or an unsolicited neighbour advertisement.

    A link-local address is its interface's own, and nothing that units share.
    """
    kind = int.from_bytes(packet[12:14], "big")
    hardware = packet[6:12].hex(":")
    if kind == ETH_ARP and packet[28:32] == packet[38:42] and packet[28:32] != bytes(4):
        return socket.inet_ntoa(packet[28:32]), hardware
    if kind == ETH_IP6 and (packet[20], packet[54]) == _NEIGHBOUR_ADVERTISEMENT and not packet[58] & _SOLICITED:
        address = ipaddress.IPv6Address(packet[62:78])
        return None if address.is_link_local else (str(address), hardware)
    return None


class Announcements:
    """Reports announcements of addresses on this namespace's networks."""

    def __init__(self, report: stdio.Report) -> None:
        """Prepare; `overhear` begins."""
        self._report = report

    def overhear(self, request: stdio.Record) -> stdio.Record:
        """Listen from now on."""
        del request
        for kind in (ETH_ARP, ETH_IP6):
            threading.Thread(target=self._listen, args=(kind,), daemon=True).start()
        return {}

    def _listen(self, kind: int) -> None:
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
        tap.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        while True:
            packet, ancillary, _, (_, _, direction, _, _) = tap.recvmsg(128, 64)
            told = announced(packet + bytes(80))
            if direction != OUTGOING and told:
                self._report("announcement", arrival(ancillary), address=told[0], hardware=told[1])


def _tap(interface: str) -> socket.socket:
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_ARP))
    tap.bind((interface, ETH_ARP))
    return tap


def _request(tap: socket.socket, source: bytes, wanted: bytes) -> bytes:
    """A frame with an ARP request from one address for another; with the same address twice, an announcement."""
    hardware = tap.getsockname()[4]
    body = struct.pack("!HHBBH", 1, ETH_IP, 6, 4, 1) + hardware + source + bytes(6) + wanted
    return bytes(_BROADCAST + hardware + struct.pack("!H", ETH_ARP) + body)
