"""Adds up the time that the document made a scenario wait; spans that overlap count once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lab.history import History
from lab.timeline import Entry, Kind
from reports.phases import Failover, losses

Span = tuple[float, float]


def documented(entries: Sequence[Entry], failovers: Sequence[Failover], history: History) -> float:
    """Seconds of watched spans, silences before a takeover or a logged loss, and lower bounds of timed claims."""
    spans = [*_watched(entries), *_claimed(entries), *_silences(failovers), *losses(history)]
    return round(_covered(spans), 6)


def _watched(entries: Sequence[Entry]) -> Iterator[Span]:
    for entry in entries:
        if entry.kind is Kind.WATCH:
            yield entry.at, entry.at + float(entry.detail.get("seconds") or 0.0)


def _claimed(entries: Sequence[Entry]) -> Iterator[Span]:
    """The span of a claim's lower bound, which ends at the latest when the claim was judged."""
    for entry in entries:
        if entry.kind is Kind.CLAIM and entry.detail.get("unit", "s") == "s":
            least = float(entry.detail.get("at_least") or 0.0)
            yield entry.at - min(least, float(entry.detail.get("measured") or 0.0)), entry.at


def _silences(failovers: Sequence[Failover]) -> Iterator[Span]:
    for failover in failovers:
        if failover.bound is not None:
            yield failover.began, failover.began + failover.bound


def _covered(spans: Sequence[Span]) -> float:
    covered, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        covered += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return covered
