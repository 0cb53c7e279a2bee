"""Each invariant is shown firing, and staying silent where a scenario says otherwise."""

from __future__ import annotations

import pytest

from lab.contract import Mode, Rank
from lab.faults import Fault, FaultKind
from lab.history import History
from lab.invariants import Allowances, Invariant, Violation, judge, shared_now
from lab.ledger import Fate, Ledger
from lab.timeline import Kind, Timeline

VIRTUAL = "10.0.3.100/24"


class Sheet:
    """A timeline written by hand."""

    def __init__(self) -> None:
        """Start with two units that are off, and nothing allowed."""
        self.timeline = Timeline()
        self.allow = Allowances()
        self.fates: dict[str, Fate] = {}

    def role(self, at: float, unit: str, old: str, new: str) -> None:
        """Write down a role change."""
        self.timeline.add(at, Kind.ROLE, unit, old=old, new=new)

    def held(self, at: float, unit: str, *, held: bool = True, doubt: float = 0.0) -> None:
        """Write down who holds the virtual address."""
        self.timeline.add(at, Kind.ADDRESS, unit, interface="port3", address=VIRTUAL, held=held, doubt=doubt)

    def fault(self, at: float, unit: str, kind: FaultKind) -> None:
        """Write down a fault of a unit, or its end."""
        self.timeline.add(at, Kind.FAULT, unit, **Fault(kind, unit).detail())

    def judge(self, *, tolerance: float = 0.0, end: float = 20.0) -> list[Violation]:
        """Judge what was written."""
        return judge(History(), self.timeline, Ledger(self.fates), self.allow, tolerance=tolerance, end=end)

    def broken(self, **judged: float) -> set[Invariant]:
        """Which invariants are broken."""
        return {violation.rule for violation in self.judge(**judged)}


@pytest.fixture
def sheet() -> Sheet:
    """Return an empty sheet."""
    return Sheet()


def test_two_holders_break_the_invariant(sheet: Sheet) -> None:
    """Two units that hold one address at a time are named with the span."""
    sheet.held(1.0, "P")
    sheet.held(3.0, "S")
    sheet.held(4.5, "P", held=False)
    (violation,) = sheet.judge()
    assert violation.rule is Invariant.ONE_HOLDER
    assert "P and S held 10.0.3.100/24 together for 1.500 s" in violation.how


def test_only_a_certain_overlap_breaks_the_invariant(sheet: Sheet) -> None:
    """The first may have given it up before that was seen; the second had it at the latest when it was seen."""
    sheet.held(1.0, "P")
    sheet.held(3.0, "S", doubt=0.5)
    sheet.held(3.4, "P", held=False, doubt=0.3)
    assert not sheet.judge(tolerance=0.15)
    (violation,) = sheet.judge(tolerance=0.05)
    assert "for 0.100 s" in violation.how


def test_two_holders_until_the_end_break_the_invariant(sheet: Sheet) -> None:
    """An overlap that never ends is judged at the scenario's end."""
    sheet.held(1.0, "P")
    sheet.held(3.0, "S")
    assert sheet.broken(end=4.0) == {Invariant.ONE_HOLDER}


def test_a_handover_inside_the_tolerance_is_fine(sheet: Sheet) -> None:
    """An overlap that the lab cannot tell from a handover is none; a longer one is."""
    sheet.held(1.0, "P")
    sheet.held(3.0, "S")
    sheet.held(3.05, "P", held=False)
    assert not sheet.broken(tolerance=0.05)
    assert sheet.broken(tolerance=0.049) == {Invariant.ONE_HOLDER}


def test_an_address_that_is_shared_at_this_moment_is_told(sheet: Sheet) -> None:
    """Two holders now are told, until one gives the address up, and not where the scenario allows them."""
    sheet.held(1.0, "P")
    assert not shared_now(sheet.timeline, sheet.allow)
    sheet.held(3.0, "S")
    assert shared_now(sheet.timeline, sheet.allow)
    sheet.held(3.1, "P", held=False)
    assert not shared_now(sheet.timeline, sheet.allow)
    sheet.held(3.2, "P")
    assert shared_now(sheet.timeline, sheet.allow)
    sheet.allow.split(0.5)
    for unit in ("P", "S"):
        sheet.role(3.2, unit, "off", "primary")
    assert not shared_now(sheet.timeline, sheet.allow)
    sheet.allow.judged_elsewhere("the rules of the pair")
    assert not shared_now(sheet.timeline, sheet.allow)


def test_a_unit_without_power_holds_nothing(sheet: Sheet) -> None:
    """The address of a dead unit is free, and stays so when power returns until the unit takes it again."""
    sheet.held(1.0, "P")
    sheet.fault(2.0, "P", FaultKind.POWER_OFF)
    sheet.held(3.0, "S")
    sheet.fault(5.0, "P", FaultKind.POWER_ON)
    assert not sheet.broken()
    sheet.held(6.0, "P")
    assert sheet.broken() == {Invariant.ONE_HOLDER}


