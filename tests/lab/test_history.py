"""A pair's history is read off its timeline once: roles, addresses, faults, settings and orders, over time."""

from __future__ import annotations

import pytest

from lab.contract import Mode, Rank
from lab.faults import Fault, FaultKind, Phase
from lab.findings import follow
from lab.history import (
    ABSENCES,
    Beat,
    Change,
    Command,
    FaultChange,
    History,
    Holding,
    MailEvent,
    Order,
    Probe,
    RoleChange,
)
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind, Scalar, Timeline

VIRTUAL = "10.0.3.100/24"
CUT, HEAL = (Fault(kind, link=Rank.PRIMARY) for kind in (FaultKind.BLACK_HOLE, FaultKind.HEAL))
POWER_OFF, POWER_ON = (Fault(kind, "P") for kind in (FaultKind.POWER_OFF, FaultKind.POWER_ON))


class Diary:
    """A timeline written by hand."""

    def __init__(self) -> None:
        """Start with an empty one."""
        self.timeline = Timeline()

    def note(self, at: float, kind: Kind, subject: str, **detail: Scalar) -> Diary:
        """Write an entry."""
        self.timeline.add(at, kind, subject, **detail)
        return self

    def line(self, at: float, unit: str, line: str, *, refused: bool = False) -> Diary:
        """An operator enters a line."""
        return self.note(at, Kind.CLI, unit, line=line, reply="", refused=refused)

    def role(self, at: float, unit: str, old: str, new: str) -> Diary:
        """A unit's effective mode changes."""
        return self.note(at, Kind.ROLE, unit, old=old, new=new)

    def fault(self, at: float, fault: Fault) -> Diary:
        """A fault begins or ends."""
        return self.note(at, Kind.FAULT, fault.subject, **fault.detail("it was seen"))

    def read(self) -> History:
        """Read all of it."""
        return History(self.timeline)


class Listener:
    """A checker that finds nothing, and remembers what it was shown."""

    found = ()

    def __init__(self) -> None:
        """Remember nothing yet."""
        self.changes: list[Change] = []
        self.told: list[float] = []

    def take(self, change: Change) -> None:
        """Remember a change."""
        self.changes.append(change)

    def until(self, at: float) -> None:
        """Remember up to when nothing has happened."""
        self.told.append(at)


def test_a_role_tells_since_when_the_old_one_lasted_and_what_was_before() -> None:
    """When a unit did not answer it had no mode of its own."""
    diary = Diary().role(1.0, "P", "off", "primary").role(5.0, "P", "primary", "unreachable")
    unit = diary.role(7.0, "P", "unreachable", "secondary").read().units["P"]
    last = unit.roles[-1]
    assert (last.old, last.new, last.since, last.before) == (Mode.UNREACHABLE, Mode.SECONDARY, 5.0, Mode.PRIMARY)
    assert (unit.mode, unit.since, unit.before) == (Mode.SECONDARY, 7.0, Mode.PRIMARY)


def test_a_time_without_an_answer_ends_no_mode() -> None:
    """A unit that was frozen in hold-off has been in hold-off since it entered it."""
    history = (
        Diary()
        .role(2, "S", "secondary", "hold-off")
        .role(3, "S", "hold-off", "unreachable")
        .role(5, "S", "unreachable", "hold-off")
        .role(9, "S", "hold-off", "primary")
        .read()
    )
    assert [change.since for change in history.units["S"].roles[-2:]] == [3, 2]
    assert history.units["S"].since == history.units["S"].entered == 9


def test_the_mode_at_a_time_includes_what_changes_in_that_instant() -> None:
    """Before the first change nothing is known."""
    unit = Diary().role(1.0, "P", "off", "primary").role(5.0, "P", "primary", "off").read().units["P"]
    modes = [unit.mode_at(at) for at in (0.5, 1.0, 4.9, 5.0, 9.0)]
    assert modes == [Mode.UNREACHABLE, Mode.PRIMARY, Mode.PRIMARY, Mode.OFF, Mode.OFF]


