"""Operators' SSH sessions: one connection to each unit, kept open, served by one event loop in the background."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncssh
from asyncssh.saslprep import SASLPrepError

from lab.errors import CliLost, UsageError
from lab.profiles.record import Cli, Login, Secret

T = TypeVar("T")

CONNECT_WITHIN = 2.0
"""Seconds until a unit takes a TCP connection; a login then has as long as the answer to a line."""

TERMINAL = ("dumb", (512, 1000))
"""Type and size of a terminal, for a shell that needs one: no escape sequences, no line that wraps, no paging."""

KEPT = 1.0
"""Seconds for which a shell serves lines that only print, because opening one costs four times as much as a line.

Not longer, so that what a unit shows does not depend on when its operator came.
"""

OTHERWISE = 1.0
"""Seconds of silence after which what looks like a prompt is one, though it begins otherwise than those before."""

_NAME = re.compile(r"\W*([^\W\d][\w.-]*|)")
"""The name that a prompt begins with, as a group; "" for a number, which may count or tell the time."""


class NoPromptError(TimeoutError):
    """A shell has not come to wait for input; `printed` is what it printed instead, `line` what was entered last."""

    def __init__(self, line: str, printed: str) -> None:
        """Keep both; `line` is "" before the first one."""
        super().__init__("it shows no prompt")
        self.line = line
        self.printed = printed
        self.answers: list[Answer] = []
        """To the lines that were entered, the last one included."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one line: the text before the next prompt, and whether the session ended."""

    line: str
    text: str
    ended: bool
    accepted: bool
    at: float
    """When the line was entered."""
    prompt: str = ""
    """The prompt, or the question, at which the shell waits then; "" where there is none."""


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

    def start(self, work: Coroutine[Any, Any, None], failed: Callable[[Exception], None]) -> None:
        """Run a coroutine there without waiting; `failed` is called there with the error that it ends with, if any."""

        async def told() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001 - whoever started it knows what it means
                failed(error)

        asyncio.run_coroutine_threadsafe(told(), self._loop)

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

    def __init__(self, process: asyncssh.SSHClientProcess[str], cli: Cli, *, echoes: bool) -> None:
        """Wrap an open shell that prompts, asks and refuses like this; on a terminal it also echoes each line."""
        self._process = process
        self._cli = cli
        self._echoes = echoes
        self.prompt = ""
        self._name = ""
        """What its prompts begin with; a line of which only a part has come may look like a prompt, too."""

    async def until_prompt(self, within: float, line: str = "") -> tuple[str, bool]:
        """Text up to the next prompt, and whether the shell ended instead. Raises NoPromptError, with that line."""
        latest = asyncio.get_running_loop().time() + within
        text = last = ""
        try:
            async with asyncio.timeout_at(latest) as limit:
                while more := await self._process.stdout.read(4096):
                    text += more.replace("\r", "")
                    last = text[text.rfind("\n") + 1 :]
                    prompts = self._cli.prompt.fullmatch(last)
                    if (prompts and _name(last).startswith(self._name)) or self._cli.question.fullmatch(last):
                        break
                    quiet = asyncio.get_running_loop().time() + OTHERWISE
                    limit.reschedule(min(quiet, latest) if prompts else latest)
                else:
                    return text, True
        except TimeoutError:
            if not self._cli.prompt.fullmatch(last):
                raise NoPromptError(line, text) from None
        self.prompt = last
        if not (self._cli.question.fullmatch(last) or (self._name and _name(last).startswith(self._name))):
            self._name = _name(last)
        return text.removesuffix(last), False

    async def enter(self, line: str, within: float) -> Answer:
        """Enter a line and return its answer. Raises NoPromptError where none comes within so many seconds."""
        at = time.monotonic()
        self._process.stdin.write(f"{line}\n")
        text, ended = await self.until_prompt(within, line)
        echo, _, rest = text.partition("\n")
        if self._echoes and line in echo:  # a line editor may draw it more than once
            text = rest
        prompt = "" if ended else self.prompt
        return Answer(line, text, ended, self._cli.refusal.search(text) is None, at, prompt)

    def close(self) -> None:
        """Leave."""
        self._process.close()


def _name(prompt: str) -> str:
    return str(_NAME.findall(prompt)[0])


