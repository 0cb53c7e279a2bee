"""Reports the peer's heartbeats, and counts all payload from the peer."""

from __future__ import annotations

import select
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field

from . import stdio
from .frames import FAMILIES, INCOMING, SO_TIMESTAMPNS, Segment, arrival, tcp_segment

SOL_PACKET = 263
PACKET_IGNORE_OUTGOING = 23
TLS_CHATTER = (20, 21, 22)
"""TLS record types of a handshake or an alert, which are no heartbeats."""

TLS_ALERT = b"\x17\x03\x03\x00\x13"
"""Beginning of an encrypted alert of TLS 1.3, recognized by its length: two bytes, a type and a tag. A unit sends one
before a planned restart."""


Connection = tuple[str, str, int, int]
"""Interface, the peer's address and port, and the port here."""


@dataclass(slots=True)
class Ear:
    """Definition of a heartbeat: interface, sender (one address of each family), and port.

    The unit's own heartbeats use the connections that it dialled; payload that comes back on those is no heartbeat.
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
    """Connections of earlier scenarios, whose payload does not count."""

    def take(self, interface: str, segment: Segment) -> bool:
        """Count payload from the peer; return whether it is a heartbeat: it came to the unit's heartbeat port."""
        connection = (interface, segment.source, segment.source_port, segment.port)
        if segment.opens:
            self.former.discard(connection)
        if not segment.size or connection in self.former or segment.source not in self.source.get(interface, ()):
            return False
        self.alive.add(connection)
        dialled = segment.source_port >= self.first_listen
        key = f"{interface} dialled {segment.source_port}" if dialled else f"{interface} accepted {segment.port}"
        self.arrived[key] += segment.size
        chatter = segment.payload[0] in TLS_CHATTER or segment.payload.startswith(TLS_ALERT)
        return not dialled and segment.port == self.port and not chatter

    def begin(self) -> None:
        """Count from now on only payload on new connections."""
        self.former, self.alive = self.alive, set()


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
        source, ear = request["source"], self._ear
        assert isinstance(source, dict)
        ear.source = {interface: frozenset(addresses.split()) for interface, addresses in source.items()}
        ear.port, ear.first_listen = int(str(request["port"])), int(str(request["first_listen"]))
        if not self._taps:
            self._taps = {kind: _open(kind) for kind in FAMILIES}
            threading.Thread(target=self._listen, daemon=True).start()
        return {}

    def arrived(self, request: stdio.Record) -> stdio.Record:
        """Payload bytes that have arrived from the peer so far, including packets that are not read yet."""
        del request
        self._catch_up()
        return {"bytes": {key: str(size) for key, size in self._ear.arrived.items()}}

    def begin(self, request: stdio.Record) -> stdio.Record:
        """Begin a scenario: later payload on existing connections does not count."""
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
                        packet, ancillary, _, (interface, _, direction, _, _) = tap.recvmsg(160, 64)
                    except BlockingIOError:
                        break
                    if direction != INCOMING or self._ear.muted:
                        continue
                    segment = tcp_segment(packet)
                    if segment is not None and self._ear.take(interface, segment):
                        self._report("heartbeat", arrival(ancillary), interface=interface, family=FAMILIES[kind])


def _open(kind: int) -> socket.socket:
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
    tap.setblocking(False)  # noqa: FBT003 - the socket module's own call
    tap.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    tap.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    return tap
