"""What learns of the units outside them: a log server, the recipients of alert mail, and a manager that speaks SNMP."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lab import snmp
from lab.contract import Capability, Sink, Snmp
from lab.timeline import Entry, Kind
from steps.actions import Action
from steps.fields import UNITS, WORDS
from steps.reports import Report, reports_in
from steps.restarts import SYSTEM_EVENTS
from steps.scene import MARGIN, Scene
from steps.words import Table, action, outcome

_NEEDS = {Sink.LOG_SERVER: Capability.SYSLOG, Sink.ALERT_MAIL: Capability.ALERT_MAIL}
"""All others are managers that speak SNMP."""

FIELDS = ("date", "time", "device_id", "log_id", "type", "subtype", "pri", "user", "ui", "action", "status", "msg")
"""Fields of a line of the log, in their order. Source: HA-651, D.1-1."""

_FIELD = re.compile(r'(\w+)=("[^"]*"|\S+)')
_PRIORITY = re.compile(r"<(\d{1,3})>")
_LARGEST_PRIORITY = 191
"""Source: RFC 5424."""

_OBJECT = re.compile(r'(\S+?)="([^"]*)"')
_OBJECTS = {
    snmp.HA_EVENT: ("fmlSysSerial", "fmlHAEventId", "fmlHAUnitIp", "fmlHAEventReason"),
    snmp.SYSTEM_EVENT: ("fmlSysSerial", "fmlSysEventCode"),
}
"""Objects of each trap, in their order. Source: HA-534, HA-658, D.5."""

_EVENTS = {
    snmp.HA_EVENT: {"1": "switched to primary", "2": "switched to secondary", "3": "shut down"},
    snmp.SYSTEM_EVENT: {str(code): f"system {event}" for event, code in SYSTEM_EVENTS.items()},
}
_LONGEST = 32
"""Characters of a serial number and of a reason. Source: HA-661, D.5."""

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

_MODES = {"off": 0, "primary": 1, "secondary": 2, "config-primary": 3, "config-secondary": 4}
"""Source: HA-619, D.5."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d:\d\d(?:\.\d{1,3})?")
"""Public decoders of this log read at most three digits of a second."""


def needed(sink: Sink) -> Iterable[Capability]:
    """Return what a lab must be able to do to receive what goes to a sink."""
    return [_NEEDS.get(sink, Capability.SNMP)]


@action("an operator [chooses|has chosen] HA events for {sink:Sink} on {units:Units}", needed)
def chooses(scene: Scene, sink: Sink, units: tuple[str, ...]) -> Action:
    """The log server and manager are the lab's; alert mail goes to the first recipient, and to others that were added.

    Source: HA-651, HA-654, HA-657, HA-660.
    """
    return Action(enters=[(unit, _lines(scene, unit, sink, "ha")) for unit in units], counts=True)


@action("an operator [chooses|has chosen] other events than those of HA for {sink:Sink} on {units:Units}", needed)
def chooses_others(scene: Scene, sink: Sink, units: tuple[str, ...]) -> Action:
    """Everything else is set as for HA events; for a manager these are the system events.

    Source: HA-534, HA-654, HA-657, HA-660.
    """
    other = "diskfull" if sink is Sink.ALERT_MAIL else "system"
    return Action(enters=[(unit, _lines(scene, unit, sink, other)) for unit in units], counts=True)


@action("an operator [allows|has allowed] questions by SNMP {version:Snmp} on {units:Units}", Capability.SNMP)
def allows_questions(scene: Scene, version: Snmp, units: tuple[str, ...]) -> Action:
    """The lab's manager may ask in this version; who else may stays as it was. Source: HA-619, C8, N1."""
    return Action(enters=[(unit, _manager_lines(scene, unit, version, _ASKED[version])) for unit in units], counts=True)


@action("{sink:Sink} [stops|has stopped] receiving", needed)
def stops(scene: Scene, sink: Sink) -> Action:
    """A datagram is refused and may be lost; alert mail is put off. Source: HA-651, HA-654, HA-658."""
    return Action(does=lambda: scene.lab.receivers.leave(sink))


@action("{sink:Sink} [receives|has received] again", needed)
def receives_again(scene: Scene, sink: Sink) -> Action:
    """What is sent from now on arrives. Source: HA-651, HA-654, HA-658."""
    return Action(does=lambda: scene.lab.receivers.come_back(sink))


