"""A check of a peer's service on Linux: who greets in the service's protocol, and in time, is well."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable

import pytest

from node.engine.settings import RemoteCheck
from node.linux import peer_services


def asked(service: str, *says: bytes, pause: float = 0.0, hangs: bool = False, timeout: int = 5) -> bool:
    """Whether a service is well that says these pieces, with a pause before each, and then ends or hangs."""

    async def scene() -> bool:
        over, ended = asyncio.Event(), asyncio.Event()

        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                for piece in says:
                    await asyncio.sleep(pause)
                    writer.write(piece)
                if hangs:
                    await over.wait()
            writer.close()
            ended.set()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        check = RemoteCheck(
            service, enabled=True, address="127.0.0.1", port=port, interval=1, timeout=timeout, retries=1
        )
        try:
            return await peer_services.answers(check)
        finally:
            over.set()
            await ended.wait()
            server.close()

    return asyncio.run(scene())


@pytest.mark.parametrize(
    ("service", "says"),
    [
        ("remote-smtp", [b"220 p ESMTP\r\n"]),
        ("remote-smtp", [b"220-p ESMTP\r\n", b"220 go on\r\n"]),
        ("remote-smtp", [b"22", b"0 p\r\n"]),
        ("remote-pop", [b"+OK ready\r\n"]),
        ("remote-imap", [b"* OK ready\r\n"]),
        ("remote-imap", [b"* PREAUTH ready\r\n"]),
        ("remote-http", [b"HTTP/1.0 200 OK\r\n", b"\r\nhello"]),
        ("remote-http", [b"HTTP/1.1 302 Found\r\n\r\n"]),
    ],
)
def test_a_service_that_greets_is_well(service: str, says: Iterable[bytes]) -> None:
    """In one piece or several, and whatever it does with the leave that the client takes."""
    assert asked(service, *says, pause=0.01)
    assert asked(service, *says, hangs=True)


@pytest.mark.parametrize(
    ("service", "says"),
    [
        ("remote-smtp", [b"421 come later\r\n"]),
        ("remote-smtp", [b"554 no service\r\n"]),
        ("remote-smtp", [b"220-p\r\n", b"554 no service\r\n"]),
        ("remote-smtp", [b"220-p\r\n"]),
        ("remote-smtp", [b"+OK ready\r\n"]),
        ("remote-smtp", [b"\xff\x00\r\n"]),
        ("remote-smtp", [b"2" * 100_000]),
        ("remote-smtp", [b"220 " + b"x" * 10_000_000]),
        ("remote-pop", [b"+OK " + b"x" * 10_000_000 + b"\r\n"]),
        ("remote-imap", [b"* OK " + b"x" * 10_000_000 + b"\r\n"]),
        ("remote-http", [b"HTTP/1.1 200 " + b"x" * 10_000_000 + b"\r\n"]),
        ("remote-smtp", [b""]),
        ("remote-pop", [b"-ERR come later\r\n"]),
        ("remote-imap", [b"* BYE come later\r\n"]),
        ("remote-http", [b"HTTP/1.1 404 Not Found\r\n\r\n"]),
        ("remote-http", [b"HTTP/1.1 503 Service Unavailable\r\n\r\n"]),
        ("remote-http", [b"HTTP/1.1 2OO OK\r\n\r\n"]),
        ("remote-http", [b"220 p ESMTP\r\n"]),
    ],
)
def test_a_service_that_does_not_greet_is_not(service: str, says: Iterable[bytes]) -> None:
    """An error, another protocol, a line without an end, or nothing at all."""
    assert not asked(service, *says)


def test_a_service_that_says_nothing_has_the_timeout_and_no_longer() -> None:
    """Nor has one whose greeting of several lines does not end."""
    assert not asked("remote-smtp", hangs=True, timeout=1)
    assert not asked("remote-smtp", *[b"220-p\r\n"] * 400, pause=0.005, hangs=True, timeout=1)


def test_a_service_that_refuses_is_not_well() -> None:
    """Nobody listens on that port."""
    check = RemoteCheck("remote-smtp", enabled=True, address="127.0.0.1", port=1, interval=1, timeout=5, retries=1)
    assert not asyncio.run(peer_services.answers(check))
