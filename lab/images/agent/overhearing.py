"""Records what the units send each other, so that a stranger can replay it."""

from __future__ import annotations

import base64
import socket
import threading

from . import stdio
from .frames import ETH_ALL, FAMILIES, INCOMING, TCP, packet

KEPT = 1 << 16
"""Bytes recorded of each connection."""

Connections = dict[str, dict[int, bytes]]
"""Payload by "interface port source-port", then by TCP sequence number."""


class Overhearing:
    """One packet tap, and its recordings."""

    def __init__(self) -> None:
        """Prepare; `tap` begins."""
        self._kept: Connections = {}
        self._stop = threading.Event()

    def tap(self, request: stdio.Record) -> stdio.Record:
        """Record from now on what comes from `source` (by interface) to these ports; without ports, stop and forget."""
        source, numbers = request["source"], request["ports"]
        assert isinstance(source, dict)
        assert isinstance(numbers, list)
        self._stop.set()
        self._kept, self._stop = {}, threading.Event()
        if numbers:
            tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_ALL))
            tap.settimeout(0.5)
            arguments = (tap, source, {int(number) for number in numbers}, self._kept, self._stop)
            threading.Thread(target=_keep, args=arguments, daemon=True).start()
        return {}

    def tapped(self, request: stdio.Record) -> stdio.Record:
        """The longest recorded connection on an interface, for each port: its bytes in base64."""
        interface = str(request["interface"])
        longest: dict[str, str] = {}
        for key, pieces in list(self._kept.items()):
            at, port, _ = key.split()
            text = base64.b64encode(b"".join(pieces[number] for number in sorted(pieces))).decode()
            if at == interface and len(text) > len(longest.get(port, "")):
                longest[port] = text
        return {"bytes": longest}


def _keep(
    tap: socket.socket, source: dict[str, str], wanted: set[int], kept: Connections, stop: threading.Event
) -> None:
    with tap:
        while not stop.is_set():
            try:
                frame, (interface, _, direction, _, _) = tap.recvfrom(1 << 16)
            except TimeoutError:
                continue
            kind = int.from_bytes(frame[12:14], "big")
            if direction != INCOMING or kind not in FAMILIES:
                continue
            segment = packet(frame)
            if segment.protocol != TCP or not segment.size or segment.port not in wanted:
                continue
            if segment.source not in source.get(interface, "").split():
                continue
            pieces = kept.setdefault(f"{interface} {segment.port} {segment.source_port}", {})
            if sum(map(len, pieces.values())) < KEPT:
                pieces.setdefault(segment.sequence, segment.payload)