@outcome("{sink:Sink} [receives|has received] these events, each once", needed)
def receives(scene: Scene, sink: Sink, datatable: Table) -> None:
    """Table: unit, event, and if they matter change (`secondary to primary`) and to (the recipient: first, second ...).

    Each row is one event, which arrives once from its unit, and not again a moment later. The event is told in the
    words of either family, as in what units report; that of a trap is `switched to primary`, `switched to secondary`,
    `shut down`, or `system` with one of `halt`, `reboot`, `reload` and `upgrade`. Source: HA-534, HA-651, HA-653,
    HA-654, HA-656, HA-658, HA-659, HA-663, E-26.
    """
    wanted = [(row, sum(other == row for other in reports_in(datatable))) for row in reports_in(datatable)]
    within = scene.lab.timing.settle + max(scene.detection.values())
    for row, times in wanted:
        what = f"{sink.value} has received {row.event!r} from unit {row.unit} {times} times"
        scene.lab.clock.wait_for(lambda: len(_like(scene, sink, row)) >= times, within, what)  # noqa: B023 - asked within this turn only

    def once() -> bool:
        return all(len(_like(scene, sink, row)) == times for row, times in wanted)

    scene.lab.clock.hold(once, MARGIN, f"{sink.value} has received each event once")


@outcome("{sink:Sink} [receives|has received] nothing from {units:Units}", needed)
def receives_nothing(scene: Scene, sink: Sink, units: tuple[str, ...]) -> None:
    """Nothing that was not chosen arrives, nor comes a moment later. Source: HA-654, HA-657, HA-660."""

    def silent() -> bool:
        return not any(_received(scene, sink, unit) for unit in units)

    scene.lab.clock.hold(silent, MARGIN, f"{sink.value} has received nothing from {' and '.join(units)}")


@outcome("all that {sink:Sink} has received has the documented form", needed)
def has_form(scene: Scene, sink: Sink) -> None:
    """A line of the log: its fields in their order, those of an HA event, and a time of at most three more digits.

    An alert: a first line with the own address of the unit that sends it, then the event, then the old and new state.
    A trap: the serial number, the event's id, the unit's own address and a reason of at most 32 characters, in their
    order; that of a system event: the serial number and the code. Units have different serial numbers.
    Source: HA-534, HA-650, HA-651, HA-655, HA-656, HA-658, HA-661.
    """
    received = scene.lab.timeline.of(Kind.REPORT)
    found = [entry for entry in received if entry.detail["sink"] == sink.value]
    assert found, f"{sink.value} has received nothing"
    for entry in found:
        text = str(entry.detail["text"])
        match sink:
            case Sink.LOG_SERVER:
                wrong = _malformed_line(text)
            case Sink.ALERT_MAIL:
                wrong = _malformed_alert(scene, entry.subject, text)
            case _:
                wrong = _malformed_trap(scene, entry.subject, text)
        assert not wrong, f"unit {entry.subject} has sent {text!r}: {wrong}"
    serials = {(entry.subject, _told(entry).get("fmlSysSerial")) for entry in found if sink in snmp.VERSIONS}
    assert len(serials) == len({serial for _, serial in serials}), f"units share a serial number: {serials}"


@outcome("the units show these modes by SNMP {version:Snmp}", Capability.SNMP)
def show_modes(scene: Scene, version: Snmp, datatable: Table) -> None:
    """The lab's manager asks until they do; table: unit, configured, effective (one of two: `off or primary`).

    Source: HA-009, HA-619, HA-620.
    """
    for name, configured, effective in datatable[1:]:
        wanted = {(_MODES[configured], _MODES[word]) for word in effective.split(" or ")}
        unit = UNITS[name]

        def answered() -> bool:
            return scene.lab.receivers.ask_modes(unit, version) in wanted  # noqa: B023 - asked within this turn only

        what = f"unit {unit} tells by SNMP {version} that it is configured as {configured} and is {effective}"
        scene.lab.clock.wait_for(answered, scene.lab.timing.settle, what)


@outcome("{units:Units} [answers|has answered] nothing by SNMP {version:Snmp}", Capability.SNMP)
def answers_nothing(scene: Scene, units: tuple[str, ...], version: Snmp) -> None:
    """The lab's manager asks for the modes, and learns none for a moment. Source: HA-619, C8, N1."""

    def silent() -> bool:
        return all(scene.lab.receivers.ask_modes(unit, version) is None for unit in units)

    scene.lab.clock.hold(silent, MARGIN, f"{' and '.join(units)} have told nothing by SNMP {version}")


def _malformed_line(text: str) -> str:
    """What is wrong with a line that a log server has received; "" for nothing."""
    priority = _PRIORITY.match(text)
    if priority is None or int(priority[1]) > _LARGEST_PRIORITY:
        return "it does not begin with a priority"
    fields = _FIELD.findall(text[priority.end() :])
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


