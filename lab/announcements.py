"""Judges announcements of addresses by the order of announcing and holding: only a holder may announce. Source: HA-113.

Whether a client is led astray by an announcement that outlives its reason is a race, which this does not wait for.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from lab.findings import Finding
from lab.history import Announcement, Change, Holding
from lab.rules.broken import Broken, Rule

UNDER_WAY = 0.001
"""Seconds that an announcement may be under way: one that belongs to taking the address is right even if that ends."""


@dataclass(slots=True)
class _Held:
    """One unit and one address: whether it is held, when it was last taken and last given up."""

    held: bool = False
    taken: float = float("-inf")
    given_up: float = float("-inf")


class Announcements:
    """Finds announcements by units that did not hold the address (`lab.findings.Checker`).

    `tolerance` (seconds) is how far apart a lab must see giving up and announcing to know which came first.
    """

    def __init__(self, tolerance: float) -> None:
        """Know of no address yet."""
        self.found: list[Broken] = []
        self._tolerance = tolerance
        self._held: dict[tuple[str, str], _Held] = defaultdict(_Held)
        self._last: dict[str, str] = {}
        self._unheld: list[Announcement] = []
        """Announcements without a holder so far: where a lab sees late what is held, that may still be told."""

    def take(self, change: Change) -> None:
        """Follow who holds and who announces an address."""
        match change:
            case Holding():
                self._hold(change)
            case Announcement():
                self._announce(change)

    def until(self, at: float) -> None:
        """Find, once each, the announcements that by all that was told up to `at` no holder can have made."""
        certain = [each for each in self._unheld if at - each.at >= self._tolerance]
        for each in certain:
            self._unheld.remove(each)
            how = f"unit {each.unit} announces {host_of(each.address)} without holding it"
            self.found.append(Finding(Rule.ANNOUNCED, each.at, how))

    def last(self, address: str) -> str | None:
        """Name of the unit that announced the address (with mask or without) last; None where no one has."""
        return self._last.get(host_of(address))

    def _hold(self, change: Holding) -> None:
        this = (change.unit, host_of(change.address))
        state = self._held[this]
        state.held = change.held
        if not change.held:
            state.given_up = change.at
        else:
            state.taken = change.at
            told = change.at - change.doubt - self._tolerance
            self._unheld = [each for each in self._unheld if _place(each) != this or each.at < told]

    def _announce(self, change: Announcement) -> None:
        self._last[host_of(change.address)] = change.unit
        state = self._held[_place(change)]
        lately = change.at - state.given_up <= self._tolerance or change.at - state.taken <= UNDER_WAY
        if not (state.held or lately):
            self._unheld.append(change)


@lru_cache(maxsize=1024)
def host_of(address: str) -> str:
    """One spelling of an address, without its mask."""
    return str(ipaddress.ip_interface(address).ip)


def _place(change: Announcement) -> tuple[str, str]:
    return change.unit, host_of(change.address)
