"""The rule by which mail data merge, and rsync, which has to keep to it."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from node.engine.modes import Port, Rank
from node.exchange.mail_data import coming, merged, outdated
from node.exchange.queue_copies import Asked
from node.linux import maildir, paths, sync
from node.linux.listen import Caller
from node.linux.own_files import COMING, is_left_out

File = tuple[str, int]
"""Content of a file, and when it was changed."""

needs_rsync = pytest.mark.skipif(
    shutil.which("rsync") is None, reason="no rsync on this machine: nothing holds it to the rule (apt install rsync)"
)


def test_both_keep_what_they_have_and_the_primary_wins() -> None:
    """Nothing is deleted; of two files with one path the primary's stays. Source: HA-401."""
    own = {"archive/new/1": "own", "mailboxes/u/subscriptions": "own"}
    primary = {"archive/new/2": "primary", "mailboxes/u/subscriptions": "primary"}
    assert merged(own, primary) == {**own, **primary}
    assert own == {"archive/new/1": "own", "mailboxes/u/subscriptions": "own"}


def test_a_file_that_comes_is_not_there_before_it_is_whole() -> None:
    """What was there in its place stays meanwhile. Source: HA-120, HA-401."""
    own = {"archive/new/1": "own"}
    assert coming(own, "archive/new/1", "half") == coming(own, "archive/new/2", "half") == own


@pytest.mark.parametrize(
    "path",
    [
        ".coming/1.a.host",
        "archive/dovecot.index",
        "archive/dovecot.index.cache",
        "mailboxes/u/dovecot.list.index.log",
        "mailboxes/u/dovecot.mailbox.log.2",
        "mailboxes/u/dovecot-uidlist.lock",
        "mailboxes/u/held.lock/inside",
        "mailboxes/u/tmp/1.a.host",
        "mailboxes/u/tmp/deeper/1.a.host",
        "tmp/1",
    ],
)
def test_what_each_unit_makes_for_itself_is_not_copied(path: str) -> None:
    """Indexes, locks and deliveries under way stay where they are, on both sides."""
    assert is_left_out(path)


@pytest.mark.parametrize("path", ["tmp", "mailboxes/tmp", "archive/dovecot-uidlist", "archive/new/1.lock.host", "lock"])
def test_a_pattern_fits_whole_names_only(path: str) -> None:
    """What only resembles a pattern is copied."""
    assert not is_left_out(path)


def test_a_message_that_was_read_or_answered_since_the_last_copy_is_one_message() -> None:
    """It is as the primary has it; the same name in another Maildir is another message."""
    states = ["a/new/1.host,S=1", "a/cur/1.host,S=1:2,S", "a/cur/1.host,S=1:2,RS"]
    other = "b/new/1.host,S=1"
    for own in states:
        for primary in states:
            assert merged({own: "x", other: "y"}, {primary: "x"}) == {primary: "x", other: "y"}
    assert outdated([*states, other], ["a/tmp/1.host,S=1", "a/1.host,S=1", "cur/1.host,S=1"]) == set()


@needs_rsync
@pytest.mark.parametrize("seed", range(25))
def test_rsync_keeps_to_the_rule(tmp_path: Path, seed: int) -> None:
    """The command that the Linux body runs, and its removal of outdated states, leave what the rule says."""
    chance = Random(seed)  # noqa: S311 - repeatable by intent, nothing secret
    own, primary = random_trees(chance)
    write(tmp_path / "own", own)
    write(tmp_path / "primary", primary)
    maildir.begin_anew(tmp_path / "own" / COMING)
    command = sync.copying(f"{tmp_path}/primary/", f"{tmp_path}/own/")
    output = subprocess.run(command, check=True, timeout=30, capture_output=True).stdout  # noqa: S603 - our own command
    maildir.drop_outdated(tmp_path / "own", sync.listed(output))
    assert read(tmp_path / "own") == merged(own, copied(primary))
    assert read(tmp_path / "primary") == primary


