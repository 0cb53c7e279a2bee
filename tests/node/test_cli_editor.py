"""Scopes of the CLI: what is staged, saved, thrown away, and what a secondary may not set."""

from __future__ import annotations

import pytest

from node.engine.modes import Effective, Mode
from node.settings import Configuration
from node.settings.values import NONE4
from tests.node.cli_desk import INTERFACE, Desk

HA = "system ha"
RECIPIENT = ("log alertemail recipient", "qa@example.com")
LOCKED = "HA secondary can't set attribute"


def test_end_saves_once() -> None:
    """Changes wait until the outermost `end`, and are saved together."""
    desk = Desk()
    desk.enter("config system ha", "set mode primary", "config interface", "edit port6", "set heartbeat-status primary")
    desk.enter("next", "edit port5", "set heartbeat-status secondary", "end")
    assert desk.commits == []
    desk.enter("end")
    assert len(desk.commits) == 1
    assert desk.configuration.get((HA, "heartbeat-2-interface")) == "port5"
    assert desk.configuration.get((HA, "mode")) == "primary"


def test_end_without_changes_saves_nothing() -> None:
    """Opening and closing a scope, or setting what is set already, commits nothing."""
    desk = Desk()
    desk.enter("config system ha", "set mode off", "end")
    assert desk.commits == []


def test_detection_time_is_no_setting_in_a_config_only_group() -> None:
    """It is neither listed nor accepted there, comes back with the mode, and keeps its value meanwhile."""
    desk = Desk()
    desk.enter("config system ha", "set hb-lost-threshold 7", "set mode config-primary")
    assert "hb-lost-threshold" not in desk.enter("get")
    desk.refused("set hb-lost-threshold 3")
    desk.enter("set mode primary", "end")
    assert desk.configuration.get((HA, "hb-lost-threshold")) == "7"


def test_a_table_in_an_entry_is_left_like_one_in_an_object() -> None:
    """`end` in the inner table leads back to the entry, and nothing is saved before that is left, too."""
    desk = Desk()
    desk.enter("config system snmp community", "edit 1", "config host", "edit 1", "set ip 10.0.1.9", "end")
    assert desk.commits == []
    desk.enter("set name public", "next", "end")
    assert desk.configuration.get(("system snmp community", "1", "host", "1", "ip")) == "10.0.1.9"
    assert desk.configuration.entries(("system snmp community", "1", "host")) == ("1",)


def test_what_lies_in_an_entry_goes_with_it() -> None:
    """An entry that is deleted takes its inner entries along; one made anew has none."""
    desk = Desk(Configuration.factory().with_entry(("system snmp community", "1", "host", "1")))
    desk.enter("config system snmp community", "delete 1", "edit 1", "end")
    assert desk.configuration.entries(("system snmp community",)) == ("1",)
    assert not desk.configuration.entries(("system snmp community", "1", "host"))


def test_abort_at_the_object() -> None:
    """`abort` leaves the object without any of its changes, those in its tables included."""
    desk = Desk()
    desk.enter("config system ha", "set mode primary", "config interface", "edit port3", "set status use-vip", "next")
    desk.enter("end", "abort")
    assert desk.shell.prompt == "unit-p # "
    assert desk.commits == []


def test_abort_in_an_entry() -> None:
    """`abort` in an entry throws this entry's changes away; those of entries left by `next` stay."""
    desk = Desk()
    desk.enter("config system ha", "config interface", "edit port3", "set status use-vip", "next")
    desk.enter("edit port4", "set status use-vip", "abort")
    assert desk.shell.prompt == "unit-p (ha) # "
    desk.enter("end")
    assert [desk.configuration.get((*INTERFACE, port, "status")) for port in ("port3", "port4")] == [
        "use-vip",
        "ignore-vip",
    ]


def test_abort_in_a_table() -> None:
    """`abort` in a table takes a removal back."""
    desk = Desk(Configuration.factory().with_entry(RECIPIENT))
    desk.enter("config log alertemail recipient", "purge", "abort")
    assert desk.configuration.entries(RECIPIENT[:1]) == RECIPIENT[1:]


