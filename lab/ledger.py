"""The mail ledger: the fate of every test message of a scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lab.contract import Area, Capability, Lab, MailKind
from lab.errors import NotReached
from lab.timeline import Entry, Kind

ACCEPTED, REFUSED, DELIVERED = "accepted", "refused", "delivered"
"""Events of a message: a unit accepted it or not, and the protected server received it."""

_RESTING_PLACE = {
    MailKind.SPAM: Area.QUARANTINE,
    MailKind.VIRUS: Area.SYSTEM_QUARANTINE,
    MailKind.LOCAL: Area.MAILBOXES,
}


class Fate(StrEnum):
    """Fate of a message. Only an accepted one can be lost; until then the client keeps it."""

    DELIVERED = "delivered once"
    DUPLICATED = "duplicated"
    STORED = "stored"
    QUEUED = "still queued"
    LOST = "lost"
    UNSEEN = "unseen"  # accepted and not delivered, on a lab that cannot look into queues and stores
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Ledger:
    """Fate of each message by its id, in order of sending."""

    fates: Mapping[str, Fate]

    def of(self, fate: Fate) -> tuple[str, ...]:
        """Ids of the messages with that fate."""
        return tuple(id_ for id_, given in self.fates.items() if given is fate)

    def counts(self) -> dict[str, int]:
        """Number of messages by fate, without zeros."""
        return dict(Counter(fate.value for fate in self.fates.values()))


def balance(lab: Lab) -> Ledger:
    """Sort the messages sent so far.

    A message that is seen nowhere may be on its way between queue and server, so the search is repeated until the lab's
    settling time has passed; only then the message counts as lost.
    """
    ledger = _sort(lab)
    if not ledger.of(Fate.LOST):
        return ledger
    try:
        lab.clock.wait_for(lambda: not _sort(lab).of(Fate.LOST), lab.timing.settle, "no accepted message is lost")
    except NotReached:
        return _sort(lab)
    return _sort(lab)


def deliveries(lab: Lab) -> Counter[str]:
    """Number of copies of each message that the protected server has received in this scenario."""
    told = lab.timeline.of(Kind.MAIL)
    return Counter(entry.subject for entry in told if entry.detail["event"] == DELIVERED)


def _sort(lab: Lab) -> Ledger:
    sent = [entry for entry in lab.timeline.of(Kind.MAIL) if entry.detail["event"] != DELIVERED]
    delivered = deliveries(lab)
    pending = [each for each in sent if each.detail["event"] == ACCEPTED and not delivered[each.subject]]
    inspected = Capability.STORAGE in lab.capabilities
    queued: frozenset[str] = frozenset()
    stored: frozenset[str] = frozenset()
    if pending and inspected:
        # Mail moves from queue to store and server; looking in that order sees each message at least once.
        units = (lab.primary, lab.secondary)
        queued = frozenset().union(*(unit.queued() for unit in units))
        sorts = {MailKind(str(each.detail["sort"])) for each in pending}
        areas = {_RESTING_PLACE[sort] for sort in sorts if sort in _RESTING_PLACE}
        stored = frozenset().union(*(unit.stored(area) for area in sorted(areas) for unit in units))
        delivered = deliveries(lab)
    return Ledger({m.subject: _fate(m, delivered[m.subject], queued, stored, inspected=inspected) for m in sent})


def _fate(sent: Entry, copies: int, queued: frozenset[str], stored: frozenset[str], *, inspected: bool) -> Fate:
    if copies:
        return Fate.DELIVERED if copies == 1 else Fate.DUPLICATED
    if sent.detail["event"] != ACCEPTED:
        return Fate.REFUSED if sent.detail["event"] == REFUSED else Fate.UNANSWERED
    if sent.subject in stored:
        return Fate.STORED
    if sent.subject in queued:
        return Fate.QUEUED
    return Fate.LOST if inspected else Fate.UNSEEN
