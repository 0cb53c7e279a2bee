"""Judges announcements of addresses by the order of announcing and holding: only a holder may announce. Source: HA-113.

Whether a client is led astray by an announcement that outlives its reason is a race, which this does not wait for.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lab.timeline import Entry, Kind

UNDER_WAY = 0.001
"""Seconds that an announcement may be under way: one that belongs to taking the address is right even if that ends."""


@dataclass(frozen=True, slots=True)
class Stray:
    """An announcement by a unit that did not hold the address: when it was heard (seconds), and what is said of it."""

    at: float
    how: str


@dataclass(slots=True)
class _Holding:
    """One unit and one address: whether it is held, when it was last taken and last given up."""

    held: bool = False
    taken: float = float("-inf")
    given_up: float = float("-inf")


class Announcements:
    """Feed `take` with a scenario's entries in order of time, and ask `until` for the strays that are certain by then.

    `tolerance` (seconds) is how far apart a lab must see giving up and announcing to know which came first.
    """

    def __init__(self, tolerance: float) -> None:
        """Know of no address yet."""
        self._tolerance = tolerance
        self._holdings: dict[tuple[str, str], _Holding] = defaultdict(_Holding)
        self._last: dict[str, str] = {}
        self._unheld: list[Entry] = []
        """Announcements without a holder so far: where a lab sees late what is held, that may still be told."""

    def take(self, entry: Entry) -> None:
        """Follow one entry."""
        if entry.kind is Kind.ADDRESS:
            self._hold(entry)
        elif entry.kind is Kind.ANNOUNCEMENT:
            self._announce(entry)

    def until(self, at: float) -> Iterator[Stray]:
        """Announcements that no one can have held at their time, by all that was told up to `at`; each once."""
        certain = [entry for entry in self._unheld if at - entry.at >= self._tolerance]
        for entry in certain:
            self._unheld.remove(entry)
            yield Stray(entry.at, f"unit {entry.subject} announces {_host(entry)} without holding it")

    def last(self, address: str) -> str | None:
        """Name of the unit that announced the address (with mask or without) last; None where no one has."""
        return self._last.get(host_of(address))

    def _hold(self, entry: Entry) -> None:
        holding = self._holdings[entry.subject, _host(entry)]
        holding.held = bool(entry.detail.get("held"))
        if not holding.held:
            holding.given_up = entry.at
        else:
            holding.taken = entry.at
            told = entry.at - entry.doubt - self._tolerance
            this = (entry.subject, _host(entry))
            self._unheld = [each for each in self._unheld if (each.subject, _host(each)) != this or each.at < told]

    def _announce(self, entry: Entry) -> None:
        self._last[_host(entry)] = entry.subject
        holding = self._holdings[entry.subject, _host(entry)]
        lately = entry.at - holding.given_up <= self._tolerance or entry.at - holding.taken <= UNDER_WAY
        if not (holding.held or lately):
            self._unheld.append(entry)


@lru_cache(maxsize=1024)
def host_of(address: str) -> str:
    """One spelling of an address, without its mask."""
    return str(ipaddress.ip_interface(address).ip)


def _host(entry: Entry) -> str:
    return host_of(str(entry.detail.get("address")))
