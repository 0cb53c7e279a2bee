"""The wrong-units command: which units it knows, what it runs on each, what it tells, how it refuses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gate import forks, wrong_units
from gate.run_file import Judged, Run, RunUnreadableError
from gate.wrong_units import Suite
from lab import under_test

HOUSE = Path(__file__).parents[2]


TAGS = {"a": [SimpleNamespace(name="HA-001")], "b": [SimpleNamespace(name="HA-104"), SimpleNamespace(name="HA-101")]}
"""Markers of each scenario."""


class FakeSuite:
    """Stands in for the collected suite, scenarios a and b, and for the children: runs end as each unit calls for."""

    def __init__(self, failing: dict[str, tuple[str, ...]]) -> None:
        """Say which of the scenarios fail under which unit; the run of a unit that is not listed is broken."""
        self.failing = failing
        self.arguments: list[str] = []
        self.met: list[tuple[str, str, bool]] = []

    def collect(self, plugin: wrong_units.Trial, arguments: Sequence[str]) -> tuple[int, str]:
        """Collect, as pytest would."""
        self.arguments += arguments
        items = [SimpleNamespace(nodeid=node, iter_markers=lambda node=node: TAGS[node]) for node in "ab"]
        plugin.pytest_runtestloop(SimpleNamespace(items=items))  # type: ignore[arg-type]
        return 3, ""

    def judge(self, unit: str, nodes: Collection[str], *, stop_at_first: bool = False) -> Run:
        """Judge."""
        if unit not in self.failing:
            raise RunUnreadableError("there is no such unit")
        if nodes:
            self.met.append((unit, "".join(sorted(nodes)), stop_at_first))
        verdicts = {node: "fail" if node in self.failing[unit] else "pass" for node in sorted(nodes)}
        return Run(unit, tuple(Judged(n, n, v, "") for n, v in verdicts.items()), ())


def at_once(works: Sequence[forks.Work], *, jobs: int) -> Iterator[tuple[int, Any]]:
    """Do each piece of work here, as soon as its answer is asked for."""
    del jobs
    for number, work in enumerate(works):
        yield number, json.loads(json.dumps(work()))


def suite_of(monkeypatch: pytest.MonkeyPatch, failing: dict[str, tuple[str, ...]]) -> FakeSuite:
    """Let the command find this suite."""
    suite = FakeSuite(failing)
    monkeypatch.setattr(wrong_units, "collect", suite.collect)
    monkeypatch.setattr(wrong_units, "warm_up", lambda _: None)
    monkeypatch.setattr(Suite, "judge", suite.judge)
    monkeypatch.setattr(forks, "answers", at_once)
    return suite


@pytest.fixture
def units(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let there be two wrong units, of which nothing is known."""
    nothing = tmp_path / "nothing.json"
    nothing.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(wrong_units, "CATCHES", nothing)
    monkeypatch.setattr(wrong_units, "wrong_units", lambda: {"early": "Too early.", "late": "Too late."})


def test_it_knows_every_unit_of_the_registry() -> None:
    """Names and first lines come from the unit's own room, without importing it."""
    known = wrong_units.wrong_units()
    assert len(known) >= 30
    assert all(about.endswith(".") for about in known.values())


@pytest.mark.usefixtures("units")
def test_it_runs_the_reference_and_every_wrong_unit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One run for each unit, further arguments handed to pytest, and 0 when all is caught and all catch."""
    suite = suite_of(monkeypatch, {"reference": (), "wrong:early": ("a",), "wrong:late": ("b",)})
    assert wrong_units.main(["--jobs", "1", "-k", "detection"]) == 0
    assert [unit for unit, _, _ in suite.met] == ["reference", "wrong:early", "wrong:late"]
    assert suite.arguments == ["-k", "detection"]
    assert "2 of 2 wrong units caught" in capsys.readouterr().out


@pytest.mark.usefixtures("units")
def test_a_unit_meets_first_the_scenarios_that_have_caught_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scenario that caught one unit meets the next only where nothing else catches it, and up to the first catch."""
    suite = suite_of(monkeypatch, {"reference": (), "wrong:early": ("a",), "wrong:late": ("a",)})
    assert wrong_units.main(["--jobs", "1"]) == 1, "scenario b has caught nothing"
    early, late = ("wrong:early", "ab", False), [("wrong:late", "b", False), ("wrong:late", "a", True)]
    assert suite.met == [("reference", "ab", False), early, *late]
    told = capsys.readouterr().out
    assert "2 of 2 wrong units caught, 1 of 2 scenarios catch at least one" in told
    assert "of those that it met" in told


