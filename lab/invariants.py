"""Judges the invariants of every scenario: one holder of an address, no uncaused role change, each message once."""

from __future__ import annotations

import ipaddress
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

from lab.contract import Mode
from lab.faults import Effect, Phase
from lab.findings import Finding, follow
from lab.history import ABSENCES, LONG_AGO, Change, Command, FaultChange, History, Holding, RoleChange
from lab.ledger import Fate, Ledger
from lab.timeline import Entry, Kind

_GONE = {Mode.OFF, Mode.UNREACHABLE}


class Invariant(StrEnum):
    """The rules that hold unless a scenario says otherwise."""

    ONE_HOLDER = "one holder for each address"
    CAUSED_ROLES = "no role change that no step caused"
    NO_LOSS = "no accepted message is lost"
    NO_DOUBLES = "no accepted message is doubled"

    def tell(self, at: float | None, how: str) -> str:
        """One line for a person; `how` names the moment, if there is one."""
        del at
        return f"{self}: {how}"


Violation = Finding[Invariant]
"""A broken invariant."""


class Allowances:
    """What a scenario's steps declare that they cause or expect; one per scenario (fixture `allow`).

    Every role change must be declared, before or after it happens, once for each time.
    """

    def __init__(self) -> None:
        """Allow nothing yet."""
        self.roles: Counter[tuple[str, str]] = Counter()
        self.splits: list[float] = []
        """When something began by which both units may come to lead, in seconds on the lab's clock."""
        self.elsewhere: str = ""
        """Why roles and holders are judged elsewhere, "" where they are not."""
        self.lost: set[str] = set()
        """Ids of accepted messages that are lost by a loss that the manual documents. Source: HA-412."""
        self.gone: set[str] = set()
        """Units that were dead for good when that was declared: what only they have is lost."""
        self.as_new = False
        """Whether a step asks that `lab.as_new` is checked at the end, also where nothing has disturbed the pair."""

    def role(self, unit: str, mode: Mode, times: int = 1) -> None:
        """Declare that a step causes or asserts the unit's change into that effective mode, `times` times."""
        self.roles[unit, mode.value] += times

    def split(self, at: float) -> None:
        """Declare that both units may come to lead after this time, once; both may hold an address until one stops.

        A unit that has crashed or is frozen still counts as leading.
        """
        self.splits.append(at)

    def lose(self, unit: str, ids: Iterable[str]) -> None:
        """Declare that these messages are lost with a unit that is dead for good. Source: HA-412."""
        self.gone.add(unit)
        self.lost.update(ids)

    def judged_elsewhere(self, reason: str) -> None:
        """Declare that roles and holders are judged elsewhere (`lab.rules`)."""
        self.elsewhere = reason


def judge(
    history: History, entries: Iterable[Entry], ledger: Ledger, allow: Allowances, *, tolerance: float, end: float
) -> list[Violation]:
    """Return every invariant broken in a scenario up to its `end` (seconds on the lab's clock).

    The entries, in order of time, are added to the history, which is empty. `tolerance` (seconds) is the
    longest overlap of two holders that the lab cannot tell from a move of the address. Entries after the end come from
    the harness as it heals and collects, and say nothing about the unit.
    """
    roles, holders = CausedRoles(allow), OneHolder(tolerance, allow.splits)
    follow(history, (entry for entry in entries if entry.at <= end), roles, holders)
    holders.until(end)
    return [*([] if allow.elsewhere else [*roles.found, *holders.found]), *_mail(ledger, allow.lost)]


def shared_now(entries: Iterable[Entry], allow: Allowances) -> bool:
    """Whether two units hold one address now, although no step has declared that they may.

    On a lab with a tolerance, only an overlap longer than the tolerance is more than a move of the address.
    """
    if allow.elsewhere:
        return False
    holders = OneHolder(0.0, allow.splits)
    follow(History(), (entry for entry in entries if entry.kind in {Kind.ADDRESS, Kind.FAULT, Kind.ROLE}), holders)
    return bool(holders.shared)


class CausedRoles:
    """Checks that a scenario's steps declare every change of effective mode (`lab.findings.Checker`)."""

    def __init__(self, allow: Allowances) -> None:
        """Begin with two units that are off or unreachable."""
        self.found: list[Violation] = []
        self._left = Counter(allow.roles)
        self._disturbed: dict[str, bool] = defaultdict(lambda: True)
        """Whether the unit may be off or unreachable: at the start, and after a fault or a restart."""
        self._restarting: dict[str, bool] = defaultdict(bool)
        """Whether the unit goes down, by an order or a fault, and has not come back."""
        self._settled: dict[str, Mode] = {}

    def take(self, change: Change) -> None:
        """Judge a change of role, given the faults and orders of its unit so far."""
        match change:
            case FaultChange(fault=fault) if fault.link is None:
                self._disturbed[fault.unit] = True
                self._restarting[fault.unit] = fault.is_dark
            case Command() if change.order in ABSENCES:
                self._disturbed[change.unit] = self._restarting[change.unit] = True
            case RoleChange() if change.old is not change.new:
                self._role(change)

    def until(self, at: float) -> None:
        """Nothing is overdue."""

    def _role(self, change: RoleChange) -> None:
        unit, old, new = change.unit, change.old, change.new
        if new in _GONE and self._disturbed[unit]:
            return
        if old is Mode.UNREACHABLE and self._settled.get(unit) is new:
            return  # it answers again, and has not changed
        self._settled[unit] = new
        # A role change on the way down (by a peer's hold-off, for example), or one that was seen late, is not yet the
        # return.
        if new not in _GONE and (old in _GONE or not self._restarting[unit]):
            self._disturbed[unit] = self._restarting[unit] = False
        if self._left[unit, new.value] > 0:
            self._left[unit, new.value] -= 1
            return
        how = f"unit {unit} went from {old.value} to {new.value} at {change.at:.3f} s"
        self.found.append(Finding(Invariant.CAUSED_ROLES, change.at, how))


