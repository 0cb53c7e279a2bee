"""Mail under load on a lab made by hand: clients send while somebody breaks the pair, and the ledger is printed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from lab.contract import Capability, Clock, Timing, Unit
from lab.docker.testbed import Testbed
from lab.errors import NotReached
from lab.ledger import Fate, Ledger, balance
from lab.timeline import Timeline

DRAIN = 60.0
"""Seconds for which what is still queued at the end may be on its way."""


@dataclass(frozen=True, slots=True)
class Books:
    """What `lab.ledger` reads of a lab that another process built."""

    capabilities: frozenset[Capability]
    timing: Timing
    clock: Clock
    timeline: Timeline
    primary: Unit
    secondary: Unit


def run(testbed: Testbed, lacking: frozenset[Capability], seconds: float, say: Callable[[str], None]) -> Ledger:
    """Let clients send for so many seconds, or until Ctrl-C; wait for the last deliveries, and print the ledger."""
    recorder = testbed.recorder
    recorder.number = int(time.time())  # what an earlier run has left in a queue has other names
    books = Books(
        frozenset(Capability) - lacking,
        testbed.timing,
        recorder.clock,
        recorder.timeline,
        testbed.units["P"],
        testbed.units["S"],
    )
    load = testbed.mail.load()
    say(f"clients hand in messages at {testbed.mail.virtual_address} for {seconds:g} s; Ctrl-C ends it sooner")
    with suppress(KeyboardInterrupt):
        recorder.clock.hold(lambda: True, seconds, "clients send")
    load.stop()
    with suppress(NotReached, KeyboardInterrupt):
        recorder.clock.wait_for(lambda: not load.waiting(), DRAIN, "each message is accepted")
    with suppress(NotReached, KeyboardInterrupt):
        recorder.clock.wait_for(lambda: not balance(books).of(Fate.QUEUED), DRAIN, "each message is delivered")
    ledger = balance(books)
    for line in told(ledger, recorder.timeline.origin):
        say(line)
    return ledger


def told(ledger: Ledger, origin: float) -> list[str]:
    """Return the ledger as lines: how many messages have each fate, and which were lost or doubled.

    When a message was delivered, in seconds since `origin`, tells whether a loss of power has cut a delivery: who takes
    the power away is another process, so the ledger does not know of it.
    """
    counts = {fate.value: 0 for fate in (Fate.DELIVERED, Fate.DUPLICATED, Fate.LOST)} | ledger.counts()
    lines = [f"{sum(counts.values())} messages"] + [f"  {count:7}  {fate}" for fate, count in counts.items()]
    lines += [f"  {Fate.LOST}: {id_}" for id_ in ledger.of(Fate.LOST)]
    for id_ in ledger.of(Fate.DUPLICATED):
        by = (f"{each.at - origin:.3f} s by {each.detail.get('unit')}" for each in ledger.accounts[id_].deliveries)
        lines.append(f"  {Fate.DUPLICATED}: {id_}, at {' and '.join(by)}")
    return lines
