"""The simulated hand-over of a mail queue, interrupted at the worst moments."""

from __future__ import annotations

from collections import Counter

import pytest

from lab.contract import Cut, Lab, Mode
from lab.ledger import deliveries
from tests.lab.sim_pair import healthy, let_pass, new_lab, until


def queued(lab: Lab, count: int) -> set[str]:
    """Put messages into P's queue that the protected server does not take yet."""
    lab.mail.hold_deliveries()
    return {lab.mail.send(to=lab.primary.own_address("port3")).id for _ in range(count)}


@pytest.mark.parametrize("after", [0.002, 0.004, 0.006, 0.008, 0.01, 0.015, 0.02, 0.03])
@pytest.mark.parametrize("unit", ["P", "S"])
def test_a_power_loss_at_any_moment_neither_loses_nor_doubles(unit: str, after: float) -> None:
    """Whichever unit dies in the middle, each message is delivered once in the end. Source: HA-423, HA-424."""
    lab = healthy(new_lab(), "set hb-lost-threshold 60")
    ids = queued(lab, 4)
    lab.primary.cli("diagnose system ha failover")
    until(lab, lab.secondary, Mode.PRIMARY)
    let_pass(lab, after)
    dying = lab.primary if unit == "P" else lab.secondary
    dying.power_off()
    assert ids <= lab.primary.queued() | lab.secondary.queued()
    let_pass(lab, 1.0)
    dying.power_on()
    let_pass(lab, 30.0)
    lab.mail.release_deliveries()
    let_pass(lab, 30.0)
    assert deliveries(lab) == Counter(ids)


def test_a_silent_link_puts_the_hand_over_off() -> None:
    """Nothing moves while both links are black holes; what was left goes over when they heal."""
    lab = healthy(new_lab(), "set hb-lost-threshold 60")
    ids = queued(lab, 8)
    lab.primary.cli("diagnose system ha failover")
    until(lab, lab.secondary, Mode.PRIMARY)
    for link in lab.links.values():
        link.cut(Cut())
    let_pass(lab, 5.0)
    assert lab.primary.queued()
    for link in lab.links.values():
        link.heal()
    let_pass(lab, 20.0)
    assert (lab.primary.queued(), lab.secondary.queued()) == (frozenset(), ids)


@pytest.mark.parametrize("after", [0.001, 0.003, 0.005, 0.007, 0.009, 0.012, 0.016, 0.02, 0.025, 0.03])
def test_a_role_that_goes_back_in_the_middle_neither_loses_nor_doubles(after: float) -> None:
    """The message under way is the peer's as soon as the peer has it, and goes back as a whole. Source: HA-423."""
    lab = healthy(new_lab(), "set hb-lost-threshold 60")
    lab.mail.hold_deliveries()
    ids = queued(lab, 4)
    lab.primary.cli("diagnose system ha failover")
    until(lab, lab.secondary, Mode.PRIMARY)
    let_pass(lab, after)
    lab.secondary.cli("diagnose system ha failover")
    until(lab, lab.primary, Mode.PRIMARY)
    lab.mail.release_deliveries()
    let_pass(lab, 60.0)
    assert deliveries(lab) == Counter(ids)


def test_a_message_that_has_been_given_away_may_come_back() -> None:
    """There, back, and there again: the first taker does not take it for one that it still has. Source: HA-424."""
    lab = healthy(new_lab(), "set hb-lost-threshold 60")
    ids = queued(lab, 2)
    for leader, follower in ((lab.secondary, lab.primary), (lab.primary, lab.secondary)) * 2:
        follower.cli("diagnose system ha failover")
        until(lab, leader, Mode.PRIMARY)
        let_pass(lab, 10.0)
        assert (leader.queued(), follower.queued()) == (ids, frozenset())
