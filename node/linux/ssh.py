"""The operator's way in: SSH on port1's own address, one shell for each session, with or without a terminal."""

from __future__ import annotations

import asyncio
import hmac
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncssh

from node.build import Session
from node.linux.files import read_text, write_atomically
from node.linux.paths import HOST_KEY

USER = "admin"
PORT = 22

KEPT_WITHIN = 1.0
"""Seconds that an answer waits for the disk, so that a loss of power undoes nothing that an operator was told."""


class Login(asyncssh.SSHServer):
    """Admits the administrator with the password, or without one if the password is empty."""

    def __init__(self, password: str) -> None:
        """Use this password."""
        self._password = password

    def begin_auth(self, username: str) -> bool:
        """Whether a password must be given."""
        return not (username == USER and not self._password)

    def password_auth_supported(self) -> bool:
        """Accept passwords only."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Compare in constant time."""
        same = hmac.compare_digest(password.encode(), self._password.encode())
        return username == USER and same and bool(self._password)


async def converse(
    shell: Session, process: asyncssh.SSHServerProcess[str], kept: Callable[[], Awaitable[None]]
) -> None:
    """Serve one session, a command given with it or lines until the operator leaves; answers wait for the disk."""
    out = process.stdout
    if process.command is not None:
        for line in process.command.splitlines():
            out.write(await _answer(shell, line, kept))
        process.exit(1 if shell.refused else 0)
        return
    out.write(shell.prompt)
    while not shell.closed:
        try:
            line = await process.stdin.readline()
        except asyncssh.TerminalSizeChanged:
            continue
        except (asyncssh.BreakReceived, asyncssh.SignalReceived):
            break
        if not line:
            break
        # In one packet: a second one for the prompt would cost as much as the first.
        answer = await _answer(shell, line.rstrip("\r\n"), kept)
        out.write(answer if shell.closed else answer + shell.prompt)
    process.exit(0)


async def _answer(shell: Session, line: str, kept: Callable[[], Awaitable[None]]) -> str:
    answer = shell.feed(line)
    with suppress(TimeoutError):
        async with asyncio.timeout(KEPT_WITHIN):
            await kept()
    return answer


def host_key() -> asyncssh.SSHKey:
    """The unit's host key from the volume, made at the first start."""
    kept = read_text(HOST_KEY)
    if kept:
        return asyncssh.import_private_key(kept)
    key = asyncssh.generate_private_key("ssh-ed25519")
    write_atomically(HOST_KEY, key.export_private_key().decode())
    return key


async def listen(
    address: str, make_shell: Callable[[], Session], kept: Callable[[], Awaitable[None]]
) -> asyncssh.SSHAcceptor:
    """Serve operators on one address (without mask); removes the password from the environment.

    `kept` returns when the disk has all that the unit must remember.
    """
    password = os.environ.pop("SWITCHOVER_ADMIN_PASSWORD", "admin")

    async def serve(process: asyncssh.SSHServerProcess[str]) -> None:
        await converse(make_shell(), process, kept)

    return await asyncssh.listen(
        address,
        PORT,
        # After a loss of power, old connections may linger in a network namespace that outlived it.
        reuse_address=True,
        server_factory=lambda: Login(password),
        server_host_keys=[host_key()],
        process_factory=serve,
        # The fastest key exchange first, for operators' programs that open a session for each step.
        kex_algs=["curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256"],
        # Of the ciphers that operators' programs prefer, the one that is slow for short lines is left out.
        encryption_algs="-chacha20-poly1305@openssh.com",
        compression_algs=None,
        login_timeout=20,
        keepalive_interval=0,
    )
