"""Whom SNMP traps go to and who may ask, by the configuration; and what they are told."""

from __future__ import annotations

import pytest

from node.engine.modes import Effective, Mode, SystemEvent
from node.engine.status import Status
from node.reporting import (
    HA_EFFECTIVE_MODE,
    HA_EVENT_ID,
    HA_EVENT_REASON,
    HA_MODE,
    HA_UNIT_IP,
    SERIAL,
    SYSTEM_EVENT_CODE,
    ha_trap,
    mode_objects,
    notifications,
    system_trap,
)
from node.settings import Configuration
from node.settings.sinks import sinks
from node.settings.snmp import Community, Level, Reader, Snmp, SystemInfo, User, Version, engine_id

COMMUNITY = ("system snmp community", "1")
USER = ("system snmp user", "manager")
MANAGER, OTHER, ANY = "10.0.1.50", "10.0.1.51", "0.0.0.0"  # noqa: S104 - the manual's word for any manager
BY_COMMUNITY = {"name": "public", "status": "enable", "trapevent": "ha"}
PASSWORDS = {"auth-pwd": "authentication", "priv-pwd": "privacy-too"}
BY_USER = {"status": "enable", "trapevent": "ha", "security-level": "authpriv", **PASSWORDS}
TRAP = ha_trap("SN", "10.0.1.1", 1, "why")


def entered(entry: tuple[str, ...], said: dict[str, str], *hosts: str) -> Configuration:
    """Return settings with one community or user, and these managers in it."""
    configuration = Configuration.factory().with_entry(entry)
    for keyword, value in said.items():
        configuration = configuration.with_value((*entry, keyword), value)
    for number, host in enumerate(hosts):
        inner = (*entry, "host", str(number))
        configuration = configuration.with_entry(inner).with_value((*inner, "ip"), host)
    return configuration


def of(configuration: Configuration) -> Snmp:
    """Return what settings say of SNMP."""
    return sinks(configuration).snmp


def test_a_factory_unit_has_nothing_to_do() -> None:
    """It is sent nowhere, and answers nobody."""
    assert of(Configuration.factory()) == Snmp()


@pytest.mark.parametrize(("version", "name"), [(Version.V1, "v1"), (Version.V2C, "v2c")])
def test_a_community_sends_traps_by_each_version_that_is_enabled(version: Version, name: str) -> None:
    """From and to the ports of that version, once to each manager."""
    ports = {f"trapport{name}_local": "1162", f"trapport{name}_remote": "2162"}
    said = {**BY_COMMUNITY, f"trap{name}_status": "enable", **ports}
    managers = of(entered(COMMUNITY, said, MANAGER, OTHER, MANAGER)).managers
    assert [(each.address, each.local_port, each.port) for each in managers] == [
        (MANAGER, 1162, 2162),
        (OTHER, 1162, 2162),
    ]
    assert {each.identity for each in managers} == {Community("public", version)}


def test_a_user_sends_traps_by_its_own_ports() -> None:
    """With as many passwords as its level needs."""
    said = {**BY_USER, "trap-status": "enable", "trapport-local": "1162", "trapport-remote": "2162"}
    (manager,) = of(entered(USER, said, MANAGER)).managers
    assert (manager.local_port, manager.port) == (1162, 2162)
    assert manager.identity == User("manager", Level.PRIVATE, "sha1", "authentication", "aes", "privacy-too")
    (less,) = of(entered(USER, {**said, "security-level": "authnopriv"}, MANAGER)).managers
    assert less.identity == User("manager", Level.AUTHENTICATED, "sha1", "authentication")


@pytest.mark.parametrize("changed", [{"status": "disable"}, {"name": ""}, {"trapv2c_status": "disable"}])
def test_a_community_that_is_off_sends_nothing(changed: dict[str, str]) -> None:
    """Each switch alone keeps its traps back."""
    said = {**BY_COMMUNITY, "trapv2c_status": "enable"}
    assert of(entered(COMMUNITY, said, MANAGER)).managers
    assert not of(entered(COMMUNITY, {**said, **changed}, MANAGER)).managers


