"""Reads packets in the namespace: heartbeat payload from the peer, and announcements of addresses."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from . import stdio
from .namespace import OWN

ETH_IP = 0x0800
ETH_ARP = 0x0806
ETH_IP6 = 0x86DD
FAMILIES = {ETH_IP: "IPv4", ETH_IP6: "IPv6"}
INCOMING = 0
SLOW = {"who-has"}
TCP = 6
SYN = 2
SO_TIMESTAMPNS = 35
SOL_PACKET = 263
PACKET_IGNORE_OUTGOING = 23
TLS_CHATTER = (20, 21, 22)
"""TLS record types of a handshake or an alert: bytes on a heartbeat port that are no heartbeat."""

TLS_ALERT = b"\x17\x03\x03\x00\x13"
"""How an encrypted alert of TLS 1.3 begins: it hides its type, but not that it is two bytes, a type and a tag long. A
unit that goes down on purpose sends one as its last word."""


Connection = tuple[str, str, int, int]
"""Interface, the peer's address and port, and the port here."""


@dataclass(slots=True)
class Ear:
    """What counts as a heartbeat: on which interface, from whom (one address of each family), to which port.

    The unit's own heartbeats travel on the connections that it dialled; what comes back on those is no heartbeat.
    """

    source: dict[str, frozenset[str]] = field(default_factory=dict)
    port: int = 0
    first_listen: int = 0
    muted: bool = False
    arrived: Counter[str] = field(default_factory=Counter)
    """Payload bytes from the peer, by interface, kind (accepted, dialled) and port."""
    alive: set[Connection] = field(default_factory=set)
    """Connections that carried payload since the scenario began."""
    former: set[Connection] = field(default_factory=set)
    """Those of the scenario before: what still comes on them belongs to that one."""


EAR = Ear()

_TAPS: dict[int, socket.socket] = {}
"""Where heartbeats are heard, by kind of packet."""

_HEARING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Segment:
    """What is of interest in a TCP segment; of a long one only the beginning of its payload is known."""

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


def take(ear: Ear, interface: str, segment: Segment) -> bool:
    """Count payload from the peer; tell whether it is a heartbeat: it came to the unit's heartbeat port."""
    connection = (interface, segment.source, segment.source_port, segment.port)
    if segment.opens:
        ear.former.discard(connection)
    if not segment.size or connection in ear.former or segment.source not in ear.source.get(interface, ()):
        return False
    ear.alive.add(connection)
    dialled = segment.source_port >= ear.first_listen
    ear.arrived[
        f"{interface} dialled {segment.source_port}" if dialled else f"{interface} accepted {segment.port}"
    ] += segment.size
    chatter = segment.payload[0] in TLS_CHATTER or segment.payload.startswith(TLS_ALERT)
    return not dialled and segment.port == ear.port and not chatter


def _open(kind: int) -> socket.socket:
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
    tap.setblocking(False)  # noqa: FBT003 - the socket module's own call
    tap.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    tap.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    return tap


def _listen() -> None:
    while True:
        select.select(list(_TAPS.values()), [], [])
        catch_up()


def catch_up() -> None:
    """Take in every packet that has arrived by now."""
    with _HEARING:
        for kind, tap in _TAPS.items():
            while True:
                try:
                    packet, ancillary, _, (interface, _, direction, _, _) = tap.recvmsg(160, 64)
                except BlockingIOError:
                    break
                if direction != INCOMING or EAR.muted:
                    continue
                segment = tcp_segment(packet)
                if segment is not None and take(EAR, interface, segment):
                    stdio.event("heartbeat", _arrival(ancillary), interface=interface, family=FAMILIES[kind])


def _arrival(ancillary: list[tuple[int, int, bytes]]) -> float:
    """When the kernel took the packet in; it stamps the time of day, which is carried over to the lab's clock."""
    at, day = stdio.now(), time.time()
    for _, kind, content in ancillary:
        if kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", content[:16])
            return at - (day - (int(seconds) + int(nanoseconds) / 1e9))
    return at


def arrived(request: stdio.Record) -> stdio.Record:
    """Payload bytes that arrived from the peer so far, also those that nobody has looked at yet."""
    del request
    catch_up()
    return {"bytes": {key: str(size) for key, size in EAR.arrived.items()}}


