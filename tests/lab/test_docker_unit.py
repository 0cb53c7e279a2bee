"""A unit between two scenarios, and at its start: first lines, fresh containers, what is left, and restarts."""

from __future__ import annotations

import itertools
import math
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import asyncssh
import pytest

from lab.contract import Mode, Timing
from lab.docker.inspection import newer
from lab.docker.operator import ShutOut, Step
from lab.docker.recorder import Recorder
from lab.docker.reset import revive
from lab.docker.ssh import NoPromptError
from lab.docker.unit import KILL, DockerUnit
from lab.errors import BootFailed, CliLost, FaultNotProven, NotReached, ResetUnclean
from lab.faults import FaultKind
from lab.profiles.record import Reset
from lab.timeline import Kind
from tests.lab.paper_rack import FOREVER, PaperApi, racked
from tests.lab.paper_shell import PASSWORD, PaperShell, described, served
from tests.lab.test_docker_power import RESTART, eventually

TIMING = Timing(slack=0.25, resolution=0.05, boot=3.0, settle=3.0)
OFF = "HA configured mode: off\nHA effective mode: off\n"
LEADS = "HA configured mode: primary\nHA effective mode: primary\n"


@contextmanager
def started(shell: PaperShell, **changes: Any) -> Iterator[tuple[DockerUnit, Any]]:  # noqa: ANN401 - parts of a profile
    """Give a unit with this shell that has just been started, and its rack; `changes` are made to its profile."""
    command, releases = changes.pop("command", FOREVER), changes.pop("releases", None)
    stirs = changes.pop("stirs", lambda: None)
    with served(shell) as loop:
        profile = replace(described(shell), **changes)
        with racked(profile, command, releases) as rack:
            nothing: Any = None
            seen = Recorder()
            unit = DockerUnit("P", rack, recorder=seen, loop=loop, redirection=nothing, timing=TIMING, stirs=stirs)
            unit.power.follow()
            try:
                unit.first_start()
                yield unit, rack
            finally:
                unit.close()


def shell(page: str = OFF, **prints: str) -> PaperShell:
    """Return a shell with this status page."""
    return PaperShell(prints={"get system status": page, **prints})


def restarts(shell: PaperShell) -> dict[str, Any]:
    """Return a container that can be started again."""
    return {"container": replace(described(shell).container, restart_codes=(RESTART,))}


def test_the_end_of_a_fault_counts_from_before_it_is_done() -> None:
    """A unit may see its cable before the lab says so, and its role then changes with a cause."""
    with started(shell()) as (unit, rack):
        for up, done in ((False, unit.pull_cable), (True, unit.plug_cable)):
            before = time.monotonic()
            rack.agent.replies["cable"] = {"up": up, "at": before + 1000}
            at = done("port3").figures["at"]
            assert before <= at <= time.monotonic() if up else at == before + 1000


def test_a_reset_by_a_fresh_container_is_proven_by_its_id() -> None:
    """The old container goes with all that it kept, its volume is emptied, and the new one is of the first image."""
    with started(shell()) as (unit, rack):
        former, _ = unit.power.container()
        unit.reset()
        assert unit.unclean() == ""
        now, image = unit.power.container()
        assert (now != former, image) == (True, "sha of vendor/mail:7")
        assert rack.emptied == 1
        unit._former = now
        assert unit.unclean() == "its container is not a fresh one"


def test_a_unit_that_is_not_in_its_first_state_says_what_is_left() -> None:
    """Its modes, an address that the lab did not give it, or no answer at all."""
    page = shell()
    with started(page) as (unit, rack):
        page.prints = {"get system status": LEADS}
        assert unit.unclean() == "its modes are primary and primary"
        unit.role_watch.see(unit._recorder.now(), Mode.PRIMARY, unit._recorder.now())
        page.prints = {"get system status": OFF}
        assert unit.unclean() == ""
        assert unit.role_watch.mode is Mode.OFF
        held = rack.agent.replies["addresses"]["held"]
        rack.agent.replies["addresses"] = {"held": [*held, "port3 10.97.3.100/24"]}
        assert "10.97.3.100/24" in unit.unclean()
        unit.power.cut()
        assert unit.unclean() == "it does not answer its operator"


def test_pages_prove_a_reset_where_no_storage_is_seen() -> None:
    """They read as after the first start, or the reset is not proven."""
    by_lines = Reset(fresh=False, lines=("execute factoryreset", "y"), shows=("get users",), first=Mode.OFF, within=1.0)
    page = shell(**{"get users": "admin\n", "execute factoryreset": "Continue? (y/n)"})
    with started(page, reset=by_lines) as (unit, rack):
        unit.reset()
        assert page.heard[-2:] == ["execute factoryreset", "y"]
        assert unit.unclean() == ""
        assert rack.emptied == 0
        page.prints = {**page.prints, "get users": "admin\nsomebody\n"}
        assert unit.unclean() == "'get users' does not read as after its first start"