class OneHolder:
    """Checks that one unit at a time holds an address, except in declared splits (`lab.findings.Checker`)."""

    def __init__(self, tolerance: float, splits: Sequence[float] = ()) -> None:
        """Allow an overlap of so many seconds, and a split after each of these moments."""
        self.shared: dict[str, tuple[float, frozenset[str]]] = {}
        """Addresses that several units hold now and should not, with the time since when and the units."""
        self._tolerance = tolerance
        self._splits = splits
        self._healed = LONG_AGO
        """When the last split came to its end: what was declared before it is used up."""
        self._now = LONG_AGO
        self._units: dict[str, set[str]] = defaultdict(set)
        self._dark: set[str] = set()
        self._leads: set[str] = set()
        self._over: list[Violation] = []

    @property
    def found(self) -> list[Violation]:
        """Overlaps that were too long, including those that still last."""
        return self._over + [told for address in self.shared for told in self._told(address, self._now)]

    def take(self, change: Change) -> None:
        """Follow which unit holds which address, which answers on none, and which leads."""
        match change:
            case Holding():
                self._hold(change)
            case FaultChange() if change.fault.is_dark:
                self._darken(change)
            case RoleChange() if change.new is not Mode.UNREACHABLE:
                self._lead(change.unit, change.at, change.doubt, leads=change.new is Mode.PRIMARY)

    def until(self, at: float) -> None:
        """Judge the overlaps that still last."""
        self._now = at

    def _hold(self, change: Holding) -> None:
        address = spelled(change.address)
        if address is not None:
            units = self._units[address]
            (units.add if change.held else units.discard)(change.unit)
            self._weigh(address, change.at, change.doubt)

    def _darken(self, change: FaultChange) -> None:
        unit = change.fault.unit
        (self._dark.add if change.phase is Phase.BEGIN else self._dark.discard)(unit)
        if Effect.EMPTIED in change.fault.row.effects:
            for units in self._units.values():
                units.discard(unit)
            self._lead(unit, change.at, 0.0, leads=False)
        for address in self._units:
            self._weigh(address, change.at, 0.0)

    def _lead(self, unit: str, at: float, doubt: float, *, leads: bool) -> None:
        """Begin or end a split: it ends when one unit has left the role, or has lost its power."""
        was_split = self._is_split(at)
        (self._leads.add if leads else self._leads.discard)(unit)
        if was_split and not self._is_split(at):
            self._healed = at
        for address in self._units:
            self._weigh(address, at, doubt)

    def _is_split(self, at: float) -> bool:
        declared = any(self._healed < begun <= at for begun in self._splits)
        return declared and len(self._leads) > 1

    def _weigh(self, address: str, at: float, doubt: float) -> None:
        """Begin an overlap when it was seen, and end it at the earliest time at which it may have ended."""
        live = frozenset(self._units[address] - self._dark)
        wrong = len(live) > 1 and not self._is_split(at)
        if wrong and address not in self.shared:
            self.shared[address] = (at, live)
        elif not wrong and address in self.shared:
            self._over += self._told(address, at - doubt)
            del self.shared[address]

    def _told(self, address: str, until: float) -> list[Violation]:
        begun, units = self.shared[address]
        lasted = until - begun
        if round(lasted, 6) <= self._tolerance:
            return []
        how = f"{' and '.join(sorted(units))} held {address} together for {lasted:.3f} s from {begun:.3f} s"
        return [Finding(Invariant.ONE_HOLDER, begun, how)]


@lru_cache(maxsize=1024)
def spelled(address: str) -> str | None:
    """Address with mask in canonical form; None for an IPv6 link-local one, which may be on several networks."""
    interface = ipaddress.ip_interface(address)
    return None if interface.version == 6 and interface.is_link_local else str(interface)  # noqa: PLR2004 - IP version


def _mail(ledger: Ledger, documented: Collection[str]) -> list[Violation]:
    lost = [
        Finding(Invariant.NO_LOSS, None, f"message {id_} was accepted and is nowhere")
        for id_ in ledger.of(Fate.LOST)
        if id_ not in documented
    ]
    doubled = [
        Finding(Invariant.NO_DOUBLES, None, f"message {id_} was delivered more than once")
        for id_ in ledger.of(Fate.DUPLICATED)
    ]
    return lost + doubled
