"""The mail client: sends test messages and probes addresses by their SMTP banner."""

from __future__ import annotations

import contextlib
import http.client
import imaplib
import poplib
import re
import smtplib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import stdio

GREETING = re.compile(r"220[ -](\S+)")
"""Beginning of a greeting of one line or of several, with the server's name. Source: RFC 5321, section 4.2."""


TEST_ID = re.compile(r"^X-Test-Id: *([a-z0-9-]+)", re.MULTILINE)


def banner(address: str, within: float) -> tuple[str | None, float]:
    """Name in the SMTP greeting at an address (None without one), and how long it took, in milliseconds."""
    start = stdio.now()
    name = None
    try:
        with socket.create_connection((address, 25), timeout=within) as client:
            client.settimeout(within)
            greeting = GREETING.match(client.recv(512).decode("ascii", "replace"))
            name = greeting[1] if greeting else None
            client.sendall(b"QUIT\r\n")
    except OSError:
        pass
    return name, (stdio.now() - start) * 1000


def ask(request: stdio.Record) -> stdio.Record:
    """Name of the unit that answers on an address now."""
    name, took = banner(str(request["address"]), float(str(request["within"])))
    return {"name": name, "ms": round(took, 2)}


def send(request: stdio.Record) -> stdio.Record:
    """Send one message; the outcome is accepted, refused or unanswered, `by` the name in the greeting."""
    detail, by = "", None
    try:
        client = smtplib.SMTP(timeout=float(str(request["within"])))
        with client:
            _, greeting = client.connect(str(request["address"]), 25)
            by = next(iter(greeting.decode("ascii", "replace").split()), None)
            assert client.sock is not None
            client.sock.settimeout(float(str(request["answer"])))
            client.sendmail(str(request["sender"]), [str(request["recipient"])], str(request["text"]))
        outcome = "accepted"
    except smtplib.SMTPServerDisconnected as error:
        outcome, detail = "unanswered", str(error)
    except smtplib.SMTPException as error:
        outcome, detail = "refused", str(error)
    except ConnectionRefusedError as error:
        outcome, detail = "refused", str(error)
    except OSError as error:
        outcome, detail = "unanswered", str(error)
    return {"outcome": outcome, "detail": detail, "by": by}


def read(request: stdio.Record) -> stdio.Record:
    """The test messages in a user's mailbox, by IMAP; they are no longer new then. None without an answer.

    A message that is whole ends with `ends` and its id; `in_part` follows the id of any other.
    """
    within, address = float(str(request["within"])), str(request["address"])
    try:
        with imaplib.IMAP4(address, 143, timeout=within) as client:
            client.login(str(request["user"]), str(request["password"]))
            client.select()
            _, found = client.search(None, "ALL")
            names = found[0].decode("ascii").split()
            if request["answered"] and names:
                client.store(",".join(names), "+FLAGS", "\\Answered")
            answers = [client.fetch(name, "(BODY[])")[1][0] for name in names]
    except (imaplib.IMAP4.error, OSError):
        return {"ids": None}
    texts = [answer[1].decode("ascii", "replace") for answer in answers if isinstance(answer, tuple)]
    found = [(TEST_ID.search(text), text) for text in texts]
    return {"ids": [_told(match[1], text, request) for match, text in found if match]}


def _told(name: str, text: str, request: stdio.Record) -> str:
    """The id of a message, and what to say of one that does not end as it should."""
    return name if text.rstrip().endswith(f"{request['ends']}{name}") else f"{name}{request['in_part']}"


class Watches:
    """The addresses that are probed repeatedly."""

    def __init__(self, report: stdio.Report) -> None:
        """Begin without addresses."""
        self._report = report
        self._stops: dict[str, threading.Event] = {}

    def watch(self, request: stdio.Record) -> stdio.Record:
        """Probe an address every `every` seconds from now on, in parallel, so that a hanging probe delays no other."""
        address = str(request["address"])
        if address not in self._stops:
            stop = self._stops[address] = threading.Event()
            arguments = (address, float(str(request["every"])), stop)
            threading.Thread(target=self._watch, args=arguments, daemon=True).start()
        return {}

    def unwatch(self, request: stdio.Record) -> stdio.Record:
        """Stop all probes."""
        del request
        for stop in self._stops.values():
            stop.set()
        self._stops.clear()
        return {}

    def _watch(self, address: str, every: float, stop: threading.Event) -> None:
        due = stdio.now()
        while not stop.is_set():
            threading.Thread(target=self._probe, args=(address, max(every * 4, 0.2)), daemon=True).start()
            due = max(due + every, stdio.now())
            stop.wait(due - stdio.now())

    def _probe(self, address: str, within: float) -> None:
        at = stdio.now()
        name, took = banner(address, within)
        self._report("probe", at, address=address, name=name, ms=round(took, 2))


