"""Which role falls to a unit that is switching into a group, given what it was and what it hears."""

from __future__ import annotations

from dataclasses import dataclass

from node.engine.messages import Heartbeat
from node.engine.modes import Effective, Mode, OnFailure
from node.engine.states import Trigger


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a joining unit knows of itself: configured mode, last effective mode, whether an operator sent it back."""

    mode: Mode
    was: Effective | None
    on_failure: OnFailure
    restored: bool

    @property
    def was_primary(self) -> bool:
        """Whether the unit acted as primary before it stopped."""
        return self.was is Effective.PRIMARY

    def wants_role(self) -> bool:
        """Whether, finding the peer primary, it will ask for the role once it is synchronized.

        Source: HA-313, HA-321, HA-331. A unit that an operator restores, or that enters its first group, claims its
        configured role; one that failed as primary does as on-failure says.
        """
        if self.mode is not Mode.PRIMARY:
            return False
        if self.restored or self.was is None:
            return True
        return self.was_primary and self.on_failure is OnFailure.RESTORE_ROLE

    def stays_off(self) -> bool:
        """Whether, finding the peer primary after its own failure, it stays off. Source: HA-311."""
        return self.was_primary and not self.restored and self.on_failure is OnFailure.OFF


def decide(me: Candidate, heard: Heartbeat) -> Trigger | None:
    """Return what the peer's heartbeat means for a joining unit; None: wait for the next.

    The peer's primary role is respected; otherwise the unit that was primary last resumes (a short outage is no
    failover, HA-102), and between equals the configured primary leads (HA-010).
    """
    if heard.effective is Effective.PRIMARY:
        return Trigger.LATCH if me.stays_off() else Trigger.PEER_IS_PRIMARY
    if heard.joining and (heard.was is Effective.PRIMARY) is not me.was_primary:
        return Trigger.CLAIM if me.was_primary else None
    leads = me.mode is Mode.PRIMARY or (me.was_primary and not heard.joining)
    return Trigger.CLAIM if leads else None
