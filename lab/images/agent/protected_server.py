"""The protected mail server: accepts every message and reports its test id."""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Callable

from . import stdio


class Conversation(socketserver.StreamRequestHandler):
    """One SMTP session, with as much of RFC 5321 as a relaying unit needs."""

    server: Listener

    def handle(self) -> None:
        """Speak until the client quits."""
        self._say("220 protected.example.com ESMTP")
        for raw in self.rfile:
            verb = raw[:4].upper().strip()
            if verb == b"MAIL" and self.server.is_held():
                self._say("450 4.2.0 not now, try again later")
            elif verb == b"DATA":
                self._say("354 go on")
                self._take()
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            elif verb == b"EHLO":
                self._say("250 protected.example.com")
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _take(self) -> None:
        lines: list[bytes] = []
        for raw in self.rfile:
            if raw.rstrip(b"\r\n") == b".":
                break
            lines.append(raw[1:] if raw.startswith(b"..") else raw)
        message = email.message_from_bytes(b"".join(lines))
        # Report before the acknowledgement: an acknowledged message without a report would count as lost.
        self.server.report(
            "delivered",
            stdio.now(),
            message=message.get("X-Test-Id"),
            subject=message.get("Subject"),
            client=self.client_address[0],
            text=b"".join(lines).decode("utf-8", "replace"),
        )
        self._say("250 taken")


class Listener(socketserver.ThreadingTCPServer):
    """Takes many sessions at a time."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: str, report: stdio.Report, is_held: Callable[[], bool]) -> None:
        """Listen on port 25 of an address; `is_held` tells whether every delivery is deferred now."""
        self.report = report
        self.is_held = is_held
        super().__init__((address, 25), Conversation)


class ProtectedServer:
    """The server, and whether it takes mail."""

    def __init__(self, report: stdio.Report) -> None:
        """Prepare to take mail; `serve` begins."""
        self._report = report
        self._held = threading.Event()

    def serve(self, request: stdio.Record) -> stdio.Record:
        """Accept mail on port 25 of an address."""
        listener = Listener(str(request["address"]), self._report, self._held.is_set)
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        return {}

    def hold(self, request: stdio.Record) -> stdio.Record:
        """Defer every delivery from now on, or take mail again; a message under way is taken."""
        (self._held.set if request["on"] else self._held.clear)()
        return {}
