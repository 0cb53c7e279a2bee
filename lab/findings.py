"""Findings (a broken rule, when and how it was broken), and the protocol of a checker that makes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from lab.history import Change, History
from lab.timeline import Entry


class Law(Protocol):
    """A rule or invariant, with the text for when it is broken."""

    def tell(self, at: float | None, how: str) -> str:
        """One line for a person."""
        ...


L = TypeVar("L", bound=Law)


@dataclass(frozen=True, slots=True)
class Finding(Generic[L]):
    """A broken rule: which, when (seconds on the lab's clock, None without a moment), and how."""

    rule: L
    at: float | None
    how: str

    def __str__(self) -> str:
        """One line for a person."""
        return self.rule.tell(self.at, self.how)


class Checker(Protocol):
    """Judges a history as it grows; `found` has the findings so far."""

    @property
    def found(self) -> Sequence[Finding[Any]]:
        """The findings so far."""
        ...

    def take(self, change: Change) -> None:
        """Judge a change that has just entered the history; changes come in order of time."""
        ...

    def until(self, at: float) -> None:
        """Judge the time up to `at` (seconds on the lab's clock), in which nothing else has happened."""
        ...


def follow(history: History, entries: Iterable[Entry], *checkers: Checker) -> None:
    """Add entries in order of time to a history, and let each checker judge every change."""
    for entry in entries:
        if entry.at > history.now:
            for checker in checkers:
                checker.until(entry.at)
        change = history.take(entry)
        if change is not None:
            for checker in checkers:
                checker.take(change)