def _malformed_alert(scene: Scene, unit: str, text: str) -> str:
    """What is wrong with an alert from a unit; "" for nothing."""
    first, *rest = [line for line in text.splitlines() if line.strip()] or [""]
    own = {address.partition("/")[0] for address in _own_addresses(scene, unit)}
    if not own.intersection(re.findall(r"[0-9a-fA-F.:]*[0-9a-fA-F]", first)):
        return f"its first line names no address of unit {unit}"
    states = [line for line in rest if re.search(r"from\W+\w+\W+to\W+\w+", line, re.IGNORECASE)]
    if states and (len(rest) < 2 or rest[-1] != states[-1]):  # noqa: PLR2004 - event and states
        return "the states do not follow the event"
    return "" if rest else "it tells no event"


def _malformed_trap(scene: Scene, unit: str, text: str) -> str:
    """What is wrong with a trap from a unit, as `lab.snmp.told` words it; "" for nothing."""
    name, _, rest = text.partition(" ")
    objects = dict(_OBJECT.findall(rest))
    wanted = _OBJECTS.get(name)
    if wanted is None:
        return "it is neither of the two traps"
    if tuple(objects) != wanted:
        return f"its objects are {', '.join(objects)}"
    if not 0 < len(objects["fmlSysSerial"]) <= _LONGEST:
        return "its serial number is not one of 1 to 32 characters"
    if not _event_of(name, objects):
        return "no event has its number"
    if name != snmp.HA_EVENT:
        return ""
    if objects["fmlHAUnitIp"] not in {address.partition("/")[0] for address in _own_addresses(scene, unit)}:
        return f"it names no address of unit {unit}"
    return "" if 0 < len(objects["fmlHAEventReason"]) <= _LONGEST else "its reason is not one of 1 to 32 characters"


def _event_of(name: str, objects: Mapping[str, str]) -> str:
    """The event of a trap in the words of a table; "" for one that the MIB does not have."""
    return _EVENTS[name].get(objects.get(_OBJECTS[name][1], ""), "")


def _told(entry: Entry) -> Mapping[str, str]:
    """The objects of a trap."""
    return dict(_OBJECT.findall(str(entry.detail["text"])))


def _text(entry: Entry) -> str:
    """What a table's events are looked for in: of a trap its event, since no document names the words of its reason."""
    text = str(entry.detail["text"])
    name = text.partition(" ")[0]
    return _event_of(name, _told(entry)) if name in _OBJECTS else text


def _own_addresses(scene: Scene, unit: str) -> Iterable[str]:
    return (scene.unit(unit).own_address(port) for port in ("port1", "port3"))


def _received(scene: Scene, sink: Sink, unit: str) -> list[Entry]:
    """What a sink has received from a unit."""
    return [entry for entry in scene.lab.timeline.of(Kind.REPORT, unit) if entry.detail["sink"] == sink.value]


def _like(scene: Scene, sink: Sink, row: Report) -> list[Entry]:
    """What a sink has received from a unit that tells an event."""
    wanted = re.compile(row.event + row.change, re.IGNORECASE | re.DOTALL)
    to = WORDS["Recipient"].read(row.cells["to"]) if row.cells.get("to") else ""
    return [
        entry
        for entry in _received(scene, sink, row.unit)
        if wanted.search(_text(entry)) and (not to or entry.detail.get("to") == to)
    ]


def _lines(scene: Scene, unit: str, sink: Sink, chosen: str) -> tuple[str, ...]:
    """CLI lines that choose events for a sink."""
    if sink is Sink.ALERT_MAIL:
        recipient = ("config log alertemail recipient", f"edit {WORDS['Recipient'].read('first')}", "next", "end")
        return (*recipient, "config log alertemail setting", f"set categories {chosen}", "end")
    if sink is Sink.LOG_SERVER:
        server = ("set status enable", f"set server {scene.lab.receivers.log_server}", "set sysevent-log-status enable")
        return ("config log setting remote", "edit 1", *server, f"set sysevent-log-category {chosen}", "next", "end")
    version = snmp.VERSIONS[sink]
    return _manager_lines(scene, unit, version, _TRAPPED[version], f"set trapevent {chosen}")


def _manager_lines(scene: Scene, unit: str, version: Snmp, *settings: str) -> tuple[str, ...]:
    """CLI lines that set something for the lab's manager in a version: of its community, or of its user."""
    host = ("config host", "edit 1", f"set ip {scene.lab.receivers.log_server}", "next", "end")
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
