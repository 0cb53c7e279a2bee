"""The mutants command, on a tiny unit with a planted suite, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from gate import mutants, survivors
from gate.survivors import Entry, Standing
from gate.trials import Result

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
    return left - left
"""

SIGNS = ("-", "*", "/", "//", "%", "**")
OTHER = ("+", "*", "/", "//", "%", "**")

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
    return run(project, "--module", "unit", "--limit", "0.5", "--out", "results.jsonl")


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


def scenario(project: Path) -> str:
    """Return the node id of the scenario that caught the first mutant."""
    lines = (project / "results.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    return next(str(each["where"]) for each in map(json.loads, lines) if each["result"] == "killed")


def results(file: Path) -> dict[str, str]:
    """Result of each mutant by its line and key."""
    told = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    return {f"{each['place'].removeprefix('unit.py:')} {each['key']}": each["result"] for each in told}


EXPECTED = {
    "2 ROWS: row dropped: 'count': 2 -> left out in: ROWS = {'count': 2, 'spare': 3}": "broken",
    "2 ROWS: row redirected: 'count': 2 -> 'count': 3 in: ROWS = {'count': 2, 'spare': 3}": "killed",
    "2 ROWS: row dropped: 'spare': 3 -> left out in: ROWS = {'count': 2, 'spare': 3}": "survived",
    "2 ROWS: row redirected: 'spare': 3 -> 'spare': 2 in: ROWS = {'count': 2, 'spare': 3}": "survived",
    "2 ROWS: number: 2 -> 3 in: ROWS = {'count': 2, 'spare': 3}": "killed",
    "2 ROWS: number: 2 -> 1 in: ROWS = {'count': 2, 'spare': 3}": "killed",
    "2 ROWS: number: 3 -> 4 in: ROWS = {'count': 2, 'spare': 3}": "survived",
    "2 ROWS: number: 3 -> 2 in: ROWS = {'count': 2, 'spare': 3}": "survived",
    "7 count_down: comparison: left > 0 -> left < 0 in: while left > 0:": "killed",
    "7 count_down: comparison: left > 0 -> left <= 0 in: while left > 0:": "killed",
    "7 count_down: comparison: left > 0 -> left >= 0 in: while left > 0:": "killed",
    "7 count_down: comparison: left > 0 -> left == 0 in: while left > 0:": "killed",
    "7 count_down: comparison: left > 0 -> left != 0 in: while left > 0:": "survived",
    "7 count_down: number: 0 -> 1 in: while left > 0:": "killed",
    "7 count_down: number: 0 -> -1 in: while left > 0:": "killed",
    "8 count_down: arithmetic: left - 1 -> left + 1 in: left = left - 1": "timed out",
    "8 count_down: arithmetic: left - 1 -> left * 1 in: left = left - 1": "timed out",
    "8 count_down: arithmetic: left - 1 -> left / 1 in: left = left - 1": "timed out",
    "8 count_down: arithmetic: left - 1 -> left // 1 in: left = left - 1": "timed out",
    "8 count_down: arithmetic: left - 1 -> left % 1 in: left = left - 1": "survived",
    "8 count_down: arithmetic: left - 1 -> left ** 1 in: left = left - 1": "timed out",
    "8 count_down: number: 1 -> 2 in: left = left - 1": "survived",
    "8 count_down: number: 1 -> 0 in: left = left - 1": "timed out",
    "9 count_down: return value: return left -> return None": "killed",
    "13 say: return value: return left + 1 -> return None": "survived",
    **{f"13 say: arithmetic: left + 1 -> left {sign} 1 in: return left + 1": "survived" for sign in SIGNS},
    "13 say: number: 1 -> 2 in: return left + 1": "survived",
    "13 say: number: 1 -> 0 in: return left + 1": "survived",
    "17 never: return value: return left - left -> return None": "not executed",
    **{
        f"17 never: arithmetic: left - left -> left {sign} left in: return left - left": "not executed"
        for sign in OTHER
    },
}


def test_each_mutant_gets_its_result(project: Path, ended: subprocess.CompletedProcess[str]) -> None:
    """Killed, survived, hanging, broken and not executed, seen through a module that imports names from the unit."""
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert results(project / "results.jsonl") == EXPECTED


def test_the_process_that_forks_stays_as_it_was(project: Path, ended: subprocess.CompletedProcess[str]) -> None:
    """After the last mutant it has the reference, no importer is left, and nothing was written."""
    assert ended.returncode == 1, ended.stdout + ended.stderr
    left = (project / "left.txt").read_text(encoding="utf-8")
    assert left.startswith("[2, 0, 2, ")
    assert "_Importer" not in left
    assert (project / "unit.py").read_text(encoding="utf-8") == UNIT
    assert not list(project.glob("reports/*"))


def test_the_terminal_shows_what_needs_a_look_and_the_counts(ended: subprocess.CompletedProcess[str]) -> None:
    """A survivor that is not listed with its name; a scenario that the reference fails takes no part."""
    lines = ended.stdout.splitlines()
    assert lines[0] == f"{len(EXPECTED)} mutants in 1 modules"
    assert lines[1].startswith("2 of 3 scenarios pass on the reference; ")
    assert lines[2].startswith(f"{len(EXPECTED)} of {len(EXPECTED)} mutants tried; ")
    assert "survived      unit.py:13: number: 1 -> 2" in lines
    assert "              not in gate/mutants.toml: [unit] say: number: 1 -> 2 in: return left + 1" in lines
    assert not [line for line in lines if line.startswith("killed")]
    counts = Counter(EXPECTED.values())
    assert lines[-2] == (
        f"{counts['killed']} killed ({counts['killed']} fail), {counts['timed out']} timed out, "
        f"{counts['survived']} survived, {counts['not executed']} not executed, 1 broken"
    )
    caught = counts["killed"] + counts["timed out"]
    assert lines[-1].startswith(f"{caught} of {len(EXPECTED) - 1} mutants caught, 0 equivalent: score ")


def test_a_listed_survivor_is_no_failure_and_a_stale_entry_is_told(
    project: Path, ended: subprocess.CompletedProcess[str]
) -> None:
    """With what was judged before: nothing is tried again. An entry without a word, or for what is caught, is none."""
    assert ended.returncode == 1, ended.stdout + ended.stderr
    keys = [name.partition(" ")[2] for name, result in EXPECTED.items() if result in {"survived", "not executed"}]
    gaps = {("unit", key): Entry(Standing.GAP, "somebody listens") for key in keys}
    killed = "count_down: return value: return left -> return None"
    extra = {("unit", name): Entry(Standing.EQUIVALENT, "nobody knows") for name in (killed, "gone: number: 1 -> 2")}
    again = partial(run, project, "--module", "unit", "--limit", "0.5", "--out", "results.jsonl")
    listed = project / survivors.LIST
    listed.parent.mkdir()
    try:
        listed.write_text(survivors.text(gaps | extra), encoding="utf-8")
        told = again()
        listed.write_text(survivors.text(gaps | {("unit", keys[0]): Entry(Standing.GAP, "")}), encoding="utf-8")
        without_a_word = again()
    finally:
        shutil.rmtree(listed.parent)
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"{len(EXPECTED)} of them are judged in results.jsonl" in told.stdout
    assert "mutants tried" not in told.stdout
    assert [line for line in told.stdout.splitlines() if line.startswith("stale")] == [
        f"stale         unit: {killed}  [killed: {scenario(project)}]",
        "stale         unit: gone: number: 1 -> 2  [there is no such mutant]",
    ]
    assert without_a_word.returncode == 1, without_a_word.stdout + without_a_word.stderr
    assert without_a_word.stdout.count("not in gate/mutants.toml") == 1


def test_what_is_listed_counts_as_a_survivor_untried_if_asked_for(project: Path) -> None:
    """Also what a scenario would catch now, so that the score is not too high; what is not listed is tried."""
    tried = "count_down: return value: return left -> return None"
    keys = {name.partition(" ")[2] for name in EXPECTED} - {tried}
    listed = project / survivors.LIST
    listed.parent.mkdir()
    try:
        gaps = {("unit", key): Entry(Standing.GAP, "somebody listens") for key in keys}
        listed.write_text(survivors.text(gaps), encoding="utf-8")
        told = run(project, "--module", "unit", "--as-listed")
    finally:
        shutil.rmtree(listed.parent)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "1 of 1 mutants tried" in told.stdout
    assert f"1 of {len(EXPECTED)} mutants caught" in told.stdout


def test_what_an_earlier_run_calls_caught_is_left_out(project: Path, ended: subprocess.CompletedProcess[str]) -> None:
    """Also after a change of the code, and where that run was killed within a line; nothing is kept without --out."""
    assert ended.returncode == 1, ended.stdout + ended.stderr
    earlier, left = project / "earlier.jsonl", [result for result in EXPECTED.values() if not Result(result).caught]
    _, *records = (project / "results.jsonl").read_text(encoding="utf-8").splitlines()
    earlier.write_text("\n".join(['{"state": "another"}', *records, '{"module": "un']), encoding="utf-8")
    again = run(project, "--module", "unit", "--limit", "0.5", "--survivors", earlier.name)
    assert f"{len(left)} of {len(left)} mutants tried" in again.stdout
    assert not (project / mutants.OUT).exists()


def test_what_was_judged_before_an_interruption_is_kept(project: Path) -> None:
    """Each result is written as soon as it is there; Ctrl-C ends with 2, and ends the child that hangs.

    Started again, the command goes on with the others; after a change of the code it begins anew.
    """
    file = project / "interrupted.jsonl"
    before_the_hang = list(EXPECTED.values()).index("timed out")
    with started(project, "--module", "unit", "--limit", "600", "--jobs", "1", "--out", file.name) as process:
        try:
            ends = time.monotonic() + 60
            while time.monotonic() < ends and (not has_lines(file) or len(results(file)) < before_the_hang):
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 2
    assert len(results(file)) == before_the_hang
    ended = run(project, "--module", "unit", "--limit", "0.5", "--out", file.name)
    assert f"{before_the_hang} of them are judged in {file.name}" in ended.stdout
    assert f"{len(EXPECTED) - before_the_hang} of {len(EXPECTED) - before_the_hang} mutants tried" in ended.stdout
    assert results(file) == EXPECTED
    body = project / "body.py"
    body.write_text(f"{BODY}\n", encoding="utf-8")
    try:
        ended = run(project, "--module", "unit", "--limit", "0.5", "--out", file.name)
    finally:
        body.write_text(BODY, encoding="utf-8")
    assert "are judged in" not in ended.stdout


def has_lines(file: Path) -> bool:
    """Whether the results' file has its first line."""
    return file.exists() and bool(file.read_text(encoding="utf-8"))


def test_minutes_bound_how_many_are_tried_and_the_seed_decides_which(project: Path) -> None:
    """The bound ends the command after the first answer here; nothing is kept without --out."""
    ended = run(project, "--module", "unit", "--limit", "0.5", "--minutes", "0.0001", "--seed", "0a1b", "--jobs", "1")
    assert "in the order of seed 0a1b" in ended.stdout
    assert f"1 of {len(EXPECTED)} mutants tried" in ended.stdout
    assert not (project / mutants.OUT).exists()


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    """So that a state of the code can be judged again by few mutants."""
    everything = list(range(100))
    chosen = mutants.drawn(everything, 9, seed="1")
    assert chosen == mutants.drawn(everything, 9, seed="1")
    assert chosen != mutants.drawn(everything, 9, seed="2")
    assert len(set(chosen)) == 9
    assert sorted(mutants.drawn(everything, 101, seed="1")) == everything


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
        (("--sample", "3", "--minutes", "3"), "not allowed with argument"),
        (("--remember", "--module", "unit"), "--remember needs all modules and all scenarios"),
        (("--remember", "--survivors", "earlier.jsonl"), "--remember needs all modules and all scenarios"),
        (("--survivors", "earlier.jsonl"), "earlier.jsonl holds no results of mutants (FileNotFoundError)"),
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