def begin(request: stdio.Record) -> stdio.Record:
    """Begin a scenario: what still comes on connections of the one before is nothing of this one's."""
    del request
    catch_up()
    with _HEARING:
        EAR.former, EAR.alive = EAR.alive, set()
    return {}


def hear(request: stdio.Record) -> stdio.Record:
    """Report heartbeats and count payload; called again, replaces what counts as a heartbeat."""
    source = request["source"]
    assert isinstance(source, dict)
    first = not EAR.source
    EAR.source = {interface: frozenset(addresses.split()) for interface, addresses in source.items()}
    EAR.port, EAR.first_listen = int(str(request["port"])), int(str(request["first_listen"]))
    if first:
        _TAPS.update((kind, _open(kind)) for kind in FAMILIES)
        threading.Thread(target=_listen, daemon=True).start()
    return {}


def mute(request: stdio.Record) -> stdio.Record:
    """Stop or resume reporting heartbeats: the tap lies before the filter that drops them."""
    catch_up()
    EAR.muted = bool(request["on"])
    return {}


def announced(packet: bytes) -> tuple[str, str] | None:
    """Address and hardware address that a gratuitous ARP or an unsolicited neighbour advertisement tells of."""
    kind = int.from_bytes(packet[12:14], "big")
    hardware = packet[6:12].hex(":")
    if kind == ETH_ARP and packet[28:32] == packet[38:42] and packet[28:32] != bytes(4):
        return socket.inet_ntoa(packet[28:32]), hardware
    if kind == ETH_IP6 and packet[20] == 58 and packet[54] == 136:  # noqa: PLR2004 - ICMPv6, advertisement
        return socket.inet_ntop(socket.AF_INET6, packet[62:78]), hardware
    return None


def _overhear(kind: int) -> None:
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
    while True:
        packet, (_, _, direction, _, _) = tap.recvfrom(128)
        at = stdio.now()
        told = announced(packet + bytes(80))
        if direction != 4 and told:  # noqa: PLR2004 - not our own
            stdio.event("announcement", at, address=told[0], hardware=told[1])


def overhear(request: stdio.Record) -> stdio.Record:
    """Report announcements of addresses on this namespace's networks."""
    del request
    for kind in (ETH_ARP, ETH_IP6):
        threading.Thread(target=_overhear, args=(kind,), daemon=True).start()
    return {}


def announce(interface: str, address: str) -> None:
    """Broadcast one gratuitous ARP for an address."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_ARP)) as tap:
        tap.bind((interface, ETH_ARP))
        hardware = tap.getsockname()[4]
        known = socket.inet_aton(address)
        body = struct.pack("!HHBBH", 1, ETH_IP, 6, 4, 1) + hardware + known + bytes(6) + known
        tap.send(b"\xff" * 6 + hardware + struct.pack("!H", ETH_ARP) + body)


def who_has(request: stdio.Record) -> stdio.Record:
    """Ask everyone on a network who holds an IPv4 address, and collect all answers: their hardware addresses."""
    interface, address = str(request["interface"]), socket.inet_aton(str(request["address"]))
    found: set[str] = set()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_ARP)) as tap:
        tap.bind((interface, ETH_ARP))
        hardware = tap.getsockname()[4]
        own = socket.inet_aton(OWN[interface][0].partition("/")[0])
        body = struct.pack("!HHBBH", 1, ETH_IP, 6, 4, 1) + hardware + own + bytes(6) + address
        tap.send(b"\xff" * 6 + hardware + struct.pack("!H", ETH_ARP) + body)
        until = stdio.now() + float(str(request["within"]))
        while (left := until - stdio.now()) > 0:
            tap.settimeout(left)
            try:
                packet, (_, _, direction, _, _) = tap.recvfrom(128)
            except TimeoutError:
                break
            if direction == INCOMING and packet[20:22] == b"\0\2" and packet[28:32] == address:
                found.add(packet[22:28].hex(":"))
    return {"hardware": sorted(found)}


HANDLERS: dict[str, stdio.Handler] = {
    "hear": hear,
    "arrived": arrived,
    "begin": begin,
    "mute": mute,
    "overhear": overhear,
    "who-has": who_has,
}