@dataclass(frozen=True, slots=True)
class Service:
    """How a client greets a server, what it asks in an open session before anybody logs in, and how it hangs up."""

    greet: Callable[[str, float], Any]
    answers: Callable[[Any], bool]
    hang_up: Callable[[Any], None]


def _begin_http(address: str, within: float) -> http.client.HTTPConnection:
    """Open a session with a web server, which answers once and keeps it open."""
    client = http.client.HTTPConnection(address, 80, timeout=within)
    client.connect()
    client.auto_open = 0  # a session that was cut is not opened again
    if not _asks_http(client):
        raise http.client.HTTPException("the session does not last")
    return client


def _asks_http(client: http.client.HTTPConnection) -> bool:
    """Ask in an open session; whether it is answered, and stays open. A page of any status is an answer."""
    client.request("HEAD", "/")
    client.getresponse().read()
    return client.sock is not None


SERVICES = {
    "SMTP": Service(
        lambda address, within: smtplib.SMTP(address, 25, timeout=within),
        # 421 says that the unit closes the session.
        lambda client: 200 <= client.noop()[0] < 300,  # noqa: PLR2004 - SMTP's success
        smtplib.SMTP.close,
    ),
    "POP3": Service(
        lambda address, within: poplib.POP3(address, 110, timeout=within),
        lambda client: client.capa() is not None,
        poplib.POP3.close,
    ),
    "IMAP": Service(
        lambda address, within: imaplib.IMAP4(address, 143, timeout=within),
        lambda client: client.noop()[0] == "OK",
        imaplib.IMAP4.shutdown,
    ),
    "HTTP": Service(_begin_http, _asks_http, http.client.HTTPConnection.close),
}
BROKEN = (smtplib.SMTPException, poplib.error_proto, imaplib.IMAP4.error, http.client.HTTPException, OSError)
"""What the libraries raise when nobody greets or answers, or answers with an error."""


class Sessions:
    """Sessions that are kept open, by name, some in the middle of a message."""

    def __init__(self) -> None:
        """Begin without sessions."""
        self._open: dict[str, tuple[Service, Any]] = {}

    def open(self, request: stdio.Record) -> stdio.Record:
        """Open a session up to its greeting and keep it under a name; without a greeting nothing is kept."""
        service = SERVICES[str(request["service"])]
        try:
            client = service.greet(str(request["address"]), float(str(request["within"])))
        except BROKEN:
            return {"open": False}
        self._open[str(request["name"])] = service, client
        return {"open": True}

    def begin_message(self, request: stdio.Record) -> stdio.Record:
        """Hand a message in, but for its end, and keep the session under the message's name, if it came so far."""
        try:
            client = smtplib.SMTP(str(request["address"]), 25, timeout=float(str(request["within"])))
            assert client.sock is not None
            client.sock.settimeout(float(str(request["answer"])))
            client.ehlo_or_helo_if_needed()
            begun = client.mail(str(request["sender"]))[0] == 250  # noqa: PLR2004 - SMTP's success
            begun = begun and client.rcpt(str(request["recipient"]))[0] == 250  # noqa: PLR2004 - the same
            begun = begun and client.docmd("data")[0] == 354  # noqa: PLR2004 - SMTP's "go on"
            if begun:
                client.send(re.sub(r"\r?\n", "\r\n", str(request["text"])))
        except (smtplib.SMTPException, OSError):
            return {"begun": False}
        self._open[str(request["name"])] = SERVICES["SMTP"], client
        return {"begun": begun}

    def end_message(self, request: stdio.Record) -> stdio.Record:
        """Send the end of a message that was begun; the outcome is accepted, refused or unanswered."""
        _, client = self._open[str(request["name"])]
        try:
            client.send("\r\n.\r\n")
            code, said = client.getreply()
        except (smtplib.SMTPException, OSError) as error:
            return {"outcome": "unanswered", "detail": str(error), "by": None}
        outcome = "accepted" if code == 250 else "refused"  # noqa: PLR2004 - SMTP's success
        return {"outcome": outcome, "detail": "" if outcome == "accepted" else f"{code} {said.decode()}", "by": None}

    def ask(self, request: stdio.Record) -> stdio.Record:
        """Whether the server still answers in that session."""
        if str(request["name"]) not in self._open:
            return {"open": False}
        service, client = self._open[str(request["name"])]
        if client.sock is not None:
            client.sock.settimeout(float(str(request["within"])))
        try:
            return {"open": service.answers(client)}
        except BROKEN:
            return {"open": False}

    def close(self, request: stdio.Record) -> stdio.Record:
        """Drop all sessions."""
        del request
        for service, client in self._open.values():
            with contextlib.suppress(*BROKEN):
                service.hang_up(client)
        self._open.clear()
        return {}
