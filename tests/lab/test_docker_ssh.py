"""An operator's sessions: logins of several kinds, prompts and questions, refusals, and what is in the way."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import asyncssh
import pytest

from lab.docker.operator import Operator
from lab.docker.ssh import Loop, NoPromptError
from lab.errors import BootFailed, CliLost
from tests.lab.paper_shell import HOST, PASSWORD, PaperShell, connection, described, said, served

STATUS = "HA configured mode: primary\nHA effective mode: hold-off\n"


def test_a_line_is_answered_up_to_the_next_prompt_or_question() -> None:
    """Both end an answer; what stands before them on earlier lines is the answer."""
    shell = PaperShell(prints={"get": "one # \r\ntwo\r\n", "reboot": "Going down.\r\nContinue? (y/n)", "y": "bye\n"})
    with served(shell) as loop:
        answers = loop.run(said(connection(shell), "get", "set x", "reboot", "y"), 5)
    assert [answer.text for answer in answers] == ["one # \ntwo\n", "", "Going down.\n", "bye\n"]
    assert all(answer.accepted and not answer.ended for answer in answers)


def test_a_refusal_is_told_from_acceptance() -> None:
    """By the profile's pattern, in whatever line of the answer."""
    prints = {"bad": "why\nCommand fail. no\n", "good": "no Command fail here\n"}
    shell = PaperShell(prints=prints)
    with served(shell) as loop:
        bad, good = loop.run(said(connection(shell), "bad", "good"), 5)
    assert (bad.accepted, good.accepted) == (False, True)


@pytest.mark.parametrize("keyboard", [False, True])
def test_a_password_is_given_in_the_way_the_unit_asks_for_it(*, keyboard: bool) -> None:
    """As a password, or as the answer to a question on the keyboard."""
    shell = PaperShell(keyboard=keyboard, user="operator")
    with served(shell) as loop:
        assert loop.run(said(connection(shell, user="operator"), "get"), 5)[0].accepted


def test_a_shell_that_needs_a_terminal_gets_one_and_its_echo_is_no_answer() -> None:
    """The line that was entered comes back first, on the terminal alone."""
    shell = PaperShell(prints={"get": "one\n"})
    with served(shell) as loop:
        assert loop.run(said(connection(shell, terminal=True), "get"), 5)[0].text == "one\n"
        assert loop.run(said(connection(shell), "get"), 5)[0].text == "one\n"
    assert shell.terminals == ["dumb", None]


def test_each_session_begins_with_the_lines_of_the_profile() -> None:
    """They are entered in each shell, before its first line."""
    shell = PaperShell()
    with served(shell) as loop:
        for line in ("one", "two"):
            loop.run(said(connection(shell, first=("set output standard",)), line), 5)
    assert shell.heard == ["set output standard", "one", "set output standard", "two"]


def lost(loop: Loop, shell: PaperShell, **how: str) -> CliLost:
    """Return the error of a session that does not come about."""
    with pytest.raises(CliLost) as caught:
        loop.run(said(connection(shell, cli=described(shell).cli, **how), "get"), 5)
    return caught.value


def test_what_is_in_an_operators_way_is_told_apart() -> None:
    """Nobody listens, another login, no prompt: the cause is kept, with what was printed instead of a prompt."""
    shell = PaperShell(prompt="> go on\r\nmx: ")
    with served(shell) as loop:
        silent = lost(loop, shell).__cause__
        assert isinstance(silent, NoPromptError)
        assert silent.printed == "> go on\nmx: "
        assert isinstance(lost(loop, shell, user="somebody").__cause__, asyncssh.PermissionDenied)
        with socket.create_server((HOST, 0)) as free:
            closed = replace(shell, port=free.getsockname()[1])
        assert isinstance(lost(loop, closed).__cause__, ConnectionRefusedError)


def test_a_login_that_hangs_ends_when_the_unit_is_known_to_be_gone() -> None:
    """It must not keep the next login waiting: whoever asks then is answered as soon as the unit is back."""
    loop = Loop()
    with socket.create_server((HOST, 0)) as mute:
        line = connection(PaperShell(port=mute.getsockname()[1]))
        ended = threading.Event()

        async def ask() -> None:
            with pytest.raises(CliLost):
                await line.converse(("get",))
            ended.set()

        loop.start(ask(), pytest.fail)
        accepted, _ = mute.accept()
        with accepted:
            begun = time.monotonic()
            line.drop()
            assert ended.wait(5)
            assert time.monotonic() - begun < 1
    loop.close()