@pytest.mark.usefixtures("units")
def test_a_new_unit_meets_first_the_scenarios_of_the_clauses_that_it_breaks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where every scenario has caught one, so that none is waiting for a unit."""
    known = tmp_path / "catches.json"
    known.write_text(json.dumps({"early": ["a", "b"]}), encoding="utf-8")
    monkeypatch.setattr(wrong_units, "CATCHES", known)
    new = {"late": SimpleNamespace(breaks=("HA-101", "HA-102"))}
    monkeypatch.setattr(under_test, "catalogue", lambda: SimpleNamespace(WRONG=new))
    suite = suite_of(monkeypatch, {"reference": (), "wrong:early": ("a", "b"), "wrong:late": ("a", "b")})
    assert wrong_units.main(["--jobs", "1"]) == 0
    assert suite.met[-2:] == [("wrong:early", "ab", False), ("wrong:late", "b", True)]


@pytest.mark.usefixtures("units")
def test_what_caught_a_unit_before_is_tried_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A known catch is run again; where it is none any more, all the rest is tried."""
    known = tmp_path / "catches.json"
    known.write_text(json.dumps({"early": ["a", "gone"], "late": ["a"]}), encoding="utf-8")
    monkeypatch.setattr(wrong_units, "CATCHES", known)
    suite = suite_of(monkeypatch, {"reference": (), "wrong:early": ("a",), "wrong:late": ("b",)})
    assert wrong_units.main(["--jobs", "1", "--remember"]) == 0
    early, late = ("wrong:early", "a", False), [("wrong:late", "a", False), ("wrong:late", "b", False)]
    assert suite.met == [("reference", "ab", False), early, *late]
    assert json.loads(known.read_text(encoding="utf-8")) == {"early": ["a"], "late": ["b"]}
    assert "2 of 2 wrong units caught, 2 of 2 scenarios catch at least one" in capsys.readouterr().out


