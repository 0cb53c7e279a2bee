"""An operator's sessions: logins of several kinds, prompts and questions, refusals, and what is in the way."""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import asyncssh
import pytest

from lab.docker import ssh
from lab.docker.operator import SHOWN, Operator, Step, Unanswered
from lab.docker.ssh import OTHERWISE, Loop, NoPromptError
from lab.errors import BootFailed, CliLost, UsageError
from lab.profiles import named
from tests.lab.paper_shell import HOST, PASSWORD, PAUSE, PaperShell, connection, described, said, served

STATUS = "HA configured mode: primary\nHA effective mode: hold-off\n"


def test_a_line_is_answered_up_to_the_next_prompt_or_question() -> None:
    """Both end an answer; what stands before them on earlier lines is the answer."""
    shell = PaperShell(prints={"get": "one # \r\ntwo\r\n", "reboot": "Going down.\r\nContinue? (y/n)", "y": "bye\n"})
    with served(shell) as loop:
        answers = loop.run(said(connection(shell), "get", "set x", "reboot", "y"), 5)
    assert [answer.text for answer in answers] == ["one # \ntwo\n", "", "Going down.\n", "bye\n"]
    assert all(answer.accepted and not answer.ended for answer in answers)


def test_a_line_of_which_only_a_part_has_come_is_no_prompt() -> None:
    """A prompt begins as the session's first; inside a table it grows, and costs no time."""
    pages = {"get": f"link <up> {PAUSE}effective: primary\n", "config": f"> {PAUSE}two\n"}
    shell = PaperShell(prints=pages, prompts={"config": "mx (ha) # ", "end": "mx # "})
    with served(shell) as loop:
        begun = time.monotonic()
        answers = loop.run(said(connection(shell), "get", "config", "set x", "end", "get"), 5)
        assert time.monotonic() - begun < OTHERWISE
    texts = [answer.text for answer in answers]
    assert texts == ["link <up> effective: primary\n", "> two\n", "", "", "link <up> effective: primary\n"]


def test_a_unit_may_get_another_name() -> None:
    """Its prompt begins otherwise from then on: that is seen after a while, once."""
    shell = PaperShell(prompts={"set hostname new": "new-name # "})
    with served(shell) as loop:
        patient = replace(described(shell).cli, answer_within=5.0)
        begun = time.monotonic()
        answers = loop.run(said(connection(shell, cli=patient), "set hostname new", "one", "two"), 5)
        assert OTHERWISE <= time.monotonic() - begun < 2 * OTHERWISE
    assert [answer.text for answer in answers] == ["", "", ""]


@pytest.mark.parametrize("prompt", ["> ", "[12:03] mx # ", "3 # "])
def test_a_prompt_need_not_begin_with_a_name(prompt: str) -> None:
    """It may count, or tell the time."""
    shell = PaperShell(prompt=prompt, prompts={"one": prompt.replace("3", "4")})
    with served(shell) as loop:
        begun = time.monotonic()
        assert len(loop.run(said(connection(shell), "one", "two"), 5)) == 2
        assert time.monotonic() - begun < OTHERWISE


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


@pytest.mark.parametrize(("ciphers", "chosen"), [((), "aes128-gcm@openssh.com"), (("aes256-ctr",), "aes256-ctr")])
def test_what_is_quick_to_encrypt_with_is_chosen_where_the_unit_has_it(ciphers: tuple[str, ...], chosen: str) -> None:
    """A session costs both sides a third less with it than with what the library prefers."""
    shell = PaperShell(ciphers=ciphers)
    with served(shell) as loop:
        line = connection(shell)
        opened = loop.run(line.connect(), 5)
        assert [opened.get_extra_info(f"{way}_cipher") for way in ("send", "recv")] == [chosen, chosen]
        loop.run(line.close(), 5)


