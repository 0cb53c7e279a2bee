"""Mail data: what lies in the units' storage, and what a synchronization copies."""

from __future__ import annotations

from lab.contract import Area, Capability, MailKind, Port
from lab.faults import Fault, FaultKind, on_both_links
from lab.ledger import ACCEPTED
from steps.mail import await_answer, message_of, own
from steps.scene import Scene
from steps.words import given, then, when

KINDS = {
    Area.SYSTEM_QUARANTINE: MailKind.VIRUS,
    Area.QUARANTINE: MailKind.SPAM,
    Area.ARCHIVE: MailKind.ARCHIVED,
    Area.MAILBOXES: MailKind.LOCAL,
}
"""Which kind of message ends in which storage area. Source: HA-401."""

NOT_COPIED = 1.5
"""Seconds for which a synchronization that must copy nothing is watched; one that copies is done well before."""


@given("a message for the {area:Area} has been stored on the {unit:Unit}")
@when("a message for the {area:Area} arrives on the {unit:Unit}")
def is_stored(scene: Scene, area: Area, unit: str) -> None:
    """A message of that kind reached the virtual address and lies in this unit's storage."""
    scene.needs(Capability.INSPECT)
    await_answer(scene, scene.lab.mail.virtual_address)
    scene.message = message = scene.lab.mail.send(KINDS[area])
    assert message.outcome == ACCEPTED, f"message {message.id} was {message.outcome}"
    _await_stored(scene, area, unit)


@given("a message for the {area:Area} has been sent to the own address of the {unit:Unit}")
def is_stored_directly(scene: Scene, area: Area, unit: str) -> None:
    """A message of that kind reached the unit without a virtual address, and lies in its storage."""
    scene.needs(Capability.INSPECT)
    to = own(scene, unit)
    await_answer(scene, to)
    scene.message = message = scene.lab.mail.send(KINDS[area], to=to)
    assert message.outcome == ACCEPTED, f"message {message.id} was {message.outcome}"
    _await_stored(scene, area, unit)


@then("the message reaches the {area:Area} of the {unit:Unit}")
def is_copied(scene: Scene, area: Area, unit: str) -> None:
    """The message lies in this unit's storage too. Source: HA-401, HA-405."""
    scene.needs(Capability.INSPECT)
    _await_stored(scene, area, unit)


@then("the message does not reach the {area:Area} of the {unit:Unit}")
def is_not_copied(scene: Scene, area: Area, unit: str) -> None:
    """The unit's storage is watched for a second and a half. Source: HA-403, HA-404."""
    scene.needs(Capability.INSPECT)
    id_ = message_of(scene).id

    def absent() -> bool:
        return id_ not in scene.unit(unit).stored(area)

    scene.lab.clock.hold(absent, NOT_COPIED, f"message {id_} is not in the {area.value} of unit {unit}")


@given("data synchronization no longer comes through")
def data_sync_refused(scene: Scene) -> None:
    """On both heartbeat links the data port refuses connections; heartbeat and configuration pass. Source: HA-054."""
    scene.inflict(*on_both_links(Fault(FaultKind.REFUSAL, ports=frozenset({Port.DATA_SYNC}))))


@when("data synchronization comes through again")
def data_sync_heals(scene: Scene) -> None:
    """Both heartbeat links carry everything."""
    scene.act()
    scene.inflict(*on_both_links(Fault(FaultKind.HEAL)))


def _await_stored(scene: Scene, area: Area, unit: str) -> None:
    id_ = message_of(scene).id

    def present() -> bool:
        # A message that still has its file in the queue, too, is not yet stored for good.
        return id_ in scene.unit(unit).stored(area) and id_ not in scene.unit(unit).queued()

    what = f"message {id_} is in the {area.value} of unit {unit}"
    # A copy over a thin link takes nearly as long as a lab needs to settle.
    scene.lab.clock.wait_for(present, 2 * scene.lab.profile.settle, what)