def test_abort_in_a_table_keeps_what_next_has_left() -> None:
    """`abort` in a table does not undo an entry that `next` has left."""
    desk = Desk()
    desk.enter("config system ha", "config interface", "edit port3", "set status use-vip", "next", "abort", "end")
    assert desk.configuration.get((*INTERFACE, "port3", "status")) == "use-vip"


def test_next_saves_the_entry_of_an_outermost_table() -> None:
    """`next` saves an entry of a table that is an object of its own; a later `abort` keeps it."""
    desk = Desk()
    desk.enter("config log alertemail recipient", "edit qa@example.com", "set comment 'first shift'", "next")
    assert len(desk.commits) == 1
    desk.enter("edit ops@example.com", "abort")
    assert desk.configuration.entries(RECIPIENT[:1]) == ("qa@example.com",)
    assert desk.configuration.get((*RECIPIENT, "comment")) == "first shift"


def test_end_in_an_entry_leaves_the_table() -> None:
    """`end` in an entry saves it and leaves entry and table."""
    desk = Desk()
    desk.enter("config system interface", "edit port1", "set ip 10.0.1.1/24", "end")
    assert desk.shell.prompt == "unit-p # "
    assert desk.configuration.get(("system interface", "port1", "ip")) == "10.0.1.1/24"


def test_session_lost() -> None:
    """A session that breaks off before `end` has changed nothing."""
    desk = Desk()
    desk.enter("config system ha", "set mode primary")
    desk.shell = type(desk.shell)(desk)
    assert desk.shell.prompt == "unit-p # "
    assert desk.configuration.get((HA, "mode")) == "off"


def test_unset_delete_purge() -> None:
    """`unset` returns a field to its default, `delete` and `purge` remove entries."""
    desk = Desk(Configuration.factory().with_value((HA, "hb-lost-threshold"), "5").with_entry(RECIPIENT))
    desk.enter("config system ha", "unset hb-lost-threshold", "end")
    assert desk.configuration.get((HA, "hb-lost-threshold")) == "15"
    desk.enter("config log alertemail recipient", "edit ops@example.com", "next", "delete qa@example.com", "end")
    assert desk.configuration.entries(RECIPIENT[:1]) == ("ops@example.com",)
    desk.enter("config log alertemail recipient", "purge", "end")
    assert desk.configuration == Configuration.factory()


def test_delete_in_a_fixed_table() -> None:
    """Deleting an HA interface's entry returns it to its defaults; the interface stays."""
    desk = Desk(Configuration.factory().with_value((HA, "failover"), "port3 add 10.0.3.100/24"))
    desk.enter("config system ha", "config interface", "delete port3", "end", "end")
    assert desk.configuration == Configuration.factory()


def test_quotes() -> None:
    """Quotes keep several words together as one value."""
    desk = Desk()
    desk.enter("config system global", 'set disclaimer "a \\"big\\" word"', "end")
    assert desk.configuration.get(("system global", "disclaimer")) == 'a "big" word'
    desk.enter("config system global")
    assert "one word" in desk.refused("set disclaimer two words")


def test_get_and_show_see_the_draft() -> None:
    """Inside a scope, `get` and `show` print what has been entered so far."""
    desk = Desk()
    desk.enter("config system ha", "set mode master")
    assert "mode : primary\n" in desk.enter("get")
    assert desk.enter("show") == "config system ha\n    set mode primary\nend\n"
    assert desk.enter("config interface", "edit port3", "set status use-vip", "show") == (
        "edit port3\n    set status use-vip\nnext\n"
    )
    assert desk.enter("get").startswith("status : use-vip\nheartbeat-status : disable\npeer-ip : ")


def test_old_keyword() -> None:
    """A sister product's name of a setting is taken."""
    desk = Desk()
    desk.enter("config system ha", "config interface", "edit port3", "set action-on-primary use-vip", "end", "end")
    assert desk.configuration.get((*INTERFACE, "port3", "status")) == "use-vip"


