"""The mail queue's hand-over by the Linux body: what waits, what is taken and known again, and what is said."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import re
from collections import namedtuple
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.contract import Port as LabPort
from lab.wires import switchover
from lab.wires.wire import APART
from node.engine.events import QueueHandedOver
from node.engine.modes import Port, Rank
from node.exchange.queue import name_of
from node.linux import paths, queue
from node.linux.listen import Caller

_Owner = namedtuple("_Owner", "pw_uid")  # noqa: PYI024 - the fields of a pwd record that are read


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty queue on a disk of its own, owned by whoever runs the test."""
    for name in (*queue.WAITING, queue.WITHHELD):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(paths, "SPOOL", tmp_path)
    monkeypatch.setattr(queue.pwd, "getpwnam", lambda _name: _Owner(os.getuid()))
    monkeypatch.setattr(os, "fchown", lambda *_: None)
    return tmp_path


def take(content: bytes) -> None:
    """Take a message as the peer announces it, and hear from it that it does not have it any more."""
    queue.take(hashlib.sha256(content).hexdigest(), content)
    queue.move_in(hashlib.sha256(content).hexdigest())


def test_a_message_taken_lies_whole_in_incoming(spool: Path) -> None:
    """It has a name as Postfix gives it, is complete, and nothing is left aside but the memory of it."""
    take(b"a message")
    (path,) = (spool / "incoming").iterdir()
    assert re.fullmatch(r"[0-9A-F]{5}[0-9A-F]+", path.name)
    assert path.name.endswith(f"{path.stat().st_ino:X}")
    assert path.read_bytes() == b"a message"
    assert path.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in (spool / "handed").iterdir()] == ["taken"]


def test_a_message_that_comes_again_is_not_taken_twice(spool: Path) -> None:
    """Also when it has been delivered meanwhile, and its answer was lost. Source: HA-423."""
    take(b"a message")
    for path in (spool / "incoming").iterdir():
        path.unlink()
    take(b"a message")
    assert not list((spool / "incoming").iterdir())


def test_a_message_that_was_given_away_is_taken_when_it_comes_back(spool: Path) -> None:
    """Whoever has given it away does not have it any more; another one is still known. Source: HA-424."""
    take(b"a message")
    take(b"another")
    for path in (spool / "incoming").iterdir():
        path.unlink()
    queue.forget(hashlib.sha256(b"a message").hexdigest())
    take(b"a message")
    take(b"another")
    assert [path.read_bytes() for path in (spool / "incoming").iterdir()] == [b"a message"]


@pytest.mark.parametrize("now", ["incoming/A1", "active/A1", "deferred/A/A1"])
def test_a_message_is_removed_wherever_the_queue_manager_has_put_it(spool: Path, now: str) -> None:
    """It may have moved since it was read; what has gone by itself is no error."""
    (spool / "deferred" / "A").mkdir()
    (spool / now).write_bytes(b"a message")
    (spool / "incoming" / "B2").write_bytes(b"another")
    for _ in range(2):
        queue.remove(spool / "incoming" / "A1")
    assert [path.name for path in spool.rglob("*") if path.is_file()] == ["B2"]


def test_only_complete_messages_wait(spool: Path) -> None:
    """A message whose sender has not been answered is not handed over; hashed directories are looked into."""
    (spool / "incoming" / "HALF").write_bytes(b"not yet")
    (spool / "incoming" / "HALF").chmod(0o600)
    (spool / "deferred" / "A").mkdir()
    (spool / "deferred" / "A" / "WHOLE").write_bytes(b"a message")
    (spool / "deferred" / "A" / "WHOLE").chmod(0o700)
    assert [each.name for each in queue.waiting()] == ["WHOLE"]


