"""One list of everything observed in a scenario, on the lab's one clock; written as JSON Lines."""

from __future__ import annotations

import json
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import attrgetter

_at = attrgetter("at")
_encode = json.JSONEncoder(ensure_ascii=False).encode

Scalar = str | int | float | bool | None


class Kind(StrEnum):
    """Kind of an entry; each kind's subject and detail keys are listed beside it."""

    STEP = "step"  # text, phase (given/when/then)
    ROLE = "role"  # subject unit; old, new (effective modes, or "unreachable"), doubt
    ADDRESS = "address"  # subject unit; interface, address ("10.0.3.100/24"), held (bool), doubt: seen inside
    ANNOUNCEMENT = "announcement"  # subject unit (by hardware address); address; seen by the client
    HEARTBEAT = "heartbeat"  # subject: the unit that heard; rank, family: a heartbeat payload arrived from its peer
    FAULT = "fault"  # subject unit or link; fault, phase, link, unit, ports, value, jitter, proof (see `lab.faults`)
    PROBE = "probe"  # subject address; answer (unit that answered, or None), banner_ms
    MAIL = (
        "mail"  # subject message id; event (accepted, refused, unanswered, delivered), via, unit; if sent sort, reason
    )
    CLI = "cli"  # subject unit; line, reply, refused (bool)
    LOG = "log"  # subject unit; message
    REPORT = "report"  # subject unit; sink (see `lab.contract.Sink`), text, to (a mail's recipient)
    CLAIM = "claim"  # subject claim name; bound, measured, doubt, resolution, slack, verdict
    WATCH = "watch"  # subject what was watched (Clock.hold), from this moment on; seconds


@dataclass(frozen=True, slots=True)
class Entry:
    """One observation: seconds on the lab's clock, kind, subject (unit, link, address ...), details."""

    at: float
    kind: Kind
    subject: str
    detail: dict[str, Scalar] = field(default_factory=dict)

    @property
    def doubt(self) -> float:
        """How much earlier than `at`, when it was seen, it may have happened, in seconds."""
        return float(self.detail.get("doubt") or 0.0)

    def masked(self, mask: Callable[[str], str]) -> Entry:
        """The entry as a report may show it: `mask` takes the secrets out of a text."""
        told = {key: mask(value) if isinstance(value, str) else value for key, value in self.detail.items()}
        return replace(self, detail=told)

    def as_json(self, origin: float = 0.0) -> str:
        """One JSON line, with the time counted from `origin`."""
        record = {"at": round(self.at - origin, 6), "kind": self.kind.value, "subject": self.subject, **self.detail}
        return _encode(record)


class Timeline:
    """Entries in order of time; safe to append to from several threads. `origin` is the scenario's start."""

    def __init__(self, origin: float = 0.0) -> None:
        """Start an empty timeline at `origin` seconds of the lab's clock."""
        self.origin = origin
        self._entries: list[Entry] = []
        """Sorted by time, like those of each kind; entries of the same instant are in order of arrival."""
        self._kinds: dict[Kind, list[Entry]] = {kind: [] for kind in Kind}
        self._lock = threading.Lock()
        self._listeners: list[Callable[[Entry], None]] = []

    def add(self, at: float, kind: Kind, subject: str, **detail: Scalar) -> Entry:
        """Add an entry in its place and call the listeners."""
        entry = Entry(at, kind, subject, detail)
        with self._lock:
            for entries in (self._entries, self._kinds[kind]):
                if entries and entries[-1].at > at:
                    insort(entries, entry, key=_at)
                else:
                    entries.append(entry)
        for listener in self._listeners:
            listener(entry)
        return entry

    def listen(self, listener: Callable[[Entry], None]) -> None:
        """Call `listener` with each further entry, in the thread that adds it."""
        self._listeners.append(listener)

    def __iter__(self) -> Iterator[Entry]:
        """All entries so far, sorted by time."""
        with self._lock:
            return iter(tuple(self._entries))

    def __len__(self) -> int:
        """Number of entries."""
        return len(self._entries)

    def of(self, kind: Kind, subject: str | None = None, *, since: float = float("-inf")) -> list[Entry]:
        """Entries of one kind, optionally of one subject and not before `since`, sorted by time."""
        entries = self._kinds[kind]
        with self._lock:
            recent = entries if since == float("-inf") else entries[bisect_left(entries, since, key=_at) :]
            return [entry for entry in recent if subject is None or entry.subject == subject]

    def lines(self) -> Iterable[str]:
        """The timeline as JSON Lines, each without its newline."""
        return (entry.as_json() for entry in self)
