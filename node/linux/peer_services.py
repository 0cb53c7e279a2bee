"""Asks a service of the peer for a sign of life, in the service's own protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from node.engine.settings import RemoteCheck

LONGEST_LINE = 4096
"""Bytes of a line; who sends a longer one does not speak the protocol."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a service answers properly, and what a client says before and after that."""

    greeted: Callable[[asyncio.StreamReader], Awaitable[bool]]
    leave: bytes = b""
    ask: bytes = b""


async def answers(check: RemoteCheck) -> bool:
    """Whether the service greets properly within the check's timeout. Source: HA-250, HA-254."""
    protocol = _PROTOCOLS[check.name]
    try:
        async with asyncio.timeout(check.timeout):
            reader, writer = await asyncio.open_connection(check.address, check.port, limit=LONGEST_LINE)
            try:
                writer.write(protocol.ask)
                greeted = await protocol.greeted(reader)
                writer.write(protocol.leave if greeted else b"")
            finally:
                writer.close()
            return greeted
    except (OSError, ValueError):
        return False


async def _smtp(reader: asyncio.StreamReader) -> bool:
    """Code 220 on each line of the greeting. Source: RFC 5321, 3.1 and 4.2."""
    more = True
    while more:
        line = await reader.readline()
        if not line.startswith(b"220"):
            return False
        more = line[3:4] == b"-"
    return True


async def _pop3(reader: asyncio.StreamReader) -> bool:
    """Source: RFC 1939, 4."""
    return (await reader.readline()).startswith(b"+OK")


async def _imap(reader: asyncio.StreamReader) -> bool:
    """Source: RFC 9051, 7.1."""
    return (await reader.readline()).startswith((b"* OK", b"* PREAUTH"))


async def _http(reader: asyncio.StreamReader) -> bool:
    """A status that is no error. Source: RFC 9110, 15; RFC 9112, 4."""
    version, _, rest = (await reader.readline()).partition(b" ")
    return version in {b"HTTP/1.0", b"HTTP/1.1"} and rest[:1] in {b"2", b"3"} and rest[1:3].isdigit()


_PROTOCOLS: Mapping[str, Protocol] = {
    "remote-smtp": Protocol(_smtp, b"QUIT\r\n"),
    "remote-pop": Protocol(_pop3, b"QUIT\r\n"),
    "remote-imap": Protocol(_imap, b"a LOGOUT\r\n"),
    "remote-http": Protocol(_http, ask=b"GET / HTTP/1.0\r\n\r\n"),
}