class Connection:
    """The connection to one unit's administration address; opened again when it was lost."""

    def __init__(self, unit: str, address: str, *, login: Login, cli: Cli, password: Secret) -> None:
        """Dial nothing yet."""
        self._unit = unit
        self.address = address
        self._login = login
        self._cli = cli
        self._password = password
        self._line: socket.socket | None = None
        """What the connection, or the attempt to open one, goes over."""
        self._connection: asyncssh.SSHClientConnection | None = None
        self._opening = asyncio.Lock()
        self._kept: Console | None = None
        """The shell that `read` used last, as long as nobody uses it."""
        self._kept_until = 0.0
        self._reading = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        """Where it is used, once it has been."""

    async def connect(self) -> asyncssh.SSHClientConnection:
        """Return the connection, opening it where necessary. Raises OSError, asyncssh.Error, TimeoutError, UsageError.

        A name that no SSH can carry is the profile's fault.
        """
        self._loop = asyncio.get_running_loop()
        async with self._opening:
            if self._connection is None or self._connection.is_closed():
                self._connection = None
                self._line = await self._dial()
                try:
                    self._connection = await asyncio.wait_for(self._log_in(self._line), self._cli.answer_within)
                except SASLPrepError as error:
                    self._line.close()
                    raise UsageError(f"{self._login.user!r} is no name for SSH ({error})", "set login.user") from error
            return self._connection

    async def _dial(self) -> socket.socket:
        line = socket.socket()
        line.setblocking(False)  # noqa: FBT003 - the socket module's own call
        try:
            dialling = asyncio.get_running_loop().sock_connect(line, (self.address, self._login.port))
            await asyncio.wait_for(dialling, CONNECT_WITHIN)
        except BaseException:
            line.close()
            raise
        return line

    async def _log_in(self, line: socket.socket) -> asyncssh.SSHClientConnection:
        return await asyncssh.connect(
            self.address,  # else asyncssh asks the line, which a unit that has just crashed may have ended
            self._login.port,
            sock=line,
            username=self._login.user,
            password=self._password.reveal(),
            client_keys=None,
            agent_path=None,
            known_hosts=None,
            config=None,
            # First what is quickest: the role is asked for many times a second.
            kex_algs="^curve25519-sha256",
            encryption_algs="^aes128-gcm@openssh.com",
            compression_algs=None,
            preferred_auth=["none", "password", "keyboard-interactive"],
        )

    async def console(self) -> Console:
        """Open a shell and wait for its first prompt; enter the lines with which each session begins."""
        login, within = self._login, self._cli.answer_within
        terminal, size = TERMINAL if login.terminal else (None, ())
        connection = await self.connect()
        async with asyncio.timeout(within):
            process = await connection.create_process(
                term_type=terminal, term_size=size, encoding="utf-8", errors="replace"
            )
        console = Console(process, self._cli, echoes=login.terminal)
        try:
            _, ended = await console.until_prompt(within)
            for line in login.first:
                ended = ended or (await console.enter(line, within)).ended
        except BaseException:
            console.close()
            raise
        if ended:
            raise ConnectionResetError("the shell ended at once")
        return console

    def drop(self) -> None:
        """Drop the connection to a unit that has gone without closing it, also one that is still being opened.

        Any thread may ask for it: it is done where the connection is used.
        """
        if self._loop is not None:
            # The loop may have ended already.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._abort)

    def _abort(self) -> None:
        if self._line is not None:
            # It may be closed already.
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
        if self._connection is not None:
            self._connection.abort()
            self._connection = None

    async def close(self) -> None:
        """Close the connection for good."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abort()
            await connection.wait_closed()

    def patience(self, lines: int) -> float:
        """Seconds that a conversation of so many lines may take: a login, a shell, its first lines, and each answer."""
        return CONNECT_WITHIN + (2 + len(self._login.first) + lines) * self._cli.answer_within

    async def converse(self, lines: tuple[str, ...]) -> list[Answer]:
        """Enter lines in a new shell, at the top level, and return the answers. Raises as `connect`, and NoPromptError.

        A unit that goes down ends the session: what would have been entered after that has no answer.
        """
        console = await self.console()
        answers: list[Answer] = []
        try:
            for line in lines:
                at = time.monotonic()
                answers.append(await console.enter(line, self._cli.answer_within))
                if answers[-1].ended:
                    break
        except NoPromptError as error:
            error.answers = [*answers, Answer(line, error.printed, ended=False, accepted=True, at=at)]
            raise
        except (OSError, asyncssh.Error):
            if not answers:
                raise
            answers.append(Answer(line, "", ended=True, accepted=True, at=at))
        finally:
            console.close()
        return answers

    async def read(self, line: str) -> Answer:
        """Enter a line that only prints, in a shell that other such lines have used just before. Raises as `converse`.

        One that has ended meanwhile is replaced, and the line is entered again.
        """
        async with self._reading:
            kept, self._kept = self._kept, None
            if kept is not None and time.monotonic() < self._kept_until:
                with suppress(ConnectionError, asyncssh.Error):
                    answer = await self._read_in(kept, line)
                    if not answer.ended:
                        return answer
            elif kept is not None:
                kept.close()
            self._kept_until = time.monotonic() + KEPT
            return await self._read_in(await self.console(), line)

    async def _read_in(self, console: Console, line: str) -> Answer:
        """Enter a line, and keep the shell for the next one unless it has ended."""
        at = time.monotonic()
        try:
            answer = await console.enter(line, self._cli.answer_within)
        except BaseException as error:
            console.close()
            if isinstance(error, NoPromptError):
                error.answers = [Answer(line, error.printed, ended=False, accepted=True, at=at)]
            raise
        if not answer.ended:
            self._kept = console
        return answer

    def lost(self, error: BaseException) -> CliLost:
        """Describe a lost session."""
        hint = "give it power, or wait until it has started; `docker logs` of its container says more"
        return CliLost(f"unit {self._unit} does not answer its operator ({str(error) or 'not in time'})", hint)
