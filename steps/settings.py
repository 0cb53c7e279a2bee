"""Settings: what an operator enters while the units work, what a unit shows, and what it refuses."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby

import pytest

from lab.contract import Capability, Family, Mode, Rank, Reply, Service
from lab.errors import FaultNotProven
from lab.frames import Frame
from lab.schedule import What
from lab.standard_pair import PAIR, SERVICES, disk_lines, monitoring_lines, remote_lines
from lab.timeline import Kind
from steps.actions import Action
from steps.addresses import NONE, address_of, host_of, peer_address, unused_address
from steps.failover_actions import Row, lines_of, needed_for, rows_of, shown
from steps.scene import Scene
from steps.times import Bound, Span, awaited, stays, watched
from steps.traits import Lines
from steps.values import Setting
from steps.words import Table, action, given, outcome, said

Units = tuple[str, ...]

NOT_COPIED = 1.5
"""Seconds for which a synchronization that must copy nothing is watched; one that copies is done well before."""


_NOTICE = "switchover-"
_HA = "config system ha"
_NUMBER = {Rank.PRIMARY: 1, Rank.SECONDARY: 2}
_INTERFACES = {"mail": PAIR.mail} | {f"{rank.value} heartbeat": port for rank, port in PAIR.heartbeat.items()}

PAGES = (
    "get system ha",
    "show system ha",
    "show",
    "get system status",
    "get system ha status",
    "get system global",
)
"""Pages that an operator can read on either unit, besides the event log."""


@dataclass(slots=True)
class Changed:
    """The notices that were set in the scenario: the last, and the last on each unit."""

    last: str = ""
    on: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Attempt:
    """What was entered and may be refused: on which unit, what it answered, and what it had shown before."""

    unit: str = ""
    reply: Reply | None = None
    before: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where settings stand: an object, a table in it if any, and an entry of that, or of an object that is a table."""

    of: str = "system ha"
    table: str = ""
    entry: str = ""

    def lines(self, *inside: str) -> tuple[str, ...]:
        """CLI lines of one session that enter these lines there."""
        lines = (f"edit {self.entry}", *inside, "next") if self.entry else inside
        return (f"config {self.table}", *lines, "end") if self.table else lines

    def page(self) -> tuple[str, ...]:
        """CLI lines that print the settings there."""
        if not self.entry:
            return (f"get {self.of}",)
        outside = (f"config {self.of}", f"config {self.table}") if self.table else (f"config {self.of}",)
        return (*outside, f"edit {self.entry}", "get", "abort")


@pytest.fixture
def changed() -> Changed:
    """Keep what operators change."""
    return Changed()


@pytest.fixture
def attempt() -> Attempt:
    """Keep what an operator has tried to set."""
    return Attempt()


@given("{units:Units} monitors its {part:Monitored}")
def monitors(scene: Scene, units: Units, part: str) -> None:
    """A check every second, two in a row to fail: `local-ports` on the unit, and `port-monitor` on the interface.

    For the mail disk it is `local-hd`. Source: system ha, config interface, config service; HA-017, HA-167, HA-338.
    """
    for unit in units:
        scene.enter(unit, _HA, *(monitoring_lines(part) if part else disk_lines()), "end")


@given("{units:Units} monitors the {service:Served} service of its peer at its {interface:Interface}")
def monitors_peer(scene: Scene, units: Units, service: Service, interface: str) -> None:
    """The peer's own address there: a check every second that may take three, two in a row to fail.

    Source: system ha, config service; HA-250, HA-252, HA-263.
    """
    for unit in units:
        address = scene.other(unit).own_address(interface).partition("/")[0]
        scene.enter(unit, _HA, *remote_lines(SERVICES[service], address), "end")


@action("an operator [sets|has set] {setting:Setting} on {units:Units}")
def sets(scene: Scene, setting: Setting, units: Units) -> Action:
    """`set` in `config system ha`, saved, on one unit after the other.

    With another mode the unit leaves its group, and enters one anew if the mode says so. A unit
    whose password is not its peer's no longer hears it.
    Source: system ha; HA-002, HA-003, HA-024, HA-063, HA-104, HA-168, HA-169, HA-450 to HA-455.
    """
    measures = setting.name == "detection time"
    waiting = [unit for unit in units if measures and (scene.mode_seen(unit) is Mode.SECONDARY or scene.changes(unit))]

    def enter() -> None:
        for unit in units:
            scene.enter(unit, _HA, *setting.lines, "end")

    return Action(
        does=enter,
        causes=[cause for unit in units for cause in _brings(scene, unit, setting)],
        seen=partial(_prove_in_time, scene, float(setting.value), waiting) if waiting else None,
        splits=setting.name == "password" and len(units) == 1,
    )


