"""Mail as a client sees it: sending, sessions, delivery, and what waits in a unit's queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import pytest

from lab.contract import Capability, HalfMessage, Load, MailSession, Message, Mode, Port, Rank, Service
from lab.errors import FaultNotProven, NotReached
from lab.ledger import ACCEPTED, Fate, Outstanding, balance
from lab.schedule import What
from lab.standard_pair import await_service
from lab.timeline import Kind
from steps.actions import Action
from steps.addresses import client_address
from steps.fields import Address
from steps.operator import forces_failover
from steps.scene import Scene
from steps.times import Span, stays, watched
from steps.words import action, outcome, said

MOST = 300
"""Messages after which a client gives up, if the lab's time to settle has passed too: refusals may come fast."""

SIZE = 300
"""Bytes that a test message has at least, with its headers."""

LOAD = 8
"""Messages that are accepted before the role moves, and again after it has moved."""


@dataclass(slots=True)
class Clients:
    """What clients have done in the scenario."""

    sent: list[Message] = field(default_factory=list)
    session: MailSession | None = None
    load: Load | None = None
    """The messages that clients hand in without pause."""
    half: HalfMessage | None = None
    """The message that a client has begun to hand in."""

    @property
    def last(self) -> Message:
        """The message that was sent last."""
        assert self.sent, "no message was sent"
        return self.sent[-1]

    def accepted(self) -> set[str]:
        """Ids of the messages that a unit has taken."""
        taken = {message.id for message in self.sent if message.outcome == ACCEPTED}
        return taken if self.load is None else taken | self.load.accepted()


@pytest.fixture
def clients() -> Clients:
    """Keep what clients send."""
    return Clients()


@action("a client [sends|has sent] a message to {target:Target}")
def sends(scene: Scene, clients: Clients, target: tuple[Address, ...]) -> Action:
    """One message by SMTP to each address; what becomes of it is asserted afterwards, in a Given it is accepted.

    Source: HA-022, HA-110, HA-114.
    """

    def send() -> None:
        clients.sent += [scene.lab.mail.send(to=client_address(scene, address)) for address in target]

    return Action(does=send, done=partial(is_accepted, clients))


@action("a client [opens|has opened] {service:Service} session with the {address:Address}")
def opens_session(scene: Scene, clients: Clients, service: Service, address: Address) -> Action:
    """A session up to the greeting, in which nothing is sent. Source: HA-111."""

    def opened() -> MailSession | None:
        session = scene.lab.mail.open_session(client_address(scene, address), service)
        return session if session.is_open() else None

    def open_session() -> None:
        what = f"a client is greeted at the {address.name}, and answered in the session"
        clients.session = scene.lab.clock.wait_for(opened, scene.lab.timing.settle, what)

    return Action(does=open_session)


@action("a client [begins|has begun] to hand in a message at the {address:Address}")
def begins_message(scene: Scene, clients: Clients, address: Address) -> Action:
    """All but its end, so that no unit has been asked to take it. Source: HA-425."""

    def begin() -> None:
        mail, host = scene.lab.mail, client_address(scene, address)
        what = f"a client hands in the beginning of a message at the {address.name}"
        clients.half = scene.lab.clock.wait_for(lambda: mail.begin_message(host), scene.lab.timing.settle, what)

    return Action(does=begin)


@action("the client [ends|has ended] its message")
def ends_message(scene: Scene, clients: Clients) -> Action:
    """The end of what a client has begun to hand in; what becomes of it is asserted afterwards. Source: HA-425."""
    del scene

    def end() -> None:
        assert clients.half is not None, "no message was begun"
        clients.sent.append(clients.half.end())

    return Action(does=end)


@outcome("the message is accepted")
def is_accepted(clients: Clients) -> None:
    """The unit took responsibility for the last message. Source: HA-022, HA-023."""
    message = clients.last
    assert message.outcome == ACCEPTED, f"message {message.id} was {message.outcome}"


@outcome("the message is not accepted")
def is_not_accepted(clients: Clients) -> None:
    """The last message was refused, or nobody answered at all. Source: HA-022, HA-311, HA-526."""
    message = clients.last
    assert message.outcome != ACCEPTED, f"message {message.id} was accepted"


@outcome("the client's mail session is cut")
def session_is_cut(scene: Scene, clients: Clients) -> None:
    """The unit no longer answers in the session; the client has to open a new one. Source: HA-111, HA-119."""
    session = clients.session
    assert session is not None, "no session was opened"
    scene.lab.clock.wait_for(lambda: not session.is_open(), scene.lab.timing.settle, "the mail session is cut")


@outcome("each accepted message is delivered exactly once{by:By}")
def is_delivered(scene: Scene, clients: Clients, by: tuple[str, ...]) -> None:
    """At least one was accepted; each reaches the protected server, one copy only, by the unit that is named.

    Source: HA-022, HA-110, HA-333, HA-420, HA-423, HA-424.
    """
    accepted = clients.accepted()
    assert accepted, "no message was accepted"

    outstanding = Outstanding(scene.lab.timeline, accepted)
    what = f"{len(accepted)} accepted messages are delivered"
    scene.lab.clock.wait_for(lambda: not outstanding.left, 2 * scene.lab.timing.settle, what)
    doubled = set(balance(scene.lab).of(Fate.DUPLICATED)) & accepted
    assert not doubled, f"delivered more than once: {', '.join(sorted(doubled))}"
    delivered = [entry for entry in scene.lab.timeline.of(Kind.MAIL) if entry.detail.get("event") == "delivered"]
    others = {entry.subject for entry in delivered if entry.subject in accepted and entry.detail.get("unit") not in by}
    assert not by or not others, f"not delivered by unit {by[0]}: {sorted(others)}"


