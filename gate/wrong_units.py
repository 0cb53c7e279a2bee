"""Runs the suite on sim against every unit that is wrong on purpose, and tells which scenarios catch which unit.

    python -m gate.wrong_units [--all] [--jobs N] [--only NAME]... [pytest's arguments]

Two things are shown: each wrong unit is caught, and each scenario catches one. So a unit meets first the scenarios that
have caught nothing yet, and the others only until one of them catches it; `--all` runs everything against everything.
Units are reached by name, through the suite's own command line: this room imports none of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gate import run_file
from gate.matrix import Matrix, lines
from gate.run_file import Run, RunUnreadableError

HOUSE = Path(__file__).parents[1]
LIMIT = 180.0
"""Seconds after which one unit's run is given up; a whole run takes a few."""

_LIST = """
from node.wrong import WRONG
for name, unit in WRONG.items():
    print(name, (unit.__doc__ or "").partition(chr(10))[0], sep=chr(9))
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 (every unit caught, every scenario catches), 1, or 3 (a run gave no result)."""
    parser = argparse.ArgumentParser(
        prog="python -m gate.wrong_units", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False
    )
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="runs at the same time (default: 2)")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="try this wrong unit only")
    parser.add_argument("--all", action="store_true", help="every scenario against every unit, for the whole matrix")
    options, for_pytest = parser.parse_known_args(arguments)
    about = wrong_units()
    unknown = sorted(set(options.only) - set(about))
    if unknown:
        parser.exit(4, f"there is no wrong unit called {unknown[0]!r}; use one of: {', '.join(about)}\n")
    names = options.only or list(about)
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="switchover-wrong-units-") as folder:
            suite = Suite(Path(folder), tuple(for_pytest))
            whole = options.all or bool(options.only)
            matrix = judge_all(suite, names, jobs=options.jobs) if whole else cover(suite, names, jobs=options.jobs)
    except RunUnreadableError as error:
        parser.exit(3, f"the reference unit's run gave no result: {error}\n")
    print("\n".join(lines(matrix, about, whole=whole)))
    if options.only or for_pytest:
        print("Not the whole suite, or not every wrong unit: what is missing above may be caught by the rest.")
    print(f"in {time.monotonic() - began:.1f} s")
    return matrix.exit_code()


def wrong_units() -> Mapping[str, str]:
    """Names of the wrong units with one line on each, asked from the unit's own room in a process of its own."""
    told = subprocess.run(  # noqa: S603  # our own interpreter, our own words
        [sys.executable, "-c", _LIST], cwd=HOUSE, capture_output=True, text=True, check=True
    )
    pairs = (line.partition("\t") for line in told.stdout.splitlines())
    return {name: about for name, _, about in pairs}


@dataclass(frozen=True, slots=True)
class Suite:
    """The suite's command line: where its runs may write, and what else pytest is told."""

    folder: Path
    for_pytest: tuple[str, ...] = ()
    lab: str = "sim"
    limit: float = LIMIT

    def judge(self, unit: str, nodes: Sequence[str] = (), *, stop_at_first: bool = False) -> Run:
        """Run scenarios (all, or the given node ids) against one unit and read their verdicts.

        Raises RunUnreadableError with pytest's last words where the run left no result.
        """
        out = self.folder / unit.replace(":", "-")
        which = ["features"]
        if nodes:
            chosen = self.folder / f"{out.name}.nodes"
            chosen.write_text("".join(f"{node}\n" for node in nodes), encoding="utf-8")
            which = [f"@{chosen}"]
        command = [sys.executable, "-m", "pytest", *which, "--lab", self.lab, "--unit", unit, "--out", str(out)]
        quiet = ["--no-report", "-q", "--tb=no", "--assert=plain", "-p", "no:cacheprovider"]
        quiet += ["--maxfail=1"] if stop_at_first else []
        try:
            ended = subprocess.run(  # noqa: S603  # our own interpreter; further arguments come from the command line
                [*command, *quiet, *self.for_pytest],
                cwd=HOUSE,
                env=_environment(self.folder),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=self.limit,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise RunUnreadableError(f"the run did not end within {self.limit:.0f} s") from error
        try:
            return run_file.read(out / "run.json")
        except RunUnreadableError as error:
            last = (ended.stderr or ended.stdout).strip().splitlines()[-3:]
            raise RunUnreadableError(f"{error} (exit {ended.returncode}): {' / '.join(last)}") from error
        finally:
            shutil.rmtree(out, ignore_errors=True)


def judge_all(suite: Suite, names: Sequence[str], *, jobs: int) -> Matrix:
    """Run the whole suite against the reference unit and each wrong one, `jobs` at a time.

    Raises RunUnreadableError where the reference unit's run gave no result: nothing can be compared then.
    """
    return _gather(suite.judge("reference"), names, lambda name: suite.judge(f"wrong:{name}"), jobs)


def cover(suite: Suite, names: Sequence[str], *, jobs: int) -> Matrix:
    """As `judge_all`, but run only what is needed to see each unit caught and each scenario catching one."""
    reference = suite.judge("reference")
    idle = dict.fromkeys(Matrix(reference, {}, {}).scenarios)
    lock = threading.Lock()

    def hunt(name: str) -> Run:
        unit = f"wrong:{name}"
        with lock:
            first = list(idle)
        run = suite.judge(unit, first) if first else Run(unit, (), ())
        caught = run.nodes("fail")
        rest = [node for node in Matrix(reference, {}, {}).scenarios if node not in set(first)]
        if not caught and rest:
            run = run.joined(suite.judge(unit, rest, stop_at_first=True))
        with lock:
            for node in caught:
                idle.pop(node, None)
        return run

    return _gather(reference, names, hunt, jobs)


def _gather(reference: Run, names: Sequence[str], judge: Callable[[str], Run], jobs: int) -> Matrix:
    runs: dict[str, Run] = {}
    broken: dict[str, str] = {}
    with ThreadPoolExecutor(jobs) as pool:
        started = {name: pool.submit(judge, name) for name in names}
        for name, run in started.items():
            try:
                runs[name] = run.result()
            except RunUnreadableError as error:
                broken[name] = str(error)
    return Matrix(reference, runs, broken)


def _environment(folder: Path) -> dict[str, str]:
    """Let the runs share their compiled modules, also where Python is told to write none into the checkout."""
    environment = dict(os.environ)
    if environment.pop("PYTHONDONTWRITEBYTECODE", None):
        environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    return environment


if __name__ == "__main__":
    sys.exit(main())