@action("an operator [tries|has tried] to set {setting:Setting} on {units:Units}")
def tries(scene: Scene, attempt: Attempt, setting: Setting, units: Units) -> Action:
    """The line may be refused at once or when it is saved; its answer is judged afterwards. Source: HA-002, HA-451."""

    def enter() -> None:
        (attempt.unit,) = units
        attempt.before = scene.enter(attempt.unit, "get system ha")
        attempt.reply = scene.unit(attempt.unit).cli(_HA, *setting.lines, "end")

    return Action(does=enter)


@outcome("the setting is refused, and nothing has changed")
def is_refused(scene: Scene, attempt: Attempt) -> None:
    """The unit's answer is a refusal, in words of its own, and it shows the settings that it had.

    Source: HA-002, HA-069, HA-107, HA-451, D.3.
    """
    assert attempt.reply is not None, "nothing was entered"
    assert not attempt.reply.accepted, f"the unit accepted it: {attempt.reply.text}"
    now = scene.enter(attempt.unit, "get system ha")
    assert now == attempt.before, f"settings have changed from {attempt.before!r} to {now!r}"


@action("an operator [enters|has entered] these {what:Lines} on {units:Units}", needed_for)
def enters(scene: Scene, what: Lines, units: Units, datatable: Table) -> Action:
    """All in one session; table: interface, action, address, and form if it matters; or interface, setting, value.

    A value may be `unset`, an address of a peer or its service `its peer's` or `nobody's`, another `the log server's`.
    Settings outside of `system ha` stand behind object, and entry where it has some.
    Source: HA-065, HA-158, HA-159, HA-161.
    """

    def enter() -> None:
        for unit in units:
            scene.enter(unit, *_session(scene, what, datatable, unit))

    return Action(does=enter)


@action("an operator [tries|has tried] to enter these {what:Lines} on {units:Units}", needed_for)
def tries_to_enter(scene: Scene, what: Lines, units: Units, datatable: Table) -> Action:
    """Row by row, each saved by itself, and each may be refused; tables as for what is entered.

    For what a mode need not offer, and must not heed. Source: HA-027.
    """

    def enter() -> None:
        for unit in units:
            for row in datatable[1:]:
                scene.unit(unit).cli(*_session(scene, what, [datatable[0], row], unit))

    return Action(does=enter)


@action("an operator [enters|has entered] these {what:Lines} on the {unit:Unit} and sets {setting:Setting} at once")
def enters_with(scene: Scene, what: Lines, unit: str, setting: Setting, datatable: Table) -> Action:
    """All saved together, so that neither is in force without the other; tables as for what is entered.

    Source: HA-003, HA-159.
    """
    *session, end = _session(scene, what, datatable, unit)
    return Action(
        enters=[(unit, (*session, *setting.lines, end))],
        causes=_brings(scene, unit, setting),
    )


@outcome("{units:Units} shows these {what:Lines}", needed_for)
def shows(scene: Scene, what: Lines, units: Units, datatable: Table, frame: Frame = Frame.HAPPENS) -> None:
    """Tables: setting, value (`not shown` for none); or interface, setting, value; or interface, action, address.

    They are read from `get` and `show`, in whichever form it prints; an address that is set stands in both. A setting
    of `service`, or outside of `system ha`, stands behind it, or behind object and entry; a flat one of several rows is
    told row by row. Every interface that a table of failover actions leaves out has ignore. Failover actions are
    awaited, since they may come by synchronization; in a Then the unit shows the others at once.
    Source: system ha; HA-107, HA-150, HA-159 to HA-162.
    """
    for unit in units:
        if what is Lines.FAILOVER_ACTIONS:
            _await_actions(scene, unit, {row.interface: row for row in rows_of(scene, datatable)})
            continue
        for row in datatable[1:]:
            place, (setting, value) = _place(datatable[0], row), row[-2:]
            wanted = _wanted(scene, unit, place, value)

            def is_shown() -> bool:
                printed = _rows(scene, unit, place).get(setting, [])  # noqa: B023 - asked within this turn only
                named = place.of != "system ha" or _names(scene, unit, wanted)  # noqa: B023 - the same
                return named and (wanted in printed if wanted else not printed)  # noqa: B023 - the same

            told = f"unit {unit} shows {' '.join(row[:-2])} {setting} {value}"
            if frame is Frame.HAPPENED:
                scene.lab.clock.wait_for(is_shown, scene.lab.timing.settle, told)
            assert is_shown(), f"it is not so that {told}: {_rows(scene, unit, place).get(setting)}"


