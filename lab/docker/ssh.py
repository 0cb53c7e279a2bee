"""Operators' SSH sessions: one connection to each unit, kept open, served by one event loop in the background."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncssh

from lab.errors import CliLost
from lab.profiles.record import Cli, Login, Secret

T = TypeVar("T")

CONNECT_WITHIN = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one line: the text before the next prompt, and whether the session ended."""

    line: str
    text: str
    ended: bool
    accepted: bool
    at: float
    """When the line was entered."""


class Loop:
    """An event loop in a thread of its own, for all SSH sessions."""

    def __init__(self) -> None:
        """Start it."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="operators", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], within: float) -> T:
        """Run a coroutine there and wait for its result; raises TimeoutError."""
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, within), self._loop).result()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine there without waiting."""
        asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, what: Callable[[], None]) -> None:
        """Call a function there soon, without waiting; does nothing once the loop has ended."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(what)

    def close(self) -> None:
        """End all sessions and the loop."""

        async def end() -> None:
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            # Transports close in the loop's next iteration.
            await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


class Console:
    """One shell on a unit, synchronised by its prompt."""

    def __init__(self, process: asyncssh.SSHClientProcess[str], cli: Cli) -> None:
        """Wrap an open shell that prompts, asks and refuses like this."""
        self._process = process
        self._cli = cli
        self.prompt = ""

    async def until_prompt(self) -> tuple[str, bool]:
        """Text up to the next prompt, and whether the shell ended instead."""
        text = ""
        while True:
            more = await self._process.stdout.read(4096)
            if not more:
                return text, True
            text += more.replace("\r", "")
            last = text[text.rfind("\n") + 1 :]
            if self._cli.prompt.fullmatch(last) or self._cli.question.fullmatch(last):
                self.prompt = last
                return text.removesuffix(last), False

    async def enter(self, line: str) -> Answer:
        """Enter a line and return its answer."""
        at = time.monotonic()
        self._process.stdin.write(f"{line}\n")
        text, ended = await self.until_prompt()
        return Answer(line, text, ended, self._cli.refusal.search(text) is None, at)

    def close(self) -> None:
        """Leave."""
        self._process.close()


class Connection:
    """The connection to one unit's administration address; opened again when it was lost."""

    def __init__(self, unit: str, address: str, *, login: Login, cli: Cli, password: Secret) -> None:
        """Dial nothing yet."""
        self._unit = unit
        self._address = address
        self._login = login
        self._cli = cli
        self._password = password
        self._connection: asyncssh.SSHClientConnection | None = None
        self._opening = asyncio.Lock()

    async def connect(self, within: float = CONNECT_WITHIN) -> asyncssh.SSHClientConnection:
        """Return the connection, opening it where necessary. Raises OSError, asyncssh.Error, TimeoutError."""
        async with self._opening:
            if self._connection is None or self._connection.is_closed():
                self._connection = None
                self._connection = await asyncio.wait_for(
                    asyncssh.connect(
                        self._address,
                        self._login.port,
                        username=self._login.user,
                        password=self._password.reveal(),
                        client_keys=None,
                        agent_path=None,
                        known_hosts=None,
                        config=None,
                        kex_algs=["curve25519-sha256"],
                        compression_algs=None,
                        preferred_auth=["none", "password"],
                    ),
                    within,
                )
            return self._connection

    async def console(self) -> Console:
        """Open a shell and wait for its first prompt."""
        process = await (await self.connect()).create_process(encoding="utf-8", errors="replace")
        console = Console(process, self._cli)
        _, ended = await console.until_prompt()
        if ended:
            raise ConnectionResetError("the shell ended at once")
        return console

    def drop(self) -> None:
        """Drop the connection to a unit that has gone without closing it."""
        if self._connection is not None:
            self._connection.abort()
            self._connection = None

    async def close(self) -> None:
        """Close the connection for good."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abort()
            await connection.wait_closed()

    async def converse(self, lines: tuple[str, ...]) -> list[Answer]:
        """Enter lines in a new shell, at the top level, and return the answers. Raises CliLost."""
        try:
            console = await self.console()
        except (OSError, asyncssh.Error, TimeoutError) as error:
            raise self.lost(error) from error
        answers: list[Answer] = []
        try:
            for line in lines:
                answers.append(await asyncio.wait_for(console.enter(line), self._cli.answer_within))
                if answers[-1].ended:
                    break
        except (OSError, asyncssh.Error, TimeoutError) as error:
            if not answers:
                raise self.lost(error) from error
        finally:
            console.close()
        return answers

    def lost(self, error: BaseException) -> CliLost:
        """Describe a lost session."""
        hint = "give it power, or wait until it has started; `docker logs` of its container says more"
        return CliLost(f"unit {self._unit} does not answer its operator ({error!r})", hint)