def test_the_memory_of_what_was_taken_does_not_grow_for_ever(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its limit the older half is forgotten."""
    monkeypatch.setattr(queue, "REMEMBERED", 10)
    for number in range(30):
        take(f"message {number}".encode())
    assert len(queue.remembered()) <= 12
    assert hashlib.sha256(b"message 29").hexdigest() in queue.remembered()
    assert len(list((spool / "incoming").iterdir())) == 30


@pytest.mark.parametrize("step", ["_remember", "move_in"])
def test_a_message_is_taken_once_also_after_a_cut_in_the_middle(
    spool: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A power loss before any step leaves a message that the next offer or the start brings into the queue, once."""

    def cut(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(queue, step, cut)
        with pytest.raises(SystemExit):
            take(b"a message")
    assert not list((spool / "incoming").iterdir())
    queue.recover()
    assert len(list((spool / "incoming").iterdir())) == (step == "move_in")
    for _ in range(2):
        take(b"a message")
    assert [path.read_bytes() for path in (spool / "incoming").iterdir()] == [b"a message"]
    assert [each.name for each in (spool / "handed").iterdir()] == ["taken"]


class Written:
    """Records that are kept for the test to read (`node.linux.records`)."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.lines: list[str] = []

    def trace(self, what: str, **more: object) -> None:
        """Keep a trace."""
        self.lines.append(" ".join([what, *map(str, more.values())]))

    def log(self, message: str) -> None:
        """Keep an event."""
        self.lines.append(message)


Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Channel:
    """Links whose other end is played by a test."""

    peer: Peer
    servers: list[asyncio.Server] = field(default_factory=list)

    async def dial(self, rank: Rank, port: Port) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect."""
        assert (rank, port) == (Rank.PRIMARY, Port.DATA_SYNC)
        self.servers.append(await asyncio.start_server(self.peer, "127.0.0.1"))
        return await asyncio.open_connection(*self.servers[-1].sockets[0].getsockname())

    def close(self) -> None:
        """Listen no more."""
        for server in self.servers:
            server.close()


def queued(spool: Path, *contents: bytes) -> None:
    """Put complete messages into the queue, oldest first."""
    for age, content in enumerate(reversed(contents)):
        path = spool / "deferred" / content.decode()
        path.write_bytes(content)
        path.chmod(0o700)
        os.utime(path, (1_000_000 - age, 1_000_000 - age))


def left() -> list[str]:
    """Names of the messages in the queue."""
    return sorted(path.name for path in queue.waiting())


async def settled() -> None:
    """Nothing holds the queue."""


def give(peer_of: Callable[[queue.HandOvers], Peer]) -> list[QueueHandedOver]:
    """Hand the queue over to a peer, which may act on the hand-overs; returns what the engine heard."""
    heard: list[QueueHandedOver] = []

    async def scene() -> None:
        channel = Channel(nobody)
        hand_overs = queue.HandOvers(channel, settled, Written(), heard.append)
        channel.peer = peer_of(hand_overs)
        hand_overs.start(Rank.PRIMARY)
        await asyncio.wait([*hand_overs._running])
        channel.close()

    asyncio.run(asyncio.wait_for(scene(), 10))
    return heard


async def nobody(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Nobody is to be dialled."""
    raise AssertionError("nobody was to be dialled")


async def said(reader: asyncio.StreamReader) -> dict[str, object]:
    """Read one record."""
    record: dict[str, object] = json.loads(await reader.readline())
    return record


def taking(limit: int, after: Callable[[], None] = lambda: None) -> Peer:
    """Return a peer that takes so many messages, and hangs up with the next one untaken."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await said(reader) == {"bring": "queue"}
        writer.write(b'{"go": true}\n')
        for number in range(limit + 1):
            line = await reader.readline()
            if not line:
                break
            offer = json.loads(line)
            content = await reader.readexactly(offer["size"])
            assert offer["message"] == name_of(content)
            after()
            if number < limit:
                writer.write(json.dumps({"taken": offer["message"]}).encode() + b"\n")
        writer.close()

    return peer


def test_every_waiting_message_is_given_and_removed(spool: Path) -> None:
    """The oldest goes first; one that was taken from the peer before is not known any more."""
    queued(spool, b"one", b"two")
    (spool / "handed").mkdir()
    (spool / "handed" / "taken").write_text(f"{name_of(b'one')}\n{name_of(b'other')}\n")
    assert give(lambda _: taking(5)) == [QueueHandedOver(ok=True, count=2, detail="")]
    assert left() == []
    assert queue.remembered() == [name_of(b"other")]


def test_a_message_without_an_answer_stays(spool: Path) -> None:
    """The engine hears how many went before the connection broke, and why it ended."""
    queued(spool, b"one", b"two", b"three")
    (ended,) = give(lambda _: taking(1))
    assert (ended.ok, ended.count) == (False, 1)
    assert "it broke off" in ended.detail
    assert left() == ["three", "two"]


def test_who_does_not_take_says_why(spool: Path) -> None:
    """The reason reaches the engine; nothing has gone."""
    queued(spool, b"one")

    async def peer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'{"refused": "this unit is not primary"}\n')
        writer.close()

    assert give(lambda _: peer) == [QueueHandedOver(ok=False, count=0, detail="this unit is not primary")]
    assert left() == ["one"]


@pytest.mark.usefixtures("spool")
def test_an_empty_queue_needs_no_connection() -> None:
    """It is handed over at once."""
    assert give(lambda _: nobody) == [QueueHandedOver(ok=True, count=0, detail="")]


def test_a_cancelled_hand_over_ends_with_the_message_under_way(spool: Path) -> None:
    """That one is given in full, for the peer may have it; the next is not offered, and the engine hears nothing."""
    queued(spool, b"one", b"two")
    assert give(lambda hand_overs: taking(5, hand_overs.cancel)) == []
    assert left() == ["two"]


def test_a_hand_over_that_is_cut_keeps_what_is_not_answered(spool: Path) -> None:
    """The links close: the connection goes, and with it the answer."""
    queued(spool, b"one", b"two")
    assert give(lambda hand_overs: taking(5, hand_overs.cut)) == []
    assert left() == ["one", "two"]


@pytest.mark.parametrize("ends", ["hear", "cancel", "cut"])
def test_a_message_that_is_offered_is_out_of_the_mail_services_reach(spool: Path, ends: str) -> None:
    """Until the peer has answered, or the connection has gone: then it waits again, where it was not taken."""
    queued(spool, b"one")
    seen: list[tuple[list[str], list[str]]] = []

    def look(hand_overs: queue.HandOvers) -> Peer:
        def after() -> None:
            seen.append((left(), [path.name for path in (spool / queue.WITHHELD).iterdir()]))
            getattr(hand_overs, ends, lambda: None)()

        return taking(0, after)

    give(look)
    assert seen == [([], ["one"])]
    assert left() == ["one"]
    assert list((spool / queue.WITHHELD).iterdir()) == []


@pytest.mark.parametrize(
    "last_words",
    [b"", b'{"message": "x", "size": 9}\nhalf', b'{"message": "x", "size": 4}\nevil', b"nonsense\n", b'{"go": true}\n'],
)
def test_what_was_taken_before_the_connection_ends_counts(spool: Path, last_words: bytes) -> None:
    """However it ends: nothing half, false or senseless gets into the queue, and whole messages are told.

    Until it ends, or goes on, its giver does not know that a message was taken, and nobody has it in the queue.
    """
    records = Written()
    answers: list[bytes] = []
    early: list[Path] = []

    async def scene() -> None:
        served = asyncio.Event()

        async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await queue.serve(Caller(Rank.PRIMARY, Port.DATA_SYNC, "10.0.6.2", reader, writer), lambda: "", records)
            writer.close()
            served.set()

        channel = Channel(peer)
        reader, writer = await channel.dial(Rank.PRIMARY, Port.DATA_SYNC)
        writer.write(json.dumps({"message": name_of(b"one"), "size": 3}).encode() + b"\none")
        answers.extend([await reader.readline(), await reader.readline()])
        early.extend((spool / "incoming").iterdir())
        writer.write(last_words)
        writer.write_eof()
        await served.wait()
        writer.close()
        channel.close()

    asyncio.run(asyncio.wait_for(scene(), 10))
    assert [json.loads(line) for line in answers] == [{"go": True}, {"taken": name_of(b"one")}]
    assert not early
    assert [path.read_bytes() for path in (spool / "incoming").iterdir()] == [b"one"]
    assert records.lines == ["queue-taken 1", "ha: 1 queued messages taken from SLAVE"]


def test_a_disk_that_takes_nothing_keeps_what_is_withheld(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine hears how the hand-over has ended all the same, and the message is there when the disk is well."""
    queued(spool, b"one")
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.parent.name == queue.WITHHELD:
            raise OSError(errno.EROFS, "read-only")
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        (ended,) = give(lambda _: taking(0))
        assert (ended.ok, left()) == (False, [])
    assert give(lambda _: nobody) == [QueueHandedOver(ok=True, count=0, detail="")]
    assert left() == ["one"]


def test_a_unit_that_closes_its_links_tells_what_it_has_taken(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that it is putting into its queue is answered, since the giver would deliver it, too."""
    records, answers, takes = Written(), [], queue.take

    async def scene() -> None:
        begun, served = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def slowly(*arguments: object) -> None:
            loop.call_soon_threadsafe(begun.set)
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), loop).result()
            takes(*arguments)

        monkeypatch.setattr(queue, "take", slowly)

        async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            caller = Caller(Rank.PRIMARY, Port.DATA_SYNC, "10.0.6.2", reader, writer)
            serving = asyncio.ensure_future(queue.serve(caller, lambda: "", records))
            await begun.wait()
            serving.cancel()
            await asyncio.wait([serving])
            writer.close()
            served.set()

        channel = Channel(peer)
        reader, writer = await channel.dial(Rank.PRIMARY, Port.DATA_SYNC)
        writer.write(json.dumps({"message": name_of(b"one"), "size": 3}).encode() + b"\none")
        answers.extend([await reader.readline(), await reader.readline(), await reader.read()])
        await served.wait()
        writer.close()
        channel.close()

    asyncio.run(asyncio.wait_for(scene(), 10))
    assert json.loads(answers[1]) == {"taken": name_of(b"one")}
    assert answers[2] == b""
    assert [path.read_bytes() for path in (spool / "incoming").iterdir()] == [b"one"]


@pytest.mark.parametrize("said", switchover.broken("P", LabPort.DATA_SYNC).split(APART)[:-1])
def test_a_peer_that_hands_over_nonsense_is_left(spool: Path, said: bytes) -> None:
    """The unit ends the connection, also if the peer keeps it, and nothing has come into the queue."""
    records, last = Written(), []

    async def scene() -> None:
        async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await queue.serve(Caller(Rank.PRIMARY, Port.DATA_SYNC, "10.0.6.2", reader, writer), lambda: "", records)
            writer.close()

        channel = Channel(peer)
        reader, writer = await channel.dial(Rank.PRIMARY, Port.DATA_SYNC)
        writer.write(said.removeprefix(switchover.BRING))
        last.extend((await reader.read()).splitlines())
        writer.close()
        channel.close()

    asyncio.run(asyncio.wait_for(scene(), 10))
    assert last[0] == switchover.COURTESIES[0]
    assert all(line.startswith(switchover.COURTESIES) for line in last)
    assert list((spool / "incoming").iterdir()) == []
    assert records.lines == ["queue-taken 0"]
