"""What learns of the units outside them: a log server, the recipients of alert mail, and a manager that speaks SNMP."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lab import snmp
from lab.contract import Capability, Sink, Snmp
from lab.timeline import Entry, Kind
from steps import forms
from steps.actions import Action
from steps.choices import HA, allowing_questions, choosing
from steps.fields import UNITS, WORDS
from steps.learned import received
from steps.reports import Report, reports_in
from steps.scene import MARGIN, Scene
from steps.words import Table, action, outcome

_MODES = {"off": 0, "primary": 1, "secondary": 2, "config-primary": 3, "config-secondary": 4}
"""Source: HA-619, D.5."""


def needed(sink: Sink) -> Iterable[Capability]:
    """Return what a lab must be able to do to receive what goes to a sink."""
    return [sink.needs]


@action("an operator [chooses|has chosen] HA events for {sink:Sink} on {units:Units}", needed)
def chooses(scene: Scene, sink: Sink, units: tuple[str, ...]) -> Action:
    """The log server and manager are the lab's; alert mail goes to the first recipient, and to others that were added.

    Source: HA-651, HA-654, HA-657, HA-660.
    """
    return Action(enters=[(unit, choosing(scene, unit, sink, HA)) for unit in units], counts=True)


@action("an operator [chooses|has chosen] other events than those of HA for {sink:Sink} on {units:Units}", needed)
def chooses_others(scene: Scene, sink: Sink, units: tuple[str, ...]) -> Action:
    """Everything else is set as for HA events; for a manager these are the system events and `ip-change`.

    Source: HA-534, HA-654, HA-657, HA-660.
    """
    other = {Sink.ALERT_MAIL: "diskfull", Sink.LOG_SERVER: "system"}.get(sink, "ip-change system")
    return Action(enters=[(unit, choosing(scene, unit, sink, other)) for unit in units], counts=True)


@action("an operator [allows|has allowed] questions by SNMP {version:Snmp} on {units:Units}", Capability.SNMP)
def allows_questions(scene: Scene, version: Snmp, units: tuple[str, ...]) -> Action:
    """The lab's manager may ask in this version, listed as the second; who else may stays as it was.

    Source: HA-619, C8, N1.
    """
    return Action(enters=[(unit, allowing_questions(scene, unit, version)) for unit in units], counts=True)


@action("{sink:Sink} [stops|has stopped] receiving", needed)
def stops(scene: Scene, sink: Sink) -> Action:
    """A datagram is refused and may be lost; alert mail is put off. Source: HA-651, HA-654, HA-658."""
    return Action(does=lambda: scene.lab.receivers.leave(sink))


@action("alert mail [stops|has stopped] answering", Capability.ALERT_MAIL)
def stops_answering(scene: Scene) -> Action:
    """Whoever hands an alert over waits for an answer before its text is sent, and gets none. Source: HA-654."""
    return Action(does=scene.lab.receivers.hang)


@action("{sink:Sink} [receives|has received] again", needed)
def receives_again(scene: Scene, sink: Sink) -> Action:
    """What is sent from now on arrives, and what waits for an answer gets one. Source: HA-651, HA-654, HA-658."""
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
    """Nothing that was not chosen arrives, nor comes a moment later; a trap of another kind than HA's has been chosen.

    Source: HA-654, HA-657, HA-660.
    """

    def silent() -> bool:
        return not any(_of_ha(entry) for unit in units for entry in received(scene, sink, unit))

    scene.lab.clock.hold(silent, MARGIN, f"{sink.value} has received nothing from {' and '.join(units)}")


@outcome("all that {sink:Sink} has received has the documented form", needed)
def has_form(scene: Scene, sink: Sink) -> None:
    """A line of the log: its fields in their order, those of an HA event, and a time of at most three more digits.

    An alert: a first line with the own address of the unit that sends it, then the event, then the old and new state.
    A trap: the serial number, the event's id, the unit's own address and a reason of at most 32 characters, in their
    order; that of a system event: the serial number and the code. Units have different serial numbers.
    Source: HA-534, HA-650, HA-651, HA-655, HA-656, HA-658, HA-661.
    """
    reports = scene.lab.timeline.of(Kind.REPORT)
    found = [entry for entry in reports if entry.detail["sink"] == sink.value and _of_ha(entry)]
    assert found, f"{sink.value} has received nothing"
    for entry in found:
        text = str(entry.detail["text"])
        match sink:
            case Sink.LOG_SERVER:
                wrong = forms.wrong_in_line(text)
            case Sink.ALERT_MAIL:
                wrong = forms.wrong_in_alert(text, entry.subject, _own_addresses(scene, entry.subject))
            case _:
                wrong = forms.wrong_in_trap(text, entry.subject, _own_addresses(scene, entry.subject))
        assert not wrong, f"unit {entry.subject} has sent {text!r}: {wrong}"
    told = [(entry.subject, snmp.read(str(entry.detail["text"]))[1]) for entry in found if sink in snmp.VERSIONS]
    serials = {(unit, objects.get("fmlSysSerial")) for unit, objects in told}
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


def _own_addresses(scene: Scene, unit: str) -> frozenset[str]:
    return frozenset(scene.unit(unit).own_address(port).partition("/")[0] for port in ("port1", "port3"))


def _of_ha(entry: Entry) -> bool:
    """Whether this is no trap, or one of the two documented here: a unit may send others, as for `ip-change`."""
    is_trap = entry.detail["sink"] in set(snmp.VERSIONS)
    return not is_trap or snmp.read(str(entry.detail["text"]))[0] in {snmp.HA_EVENT, snmp.SYSTEM_EVENT}


def _text(entry: Entry) -> str:
    """What a table's events are looked for in: of a trap its event, since no document names the words of its reason."""
    text = str(entry.detail["text"])
    return forms.trapped(text) if entry.detail["sink"] in set(snmp.VERSIONS) else text


def _like(scene: Scene, sink: Sink, row: Report) -> list[Entry]:
    """What a sink has received from a unit that tells an event."""
    wanted = re.compile(row.event + row.change, re.IGNORECASE | re.DOTALL)
    to = WORDS["Recipient"].read(row.cells["to"]) if row.cells.get("to") else ""
    return [
        entry
        for entry in received(scene, sink, row.unit)
        if wanted.search(_text(entry)) and (not to or entry.detail.get("to") == to)
    ]
