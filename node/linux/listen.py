"""Listens on the four ports of one heartbeat interface: admits the configured peer with the key, and nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from node.engine.modes import Port, Rank
from node.exchange.frames import GREETING

HALF_OPEN = 8
"""Handshakes at a time on one port; a further one replaces the oldest, since a true peer's takes milliseconds."""

BACKLOG = 128
"""Connections that wait to be accepted; a true peer beyond them would try again after a second."""

ESTABLISHED = 8
"""Admitted connections on one port; a further one replaces the oldest, which a lost link may have left open."""

IP_FREEBIND = 15
"""Socket option to bind before the address is there or while the cable is out (linux/in.h)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An admitted connection: its link, its port, from which address it comes, and its two streams."""

    rank: Rank
    port: Port
    address: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


@dataclass(frozen=True, slots=True)
class Admission:
    """Functions that a listener calls: to admit a caller, to serve it, and to report whom it refuses, and why."""

    admits: Callable[[Rank, str], bool]
    serve: Callable[[Caller], Awaitable[None]]
    refused: Callable[[Rank, str, str], None]


class Listener:
    """One listening port of a heartbeat interface."""

    def __init__(self, rank: Rank, port: Port, context: ssl.SSLContext, admission: Admission) -> None:
        """Prepare for a link's port; nothing listens before `open`."""
        self._rank = rank
        self._port = port
        self._context = context
        self._admission = admission
        self._socket: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._handshakes: dict[asyncio.Task[None], None] = {}
        self._callers: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def open(self, address: str, number: int, device: str) -> None:
        """Listen on this address and TCP port, on this device only; raises OSError."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        try:
            listening.setblocking(False)  # noqa: FBT003 - the socket module's own call
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
            listening.setsockopt(socket.SOL_IP, IP_FREEBIND, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.bind((address, number))
            listening.listen(BACKLOG)
        except OSError:
            listening.close()
            raise
        self._socket = listening
        self._accepting = asyncio.create_task(self._accept(listening))

    def close(self) -> None:
        """Stop listening and cut every connection; who is being served may still hear what is said at once."""
        for caller, writer in self._callers.items():
            caller.add_done_callback(partial(_abort, writer))
        tasks = [*self._handshakes, *self._callers, *([self._accepting] if self._accepting else [])]
        for task in tasks:
            task.cancel()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, source = await loop.sock_accept(listening)
            except OSError:
                # No descriptors are left, or the caller has gone: wait, and go on listening.
                await asyncio.sleep(0.1)
                continue
            # A flood of connections must not block the unit's other tasks.
            await asyncio.sleep(0)
            # A link-local address of IPv6 has its device behind a percent sign.
            caller = source[0].partition("%")[0]
            if not self._admission.admits(self._rank, caller):
                connection.close()
                self._admission.refused(self._rank, caller, "not the configured peer")
                continue
            task = asyncio.create_task(self._greet(connection, caller))
            self._handshakes[task] = None
            task.add_done_callback(lambda done: self._handshakes.pop(done, None))
            if len(self._handshakes) > HALF_OPEN:
                oldest = next(iter(self._handshakes))
                del self._handshakes[oldest]
                oldest.cancel()
                self._admission.refused(self._rank, caller, "too many greetings at a time")

    async def _greet(self, connection: socket.socket, caller: str) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=1 << 16)
        protocol = asyncio.StreamReaderProtocol(reader)
        try:
            # asyncio closes the socket, also after a failed handshake; closing it here too could close another socket.
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol, connection, ssl=self._context, ssl_handshake_timeout=GREETING, ssl_shutdown_timeout=1
            )
        except ssl.SSLError as error:
            binder = error.reason is not None and "BINDER" in error.reason
            self._admission.refused(self._rank, caller, "wrong password" if binder else "no proper greeting")
            return
        except ConnectionAbortedError:
            # asyncio raises this for a handshake that took too long.
            self._admission.refused(self._rank, caller, "no greeting in time")
            return
        except OSError:
            # A connection that breaks before its greeting is not reported: it need not be a stranger's.
            return
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        task = asyncio.create_task(self._serve(Caller(self._rank, self._port, caller, reader, writer)))
        self._callers[task] = writer
        task.add_done_callback(lambda done: self._callers.pop(done, None))
        if len(self._callers) > ESTABLISHED:
            oldest = next(iter(self._callers))
            self._callers[oldest].transport.abort()

    async def _serve(self, caller: Caller) -> None:
        try:
            with contextlib.suppress(OSError, EOFError, asyncio.IncompleteReadError):
                await self._admission.serve(caller)
        finally:
            caller.writer.close()


def _abort(writer: asyncio.StreamWriter, _served: asyncio.Task[None]) -> None:
    writer.transport.abort()