def test_a_unit_that_refuses_its_reset_is_not_reset() -> None:
    """The lab is built anew then."""
    by_lines = Reset(fresh=False, lines=("wipe",), shows=(), first=Mode.OFF, within=1.0)
    with (
        started(shell(wipe=f"Command fail. {PASSWORD}\n"), reset=by_lines) as (unit, _),
        pytest.raises(ResetUnclean, match=r"Command fail\. \*{6}"),
    ):
        unit.reset()


def test_first_lines_are_entered_after_each_first_state() -> None:
    """With the lab's values in them; the timeline has what was entered."""
    page = shell()
    with started(page, setup=("set name {unit}", "set password {password}")) as (unit, _):
        assert page.heard.count(f"set password {PASSWORD}") == 1
        unit.reset()
        assert page.heard.count("set name P") == 2
        lines = [str(entry.detail["line"]) for entry in unit._recorder.timeline.of(Kind.CLI)]
    assert lines.count(f"set password {PASSWORD}") == 2


def test_a_refused_first_line_is_told() -> None:
    """It is the profile's fault, and no scenario begins."""
    wrong = {"set name P": f"Command fail. {PASSWORD}\n"}
    with (
        pytest.raises(BootFailed, match=r"refused a line of setup\.lines") as caught,
        started(shell(**wrong), setup=("set name {unit}",)),
    ):
        pass
    assert PASSWORD not in str(caught.value)


def test_what_a_unit_prints_is_judged_as_it_is() -> None:
    """A page that shows the operator's password does so to whoever judges it: only what is written is masked."""
    told = f"set password {PASSWORD}"
    page = shell(show=f"{told}\n")
    events = replace(described(page).events, log="/log", alerts="/alerts", traps="/traps")
    with started(page, events=events) as (unit, rack):
        assert unit.cli("show").text == told
        (entry,) = [each for each in unit._recorder.timeline.of(Kind.CLI) if each.detail["line"] == "show"]
        assert entry.detail["reply"] == f"{told}\n"
        rack.agent.replies["lines"] = {"lines": [told]}
        assert (*unit.log(), *unit.alerts()) == (told, told)


def test_what_may_change_who_answers_a_client_is_told_before_it_happens() -> None:
    """A line that only prints changes nothing."""
    told: list[int] = []
    page = shell(show="x\n")
    with started(page, stirs=lambda: told.append(len(page.heard)), **restarts(page)) as (unit, _):
        told.clear()
        before = len(page.heard)
        unit.cli("show")
        assert told == []
        unit.cli("execute reload")
        assert told == [before + 1]
        unit.power_off()
        assert len(told) >= 2
        unit.power_on()
        assert len(told) >= 3


def test_a_line_that_is_not_answered_is_not_accepted() -> None:
    """What was entered stands on the timeline, also the line after which nothing came."""
    page = shell(**{"set x": "Sure? [yes/no] "})
    with started(page) as (unit, _):
        with pytest.raises(CliLost, match="shows no prompt after 'set x'"):
            unit.cli("config", "set x", "end")
        assert [entry.detail["line"] for entry in unit._recorder.timeline.of(Kind.CLI)] == ["config", "set x"]


def test_a_mode_that_nobody_knows_is_no_change_of_role() -> None:
    """A word that the profile lacks is its fault; a page without a mode is no news; an end of the session is."""
    page = shell()
    with started(page) as (unit, _):
        assert unit.effective_mode() is Mode.OFF
        page.prints = {"get system status": "HA configured mode: off\nHA effective mode: initialising\n"}
        with pytest.raises(CliLost, match=r"shows 'initialising', which is no mode; give it a line in words$"):
            unit.effective_mode()
        page.prints = {"get system status": "HA configured mode: off\n"}
        assert unit.effective_mode() is Mode.OFF
        assert [entry.detail["new"] for entry in unit._recorder.timeline.of(Kind.ROLE)] == ["off"]
        page.ends_after = "get system status"
        assert unit.effective_mode() is Mode.UNREACHABLE


