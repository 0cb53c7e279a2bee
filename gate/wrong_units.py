"""Runs the suite on sim against every unit that is wrong on purpose, and tells which scenarios catch which unit.

    python -m gate.wrong_units [--all | --hidden] [--remember] [--jobs N] [--alone P|S] [--only [P=|S=]NAME]...
                               [pytest's options]

The command shows that each wrong unit is caught and that each scenario catches one. A unit first runs the scenarios
that caught it in an earlier run (`gate/catches.json`, which `--remember` writes), a new unit those that have caught
nothing yet and those of the clauses that it breaks, and the others only if these do not catch it. `--all` runs every
scenario against every unit. Both units of the pair are wrong; P= or S= before a name makes only that unit wrong, beside
a reference unit. `--hidden` shows that a pair of such units hides the fault: no scenario catches both together.
One process collects the suite and forks a child for each unit. It imports none: it names them as `--unit` does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from gate import forks
from gate.collected import collect, judgements, warm_up
from gate.matrix import Matrix, lines
from gate.run_file import Judged, Run, RunUnreadableError
from lab import under_test
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
    parser.add_argument(
        "--remember", action="store_true", help=f"write what caught each unit that was tried to {CATCHES.name}"
    )
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
    whole = options.all or options.hidden or bool(options.only) or bool(options.alone)
    known = None if whole else json.loads(CATCHES.read_text(encoding="utf-8"))
    trial = Trial(names, known, options.jobs)
    code, told = collect(trial, for_pytest)
    matrix = trial.matrix
    if matrix is None:
        why = trial.problem or f"pytest ended with {code}: {told}"
        parser.exit(3, f"the reference unit's run gave no result: {why}\n")
    if options.hidden:
        return tell_hidden(matrix)
    print("\n".join(lines(matrix, about, whole=whole)))
    if options.only or options.alone or for_pytest:
        print("Not the whole suite, or not every wrong unit: what is missing above may be caught by the rest.")
    if options.remember:
        in_part = options.only or options.alone or for_pytest
        others = json.loads(CATCHES.read_text(encoding="utf-8")) if in_part else {}
        text = json.dumps(dict(sorted((others | catches(matrix)).items())), indent=1)
        CATCHES.write_text(f"{text}\n", encoding="utf-8")
    print(f"in {time.monotonic() - began:.1f} s")
    return matrix.exit_code()


def wrong_units() -> Mapping[str, str]:
    """Names of the wrong units with a sentence on each, from `python -m wrong`."""
    return _told()


def shown() -> Mapping[str, str]:
    """Names of the wrong units that only print, show or report otherwise, with what that is, from `python -m wrong`."""
    return _told("shown")


def _told(*arguments: str) -> Mapping[str, str]:
    told = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-m", "wrong", *arguments], cwd=HOUSE, capture_output=True, text=True, check=True
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


class Trial:
    """A pytest plugin that tries wrong units in place of one run of what was collected."""

    def __init__(self, names: Sequence[str], known: Mapping[str, Sequence[str]] | None, jobs: int) -> None:
        """Take the units' names, and how many children to have at a time.

        `known` has the scenarios that caught each unit in an earlier run; with None, each unit runs every scenario.
        """
        self.matrix: Matrix | None = None
        self.problem = ""
        self._names = names
        self._known = known
        self._jobs = jobs

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Try the units; None lets pytest tell why nothing was collected."""
        if not session.items:
            return None
        warm_up(session)
        under_test.catalogue()
        suite = Suite(session, self._jobs)
        try:
            if self._known is None:
                self.matrix = judge_all(suite, self._names)
            else:
                self.matrix = cover(suite, self._names, known=self._known, near=_near(session, self._names))
        except RunUnreadableError as error:
            self.problem = str(error)
        return True


