"""How the primary role and a unit's queued mail pass to the peer without loss when an operator moves the role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from node.engine import effects as do
from node.engine import messages as say
from node.engine.figures import COPY_LIMIT, OFFER_LIMIT, QUEUE_PERIOD
from node.engine.modes import Effective, Sync
from node.engine.states import Phase, Trigger
from node.engine.syncs import RETRY

if TYPE_CHECKING:
    from node.engine.core import Core
    from node.engine.events import QueueHandedOver


@dataclass(slots=True)
class HandOver:
    """What a unit is about to pass on: its role (`offering` says why), and the mail in its queue."""

    offering: str = ""
    queue_due: bool = False
    queue_running: bool = False

    def forget(self) -> None:
        """Pass nothing on; a hand-over of the queue that runs ends by itself and is ignored."""
        self.offering = ""
        self.queue_due = self.queue_running = False


def offer_role(engine: Core, reason: str) -> None:
    """Send a leading unit back to its place: a peer that follows copies first, any other is told at once.

    Source: HA-574, HA-704.
    """
    if engine.peer is not None and engine.peer.effective is Effective.PRIMARY:
        engine.give_role(Trigger.YIELD, reason)
        return
    engine.passing.offering = reason
    engine.send(say.OfferRole(reason))
    engine.timer("offer", OFFER_LIMIT)


def offer_ran_out(engine: Core) -> None:
    """The peer has not asked in time: give the role without waiting on, if there still is someone to take it."""
    reason, engine.passing.offering = engine.passing.offering, ""
    if engine.peer is None:
        engine.emit(do.Log("ha: SLAVE is not heard, so this unit stays MASTER"))
    elif reason:
        engine.give_role(Trigger.YIELD, reason)


def heard_offer(engine: Core, message: say.OfferRole) -> None:
    """Copy what the leading peer has, for a few seconds at most, then ask for the role. Source: HA-574."""
    if engine.phase.follows and not engine.asking and engine.claim is None:
        engine.claim = message.reason
        engine.timer("copy", COPY_LIMIT)
        engine.want_sync(Sync.CONFIG, Sync.DATA)


def claim_role(engine: Core) -> None:
    """Ask for the role that this unit means to take, once it follows in full."""
    if engine.claim is None or engine.phase is not Phase.SECONDARY:
        return
    engine.asking, engine.claim = engine.claim, None
    engine.stop("copy")
    engine.send(say.AskRole(engine.asking))


def start_queue(engine: Core) -> None:
    """Hand the queued mail of a unit that follows to the primary, unless the unit is about to lead. Source: HA-333."""
    rank = engine.links.for_sync()
    leaves = engine.claim is not None or engine.asking
    if engine.phase is not Phase.SECONDARY or leaves or rank is None or not engine.peer_leads():
        return
    if engine.passing.queue_due and not engine.passing.queue_running:
        engine.passing.queue_due, engine.passing.queue_running = False, True
        engine.emit(do.HandOverQueue(rank))


def queue_handed_over(engine: Core, event: QueueHandedOver) -> None:
    """Log what went; try again soon after a failure, and look again each minute."""
    if not engine.passing.queue_running:
        return
    engine.passing.queue_running = False
    if event.count:
        engine.emit(do.Log(f"ha: {event.count} queued messages handed to MASTER"))
    if not event.ok:
        engine.emit(do.Log(f"ha: the mail queue could not be handed to MASTER: {event.detail}"))
    engine.timer("queue", QUEUE_PERIOD if event.ok else RETRY)


def queue_due(engine: Core) -> None:
    """Look at the queue (again)."""
    engine.passing.queue_due = True
    start_queue(engine)
