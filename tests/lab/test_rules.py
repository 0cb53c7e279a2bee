"""The rules of a pair, judged on timelines written by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.contract import Rank
from lab.faults import Fault, FaultKind, Phase
from lab.rules.judge import Judge
from lab.rules.rule import Rule
from lab.timeline import Entry, Kind, Scalar

VIRTUAL = "10.0.3.100/24"
POWER_OFF = Fault(FaultKind.POWER_OFF, "P")


class Story:
    """A healthy pair from second 10 on, both of whose units hear each other each second until `silent`."""

    def __init__(self, *, tolerance: float = 0.0) -> None:
        """Form the pair: thresholds of 3 s, on-failure become-secondary."""
        self.tolerance = tolerance
        self.entries: list[Entry] = []
        for unit, mode in (("P", "primary"), ("S", "secondary")):
            self.line(1.0, unit, f"set mode {mode}")
            self.line(1.0, unit, "set hb-lost-threshold 3")
        self.role(2.0, "P", "off", "primary")
        self.holds(2.0, "P")
        self.role(2.5, "S", "off", "secondary")

    def note(self, at: float, kind: Kind, subject: str, **detail: Scalar) -> Story:
        """Add an entry."""
        self.entries.append(Entry(at, kind, subject, detail))
        return self

    def fault(self, at: float, fault: Fault, phase: Phase | None = None) -> Story:
        """A fault begins or ends."""
        return self.note(at, Kind.FAULT, fault.subject, **fault.detail(phase=phase))

    def line(self, at: float, unit: str, line: str, *, refused: bool = False) -> Story:
        """An operator enters a line."""
        return self.note(at, Kind.CLI, unit, line=line, reply="", refused=refused)

    def role(self, at: float, unit: str, old: str, new: str) -> Story:
        """A unit's effective mode changes."""
        return self.note(at, Kind.ROLE, unit, old=old, new=new)

    def holds(self, at: float, unit: str, *, held: bool = True) -> Story:
        """A unit takes the virtual address or gives it up."""
        return self.note(at, Kind.ADDRESS, unit, interface="port3", address=VIRTUAL, held=held)

    def beats(self, begin: int, end: int, *units: str) -> Story:
        """The units hear their peer each second."""
        for second in range(begin, end):
            for unit in units or ("P", "S"):
                self.note(second + 0.1, Kind.HEARTBEAT, unit, rank="primary")
        return self

    def takes_over(self, at: float, unit: str = "S") -> Story:
        """The unit becomes primary, with the address."""
        return self.holds(at, unit).role(at, unit, "secondary", "primary")

    def judged(self, until: float = 60.0) -> Judge:
        """Judge the pair from its forming on."""
        judge = Judge(VIRTUAL, self.tolerance)
        judge.feed(entry for entry in self.entries if entry.at < 10.0)
        judge.view.note_formed()
        judge.feed(entry for entry in self.entries if entry.at >= 10.0)
        judge.until(until)
        return judge

    def broken(self, until: float = 60.0) -> list[Rule]:
        """The rules that were broken."""
        return [broken.rule for broken in self.judged(until).found]

    def unkept(self, until: float = 60.0) -> list[Rule]:
        """The rules of the promises that are not kept at the end."""
        return [rule for rule, _ in self.judged(until).promises.unkept()]


def test_a_healthy_pair_breaks_no_rule() -> None:
    """A minute of heartbeats."""
    assert Story().beats(3, 60).broken() == []


def test_a_takeover_at_the_threshold_after_a_power_loss_is_right() -> None:
    """Three seconds after the last heartbeat, to the instant."""
    story = Story().beats(3, 20).fault(19.5, POWER_OFF)
    story.role(19.5, "P", "primary", "unreachable").takes_over(22.1).beats(23, 60, "P")
    assert story.broken() == []


@pytest.mark.parametrize(("at", "rule"), [(21.0, Rule.NOT_BEFORE), (25.0, Rule.IN_TIME)])
def test_a_takeover_at_another_time_breaks_a_rule(at: float, rule: Rule) -> None:
    """A second too early, three seconds too late."""
    story = Story().beats(3, 20).fault(19.5, POWER_OFF)
    story.role(19.5, "P", "primary", "unreachable").takes_over(at)
    assert story.broken() == [rule]


