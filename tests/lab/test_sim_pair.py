"""Tests of the embedded lab with the reference unit, through the contract alone."""

from __future__ import annotations

import pytest

from lab.contract import Area, Cut, How, Lab, MailKind, Mode, Port, Rank
from lab.errors import CliLost
from lab.ledger import deliveries
from lab.timeline import Kind
from tests.lab.sim_pair import configure, healthy, let_pass, new_lab, roles, until


def story(seed: int, name: str = "story") -> list[str]:
    """The timeline of a scenario with a takeover, a return and mail."""
    lab = healthy(new_lab(seed, name), "set hb-lost-threshold 5")
    lab.mail.send(MailKind.SPAM)
    lab.primary.power_off()
    until(lab, lab.secondary, Mode.PRIMARY)
    lab.primary.power_on()
    until(lab, lab.primary, Mode.SECONDARY)
    lab.finish()
    return list(lab.timeline.lines())


def phase(lab: Lab) -> float:
    """When in the second P's heartbeats arrive at S."""
    heard = lab.heard("S")
    assert heard is not None
    return heard.at % 1.0


def test_same_seed_gives_the_same_timeline_to_the_letter() -> None:
    """A scenario can be run again as it was."""
    assert story(5) == story(5)


def test_scenario_does_not_depend_on_those_before_it() -> None:
    """Begun second in one lab, it goes as if begun first in another."""
    lab = new_lab(5, "other")
    healthy(lab)
    lab.begin("story")
    healthy(lab, "set hb-lost-threshold 5")
    alone = healthy(new_lab(5, "story"), "set hb-lost-threshold 5")
    assert list(lab.timeline.lines()) == list(alone.timeline.lines())


def test_other_seeds_give_other_phases() -> None:
    """Heartbeats of different seeds are spread over the second."""
    phases = sorted(phase(healthy(new_lab(seed))) for seed in range(20))
    assert phases[-1] - phases[0] > 0.5


@pytest.mark.parametrize("threshold", [3, 5, 15])
@pytest.mark.parametrize("seed", range(4))
def test_takeover_is_measured_as_exactly_the_threshold(threshold: int, seed: int) -> None:
    """From the last heartbeat heard to the role change, to the microsecond and better."""
    lab = healthy(new_lab(seed), f"set hb-lost-threshold {threshold}")
    lab.primary.power_off()
    heard = lab.heard("S")
    assert heard is not None
    until(lab, lab.secondary, Mode.PRIMARY)
    assert lab.clock.now() - heard.at == threshold


def test_shown_mode_is_what_the_cli_prints() -> None:
    """The lab's short cut says the same as `get system status`."""
    lab = healthy(new_lab())
    for unit in (lab.primary, lab.secondary):
        text = unit.cli("get system status").text
        assert f"HA effective mode: {unit.effective_mode()}" in text
        assert f"HA configured mode: {unit.configured_mode()}" in text


@pytest.mark.parametrize("wrong", ["rewrites-its-mode", "boasts-of-its-role"])
def test_unit_that_shows_wrong_modes_is_shown_as_it_shows_itself(wrong: str) -> None:
    """The lab reads modes from what the unit tells its operator, not from what the engine does."""
    lab = new_lab(unit=f"wrong:{wrong}")
    unit = lab.secondary
    configure(lab, unit)
    let_pass(lab, 1.0)
    text = unit.cli("get system status").text
    assert f"HA effective mode: {unit.effective_mode()}" in text
    assert f"HA configured mode: {unit.configured_mode()}" in text


def test_refused_line_is_reported_and_changes_nothing() -> None:
    """The reply tells; the mode stays off."""
    lab = new_lab()
    reply = lab.primary.cli("config system ha", "set mode master-of-all", "end")
    assert not reply.accepted
    assert lab.primary.configured_mode() == "off"


def test_unit_without_power_has_no_cli() -> None:
    """Typing into it is an error of the harness, not a refused line."""
    lab = new_lab()
    lab.primary.power_off()
    with pytest.raises(CliLost):
        lab.primary.cli("get system status")


def test_virtual_address_moves_and_mail_follows() -> None:
    """One holder at any time; the client reaches the new one and its mail is delivered."""
    lab = healthy(new_lab())
    virtual = lab.mail.virtual_address
    assert virtual in lab.primary.addresses("port3")
    lab.primary.power_off()
    until(lab, lab.secondary, Mode.PRIMARY)
    assert virtual in lab.secondary.addresses("port3")
    assert virtual not in lab.primary.addresses("port3")
    lab.clock.wait_for(lambda: lab.mail.answering(virtual) == "S", 0.05, "S answers")
    message = lab.mail.send()
    assert message.outcome == "accepted"
    lab.clock.wait_for(lambda: deliveries(lab), 1.0, "it is delivered")


