"""Follows a running lab's timeline with a judge."""

from __future__ import annotations

from lab.contract import Lab
from lab.rules.judge import Judge
from lab.rules.rule import Broken
from lab.rules.view import PairView
from lab.timeline import Entry


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
        """The rules broken up to now, judged on the whole timeline in order of time."""
        if self._exact:
            return self.broken()
        judge = self._fresh()
        judge.feed(entry for entry in self._lab.timeline if entry.at > self._formed)
        judge.until(self._lab.clock.now())
        return judge.found

    def _fresh(self) -> Judge:
        """Make a judge that has seen how the pair was formed."""
        profile = self._lab.profile
        judge = Judge(self._lab.mail.virtual_address, max(profile.slack, profile.resolution))
        judge.feed(entry for entry in self._lab.timeline if entry.at <= self._formed)
        judge.view.note_formed()
        return judge
