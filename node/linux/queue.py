"""Hands the mail queue over to the primary by the rules of `node.exchange.queue`, as unchanged queue files.

A queue file holds the envelope, the content, and which recipients have been served, so nobody reads it. The taker
names it as Postfix does (the inode makes the name unique) and moves it into `incoming` in one step, where the queue
manager finds it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import socket
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from pathlib import Path

from node.engine import events as on
from node.engine.modes import Port, Rank
from node.exchange.queue import (
    Bring,
    Forget,
    FrameError,
    Giver,
    Giving,
    MoveIn,
    Offer,
    PutBack,
    Read,
    Receive,
    Remember,
    Remove,
    Say,
    Step,
    StepsOf,
    Take,
    Taken,
    Taker,
    Withhold,
    decode,
    encode,
    name_of,
    taking,
)
from node.linux import paths
from node.linux.files import write_atomically
from node.linux.links import Links
from node.linux.listen import Caller
from node.linux.records import Records
from node.linux.sync import SyncError, connection, get, put, receive

WAITING = ("incoming", "active", "deferred")
"""Where accepted messages wait."""

WITHHELD = "hold"
"""Where messages lie that are offered to the peer: Postfix delivers nothing from there."""
TEXT, RECIPIENT, SERVED = b"MRD"
"""Types of records in a queue file: the text begins, a recipient, a recipient that has been served."""

READY = 0o100
"""Mode bit of a queue file that is complete: its sender has been answered."""

REMEMBERED = 20_000
"""Messages that the taker remembers, so that a lost answer does not double a message."""

_LEDGER = threading.Lock()
"""For the file of remembered messages: one thread may still give a message while another takes one."""


class HandOvers:
    """Gives this unit's queue to the peer, in one hand-over at a time; an earlier one may still finish its message."""

    def __init__(
        self,
        links: Links,
        quiet: Callable[[], Awaitable[None]],
        records: Records,
        feed: Callable[[on.QueueHandedOver], None],
        make: Callable[[], Giver[Path]] = Giver,
    ) -> None:
        """Prepare; `start` begins. `quiet` returns when the mail system does not touch the queue any more."""
        self._make = make
        self._links = links
        self._quiet = quiet
        self._records = records
        self._feed = feed
        self._running: dict[asyncio.Task[None], Giver[Path]] = {}

    def start(self, rank: Rank) -> None:
        """Give every waiting message over this link, then tell the engine; an earlier hand-over is cut."""
        self.cut()
        giver = self._make()
        task = asyncio.create_task(self._run(giver, rank))
        self._running[task] = giver
        task.add_done_callback(lambda done: self._running.pop(done, None))

    def cancel(self) -> None:
        """Give no further message, and tell the engine nothing; the message under way is finished.

        The peer may have it already.
        """
        for giver in self._running.values():
            giver.stop()

    def cut(self) -> None:
        """Cancel, and break the connection off."""
        self.cancel()
        for task in self._running:
            task.cancel()

    async def _run(self, giver: Giver[Path], rank: Rank) -> None:
        if earlier := [task for task in self._running if task is not asyncio.current_task()]:
            await asyncio.wait(earlier)  # they put back what they had withheld
        await self._quiet()
        await hand_over(self._links, rank, giver)
        self._records.trace("queue-handed", rank=rank.value, count=giver.count, problem=giver.problem)
        if (ended := giver.ended()) is not None:
            self._feed(ended)


async def hand_over(links: Links, rank: Rank, giver: Giver[Path]) -> None:
    """Give every waiting message of this disk to the peer, by a giver's rules, over a new connection."""
    problem = "it was cut"
    try:
        opening = giver.begin(await asyncio.to_thread(waiting))
        if giver.over:
            return
        async with connection(links, rank, Port.DATA_SYNC) as (reader, writer):
            await _give(giver, opening, writer)
            while not giver.over:
                await _give(giver, giver.hear(decode(await get(reader))), writer)
    except TimeoutError:
        problem = "no answer in time"
    except (SyncError, FrameError) as error:
        problem = str(error)
    except (OSError, EOFError) as error:
        problem = f"it broke off ({getattr(error, 'strerror', None) or type(error).__name__})"
    finally:
        if not giver.over:
            giver.end(problem)
        await asyncio.to_thread(put_back)