def test_cut_of_one_link_moves_sync_and_no_role() -> None:
    """The secondary link carries on, synchronization included."""
    lab = healthy(new_lab())
    secondary = lab.links[Rank.SECONDARY]
    before = secondary.carried(Port.CONFIG_SYNC)
    lab.links[Rank.PRIMARY].cut(Cut())
    let_pass(lab, 20.0)
    lab.primary.cli("config system global", "set disclaimer hello", "end")
    let_pass(lab, 5.0)
    assert secondary.carried(Port.CONFIG_SYNC) > before
    assert "hello" in lab.secondary.cli("show system global").text
    assert roles(lab, lab.secondary) == ["secondary"]


@pytest.mark.parametrize("how", list(How))
def test_cut_of_both_links_splits_the_brain(how: How) -> None:
    """Both act as primary, and both hold the virtual address."""
    lab = healthy(new_lab())
    for link in lab.links.values():
        link.cut(Cut(how))
    until(lab, lab.secondary, Mode.PRIMARY)
    assert lab.primary.effective_mode() is Mode.PRIMARY
    assert lab.mail.virtual_address in lab.primary.addresses("port3") & lab.secondary.addresses("port3")


def test_deaf_primary_stays_and_reports_while_the_secondary_hears_on() -> None:
    """One-way loss towards P: S still hears its primary and does not move."""
    lab = healthy(new_lab())
    for link in lab.links.values():
        link.cut(Cut(deaf=frozenset({"P"})))
    let_pass(lab, 40.0)
    assert (lab.primary.effective_mode(), lab.secondary.effective_mode()) == (Mode.PRIMARY, Mode.SECONDARY)
    assert any("SLAVE heartbeat disappeared" in line for line in lab.primary.log())


@pytest.mark.parametrize("difference", ["set hb-base-port 21000", "set hb-base-port 20001", "set password other"])
def test_unequal_ports_or_passwords_connect_nothing(difference: str) -> None:
    """No heartbeat is heard on either side."""
    lab = new_lab()
    configure(lab, lab.primary)
    configure(lab, lab.secondary, difference)
    let_pass(lab, 30.0)
    assert lab.timeline.of(Kind.HEARTBEAT) == []


def test_mail_data_of_both_units_is_united() -> None:
    """What S alone has stays, what P alone has comes over."""
    lab = new_lab()
    on_s = lab.mail.send(MailKind.SPAM, to="10.0.3.2")
    let_pass(lab, 1.0)
    healthy(lab)
    on_p = lab.mail.send(MailKind.SPAM)
    let_pass(lab, 1.0)
    lab.primary.cli("diagnose system ha sync")
    let_pass(lab, 3.0)
    assert lab.secondary.stored(Area.QUARANTINE) == {on_s.id, on_p.id}
    assert lab.primary.stored(Area.QUARANTINE) == {on_p.id}


def test_primary_that_does_not_enable_it_serves_no_mail_data() -> None:
    """`mail-data-sync disable` on P alone is enough."""
    lab = new_lab()
    configure(lab, lab.primary)
    lab.primary.cli("config system ha", "set mail-data-sync disable", "end")
    configure(lab, lab.secondary)
    until(lab, lab.secondary, Mode.SECONDARY)
    lab.mail.send(MailKind.SPAM)
    let_pass(lab, 1.0)
    lab.secondary.cli("diagnose system ha sync")
    let_pass(lab, 5.0)
    assert lab.secondary.stored(Area.QUARANTINE) == frozenset()


def test_black_hole_on_a_sync_port_fails_the_sync_and_nothing_else() -> None:
    """Cut on both links, the configuration does not come over until the port is healed; heartbeats go on."""
    lab = healthy(new_lab())
    let_pass(lab, 2.0)
    for link in lab.links.values():
        link.cut(Cut(ports=frozenset({Port.CONFIG_SYNC})))
    lab.primary.cli("config system global", "set disclaimer hello", "end")
    let_pass(lab, 25.0)
    assert any("config synchronization failed" in line for line in lab.secondary.log())
    assert "hello" not in lab.secondary.cli("show system global").text
    for link in lab.links.values():
        link.heal()
    let_pass(lab, 20.0)
    assert "hello" in lab.secondary.cli("show system global").text
    assert roles(lab, lab.secondary) == ["secondary"]


