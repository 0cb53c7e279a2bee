"""As good as new: what a unit lost is found, what an operator can cure is cured, and what is left out is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.as_new import Check, inspect, is_disturbed
from lab.contract import Capability, Lab, Mode, Port, Rank
from lab.faults import Fault, FaultKind, inflict, on_both_links
from lab.history import History
from lab.plan import read
from lab.standard_pair import PAIR, heartbeat_lines
from lab.timeline import Kind
from tests.lab.sim_pair import healthy, let_pass, new_lab, until

DETECTION = "set hb-lost-threshold 3"


def pair(unit: str = "reference", *extra: str) -> Lab:
    """Return a healthy pair with a detection time of three seconds."""
    return healthy(new_lab(unit=unit), DETECTION, *extra)


def test_a_healthy_pair_does_all_that_is_checked() -> None:
    """Every check is made, nothing is found, nobody has to cure anything, and one unit leads in the end."""
    lab = pair()
    outcome = inspect(lab)
    assert outcome.found == []
    assert set(outcome.checked) == set(Check)
    assert (outcome.cures, outcome.left_out) == ([], "")
    assert {lab.primary.effective_mode(), lab.secondary.effective_mode()} == {Mode.PRIMARY, Mode.SECONDARY}


def test_the_same_pair_is_checked_in_the_same_way_again() -> None:
    """Two labs of one seed have the same entries afterwards: nothing hangs on the machine."""
    labs = [pair(), pair()]
    for lab in labs:
        inspect(lab)
    first, second = (list(lab.timeline.lines()) for lab in labs)
    assert first == second


@pytest.mark.parametrize(
    ("unit", "check"),
    [
        ("hides-its-peers-release", Check.PAGES),
        ("silent-on-the-second-link", Check.LINKS),
        ("holds-address-in-every-role", Check.ADDRESS),
        ("announces-nothing", Check.ADDRESS),
        ("announces-once", Check.ADDRESS),
        ("keeps-mail-running", Check.MAIL),
        ("copies-no-configuration", Check.SETTING),
        ("never-enables-data", Check.MAIL_DATA),
        ("sends-no-hold-off", Check.HOLD_OFF),
        ("ignores-failover", Check.ORDER),
        ("takes-over-late", Check.POWER),
        ("takes-over-early", Check.POWER),
        ("always-off", Check.RECOVERY),
        ("always-restores-role", Check.RECOVERY),
    ],
)
def test_a_wrong_unit_is_found_by_the_check_that_it_fails(unit: str, check: Check) -> None:
    """One finding, of that check, which names what a healthy pair does and its sources; nothing is judged after it."""
    outcome = inspect(pair(f"wrong:{unit}"))
    (found,) = outcome.found
    assert found.rule is check, str(found)
    assert check.words in str(found)
    assert check.requirements[0] in str(found)
    assert check not in outcome.checked


def test_what_the_lab_inflicted_is_ended_and_the_operator_cures_a_split() -> None:
    """Silent links that had split the pair are whole again, and the configured mode is restored on the secondary."""
    lab = pair()
    began = lab.clock.now()
    for fault in on_both_links(Fault(FaultKind.BLACK_HOLE)):
        inflict(lab, fault)
    until(lab, lab.secondary, Mode.PRIMARY)
    outcome = inspect(lab, splits=[began])
    assert outcome.cures == ["diagnose system ha restore on unit S"]
    assert outcome.found == []


def test_a_unit_that_its_failure_has_switched_off_is_restarted_by_its_operator() -> None:
    """On-failure off keeps a unit off until HA is restarted: on the way back, and after the check's own power loss."""
    lab = pair("reference", "set on-failure off")
    lab.primary.power_off()
    until(lab, lab.secondary, Mode.PRIMARY)
    outcome = inspect(lab)
    assert outcome.cures == ["diagnose system ha restart on unit P", "diagnose system ha restart on unit S"]
    assert outcome.found == []


