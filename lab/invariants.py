"""Judges what must hold in every scenario: one holder of an address, no uncaused role change, each mail once."""

from __future__ import annotations

import ipaddress
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from lab.contract import Mode
from lab.faults import Effect, Fault, Phase, told_in
from lab.ledger import Fate, Ledger
from lab.timeline import Entry, Kind

_RESTARTS = (
    "execute reboot",
    "execute shutdown",
    "execute reload",
    "execute restore image",
    "restart",
    "factoryreset",
    "formatmaildisk",
)
"""CLI words after which a unit may be unreachable or off for a while, as the operator asked."""


class Invariant(StrEnum):
    """The rules that hold unless a scenario says otherwise."""

    ONE_HOLDER = "one holder for each address"
    CAUSED_ROLES = "no role change that no step caused"
    NO_LOSS = "no accepted message is lost"
    NO_DOUBLES = "no accepted message is doubled"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken invariant: which, when (seconds on the lab's clock, None where no moment can be named), and how."""

    invariant: Invariant
    at: float | None
    statement: str

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.invariant}: {self.statement}"


class Allowances:
    """What a scenario's steps cause or expect, so that it breaks no invariant; one per scenario (fixture `allow`).

    Unlisted side effects mean none: every role change must be declared, before or after it happens, once for each time.
    """

    def __init__(self) -> None:
        """Allow nothing yet."""
        self.roles: Counter[tuple[str, str]] = Counter()
        self.reasons: dict[Invariant, list[str]] = defaultdict(list)

    def role(self, unit: str, mode: Mode, times: int = 1) -> None:
        """Declare that a step causes or asserts the unit's change into that effective mode, `times` times."""
        self.roles[unit, mode.value] += times

    def several_holders(self, reason: str) -> None:
        """Declare that an address may be held twice (a split brain, a crashed unit that keeps its addresses)."""
        self.reasons[Invariant.ONE_HOLDER].append(reason)

    def any_role(self, reason: str) -> None:
        """Declare that changes of role are judged elsewhere, by rules that know what may cause them."""
        self.reasons[Invariant.CAUSED_ROLES].append(reason)


def judge(
    entries: Iterable[Entry], ledger: Ledger, allow: Allowances, *, tolerance: float, end: float
) -> list[Violation]:
    """Return every invariant broken in a scenario's entries up to its `end` (seconds on the lab's clock).

    `tolerance` (seconds) is the longest overlap of two holders that the lab cannot tell from a handover. What comes
    after the end is the harness healing and collecting, and says nothing about the unit.
    """
    ordered = sorted((entry for entry in entries if entry.at <= end), key=lambda entry: entry.at)
    found = [*_uncaused_roles(ordered, allow), *_mail(ledger), *_shared_addresses(ordered, tolerance, end)]
    return [violation for violation in found if not allow.reasons.get(violation.invariant)]


def shared_now(entries: Iterable[Entry], allow: Allowances) -> bool:
    """Whether two units hold one address at this moment, and the scenario does not say that they may.

    A lab whose tolerance is not 0 must look for that long before it can tell this from a handover.
    """
    if allow.reasons.get(Invariant.ONE_HOLDER):
        return False
    holders = _Holders(0.0)
    for entry in sorted(entries, key=lambda entry: entry.at):
        holders.take(entry)
    return bool(holders.shared_since)


def _mail(ledger: Ledger) -> list[Violation]:
    lost = [
        Violation(Invariant.NO_LOSS, None, f"message {id_} was accepted and is nowhere") for id_ in ledger.of(Fate.LOST)
    ]
    doubled = [
        Violation(Invariant.NO_DOUBLES, None, f"message {id_} was delivered more than once")
        for id_ in ledger.of(Fate.DUPLICATED)
    ]
    return lost + doubled


