"""What has been asserted once does not count again, in reports and in orders that are given up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lab.contract import Capability, Mode, Reply
from lab.errors import NotReached
from lab.timeline import Timeline
from steps.operator import Answer, enters_order
from steps.reports import Reported, report_events

TABLE = [["unit", "by", "event"], ["primary", "log", "secondary heartbeat disappeared"]]
LOST = "ha: SLAVE heartbeat disappeared"


class Clock:
    """Looks once."""

    def now(self) -> float:
        """No time passes."""
        return 0.0

    def hold(self, condition: Any, _during: float, what: str) -> None:  # noqa: ANN401 - as the contract has it
        """Look at it now."""
        if not condition():
            raise NotReached(what)

    def wait_for(self, condition: Any, _within: float, what: str) -> Any:  # noqa: ANN401 - as the contract has it
        """Return what is there now."""
        found = condition()
        if not found:
            raise NotReached(what)
        return found


def scene(log: list[str], told: list[str] | None = None) -> Any:  # noqa: ANN401 - a scene with what is asked here
    """Return a scene with one unit."""
    unit = SimpleNamespace(
        name="P",
        reports_to=frozenset(),
        log=lambda: tuple(log),
        told=lambda *_: tuple(told or ()),
        cli=lambda *_: Reply("", accepted=True),
    )
    lab = SimpleNamespace(clock=Clock(), timing=SimpleNamespace(settle=1.0), timeline=Timeline(0.0))
    return SimpleNamespace(
        lab=lab,
        unit=lambda _: unit,
        detection={"P": 2.0},
        declared=frozenset(Capability),
        mode_seen=lambda _: Mode.PRIMARY,
        ordered=None,
    )


def test_a_report_that_was_asserted_does_not_count_again() -> None:
    """A unit that reports a second loss no more is not taken for one that does."""
    log, reported = [LOST], Reported()
    report_events(scene(log), reported, TABLE)
    with pytest.raises(NotReached, match="besides the 1 times that were asserted"):
        report_events(scene(log), reported, TABLE)
    log.append(LOST)
    report_events(scene(log), reported, TABLE)


def test_two_rows_that_ask_for_the_same_are_met_by_two_reports_however_late_the_lab_looks() -> None:
    """Both are there at the first look; one alone is not enough."""
    table = [*TABLE, TABLE[-1]]
    report_events(scene([LOST, LOST]), Reported(), table)
    with pytest.raises(NotReached, match="2 times"):
        report_events(scene([LOST]), Reported(), table)


def test_an_order_is_not_given_up_by_what_was_said_of_an_earlier_one() -> None:
    """What the log said before the order is counted when it is entered."""
    answer, told = Answer(), ["the order is given up"]
    action = enters_order(scene([], told), answer, "failover", ("P",))
    assert action.does is not None
    action.does()
    assert answer.surrenders == 1
