"""Verdicts are decided from what ended the scenario, exit codes from the verdicts."""

from __future__ import annotations

import pytest

from lab.errors import BootFailed, FaultNotProven, NotApplicable, NotReached, UsageError
from reports.verdicts import ExitCode, Verdict, exit_code, verdict_of


@pytest.mark.parametrize(
    ("problem", "verdict"),
    [
        (None, Verdict.PASS),
        (NotReached("too late"), Verdict.FAIL),
        (AssertionError("no"), Verdict.FAIL),
        (pytest.fail.Exception("no"), Verdict.FAIL),
        (NotApplicable("no cable"), Verdict.NOT_APPLICABLE),
        (FaultNotProven("bytes passed"), Verdict.INCONCLUSIVE),
        (BootFailed("P", "look"), Verdict.HARNESS_ERROR),
        (UsageError("P", "look"), Verdict.HARNESS_ERROR),
        (KeyError("oops"), Verdict.HARNESS_ERROR),
    ],
)
def test_the_problem_decides_the_verdict(problem: BaseException | None, verdict: Verdict) -> None:
    """What the suite did not foresee is its own fault."""
    assert verdict_of(problem) is verdict


@pytest.mark.parametrize(
    ("verdicts", "interrupted", "code"),
    [
        ([], False, ExitCode.CONFORMS),
        ([Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.DEVIATION], False, ExitCode.CONFORMS),
        ([Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE], False, ExitCode.DOES_NOT_CONFORM),
        ([Verdict.STALE_DEVIATION], False, ExitCode.DOES_NOT_CONFORM),
        ([Verdict.PASS, Verdict.INCONCLUSIVE], False, ExitCode.INCONCLUSIVE),
        ([Verdict.FAIL, Verdict.HARNESS_ERROR], False, ExitCode.HARNESS_ERROR),
        ([Verdict.PASS], True, ExitCode.INCONCLUSIVE),
        ([Verdict.FAIL], True, ExitCode.INCONCLUSIVE),
        ([Verdict.HARNESS_ERROR], True, ExitCode.HARNESS_ERROR),
    ],
)
def test_the_verdicts_decide_the_exit_code(verdicts: list[Verdict], interrupted: bool, code: ExitCode) -> None:  # noqa: FBT001 - a table's column
    """A lab at fault comes first, then an incomplete run, then a failed behaviour, then an unproven one."""
    assert exit_code(verdicts, interrupted=interrupted) is code