def test_what_only_prints_is_read_in_one_shell_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator's other lines have a new one each; and so has the page once its shell has ended, or is old."""
    shell = PaperShell(prints={"get system status": STATUS, "show": "set x\n"})
    with served(shell) as loop, operator(loop, shell) as asked:
        monkeypatch.setattr(ssh, "KEPT", 60.0)
        assert [asked.status() for _ in range(3)] == [STATUS] * 3
        assert asked.look("show").text == "set x\n"
        assert len(shell.terminals) == 1
        asked.enter("set x")
        assert len(shell.terminals) == 2
        shell.prints = {"get system status": STATUS.replace("primary", "off")}
        assert asked.status() == STATUS.replace("primary", "off")
        assert len(shell.terminals) == 2
        monkeypatch.setattr(ssh, "KEPT", 0.0)
        loop.run(hung_up(asked), 5)
        for count in (3, 4):
            assert asked.status() == STATUS.replace("primary", "off")
            assert len(shell.terminals) == count


async def hung_up(asked: Operator) -> None:
    """Lose the connection of a unit's operator."""
    asked._connection._abort()


def test_a_page_that_does_not_come_is_told_and_its_shell_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it may still print would be taken for the next page."""
    monkeypatch.setattr(ssh, "KEPT", 60.0)
    shell = PaperShell(prints={"get system status": STATUS})
    with served(shell) as loop, operator(loop, shell) as asked:
        asked.status()
        shell.prints = {"get system status": "please wait"}
        with pytest.raises(Unanswered, match="shows no prompt after 'get system status'") as caught:
            asked.status()
        assert [(answer.line, answer.text) for answer in caught.value.answers] == [("get system status", "please wait")]
        shell.prints = {"get system status": STATUS}
        assert asked.status() == STATUS
    assert len(shell.terminals) == 2


def test_a_status_page_that_the_end_of_each_session_cuts_off_is_none() -> None:
    """A new shell that ends as well says no more than the one that was kept."""
    shell = PaperShell(prints={"get system status": "HA configured mode: primary\n"}, ends_after="get system status")
    with served(shell) as loop, operator(loop, shell) as trying, pytest.raises(CliLost, match="the shell ended"):
        trying.status()


def lost(loop: Loop, shell: PaperShell, **how: str) -> Exception:
    """Return the error of a session that does not come about."""
    with pytest.raises((OSError, asyncssh.Error)) as caught:
        loop.run(said(connection(shell, cli=described(shell).cli, **how), "get"), 5)
    return caught.value


def test_what_is_in_an_operators_way_is_told_apart() -> None:
    """Nobody listens, another login, no prompt: each by its error, with what was printed instead of a prompt."""
    shell = PaperShell(prompt="> go on\r\nmx: ")
    with served(shell) as loop:
        silent = lost(loop, shell)
        assert isinstance(silent, NoPromptError)
        assert silent.printed == "> go on\nmx: "
        assert isinstance(lost(loop, shell, user="somebody"), asyncssh.PermissionDenied)
        with socket.create_server((HOST, 0)) as free:
            closed = replace(shell, port=free.getsockname()[1])
        assert isinstance(lost(loop, closed), ConnectionRefusedError)


def test_a_login_that_hangs_ends_when_the_unit_is_known_to_be_gone() -> None:
    """It must not keep the next login waiting: whoever asks then is answered as soon as the unit is back."""
    loop = Loop()
    with socket.create_server((HOST, 0)) as mute:
        line = connection(PaperShell(port=mute.getsockname()[1]))
        ended = threading.Event()

        async def ask() -> None:
            with pytest.raises((OSError, asyncssh.Error)):
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


def test_a_unit_that_ends_the_line_before_the_login_begins_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that crashes in that moment: its end of the line has no address any more."""
    with socket.create_server((HOST, 0)) as crashing:
        line = connection(PaperShell(port=crashing.getsockname()[1]))
        dial = line._dial

        async def dial_and_lose() -> socket.socket:
            """Return a line that the other side has reset."""
            dialled = await dial()
            accepted, _ = crashing.accept()
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            accepted.close()
            with pytest.raises(OSError, match="not connected"):
                dialled.getpeername()
            return dialled

        monkeypatch.setattr(line, "_dial", dial_and_lose)
        loop = Loop()
        with pytest.raises((OSError, asyncssh.Error)):
            loop.run(said(line, "get"), 5)
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
            ["refuses the login 'admin' with a password that the lab has made up, given to it as SWITCHOVER_"],
        ),
        (
            PaperShell(prints={"get system status": "\nVersion: 7\n"}),
            {},
            ["of unit P shows no configured and no effective mode; pages.configured is '", "prints 'Version: 7'"],
        ),
        (
            PaperShell(prints={"get system status": "Role: off\nEffective mode: off\n"}),
            {},
            ["shows no configured mode; pages.configured is '(?i)^"],
        ),
        (
            PaperShell(prints={"get system status": "Configured mode: off\nNow: off\n"}),
            {},
            ["shows no effective mode; pages.effective is '(?i)^", "; it prints 'Configured"],
        ),
        (
            PaperShell(prints={"get system status": "Configured mode: off\nEffective mode: AKTIV\n"}),
            {},
            ["shows 'aktiv', which is no mode; give it a line in words"],
        ),
    ],
    ids=["no prompt", "a secret", "login", "no mode", "no configured mode", "no effective mode", "an unknown word"],
)
def test_a_unit_that_does_not_answer_is_told_with_the_field_to_set(
    shell: PaperShell, how: dict[str, str], words: list[str]
) -> None:
    """One line, which says what the unit does instead and what to do; no secret stands in it."""
    told = str(shut_out(shell, **how))
    assert [word for word in words if word not in told] == []
    assert "\n" not in told
    assert PASSWORD not in told