@outcome("{units:Units} refuses these {what:Lines}", needed_for)
def refuses(scene: Scene, what: Lines, units: Units, datatable: Table) -> None:
    """Each line is refused, and what is stored stays; tables as for what is entered.

    Source: HA-157, HA-158, HA-161, HA-757.
    """
    for unit in units:
        for row in datatable[1:]:
            table = [datatable[0], row]
            lines = _session(scene, what, table, unit)
            before = scene.enter(unit, "show")
            reply = scene.unit(unit).cli(*lines)
            assert not reply.accepted, f"unit {unit} accepted {' / '.join(lines)}"
            after = scene.enter(unit, "show")
            assert after == before, f"unit {unit} refused {' / '.join(lines)}, but shows {after} instead of {before}"


@outcome("{units:Units} shows the same heartbeat links in both spellings")
def same_in_both(scene: Scene, units: Units) -> None:
    """Interface and peer of each rank, read by the flat keywords and in `config interface`. Source: HA-059, HA-065."""
    for unit in units:
        flat = _printed(scene, unit)
        for rank, interface in PAIR.heartbeat.items():
            nested = _printed(scene, unit, interface)
            told = (flat[f"heartbeat-{_NUMBER[rank]}-interface"], flat[f"heartbeat-{_NUMBER[rank]}-peer"])
            assert told == (interface, nested["peer-ip"]), f"unit {unit}, {rank.value} link, flat: {told}"
            assert nested["heartbeat-status"] == rank.value, f"unit {unit}, {rank.value} link, nested: {nested}"


@outcome("the units show {alike:Likeness} checksums")
def show_checksums(scene: Scene, *, alike: bool) -> None:
    """Of their configurations, as `diagnose system ha showcsum` prints them, or come to. Source: HA-377."""

    def are_so() -> bool:
        printed = {scene.enter(unit.name, "diagnose system ha showcsum").strip() for unit in scene.units}
        return "" not in printed and (len(printed) == 1) is alike

    what = f"the units show {'equal' if alike else 'different'} checksums"
    scene.lab.clock.wait_for(are_so, scene.lab.timing.settle, what)


@outcome("no page that an operator can read on either unit shows the password")
def shows_no_password(scene: Scene) -> None:
    """Neither one that was set nor change_me, in settings, status, nor in log and alerts if the lab reads them.

    Base64 and hexadecimal digits hide nothing: whoever reads them reads the password.
    Source: HA-454.
    """
    secrets = {PAIR.password, *(unit.settings["password"] for unit in scene.told.units.values())}
    for unit in scene.units:
        printed = {page: unit.cli(page).text for page in PAGES}
        printed |= {f"{verb} in {_HA}": unit.cli(_HA, verb, "end").text for verb in ("get", "show")}
        if Capability.ALERTS in scene.lab.capabilities:
            printed["the alerts"] = "\n".join(unit.alerts())
        if Capability.LOG in scene.lab.capabilities:
            printed["the event log"] = "\n".join(unit.log())
        words = {word for secret in secrets for word in (secret, *_in_disguise(secret))}
        shown_by = [page for page, text in printed.items() if any(word in text for word in words)]
        assert not shown_by, f"unit {unit.name} shows the password in {', '.join(shown_by)}"


@action(said(What.CHANGE))
def changes_setting(scene: Scene, changed: Changed, units: Units) -> Action:
    """The disclaimer, which is part of the synchronized configuration, gets a text that is new and each unit's own.

    Source: HA-350, HA-702.
    """
    return Action(enters=_notices(scene, changed, units), counts=True)


@action("an operator [changes|has changed] a synchronized setting on the {unit:Unit} and restores its mode at once")
def changes_and_restores(scene: Scene, changed: Changed, unit: str) -> Action:
    """Both in one session, so that nothing but the restore itself can bring the change to the peer. Source: HA-574."""
    ((_, lines),) = _notices(scene, changed, (unit,))
    ends = [(each, mode) for each, mode in PAIR.configured.items() if scene.mode_seen(each) is not mode]
    return Action(enters=[(unit, (*lines, *What.RESTORE.value.lines))], causes=ends)


@action("an operator [sets|has set] a synchronized setting of {count:Count} characters on the {unit:Unit}")
def sets_long(scene: Scene, changed: Changed, count: int, unit: str) -> Action:
    """The disclaimer gets a new text of that length. Source: HA-350."""
    return Action(enters=_notices(scene, changed, (unit,), count), counts=True)