@dataclass(frozen=True, slots=True)
class Suite:
    """The collected suite, which children run on one unit each, `jobs` at a time and `limit` seconds at most."""

    session: pytest.Session
    jobs: int = 1
    limit: float = LIMIT

    @property
    def nodes(self) -> list[str]:
        """Node ids of all scenarios, in order."""
        return [item.nodeid for item in self.session.items]

    def judge(self, unit: str, nodes: Collection[str], *, stop_at_first: bool = False) -> Run:
        """Run these scenarios on one unit, in this process, at most up to the first that fails.

        Raises RunUnreadableError where the run ends before its last scenario, or one comes to no verdict.
        """
        forks.end_within(self.limit)
        self.session.config.option.unit = [unit]
        judged, troubles = [], []
        for node, told in judgements([item for item in self.session.items if item.nodeid in nodes]):
            if not told or self.session.shouldstop:
                raise RunUnreadableError(f"{node} has no verdict: {self.session.shouldstop or 'it ended before'}")
            if len(told) > 1 and told[0]["verdict"] in {"pass", "not applicable"}:
                del told[0]  # of two verdicts the worse one stays
            judged.append(Judged(node, *(told[0][key] for key in ("scenario", "verdict", "reason"))))
            troubles += [f"{node}: {each['reason']}" for each in told[1:]]
            if stop_at_first and judged[-1].verdict == "fail":
                break
        return Run(unit, tuple(judged), tuple(troubles))

    def runs(self, names: Sequence[str], judge: Callable[[str], Run]) -> Iterator[tuple[str, Run | str]]:
        """Let a child judge each unit; yield name and run as each child ends, or why there is no run."""

        def work(name: str) -> dict[str, Any]:
            try:
                return asdict(judge(name))
            except RunUnreadableError as error:
                return {"why": str(error)}

        for number, answer in forks.answers([partial(work, name) for name in names], jobs=self.jobs):
            match answer:
                case forks.OutOfTimeError():
                    run: Run | str = f"the run did not end within {self.limit:.0f} s"
                case forks.LostError():
                    run = str(answer)
                case {"why": why}:
                    run = str(why)
                case _:
                    judged = tuple(Judged(**each) for each in answer["judged"])
                    run = Run(answer["unit"], judged, tuple(answer["troubles"]))
            yield names[number], run

    def reference(self) -> Run:
        """Run all scenarios on the reference unit, shared out among children; raises RunUnreadableError."""
        shares = {str(start): self.nodes[start :: self.jobs] for start in range(self.jobs)}
        whole = Run("reference", (), ())
        for _, run in self.runs(list(shares), lambda start: self.judge("reference", shares[start])):
            if isinstance(run, str):
                raise RunUnreadableError(run)
            whole = whole.joined(run)
        places = {node: place for place, node in enumerate(self.nodes)}
        return replace(whole, judged=tuple(sorted(whole.judged, key=lambda judged: places[judged.node])))


def judge_all(suite: Suite, names: Sequence[str]) -> Matrix:
    """Run the whole suite against the reference unit and each wrong one.

    Raises RunUnreadableError if the reference unit's run gave no result, since nothing can be compared then.
    """
    reference, everything = suite.reference(), frozenset(suite.nodes)
    return _matrix(reference, names, dict(suite.runs(names, lambda name: suite.judge(unit_of(name), everything))))


def _near(session: pytest.Session, names: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the node ids of the scenarios that hold a clause which a unit breaks, by the unit's name."""
    tags = {item.nodeid: frozenset(mark.name for mark in item.iter_markers()) for item in session.items}
    units = {name: under_test.catalogue().WRONG.get(name.rpartition("=")[2]) for name in names}
    return {
        name: frozenset(node for node, clauses in tags.items() if clauses.intersection(unit.breaks))
        for name, unit in units.items()
        if unit is not None
    }


def cover(
    suite: Suite,
    names: Sequence[str],
    *,
    known: Mapping[str, Sequence[str]],
    near: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Matrix:
    """Run only what is needed to see each unit caught and each scenario catch one.

    `known` has the scenarios that caught each unit in an earlier run, and `near` those that hold a clause which it
    breaks. They only decide what is tried first. A unit that they do not catch runs all other scenarios, and a scenario
    that no longer catches its unit is tried on all other units. Raises RunUnreadableError if the reference unit's run
    gave no result.
    """
    reference = suite.reference()
    scenarios = frozenset(Matrix(reference, {}, {}).scenarios)
    idle = set(scenarios)  # a child sees it as it was when the child was forked
    found: dict[str, Run | str] = {}

    def hunt(name: str) -> Run:
        unit = unit_of(name)
        run = suite.judge(unit, scenarios.intersection(known.get(name, ())))
        for others, stop_at_first in (
            (idle, False),
            (scenarios.intersection(near.get(name, ())), True),
            (scenarios, True),
        ):
            if not run.nodes("fail"):
                run = run.joined(suite.judge(unit, others - run.met, stop_at_first=stop_at_first))
        return run

    def meet_idle(name: str) -> Run:
        run = runs[name]
        return run.joined(suite.judge(run.unit, idle - run.met))

    def note(name: str, run: Run | str) -> None:
        found[name] = run
        if isinstance(run, Run):
            idle.difference_update(run.nodes("fail"))

    # Units with a known catcher come first, so that fewer idle scenarios are left for the others.
    names = sorted(names, key=lambda name: not known.get(name))
    for name, run in suite.runs(names, hunt):
        note(name, run)
    runs = {name: run for name in names if isinstance(run := found[name], Run)}
    for name, run in suite.runs([name for name, run in runs.items() if idle - run.met], meet_idle):
        note(name, run)
        if not idle:
            break
    return _matrix(reference, names, found)


def _matrix(reference: Run, names: Sequence[str], found: Mapping[str, Run | str]) -> Matrix:
    runs = {name: run for name in names if isinstance(run := found[name], Run)}
    return Matrix(reference, runs, {name: why for name in names if isinstance(why := found[name], str)})


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


if __name__ == "__main__":
    end(main)
