"""The lab's errors, by what they mean for the run; a lab error carries a hint on what to do next."""

from __future__ import annotations


class LabError(Exception):
    """The lab is at fault: a harness error, never a failed behaviour. Exit code 3."""

    def __init__(self, problem: str, hint: str) -> None:
        """Say what went wrong and what to do, each in one clause."""
        super().__init__(f"{problem}; {hint}")
        self.problem = problem
        self.hint = hint


class UsageError(LabError):
    """A usage error (unknown lab, unit or option). Exit code 4."""


class DockerMissing(LabError):
    """No container engine answers, or this user may not talk to it."""


class BootFailed(LabError):
    """A unit, proxy or client did not come up in time."""


class ResetUnclean(LabError):
    """The lab was not proven to be back in its first state and must be removed."""


class CliLost(LabError):
    """The operator's session to a unit broke off or never opened."""


class FaultNotProven(Exception):
    """A fault was not proven, or a time measured too coarsely: the verdict is inconclusive. Exit code 2."""


class NotApplicable(Exception):
    """The lab lacks a capability that the scenario needs; the reason goes into the report."""


class NotReached(AssertionError):
    """A condition did not come true within its bound, or ceased to hold: a failed behaviour."""
