"""Reads the phases of each failover out of a scenario's timeline, from the last heartbeat to the first banner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lab.contract import Mode
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind

EARLIER = 0.5
"""Seconds before its role is seen in which a unit may already have noticed, moved the address and answered."""

MISSED = 1.5
"""Seconds without a heartbeat after which a failover was caused by silence: heartbeats come once per second."""

_THRESHOLD = re.compile(r"^\s*set\s+hb-lost-threshold\s+(\d+)")
_NOTICED = re.compile(r"disappear|heart?beat-\S+=FAILED|changed from \S+ to (?:primary|master)", re.IGNORECASE)
_FOLLOWING = {Mode.SECONDARY.value, Mode.HOLD_OFF.value}
_LOOKS = ("get", "show")
_DIGITS = 6


class Phase(StrEnum):
    """What happens in a failover, in its usual order."""

    DETECTED = "detected"  # the unit's log speaks of it
    ROLE = "role"  # an operator reads effective primary
    ADDRESS = "address"  # the first shared address is held
    ANNOUNCED = "announced"  # a third machine has seen it announced
    BANNER = "banner"  # a client has been greeted by the new primary


class Cause(StrEnum):
    """What a failover began with."""

    SILENCE = "silence"  # the last heartbeat that a secondary heard
    ORDER = "order"  # an operator's or the peer's word to a secondary
    START = "start"  # a unit that was no secondary entered the group and led


@dataclass(frozen=True, slots=True)
class Failover:
    """One unit taking the role that another had; times are seconds on the lab's clock.

    `bound` is the silence that the unit is told to bear, None where it did not wait for one.
    """

    unit: str
    cause: Cause
    began: float
    bound: float | None
    at: Mapping[Phase, float]

    def as_data(self, origin: float) -> dict[str, Any]:
        """Plain data: `began` since the scenario's `origin`, each phase as seconds after that and after the bound."""
        after = {phase.value: round(at - self.began, _DIGITS) for phase, at in self.at.items()}
        beyond = {} if self.bound is None else {phase: round(at - self.bound, _DIGITS) for phase, at in after.items()}
        return {
            "unit": self.unit,
            "cause": self.cause.value,
            "began": round(self.began - origin, _DIGITS),
            "bound": self.bound,
            "after": after,
            "after_bound": beyond,
        }


def table(told: Sequence[Mapping[str, Any]]) -> str:
    """Failovers (`Failover.as_data`) as CSV, a row for each phase; all figures in seconds."""
    rows = ["unit,cause,began,bound,phase,after,after_bound"]
    for each in told:
        bound = "" if each["bound"] is None else f"{each['bound']:g}"
        head = f"{each['unit']},{each['cause']},{each['began']:.6f},{bound}"
        for phase, after in each["after"].items():
            beyond = each["after_bound"].get(phase)
            rows.append(f"{head},{phase},{after:.6f},{'' if beyond is None else f'{beyond:.6f}'}")
    return "\n".join(rows) + "\n"


def failovers(entries: Sequence[Entry]) -> list[Failover]:
    """Every failover in a scenario's entries (sorted by time), the first forming of a pair left out."""
    changes = list(_changes(entries))
    ends = [*(change.at for change in changes[1:]), float("inf")]
    return [_read(entries, change, end) for change, end in zip(changes, ends, strict=False)]


def _changes(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Changes into the primary role by a unit other than the one that had it last.

    A unit that answers again, and is still what it was, has changed nothing.
    """
    last = ""
    settled: dict[str, object] = {}
    for entry in entries:
        new = entry.detail.get("new")
        if entry.kind is not Kind.ROLE or new in {Mode.UNREACHABLE.value, settled.get(entry.subject)}:
            continue
        settled[entry.subject] = new
        if new == Mode.PRIMARY.value:
            if last not in {"", entry.subject}:
                yield entry
            last = entry.subject


def _read(entries: Sequence[Entry], change: Entry, end: float) -> Failover:
    unit = change.subject
    before = [entry for entry in entries if entry.at <= change.at]
    heard = max((e.at for e in before if e.kind is Kind.HEARTBEAT and e.subject == unit), default=None)
    was = change.detail.get("old")
    if heard is not None and change.at - heard > MISSED and was in _FOLLOWING:
        cause, began = Cause.SILENCE, heard
        bound = _threshold(before, unit) if was == Mode.SECONDARY.value else None
    else:
        cause, bound = (Cause.ORDER if was in _FOLLOWING else Cause.START), None
        causes = (e.at for e in before if e.at < change.at and (_is_order(e) or _is_return(e, unit)))
        began = max(causes, default=change.at)
    window = [entry for entry in entries if max(began, change.at - EARLIER) <= entry.at < end]
    shared = {_host(e.detail.get("address")) for e in before if e.kind is Kind.ADDRESS and e.subject != unit}
    found = {Phase.ROLE: change.at}
    for entry in window:
        phase = _phase(entry, unit, shared)
        if phase is not None:
            found.setdefault(phase, entry.at + float(entry.detail.get("banner_ms") or 0.0) / 1000)
    return Failover(unit, cause, began, bound, {phase: found[phase] for phase in Phase if phase in found})


def _phase(entry: Entry, unit: str, shared: set[str]) -> Phase | None:
    """What phase an entry shows, None for none."""
    if entry.kind is Kind.PROBE:
        answered = entry.detail.get("answer") == unit and _host(entry.subject) in shared
        return Phase.BANNER if answered else None
    if entry.subject != unit:
        return None
    if entry.kind is Kind.LOG:
        return Phase.DETECTED if _NOTICED.search(str(entry.detail.get("message"))) else None
    if entry.kind not in {Kind.ADDRESS, Kind.ANNOUNCEMENT} or _host(entry.detail.get("address")) not in shared:
        return None
    if entry.kind is Kind.ANNOUNCEMENT:
        return Phase.ANNOUNCED
    return Phase.ADDRESS if entry.detail.get("held") else None


def _threshold(before: Sequence[Entry], unit: str) -> float:
    """The unit's own hb-lost-threshold, as an operator entered it last. Source: HA-108."""
    lines = (str(e.detail.get("line")) for e in reversed(before) if e.kind is Kind.CLI and e.subject == unit)
    found = next((match for line in lines if (match := _THRESHOLD.match(line))), None)
    return float(found[1]) if found else PAIR.detection


def _is_order(entry: Entry) -> bool:
    """Whether an entry is something that somebody did to the pair."""
    if entry.kind is Kind.CLI:
        return not str(entry.detail.get("line")).strip().startswith(_LOOKS)
    return entry.kind is Kind.FAULT


def _is_return(entry: Entry, unit: str) -> bool:
    """Whether a unit answers again: a planned restart may end long after the order for it."""
    return entry.kind is Kind.ROLE and entry.subject == unit and entry.detail.get("old") == Mode.UNREACHABLE.value


def _host(address: object) -> str:
    return str(address).partition("/")[0]
