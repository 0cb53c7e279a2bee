"""Stored configurations as the simulated world handles them: text on a volume, read by the unit's own settings code."""

from __future__ import annotations

from functools import lru_cache

from node import settings
from node.build import Exchange
from node.engine.settings import HaSettings
from node.settings import in_force
from node.settings.in_force import Step

Addresses = tuple[tuple[str, str], ...]
"""Ports with their own addresses."""


def host_name(unit: str) -> str:
    """Host name of a unit with factory settings."""
    return f"unit-{unit.lower()}"


@lru_cache(maxsize=512)
def load(text: str) -> settings.Configuration:
    """Read a stored configuration; the same text is read only once, for configurations never change."""
    return settings.load(text)


def dump(configuration: settings.Configuration) -> str:
    """Write a configuration as it is stored; equal ones, met in scenario after scenario, are written only once."""
    key = (configuration.interfaces, tuple(configuration.store.values.items()))
    if key not in _DUMPED:
        _DUMPED[key] = settings.dump(configuration)
    return _DUMPED[key]


_DUMPED: dict[tuple[object, object], str] = {}


@lru_cache(maxsize=512)
def ha_settings(text: str) -> HaSettings:
    """The HA settings in a stored configuration."""
    return settings.ha_settings(load(text))


@lru_cache(maxsize=512)
def offered(exchange: Exchange, text: str) -> tuple[str, str]:
    """What a unit gives of its configuration: the part that a secondary takes over, and its checksum."""
    return exchange.offer(load(text))


@lru_cache(maxsize=16)
def factory(hostname: str, own: Addresses) -> str:
    """Factory settings of a machine with this host name and these own addresses."""
    return settings.dump(in_force.factory(hostname, dict(own)))


@lru_cache(maxsize=512)
def by_operator(before: str, after: str, given: Addresses) -> tuple[Step, ...]:
    """What an operator's saved change causes."""
    return tuple(in_force.by_operator(load(before), load(after), dict(given)))


@lru_cache(maxsize=512)
def by_copy(exchange: Exchange, before: str, part: str, checksum: str, given: Addresses) -> tuple[Step, ...]:
    """What the primary's settings cause; raises Refused."""
    return tuple(exchange.copy(load(before), part, checksum, dict(given)))


def by_reset(before: str, after: str, given: Addresses) -> tuple[Step, ...]:
    """What a return to factory settings causes."""
    return tuple(in_force.by_reset(load(before), load(after), dict(given)))