@pytest.mark.parametrize(
    ("scope", "line", "reason"),
    [
        ("config system ha", "wrong", "'wrong' is not a command in (system ha); allowed: config, set, unset"),
        ("config system ha", "next", "'next' is not a command"),
        ("config system ha", "edit port3", "'edit' is not a command"),
        ("config system ha", "config system global", "one word too many"),
        ("config system ha", "config wrong", "allowed: interface, service"),
        ("config system ha", "set", "set takes a setting and its value"),
        ("config system ha", "set mode", "set takes a setting and its value"),
        ("config system ha", "set wrong primary", "'wrong' is not a setting here; allowed: mode"),
        ("config system ha", "set system ha", "'system' is not a setting here"),
        ("config system ha", "set mode primary secondary", "not a value"),
        ("config system ha", "set password ''", "at least 1 character"),
        ("config system ha", "set password two words", "quotes"),
        ("config system ha", "set hb-base-port 65533", "allowed: 1 to 65532"),
        ("config system ha", "unset", "unset needs a name"),
        ("config system ha", "unset wrong", "'wrong' is not a setting here"),
        ("config system ha", "end now", "one word too many"),
        ("config system ha", "set failover port6 set 10.0.6.9/24", "heartbeat interface"),
        ("config system ha/config interface", "edit port9", "'port9' is not an entry here"),
        ("config system ha/config interface", "edit", "edit needs a name"),
        ("config system ha/config interface", "set status use-vip", "'set' is not a command"),
        ("config system ha/config interface", "delete port9", "there is no entry 'port9'"),
        ("config system ha/config interface/edit port3", "config service", "'config' is not a command"),
        ("config system ha/config interface/edit port3", "set virtual-ip 10.0.3.100/24", "set status use-vip first"),
        ("config system ha/config interface/edit port3", "set heartbeat-status primary", "only one interface"),
        ("config system ha/config interface/edit port3", "set status set", "allowed: ignore-vip, use-vip"),
        ("config system ha/config service", "edit remote-ftp", "allowed: remote-smtp, remote-imap"),
        ("config system ha/config service/edit remote-smtp", "set port 0", "allowed: 1 to 65535"),
        ("config system ha/config service/edit remote-smtp", "set retries -1", "not a whole number in range"),
        ("config system ha/config service/edit local-hd", "set port 25", "'port' is not a setting here"),
        ("config system interface", "delete port1", "part of the unit"),
        ("config system interface", "purge", "part of the unit"),
        ("config log alertemail recipient", "delete nobody@example.com", "there is no entry"),
        ("config log alertemail recipient", "edit 'a b'", "cannot name an entry"),
    ],
)
def test_wrong_words(scope: str, line: str, reason: str) -> None:
    """A wrong word is refused with its reason; scope and settings stay as they were."""
    desk = Desk(Configuration.factory().with_value((HA, "heartbeat-1-interface"), "port6"))
    desk.enter(*scope.split("/"))
    prompt, draft = desk.shell.prompt, desk.enter("show")
    assert reason in desk.refused(line)
    assert (desk.shell.prompt, desk.enter("show")) == (prompt, draft)
    while "(" in desk.shell.prompt:
        desk.enter("end")
    assert desk.commits == []


def test_lines_after_a_refused_edit_do_no_harm() -> None:
    """When `edit` is refused, the lines meant for the entry are refused too."""
    desk = Desk()
    desk.enter("config system ha", "config interface")
    for line in ("edit port9", "set status use-vip", "next"):
        desk.refused(line)
    desk.enter("end", "end")
    assert desk.commits == []


