"""Draws the report again from the results of the last run: `python -m reports [--out DIR]`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from lab.arguments import Parser, end
from reports.render import render
from reports.verdicts import ExitCode


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, 3 (it could not be drawn) or 4 (there is nothing to draw)."""
    parser = Parser(prog="python -m reports", description=(__doc__ or "").partition(":")[0])
    default = Path(__file__).parent / "out"
    parser.add_argument(
        "--out", type=Path, default=default, metavar="DIR", help="a run's output (default: reports/out)"
    )
    out: Path = parser.parse_args(arguments).out
    if not (out / "allure-results").is_dir():
        sys.stderr.write(f"there are no results in {out}; run the suite first, for example: tox run -e sim\n")
        return ExitCode.USAGE_ERROR
    outcome = render(out, lambda text: print(text, flush=True))
    if outcome.page is None:
        sys.stderr.write(f"no report was drawn: {outcome.reason}; the results stay in {out / 'allure-results'}\n")
        return ExitCode.HARNESS_ERROR
    print(outcome.page)
    return ExitCode.CONFORMS


if __name__ == "__main__":
    end(main)
