"""The wrong-units command: which units it knows, how it runs the suite, how it refuses."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gate import wrong_units


class FakeSuite:
    """Stands in for the suite's process: writes the run.json that the unit called for."""

    def __init__(self, failing: dict[str, tuple[str, ...]]) -> None:
        """Say which of scenarios a and b fail under which unit; a unit that is not listed writes nothing."""
        self.failing = failing
        self.commands: list[list[str]] = []
        self.met: list[tuple[str, str, bool]] = []

    def __call__(self, command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401
        """Run the suite."""
        self.commands.append(command)
        unit = command[command.index("--unit") + 1]
        out = Path(command[command.index("--out") + 1])
        if unit not in self.failing:
            return subprocess.CompletedProcess(command, 4, "", "there is no such unit")
        chosen = [Path(word[1:]).read_text(encoding="utf-8").split() for word in command if word.startswith("@")]
        self.met.append((unit, "".join(chosen[0]) if chosen else "all", "--maxfail=1" in command))
        nodes = chosen[0] if chosen else list("ab")
        verdicts = {node: "fail" if node in self.failing[unit] else "pass" for node in nodes}
        scenarios = [{"node": n, "scenario": n, "verdict": v, "reason": ""} for n, v in verdicts.items()]
        run = {"complete": True, "header": {"unit": unit}, "scenarios": scenarios, "footer": {"troubles": []}}
        out.mkdir(parents=True)
        (out / "run.json").write_text(json.dumps(run), encoding="utf-8")
        return subprocess.CompletedProcess(command, 1, "", "")


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
    suite = FakeSuite({"reference": (), "wrong:early": ("a",), "wrong:late": ("b",)})
    monkeypatch.setattr(subprocess, "run", suite)
    assert wrong_units.main(["--jobs", "1", "-k", "detection"]) == 0
    assert [command[command.index("--unit") + 1] for command in suite.commands] == [
        "reference",
        "wrong:early",
        "wrong:late",
    ]
    assert all(command[-2:] == ["-k", "detection"] for command in suite.commands)
    assert "2 of 2 wrong units caught" in capsys.readouterr().out


@pytest.mark.usefixtures("units")
def test_a_unit_meets_first_the_scenarios_that_have_caught_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A scenario that caught one unit meets the next only where nothing else catches it, and up to the first catch."""
    suite = FakeSuite({"reference": (), "wrong:early": ("a",), "wrong:late": ("a",)})
    monkeypatch.setattr(subprocess, "run", suite)
    assert wrong_units.main(["--jobs", "1"]) == 1, "scenario b has caught nothing"
    early, late = ("wrong:early", "ab", False), [("wrong:late", "b", False), ("wrong:late", "a", True)]
    assert suite.met == [("reference", "all", False), early, *late]
    told = capsys.readouterr().out
    assert "2 of 2 wrong units caught, 1 of 2 scenarios catch at least one" in told
    assert "of those that it met" in told


@pytest.mark.usefixtures("units")
def test_what_caught_a_unit_before_is_tried_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A known catch is run again; where it is none any more, all the rest is tried."""
    known = tmp_path / "catches.json"
    known.write_text(json.dumps({"early": ["a", "gone"], "late": ["a"]}), encoding="utf-8")
    monkeypatch.setattr(wrong_units, "CATCHES", known)
    suite = FakeSuite({"reference": (), "wrong:early": ("a",), "wrong:late": ("b",)})
    monkeypatch.setattr(subprocess, "run", suite)
    assert wrong_units.main(["--jobs", "1", "--remember"]) == 0
    early, late = ("wrong:early", "a", False), [("wrong:late", "a", False), ("wrong:late", "b", False)]
    assert suite.met == [("reference", "all", False), early, *late]
    assert json.loads(known.read_text(encoding="utf-8")) == {"early": ["a"], "late": ["b"]}
    assert "2 of 2 wrong units caught, 2 of 2 scenarios catch at least one" in capsys.readouterr().out


@pytest.mark.usefixtures("units")
def test_a_scenario_that_no_longer_catches_its_unit_meets_all_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An old catch is no proof: an idle scenario is tried on the units that it has not met."""
    known = tmp_path / "catches.json"
    known.write_text(json.dumps({"early": ["a"], "late": ["a", "b"]}), encoding="utf-8")
    monkeypatch.setattr(wrong_units, "CATCHES", known)
    suite = FakeSuite({"reference": (), "wrong:early": ("a", "b"), "wrong:late": ("a",)})
    monkeypatch.setattr(subprocess, "run", suite)
    assert wrong_units.main(["--jobs", "1"]) == 0
    assert suite.met[-1] == ("wrong:early", "b", False)


@pytest.mark.usefixtures("units")
def test_the_whole_matrix_is_made_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--all` every scenario meets every unit."""
    suite = FakeSuite({"reference": (), "wrong:early": ("a", "b"), "wrong:late": ("b",)})
    monkeypatch.setattr(subprocess, "run", suite)
    assert wrong_units.main(["--jobs", "1", "--all"]) == 0
    assert suite.met == [(unit, "all", False) for unit in ("reference", "wrong:early", "wrong:late")]


@pytest.mark.usefixtures("units")
def test_a_run_that_dies_is_told_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A unit whose run left nothing is a harness error that carries pytest's last words."""
    monkeypatch.setattr(subprocess, "run", FakeSuite({"reference": (), "wrong:early": ("a", "b")}))
    assert wrong_units.main([]) == 3
    assert "(exit 4): there is no such unit" in capsys.readouterr().out


@pytest.mark.usefixtures("units")
def test_nothing_is_compared_without_the_reference(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the reference unit's run gives no result, the command says so and ends with 3."""
    monkeypatch.setattr(subprocess, "run", FakeSuite({}))
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
    suite = FakeSuite({"reference": (), "P=wrong:early": ("a",), "S=wrong:early": ("b",), "S=wrong:late": ("b",)})
    monkeypatch.setattr(subprocess, "run", suite)
    assert wrong_units.main(["--jobs", "1", "--only", "P=early", "--only", "S=early"]) == 0
    assert [unit for unit, _, _ in suite.met] == ["reference", "P=wrong:early", "S=wrong:early"]
    assert "P=early: Too early." in capsys.readouterr().out
    suite.met.clear()
    assert wrong_units.main(["--jobs", "1", "--alone", "S"]) == 1, "scenario a catches neither"
    assert suite.met == [(unit, "all", False) for unit in ("reference", "S=wrong:early", "S=wrong:late")]


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
    monkeypatch.setattr(subprocess, "run", FakeSuite({"reference": (), **failing}))
    assert wrong_units.main(["--jobs", "1", "--hidden"]) == code
    printed = capsys.readouterr().out
    assert told.removeprefix("wrong:") in printed
    assert "early" not in printed
