"""Makes one small change at a time in the unit's code, and tells which changes the suite on sim does not notice.

    python -m gate.mutants [--module NAME]... [--sample N | --minutes M] [--survivors FILE] [--seed TEXT] [--jobs N]
                           [--out FILE] [--remember] [pytest's arguments]

It fails when a mutant survives of which the list (`gate.survivors`) says nothing, and tells entries that are stale. A
run over all mutants keeps its results, and goes on where it was when it is started again; `--remember` writes list and
page from them.

One process collects the features and forks a child for each mutant. The child imports the changed module, and afresh
all of the unit and its simulated world that imports it: so each importer has the mutant, whatever it takes from that
module (a function, a row, an enum, a default), and the process that forks stays as it is. The child runs the scenarios
that execute the changed statement (seen once, on the reference), and all others too where the statement runs at import.
It begins with those that have caught the most so far, and stops at the first that does not pass. What a function keeps
of its answers (`functools.cache`) is forgotten between the scenarios on the reference, since it would hide executions.
"""

from __future__ import annotations

import argparse
import importlib
import math
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

import pytest

from gate import forks, judged_file, mutant_page, mutations, survivors, trials
from gate.collected import collect, warm_up
from gate.mutant_page import PARTS
from gate.mutations import Mutant, Source
from gate.survivors import Listed, Name, name_of
from gate.trials import Bench, Judged, Result
from lab.arguments import USAGE, Parser, count, end, span

OUT = Path("reports/out/mutants.jsonl")

LIMIT = 3.0
"""Processor seconds that a scenario may use: in virtual time a hang is a busy loop. The longest needs 0.2."""

_T = TypeVar("_T")

_STRIDE = 100
"""Mutants between two lines that tell how far it is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, 1 (a survivor is not listed), 3 (a mutant gave no result) or 4."""
    parser = Parser(prog="python -m gate.mutants", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False)
    add = parser.add_argument
    add("--module", action="append", metavar="NAME", help="change this module or package (default: all that decide)")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--sample", type=count, metavar="N", help="try N mutants, drawn at random (default: all)")
    part.add_argument("--minutes", type=span, metavar="M", help="try mutants in random order, for so many minutes")
    add("--survivors", type=Path, metavar="FILE", help="try only what an earlier run's results do not call caught")
    add("--as-listed", action="store_true", help="take the listed survivors for survivors, without trying them again")
    add("--seed", default="0", metavar="TEXT", help="seed of what is random, such as a commit (default: 0)")
    add("--jobs", type=count, default=_cores(), metavar="N", help="children at the same time (default: one a core)")
    add("--limit", type=span, default=LIMIT, metavar="S", help=f"processor seconds for a scenario (default: {LIMIT:g})")
    add("--out", type=Path, metavar="FILE", help=f"keep results here (default: {OUT}; a part of the mutants: nowhere)")
    add("--remember", action="store_true", help="write gate/mutants.toml and docs/mutants.md from the results")
    options, for_pytest = parser.parse_known_args(arguments)
    if options.remember and (options.module or options.survivors or for_pytest):
        parser.exit(
            USAGE,
            "--remember needs all modules and all scenarios; leave --module, --survivors and pytest's arguments out\n",
        )
    whole = not (options.module or options.survivors or options.sample or options.minutes or for_pytest)
    options.out = options.out or (OUT if whole else None)
    options.for_pytest = for_pytest
    asked = {name: modules_of(name) for name in options.module or [name for part in PARTS for name in part.names]}
    unknown = [name for name, modules in asked.items() if not modules]
    if unknown:
        parser.exit(USAGE, f"there is no module or package called {unknown[0]!r} here\n")
    try:
        listed = survivors.read()
        options.listed = frozenset(listed) if options.as_listed else frozenset()
        options.caught = judged_file.caught(options.survivors) if options.survivors else frozenset()
        if options.out:
            options.out.parent.mkdir(parents=True, exist_ok=True)
            options.out.open("a", encoding="utf-8").close()
    except (survivors.ListError, judged_file.UnreadableError) as error:
        parser.exit(USAGE, f"{error}\n")
    except OSError as error:
        parser.exit(USAGE, f"{options.out} cannot be written: {error.strerror}; choose another --out\n")
    say = partial(print, file=sys.stdout, flush=True)  # this terminal, also while pytest's own words are kept back
    hunt = Hunt(list(dict.fromkeys(chain.from_iterable(asked.values()))), options, say)
    code, told = collect(hunt, for_pytest)
    if hunt.problem:
        parser.exit(hunt.code, f"{hunt.problem}\n")
    if not hunt.judged:
        parser.exit(code or 3, f"{told}\n")
    if options.remember:
        listed = survivors.remembered(hunt.found, hunt.judged, listed)
        survivors.LIST.write_text(survivors.text(listed), encoding="utf-8")
        mutant_page.PAGE.write_text(mutant_page.page(hunt.found, hunt.judged, listed), encoding="utf-8")
    print("\n".join(lines(hunt.found, hunt.judged, listed)))
    if any(judged.result is Result.LOST for judged in hunt.judged):
        return 3
    return 1 if survivors.unlisted(hunt.judged, listed) else 0


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def modules_of(name: str) -> list[str]:
    """Names of the modules below the working folder that a module's or a package's name stands for, sorted."""
    place = Path(*name.split("."))
    file = place.with_suffix(".py")
    paths = [file] if file.is_file() else sorted(place.rglob("*.py"))
    return [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths]