def test_the_random_trees_try_the_whole_rule() -> None:
    """Among them are files that both have, equal and different, files left out, and messages in two states."""
    met = set()
    for seed in range(25):
        own, primary = random_trees(Random(seed))  # noqa: S311 - repeatable by intent, nothing secret
        both = own.keys() & primary.keys()
        met |= {"equal" if own[path] == primary[path] else "different" for path in both}
        met |= {"left out" for path in primary if is_left_out(path) and own.get(path) != primary[path]}
        met |= {path.split("/")[-2] for path in outdated(own, copied(primary))}
    assert met == {"equal", "different", "left out", "new", "cur"}


def test_the_transport_may_lie_in_a_folder_with_a_blank(monkeypatch: pytest.MonkeyPatch) -> None:
    """The transport's command is one word for rsync, which takes it apart by itself and knows quotes."""
    monkeypatch.setattr(sync.pipe, "__file__", "/some where/pipe.py")
    (transport,) = [word for word in sync.copying("a", "b") if word.startswith("--rsh=")]
    assert shlex.split(transport.removeprefix("--rsh=")) == [sys.executable, "-I", "-S", "/some where/pipe.py"]


def test_the_transport_gives_its_input_and_output_to_the_unit(tmp_path: Path) -> None:
    """They are a socket of rsync's; the transport has closed it, and ends when the unit hangs up."""
    ours, theirs = socket.socketpair()
    with socket.socket(socket.AF_UNIX) as door, ours, theirs:
        door.bind(str(tmp_path / "pipe"))
        door.listen()
        command = [sys.executable, "-I", "-S", sync.pipe.__file__]
        environment = {"SWITCHOVER_PIPE": str(tmp_path / "pipe")}
        with subprocess.Popen(command, stdin=theirs, stdout=theirs, env=environment) as transport:  # noqa: S603 - our own
            theirs.close()
            unit, _ = door.accept()
            _, files, _, _ = socket.recv_fds(unit, 1, 2)
            with socket.socket(fileno=files[0]) as taken, socket.socket(fileno=files[1]) as given:
                ours.sendall(b"out")
                given.sendall(b"in")
                assert (taken.recv(10), ours.recv(10)) == (b"out", b"in")
            assert ours.recv(10) == b""
            assert transport.poll() is None
            unit.close()
            assert transport.wait(10) == 0


@pytest.fixture
def two_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, File], dict[str, File]]:
    """Mail data of a follower and of its primary, which the body finds there, and can be served."""
    own, primary = random_trees(Random("channel"))  # noqa: S311 - repeatable by intent, nothing secret
    write(tmp_path / "own", own)
    write(tmp_path / "primary", primary)
    # Run by root, rsync's daemon would serve as nobody; run by anyone else, it may not be told a user.
    user = "" if os.getuid() else f"uid = 0\ngid = {os.getgid()}\n"
    offered = f"use chroot = no\n{user}[mail]\npath = {tmp_path}/primary\n"
    (tmp_path / "rsyncd.conf").write_text(offered)
    monkeypatch.setattr(sync, "RSYNCD", str(tmp_path / "rsyncd.conf"))
    monkeypatch.setattr(paths, "MAIL", tmp_path / "own")
    monkeypatch.setattr(paths, "RUN", tmp_path)
    return own, primary


@needs_rsync
def test_a_copy_through_the_channel_keeps_to_the_rule(
    tmp_path: Path, two_units: tuple[dict[str, File], dict[str, File]]
) -> None:
    """The same from one body to the other: what the primary serves through a connection, the follower merges."""
    asyncio.run(asyncio.wait_for(copy_through_a_connection(), 30))
    own, primary = two_units
    assert read(tmp_path / "own") == merged(own, copied(primary))


