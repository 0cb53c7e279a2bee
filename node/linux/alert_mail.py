"""Alert mail: kept on the volume, and handed to the mail server of the protected domains until it has been taken.

Postfix runs on the unit that leads only, and alerts come from either unit in any role, so they have a queue of their
own. One message goes to one recipient. A thread writes and sends, since neither disk nor server may delay a heartbeat.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import smtplib
import socket
import threading
import time
from collections.abc import Callable
from email import message_from_string
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path

from node.linux.files import read_text, write_atomically
from node.reporting import AlertMail

TRY_AGAIN = 2.0
"""Seconds until an alert that was not taken is sent again."""

ANSWER_WITHIN = 30.0
"""Seconds that a server may take for an answer."""

ALIVE_WITHIN = 3
"""Seconds, whole ones, within which the server's machine confirms what it was sent, or that the connection lives.

A connection whose own address the unit has given up since hears nothing more, and would wait for the whole answer."""

SUFFIX = ".eml"

_READY = 220
_PERMANENT = 500


class AlertQueue:
    """The alerts of one unit that no server has taken yet: one file each, the oldest first."""

    def __init__(self, folder: Path, relay: tuple[str, int], hostname: Callable[[], str]) -> None:
        """Keep the queue in a folder and send to a server; `start` begins."""
        self._folder = folder
        self._relay = relay
        self._hostname = hostname
        # A later start of the unit has later numbers, so files keep their order.
        self._numbers = itertools.count(time.time_ns())
        self._new: queue.SimpleQueue[AlertMail] = queue.SimpleQueue()
        self._unkept = 0
        self._change = threading.Condition()

    def start(self) -> None:
        """Send what waits and what comes, from now on."""
        threading.Thread(target=self._run, daemon=True).start()

    def add(self, mail: AlertMail) -> None:
        """Send an alert; returns at once."""
        with self._change:
            self._unkept += 1
        self._new.put(mail)

    def wait_until_kept(self, within: float) -> None:
        """Wait until all alerts so far are on the volume, at most so many seconds."""
        with self._change:
            self._change.wait_for(lambda: self._unkept == 0, within)

    def clear(self) -> None:
        """Forget all alerts that are on the volume."""
        for file in self._files():
            file.unlink(missing_ok=True)

    def _run(self) -> None:
        waits = bool(self._files())
        while True:
            self._keep_new(TRY_AGAIN if waits else None)
            waits = not self._send(self._files())

    def _keep_new(self, within: float | None) -> None:
        """Write new alerts to the volume; wait for the first so long, None for ever."""
        with contextlib.suppress(queue.Empty):
            mail = self._new.get(timeout=within)
            while True:
                # A full disk must not stop the unit, so an alert may be lost.
                with contextlib.suppress(OSError):
                    number = next(self._numbers)
                    write_atomically(self._folder / f"{number:020d}{SUFFIX}", self._composed(mail, number))
                with self._change:
                    self._unkept -= 1
                    self._change.notify_all()
                mail = self._new.get_nowait()

    def _composed(self, mail: AlertMail, number: int) -> str:
        host = self._hostname()
        message = EmailMessage()
        message["From"] = f"postmaster@{host}"
        message["To"] = mail.recipient
        message["Subject"] = "HA event"
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{number}@{host}>"
        message.set_content(f"{mail.text}\n")
        return message.as_string()

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    def _send(self, files: list[Path]) -> bool:
        """Send these alerts, and forget each as soon as it is taken or refused for good; return whether none is left.

        One that is put off does not hold up those behind it.
        """
        if not files:
            return True
        left = False
        try:
            with smtplib.SMTP(local_hostname=self._hostname(), timeout=ANSWER_WITHIN) as server:
                server.sock = _connection(self._relay)
                if server.getreply()[0] != _READY:
                    return False
                for file in files:
                    text = read_text(file)
                    if text is None:
                        continue
                    if _taken(server, text):
                        file.unlink(missing_ok=True)
                    else:
                        left = True
        except (OSError, smtplib.SMTPException):
            return False
        return not left


def _connection(relay: tuple[str, int]) -> socket.socket:
    """Connect; the kernel ends the connection when nothing comes back from the other machine any more."""
    connection = socket.create_connection(relay, ANSWER_WITHIN)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL):
        connection.setsockopt(socket.IPPROTO_TCP, option, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, ALIVE_WITHIN * 1000)
    return connection


def _taken(server: smtplib.SMTP, text: str) -> bool:
    """Hand an alert over; return False where it is to be tried again."""
    message = message_from_string(text)
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        return all(code >= _PERMANENT for code, _ in refused.recipients.values())
    except smtplib.SMTPResponseException as refused:
        if refused.smtp_code < 0:
            raise
        return refused.smtp_code >= _PERMANENT
    return True
