"""SNMP as the lab's manager speaks it: in whose name, and what it reads of a trap.

The names and passwords are the lab's own: scenarios tell the units of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lab.contract import Sink, Snmp

MANAGERS = {Snmp.V1: Sink.TRAPS_V1, Snmp.V2C: Sink.TRAPS_V2C, Snmp.V3: Sink.TRAPS_V3}
VERSIONS = {sink: version for version, sink in MANAGERS.items()}

COMMUNITIES = {Snmp.V1: "switchover-v1", Snmp.V2C: "switchover-v2c"}
"""Of the two versions that have communities."""

USER = "manager"
AUTHENTICATION = "authentication-password"
PRIVACY = "privacy-password"
"""Passwords of the user of SNMP v3, by SHA1 and AES."""

MIB = "1.3.6.1.4.1.12356.105"
CONFIGURED, EFFECTIVE = f"{MIB}.1.200.1.0", f"{MIB}.1.200.2.0"
"""Objects of the two modes. Source: D.5."""

HA_EVENT, SYSTEM_EVENT = "fmlTrapHAEvent", "fmlTrapSystemEvent"
_TRAPS = {f"{MIB}.0.203": HA_EVENT, f"{MIB}.0.201": SYSTEM_EVENT}
_OBJECTS = {
    f"{MIB}.1.2": "fmlSysSerial",
    f"{MIB}.1.11": "fmlSysEventCode",
    f"{MIB}.1.14": "fmlHAEventId",
    f"{MIB}.1.15": "fmlHAUnitIp",
    f"{MIB}.1.16": "fmlHAEventReason",
}
_ENGINE = "80003044"
"""Enterprise 12356, with the highest bit. Source: RFC 3411, 5."""


_TOLD = re.compile(r'(\S+?)="([^"]*)"')


def engine_name(unit: str) -> str:
    """Return the text in the id of a unit's engine, as an operator enters it."""
    return f"unit-{unit.lower()}"


def engine_id(unit: str) -> str:
    """Return the id of a unit's engine in hexadecimal: format 4 is text."""
    return f"{_ENGINE}04{engine_name(unit).encode().hex()}"


def told(oid: str, objects: Mapping[str, str]) -> str:
    """Return what a trap tells, in the names of the MIB: `fmlTrapHAEvent fmlSysSerial="..." fmlHAEventId="1" ...`.

    Identifiers have no dot in front; those of objects may end with the instance, .0.
    """
    said = [_TRAPS.get(oid, oid)]
    for each, value in objects.items():
        name = _OBJECTS.get(each.removesuffix(".0"), each)
        said.append('{}="{}"'.format(name, value.replace('"', "'")))
    return " ".join(said)


def read(text: str) -> tuple[str, dict[str, str]]:
    """Return a trap's name and its objects by name, from how `told` words it."""
    name, _, objects = text.partition(" ")
    return name, dict(_TOLD.findall(objects))
