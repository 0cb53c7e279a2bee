"""What a unit sends its sinks of an HA event, and answers SNMP: decided here for both bodies, which only send it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from node.engine.modes import Effective, Mode, SystemEvent
from node.engine.status import Status
from node.settings import Configuration
from node.settings.sinks import HA_EVENTS, Sinks, sinks
from node.settings.snmp import TrapManager
from node.texts import alert_text, log_line

SYSTEM_EVENTS = "system"
"""The word for system events in `trapevent`."""

MIB = "1.3.6.1.4.1.12356.105"
"""Source: D.5, as all object identifiers here."""

SERIAL = f"{MIB}.1.2.0"
SYSTEM_EVENT_CODE = f"{MIB}.1.11.0"
HA_EVENT_ID = f"{MIB}.1.14.0"
HA_UNIT_IP = f"{MIB}.1.15.0"
HA_EVENT_REASON = f"{MIB}.1.16.0"
HA_MODE = f"{MIB}.1.200.1.0"
HA_EFFECTIVE_MODE = f"{MIB}.1.200.2.0"

_MODES = {Mode.OFF: 0, Mode.PRIMARY: 1, Mode.SECONDARY: 2, Mode.CONFIG_PRIMARY: 3, Mode.CONFIG_SECONDARY: 4}
_EFFECTIVE = {Effective.PRIMARY: 1, Effective.SECONDARY: 2}


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram over UDP: nobody acknowledges it, so it is never sent again."""

    address: str
    port: int
    text: str


@dataclass(frozen=True, slots=True)
class AlertMail:
    """One alert to one recipient: kept until a mail server has taken it."""

    recipient: str
    text: str


class Syntax(StrEnum):
    """Syntax of an SNMP object."""

    INTEGER = "integer"
    STRING = "string"
    ADDRESS = "ipaddress"


@dataclass(frozen=True, slots=True)
class Object:
    """One SNMP object with its value: object identifiers have no dot in front."""

    oid: str
    syntax: Syntax
    value: str


@dataclass(frozen=True, slots=True)
class SnmpTrap:
    """One trap: the number of its notification below `MIB`.0, its objects in the MIB's order, and what it is about."""

    number: int
    objects: tuple[Object, ...]
    about: str
    """The word of `trapevent` by which it is chosen."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One trap to one manager, over UDP: nobody acknowledges it, so it is never sent again."""

    manager: TrapManager
    trap: SnmpTrap


def log_datagrams(to: Sinks, line: str) -> tuple[Datagram, ...]:
    """Return what goes to log servers of a line of the log, once to each. Source: HA-650, HA-651."""
    return tuple(Datagram(each.address, each.port, each.packet(line)) for each in to.log_servers)


def alert_mails(to: Sinks, text: str) -> tuple[AlertMail, ...]:
    """Return the mails of an alert, one to each recipient. Source: HA-654, HA-663."""
    return tuple(AlertMail(each, text) for each in to.recipients)


def ha_trap(serial: str, address: str, event_id: int, reason: str) -> SnmpTrap:
    """Return `fmlTrapHAEvent` of a unit with this serial number and own address. Source: HA-658, HA-659, HA-661."""
    objects = (
        Object(SERIAL, Syntax.STRING, serial),
        Object(HA_EVENT_ID, Syntax.INTEGER, str(event_id)),
        Object(HA_UNIT_IP, Syntax.ADDRESS, address),
        Object(HA_EVENT_REASON, Syntax.STRING, reason),
    )
    return SnmpTrap(203, objects, HA_EVENTS)


def system_trap(serial: str, event: SystemEvent) -> SnmpTrap:
    """Return `fmlTrapSystemEvent` of a unit with this serial number. Source: HA-534."""
    objects = (Object(SERIAL, Syntax.STRING, serial), Object(SYSTEM_EVENT_CODE, Syntax.INTEGER, str(int(event))))
    return SnmpTrap(201, objects, SYSTEM_EVENTS)


def notifications(to: Sinks, trap: SnmpTrap) -> tuple[Notification, ...]:
    """Return what goes to managers of a trap, once to each that has chosen its events. Source: HA-660."""
    return tuple(Notification(each, trap) for each in to.snmp.managers if trap.about in each.events)


def mode_objects(serial: str, status: Status) -> tuple[Object, ...]:
    """Return the serial number and the two modes as SNMP shows them, in the MIB's order.

    There is no number for failed and hold-off: they show as off. In a config-only group, where no role changes, the
    effective mode is the configured one. Source: HA-009, HA-619, HA-620.
    """
    configured = _MODES[status.configured]
    effective = configured if status.configured.config_only else _EFFECTIVE.get(status.effective, 0)
    return (
        Object(SERIAL, Syntax.STRING, serial),
        Object(HA_MODE, Syntax.INTEGER, str(configured)),
        Object(HA_EFFECTIVE_MODE, Syntax.INTEGER, str(effective)),
    )


@dataclass(frozen=True, slots=True)
class Reporting:
    """How a unit words what it reports, and to whom it goes."""

    sinks: Callable[[Configuration], Sinks] = sinks
    line: Callable[[str, str, str, str], str] = log_line
    """A line of the log, from its date and time, the unit's serial number and the message."""
    alert: Callable[[str, str, Effective | None, Effective | None], str] = alert_text
    """An alert, from the unit's own address, the event, and the old and the new state."""
    datagrams: Callable[[Sinks, str], tuple[Datagram, ...]] = log_datagrams
    mails: Callable[[Sinks, str], tuple[AlertMail, ...]] = alert_mails
    ha_trap: Callable[[str, str, int, str], SnmpTrap] = ha_trap
    """A trap of an HA event, from the unit's serial number and own address, the event's id and its reason."""
    system_trap: Callable[[str, SystemEvent], SnmpTrap] = system_trap
    notifications: Callable[[Sinks, SnmpTrap], Iterable[Notification]] = notifications
    mode_objects: Callable[[str, Status], tuple[Object, ...]] = mode_objects
    """What SNMP shows of a unit, from its serial number and its status."""
