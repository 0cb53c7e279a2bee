"""Clients that hand in one message after another, each again and again until a server accepts it."""

from __future__ import annotations

import smtplib
import threading

from . import stdio

PLACE = "@NAME@"
"""Stands in the text for the name of a message."""

OK, GO_ON = 250, 354


class Load:
    """One load at a time; each try is reported."""

    def __init__(self, report: stdio.Report) -> None:
        """Begin without clients."""
        self._report = report
        self._stopped = threading.Event()
        self._ended = threading.Event()
        self._names: list[str] = []
        self._beginning: threading.Thread | None = None

    def start(self, request: stdio.Record) -> stdio.Record:
        """Begin a message every `every` seconds at an address; `prefix` begins their names."""
        self.end({})
        self._stopped, self._ended, self._names = threading.Event(), threading.Event(), []
        arguments = (request, self._stopped, self._ended, self._names)
        self._beginning = threading.Thread(target=self._begin, args=arguments, daemon=True)
        self._beginning.start()
        return {}

    def stop(self, request: stdio.Record) -> stdio.Record:
        """Begin no further message; return the names of all."""
        del request
        self._stopped.set()
        if self._beginning is not None:
            self._beginning.join()
        return {"names": list(self._names)}

    def end(self, request: stdio.Record) -> stdio.Record:
        """Begin no further message, and try none again."""
        self._ended.set()
        return self.stop(request)

    def _begin(self, request: stdio.Record, stopped: threading.Event, ended: threading.Event, names: list[str]) -> None:
        every, due = float(str(request["every"])), stdio.now()
        while not stopped.is_set():
            names.append(name := f"{request['prefix']}{len(names) + 1:05d}")
            threading.Thread(target=self._hand_in, args=(request, name, ended), daemon=True).start()
            due = max(due + every, stdio.now())
            stopped.wait(due - stdio.now())

    def _hand_in(self, request: stdio.Record, name: str, ended: threading.Event) -> None:
        outcome = ""
        while outcome != "accepted" and not ended.is_set():
            at = stdio.now()
            outcome, told = _attempt(request, name)
            self._report("handed-in", at, message=name, outcome=outcome, **told)
            if outcome != "accepted":
                ended.wait(float(str(request["again"])))


def _attempt(request: stdio.Record, name: str) -> tuple[str, stdio.Record]:
    """Hand one message in; tell the outcome, the server's name, and whether the message's end was sent unanswered."""
    told: stdio.Record = {"by": None, "ended": False, "detail": ""}
    try:
        client = smtplib.SMTP(timeout=float(str(request["within"])))
        with client:
            _, greeting = client.connect(str(request["address"]), 25)
            told["by"] = next(iter(greeting.decode("ascii", "replace").split()), None)
            assert client.sock is not None
            client.sock.settimeout(float(str(request["answer"])))
            client.ehlo_or_helo_if_needed()
            steps = (
                (client.mail(str(request["sender"]))[0], OK),
                (client.rcpt(str(request["recipient"]))[0], OK),
                (client.docmd("data")[0], GO_ON),
            )
            if any(code != wanted for code, wanted in steps):
                return "refused", told | {"detail": str(steps)}
            text = str(request["text"]).replace(PLACE, name).replace("\n", "\r\n")
            told["ended"] = True
            client.send(f"{text}\r\n.\r\n")
            code, said = client.getreply()
            told |= {"ended": False, "detail": said.decode("ascii", "replace")}
            return ("accepted" if code == OK else "refused"), told
    except smtplib.SMTPServerDisconnected as error:
        return "unanswered", told | {"detail": str(error)}
    except (smtplib.SMTPException, ConnectionRefusedError) as error:
        return "refused", told | {"detail": str(error)}
    except OSError as error:
        return "unanswered", told | {"detail": str(error)}