def test_slack_is_granted_beyond_the_threshold() -> None:
    """A lab that sees 50 ms late judges with that tolerance."""
    for tolerance, rules in ((0.05, []), (0.0, [Rule.IN_TIME])):
        story = Story(tolerance=tolerance).beats(3, 20).fault(19.5, POWER_OFF)
        story.role(19.5, "P", "primary", "unreachable").takes_over(22.13)
        assert story.broken() == rules


def test_a_second_primary_that_hears_the_first_breaks_the_rule_of_one() -> None:
    """Whatever made it lead."""
    assert Story().beats(3, 60).takes_over(30.5).broken() == [Rule.ONE_PRIMARY]


def test_time_in_which_a_unit_stood_still_is_no_silence_of_its_peer() -> None:
    """It may not lead as soon as it goes on, but only when it has listened again for its detection time, and then."""
    for leads_at, rules in ((40.1, [Rule.ONE_PRIMARY]), (43.0, []), (43.1, [Rule.IN_TIME])):
        story = Story().beats(3, 20).fault(20.0, Fault(FaultKind.FREEZE, "S"))
        story.role(20.0, "S", "secondary", "unreachable")
        story.fault(40.0, Fault(FaultKind.THAW, "S")).role(40.0, "S", "unreachable", "secondary").takes_over(leads_at)
        assert story.broken() == rules


def test_two_primaries_that_do_not_hear_each_other_break_no_rule() -> None:
    """A split brain arises as documented, and nothing arbitrates when they hear each other again."""
    story = Story().beats(3, 20).fault(19.5, Fault(FaultKind.BLACK_HOLE, link=Rank.PRIMARY))
    story.takes_over(22.1).fault(40.0, Fault(FaultKind.HEAL, link=Rank.PRIMARY)).beats(40, 60)
    assert story.broken() == []


def test_a_primary_that_yields_unasked_breaks_a_rule_and_one_that_is_told_to_does_not() -> None:
    """The command explains the change; so late a one does not."""
    change = ("P", "primary", "secondary")
    unasked = Story().beats(3, 60).holds(30.5, "P", held=False).role(30.5, *change)
    assert unasked.broken() == [Rule.CAUSED]
    told = Story().beats(3, 60).line(30.4, "P", "diagnose system ha failover").holds(30.5, "P", held=False)
    assert told.role(30.5, *change).takes_over(30.6).broken() == []
    long_ago = Story().beats(3, 60).line(12.0, "S", "diagnose system ha restart").holds(30.5, "P", held=False)
    assert long_ago.role(30.5, *change).broken() == [Rule.CAUSED]


def test_an_order_explains_a_change_of_role_for_a_stated_bound_only() -> None:
    """The primary is deaf when its secondary is told to fail over, and hears it so much later."""
    for later, rules in ((30.0, []), (60.0, [Rule.CAUSED])):
        story = Story().beats(3, 11).fault(10.5, Fault(FaultKind.BLACK_HOLE, link=Rank.PRIMARY))
        story.beats(11, 80, "S").line(11.5, "S", "diagnose system ha failover").holds(11.5 + later, "P", held=False)
        story.role(11.5 + later, "P", "primary", "secondary").takes_over(11.6 + later)
        story.beats(12 + int(later), 80, "P")
        assert story.broken(80.0) == rules


def test_an_order_explains_nothing_once_it_is_carried_out() -> None:
    """What it has set going comes a second time, over a slower link."""
    story = Story().beats(3, 60).line(30.4, "P", "diagnose system ha failover").holds(30.5, "P", held=False)
    story.role(30.5, "P", "primary", "secondary").takes_over(30.6).holds(32.5, "S", held=False)
    story.role(32.5, "S", "primary", "secondary").holds(32.6, "P").role(32.6, "P", "secondary", "primary")
    assert story.broken() == [Rule.CAUSED]


def test_an_order_that_was_refused_explains_nothing() -> None:
    """The unit has said that it would not."""
    story = Story().beats(3, 60)
    story.line(30.4, "P", "diagnose system ha failover", refused=True)
    story.holds(30.5, "P", held=False).role(30.5, "P", "primary", "secondary").takes_over(30.6)
    assert story.broken() == [Rule.CAUSED]


