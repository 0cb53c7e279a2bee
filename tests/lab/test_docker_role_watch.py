"""A unit's role as it is seen by asking: when it changed, how sure that is, and what is older news."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from lab.contract import Mode
from lab.docker import testbed
from lab.docker.recorder import Recorder
from lab.docker.reset import reset
from lab.docker.role_watch import AWAITED, RoleWatch
from lab.docker.ssh import Connection, Loop
from lab.errors import LabError, ResetUnclean
from lab.profiles import named
from lab.profiles.record import Secret
from tests.lab.paper_shell import PaperShell, connection, described, served
from tests.lab.test_docker_power import eventually

Change = tuple[float, Mode, Mode, float]


@pytest.fixture
def changes() -> list[Change]:
    """What the watch has reported."""
    return []


@pytest.fixture
def watch(changes: list[Change]) -> RoleWatch:
    """A watch that asks nobody: the test answers."""
    unit = named("black-box")
    nobody = Connection("P", "192.0.2.1", login=unit.login, cli=unit.cli, password=Secret(""))
    made = RoleWatch(nobody, unit, lambda: False, lambda *change: changes.append(change))
    made._asked = made._since = 0.0
    return made


def test_a_change_is_as_old_as_the_last_question_that_showed_the_old_mode(
    watch: RoleWatch, changes: list[Change]
) -> None:
    """It may have come right after that was asked, and no later than the answer that shows it."""
    watch.see(1.0, Mode.SECONDARY, 0.9)
    watch.see(2.0, Mode.SECONDARY, 1.5)
    watch.see(2.75, Mode.PRIMARY, 2.5)
    assert changes[-1] == (2.75, Mode.SECONDARY, Mode.PRIMARY, 1.25)


def test_an_answer_to_an_older_question_changes_nothing(watch: RoleWatch, changes: list[Change]) -> None:
    """Two ask the unit: whose answer took longer must not undo what the other has seen."""
    watch.see(1.0, Mode.OFF, 0.5)
    watch.see(2.0, Mode.PRIMARY, 1.9)
    watch.see(2.1, Mode.OFF, 1.95)
    assert watch.mode is Mode.PRIMARY
    assert [new for _, _, new, _ in changes] == [Mode.OFF, Mode.PRIMARY]
    watch.see(2.2, Mode.OFF, 2.05)
    assert watch.mode is Mode.OFF


def test_what_the_lab_silences_is_gone_at_that_moment(watch: RoleWatch, changes: list[Change]) -> None:
    """The lab says when, also when it says so a little later."""
    watch.see(1.0, Mode.PRIMARY, 0.9)
    watch.gone(1.5)
    assert watch.absent
    assert changes[-1][:3] == (1.5, Mode.PRIMARY, Mode.UNREACHABLE)


def paper_testbed(loop: Loop, watch: RoleWatch) -> Any:  # noqa: ANN401 - a paper record
    """Return what of a testbed watches roles."""
    return SimpleNamespace(loop=loop, recorder=Recorder(), units={"P": SimpleNamespace(role_watch=watch)})


def test_a_watch_that_fails_is_no_watch() -> None:
    """Whoever waits for a role, or rules a change out, fails by an error of the lab; the next lab has another watch."""
    shell = PaperShell(prints={"get system status": "Configured mode: off\nEffective mode: off\n"})

    def fail(*_change: object) -> None:
        raise KeyError("what nobody thought of")

    with served(shell) as loop:
        line = connection(shell)
        paper = paper_testbed(loop, RoleWatch(line, described(shell), lambda: False, fail))
        testbed.Testbed.watch_roles(paper)
        clock = paper.recorder.clock
        with pytest.raises(LabError, match="what nobody thought of"):
            clock.hold(lambda: True, 5.0, "no unit changes its role")
        with pytest.raises(LabError, match="what nobody thought of"):
            clock.wait_for(lambda: True, 5.0, "a role")
        with pytest.raises(ResetUnclean, match="what nobody thought of"):
            reset(paper)
        loop.run(line.close(), 5)


def test_between_two_scenarios_a_unit_is_not_asked() -> None:
    """The lab itself resets it and looks what it shows; the next scenario begins with a question of the watch."""
    status = "get system status"
    shell = PaperShell(prints={status: "Configured mode: off\nEffective mode: primary\n"})
    changes: list[Change] = []
    with served(shell) as loop:
        line = connection(shell)
        watch = RoleWatch(line, described(shell), lambda: True, lambda *change: changes.append(change))
        loop.start(watch.run(), pytest.fail)
        eventually(lambda: shell.heard.count(status) > 1)
        loop.call(watch.rest)
        loop.run(said_without_end(line), 5)
        shell.prints = {status: "Configured mode: off\nEffective mode: off\n"}
        asked, until = shell.heard.count(status), time.monotonic() + 4 * AWAITED
        while time.monotonic() < until:
            loop.run(said_without_end(line), 5)
            loop.call(watch.hint)
        assert shell.heard.count(status) == asked
        watch.see(time.monotonic(), Mode.OFF, time.monotonic())
        loop.call(watch.go_on)
        eventually(lambda: shell.heard.count(status) > asked)
        assert [new for _, _, new, _ in changes] == [Mode.PRIMARY, Mode.OFF]
        loop.run(line.close(), 5)


async def said_without_end(line: Connection) -> None:
    """Let an operator enter a line."""
    await line.converse(("get",))
