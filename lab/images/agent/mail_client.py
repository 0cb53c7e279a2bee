"""The mail client: sends test messages and probes addresses by their SMTP banner."""

from __future__ import annotations

import re
import smtplib
import socket
import threading

from . import stdio

GREETING = re.compile(r"220[ -](\S+)")
"""Beginning of a greeting of one line or of several, with the server's name. Source: RFC 5321, section 4.2."""


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


class Sessions:
    """SMTP sessions that are kept open, by name, some in the middle of a message."""

    def __init__(self) -> None:
        """Begin without sessions."""
        self._open: dict[str, smtplib.SMTP] = {}

    def open(self, request: stdio.Record) -> stdio.Record:
        """Open a session up to its greeting and keep it under a name; without a greeting nothing is kept."""
        try:
            client = smtplib.SMTP(str(request["address"]), 25, timeout=float(str(request["within"])))
        except (smtplib.SMTPException, OSError):
            return {"open": False}
        self._open[str(request["name"])] = client
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
        self._open[str(request["name"])] = client
        return {"begun": begun}

    def end_message(self, request: stdio.Record) -> stdio.Record:
        """Send the end of a message that was begun; the outcome is accepted, refused or unanswered."""
        client = self._open[str(request["name"])]
        try:
            client.send("\r\n.\r\n")
            code, said = client.getreply()
        except (smtplib.SMTPException, OSError) as error:
            return {"outcome": "unanswered", "detail": str(error), "by": None}
        outcome = "accepted" if code == 250 else "refused"  # noqa: PLR2004 - SMTP's success
        return {"outcome": outcome, "detail": "" if outcome == "accepted" else f"{code} {said.decode()}", "by": None}

    def ask(self, request: stdio.Record) -> stdio.Record:
        """Whether a NOOP in that session is still answered with success; 421 says that the unit closes the session."""
        client = self._open.get(str(request["name"]))
        if client is None:
            return {"open": False}
        if client.sock is not None:
            client.sock.settimeout(float(str(request["within"])))
        try:
            code, _ = client.noop()
        except (smtplib.SMTPException, OSError):
            return {"open": False}
        return {"open": 200 <= code < 300}  # noqa: PLR2004 - SMTP's success

    def close(self, request: stdio.Record) -> stdio.Record:
        """Drop all sessions."""
        del request
        for client in self._open.values():
            client.close()
        self._open.clear()
        return {}