def test_an_order_that_waits_for_its_peer_outlasts_a_further_one() -> None:
    """A restart of HA on the other unit ends no order."""
    story = Story().beats(3, 60).line(20.0, "S", "diagnose system ha failover")
    story.line(21.0, "P", "diagnose system ha restart").holds(40.0, "P", held=False)
    assert Rule.CAUSED not in story.role(40.0, "P", "primary", "secondary").takes_over(40.1).broken()


def test_an_announcement_that_no_holder_makes_breaks_a_rule() -> None:
    """It is heard a moment after the address was given up."""
    story = Story().beats(3, 60).line(30.4, "P", "diagnose system ha failover").holds(30.5, "P", held=False)
    story.role(30.5, "P", "primary", "secondary").note(30.502, Kind.ANNOUNCEMENT, "P", address="10.0.3.100")
    story.takes_over(30.6).note(30.601, Kind.ANNOUNCEMENT, "S", address="10.0.3.100")
    assert story.broken() == [Rule.ANNOUNCED]


@pytest.mark.parametrize(
    ("by_chance", "after", "rules"),
    [(True, 0.0003, []), (True, 0.002, [Rule.ANNOUNCED]), (False, 0.0003, [Rule.ANNOUNCED])],
)
def test_what_is_drawn_may_overtake_an_announcement_that_was_right(
    *, by_chance: bool, after: float, rules: list[Rule]
) -> None:
    """By less than it is under way; what is written down happens at that moment for a reason."""
    story = Story().beats(3, 31).line(30.4, "P", "diagnose system ha failover").holds(30.5, "P", held=False)
    story.role(30.5, "P", "primary", "secondary").note(30.5 + after, Kind.ANNOUNCEMENT, "P", address="10.0.3.100")
    story.takes_over(30.6)
    judge = Judge(VIRTUAL, 0.0, by_chance=by_chance)
    judge.feed(story.entries)
    judge.until(31.0)
    assert [broken.rule for broken in judge.found] == rules


def test_a_forced_failover_that_moves_nothing_breaks_a_rule() -> None:
    """Both units were to swap their roles within a second."""
    assert Story().beats(3, 60).line(30.4, "P", "diagnose system ha failover").broken() == [Rule.COMMAND] * 2


def test_a_stranger_who_leaves_does_not_make_a_cut_link_whole() -> None:
    """A failover that is forced while a link is cut may take longer; once it is healed the roles move at once."""
    cut, knock = Fault(FaultKind.BLACK_HOLE, link=Rank.PRIMARY), Fault(FaultKind.STRANGER, "P", Rank.PRIMARY)
    story = Story().beats(3, 60).fault(20.0, cut).fault(21.0, knock).fault(21.1, knock, Phase.END)
    assert story.line(30.4, "P", "diagnose system ha failover").broken() == []
    healed = Story().beats(3, 60).fault(20.0, cut).fault(21.0, Fault(FaultKind.HEAL, link=Rank.PRIMARY))
    assert healed.line(40.4, "P", "diagnose system ha failover").broken() == [Rule.COMMAND] * 2


def test_a_restore_promises_nothing_when_the_peer_has_just_died() -> None:
    """Two primaries: the one that was to stay crashes a moment before the other is sent back, or it lives."""
    for dies, unkept in ((True, []), (False, [Rule.COMMAND])):
        story = Story().beats(3, 11).fault(10.5, Fault(FaultKind.BLACK_HOLE, link=Rank.PRIMARY)).takes_over(13.1)
        story.fault(20.0, Fault(FaultKind.HEAL, link=Rank.PRIMARY)).beats(20, 31)
        if dies:
            story.fault(30.2, Fault(FaultKind.CRASH, "P")).role(30.2, "P", "primary", "unreachable")
        assert story.line(30.3, "S", "diagnose system ha restore").unkept() == unkept