def _uncaused_roles(ordered: list[Entry], allow: Allowances) -> list[Violation]:
    left = Counter(allow.roles)
    disturbed: dict[str, bool] = defaultdict(lambda: True)
    """Whether the unit may be off or unreachable: it starts so, and is so again after a fault or a restart."""
    restarting: dict[str, bool] = defaultdict(bool)
    """Whether the unit goes down, as an operator asked or a fault made it, and has not come back from there."""
    settled: dict[str, str] = {}
    found = []
    for entry in ordered:
        if _disturbs(entry):
            disturbed[entry.subject] = True
            restarting[entry.subject] = entry.kind is Kind.CLI or told_in(entry)[0].is_dark
        if entry.kind is not Kind.ROLE:
            continue
        unit, old, new = entry.subject, str(entry.detail.get("old")), str(entry.detail.get("new"))
        if old == new:
            continue
        if new in {Mode.OFF.value, Mode.UNREACHABLE.value} and disturbed[unit]:
            continue
        if old == Mode.UNREACHABLE.value and settled.get(unit) == new:
            continue  # it answers again, and has not changed
        settled[unit] = new
        gone = {Mode.OFF.value, Mode.UNREACHABLE.value}
        # What still changes its role on the way down (a peer's hold-off, say), or was seen to a moment late, is not
        # back from there.
        if new not in gone and (old in gone or not restarting[unit]):
            disturbed[unit] = restarting[unit] = False
        if left[unit, new] > 0:
            left[unit, new] -= 1
            continue
        found.append(
            Violation(Invariant.CAUSED_ROLES, entry.at, f"unit {unit} went from {old} to {new} at {entry.at:.3f} s")
        )
    return found


def _disturbs(entry: Entry) -> bool:
    if entry.kind is Kind.FAULT:
        return True
    if entry.kind is Kind.CLI:
        return any(word in str(entry.detail.get("line", "")) for word in _RESTARTS)
    return False


@lru_cache(maxsize=1024)
def spelled(address: str) -> str | None:
    """One spelling of an address with mask; None for a link-local one of IPv6, which every network may have anew."""
    interface = ipaddress.ip_interface(address)
    return None if interface.version == 6 and interface.is_link_local else str(interface)  # noqa: PLR2004 - IP version


class _Holders:
    """Who holds which address as the entries go by, and the overlaps found so far."""

    def __init__(self, tolerance: float) -> None:
        self.tolerance = tolerance
        self.units: dict[str, set[str]] = defaultdict(set)
        self.dark: set[str] = set()
        self.shared_since: dict[str, tuple[float, frozenset[str]]] = {}
        self.found: list[Violation] = []

    def take(self, entry: Entry) -> None:
        """Follow one entry."""
        if entry.kind is Kind.ADDRESS:
            address = spelled(str(entry.detail.get("address")))
            if address is None:
                return
            units = self.units[address]
            (units.add if entry.detail.get("held") else units.discard)(entry.subject)
        elif entry.kind is Kind.FAULT and told_in(entry)[0].is_dark:
            self._darken(*told_in(entry))
        else:
            return
        for address in list(self.units):
            self._weigh(address, entry)

    def close(self, at: float) -> None:
        """End every overlap that still lasts."""
        for address in list(self.shared_since):
            self._report(address, at)

    def _darken(self, fault: Fault, phase: Phase) -> None:
        (self.dark.add if phase is Phase.BEGIN else self.dark.discard)(fault.unit)
        if Effect.EMPTIED in fault.row.effects:
            for units in self.units.values():
                units.discard(fault.unit)

    def _weigh(self, address: str, entry: Entry) -> None:
        """Begin an overlap when it was seen, and end it as soon as it may have ended."""
        live = frozenset(self.units[address] - self.dark)
        shared = address in self.shared_since
        if len(live) > 1 and not shared:
            self.shared_since[address] = (entry.at, live)
        elif len(live) <= 1 and shared:
            self._report(address, entry.at - entry.doubt)

    def _report(self, address: str, at: float) -> None:
        begun, units = self.shared_since.pop(address)
        lasted = at - begun
        if round(lasted, 6) > self.tolerance:
            who = " and ".join(sorted(units))
            statement = f"{who} held {address} together for {lasted:.3f} s from {begun:.3f} s"
            self.found.append(Violation(Invariant.ONE_HOLDER, begun, statement))


def _shared_addresses(ordered: list[Entry], tolerance: float, end: float) -> list[Violation]:
    holders = _Holders(tolerance)
    for entry in ordered:
        holders.take(entry)
    holders.close(end)
    return holders.found