def test_a_primary_that_still_copies_before_it_takes_its_role_back_is_awaited() -> None:
    """With restore-role: its copy of mail data hangs on a link that has swallowed it, and ends after the fault."""
    lab = pair("reference", "set on-failure restore-role")
    lab.primary.power_off()
    until(lab, lab.secondary, Mode.PRIMARY)
    inflict(lab, Fault(FaultKind.BLACK_HOLE, link=Rank.PRIMARY, ports=frozenset({Port.DATA_SYNC})))
    lab.primary.power_on()
    until(lab, lab.primary, Mode.SECONDARY)
    let_pass(lab, 2.0)
    outcome = inspect(lab)
    assert outcome.found == []
    assert outcome.cures == []


def test_a_unit_that_was_switched_off_by_its_operator_gets_its_mode_anew() -> None:
    """So does the address, which a unit that joins one without it would lose."""
    lab = pair()
    lab.primary.cli("config system ha", "set mode off", "end")
    until(lab, lab.secondary, Mode.PRIMARY)
    outcome = inspect(lab)
    assert outcome.cures[0] == "config system ha / set mode primary / end on unit P"
    assert outcome.found == []


def test_a_password_on_one_unit_only_is_entered_on_the_other_as_it_is() -> None:
    """With its quotes and spaces: units whose passwords differ never hear each other."""
    lab = pair()
    line = r'set password "a \"b\"  c"'
    lab.primary.cli("config system ha", line, "end")
    until(lab, lab.secondary, Mode.PRIMARY)
    outcome = inspect(lab, splits=[lab.clock.now()])
    assert outcome.cures[0] == f"config system ha / {line} / end on unit S"
    assert outcome.found == []


def test_a_unit_that_does_not_come_back_is_a_finding() -> None:
    """A wrong unit that never follows again after it has led is not excused by any cure."""
    lab = pair("wrong:forgets-its-peer-after-a-takeover")
    lab.primary.power_off()
    until(lab, lab.secondary, Mode.PRIMARY)
    assert [each.rule for each in inspect(lab).found] != []


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("config system ha", "set mode config-primary", "end"), "a config-only group has no roles"),
        (("config system ha", "set hb-base-port 21000", "end"), "cannot hear each other"),
    ],
)
def test_what_no_operator_made_a_pair_is_left_out_with_the_reason(lines: tuple[str, ...], reason: str) -> None:
    """The reason comes from what was entered, never from what a unit does."""
    lab = pair()
    assert lab.primary.cli(*lines).accepted
    outcome = inspect(lab)
    assert reason in outcome.left_out
    assert (outcome.found, outcome.checked) == ([], [])


def test_factory_units_are_no_pair() -> None:
    """Nothing was entered, so nothing is checked."""
    assert inspect(new_lab()).left_out == "no pair was configured"


@pytest.mark.parametrize(
    "slow",
    [
        Fault(FaultKind.DELAY, value=5.0),
        Fault(FaultKind.DELAY, value=5.0, jitter=1.0),
        Fault(FaultKind.THROTTLE, value=50),
    ],
    ids=["late", "uneven", "thin"],
)
def test_what_a_slow_link_has_delayed_comes_in_before_anything_is_checked(slow: Fault) -> None:
    """Otherwise a healthy unit's hold-off would be late, behind what was sent before the link was fast again."""
    lab = healthy(new_lab(), "set hb-lost-threshold 10")
    for fault in on_both_links(slow):
        inflict(lab, fault)
    let_pass(lab, 4.0)
    outcome = inspect(lab)
    assert outcome.found == []
    assert set(outcome.checked) == set(Check)


def test_a_long_detection_time_is_shortened_and_told() -> None:
    """Its operator sets the default on both units before a power loss; a shorter one stays as it is."""
    outcome = inspect(healthy(new_lab(), "set hb-lost-threshold 300"))
    assert outcome.found == []
    line = f"config system ha / set hb-lost-threshold {PAIR.detection:g} / end"
    assert outcome.cures == [f"{line} on unit P", f"{line} on unit S"]


def test_services_are_no_heartbeat_when_the_loss_of_power_is_judged() -> None:
    """Its operator disables what makes the unit wait for more than the silence."""
    outcome = inspect(healthy(new_lab(), DETECTION, "set remote-services-as-heartbeat enable"))
    assert outcome.found == []
    line = "config system ha / set remote-services-as-heartbeat disable / end"
    assert outcome.cures == [f"{line} on unit P", f"{line} on unit S"]