@pytest.mark.parametrize(("ordered", "broken"), [(True, []), (False, [Rule.CAUSED])])
def test_an_order_from_before_a_failure_may_move_a_recovered_unit(*, ordered: bool, broken: list[Rule]) -> None:
    """The leading secondary is sent back while its peer does not hear it, and leads and fails for a moment."""
    story = (
        Story(tolerance=0.01).beats(3, 16).line(12.0, "P", "diagnose system ha failover").holds(12.1, "P", held=False)
    )
    story.role(12.1, "P", "primary", "secondary").takes_over(12.2)
    if ordered:
        story.line(16.0, "S", "diagnose system ha restore")
    story.takes_over(18.1, "P").fault(18.2, POWER_OFF).role(18.2, "P", "primary", "unreachable")
    story.holds(18.2, "P", held=False).fault(20.0, Fault(FaultKind.POWER_ON, "P")).role(20.0, "P", "unreachable", "off")
    story.beats(20, 40).role(20.5, "P", "off", "secondary").holds(22.0, "S", held=False)
    story.role(22.0, "S", "primary", "secondary").takes_over(22.1, "P")
    story.entries.sort(key=lambda entry: entry.at)
    assert story.broken(40.0) == broken
    assert story.unkept(40.0) == ([] if ordered else [Rule.RECOVERY])


@pytest.mark.parametrize(("on_failure", "unkept"), [("off", []), ("become-secondary", [Rule.COMMAND])])
def test_a_restore_promises_nothing_while_the_peer_may_stay_off(on_failure: str, unkept: list[Rule]) -> None:
    """Both lead; the configured primary restarts, is heard for a moment, and stays off for its on-failure."""
    story = Story().line(5.0, "P", f"set on-failure {on_failure}").beats(3, 16).takes_over(18.1).beats(20, 21)
    story.line(20.2, "P", "execute reboot").role(20.2, "P", "primary", "unreachable").holds(20.2, "P", held=False)
    story.role(22.0, "P", "unreachable", "off").beats(22, 23).line(22.5, "S", "diagnose system ha restore")
    assert story.unkept(40.0) == unkept


@pytest.mark.parametrize(("cut_at", "unkept"), [(25.2, []), (12.0, [Rule.COMMAND])])
def test_a_restore_promises_nothing_while_the_peer_may_wait_for_a_copy_that_was_cut(
    cut_at: float, unkept: list[Rule]
) -> None:
    """The secondary, which leads, gives the order up before a peer that joins has its role; without a cut it waits."""
    cut, heal = Fault(FaultKind.BLACK_HOLE, link=Rank.PRIMARY), Fault(FaultKind.HEAL, link=Rank.PRIMARY)
    story = Story().beats(3, 20).fault(19.5, POWER_OFF).role(19.5, "P", "primary", "unreachable").takes_over(22.1)
    story.fault(25.0, Fault(FaultKind.POWER_ON, "P")).role(25.0, "P", "unreachable", "off").beats(25, 27)
    story.fault(cut_at, cut).fault(cut_at + 0.5, heal).line(26.5, "S", "diagnose system ha restore")
    story.entries.sort(key=lambda entry: entry.at)
    assert story.unkept(40.0) == unkept


def test_a_unit_that_failed_as_primary_is_promised_no_role_beside_a_peer_that_goes_down_itself() -> None:
    """An operator has told the leading peer to restart: whoever is back first may lead."""
    for told, unkept in ((False, [Rule.RECOVERY]), (True, [])):
        story = Story().beats(3, 20).fault(19.5, POWER_OFF).role(19.5, "P", "primary", "unreachable")
        story.takes_over(22.1).beats(22, 40, "P")
        if told:
            story.line(29.9, "S", "execute reload")
        story.fault(30.0, Fault(FaultKind.POWER_ON, "P")).role(30.0, "P", "unreachable", "off")
        assert story.unkept(35.0) == unkept


def test_a_restart_that_was_ordered_before_a_freeze_is_remembered_after_it() -> None:
    """The primary freezes right after the order and goes down later: with on-failure off it may stay off."""
    story = Story().beats(3, 12).line(5.0, "P", "set on-failure off").line(30.0, "P", "execute reload")
    story.fault(30.1, Fault(FaultKind.FREEZE, "P")).role(30.1, "P", "primary", "unreachable")
    story.fault(30.2, Fault(FaultKind.THAW, "P")).role(30.2, "P", "unreachable", "primary")
    story.role(31.0, "P", "primary", "unreachable").role(32.0, "P", "unreachable", "off")
    assert story.judged(40.0).view.units["P"].may_latch


