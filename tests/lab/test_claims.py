"""A timed claim is judged by its documented bound; slack and resolution are kept apart from it."""

from __future__ import annotations

import pytest

from lab.claims import Standing, judge
from lab.errors import FaultNotProven, NotReached
from lab.timeline import Kind
from tests.fixtures.fake_lab import PaperLab


def test_inside_the_bounds_is_within() -> None:
    """A value between both bounds is within, and the record says so."""
    lab = PaperLab()
    assert judge(lab, "takeover", 3.5, at_least=3, at_most=5).standing is Standing.WITHIN
    (entry,) = lab.timeline.of(Kind.CLAIM, "takeover")
    assert (entry.detail["measured"], entry.detail["verdict"]) == (3.5, "within")


@pytest.mark.parametrize("measured", [2.999, 5.001])
def test_outside_the_bounds_fails_as_strictly_on_both_sides(measured: float) -> None:
    """A millisecond too early is as wrong as a millisecond too late; the claim is recorded all the same."""
    lab = PaperLab()
    with pytest.raises(NotReached, match="outside"):
        judge(lab, "takeover", measured, at_least=3, at_most=5)
    assert lab.timeline.of(Kind.CLAIM)[0].detail["verdict"] == "outside"


def test_slack_forgives_lateness_only() -> None:
    """Slack widens the upper bound and is told apart; it does not touch the lower one."""
    lab = PaperLab(slack=0.2)
    assert judge(lab, "takeover", 5.2, at_most=5).standing is Standing.WITHIN_SLACK
    with pytest.raises(NotReached):
        judge(lab, "takeover", 2.9, at_least=3)
    with pytest.raises(NotReached):
        judge(lab, "takeover", 5.201, at_most=5)


def test_resolution_forgives_earliness_only() -> None:
    """What the lab cannot tell apart does not count as too early."""
    lab = PaperLab(resolution=0.05)
    assert judge(lab, "takeover", 2.95, at_least=3).standing is Standing.WITHIN
    with pytest.raises(NotReached):
        judge(lab, "takeover", 2.949, at_least=3)


@pytest.mark.parametrize(("measured", "doubt"), [(5.3, 0.1), (5.4, 0.2)])
def test_what_may_have_happened_in_time_is_not_too_late(measured: float, doubt: float) -> None:
    """A doubt no larger than the slack counts for the unit, and the record keeps it."""
    lab = PaperLab(slack=0.2)
    assert judge(lab, "takeover", measured, at_most=5, doubt=doubt).standing is Standing.WITHIN_SLACK
    assert lab.timeline.of(Kind.CLAIM)[0].detail["doubt"] == doubt


def test_what_was_too_late_in_any_case_fails_whatever_the_doubt() -> None:
    """Even the earliest moment at which it may have happened lies outside."""
    with pytest.raises(NotReached):
        judge(PaperLab(slack=0.2), "takeover", 7.0, at_most=5, doubt=1.7)


def test_a_time_that_was_seen_too_coarsely_is_undecided() -> None:
    """Neither a pass nor a failure of the unit: the lab did not look often enough."""
    lab = PaperLab(slack=0.2)
    with pytest.raises(FaultNotProven, match="saw too seldom"):
        judge(lab, "takeover", 5.3, at_most=5, doubt=0.4)
    assert lab.timeline.of(Kind.CLAIM)[0].detail["verdict"] == "undecided"
    assert judge(lab, "takeover", 5.1, at_most=5, doubt=0.4).standing is Standing.WITHIN_SLACK


def test_doubt_does_not_excuse_what_came_too_early() -> None:
    """It can only have happened sooner still."""
    with pytest.raises(NotReached):
        judge(PaperLab(slack=0.2), "takeover", 2.9, at_least=3, doubt=0.4)


def test_floating_point_noise_does_not_decide() -> None:
    """Values are compared to the microsecond."""
    assert judge(PaperLab(), "sum", 0.1 + 0.2, at_most=0.3).standing is Standing.WITHIN


def test_a_claim_without_a_bound_is_refused() -> None:
    """A claim that nothing can fail is a mistake of the step."""
    with pytest.raises(ValueError, match="has no bound"):
        judge(PaperLab(), "takeover", 1.0)