def lines(found: Sequence[Mutant], judged: Sequence[Judged], listed: Listed) -> Iterator[str]:
    """Yield what a terminal shows: what needs a look, each mutant with its place, and the counts."""
    yield from (str(each) for result in (Result.LOST, Result.BROKEN) for each in judged if each.result is result)
    for each in survivors.unlisted(judged, listed):
        yield str(each)
        yield f"{'':14}not in {survivors.LIST}: [{each.mutant.source.module}] {each.mutant.key}"
    for (module, key), why in sorted(survivors.stale(found, judged, listed).items()):
        yield f"stale         {module}: {key}  [{why}]"
    counts = Counter(each.result for each in judged)
    verdicts = Counter(each.verdict for each in judged if each.verdict)
    told = {Result.KILLED: f" ({', '.join(f'{number} {verdict}' for verdict, number in sorted(verdicts.items()))})"}
    yield ", ".join(f"{counts[each]} {each}{told.get(each, '')}" for each in Result if counts[each])
    total = sum(mutant_page.scores(judged, listed).values(), mutant_page.Score())
    yield (
        f"{total.caught} of {total.mutants} mutants caught, {total.equivalent} equivalent: "
        f"score {total.score}, raw {total.raw}"
    )


def drawn(mutants: Sequence[_T], sample: int, seed: str) -> list[_T]:
    """Return so many mutants at random, in random order; the same for the same seed and source."""
    return random.Random(seed).sample(list(mutants), min(sample, len(mutants)))  # noqa: S311 - which to try, no secret


class Hunt:
    """A pytest plugin that judges mutants in place of one run of what was collected."""

    def __init__(self, names: Sequence[str], options: argparse.Namespace, say: Callable[[str], None]) -> None:
        """Take the modules to change, the command's options, and where to tell how far it is."""
        self.found: list[Mutant] = []
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
        driver = warm_up(session)
        for name in self._names:
            importlib.import_module(name)
        if touched := self._suite.intersection(self._names):
            self.problem, self.code = f"{min(touched)} is imported by the suite itself; name another module", USAGE
            return True
        afresh = trials.importable(frozenset(sys.modules) - self._suite)
        items = {item.nodeid: item for item in session.items}
        try:
            self._judge(Bench(items, driver, afresh, self._options.limit), mutations.read(self._names))
        except forks.LostError as error:
            self.problem = str(error)
        return True

    def _judge(self, bench: Bench, sources: Sequence[Source]) -> None:
        self.found = [mutant for source in sources for mutant in mutations.find(source)]
        self._say(f"{len(self.found)} mutants in {len(sources)} modules")
        if not self.found:
            self.problem, self.code = "there is nothing to change; name another module", USAGE
            return
        options, state = self._options, judged_file.digest(self._options.for_pytest)
        mutants = [mutant for mutant in self.found if name_of(mutant) not in options.caught]
        if options.sample or options.minutes:
            mutants = drawn(mutants, options.sample or len(mutants), options.seed)
            self._say(f"in the order of seed {options.seed}")
        judged = judged_file.read(options.out, state, mutants) if options.out else {}
        if judged:
            self._say(f"{len(judged)} of them are judged in {options.out}")
        taken = (mutant for mutant in mutants if name_of(mutant) in options.listed)
        judged = {name_of(mutant): Judged(mutant, Result.SURVIVED) for mutant in taken} | judged
        if any(name_of(mutant) not in judged for mutant in mutants):
            self._judge_others(bench, sources, mutants, judged, state)
        self.judged = [judged[name] for name in map(name_of, self.found) if name in judged]
        if options.out:
            judged_file.write(options.out, state, self.judged)

    def _judge_others(
        self, bench: Bench, sources: Sequence[Source], mutants: Sequence[Mutant], judged: dict[Name, Judged], state: str
    ) -> None:
        """Judge the mutants that are not judged yet, and add each to those that are."""
        jobs, out = self._options.jobs, self._options.out
        began = time.monotonic()
        reference = trials.reference(bench, sources, jobs=jobs)
        self._say(f"{len(reference.passing)} of {len(bench.items)} scenarios pass on the reference{_pace(began)}")
        if not reference.passing:
            self.problem = "no scenario passes on the reference, so none can tell a mutant from it"
            return
        if out:
            judged_file.write(out, state, judged.values())
        # A child knows of those before it is forked.
        caught = [(each.mutant.lines, each.where) for each in judged.values() if each.result is Result.KILLED]
        left = [mutant for mutant in mutants if name_of(mutant) not in judged]
        works = [partial(trials.attempt, bench, mutant, reference, caught) for mutant in left]
        began = time.monotonic()
        ends = began + 60 * (self._options.minutes or math.inf)
        tried = 0
        for tried, (number, answer) in enumerate(forks.answers(works, jobs=jobs), start=1):
            new = judged[name_of(left[number])] = _judged(left[number], answer)
            if new.result is Result.KILLED:
                caught.append((new.mutant.lines, new.where))
            if out:
                judged_file.add(out, new)
            if tried % _STRIDE == 0:
                self._say(f"{tried} of {len(left)} mutants tried{_pace(began, tried)}")
            if time.monotonic() > ends:
                break
        self._say(f"{tried} of {len(left)} mutants tried{_pace(began, tried)}")


def _judged(mutant: Mutant, answer: object) -> Judged:
    match answer:
        case forks.OutOfTimeError():
            return Judged(mutant, Result.TIMED_OUT)
        case [str(result), str(verdict), str(where)]:
            return Judged(mutant, Result(result), verdict, where)
        case _:
            return Judged(mutant, Result.LOST, where=str(answer))


def _pace(began: float, number: int = 0) -> str:
    seconds = time.monotonic() - began
    return f"; {seconds:.1f} s" + (f", {60 * number / seconds:.0f} a minute" if number else "")


if __name__ == "__main__":
    end(main)