def test_an_address_without_the_role_breaks_a_rule_beyond_the_tolerance() -> None:
    """A tenth of a second, on a lab that can and on one that cannot tell it apart."""
    for tolerance, rules in ((0.2, []), (0.0, [Rule.ADDRESS])):
        story = Story(tolerance=tolerance).beats(3, 60).holds(30.0, "S").holds(30.1, "S", held=False)
        assert story.broken() == rules


def test_mail_accepted_by_a_secondary_breaks_a_rule() -> None:
    """The primary may, the secondary may not."""
    for unit, rules in (("P", []), ("S", [Rule.MAIL])):
        assert Story().beats(3, 60).note(30.0, Kind.MAIL, "m1", event="accepted", unit=unit).broken() == rules


def test_hold_off_lasts_fifteen_minutes_at_most_and_no_less() -> None:
    """The primary was rebooted on purpose, and does not come back."""
    for lasts, rules in ((900.0, []), (5.0, [Rule.HOLD_OFF]), (950.0, [Rule.HOLD_OFF])):
        story = Story().beats(3, 31).line(30.4, "P", "execute reboot").role(30.5, "S", "secondary", "hold-off")
        story.role(30.6, "P", "primary", "unreachable").holds(30.6, "P", held=False)
        story.holds(30.5 + lasts, "S").role(30.5 + lasts, "S", "hold-off", "primary")
        assert story.broken(1000.0) == rules


def test_a_planned_restart_that_ends_in_a_takeover_breaks_a_rule() -> None:
    """The secondary was to hold off."""
    story = Story().beats(3, 31).line(30.4, "P", "execute reboot").role(30.6, "P", "primary", "unreachable")
    assert Rule.PLANNED in story.holds(30.6, "P", held=False).takes_over(33.1).broken()


@pytest.mark.parametrize(
    ("link", "rules"), [(None, [Rule.PLANNED]), (Rank.SECONDARY, [Rule.PLANNED]), (Rank.PRIMARY, [])]
)
def test_a_planned_restart_over_one_link_that_ends_in_a_takeover_breaks_a_rule(
    link: Rank | None, rules: list[Rule]
) -> None:
    """The secondary was to hold off, unless both links had a fault."""
    story = Story().beats(3, 31)
    for rank in {Rank.SECONDARY, link} if link is not None else set():
        story.fault(20.0, Fault(FaultKind.BLACK_HOLE, link=rank))
    story.line(30.4, "P", "execute reboot").role(30.6, "P", "primary", "unreachable").holds(30.6, "P", held=False)
    assert story.takes_over(33.1).broken() == rules


@pytest.mark.parametrize(("order", "rules"), [("execute shutdown", [Rule.CAUSED]), ("execute reload", [])])
def test_hold_off_that_a_shutdown_brings_about_breaks_a_rule(order: str, rules: list[Rule]) -> None:
    """Only a planned restart puts the secondary into hold-off."""
    story = Story().beats(3, 31).line(30.4, "P", order).role(30.5, "S", "secondary", "hold-off")
    story.role(30.6, "P", "primary", "unreachable").holds(30.6, "P", held=False)
    assert story.broken() == rules


@pytest.mark.parametrize(("until", "rules"), [(36, []), (34, [Rule.IN_TIME])])
def test_a_unit_that_joins_and_waits_for_a_peer_that_is_gone_breaks_a_rule(until: int, rules: list[Rule]) -> None:
    """It has heard its primary, and two copies have failed, with a pause between."""
    story = Story().beats(3, 30).line(30.1, "S", "execute reboot").role(30.2, "S", "secondary", "unreachable")
    story.role(31.0, "S", "unreachable", "off").beats(32, until, "S")
    assert story.broken() == rules


def monitored(until: int = 34, *, marked: str = "enable", checked: str = "enable", retries: int = 2) -> Story:
    """A primary that checks its mail interface each second, whose cable is pulled after half a minute."""
    story = Story().beats(3, until)
    for line in ("edit port3", f"set port-monitor {marked}", "next", "edit local-ports", "set check-interval 1"):
        story.line(5.0, "P", line)
    for line in (f"set retries {retries}", f"set status {checked}", "next"):
        story.line(5.0, "P", line)
    return story.fault(30.0, Fault(FaultKind.CABLE, "P", value="port3"))