class TestSecondary:
    """Synchronized settings come from the primary."""

    @pytest.mark.parametrize("effective", [Effective.SECONDARY, Effective.HOLD_OFF])
    @pytest.mark.parametrize(
        ("scope", "line", "attribute"),
        [
            ("config system ha", "set failover port3 add 10.0.3.100/24", "failover"),
            ("config system ha/config interface/edit port3", "set status use-vip", "status"),
            ("config system ha/config interface/edit port3", "set status ignore-vip", "status"),
            ("config system ha/config interface/edit port3", "unset virtual-ip", "virtual-ip"),
            ("config system global", "set disclaimer x", "disclaimer"),
            ("config log alertemail recipient", "edit new@example.com", "new@example.com"),
            ("config log alertemail recipient", "delete qa@example.com", "qa@example.com"),
            ("config log alertemail recipient", "purge", "qa@example.com"),
        ],
    )
    def test_synchronized(self, effective: Effective, scope: str, line: str, attribute: str) -> None:
        """A synchronized attribute is refused in the documented words, and stays."""
        desk = Desk(Configuration.factory().with_value((HA, "mode"), "secondary").with_entry(RECIPIENT))
        desk.effective = effective
        desk.enter(*scope.split("/"))
        text = desk.refused(line).splitlines()
        assert text[0] == f"{LOCKED} {attribute}"
        assert text[1].startswith("Command failed(-38). Error string:")
        while "(" in desk.shell.prompt:
            desk.enter("end")
        assert desk.commits == []

    def test_own_settings(self) -> None:
        """Settings that are not synchronized can be set on a secondary."""
        desk = Desk(Configuration.factory().with_value((HA, "mode"), "secondary"))
        desk.effective = Effective.SECONDARY
        desk.enter("config system ha", "set hb-lost-threshold 5", "set on-failure off", "end")
        desk.enter("config system global", "set hostname unit-s", "end")
        assert len(desk.commits) == 2

    @pytest.mark.parametrize("effective", [Effective.PRIMARY, Effective.OFF, Effective.FAILED])
    def test_not_a_secondary(self, effective: Effective) -> None:
        """The effective mode decides, not the configured one."""
        desk = Desk(Configuration.factory().with_value((HA, "mode"), "secondary"))
        desk.effective = effective
        desk.enter("config system global", "set disclaimer x", "end")
        assert len(desk.commits) == 1

    def test_config_secondary(self) -> None:
        """A secondary of a config-only group is locked although it has no effective mode."""
        desk = Desk(Configuration.factory().with_value((HA, "mode"), Mode.CONFIG_SECONDARY))
        desk.enter("config system global")
        assert LOCKED in desk.refused("set disclaimer x")

    def test_role_lost_while_editing(self) -> None:
        """A unit that becomes secondary between `set` and `end` saves nothing."""
        desk = Desk(Configuration.factory().with_value((HA, "mode"), "primary"))
        desk.effective = Effective.PRIMARY
        desk.enter("config system global", "set disclaimer x")
        desk.effective = Effective.SECONDARY
        assert LOCKED in desk.refused("end")
        desk.enter("abort")
        assert desk.commits == []


class TestSaving:
    """What happens when a draft meets the settings in force."""

    def test_synchronization_meanwhile(self) -> None:
        """Settings that arrived while an operator typed are not undone by `end`."""
        desk = Desk()
        desk.enter("config system ha", "set hb-lost-threshold 5")
        desk.configuration = desk.configuration.with_value(("system global", "disclaimer"), "arrived")
        desk.enter("end")
        assert desk.configuration.get(("system global", "disclaimer")) == "arrived"
        assert desk.configuration.get((HA, "hb-lost-threshold")) == "5"

    def test_refused_by_the_body(self) -> None:
        """When the body cannot keep the settings, `end` says so and the scope stays open."""
        desk = Desk()
        desk.enter("config system ha", "set mode primary")
        desk.refuses = "the disk is full"
        assert desk.refused("end") == "Command fail. the disk is full\n"
        assert desk.shell.prompt == "unit-p (ha) # "
        desk.refuses = ""
        desk.enter("end")
        assert desk.configuration.get((HA, "mode")) == "primary"

    def test_peer_of_an_unset_link(self) -> None:
        """The second link's peer needs its interface first."""
        desk = Desk()
        desk.enter("config system ha")
        assert "set heartbeat-2-interface first" in desk.refused("set heartbeat-2-peer 10.0.5.2")
        desk.enter("set heartbeat-2-interface port5", "set heartbeat-2-peer 10.0.5.2", "end")
        assert desk.configuration.get((*INTERFACE, "port5", "peer-ip")) == "10.0.5.2"
        assert desk.configuration.get((*INTERFACE, "port6", "peer-ip")) == NONE4