def test_a_thawed_unit_holds_what_it_held(sheet: Sheet) -> None:
    """A frozen unit answers for no address, but still has it when it goes on."""
    sheet.held(1.0, "P")
    sheet.fault(2.0, "P", FaultKind.FREEZE)
    sheet.held(3.0, "S")
    assert not sheet.broken()
    sheet.fault(5.0, "P", FaultKind.THAW)
    assert sheet.broken() == {Invariant.ONE_HOLDER}


def lead(sheet: Sheet, at: float, unit: str, *, leads: bool = True) -> None:
    """Let a unit take the role and the address, or give both up; the change is no matter here."""
    old, new = (Mode.SECONDARY, Mode.PRIMARY) if leads else (Mode.PRIMARY, Mode.SECONDARY)
    sheet.allow.role(unit, new)
    sheet.role(at, unit, old.value, new.value)
    sheet.held(at, unit, held=leads)


def test_a_crashed_unit_still_holds_its_address(sheet: Sheet) -> None:
    """A crash of the software leaves the address where it is; that has to be declared, and ends when power goes."""
    lead(sheet, 1.0, "P")
    sheet.fault(2.0, "P", FaultKind.CRASH)
    sheet.role(2.0, "P", "primary", "unreachable")
    lead(sheet, 3.0, "S")
    assert sheet.broken() == {Invariant.ONE_HOLDER}
    sheet.allow.split(2.0)
    assert not sheet.broken()
    sheet.fault(5.0, "P", FaultKind.POWER_OFF)
    sheet.fault(6.0, "P", FaultKind.POWER_ON)
    sheet.held(7.0, "P")
    assert sheet.broken() == {Invariant.ONE_HOLDER}


def test_two_units_may_hold_an_address_while_both_lead_after_a_declared_split(sheet: Sheet) -> None:
    """What is declared holds for the state that it names: it ends when one unit has left the role."""
    sheet.allow.split(2.0)
    lead(sheet, 1.0, "P")
    lead(sheet, 3.0, "S")
    assert not sheet.broken()
    lead(sheet, 6.0, "S", leads=False)
    assert not sheet.broken()
    sheet.held(9.0, "S")
    (violation,) = sheet.judge()
    assert "for 11.000 s from 9.000 s" in violation.how


def test_who_keeps_the_address_when_the_split_is_over_is_caught(sheet: Sheet) -> None:
    """The overlap counts from the moment at which the unit left the role."""
    sheet.allow.split(2.0)
    lead(sheet, 1.0, "P")
    lead(sheet, 3.0, "S")
    sheet.allow.role("S", Mode.SECONDARY)
    sheet.role(6.0, "S", "primary", "secondary")
    sheet.held(6.5, "S", held=False)
    assert not sheet.broken(tolerance=0.5)
    (violation,) = sheet.judge(tolerance=0.4)
    assert "for 0.500 s from 6.000 s" in violation.how


def test_a_declared_split_allows_no_second_holder_that_does_not_lead(sheet: Sheet) -> None:
    """Who takes the address without the role has no excuse."""
    sheet.allow.split(2.0)
    lead(sheet, 1.0, "P")
    sheet.held(3.0, "S")
    assert sheet.broken() == {Invariant.ONE_HOLDER}


def test_a_split_that_is_over_is_used_up(sheet: Sheet) -> None:
    """A second one needs something by which it comes about, as the first did."""
    sheet.allow.split(2.0)
    lead(sheet, 1.0, "P")
    lead(sheet, 3.0, "S")
    lead(sheet, 6.0, "S", leads=False)
    lead(sheet, 8.0, "S")
    assert sheet.broken() == {Invariant.ONE_HOLDER}
    sheet.allow.split(7.0)
    assert not sheet.broken()


def test_a_role_change_that_no_step_caused_is_broken(sheet: Sheet) -> None:
    """Every change into a role has to be declared."""
    sheet.role(1.0, "P", "off", "primary")
    assert sheet.broken() == {Invariant.CAUSED_ROLES}
    sheet.allow.role("P", Mode.PRIMARY)
    assert not sheet.broken()


def test_a_declared_change_may_happen_once(sheet: Sheet) -> None:
    """A unit that takes its old role back unasked is caught, though it had that role before."""
    for unit, mode in (("P", Mode.PRIMARY), ("S", Mode.SECONDARY), ("S", Mode.PRIMARY)):
        sheet.allow.role(unit, mode)
    sheet.role(1.0, "P", "off", "primary")
    sheet.role(1.0, "S", "off", "secondary")
    sheet.role(5.0, "S", "secondary", "primary")
    assert not sheet.broken()
    sheet.role(8.0, "S", "primary", "secondary")
    (violation,) = sheet.judge()
    assert violation.how.startswith("unit S went from primary to secondary")


