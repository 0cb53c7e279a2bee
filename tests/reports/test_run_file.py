"""run.json is valid at any instant, and tells a truncated run from a complete one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reports.judgement import Judgement
from reports.plugin import clear
from reports.run_file import RunFile
from reports.state import Request, RunState
from reports.verdicts import Ending, ExitCode, Verdict

NODE = "a.feature::test_a"


def state(out: Path, *planned: str) -> RunState:
    """Return a run that has just begun and plans these scenarios, or one."""
    return RunState(Request("r1", "sim", "reference", 7, ("features",), out), planned=frozenset(planned or {NODE}))


def judgement(node: str = NODE, verdict: Verdict = Verdict.PASS, reason: str = "") -> Judgement:
    """Return one judged scenario."""
    return Judgement(node, "a.feature", "a", ("HA-101",), verdict, reason, facts={"image": "sha256:1"})


def test_a_killed_run_is_visible(tmp_path: Path) -> None:
    """After the header and one verdict the file is valid, and says that it is not complete."""
    run = state(tmp_path)
    file = RunFile(tmp_path / "run.json", run)
    file.write()
    run.add(judgement())
    file.write()
    told = json.loads((tmp_path / "run.json").read_text())
    assert not told["complete"]
    assert "footer" not in told
    assert told["header"]["facts"] == {"image": "sha256:1"}
    assert [scenario["verdict"] for scenario in told["scenarios"]] == ["pass"]


def test_the_footer_completes_the_run(tmp_path: Path) -> None:
    """The footer counts the verdicts and repeats the exit code."""
    run = state(tmp_path)
    run.add(judgement(verdict=Verdict.FAIL))
    RunFile(tmp_path / "run.json", run).write(code=run.exit_code())
    told = json.loads((tmp_path / "run.json").read_text())
    assert told["complete"]
    assert (told["footer"]["verdicts"], told["footer"]["exit"]) == ({"fail": 1}, 1)


def test_a_clock_that_is_set_back_shortens_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run takes the time that has passed, and ends after its start."""
    file = RunFile(tmp_path / "run.json", state(tmp_path))
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    monkeypatch.setattr("reports.run_file.datetime", SimpleNamespace(now=lambda _: long_ago))
    file.write(code=ExitCode.CONFORMS)
    told = json.loads((tmp_path / "run.json").read_text())
    assert 0 <= told["footer"]["seconds"] < 60
    assert told["footer"]["ended"] >= told["header"]["started"]


@pytest.mark.parametrize(
    ("clauses", "verdict", "binds", "code"),
    [
        (("HA-157",), Verdict.FAIL, False, ExitCode.CONFORMS),
        (("HA-157",), Verdict.INCONCLUSIVE, False, ExitCode.CONFORMS),
        (("HA-157",), Verdict.HARNESS_ERROR, False, ExitCode.HARNESS_ERROR),
        (("HA-157", "HA-101"), Verdict.FAIL, True, ExitCode.DOES_NOT_CONFORM),
    ],
)
def test_what_no_document_confirms_binds_nobody(
    tmp_path: Path,
    clauses: tuple[str, ...],
    verdict: Verdict,
    binds: bool,  # noqa: FBT001 - a table's column
    code: ExitCode,
) -> None:
    """HA-157 comes from memory: a scenario that verifies it alone is told, and moves no exit code."""
    run = state(tmp_path)
    run.add(replace(judgement(verdict=verdict), clauses=clauses))
    RunFile(tmp_path / "run.json", run).write(code=run.exit_code())
    told = json.loads((tmp_path / "run.json").read_text())
    assert (told["scenarios"][0]["binds"], told["footer"]["exit"]) == (binds, code)


def test_a_scenario_names_its_requirements_and_its_clauses(tmp_path: Path) -> None:
    """Two clauses of one requirement are told with their letters, and the requirement once, with its bare id."""
    run = state(tmp_path)
    run.add(replace(judgement(), clauses=("HA-101", "HA-757.a", "HA-757.b")))
    RunFile(tmp_path / "run.json", run).write(code=run.exit_code())
    (told,) = json.loads((tmp_path / "run.json").read_text())["scenarios"]
    assert told["requirements"] == ["HA-101", "HA-757"]
    assert told["clauses"] == ["HA-101", "HA-757.a", "HA-757.b"]


