"""Mail as a client sees it: sending, sessions, delivery."""

from __future__ import annotations

from lab.contract import Family, MailSession, Message
from lab.ledger import ACCEPTED, deliveries
from lab.schedule import What
from lab.standard_pair import PAIR
from steps.addresses import host_of, shared
from steps.scene import Scene
from steps.words import given, said, then, when


@when(said(What.MAIL_TO_UNIT))
def sends_to_unit(scene: Scene, unit: str) -> None:
    """One message by SMTP to the own address of the unit's mail interface. Source: HA-022, HA-110."""
    scene.act()
    scene.message = _send(scene, unit)


@when("a client sends a message to the {virtual:Virtual}")
def sends_to_virtual(scene: Scene, virtual: Family) -> None:
    """One message by SMTP to the address that mail exchangers name, as soon as somebody answers. Source: HA-114."""
    scene.act()
    await_answer(scene, shared(scene, virtual))
    scene.message = scene.lab.mail.send(to=shared(scene, virtual))


@given("a client has sent a message to the virtual address")
def has_sent(scene: Scene) -> None:
    """One message, accepted; like every other it must be delivered once."""
    sends_to_virtual(scene, Family.IPV4)
    is_accepted(scene)


@given("a client has a mail session open with the {unit:Unit}")
def opens_session(scene: Scene, unit: str) -> None:
    """An SMTP session with the own address of the unit's mail interface, up to the greeting. Source: HA-111."""

    def opened() -> MailSession | None:
        session = scene.lab.mail.open_session(own(scene, unit))
        return session if session.is_open() else None

    what = f"unit {unit} greets a client, and answers in the session"
    scene.session = scene.lab.clock.wait_for(opened, scene.lab.profile.settle, what)


@then("the message is accepted")
def is_accepted(scene: Scene) -> None:
    """The unit took responsibility for the message. Source: HA-022."""
    message = message_of(scene)
    assert message.outcome == ACCEPTED, f"message {message.id} was {message.outcome}"


@then("the message is not accepted")
def is_not_accepted(scene: Scene) -> None:
    """The unit refused the message or did not answer at all. Source: HA-022."""
    message = message_of(scene)
    assert message.outcome != ACCEPTED, f"message {message.id} was accepted"


@then("the message is delivered exactly once")
def is_delivered(scene: Scene) -> None:
    """The protected mail server gets the message, and only one copy of it. Source: HA-022, HA-110."""
    id_ = message_of(scene).id

    def copies() -> int:
        return deliveries(scene.lab)[id_]

    scene.lab.clock.wait_for(copies, scene.lab.profile.settle, f"message {id_} is delivered")
    assert copies() == 1, f"message {id_} was delivered {copies()} times"


@then("a message sent to the {unit:Unit} is not accepted")
def would_not_accept(scene: Scene, unit: str) -> None:
    """A client tries the own address of the unit's mail interface. Source: HA-311."""
    message = _send(scene, unit)
    assert message.outcome != ACCEPTED, f"unit {unit} accepted message {message.id}"


@then("the client's mail session is cut")
def session_is_cut(scene: Scene) -> None:
    """The unit no longer answers in the session; the client has to open a new one. Source: HA-111."""
    session = scene.session
    assert session is not None, "no session was opened"
    scene.lab.clock.wait_for(lambda: not session.is_open(), scene.lab.profile.settle, "the mail session is cut")


def await_answer(scene: Scene, address: str) -> None:
    """Wait until somebody answers there: a unit shows its role a little before its mail service answers."""
    mail, settle = scene.lab.mail, scene.lab.profile.settle
    scene.lab.clock.wait_for(lambda: mail.answering(host_of(address)), settle, f"{address} answers")


def message_of(scene: Scene) -> Message:
    """Return the message that the scenario is about."""
    assert scene.message is not None, "no message was sent"
    return scene.message


def own(scene: Scene, unit: str) -> str:
    """Return the own address of the unit's mail interface, without its mask."""
    return scene.unit(unit).own_address(PAIR.mail).partition("/")[0]


def _send(scene: Scene, unit: str) -> Message:
    return scene.lab.mail.send(to=own(scene, unit))