def test_the_last_order_is_that_of_either_unit() -> None:
    """What only asks or sets is none, one that is refused is one, and other kinds than those asked for do not count."""
    diary = Diary().line(1.0, "P", "diagnose system ha failover").line(2.0, "S", "diagnose system ha sync")
    assert History().last_order(*Order) is None
    last = diary.line(3.0, "P", "set mode off").line(4.0, "P", "get system status").read().last_order(*Order)
    assert last is not None
    assert (last.unit, last.order) == ("S", Order.SYNC)
    failover = diary.read().last_order(Order.FAILOVER, Order.RESTORE)
    assert failover is not None
    assert (failover.unit, failover.at) == ("P", 1.0)
    refused = diary.line(5.0, "P", "diagnose system ha restore", refused=True).read().last_order(*Order)
    assert refused is not None
    assert (refused.unit, refused.order, refused.refused) == ("P", Order.RESTORE, True)


def test_a_setting_holds_from_when_it_was_accepted() -> None:
    """What the unit has refused changes nothing; what nobody has set is the manual's default. Source: HA-100."""
    diary = Diary().line(2.0, "S", "set hb-lost-threshold 3").line(4.0, "S", "  set hb-lost-threshold 5")
    history = diary.line(6.0, "S", "set hb-lost-threshold 0", refused=True).read()
    unit = history.units["S"]
    assert [unit.detection_at(at) for at in (1.0, 2.0, 3.9, 9.0)] == [15.0, 3.0, 3.0, 5.0]
    assert (unit.detection, unit.detection_set) == (5.0, 4.0)
    assert history.units["P"].detection == 15.0
    assert [each.old for each in unit.commands] == ["", "3", "5"]


def test_a_setting_that_is_unset_is_its_default() -> None:
    """It counts from when it is unset; what has no default that a lab has to know is no setting here."""
    diary = Diary().line(2.0, "S", "set hb-lost-threshold 3").line(3.0, "S", "set password other")
    diary = diary.line(4.0, "S", "unset hb-lost-threshold").line(5.0, "S", "unset password")
    unit = diary.line(6.0, "S", "unset disclaimer").read().units["S"]
    assert [unit.detection_at(at) for at in (3.0, 4.0)] == [3.0, PAIR.detection]
    assert (unit.detection, unit.settings["password"]) == (PAIR.detection, PAIR.password)
    assert unit.commands[-1].setting == ""


def test_settings_are_kept_by_name() -> None:
    """A value may have several words."""
    diary = Diary().line(1.0, "P", "set mode primary").line(1.0, "P", "set on-failure off")
    unit = diary.line(1.0, "P", 'set password "a b  c"').line(1.0, "P", "end").read().units["P"]
    assert (unit.configured, unit.on_failure, unit.settings["password"]) == ("primary", "off", "a b  c")


@pytest.mark.parametrize(
    ("line", "order", "looks"),
    [
        ("execute reboot", Order.REBOOT, False),
        ("execute restore image tftp new.out 10.0.3.50", Order.UPGRADE, False),
        ("diagnose system ha restart", Order.RESTART, False),
        ("diagnose system ha restore", Order.RESTORE, False),
        ("get system status", None, True),
        ("show system ha", None, True),
        ("set comment execute reboot", None, False),
    ],
)
def test_a_line_is_an_order_a_look_or_something_else(line: str, order: Order | None, *, looks: bool) -> None:
    """Read once, by the words that it begins with."""
    (command,) = Diary().line(1.0, "P", line).read().units["P"].commands
    assert (command.order, command.looks) == (order, looks)
    assert (order in ABSENCES) is (order in {Order.REBOOT, Order.UPGRADE, Order.RESTART})


def test_a_unit_without_power_holds_no_address_any_more() -> None:
    """Its addresses end with its power, and a frozen one keeps them."""
    diary = Diary().note(1.0, Kind.ADDRESS, "P", interface="port3", address=VIRTUAL, held=True)
    frozen = diary.fault(2.0, Fault(FaultKind.FREEZE, "P")).read()
    assert frozen.units["P"].holds == {VIRTUAL}
    dark = diary.fault(3.0, POWER_OFF).read()
    assert dark.units["P"].holds == set()
    assert [(each.at, each.held) for each in dark.holdings] == [(1.0, True), (3.0, False)]


def test_faults_are_in_force_until_they_end() -> None:
    """Each change tells what is over by it."""
    diary = Diary().fault(1.0, CUT).fault(2.0, POWER_OFF).fault(3.0, HEAL).fault(4.0, POWER_ON)
    history = diary.read()
    assert [(each.phase, each.ended) for each in history.faults] == [
        (Phase.BEGIN, ()),
        (Phase.BEGIN, ()),
        (Phase.END, (CUT,)),
        (Phase.END, (POWER_OFF,)),
    ]
    assert history.in_force == []


