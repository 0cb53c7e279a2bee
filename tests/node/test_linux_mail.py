"""Stopping the mail system: who takes mail ends at once, and who delivers may end what it is at."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.linux import mail, processes
from node.linux.mail import Mail
from node.linux.records import Records

_AGENT = """#!/bin/sh
trap '' TERM
echo began > {began}
read line < {go}
echo delivered > {done}
"""

_TAKER = """#!/bin/sh
echo began > {began}
read line < {never}
"""


class Stage:
    """A stand-in for Postfix: a master with one process that takes mail and one that is in the midst of a delivery."""

    def __init__(self, room: Path) -> None:
        """Write the programs; nothing runs."""
        self.room = room
        self.go = room / "go"
        for name in ("go", "never", "smtpd-began", "smtp-began"):
            os.mkfifo(room / name)
        self.delivered = room / "delivered"
        self._program("smtpd", _TAKER.format(began=room / "smtpd-began", never=room / "never"))
        self._program("smtp", _AGENT.format(began=room / "smtp-began", go=self.go, done=self.delivered))
        self._program("master", f"#!/bin/sh\n{room}/smtpd &\n{room}/smtp &\nwait\n")

    def _program(self, name: str, text: str) -> None:
        path = self.room / name
        path.write_text(text)
        path.chmod(0o755)

    async def play(self, service: Mail) -> int:
        """Start mail, and wait until both processes are at work; returns their group."""
        service.start()
        for name in ("smtpd", "smtp"):
            assert await asyncio.to_thread((self.room / f"{name}-began").read_text) == "began\n"
        assert service._postfix is not None
        return service._postfix.pid

    def finish_delivery(self) -> None:
        """Let the delivery end."""
        with self.go.open("w") as line:
            line.write("go\n")


def _alive(group: int) -> set[str]:
    """Names of a group's processes."""
    found = processes.members(group)
    for each in found:
        each.close()
    return {each.name for each in found}


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Programs in place of Postfix and Dovecot, and nothing of them left afterwards."""
    made = Stage(tmp_path)
    monkeypatch.setattr(mail, "MASTER", str(tmp_path / "master"))
    monkeypatch.setattr(mail, "DOVECOT", ("/bin/sleep", "600"))
    monkeypatch.setattr(mail, "DOVECOT_AFTER", 0.0)
    monkeypatch.setattr(Mail, "prepare", lambda _: None)
    spawned: list[subprocess.Popen[bytes]] = []

    def spawn(*command: str) -> subprocess.Popen[bytes]:
        spawned.append(subprocess.Popen(command, start_new_session=True))  # noqa: S603 - our own
        return spawned[-1]

    monkeypatch.setattr(mail, "_spawn", spawn)
    yield made
    for each in spawned:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(each.pid, signal.SIGKILL)
        each.wait()


def _mail() -> Mail:
    return Mail(lambda: "unit", Records("SN", lambda: None))


def test_a_delivery_under_way_is_not_cut_off(stage: Stage) -> None:
    """Who takes mail is gone when stop returns; the delivery goes on, ends by itself, and is waited for. HA-425."""

    async def play() -> None:
        service = _mail()
        group = await stage.play(service)
        service.stop()
        assert not service.running
        assert _alive(group) == {"smtp"}
        waiting = asyncio.create_task(service.quiet())
        await asyncio.sleep(0.02)
        assert not waiting.done()
        await asyncio.to_thread(stage.finish_delivery)
        await asyncio.wait_for(waiting, 5)
        assert stage.delivered.exists()
        assert not _alive(group)

    asyncio.run(play())


def test_a_delivery_that_takes_too_long_is_ended(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A protected server that does not answer holds no role back for longer than the bound."""
    monkeypatch.setattr(mail, "LAST_DELIVERIES", 0.05)

    async def play() -> None:
        service = _mail()
        group = await stage.play(service)
        service.stop()
        await asyncio.wait_for(service.quiet(), 5)
        await _gone(group)
        assert not stage.delivered.exists()

    asyncio.run(play())


def test_mail_that_starts_again_waits_for_no_old_delivery(stage: Stage) -> None:
    """A role that comes back at once finds its mail service at once; Dovecot, which takes deliveries, has gone on."""

    async def play() -> None:
        service = _mail()
        await stage.play(service)
        await asyncio.sleep(0.02)
        dovecot = service._dovecot
        assert dovecot is not None
        service.stop()
        service.start()
        assert service.running
        await asyncio.to_thread(stage.finish_delivery)
        await asyncio.wait_for(service.quiet(), 5)
        assert stage.delivered.exists()
        await asyncio.sleep(0.02)
        assert service._dovecot is dovecot
        assert dovecot.poll() is None
        service._stop_for_good()
        assert dovecot.poll() is not None

    asyncio.run(play())


def test_erasing_the_mail_disk_ends_deliveries_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing writes to what is being erased."""
    monkeypatch.setattr(mail, "set_aside", lambda *_: None)

    async def play() -> None:
        service = _mail()
        group = await stage.play(service)
        service.stop()
        service.wipe()
        await _gone(group)
        await asyncio.wait_for(service.quiet(), 5)
        assert not stage.delivered.exists()

    asyncio.run(play())


def test_mail_that_never_ran_is_quiet() -> None:
    """Nothing to wait for, and nothing to stop."""

    async def play() -> None:
        service = _mail()
        service.stop()
        await asyncio.wait_for(service.quiet(), 5)

    asyncio.run(play())


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
