"""The protected mail server: accepts every message and reports its test id, or puts it off, or does not answer."""

from __future__ import annotations

import contextlib
import email
import socketserver
import threading

from . import stdio
from .arp import neighbour

ALERTS = "@alerts.example"
"""End of each address that an operator names as a recipient of alerts."""

Client = dict[str, str]
"""Who delivers: `client` is its address, `hardware` its hardware address, as far as the kernel knows it."""


class Conversation(socketserver.StreamRequestHandler):
    """One SMTP session, with as much of RFC 5321 as a relaying unit needs."""

    server: Listener

    def handle(self) -> None:
        """Speak until the client quits, or is gone."""
        self._client = {"client": self.client_address[0], "hardware": neighbour(self.client_address[0])}
        with contextlib.suppress(ConnectionError):
            self._speak()

    def _speak(self) -> None:
        self._say("220 protected.example.com ESMTP")
        recipients: list[str] = []
        for raw in self.rfile:
            verb = raw[:4].upper().strip()
            if verb in {b"MAIL", b"RSET"}:
                recipients.clear()
                self._say("250 ok")
            elif verb == b"RCPT":
                recipient = raw.partition(b"<")[2].partition(b">")[0].decode("ascii", "replace")
                if self.server.taking(recipient).later:
                    self._say("450 4.2.0 not now, try again later")
                else:
                    recipients.append(recipient)
                    self._say("250 ok")
            elif verb == b"DATA":
                for recipient in recipients:
                    self.server.taking(recipient).wait(self._client)
                self._say("354 go on" if recipients else "503 5.5.1 to nobody")
                if not recipients:
                    continue
                self._take(recipients)
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            elif verb == b"EHLO":
                self._say("250 protected.example.com")
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _take(self, recipients: list[str]) -> None:
        lines: list[bytes] = []
        for raw in self.rfile:
            if raw.rstrip(b"\r\n") == b".":
                break
            lines.append(raw[1:] if raw.startswith(b"..") else raw)
        else:
            return  # The sender was interrupted: without its end there is no message.
        message = email.message_from_bytes(b"".join(lines))
        # Report before the acknowledgement: an acknowledged message without a report would count as lost.
        self.server.report(
            "delivered",
            stdio.now(),
            message=message.get("X-Test-Id"),
            subject=message.get("Subject"),
            recipients=list(recipients),
            text=b"".join(lines).decode("utf-8", "replace"),
            **self._client,
        )
        self._say("250 taken")


class Taking:
    """How the server takes mail: now, later (it puts every delivery off), or never (it leaves it unanswered)."""

    def __init__(self) -> None:
        """Begin to take mail."""
        self._change = threading.Condition()
        self._how = "now"
        self._waiting: list[Client] = []

    @property
    def later(self) -> bool:
        """Whether every delivery is put off."""
        return self._how == "later"

    def change(self, how: str) -> None:
        """Take mail otherwise from now on; who waits goes on unless the new way is never."""
        with self._change:
            self._how = how
            self._change.notify_all()

    def wait(self, client: Client) -> None:
        """Wait while nothing is answered."""
        with self._change:
            self._waiting.append(client)
            self._change.wait_for(lambda: self._how != "never")
            self._waiting.remove(client)

    def waiting(self) -> list[Client]:
        """The clients that wait now."""
        with self._change:
            return list(self._waiting)


class Listener(socketserver.ThreadingTCPServer):
    """Takes many sessions at a time."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self, address: str, report: stdio.Report, takes: Taking, port: int = 25, *, alerts: Taking | None = None
    ) -> None:
        """Listen on a port of an address; alerts are taken in a way of their own."""
        self.report = report
        self._takes = takes
        self._alerts = alerts or Taking()
        super().__init__((address, port), Conversation)

    def taking(self, recipient: str) -> Taking:
        """How mail for a recipient is taken now."""
        return self._alerts if recipient.endswith(ALERTS) else self._takes


class ProtectedServer:
    """The server, and how it takes mail and alerts."""

    def __init__(self, report: stdio.Report) -> None:
        """Prepare to take mail; `serve` begins."""
        self._report = report
        self._takes = {"mail": Taking(), "alerts": Taking()}

    def serve(self, request: stdio.Record) -> stdio.Record:
        """Accept mail on port 25 of an address."""
        listener = Listener(str(request["address"]), self._report, self._takes["mail"], alerts=self._takes["alerts"])
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        return {}

    def take(self, request: stdio.Record) -> stdio.Record:
        """Take mail, or alerts, now, later or never from now on; a message whose text is under way is taken."""
        self._takes[str(request.get("what", "mail"))].change(str(request["how"]))
        return {}

    def stalled(self, request: stdio.Record) -> stdio.Record:
        """Addresses of the clients that wait for an answer in the middle of a delivery, and who is behind each."""
        del request
        return {"clients": {each["client"]: each["hardware"] for each in self._takes["mail"].waiting()}}