def catches(process: subprocess.Popen[bytes], number: signal.Signals) -> bool:
    """Whether a process has come as far as to handle a signal."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (number - 1) & 1)


def kill(rack: Any) -> float:  # noqa: ANN401 - a rack on paper
    """Let the unit's process end as its command says; return when."""
    process: subprocess.Popen[bytes] = rack.api.containers[rack.badge.name("unit-p")].process
    if rack.api.command is ENDS_TO_RESTART:
        eventually(lambda: catches(process, signal.SIGTERM))
    process.terminate()
    process.wait()
    return time.monotonic()


def runs(unit: DockerUnit, rack: Any, times: int) -> bool:  # noqa: ANN401 - a rack on paper
    """Whether the unit runs, having been started so many times."""
    return unit.power.is_on() and [command for command, _ in rack.api.commands].count("start") == times


ENDS_TO_RESTART = ("sh", "-c", f"trap 'exit {RESTART}' TERM; while :; do sleep 0.05; done")


def test_a_unit_that_asks_to_be_started_again_is() -> None:
    """It has power all the while; its namespace is dark until it runs again."""
    page = shell()
    with started(page, command=ENDS_TO_RESTART, **restarts(page)) as (unit, rack):
        rack.agent.asked.clear()
        kill(rack)
        eventually(lambda: runs(unit, rack, 2))
        assert unit.is_powered()
        assert not unit._recorder.timeline.of(Kind.FAULT)
        assert "restore" in rack.agent.asked
        eventually(lambda: not unit.role_watch.absent)


def test_the_lab_waits_for_the_boot_time_of_a_unit_that_reads_none() -> None:
    """The time counts from the end of the machine; a restart under way takes a new time."""
    page = shell()
    with started(page, command=ENDS_TO_RESTART, **restarts(page)) as (unit, rack):
        unit.set_boot_time(0.6)
        ended = kill(rack)
        eventually(lambda: runs(unit, rack, 2))
        assert 0.6 <= time.monotonic() - ended < 2
        unit.set_boot_time(math.inf)
        kill(rack)
        threading.Event().wait(0.3)
        assert (unit.is_powered(), unit.power.is_on()) == (True, False)
        unit.set_boot_time(0.0)
        eventually(lambda: runs(unit, rack, 3))


def test_power_that_is_cut_during_a_restart_stays_cut_until_it_is_given() -> None:
    """And it is given as late as the boot time says."""
    page = shell()
    with started(page, command=ENDS_TO_RESTART, **restarts(page)) as (unit, rack):
        unit.set_boot_time(math.inf)
        kill(rack)
        eventually(unit.power.restarts)
        assert "it was restarting" in unit.power_off().statement
        assert not unit.is_powered()
        with pytest.raises(BootFailed, match="is held"):
            unit.power_on()
        unit.set_boot_time(0.3)
        begun = time.monotonic()
        unit.power_on()
        assert time.monotonic() - begun >= 0.3
        assert unit.power.is_lit()


def upgraded(page: PaperShell, code: int) -> dict[str, Any]:
    """Return a unit with two releases, whose container ends with this code."""
    release = replace(
        described(page).release, first="7.4", next="7.6", image="mail:7.6", install="load {release}", codes=(66,)
    )
    ends = ("sh", "-c", f"trap 'exit {code}' TERM; while :; do sleep 0.05; done")
    return {"release": release, "releases": {"7.4": "mail:7.4", "7.6": "mail:7.6"}, "command": ends}


def test_another_release_is_another_image() -> None:
    """The unit's exit code asks for it; the first state is of the first release again."""
    page = shell()
    with started(page, **upgraded(page, 66)) as (unit, rack):
        page.prints = {**page.prints, "load 7.6": "Reboot? (y/n)"}
        threading.Timer(0.3, kill, (rack,)).start()
        assert unit.install("7.6").accepted
        assert unit.power.container()[1] == "sha of mail:7.6"
        unit.reset()
        assert unit.power.container()[1] == "sha of mail:7.4"
        assert unit.unclean() == ""


def test_a_unit_that_ends_without_asking_for_a_release_keeps_its_own() -> None:
    """It just restarted: that is no upgrade."""
    page = shell()
    with started(page, **upgraded(page, RESTART)) as (unit, rack):
        threading.Timer(0.3, kill, (rack,)).start()
        with pytest.raises(NotReached) as caught:
            unit.install("7.6")
        assert str(caught.value) == (
            f"unit P ended with {RESTART}, and did not ask for release 7.6 by 66"
            " (look first at release.codes of its profile 'black box')"
        )
        assert unit.power.container()[1] == "sha of mail:7.4"