@pytest.mark.parametrize(
    "changed", [{"status": "disable"}, {"auth-pwd": "short"}, {"priv-pwd": "short"}, {"trap-status": "disable"}]
)
def test_a_user_that_is_off_or_incomplete_sends_nothing(changed: dict[str, str]) -> None:
    """A password must have eight characters. Source: RFC 3414."""
    said = {**BY_USER, "trap-status": "enable"}
    assert of(entered(USER, said, MANAGER)).managers
    assert not of(entered(USER, {**said, **changed}, MANAGER)).managers


def test_any_manager_may_ask_but_is_sent_nothing() -> None:
    """0.0.0.0 names none to whom a trap could be sent."""
    said = {**BY_COMMUNITY, "trapv1_status": "enable", "queryv1-status": "enable", "queryportv1": "1161"}
    found = of(entered(COMMUNITY, said, ANY))
    assert not found.managers
    assert found.readers == (Reader(ANY, 1161, Community("public", Version.V1)),)


def test_an_entry_without_managers_has_nothing_to_do() -> None:
    """It is sent nowhere, and answers nobody."""
    said = {**BY_COMMUNITY, "trapv2c_status": "enable", "queryv2c-status": "enable"}
    assert of(entered(COMMUNITY, said)) == Snmp()


def test_an_agent_that_is_disabled_does_nothing() -> None:
    """Whatever else is set."""
    said = {**BY_USER, "trap-status": "enable", "query-status": "enable"}
    configuration = entered(USER, said, MANAGER).with_value(("system snmp sysinfo", "engine-id"), "unit-p")
    assert of(configuration).info == SystemInfo(engine="unit-p")
    assert of(configuration).readers
    assert of(configuration.with_value(("system snmp sysinfo", "status"), "disable")) == Snmp()


@pytest.mark.parametrize(
    ("chosen", "numbers"), [("ha", [203]), ("system", [201]), ("cpu", []), ("ha system", [203, 201])]
)
def test_a_manager_is_sent_what_is_chosen(chosen: str, numbers: list[int]) -> None:
    """HA traps by `ha`, system event traps by `system`. Source: HA-660."""
    to = sinks(entered(COMMUNITY, {**BY_COMMUNITY, "trapv2c_status": "enable", "trapevent": chosen}, MANAGER))
    both = (TRAP, system_trap("SN", SystemEvent.HALT))
    assert [each.trap.number for trap in both for each in notifications(to, trap)] == numbers


def test_traps_have_the_objects_of_the_mib_in_its_order() -> None:
    """Source: HA-534, HA-658, D.5."""
    assert [(each.oid, each.value) for each in TRAP.objects] == [
        (SERIAL, "SN"),
        (HA_EVENT_ID, "1"),
        (HA_UNIT_IP, "10.0.1.1"),
        (HA_EVENT_REASON, "why"),
    ]
    objects = system_trap("SN", SystemEvent.UPGRADE).objects
    assert [(each.oid, each.value) for each in objects] == [(SERIAL, "SN"), (SYSTEM_EVENT_CODE, "4")]


@pytest.mark.parametrize(
    ("configured", "effective", "shown"),
    [
        (Mode.OFF, Effective.OFF, ("0", "0")),
        (Mode.PRIMARY, Effective.SECONDARY, ("1", "2")),
        (Mode.SECONDARY, Effective.PRIMARY, ("2", "1")),
        (Mode.PRIMARY, Effective.FAILED, ("1", "0")),
        (Mode.SECONDARY, Effective.HOLD_OFF, ("2", "0")),
        (Mode.CONFIG_PRIMARY, Effective.OFF, ("3", "3")),
        (Mode.CONFIG_SECONDARY, Effective.OFF, ("4", "4")),
    ],
)
def test_modes_show_as_numbers(configured: Mode, effective: Effective, shown: tuple[str, str]) -> None:
    """Source: HA-619, HA-620."""
    objects = {each.oid: each.value for each in mode_objects("SN", Status(configured, effective, synchronizing=False))}
    assert (objects[HA_MODE], objects[HA_EFFECTIVE_MODE]) == shown


def test_an_engines_id_holds_its_text() -> None:
    """After the enterprise's number and the format. Source: RFC 3411."""
    assert engine_id("ab") == "80003044" + "04" + "6162"
