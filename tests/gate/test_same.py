"""Two runs side by side: what counts as a difference, how much must be judged, and what the command tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from gate.same import main

WHY = "the scenario needs log: its profile 'black box' names no log"


def write(path: Path, verdicts: Mapping[str, str], reason: str = "", troubles: tuple[str, ...] = ()) -> str:
    """Write a complete run.json with a verdict for each node; each one but a pass has the reason."""
    scenarios = [
        {"node": node, "scenario": node, "verdict": verdict, "reason": "" if verdict == "pass" else reason}
        for node, verdict in verdicts.items()
    ]
    header, footer = {"unit": "reference"}, {"troubles": troubles}
    path.write_text(json.dumps({"complete": True, "header": header, "scenarios": scenarios, "footer": footer}), "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("first", "other", "told"),
    [
        ("pass", "pass", []),
        ("fail", "fail", []),
        ("not applicable", "not applicable", []),
        ("pass", "not applicable", []),
        ("fail", "not applicable", []),
        ("pass", "fail", ["x: pass, then fail (too late)"]),
        ("fail", "pass", ["x: fail, then pass (too late)"]),
        ("pass", "inconclusive", ["x: not judged in the other run: inconclusive (too late)"]),
        ("pass", "harness error", ["x: not judged in the other run: harness error (too late)"]),
        ("inconclusive", "pass", ["x: not judged in the first run: inconclusive (too late)"]),
        ("harness error", "not applicable", ["x: not judged in the first run: harness error (too late)"]),
        ("deviation", "deviation", []),
        ("stale deviation", "pass", ["x: stale deviation, then pass (too late)"]),
        ("not applicable", "fail", ["x: not applicable, then fail (too late)"]),
        ("not applicable", "pass", ["x: not applicable, then pass (too late)"]),
    ],
)
def test_a_scenario_is_judged_alike_or_not_applicable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], first: str, other: str, told: list[str]
) -> None:
    """Anything else is a difference, also where the other run judges more."""
    code = main(
        [
            write(tmp_path / "a.json", {"a": "pass", "x": first}, "too late\nmore"),
            write(tmp_path / "b.json", {"a": "pass", "x": other}, "too late\nmore"),
        ]
    )
    assert code == bool(told)
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("x:")] == told


def test_not_applicable_needs_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A scenario cannot slip away in silence."""
    first = write(tmp_path / "a.json", {"a": "pass"})
    assert main([first, write(tmp_path / "b.json", {"a": "not applicable"})]) == 1
    assert "a: pass, then not applicable without a reason" in capsys.readouterr().out


def test_a_scenario_that_one_run_left_out_is_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In either run."""
    first = write(tmp_path / "a.json", {"a": "pass", "b": "pass"})
    assert main([first, write(tmp_path / "b.json", {"a": "pass", "c": "pass"})]) == 1
    told = capsys.readouterr().out
    assert "b: only in the first run" in told
    assert "c: only in the other run" in told


def test_trouble_outside_any_scenario_is_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """While a lab cannot be closed, the verdicts deserve no trust."""
    first = write(tmp_path / "a.json", {"a": "pass"})
    assert main([first, write(tmp_path / "b.json", {"a": "pass"}, troubles=("a worker was lost",))]) == 1
    assert "trouble in the other run: a worker was lost" in capsys.readouterr().out


@pytest.mark.parametrize(("least", "code"), [((), 0), (("--least", "60"), 0), (("--least", "67"), 1)])
def test_enough_must_be_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], least: tuple[str, ...], code: int
) -> None:
    """Out of what the first run judged; what it could not judge does not count. Reasons are counted."""
    verdicts = {"a": "pass", "b": "pass", "c": "fail", "d": "not applicable"}
    first = write(tmp_path / "a.json", verdicts, WHY)
    other = write(tmp_path / "b.json", {**verdicts, "c": "not applicable"}, WHY)
    assert main([first, other, *least]) == code
    counted, summary = capsys.readouterr().out.splitlines()
    assert counted == f"   2  not applicable: {WHY}"
    assert summary.startswith("0 differences; 2 of 3 judged again: 66.7 %")


def test_runs_that_judged_nothing_in_common_are_not_the_same(tmp_path: Path) -> None:
    """Nothing was shown, so nothing is confirmed."""
    first = write(tmp_path / "a.json", {"a": "pass"})
    assert main([first, write(tmp_path / "b.json", {"a": "not applicable"}, WHY)]) == 1


@pytest.mark.parametrize("verdict", ["inconclusive", "harness error"])
def test_runs_without_a_verdict_confirm_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verdict: str
) -> None:
    """Although both say the same, and although another scenario was judged alike."""
    for others in ({}, {"b": "pass"}):
        first = write(tmp_path / "a.json", {"a": verdict, **others})
        assert main([first, write(tmp_path / "b.json", {"a": verdict, **others})]) == 1
        told = capsys.readouterr().out
        assert f"a: not judged in the first run: {verdict}\na: not judged in the other run: {verdict}\n" in told
        assert f"0 differences, 2 not judged; {len(others)} of {len(others)} judged again" in told


def test_runs_that_gave_no_result_end_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is named; wrong arguments end with 4."""
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path / "none.json"), write(tmp_path / "b.json", {})])
    assert ended.value.code == 3
    assert "none.json does not exist" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["a", "b", "--least", "0"])
    assert ended.value.code == 4
