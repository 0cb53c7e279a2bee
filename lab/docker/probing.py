"""Probes addresses by their banner: often while who answers there may change, and seldom in between.

Each probe costs a mail server, the client and the engine milliseconds, and tells nothing new while nothing happens.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from lab.docker.agent import Agent
from lab.errors import LabError

OFTEN = 0.05
SELDOM = 0.5
"""Seconds between two probes of an address: while who answers may change, and otherwise."""

STIRRED = 1.0
"""Seconds for which who answers may change after something that can change it."""

STARTING = 10.0
"""Seconds for which the holder of an address may need to answer there: its mail service may be slow to start."""


class Probing:
    """The client's probes of the watched addresses (without masks). Any thread may use it, and none waits for it."""

    def __init__(self, client: Agent, now: Callable[[], float] = time.monotonic) -> None:
        """Watch no address yet; `now` is the lab's clock."""
        self._client = client
        self._now = now
        self._answered: dict[str, bool] = {}
        """Whether the last probe of each watched address was answered."""
        self._held: set[tuple[str, str]] = set()
        """Units with the addresses that they hold."""
        self._every = SELDOM
        self._stirred = -STARTING
        self._lock = threading.Lock()

    def watch(self, address: str) -> None:
        """Probe an address from now on."""
        with self._lock:
            self._answered.setdefault(address, False)
            self._client.tell("watch", address=address, every=self._every)

    def stop(self) -> None:
        """Stop all probes."""
        with self._lock:
            self._answered.clear()
            self._every = SELDOM
            self._client.tell("unwatch")

    def stir(self) -> None:
        """Probe often from now on, at once for the first time: something happens that may change who answers."""
        with self._lock:
            self._stir()

    def hold(self, unit: str, address: str, *, held: bool) -> None:
        """Take note that a unit has taken an address, or has given it up."""
        with self._lock:
            (self._held.add if held else self._held.discard)((unit, address))
            if address in self._answered:
                self._stir()

    def take(self, address: str, at: float, *, answered: bool) -> None:
        """Take note of a probe that was sent at that moment; if nothing can have changed for a while, probe seldom."""
        with self._lock:
            if address not in self._answered:
                return
            self._answered[address] = answered
            awaited = any(each in self._answered and not self._answered[each] for _, each in self._held)
            if self._every == OFTEN and at > self._stirred + (STARTING if awaited else STIRRED):
                self._change(SELDOM)

    def _stir(self) -> None:
        self._stirred = self._now()
        if self._every == SELDOM:
            self._change(OFTEN)

    def _change(self, every: float) -> None:
        self._every = every
        if self._answered:
            # A lab that is being taken down has no client any more.
            with suppress(LabError):
                self._client.tell("unwatch")
                for address in self._answered:
                    self._client.tell("watch", address=address, every=every)
