"""Stored configurations as the simulated world handles them: text on a volume, read by the unit's own settings code."""

from __future__ import annotations

from functools import lru_cache

from node import settings
from node.build import Exchange
from node.engine.settings import HaSettings
from node.reporting import Reporting
from node.settings import Configuration, in_force
from node.settings.in_force import Step
from node.settings.sinks import Sinks

Addresses = tuple[tuple[str, str], ...]
"""Ports with their own addresses."""

KEPT = 512
"""Answers of each kind that are kept."""


def host_name(unit: str) -> str:
    """Host name of a unit with factory settings."""
    return f"unit-{unit.lower()}"


class Configurations:
    """Reads and writes stored configurations, and caches the answers, because every scenario asks for the same few.

    The cache lives as long as its lab. All arguments are immutable: texts, records, and a unit's build.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        keep = lru_cache(maxsize=KEPT)
        self._texts: dict[tuple[object, object], str] = {}
        self.load = keep(settings.load)
        self.ha_settings = keep(self._ha_settings)
        self.sinks = keep(self._sinks)
        self.factory = keep(self._factory)
        self.offered = keep(self._offered)
        self.by_operator = keep(self._by_operator)
        self.by_copy = keep(self._by_copy)

    def dump(self, configuration: Configuration) -> str:
        """Write a configuration as it is stored."""
        key = (configuration.interfaces, tuple(configuration.store.values.items()))
        if key not in self._texts:
            if len(self._texts) == KEPT:
                self._texts.clear()
            self._texts[key] = settings.dump(configuration)
        return self._texts[key]

    def by_reset(self, before: str, after: str, given: Addresses) -> tuple[Step, ...]:
        """Return what a return to factory settings causes."""
        return tuple(in_force.by_reset(self.load(before), self.load(after), dict(given)))

    def _ha_settings(self, text: str) -> HaSettings:
        """Return the HA settings in a stored configuration."""
        return settings.ha_settings(self.load(text))

    def _sinks(self, reporting: Reporting, text: str) -> Sinks:
        """Return where a unit reports HA events to, by a stored configuration."""
        return reporting.sinks(self.load(text))

    def _factory(self, hostname: str, own: Addresses) -> str:
        """Return factory settings of a machine with this host name and these own addresses."""
        return self.dump(in_force.factory(hostname, dict(own)))

    def _offered(self, exchange: Exchange, text: str) -> tuple[str, str]:
        """Return what a unit gives of its configuration: the part that a secondary takes over, and its checksum."""
        return exchange.offer(self.load(text))

    def _by_operator(self, before: str, after: str, given: Addresses) -> tuple[Step, ...]:
        """Return what an operator's saved change causes."""
        return tuple(in_force.by_operator(self.load(before), self.load(after), dict(given)))

    def _by_copy(self, exchange: Exchange, before: str, part: str, checksum: str, given: Addresses) -> tuple[Step, ...]:
        """Return what the primary's settings cause; raises Refused."""
        return tuple(exchange.copy(self.load(before), part, checksum, dict(given)))
