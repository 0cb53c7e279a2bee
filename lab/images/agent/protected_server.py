"""The protected mail server: accepts every message and reports the test id it carries."""

from __future__ import annotations

import email
import socketserver
import threading

from . import stdio

_HELD = threading.Event()
"""Set while every delivery is put off."""


class Conversation(socketserver.StreamRequestHandler):
    """One SMTP session, as much of RFC 5321 as a relaying server needs."""

    def handle(self) -> None:
        """Speak until the client quits."""
        self._say("220 protected.example.com ESMTP")
        for raw in self.rfile:
            verb = raw[:4].upper().strip()
            if verb == b"MAIL" and _HELD.is_set():
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
        # Reported before it is acknowledged: a message acknowledged and not reported would be lost for the ledger.
        stdio.event("delivered", stdio.now(), message=message.get("X-Test-Id"), subject=message.get("Subject"),
                   client=self.client_address[0], text=b"".join(lines).decode("utf-8", "replace"))  # fmt: skip
        self._say("250 taken")


class Server(socketserver.ThreadingTCPServer):
    """Takes many sessions at a time."""

    allow_reuse_address = True
    daemon_threads = True


def serve(request: stdio.Record) -> stdio.Record:
    """Accept mail on port 25 of an address."""
    server = Server((str(request["address"]), 25), Conversation)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {}


def hold(request: stdio.Record) -> stdio.Record:
    """Put every delivery off from now on, or take mail again; a message under way is taken."""
    (_HELD.set if request["on"] else _HELD.clear)()
    return {}


HANDLERS: dict[str, stdio.Handler] = {"serve-mail": serve, "hold": hold}
