"""Reports are read where they arrive, and where a unit keeps them only as far as it reaches nobody."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lab.contract import Capability, Mode, Sink, Trap
from lab.errors import NotApplicable, NotReached
from lab.faults import Fault, FaultKind
from lab.timeline import Kind, Timeline
from steps.choices import reporting
from steps.learned import alerted, logged, trapped
from steps.reports import Reported, logs_heartbeat_status, no_events, report_events
from steps.scene import Scene
from tests.steps.test_reports import Clock

FIRST, SECOND = "first@alerts.example", "second@alerts.example"
LINE = "date=2026-01-01 time=00:00:00.000 msg=ha: MASTER heartbeat disappeared"
TABLE = [["unit", "by", "event"], ["primary", "alert", "secondary heartbeat disappeared"]]


@dataclass
class Paper:
    """A unit that has reported something, and keeps something."""

    reports_to: Collection[Sink] = frozenset(Sink)
    keeps: Collection[Capability] = frozenset()
    kept: list[str] = field(default_factory=list)
    powered: bool = True

    def look_first(self, *fields: str) -> str:
        """Where a vendor is to look."""
        return f" (look first at {fields[0]})"

    def log(self) -> list[str]:
        """What it keeps."""
        return self.kept

    alerts = log

    def traps(self) -> list[Trap]:
        """What it keeps."""
        return [Trap(each, 1) for each in self.kept]

    def is_powered(self) -> bool:
        """Whether it has power."""
        return self.powered


def scene(unit: Paper, *reports: tuple[Sink, str, str], mode: Mode = Mode.PRIMARY) -> Any:  # noqa: ANN401 - a scene with what is asked here
    """Return a scene with this unit, of which sinks have received a text, each for a recipient."""
    timeline = Timeline(0.0)
    for sink, text, to in reports:
        timeline.add(1.0, Kind.REPORT, "P", sink=sink.value, text=text, to=to)
    lab = SimpleNamespace(
        timeline=timeline,
        clock=Clock(),
        timing=SimpleNamespace(settle=1.0),
        receivers=SimpleNamespace(log_server="10.0.1.50"),
    )
    return SimpleNamespace(lab=lab, unit=lambda _: unit, mode_seen=lambda _: mode, detection={"P": 2.0})


def test_what_has_arrived_counts_and_not_what_a_unit_keeps() -> None:
    """Of alert mail what the first recipient has received: each recipient receives the same."""
    unit = Paper(kept=["kept"])
    paper = scene(
        unit,
        (Sink.LOG_SERVER, f"<5>{LINE}", ""),
        (Sink.ALERT_MAIL, "an alert", FIRST),
        (Sink.ALERT_MAIL, "an alert", SECOND),
        (Sink.TRAPS_V2C, 'fmlTrapHAEvent fmlSysSerial="SN" fmlHAEventId="2" fmlHAEventReason="why"', ""),
        (Sink.TRAPS_V1, 'fmlTrapSystemEvent fmlSysEventCode="3"', ""),
    )
    assert logged(paper, "P") == [LINE]
    assert alerted(paper, "P") == ["an alert"]
    assert trapped(paper, "P") == [Trap("fmlTrapHAEvent", 2, "why")]


def test_of_a_unit_that_reports_to_nobody_counts_what_it_keeps() -> None:
    """As far as the lab knows where that is."""
    paper = scene(Paper(reports_to=frozenset(), kept=["kept"]))
    assert (logged(paper, "P"), alerted(paper, "P"), trapped(paper, "P")) == (["kept"], ["kept"], [Trap("kept", 1)])


@pytest.mark.parametrize("away", ["down", "unreachable", "unplugged"])
def test_an_alert_that_a_unit_cannot_mail_now_counts_where_it_keeps_it(away: str) -> None:
    """It comes after those that have arrived."""
    unit = Paper(kept=["one", "two"], powered=away != "down")
    paper = scene(
        unit, (Sink.ALERT_MAIL, "one", FIRST), mode=Mode.UNREACHABLE if away == "unreachable" else Mode.PRIMARY
    )
    if away == "unplugged":
        pulled = Fault(FaultKind.CABLE, "P", value="port3")
        paper.lab.timeline.add(2.0, Kind.FAULT, "P", **pulled.detail("its cable is out"))
    assert alerted(paper, "P") == ["one", "two"]


def test_an_alert_that_was_mailed_again_for_want_of_an_answer_counts_once() -> None:
    """The same message came twice; of two that say the same, each counts. What the unit keeps comes after them all."""
    paper = scene(Paper(kept=["one", "one", "two"], powered=False))
    for at, id_ in enumerate(("<1>", "<1>", "<2>"), 1):
        paper.lab.timeline.add(at, Kind.REPORT, "P", sink=Sink.ALERT_MAIL.value, text="one", to=FIRST, id=id_)
    assert alerted(paper, "P") == ["one", "one", "two"]


@pytest.mark.parametrize(
    ("powered", "keeps", "ends"),
    [
        (True, frozenset(), NotReached),
        (False, frozenset({Capability.ALERTS}), NotReached),
        (False, frozenset(), NotApplicable),
    ],
)
def test_no_unit_is_blamed_for_an_alert_that_it_may_mail_when_it_is_up_again(
    powered: bool,  # noqa: FBT001 - a parameter of pytest
    keeps: frozenset[Capability],
    ends: type[Exception],
) -> None:
    """One whose alerts the lab can read is: it has not even written it."""
    with pytest.raises(ends, match=r"alerts\.file" if ends is NotApplicable else "look first at lacks"):
        report_events(scene(Paper(powered=powered, keeps=keeps)), Reported(), TABLE)


def test_what_arrived_before_a_when_is_no_report_of_what_it_did() -> None:
    """What has arrived since does, and so does what a Given has awaited; but not twice."""
    paper, reported = scene(Paper()), Reported()
    timeline, lost = paper.lab.timeline, "ha: SLAVE heartbeat disappeared"

    def arrives(at: float) -> None:
        timeline.add(at, Kind.REPORT, "P", sink=Sink.ALERT_MAIL.value, text=lost, to=FIRST)

    arrives(1.0)
    report_events(paper, reported, TABLE)
    timeline.add(2.0, Kind.STEP, "it happens again", text="When it happens again", phase="when")
    with pytest.raises(NotReached):
        report_events(paper, reported, TABLE)
    arrives(3.0)
    report_events(paper, reported, TABLE)
    with pytest.raises(NotReached, match="besides the 1 times"):
        report_events(paper, reported, TABLE)


def test_a_state_that_was_told_before_the_last_action_is_no_news() -> None:
    """Links that are said to be OK from the beginning do not tell that one has come back."""
    told = "hahbd: primary-heartbeat-port6=OK;secondary-heartbeat-port5=OK"
    paper, table = scene(Paper(), (Sink.LOG_SERVER, told, "")), [["link", "state"], ["primary", "OK"]]
    paper.since = 0.5
    logs_heartbeat_status(paper, ("P",), table)
    paper.since = 2.0
    with pytest.raises(NotReached):
        logs_heartbeat_status(paper, ("P",), table)


@pytest.mark.parametrize(
    ("told", "took", "ends"),
    [
        ("", False, nullcontext()),
        ("", True, pytest.raises(AssertionError, match="nothing at all")),
        ("it took a role", True, nullcontext()),
        ("ha: SLAVE heartbeat disappeared", True, pytest.raises(AssertionError, match="has reported 'ha: SLAVE")),
    ],
)
def test_a_unit_that_tells_nothing_has_not_kept_quiet_about_one_event(
    told: str,
    took: bool,  # noqa: FBT001 - a parameter of pytest
    ends: AbstractContextManager[object],
) -> None:
    """Where it took a role it would have told that."""
    paper = scene(Paper(), *([(Sink.ALERT_MAIL, told, FIRST)] if told else []))
    if took:
        paper.lab.timeline.add(1.0, Kind.ROLE, "P", new="primary", old="off")
    with ends:
        no_events(paper, TABLE)


@pytest.mark.parametrize(
    ("declared", "chosen"),
    [
        ({Capability.LOG}, ["set sysevent-log-category ha"]),
        ({Capability.SAYINGS}, ["set sysevent-log-category ha"]),
        ({Capability.ALERTS}, ["set categories ha"]),
        ({Capability.TRAPS}, ["set trapevent ha system"]),
        ({Capability.LOG, Capability.SYSLOG}, []),
        ({Capability.POWER}, []),
    ],
)
def test_an_operator_has_chosen_what_the_sentences_need_and_no_more(
    declared: set[Capability], chosen: list[str]
) -> None:
    """Where a scenario chooses events itself, nobody chooses before it."""
    paper = scene(Paper())
    paper.declared = frozenset(declared)
    lines = reporting(cast("Scene", paper), "P")
    assert [line for line in lines if line.startswith(("set sysevent-log-cat", "set categories", "set trapevent"))] == (
        chosen
    )


def test_a_unit_that_has_no_such_sink_is_told_of_none() -> None:
    """Its profile says so, and it would refuse the line."""
    paper = scene(Paper(reports_to={Sink.ALERT_MAIL}))
    paper.declared = frozenset({Capability.LOG})
    assert reporting(cast("Scene", paper), "P") == ()
