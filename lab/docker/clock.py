"""The lab's clock: the host's monotonic clock, which its containers share."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from lab.errors import LabError, NotReached
from lab.timeline import Entry, Kind, Timeline

T = TypeVar("T")

PATIENCE = 0.02
"""Seconds after which a condition is evaluated again without a new entry."""

SHARE = 3.0
"""Pause between two evaluations, as a multiple of an evaluation's duration, because asking a unit costs time."""

_LAST = 8


class HostClock:
    """`lab.contract.Clock` on CLOCK_MONOTONIC; every entry of the timeline wakes a waiting caller, but his own."""

    def __init__(self) -> None:
        """Follow no timeline yet."""
        self._changed = threading.Condition()
        self._entries = 0
        self._timeline: Timeline | None = None
        self._waiting = 0
        self._evaluating = 0
        """The thread that evaluates a condition, 0 for none: what it enters itself is no news to it."""
        self._failure: Exception | None = None

    def now(self) -> float:
        """Seconds."""
        return time.monotonic()

    def follow(self, timeline: Timeline) -> None:
        """Wake up for the entries of this timeline from now on."""
        self._timeline = timeline
        timeline.listen(self._wake)

    def fail(self, error: Exception) -> None:
        """Let whoever waits, now or later, fail by the error of what has observed the units until now."""
        with self._changed:
            self._failure = error
            self._entries += 1
            self._changed.notify_all()

    def check(self) -> None:
        """Raise LabError if what observes the units has failed."""
        if self._failure is not None:
            where = traceback.extract_tb(self._failure.__traceback__)[-1]
            problem = f"what watches the units has failed ({self._failure!r} in {where.filename}, line {where.lineno})"
            raise LabError(problem, "the lab is at fault: report it") from self._failure

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for a condition, so that units should be observed more often."""
        return self._waiting > 0

    def wait_for(self, condition: Callable[[], T], within: float, what: str) -> T:
        """Return the condition's first true value; raise NotReached after `within` seconds. Raises LabError."""
        deadline = self.now() + within
        with self._awaited():
            while True:
                seen, looked = self._entries, self.now()
                self.check()
                value = self._evaluate(condition)
                if value:
                    return value
                now = self.now()
                left = deadline - now
                if left <= 0:
                    raise NotReached(f"{what}: not within {within:g} s; {self._last_entries()}")
                self._pause(seen, SHARE * (now - looked), left)

    def hold(self, condition: Callable[[], object], during: float, what: str) -> None:
        """Check that the condition stays true; raise NotReached as soon as it does not. Raises LabError."""
        begun = self.now()
        with self._awaited():
            while True:
                seen, looked = self._entries, self.now()
                self.check()
                holds, now = self._evaluate(condition), self.now()
                left = begun + during - now
                if not holds or left <= 0:
                    break
                self._pause(seen, SHARE * (now - looked), left)
        lasted = self.now() - begun
        if self._timeline is not None:
            self._timeline.add(begun, Kind.WATCH, what, seconds=round(min(lasted, during), 6))
        if not holds:
            raise NotReached(f"{what}: ceased after {lasted:.3f} s of {during:g} s; {self._last_entries()}")

    def _evaluate(self, condition: Callable[[], T]) -> T:
        self._evaluating = threading.get_ident()
        try:
            return condition()
        finally:
            self._evaluating = 0

    def _wake(self, entry: Entry) -> None:
        del entry
        if threading.get_ident() == self._evaluating:
            return
        with self._changed:
            self._entries += 1
            self._changed.notify_all()

    def _pause(self, seen: int, least: float, left: float) -> None:
        """Wait for an entry, but no longer than is left; after a slow evaluation, wait a minimum time in any case."""
        least = min(least, left)
        if least > PATIENCE:
            threading.Event().wait(least)
            return
        with self._changed:
            self._changed.wait_for(lambda: self._entries != seen, min(left, PATIENCE))

    @contextmanager
    def _awaited(self) -> Iterator[None]:
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    def _last_entries(self) -> str:
        entries = [] if self._timeline is None else list(self._timeline)[-_LAST:]
        told = "; ".join(f"{e.at:.3f} {e.kind.value} {e.subject} {e.detail}" for e in entries)
        return f"last entries: {told or 'none'}"
