"""Runs the suite on sim against every unit that is wrong on purpose, and tells which scenarios catch which unit.

    python -m gate.wrong_units [--all | --hidden] [--remember] [--jobs N] [--alone P|S] [--only [P=|S=]NAME]...
                               [pytest's options]

The command shows that each wrong unit is caught and that each scenario catches one. A unit first runs the scenarios
that caught it in an earlier run (`gate/catches.json`, which `--remember` writes), a new unit those that have caught
nothing yet, and the others only if these do not catch it. `--all` runs every scenario against every unit. Both units of
the pair are wrong; P= or S= before a name makes only that unit wrong, beside a reference unit. `--hidden` shows that a
pair of such units hides the fault: no scenario catches both together.
This room imports no unit: it names them on the suite's command line.
"""

from __future__ import annotations

import argparse
import json
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
from lab.arguments import Parser, count, end

HOUSE = Path(__file__).parents[1]
CATCHES = Path(__file__).with_name("catches.json")
"""The scenarios that caught each unit in an earlier run, which are tried first."""

LIMIT = 180.0
"""Time limit of one unit's run, in seconds; a whole run takes a few."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 (every unit caught, every scenario catches), 1, or 3 (a run gave no result)."""
    parser = Parser(
        prog="python -m gate.wrong_units", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False
    )
    parser.add_argument("--jobs", type=count, default=2, metavar="N", help="runs at a time (default: 2)")
    parser.add_argument(
        "--only", action="append", default=[], type=name_of, metavar="[P=|S=]NAME", help="try this wrong unit only"
    )
    parser.add_argument("--alone", choices=["P", "S"], help="make only this unit of the pair wrong")
    parser.add_argument("--hidden", action="store_true", help="show which faults a pair of the same wrong unit hides")
    parser.add_argument("--all", action="store_true", help="run every scenario against every unit")
    parser.add_argument("--remember", action="store_true", help=f"write what caught each unit to {CATCHES.name}")
    options, for_pytest = parser.parse_known_args(arguments)
    about = wrong_units()
    refuse_unknown(parser, options.only, about)
    names = options.only or list(about)
    if options.hidden:
        names = options.only or [name for name in names if name.rpartition("=")[0]]
        names = [f"{side}{name.rpartition('=')[2]}" for name in names for side in ("P=", "S=", "")]
    elif options.alone:
        names = [f"{options.alone}={name.rpartition('=')[2]}" for name in names]
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="switchover-wrong-units-") as folder:
            suite = Suite(Path(folder), tuple(for_pytest))
            whole = options.all or options.hidden or bool(options.only) or bool(options.alone)
            if whole:
                matrix = judge_all(suite, names, jobs=options.jobs)
            else:
                matrix = cover(suite, names, jobs=options.jobs, known=json.loads(CATCHES.read_text(encoding="utf-8")))
    except RunUnreadableError as error:
        parser.exit(3, f"the reference unit's run gave no result: {error}\n")
    if options.hidden:
        return tell_hidden(matrix)
    print("\n".join(lines(matrix, about, whole=whole)))
    if options.only or options.alone or for_pytest:
        print("Not the whole suite, or not every wrong unit: what is missing above may be caught by the rest.")
    if options.remember:
        text = json.dumps(dict(sorted(catches(matrix).items())), indent=1)
        CATCHES.write_text(f"{text}\n", encoding="utf-8")
    print(f"in {time.monotonic() - began:.1f} s")
    return matrix.exit_code()


def wrong_units() -> Mapping[str, str]:
    """Names of the wrong units with a sentence on each, from `python -m wrong`."""
    told = subprocess.run(  # our own interpreter, our own words
        [sys.executable, "-m", "wrong"], cwd=HOUSE, capture_output=True, text=True, check=True
    )
    pairs = (line.partition("\t") for line in told.stdout.splitlines())
    return {name: about for name, _, about in pairs}


def name_of(text: str) -> str:
    """Read the name of a wrong unit, with P= or S= where that unit alone is wrong; raises ArgumentTypeError."""
    if text.rpartition("=")[0] in {"", "P", "S"}:
        return text
    raise argparse.ArgumentTypeError(f"{text!r} names no unit of the pair; say P=NAME, S=NAME, or NAME for both")


def refuse_unknown(parser: Parser, names: Sequence[str], known: Mapping[str, str]) -> None:
    """End the command with 4 for a name that no wrong unit has."""
    real = {name.rpartition("=")[2] for name in known}
    for name in names:
        if name.rpartition("=")[2] not in real:
            parser.exit(4, f"there is no wrong unit called {name!r}; use one of: {', '.join(known)}\n")


def unit_of(name: str) -> str:
    """Return the value of `--unit` for a name: `P=wrong:NAME` for `P=NAME`."""
    side, equals, which = name.rpartition("=")
    return f"{side}{equals}wrong:{which}"


