"""The settings as data: complete, with the documented defaults, and the two spellings linked."""

from __future__ import annotations

from collections import Counter

import pytest

from manual import Form, Kind, Path, Setting, ancestors, settings, tables

HA = "system ha"
INTERFACE = (HA, "interface", "<name>")


def by_path() -> dict[Path, Setting]:
    """Every setting under its path."""
    return {setting.path: setting for setting in settings()}


def test_count_of_each_form() -> None:
    """Every row of the tables of settings is there: seven of an interface, thirty of services, twenty-one flat."""
    assert Counter(setting.form for setting in settings()) == {Form.NESTED: 7 + 30, Form.FLAT: 21, Form.OTHER: 45}


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ((HA, "mode"), "off"),
        ((HA, "password"), "change_me"),
        ((HA, "hb-base-port"), "20000"),
        ((HA, "hb-lost-threshold"), "15"),
        ((HA, "mail-data-sync"), "enable"),
        ((HA, "mailqueue-data-sync"), "disable"),
        ((HA, "network-intf-check"), "enable"),
        ((HA, "hard-drives-check"), "disable"),
        ((HA, "local-service"), "PORTS 10 3 HD 10 3"),
        ((HA, "heartbeat-1-ip"), "10.0.0.1 255.255.255.0"),
        ((HA, "heartbeat-1-peer"), "10.0.0.2"),
        ((HA, "config-peer-ip"), "0.0.0.0"),  # noqa: S104 - the document's default
        ((*INTERFACE, "status"), "ignore-vip"),
        ((*INTERFACE, "virtual-ip"), "0.0.0.0/0"),
        ((HA, "service", "remote-smtp", "port"), "25"),
        ((HA, "service", "remote-imap", "port"), "143"),
        ((HA, "service", "remote-pop", "port"), "110"),
        ((HA, "service", "remote-http", "port"), "80"),
        ((HA, "service", "remote-http", "check-interval"), "120"),
        ((HA, "service", "remote-http", "check-timeout"), "30"),
        ((HA, "service", "local-hd", "retries"), "3"),
        ((HA, "service", "local-ports", "status"), "disable"),
    ],
)
def test_printed_defaults(path: Path, default: str) -> None:
    """A default that the document prints is recorded as printed."""
    assert by_path()[path].default == default
    assert by_path()[path].default_printed


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ((HA, "on-failure"), "become-secondary"),
        ((HA, "remote-services-as-heartbeat"), "disable"),
        ((*INTERFACE, "heartbeat-status"), "disable"),
        ((*INTERFACE, "virtual-ip6"), "::/0"),
        ((HA, "heartbeat-2-interface"), "disable"),
    ],
)
def test_defaults_of_our_choice_are_flagged(path: Path, default: str) -> None:
    """A default that the document does not print is the reference unit's choice, and says so."""
    assert by_path()[path].default == default
    assert not by_path()[path].default_printed


def test_flat_settings_point_at_their_nested_twin() -> None:
    """Every twin exists, and the flat settings that have one are these."""
    twins = {setting.keyword: setting.same_as for setting in settings() if setting.same_as is not None}
    existing = set(by_path()) | {table.path for table in tables()}
    assert set(twins.values()) <= existing
    assert twins == {
        "failover": (*INTERFACE, "status"),
        "heartbeat-1-interface": (*INTERFACE, "heartbeat-status"),
        "heartbeat-1-ip": ("system interface", "<name>", "ip"),
        "heartbeat-1-peer": (*INTERFACE, "peer-ip"),
        "heartbeat-2-interface": (*INTERFACE, "heartbeat-status"),
        "heartbeat-2-ip": ("system interface", "<name>", "ip"),
        "heartbeat-2-peer": (*INTERFACE, "peer-ip"),
        "network-intf-check": (HA, "service", "local-ports", "status"),
        "hard-drives-check": (HA, "service", "local-hd", "status"),
        "local-service": (HA, "service"),
        "remote-service": (HA, "service"),
        "smtp-check": (HA, "service", "remote-smtp", "status"),
    }


def test_parts_of_compounds_translate_into_existing_settings() -> None:
    """Each part's keyword, and each word of a key, exists in the nested spelling."""
    entries = {table.path: table.entries for table in tables()}
    for setting in settings():
        if setting.kind is not Kind.COMPOUND:
            continue
        assert setting.same_as is not None
        table = setting.same_as[:2]
        key = setting.parts[0]
        names = [word for _, word in key.words] or ["<name>"]
        assert set(names) <= {"<name>", *entries[table]}
        for part in setting.parts[1:]:
            for name in names:
                assert part.twin is not None
                twin = by_path()[*table, name, part.twin]
                assert {word for _, word in part.words} <= set(twin.values), twin.path


def test_only_failover_and_virtual_addresses_of_ha_are_synchronized() -> None:
    """Of `system ha` nothing is copied but the actions and their virtual addresses (HA-364, HA-375)."""
    copied = {setting.path for setting in settings() if setting.synchronized and setting.path[0] == HA}
    nested = {(*INTERFACE, keyword) for keyword in ("status", "virtual-ip", "virtual-ip6")}
    assert copied == {(HA, "failover"), *nested}


def test_only_passwords_are_secret() -> None:
    """The group's password and those of a user of SNMP v3 are shown masked, and nothing else."""
    user = ("system snmp user", "<name>")
    secret = {setting.path for setting in settings() if setting.secret}
    assert secret == {(HA, "password"), (*user, "auth-pwd"), (*user, "priv-pwd")}


def test_service_names_are_fixed() -> None:
    """`config service` has six entries, each with its settings."""
    (service,) = (table for table in tables() if table.path == (HA, "service"))
    used = {setting.path[2] for setting in settings() if setting.path[:2] == service.path}
    assert used == set(service.entries)
    assert len(service.entries) == 6


def test_mode_accepts_exactly_five_words() -> None:
    """`mode` has the five documented words."""
    assert set(by_path()[HA, "mode"].values) == {"off", "primary", "secondary", "config-primary", "config-secondary"}


def test_ancestors_name_settings() -> None:
    """The ancestors of 3.0 point at settings of today where there is a successor."""
    assert len(ancestors()) == 8
    assert {path for one in ancestors() for path in one.successor} <= set(by_path())
