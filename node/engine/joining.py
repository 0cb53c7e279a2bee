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
    reclaiming: bool = False
    failed: bool = False
    """Whether monitoring has made the unit leave the primary role, and its fault has ended since."""

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
        if self.restored or self.reclaiming or self.was is None:
            return True
        return self.was_primary and self.on_failure is OnFailure.RESTORE_ROLE

    def leaves_role(self) -> bool:
        """Whether, after a fault that monitoring found, it leaves the primary role to a peer that lives.

        Source: HA-330; for the unit configured as secondary, HA-320's configured role comes to the same.
        """
        reclaims = self.mode is Mode.PRIMARY and self.on_failure is OnFailure.RESTORE_ROLE
        return self.failed and not self.restored and not reclaims

    def stays_off(self) -> bool:
        """Whether, finding the peer primary after its own failure, it stays off. Source: HA-311."""
        by_hand = self.restored or self.reclaiming
        return self.was_primary and not by_hand and self.on_failure is OnFailure.OFF


def decide(me: Candidate, heard: Heartbeat) -> Trigger | None:
    """Return what the peer's heartbeat means for a joining unit; None: wait for the next.

    The peer's primary role is respected; otherwise the unit that was primary last resumes (a short outage is no
    failover, HA-102), and between equals the configured primary leads (HA-010).
    """
    if heard.effective is Effective.PRIMARY:
        return Trigger.LATCH if me.stays_off() else Trigger.PEER_IS_PRIMARY
    if heard.joining and (heard.was is Effective.PRIMARY) is not me.was_primary:
        return Trigger.CLAIM if me.was_primary else None
    if me.leaves_role() and not heard.joining:
        return None
    leads = me.mode is Mode.PRIMARY or (me.was_primary and not heard.joining)
    return Trigger.CLAIM if leads else None
