"""Copies of the mail queue: what a secondary keeps of its primary's queue, and what is lost with a primary."""

from __future__ import annotations

from lab.contract import Capability
from lab.ledger import Outstanding, deliveries
from steps.mail import Clients
from steps.mail_data import NOT_COPIED
from steps.scene import Scene
from steps.times import Span, stays, watched
from steps.words import outcome


@outcome(
    "the {unit:Unit} [keeps|has kept] copies of {some:Some}{span:Span}", Capability.STORAGE, Capability.COPIES, watched
)
def keeps_copies(scene: Scene, clients: Clients, unit: str, some: bool, span: Span | None) -> None:  # noqa: FBT001 - a word
    """Copies of all messages that clients have sent and a unit has accepted, or of none; with a span it stays so.

    Seen inside the unit: what is copied of its primary's queue is not in its own. Source: HA-027, HA-411.
    """
    wanted = clients.accepted()

    def kept() -> bool:
        copied = scene.unit(unit).copied()
        return wanted <= copied if some else not wanted & copied

    what = f"unit {unit} has copies of {'all' if some else 'none'} of {len(wanted)} messages"
    if span is None:
        # A copy over a thin link takes long; it is dropped at once when its message has been delivered.
        scene.lab.clock.wait_for(kept, scene.lab.timing.settle * (2 if some else 1), what)
    else:
        stays(scene, kept, span, what)


@outcome("the messages are lost with the {unit:Unit}", Capability.STORAGE)
def lost_with(scene: Scene, clients: Clients, unit: str) -> None:
    """Nobody else has any of them: for a second and a half none is delivered, and none is in the peer's queue.

    The unit has no power, and counts as dead for good until the scenario ends: the loss is a documented one, and the
    mail ledger shows it. Source: HA-412.
    """
    wanted, peer = clients.accepted(), scene.other(unit)
    assert wanted, "no message was accepted"
    assert not scene.unit(unit).is_powered(), f"unit {unit} has power, so what it has is not lost"

    def lost() -> bool:
        return not wanted & (deliveries(scene.lab).keys() | peer.queued())

    scene.lab.clock.hold(lost, NOT_COPIED, f"{len(wanted)} messages are lost with unit {unit}")
    scene.allow.lose(unit, wanted)


@outcome("no accepted message is lost but with the {unit:Unit}", Capability.STORAGE)
def lost_only_with(scene: Scene, clients: Clients, unit: str) -> None:
    """Each reaches the protected server, one copy only, but those that only that unit has, which is dead for good.

    At least one was accepted. What is lost so is a documented loss, and the mail ledger shows it. Source: HA-412.
    """
    accepted, dead = clients.accepted(), scene.unit(unit)
    assert accepted, "no message was accepted"
    assert not dead.is_powered(), f"unit {unit} has power, so what it has is not lost"
    held = dead.queued()
    outstanding = Outstanding(scene.lab.timeline, accepted - held)
    what = f"{len(accepted)} accepted messages are delivered, but those that only unit {unit} has"
    scene.lab.clock.wait_for(lambda: not outstanding.left, 2 * scene.lab.timing.settle, what)
    scene.allow.lose(unit, held & accepted - deliveries(scene.lab).keys() - scene.other(unit).queued())