@pytest.mark.parametrize("answers", [True, False])
def test_an_upgrade_that_fails_leaves_no_end_expected(monkeypatch: pytest.MonkeyPatch, *, answers: bool) -> None:
    """A unit that goes off later, by itself, is noticed."""
    page = shell(**{"load 7.6": "Reboot? (y/n)"})
    with started(page, **upgraded(page, 0)) as (unit, rack):
        monkeypatch.setattr(unit, "_timing", replace(TIMING, settle=0.1))
        if not answers:
            monkeypatch.setattr(unit.operator, "_is_lit", lambda: False)
        field = r"in release 7\.6 \(look first at release\.install, times\.settle of its profile 'black box'\)"
        with pytest.raises(NotReached if answers else CliLost, match=field if answers else "has no power"):
            unit.install("7.6")
        kill(rack)
        eventually(lambda: unit._recorder.timeline.of(Kind.FAULT))
    (entry,) = unit._recorder.timeline.of(Kind.FAULT)
    assert entry.detail["fault"] == FaultKind.SHUTDOWN


REFUSAL, SILENCE, MUTE = asyncssh.PermissionDenied("no"), ConnectionResetError("gone"), NoPromptError("", "Welcome")


def waited(monkeypatch: pytest.MonkeyPatch, answers: Iterator[Exception | None]) -> tuple[float, ShutOut | None]:
    """Return how many seconds a unit is waited for that answers so, once a second, and the error that ends it.

    None is a status page with both modes; the unit has 30 s to start.
    """
    looks = itertools.count(1)
    now = 0.0

    def check_modes() -> None:
        nonlocal now
        now = float(next(looks))
        if cause := next(answers):
            raise CliLost("unit P does not answer its operator", "wait") from cause

    with started(shell()) as (unit, _), monkeypatch.context() as paper:
        paper.setattr(unit.operator, "check_modes", check_modes)
        paper.setattr(unit.inspector, "listening", frozenset)
        paper.setattr(unit, "_recorder", SimpleNamespace(now=lambda: now))
        paper.setattr(unit, "_timing", replace(TIMING, boot=30.0))
        try:
            unit.await_operator()
        except ShutOut as error:
            return now, error
    return now, None


