"""The mail system opens when what stores mail answers; at its stop who takes mail ends, and who delivers may finish."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path

import pytest

from node.linux import dovecot, mail, maildir, paths, processes
from node.linux.alert_mail import AlertQueue
from node.linux.mail import Mail
from node.linux.records import Records
from node.linux.snmp import EngineClock, TrapSender
from node.reporting import Reporting

IMAGE = Path(__file__).parents[2] / "lab" / "images" / "unit"

_AGENT = """#!/bin/sh
trap '' TERM
read line < {room}/go
echo delivered > {room}/delivered
"""

_TAKER = """#!/bin/sh
read line < {room}/never
"""

_MASTER = """#!/bin/sh
{room}/smtpd &
{room}/smtp &
wait
"""

_DOVECOT = """#!{python} -S
import os, pathlib, select, socket, sys
instance, room = pathlib.Path(sys.argv[3]).stem, pathlib.Path("{room}")
if instance != "lmtp":
    assert os.environ["LISTEN_PID"] == str(os.getpid())
    doors = [socket.socket(fileno=3 + number) for number in range(int(os.environ["LISTEN_FDS"]))]
    while True:
        for door in select.select(doors, [], [])[0]:
            door.accept()[0].sendall(b"mailbox at %d\\r\\n" % door.getsockname()[1])
(room / "gate").open().close()
(room / "lmtp").mkdir(exist_ok=True)
(room / "lmtp/lmtp").unlink(missing_ok=True)
door = socket.socket(socket.AF_UNIX)
door.bind(str(room / "lmtp/lmtp"))
door.listen()
while True:
    client = door.accept()[0]
    client.sendall(b"220 ready\\r\\n")
    if client.recv(1000).endswith(b"QUIT\\r\\n"):
        for answer in "250-unit", "250 PIPELINING", "250 ok", (room / "recipient").read_text(), "221 bye":
            client.sendall(answer.encode() + b"\\r\\n")
    client.close()