def test_a_primary_that_leads_on_with_a_dead_monitored_interface_breaks_a_rule() -> None:
    """Two checks a second apart find it; without monitoring nothing is asked, and more retries take longer."""
    assert monitored().broken(34.0) == [Rule.MONITORED]
    assert monitored(marked="disable").broken(34.0) == []
    assert monitored(checked="disable").broken(34.0) == []
    assert monitored(retries=5).broken(34.0) == []
    assert monitored(37, retries=5).broken(37.0) == [Rule.MONITORED]


def ailing(until: int, state: str = "full", *, checked: str = "enable", retries: int = 2) -> Story:
    """A primary that checks its mail disk each second, which fails after half a minute."""
    story = Story().beats(3, until)
    entered = ("edit local-hd", "set check-interval 1", f"set retries {retries}", f"set status {checked}", "next")
    for line in entered:
        story.line(5.0, "P", line)
    return story.fault(30.0, Fault(FaultKind.DISK, "P", value=state))


def test_a_primary_that_leads_on_with_a_failed_disk_that_it_checks_breaks_a_rule() -> None:
    """Checks of a disk that hangs take longer; of one that works again, or that is not checked, nothing is asked."""
    assert ailing(34).broken(34.0) == [Rule.MONITORED]
    assert ailing(34, checked="disable").broken(34.0) == []
    assert ailing(34, retries=5).broken(34.0) == []
    assert ailing(34, "stuck").broken(34.0) == []
    assert ailing(42, "stuck").broken(42.0) == [Rule.MONITORED]
    assert ailing(42).fault(31.0, Fault(FaultKind.REPAIR, "P")).broken(42.0) == []


def test_a_primary_whose_disk_fails_is_off_while_its_operator_restarts_ha() -> None:
    """That is no fault that it has found, however soon after the disk's first failure it comes."""
    story = ailing(31).line(30.2, "P", "diagnose system ha restart").holds(30.2, "P", held=False)
    assert story.role(30.2, "P", "primary", "off").broken(30.5) == []


@pytest.mark.parametrize(("refused", "rules"), [(True, []), (False, [Rule.MAIL])])
def test_a_primary_whose_disk_fails_may_refuse_mail(*, refused: bool, rules: list[Rule]) -> None:
    """Nothing can be stored on it; a primary whose disk works has no such excuse."""
    story = ailing(34, checked="disable") if refused else Story().beats(3, 34)
    assert story.note(32.0, Kind.MAIL, "m1", event="refused", unit="P").broken(33.0) == rules


@pytest.mark.parametrize("fails", [monitored, ailing])
@pytest.mark.parametrize(("retries", "rules"), [(2, []), (5, [Rule.MONITORED])])
def test_a_primary_that_leaves_its_role_before_so_many_checks_can_have_failed_breaks_a_rule(
    fails: Callable[..., Story], retries: int, rules: list[Rule]
) -> None:
    """The first check, of its interface or its disk, may have failed at once."""
    story = fails(31, retries=retries).role(31.5, "P", "primary", "failed").holds(31.5, "P", held=False)
    assert story.broken(32.0) == rules


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        (["config interface", "edit port6", "set peer-ip 10.0.6.77", "next"], [Rule.ADDRESSED]),
        (["config interface", "edit port6", "set peer-ip 10.0.6.77", "set peer-ip 10.0.6.2", "next"], []),
        (["config interface", "edit port6", "set heartbeat-status disable", "next"], [Rule.ADDRESSED]),
        (["config interface", "edit port5", "set heartbeat-status disable", "next"], []),
        (["set hb-base-port 31000"], [Rule.ADDRESSED]),
        (["set hb-base-port 20000"], []),
    ],
)
def test_a_unit_that_hears_its_peer_where_it_should_not_breaks_a_rule(lines: list[str], rules: list[Rule]) -> None:
    """The peer is heard on the primary link all the time."""
    story = Story()
    for port, rank in (("port6", "primary"), ("port5", "secondary")):
        for line in (f"edit {port}", f"set heartbeat-status {rank}", "set peer-ip 10.0.6.2", "next"):
            story.line(1.0, "P", line)
    story.beats(3, 40)
    for line in lines:
        story.line(30.0, "P", line)
    assert list(dict.fromkeys(story.broken(40.0))) == rules


