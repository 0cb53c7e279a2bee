"""Synchronization from the primary through authenticated connections: settings as text, mail data by rsync."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shlex
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, assert_never

from node.engine import events as on
from node.engine.modes import Port, Rank, Sync
from node.exchange import queue_copies
from node.exchange.queue import Bring, encode
from node.linux import paths, pipe
from node.linux.links import Links
from node.linux.listen import Caller
from node.linux.maildir import begin_anew, drop_outdated
from node.linux.own_files import COMING, LEFT_OUT
from node.linux.records import Records

TEXT_LIMIT = 4 << 20
"""Largest synchronized configuration in bytes."""

CONFIG_TIME = 15.0
"""Seconds for a whole configuration synchronization."""

IDLE = 10
"""Seconds without a byte after which a data synchronization has failed."""

PIECE = 1 << 18
"""Bytes that are passed on at a time while mail data are copied."""

RSYNCD = "/etc/switchover/rsyncd.conf"

ITEMIZED = 11
"""Characters of what rsync tells of a file before its name (`%i`)."""

BROKEN = {10, 12, 30, 35}
"""rsync's exit codes when the connection fails: socket, stream, or silence."""


class SyncError(Exception):
    """A synchronization failed; the text is one clause for the log."""


class LinkError(SyncError):
    """The link did not carry a synchronization."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a unit gives to its peer, asked anew for each synchronization."""

    withholds: Callable[[Sync], str]
    """Why the engine refuses a synchronization to the peer now; '' when it serves."""
    settings: Callable[[], tuple[str, str]]
    """Text and checksum of the synchronized settings."""
    take_queue: Callable[[Caller], Awaitable[None]]
    """Takes the messages that the peer hands over."""
    give_copies: Callable[[Caller, queue_copies.Asked], Awaitable[None]]
    """Gives the peer copies of the messages in this unit's queue."""


async def serve(caller: Caller, source: Source) -> None:
    """Serve a peer that wants to copy, if the engine allows it. Source: HA-351, HA-403, HA-405, HA-411."""
    wish = await get(caller.reader) if caller.port is Port.DATA_SYNC else {}
    if wish == encode(Bring()):
        await source.take_queue(caller)
        return
    asked = queue_copies.asked_in(wish)
    what = Sync.CONFIG if caller.port is Port.CONFIG_SYNC else Sync.DATA if asked is None else Sync.QUEUE
    refusal = source.withholds(what)
    if refusal:
        put(caller.writer, {"refused": refusal})
    elif asked is not None:
        await source.give_copies(caller, asked)
        return
    elif caller.port is Port.CONFIG_SYNC:
        text, checksum = source.settings()
        put(caller.writer, {"settings": text, "checksum": checksum})
    else:
        put(caller.writer, {"go": True})
        await _serve_data(caller)
        return
    await caller.writer.drain()
    with contextlib.suppress(TimeoutError):
        # Wait until the peer has read and hangs up.
        await asyncio.wait_for(caller.reader.read(1), 5)


async def fetch_settings(links: Links, rank: Rank) -> tuple[str, str]:
    """Fetch text and checksum of the primary's settings; raises SyncError."""
    async with connection(links, rank, Port.CONFIG_SYNC) as (reader, _):
        answer = await get(reader)
    settings, checksum = answer.get("settings"), answer.get("checksum")
    if not isinstance(settings, str) or not isinstance(checksum, str):
        raise SyncError("the answer holds no settings")
    return settings, checksum


async def fetch_data(links: Links, rank: Rank) -> None:
    """Add the primary's mail data to this unit's own; nothing is deleted. Raises SyncError. Source: HA-401."""
    async with connection(links, rank, Port.DATA_SYNC) as (reader, writer):
        put(writer, {"copy": "mail"})
        answer = await get(reader)
        if answer.get("go") is not True:
            raise SyncError("the answer is not understood")
        await _rsync(reader, writer)


