"""The unit's web server: its sessions end when they are to, and it serves the next client."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from pathlib import Path

import pytest

from node.linux import web

PROGRAM = """#!{python} -IS
import socket
door, sessions = socket.socket(fileno=3), []
while True:
    sessions.append(door.accept()[0])
    sessions[-1].sendall(b"served")
"""
"""Stands for lighttpd: takes the listening socket over, and keeps every session."""


def test_its_sessions_are_cut_and_the_next_client_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also twice, and where no client has come yet. Source: HA-111."""
    program = tmp_path / "lighttpd"
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    with socket.create_server(("", 0)) as free:
        monkeypatch.setattr(web, "PORT", free.getsockname()[1])
    monkeypatch.setattr(web, "LIGHTTPD", str(program))

    async def session() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while True:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", web.PORT)
                assert await reader.readexactly(6) == b"served"
                return reader, writer
            await asyncio.sleep(0.01)  # the program is just ending

    async def play() -> None:
        server = web.Web(pytest.fail)
        server.open()
        server.end_sessions()
        for _ in range(2):
            reader, writer = await session()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.1)
            server.end_sessions()
            assert await reader.read(1) == b""
            writer.close()
        assert server._serving is not None
        await server._serving
        server._doors.close()

    asyncio.run(asyncio.wait_for(play(), 20))
