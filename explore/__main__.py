"""Explores a pair on the simulated lab; exit code 0: no rule was broken, 1: one was, 3: the lab failed, 4: usage error.

python -m explore [--minutes M | --schedules N] [--seed N] [--unit [P=|S=]wrong:NAME]... [--out DIR]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import SystemRandom

from explore import gherkin
from explore.search import Tally, search
from lab.arguments import USAGE, Parser, count, end, folder, span
from lab.contract import Lab
from lab.errors import LabError, UsageError
from lab.registry import Options, open_lab
from lab.under_test import HELP, NAME, UnderTest

OUT = Path("reports/found")
"""Folder of found schedules, apart from a run's report, which each run empties."""

SCHEDULES = 2000
"""Schedules of a run without --minutes or --schedules: less than a minute."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    options = _parser().parse_args(arguments)
    seed = SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    try:
        return _explore(options, seed)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except LabError as error:
        sys.stderr.write(f"the lab failed: {error}\n")
        return 3


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m explore", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--minutes", type=span, metavar="M", help="explore for so many minutes")
    size.add_argument("--schedules", type=count, metavar="N", help=f"explore so many schedules (default: {SCHEDULES})")
    parser.add_argument("--seed", type=int, metavar="N", help="draw the same schedules again (default: a random seed)")
    parser.add_argument("--unit", action="append", default=[], metavar=NAME, help=HELP)
    parser.add_argument("--out", type=folder, default=OUT, metavar="DIR", help=f"folder of found schedules ({OUT})")
    return parser


def _explore(options: argparse.Namespace, seed: int) -> int:
    units = UnderTest.named(*options.unit)
    print(f"seed {seed}, unit {units}")
    tally = Tally()
    began, spent_before = time.monotonic(), time.process_time()
    for find in search(_lab(units), seed, tally, _patience(options, tally, began)):
        text = gherkin.feature(find.case, find.broken, name=find.name, unit=str(units))
        print(f"\n{find.name} breaks a rule: {find.broken}\n\n{_story(text)}\n")
        try:
            path = gherkin.save(options.out, text, seed=seed, number=find.number)
        except OSError as error:
            raise LabError(f"{options.out} cannot be written ({error.strerror})", "choose another --out") from error
        print(f"replay it: {_replay(path, units)}\n")
    same = ["tox run -e explore --", *units.options, f"--schedules {tally.schedules} --seed {seed}"]
    print(f"explore the same again: {' '.join(same)}")
    took = time.monotonic() - began
    spent = max(time.process_time() - spent_before, 0.001)
    print(
        f"{tally.schedules} schedules with {tally.events} events, {tally.checks} checks of a rule, "
        f"{tally.violations} violations; {60 * tally.schedules / spent:.0f} schedules in a minute of one core, "
        f"{tally.seconds / 3600:.1f} hours of the pair's time in {took:.0f} s"
    )
    return 1 if tally.violations else 0


def _patience(options: argparse.Namespace, tally: Tally, began: float) -> Callable[[], bool]:
    if options.minutes is not None:
        return lambda: time.monotonic() - began < 60 * options.minutes
    return lambda: tally.schedules < (options.schedules or SCHEDULES)


def _lab(units: UnderTest) -> Lab:
    return open_lab("sim", Options(units=units))


def _story(text: str) -> str:
    return text[text.index("    Given") :].rstrip()


def _replay(path: Path, units: UnderTest) -> str:
    return " ".join(["tox run -e sim --", str(path), *units.options])


if __name__ == "__main__":
    end(main)