"""


class Stage:
    """Stand-ins: a master with a process that takes mail and one in the midst of a delivery, and a Dovecot.

    Its LMTP answers as soon as the file `gate` can be read, and says of each recipient what stands in `recipient`.
    """

    def __init__(self, room: Path) -> None:
        """Write the programs; nothing runs."""
        self.room = room
        self.delivered = room / "delivered"
        self.spawned: list[subprocess.Popen[bytes]] = []
        for name in ("go", "never"):
            os.mkfifo(room / name)
        (room / "gate").touch()
        (room / "recipient").write_text("250 2.1.5 ok")
        for name, text in (("smtpd", _TAKER), ("smtp", _AGENT), ("master", _MASTER), ("dovecot", _DOVECOT)):
            (room / name).write_text(text.format(room=room, python=sys.executable))
            (room / name).chmod(0o755)

    def spawn(self, *command: str, handles: Sequence[int] = ()) -> subprocess.Popen[bytes]:
        """Start a program as `processes.spawn` does, and remember it."""
        self.spawned.append(subprocess.Popen(command, start_new_session=True, pass_fds=handles))  # noqa: S603 - our own
        return self.spawned[-1]

    def started(self) -> Counter[str]:
        """How often Postfix (`postfix`) and each instance of Dovecot has been started."""
        return Counter(Path(str(process.args[-1])).stem for process in self.spawned)  # type: ignore[index]

    def lock(self) -> None:
        """Let LMTP answer only from `unlock` on."""
        (self.room / "gate").unlink()
        os.mkfifo(self.room / "gate")

    async def unlock(self) -> None:
        """Let LMTP answer, the one that waits and those to come."""
        waited_at = self.room / "old-gate"
        (self.room / "gate").rename(waited_at)
        (self.room / "gate").touch()
        with contextlib.suppress(OSError):
            # Fails where none waits.
            os.close(os.open(waited_at, os.O_WRONLY | os.O_NONBLOCK))

    async def play(self, service: Mail) -> int:
        """Start mail, and wait until it is open; returns the group of Postfix."""
        service.start()
        return await self.is_open(service)

    async def is_open(self, service: Mail) -> int:
        """Wait until both processes of Postfix are at work; returns their group."""
        await _until(lambda: service._postfix is not None)
        assert service._postfix is not None
        group = service._postfix.pid
        await _until(lambda: {"smtpd", "smtp"} <= _alive(group))
        return group

    async def ask_for_mailbox(self, place: int) -> None:
        """Be a client of POP3 (0) or IMAP (1) until the greeting has come, over either family."""
        for host in ("127.0.0.1", *(["::1"] if socket.has_dualstack_ipv6() else [])):
            reader, writer = await asyncio.open_connection(host, dovecot.MAILBOX_PORTS[place])
            assert await asyncio.wait_for(reader.readline(), 5) == b"mailbox at %d\r\n" % dovecot.MAILBOX_PORTS[place]
            writer.close()

    async def finish_delivery(self) -> None:
        """Let the delivery end."""
        await asyncio.to_thread((self.room / "go").write_text, "go\n")


def _alive(group: int) -> set[str]:
    """Names of a group's processes."""
    found = processes.members(group)
    for each in found:
        each.close()
    return {each.name for each in found}


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while True:
            if condition():
                return
            await asyncio.sleep(0.005)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Programs in place of Postfix and Dovecot, and nothing of them left afterwards."""
    # The name of a socket may have 107 letters; pytest's own directories leave too few of them.
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        made = Stage(room)
        monkeypatch.setattr(mail, "MASTER", str(room / "master"))
        monkeypatch.setattr(mail, "POSTFIX", room / "postfix")
        with socket.create_server(("", 0)) as pop3, socket.create_server(("", 0)) as imap:
            monkeypatch.setattr(dovecot, "MAILBOX_PORTS", (pop3.getsockname()[1], imap.getsockname()[1]))
        monkeypatch.setattr(dovecot, "DOVECOT", str(room / "dovecot"))
        monkeypatch.setattr(dovecot, "RUN", room)
        monkeypatch.setattr(Mail, "prepare", lambda _: None)
        monkeypatch.setattr(processes, "spawn", made.spawn)
        yield made
        for each in made.spawned:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(each.pid, signal.SIGKILL)
            each.wait()


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mail:
    """Return a mail service that keeps its records in a directory of the test's."""
    for name in ("HA_LOG", "ALERTS", "TRAPS", "TRACE"):
        monkeypatch.setattr(paths, name, tmp_path / name)
    alerts = AlertQueue(tmp_path / "alert-queue", ("127.0.0.1", 9), str)
    return Mail(
        lambda: "unit", Records("SN", str, Reporting(), alerts, TrapSender(EngineClock(tmp_path / "starts"), tmp_path))
    )


def _log() -> list[str]:
    """What the unit has logged about mail."""
    return [line.partition('msg="')[2].strip('"') for line in paths.HA_LOG.read_text().splitlines()]


def _play(test: Coroutine[None, None, None], service: Mail) -> None:
    """Run a test, and end the service in the same loop."""

    async def play() -> None:
        try:
            await test
        finally:
            service._stop_for_good()

    asyncio.run(play())


def test_no_mail_is_taken_before_lmtp_takes_it(stage: Stage, service: Mail) -> None:
    """Postfix, which would give the banner and begin with its queue, starts when LMTP answers."""

    async def play() -> None:
        stage.lock()
        service.start()
        assert service.running
        await _until(lambda: stage.started() == {"lmtp": 1})
        await asyncio.sleep(0.1)
        assert stage.started() == {"lmtp": 1}
        await stage.unlock()
        await stage.is_open(service)
        assert stage.started() == {"lmtp": 1, "postfix": 1}

    _play(play(), service)


def test_a_greeting_is_no_answer(stage: Stage, service: Mail) -> None:
    """An LMTP that greets and accepts no recipient, as one does that cannot look users up, is waited for."""

    async def play() -> None:
        (stage.room / "recipient").write_text("451 4.3.0 later")
        service.start()
        await _until((stage.room / "lmtp" / "lmtp").exists)
        await asyncio.sleep(0.1)
        assert stage.started() == {"lmtp": 1}
        (stage.room / "recipient").write_text("250 2.1.5 ok")
        await stage.is_open(service)

    _play(play(), service)