@dataclass(frozen=True, slots=True)
class Suite:
    """Runs the suite from its command line; holds a folder for its runs and further arguments for pytest."""

    folder: Path
    for_pytest: tuple[str, ...] = ()
    lab: str = "sim"
    limit: float = LIMIT

    def judge(self, unit: str, nodes: Sequence[str] = (), *, stop_at_first: bool = False) -> Run:
        """Run scenarios (all, or the given node ids) against one unit and read their verdicts.

        Raises RunUnreadableError with pytest's last lines if the run left no result.
        """
        out = self.folder / unit.replace(":", "-")
        which = ["features"]
        if nodes:
            chosen = self.folder / f"{out.name}.nodes"
            chosen.write_text("".join(f"{node}\n" for node in nodes), encoding="utf-8")
            which = [f"@{chosen}"]
        command = [sys.executable, "-m", "pytest", *which, "--lab", self.lab, "--unit", unit, "--out", str(out)]
        quiet = ["--own-steps-only", "--no-report", "-q", "--tb=no", "--assert=plain", "-p", "no:cacheprovider"]
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
            return run_file.read(out / "run.json", may_stop=stop_at_first)
        except RunUnreadableError as error:
            last = (ended.stderr or ended.stdout).strip().splitlines()[-3:]
            raise RunUnreadableError(f"{error} (exit {ended.returncode}): {' / '.join(last)}") from error
        finally:
            shutil.rmtree(out, ignore_errors=True)


def judge_all(suite: Suite, names: Sequence[str], *, jobs: int) -> Matrix:
    """Run the whole suite against the reference unit and each wrong one, `jobs` at a time.

    Raises RunUnreadableError if the reference unit's run gave no result, since nothing can be compared then.
    """
    return _gather(suite.judge("reference"), names, lambda name: suite.judge(unit_of(name)), jobs)


def cover(suite: Suite, names: Sequence[str], *, jobs: int, known: Mapping[str, Sequence[str]] | None = None) -> Matrix:
    """Run only what is needed to see each unit caught and each scenario catch one.

    `known` has the scenarios that caught each unit in an earlier run. They only decide what is tried first. A unit that
    they no longer catch runs all other scenarios, and a scenario that no longer catches its unit is tried on all other
    units. Raises RunUnreadableError if the reference unit's run gave no result.
    """
    reference = suite.judge("reference")
    scenarios = Matrix(reference, {}, {}).scenarios
    idle = dict.fromkeys(scenarios)
    met: dict[str, set[str]] = {name: set() for name in names}
    lock = threading.Lock()

    def meet(name: str, nodes: Sequence[str], *, stop_at_first: bool = False) -> Run:
        unit = unit_of(name)
        run = suite.judge(unit, nodes, stop_at_first=stop_at_first) if nodes else Run(unit, (), ())
        with lock:
            met[name].update(judged.node for judged in run.judged)
            for node in run.nodes("fail"):
                idle.pop(node, None)
        return run

    def hunt(name: str) -> Run:
        first = [node for node in (known or {}).get(name, ()) if node in set(scenarios)]
        run = meet(name, first)
        if not run.nodes("fail"):
            with lock:
                still_idle = [node for node in idle if node not in met[name]]
            run = run.joined(meet(name, still_idle))
        if not run.nodes("fail"):
            run = run.joined(meet(name, [node for node in scenarios if node not in met[name]], stop_at_first=True))
        return run

    # Units with a known catcher come first, so that fewer idle scenarios are left for the others.
    matrix = _gather(reference, sorted(names, key=lambda name: not (known or {}).get(name)), hunt, jobs)
    for name in matrix.runs:
        left = [node for node in idle if node not in met[name]]
        if left:
            try:
                matrix = matrix.with_run(name, matrix.runs[name].joined(meet(name, left)))
            except RunUnreadableError as error:
                matrix = matrix.without_run(name, str(error))
    return matrix


def tell_hidden(matrix: Matrix) -> int:
    """Print how many scenarios catch each unit as P, as S and as both; returns 0 if each is caught only alone."""
    shown = 0
    names = {name.rpartition("=")[2] for name in matrix.runs}
    for name in sorted(names):
        sides = {
            side: len(matrix.catchers(f"{side}{name}")) for side in ("P=", "S=", "") if f"{side}{name}" in matrix.runs
        }
        hidden = sides.get("") == 0 and any(sides.values())
        shown += hidden
        told = f"alone as P caught by {sides.get('P=', '?')} scenarios, alone as S by {sides.get('S=', '?')}"
        print(f"  {name}: {told}, both by {sides.get('', '?')}{'' if hidden else ': NOT HIDDEN BY ITS LIKE'}")
    for line in matrix.disturbances():
        print(f"  {line}")
    print(f"{shown} of {len(names)} wrong units are caught only alone: a pair of them hides the fault")
    return 3 if matrix.broken or matrix.unsound() else int(shown < len(names))


def catches(matrix: Matrix) -> dict[str, list[str]]:
    """Return a few scenarios for each unit that catch it; together they include every scenario that catches a unit."""
    chosen = {unit: list(matrix.catchers(unit)[:1]) for unit in matrix.runs}
    named = {node for nodes in chosen.values() for node in nodes}
    for unit in matrix.runs:
        for node in matrix.catchers(unit):
            if node not in named:
                named.add(node)
                chosen[unit].append(node)
    return {unit: nodes for unit, nodes in chosen.items() if nodes}


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
    """Let the runs share compiled modules, even if Python may not write them into the checkout."""
    environment = dict(os.environ)
    if environment.pop("PYTHONDONTWRITEBYTECODE", None):
        environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    return environment


if __name__ == "__main__":
    end(main)