def test_the_footer_sums_up_the_waits(tmp_path: Path) -> None:
    """Documented waits, wall time, labs (one for each worker), and how much of the labs' time was such waiting."""
    run = state(tmp_path)
    run.wall = 4.0
    for number, worker in enumerate(("gw0", "gw1", "gw1")):
        run.add(replace(judgement(node=f"a.feature::test_{number}"), worker=worker, waits=2.0))
    RunFile(tmp_path / "run.json", run).write(code=run.exit_code())
    told = json.loads((tmp_path / "run.json").read_text())
    assert told["footer"]["waits"] == {"documented": 6.0, "wall": 4.0, "labs": 2, "ratio": 0.75}


def test_verdicts_that_come_fast_are_written_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment later they are there; the footer never waits."""
    run = state(tmp_path)
    file = RunFile(tmp_path / "run.json", run)
    file.write()
    run.add(judgement())
    file.follow()
    assert json.loads((tmp_path / "run.json").read_text())["scenarios"] == []
    monkeypatch.setattr("reports.run_file.MOMENT", 0.0)
    file.follow()
    assert len(json.loads((tmp_path / "run.json").read_text())["scenarios"]) == 1


@pytest.mark.parametrize(
    ("planned", "ended", "ending", "code"),
    [
        ((NODE,), {}, Ending.COMPLETE, ExitCode.CONFORMS),
        ((NODE,), {"stopped": "1 failure"}, Ending.COMPLETE, ExitCode.CONFORMS),
        ((NODE,), {"interrupted": True}, Ending.INTERRUPTED, ExitCode.INCONCLUSIVE),
        ((NODE, "b"), {"interrupted": True}, Ending.INTERRUPTED, ExitCode.INCONCLUSIVE),
        ((NODE, "b"), {"stopped": "1 failure"}, Ending.STOPPED, ExitCode.INCONCLUSIVE),
        ((NODE, "b"), {}, Ending.UNEXPLAINED, ExitCode.HARNESS_ERROR),
    ],
)
def test_only_a_run_that_judged_all_it_planned_is_complete(
    tmp_path: Path, planned: tuple[str, ...], ended: dict[str, Any], ending: Ending, code: ExitCode
) -> None:
    """A footer alone does not make a run complete, and what is not complete does not conform."""
    run = replace(state(tmp_path, *planned), **ended)
    run.add(judgement())
    RunFile(tmp_path / "run.json", run).write(code=run.exit_code())
    told = json.loads((tmp_path / "run.json").read_text())
    assert (run.ending, told["complete"], told["footer"]["exit"]) == (ending, ending is Ending.COMPLETE, code)


def test_a_run_that_planned_nothing_conforms_to_nothing(tmp_path: Path) -> None:
    """Nothing planned and nothing judged is no success."""
    run = RunState(state(tmp_path).request)
    assert (run.ending, run.exit_code()) == (Ending.UNEXPLAINED, ExitCode.HARNESS_ERROR)


def test_a_judgement_survives_its_journey() -> None:
    """What an xdist worker sends is what the controller gets."""
    sent = judgement()
    assert Judgement.from_data(json.loads(json.dumps(sent.as_data()))) == sent


def test_a_later_error_hides_no_verdict(tmp_path: Path) -> None:
    """A failed scenario stays failed when its teardown breaks as well, and the run is a harness error."""
    run = state(tmp_path)
    run.add(judgement(verdict=Verdict.FAIL))
    run.add(judgement(verdict=Verdict.HARNESS_ERROR, reason="teardown: oops"))
    assert run.judged["a.feature::test_a"].verdict is Verdict.FAIL
    assert run.exit_code() is ExitCode.HARNESS_ERROR


def test_an_earlier_report_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    """What a run begins with is empty, but for what is not its own."""
    (tmp_path / "allure-results").mkdir()
    (tmp_path / "allure-results" / "old-result.json").touch()
    (tmp_path / "run.json").touch()
    (tmp_path / "notes.txt").touch()
    clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
