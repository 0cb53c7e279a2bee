"""What units report: HA event log and alert mail, in the words of either family (master/slave, primary/secondary)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import pytest

from lab.contract import HA_TRAP, Capability, Sink
from lab.errors import NotApplicable, NotReached
from lab.history import LONG_AGO
from lab.standard_pair import PAIR
from lab.timeline import Kind
from steps import forms
from steps.fields import UNITS
from steps.learned import alerted, logged, mails_nothing, received, trapped
from steps.scene import MARGIN, Scene
from steps.words import Table, outcome

PRIMARY = "(?:master|primary)"
SECONDARY = "(?:slave|secondary)"
"""Source: E-26, both word families are in use."""

LOG = (logged, "logs", Sink.LOG_SERVER)
ALERT = (alerted, "sends an alert like", Sink.ALERT_MAIL)
"""How a report is read, what the unit does, and where it arrives."""

_READ_BY = {"log": Capability.LOG, "alert": Capability.ALERTS}

_STATUS = re.compile(r"\w+-heart?beat-\w+=\w+", re.IGNORECASE)


@dataclass(slots=True)
class Reported:
    """What the scenario has asserted, and since when reports count: the first When after what was asserted last."""

    times: dict[tuple[float, str, str, str], int] = field(default_factory=dict)
    """How many reports of each kind: since when they counted, unit, where it is read, and pattern."""
    since: float = LONG_AGO
    asserted: float = LONG_AGO
    """When a sentence has asserted some last."""

    def begin(self, scene: Scene) -> None:
        """Let count what has arrived since the first When after the last such sentence, if there is one."""
        steps = scene.lab.timeline.of(Kind.STEP, since=self.asserted)
        self.since = next((step.at for step in steps if step.detail["phase"] == "when"), self.since)


@pytest.fixture
def reported() -> Reported:
    """Keep what has been reported."""
    return Reported()


@outcome("{units:Units} [logs|has logged] this heartbeat status", Capability.LOG)
def logs_heartbeat_status(scene: Scene, units: tuple[str, ...], datatable: Table) -> None:
    """The last `hahbd` line that names links since the last action tells each one's interface and state.

    Table: link, state. Earlier ones tell how the pair was formed; none tells the same as the one before, which is no
    change. Source: HA-073, HA-652, D.1-1.
    """
    ports = {rank.value: interface for rank, interface in PAIR.heartbeat.items()}
    states = [rf"{link}-heart?beat-{ports[link]}={state}" for link, state in datatable[1:]]
    for name in units:
        last = partial(_last_status, scene, name)
        await_line(scene, last, ".*".join(states), f"unit {name} logs the heartbeat status")
        changes = [links for line in logged(scene, name) if (links := _STATUS.findall(line))]
        again = [after for before, after in pairwise(changes) if before == after]
        assert not again, f"unit {name} has logged {';'.join(again[0])} as a change, which it had logged before"


@outcome(
    "the units [report|have reported] these events",
    lambda datatable: {_READ_BY[by] for row in reports_in(datatable) for by in _READ_BY if by in row.by},
)
def report_events(scene: Scene, reported: Reported, datatable: Table) -> None:
    """Table: unit, event, and if they matter by (log, alert; else both) and change (`secondary to primary`).

    An event is told in the words of either family, `another` names a unit in any, and `...` stands for any words, or
    for the rest of one. The alert names the change. What an earlier such sentence has found does not count again, nor
    does what has arrived before the first When after it.
    Source: HA-073, HA-115, HA-117, HA-322, HA-525, HA-527, HA-574, HA-655, D.1.
    """
    wanted = Counter[tuple[str, str, str]]()
    for row in reports_in(datatable):
        if "log" in row.by:
            wanted[row.unit, "log", row.event] += 1
        if "alert" in row.by:
            wanted[row.unit, "alert", row.event + row.change] += 1
    reported.begin(scene)
    for key, times in wanted.items():
        _await_more(scene, reported, key, times)
    reported.asserted = scene.lab.clock.now()


@outcome("the units have not reported these events", Capability.LOG, Capability.ALERTS)
def no_events(scene: Scene, datatable: Table) -> None:
    """Neither by alert nor in a log, nor a moment later; table: unit, event. One that took a role has told of that.

    Source: HA-530, HA-532, HA-653, D.1-3.
    """
    rows = list(reports_in(datatable))
    for row in rows:
        silent = scene.lab.timeline.of(Kind.ROLE, row.unit) and not any(_told(scene, row.unit))
        assert not silent, f"unit {row.unit} has reported nothing at all, not even that it took a role"

    def wrong() -> list[str]:
        told = [
            (row.unit, text)
            for row in rows
            for text in _told(scene, row.unit)
            if re.search(row.event, text, re.IGNORECASE)
        ]
        return [f"unit {unit} has reported {text!r}" for unit, text in told]

    with suppress(NotReached):
        scene.lab.clock.hold(lambda: not wrong(), MARGIN, "the units have not reported this")
    assert not (found := wrong()), found[0]


@outcome("the last HA trap of the {unit:Unit} tells that it {event:HaEvent}", Capability.TRAPS)
def last_ha_trap(scene: Scene, unit: str, event: int) -> None:
    """The event's id in the trap, and no other a moment later; no trap gives a reason of more than 32 characters.

    Source: HA-659, HA-661.
    """

    def told() -> bool:
        return [trap.code for trap in trapped(scene, unit) if trap.name == HA_TRAP][-1:] == [event]

    within = scene.lab.timing.settle + max(scene.detection.values())
    what = f"the last HA trap of unit {unit} has the event id {event}"
    scene.lab.clock.wait_for(told, within, what)
    scene.lab.clock.hold(told, MARGIN, what)
    for trap in trapped(scene, unit):
        assert len(trap.reason) <= forms.LONGEST, f"unit {unit} has sent a trap with the reason {trap.reason!r}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a unit reports, as patterns: the event, and the change of state that an alert names."""

    unit: str
    event: str
    by: str
    change: str
    cells: Mapping[str, str]
    """What the row says in any column."""