def test_a_connection_is_dropped_where_it_is_used() -> None:
    """Whoever asks for it in another thread must not take it away between two looks at it."""
    loop, line = Loop(), connection(PaperShell())
    dropped_in = list[str]()

    class Opened:
        """A connection during whose use another thread drops it."""

        def is_closed(self) -> bool:
            """Let that thread go first."""
            other = threading.Thread(target=line.drop)
            other.start()
            other.join()
            return False

        def abort(self) -> None:
            """Note who does it."""
            dropped_in.append(threading.current_thread().name)

    opened: Any = Opened()
    line._connection = opened
    assert loop.run(line.connect(), 5) is opened
    loop.close()
    assert (dropped_in, line._connection) == (["operators"], None)


@contextmanager
def operator(loop: Loop, shell: PaperShell, **how: str) -> Iterator[Operator]:
    """Give the operator of a unit with that shell; the unit is on its networks."""
    unit = described(shell)
    line = connection(shell, cli=unit.cli, **how)
    yield Operator("P", unit, line, loop, is_lit=lambda: True, masked=lambda text: text.replace(PASSWORD, "******"))
    loop.run(line.close(), 5)


def shut_out(shell: PaperShell, **how: str) -> BootFailed:
    """Return the error for a unit with that shell that is not answering its operator."""
    with served(shell) as loop, operator(loop, shell, **how) as trying:
        with pytest.raises(CliLost) as caught:
            trying.check_modes()
        return trying.shut_out(caught.value, {(HOST, shell.port)}, 3.0)


@pytest.mark.parametrize(
    ("shell", "how", "words"),
    [
        (PaperShell(prompt="mx: "), {}, ["shows no prompt within 0.5 s; it printed 'mx: '; cli.prompt is "]),
        (PaperShell(prompt=f"{PASSWORD}: "), {}, ["it printed '******: '"]),
        (
            PaperShell(),
            {"password": "other"},
            ["refuses the login 'admin'; set login.user, and login.password_from or"],
        ),
        (
            PaperShell(prints={"get system status": "\nVersion: 7\n"}),
            {},
            ["'get system status' of unit P shows no configured mode; it begins 'Version: 7\\n'; set pages.configured"],
        ),
        (
            PaperShell(prints={"get system status": "Configured mode: off\nNow: off\n"}),
            {},
            ["shows no effective mode; it begins 'Configured", "set pages.effective"],
        ),
        (
            PaperShell(prints={"get system status": "Configured mode: off\nEffective mode: AKTIV\n"}),
            {},
            ["shows 'aktiv', which is no mode; give it a line in words"],
        ),
    ],
    ids=["no prompt", "a secret", "login", "no configured mode", "no effective mode", "an unknown word"],
)
def test_a_unit_that_does_not_answer_is_told_with_the_field_to_set(
    shell: PaperShell, how: dict[str, str], words: list[str]
) -> None:
    """One line, which says what the unit does instead and what to do; no secret stands in it."""
    told = str(shut_out(shell, **how))
    assert [word for word in words if word not in told] == []
    assert "\n" not in told
    assert PASSWORD not in told


def test_a_unit_without_ssh_is_told_with_what_listens_instead() -> None:
    """Something else on that port is told apart from nothing."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    loop = Loop()
    with operator(loop, PaperShell(port=port)) as trying:
        with pytest.raises(CliLost) as caught:
            trying.check_modes()
        told = str(trying.shut_out(caught.value, {("10.9.3.1", 25)}, 3.0))
        assert told == (
            f"nothing listens at {HOST}:{port} of unit P within 3 s; listening are: 10.9.3.1:25;"
            " start SSH on port1's address, or set login.port"
        )
        assert "lets no operator in (" in str(trying.shut_out(caught.value, {(HOST, port)}, 3.0))
    loop.close()


def test_modes_are_read_in_7_0_words() -> None:
    """Both, from one page; a page without them says so without an error."""
    shell = PaperShell(prints={"get system status": STATUS})
    with served(shell) as loop, operator(loop, shell) as asked:
        asked.check_modes()
        assert asked.modes() == ("primary", "hold-off")