def kept_off() -> Story:
    """A primary that has lost its power, and is off since it is back."""
    story = Story().line(5.0, "P", "set on-failure off").beats(3, 90).fault(30.0, POWER_OFF)
    story.role(30.0, "P", "primary", "unreachable").holds(30.0, "P", held=False).takes_over(33.1)
    return story.fault(40.0, Fault(FaultKind.POWER_ON, "P")).role(41.0, "P", "unreachable", "off")


@pytest.mark.parametrize(("order", "rules"), [("execute reload", [Rule.KEPT_OFF]), ("diagnose system ha restart", [])])
def test_a_unit_that_no_longer_stays_off_after_its_failure_breaks_a_rule(order: str, rules: list[Rule]) -> None:
    """A planned restart releases it from nothing, its operator does."""
    story = (
        kept_off().line(50.0, "P", order).role(50.5, "P", "off", "unreachable").role(52.0, "P", "unreachable", "off")
    )
    assert story.role(53.0, "P", "off", "secondary").broken(54.0) == rules


def test_a_unit_that_takes_part_again_may_follow_a_peer_that_thaws_first() -> None:
    """It was frozen when the operator restarted HA on the other unit, and leads on."""
    story = kept_off().fault(50.0, Fault(FaultKind.FREEZE, "S")).role(50.0, "S", "primary", "unreachable")
    story.line(51.0, "P", "diagnose system ha restart").fault(51.5, Fault(FaultKind.THAW, "S"))
    story.role(51.5, "S", "unreachable", "primary").role(53.0, "P", "off", "secondary")
    assert story.broken(90.0) == []


def test_a_unit_that_takes_part_again_only_with_a_peer_breaks_a_rule() -> None:
    """Its peer has lost its power, and so it leads."""
    story = kept_off()
    story.entries = [entry for entry in story.entries if entry.kind is not Kind.HEARTBEAT or entry.at < 50.0]
    story.fault(50.0, Fault(FaultKind.POWER_OFF, "S")).role(50.0, "S", "primary", "unreachable").holds(
        50.0, "S", held=False
    )
    story.line(60.0, "P", "diagnose system ha restart")
    assert story.broken(79.0) == []
    assert story.broken(81.0) == [Rule.KEPT_OFF]


def test_a_unit_that_follows_and_holds_what_was_shared_since_breaks_a_rule() -> None:
    """The new address is known from what the operator has entered."""
    story = Story().beats(3, 60).line(20.0, "P", "set failover port3 add 10.0.3.150/24").holds(20.1, "P", held=False)
    story.note(20.1, Kind.ADDRESS, "P", interface="port3", address="10.0.3.150/24", held=True)
    assert story.broken(30.0) == []
    story.note(31.0, Kind.ADDRESS, "S", interface="port3", address="10.0.3.150/24", held=True)
    assert story.broken(40.0) == [Rule.ADDRESS]


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("set failover port3 add 10.0.3.150/24", [Rule.ADDRESS]),
        ("set failover port3 ignore", [Rule.ADDRESS]),
        ("set failover port3 set 10.0.3.100/24", []),
        ("set mode off", [Rule.SETTLED]),
        ("set mode config-primary", [Rule.SETTLED]),
        ("set mode primary", []),
    ],
)
def test_a_leading_unit_that_does_not_heed_what_it_is_told_breaks_a_rule(line: str, rules: list[Rule]) -> None:
    """It goes on as before: it leads, and holds the virtual address."""
    assert Story().beats(3, 30).line(20.0, "P", line).broken(30.0) == rules


@pytest.mark.parametrize(("after", "rules"), [(0.1, []), (0.5, [Rule.MAIL])])
def test_a_primary_may_refuse_mail_only_until_its_service_answers(after: float, rules: list[Rule]) -> None:
    """A banner comes when what stores mail is ready, a moment after the role; later there is no excuse."""
    story = Story().beats(3, 60)
    story.entries = [entry for entry in story.entries if entry.kind is not Kind.HEARTBEAT or entry.at < 30.0]
    story.fault(30.0, POWER_OFF).role(30.0, "P", "primary", "unreachable").holds(30.0, "P", held=False)
    story.takes_over(32.3).note(32.3 + after, Kind.MAIL, "m1", event="refused", unit="S")
    assert [rule for rule in story.broken(40.0) if rule is Rule.MAIL] == rules


