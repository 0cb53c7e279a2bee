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
    """How a service greets, and how a client takes leave of it."""

    greeted: Callable[[asyncio.StreamReader], Awaitable[bool]]
    leave: bytes


async def answers(check: RemoteCheck) -> bool:
    """Whether the service greets properly within the check's timeout. Source: HA-250, HA-254."""
    protocol = _PROTOCOLS[check.name]
    try:
        async with asyncio.timeout(check.timeout):
            reader, writer = await asyncio.open_connection(check.address, check.port, limit=LONGEST_LINE)
            try:
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


_PROTOCOLS: Mapping[str, Protocol] = {
    "remote-smtp": Protocol(_smtp, b"QUIT\r\n"),
    "remote-pop": Protocol(_pop3, b"QUIT\r\n"),
    "remote-imap": Protocol(_imap, b"a LOGOUT\r\n"),
}
