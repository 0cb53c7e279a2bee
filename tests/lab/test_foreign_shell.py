"""The foreign unit's shell takes what an operator enters for a pair, and refuses what the unit does not do."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lab import profiles
from lab.contract import Mode
from lab.images.foreign.shell import Settings, Shell, factory
from lab.standard_pair import PAIR

ADDRESSES = {port: PAIR.address(port, "P") for port in PAIR.networked}
VIRTUAL = PAIR.address(PAIR.mail, "virtual")
PROFILE = profiles.named("foreign")


class Unit:
    """A unit that keeps what it is told (`lab.images.foreign.shell.Unit`)."""

    def __init__(self) -> None:
        """Begin with factory settings, in no group."""
        self.name = "mx-P"
        self.addresses: Mapping[str, str] = ADDRESSES
        self.settings: Settings = factory(ADDRESSES)
        self.state = "OFF"
        self.saved = 0
        self.ordered: list[str] = []

    def save(self, settings: Settings) -> None:
        """Count it."""
        self.settings = settings
        self.saved += 1

    def order(self, word: str) -> str:
        """Refuse all but a reboot."""
        self.ordered.append(word)
        return "" if word == "reboot" else "this unit belongs to no group"


@pytest.fixture
def unit() -> Unit:
    """Return a factory unit."""
    return Unit()


def entered(unit: Unit, *lines: str) -> list[str]:
    """Return what each line prints in one session, without the last line's end."""
    shell = Shell(unit)
    return [shell.enter(line).removesuffix("\n") for line in lines]


def in_ha(unit: Unit, *lines: str) -> list[str]:
    """Return what each line prints inside `config system ha`, saved at the end."""
    return entered(unit, "config system ha", *lines, "end")[1:-1]


LINK = ("config interface", "edit port6", "set heartbeat-status primary", "set peer-ip 10.0.6.2", "next", "end")
"""Lines inside `config system ha` that configure the link."""


@pytest.mark.parametrize(
    ("configured", "state", "modes"),
    [
        ("off", "OFF", ("off", Mode.OFF)),
        ("secondary", "WAITING", ("secondary", Mode.OFF)),
        ("secondary", "BACKUP", ("secondary", Mode.SECONDARY)),
        ("primary", "MASTER", ("primary", Mode.PRIMARY)),
        ("primary", "FAULT", ("primary", Mode.FAILED)),
    ],
)
def test_the_profile_reads_both_modes(unit: Unit, configured: str, state: str, modes: tuple[str, Mode]) -> None:
    """The page shows the older family's words, and states that only VRRP has."""
    unit.settings["ha"]["mode"], unit.state = configured, state
    (page,) = entered(unit, PROFILE.pages.status)
    assert (PROFILE.pages.word(PROFILE.pages.configured, page), PROFILE.pages.mode(page)) == modes
    assert PROFILE.pages.word(PROFILE.pages.release, page) == "1.0.0"


def test_the_profile_knows_prompts_questions_and_refusals(unit: Unit) -> None:
    """A prompt names the open tables; an order that ends the machine is asked for."""
    shell = Shell(unit)
    for line in ("config system ha", "config interface", "edit port6"):
        assert PROFILE.cli.prompt.fullmatch(shell.prompt)
        shell.enter(line)
    assert shell.prompt == "mx-P ha interface port6> "
    shell.enter("abort")
    shell.enter("execute reboot")
    assert PROFILE.cli.question.fullmatch(shell.prompt)
    assert not PROFILE.cli.prompt.fullmatch(shell.prompt)
    assert not PROFILE.cli.refusal.search(shell.enter("y"))
    assert PROFILE.cli.refusal.search(shell.enter("xyzzy"))


def test_settings_count_once_the_outermost_end_has_saved_them(unit: Unit) -> None:
    """What is aborted is forgotten; inner tables save nothing."""
    entered(unit, "config system ha", "set hb-lost-threshold 7", *LINK, "abort")
    assert (unit.saved, unit.settings) == (0, factory(ADDRESSES))
    assert in_ha(unit, "set hb-lost-threshold 7", *LINK) == [""] * 7
    assert unit.saved == 1
    assert unit.settings["ha"]["hb-lost-threshold"] == "7"
    assert unit.settings["port6"]["peer-ip"] == "10.0.6.2"


def test_both_forms_say_the_same(unit: Unit) -> None:
    """Heartbeat interfaces, failover actions and interface monitoring have a flat and a nested spelling."""
    flat = Unit()
    own = ADDRESSES["port6"].partition("/")[0]
    links = ("heartbeat-1-interface port6", f"heartbeat-1-ip {own} 255.255.255.0", "heartbeat-1-peer 10.0.6.2")
    told = in_ha(
        flat, *(f"set {each}" for each in links), f"set failover port3 add {VIRTUAL}", "set network-intf-check enable"
    )
    assert told == [""] * 5
    shared = ("config interface", "edit port3", "set status use-vip", f"set virtual-ip {VIRTUAL}", "next", "end")
    checks = ("config service", "edit local-ports", "set status enable", "next", "end")
    assert in_ha(unit, *LINK, *shared, *checks) == [""] * 17
    assert unit.settings == flat.settings
    assert entered(unit, "show") == entered(flat, "show")


