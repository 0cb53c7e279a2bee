"""A log server: receives syslog over UDP and reports each datagram as it came.

The standard library receives it: a datagram is one line, and what counts here is that none is dropped, changed or
merged with another, which a real log daemon does on purpose.
"""

from __future__ import annotations

import contextlib
import socket
import threading

from . import stdio

_LARGEST = 65536
_ROOM = 1 << 20
"""Bytes that the kernel keeps of what arrives faster than it is read."""


class LogServer:
    """The server, which listens unless it is away."""

    def __init__(self, report: stdio.Report, port: int = 514) -> None:
        """Prepare; `listen` begins."""
        self._report = report
        self._port = port
        self._socket: socket.socket | None = None
        self._reader: threading.Thread | None = None

    def listen(self, request: stdio.Record) -> stdio.Record:
        """Receive on an address from now on, if it does not already."""
        if self._socket is None:
            opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
            opened.bind((str(request["address"]), self._port))
            self._socket = opened
            self._reader = threading.Thread(target=self._receive, args=(opened,), daemon=True)
            self._reader.start()
        return {}

    def leave(self, request: stdio.Record) -> stdio.Record:
        """Listen no more: whoever sends is refused by the kernel."""
        del request
        opened, self._socket = self._socket, None
        if opened is not None:
            # Shutting down wakes the thread that reads; it fails on a socket that has no peer, after it has done so.
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            # While a thread reads from it, the kernel keeps the port.
            if self._reader is not None:
                self._reader.join()
            opened.close()
        return {}

    def _receive(self, opened: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while self._socket is opened:
                data, sender = opened.recvfrom(_LARGEST)
                if sender is not None:  # the socket has not been shut down
                    self._report("logged", stdio.now(), client=sender[0], text=data.decode("utf-8", "replace"))
