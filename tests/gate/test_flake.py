"""The suite repeated: what is counted, what a busy machine is, what is kept over an interruption, and exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from gate import flake, state
from gate.flake import Round, Unclean

HOUSE = Path(__file__).parents[2]
FEATURE = "password.feature"
PLANTED = "the password is change_me when no one has set it"
OTHER = "the password is shown to no one, not even when the units no longer agree on it"

PLANT = f"""

import lab.errors


def pytest_bdd_before_step(request, scenario):
    seed = request.config.getoption("seed")
    if scenario.name == {PLANTED!r} and seed % 2:
        raise AssertionError("planted on odd days")
    if scenario.name == {OTHER!r} and seed == 2:
        raise lab.errors.FaultNotProven("planted on the second day")
"""
"""Makes one scenario fail under every second seed, and one inconclusive under one."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout with one feature, in which a scenario is flaky."""
    made = tmp_path / "checkout"
    (made / "features").mkdir(parents=True)
    for entry in HOUSE.iterdir():
        if not entry.name.startswith(".") and entry.name not in {"conftest.py", "pyproject.toml", "features"}:
            (made / entry.name).symlink_to(entry)
    for entry in (HOUSE / "features").iterdir():
        if entry.suffix != ".feature" or entry.name == FEATURE:
            (made / "features" / entry.name).symlink_to(entry)
    (made / "pyproject.toml").write_bytes((HOUSE / "pyproject.toml").read_bytes())
    (made / "conftest.py").write_text((HOUSE / "conftest.py").read_text(encoding="utf-8") + PLANT, encoding="utf-8")
    return made


