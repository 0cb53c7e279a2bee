"""What receives HA events outside the units: a log server and the recipients of alert mail."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lab.contract import Capability, Sink
from lab.timeline import Entry, Kind
from steps.actions import Action
from steps.fields import WORDS
from steps.reports import Report, reports_in
from steps.scene import MARGIN, Scene
from steps.words import Table, action, outcome

_NEEDS = {Sink.LOG_SERVER: Capability.SYSLOG, Sink.ALERT_MAIL: Capability.ALERT_MAIL}

FIELDS = ("date", "time", "device_id", "log_id", "type", "subtype", "pri", "user", "ui", "action", "status", "msg")
"""Fields of a line of the log, in their order. Source: HA-651, D.1-1."""

_FIELD = re.compile(r'(\w+)=("[^"]*"|\S+)')
_PRIORITY = re.compile(r"<(\d{1,3})>")
_LARGEST_PRIORITY = 191
"""Source: RFC 5424."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d:\d\d(?:\.\d{1,3})?")
"""Public decoders of this log read at most three digits of a second."""


def needed(sink: Sink) -> Iterable[Capability]:
    """Return what a lab must be able to do to receive what goes to a sink."""
    return [_NEEDS[sink]]


@action("an operator [chooses|has chosen] HA events for {sink:Sink} on {units:Units}", needed)
def chooses(scene: Scene, sink: Sink, units: tuple[str, ...]) -> Action:
    """The log server is the lab's; alert mail goes to the first recipient, and to others that were added.

    Source: HA-651, HA-654, HA-657.
    """
    return Action(enters=[(unit, _lines(scene, sink, "ha")) for unit in units], counts=True)


@action("an operator [chooses|has chosen] other events than those of HA for {sink:Sink} on {units:Units}", needed)
def chooses_others(scene: Scene, sink: Sink, units: tuple[str, ...]) -> Action:
    """Everything else is set as for HA events. Source: HA-654, HA-657."""
    other = {Sink.LOG_SERVER: "system", Sink.ALERT_MAIL: "diskfull"}[sink]
    return Action(enters=[(unit, _lines(scene, sink, other)) for unit in units], counts=True)


@action("{sink:Sink} [stops|has stopped] receiving", needed)
def stops(scene: Scene, sink: Sink) -> Action:
    """A datagram is refused and may be lost; alert mail is put off. Source: HA-651, HA-654."""
    return Action(does=lambda: scene.lab.receivers.leave(sink))


@action("{sink:Sink} [receives|has received] again", needed)
def receives_again(scene: Scene, sink: Sink) -> Action:
    """What is sent from now on arrives. Source: HA-651, HA-654."""
    return Action(does=lambda: scene.lab.receivers.come_back(sink))


@outcome("{sink:Sink} [receives|has received] these events, each once", needed)
def receives(scene: Scene, sink: Sink, datatable: Table) -> None:
    """Table: unit, event, and if they matter change (`secondary to primary`) and to (the recipient: first, second ...).

    Each row is one event, which arrives once from its unit, and not again a moment later. The event is told in the
    words of either family, as in what units report. Source: HA-651, HA-653, HA-654, HA-656, HA-663, E-26.
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
    """Nothing that was not chosen arrives, nor comes a moment later. Source: HA-654, HA-657."""

    def silent() -> bool:
        return not any(_received(scene, sink, unit) for unit in units)

    scene.lab.clock.hold(silent, MARGIN, f"{sink.value} has received nothing from {' and '.join(units)}")


@outcome("all that {sink:Sink} has received has the documented form", needed)
def has_form(scene: Scene, sink: Sink) -> None:
    """A line of the log: its fields in their order, those of an HA event, and a time of at most three more digits.

    An alert: a first line with the own address of the unit that sends it, then the event, then the old and new state.
    Source: HA-650, HA-651, HA-655, HA-656.
    """
    received = scene.lab.timeline.of(Kind.REPORT)
    found = [entry for entry in received if entry.detail["sink"] == sink.value]
    assert found, f"{sink.value} has received nothing"
    for entry in found:
        text = str(entry.detail["text"])
        wrong = _malformed_line(text) if sink is Sink.LOG_SERVER else _malformed_alert(scene, entry.subject, text)
        assert not wrong, f"unit {entry.subject} has sent {text!r}: {wrong}"


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
        if wanted.search(str(entry.detail["text"])) and (not to or entry.detail.get("to") == to)
    ]


def _lines(scene: Scene, sink: Sink, chosen: str) -> tuple[str, ...]:
    """CLI lines that choose events for a sink."""
    if sink is Sink.ALERT_MAIL:
        recipient = ("config log alertemail recipient", f"edit {WORDS['Recipient'].read('first')}", "next", "end")
        return (*recipient, "config log alertemail setting", f"set categories {chosen}", "end")
    server = ("set status enable", f"set server {scene.lab.receivers.log_server}", "set sysevent-log-status enable")
    return ("config log setting remote", "edit 1", *server, f"set sysevent-log-category {chosen}", "next", "end")
