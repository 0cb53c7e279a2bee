"""The mutants command, on a tiny unit with a planted suite, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gate import mutants

HOUSE = Path(__file__).parents[2]

UNIT = """
ROWS = {"count": 2, "spare": 3}
COUNT = ROWS["count"]


def count_down(left):
    while left > 0:
        left = left - 1
    return left


def say(left):
    return left + 1


def never(left):
    return left * 2
"""

BODY = "from unit import COUNT, count_down, say\n"

CONFTEST = """
import importlib
import sys
from pathlib import Path

import known
from pytest_bdd import given, then, when

from lab import registry
from tests.fixtures import fake_lab

registry.DRIVERS["paper"] = "tests.fixtures.fake_lab"
pytest_plugins = ["fixtures.options", "fixtures.features", "fixtures.step_index", "fixtures.collection", "fixtures.lab",
    "fixtures.judging"]


@given("a body")
def a_body(lab):
    pass


@then("it counts down from two")
def it_counts_down():
    body = importlib.import_module("body")
    assert (body.COUNT, body.count_down(body.COUNT)) == (2, 0)


@then("it speaks")
def it_speaks():
    importlib.import_module("body").say(1)


@then("it flies")
def it_flies():
    raise AssertionError("it does not")


def pytest_unconfigure():
    body = importlib.import_module("body")
    left = [body.COUNT, body.count_down(5), body.say(1), sorted(type(each).__name__ for each in sys.meta_path)]
    Path("left.txt").write_text(repr(left))
"""

FEATURE = """
Feature: A tiny unit

  @HA-101
  Scenario: it counts
    Given a body
    Then it counts down from two

  @HA-101
  Scenario: it says
    Given a body
    Then it speaks

  @HA-101
  Scenario: it does what no unit does
    Given a body
    Then it flies
"""

INI = """
[pytest]
addopts = --strict-markers --import-mode=importlib -p pytest_bdd.plugin -p allure_pytest_bdd.plugin
pythonpath = .
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a unit, a body that imports from it, and a suite that drives the body."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "features").mkdir()
    files = {"unit.py": UNIT, "body.py": BODY, "known.py": "x = 1\n", "conftest.py": CONFTEST, "pytest.ini": INI}
    for name, text in {**files, "features/tiny.feature": FEATURE}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ended(project: Path) -> subprocess.CompletedProcess[str]:
    """Try every mutant of the unit once."""
    return run(project, "--module", "unit", "--limit", "0.5", "--out", "results.txt")