@action("an operator [clears|has cleared] the changed setting on {units:Units}")
def clears(scene: Scene, units: Units) -> Action:
    """The disclaimer is unset, so that it is no longer in the configuration. Source: HA-350."""
    del scene  # every action is given it
    return Action(enters=[(unit, ("config system global", "unset disclaimer", "end")) for unit in units], counts=True)


@outcome("the changed setting is gone from {units:Units}")
def is_gone(scene: Scene, changed: Changed, units: Units) -> None:
    """The unit does not show the disclaimer that was set last, or comes not to show it. Source: HA-350."""

    def gone() -> bool:
        return not any(_has_notice(scene, unit, changed.last) for unit in units)

    what = f"{' and '.join(units)} no longer shows {changed.last}"
    scene.lab.clock.wait_for(gone, scene.lab.timing.settle, what)


@outcome("the changed setting is on {units:Units}{bound:Bound}", awaited)
def is_on(scene: Scene, changed: Changed, units: Units, bound: Bound | None) -> None:
    """The unit shows the disclaimer that was set last. Source: HA-332, HA-350, HA-409."""
    absent = _await_notices(scene, dict.fromkeys(units, changed.last))
    if bound is not None:
        bound.begins("of the change")
        seen = scene.lab.clock.now()
        for unit in units:
            bound.judge(scene, "copying of the setting", seen - scene.since, unit, doubt=seen - absent)


@outcome("the changed setting is not on {units:Units}")
def is_not_on(scene: Scene, changed: Changed, units: Units) -> None:
    """For a second and a half the unit does not show the disclaimer that was set last. Source: HA-003."""

    def absent() -> bool:
        return not any(_has_notice(scene, unit, changed.last) for unit in units)

    scene.lab.clock.hold(absent, NOT_COPIED, f"{' and '.join(units)} does not show {changed.last}")


@outcome("{units:Units} shows {whose:Whose} changed setting{span:Span}", watched)
def shows_changed(scene: Scene, changed: Changed, units: Units, whose: str | None, span: Span | None) -> None:
    """The disclaimer that was set last on the unit that is named; with a span it is shown all the while.

    It is one setting, so a unit that shows its own has not copied its peer's. Source: HA-702, HA-704.
    """
    _await_notices(scene, {unit: changed.on[whose or unit] for unit in units}, span)


def _brings(scene: Scene, unit: str, setting: Setting) -> list[tuple[str, Mode]]:
    """What another mode certainly brings about; a unit that finds a primary follows before it asks for the role."""
    if setting.name != "mode" or setting.value == Mode.OFF.value:
        return []
    was = scene.mode_seen(unit)
    first = [(unit, Mode.OFF)] if was in {Mode.PRIMARY, Mode.SECONDARY} else []
    joins = not setting.value.startswith("config-") and was in {Mode.PRIMARY, Mode.SECONDARY, Mode.OFF}
    then = [(unit, Mode.SECONDARY)] if joins else []
    return [*first, *then, *([(unit, Mode.PRIMARY)] if setting.value == Mode.PRIMARY.value else [])]


def _prove_in_time(scene: Scene, seconds: float, units: Sequence[str]) -> None:
    """Raise FaultNotProven where the peer's silence had lasted for the new detection time before that was set."""
    now = scene.lab.clock.now()
    for unit in units:
        heard = scene.lab.timeline.of(Kind.HEARTBEAT, unit)
        if heard and now - max(beat.at for beat in heard) >= seconds:
            raise FaultNotProven(f"unit {unit} had heard nothing for {seconds:g} s before that was set")


def _notices(scene: Scene, changed: Changed, units: Units, length: int = 0) -> list[tuple[str, tuple[str, ...]]]:
    for unit in units:
        changed.last = changed.on[unit] = f"{_NOTICE}{unit}-{len(scene.lab.timeline)}".ljust(length, "-")
    return [(unit, ("config system global", f"set disclaimer {changed.on[unit]}", "end")) for unit in units]


def _has_notice(scene: Scene, unit: str, notice: str) -> bool:
    assert notice, "no setting was changed"
    return notice in scene.unit(unit).cli("show system global").text


