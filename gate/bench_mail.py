"""Measures how fast the mail ledger is sorted, and how fast a unit hands its queue over."""

from __future__ import annotations

import time
from collections.abc import Iterator

from lab.contract import Lab, MailKind, Mode
from lab.errors import LabError
from lab.ledger import ACCEPTED, DELIVERED, Fate, balance
from lab.registry import Options, open_lab
from lab.standard_pair import configure
from lab.timeline import Entry, Kind
from lab.under_test import UnderTest

MESSAGES, SORTED_WITHIN = 100_000, 2.0
"""Messages of a ledger, and the goal for sorting them, in seconds."""

QUEUED = 1000
"""Messages that are handed over."""

PATIENCE = 300.0
"""Seconds to wait for them."""


def sort() -> float:
    """Return the seconds that it takes to sort a ledger of many messages, each accepted and delivered."""
    lab = open_lab("sim", Options(units=UnderTest.named(), run="bench"))
    for each in _observed():
        lab.timeline.add(each.at, each.kind, each.subject, **each.detail)
    began = time.perf_counter()
    ledger = balance(lab)
    took = time.perf_counter() - began
    if len(ledger.of(Fate.DELIVERED)) != MESSAGES:
        raise LabError("the ledger has not sorted each message", "look at lab/ledger.py")
    return took


def hand_over(lab: Lab) -> float:
    """Form a healthy pair, and let the primary hand its queue over; return messages a second. Raises NotReached."""
    address, settle, clock = lab.mail.virtual_address, lab.timing.settle, lab.clock
    lab.begin("bench")
    for unit, peer in ((lab.primary, lab.secondary), (lab.secondary, lab.primary)):
        configure(unit, peer, address, {})
    clock.wait_for(lambda: lab.primary.effective_mode() is Mode.PRIMARY, settle, "P leads")
    clock.wait_for(lambda: lab.secondary.effective_mode() is Mode.SECONDARY, settle, "S follows")
    clock.wait_for(lambda: lab.mail.answering(address.partition("/")[0]) == "P", settle, "P answers")
    lab.mail.hold_deliveries()
    sent = [lab.mail.send() for _ in range(QUEUED)]
    wanted = {message.id for message in sent if message.outcome == ACCEPTED}
    lab.primary.cli("diagnose system ha failover")
    clock.wait_for(lab.secondary.queued, PATIENCE, "the hand-over has begun")
    began = clock.now()
    clock.wait_for(lambda: wanted <= lab.secondary.queued(), PATIENCE, f"S has {len(wanted)} messages")
    lab.finish()
    return len(wanted) / (clock.now() - began)


def _observed() -> Iterator[Entry]:
    for number in range(MESSAGES):
        name, at = f"m{number:06d}", number / 1000
        yield Entry(at, Kind.MAIL, name, {"event": ACCEPTED, "unit": "P", "sort": MailKind.CLEAN.value})
        yield Entry(at + 0.05, Kind.MAIL, name, {"event": DELIVERED, "unit": "P"})
