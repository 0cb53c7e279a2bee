"""Judges a measured time by a documented bound, with the lab's slack and resolution as tolerances."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lab.contract import Lab
from lab.errors import FaultNotProven, NotReached
from lab.timeline import Kind

_DIGITS = 6
"""Comparisons use microseconds, so that floating point errors do not count."""


class Standing(StrEnum):
    """Position of a measured value: inside the documented bound, in the lab's slack beyond it, or outside both.

    Undecided: measured too coarsely to tell.
    """

    WITHIN = "within"
    WITHIN_SLACK = "within-slack"
    OUTSIDE = "outside"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Claim:
    """One timed claim: its documented bounds and the measured value, in `unit` (None: no bound on that side).

    The true value is at most `measured`, and at least `measured - doubt`.
    """

    name: str
    at_least: float | None
    at_most: float | None
    measured: float
    resolution: float
    slack: float
    standing: Standing
    unit: str = "s"
    doubt: float = 0.0

    @property
    def bound(self) -> str:
        """The documented bounds in words, without slack."""
        if self.at_least == self.at_most:
            return f"exactly {self.at_least:g} {self.unit}"
        sides = []
        if self.at_least is not None:
            sides.append(f"at least {self.at_least:g} {self.unit}")
        if self.at_most is not None:
            sides.append(f"at most {self.at_most:g} {self.unit}")
        return " and ".join(sides)

    def __str__(self) -> str:
        """One line for a person."""
        return (
            f"{self.name}: measured {self.measured:.6g} {self.unit}, documented {self.bound}"
            f" (at most {self.doubt:.3g} {self.unit} less, resolution {self.resolution:g} {self.unit},"
            f" slack {self.slack:g} {self.unit}): {self.standing}"
        )


def judge(
    lab: Lab,
    name: str,
    measured: float,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    unit: str = "s",
    doubt: float = 0.0,
) -> Claim:
    """Record the claim on the lab's timeline and return it; raise NotReached when it lies outside.

    "Not before" is judged as strictly as "not after": the tolerance of `at_least` is only the lab's resolution, that of
    `at_most` only its slack. Something that is seen by asking repeatedly may have happened up to `doubt` seconds
    earlier. If a value is too late only when the doubt is ignored, it passes with a doubt no larger than the slack, and
    is undecided with a larger one (FaultNotProven).
    """
    if at_least is None and at_most is None:
        raise ValueError(f"the claim {name!r} has no bound; give at_least, at_most or both")
    timing = lab.timing
    claim = Claim(
        name=name,
        at_least=at_least,
        at_most=at_most,
        measured=measured,
        resolution=timing.resolution,
        slack=timing.slack,
        standing=_standing(measured, doubt, at_least, at_most, resolution=timing.resolution, slack=timing.slack),
        unit=unit,
        doubt=doubt,
    )
    lab.timeline.add(
        lab.clock.now(),
        Kind.CLAIM,
        name,
        bound=claim.bound,
        at_least=at_least,
        at_most=at_most,
        measured=round(measured, _DIGITS),
        resolution=timing.resolution,
        slack=timing.slack,
        doubt=round(doubt, _DIGITS),
        verdict=claim.standing.value,
        unit=unit,
    )
    if claim.standing is Standing.UNDECIDED:
        raise FaultNotProven(f"the lab saw too seldom what it measures: {claim}")
    if claim.standing is Standing.OUTSIDE:
        raise NotReached(str(claim))
    return claim


def _standing(
    measured: float, doubt: float, at_least: float | None, at_most: float | None, *, resolution: float, slack: float
) -> Standing:
    value = round(measured, _DIGITS)
    if at_least is not None and value < round(at_least - resolution, _DIGITS):
        return Standing.OUTSIDE
    if at_most is not None and round(value - doubt, _DIGITS) > round(at_most + slack, _DIGITS):
        return Standing.OUTSIDE
    if at_most is not None and value > round(at_most + slack, _DIGITS) and doubt > slack:
        return Standing.UNDECIDED
    if at_most is not None and value > round(at_most, _DIGITS):
        return Standing.WITHIN_SLACK
    return Standing.WITHIN
