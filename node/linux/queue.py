"""The mail queue's way to the primary: queue files as they are, each leaving only when the peer has it on its disk.

A queue file holds envelope, content and what is delivered already, so it goes over unread and unchanged. The taker
gives it a name as Postfix does (the inode makes it unique) and moves it whole into `incoming`, where the queue manager
finds it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import pwd
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from node.engine.modes import Port, Rank
from node.linux import paths
from node.linux.files import write_atomically
from node.linux.links import Links
from node.linux.listen import Caller
from node.linux.records import Records
from node.linux.sync import SyncError, connection, get, put

WAITING = ("incoming", "active", "deferred")
"""Where accepted messages wait."""

READY = 0o100
"""Mode bit of a queue file that is complete: its sender has been answered."""

LARGEST = 256 << 20
"""Bytes of one message that are taken at most."""

REMEMBERED = 20_000
"""Messages that the taker knows again, so that an answer lost on the way doubles nothing."""

_LEDGER = threading.Lock()
"""A message may still be given in one thread while the first is taken in another."""


@dataclass(slots=True)
class Outcome:
    """How far a hand-over came: messages that the peer has taken, and why it ended early ('' when it did not)."""

    count: int = 0
    problem: str = ""


def waiting() -> list[Path]:
    """Complete queue files, oldest first."""
    return [path for _, path in sorted(_complete())]


def _complete() -> Iterator[tuple[float, Path]]:
    for name in WAITING:
        for path in (paths.SPOOL / name).rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                status = path.lstat()
                if path.is_file() and status.st_mode & READY:
                    yield status.st_mtime, path


async def hand_over(links: Links, rank: Rank, goes_on: Callable[[], bool]) -> Outcome:
    """Give every waiting message to the peer; stopped at any instant, each message is in one queue at least.

    Once it no longer `goes_on` no further message is offered; the one under way is still given in full, for the peer
    may have it already.
    """
    outcome = Outcome()
    try:
        messages = await asyncio.to_thread(waiting)
        if not messages:
            return outcome
        async with connection(links, rank, Port.DATA_SYNC) as (reader, writer):
            put(writer, {"bring": "queue"})
            await _expect(reader, "go", wanted=True)
            for path in messages:
                content = await asyncio.to_thread(path.read_bytes)
                digest = hashlib.sha256(content).hexdigest()
                if not goes_on():
                    break
                put(writer, {"message": digest, "size": len(content)})
                writer.write(content)
                await writer.drain()
                await _expect(reader, "taken", wanted=digest)
                # It may come back, and is to be taken then.
                await asyncio.to_thread(forget, digest)
                remove(path)
                outcome.count += 1
    except TimeoutError:
        outcome.problem = "no answer in time"
    except SyncError as error:
        outcome.problem = str(error)
    except (OSError, EOFError) as error:
        outcome.problem = f"it broke off ({getattr(error, 'strerror', None) or type(error).__name__})"
    return outcome


def remove(path: Path) -> None:
    """Take a message out of the queue, wherever the queue manager has moved it meanwhile."""
    for name in WAITING:
        for found in (paths.SPOOL / name).rglob(path.name):
            found.unlink(missing_ok=True)


async def _expect(reader: asyncio.StreamReader, name: str, *, wanted: object) -> None:
    if (await get(reader)).get(name) != wanted:
        raise SyncError("the answer is not understood")


class Taker:
    """Takes messages from the peer into this unit's own queue, and remembers them."""

    def __init__(self, records: Records) -> None:
        """Remember what was taken before, also before a loss of power."""
        self._records = records

    async def serve(self, caller: Caller, refuses: Callable[[], str]) -> None:
        """Take messages until the peer hangs up, or this unit may take no more."""
        refusal = refuses()
        put(caller.writer, {"refused": refusal} if refusal else {"go": True})
        count = 0
        with contextlib.suppress(OSError, EOFError, TimeoutError):
            while not refusal:
                head = await get(caller.reader)
                digest, size = str(head.get("message")), head.get("size")
                if type(size) is not int or not 0 < size <= LARGEST:
                    raise SyncError("a message is announced without its size")
                content = await asyncio.wait_for(caller.reader.readexactly(size), 60)
                refusal = refuses()
                if hashlib.sha256(content).hexdigest() != digest:
                    refusal = "the message is not what was announced"
                if refusal:
                    put(caller.writer, {"refused": refusal})
                    break
                await asyncio.to_thread(take, digest, content)
                count += 1
                put(caller.writer, {"taken": digest})
                await caller.writer.drain()
        self._records.trace("queue-taken", count=count)
        if count:
            self._records.log(f"ha: {count} queued messages taken from SLAVE")
            wake_queue_manager()


def take(digest: str, content: bytes) -> None:
    """Put a message into the queue, on the disk when this returns; one that was taken before is not taken again."""
    with _LEDGER:
        known = remembered()
        if digest not in known:
            _store(digest, content)
            _remember(digest, known)


def _store(digest: str, content: bytes) -> None:
    aside = paths.SPOOL / "handed"
    aside.mkdir(mode=0o700, exist_ok=True)
    partial = aside / digest
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(content)
        owner = pwd.getpwnam("postfix")
        os.fchown(handle, owner.pw_uid, 0)
        os.fchmod(handle, 0o700)
        os.fsync(handle)
        inode = os.fstat(handle).st_ino
    finally:
        os.close(handle)
    partial.rename(paths.SPOOL / "incoming" / f"{time.time_ns() // 1000 % 1_000_000:05X}{inode:X}")
    _sync_directory(paths.SPOOL / "incoming")


def remembered() -> list[str]:
    """Digests of the messages taken so far, oldest first."""
    try:
        return _ledger().read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []


def forget(digest: str) -> None:
    """Know a message no longer: it has been given away, and if it comes it has come back."""
    with _LEDGER:
        known = remembered()
        if digest in known:
            _keep([each for each in known if each != digest])


def _keep(known: list[str]) -> None:
    write_atomically(_ledger(), "".join(f"{each}\n" for each in known))


def _remember(digest: str, known: list[str]) -> None:
    ledger = _ledger()
    if len(known) > REMEMBERED:
        _keep(known[REMEMBERED // 2 :])
    handle = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, f"{digest}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _ledger() -> Path:
    return paths.SPOOL / "handed" / "taken"


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def wake_queue_manager() -> None:
    """Let Postfix look for new messages now; it would within two seconds by itself."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(0.1)
        line.connect(str(paths.SPOOL / "public" / "qmgr"))
        line.send(b"I")
