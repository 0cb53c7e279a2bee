"""The mail system: real Postfix and Dovecot, started and stopped in an instant as the unit's role goes."""

from __future__ import annotations

import asyncio
import contextlib
import grp
import os
import pwd
import subprocess
from collections.abc import Callable
from pathlib import Path

from node.linux import dovecot, paths, processes
from node.linux.files import write_atomically
from node.linux.maildir import erase, make_areas, set_aside
from node.linux.processes import Member
from node.linux.records import Records

TEMPLATES = Path("/etc/switchover/postfix")
POSTFIX = Path("/etc/postfix")
MASTER = "/usr/lib/postfix/sbin/master"
DELIVERING_USER = "vmail"

QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")

IMAP_AFTER = 0.5
"""Seconds by which IMAP and POP3 start later than Postfix: they would slow the first banner and deliveries down."""

TRY_AGAIN = 10.0
"""Seconds until the mail system is started again that could not be started: the machine lacks memory, or a file."""

DEATH = 0.1
"""Seconds that deliveries may take to end before `Mail.stop` goes on without them."""

AT_ONCE = frozenset({"smtpd", "pickup", "qmgr", "master"})
"""Postfix's processes that take mail, or begin a delivery, and what the master has only just begun as a copy of itself.
All others only end what they are at."""

LAST_DELIVERIES = 1.0
"""Seconds that deliveries under way may go on when mail is stopped: one that is cut off after the other side has taken
the message, and before the queue file says so, is made once more by whoever has the queue then."""


class Mail:
    """Accepts and delivers mail while it runs; while stopped nobody listens, and the queue waits on the volume.

    Postfix runs only while Dovecot's LMTP, which stores what Postfix accepts, is known to answer. A sender who gets no
    banner keeps the message; one who got a banner too early would have it put off here.
    """

    def __init__(self, hostname: Callable[[], str], records: Records) -> None:
        """Be stopped."""
        self._hostname = hostname
        self._records = records
        self._lmtp = dovecot.Instance("lmtp")
        self._imap = dovecot.Instance("imap")
        self._postfix: subprocess.Popen[bytes] | None = None
        self._serving: asyncio.Task[None] | None = None
        self._leaving: list[Member] = []
        """Processes that end their last deliveries."""
        self._seeing_off: asyncio.Task[None] | None = None
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._prepared = False
        self._aside = 0

    @property
    def running(self) -> bool:
        """Whether mail is accepted and delivered, or will be as soon as LMTP answers."""
        return self._serving is not None

    def start(self) -> None:
        """Accept and deliver mail from the moment on at which LMTP answers; returns at once."""
        if self._serving is None:
            self.prepare()
            self._serving = asyncio.get_running_loop().create_task(self._serve())

    async def _serve(self) -> None:
        """Open for mail when LMTP answers, and close again when it has ended."""
        while True:
            try:
                await dovecot.await_lmtp(self._lmtp, self._records.log)
                # The master itself, not Postfix's start script, which checks the whole installation for half a second.
                self._postfix = processes.spawn(MASTER, "-d", "-c", str(POSTFIX))
                self._records.trace("mail-open")
                await asyncio.sleep(IMAP_AFTER)
                self._imap.start()
                await self._lmtp.ended()
                self._records.log("mail: Dovecot's LMTP has ended; no mail is accepted until it answers again")
                self._close()
            except OSError as error:
                self._records.log(
                    f"mail: a program cannot be started ({error.strerror}); no mail is accepted until it is"
                )
                self._close()
                await asyncio.sleep(TRY_AGAIN)

    def stop(self) -> None:
        """Stop at once: open sessions are cut, and nobody listens any more when this returns.

        Deliveries under way may end, though (see `quiet`); one that does so quickly has when this returns.
        """
        if self._serving is not None:
            self._serving.cancel()
            self._serving = None
        self._close()

    def _close(self) -> None:
        master, self._postfix = self._postfix, None
        if master is not None:
            # The master's own way to stop would cut deliveries off. Without it, its processes end when they are idle.
            self._leaving += _orphan(master)
        self._imap.stop()
        if not self._leaving:
            return
        self._quiet.clear()
        if self._seeing_off is not None:
            self._seeing_off.cancel()
        self._seeing_off = asyncio.get_running_loop().create_task(self._see_off())

    async def quiet(self) -> None:
        """Wait until no delivery is under way any more, LAST_DELIVERIES at the longest."""
        await self._quiet.wait()

    async def _see_off(self) -> None:
        """Let deliveries end, and end them when they take too long."""
        try:
            async with asyncio.timeout(LAST_DELIVERIES):
                for each in self._leaving:
                    await processes.ended(each)
        except TimeoutError:
            if not self.running:
                # What is cut off is delivered by whoever has the queue then, so it must not be stored here as well.
                self._lmtp.stop()
                self._lmtp.start()
        self._end_deliveries()

    def _end_deliveries(self) -> None:
        leaving, self._leaving = self._leaving, []
        for each in leaving:
            each.kill()
            each.close()
        self._quiet.set()

    def _stop_for_good(self) -> None:
        """Stop, and end deliveries under way: what they are about will not be there any more."""
        self.stop()
        if self._seeing_off is not None:
            self._seeing_off.cancel()
        self._end_deliveries()
        self._lmtp.stop()

    def rename(self) -> None:
        """The host name has changed: the banner follows."""
        self._prepared = False
        if self.running:
            self.stop()
            self.start()

    def wipe(self) -> None:
        """Erase mail data and queue, in an instant; what was moved away is erased behind the operator's back."""
        was_running = self.running
        self._stop_for_good()
        self._aside += 1
        aside = paths.DATA / f".aside-{os.getpid()}-{self._aside}"
        set_aside(paths.MAIL, aside)
        set_aside(paths.SPOOL, aside)
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().run_in_executor(None, erase, aside)
        self._prepared = False
        if was_running:
            self.start()
        else:
            self.prepare()

    def prepare(self) -> None:
        """Make what Postfix and Dovecot expect to find, give Postfix today's host name, and let LMTP run.

        Done ahead of the first start, it is not in the way of a takeover.
        """
        if self._prepared:
            return
        delivering = pwd.getpwnam(DELIVERING_USER)
        make_areas(paths.MAIL, delivering.pw_uid, delivering.pw_gid)
        _make_spool()
        for name in ("main.cf", "master.cf"):
            text = (TEMPLATES / name).read_text(encoding="utf-8")
            for key, value in (("@HOSTNAME@", self._hostname()), ("@RELAY@", _relay())):
                text = text.replace(key, value)
            target = POSTFIX / name
            if not target.exists() or target.read_text(encoding="utf-8") != text:
                write_atomically(target, text, mode=0o644)
        self._prepared = True
        self._lmtp.start()