def test_show_prints_lines_that_enter_the_same_settings(unit: Unit) -> None:
    """A unit that is given another's `show` has its settings."""
    in_ha(unit, "set mode primary", "set on-failure off", *LINK, f"set failover port3 add {VIRTUAL}")
    entered(unit, "config system global", "set disclaimer 'two words'", "end")
    other = Unit()
    (page,) = entered(unit, "show")
    assert entered(other, *page.split("\n")) == [""] * len(page.split("\n"))
    assert other.settings == unit.settings


def test_get_prints_values_by_keyword(unit: Unit) -> None:
    """Of the whole group in the flat form, of an interface in the nested one."""
    in_ha(unit, *LINK)
    (page,) = entered(unit, "get system ha")
    values = dict(line.split(maxsplit=1) for line in page.split("\n"))
    assert (values["mode"], values["heartbeat-1-interface"], values["heartbeat-2-interface"]) == (
        "off",
        "port6",
        "disable",
    )
    page = entered(unit, "config system ha", "config interface", "edit port6", "get")[-1]
    assert dict(line.split(maxsplit=1) for line in page.split("\n"))["peer-ip"] == "10.0.6.2"


def test_one_interface_has_a_rank(unit: Unit) -> None:
    """A rank that is given to another interface is taken from the first."""
    in_ha(unit, *LINK, "set heartbeat-1-interface port5")
    assert unit.settings["port5"]["heartbeat-status"] == "primary"
    assert unit.settings["port6"]["heartbeat-status"] == "disable"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("set mode active-passive", "active-passive"),
        ("set mode config-primary", "config-primary"),
        ("set hb-lost-threshold 1", "2 to 100"),
        ("set hb-lost-threshold soon", "2 to 100"),
        ("set on-failure sleep", "restore-role"),
        ("set password secret", "password"),
        ("set hb-base-port 20000", "hb-base-port"),
        ("set mail-data-sync enable", "mail-data-sync"),
        ("set failover port9 add 10.0.3.150/24", "port9"),
        ("set failover port3 lend 10.0.3.150/24", "lend"),
        ("set failover port3 set 10.0.3.150/24", "set"),
        ("set failover port4 bridge 0.0.0.0/0", "port4"),
        ("set failover port3 add", "mask"),
        ("set failover port3 add 0.0.0.0/0", "mask"),
        ("set failover port3 add 10.0.3.150", "mask"),
        ("set failover port3 add 10.0.3.350/24", "mask"),
        ("set failover port3 add 10.0.3.150 255.0.255.0", "mask"),
        ("set failover port3 add 2001:db8:3::150/64", "mask"),
        ("set heartbeat-1-peer 10.0.6.2", "interface first"),
        ("set heartbeat-3-interface port6", "heartbeat-3-interface"),
        ("edit port6", "unknown"),
        ('set mode "off', "cannot be read"),
    ],
)
def test_what_the_unit_does_not_do_is_refused(unit: Unit, line: str, word: str) -> None:
    """A refusal says why, and changes nothing."""
    (told,) = in_ha(unit, line)
    assert PROFILE.cli.refusal.search(told)
    assert word in told
    assert unit.settings == factory(ADDRESSES)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("set peer-ip 10.0.6", "IPv4"),
        ("set peer-ip6 fd00::1", "peer-ip6"),
        ("set status add-to-bridge", "add-to-bridge"),
        ("set virtual-ip 10.0.3.100/24", "ignore-vip"),
    ],
)
def test_an_interface_refuses_what_it_cannot_hold(unit: Unit, line: str, word: str) -> None:
    """Neither IPv6 nor a bridge; and no virtual address while its status calls for none."""
    told = entered(unit, "config system ha", "config interface", "edit port3", line)[-1]
    assert PROFILE.cli.refusal.search(told)
    assert word in told


def test_what_is_kept_and_not_used_is_said(unit: Unit) -> None:
    """A second heartbeat interface, and the rhythm of a check, are accepted with a note."""
    told = in_ha(unit, "config interface", "edit port5", "set heartbeat-status secondary", "next", "end")
    told += in_ha(unit, "config service", "edit local-ports", "set check-interval 1", "set retries 2", "next", "end")
    notes = [each for each in told if each]
    assert len(notes) == 3
    assert all(note.startswith("Note: ") and "not used" in note for note in notes)
    assert not any(PROFILE.cli.refusal.search(note) for note in notes)


def test_an_order_waits_for_its_confirmation(unit: Unit) -> None:
    """Only y carries it out."""
    entered(unit, "execute reboot", "n", "execute shutdown", "")
    assert not unit.ordered
    entered(unit, "execute reboot", "y")
    assert unit.ordered == ["reboot"]


def test_an_order_that_the_unit_refuses_is_refused_with_its_reason(unit: Unit) -> None:
    """The unit decides; an order that it does not know never gets there."""
    told = entered(unit, "diagnose system ha failover", "diagnose system ha sync")
    assert told == ["Error: this unit belongs to no group", "Error: unknown command"]
    assert unit.ordered == ["failover"]
