"""Ports at which a program starts when its first client has come."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Sequence

import pytest

from node.linux import doors

PROGRAM = """
import os, socket
assert int(os.environ["LISTEN_PID"]) == os.getpid()
door = socket.socket(fileno=3)
for _ in range(2):
    client, _ = door.accept()
    client.sendall(b"welcome")
    client.close()
"""
"""Serves two clients at the first socket that it was given."""


@pytest.fixture
def port() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


async def said(port: int) -> bytes:
    """What is said to a client."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    text = await reader.read()
    writer.close()
    return text


def test_a_program_starts_with_its_first_client_and_serves_the_next_ones_too(port: int) -> None:
    """Once, with the sockets; the client that came before it ran is served like any other."""
    started: list[subprocess.Popen[bytes]] = []

    def start(sockets: Sequence[socket.socket]) -> None:
        started.append(doors.spawn(sockets, sys.executable, "-c", PROGRAM))

    async def scene() -> list[bytes]:
        doors.Doors([port], start).open()
        await asyncio.sleep(0)
        assert not started
        async with asyncio.timeout(30):
            return [await said(port), await said(port)]

    try:
        assert asyncio.run(scene()) == [b"welcome", b"welcome"]
        assert len(started) == 1
        assert started[0].wait(30) == 0
    finally:
        for each in started:
            each.kill()
            each.wait()


def test_doors_that_are_closed_let_nobody_in(port: int) -> None:
    """Nobody listens after that, and no program has been started."""

    async def scene() -> None:
        ours = doors.Doors([port], pytest.fail)
        ours.open()
        ours.close()
        with contextlib.suppress(ConnectionRefusedError):
            pytest.fail(f"was served: {await said(port)!r}")

    asyncio.run(scene())
