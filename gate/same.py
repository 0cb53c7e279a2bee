"""Compares two runs: what one judged, the other must judge alike, or say why it is not applicable there.

    python -m gate.same RUN.json OTHER.json [--least PERCENT]

For a unit under another profile, or an image that should behave as another does. Prints each difference, what one of
the runs could not judge, the reasons for which scenarios are not applicable in the other run, and how much of what the
first run judged the other has judged.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from gate.run_file import Judged, Run, RunUnreadableError, read
from lab.arguments import Parser, count, end

NOT_APPLICABLE = "not applicable"
JUDGED = frozenset({"pass", "fail", "deviation", "stale deviation"})
"""Verdicts on a unit; an inconclusive scenario or a harness error says nothing about it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    0, or 1 for a difference, a scenario not judged, or too few verdicts in common, or 3 where a run gave no result.
    """
    parser = Parser(prog="python -m gate.same", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False)
    parser.add_argument("run", type=Path, metavar="RUN.json", help="run.json of the run whose verdicts are the measure")
    parser.add_argument("other", type=Path, metavar="OTHER.json", help="run.json of the run that is compared")
    parser.add_argument("--least", type=count, default=0, metavar="PERCENT", help="of the first run's verdicts")
    options = parser.parse_args(arguments)
    try:
        run, other = read(options.run), read(options.other)
    except RunUnreadableError as error:
        parser.exit(3, f"a run gave no result: {error}\n")
    found, unknown = list(differences(run, other)), list(not_judged(run, other))
    sys.stdout.writelines(f"{line}\n" for line in found + unknown)
    reasons = Counter(each.reason for each in other.judged if each.verdict == NOT_APPLICABLE)
    sys.stdout.writelines(f"{number:4}  not applicable: {reason}\n" for reason, number in reasons.most_common())
    judged, of = len(_judged(run) & _judged(other)), len(_judged(run))
    percent = 100 * judged / of if of else 0.0
    wanted = f", at least {options.least} % wanted" if options.least else ""
    told = f"{len(found)} differences{f', {len(unknown)} not judged' if unknown else ''}"
    sys.stdout.write(f"{told}; {judged} of {of} judged again: {percent:.1f} %{wanted}\n")
    return 1 if found or unknown or not judged or percent < options.least else 0


def differences(run: Run, other: Run) -> Iterator[str]:
    """Yield each way in which the other run does not bear the first one out, in one line."""
    for name, each in (("the first run", run), ("the other run", other)):
        yield from (f"trouble in {name}: {trouble}" for trouble in each.troubles)
    there = {judged.node: judged for judged in other.judged}
    here = {judged.node: judged for judged in run.judged}
    for node in sorted(here.keys() | there.keys()):
        yield from _difference(node, here.get(node), there.get(node))


def not_judged(run: Run, other: Run) -> Iterator[str]:
    """Yield each scenario of which one of the runs says nothing, in one line."""
    for name, each in (("the first run", run), ("the other run", other)):
        for judged in each.judged:
            if judged.verdict not in JUDGED | {NOT_APPLICABLE}:
                yield f"{judged.node}: not judged in {name}: {judged.verdict}{_because(judged)}"


def _difference(node: str, first: Judged | None, other: Judged | None) -> Iterator[str]:
    if first is None or other is None:
        yield f"{node}: only in the {'other' if first is None else 'first'} run"
    elif other.verdict == NOT_APPLICABLE != first.verdict and not other.reason:
        yield f"{node}: {first.verdict}, then not applicable without a reason"
    elif other.verdict in JUDGED - {first.verdict} and first.verdict in JUDGED | {NOT_APPLICABLE}:
        yield f"{node}: {first.verdict}, then {other.verdict}{_because(other if other.reason else first)}"


def _because(judged: Judged) -> str:
    reason = judged.reason.partition("\n")[0]
    return f" ({reason})" if reason else ""


def _judged(run: Run) -> frozenset[str]:
    return frozenset(judged.node for judged in run.judged if judged.verdict in JUDGED)


if __name__ == "__main__":
    end(main)
