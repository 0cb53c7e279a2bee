"""Reads the phases of each failover out of a pair's history, from the last heartbeat to the first banner."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lab.contract import Mode
from lab.history import History, RoleChange, UnitHistory, host

EARLIER = 0.5
"""Seconds before the role was read in which a unit's log, address and banner may already show the failover."""

MISSED = 1.5
"""Seconds without a heartbeat after which silence counts as the cause; heartbeats come once a second."""

_NOTICED = re.compile(r"disappear|heart?beat-\S+=FAILED|changed from \S+ to (?:primary|master)", re.IGNORECASE)
_FOLLOWING = {Mode.SECONDARY, Mode.HOLD_OFF}
_DIGITS = 6


class Phase(StrEnum):
    """The steps of a failover, in their usual order."""

    DETECTED = "detected"  # the unit has logged it
    ROLE = "role"  # an operator reads effective primary
    ADDRESS = "address"  # the first shared address is held
    ANNOUNCED = "announced"  # a third machine has seen it announced
    BANNER = "banner"  # a client has been greeted by the new primary


class Cause(StrEnum):
    """What began a failover."""

    SILENCE = "silence"  # the last heartbeat that a secondary heard
    ORDER = "order"  # a command of an operator or of the peer to a secondary
    START = "start"  # a unit that was not secondary entered the group and led


@dataclass(frozen=True, slots=True)
class Failover:
    """One unit taking the role that another had; times are seconds on the lab's clock.

    `bound` is the unit's detection time, None if it did not wait for a silence.
    """

    unit: str
    cause: Cause
    began: float
    bound: float | None
    at: Mapping[Phase, float]

    def as_data(self, origin: float) -> dict[str, Any]:
        """Plain data: `began` in seconds since `origin`, and each phase in seconds after that and after the bound."""
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


def failovers(history: History) -> list[Failover]:
    """Every failover in a pair's history, without the first primary of the pair."""
    changes = list(_changes(history.roles))
    ends = [*(change.at for change in changes[1:]), float("inf")]
    return [_read(history, change, end) for change, end in zip(changes, ends, strict=False)]


def losses(history: History) -> Iterator[tuple[float, float]]:
    """Begin and end of each silence of a link, at most a detection time, that a unit has logged as a loss."""
    for log in history.logs:
        if not _NOTICED.search(log.message):
            continue
        unit = history.units[log.unit]
        detection = unit.detection_at(log.at)
        heard = {beat.rank: beat.at for beat in unit.beats if beat.at <= log.at}
        for at in heard.values():
            if MISSED < log.at - at <= detection + MISSED:
                yield max(at, log.at - detection), log.at


def _changes(roles: Sequence[RoleChange]) -> Iterator[RoleChange]:
    """Changes into the primary role by a unit that was not the last primary.

    A unit that answers again in its old mode has changed nothing.
    """
    last = ""
    settled: dict[str, Mode] = {}
    for change in roles:
        if change.new in {Mode.UNREACHABLE, settled.get(change.unit)}:
            continue
        settled[change.unit] = change.new
        if change.new is Mode.PRIMARY:
            if last not in {"", change.unit}:
                yield change
            last = change.unit


def _read(history: History, change: RoleChange, end: float) -> Failover:
    unit, was = history.units[change.unit], change.old
    heard = unit.heard_before(change.at)
    if heard is not None and change.at - heard > MISSED and was in _FOLLOWING:
        cause, began = Cause.SILENCE, heard
        bound = unit.detection_at(change.at) if was is Mode.SECONDARY else None
    else:
        cause, bound = (Cause.ORDER if was in _FOLLOWING else Cause.START), None
        began = max((at for at in _causes(history, unit) if at < change.at), default=change.at)
    seen = dict(_seen(history, change, max(began, change.at - EARLIER), end))
    return Failover(unit.name, cause, began, bound, {phase: seen[phase] for phase in Phase if phase in seen})


def _causes(history: History, unit: UnitHistory) -> Iterator[float]:
    """Moments of actions on the pair, and when the unit answered again: a restart may end long after its order."""
    yield from (each.at for each in history.faults)
    yield from (each.at for one in history.units.values() for each in one.commands if not each.looks)
    yield from (each.at for each in unit.roles if each.old is Mode.UNREACHABLE)


def _seen(history: History, change: RoleChange, begin: float, end: float) -> Iterator[tuple[Phase, float]]:
    """The moment at which each phase was first seen, from `begin` on and before `end`."""
    unit = change.unit
    shared = {host(each.address) for each in history.holdings if each.unit != unit and each.at <= change.at}
    yield Phase.ROLE, change.at
    for log in history.logs:
        if begin <= log.at < end and log.unit == unit and _NOTICED.search(log.message):
            yield Phase.DETECTED, log.at
            break
    for holding in history.holdings:
        if begin <= holding.at < end and holding.unit == unit and holding.held and host(holding.address) in shared:
            yield Phase.ADDRESS, holding.at
            break
    for announcement in history.announcements:
        if begin <= announcement.at < end and announcement.unit == unit and announcement.address in shared:
            yield Phase.ANNOUNCED, announcement.at
            break
    for probe in history.probes:
        if begin <= probe.at < end and probe.answer == unit and probe.address in shared:
            yield Phase.BANNER, probe.at + probe.banner
            break