def test_short_freeze_of_the_secondary_makes_no_takeover() -> None:
    """After a thaw S first takes in what it missed, and finds its primary alive."""
    lab = healthy(new_lab())
    lab.secondary.freeze()
    let_pass(lab, 60.0)
    lab.secondary.thaw()
    let_pass(lab, 30.0)
    assert "primary" not in roles(lab, lab.secondary)


def test_planned_reboot_is_held_off_for_as_long_as_it_takes() -> None:
    """Longer than the threshold: S holds off until P is back, and is not called back before P has gone down."""
    lab = healthy(new_lab())
    lab.primary.set_boot_time(60.0)
    lab.primary.cli("execute reboot", "y")
    let_pass(lab, 90.0)
    assert roles(lab, lab.secondary) == ["secondary", "hold-off", "secondary"]
    assert roles(lab, lab.primary) == ["primary", "unreachable", "off", "primary"]


def test_cut_sync_control_port_keeps_the_news_from_the_secondary() -> None:
    """No notice arrives on either link, so a change stays where it was made; asked for on S, it is copied."""
    lab = healthy(new_lab())
    let_pass(lab, 2.0)
    for link in lab.links.values():
        link.cut(Cut(ports=frozenset({Port.SYNC_CONTROL})))
    lab.primary.cli("config system global", "set disclaimer hello", "end")
    let_pass(lab, 15.0)
    assert "hello" not in lab.secondary.cli("show system global").text
    lab.secondary.cli("diagnose system ha sync")
    let_pass(lab, 5.0)
    assert "hello" in lab.secondary.cli("show system global").text


@pytest.mark.parametrize("port", [Port.SYNC_CONTROL, Port.DATA_SYNC, Port.CONFIG_SYNC])
@pytest.mark.parametrize("how", list(How))
def test_synchronization_goes_round_a_port_that_the_primary_link_does_not_carry(port: Port, how: How) -> None:
    """The heartbeat lives on both links; notice, settings and mail data reach S over the secondary one."""
    lab = healthy(new_lab())
    let_pass(lab, 2.0)
    lab.links[Rank.PRIMARY].cut(Cut(how, ports=frozenset({port})))
    message = lab.mail.send(MailKind.SPAM)
    let_pass(lab, 1.0)
    lab.primary.cli("config system global", "set disclaimer hello", "end")
    lab.primary.cli("diagnose system ha sync")
    let_pass(lab, 25.0)
    assert "hello" in lab.secondary.cli("show system global").text
    assert lab.secondary.stored(Area.QUARANTINE) == {message.id}
    assert lab.links[Rank.SECONDARY].carried(port) > 0


def test_takeover_calls_a_running_synchronization_off() -> None:
    """A sync that hangs in a black hole ends unheard when the unit takes over, and copies nothing later."""
    lab = healthy(new_lab(), "set hb-lost-threshold 3")
    let_pass(lab, 2.0)
    lab.mail.send(MailKind.SPAM)
    let_pass(lab, 0.5)
    lab.secondary.cli("diagnose system ha sync")
    for link in lab.links.values():
        link.cut(Cut())
    until(lab, lab.secondary, Mode.PRIMARY)
    let_pass(lab, 30.0)
    assert lab.secondary.stored(Area.QUARANTINE) == frozenset()
    assert not any("synchronization failed" in line for line in lab.secondary.log()[-8:])


def test_two_former_primaries_that_start_together_agree_on_one() -> None:
    """Between equals the configured primary leads: a split brain does not outlive a restart of both units."""
    lab = healthy(new_lab())
    for link in lab.links.values():
        link.cut(Cut())
    until(lab, lab.secondary, Mode.PRIMARY)
    for unit in (lab.secondary, lab.primary):
        unit.set_boot_time(2.0)
        assert unit.cli("execute reboot", "y").accepted
    for link in lab.links.values():
        link.heal()
    let_pass(lab, 30.0)
    assert (lab.primary.effective_mode(), lab.secondary.effective_mode()) == (Mode.PRIMARY, Mode.SECONDARY)


def test_a_factory_reset_ends_the_group_at_once() -> None:
    """The unit is off, with its own name and addresses; its peer stays primary, and it may join again."""
    lab = healthy(new_lab(), "set hb-lost-threshold 5")
    addresses = lab.secondary.addresses("port1")
    assert lab.secondary.cli("execute factoryreset", "y").accepted
    assert (lab.secondary.configured_mode(), lab.secondary.effective_mode()) == ("off", Mode.OFF)
    assert lab.secondary.addresses("port1") == addresses
    assert "unit-s" in lab.secondary.cli("get system status").text
    let_pass(lab, 30.0)
    assert lab.primary.effective_mode() is Mode.PRIMARY
    configure(lab, lab.secondary)
    until(lab, lab.secondary, Mode.SECONDARY)