async def _give(giver: Giver[Path], actions: Iterable[Giving[Path]], writer: asyncio.StreamWriter) -> None:
    content = b""
    ahead = deque(actions)
    while ahead:
        match ahead.popleft():
            case Say(frame):
                put(writer, encode(frame))
                if isinstance(frame, Offer):
                    writer.write(content)
                await writer.drain()
            case Read(path):
                try:
                    content = await asyncio.to_thread(path.read_bytes)
                except FileNotFoundError:
                    ahead.extend(giver.gone())
                else:
                    ahead.extend(giver.read(path, message_name(content), len(content)))
            case Withhold(path):
                await asyncio.to_thread(withhold, path)
            case PutBack():
                await asyncio.to_thread(put_back)
            case Remember(message):
                await asyncio.to_thread(remember, message)
            case Forget(message):
                await asyncio.to_thread(forget, message)
            case Remove(path):
                await asyncio.to_thread(remove, path)


async def serve(
    caller: Caller,
    refuses: Callable[[], str],
    records: Records,
    make: Callable[[], Taker] = Taker,
    steps: StepsOf = taking,
) -> None:
    """Take messages from a peer that has said Bring, until it hangs up or this unit may take no more."""
    count = 0
    with contextlib.suppress(OSError, EOFError, TimeoutError, SyncError, FrameError):
        async for _ in _take_all(caller, refuses, make(), steps):
            count += 1
    records.trace("queue-taken", count=count)
    if count:
        records.log(f"ha: {count} queued messages taken from SLAVE")
        wake_queue_manager()


async def _take_all(caller: Caller, refuses: Callable[[], str], taker: Taker, steps: StepsOf) -> AsyncIterator[str]:
    """Yield the name of each message that is on the disk now; in the end all are in the queue."""
    content = b""
    ahead = deque(taker.hear(Bring(), refuses()))
    try:
        while True:
            while ahead:
                match ahead.popleft():
                    case Say(frame):
                        put(caller.writer, encode(frame))
                        await caller.writer.drain()
                    case Receive(size):
                        content = await asyncio.wait_for(caller.reader.readexactly(size), 60)
                        ahead.extend(taker.received(message_name(content), refuses()))
                    case Take(message):
                        await _taken(message, content, steps, caller, taker)
                        ahead.extend(taker.took(message))
                        yield message
                    case MoveIn(message):
                        await asyncio.to_thread(move_in, message)
            if taker.over:
                return
            ahead.extend(taker.hear(decode(await receive(caller.reader)), refuses()))
    finally:
        for each in taker.end():
            if isinstance(each, MoveIn):
                await asyncio.shield(asyncio.to_thread(move_in, each.message))


async def _taken(message: str, content: bytes, steps: StepsOf, caller: Caller, taker: Taker) -> None:
    """Take a message, and tell the giver also where this unit is closing its links meanwhile: it has the message."""
    work = asyncio.ensure_future(asyncio.to_thread(take, message, content, steps))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await work
        taker.took(message)
        put(caller.writer, encode(Taken(message)))
        raise


def take(message: str, content: bytes, steps: StepsOf = taking) -> None:
    """Put a message onto the disk beside the queue, unless it was taken before."""
    with _LEDGER:
        known = remembered()
        for step in steps(known=message in known):
            match step:
                case Step.SET_ASIDE:
                    _set_aside(message, content)
                case Step.REMEMBER:
                    _remember(message, known)


def move_in(message: str) -> None:
    """Move a message that was taken into the queue, unless that was done before."""
    partial = _aside(message)
    with contextlib.suppress(FileNotFoundError):
        name = f"{time.time_ns() // 1000 % 1_000_000:05X}{partial.stat().st_ino:X}"
        partial.rename(paths.SPOOL / "incoming" / name)
        _sync_directory(paths.SPOOL / "incoming")


