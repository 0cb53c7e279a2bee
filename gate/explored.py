"""Lets the explorer alone look for every wrong unit, and writes docs/explored.md: which rule gives each away, how soon.

    python -m gate.explored [--schedules N] [--seed N] [--sample N] [--jobs N] [--out FILE] [[P=|S=]NAME]...

Each unit meets the same schedules, until one breaks a rule. Units that only print, show or report otherwise are left
out (`python -m wrong shown`, and `gate/explored.toml`). It fails when less than 70 % of the others are found. A run
keeps its results, and goes on where it was when it is started again; a run over all units, or a sample of them, with
the usual schedules writes the page. NAME tries this unit only.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random

from explore.generate import draw
from explore.gherkin import title
from explore.run import run
from gate import forks
from gate.state import add, digest, read, write
from gate.wrong_units import name_of, refuse_unknown, shown, unit_of, wrong_units
from lab.arguments import Parser, count, end
from lab.registry import Options, open_lab
from lab.under_test import UnderTest

LEFT_OUT = Path("gate/explored.toml")
PAGE = Path("docs/explored.md")
OUT = Path("reports/found/explored.jsonl")
"""Results so far; apart from a run's report, which each run empties."""

ROOMS = ("explore", "lab", "manual", "node", "wrong")
"""What decides about a find."""

SCHEDULES, SEED = 800, 1
LEAST = 70
"""Percent of the wrong units that the explorer is to find."""

LIMIT = 30.0
"""Processor seconds that a schedule may take: in virtual time a hang is a busy loop. The longest needs 0.2."""


class LeftOutError(ValueError):
    """The list of what is left out makes no sense; says why in one clause."""