@pytest.mark.parametrize(("answer", "step"), [(REFUSAL, Step.LOGIN), (MUTE, Step.PROMPT)])
def test_a_login_that_is_in_vain_again_and_again_is_not_tried_for_the_whole_start(
    answer: Exception, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for longer than a third of it, from the first time on."""
    seconds, error = waited(monkeypatch, itertools.repeat(answer))
    assert (seconds, error and error.step) == (12.0, step)


def test_a_unit_whose_accounts_come_later_than_ssh_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It refuses its operator at first, within that third."""
    assert waited(monkeypatch, itertools.chain([REFUSAL] * 10, [None])) == (11.0, None)


def test_a_unit_that_does_anything_else_meanwhile_has_the_whole_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes no connection between two refusals is still starting."""
    seconds, error = waited(monkeypatch, itertools.cycle([REFUSAL, SILENCE]))
    assert (seconds, error is None) == (31.0, False)


def test_a_scenario_begins_without_an_expected_end() -> None:
    """Whatever the one before has left."""
    with started(shell()) as (unit, rack):
        unit.power.expect_end()
        unit.begin()
        kill(rack)
        eventually(lambda: unit._recorder.timeline.of(Kind.FAULT))


def test_a_log_that_a_page_prints_is_not_seen_while_the_unit_is_off() -> None:
    """What was there before the scenario does not count; what nobody has seen leaves the verdict open."""
    page = shell(**{"show log": "old\n"})
    events = replace(described(page).events, log_page="show log")
    with started(page, events=events) as (unit, _):
        unit.begin()
        page.prints = {**page.prints, "show log": "old\nnew\n"}
        assert unit.log() == ("new",)
        unit.power.cut()
        with pytest.raises(FaultNotProven, match="what unit P has logged since its last page is not seen"):
            unit.log()
        assert unit.log_for_report() == ("new",)


@pytest.mark.parametrize(
    ("before", "now", "new"),
    [
        ("", "a b", "a b"),
        ("a b", "a b c", "c"),
        ("a b c", "b c d", "d"),
        ("a b c", "c d e", "d e"),
        ("a x x", "x x x", "x"),
        ("a b x", "b x x", "x"),
        ("a b a", "a b a c a", "c a"),
        ("a b c", "d", "d"),
        ("a b c", "", ""),
    ],
)
def test_a_log_that_shows_its_last_lines_only_is_cut_by_their_text(before: str, now: str, new: str) -> None:
    """A page may print the last three lines; a file begins anew."""
    assert newer(now.split(), before.split(), "the log") == new.split()


def test_a_log_that_has_lost_its_place_leaves_the_verdict_open() -> None:
    """More has been logged than the page shows, so that a line may be missing."""
    page = shell(**{"show log": "a\nb\nc\n"})
    events = replace(described(page).events, log_page="show log")
    with started(page, events=events) as (unit, _):
        unit.begin()
        page.prints = {**page.prints, "show log": "d\ne\nf\n"}
        with pytest.raises(FaultNotProven, match=r"the log of unit P no longer shows .*'c'"):
            unit.log()


def with_software(page: PaperShell, file: Path) -> dict[str, Any]:
    """Return a container whose HA software tells its process id in a file."""
    return {"container": replace(described(page).container, pid_file=str(file))}


def test_memory_is_read_of_the_process_in_the_file(tmp_path: Path) -> None:
    """Whatever the file is called; what cannot be read is not 0 bytes."""
    page, file = shell(), tmp_path / "the unit's $(pid)"
    with started(page, **with_software(page, file)) as (unit, _):
        file.write_text(f"{os.getpid()}\n")
        assert unit.memory() > 1 << 20
        for told in ("", "no number", "999999999"):
            file.write_text(told)
            with pytest.raises(FaultNotProven, match="memory of the HA software of unit P cannot be read"):
                unit.memory()
        file.unlink()
        with pytest.raises(FaultNotProven, match="No such file"):
            unit.memory()


def test_a_command_has_ended_when_the_engine_knows_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A busy engine ends the output before that; and what it has lost of the output is not 0 bytes."""
    page, file = shell(), tmp_path / "the unit's pid"
    file.write_text(f"{os.getpid()}\n")
    with started(page, **with_software(page, file)) as (unit, _):
        codes = [None, None, 0]
        monkeypatch.setattr(PaperApi, "exec_inspect", lambda *_: {"ExitCode": codes.pop(0)})
        assert unit.memory() > 1 << 20
        assert not codes
        codes[:] = [0]
        monkeypatch.setattr(PaperApi, "exec_start", lambda *_: b"")
        with pytest.raises(FaultNotProven, match="the engine has lost what a command in unit P printed"):
            unit.memory()


def test_a_killed_process_that_nobody_reaps_is_gone(tmp_path: Path) -> None:
    """The machine's first process may not care for it; a file that names no process is told."""
    page, file = shell(), tmp_path / "the unit's pid"
    with (
        started(page, **with_software(page, file)) as (unit, _),
        subprocess.Popen(FOREVER) as software,  # noqa: S603 - a test's own
    ):
        page.prints = {}
        with pytest.raises(FaultNotProven, match=r"was not killed \(exit code 1: .*No such file"):
            unit.crash()
        file.write_text(f"{software.pid}\n")
        assert "is gone" in unit.crash().statement
        assert Path(f"/proc/{software.pid}/stat").read_text().split(") ")[1][0] == "Z"


def test_a_process_that_outlives_its_kill_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    """It may hang in the kernel."""
    file = tmp_path / "pid"
    file.write_text(f"{os.getpid()}\n")
    harmless = KILL.replace("kill -9", "kill -0")
    command = ("sh", "-c", harmless, "sh", str(file))
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a test's own
    assert (ended.returncode, ended.stdout) == (1, f"process {os.getpid()} outlives its kill\n")


class PaperPower:
    """A unit that a reset revives, on paper: notes what is done to its power."""

    def __init__(self) -> None:
        """Begin with power, answering."""
        self.done: list[str] = []
        self.profile = SimpleNamespace(reset=SimpleNamespace(fresh=False))
        self.power = SimpleNamespace(is_on=lambda: True, is_lit=lambda: True)

    def answers(self) -> bool:
        """Whether it still answers."""
        return "off" not in self.done

    def power_off(self) -> None:
        """It loses its power."""
        self.done.append("off")

    def power_on(self) -> None:
        """It has it back."""
        self.done.append("on")

    def mend_what_fails(self) -> None:
        """Nothing does."""

    def plug_all_cables(self) -> None:
        """Every cable is in."""

    def first_release(self) -> None:
        """It has its first release."""

    def set_boot_time(self, seconds: float) -> None:
        """It starts as fast as it can."""


@pytest.mark.parametrize("goes_down", [True, False])
def test_a_unit_that_is_about_to_go_down_is_not_reset_before_it_has(*, goes_down: bool) -> None:
    """It still answers, and would go down after its reset, in the next scenario."""
    unit = PaperPower()
    revive(cast("DockerUnit", unit), goes_down=goes_down)
    assert unit.done == (["off", "on"] if goes_down else [])
