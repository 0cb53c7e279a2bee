"""The mail system: Postfix and Dovecot, started and stopped at once as the unit's role changes."""

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
from node.linux.maildir import erase, leads, make_areas, own_of, place, set_aside
from node.linux.processes import Member
from node.linux.records import Records

TEMPLATES = Path("/etc/switchover/postfix")
POSTFIX = Path("/etc/postfix")
MASTER = "/usr/lib/postfix/sbin/master"
DELIVERING_USER = "vmail"

QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")

HOLDING = ("maildrop", *(name for name in QUEUES if name != "private"))
"""Directories below the queue's in which a message, or what is known of it, is a file."""

TRY_AGAIN = 10.0
"""Seconds until the next attempt to start the mail system, after one failed for lack of memory or of a file."""

DEATH = 0.1
"""Seconds that deliveries may take to end before `Mail.stop` goes on without them."""

AT_ONCE = frozenset({"smtpd", "pickup", "qmgr", "master"})
"""Names of Postfix's processes that are killed when mail stops: they take mail or begin deliveries. A new process is
called `master` until it runs its own program. All other processes only finish what they have begun."""

LAST_DELIVERIES = 1.0
"""Seconds that deliveries under way may take when mail stops: a delivery that is cut off after the recipient's server
has taken the message, but before the queue file says so, would be repeated by the unit that has the queue then."""


class Mail:
    """Accepts and delivers mail while it runs; while stopped nobody listens, and the queue waits on the volume.

    Postfix runs only while Dovecot's LMTP, which stores the mail that Postfix accepts, answers. A sender without a
    banner keeps the message; after a banner that came too early, the message would be deferred here.
    """

    def __init__(
        self, hostname: Callable[[], str], records: Records, on_nas: Callable[[], bool] = lambda: False
    ) -> None:
        """Prepare; nothing runs before `prepare` and `start`. `on_nas` tells whether mail data lie on the NAS."""
        self._on_nas = on_nas
        self._hostname = hostname
        self._records = records
        self._lmtp = dovecot.Instance("lmtp")
        self._mailboxes = dovecot.Mailboxes()
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
        """Accept and deliver mail as soon as LMTP answers; returns at once."""
        if self._serving is None:
            self.prepare()
            self._serving = asyncio.get_running_loop().create_task(self._serve())

    async def _serve(self) -> None:
        """Start Postfix when LMTP answers, and stop it when LMTP has ended."""
        while True:
            try:
                await dovecot.await_lmtp(self._lmtp, self._records.log)
                # Postfix's start script would check the whole installation, which takes half a second.
                self._postfix = processes.spawn(MASTER, "-d", "-c", str(POSTFIX))
                self._records.trace("mail-open")
                self._mailboxes.open()
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

        Deliveries under way may still finish (see `quiet`); quick ones have finished when this returns.
        """
        if self._serving is not None:
            self._serving.cancel()
            self._serving = None
        self._close()

    def _close(self) -> None:
        master, self._postfix = self._postfix, None
        if master is not None:
            # Stopping the master normally would cut deliveries off. Without a master, its processes end when idle.
            self._leaving += _orphan(master)
        self._mailboxes.close()
        if not self._leaving:
            return
        self._quiet.clear()
        if self._seeing_off is not None:
            self._seeing_off.cancel()
        self._seeing_off = asyncio.get_running_loop().create_task(self._see_off())

    async def quiet(self) -> None:
        """Wait until no delivery is under way, at most LAST_DELIVERIES seconds."""
        await self._quiet.wait()

    async def _see_off(self) -> None:
        """Let deliveries finish, and kill those that take too long."""
        try:
            async with asyncio.timeout(LAST_DELIVERIES):
                for each in self._leaving:
                    await processes.ended(each)
        except TimeoutError:
            if not self.running:
                # The unit that has the queue then repeats such a delivery, so it must not be stored here as well.
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
        """Stop, and kill deliveries under way, because their mail is about to be erased."""
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

    def follow(self) -> None:
        """Keep mail data on network storage or on the own disk, as is set now; mail stops while that changes."""
        if leads(paths.MAIL, self._elsewhere()):
            return
        was_running = self.running
        self.stop()
        self._prepared = False
        if was_running:
            self.start()
        else:
            self.prepare()

    def _elsewhere(self) -> Path | None:
        return paths.NAS / "mail" if self._on_nas() else None

    def wipe(self) -> None:
        """Erase mail data and queue of the own disk: moves them away at once, and erases them in a thread.

        Where nothing is queued nothing is being stored, and mail goes on; only sessions with mailboxes are cut.
        """
        idle = not self._leaving and not _queued()
        was_running = self.running
        if not idle:
            self._stop_for_good()
        elif self._postfix is not None:
            self._mailboxes.open()
        self._aside += 1
        aside = paths.DISK / f".aside-{os.getpid()}-{self._aside}"
        set_aside(own_of(paths.MAIL) if paths.MAIL.is_symlink() else paths.MAIL, aside)
        set_aside(paths.COPIES, aside)
        set_aside(paths.SPOOL / "handed" if idle else paths.SPOOL, aside)
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop().run_in_executor(None, erase, aside)
        self._prepared = False
        if was_running:
            self.start()
        self.prepare()

    def prepare(self) -> None:
        """Create the files that Postfix and Dovecot need, give Postfix the host name, and start LMTP.

        Done before the first start, so that it does not delay a takeover.
        """
        if self._prepared:
            return
        if not leads(paths.MAIL, self._elsewhere()):
            place(paths.MAIL, self._elsewhere())
        delivering = pwd.getpwnam(DELIVERING_USER)
        make_areas(paths.MAIL, delivering.pw_uid, delivering.pw_gid)
        _make_spool()
        for name in ("main.cf", "master.cf"):
            text = (TEMPLATES / name).read_text(encoding="utf-8")
            for key, value in (("@HOSTNAME@", self._hostname()), ("@RELAY@", next_hop())):
                text = text.replace(key, value)
            target = POSTFIX / name
            if not target.exists() or target.read_text(encoding="utf-8") != text:
                write_atomically(target, text, mode=0o644)
        self._prepared = True
        self._lmtp.start()


def relay() -> tuple[str, int]:
    """Address and port of the protected domains' server, from the environment's ADDRESS:PORT."""
    address, _, port = os.environ.get("SWITCHOVER_RELAY", "127.0.0.1:10025").rpartition(":")
    return address.strip("[]"), int(port)


def next_hop() -> str:
    """Return that server in Postfix's form."""
    address, port = relay()
    return f"[{address}]:{port}"


def _queued() -> bool:
    """Whether the queue holds any file, of a message that is still being received as well."""
    return any(files for name in HOLDING for _, _, files in os.walk(paths.SPOOL / name))


def _make_spool() -> None:
    """Make the queue's directories, which Postfix's start script would do in half a second."""
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
    """Kill Postfix's master, unless it has ended by itself, and the processes of AT_ONCE; returns those that live."""
    if master.poll() is None:
        held = processes.hold(master)
        master.kill()
        # One that a stuck disk keeps dies when the disk lets it go; the unit does not wait for that.
        for stuck in processes.await_end([held], DEATH):
            stuck.close()
        master.poll()
    found = processes.members(master.pid)
    for each in found:
        if each.name in AT_ONCE:
            each.kill()
    # This blocks the engine on purpose: no address may be given up while mail is still taken for it.
    return processes.await_end(found, DEATH)
