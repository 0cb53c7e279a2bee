"""The documented form of what units report: lines of the log, alerts, and traps."""

from __future__ import annotations

import re
from collections.abc import Collection

from lab import snmp

SYSTEM_EVENTS = {"halt": 1, "reboot": 2, "reload": 3, "upgrade": 4}
"""Codes of the system event trap. Source: HA-534, D.5."""

FIELDS = ("date", "time", "device_id", "log_id", "type", "subtype", "pri", "user", "ui", "action", "status", "msg")
"""Fields of a line of the log, in their order. Source: HA-651, D.1-1."""

_FIELD = re.compile(r'(\w+)=("[^"]*"|\S+)')
_PRIORITY = re.compile(r"<(\d{1,3})>")
_LARGEST_PRIORITY = 191
"""Source: RFC 5424."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d:\d\d(?:\.\d{1,3})?")
"""Public decoders of this log read at most three digits of a second."""

_OBJECTS = {
    snmp.HA_EVENT: ("fmlSysSerial", "fmlHAEventId", "fmlHAUnitIp", "fmlHAEventReason"),
    snmp.SYSTEM_EVENT: ("fmlSysSerial", "fmlSysEventCode"),
}
"""Objects of each trap, in their order. Source: HA-534, HA-658, D.5."""

_EVENTS = {
    snmp.HA_EVENT: {"1": "switched to primary", "2": "switched to secondary", "3": "shut down"},
    snmp.SYSTEM_EVENT: {str(code): f"system {event}" for event, code in SYSTEM_EVENTS.items()},
}
LONGEST = 32
"""Characters of a serial number and of a reason. Source: HA-661, D.5."""


def logged(text: str) -> str:
    """Return the line of the log in what a log server has received: what follows the priority, if there is one."""
    priority = _PRIORITY.match(text)
    return text if priority is None else text[priority.end() :]


def trapped(text: str) -> str:
    """Return the event of a trap, as `lab.snmp.told` words it: in the words of a table; "" for one not in the MIB."""
    name, objects = snmp.read(text)
    return _EVENTS[name].get(objects.get(_OBJECTS[name][1], ""), "") if name in _OBJECTS else ""


def wrong_in_line(text: str) -> str:
    """Return what is wrong with what a log server has received; "" for nothing. Source: HA-650, HA-651."""
    priority = _PRIORITY.match(text)
    if priority is None or int(priority[1]) > _LARGEST_PRIORITY:
        return "it does not begin with a priority"
    fields = _FIELD.findall(logged(text))
    names = tuple(name for name, _ in fields)
    if names[: len(FIELDS)] != FIELDS:
        return f"its fields are {', '.join(names)}"
    told = dict(fields)
    of_ha = {"type": "kevent", "subtype": "ha", "user": "ha", "ui": "ha"}
    others = [f"{name}={told[name]}" for name, value in of_ha.items() if told[name].strip('"') != value]
    if others:
        return f"it has {', '.join(others)}"
    if not _DATE.fullmatch(told["date"]) or not _TIME.fullmatch(told["time"]):
        return "its date and time are not those of ISO 8601 with at most three digits of a second"
    return ""


def wrong_in_alert(text: str, unit: str, own: Collection[str]) -> str:
    """Return what is wrong with an alert from a unit with these own addresses; "" for nothing. Source: HA-655."""
    first, *rest = [line for line in text.splitlines() if line.strip()] or [""]
    if not set(own).intersection(re.findall(r"[0-9a-fA-F.:]*[0-9a-fA-F]", first)):
        return f"its first line names no address of unit {unit}"
    states = [line for line in rest if re.search(r"from\W+\w+\W+to\W+\w+", line, re.IGNORECASE)]
    if states and (len(rest) < 2 or rest[-1] != states[-1]):  # noqa: PLR2004 - event and states
        return "the states do not follow the event"
    return "" if rest else "it tells no event"


def wrong_in_trap(text: str, unit: str, own: Collection[str]) -> str:
    """Return what is wrong with a trap from a unit with these own addresses; "" for nothing.

    Source: HA-534, HA-658, HA-661.
    """
    name, objects = snmp.read(text)
    wanted = _OBJECTS.get(name)
    if wanted is None:
        return "it is neither of the two traps"
    if tuple(objects) != wanted:
        return f"its objects are {', '.join(objects)}"
    if not 0 < len(objects["fmlSysSerial"]) <= LONGEST:
        return "its serial number is not one of 1 to 32 characters"
    if not trapped(text):
        return "no event has its number"
    if name != snmp.HA_EVENT:
        return ""
    if objects["fmlHAUnitIp"] not in own:
        return f"it names no address of unit {unit}"
    return "" if 0 < len(objects["fmlHAEventReason"]) <= LONGEST else "its reason is not one of 1 to 32 characters"
