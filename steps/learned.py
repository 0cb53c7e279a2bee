"""What the lab has learned of a unit's reports: as they arrived, or where the unit keeps them."""

from __future__ import annotations

from collections.abc import Sequence

from lab import snmp
from lab.contract import HA_TRAP, Mode, Saying, Sink, Trap
from lab.history import LONG_AGO, History
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind
from steps import forms
from steps.fields import WORDS
from steps.scene import Scene


def received(scene: Scene, sink: Sink, unit: str, since: float = LONG_AGO) -> list[Entry]:
    """Return what a sink has received from a unit since then, in the order of its arrival."""
    entries = scene.lab.timeline.of(Kind.REPORT, unit, since=since)
    return [entry for entry in entries if entry.detail["sink"] == sink.value]


def logged(scene: Scene, unit: str, since: float = LONG_AGO) -> Sequence[str]:
    """Return a unit's lines of the log as the log server has received them since then.

    Of a unit that sends none, all that it keeps: nobody knows since when.
    """
    if Sink.LOG_SERVER not in scene.unit(unit).reports_to:
        return scene.unit(unit).log()
    return [forms.logged(str(entry.detail["text"])) for entry in received(scene, Sink.LOG_SERVER, unit, since)]


def alerted(scene: Scene, unit: str, since: float = LONG_AGO) -> Sequence[str]:
    """Return a unit's alerts as the first recipient has received them since then; of one that mails none, all it keeps.

    An alert is mailed as soon as a server takes it. Of a unit that reaches none now, those that it keeps come after
    those that have arrived, as far as the lab knows where it keeps them.
    """
    if Sink.ALERT_MAIL not in scene.unit(unit).reports_to:
        return scene.unit(unit).alerts()
    first = WORDS["Recipient"].read("first")
    mails = _once([entry for entry in received(scene, Sink.ALERT_MAIL, unit) if entry.detail["to"] == first])
    arrived = [str(entry.detail["text"]) for entry in mails if entry.at >= since]
    return [*arrived, *scene.unit(unit).alerts()[len(mails) :]] if mails_nothing(scene, unit) else arrived


def _once(mails: Sequence[Entry]) -> list[Entry]:
    """Leave out what has come before: who hears no answer, as when its cable is pulled, mails the same once more."""
    ids = [entry.detail.get("id") for entry in mails]
    return [entry for number, entry in enumerate(mails) if not ids[number] or ids[number] not in ids[:number]]


def trapped(scene: Scene, unit: str) -> Sequence[Trap]:
    """Return a unit's traps as the manager has received them, or as it keeps them if it sends none."""
    if Sink.TRAPS_V2C not in scene.unit(unit).reports_to:
        return scene.unit(unit).traps()
    return [_trap(str(entry.detail["text"])) for entry in received(scene, Sink.TRAPS_V2C, unit)]


def sayings(scene: Scene, unit: str, saying: Saying) -> Sequence[str]:
    """Return what a unit's log tells, from the saying's words to the end of each line. SAYINGS."""
    return scene.unit(unit).told(saying, logged(scene, unit))


def mails_nothing(scene: Scene, unit: str) -> bool:
    """Whether a unit cannot mail an alert now: it is away, or the cable of its mail interface is out."""
    if not scene.unit(unit).is_powered() or scene.mode_seen(unit) is Mode.UNREACHABLE:
        return True
    faults = History(scene.lab.timeline.of(Kind.FAULT)).in_force
    return any(fault.unit == unit and fault.value == PAIR.mail for fault in faults)


def _trap(text: str) -> Trap:
    name, objects = snmp.read(text)
    code = objects.get("fmlHAEventId" if name == HA_TRAP else "fmlSysEventCode", "")
    return Trap(name, int(code) if code.isdecimal() else 0, objects.get("fmlHAEventReason", ""))