def test_a_pair_to_which_nothing_has_happened_is_not_disturbed() -> None:
    """Its forming disturbs nothing, nor does a look at a page."""
    lab = pair()
    assert not is_disturbed(lab.timeline)
    lab.primary.cli("get system ha")
    assert not is_disturbed(lab.timeline)


@pytest.mark.parametrize(
    "disturb",
    [
        lambda lab: inflict(lab, Fault(FaultKind.BLACK_HOLE, link=Rank.PRIMARY)),
        lambda lab: lab.primary.cli("diagnose system ha sync"),
        lambda lab: lab.primary.cli("config system global", "set disclaimer other", "end"),
    ],
    ids=["fault", "order", "setting"],
)
@pytest.mark.parametrize("phase", ["given", "when"])
def test_a_fault_an_order_and_a_setting_disturb_a_pair(disturb: Callable[[Lab], object], phase: str) -> None:
    """Whatever step they are part of; a When may come in the very instant in which the pair has formed."""
    lab = pair()
    if phase == "given":
        let_pass(lab, 1.0)
    lab.timeline.add(lab.clock.now(), Kind.STEP, "step", text="step", phase=phase)
    disturb(lab)
    assert is_disturbed(lab.timeline)


def test_a_takeover_disturbs_a_pair() -> None:
    """A change of role that nobody ordered, too."""
    lab = pair()
    let_pass(lab, 1.0)
    lab.timeline.add(lab.clock.now(), Kind.ROLE, "S", old="secondary", new="primary")
    assert is_disturbed(lab.timeline)


def test_a_lab_that_sees_less_checks_less() -> None:
    """Without a view of links, namespaces and stores the rest is checked all the same."""
    lab = pair()
    lab.capabilities -= {Capability.HEARTBEAT, Capability.NAMESPACE, Capability.STORAGE, Capability.UPGRADE}
    outcome = inspect(lab)
    assert outcome.found == []
    assert set(Check) - set(outcome.checked) == {Check.LINKS, Check.MAIL_DATA}


@pytest.mark.parametrize(
    ("lines", "ranks", "sharing"),
    [
        ((), set(Rank), "add 10.0.3.100/24"),
        (("set failover port3 ignore 0.0.0.0/0",), set(Rank), "ignore 0.0.0.0/0"),
        (
            ("config interface", "edit port5", "set peer-ip 10.0.5.222", "next", "end"),
            {Rank.PRIMARY},
            "add 10.0.3.100/24",
        ),
        (("set failover port3 set 10.0.3.150/24",), set(Rank), "set 10.0.3.150/24"),
        (
            ("config interface", "edit port3", "set virtual-ip 10.0.3.150/24", "next", "end"),
            set(Rank),
            "add 10.0.3.150/24",
        ),
        (("set heartbeat-2-interface disable",), {Rank.PRIMARY}, "add 10.0.3.100/24"),
        (
            ("config interface", "edit port6", "set heartbeat-status disable", "next", "end"),
            {Rank.SECONDARY},
            "add 10.0.3.100/24",
        ),
    ],
)
def test_the_plan_is_what_operators_have_entered(lines: tuple[str, ...], ranks: set[Rank], sharing: str) -> None:
    """Links and the shared address in the nested form and in the flat one; the last line counts."""
    lab = pair()
    reply = lab.primary.cli("config system ha", *lines, "end")
    assert reply.accepted, reply.text
    plan = read(lab, History(lab.timeline))
    assert (plan.ranks, plan.sharing, plan.is_none) == (ranks, sharing, "")


def test_a_wrong_peer_address_makes_a_link_useless() -> None:
    """Units that know no address of each other are no pair."""
    lab = new_lab()
    for unit, peer in ((lab.primary, lab.secondary), (lab.secondary, lab.primary)):
        lines = [line.replace("10.0.5.2", "10.0.5.222") for line in heartbeat_lines(peer)]
        assert unit.cli("config system ha", *lines, f"set mode {PAIR.configured[unit.name].value}", "end").accepted
    assert read(lab, History(lab.timeline)).ranks == {Rank.PRIMARY}
