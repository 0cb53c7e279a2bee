"""The simulated hand-over of a mail queue, interrupted at the worst moments."""

from __future__ import annotations

from collections import Counter

import pytest

from lab.contract import Cut, Lab, Mode
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
    assert Counter(id_ for id_, _ in lab.mail.delivered()) == Counter(ids)


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
