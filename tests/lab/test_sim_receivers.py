"""The server of alert mail of the simulation: what it puts off, or does not answer, it takes later."""

from __future__ import annotations

import pytest

from lab.contract import Lab, Sink
from lab.invariants import Allowances
from lab.timeline import Kind
from steps.choices import choosing
from steps.scene import Scene
from tests.lab.sim_pair import new_lab

MODE = ("config system ha", "set mode primary", "end")


def mails(lab: Lab) -> int:
    """How many alerts have arrived."""
    return sum(entry.detail["sink"] == Sink.ALERT_MAIL.value for entry in lab.timeline.of(Kind.REPORT, "P"))


@pytest.fixture
def lab() -> Lab:
    """A unit that mails its alerts."""
    lab = new_lab()
    lab.primary.cli(*choosing(Scene(lab, Allowances()), "P", Sink.ALERT_MAIL, "ha"))
    return lab


def let_pass(lab: Lab, seconds: float) -> None:
    """Let so much time pass."""
    lab.clock.hold(lambda: True, seconds, "time passes")


def test_an_alert_that_is_not_answered_arrives_once_when_it_is(lab: Lab) -> None:
    """And holds nothing up: the unit goes on."""
    lab.receivers.hang()
    lab.primary.cli(*MODE)
    let_pass(lab, 5.0)
    assert mails(lab) == 0
    assert lab.primary.effective_mode().value != "off"
    lab.receivers.come_back(Sink.ALERT_MAIL)
    let_pass(lab, 1.0)
    arrived = mails(lab)
    assert arrived
    let_pass(lab, 5.0)
    assert mails(lab) == arrived


def test_an_alert_that_was_not_answered_is_kept_over_a_loss_of_power(lab: Lab) -> None:
    """Who waited for an answer is gone; the next life sends it, once."""
    lab.receivers.hang()
    lab.primary.cli(*MODE)
    let_pass(lab, 1.0)
    lab.primary.power_off()
    lab.receivers.come_back(Sink.ALERT_MAIL)
    let_pass(lab, 1.0)
    assert mails(lab) == 0
    lab.primary.power_on()
    let_pass(lab, 5.0)
    assert mails(lab) > 0
