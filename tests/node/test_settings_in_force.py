"""What a changed configuration causes: which steps, in which order, and what is refused."""

from __future__ import annotations

import pytest

from node.engine.events import ConfigurationChanged, SettingsChanged
from node.engine.modes import Mode
from node.settings import Configuration, Refused, checksum, ha_settings, in_force, synchronized
from node.settings.in_force import Readdress, Rename, Save, StartAfresh, Tell

GIVEN = {"port1": "10.0.1.1/24", "port3": "10.0.3.1/24"}
BEFORE = in_force.factory("unit-p", GIVEN)
ADDRESS = ("system interface", "port3", "ip")
HOSTNAME = ("system global", "hostname")
MODE = ("system ha", "mode")
SHARED = ("system ha", "failover")
ROW = "port3 add 10.0.3.100/24"


def test_a_change_that_changes_nothing_is_told_to_nobody() -> None:
    """An operator's is saved all the same: a copy may have brought meanwhile what is entered."""
    assert in_force.by_operator(BEFORE, BEFORE, GIVEN) == [Save(BEFORE)]
    assert in_force.by_copy(BEFORE, synchronized(BEFORE), checksum(BEFORE), GIVEN) == []


def test_what_an_operator_changed_comes_into_force_in_order() -> None:
    """Saved first; the engine hears of its settings when addresses and name are in place, and of the copy due last."""
    after = BEFORE.with_value(ADDRESS, "10.0.3.9/24").with_value(HOSTNAME, "mail").with_value(MODE, "primary")
    after = after.with_value(SHARED, ROW)
    assert in_force.by_operator(BEFORE, after, GIVEN) == [
        Save(after),
        Readdress({**GIVEN, "port3": "10.0.3.9/24"}),
        Rename(),
        Tell(SettingsChanged(ha_settings(after))),
        Tell(ConfigurationChanged()),
    ]


def test_what_belongs_to_the_unit_alone_makes_no_copy_due() -> None:
    """Its mode, its host name and its addresses are not the other's. Source: HA-350, HA-364."""
    after = BEFORE.with_value(MODE, "primary").with_value(HOSTNAME, "mail")
    assert Tell(ConfigurationChanged()) not in in_force.by_operator(BEFORE, after, GIVEN)


def test_a_copy_takes_the_shared_part_and_leaves_the_rest() -> None:
    """The follower keeps mode, name and addresses; no copy is due because of a copy. Source: HA-350."""
    primary = BEFORE.with_value(MODE, "primary").with_value(HOSTNAME, "other").with_value(SHARED, ROW)
    own = BEFORE.with_value(MODE, "secondary")
    after = own.with_value(SHARED, ROW)
    steps = in_force.by_copy(own, synchronized(primary), checksum(primary), GIVEN)
    assert steps == [Save(after), Tell(SettingsChanged(ha_settings(after)))]
    assert ha_settings(after).mode is Mode.SECONDARY


def test_a_copy_that_is_not_what_the_primary_has_is_refused() -> None:
    """By its checksum, or because it holds what no copy may bring. Source: HA-377."""
    primary = BEFORE.with_value(SHARED, ROW)
    with pytest.raises(Refused, match="checksum"):
        in_force.by_copy(BEFORE, synchronized(primary), checksum(BEFORE), GIVEN)
    with pytest.raises(Refused, match="not a synchronized setting"):
        in_force.by_copy(BEFORE, "config system ha\nset mode primary\nend\n", checksum(BEFORE), GIVEN)


def test_a_port_without_a_configured_address_has_the_one_it_was_given() -> None:
    """So that its operator still reaches the unit; ports that the machine lacks have none."""
    unset = BEFORE.with_value(ADDRESS, "0.0.0.0/0")
    assert in_force.own_addresses(unset, GIVEN) == GIVEN
    assert in_force.own_addresses(Configuration.factory(), GIVEN) == GIVEN
    moved = BEFORE.with_value(ADDRESS, "10.0.3.9/24")
    assert in_force.by_operator(moved, unset, GIVEN) == [Save(unset), Readdress(GIVEN)]


def test_a_reset_is_put_into_force_before_ha_starts_afresh() -> None:
    """The engine leaves its group by the settings, then forgets it."""
    grouped = BEFORE.with_value(MODE, "primary").with_value(HOSTNAME, "mail")
    assert in_force.by_reset(grouped, BEFORE, GIVEN) == [
        Save(BEFORE),
        Rename(),
        Tell(SettingsChanged(ha_settings(BEFORE))),
        StartAfresh(),
    ]
