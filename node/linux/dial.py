"""Dials the peer over one heartbeat link, and keeps a connection to its heartbeat port, again after each cut."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

CONNECT = 1.5
"""Seconds for a TCP connection to open."""

HANDSHAKE = 5.0
"""Seconds for a TLS handshake: enough for a link with a second of delay each way."""

PACE = 1.0
"""Seconds between two attempts; a sign that the peer answers starts one at once."""

SOONEST = 0.1
"""Shortest time between two attempts, in seconds."""

ATTEMPTS = 5
"""Attempts under way at a time: a swallowed handshake must not block a later attempt."""

BACKLOG = 8
"""Messages kept while no line is open; older ones are dropped, because the peer needs the newest."""

STALE = 1.5
"""Seconds after which an unsent message is dropped."""

UNANSWERED = 2.0
"""Seconds without an answer after which another connection is tried beside the line."""

TCP_USER_TIMEOUT = 18
ACK = b"{}\n"
"""The answer to each heartbeat line: it shows that the line works, and says nothing about the peer's role."""


@dataclass(frozen=True, slots=True)
class Route:
    """The ends of a link: this unit's own address and device, and the peer's address."""

    source: str
    device: str
    peer: str


async def dial(route: Route, number: int, context: ssl.SSLContext) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open an authenticated connection to one of the peer's ports; raises OSError (TimeoutError is one)."""
    family = socket.AF_INET6 if ":" in route.peer else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.setblocking(False)  # noqa: FBT003 - the socket module's own call
        line.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, route.device.encode())
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.setsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT, 4000)
        line.bind((route.source, 0))
        async with asyncio.timeout(CONNECT):
            await asyncio.get_running_loop().sock_connect(line, (route.peer, number))
    except BaseException:
        line.close()
        raise
    # From here on asyncio closes the socket, also after a failed handshake; closing it twice could hit another socket.
    return await asyncio.open_connection(
        sock=line,
        ssl=context,
        server_hostname="",
        ssl_handshake_timeout=HANDSHAKE,
        ssl_shutdown_timeout=1,
        limit=1 << 16,
    )


