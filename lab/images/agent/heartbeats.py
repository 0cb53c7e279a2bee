"""Reports the peer's heartbeats, and counts all payload from the peer."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import stdio
from .frames import ARRIVING, FAMILIES, SO_TIMESTAMPNS, TCP, UDP, Packet, arrival, filter_by_interface, packet

SOL_PACKET = 263
PACKET_IGNORE_OUTGOING = 23

SEQUENCES = 1 << 32
"""Numbers of bytes in a TCP stream, from which it begins again at 0. Source: RFC 9293."""

RECORD = struct.Struct("!BHH")
"""Head of a TLS record: type, version, bytes that follow. Source: RFC 8446, section 5.1."""

CAPTURED = 4096
"""Bytes of a frame that are read: the heads of the few records that one heartbeat segment has."""

Connection = tuple[str, str, int, int]
"""Interface, the peer's address and port, and the port here."""

Addresses = dict[str, frozenset[str]]
"""By interface."""


@dataclass(slots=True)
class Ear:
    """Definition of a heartbeat: senders, protocols, and ports; what begins with some `noise` is none."""

    source: Addresses = field(default_factory=dict)
    """Addresses from which TCP of the peer comes: Toxiproxy's."""
    peer: Addresses = field(default_factory=dict)
    """The peer's own addresses, from which everything else comes."""
    protocols: frozenset[int] = frozenset()
    noise: tuple[bytes, ...] = ()
    records: bool = False
    """Whether TCP carries TLS records, of which each is noise or not; otherwise each segment is."""
    port: int = 0
    """The unit's own base port."""
    answers: frozenset[int] = frozenset()
    """Toxiproxy's ports for the peer's base port, if heartbeats also come back on connections that the unit dialled."""
    first_listen: int = 0
    muted: bool = False
    arrived: Counter[str] = field(default_factory=Counter)
    """Payload bytes from the peer, by interface, kind (accepted, dialled) and port."""
    past: Counter[str] = field(default_factory=Counter)
    """Packets of the peer that did not come through Toxiproxy, by interface, protocol and port; without TCP."""
    alive: dict[Connection, int] = field(default_factory=dict)
    """Connections that were opened or carried payload since `begin`, and the TCP number behind each one's last byte."""
    unfinished: dict[Connection, tuple[int, bool]] = field(default_factory=dict)
    """Bytes that the last record of a connection still lacks, and whether that is noise."""
    former: set[Connection] = field(default_factory=set)
    """Connections from before `begin`: their ends may be gone, and what is sent again on them reaches nobody."""

    def take(self, interface: str, packet: Packet) -> bool:
        """Count what comes from the peer; return whether it is a heartbeat."""
        comes = self._comes_through if packet.protocol == TCP else self._comes_past
        return comes(interface, packet) and packet.protocol in self.protocols and packet.size > 0

    def _comes_through(self, interface: str, segment: Packet) -> bool:
        """Count payload that comes through Toxiproxy; return whether it is of a base port."""
        connection = (interface, segment.source, segment.source_port, segment.port)
        if segment.source not in self.source.get(interface, ()):
            return False
        if segment.opens:
            self.former.discard(connection)
            self.alive[connection] = (segment.sequence + 1) % SEQUENCES
            self.unfinished.pop(connection, None)
        if not segment.size or connection in self.former:
            return False
        new = self._new(connection, segment)
        if not new:
            return False
        dialled = segment.source_port >= self.first_listen
        key = f"{interface} dialled {segment.source_port}" if dialled else f"{interface} accepted {segment.port}"
        self.arrived[key] += segment.size
        is_of_base_port = segment.source_port in self.answers if dialled else segment.port == self.port
        return is_of_base_port and self._tells(connection, segment, new)

    def _new(self, connection: Connection, segment: Packet) -> int:
        """Note how far a connection has come; return by how many bytes.

        On a busy machine a kernel acknowledges late, and the other one sends again what the unit has read long ago.
        """
        end = (segment.sequence + segment.size) % SEQUENCES
        ahead = (end - self.alive.setdefault(connection, segment.sequence)) % SEQUENCES
        if not 0 < ahead < SEQUENCES // 2:
            return 0
        self.alive[connection] = end
        return ahead

    def _tells(self, connection: Connection, segment: Packet, new: int) -> bool:
        """Whether something that is no noise ends among the new bytes of a segment.

        One segment may have the end of a handshake and the first heartbeat; one record may take two segments.
        """
        if not self.records:
            return not segment.payload.startswith(self.noise)
        at = max(0, segment.size - new)
        lacking, is_noise = self.unfinished.pop(connection, (0, True))
        if new > segment.size:  # a segment is missing
            lacking = 0
        tells = False
        while at < segment.size:
            if not lacking:
                if len(segment.payload) < at + RECORD.size:
                    break
                lacking = RECORD.size + RECORD.unpack_from(segment.payload, at)[2]
                is_noise = segment.payload.startswith(self.noise, at)
            step = min(lacking, segment.size - at)
            at, lacking = at + step, lacking - step
            tells = tells or not (lacking or is_noise)
        if lacking:
            self.unfinished[connection] = (lacking, is_noise)
        return tells

    def _comes_past(self, interface: str, packet: Packet) -> bool:
        """Count a packet that does not come through Toxiproxy; return whether it may be a heartbeat."""
        if packet.source not in self.peer.get(interface, ()) or packet.is_of_kernel:
            return False
        self.past[f"{interface} {packet.protocol} {packet.port}"] += 1
        is_of_base_port = packet.protocol != UDP or packet.port == self.port
        return is_of_base_port and not packet.payload.startswith(self.noise)

    def begin(self) -> None:
        """Count from now on only payload on new connections."""
        self.former |= self.alive.keys()
        self.alive = {}


