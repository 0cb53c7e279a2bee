"""The mail ledger: the fate of every test message of a scenario."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Protocol

from lab.contract import Area, Capability, Clock, MailKind, Mode, Timing, Unit
from lab.errors import NotReached
from lab.faults import FaultKind, Phase
from lab.timeline import Entry, Kind, Timeline

ACCEPTED, REFUSED, UNANSWERED, DELIVERED = "accepted", "refused", "unanswered", "delivered"
"""Events of a message: a unit accepted it or not, or gave no answer; and the protected server received it."""

INTERRUPTED = 20
"""Resolutions of the lab before a loss of power in which a delivery may have been cut: the server has the message, and
the unit does not know it yet. It delivers it again, as any mail server does. The simulation cuts no delivery."""

_RESTING_PLACE = {
    MailKind.SPAM: Area.QUARANTINE,
    MailKind.VIRUS: Area.SYSTEM_QUARANTINE,
    MailKind.LOCAL: Area.MAILBOXES,
}


class Fate(StrEnum):
    """Fate of a message. Only an accepted one can be lost; until then the client keeps it."""

    DELIVERED = "delivered once"
    REPEATED = "delivered again after an interruption"  # or by each of two primaries that had copies of it
    DUPLICATED = "duplicated"
    STORED = "stored"
    QUEUED = "still queued"
    LOST = "lost"
    UNSEEN = "unseen"  # accepted and not delivered, on a lab that cannot look into queues and stores
    REFUSED = "refused"
    UNANSWERED = "unanswered"


class Books(Protocol):
    """What the ledger reads of a lab."""

    @property
    def capabilities(self) -> Collection[Capability]:
        """What the lab can do."""
        ...

    @property
    def timing(self) -> Timing:
        """How exact it is."""
        ...

    @property
    def clock(self) -> Clock:
        """Its clock."""
        ...

    @property
    def timeline(self) -> Timeline:
        """What was observed."""
        ...

    @property
    def primary(self) -> Unit:
        """One unit."""
        ...

    @property
    def secondary(self) -> Unit:
        """The other."""
        ...


@dataclass(slots=True)
class Account:
    """What is known of one message: its kind, how it was answered last, and each delivery."""

    sort: MailKind
    outcome: str
    taken: int = 0
    """How often a unit has accepted it, or may have: the end of the message was sent, and no answer came."""
    first: Entry | None = None
    """When it was accepted first."""
    deliveries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Fate of each message by its id, in order of sending, and its account."""

    fates: Mapping[str, Fate]
    accounts: Mapping[str, Account] = field(default_factory=dict)

    def of(self, fate: Fate) -> tuple[str, ...]:
        """Ids of the messages with that fate."""
        return tuple(id_ for id_, given in self.fates.items() if given is fate)

    def counts(self) -> dict[str, int]:
        """Number of messages by fate, without zeros."""
        return dict(Counter(fate.value for fate in self.fates.values()))


class Outstanding:
    """Those of some messages that the protected server has not received; it follows the timeline by itself."""

    def __init__(self, timeline: Timeline, ids: Iterable[str]) -> None:
        """Begin with these messages."""
        self.left = set(ids)
        timeline.listen(self._take)
        for entry in timeline.of(Kind.MAIL):
            self._take(entry)

    def _take(self, entry: Entry) -> None:
        if entry.kind is Kind.MAIL and entry.detail["event"] == DELIVERED:
            self.left.discard(entry.subject)


def balance(lab: Books, *, gone: Collection[str] = (), documented: Collection[str] = ()) -> Ledger:
    """Sort the messages sent so far; what only the queue of a unit holds that is `gone` for good is lost.

    A message that is seen nowhere may be on its way between queue and server, so the search is repeated until the lab's
    settling time has passed; only then the message counts as lost, unless its loss is `documented`.
    """
    ledger = _sort(lab, gone)

    def settled() -> bool:
        nonlocal ledger
        ledger = _sort(lab, gone)
        return not set(ledger.of(Fate.LOST)).difference(documented)

    if set(ledger.of(Fate.LOST)).difference(documented):
        with suppress(NotReached):
            lab.clock.wait_for(settled, lab.timing.settle, "no accepted message is lost")
    return ledger


def deliveries(lab: Books) -> Counter[str]:
    """Number of copies of each message that the protected server has received in this scenario."""
    told = lab.timeline.of(Kind.MAIL)
    return Counter(entry.subject for entry in told if entry.detail["event"] == DELIVERED)


def accounts(entries: Iterable[Entry]) -> dict[str, Account]:
    """Read what entries tell of each message that was sent, in order of sending."""
    found: dict[str, Account] = {}
    delivered: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        event = str(entry.detail["event"])
        if event == DELIVERED:
            delivered[entry.subject].append(entry)
            continue
        account = found.get(entry.subject)
        if account is None:
            account = found[entry.subject] = Account(MailKind(str(entry.detail["sort"])), event)
        account.outcome = event if account.first is None else ACCEPTED
        account.taken += event == ACCEPTED or bool(entry.detail.get("ended"))
        if event == ACCEPTED and account.first is None:
            account.first = entry
    for id_, account in found.items():
        account.deliveries = delivered.get(id_, [])
    return found


