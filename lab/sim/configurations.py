"""Stored configurations as the simulated world handles them: text on a volume, read by the unit's own settings code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from node import settings
from node.engine import events as on
from node.engine.settings import HaSettings

if TYPE_CHECKING:
    from lab.sim.machine import Machine

UNSET = "0.0.0.0"  # noqa: S104 - the manual's "not set", nothing is bound


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
def synchronized(text: str) -> str:
    """The part that a secondary takes over."""
    return settings.synchronized(load(text))


@lru_cache(maxsize=512)
def own_addresses(text: str) -> Mapping[str, str]:
    """Each interface's own address with mask, '' where none is set."""
    configuration = load(text)
    addresses = {port: configuration.get(("system interface", port, "ip")) for port in configuration.interfaces}
    return {port: "" if address.startswith(UNSET) else address for port, address in addresses.items()}


@lru_cache(maxsize=16)
def factory(hostname: str, addresses: tuple[tuple[str, str], ...]) -> str:
    """Factory settings, with what the lab assigns: host name and own addresses."""
    configuration = settings.Configuration.factory().with_value(("system global", "hostname"), hostname)
    for port, address in addresses:
        configuration = configuration.with_value(("system interface", port, "ip"), address)
    return settings.dump(configuration)


@lru_cache(maxsize=512)
def merged(text: str, part: str) -> str:
    """A stored configuration with the synchronized part of another unit in it."""
    return settings.dump(settings.merge_synchronized(load(text), part))


def install(machine: Machine, text: str, *, by_operator: bool) -> None:
    """Store a configuration, put it into force, and tell the engine what concerns it."""
    before = machine.volume.configuration
    if text == before:
        return
    machine.volume.configuration = text
    machine.interfaces.readdress(own_addresses(text))
    if ha_settings(text) != ha_settings(before):
        machine.handle(on.SettingsChanged(ha_settings(text)))
    if by_operator and synchronized(text) != synchronized(before):
        machine.handle(on.ConfigurationChanged())
