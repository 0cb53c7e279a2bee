"""Clients of the simulated mail network that send without pause."""

from __future__ import annotations

from lab.contract import Mode
from lab.ledger import Fate, balance
from lab.registry import Options, open_lab
from lab.sim.driver import SimLab
from lab.standard_pair import configure
from lab.under_test import UnderTest


def healthy() -> SimLab:
    """Return a lab with a healthy pair."""
    lab = open_lab("sim", Options(units=UnderTest.named(), run="load"))
    assert isinstance(lab, SimLab)
    for unit, peer in ((lab.primary, lab.secondary), (lab.secondary, lab.primary)):
        configure(unit, peer, lab.mail.virtual_address, {"hb-lost-threshold": "2"})
    lab.clock.wait_for(lambda: lab.primary.effective_mode() is Mode.PRIMARY, 30, "P leads")
    lab.clock.wait_for(lambda: lab.secondary.effective_mode() is Mode.SECONDARY, 30, "S follows")
    lab.clock.wait_for(lambda: lab.mail.answering("10.0.3.100") == "P", 30, "P answers")
    return lab


def test_a_thousand_messages_a_second_are_handed_in() -> None:
    """Each is accepted at its first try while nothing fails, and delivered once."""
    lab = healthy()
    load = lab.mail.load()
    lab.clock.hold(lambda: True, 1.0, "clients send")
    load.stop()
    lab.clock.hold(lambda: True, 1.0, "the rest is delivered")
    assert 990 <= len(load.accepted()) <= 1010
    assert not load.waiting()
    assert balance(lab).counts() == {Fate.DELIVERED.value: len(load.accepted())}


def test_what_nobody_takes_is_tried_again_until_somebody_does() -> None:
    """A client gives no message up, and begins none once the load has stopped."""
    lab = healthy()
    lab.primary.power_off()
    load = lab.mail.load()
    lab.clock.hold(lambda: True, 0.5, "clients send")
    load.stop()
    waiting = load.waiting()
    assert 490 <= len(waiting) <= 510
    assert not load.accepted()
    lab.clock.wait_for(lambda: not load.waiting(), 30, "S takes it")
    assert load.accepted() == waiting
