"""Probes a link: a greeting one way, a token the other way, on a port that only the lab uses; and by datagrams."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from . import stdio

GREETING = b"switchover lab probe\n"


class LinkProbe:
    """The probed end, which greets and echoes."""

    def __init__(self) -> None:
        """Prepare; `listen` begins."""
        self._heard: dict[str, float] = {}

    def listen(self, request: stdio.Record) -> stdio.Record:
        """Answer probes on the given local addresses, and keep the tokens of datagrams."""
        wanted, port = request["addresses"], int(str(request["port"]))
        assert isinstance(wanted, list)
        for address in wanted:
            server = socket.create_server((address, port), family=family_of(address), backlog=16)
            threading.Thread(target=self._accept, args=(server,), daemon=True).start()
            datagrams = socket.socket(family_of(address), socket.SOCK_DGRAM)
            datagrams.bind((address, port))
            threading.Thread(target=self._receive, args=(datagrams,), daemon=True).start()
        return {}

    def heard(self, request: stdio.Record) -> stdio.Record:
        """When a token arrived here, None if it did not."""
        return {"when": self._heard.get(str(request["token"]))}

    def _accept(self, server: socket.socket) -> None:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _receive(self, datagrams: socket.socket) -> None:
        while True:
            token = datagrams.recv(256).decode(errors="replace")
            self._heard[token] = stdio.now()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                connection.sendall(GREETING)
                token = connection.recv(64).decode()
                if token:
                    self._heard[token] = stdio.now()
                    connection.sendall(token.encode())
            except OSError:
                return


def send(request: stdio.Record) -> stdio.Record:
    """Send a token to the peer's probe port in a datagram; one that cannot leave is lost, like one that is dropped."""
    address = str(request["address"])
    with suppress(OSError), socket.socket(family_of(address), socket.SOCK_DGRAM) as sender:
        sender.sendto(str(request["token"]).encode(), (address, int(str(request["port"]))))
    return {}


def probe(request: stdio.Record) -> stdio.Record:
    """Dial the peer's probe port, wait for its greeting, send the token, and wait for its echo; times in seconds.

    `within` is how long it waits for anything, `greeting` how long for the greeting.
    """
    within, greeting = float(str(request["within"])), float(str(request["greeting"]))
    begun = stdio.now()
    result: stdio.Record = {"connected": False, "greeted": False, "echoed": False, "refused": False}
    with socket.socket(family_of(str(request["address"]))) as dialled:
        dialled.settimeout(greeting)
        try:
            dialled.connect((str(request["address"]), int(str(request["port"]))))
            result["connected"] = True
            dialled.sendall(str(request["token"]).encode())
            seen = b""
            while not seen.endswith(str(request["token"]).encode()):
                more = dialled.recv(256)
                if not more:
                    break
                seen += more
                result["greeted"] = seen.startswith(GREETING)
                dialled.settimeout(within if result["greeted"] else greeting)
            else:
                result["echoed"] = True
        except ConnectionRefusedError:
            result["refused"] = True
        except OSError:
            pass
    result["took"] = stdio.now() - begun
    return result


def family_of(address: str) -> socket.AddressFamily:
    """The socket family of an address."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET
