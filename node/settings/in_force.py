"""The steps of a unit when its configuration changes: by its operator, by a copy, by a reset.

A body carries the steps out in order; if one fails, the rest is not done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from node.engine import events as on
from node.settings import values
from node.settings.configuration import HOSTNAME, Configuration, changes
from node.settings.ha import ha_settings
from node.settings.refusal import Refused
from node.settings.schema import SYSTEM_INTERFACE, Path, is_synchronized
from node.settings.script import checksum, merge_synchronized, synchronized


@dataclass(frozen=True, slots=True)
class Save:
    """Write the configuration to the volume, so that a kill at any instant leaves the old one or the new one."""

    configuration: Configuration


@dataclass(frozen=True, slots=True)
class Readdress:
    """Put the own address of each port, with mask, into force."""

    own: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rename:
    """Let the mail service show the new host name."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Give the engine an event."""

    event: on.SettingsChanged | on.ConfigurationChanged


@dataclass(frozen=True, slots=True)
class StartAfresh:
    """Start HA without memory of the time before."""


Step = Save | Readdress | Rename | Tell | StartAfresh


def by_operator(before: Configuration, after: Configuration, given: Mapping[str, str]) -> list[Step]:
    """Return the steps of an operator's saved change. Source: HA-350.

    If the synchronized part has changed, the last step tells the engine that a copy is due. `given` has each port's own
    address, with mask, that the machine started with.
    """
    shared = any(is_synchronized(path) for path in changes(before, after))
    due = [Tell(on.ConfigurationChanged())] if shared else []
    return [Save(after), *_in_force(before, after, given), *due]


def offer(configuration: Configuration) -> tuple[str, str]:
    """Return the synchronized part of a primary's configuration as text, and its checksum. Source: HA-350."""
    return synchronized(configuration), checksum(configuration)


def by_copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[Step]:
    """Return the steps of a copy: the primary's synchronized part as text, and the checksum that came with it.

    Raises Refused for settings that do not fit this unit or do not have that checksum. Source: HA-377.
    """
    after = merge_synchronized(before, text)
    if checksum(after) != expected:
        raise Refused("the settings received do not have the primary's checksum")
    return [Save(after), *_in_force(before, after, given)] if after != before else []


def by_reset(before: Configuration, after: Configuration, given: Mapping[str, str]) -> list[Step]:
    """Return the steps of a return to factory settings."""
    return [Save(after), *_in_force(before, after, given), StartAfresh()]


def factory(hostname: str, own: Mapping[str, str]) -> Configuration:
    """Return factory settings with a machine's host name and its ports' own addresses with mask."""
    configuration = Configuration.factory().with_value(HOSTNAME, hostname)
    for port, address in own.items():
        configuration = configuration.with_value(_own_address(port), address)
    return configuration


def own_addresses(configuration: Configuration, given: Mapping[str, str]) -> dict[str, str]:
    """Return each port's own address with mask: as configured, else the one that the machine started with."""
    configured = {port: configuration.get(_own_address(port)) for port in given}
    return {port: given[port] if values.is_unset(address) else address for port, address in configured.items()}


def _in_force(before: Configuration, after: Configuration, given: Mapping[str, str]) -> list[Step]:
    """Return the steps that put a saved configuration into force; the engine is told last, after all addresses."""
    own, settings = own_addresses(after, given), ha_settings(after)
    steps: list[Step] = []
    if own != own_addresses(before, given):
        steps.append(Readdress(own))
    if HOSTNAME in changes(before, after):
        steps.append(Rename())
    if settings != ha_settings(before):
        steps.append(Tell(on.SettingsChanged(settings)))
    return steps


def _own_address(port: str) -> Path:
    return (*SYSTEM_INTERFACE, port, "ip")
