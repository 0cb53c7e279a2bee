"""Probes a link: a greeting one way, a token the other way, on a port that only the lab uses."""

from __future__ import annotations

import socket
import threading

from . import stdio

GREETING = b"switchover lab probe\n"


class LinkProbe:
    """The probed end, which greets and echoes."""

    def __init__(self) -> None:
        """Prepare; `listen` begins."""
        self._heard: dict[str, float] = {}

    def listen(self, request: stdio.Record) -> stdio.Record:
        """Answer probes on the given local addresses."""
        wanted = request["addresses"]
        assert isinstance(wanted, list)
        for address in wanted:
            server = socket.create_server((address, int(str(request["port"]))), family=family_of(address), backlog=16)
            threading.Thread(target=self._accept, args=(server,), daemon=True).start()
        return {}

    def heard(self, request: stdio.Record) -> stdio.Record:
        """When a token arrived here, None if it did not."""
        return {"when": self._heard.get(str(request["token"]))}

    def _accept(self, server: socket.socket) -> None:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

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