@pytest.mark.parametrize(
    ("password_from", "environment", "told"),
    [
        (
            "SWITCHOVER_PW",
            {"MX_PASSWORD": "{password}", "MX_NAME": "mx"},
            (
                "the password in SWITCHOVER_PW (login.password_from), given to it as MX_PASSWORD; set login.user, or"
                " the variable of container.environment from which the image takes {password}, or raise"
            ),
        ),
        (
            "SWITCHOVER_PW",
            {"MX_NAME": "mx"},
            "the password in SWITCHOVER_PW (login.password_from); set login.user, or SWITCHOVER_PW, or raise",
        ),
        (
            "",
            {},
            (
                "a password that the lab has made up; set login.user, or {password} in container.environment, or"
                " login.password_from, or raise"
            ),
        ),
    ],
)
def test_a_refused_login_is_told_with_where_its_password_comes_from(
    password_from: str, environment: dict[str, str], told: str
) -> None:
    """Only what can be wrong then is to be set."""
    unit = named("black-box")
    unit = replace(
        unit,
        login=replace(unit.login, password_from=password_from),
        container=replace(unit.container, environment=environment),
    )
    line, none = connection(PaperShell()), cast("Any", None)
    lost = CliLost("unit P does not answer", "wait")
    lost.__cause__ = asyncssh.PermissionDenied("no")
    error = Operator("P", unit, line, none, is_lit=lambda: True, masked=str).shut_out(lost, (), 30.0)
    assert (error.step, told in str(error)) == (Step.LOGIN, True), str(error)
    assert str(error).endswith(", or raise times.boot (30 s): it had a third of that to make its accounts")


@pytest.mark.parametrize(
    ("question", "nearly"),
    [
        (r"[^\n]*\[y/n\] ", ", with a blank more than that line's end"),
        (r"\[y/n\]", ", which matches a part of that line, not all of it"),
        (r"[^\n]*\(y/n\)\s?", ""),
    ],
)
def test_a_question_that_is_nearly_recognised_is_told_with_what_differs(question: str, nearly: str) -> None:
    """One blank, or a pattern that is no whole line, is hard to see."""
    shell = PaperShell(prints={"reboot": "Do you want to continue? [y/n]"})
    unit = described(shell)
    cli = replace(unit.cli, question=re.compile(question, re.MULTILINE))
    with served(shell) as loop:
        unit = replace(described(shell), cli=cli)
        line = connection(shell, cli=cli)
        asked = Operator("P", unit, line, loop, is_lit=lambda: True, masked=str)
        with pytest.raises(Unanswered) as caught:
            asked.enter("reboot", "n")
        loop.run(line.close(), 5)
    assert str(caught.value).endswith(f"cli.question is '{question}'{nearly}")


