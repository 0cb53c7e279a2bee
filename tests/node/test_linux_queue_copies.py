"""Copies of the mail queue on the Linux body: what passes over a connection, and what becomes of the files."""

from __future__ import annotations

import asyncio
import errno
import os
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from node.engine import events as on
from node.engine.modes import Port, Rank
from node.exchange.queue_copies import Asked, asked_in
from node.linux import paths, queue, queue_copies, sync
from node.linux.listen import Caller

_Owner = namedtuple("_Owner", "pw_uid")  # noqa: PYI024 - the fields of a pwd record that are read


class Records:
    """Keeps what is logged."""

    def __init__(self) -> None:
        """Begin without lines."""
        self.lines: list[str] = []

    def log(self, line: str) -> None:
        """Keep a line."""
        self.lines.append(line)

    def trace(self, *_: object, **__: object) -> None:
        """Keep no trace."""


@pytest.fixture
def disks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return what puts the disk of one of two units into place."""
    monkeypatch.setattr(queue.pwd, "getpwnam", lambda _name: _Owner(os.getuid()))
    monkeypatch.setattr(os, "fchown", lambda *_: None)
    for unit in "PS":
        for name in queue.WAITING:
            (tmp_path / unit / "spool" / name).mkdir(parents=True)

    def use(unit: str) -> Path:
        monkeypatch.setattr(paths, "SPOOL", tmp_path / unit / "spool")
        monkeypatch.setattr(paths, "COPIES", tmp_path / unit / "copies")
        return tmp_path / unit

    return use


def put(unit: Path, name: str, content: bytes) -> Path:
    """Let a message wait in a unit's queue."""
    path = unit / "spool" / "deferred" / name
    path.write_bytes(content)
    path.chmod(0o700)
    return path


def contents(folder: Path) -> set[bytes]:
    """Contents of the files in a folder."""
    return {path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "taken"}


def served(content: bytes) -> bytes:
    """Return a queue file after its second recipient has been served."""
    return content.replace(b"R\x01b", b"D\x01b")


ENVELOPE = b"C\x02xxS\x01aR\x01aR\x01bM\x00N\x05D\x01b R"
"""A queue file of two recipients, whose text looks like records."""


def test_a_message_has_one_name_whichever_recipients_were_served() -> None:
    """Postfix marks them in the queue file. Source: HA-423."""
    assert served(ENVELOPE) != ENVELOPE
    assert queue.message_name(served(ENVELOPE)) == queue.message_name(ENVELOPE)


def test_a_message_with_another_text_has_another_name() -> None:
    """What follows the envelope counts as it is."""
    assert queue.message_name(ENVELOPE) != queue.message_name(ENVELOPE.replace(b"D\x01b R", b"R\x01b R"))


@pytest.mark.parametrize("content", [b"", b"D", b"C\xff\xff\xff\xff\xff\xff", b"S\xff", os.urandom(300)])
def test_any_file_has_a_name(content: bytes) -> None:
    """Also one that is no queue file."""
    assert len(queue.message_name(content)) == 64


def test_copies_are_put_into_the_queue_once(disks: Callable[[str], Path]) -> None:
    """What the primary hands over afterwards is known, and no copy is left. Source: HA-411, HA-423."""
    unit = disks("S")
    name = queue.message_name(b"a message")
    (unit / "copies").mkdir()
    (unit / "copies" / name).write_bytes(b"a message")
    assert queue_copies.use() == 1
    assert contents(unit / "copies") == set()
    queue.take(name, b"a message")
    assert [path.read_bytes() for path in (unit / "spool" / "incoming").iterdir()] == [b"a message"]


def test_some_copies_or_all_are_dropped(disks: Callable[[str], Path]) -> None:
    """A name that is none, or of no copy, drops nothing else."""
    unit = disks("S")
    (unit / "copies").mkdir()
    for name in "abc":
        (unit / "copies" / name).write_bytes(name.encode())
    (unit / "copies" / "d.new").write_bytes(b"half")
    queue_copies.drop(["a", "x", "../spool/taken"])
    assert contents(unit / "copies") == {b"b", b"c", b"half"}
    queue_copies.drop(None)
    assert not list((unit / "copies").iterdir())
    (unit / "copies").rmdir()
    queue_copies.drop(None)


class Writer:
    """One way of a connection."""

    def __init__(self, to: asyncio.StreamReader) -> None:
        """Carry to this end."""
        self._to = to

    def write(self, data: bytes) -> None:
        """Carry bytes."""
        self._to.feed_data(data)

    async def drain(self) -> None:
        """Wait for nothing."""

    def close(self) -> None:
        """Hang up."""
        self._to.feed_eof()


