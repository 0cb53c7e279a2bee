"""What an operator chooses: to whom a unit reports which events, and who may ask it for its modes."""

from __future__ import annotations

from lab import snmp
from lab.contract import Capability, Sink, Snmp
from steps.addresses import unused_beside
from steps.fields import WORDS
from steps.scene import Scene

HA = "ha"
"""The word for HA events, wherever they are chosen. Source: HA-654, HA-657, HA-660."""

_LEARNED = {
    Sink.LOG_SERVER: {Capability.LOG, Capability.SAYINGS},
    Sink.ALERT_MAIL: {Capability.ALERTS},
    Sink.TRAPS_V2C: {Capability.TRAPS},
}
"""Of what the lab learns by each sink that it has events chosen for, where a scenario does not choose them itself."""

_EVENTS = {Sink.TRAPS_V2C: f"{HA} system"}
"""What is chosen then, if not HA events alone. Source: HA-534."""

_TRAPPED = {
    Snmp.V1: "set trapv1_status enable",
    Snmp.V2C: "set trapv2c_status enable",
    Snmp.V3: "set trap-status enable",
}
_ASKED = {
    Snmp.V1: "set queryv1-status enable",
    Snmp.V2C: "set queryv2c-status enable",
    Snmp.V3: "set query-status enable",
}
"""Settings that let a version send traps, or be asked. Source: C8, N1."""


def reporting(scene: Scene, unit: str) -> tuple[str, ...]:
    """Return the CLI lines by which a unit reports to the lab what the scenario's sentences need of it.

    None for a sink whose own sentences the scenario has: there it chooses itself.
    """
    sinks = [
        sink
        for sink, learned in _LEARNED.items()
        if learned & scene.declared and sink.needs not in scene.declared and sink in scene.unit(unit).reports_to
    ]
    return tuple(line for sink in sinks for line in choosing(scene, unit, sink, _EVENTS.get(sink, HA)))


def choosing(scene: Scene, unit: str, sink: Sink, chosen: str) -> tuple[str, ...]:
    """Return the CLI lines that choose events for a sink: the first recipient of alert mail, else the lab's machine."""
    if sink is Sink.ALERT_MAIL:
        recipient = ("config log alertemail recipient", f"edit {WORDS['Recipient'].read('first')}", "next", "end")
        return (*recipient, "config log alertemail setting", f"set categories {chosen}", "end")
    if sink is Sink.LOG_SERVER:
        server = ("set status enable", f"set server {scene.lab.receivers.log_server}", "set sysevent-log-status enable")
        return ("config log setting remote", "edit 1", *server, f"set sysevent-log-category {chosen}", "next", "end")
    version = snmp.VERSIONS[sink]
    return _managing(scene, unit, version, _TRAPPED[version], f"set trapevent {chosen}")


def allowing_questions(scene: Scene, unit: str, version: Snmp) -> tuple[str, ...]:
    """Return the CLI lines by which the lab's manager may ask a unit in a version."""
    return _managing(scene, unit, version, _ASKED[version])


def _managing(scene: Scene, unit: str, version: Snmp, *settings: str) -> tuple[str, ...]:
    """CLI lines that set something for the lab's manager in a version: the second of its community, or of its user."""
    managers = (unused_beside(scene.lab.receivers.log_server), scene.lab.receivers.log_server)
    first, second = ((f"edit {number}", f"set ip {each}", "next") for number, each in enumerate(managers, 1))
    host = ("config host", *first, *second, "end")
    if version is not Snmp.V3:
        named = (f"edit {list(Snmp).index(version) + 1}", f"set name {snmp.COMMUNITIES[version]}")
        return ("config system snmp community", *named, "set status enable", *settings, *host, "next", "end")
    engine = ("config system snmp sysinfo", f"set engine-id {snmp.engine_name(unit)}", "end")
    secrets = (
        *("set security-level authpriv", "set auth-proto sha1", f"set auth-pwd {snmp.AUTHENTICATION}"),
        *("set priv-proto aes", f"set priv-pwd {snmp.PRIVACY}"),
    )
    entry = (f"edit {snmp.USER}", "set status enable", *secrets)
    return (*engine, "config system snmp user", *entry, *settings, *host, "next", "end")