def test_a_booting_unit_may_be_off_for_a_while(sheet: Sheet) -> None:
    """Off and unreachable follow from a power fault; the role taken afterwards does not."""
    sheet.allow.role("P", Mode.PRIMARY)
    sheet.role(1.0, "P", "off", "primary")
    sheet.fault(2.0, "P", FaultKind.POWER_OFF)
    sheet.role(2.0, "P", "primary", "unreachable")
    sheet.role(4.0, "P", "unreachable", "off")
    assert not sheet.broken()
    sheet.role(5.0, "P", "off", "primary")
    assert sheet.broken() == {Invariant.CAUSED_ROLES}


@pytest.mark.parametrize("new", ["off", "unreachable", "failed", "hold-off"])
def test_a_unit_that_gives_up_by_itself_is_caught(sheet: Sheet, new: str) -> None:
    """Without a fault or a restart no unit may stop being what it was."""
    sheet.allow.role("P", Mode.PRIMARY)
    sheet.role(1.0, "P", "off", "primary")
    sheet.role(2.0, "P", "primary", new)
    assert sheet.broken() == {Invariant.CAUSED_ROLES}


def test_an_asked_restart_explains_an_unreachable_unit(sheet: Sheet) -> None:
    """What an operator restarts may be gone for a while, and come back as it was."""
    sheet.allow.role("P", Mode.PRIMARY)
    sheet.role(1.0, "P", "off", "primary")
    sheet.timeline.add(2.0, Kind.CLI, "P", line="execute reload", reply="")
    sheet.role(2.1, "P", "primary", "unreachable")
    sheet.role(3.0, "P", "unreachable", "primary")
    assert not sheet.broken()


def test_a_role_on_the_way_down_does_not_end_a_restart(sheet: Sheet) -> None:
    """A unit that still enters hold-off after its operator's reboot may be gone and off afterwards; once."""
    sheet.allow.role("S", Mode.SECONDARY, times=2)
    sheet.allow.role("S", Mode.HOLD_OFF)
    sheet.role(0.5, "S", "off", "secondary")
    sheet.timeline.add(1.0, Kind.CLI, "S", line="execute reboot", reply="")
    sheet.role(1.1, "S", "secondary", "hold-off")
    sheet.role(1.2, "S", "hold-off", "unreachable")
    sheet.role(2.0, "S", "unreachable", "off")
    sheet.role(2.2, "S", "off", "secondary")
    assert sheet.judge() == []
    sheet.role(5.0, "S", "secondary", "off")
    assert sheet.broken() == {Invariant.CAUSED_ROLES}


@pytest.mark.parametrize("fault", [FaultKind.POWER_OFF, FaultKind.FREEZE])
def test_a_role_that_was_seen_a_moment_late_does_not_end_a_loss_of_power(sheet: Sheet, fault: FaultKind) -> None:
    """A unit that changed just before it went dark may still be seen to fall silent."""
    sheet.allow.role("P", Mode.PRIMARY)
    sheet.allow.role("P", Mode.SECONDARY)
    sheet.role(1.0, "P", "off", "primary")
    sheet.fault(2.0, "P", fault)
    sheet.role(2.01, "P", "primary", "secondary")
    sheet.role(2.05, "P", "secondary", "unreachable")
    assert sheet.broken() == set()


def test_a_fault_of_a_link_explains_no_unit_that_gives_up(sheet: Sheet) -> None:
    """Not even for the unit that no longer hears its peer on it."""
    sheet.allow.role("S", Mode.SECONDARY)
    sheet.role(1.0, "S", "off", "secondary")
    deaf = Fault(FaultKind.BLACK_HOLE, "S", Rank.PRIMARY)
    sheet.timeline.add(2.0, Kind.FAULT, deaf.subject, **deaf.detail())
    sheet.role(3.0, "S", "secondary", "off")
    assert sheet.broken() == {Invariant.CAUSED_ROLES}


def test_what_the_harness_does_afterwards_is_not_judged(sheet: Sheet) -> None:
    """Healing a link at the end may change roles; that says nothing about the unit."""
    sheet.role(9.0, "P", "off", "primary")
    assert not sheet.broken(end=8.0)


@pytest.mark.parametrize(
    ("fate", "invariant"), [(Fate.LOST, Invariant.NO_LOSS), (Fate.DUPLICATED, Invariant.NO_DOUBLES)]
)
def test_lost_and_doubled_mail_is_broken(sheet: Sheet, fate: Fate, invariant: Invariant) -> None:
    """An accepted message arrives, and arrives once."""
    sheet.fates["m1"] = fate
    assert sheet.broken() == {invariant}


def test_two_spellings_of_an_ipv6_address_are_one(sheet: Sheet) -> None:
    """Two holders are found whichever way each unit writes the address; link-local addresses concern nobody."""
    for unit, address in (("P", "fd53:7769:0:3::100/64"), ("S", "FD53:7769:0:3:0:0:0:100/64")):
        sheet.timeline.add(1.0, Kind.ADDRESS, unit, interface="port3", address=address, held=True)
        sheet.timeline.add(1.0, Kind.ADDRESS, unit, interface="port3", address="fe80::1/64", held=True)
    (violation,) = sheet.judge()
    assert "fd53:7769:0:3::100/64" in violation.how