@pytest.mark.usefixtures("units")
def test_what_caught_other_units_is_not_forgotten(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A run that tries one unit remembers nothing of the others."""
    known = tmp_path / "catches.json"
    known.write_text(json.dumps({"early": ["a"], "late": ["a"]}), encoding="utf-8")
    monkeypatch.setattr(wrong_units, "CATCHES", known)
    suite_of(monkeypatch, {"reference": (), "wrong:early": ("b",)})
    wrong_units.main(["--jobs", "1", "--remember", "--only", "early"])
    assert json.loads(known.read_text(encoding="utf-8")) == {"early": ["b"], "late": ["a"]}


@pytest.mark.usefixtures("units")
def test_a_scenario_that_no_longer_catches_its_unit_meets_all_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An old catch is no proof: an idle scenario is tried on the units that it has not met."""
    known = tmp_path / "catches.json"
    known.write_text(json.dumps({"early": ["a"], "late": ["a", "b"]}), encoding="utf-8")
    monkeypatch.setattr(wrong_units, "CATCHES", known)
    suite = suite_of(monkeypatch, {"reference": (), "wrong:early": ("a", "b"), "wrong:late": ("a",)})
    assert wrong_units.main(["--jobs", "1"]) == 0
    assert suite.met[-1] == ("wrong:early", "b", False)


@pytest.mark.usefixtures("units")
def test_the_whole_matrix_is_made_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--all` every scenario meets every unit."""
    suite = suite_of(monkeypatch, {"reference": (), "wrong:early": ("a", "b"), "wrong:late": ("b",)})
    assert wrong_units.main(["--jobs", "1", "--all"]) == 0
    assert suite.met == [(unit, "ab", False) for unit in ("reference", "wrong:early", "wrong:late")]


@pytest.mark.usefixtures("units")
def test_a_run_without_a_result_is_told_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A unit whose run gives no result is a harness error; the others keep theirs."""
    suite_of(monkeypatch, {"reference": (), "wrong:early": ("a", "b")})
    assert wrong_units.main([]) == 3
    told = capsys.readouterr().out
    assert "late: no result: there is no such unit" in told
    assert "1 of 2 wrong units caught, 2 of 2 scenarios catch at least one" in told


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_that_dies_or_hangs_costs_its_own_unit_only() -> None:
    """The run of each is bounded, also where it waits for something that never comes."""
    suite = Suite(SimpleNamespace(items=[]), jobs=2, limit=0.3)  # type: ignore[arg-type]

    def judge(name: str) -> Run:
        forks.end_within(suite.limit)
        if name == "dies":
            os._exit(7)
        while name == "waits":
            time.sleep(60)
        return Run(name, (Judged("a", "A", "fail", "why"),), ("a trouble",))

    began = time.monotonic()
    assert dict(suite.runs(["dies", "waits", "lives"], judge)) == {
        "dies": "a child ended with 7",
        "waits": "the run did not end within 0 s",
        "lives": Run("lives", (Judged("a", "A", "fail", "why"),), ("a trouble",)),
    }
    assert time.monotonic() - began < 30


def judged(monkeypatch: pytest.MonkeyPatch, *told: tuple[str, ...], stop_at_first: bool = False) -> Run:
    """Let a suite judge a unit in scenarios a, b and so on, of which each has these verdicts, one after the other."""
    nodes = "abc"[: len(told)]
    items = [SimpleNamespace(nodeid=node) for node in nodes]
    option = SimpleNamespace(unit=[])
    session = SimpleNamespace(items=items, config=SimpleNamespace(option=option), shouldstop=False)
    all_of = [[{"scenario": "", "verdict": verdict, "reason": verdict} for verdict in each] for each in told]
    monkeypatch.setattr(wrong_units, "judgements", lambda chosen: zip((i.nodeid for i in chosen), all_of, strict=True))
    monkeypatch.setattr(forks, "end_within", lambda _: None)
    run = Suite(session).judge("wrong:early", nodes, stop_at_first=stop_at_first)  # type: ignore[arg-type]
    assert option.unit == ["wrong:early"], "the lab opens with it"
    return run


def test_of_two_verdicts_the_worse_one_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a run of the suite: what breaks after a failure is a trouble of the run."""
    run = judged(monkeypatch, ("pass", "harness error"), ("fail", "harness error"), ("inconclusive",))
    assert [each.verdict for each in run.judged] == ["harness error", "fail", "inconclusive"]
    assert run.troubles == ("b: harness error",)


def test_a_run_may_stop_at_the_first_catch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What catches nothing does not end it."""
    told = (("harness error",), ("fail",), ("pass",))
    assert judged(monkeypatch, *told, stop_at_first=True).met == {"a", "b"}
    assert judged(monkeypatch, *told).met == {"a", "b", "c"}


def test_a_scenario_without_a_verdict_leaves_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """It neither catches the unit nor passes."""
    with pytest.raises(RunUnreadableError, match="b has no verdict"):
        judged(monkeypatch, ("pass",), ())


@pytest.mark.usefixtures("units")
def test_nothing_is_compared_without_the_reference(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the reference unit's run gives no result, the command says so and ends with 3."""
    suite_of(monkeypatch, {})
    with pytest.raises(SystemExit) as ended:
        wrong_units.main([])
    assert ended.value.code == 3
    assert "the reference unit's run gave no result" in capsys.readouterr().err


@pytest.mark.usefixtures("units")
def test_an_unknown_unit_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong name ends with 4 and the names there are."""
    with pytest.raises(SystemExit) as ended:
        wrong_units.main(["--only", "nobody"])
    assert ended.value.code == 4
    assert "there is no wrong unit called 'nobody'; use one of: early, late" in capsys.readouterr().err


@pytest.mark.usefixtures("units")
def test_one_unit_of_the_pair_may_be_wrong_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its name with a letter, or all of them by `--alone`; the other is the reference."""
    suite = suite_of(
        monkeypatch, {"reference": (), "P=wrong:early": ("a",), "S=wrong:early": ("b",), "S=wrong:late": ("b",)}
    )
    assert wrong_units.main(["--jobs", "1", "--only", "P=early", "--only", "S=early"]) == 0
    assert [unit for unit, _, _ in suite.met] == ["reference", "P=wrong:early", "S=wrong:early"]
    assert "P=early: Too early." in capsys.readouterr().out
    suite.met.clear()
    assert wrong_units.main(["--jobs", "1", "--alone", "S"]) == 1, "scenario a catches neither"
    assert suite.met == [(unit, "ab", False) for unit in ("reference", "S=wrong:early", "S=wrong:late")]


@pytest.mark.usefixtures("units")
def test_a_name_for_a_unit_that_is_not_of_the_pair_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Only P and S can be wrong alone."""
    with pytest.raises(SystemExit) as ended:
        wrong_units.main(["--only", "Q=early"])
    assert ended.value.code == 4
    assert "'Q=early' names no unit of the pair" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("failing", "code", "told"),
    [
        (
            {"P=wrong:shy": ("a",), "S=wrong:shy": (), "wrong:shy": ()},
            0,
            "by 1 scenarios, alone as S by 0, both by 0\n",
        ),
        ({"P=wrong:shy": ("a",), "S=wrong:shy": (), "wrong:shy": ("b",)}, 1, "both by 1: NOT HIDDEN BY ITS LIKE"),
        ({"P=wrong:shy": (), "S=wrong:shy": (), "wrong:shy": ()}, 1, "both by 0: NOT HIDDEN BY ITS LIKE"),
        ({"P=wrong:shy": ("a",), "S=wrong:shy": ()}, 3, "wrong:shy: no result"),
    ],
)
def test_a_unit_that_its_like_hides_is_shown_by_name(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failing: dict[str, tuple[str, ...]],
    code: int,
    told: str,
) -> None:
    """Alone it is caught, on one side at least; two of a kind are not. Others are left out."""
    monkeypatch.setattr(wrong_units, "wrong_units", lambda: {"early": "Too early.", "P=shy": "Shy."})
    suite_of(monkeypatch, {"reference": (), **failing})
    assert wrong_units.main(["--jobs", "1", "--hidden"]) == code
    printed = capsys.readouterr().out
    assert told.removeprefix("wrong:") in printed
    assert "early" not in printed


def command(*arguments: str) -> subprocess.Popen[str]:
    """Start the command on the suite itself, in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    words = [sys.executable, "-m", "gate.wrong_units", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, cwd=HOUSE, env=environment, stdout=pipe, stderr=pipe, text=True)  # noqa: S603


def test_each_unit_is_judged_as_if_it_were_the_only_one() -> None:
    """One after the other, each in a child of its own; a fault of one unit is not found in the next."""
    names = ("keeps-its-address", "takes-over-early", "ignores-failover", "S=keeps-its-address")
    which = ("features/takeover.feature", "-k", "processes_mail", "--jobs", "1")
    with command(*which, *(word for name in names for word in ("--only", name))) as process:
        told, complained = process.communicate(timeout=120)
    assert process.returncode == 1, complained
    assert "Wrong units that no scenario catches:\n  takes-over-early\n  S=keeps-its-address\n" in told
    assert "2 of 4 wrong units caught" in told, told


def test_an_interruption_ends_it_in_one_line() -> None:
    """Ctrl-C while children run: exit code 2, and no traceback."""
    with command("--all", "--jobs", "1") as process:
        try:
            time.sleep(5)
            process.send_signal(signal.SIGINT)
            told, complained = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, told, complained) == (2, "", "interrupted\n")