def test_starting_and_stopping_while_lmtp_is_not_ready(stage: Stage, service: Mail) -> None:
    """However often mail was started and stopped meanwhile, it opens once, and not at all when it was stopped last."""

    async def play() -> None:
        stage.lock()
        for pause in (0.0, 0.0, 0.01, 0.05):
            service.start()
            await asyncio.sleep(pause)
            service.stop()
            assert not service.running
        await stage.unlock()
        await _until((stage.room / "lmtp" / "lmtp").exists)
        await asyncio.sleep(0.05)
        assert stage.started() == {"lmtp": 1}
        service.start()
        service.stop()
        service.start()
        await stage.is_open(service)
        assert stage.started()["postfix"] == 1

    _play(play(), service)


def test_lmtp_stays_and_nothing_else_does(stage: Stage, service: Mail) -> None:
    """When stop returns IMAP has ended as well; LMTP, which only Postfix can reach, is there for the next start."""

    async def play() -> None:
        await stage.play(service)
        await stage.ask_for_mailbox(0)
        service.stop()
        lmtp, _, imap = stage.spawned
        assert imap.poll() is not None
        assert lmtp.poll() is None
        await stage.play(service)
        assert stage.started()["lmtp"] == 1

    _play(play(), service)


@pytest.mark.parametrize("first", [0, 1])
def test_mailboxes_wait_for_their_first_client(stage: Stage, service: Mail, first: int) -> None:
    """Dovecot starts once, for whoever comes first at POP3 or IMAP, and serves both; nobody listens without mail."""

    async def play() -> None:
        for before in range(2):
            await stage.play(service)
            assert stage.started()["imap"] == before
            await stage.ask_for_mailbox(first)
            await stage.ask_for_mailbox(1 - first)
            service.stop()
            with pytest.raises(ConnectionRefusedError):
                await stage.ask_for_mailbox(first)
        assert stage.started()["imap"] == 2

    _play(play(), service)