def test_a_prompt_that_misses_the_blank_at_its_end_is_told_so() -> None:
    """The line ends with one, and the pattern does not take it."""
    shell = PaperShell(prompt="mx> ")
    with served(shell) as loop:
        cli = replace(described(shell).cli, prompt=re.compile(r"[^\n]*>"))
        line = connection(shell, cli=cli)
        asked = Operator("P", replace(described(shell), cli=cli), line, loop, is_lit=lambda: True, masked=str)
        with pytest.raises(Unanswered, match=r"cli.prompt is '\[\^\\n\]\*>', without the blank at that line's end$"):
            asked.enter("get")
        loop.run(line.close(), 5)


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
            " start SSH on port1's address, or set login.port, or does the image take its"
            " addresses from other variables? It was given SWITCHOVER_PORTS, SWITCHOVER_PORTS6, SWITCHOVER_RELAY,"
            " SWITCHOVER_SERIAL, SWITCHOVER_ADMIN_PASSWORD: set container.environment"
        )
        assert "lets no operator in (" in str(trying.shut_out(caught.value, {(HOST, port)}, 3.0))
    loop.close()


def test_modes_are_read_in_7_0_words() -> None:
    """Both, from one page; a page without them says so without an error."""
    shell = PaperShell(prints={"get system status": STATUS})
    with served(shell) as loop, operator(loop, shell) as asked:
        asked.check_modes()
        assert asked.modes() == ("primary", "hold-off")


def test_a_line_that_gets_no_prompt_is_told_and_nothing_is_entered_after_it() -> None:
    """A question that the profile does not know is no answer, nor is silence."""
    shell = PaperShell(prints={"two": f"Really, {PASSWORD}? [yes/no] "})
    with served(shell) as loop, operator(loop, shell) as trying:
        with pytest.raises(Unanswered) as caught:
            trying.enter("one", "two", "three")
        assert [answer.line for answer in caught.value.answers] == ["one", "two"]
    assert shell.heard == ["one", "two"]
    assert str(caught.value).startswith(
        "unit P shows no prompt after 'two' within 0.5 s; it printed 'Really, ******? [yes/no] '; cli.prompt is "
    )
    assert ", and cli.question is '" in str(caught.value)


def test_what_would_be_entered_after_the_end_of_a_session_does_not_exist() -> None:
    """A unit that is to start again ends it."""
    shell = PaperShell(prints={"reboot": "Continue? (y/n)"}, ends_after="y")
    with served(shell) as loop, operator(loop, shell) as trying:
        answers = trying.enter("reboot", "y", "show")
    assert [(answer.line, answer.ended, answer.accepted) for answer in answers] == [
        ("reboot", False, True),
        ("y", True, True),
    ]


def test_a_page_that_the_end_of_a_session_cuts_off_is_none() -> None:
    """What it does not show may have been about to come."""
    shell = PaperShell(prints={"get": "HA configured mode: primary\n"}, ends_after="get")
    with served(shell) as loop, operator(loop, shell) as trying, pytest.raises(CliLost, match="the shell ended"):
        trying.page("get")


def test_a_name_that_ssh_cannot_carry_is_the_profiles_fault() -> None:
    """Nobody need wait for the unit."""
    shell = PaperShell()
    with (
        served(shell) as loop,
        operator(loop, shell, user="ad\x07min") as trying,
        pytest.raises(UsageError, match=r"^'ad\\x07min' is no name for SSH \(.*; set login\.user$"),
    ):
        trying.check_modes()


@pytest.mark.parametrize("cut", range(1, len(PASSWORD)))
def test_a_secret_is_hidden_before_a_text_is_cut(cut: int) -> None:
    """Half a password is one, too: at the end of a text, and at its beginning."""
    before = PaperShell(prints={"get system status": f"{'x' * (SHOWN - cut)}{PASSWORD}\n"})
    after = PaperShell(prints={"get system status": f"{PASSWORD}{'x' * (SHOWN - cut - 2)}: "})
    for shell, half in ((before, PASSWORD[:cut]), (after, PASSWORD[-cut:])):
        told = str(shut_out(shell)).replace("'get system status'", "")
        assert ("x" + half not in told, half + "x" not in told) == (True, True)