class Line:
    """One open connection to the peer's heartbeat port; only the first answer shows that the peer has let it in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, changed: Callable[[], None]) -> None:
        """Watch for answers and for the end of the line; call `changed` at the first answer and at the end."""
        self._writer = writer
        self._waiting: deque[float] = deque(maxlen=64)
        self._changed = changed
        self.patience = UNANSWERED
        self.open = True
        self.answered = False
        self._reading = asyncio.create_task(self._read(reader))

    def send(self, data: bytes, now: float) -> bool:
        """Send without waiting; False when the line cannot take more."""
        transport = self._writer.transport
        if not self.open or transport.is_closing() or transport.get_write_buffer_size() > BACKLOG * 512:
            return False
        self._waiting.append(now)
        self._writer.write(data)
        return True

    def suspect_at(self) -> float | None:
        """When the line becomes suspect unless an answer comes, None while nothing is unanswered."""
        return self._waiting[0] + self.patience if self._waiting else None

    def close(self) -> None:
        """End the line; what was sent before still goes out."""
        self.open = False
        self._reading.cancel()
        self._writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError, ValueError):
            while await reader.readline():
                if self._waiting:
                    # On a slow link answers are late: wait longer before the line becomes suspect.
                    late = loop.time() - self._waiting.popleft()
                    self.patience = min(10.0, max(UNANSWERED, 2 * late + 1))
                if not self.answered:
                    self.answered = True
                    self._changed()
        self.open = False
        self._writer.close()
        self._changed()


class Dialler:
    """Keeps a line to the peer's heartbeat port; a message that cannot be sent waits for a moment, then is dropped.

    A line that is not answered in time may only be slow: another one takes its place when that is answered.
    """

    def __init__(self, route: Route, number: int, context: ssl.SSLContext) -> None:
        """Start dialling at once."""
        self._route = route
        self._number = number
        self._context = context
        self._line: Line | None = None
        self._beside: Line | None = None
        """A newer line, which the peer has not answered yet."""
        self._news = b""
        """The newest message that told this unit's state."""
        self._unsent: deque[tuple[float, bytes, bool]] = deque(maxlen=BACKLOG)
        """Messages that wait for a line: since when, the message, and whether it tells this unit's state."""
        self._attempts: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._keeping = asyncio.create_task(self._keep())

    def send(self, data: bytes, *, news: bool = False) -> None:
        """Send on the line, or as soon as one is open; of unsent `news` only the newest is kept.

        What is no news is said once, so it goes over the line beside as well: one of both may be dead.
        """
        now = asyncio.get_running_loop().time()
        self._choose()
        if news:
            self._news = data
        elif self._beside is not None:
            self._beside.send(data, now)
        if self._line is None or not self._line.send(data, now):
            if news:
                self._unsent = deque((each for each in self._unsent if not each[2]), maxlen=BACKLOG)
            self._unsent.append((now, data, news))
        # The waiting task must know when an answer is due.
        self._wake.set()

    def encourage(self) -> None:
        """The peer was heard on this link: dial now if no line is open."""
        if self._line is None or not self._line.open:
            self._wake.set()

    def close(self) -> None:
        """Stop dialling and hang up."""
        for task in (self._keeping, *self._attempts):
            task.cancel()
        for line in (self._line, self._beside):
            if line is not None:
                line.close()

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        last = float("-inf")
        while True:
            now = loop.time()
            self._wake.clear()
            self._choose()
            healthy = self._line is not None and self._line.open
            suspect_at = self._line.suspect_at() if self._line is not None and healthy else None
            if healthy and (suspect_at is None or now < suspect_at):
                wait = None if suspect_at is None else suspect_at - now
            elif now - last < SOONEST:
                await asyncio.sleep(SOONEST - (now - last))
                continue
            else:
                # While another line is open and not answered yet, PACE is soon enough for the next attempt.
                if len(self._attempts) < ATTEMPTS and (self._beside is None or now - last >= PACE):
                    last = now
                    task = asyncio.create_task(self._attempt())
                    self._attempts.add(task)
                    task.add_done_callback(self._attempts.discard)
                wait = PACE
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._wake.wait()

    async def _attempt(self) -> None:
        started = asyncio.get_running_loop().time()
        try:
            reader, writer = await dial(self._route, self._number, self._context)
        except OSError:
            # An attempt that fails at once (a refusal) is repeated after PACE; one that fails late is repeated at once.
            if asyncio.get_running_loop().time() - started > SOONEST:
                self._wake.set()
            return
        line = Line(reader, writer, self._wake.set)
        if self._line is not None and self._line.open and self._news:
            self._try_beside(line)
        else:
            self._take(line)
        self._wake.set()

    def _try_beside(self, line: Line) -> None:
        """Say over a new line what the present one has not been answered, unless another is being tried."""
        now = asyncio.get_running_loop().time()
        tried = self._beside
        if tried is not None and tried.open and now < (tried.suspect_at() or now):
            line.close()
            return
        if tried is not None:
            tried.close()
        self._beside, line.patience = line, HANDSHAKE
        line.send(self._news, now)

    def _choose(self) -> None:
        """Take the newer line when the peer has answered it, or when the present one has ended."""
        line = self._beside
        if line is None:
            return
        if not line.open:
            self._beside = None
        elif line.answered or self._line is None or not self._line.open:
            self._take(line)

    def _take(self, line: Line) -> None:
        old, self._line, self._beside = self._line, line, None
        if old is not None:
            old.close()
        for other in self._attempts - {asyncio.current_task()}:
            other.cancel()
        now = asyncio.get_running_loop().time()
        while self._unsent:
            at, data, _ = self._unsent.popleft()
            if now - at <= STALE:
                line.send(data, now)