class Synchronizations:
    """The unit's synchronizations from its primary, one at a time."""

    def __init__(
        self,
        links: Links,
        take_settings: Callable[[str, str], None],
        copy_queue: Callable[[Links, Rank], Awaitable[None]],
        records: Records,
        feed: Callable[[on.SyncFinished], None],
    ) -> None:
        """Prepare; `take_settings` merges text and checksum, and raises ValueError with one clause."""
        self._links = links
        self._take_settings = take_settings
        self._copy_queue = copy_queue
        self._records = records
        self._feed = feed
        self._running: asyncio.Task[None] | None = None

    def start(self, what: Sync, rank: Rank) -> None:
        """Copy over this link, then tell the engine; an earlier synchronization is cancelled."""
        self.cancel()
        self._running = asyncio.create_task(self._run(what, rank))

    def cancel(self) -> None:
        """Break off a running synchronization, and tell the engine nothing."""
        task, self._running = self._running, None
        if task is not None:
            task.cancel()

    async def _run(self, what: Sync, rank: Rank) -> None:
        started = time.monotonic()
        ok, detail, link_failed = False, "cut short", False
        try:
            brought = await run(self._links, what, rank, self._copy_queue)
            if brought is not None:
                self._take_settings(*brought)
            ok, detail = True, ""
        except (SyncError, ValueError) as error:
            detail, link_failed = str(error), isinstance(error, LinkError)
        finally:
            took = round((time.monotonic() - started) * 1000)
            self._records.trace("sync", kind=what.value, rank=rank.value, ok=int(ok), ms=took)
            if self._running is asyncio.current_task():
                self._running = None
                with contextlib.suppress(RuntimeError):
                    self._feed(on.SyncFinished(what, ok, detail, link_failed))


async def run(
    links: Links, what: Sync, rank: Rank, copy_queue: Callable[[Links, Rank], Awaitable[None]]
) -> tuple[str, str] | None:
    """Run one synchronization; returns the settings that a configuration synchronization brought. Raises SyncError."""
    try:
        match what:
            case Sync.CONFIG:
                async with asyncio.timeout(CONFIG_TIME):
                    return await fetch_settings(links, rank)
            case Sync.DATA:
                await fetch_data(links, rank)
            case Sync.QUEUE:
                await copy_queue(links, rank)
            case _:
                assert_never(what)
    except TimeoutError:
        raise LinkError("no answer in time") from None
    except (OSError, EOFError) as error:
        raise LinkError(f"the connection failed ({getattr(error, 'strerror', None) or type(error).__name__})") from None
    return None


@contextlib.asynccontextmanager
async def connection(links: Links, rank: Rank, port: Port) -> Any:  # noqa: ANN401 - an async generator of two streams
    """Speak to one of the peer's ports, and hang up afterwards; raises OSError."""
    reader, writer = await links.dial(rank, port)
    try:
        yield reader, writer
    finally:
        writer.close()


def put(writer: asyncio.StreamWriter, record: dict[str, Any]) -> None:
    """Send one record as a line, without waiting."""
    writer.write(json.dumps(record).encode() + b"\n")


async def get(reader: asyncio.StreamReader) -> dict[str, Any]:
    """Read one record; raises SyncError for a refusal or an unreadable record, TimeoutError, EOFError."""
    answer = await receive(reader)
    if "refused" in answer:
        raise SyncError(str(answer["refused"])[:100])
    return answer


async def receive(reader: asyncio.StreamReader) -> dict[str, Any]:
    """Read one record, refusals included; raises SyncError for an unreadable one, TimeoutError, EOFError."""
    line = bytearray()
    while not line.endswith(b"\n"):
        try:
            part = await asyncio.wait_for(reader.readuntil(b"\n"), IDLE)
        except asyncio.LimitOverrunError as error:
            part = await reader.readexactly(error.consumed)
        line += part
        if len(line) > TEXT_LIMIT:
            raise SyncError("the answer is too long")
    try:
        answer = json.loads(line)
    except ValueError:
        raise SyncError("the answer is not JSON") from None
    if not isinstance(answer, dict):
        raise SyncError("the answer is not an object")
    return answer