def reports_in(table: Table) -> Iterator[Report]:
    """Read the rows of a table of events."""
    for row in table[1:]:
        cells = {"by": "", "change": ""} | dict(zip(table[0], row, strict=True))
        old, _, new = cells["change"].partition(" to ")
        change = rf".*from\W+{_either(old)}\W+to\W+{_either(new)}\b" if new else ""
        yield Report(UNITS[cells["unit"]], _either(cells["event"]), cells["by"] or "log and alert", change, cells)


def _last_status(scene: Scene, unit: str) -> list[str]:
    """The last line of a unit's log that tells the state of a link, if there is one since the last action."""
    return [line for line in logged(scene, unit, scene.since) if _STATUS.search(line)][-1:]


def _told(scene: Scene, unit: str) -> Iterator[str]:
    """What a unit has reported, and what it keeps, as far as the lab knows where."""
    yield from (*alerted(scene, unit), *logged(scene, unit))
    yield from (*scene.unit(unit).alerts(), *scene.unit(unit).log())


def _either(text: str) -> str:
    """Match these words in the words of either family."""
    words = {
        "primary": PRIMARY,
        "secondary": SECONDARY,
        "another": f"(?:{PRIMARY}|{SECONDARY}|peer)",
        "hold-off": "hold.?off",
        "...": ".*",
    }
    some = {word: re.escape(word.removesuffix("...")) + r"\w*" for word in text.split() if word.endswith("...")}
    pattern = " ".join((some | words).get(word, re.escape(word)) for word in text.split())
    return pattern.replace(" .* ", r"\b.*\b").replace("shut down", "shut ?down")


def await_line(scene: Scene, read: Callable[[], Sequence[str]], pattern: str, what: str, *, known: int = 0) -> int:
    """Wait until a unit's log or alerts hold more texts like this than are known, and return how many that are."""
    wanted = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    within = scene.lab.timing.settle + max(scene.detection.values())

    def told() -> int:
        found = sum(wanted.search(text) is not None for text in read())
        return found if found > known else 0

    return scene.lab.clock.wait_for(told, within, what)


def _await_more(scene: Scene, reported: Reported, key: tuple[str, str, str], times: int) -> None:
    """Wait until a unit has sent `times` reports like this besides those that were asserted; note how many there are.

    Rows of a table that ask for the same are judged together: a lab that looks late finds the reports of all of them.
    """
    name, where, pattern = key
    read, does, sink = ALERT if where == "alert" else LOG
    since = reported.since if sink in scene.unit(name).reports_to else LONG_AGO
    known = reported.times.get((since, *key), 0)
    told = f"unit {name} {does} {pattern!r}" + (f" {times} times" if times > 1 else "")
    told += f", besides the {known} times that were asserted" if known else ""
    try:
        found = await_line(scene, partial(read, scene, name, since), pattern, told, known=known + times - 1)
    except NotReached as late:
        if where == "alert" and mails_nothing(scene, name) and Capability.ALERTS not in scene.unit(name).keeps:
            away = f"unit {name} reaches no mail server now, and no document says when it is to have mailed an alert"
            raise NotApplicable(f"{away}; its profile names no place where it keeps them (alerts.file)") from late
        if sink in scene.unit(name).reports_to and not received(scene, sink, name):
            look = scene.unit(name).look_first("lacks")
            raise NotReached(f"{late}; {sink.value} has received nothing at all from unit {name}{look}") from late
        raise
    reported.times[since, *key] = found