class Heartbeats:
    """The packet taps of a unit's namespace."""

    def __init__(self, report: stdio.Report) -> None:
        """Prepare; `hear` begins."""
        self._report = report
        self._ear = Ear()
        self._taps: dict[int, socket.socket] = {}
        """By kind of packet."""
        self._lock = threading.Lock()

    def hear(self, request: stdio.Record) -> stdio.Record:
        """Report heartbeats and count payload; another call replaces the definition of a heartbeat."""
        protocols, noise, answers, ear = request["protocols"], request["noise"], request["answers"], self._ear
        assert isinstance(protocols, list)
        assert isinstance(noise, list)
        assert isinstance(answers, list)
        with self._lock:
            ear.source, ear.peer = _addresses(request["source"]), _addresses(request["peer"])
            ear.protocols, ear.noise = frozenset(map(int, protocols)), tuple(map(bytes.fromhex, noise))
            ear.answers, ear.records = frozenset(map(int, answers)), bool(request["records"])
            ear.port, ear.first_listen = int(str(request["port"])), int(str(request["first_listen"]))
        if not self._taps:
            self._taps = {kind: _open(kind, {*ear.source, *ear.peer}) for kind in FAMILIES}
            threading.Thread(target=self._listen, daemon=True).start()
        return {}

    def arrived(self, request: stdio.Record) -> stdio.Record:
        """What has arrived from the peer so far, including packets that are not read yet: payload, and packets past."""
        del request
        self._catch_up()
        with self._lock:
            return {
                "bytes": {key: str(size) for key, size in self._ear.arrived.items()},
                "past": {key: str(count) for key, count in self._ear.past.items()},
            }

    def begin(self, request: stdio.Record) -> stdio.Record:
        """Begin a scenario, or a unit's next life: later payload on existing connections does not count."""
        del request
        self._catch_up()
        with self._lock:
            self._ear.begin()
        return {}

    def mute(self, request: stdio.Record) -> stdio.Record:
        """Stop or resume reporting heartbeats, since the tap is before the filter that drops them."""
        self._catch_up()
        self._ear.muted = bool(request["on"])
        return {}

    def _listen(self) -> None:
        while True:
            select.select(list(self._taps.values()), [], [])
            self._catch_up()

    def _catch_up(self) -> None:
        """Read every packet that has arrived by now."""
        with self._lock:
            for kind, tap in self._taps.items():
                while True:
                    try:
                        frame, ancillary, _, (interface, _, direction, _, _) = tap.recvmsg(CAPTURED, 64)
                    except BlockingIOError:
                        break
                    if direction not in ARRIVING or self._ear.muted:
                        continue
                    if self._ear.take(interface, packet(frame)):
                        self._report("heartbeat", arrival(ancillary), interface=interface, family=FAMILIES[kind])


def _addresses(told: stdio.Value) -> Addresses:
    """Addresses by interface, from their texts with blanks between them."""
    assert isinstance(told, dict)
    return {interface: frozenset(addresses.split()) for interface, addresses in told.items()}


def _open(kind: int, interfaces: Iterable[str]) -> socket.socket:
    """A tap for what arrives on these interfaces: most packets of a namespace are its operator's and its mail's."""
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
    filter_by_interface(tap, map(socket.if_nametoindex, interfaces))
    tap.setblocking(False)  # noqa: FBT003 - the socket module's own call
    tap.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    tap.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    return tap