async def _serve_data(caller: Caller) -> None:
    server = await asyncio.create_subprocess_exec(
        "/usr/bin/rsync",
        "--server",
        "--daemon",
        f"--config={RSYNCD}",
        ".",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=PIECE,
        start_new_session=True,
    )
    try:
        if server.stdin is not None and server.stdout is not None:
            inward = asyncio.create_task(_copy(caller.reader, server.stdin))
            try:
                await _copy(server.stdout, caller.writer)
            finally:
                inward.cancel()
                server.stdin.close()
    finally:
        with contextlib.suppress(ProcessLookupError):
            server.kill()
        await server.wait()


async def _rsync(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    begin_anew(paths.MAIL / COMING)
    path = str(paths.RUN / f"pipe-{os.getpid()}-{id(reader):x}")
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    door.setblocking(False)  # noqa: FBT003 - the socket module's own call
    door.bind(path)
    door.listen()
    joint = asyncio.create_task(_join_rsync(door, reader, writer))
    client = await asyncio.create_subprocess_exec(
        *copying("primary::mail/", f"{paths.MAIL}/"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"SWITCHOVER_PIPE": path, "PATH": "/usr/bin:/bin"},
        start_new_session=True,
    )
    assert client.stdout is not None
    assert client.stderr is not None
    listing, saying = (asyncio.create_task(pipe.read()) for pipe in (client.stdout, client.stderr))
    try:
        await client.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(client.pid, signal.SIGKILL)  # its other processes would wait for a silent peer
        joint.cancel()
        await asyncio.wait([joint])
        door.close()
        await asyncio.to_thread(os.unlink, path)
        # After a copy that broke off, too: what has come of it outdates what was there.
        await asyncio.to_thread(drop_outdated, paths.MAIL, listed(await listing))
    said = await saying
    # 24: a file vanished at the source while rsync ran, because mail was moved or read.
    if client.returncode not in {0, 24}:
        last = said.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
        kind = LinkError if client.returncode in BROKEN else SyncError
        raise kind(f"rsync ended with {client.returncode} {last[0][:120]}".strip())


async def _join_rsync(door: socket.socket, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Join the connection to the peer with the input and output of rsync, which its transport (`pipe`) hands over."""
    transport, _ = await asyncio.get_running_loop().sock_accept(door)
    with transport:
        transport.settimeout(IDLE)
        _, files, _, _ = await asyncio.to_thread(socket.recv_fds, transport, 1, 2)
        (inner, back), (_, outer) = [
            await asyncio.open_connection(sock=socket.socket(fileno=each), limit=PIECE) for each in files
        ]
        inward = asyncio.create_task(_copy(reader, outer, IDLE))
        inward.add_done_callback(lambda _: transport.close())  # rsync waits for its transport, and that for this
        try:
            await _copy(inner, writer)
        finally:
            inward.cancel()
            back.close()
            outer.close()


def copying(source: str, target: str) -> list[str]:
    """Return the command that copies mail data by the rule of `mail_data.merged`, and lists (`listed`) the source's.

    A file comes into the target's directory COMING, and is moved when it is whole (`mail_data.coming`).
    What is outdated then (`drop_outdated`) it leaves.
    """
    return [
        "/usr/bin/rsync",
        "--archive",
        "--omit-dir-times",
        "--8-bit-output",
        f"--temp-dir={COMING}",
        "-ii",
        "--out-format=%i %n",
        f"--timeout={IDLE}",
        *(f"--exclude={pattern}" for pattern in LEFT_OUT),
        f"--rsh={shlex.join([sys.executable, '-I', '-S', pipe.__file__])}",
        source,
        target,
    ]


def listed(output: bytes) -> list[str]:
    """Return the paths of all files that rsync has met at the source, from what `copying` prints."""
    return [os.fsdecode(line[ITEMIZED + 1 :]) for line in output.split(b"\n")]


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, idle: float | None = None) -> None:
    """Pass on until the other side has ended; one that says nothing for `idle` seconds has hung up."""
    with contextlib.suppress(OSError):
        # rsync's own limit does not hold while it sends signs of life, whether the peer takes them or not.
        with contextlib.suppress(TimeoutError):
            while data := await asyncio.wait_for(reader.read(PIECE), idle):
                writer.write(data)
                await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
