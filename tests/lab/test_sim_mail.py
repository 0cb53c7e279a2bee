"""Tests of the simulated mail network: holders, ARP, probes, queue, stores and sessions."""

from __future__ import annotations

import pytest

from lab.contract import Area, Failing, Lab, MailKind, Message, Service
from lab.ledger import deliveries
from lab.sim.driver import SimLab
from lab.sim.mailer import OPENING
from lab.timeline import Kind
from node.engine.modes import Action
from tests.lab.sim_pair import let_pass, new_lab

HOST = "10.0.3.100"


@pytest.fixture
def lab() -> SimLab:
    """A lab with two standalone units: both run mail, nobody holds the virtual address."""
    lab = new_lab()
    assert isinstance(lab, SimLab)
    return lab


def hold(lab: SimLab, name: str, *, announce: bool) -> None:
    """Let a unit take the virtual address, with or without an announcement."""
    machine = lab._pair.machines[name]
    machine.interfaces.hold("port3", Action.ADD, lab.mail.virtual_address)
    if announce:
        lab._pair.announced(machine, "port3", HOST)


def answers_within(lab: Lab, name: str, seconds: float) -> float:
    """Wait until a unit answers on the virtual address; return how long that took."""
    start = lab.clock.now()
    lab.clock.wait_for(lambda: lab.mail.answering(HOST) == name, seconds, f"{name} answers")
    return lab.clock.now() - start


def test_nobody_answers_on_an_address_that_nobody_holds(lab: SimLab) -> None:
    """A message to it is unanswered; one to a unit's own address is accepted."""
    assert lab.mail.answering(HOST) is None
    assert lab.mail.send().outcome == "unanswered"
    assert lab.mail.send(to="10.0.3.2").outcome == "accepted"


def test_announced_takeover_is_seen_at_once(lab: SimLab) -> None:
    """The client follows a gratuitous ARP within milliseconds, and the timeline has it."""
    hold(lab, "P", announce=True)
    let_pass(lab, 10.0)
    lab.primary.power_off()
    hold(lab, "S", announce=True)
    assert answers_within(lab, "S", 1.0) < 0.001
    assert [entry.subject for entry in lab.timeline.of(Kind.ANNOUNCEMENT)] == ["P", "S"]


def test_takeover_that_nobody_announces_is_missed_for_long(lab: SimLab) -> None:
    """The client believes the dead owner until its entry has aged, as Linux does."""
    hold(lab, "P", announce=False)
    let_pass(lab, 10.0)
    lab.primary.power_off()
    hold(lab, "S", announce=False)
    assert 15.0 + 5.0 + 3.0 - 0.05 <= answers_within(lab, "S", 60.0) <= 45.0 + 5.0 + 3.0
    assert lab.timeline.of(Kind.ANNOUNCEMENT) == []


def test_probes_are_entered_around_each_change_of_answer(lab: SimLab) -> None:
    """First, last before a change, first after it, last of all: on the 50 ms grid."""
    let_pass(lab, 1.01)
    hold(lab, "P", announce=True)
    let_pass(lab, 1.0)
    lab.primary.freeze()
    let_pass(lab, 1.0)
    lab.finish()
    probes = [(round(e.at, 6), e.detail["answer"]) for e in lab.timeline.of(Kind.PROBE, HOST)]
    assert probes == [(0.0, None), (1.0, None), (1.05, "P"), (2.0, "P"), (2.05, None), (3.0, None)]


def test_stopped_mail_refuses_and_cuts_sessions(lab: SimLab) -> None:
    """The machine still answers, its mail service does not; a session does not survive a restart of mail."""
    session = lab.mail.open_session("10.0.3.1")
    assert session.is_open()
    mailer = lab._pair.machines["P"].mailer
    mailer.stop()
    assert not session.is_open()
    assert lab.mail.send(to="10.0.3.1").outcome == "refused"
    mailer.start()
    assert not session.is_open()
    let_pass(lab, 2 * OPENING)
    assert lab.mail.open_session("10.0.3.1").is_open()


def test_a_message_that_is_begun_ends_with_its_session(lab: SimLab) -> None:
    """Its end is accepted in the session in which it was begun, and nowhere once mail has stopped."""
    kept, cut = lab.mail.begin_message("10.0.3.1"), lab.mail.begin_message("10.0.3.1")
    assert kept is not None
    assert cut is not None
    assert kept.end().outcome == "accepted"
    mailer = lab._pair.machines["P"].mailer
    mailer.stop()
    mailer.start()
    let_pass(lab, 2 * OPENING)
    assert cut.end().outcome == "unanswered"
    mailer.stop()
    assert lab.mail.begin_message("10.0.3.1") is None


def test_a_delivery_that_waits_for_an_answer_is_cut_with_the_mail_service(lab: SimLab) -> None:
    """It is in the queue until then, and afterwards too; the next start delivers it, once."""
    lab.mail.stall_deliveries()
    message = lab.mail.send(to="10.0.3.1")
    lab.clock.wait_for(lambda: lab.mail.stalled() == {"P"}, 1.0, "P delivers")
    mailer = lab._pair.machines["P"].mailer
    mailer.stop()
    assert lab.mail.stalled() == frozenset()
    lab.mail.release_deliveries()
    let_pass(lab, 1.0)
    assert lab.primary.queued() == {message.id}
    mailer.start()
    lab.clock.wait_for(lambda: deliveries(lab)[message.id] == 1, 1.0, "it is delivered")
    let_pass(lab, 1.0)
    assert deliveries(lab)[message.id] == 1