def _relay() -> str:
    """Next hop for the protected domain in Postfix's form, from the environment's ADDRESS:PORT."""
    address, _, port = os.environ.get("SWITCHOVER_RELAY", "127.0.0.1:10025").rpartition(":")
    return f"[{address.strip('[]')}]:{port}"


def _make_spool() -> None:
    """Make the queue's directories; Postfix's own start script would, but takes half a second."""
    postfix, postdrop = pwd.getpwnam("postfix").pw_uid, grp.getgrnam("postdrop").gr_gid
    paths.SPOOL.mkdir(parents=True, exist_ok=True)
    (paths.SPOOL / "pid").mkdir(mode=0o755, exist_ok=True)
    for name in QUEUES:
        directory = paths.SPOOL / name
        directory.mkdir(mode=0o700, exist_ok=True)
        os.chown(directory, postfix, 0)
    for name, mode in (("maildrop", 0o1730), ("public", 0o2710)):
        directory = paths.SPOOL / name
        directory.mkdir(exist_ok=True)
        os.chown(directory, postfix, postdrop)
        directory.chmod(mode)


def _orphan(master: subprocess.Popen[bytes]) -> list[Member]:
    """Take its master from Postfix, and end what takes mail or begins deliveries; returns what still lives."""
    master.kill()
    master.wait()
    found = processes.members(master.pid)
    for each in found:
        if each.name in AT_ONCE:
            each.kill()
    # Waiting here, in the engine's way, is meant: no address may be given up while mail is still taken for it.
    return processes.await_end(found, DEATH)
