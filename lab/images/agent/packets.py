"""Reads packets in the namespace: heartbeat payload from the peer, and announcements of addresses."""

from __future__ import annotations

import socket
import struct
import threading
from dataclasses import dataclass, field

from . import wire

ETH_IP = 0x0800
ETH_ARP = 0x0806
ETH_IP6 = 0x86DD
INCOMING = 0
TCP = 6
TLS_CHATTER = (20, 21, 22)
"""TLS record types of a handshake or an alert: bytes on a heartbeat port that are no heartbeat."""


@dataclass(slots=True)
class Ear:
    """What counts as a heartbeat: on which interface, from whom, to which port.

    The unit's own heartbeats travel on the connections that it dialled; what comes back on those is no heartbeat.
    """

    source: dict[str, str] = field(default_factory=dict)
    port: int = 0
    muted: bool = False


EAR = Ear()


def tcp_payload(packet: bytes) -> tuple[str, int, bytes] | None:
    """Source address, destination port and payload of an IPv4 TCP frame; None for anything else."""
    if packet[23] != TCP:
        return None
    start = 14 + (packet[14] & 15) * 4
    length = int.from_bytes(packet[16:18], "big") + 14
    (port,) = struct.unpack_from("!H", packet, start + 2)
    payload = packet[start + (packet[start + 12] >> 4) * 4 : length]
    return socket.inet_ntoa(packet[26:30]), port, payload


def is_heartbeat(ear: Ear, interface: str, packet: bytes) -> bool:
    """Whether the frame carries payload that the peer sent to the unit's heartbeat port."""
    parsed = tcp_payload(packet)
    if parsed is None:
        return False
    source, port, payload = parsed
    return bool(payload) and payload[0] not in TLS_CHATTER and ear.source.get(interface) == source and port == ear.port


def _listen() -> None:
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_IP))
    while True:
        packet, (interface, _, direction, _, _) = tap.recvfrom(256)
        at = wire.now()
        if direction == INCOMING and not EAR.muted and is_heartbeat(EAR, interface, packet):
            wire.event("heartbeat", at, interface=interface)


def hear(request: wire.Record) -> wire.Record:
    """Report heartbeats; called again, replaces what counts as one."""
    source = request["source"]
    assert isinstance(source, dict)
    first = not EAR.source
    EAR.source, EAR.port = source, int(str(request["port"]))
    if first:
        threading.Thread(target=_listen, daemon=True).start()
    return {}


def mute(request: wire.Record) -> wire.Record:
    """Stop or resume reporting heartbeats: the tap lies before the filter that drops them."""
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
        at = wire.now()
        told = announced(packet + bytes(80))
        if direction != 4 and told:  # noqa: PLR2004 - not our own
            wire.event("announcement", at, address=told[0], hardware=told[1])


def overhear(request: wire.Record) -> wire.Record:
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


HANDLERS: dict[str, wire.Handler] = {"hear": hear, "mute": mute, "overhear": overhear}
