"""The mail ledger sorts each message by what became of it."""

from __future__ import annotations

import pytest

from lab.contract import Area, MailKind
from lab.ledger import Fate, balance
from lab.timeline import Kind
from tests.fixtures.fake_lab import PaperLab


def deliver(lab: PaperLab) -> None:
    """Write down that the protected server has got message m1."""
    lab.timeline.add(1.0, Kind.MAIL, "m1", event="delivered", unit="P")


def sheet(*, kind: MailKind = MailKind.CLEAN, outcome: str = "accepted", deliveries: int = 0) -> PaperLab:
    """Return a lab in which message m1 was sent and delivered so many times."""
    lab = PaperLab()
    lab.timeline.add(0.0, Kind.MAIL, "m1", event=outcome, unit="P", sort=kind.value)
    for _ in range(deliveries):
        deliver(lab)
    return lab


@pytest.mark.parametrize(
    ("outcome", "deliveries", "fate"),
    [
        ("accepted", 1, Fate.DELIVERED),
        ("accepted", 2, Fate.DUPLICATED),
        ("accepted", 0, Fate.LOST),
        ("refused", 0, Fate.REFUSED),
        ("unanswered", 0, Fate.UNANSWERED),
    ],
)
def test_answer_and_deliveries_decide(outcome: str, deliveries: int, fate: Fate) -> None:
    """Only an accepted message can be lost; one delivered twice is doubled."""
    assert balance(sheet(outcome=outcome, deliveries=deliveries)).fates == {"m1": fate}


def test_a_message_in_any_queue_is_not_lost() -> None:
    """A message that waits on either unit is still queued."""
    lab = sheet()
    lab.secondary.queue.add("m1")
    assert balance(lab).of(Fate.QUEUED) == ("m1",)


@pytest.mark.parametrize(
    ("kind", "area"),
    [
        (MailKind.SPAM, Area.QUARANTINE),
        (MailKind.VIRUS, Area.SYSTEM_QUARANTINE),
        (MailKind.LOCAL, Area.MAILBOXES),
    ],
)
def test_a_message_in_its_resting_place_is_stored(kind: MailKind, area: Area) -> None:
    """Spam, viruses and local mail end in a store, and only in their own."""
    lab = sheet(kind=kind)
    lab.primary.stores[area] = {"m1"}
    assert balance(lab).of(Fate.STORED) == ("m1",)
    lab.primary.stores = {Area.ARCHIVE: {"m1"}}
    assert balance(lab).of(Fate.LOST) == ("m1",)


def test_mail_on_its_way_is_given_time() -> None:
    """A message seen nowhere at first is looked for again before it counts as lost."""
    lab = sheet()
    wait = lab.clock.wait_for

    def arrive(*arguments: object) -> object:
        deliver(lab)
        return wait(*arguments)

    lab.clock.wait_for = arrive
    assert balance(lab).of(Fate.DELIVERED) == ("m1",)


def test_a_lab_that_cannot_look_calls_nothing_lost() -> None:
    """Without inspection an undelivered message is unseen, which breaks no invariant."""
    lab = sheet()
    lab.capabilities = frozenset()
    assert balance(lab).of(Fate.UNSEEN) == ("m1",)