def _sort(lab: Books, gone: Collection[str]) -> Ledger:
    known = accounts(lab.timeline.of(Kind.MAIL))
    pending = {id_: each for id_, each in known.items() if each.outcome == ACCEPTED and not each.deliveries}
    inspected = Capability.STORAGE in lab.capabilities
    queued: frozenset[str] = frozenset()
    stored: frozenset[str] = frozenset()
    if pending and inspected:
        # Mail moves from queue to store and server; looking in that order sees each message at least once.
        units = (lab.primary, lab.secondary)
        queued = frozenset().union(*(unit.queued() for unit in units if unit.name not in gone))
        areas = {_RESTING_PLACE[each.sort] for each in pending.values() if each.sort in _RESTING_PLACE}
        stored = frozenset().union(*(unit.stored(area) for area in sorted(areas) for unit in units))
        since = accounts(lab.timeline.of(Kind.MAIL))
        known |= {id_: since[id_] for id_ in pending}
    cuts = _cuts(lab)
    fates = {id_: _fate(id_, each, queued, stored, inspected=inspected, cuts=cuts) for id_, each in known.items()}
    doubled = [id_ for id_, fate in fates.items() if fate is Fate.DUPLICATED and _by_each_once(known[id_])]
    if doubled and _both_worked_on_copies(lab):
        fates |= dict.fromkeys(doubled, Fate.REPEATED)
    return Ledger(fates, known)


def _by_each_once(account: Account) -> bool:
    """Whether each unit has delivered the message once."""
    units = [each.detail.get("unit") for each in account.deliveries]
    return sorted(map(str, units)) == ["P", "S"]


def _both_worked_on_copies(lab: Books) -> bool:
    """Whether mail went on at one unit while its peer led, and each had copies of the other's queue.

    Then both deliver what they have, and no document promises that one knows of the other. Source: HA-411, HA-414.
    """
    lines = lab.timeline.of(Kind.CLI)
    copying = {each.subject for each in lines if each.detail["line"] == "set mailqueue-data-sync enable"}
    if copying != {"P", "S"}:
        return False
    spans: dict[str, list[tuple[float, float]]] = {"P": [], "S": []}
    working: dict[str, float] = {}
    for entry in lab.timeline:
        unit = str(entry.detail.get("unit", "")) if entry.kind is Kind.FAULT else entry.subject
        if entry.kind is Kind.ROLE and entry.detail["new"] == Mode.PRIMARY:
            working.setdefault(unit, entry.at)
        elif unit in working and _ends_mail(entry):
            spans[unit].append((working.pop(unit), entry.at))
    for unit, since in working.items():
        spans[unit].append((since, lab.clock.now()))
    exact = lab.timing.slack + lab.timing.resolution
    pairs = product(spans["P"], spans["S"])
    return any(min(one[1], other[1]) - max(one[0], other[0]) > exact for one, other in pairs)


def _ends_mail(entry: Entry) -> bool:
    """Whether a unit that led processes no mail from here on: a crash or a standstill alone does not tell."""
    match entry.kind:
        case Kind.ROLE:
            return entry.detail["new"] not in {Mode.PRIMARY, Mode.UNREACHABLE}
        case Kind.FAULT:
            return entry.detail.get("fault") == FaultKind.POWER_OFF
        case Kind.CLI:
            return str(entry.detail["line"]).startswith("execute ") and not entry.detail["refused"]
    return False


def _cuts(lab: Books) -> tuple[tuple[str, float, float], ...]:
    """In which spans a delivery may have been cut, each with its unit."""
    before = INTERRUPTED * lab.timing.resolution
    faults = lab.timeline.of(Kind.FAULT)
    begun = [each for each in faults if each.detail.get("phase") == Phase.BEGIN.value]
    power = [each for each in begun if each.detail.get("fault") == FaultKind.POWER_OFF.value]
    return (
        tuple((str(each.detail["unit"]), each.at - before, each.at + lab.timing.resolution) for each in power)
        if before
        else ()
    )


def _fate(
    id_: str,
    account: Account,
    queued: frozenset[str],
    stored: frozenset[str],
    *,
    inspected: bool,
    cuts: tuple[tuple[str, float, float], ...],
) -> Fate:
    if copies := len(account.deliveries):
        if copies == 1:
            return Fate.DELIVERED
        by = [(each.detail.get("unit"), each.at) for each in account.deliveries]
        cut = sum(any(unit == its and begin <= at <= end for its, begin, end in cuts) for unit, at in by)
        return Fate.REPEATED if copies - cut <= max(1, account.taken) else Fate.DUPLICATED
    if account.outcome != ACCEPTED:
        return Fate.REFUSED if account.outcome == REFUSED else Fate.UNANSWERED
    if id_ in stored:
        return Fate.STORED
    if id_ in queued:
        return Fate.QUEUED
    return Fate.LOST if inspected else Fate.UNSEEN