async def copy(disks: Callable[[str], Path]) -> None:
    """Let S copy the queue of P. Both live in one process, so first P says all that it has to say, then S hears it."""
    question, answer = asyncio.StreamReader(), asyncio.StreamReader()

    class Links:
        """The way from S to P."""

        async def dial(self, *_: object) -> tuple[asyncio.StreamReader, Writer]:
            """Connect."""
            return answer, Writer(question)

    disks("S")
    asked = queue_copies.what_is_there()
    disks("P")
    hung_up = asyncio.StreamReader()
    hung_up.feed_eof()
    giver = queue_copies.QueueCopies(Records(), [].append)  # type: ignore[arg-type] # as far as it is used
    caller = Caller(Rank.PRIMARY, Port.DATA_SYNC, "10.0.6.2", hung_up, Writer(answer))  # type: ignore[arg-type]
    await giver.serve(caller, asked)
    disks("S")
    await queue_copies.fetch(Links(), Rank.PRIMARY)  # type: ignore[arg-type] # as far as it is used
    assert asked_in(await sync.receive(question)) == asked


def test_the_queue_is_copied_over_a_connection(disks: Callable[[str], Path]) -> None:
    """As files beside the secondary's queue, and the primary remembers what it has given."""
    unit, other = disks("P"), disks("S")
    for number in range(3):
        put(unit, f"M{number}", f"message {number}".encode())
    asyncio.run(copy(disks))
    assert contents(other / "copies") == {b"message 0", b"message 1", b"message 2"}
    assert contents(other / "spool") == set()
    assert len(contents(unit / "spool")) == 3
    disks("P")
    assert len(queue.remembered()) == 3


def test_a_second_copy_brings_what_is_new_and_drops_what_is_gone(disks: Callable[[str], Path]) -> None:
    """So that the copies are the queue's."""
    unit, other = disks("P"), disks("S")
    put(unit, "M0", b"message 0").unlink()
    first = put(unit, "M1", b"message 1")
    put(unit, "M2", b"message 2")
    asyncio.run(copy(disks))
    first.unlink()
    put(unit, "M3", b"message 3")
    asyncio.run(copy(disks))
    assert contents(other / "copies") == {b"message 2", b"message 3"}


def test_own_messages_that_the_primary_has_taken_are_dropped(disks: Callable[[str], Path]) -> None:
    """A primary that comes back to lead does not deliver what its peer has delivered from copies. Source: HA-423."""
    disks("P")
    queue.remember(queue.message_name(b"message 1"))
    other = disks("S")
    put(other, "M1", b"message 1")
    put(other, "M2", b"message 2")
    asyncio.run(copy(disks))
    assert contents(other / "spool") == {b"message 2"}


def test_the_engine_is_told_what_has_left_the_queue(
    disks: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that only moves within the queue has not left it."""
    unit = disks("P")
    monkeypatch.setattr(queue_copies, "LOOK_EVERY", 0.01)
    gone, moved = put(unit, "M1", b"message 1"), put(unit, "M2", b"message 2")
    told: list[on.LeftQueue] = []

    async def watch() -> None:
        heard = asyncio.Event()

        def hear(event: on.LeftQueue) -> None:
            told.append(event)
            heard.set()

        giver = queue_copies.QueueCopies(Records(), hear)  # type: ignore[arg-type] # as far as it is used
        hung_up = asyncio.StreamReader()
        hung_up.feed_eof()
        writer = Writer(asyncio.StreamReader())
        caller = Caller(Rank.PRIMARY, Port.DATA_SYNC, "10.0.6.2", hung_up, writer)  # type: ignore[arg-type] # the same
        await giver.serve(caller, Asked(()))
        gone.unlink()
        moved.rename(unit / "spool" / "active" / moved.name)
        await asyncio.wait_for(heard.wait(), 10)
        await asyncio.sleep(0.1)

    asyncio.run(watch())
    assert told == [on.LeftQueue((queue.message_name(b"message 1"),))]


def test_a_message_that_moves_within_the_queue_is_copied(
    disks: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again just when the queue is read: it has not left the queue."""
    unit, other = disks("P"), disks("S")
    path = put(unit, "M1", b"message 1")
    waiting = queue.waiting

    def and_then_move() -> list[Path]:
        found = waiting()
        if path.exists():
            path.rename(unit / "spool" / "active" / path.name)
        return found

    monkeypatch.setattr(queue, "waiting", and_then_move)
    asyncio.run(copy(disks))
    assert contents(other / "copies") == {b"message 1"}


def test_a_disk_that_takes_no_copy_is_not_the_links_fault(
    disks: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The synchronization has failed, and the link is used on."""
    put(disks("P"), "M1", b"message 1")

    def is_full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(queue_copies, "_keep", is_full)
    with pytest.raises(sync.SyncError, match="the disk takes no copy"):
        asyncio.run(copy(disks))


def test_copies_that_are_dropped_are_not_used_by_what_comes_next(disks: Callable[[str], Path]) -> None:
    """Either goes on in a thread, one after the other: a disk that hangs stops no unit, and no order is lost."""
    unit = disks("S")
    (unit / "copies").mkdir()
    (unit / "copies" / "a").write_bytes(b"a message")

    async def take_over() -> None:
        copies = queue_copies.QueueCopies(Records(), [].append)  # type: ignore[arg-type] # as far as it is used
        copies.drop(None)
        copies.use()
        await asyncio.gather(*copies._working)

    asyncio.run(take_over())
    assert not list((unit / "copies").iterdir())
    assert not list((unit / "spool" / "incoming").glob("*"))