@action("{count:Count} messages wait in the queue of the {unit:Unit} for the protected mail server", Capability.STORAGE)
def wait(scene: Scene, clients: Clients, count: int, unit: str) -> Action:
    """The unit has accepted these messages, and the protected server puts every delivery off. Source: HA-420."""

    def send() -> None:
        scene.lab.mail.hold_deliveries()
        await_service(scene.lab, unit)
        to = client_address(scene, Address("", unit=unit))
        clients.sent += (batch := [scene.lab.mail.send(to=to) for _ in range(count)])
        for message in batch:
            assert message.outcome == ACCEPTED, f"message {message.id} was {message.outcome}"
        wanted = {message.id for message in batch}

        def waiting() -> bool:
            return wanted <= scene.unit(unit).queued()

        scene.lab.clock.wait_for(waiting, scene.lab.timing.settle, f"unit {unit} has {count} messages in its queue")
        scene.carried = scene.count()

    return Action(does=send)


@action("the {unit:Unit} is sending a message to the protected mail server")
def is_sending(scene: Scene, clients: Clients, unit: str) -> Action:
    """The unit has accepted a message, and waits in the middle of its delivery for the protected server's answer.

    Source: HA-425.
    """

    def send() -> None:
        mail = scene.lab.mail
        mail.stall_deliveries()
        await_service(scene.lab, unit)
        clients.sent.append(message := mail.send(to=client_address(scene, Address("", unit=unit))))
        assert message.outcome == ACCEPTED, f"message {message.id} was {message.outcome}"
        what = f"unit {unit} is in the middle of a delivery"
        scene.lab.clock.wait_for(lambda: unit in mail.stalled(), scene.lab.timing.settle, what)

    return Action(does=send)


@outcome("the messages wait in the queue of the {unit:Unit} only{span:Span}", Capability.STORAGE, watched)
def wait_in(scene: Scene, clients: Clients, unit: str, span: Span | None) -> None:
    """Seen inside both units: the other has none of them; with a span it stays so.

    Source: HA-311, HA-423.
    """
    wanted, what = clients.accepted(), f"the messages wait in the queue of unit {unit} only"

    def there() -> bool:
        return wanted <= scene.unit(unit).queued() and not wanted & scene.other(unit).queued()

    if span is None:
        scene.lab.clock.wait_for(there, scene.lab.timing.settle, what)
    else:
        stays(scene, there, span, what)


@outcome("the data ports of the heartbeat links have carried the messages")
def carried_messages(scene: Scene, clients: Clients) -> None:
    """Since the messages lay in the queue the data ports of both links have carried more bytes than they have.

    Source: HA-054, HA-420.
    """
    grown = sum(scene.grown(rank, Port.DATA_SYNC) for rank in Rank)
    least = SIZE * len(clients.accepted())
    assert grown > least, f"the data ports have carried {grown} bytes, less than {least}"


@outcome("some of the messages have left the queue of the {unit:Unit}", Capability.STORAGE)
def some_have_left(scene: Scene, clients: Clients, unit: str) -> None:
    """In the middle of a hand-over: its peer does not have all of the messages. Source: HA-424."""
    giver, taker, before = scene.unit(unit), scene.other(unit), len(clients.sent)
    what = "some of the messages have been handed over"
    scene.lab.clock.wait_for(lambda: len(giver.queued()) < before, scene.lab.timing.settle, what)
    if len(taker.queued()) == before:
        raise FaultNotProven(f"unit {unit} has handed all {before} messages over at once")


@outcome("some of the messages are still in the queue of the {unit:Unit}", Capability.STORAGE)
def some_are_left(scene: Scene, clients: Clients, unit: str) -> None:
    """Seen inside the unit. Source: HA-003."""
    assert clients.accepted() & scene.unit(unit).queued(), f"unit {unit} has none of the messages in its queue"


@action(said(What.TAKEN))
def takes_mail_again(scene: Scene) -> Action:
    """It no longer puts deliveries off."""
    return Action(does=scene.lab.mail.release_deliveries)


@action("an operator [forces|has forced] a failover on the {unit:Unit} while a client keeps sending")
def failover_under_load(scene: Scene, clients: Clients, unit: str) -> Action:
    """A client sends to the virtual address from before the command until the new primary has accepted eight messages.

    Source: HA-425.
    """
    mail, new = (
        scene.lab.mail,
        next(each.name for each in scene.units if scene.mode_seen(each.name) is not Mode.PRIMARY),
    )
    failover = forces_failover(scene, (unit,))

    def send() -> None:
        clients.sent += [mail.send() for _ in range(LOAD)]
        for name, lines in failover.enters:
            scene.enter(name, *lines)
        end, most, left = scene.lab.clock.now() + scene.lab.timing.settle, len(clients.sent) + MOST, LOAD
        while left:
            if len(clients.sent) > most and scene.lab.clock.now() > end:
                raise NotReached(f"{len(clients.sent)} messages were sent, and no mail flows through unit {new}")
            clients.sent.append(message := mail.send())
            left -= scene.mode_seen(new) is Mode.PRIMARY and message.outcome == ACCEPTED

    return Action(does=send, causes=failover.causes)