def started(project: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the command in the project."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST_")}
    return subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-m", "gate.mutants", *arguments, "--lab", "paper", "-m", "HA-101"],
        cwd=project,
        env={**environment, "PYTHONPATH": str(HOUSE), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in the project to its end."""
    with started(project, *arguments) as process:
        told, complained = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, told, complained)


def results(file: Path) -> dict[str, str]:
    """Result of each mutant by its line and change."""
    told = [line.partition("  [")[0] for line in file.read_text(encoding="utf-8").splitlines()]
    return {line[14:].removeprefix("unit.py:"): line[:14].strip() for line in told}


def test_each_mutant_gets_its_result(project: Path, ended: subprocess.CompletedProcess[str]) -> None:
    """Killed, survived, hanging, broken and not executed, seen through a module that imports names from the unit."""
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert results(project / "results.txt") == {
        "2: row dropped: 'count': 2 -> no such row": "broken",
        "2: row dropped: 'spare': 3 -> no such row": "survived",
        "2: number: 2 -> 3": "killed",
        "2: number: 3 -> 4": "survived",
        "7: comparison: left > 0 -> left >= 0": "killed",
        "7: comparison: left > 0 -> left <= 0": "killed",
        "7: number: 0 -> 1": "killed",
        "8: arithmetic: left - 1 -> left + 1": "timed out",
        "8: number: 1 -> 2": "survived",
        "9: return value: return left -> return None": "killed",
        "13: return value: return left + 1 -> return None": "survived",
        "13: arithmetic: left + 1 -> left - 1": "survived",
        "13: number: 1 -> 2": "survived",
        "17: return value: return left * 2 -> return None": "not executed",
        "17: arithmetic: left * 2 -> left / 2": "not executed",
        "17: number: 2 -> 3": "not executed",
    }


def test_the_process_that_forks_stays_as_it_was(project: Path, ended: subprocess.CompletedProcess[str]) -> None:
    """After the last mutant it has the reference, no importer is left, and nothing was written."""
    assert ended.returncode == 0, ended.stdout + ended.stderr
    left = (project / "left.txt").read_text(encoding="utf-8")
    assert left.startswith("[2, 0, 2, ")
    assert "_Importer" not in left
    assert (project / "unit.py").read_text(encoding="utf-8") == UNIT
    assert not list(project.glob("reports/*"))


def test_the_terminal_shows_every_mutant_that_was_not_killed_and_the_counts(
    ended: subprocess.CompletedProcess[str],
) -> None:
    """With place and change; a scenario that the reference fails takes no part, and a killed one is only counted."""
    lines = ended.stdout.splitlines()
    assert lines[0] == "16 mutants in 1 modules"
    assert lines[1].startswith("2 of 3 scenarios pass on the reference; ")
    assert lines[2].startswith("16 of 16 mutants tried; ")
    assert "timed out     unit.py:8: arithmetic: left - 1 -> left + 1" in lines
    assert "survived      unit.py:13: number: 1 -> 2" in lines
    assert not [line for line in lines if line.startswith("killed")]
    assert lines[-2:] == [
        "5 killed (5 fail), 1 timed out, 6 survived, 3 not executed, 1 broken",
        "6 of 15 mutants caught",
    ]


def test_what_was_judged_before_an_interruption_is_kept(project: Path) -> None:
    """Each result is written as soon as it is there; Ctrl-C ends with 2, and ends the child that hangs."""
    file = project / "interrupted.txt"
    before_the_hang = 7
    with started(project, "--module", "unit", "--limit", "600", "--jobs", "1", "--out", file.name) as process:
        try:
            ends = time.monotonic() + 60
            while time.monotonic() < ends and (not file.exists() or len(results(file)) < before_the_hang):
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 2
    assert len(results(file)) == before_the_hang


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    """So that a state of the code can be judged again by few mutants; its order is the source's."""
    everything = list(range(100))
    chosen = mutants.drawn(everything, 9, seed=1)
    assert chosen == mutants.drawn(everything, 9, seed=1) == sorted(chosen)
    assert chosen != mutants.drawn(everything, 9, seed=2)
    assert len(set(chosen)) == 9
    assert mutants.drawn(everything, None, seed=1) == everything == mutants.drawn(everything, 101, seed=1)


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("--module", "known"), 4, "known is imported by the suite itself; name another module"),
        (("--module", "body"), 4, "there is nothing to change; name another module"),
        (("--module", "unit", "-k", "nothing"), 4, "no scenario was selected"),
        (("--module", "unit", "-k", "no_unit"), 3, "no scenario passes on the reference"),
    ],
)
def test_a_hunt_that_can_judge_nothing_says_why(
    project: Path, arguments: tuple[str, ...], code: int, line: str
) -> None:
    """One line, and an exit code that tells a senseless request from a suite that does not pass."""
    ended = run(project, *arguments)
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert line in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--module", "attic"), "there is no module or package called 'attic' here"),
        (("--sample", "0"), "'0' is not a count of 1 or more"),
        (("--out", "."), ". cannot be written: Is a directory; choose another --out"),
    ],
)
def test_a_senseless_request_ends_before_anything_is_done(
    arguments: tuple[str, ...], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, exit code 4."""
    with pytest.raises(SystemExit) as left:
        mutants.main(arguments)
    assert left.value.code == 4
    assert line in capsys.readouterr().err


def test_it_knows_the_unit_of_this_house() -> None:
    """The engine's modules are found by name, from the checkout's root."""
    assert "node.engine.engine" in mutants.modules_of("node.engine")
    assert mutants.modules_of("node.engine.engine") == ["node.engine.engine"]