def recover() -> None:
    """Put into the queue what a unit that has stopped left beside it: what it withheld, and what it had taken."""
    put_back()
    known = {*remembered()}
    for path in list(_ledger().parent.glob("*")):
        if path.name in known:
            move_in(path.name)


def message_name(content: bytes) -> str:
    """Name the message in a queue file: the same before and after some of its recipients have been served."""
    return name_of(_unserved(content))


def _unserved(content: bytes) -> bytes:
    """Return a queue file as if no recipient had been served. Postfix marks one in the type of its record.

    A record is its type, its length in groups of seven bits, the lowest first, and so many bytes. Recipients come
    before the text.
    """
    found, at = bytearray(content), 0
    while at < len(content) and content[at] != TEXT:
        if content[at] == SERVED:
            found[at] = RECIPIENT
        length = shift = 0
        for byte in content[at + 1 : at + 6]:
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:  # noqa: PLR2004 - the bit that says that another group follows
                break
        at += 1 + shift // 7 + length
    return bytes(found)


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


def withhold(path: Path) -> None:
    """Put a message where the mail service does not deliver it. A power loss leaves it here or there."""
    for found in _found(path, WAITING):
        found.rename(paths.SPOOL / WITHHELD / path.name)


def put_back() -> None:
    """Put all messages that are withheld back into the queue; what the disk does not take now, the next call does."""
    with contextlib.suppress(OSError):
        for found in list((paths.SPOOL / WITHHELD).glob("*")):
            found.rename(paths.SPOOL / "incoming" / found.name)
            wake_queue_manager()


def remove(path: Path) -> None:
    """Remove a message, withheld or wherever the queue manager has moved it meanwhile."""
    for found in _found(paths.SPOOL / WITHHELD / path.name, WAITING):
        found.unlink(missing_ok=True)


def _found(path: Path, elsewhere: Iterable[str]) -> list[Path]:
    """Return where a message is: there, or else in these directories, in which looking takes longer."""
    if path.exists():
        return [path]
    return [found for name in elsewhere for found in (paths.SPOOL / name).rglob(path.name)]


def _aside(message: str) -> Path:
    return paths.SPOOL / "handed" / message


def _set_aside(message: str, content: bytes) -> None:
    partial = _aside(message)
    partial.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(content)
        owner = pwd.getpwnam("postfix")
        os.fchown(handle, owner.pw_uid, 0)
        os.fchmod(handle, 0o700)
        os.fsync(handle)
    finally:
        os.close(handle)
    _ledger().touch(mode=0o600)
    _sync_directory(partial.parent)


def remembered() -> list[str]:
    """Names of the messages taken so far, oldest first."""
    try:
        return _ledger().read_text(encoding="ascii").split()
    except FileNotFoundError:
        return []


def remember(message: str) -> None:
    """Remember a message that is offered, so that it is not taken should the peer bring it."""
    with _LEDGER:
        known = remembered()
        if message not in known:
            _ledger().parent.mkdir(mode=0o700, exist_ok=True)
            _remember(message, known)
            _sync_directory(_ledger().parent)


def forget(message: str) -> None:
    """Forget a message that has been given away, so that it is taken when it comes back."""
    with _LEDGER:
        known = remembered()
        if message in known:
            _keep([each for each in known if each != message])


def _keep(known: list[str]) -> None:
    write_atomically(_ledger(), "".join(f"{each}\n" for each in known))


def _remember(message: str, known: list[str]) -> None:
    ledger = _ledger()
    if len(known) > REMEMBERED:
        _keep(known[REMEMBERED // 2 :])
    handle = os.open(ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, f"{message}\n".encode())
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
    """Let Postfix look for new messages now; by itself it would within two seconds."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(0.1)
        line.connect(str(paths.SPOOL / "public" / "qmgr"))
        line.send(b"I")
