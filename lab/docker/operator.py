"""A unit's operator: enters lines, reads pages, and says what is in his way when a unit does not answer him."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Coroutine
from enum import StrEnum
from typing import Any, TypeVar

import asyncssh

from lab.contract import Mode
from lab.docker.ssh import Answer, Connection, Console, Loop, NoPromptError
from lab.errors import BootFailed, CliLost
from lab.profiles.record import UnitProfile

T = TypeVar("T")


class Step(StrEnum):
    """How far an operator comes with a unit, in order."""

    REACH = "reach"
    LOGIN = "login"
    PROMPT = "prompt"
    MODES = "modes"


class ShutOut(BootFailed):
    """A unit runs, and its operator does not get through this step."""

    def __init__(self, step: Step, problem: str, hint: str) -> None:
        """Say what is in his way, and what to do."""
        super().__init__(problem, hint)
        self.step = step


class Unanswered(CliLost):
    """A unit answers its operator, and not to the end: `answers` are those to all lines that were entered."""

    def __init__(self, problem: str, hint: str, answers: list[Answer]) -> None:
        """Say which line got no prompt."""
        super().__init__(problem, hint)
        self.answers = answers


SHOWN = 80
"""Characters of what a unit prints that an error shows."""

SHOWN_OF_PAGE = 600
"""Characters of a page on which a pattern finds nothing."""


class Operator:
    """Drives one unit over SSH, as its profile says; the timeline shows nothing of it."""

    def __init__(
        self,
        unit: str,
        profile: UnitProfile,
        connection: Connection,
        loop: Loop,
        *,
        is_lit: Callable[[], bool],
        masked: Callable[[str], str],
    ) -> None:
        """Use this connection; `is_lit` tells whether the unit is on its networks, `masked` takes secrets out."""
        self._unit = unit
        self._profile = profile
        self._pages = profile.pages
        self._connection = connection
        self._loop = loop
        self._is_lit = is_lit
        self._masked = masked

    def enter(self, *lines: str) -> list[Answer]:
        """Enter lines in a new shell, and return the answers: to all of them, unless the unit ended the session.

        Raises CliLost; Unanswered where a line gets no prompt.
        """
        return self._answered(self._connection.converse(lines), self._connection.patience(len(lines)))

    def page(self, line: str) -> str:
        """Return what a line prints in a new shell. Raises CliLost, also where the session ends within the page."""
        return self._whole(self.enter(line)[0])

    def look(self, line: str) -> Answer:
        """Enter a line that only prints, in a shell that may be a second old. Raises as `enter`."""
        # A shell that was open may end, and another one be opened.
        return self._answered(self._connection.read(line), self._connection.patience(2))

    def status(self) -> str:
        """Return the status page, from a shell that may be a second old. Raises CliLost as `page`."""
        return self._whole(self.look(self._pages.status))

    def _answered(self, conversation: Coroutine[Any, Any, T], within: float) -> T:
        """Wait for the end of a conversation. Raises CliLost."""
        if not self._is_lit():
            conversation.close()
            raise CliLost(f"unit {self._unit} has no power, or is frozen", "give it power first")
        try:
            return self._loop.run(conversation, within)
        except (OSError, asyncssh.Error) as error:
            raise self._lost(error) from error

    def _whole(self, answer: Answer) -> str:
        if answer.ended:
            ended = ConnectionResetError("the shell ended")
            raise self._lost(ended) from ended
        return answer.text

    def modes(self) -> tuple[str, str]:
        """Return the words for configured and effective mode, "" for what the page does not show. Raises CliLost."""
        page = self.page(self._pages.status)
        return self._pages.word(self._pages.configured, page), self._pages.word(self._pages.effective, page)

    def check_modes(self) -> None:
        """Raise CliLost, with the field of the profile to look at, unless the status page shows both modes."""
        page = self.page(self._pages.status)
        patterns = {"configured": self._pages.configured, "effective": self._pages.effective}
        missing = [name for name, pattern in patterns.items() if not self._pages.word(pattern, page)]
        if missing:
            problem = f"the page {self._pages.status!r} of unit {self._unit} shows no {' and no '.join(missing)} mode"
            looked_for = ", ".join(f"pages.{name} is '{patterns[name].pattern}'" for name in missing)
            raise CliLost(problem, f"{looked_for}; it prints {self.shown(page, SHOWN_OF_PAGE)}")
        self.mode_on(page)

    def mode_on(self, page: str) -> Mode | None:
        """Return the effective mode on a status page, None where it shows none. Raises CliLost for an unknown word."""
        mode, word = self._pages.mode(page), self._pages.word(self._pages.effective, page)
        if mode is None and word:
            problem = f"the page {self._pages.status!r} of unit {self._unit} shows {self.shown(word)}, which is no mode"
            raise CliLost(problem, "give it a line in words")
        return mode

    def shown(self, text: str, most: int = SHOWN) -> str:
        """Return what a unit has printed as an error shows it: its beginning, on one line, without secrets."""
        return repr(self._masked(text).strip()[:most])

    def console(self, within: float) -> Console:
        """Open a shell that somebody types into. Raises CliLost."""
        try:
            return self._loop.run(self._connection.console(), within)
        except (OSError, asyncssh.Error) as error:
            raise self._lost(error) from error

    def _lost(self, error: OSError | asyncssh.Error) -> CliLost:
        if not isinstance(error, NoPromptError):
            return self._connection.lost(error)
        cli = self._profile.cli
        after = f" after {self.shown(error.line)}" if error.line else ""
        printed = repr(self._masked(error.printed)[-SHOWN:])
        problem = f"unit {self._unit} shows no prompt{after} within {cli.answer_within:g} s; it printed {printed}"
        awaited = {"cli.prompt": cli.prompt, **({"cli.question": cli.question} if error.line else {})}
        last = error.printed.rpartition("\n")[2]
        told = (f"{field} is '{pattern.pattern}'{_nearly(pattern, last)}" for field, pattern in awaited.items())
        return Unanswered(problem, ", and ".join(told), error.answers)

    def shut_out(self, lost: CliLost, listening: Collection[tuple[str, int]], within: float) -> ShutOut:
        """Return the error for a unit that runs and has not answered its operator within so many seconds.

        `listening` are the sockets that are open there, by address and port.
        """
        login = self._profile.login
        cause = lost.__cause__
        where = f"{self._connection.address}:{login.port}"
        match cause:
            case None:
                return ShutOut(Step.MODES, lost.problem, lost.hint)
            case asyncssh.PermissionDenied():
                return self._refused()
            case NoPromptError():
                return ShutOut(Step.PROMPT, lost.problem, lost.hint)
        why = str(cause) or "not in time"
        if login.port in {port for _, port in listening}:
            problem = f"what listens at {where} of unit {self._unit} lets no operator in ({why})"
            return ShutOut(Step.REACH, problem, "start SSH there, or set login.port")
        found = ", ".join(sorted(f"{address}:{port}" for address, port in listening)) or "none"
        given = ", ".join(self._profile.container.environment) or "no variable"
        hint = (
            f"listening are: {found}; start SSH on port1's address, or set login.port, or does the image take its"
            f" addresses from other variables? It was given {given}: set container.environment"
        )
        return ShutOut(Step.REACH, f"nothing listens at {where} of unit {self._unit} within {within:g} s", hint)

    def _refused(self) -> ShutOut:
        """Return the error for a unit that refuses its operator: where his password comes from, and what to set."""
        login = self._profile.login
        given = [name for name, text in self._profile.container.environment.items() if "{password}" in text]
        ways = ["login.user"]
        if given:
            ways.append("the variable of container.environment from which the image takes {password}")
        elif login.password_from:
            ways.append(login.password_from)
        else:
            ways.append("{password} in container.environment")
        whose = f"the password in {login.password_from} (login.password_from)"
        if not login.password_from:
            whose = "a password that the lab has made up"
            ways.append("login.password_from")
        told = f", given to it as {' and '.join(given)}" if given else ""
        problem = f"unit {self._unit} refuses the login {login.user!r} with {whose}{told}"
        boot = self._profile.times.boot
        late = f"or raise times.boot ({boot:g} s): it had a third of that to make its accounts"
        return ShutOut(Step.LOGIN, problem, f"set {', or '.join(ways)}, {late}")


def was_let_down(lost: CliLost) -> bool:
    """Return whether SSH has answered, and has refused the operator's name or password, or has shown him no prompt."""
    return isinstance(lost.__cause__, asyncssh.PermissionDenied | NoPromptError)


def _nearly(pattern: re.Pattern[str], last: str) -> str:
    """Return why a pattern does not match the last line of what a unit has printed, where it nearly does; "" if not."""
    if pattern.fullmatch(last):
        return ""
    if pattern.fullmatch(last.rstrip(" ")):
        return ", without the blank at that line's end"
    if pattern.fullmatch(f"{last} "):
        return ", with a blank more than that line's end"
    return ", which matches a part of that line, not all of it" if pattern.search(last) else ""
