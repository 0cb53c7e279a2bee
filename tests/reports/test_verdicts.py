"""Verdicts are decided from what ended the scenario, exit codes from the verdicts."""

from __future__ import annotations

import pytest

from lab.errors import BootFailed, FaultNotProven, NotApplicable, NotReached, UsageError
from reports.verdicts import Ending, ExitCode, Verdict, exit_code, verdict_of


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
    ("verdicts", "ending", "code"),
    [
        ([], Ending.COMPLETE, ExitCode.CONFORMS),
        ([Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.DEVIATION], Ending.COMPLETE, ExitCode.CONFORMS),
        ([Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE], Ending.COMPLETE, ExitCode.DOES_NOT_CONFORM),
        ([Verdict.STALE_DEVIATION], Ending.COMPLETE, ExitCode.DOES_NOT_CONFORM),
        ([Verdict.PASS, Verdict.INCONCLUSIVE], Ending.COMPLETE, ExitCode.INCONCLUSIVE),
        ([Verdict.FAIL, Verdict.HARNESS_ERROR], Ending.COMPLETE, ExitCode.HARNESS_ERROR),
        ([Verdict.PASS], Ending.INTERRUPTED, ExitCode.INCONCLUSIVE),
        ([Verdict.FAIL], Ending.INTERRUPTED, ExitCode.INCONCLUSIVE),
        ([Verdict.HARNESS_ERROR], Ending.INTERRUPTED, ExitCode.HARNESS_ERROR),
        ([Verdict.PASS], Ending.STOPPED, ExitCode.INCONCLUSIVE),
        ([Verdict.FAIL], Ending.STOPPED, ExitCode.DOES_NOT_CONFORM),
        ([Verdict.HARNESS_ERROR], Ending.STOPPED, ExitCode.HARNESS_ERROR),
        ([Verdict.PASS], Ending.UNEXPLAINED, ExitCode.HARNESS_ERROR),
        ([Verdict.FAIL], Ending.UNEXPLAINED, ExitCode.HARNESS_ERROR),
    ],
)
def test_verdicts_and_ending_decide_the_exit_code(verdicts: list[Verdict], ending: Ending, code: ExitCode) -> None:
    """A harness at fault comes first, then an interrupted run, then a failed behaviour, then an unproven one."""
    assert exit_code(verdicts, ending) is code
