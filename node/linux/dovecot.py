"""Dovecot in two instances: LMTP, which stores mail and runs all the time, and IMAP with POP3, which wait for a client.

LMTP takes a tenth of a second from its start to its first answer; a unit that takes over has it running already. It
listens on a Unix socket that only Postfix may use, so a unit on which Postfix is stopped takes no mail through it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from node.linux import doors, processes

DOVECOT = "/usr/sbin/dovecot"
CONFIGURATIONS = Path("/etc/switchover/dovecot")
RUN = Path("/run/dovecot")

MAILBOX_PORTS = (110, 143)
"""POP3 and IMAP."""

DEATH = 0.1
"""Seconds that an instance may take to end when asked, before it is killed."""

ASK_EVERY = 0.01
"""Seconds between two attempts to reach LMTP while it starts."""

PATIENCE = 5.0
"""Seconds that LMTP may take to answer, before Dovecot is started anew."""

TOLD_EVERY = 12
"""Attempts between two lines in the log about LMTP that does not answer: a minute."""

QUESTION = b"LHLO unit\r\nMAIL FROM:<>\r\nRCPT TO:<archive@archive.invalid>\r\nQUIT\r\n"
"""An LMTP session that stops before the message, so nothing of it is stored."""

ANSWERS = [b"220", b"250", b"250", b"250", b"221"]


class Instance:
    """One Dovecot, with a configuration file and a run directory of its own."""

    def __init__(self, name: str) -> None:
        """Prepare; `name` is the name of the configuration file, without its suffix, and of the run directory."""
        self._configuration = CONFIGURATIONS / f"{name}.conf"
        self._run = RUN / name
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, sockets: Sequence[socket.socket] = ()) -> None:
        """Start it unless it runs, with these listening sockets; returns before it answers. Raises OSError."""
        if self._process is not None:
            if self._process.poll() is None:
                return
            self.stop()
        # Leftovers of a killed instance would delay this one: a lock on the list of instances by 10 seconds, a process
        # number for ever, if another process has that number now.
        shutil.rmtree(self._run, ignore_errors=True)
        self._process = doors.spawn(sockets, DOVECOT, "-F", "-c", str(self._configuration))

    def stop(self) -> None:
        """End it with all its processes, within DEATH seconds; open sessions are cut."""
        process, self._process = self._process, None
        if process is not None:
            processes.stop(process, DEATH)

    async def ended(self) -> None:
        """Wait for its end; returns at once where it does not run."""
        if self._process is None or self._process.poll() is not None:
            return
        held = processes.hold(self._process)
        try:
            await processes.ended(held)
        finally:
            held.close()


class Mailboxes:
    """IMAP and POP3. Nobody asks most units for a mailbox, so Dovecot starts when the first client has come."""

    def __init__(self) -> None:
        """Prepare; nobody listens."""
        self._instance = Instance("imap")
        self._doors = doors.Doors(MAILBOX_PORTS, self._instance.start)

    def open(self) -> None:
        """Listen from now on, on all addresses, and cut what was open before. Raises OSError."""
        self.close()
        self._doors.open()

    def close(self) -> None:
        """Listen no longer, and cut open sessions."""
        self._doors.close()
        self._instance.stop()


async def await_lmtp(instance: Instance, log: Callable[[str], None]) -> None:
    """Return when LMTP takes mail; an instance that does not is started anew and logged once a minute."""
    for attempt in itertools.count():
        instance.start()
        try:
            async with asyncio.timeout(PATIENCE):
                await _acceptance()
        except TimeoutError:
            instance.stop()
            if attempt % TOLD_EVERY == 0:
                log("mail: Dovecot's LMTP does not answer; no mail is accepted until it does")
        else:
            if attempt:
                log("mail: Dovecot's LMTP answers again")
            return


async def _acceptance() -> None:
    """Ask LMTP until it accepts a recipient; a greeting alone would not show that it can look users up."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_unix_connection(RUN / "lmtp" / "lmtp")
            try:
                said = [await reader.readline()]
                writer.write(QUESTION)
                said += (await reader.read()).splitlines()
            finally:
                writer.close()
            if [line[:3] for line in said if line[3:4] == b" "] == ANSWERS:
                return
        await asyncio.sleep(ASK_EVERY)