def test_a_delivery_goes_on_when_it_is_answered(lab: SimLab) -> None:
    """What nobody has cut arrives as soon as the protected server answers."""
    lab.mail.stall_deliveries()
    message = lab.mail.send(to="10.0.3.1")
    lab.clock.wait_for(lambda: lab.mail.stalled() == {"P"}, 1.0, "P delivers")
    lab.mail.release_deliveries()
    let_pass(lab, 0.1)
    assert deliveries(lab)[message.id] == 1
    assert lab.primary.queued() == frozenset()


def test_a_message_that_is_queued_twice_is_delivered_twice(lab: SimLab) -> None:
    """A queue has a file for each time, so that a merge that doubles a message is seen."""
    message = Message("twice", MailKind.CLEAN, "user@example.com", 0.0, "accepted")
    mailer = lab._pair.machines["P"].mailer
    mailer.accept(message)
    mailer.accept(message)
    let_pass(lab, 1.0)
    assert deliveries(lab)["twice"] == 2


def test_the_banner_comes_a_moment_after_the_order(lab: SimLab) -> None:
    """As on containers; an order that is taken back in that moment opens nothing, and the next has its own moment."""
    mailer = lab._pair.machines["P"].mailer
    for pause in (0.25, 0.5):
        mailer.stop()
        mailer.start()
        let_pass(lab, pause * OPENING)
    assert lab.mail.answering("10.0.3.1") is None
    assert 25 not in {port for _, port in lab.primary.listening()}
    let_pass(lab, 0.6 * OPENING)
    assert lab.mail.answering("10.0.3.1") == "P"


def test_queue_survives_power_loss_and_is_delivered_later(lab: SimLab) -> None:
    """An accepted message is delivered once, after the unit has started again."""
    message = lab.mail.send(to="10.0.3.1")
    lab.primary.power_off()
    let_pass(lab, 5.0)
    assert lab.primary.queued() == {message.id}
    assert not deliveries(lab)
    lab.primary.power_on()
    let_pass(lab, 1.0)
    assert lab.primary.queued() == frozenset()
    assert deliveries(lab) == {message.id: 1}


@pytest.mark.parametrize(
    ("kind", "area", "delivered"),
    [
        (MailKind.SPAM, Area.QUARANTINE, False),
        (MailKind.VIRUS, Area.SYSTEM_QUARANTINE, False),
        (MailKind.LOCAL, Area.MAILBOXES, False),
        (MailKind.ARCHIVED, Area.ARCHIVE, True),
    ],
)
def test_each_kind_of_mail_ends_where_it_belongs(lab: SimLab, kind: MailKind, area: Area, *, delivered: bool) -> None:
    """The storage areas of HA-401."""
    message = lab.mail.send(kind, to="10.0.3.1")
    let_pass(lab, 1.0)
    assert lab.primary.stored(area) == {message.id}
    assert bool(deliveries(lab)) is delivered
    assert lab.secondary.stored(area) == frozenset()


def test_pulled_mail_cable_keeps_mail_in_the_queue(lab: SimLab) -> None:
    """Delivery is tried again after the cable is back."""
    message = lab.mail.send(to="10.0.3.1")
    lab.primary.pull_cable("port3")
    let_pass(lab, 3.0)
    assert lab.primary.queued() == {message.id}
    lab.primary.plug_cable("port3")
    let_pass(lab, 10.0)
    assert deliveries(lab) == {message.id: 1}


def test_an_owner_finds_what_is_in_the_mailbox_as_often_as_it_is_there(lab: SimLab) -> None:
    """As in Dovecot a new copy is not shown beside a seen one, but two seen ones of unlike flags are two messages."""
    own = lab.primary.own_address("port3").partition("/")[0]
    assert lab.mail.read("P", own) == ()
    message = lab.mail.send(MailKind.LOCAL, to=own)
    lab.clock.wait_for(lambda: message.id in lab.primary.stored(Area.MAILBOXES), 1.0, "it is stored")
    assert lab.mail.read("P", own) == (message.id,)
    volume = lab._pair.machines["P"].volume
    volume.store(Area.MAILBOXES, message.id)
    assert lab.mail.read("P", own) == (message.id,)
    volume.mail_data[f"mailboxes/cur/{message.id}:2,F"] = message.id
    assert [lab.mail.read("P", own, answered=True) for _ in range(2)] == [(message.id, message.id)] * 2
    assert {path.partition(":2,")[2] for path in volume.mail_data if "/cur/" in path} == {"RS", "FRS"}
    assert lab.mail.read("S", own) is None


@pytest.mark.parametrize(
    ("failing", "outcome"),
    [
        (Failing.REFUSING, "refused"),
        (Failing.UNREACHABLE, "unanswered"),
        (Failing.SILENT, "unanswered"),
        (Failing.DEFERRING, "refused"),
        (Failing.REJECTING, "refused"),
        (Failing.GARBAGE, "unanswered"),
        (Failing.ENDLESS, "unanswered"),
        (Failing.LATER, "unanswered"),
    ],
)
def test_a_service_that_fails_takes_no_mail_until_it_is_mended(lab: SimLab, failing: Failing, outcome: str) -> None:
    """Its clients learn as much as they would of a real one; the other services go on."""
    own = lab.primary.own_address("port3").partition("/")[0]
    lab.primary.fail_service(Service.SMTP, failing)
    assert lab.mail.answering(own) is None
    assert lab.mail.send(to=own).outcome == outcome
    assert lab.mail.open_session(own, Service.POP3).is_open()
    lab.primary.mend_services()
    assert lab.mail.send(to=own).outcome == "accepted"
