"""Copies the primary's mail queue to this unit by the rules of `node.exchange.queue_copies`, as unchanged queue files.

A copy lies outside of Postfix's queue under the name of its message, until this unit takes over, or the primary says
that the message has left its queue.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from pathlib import Path

from node.engine import events as on
from node.engine.modes import Port, Rank
from node.exchange import queue_copies
from node.exchange.queue import LARGEST, StepsOf, taking
from node.linux import paths, queue
from node.linux.links import Links
from node.linux.listen import Caller
from node.linux.records import Records
from node.linux.sync import SyncError, connection, get, put, receive

LOOK_EVERY = 0.2
"""Seconds between two looks whether messages have left the queue of which the peer has copies."""

LOOKS = 2
"""How often a file is looked for in each part of the queue before it counts as gone."""

Compare = Callable[[queue_copies.Asked, Sequence[str], Collection[str]], queue_copies.Answer]


class QueueCopies:
    """What this unit gives of its queue as primary, and the copies that it has as secondary."""

    def __init__(
        self,
        records: Records,
        feed: Callable[[on.LeftQueue], None],
        compare: Compare = queue_copies.compare,
        steps: StepsOf = taking,
    ) -> None:
        """Prepare; nothing is watched before the first copy is given."""
        self._records = records
        self._feed = feed
        self._compare = compare
        self._steps = steps
        self._given: dict[str, str] = {}
        """Names of messages of which the peer has copies, each with that of its queue file."""
        self._watching: asyncio.Task[None] | None = None
        self._working: set[asyncio.Task[None]] = set()
        self._in_turn = asyncio.Lock()
        """One after another, in the order in which the engine wants it."""

    async def serve(self, caller: Caller, asked: queue_copies.Asked) -> None:
        """Give the peer what it lacks of this unit's queue. Raises OSError, EOFError."""
        there = await asyncio.to_thread(_queued)
        answer = self._compare(asked, tuple(there), await asyncio.to_thread(queue.remembered))
        put(caller.writer, queue_copies.encode(answer))
        for name in answer.given:
            content = await asyncio.to_thread(_found, there[name])
            if content is None or queue.message_name(content) != name:
                continue  # it has just been delivered
            await asyncio.to_thread(queue.remember, name)
            self._given[name] = there[name].name
            put(caller.writer, {"message": name, "size": len(content)})
            caller.writer.write(content)
            await caller.writer.drain()
        put(caller.writer, {"end": True})
        await caller.writer.drain()
        self._records.trace("queue-copied", count=len(answer.given))
        if self._given and self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        with contextlib.suppress(TimeoutError):
            # Wait until the peer has read and hangs up.
            await asyncio.wait_for(caller.reader.read(1), 5)

    def use(self) -> None:
        """Put the copies into the queue in a thread, each message once; what was to be dropped before is gone then."""
        self._later(self._use())

    def drop(self, names: Iterable[str] | None) -> None:
        """Drop copies in a thread; None: all. A disk that fails keeps them."""
        self._later(self._drop(names))

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _drop(self, names: Iterable[str] | None) -> None:
        async with self._in_turn:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(drop, names)

    async def _use(self) -> None:
        async with self._in_turn:
            count = await asyncio.to_thread(use, self._steps)
        self._records.trace("queue-copies-used", count=count)
        if count:
            self._records.log(f"ha: {count} messages copied from the queue of MASTER are in the queue")
            queue.wake_queue_manager()

    async def _watch(self) -> None:
        """Tell the engine which messages leave the queue; one that only moves is seen at the second look."""
        missed: set[str] = set()
        while self._given:
            await asyncio.sleep(LOOK_EVERY)
            files = await asyncio.to_thread(_files)
            absent = {name for name, file in self._given.items() if file not in files}
            left, missed = absent & missed, absent
            for name in left:
                del self._given[name]
            if left:
                self._feed(on.LeftQueue(tuple(sorted(left))))
        self._watching = None


async def fetch(links: Links, rank: Rank) -> None:
    """Copy the primary's queue, and drop what has left it. Raises SyncError, OSError, EOFError, TimeoutError."""
    asked = await asyncio.to_thread(what_is_there)
    async with connection(links, rank, Port.DATA_SYNC) as (reader, writer):
        put(writer, queue_copies.encode(asked))
        answer = queue_copies.answer_in(await get(reader))
        if answer is None:
            raise SyncError("the answer is not understood")
        drop(answer.gone)
        await asyncio.to_thread(_yield, answer.known)
        while (record := await receive(reader)) != {"end": True}:
            match record:
                case {"message": str(name), "size": int(size)} if name in answer.given and 0 < size <= LARGEST:
                    content = await asyncio.wait_for(reader.readexactly(size), 60)
                case _:
                    raise SyncError("the answer is not understood")
            if queue.message_name(content) != name:
                raise SyncError("a message is not what was announced")
            try:
                await asyncio.to_thread(_keep, name, content)
            except OSError as error:
                raise SyncError(f"the disk takes no copy: {error.strerror}") from error


def drop(names: Iterable[str] | None) -> None:
    """Drop copies; None: all."""
    with contextlib.suppress(FileNotFoundError):
        for path in paths.COPIES.iterdir() if names is None else [paths.COPIES / Path(name).name for name in names]:
            path.unlink(missing_ok=True)


def use(steps: StepsOf = taking) -> int:
    """Put each copy into the queue, unless its message was taken before; return how many there were."""
    found = _copies()
    for path in found:
        content = _read(path)
        if content is not None:
            queue.take(path.name, content, steps)
            queue.move_in(path.name)
            path.unlink(missing_ok=True)
    return len(found)


def what_is_there() -> queue_copies.Asked:
    """Return what this unit has of its primary's queue, and in its own."""
    return queue_copies.Asked(tuple(path.name for path in _copies()), tuple(_queued()))


def _yield(names: Collection[str]) -> None:
    """Drop own messages that the primary has got."""
    if names:
        for name, path in _queued().items():
            if name in names:
                queue.remove(path)
                queue.forget(name)


def _copies() -> list[Path]:
    """Complete copies, oldest first."""
    with contextlib.suppress(FileNotFoundError):
        return sorted((path for path in paths.COPIES.iterdir() if path.suffix != ".new"), key=os.path.getmtime)
    return []


def _keep(name: str, content: bytes) -> None:
    paths.COPIES.mkdir(mode=0o700, exist_ok=True)
    partial = paths.COPIES / f"{name}.new"
    partial.write_bytes(content)
    partial.replace(paths.COPIES / name)


def _queued() -> dict[str, Path]:
    """Return the complete queue files by the names of their messages, oldest first.

    The queue manager moves files meanwhile: from `incoming` on to `active` and `deferred`, and back to `active`.
    """
    files = {path.name: path for path in (*queue.waiting(), *queue.waiting())}
    return {queue.message_name(content): path for path in files.values() if (content := _found(path)) is not None}


def _found(path: Path) -> bytes | None:
    """Return the content of a queue file, wherever it lies now; None where it has left the queue."""
    content = _read(path)
    for _ in range(LOOKS):
        for each in (*queue.WAITING, "active"):
            if content is not None:
                return content
            found = next((paths.SPOOL / each).rglob(path.name), None)
            content = None if found is None else _read(found)
    return content


def _files() -> set[str]:
    """Names of all files in the queue."""
    return {name for each in queue.WAITING for _, _, names in os.walk(paths.SPOOL / each) for name in names}


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
