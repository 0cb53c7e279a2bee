"""Follows a running lab's timeline with a judge."""

from __future__ import annotations

from lab.contract import Lab
from lab.rules.broken import Broken
from lab.rules.judge import Judge
from lab.rules.view import PairView
from lab.timeline import Entry


class Watch:
    """Judges a scenario from its beginning, as far as its timeline has come."""

    def __init__(self, lab: Lab) -> None:
        """Take what has formed the pair, and listen."""
        self._lab = lab
        self._exact = lab.profile.resolution == 0
        self._formed = lab.clock.now()
        self.judge = self._fresh()
        self._waiting: list[Entry] = []
        lab.timeline.listen(self._waiting.append)

    @property
    def view(self) -> PairView:
        """What is known of the pair."""
        return self.judge.view

    def catch_up(self) -> None:
        """Judge what has happened since the last time."""
        if self._waiting:
            new = self._waiting[:]
            del self._waiting[: len(new)]
            self.judge.feed(new)
        self.judge.until(self._lab.clock.now())

    def broken(self) -> list[Broken]:
        """What is broken so far; where observers report late, nothing can be said before the end."""
        self.catch_up()
        return self.judge.found if self._exact else []

    def verdict(self) -> list[Broken]:
        """What was broken up to now, the whole timeline being in order of time."""
        if self._exact:
            return self.broken()
        judge = self._fresh()
        judge.feed(entry for entry in self._lab.timeline if entry.at > self._formed)
        judge.until(self._lab.clock.now())
        return judge.found

    def _fresh(self) -> Judge:
        """Make a judge that knows how the pair was formed."""
        profile = self._lab.profile
        judge = Judge(self._lab.mail.virtual_address, max(profile.slack, profile.resolution))
        judge.feed(entry for entry in self._lab.timeline if entry.at <= self._formed)
        judge.view.is_formed()
        return judge
