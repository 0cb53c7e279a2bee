"""Makes one small change at a time in the unit's code, and tells which changes the suite on sim does not notice.

    python -m gate.mutants [--module NAME]... [--sample N --seed K] [--jobs N] [--out FILE] [pytest's arguments]

One process collects the features and forks a child for each mutant. The child imports the changed module, and afresh
all of the unit and its simulated world that imports it: so each importer has the mutant, whatever it takes from that
module (a function, a row, an enum, a default), and the process that forks stays as it is. The child runs the scenarios
that execute the changed statement (seen once, on the reference), and all others too where the statement runs at import.
It begins with those that have caught the most so far, and stops at the first that does not pass. Only a module that
keeps answers from one scenario to the next (`functools.cache`) would hide executions.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import pytest

import manual
from gate import forks, mutations, trials
from gate.mutations import Mutant, Source
from gate.trials import Bench, Result
from lab.arguments import USAGE, Parser, count, span
from lab.registry import DRIVERS

LIMIT = 3.0
"""Processor seconds that a scenario may use: in virtual time a hang is a busy loop. The longest needs 0.2."""

_T = TypeVar("_T")

_STRIDE = 100
"""Mutants between two lines that tell how far it is."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant with its result, the verdict that told it from the reference, and in which scenario (or a reason)."""

    mutant: Mutant
    result: Result
    verdict: str = ""
    where: str = ""

    def __str__(self) -> str:
        """Say all of it in one line."""
        why = ": ".join(each for each in (self.verdict, self.where) if each)
        return f"{self.result:12}  {self.mutant}{f'  [{why}]' if why else ''}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0 (every mutant was judged, whatever the result), 3 (one was not) or 4."""
    parser = Parser(prog="python -m gate.mutants", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False)
    add = parser.add_argument
    add("--module", action="append", metavar="NAME", help="change this module or package (default: node.engine)")
    add("--sample", type=count, metavar="N", help="try N mutants, drawn at random (default: all)")
    add("--seed", type=int, default=0, metavar="K", help="seed of the sample (default: 0)")
    add("--jobs", type=count, default=2, metavar="N", help="children at the same time (default: 2)")
    add("--limit", type=span, default=LIMIT, metavar="S", help=f"processor seconds for a scenario (default: {LIMIT:g})")
    add("--out", type=Path, metavar="FILE", help="write each mutant with its result, one a line, as it is judged")
    options, for_pytest = parser.parse_known_args(arguments)
    asked = {name: modules_of(name) for name in options.module or ["node.engine"]}
    unknown = [name for name, modules in asked.items() if not modules]
    if unknown:
        parser.exit(USAGE, f"there is no module or package called {unknown[0]!r} here\n")
    try:
        _write(options.out, (), "w")
    except OSError as error:
        parser.exit(USAGE, f"{options.out} cannot be written: {error.strerror}; choose another --out\n")
    say = partial(print, file=sys.stdout, flush=True)  # this terminal, also while pytest's own words are kept back
    hunt = Hunt([module for modules in asked.values() for module in modules], options, say)
    shown = io.StringIO()
    quiet = ["--no-report", "-q", "-s", "--tb=no", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist"]
    with tempfile.TemporaryDirectory(prefix="switchover-mutants-") as folder, contextlib.redirect_stdout(shown):
        code = pytest.main(["features", "--lab", "sim", f"--out={folder}", *quiet, *for_pytest], plugins=[hunt])
    if hunt.problem:
        parser.exit(hunt.code, f"{hunt.problem}\n")
    if not hunt.judged:
        parser.exit(code or 3, "\n".join([*shown.getvalue().strip().splitlines()[-3:], ""]))
    _write(options.out, hunt.judged, "w")  # in the order of the source
    print("\n".join(lines(hunt.judged)))
    return 3 if any(judged.result is Result.LOST for judged in hunt.judged) else 0


def modules_of(name: str) -> list[str]:
    """Names of the modules below the working folder that a module's or a package's name stands for, sorted."""
    place = Path(*name.split("."))
    file = place.with_suffix(".py")
    paths = [file] if file.is_file() else sorted(place.rglob("*.py"))
    return [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]


def lines(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield what a terminal shows: each mutant that was not killed, with its place, and the counts."""
    for result in (Result.LOST, Result.BROKEN, Result.TIMED_OUT, Result.NOT_EXECUTED, Result.SURVIVED):
        yield from (str(each) for each in judged if each.result is result)
    counts = Counter(each.result for each in judged)
    verdicts = Counter(each.verdict for each in judged if each.verdict)
    told = {Result.KILLED: f" ({', '.join(f'{number} {verdict}' for verdict, number in sorted(verdicts.items()))})"}
    yield ", ".join(f"{counts[each]} {each}{told.get(each, '')}" for each in Result if counts[each])
    valid = len(judged) - counts[Result.BROKEN] - counts[Result.LOST]
    yield f"{counts[Result.KILLED] + counts[Result.TIMED_OUT]} of {valid} mutants caught"


def drawn(mutants: list[_T], sample: int | None, seed: int) -> list[_T]:
    """Return so many mutants at random (None: all), in their order; the same for the same seed and source."""
    if sample is None or sample >= len(mutants):
        return mutants
    chosen = random.Random(seed).sample(range(len(mutants)), sample)  # noqa: S311 - which to try, no secret
    return [mutants[index] for index in sorted(chosen)]


class Hunt:
    """A pytest plugin that judges mutants in place of one run of what was collected."""

    def __init__(self, names: Sequence[str], options: argparse.Namespace, say: Callable[[str], None]) -> None:
        """Take the modules to change, the command's options, and where to tell how far it is."""
        self.judged: list[Judged] = []
        self.problem = ""
        self.code = 3
        self._names = names
        self._options = options
        self._say = say
        self._suite: frozenset[str] = frozenset()

    def pytest_collection_finish(self) -> None:
        """Note what the suite itself has imported: what comes later is the unit and its world."""
        self._suite = frozenset(sys.modules)

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Judge the mutants; None lets pytest tell why nothing was collected."""
        if not session.items:
            return None
        driver = DRIVERS[session.config.getoption("lab")]
        for name in [*self._names, driver]:
            importlib.import_module(name)
        if touched := self._suite.intersection(self._names):
            self.problem, self.code = f"{min(touched)} is imported by the suite itself; name another module", USAGE
            return True
        manual.settings()  # kept from here on: no child reads them again
        afresh = trials.importable(frozenset(sys.modules) - self._suite)
        items = {item.nodeid: item for item in session.items}
        try:
            self._judge(Bench(items, driver, afresh, self._options.limit), mutations.read(self._names))
        except forks.LostError as error:
            self.problem = str(error)
        return True

    def _judge(self, bench: Bench, sources: Sequence[Source]) -> None:
        jobs = self._options.jobs
        mutants = [mutant for source in sources for mutant in mutations.find(source)]
        self._say(f"{len(mutants)} mutants in {len(sources)} modules")
        if not mutants:
            self.problem, self.code = "there is nothing to change; name another module", USAGE
            return
        mutants = drawn(mutants, self._options.sample, self._options.seed)
        began = time.monotonic()
        reference = trials.reference(bench, sources, jobs=jobs)
        self._say(f"{len(reference.passing)} of {len(bench.items)} scenarios pass on the reference{_pace(began)}")
        if not reference.passing:
            self.problem = "no scenario passes on the reference, so none can tell a mutant from it"
            return
        began = time.monotonic()
        judged: dict[int, Judged] = {}
        caught: list[tuple[int, str]] = []  # a child knows of those before it is forked
        works = [partial(trials.attempt, bench, mutant, reference, caught) for mutant in mutants]
        for number, answer in forks.answers(works, jobs=jobs):
            judged[number] = _judged(mutants[number], answer)
            if judged[number].result is Result.KILLED:
                caught.append((mutants[number].lines, judged[number].where))
            _write(self._options.out, [judged[number]], "a")
            if len(judged) % _STRIDE == 0 or len(judged) == len(mutants):
                self._say(f"{len(judged)} of {len(mutants)} mutants tried{_pace(began, len(judged))}")
        self.judged = [judged[number] for number in sorted(judged)]


def _judged(mutant: Mutant, answer: object) -> Judged:
    match answer:
        case forks.OutOfTimeError():
            return Judged(mutant, Result.TIMED_OUT)
        case [str(result), str(verdict), str(where)]:
            return Judged(mutant, Result(result), verdict, where)
        case _:
            return Judged(mutant, Result.LOST, where=str(answer))


def _write(out: Path | None, judged: Sequence[Judged], mode: Literal["w", "a"]) -> None:
    if out is not None:
        with out.open(mode, encoding="utf-8") as file:
            file.writelines(f"{each}\n" for each in judged)


def _pace(began: float, number: int = 0) -> str:
    seconds = time.monotonic() - began
    return f"; {seconds:.1f} s" + (f", {60 * number / seconds:.0f} a minute" if number else "")


if __name__ == "__main__":
    sys.exit(main())