@needs_rsync
@pytest.mark.usefixtures("two_units")
@pytest.mark.parametrize("carried", [300, 5000, 60_000, 90_000, 150_000])
def test_a_copy_ends_when_the_peer_falls_silent_wherever_it_is(
    tmp_path: Path, carried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own signs of life, which nobody takes, kept rsync from giving up until the link was whole again.

    What has come by then is whole, and what has come of another file lies aside until the next copy begins.
    """
    sizes = {f"large-{number}": 80_000 if number == 25 else 2000 for number in range(50)}
    for number, (name, size) in enumerate(sizes.items()):
        (tmp_path / "primary" / name).write_bytes(bytes(Random(number).randbytes(size)))  # noqa: S311 - repeatable by intent
    monkeypatch.setattr(sync, "IDLE", 2)
    with pytest.raises(sync.LinkError):
        asyncio.run(asyncio.wait_for(copy_through_a_connection(carried), 15))
    own = tmp_path / "own"
    assert {path.name: path.stat().st_size for path in own.glob("large-*")}.items() <= sizes.items()
    maildir.begin_anew(own / COMING)
    assert {path.name for path in own.rglob("*large-*")} <= sizes.keys()


async def copy_through_a_connection(carried: int = 1 << 30) -> None:
    """Let a follower fetch mail data from a primary over a connection that carries so many bytes, then no more."""
    source = sync.Source(lambda _what: "", lambda: ("", ""), _no_queue, _no_copies)
    served = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await sync.serve(Caller(Rank.PRIMARY, Port.DATA_SYNC, "10.0.6.2", reader, writer), source)
        writer.close()
        await writer.wait_closed()
        served.set()

    class Links:
        """The follower's way to the primary."""

        async def dial(self, *_: object) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            """Connect."""
            said, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            reader = asyncio.StreamReader()
            self.carrying = asyncio.create_task(self._carry(said, reader))
            return reader, writer

        async def _carry(self, said: asyncio.StreamReader, reader: asyncio.StreamReader) -> None:
            left = carried
            while data := await said.read(1 << 16):
                reader.feed_data(data[:left])
                left = max(0, left - len(data))
            reader.feed_eof()

    server = await asyncio.start_server(serve, "127.0.0.1")
    try:
        await sync.fetch_data(Links(), Rank.PRIMARY)
    finally:
        await served.wait()
        server.close()


async def _no_queue(_caller: Caller) -> None:
    raise AssertionError("nobody brings a queue here")


async def _no_copies(_caller: Caller, _asked: Asked) -> None:
    raise AssertionError("nobody copies a queue here")


def copied(tree: dict[str, File]) -> dict[str, File]:
    """What a unit gives of its files."""
    return {path: file for path, file in tree.items() if not is_left_out(path)}


def random_trees(chance: Random) -> tuple[dict[str, File], dict[str, File]]:
    """Return mail data of two units, with few names, so that they often meet."""
    pools = {path: [(path + "." * age, 1_000_000 - age) for age in range(3)] for path in NAMES}
    trees = []
    for _ in range(2):
        chosen = chance.sample(NAMES, chance.randint(0, len(NAMES)))
        trees.append({path: chance.choice(pools[path]) for path in chosen})
    return trees[0], trees[1]


_MESSAGES = ("1.a.host,S=1", "2.b.host,S=2", "3.c.host")
NAMES = [
    f"{box}/{name}"
    for box in ("archive", "mailboxes/u@example.com", "mailboxes/u@example.com/.Sent", "new")
    for name in (
        *(f"new/{message}" for message in _MESSAGES),
        *(f"cur/{message}:2,{flags}" for message in _MESSAGES for flags in ("", "S")),
        *(f"tmp/{message}" for message in _MESSAGES),
        "tmp/deeper/1",
        "dovecot.index",
        "dovecot.index.log",
        "dovecot.list.index",
        "dovecot.mailbox.log",
        "dovecot-uidlist",
        "dovecot-uidlist.lock",
        "held.lock/inside",
        "subscriptions",
        ".hidden",
    )
] + ["tmp/1", "dovecot.index.cache", "preferences/u@example.com"]


def write(root: Path, files: dict[str, File]) -> None:
    """Make files in a directory of their own."""
    root.mkdir()
    for path, (content, time) in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
        os.utime(root / path, (time, time))


def read(root: Path) -> dict[str, File]:
    """All files below a directory."""
    return {
        path.relative_to(root).as_posix(): (path.read_text(), int(path.stat().st_mtime))
        for path in root.rglob("*")
        if path.is_file()
    }
