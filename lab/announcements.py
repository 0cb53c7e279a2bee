"""Judges that only a holder announces an address, by the order of announcing and holding. Source: HA-113.

Whether a late announcement misleads a client is a race, so the order is judged and not the effect.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from lab.findings import Finding
from lab.history import Announcement, Change, Holding
from lab.rules.rule import Broken, Rule

UNDER_WAY = 0.0005
"""Longest time, in seconds, for which an announcement is under way: one that was right when it was sent may be
overtaken by the address being given up. What belongs to taking the address always may, any other by chance."""


@dataclass(slots=True)
class _Held:
    """One unit and one address: whether it is held, when it was last taken and last given up."""

    held: bool = False
    taken: float = float("-inf")
    given_up: float = float("-inf")


class Announcements:
    """Finds announcements of units that did not hold the address (`lab.findings.Checker`).

    `tolerance` (seconds) is the shortest time between giving up and announcing in which a lab can tell their order.
    """

    def __init__(self, tolerance: float) -> None:
        """Begin without addresses."""
        self.found: list[Broken] = []
        self._tolerance = tolerance
        self._held: dict[tuple[str, str], _Held] = defaultdict(_Held)
        self._last: dict[str, str] = {}
        self._unheld: list[Announcement] = []
        """Announcements without a known holder so far; a lab may report the holding later."""

    def take(self, change: Change) -> None:
        """Follow who holds and who announces an address."""
        match change:
            case Holding():
                self._hold(change)
            case Announcement():
                self._announce(change)

    def until(self, at: float) -> None:
        """Find each announcement that no holder can have made, by the entries up to `at`; each is found once."""
        certain = [each for each in self._unheld if at - each.at >= self._tolerance]
        for each in certain:
            self._unheld.remove(each)
            how = f"unit {each.unit} announces {host_of(each.address)} without holding it"
            self.found.append(Finding(Rule.ANNOUNCED, each.at, how))

    def last(self, address: str) -> str | None:
        """Name of the unit that announced the address (with mask or without) last; None if none has."""
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
    """Address in canonical form, without its mask."""
    return str(ipaddress.ip_interface(address).ip)


def _place(change: Announcement) -> tuple[str, str]:
    return change.unit, host_of(change.address)