def _await_notices(scene: Scene, notices: Mapping[str, str], span: Span | None = None) -> float:
    """Wait until each unit shows its notice, and return since when it may be so; with a span all do so long.

    That is the beginning of the last look in which one was absent, or the last action.
    """
    absent = scene.since

    def are_shown() -> bool:
        nonlocal absent
        looked = scene.lab.clock.now()
        shown = all(_has_notice(scene, unit, notice) for unit, notice in notices.items())
        absent = absent if shown else looked
        return shown

    what = " and ".join(f"unit {unit} shows {notice[:40]}" for unit, notice in notices.items())
    if span is not None:
        stays(scene, are_shown, span, what)
    scene.lab.clock.wait_for(are_shown, scene.lab.timing.settle, what)
    return absent


def _await_actions(scene: Scene, unit: str, rows: dict[str, Row]) -> None:
    wanted = {interface: row for interface, row in rows.items() if row.action != "ignore"}
    told = ", ".join(" ".join(row.flat()) for row in wanted.values()) or "no failover action"
    scene.lab.clock.wait_for(lambda: shown(scene, unit) == wanted, scene.lab.timing.settle, f"unit {unit} shows {told}")


def _session(scene: Scene, what: Lines, table: Table, unit: str) -> tuple[str, ...]:
    """CLI lines that enter a table on a unit, saved together for each object."""
    if what is Lines.FAILOVER_ACTIONS:
        return (_HA, *lines_of(scene, table), "end")
    lines: list[str] = []
    for of, rows in groupby(table[1:], lambda row: _place(table[0], row).of):
        lines.append(f"config {of}")
        for row in rows:
            place, (setting, value) = _place(table[0], row), row[-2:]
            lines += place.lines(_entered(scene, unit, place.entry, setting, value))
        lines.append("end")
    return tuple(lines)


def _place(head: Sequence[str], row: Sequence[str]) -> Place:
    """Where the setting of a row stands: the first head is `object`, or the table of its entry in the nested form."""
    match [*head], [*row]:
        case ["object", "setting", "value"], [of, *_]:
            return Place(of)
        case ["object", "entry", "setting", "value"], [of, entry, *_]:
            return Place(of, entry=_port(entry))
        case [table, "setting", "value"], [entry, *_]:
            return Place(table=table, entry=_port(entry))
        case _:
            return Place()


def _wanted(scene: Scene, unit: str, place: Place, value: str) -> str | None:
    if value == "its own":
        return scene.unit(unit).own_address(place.entry)
    return None if value == "not shown" else address_of(scene, place.entry, value)


def _entered(scene: Scene, unit: str, port: str, setting: str, value: str) -> str:
    family = Family.IPV6 if setting == "peer-ip6" else Family.IPV4
    # config-peer-ip is the peer's address on the primary link; a service is asked at the mail interface.
    port = PAIR.mail if port in SERVICES.values() else port or PAIR.heartbeat[Rank.PRIMARY]
    match value:
        case "unset":
            return f"unset {setting}"
        case "its peer's":
            return f"set {setting} {peer_address(scene, unit, port, family)}"
        case "the log server's":
            return f"set {setting} {scene.lab.receivers.log_server}"
        case "nobody's":
            return f"set {setting} {unused_address(scene, unit, port, family)}"
        case _:
            return f"set {setting} {address_of(scene, port, value)}"


def _printed(scene: Scene, unit: str, interface: str = "") -> dict[str, str]:
    """What `get` prints of `config system ha`, or of an interface there."""
    place = Place(table="interface", entry=interface) if interface else Place()
    return {setting: rows[0] for setting, rows in _rows(scene, unit, place).items()}


def _rows(scene: Scene, unit: str, place: Place) -> dict[str, list[str]]:
    """What `get` prints at a place: each setting's rows, without one that is empty."""
    found: dict[str, list[str]] = {}
    for line in scene.enter(unit, *place.page()).splitlines():
        match line.replace(":", " ", 1).split():
            case [setting, word, *words]:
                found.setdefault(setting, []).append(" ".join((word, *words)))
            case _:
                pass
    return found


def _in_disguise(secret: str) -> tuple[str, ...]:
    """A password in encodings that anybody can undo, each without the padding at its end."""
    text = secret.encode()
    return tuple(each.rstrip("=") for each in (b64encode(text).decode(), urlsafe_b64encode(text).decode(), text.hex()))


def _names(scene: Scene, unit: str, value: str | None) -> bool:
    """Whether `show` names a value, if that is an address; one that is all zero counts as not set."""
    is_set = value is not None and "/" in value and " " not in value and value not in {NONE, "::/0"}
    return not is_set or host_of(str(value)) in scene.unit(unit).cli("show system ha").text


def _port(interface: str) -> str:
    return _INTERFACES.get(interface, interface)
