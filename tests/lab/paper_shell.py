"""A unit's shell on paper: an SSH server in this process that prompts and prints what a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import asyncssh

from lab.docker.ssh import Connection, Loop
from lab.profiles import named
from lab.profiles.record import Cli, Login, Secret, UnitProfile

HOST = "127.0.0.1"
PASSWORD = "let-me-in"  # noqa: S105 - of a server that lives as long as a test

PAUSE = "\f"
"""Where the shell makes a pause in what it prints."""


@dataclass
class PaperShell:
    """What the server does; `heard` is what was entered, over all sessions."""

    prompt: str = "mx # "
    prints: Mapping[str, str] = field(default_factory=dict)
    """What a line prints; a prompt follows unless its end is in the middle of a line."""
    prompts: Mapping[str, str] = field(default_factory=dict)
    """The prompt from a line on."""
    ends_after: str = ""
    """The line that ends the session."""
    user: str = "admin"
    ciphers: tuple[str, ...] = ()
    """What it can encrypt with, none for all that the library knows."""
    keyboard: bool = False
    """Whether it takes a password by keyboard-interactive only."""
    heard: list[str] = field(default_factory=list)
    terminals: list[str | None] = field(default_factory=list)
    """Terminal of each session."""
    port: int = 0

    async def serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        """Talk to one operator; on a terminal, the library echoes what he enters."""
        self.terminals.append(process.term_type)
        prompt = self.prompt
        process.stdout.write(prompt)
        while line := await process.stdin.readline():
            entered = line.rstrip("\r\n")
            self.heard.append(entered)
            prompt = self.prompts.get(entered, prompt)
            text = self.prints.get(entered, "")
            for part in text.split(PAUSE):
                process.stdout.write(part)
                await asyncio.sleep(0.05 if PAUSE in text else 0)
            if entered == self.ends_after:
                process.exit(0)
                return
            if not text or text.endswith("\n"):
                process.stdout.write(prompt)


class Gate(asyncssh.SSHServer):
    """Lets an operator in who knows the password."""

    def __init__(self, shell: PaperShell, visitors: list[asyncssh.SSHServerConnection]) -> None:
        """Guard this shell, and keep a list of the connections."""
        self._shell = shell
        self._visitors = visitors

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Note who comes."""
        self._visitors.append(conn)

    def begin_auth(self, username: str) -> bool:
        """Ask everybody."""
        del username
        return True

    def password_auth_supported(self) -> bool:
        """Tell how a password is taken."""
        return not self._shell.keyboard

    def validate_password(self, username: str, password: str) -> bool:
        """Compare."""
        return (username, password) == (self._shell.user, PASSWORD)

    def kbdint_auth_supported(self) -> bool:
        """Tell how a password is taken."""
        return self._shell.keyboard

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> tuple[Any, ...]:
        """Ask for the password."""
        del username, lang, submethods
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:  # noqa: ANN401 - the library's own
        """Compare."""
        return (username, list(responses)) == (self._shell.user, [PASSWORD])


@contextmanager
def served(shell: PaperShell) -> Iterator[Loop]:
    """Serve the shell on a port of its own, in a loop that also serves the operator."""
    loop = Loop()
    visitors: list[asyncssh.SSHServerConnection] = []

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            HOST,
            0,
            server_factory=lambda: Gate(shell, visitors),
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            process_factory=shell.serve,
            encryption_algs=shell.ciphers,
        )

    async def end(server: asyncssh.SSHAcceptor) -> None:
        server.close()
        await server.wait_closed()
        for visitor in visitors:
            visitor.abort()
            await visitor.wait_closed()

    server = loop.run(listen(), 5)
    shell.port = server.get_port()
    try:
        yield loop
    finally:
        loop.run(end(server), 5)
        loop.close()


def login(shell: PaperShell, **more: Any) -> Login:  # noqa: ANN401 - fields of a login
    """Return how an operator logs in to the shell."""
    return replace(named("black-box").login, port=shell.port, **more)


def connection(shell: PaperShell, *, password: str = PASSWORD, cli: Cli | None = None, **more: Any) -> Connection:  # noqa: ANN401 - fields of a login
    """Return an operator's connection to the shell."""
    unit = described(shell)
    return Connection("P", HOST, login=login(shell, **more), cli=cli or unit.cli, password=Secret(password))


def described(shell: PaperShell) -> UnitProfile:
    """Return the profile of a unit with that shell; it does not wait long for an answer."""
    unit = named("black-box")
    return replace(unit, login=login(shell), cli=replace(unit.cli, answer_within=0.5))


async def said(connection: Connection, *lines: str) -> list[Any]:
    """Return the answers to lines, and hang up."""
    try:
        return list(await connection.converse(lines))
    finally:
        await connection.close()