def command(checkout: Path, *arguments: str) -> list[str]:
    """Return the command, with results beside the checkout."""
    part = ("-k", "password")  # less than the whole suite, which would lack other features
    return [sys.executable, "-m", "gate.flake", "--out", str(checkout.parent / "kept.jsonl"), "-n0", *part, *arguments]


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(  # noqa: S603 - our own words
        command(checkout, *arguments), cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


def kept(checkout: Path) -> list[dict[str, object]]:
    """Return what the command has kept of each run of the suite."""
    return [json.loads(line) for line in (checkout.parent / "kept.jsonl").read_text(encoding="utf-8").splitlines()[1:]]


def awaited(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends, what
        time.sleep(0.05)


def gone(process: int) -> bool:
    """Whether a process has ended, also if nobody has asked for its code yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_flaky_scenario_is_counted_and_told_with_a_seed_that_shows_it(checkout: Path) -> None:
    """Each run of the suite has another seed, the last one takes a part, and more runs are added to those kept."""
    ended = run(checkout, "--runs", "30")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    rounds = kept(checkout)
    scenarios = len(rounds[0]["runs"])  # type: ignore[arg-type]
    assert [each["seed"] for each in rounds] == list(range(1, len(rounds) + 1))
    assert sum(sum(each["runs"].values()) for each in rounds) == 30  # type: ignore[attr-defined]
    assert re.search(rf"fail of \d runs: {PLANTED}\n    seed 1: planted on odd days\n    features/", ended.stdout)
    assert re.search(rf"1 inconclusive of \d runs: {OTHER}\n    seed 2: ", ended.stdout)
    assert f"30 runs of {scenarios} scenarios: " in ended.stdout
    orders = [list(each["runs"]) for each in rounds[:2]]  # type: ignore[call-overload]
    assert set(orders[0]) == set(orders[1])
    assert orders[0] != orders[1]

    again = run(checkout, "--runs", "31")
    assert again.returncode == 1
    assert len(kept(checkout)) == len(rounds) + 1
    assert run(checkout, "--runs", "31").stdout.count("scenario runs, seed") == 0


def test_what_was_kept_holds_for_its_state_only(tmp_path: Path) -> None:
    """Code that has changed since may behave otherwise; a line that was cut short is none."""
    path = tmp_path / "kept.jsonl"
    state.write(path, "this state", map(asdict, [round_of("fail"), round_of()]))
    assert flake.kept_rounds(path, "another state") == []
    with path.open("a", encoding="utf-8") as file:
        file.write('{"lab": "si')
    assert flake.kept_rounds(path, "this state") == [round_of("fail"), round_of()]


def test_what_ends_it_early_loses_nothing_and_leaves_nothing(checkout: Path) -> None:
    """A `kill` is an interruption: exit code 2, what was judged is kept, and no busy process lives on."""
    with subprocess.Popen(  # noqa: S603 - our own words
        command(checkout, "--runs", "100000", "--load", "1", "--seed", "2"),
        cwd=checkout,
        stdout=subprocess.PIPE,
        text=True,
    ) as flaky:
        assert flaky.stdout is not None
        assert "scenario runs, seed 2" in flaky.stdout.readline()
        children = Path(f"/proc/{flaky.pid}/task/{flaky.pid}/children").read_text(encoding="utf-8").split()
        flaky.send_signal(signal.SIGTERM)
        told = flaky.stdout.read()
        assert flaky.wait() == 2
    assert told.endswith("interrupted; start it again to go on\n")
    assert kept(checkout)
    assert children
    assert all(gone(int(each)) for each in children)


def test_busy_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    """Even if it is killed, so that it cannot end them."""
    pids = tmp_path / "pids"
    script = (
        "import sys, pathlib, signal\nfrom gate.flake import busy\n"
        "with busy(2) as started:\n"
        "    pathlib.Path(sys.argv[1]).write_text(' '.join(str(each.pid) for each in started) + '.')\n"
        "    signal.pause()\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", script, str(pids)], cwd=HOUSE)  # noqa: S603 - our own words
    awaited(lambda: pids.exists() and pids.read_text(encoding="utf-8").endswith("."), "they were not started")
    started = [int(each) for each in pids.read_text(encoding="utf-8").rstrip(".").split()]
    assert not any(gone(each) for each in started)
    starter.kill()
    starter.wait()
    awaited(lambda: all(gone(each) for each in started), "a busy process has outlived its starter")


def round_of(*verdicts: str, load: int = 0) -> Round:
    """Return a run of the suite with a scenario that has had these verdicts, and one that has passed."""
    unclean = tuple(Unclean("a", "title", verdict, "why", 7) for verdict in verdicts)
    return Round("sim", load, (), 7, {"a": max(1, len(verdicts)), "b": 1}, unclean)


@pytest.mark.parametrize(
    ("verdicts", "interrupted", "code"),
    [
        ((), False, 0),
        ((), True, 2),
        (("inconclusive",), False, 2),
        (("fail", "inconclusive"), False, 1),
        (("fail",), True, 2),
        (("fail", "harness error"), True, 3),
    ],
)
def test_the_worst_verdict_decides_the_exit_code(verdicts: tuple[str, ...], code: int, *, interrupted: bool) -> None:
    """In the order of docs/exit-codes.md."""
    assert flake.exit_code([round_of(*verdicts), round_of()], interrupted=interrupted) == code


def test_the_page_tells_idle_from_busy_and_names_what_is_not_clean() -> None:
    """One row for each lab under each load."""
    page = flake.page([round_of(), round_of(load=12), round_of("fail", "fail", load=12)])
    assert "| sim | 0 | all | 1 | 2 | 0 | 0 | 0 |" in page
    assert "| sim | 12 | all | 2 | 5 | 2 | 0 | 0 |" in page
    assert "- sim, load 12: 2 fail of 3 runs: `a` (seed 7: why)" in page
    assert flake.page([round_of()]).endswith("None.\n")


def test_a_scenario_that_ran_twice_counts_twice(tmp_path: Path) -> None:
    """On containers an inconclusive one runs once more."""
    options = flake.argparse.Namespace(lab="docker", load=0, selection=(), out=tmp_path / "kept.jsonl")
    told = [{"node": "a", "scenario": "title", "verdict": "pass", "reason": "", "earlier": "too late"}]
    rounds: list[Round] = []
    flake.keep(options, rounds, 3, [*told, {**told[0], "node": "b", "verdict": "not applicable", "earlier": ""}])
    assert rounds == [Round("docker", 0, (), 3, {"a": 2}, (Unclean("a", "title", "inconclusive", "too late", 3),))]


@pytest.mark.parametrize(
    "arguments", [[], ["--runs", "0"], ["--runs", "1", "--load", "x"], ["--runs", "1", "--lab", "moon"]]
)
def test_wrong_arguments_are_refused(arguments: list[str]) -> None:
    """Before anything is done: exit code 4."""
    with pytest.raises(SystemExit) as ended:
        flake.main(arguments)
    assert ended.value.code == 4


def test_a_selection_that_fits_nothing_is_told(checkout: Path) -> None:
    """Nothing is collected, so nothing can be repeated: exit code 3."""
    ended = run(checkout, "--runs", "1", "-k", "nonsense")
    assert ended.returncode == 3
    assert "the suite collects nothing: " in ended.stderr
