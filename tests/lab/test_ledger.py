"""The mail ledger sorts each message by what became of it."""

from __future__ import annotations

import pytest

from lab.contract import Area, MailKind
from lab.faults import Fault, FaultKind
from lab.ledger import Fate, Outstanding, balance
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


def hand_in(lab: PaperLab, at: float, outcome: str, *, ended: bool = False) -> None:
    """Write down a try to hand message m1 in."""
    detail = {"ended": True} if ended else {}
    lab.timeline.add(at, Kind.MAIL, "m1", event=outcome, unit="P", sort=MailKind.CLEAN.value, **detail)


def test_a_message_that_is_tried_again_is_one_message() -> None:
    """Its last answer counts, and an acceptance stays one."""
    lab = sheet(outcome="refused")
    hand_in(lab, 0.5, "unanswered")
    assert balance(lab).fates == {"m1": Fate.UNANSWERED}
    hand_in(lab, 0.6, "accepted")
    deliver(lab)
    assert balance(lab).fates == {"m1": Fate.DELIVERED}


@pytest.mark.parametrize(("ended", "fate"), [(True, Fate.REPEATED), (False, Fate.DUPLICATED)])
def test_a_client_that_was_not_answered_may_hand_the_message_in_twice(*, ended: bool, fate: Fate) -> None:
    """If it had sent the end of the message, a unit may have accepted it: then each try may be delivered."""
    lab = PaperLab()
    hand_in(lab, 0.0, "unanswered", ended=ended)
    hand_in(lab, 0.5, "accepted")
    deliver(lab)
    deliver(lab)
    assert balance(lab).fates == {"m1": fate}
    deliver(lab)
    assert balance(lab).fates == {"m1": Fate.DUPLICATED}


def deliver_by(lab: PaperLab, at: float, unit: str) -> None:
    """Write down a delivery by a unit."""
    lab.timeline.add(at, Kind.MAIL, "m1", event="delivered", unit=unit)


@pytest.mark.parametrize(
    ("resolution", "off", "fate"),
    [
        (0.05, 1.5, Fate.REPEATED),
        (0.05, 2.5, Fate.DUPLICATED),
        (0.05, 0.5, Fate.DUPLICATED),
        (0.0, 1.0, Fate.DUPLICATED),
    ],
)
def test_a_delivery_that_a_power_loss_cut_is_repeated(resolution: float, off: float, fate: Fate) -> None:
    """The server had the message, and the unit did not know it yet; the simulation, which is exact, cuts none."""
    lab = PaperLab(resolution=resolution)
    hand_in(lab, 0.0, "accepted")
    deliver_by(lab, 1.0, "P")
    deliver_by(lab, 9.0, "S")
    lab.timeline.add(off, Kind.FAULT, "P", **Fault(FaultKind.POWER_OFF, "P").detail())
    assert balance(lab).fates == {"m1": fate}


def split(lab: PaperLab, *, copying: str = "PS", until: float = 8.0, ends: str = "off") -> PaperLab:
    """Write down that both units led from second 5 on until one of them left the role, and who copies the queue."""
    for unit in copying:
        lab.timeline.add(0.0, Kind.CLI, unit, line="set mailqueue-data-sync enable", reply="", refused=False)
    lab.timeline.add(0.1, Kind.ROLE, "P", old="off", new="primary")
    lab.timeline.add(5.0, Kind.ROLE, "S", old="secondary", new="primary")
    lab.timeline.add(until, Kind.ROLE, "P", old="primary", new=ends)
    hand_in(lab, 0.2, "accepted")
    deliver_by(lab, 6.0, "P")
    deliver_by(lab, 7.0, "S")
    return lab


@pytest.mark.parametrize(
    ("copying", "until", "ends", "fate"),
    [
        ("PS", 8.0, "secondary", Fate.REPEATED),
        ("PS", 5.0, "secondary", Fate.DUPLICATED),
        ("PS", 4.9, "unreachable", Fate.REPEATED),
        ("P", 8.0, "secondary", Fate.DUPLICATED),
        ("", 8.0, "secondary", Fate.DUPLICATED),
    ],
)
def test_two_primaries_may_both_deliver_what_each_has_a_copy_of(
    copying: str, until: float, ends: str, fate: Fate
) -> None:
    """Neither knows of the other; after a crash mail goes on, too. Source: HA-411."""
    lab = split(PaperLab(), copying=copying, until=until, ends=ends)
    lab.clock.time = 9.0
    assert balance(lab).fates == {"m1": fate}


def test_a_primary_that_has_lost_its_power_is_no_second_one() -> None:
    """Whoever takes over then has the queue to itself."""
    lab = PaperLab()
    lab.timeline.add(4.0, Kind.FAULT, "P", **Fault(FaultKind.POWER_OFF, "P").detail())
    lab.clock.time = 9.0
    assert balance(split(lab, until=4.0, ends="unreachable")).fates == {"m1": Fate.DUPLICATED}


def test_two_full_deliveries_beside_one_that_was_cut_are_too_many() -> None:
    """A cut excuses one delivery."""
    lab = PaperLab(resolution=0.05)
    hand_in(lab, 0.0, "accepted")
    for at, unit in ((1.0, "P"), (9.0, "S"), (9.1, "S")):
        deliver_by(lab, at, unit)
    lab.timeline.add(1.1, Kind.FAULT, "P", **Fault(FaultKind.POWER_OFF, "P").detail())
    assert balance(lab).fates == {"m1": Fate.DUPLICATED}


def test_what_only_a_unit_has_that_is_gone_is_lost_at_once_where_that_is_documented() -> None:
    """What lies in the other unit's queue is not lost. Source: HA-412."""
    lab = sheet()
    lab.primary.queue.add("m1")
    ledger = balance(lab, gone={"P"}, documented={"m1"})
    assert (ledger.fates, lab.clock.time) == ({"m1": Fate.LOST}, 0.0)
    lab.secondary.queue.add("m1")
    assert balance(lab, gone={"P"}).fates == {"m1": Fate.QUEUED}


def test_outstanding_messages_become_fewer_by_themselves() -> None:
    """Deliveries from before and after count, and answers do not."""
    lab = sheet(deliveries=1)
    outstanding = Outstanding(lab.timeline, ["m1", "m2", "m3"])
    assert outstanding.left == {"m2", "m3"}
    lab.timeline.add(2.0, Kind.MAIL, "m3", event="accepted", unit="P", sort=MailKind.CLEAN.value)
    lab.timeline.add(2.0, Kind.MAIL, "m2", event="delivered", unit="P")
    assert outstanding.left == {"m3"}