def test_a_unit_knows_since_when_its_mail_interface_has_no_cable_and_when_it_was_thawed() -> None:
    """Another interface's cable is no matter of the mail."""
    diary = Diary().fault(1.0, Fault(FaultKind.CABLE, "P", value="port1"))
    assert diary.read().units["P"].unplugged is None
    assert diary.fault(2.0, Fault(FaultKind.CABLE, "P", value="port3")).read().units["P"].unplugged == 2.0
    diary.fault(3.0, Fault(FaultKind.PLUG, "P", value="port3")).fault(4.0, Fault(FaultKind.FREEZE, "P"))
    unit = diary.fault(5.0, Fault(FaultKind.THAW, "P")).read().units["P"]
    assert (unit.unplugged, unit.awake) == (None, 5.0)


def test_the_last_heartbeat_before_a_moment_is_found() -> None:
    """One at the very moment counts."""
    diary = Diary().note(1.0, Kind.HEARTBEAT, "S", rank="primary").note(2.0, Kind.HEARTBEAT, "S", rank="secondary")
    unit = diary.read().units["S"]
    assert [unit.heard_before(at) for at in (0.9, 1.0, 1.9, 5.0)] == [None, 1.0, 1.0, 2.0]
    assert unit.heard == 2.0


def test_what_has_been_read_is_read_again_only_where_an_entry_has_come_in_between() -> None:
    """An observer on a busy host may report late."""
    diary = Diary().role(1.0, "P", "off", "primary")
    history = diary.read()
    diary.role(3.0, "P", "primary", "unreachable")
    assert history.grown(list(diary.timeline)) is history
    diary.role(2.0, "S", "off", "secondary")
    anew = history.grown(list(diary.timeline))
    assert anew is not history
    assert [each.at for each in anew.roles] == [1.0, 2.0, 3.0]


def test_a_history_grows_and_checkers_see_every_change_of_the_pair() -> None:
    """Steps and claims are the scenario's; of the same instant nothing can be overdue."""
    diary = Diary().role(1.0, "P", "off", "primary").note(1.0, Kind.STEP, "a step", text="a step", phase="given")
    diary.note(2.0, Kind.ADDRESS, "P", interface="port3", address=VIRTUAL, held=True).fault(3.0, CUT)
    diary.note(3.0, Kind.HEARTBEAT, "S", rank="primary").line(4.0, "P", "end")
    diary.note(5.0, Kind.MAIL, "m1", event="accepted", unit="P", via="10.0.3.100")
    diary.note(6.0, Kind.PROBE, "10.0.3.100", answer=None, banner_ms=None)
    history, listener = History(), Listener()
    entries: list[Entry] = list(diary.timeline)
    follow(history, entries, listener)
    kinds = [RoleChange, Holding, FaultChange, Beat, Command, MailEvent, Probe]
    assert [type(each) for each in listener.changes] == kinds
    assert listener.told == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert history.now == 6.0
    assert history.probes[0].answer == ""


@pytest.mark.parametrize(
    "order", ["execute shutdown", "execute reboot", "execute reload", "execute restore image tftp"]
)
def test_a_unit_that_was_ordered_to_go_down_does_so_until_it_was_away(order: str) -> None:
    """An absence before the order, and an order that the unit has refused, say nothing."""
    diary = Diary().role(1.0, "P", "primary", "unreachable").role(2.0, "P", "unreachable", "primary")
    assert not diary.line(3.0, "P", order, refused=True).read().units["P"].goes_down
    diary.line(4.0, "P", order)
    assert diary.read().units["P"].goes_down
    assert not diary.read().units["S"].goes_down
    diary.role(5.0, "P", "primary", "unreachable")
    assert not diary.read().units["P"].goes_down


def test_a_confirmed_factory_reset_is_told_by_its_lines() -> None:
    """What an operator had set counts until then, and no longer; without the confirmation nothing has happened."""
    diary = Diary().line(1.0, "P", "set mode primary").line(1.0, "P", "set hb-lost-threshold 3")
    diary.line(2.0, "P", "execute factoryreset").line(2.0, "P", "n")
    unit = diary.read().units["P"]
    assert (unit.configured, unit.detection_at(2.0)) == ("primary", 3.0)
    diary.line(3.0, "P", "execute factoryreset").line(3.0, "P", "y")
    unit = diary.read().units["P"]
    assert (unit.configured, unit.detection, unit.detection_at(3.0)) == ("off", PAIR.detection, PAIR.detection)
    assert unit.detection_at(2.0) == 3.0
