"""What judging a pair comes to: a rule, when it was broken, and how; and the shape of whatever judges one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from lab.history import Change, History
from lab.timeline import Entry


class Law(Protocol):
    """Something that is to hold for a pair; it says itself what is told when it is broken."""

    def tell(self, at: float | None, how: str) -> str:
        """One line for a person."""
        ...


L = TypeVar("L", bound=Law)


@dataclass(frozen=True, slots=True)
class Finding(Generic[L]):
    """One broken rule: which, when (seconds on the lab's clock, None where no moment can be named), and how."""

    rule: L
    at: float | None
    how: str

    def __str__(self) -> str:
        """One line for a person."""
        return self.rule.tell(self.at, self.how)


class Checker(Protocol):
    """Judges a history as it grows, and says in `found` what is wrong with it so far."""

    @property
    def found(self) -> Sequence[Finding[Any]]:
        """What has been found so far."""
        ...

    def take(self, change: Change) -> None:
        """Judge what has just entered the history, which comes in order of time."""
        ...

    def until(self, at: float) -> None:
        """Judge that nothing else has happened up to that time (seconds on the lab's clock)."""
        ...


def follow(history: History, entries: Iterable[Entry], *checkers: Checker) -> None:
    """Let a history grow by entries, which come in order of time, and each checker judge it at every step."""
    for entry in entries:
        if entry.at > history.now:
            for checker in checkers:
                checker.until(entry.at)
        change = history.take(entry)
        if change is not None:
            for checker in checkers:
                checker.take(change)
