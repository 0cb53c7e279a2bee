"""The operator's way in: an SSH server with one shell for each session."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncssh
import pytest

from node.linux import ssh

PASSWORD = "secret"  # noqa: S105 - of a server that lives as long as a test


class Shell:
    """Repeats what it is told, until it is told to go."""

    prompt = "unit # "
    refused = False

    def __init__(self) -> None:
        """Be open."""
        self.closed = False

    def feed(self, line: str) -> str:
        """Repeat a line."""
        self.closed = line == "exit"
        return f"{line}!\n"


class Pieces(asyncssh.SSHClientSession[str]):
    """Keeps what comes, packet by packet."""

    def __init__(self) -> None:
        """Have nothing yet."""
        self.seen: list[str] = []

    def data_received(self, data: str, datatype: asyncssh.DataType) -> None:
        """Keep a packet's text."""
        del datatype
        self.seen.append(data)


async def at_once() -> None:
    """All is on the disk."""


def visit(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    talk: Callable[..., Awaitable[None]],
    kept: Callable[[], Awaitable[None]] = at_once,
) -> None:
    """Let a client in, and let it talk."""
    monkeypatch.setattr(ssh, "PORT", 0)
    monkeypatch.setattr(ssh, "HOST_KEY", tmp_path / "key")
    monkeypatch.setenv("SWITCHOVER_ADMIN_PASSWORD", PASSWORD)

    async def play() -> None:
        acceptor = await ssh.listen("127.0.0.1", Shell, kept)
        try:
            async with asyncssh.connect(
                "127.0.0.1", acceptor.get_port(), username="admin", password=PASSWORD, known_hosts=None, config=[]
            ) as client:
                await asyncio.wait_for(talk(client), 10)
        finally:
            acceptor.close()

    asyncio.run(play())


@pytest.mark.parametrize(("takes", "waits"), [(0.2, 0.2), (30.0, 0.4)])
def test_an_answer_comes_when_the_disk_has_what_it_tells(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, takes: float, waits: float
) -> None:
    """A loss of power then undoes nothing that an operator has read; but he does not wait for a disk that hangs."""
    monkeypatch.setattr(ssh, "KEPT_WITHIN", 0.4)

    async def talk(client: asyncssh.SSHClientConnection) -> None:
        loop = asyncio.get_running_loop()
        asked = loop.time()
        answer = await client.run("one")
        assert answer.stdout == "one!\n"
        assert waits <= loop.time() - asked < takes + 5

    visit(monkeypatch, tmp_path, talk=talk, kept=lambda: asyncio.sleep(takes))


def test_an_answer_comes_with_the_next_prompt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In one packet, as long as there is a next line; the last answer comes alone."""

    async def talk(client: asyncssh.SSHClientConnection) -> None:
        channel, pieces = await client.create_session(Pieces)
        for line in ("one", "two", "exit"):
            channel.write(f"{line}\n")
        await channel.wait_closed()
        assert pieces.seen == ["unit # ", "one!\nunit # ", "two!\nunit # ", "exit!\n"]
        assert channel.get_exit_status() == 0

    visit(monkeypatch, tmp_path, talk=talk)


def test_a_client_that_has_no_wish_gets_the_cipher_that_is_fast(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It has several to choose from, of which its favourite is left out."""

    async def talk(client: asyncssh.SSHClientConnection) -> None:
        assert "gcm" in client.get_extra_info("send_cipher")
        assert "gcm" in client.get_extra_info("recv_cipher")

    visit(monkeypatch, tmp_path, talk=talk)
