"""Follows a running lab's timeline with a judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product

from lab.contract import Lab, Mode
from lab.errors import FaultNotProven
from lab.rules.judge import Judge
from lab.rules.rule import Broken
from lab.rules.view import PairView
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind

_PARTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of its doubt by which a change may be dated back."""


class Watch:
    """Judges a scenario from its beginning, as its timeline grows."""

    def __init__(self, lab: Lab) -> None:
        """Take the entries since the scenario began, and listen to further ones."""
        self._lab = lab
        self._exact = lab.profile.resolution == 0
        self._formed = lab.clock.now()
        self.judge = self._fresh()
        self._waiting: list[Entry] = []
        lab.timeline.listen(self._waiting.append)

    @property
    def view(self) -> PairView:
        """What may be expected of the pair."""
        return self.judge.view

    def catch_up(self) -> None:
        """Judge the entries since the last call."""
        if self._waiting:
            new = self._waiting[:]
            del self._waiting[: len(new)]
            self.judge.feed(new)
        self.judge.until(self._lab.clock.now())

    def broken(self) -> list[Broken]:
        """The broken rules so far; none before the end on a lab whose observers report late."""
        self.catch_up()
        return self.judge.found if self._exact else []

    def verdict(self) -> list[Broken]:
        """The rules broken up to now, judged on the whole timeline in order of time.

        A change that is seen by asking may have happened up to its doubt earlier. Doubts up to the slack are the lab's:
        a rule is broken if it is so whenever those changes happened. A larger one leaves all that follows undecided:
        raises FaultNotProven.
        """
        if self._exact:
            return self.broken()
        entries = [entry for entry in self._lab.timeline if entry.at > self._formed]
        found: list[Broken] = []
        for reading in self._readings(entries):
            broken = self._judged(reading)
            if not broken:
                return []
            found = found or broken
        first = min(broken.at or 0.0 for broken in found)
        for entry in entries:
            begun = entry.at - entry.doubt
            if is_doubted(entry) and entry.doubt > self._tolerance and begun <= first + self._tolerance:
                raise FaultNotProven(f"the lab saw unit {entry.subject} too seldom to judge it: {found[0]}")
        return found

    def _readings(self, entries: list[Entry]) -> Iterator[list[Entry]]:
        """The entries as they were seen, then with each unit's changes dated back."""
        for parts in product(_PARTS, repeat=len(PAIR.configured)):
            shares = dict(zip(PAIR.configured, parts, strict=True))
            yield [dated_back(entry, shares, self._tolerance) for entry in entries]

    def _judged(self, entries: Iterable[Entry]) -> list[Broken]:
        judge = self._fresh()
        judge.feed(entries)
        judge.until(self._lab.clock.now())
        return judge.found

    @property
    def _tolerance(self) -> float:
        return max(self._lab.profile.slack, self._lab.profile.resolution)

    def _fresh(self) -> Judge:
        """Make a judge that has seen how the pair was formed."""
        judge = Judge(self._lab.mail.virtual_address, self._tolerance)
        judge.feed(entry for entry in self._lab.timeline if entry.at <= self._formed)
        judge.view.note_formed()
        return judge


def is_doubted(entry: Entry) -> bool:
    """Whether it is a change of mode or address of a unit that was asked; one that answers again was not asked."""
    return entry.kind in {Kind.ROLE, Kind.ADDRESS} and entry.detail.get("old") != Mode.UNREACHABLE.value


def dated_back(entry: Entry, shares: Mapping[str, float], most: float) -> Entry:
    """Return a doubted change earlier by a share of its doubt, by unit, if that is at most so large (seconds)."""
    earlier = shares.get(entry.subject, 0.0) * entry.doubt
    return replace(entry, at=entry.at - earlier) if is_doubted(entry) and earlier > 0 and entry.doubt <= most else entry