@dataclass(frozen=True, slots=True)
class Explored:
    """A wrong unit, the number of the schedule that broke a rule (from 1; 0: none did), and that rule."""

    unit: str
    schedule: int = 0
    rule: str = ""

    def __str__(self) -> str:
        """Say it in one clause."""
        return f"schedule {self.schedule} breaks the rule: {self.rule}" if self.schedule else "not found"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, 1 (too few are found), 2 (interrupted), 3 (a unit gave no result) or 4."""
    parser = Parser(prog="python -m gate.explored", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False)
    add = parser.add_argument
    add("units", nargs="*", type=name_of, metavar="[P=|S=]NAME", help="try this wrong unit only")
    add("--schedules", type=count, default=SCHEDULES, metavar="N", help=f"schedules for a unit (default: {SCHEDULES})")
    add("--seed", type=int, default=SEED, metavar="N", help=f"seed of the schedules (default: {SEED})")
    add("--sample", type=count, metavar="N", help="explore N of the units, drawn by the seed (default: all)")
    add("--jobs", type=count, default=_cores(), metavar="N", help="units at the same time (default: one a core)")
    add("--out", type=Path, default=OUT, metavar="FILE", help=f"keep results here (default: {OUT})")
    options = parser.parse_args(arguments)
    about = wrong_units()
    refuse_unknown(parser, options.units, about)
    try:
        left_out = {**shown(), **read_left_out(LEFT_OUT, about)}
        names = options.units or sampled([name for name in about if name not in left_out], options.sample, options.seed)
        state = digest(ROOMS, apart=("lab/docker",), further=f"{options.schedules} {options.seed}")
        found = {each["unit"]: Explored(**each) for each in read(options.out, state)}
        write(options.out, state, map(asdict, found.values()))
    except LeftOutError as error:
        parser.exit(4, f"{LEFT_OUT} {error}\n")
    except OSError as error:
        parser.exit(4, f"{options.out} cannot be written: {error.strerror}; choose another --out\n")
    left = [name for name in names if name not in found]
    print(f"{len(left)} of {len(names)} wrong units are to be explored; what is known of others is in {options.out}")
    try:
        lost = explore_all(left, found, options)
    except KeyboardInterrupt:
        print("interrupted; start it again to go on")
        return 2
    explored = [found[name] for name in names if name in found]
    print(share(explored))
    if lost:
        return 3
    if not options.units and (options.schedules, options.seed) == (SCHEDULES, SEED):
        PAGE.write_text(page(explored, about, left_out), encoding="utf-8")
        print(f"{PAGE} is written")
    return 0 if percent(explored) >= LEAST else 1


def sampled(names: Sequence[str], size: int | None, seed: int) -> list[str]:
    """Return the units to explore: all, or so many of them, drawn at random."""
    drawn = set(Random(seed).sample(names, min(size or len(names), len(names))))  # noqa: S311 - repeatable by intent, nothing secret
    return [name for name in names if name in drawn]


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def read_left_out(path: Path, about: Mapping[str, str]) -> dict[str, str]:
    """Return the units that are left out, each with its reason; raises LeftOutError."""
    try:
        left_out = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LeftOutError(f"cannot be read: {error}") from error
    for name, reason in left_out.items():
        if name not in about:
            raise LeftOutError(f"leaves {name!r} out, but no wrong unit is called so")
        if not isinstance(reason, str) or not reason.strip():
            raise LeftOutError(f"leaves {name!r} out without a reason")
    return left_out


def explore_all(names: Sequence[str], found: dict[str, Explored], options: argparse.Namespace) -> int:
    """Explore these units, and add each to those that are judged; returns how many gave no result."""
    works = [partial(explore, name, options.seed, options.schedules) for name in names]
    began, lost = time.monotonic(), 0
    for done, (number, answer) in enumerate(forks.answers(works, jobs=options.jobs), start=1):
        name = names[number]
        if isinstance(answer, Exception):
            lost += 1
            print(f"{name}: no result: {answer or 'it took too long'}")
            continue
        found[name] = Explored(name, *answer)
        add(options.out, asdict(found[name]))
        print(f"{done} of {len(names)}, {time.monotonic() - began:.0f} s: {name}: {found[name]}", flush=True)
    return lost


def explore(name: str, seed: int, limit: int) -> tuple[int, str]:
    """Run schedules against one unit until one breaks a rule; return its number (from 1; 0: none) and the rule."""
    gc.enable()  # unlike other children this one goes on for long
    lab = open_lab("sim", Options(units=UnderTest.named(unit_of(name))))
    for number in range(limit):
        forks.allow(LIMIT)
        broken = run(lab, draw(seed, number), title(seed, number)).broken
        if broken is not None:
            return number + 1, broken.rule.words
    return 0, ""


def percent(explored: Sequence[Explored]) -> float:
    """Return the share of the units that were found, in percent."""
    return 100 * sum(each.schedule > 0 for each in explored) / len(explored) if explored else 0.0


def share(explored: Sequence[Explored]) -> str:
    """Say how many of the units were found."""
    found = sum(each.schedule > 0 for each in explored)
    return f"{found} of {len(explored)} wrong units found: {percent(explored):.1f} %, at least {LEAST} %"


def page(explored: Sequence[Explored], about: Mapping[str, str], left_out: Mapping[str, str]) -> str:
    """Return the page about these units."""
    return "\n".join(_lines(explored, about, left_out)) + "\n"


def _lines(explored: Sequence[Explored], about: Mapping[str, str], left_out: Mapping[str, str]) -> Iterator[str]:
    yield from (
        "# What the explorer finds alone",
        "",
        "Written by `tox run -e explored`. Each wrong unit ([what that is](prove-the-suite.md)) meets the same",
        f"{SCHEDULES} [schedules](explore.md) of seed {SEED}, until one breaks a rule; no scenario judges.",
        "`P=` or `S=` before a name says that only this unit of the pair is wrong.",
        "",
        f"{share(explored)}{_drawn(explored, about, left_out)}.",
        "",
    )
    yield from _table(
        ("found", "by schedule", "because of the rule"),
        ([f"`{each.unit}`", str(each.schedule), each.rule] for each in explored if each.schedule),
    )
    yield from ("", "## Not found", "")
    yield from _table(
        ("unit", "how it is wrong"), ([f"`{each.unit}`", about[each.unit]] for each in explored if not each.schedule)
    )
    yield from ("", "## Left out", "", "The explorer sees what units do, and not what they print, show or report.", "")
    yield from _table(("unit", "why"), ([f"`{name}`", reason] for name, reason in left_out.items()))


def _drawn(explored: Sequence[Explored], about: Mapping[str, str], left_out: Mapping[str, str]) -> str:
    total = len(about.keys() - left_out.keys())
    return f" (drawn at random from {total})" if len(explored) < total else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


if __name__ == "__main__":
    end(main)
