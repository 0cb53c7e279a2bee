"""Speaks in place of a unit's service: listens on a port to which the packet filter sends the service's clients."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading

from . import stdio

POLL = 0.02
"""Seconds between two looks whether to stop."""


class Conversation(socketserver.BaseRequestHandler):
    """Says one thing, or nothing, and stays until the client is gone."""

    server: Listener

    def handle(self) -> None:
        """Speak, then swallow whatever comes."""
        with contextlib.suppress(OSError):
            self.request.sendall(self.server.says)
            while self.request.recv(4096):
                pass


class Listener(socketserver.ThreadingTCPServer):
    """Takes many clients at a time, of both families."""

    allow_reuse_address = True
    daemon_threads = True
    address_family = socket.AF_INET6

    def __init__(self, port: int, says: bytes) -> None:
        """Listen on a port of every address."""
        self.says = says
        super().__init__(("::", port), Conversation)


class Impostors:
    """Those that listen now, by port."""

    def __init__(self) -> None:
        """Begin without any."""
        self._listeners: dict[int, Listener] = {}

    def listen(self, request: stdio.Record) -> stdio.Record:
        """Say this text to whoever dials this port from now on."""
        port = int(str(request["port"]))
        self._stop(port)
        listener = self._listeners[port] = Listener(port, str(request["says"]).encode("latin-1"))
        threading.Thread(target=listener.serve_forever, args=(POLL,), daemon=True).start()
        return {}

    def stop(self, request: stdio.Record) -> stdio.Record:
        """Let nobody listen any more."""
        del request
        for port in list(self._listeners):
            self._stop(port)
        return {}

    def _stop(self, port: int) -> None:
        listener = self._listeners.pop(port, None)
        if listener is not None:
            listener.shutdown()
            listener.server_close()


def greeting(request: stdio.Record) -> stdio.Record:
    """How a service answers who dials it: refused, lost, silent, or what it says first."""
    within = float(str(request["within"]))
    try:
        with socket.create_connection((str(request["address"]), int(str(request["port"]))), timeout=within) as client:
            client.settimeout(within)
            try:
                return {"outcome": "said", "says": client.recv(512).decode("latin-1")}
            except OSError:
                return {"outcome": "silent"}
    except ConnectionRefusedError:
        return {"outcome": "refused"}
    except OSError:
        return {"outcome": "lost"}
