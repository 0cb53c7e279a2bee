"""Maps a scenario's outcome to its verdict, and a run's verdicts to its exit code."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum

import pytest

from lab.errors import FaultNotProven, LabError, NotApplicable, UsageError


class Verdict(StrEnum):
    """What a scenario says about the unit under test. A lab at fault is never a failed behaviour."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    DEVIATION = "deviation"  # fails as its owner declared
    STALE_DEVIATION = "stale deviation"  # declared to fail, and passes
    NOT_APPLICABLE = "not applicable"
    INCONCLUSIVE = "inconclusive"
    HARNESS_ERROR = "harness error"


class Ending(StrEnum):
    """How a run ended."""

    COMPLETE = "complete"  # each planned scenario has its verdict
    STOPPED = "stopped"  # before its last scenario, as asked: by -x, --maxfail or --keep-lab
    INTERRUPTED = "interrupted"  # by Ctrl-C or another signal
    UNEXPLAINED = "unexplained"  # some scenarios have no verdict, or none was planned, and nothing says why


class ExitCode(IntEnum):
    """Exit code of a run. Source: docs/exit-codes.md."""

    CONFORMS = 0
    DOES_NOT_CONFORM = 1
    INCONCLUSIVE = 2  # or interrupted
    HARNESS_ERROR = 3
    USAGE_ERROR = 4


def verdict_of(problem: BaseException | None) -> Verdict:
    """Return the verdict of a scenario that ended with `problem` (None: without one).

    An unexpected exception is the suite's own fault, so it is a harness error.
    """
    match problem:
        case None:
            return Verdict.PASS
        case NotApplicable() | pytest.skip.Exception():
            return Verdict.NOT_APPLICABLE
        case FaultNotProven():
            return Verdict.INCONCLUSIVE
        case LabError():
            return Verdict.HARNESS_ERROR
        case AssertionError() | pytest.fail.Exception():
            return Verdict.FAIL
        case _:
            return Verdict.HARNESS_ERROR


def exit_code(verdicts: Iterable[Verdict], ending: Ending) -> ExitCode:
    """Return a run's exit code.

    A harness error comes first: while the lab is at fault, the other verdicts of the run deserve no trust. An
    interrupted run is incomplete whatever it has judged so far. A failed behaviour outweighs an inconclusive one, and
    what was not judged because the run was to stop there. Only a complete run conforms.
    """
    seen = set(verdicts)
    if Verdict.HARNESS_ERROR in seen or ending is Ending.UNEXPLAINED:
        return ExitCode.HARNESS_ERROR
    if ending is Ending.INTERRUPTED:
        return ExitCode.INCONCLUSIVE
    if seen & {Verdict.FAIL, Verdict.STALE_DEVIATION}:
        return ExitCode.DOES_NOT_CONFORM
    if Verdict.INCONCLUSIVE in seen or ending is Ending.STOPPED:
        return ExitCode.INCONCLUSIVE
    return ExitCode.CONFORMS


def code_without_lab(cause: LabError) -> ExitCode:
    """Return the exit code of a run without a lab: a usage error, or a host that is not ready."""
    return ExitCode.USAGE_ERROR if isinstance(cause, UsageError) else ExitCode.HARNESS_ERROR
