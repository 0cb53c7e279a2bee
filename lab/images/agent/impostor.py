"""Speaks in place of a unit's service: listens on a port to which the packet filter sends the service's clients."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from functools import partial

from . import stdio

POLL = 0.02
"""Seconds between two looks whether to stop."""


PAUSE = 0.02
"""Seconds between what is said again and again."""

_MORE = b"and more" * 8192

Speak = Callable[[socket.socket], None]
"""How an impostor speaks with one client, until either has enough; raises OSError where the client is gone."""


class Conversation(socketserver.BaseRequestHandler):
    """Speaks with one client."""

    server: Listener

    def handle(self) -> None:
        """Speak until the client is gone."""
        with contextlib.suppress(OSError):
            self.server.speak(self.request)


def say(text: bytes, client: socket.socket) -> None:
    """Say one thing, or nothing, then swallow whatever comes."""
    client.sendall(text)
    while client.recv(4096):
        pass


def say_more(text: bytes, more: int, client: socket.socket) -> None:
    """Say one line that goes on for so many bytes, then swallow whatever comes."""
    client.sendall(text)
    for _ in range(more // len(_MORE)):
        client.sendall(_MORE)
    say(_MORE[: more % len(_MORE)] + b"\r\n", client)


def say_again(text: bytes, client: socket.socket) -> None:
    """Say the same without an end."""
    while True:
        client.sendall(text)
        time.sleep(PAUSE)


def pass_on(late: float, port: int, client: socket.socket) -> None:
    """Let a client speak with the unit's own service after so many seconds."""
    time.sleep(late)
    with socket.create_connection(("127.0.0.1", port)) as service:
        threading.Thread(target=_pump, args=(client, service), daemon=True).start()
        _pump(service, client)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Carry all that comes, then the end."""
    with contextlib.suppress(OSError):
        while some := source.recv(4096):
            sink.sendall(some)
        sink.shutdown(socket.SHUT_WR)


class Listener(socketserver.ThreadingTCPServer):
    """Takes many clients at a time, of both families."""

    allow_reuse_address = True
    daemon_threads = True
    address_family = socket.AF_INET6

    def __init__(self, port: int, speak: Speak) -> None:
        """Listen on a port of every address."""
        self.speak = speak
        super().__init__(("::", port), Conversation)


class Impostors:
    """Those that listen now, by port."""

    def __init__(self) -> None:
        """Begin without any."""
        self._listeners: dict[int, Listener] = {}

    def listen(self, request: stdio.Record) -> stdio.Record:
        """Speak so with whoever dials this port from now on."""
        port = int(str(request["port"]))
        self._stop(port)
        listener = self._listeners[port] = Listener(port, _way(request))
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


def _way(request: stdio.Record) -> Speak:
    """Read how to speak.

    It `says` a text, `again` and again, or with so many bytes `more`, or `late` seconds later what is said at a port.
    """
    if "late" in request:
        return partial(pass_on, float(str(request["late"])), int(str(request["to"])))
    if "more" in request:
        return partial(say_more, str(request["says"]).encode("latin-1"), int(str(request["more"])))
    return partial(say_again if "again" in request else say, str(request["says"]).encode("latin-1"))


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