def test_an_lmtp_that_never_answers_is_said_so(stage: Stage, service: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is started anew again and again, the log says so now and then, and mail opens when one answers at last."""
    monkeypatch.setattr(dovecot, "PATIENCE", 0.2)
    monkeypatch.setattr(dovecot, "TOLD_EVERY", 3)

    async def play() -> None:
        stage.lock()
        service.start()
        await _until(lambda: stage.started()["lmtp"] == 3)
        assert _log() == ["mail: Dovecot's LMTP does not answer; no mail is accepted until it does"]
        await _until(lambda: len(_log()) == 2)
        assert stage.started() == {"lmtp": 5}
        await stage.unlock()
        monkeypatch.setattr(dovecot, "PATIENCE", 5.0)
        await stage.is_open(service)
        assert _log()[2:] == ["mail: Dovecot's LMTP answers again"]

    _play(play(), service)


def test_mail_closes_when_lmtp_ends(stage: Stage, service: Mail) -> None:
    """What cannot be stored is not accepted: Postfix ends, the log says why, and both come back by themselves."""

    async def play() -> None:
        group = await stage.play(service)
        stage.lock()
        stage.spawned[0].kill()
        await _until(lambda: "smtpd" not in _alive(group))
        assert service.running
        assert _log() == ["mail: Dovecot's LMTP has ended; no mail is accepted until it answers again"]
        await stage.unlock()
        await stage.is_open(service)
        assert stage.started()["lmtp"] == 2

    _play(play(), service)


def test_a_program_that_cannot_be_started_is_said_so(
    stage: Stage, service: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log says what is wrong, and it is tried again."""
    monkeypatch.setattr(mail, "TRY_AGAIN", 0.05)

    async def play() -> None:
        (stage.room / "master").rename(stage.room / "lost")
        service.start()
        await _until(lambda: len(_log()) > 1)
        told = "mail: a program cannot be started (No such file or directory); no mail is accepted until it is"
        assert set(_log()) == {told}
        (stage.room / "lost").rename(stage.room / "master")
        await stage.is_open(service)

    _play(play(), service)


def test_what_a_killed_dovecot_left_is_gone_before_the_next_starts(stage: Stage, service: Mail) -> None:
    """A lock that nobody holds any more, or the number of a process that is another's by now, would hold it up."""

    async def play() -> None:
        (stage.room / "lmtp").mkdir()
        left = [stage.room / "lmtp" / name for name in ("instances.lock", "master.pid")]
        for each in left:
            each.write_text(f"{os.getpid()}\n")
        await stage.play(service)
        assert not any(each.exists() for each in left)

    _play(play(), service)


@pytest.mark.parametrize("name", ["lmtp", "imap"])
def test_an_instance_keeps_nothing_outside_its_run_directory(name: str) -> None:
    """What is erased before each start is all that a killed one can have left."""
    settings = (IMAGE / "dovecot" / f"{name}.conf").read_text().splitlines()
    assert {f"base_dir = {dovecot.RUN / name}", f"state_dir = {dovecot.RUN / name}"} <= set(settings)


def test_mail_stops_also_where_postfix_has_ended_by_itself(stage: Stage, service: Mail) -> None:
    """As on a disk that is full: whoever leaves the role then gives its addresses up all the same."""

    async def play() -> None:
        group = await stage.play(service)
        master = next(each for each in stage.spawned if each.pid == group)
        os.kill(group, signal.SIGKILL)
        os.waitid(os.P_PID, group, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222 - it has been killed
        service.stop()
        assert master.poll() is not None
        assert _alive(group) == {"smtp"}

    _play(play(), service)


def test_a_delivery_under_way_is_not_cut_off(stage: Stage, service: Mail) -> None:
    """Who takes mail is gone when stop returns; the delivery goes on, ends by itself, and is waited for. HA-425."""

    async def play() -> None:
        group = await stage.play(service)
        service.stop()
        assert not service.running
        assert _alive(group) == {"smtp"}
        waiting = asyncio.create_task(service.quiet())
        await asyncio.sleep(0.02)
        assert not waiting.done()
        await stage.finish_delivery()
        await asyncio.wait_for(waiting, 5)
        assert stage.delivered.exists()
        assert not _alive(group)
        assert stage.started()["lmtp"] == 1

    _play(play(), service)


def test_a_delivery_that_takes_too_long_is_ended(stage: Stage, service: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    """A protected server that does not answer holds no role back; nor is stored what another unit will deliver."""
    monkeypatch.setattr(mail, "LAST_DELIVERIES", 0.05)

    async def play() -> None:
        group = await stage.play(service)
        storing = stage.spawned[0]
        service.stop()
        await asyncio.wait_for(service.quiet(), 5)
        await _gone(group)
        assert not stage.delivered.exists()
        assert storing.poll() is not None
        assert stage.started()["lmtp"] == 2

    _play(play(), service)


def test_mail_that_starts_again_waits_for_no_old_delivery(
    stage: Stage, service: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role that comes back at once finds its mail service at once, and LMTP goes on for both."""
    monkeypatch.setattr(mail, "LAST_DELIVERIES", 0.3)

    async def play() -> None:
        first = await stage.play(service)
        service.stop()
        service.start()
        assert service.running
        await stage.is_open(service)
        assert _alive(first) == {"smtp"}
        await asyncio.wait_for(service.quiet(), 5)
        await _gone(first)
        assert stage.started()["lmtp"] == 1
        assert stage.spawned[0].poll() is None

    _play(play(), service)


def test_erasing_the_mail_disk_ends_deliveries_too(
    stage: Stage, service: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing writes to what is being erased."""
    monkeypatch.setattr(mail, "set_aside", lambda *_: None)
    monkeypatch.setattr(mail, "_queued", lambda: True)

    async def play() -> None:
        group = await stage.play(service)
        storing = stage.spawned[0]
        service.stop()
        service.wipe()
        assert storing.poll() is not None
        await _gone(group)
        await asyncio.wait_for(service.quiet(), 5)
        assert not stage.delivered.exists()

    _play(play(), service)


def test_erasing_an_idle_mail_disk_stops_nothing(stage: Stage, service: Mail, disk: Path) -> None:
    """Mail, and who has been given what, is gone; Postfix and LMTP go on, and sessions with mailboxes are cut."""
    (disk / "mail" / "archive" / "new").mkdir(parents=True)
    (disk / "mail" / "archive" / "new" / "1").touch()
    (disk / "spool" / "handed").mkdir(parents=True)
    (disk / "spool" / "handed" / "taken").touch()

    async def play() -> None:
        group = await stage.play(service)
        await stage.ask_for_mailbox(1)
        service.wipe()
        assert not list((disk / "mail").iterdir())
        assert [each.name for each in (disk / "spool").rglob("*")] == ["handed"]
        assert service.running
        assert {"smtpd", "smtp"} <= _alive(group)
        lmtp, _, sessions = stage.spawned
        assert (lmtp.poll(), sessions.poll()) == (None, -signal.SIGTERM)
        await stage.ask_for_mailbox(1)

    _play(play(), service)


def test_mail_stops_while_its_data_move_to_the_nas(
    stage: Stage, service: Mail, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on afterwards, and a setting that is saved again stops nothing."""
    monkeypatch.setattr(paths, "NAS", disk / "nas")
    moved: list[bool] = []

    def place(self: Mail) -> None:
        moved.append(self.running)
        maildir.place(paths.MAIL, disk / "nas" / "mail")

    monkeypatch.setattr(Mail, "prepare", lambda _: None)
    monkeypatch.setattr(service, "_on_nas", lambda: True)

    async def play() -> None:
        group = await stage.play(service)
        monkeypatch.setattr(Mail, "prepare", place)
        service.follow()
        await _gone(group)
        assert service.running
        service.follow()
        assert moved == [False]

    _play(play(), service)


def test_erasing_the_mail_disk_leaves_the_nas_alone(stage: Stage, service: Mail, disk: Path) -> None:
    """Only what lies on the unit's own disk is erased."""
    del stage
    maildir.place(disk / "mail", disk / "nas")
    (disk / "nas" / "shared").touch()
    (disk / "mail.own" / "own").touch()

    async def play() -> None:
        service.wipe()

    _play(play(), service)
    assert [each.name for each in (disk / "mail").iterdir()] == ["shared"]
    assert list((disk / "mail.own").iterdir()) == []


@pytest.mark.parametrize("where", ["maildrop", "incoming", "active", "deferred/A", "hold"])
def test_a_message_anywhere_in_the_queue_is_not_idle(stage: Stage, service: Mail, disk: Path, where: str) -> None:
    """Also one that is still being received: whoever works on it ends before it is erased."""
    (disk / "spool" / where).mkdir(parents=True)
    (disk / "spool" / where / "message").touch(mode=0o600)

    async def play() -> None:
        group = await stage.play(service)
        service.wipe()
        await _gone(group)
        assert stage.spawned[0].poll() is not None
        assert not list((disk / "spool").iterdir())

    _play(play(), service)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the unit's volume."""
    for name in ("MAIL", "SPOOL"):
        monkeypatch.setattr(paths, name, tmp_path / name.lower())
        (tmp_path / name.lower()).mkdir()
    monkeypatch.setattr(paths, "DATA", tmp_path)
    return tmp_path


def test_mail_that_never_ran_is_quiet(service: Mail) -> None:
    """Nothing to wait for, and nothing to stop."""

    async def play() -> None:
        service.stop()
        await asyncio.wait_for(service.quiet(), 5)

    _play(play(), service)


async def _gone(group: int) -> None:
    assert not await asyncio.to_thread(processes.await_end, processes.members(group), 5)


def test_processes_are_awaited_by_their_end() -> None:
    """One that has ended is let go, one that lives on is given back, and the wait is not longer than asked."""
    short = subprocess.Popen(["/bin/true"], start_new_session=True)
    long = subprocess.Popen(["/bin/sleep", "600"], start_new_session=True)
    try:
        (living,) = processes.members(long.pid)
        assert living.name == "sleep"
        (left,) = processes.await_end([*processes.members(short.pid), living], 0.05)
        assert left.pid == long.pid
        left.kill()
        assert not processes.await_end([left], 5)
        assert long.wait(5) == -9
        assert not processes.members(long.pid)
    finally:
        long.kill()
        short.wait()


def test_a_group_is_stopped_whole(tmp_path: Path) -> None:
    """Who does not end when asked is killed after the time given, and so is what the program leaves behind."""
    stubborn = processes.spawn("/bin/sh", "-c", f"trap '' TERM; sleep 600 & touch {tmp_path}/deaf; wait")
    asyncio.run(_until((tmp_path / "deaf").exists))
    processes.stop(stubborn, 0.1)
    assert stubborn.returncode == -9
    assert not processes.await_end(processes.members(stubborn.pid), 5)  # killed, what it left is gone in a moment