def test_a_unit_that_was_off_after_its_failure_may_stay_off_over_another_one() -> None:
    """Another on-failure, set meanwhile, is for its next failure as primary."""
    for setting, may in (("off", True), ("restore-role", False)):
        story = Story().line(5.0, "P", f"set on-failure {setting}").beats(3, 30)
        story.fault(30.0, POWER_OFF).role(30.0, "P", "primary", "unreachable").holds(30.0, "P", held=False)
        story.takes_over(33.1).role(35.0, "P", "unreachable", "off").line(36.0, "P", "set on-failure restore-role")
        story.fault(37.0, POWER_OFF).role(37.0, "P", "off", "unreachable").role(39.0, "P", "unreachable", "off")
        judge = Judge(VIRTUAL, 0.0)
        judge.feed(story.entries)
        assert judge.view.units["P"].may_latch is may


@pytest.mark.parametrize(("at", "may"), [(30.5, True), (37.0, False)])
def test_a_restore_on_a_unit_that_is_about_to_go_down_ends_nothing(at: float, *, may: bool) -> None:
    """With on-failure off it may stay off when it is back and another leads; a restore then brings it back."""
    story = Story().beats(3, 30).line(5.0, "P", "set on-failure off").line(30.0, "P", "execute reload")
    story.line(at, "P", "diagnose system ha restore").role(31.0, "P", "primary", "unreachable")
    story.takes_over(33.1).role(35.0, "P", "unreachable", "off")
    story.entries.sort(key=lambda entry: entry.at)
    assert story.judged(40.0).view.units["P"].may_latch is may


@pytest.mark.parametrize(("hears", "may"), [(False, True), (True, False)])
def test_a_restart_of_ha_ends_no_off_that_is_still_to_come(*, hears: bool, may: bool) -> None:
    """A unit that led looks for its peer when HA is restarted: with on-failure off it may stay off once it hears it."""
    story = Story().beats(3, 30).line(5.0, "P", "set on-failure off").line(30.0, "P", "execute shutdown")
    story.role(30.1, "P", "primary", "unreachable").takes_over(33.1).role(35.0, "P", "unreachable", "off")
    story.beats(35, 37 if hears else 35, "P").line(37.0, "P", "diagnose system ha restart")
    assert story.judged(37.5).view.units["P"].may_latch is may


@pytest.mark.parametrize("restored", [False, True])
def test_a_restore_ends_what_on_failure_says_of_a_failure_also_over_a_restart(*, restored: bool) -> None:
    """The unit that on-failure has kept off is sent back, and reloaded before it has its role."""
    story = Story().line(5.0, "P", "set on-failure off").beats(3, 30)
    story.fault(30.0, POWER_OFF).role(30.0, "P", "primary", "unreachable").holds(30.0, "P", held=False)
    story.takes_over(33.1).role(35.0, "P", "unreachable", "off")
    if restored:
        story.line(37.0, "P", "diagnose system ha restore")
    story.line(37.1, "P", "execute reload").role(37.1, "P", "off", "unreachable")
    story.role(39.0, "P", "unreachable", "off")
    if restored:
        story.role(39.2, "P", "off", "secondary")
    assert story.unkept(45.0) == []


def test_a_unit_that_was_off_when_it_was_shut_down_is_promised_no_role() -> None:
    """On-failure off has kept it off, and does so over a restart, whatever is set meanwhile. Source: HA-312."""
    for setting, unkept in (("off", []), ("restore-role", [Rule.RECOVERY])):
        story = Story().line(5.0, "P", f"set on-failure {setting}").beats(3, 30)
        story.fault(30.0, POWER_OFF).role(30.0, "P", "primary", "unreachable").holds(30.0, "P", held=False)
        story.takes_over(33.1).role(35.0, "P", "unreachable", "off").line(36.0, "P", "set on-failure become-secondary")
        story.line(37.0, "P", "execute shutdown").role(37.0, "P", "off", "unreachable")
        assert story.role(39.0, "P", "unreachable", "off").unkept(45.0) == unkept
