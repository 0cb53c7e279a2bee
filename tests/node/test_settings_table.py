"""Every setting of the manual's table: what it accepts, what it refuses, and that a refusal changes nothing."""

from __future__ import annotations

import pytest

from manual import Kind, Setting, settings
from node.settings import Configuration, Refused
from node.settings.schema import Path, is_entry
from node.settings.values import LARGEST, NONE4, NONE6
from tests.node.cli_desk import Desk, way_to

HA = "system ha"
NAMES = {
    "log alertemail recipient": "qa@example.com",
    "log setting remote": "1",
    "system snmp community": "1",
    "system snmp user": "manager",
}
GOOD = {
    Kind.IPV4: ("10.0.9.9", NONE4),
    Kind.IPV4MASK: ("10.0.9.9/24", "10.0.9.9 255.255.255.0", "10.0.9.9/255.255.255.0", f"{NONE4}/0"),
    Kind.IPV6: ("2001:db8::9", NONE6),
    Kind.IPV6MASK: ("2001:db8::9/64", f"{NONE6}/0"),
    Kind.INTERFACE: ("port1", "port3"),
    Kind.STRING: ("a", "two words", 'it\'s "quoted" \\ # ?', "ünïcode"),
}
BAD = {
    Kind.IPV4: (
        "10.0.3",
        "10.0.3.256",
        "10.0.3.1/24",
        "ten",
        "224.0.0.5",
        "255.255.255.255",
        "2001:db8::1",
        "10.0.3.01",
    ),
    Kind.IPV4MASK: ("10.0.3.1", "10.0.3.1/33", "10.0.3.1/-1", "10.0.3.1/0.0.0.255", "10.0.3.1 255.0.255.0", "::1/64"),
    Kind.IPV6: ("10.0.3.1", "2001:db8::g", "2001:db8::1/64", "ff02::1", "1::2::3"),
    Kind.IPV6MASK: ("2001:db8::1", "2001:db8::1/129", "10.0.3.1/24", "2001:db8::1 64 64"),
    Kind.INTERFACE: ("port9", "any", ""),
    Kind.STRING: ("bell\a", "line\nline"),
}
COMPOUND_GOOD = {
    "failover": ("port3 add 10.0.3.100/24", "port3 set 10.0.3.100 255.255.255.0", "port3 ignore 0.0.0.0/0"),
    "local-service": ("PORTS 20 5", "HD 20 5", "PORTS 10 3 HD 10 3", "ports 0 0"),
    "remote-service": ("smtp 10.0.3.1 25 60 10 3", "http 10.0.3.1 80 60 0 0", "imap 0.0.0.0 0 0 0 0"),
}
COMPOUND_BAD = {
    "failover": (
        "port3",
        "port3 add",
        "port3 add 10.0.3.100",
        "port3 add 0.0.0.0/0",
        "port3 ignore 10.0.3.100/24",
        "port3 bridge 0.0.0.0/0",
        "port3 move 10.0.3.100/24",
        "port9 add 10.0.3.100/24",
        "port5 set 10.0.3.100/24",
        "port6 set 10.0.3.100/24",
    ),
    "local-service": ("PORTS", "PORTS 10", "DISK 10 3", "PORTS -1 3", "HD 10 three", "PORTS 10 3 HD"),
    "remote-service": (
        "smtp 10.0.3.1 25 60 10",
        "ftp 10.0.3.1 21 60 10 3",
        "smtp host 25 60 10 3",
        "smtp 10.0.3.1 65536 60 10 3",
        "smtp 10.0.3.1 25 60 -1 3",
    ),
}


def place(setting: Setting) -> Path:
    """Return the setting's path on the standard unit."""
    name = NAMES.get(setting.path[0], "port3")
    return tuple(name if step.startswith("<") else step for step in setting.path)


def ready(path: Path) -> Configuration:
    """Return settings in which the field may be set: links ranked, and an address that is called for."""
    configuration = Configuration.factory()
    if path[0] in NAMES:
        configuration = configuration.with_entry(path[:-1])
    if path[-1] == "heartbeat-status":
        return configuration
    configuration = configuration.with_value((HA, "heartbeat-1-interface"), "port6")
    configuration = configuration.with_value((HA, "heartbeat-2-interface"), "port5")
    if path[-1].startswith("virtual-ip"):
        configuration = configuration.with_value((*path[:-1], "status"), "use-vip")
    return configuration


def good(setting: Setting) -> list[str]:
    """Values that the setting accepts."""
    if setting.kind is Kind.ENUM:
        return [word for word in setting.values if word != "add-to-bridge"]
    if setting.kind is Kind.WORDS:
        return ["", setting.values[0], " ".join(setting.values)]
    if setting.kind is Kind.INTEGER:
        return [str(setting.minimum or 0), str(setting.maximum or LARGEST), setting.default]
    if setting.kind is Kind.COMPOUND:
        return list(COMPOUND_GOOD[setting.keyword])
    return ["a"] if setting.keyword == "hostname" else list(GOOD[setting.kind])


def bad(setting: Setting) -> list[str]:
    """Values that the setting refuses."""
    if setting.kind is Kind.ENUM:
        return ["wrong", "", setting.default.upper(), f"{setting.default} {setting.default}"]
    if setting.kind is Kind.WORDS:
        return ["wrong", f"{setting.values[0]} wrong", setting.values[0].upper(), ",".join(setting.values)]
    if setting.kind is Kind.INTEGER:
        below, above = (setting.minimum or 0) - 1, (setting.maximum or LARGEST) + 1
        return [str(below), str(above), "-5", "1.5", "five", "", "1_0", "+9", "٣", "9" * 5000]
    if setting.kind is Kind.COMPOUND:
        return list(COMPOUND_BAD[setting.keyword])
    if setting.keyword == "hostname":
        return ["two words", "under_score", "-dash", "a..b", "x" * 64]
    return [*BAD[setting.kind], *([""] if setting.kind is Kind.STRING and setting.minimum else [])]


EVERY = [pytest.param(setting, id=" ".join(place(setting))) for setting in settings()]
ACCEPTED = [
    pytest.param(setting, value, id=f"{setting.path[-1]}={value}") for setting in settings() for value in good(setting)
]
REFUSED = [
    pytest.param(setting, value, id=f"{setting.path[-1]}={value[:30]}")
    for setting in settings()
    for value in bad(setting)
]


@pytest.mark.parametrize("setting", EVERY)
def test_default(setting: Setting) -> None:
    """A factory unit has the manual's default."""
    entry = Configuration.factory()
    assert entry.get(place(setting)) == setting.default


@pytest.mark.parametrize("setting", EVERY)
def test_default_may_be_entered(setting: Setting) -> None:
    """A default that is a word of its own is accepted like any other value."""
    if setting.default:
        path = place(setting)
        ready(path).with_value(path, setting.default)


@pytest.mark.parametrize(("setting", "value"), ACCEPTED)
def test_accepted(setting: Setting, value: str) -> None:
    """An allowed value is stored, and read back as the same value."""
    path = place(setting)
    stored = ready(path).with_value(path, value)
    if setting.kind in {Kind.ENUM, Kind.INTEGER, Kind.IPV4, Kind.IPV6, Kind.STRING, Kind.INTERFACE, Kind.WORDS}:
        assert stored.get(path) == value
    elif setting.kind is not Kind.COMPOUND:
        assert stored.with_value(path, stored.get(path)) == stored


@pytest.mark.parametrize(("setting", "value"), REFUSED)
def test_refused(setting: Setting, value: str) -> None:
    """A wrong value is refused with a reason on one line, and the settings stay as they are."""
    path = place(setting)
    before = ready(path)
    kept = dict(before.store.values)
    with pytest.raises(Refused) as refusal:
        before.with_value(path, value)
    assert refusal.value.reason
    assert refusal.value.reason.isprintable()
    assert dict(before.store.values) == kept


@pytest.mark.parametrize("setting", EVERY)
def test_refused_in_the_shell(setting: Setting) -> None:
    """After a refused line, `end` saves nothing."""
    path = place(setting)
    desk = Desk(ready(path))
    before = desk.configuration
    desk.enter(*way_to(path[:-1]))
    wrong = next(value for value in bad(setting) if value)
    desk.refused(f"set {path[-1]} {wrong}")
    desk.enter(*["end"] * sum(not is_entry(path[:depth]) for depth in range(1, len(path))))
    assert desk.commits == []
    assert desk.configuration is before


@pytest.mark.parametrize("setting", EVERY)
def test_unset(setting: Setting) -> None:
    """What is unset is as if it had never been set."""
    path = place(setting)
    before = ready(path)
    if setting.keyword.endswith("-interface"):
        before = Configuration.factory()
    value = next(value for value in good(setting) if value != setting.default)
    changed = before.with_value(path, value).without(path)
    assert changed.get(path) == before.get(path)


@pytest.mark.parametrize("path", [("system",), (HA,), (HA, "wrong"), (HA, "service", "x", "ip")])
def test_path_that_no_table_has(path: Path) -> None:
    """What is no setting can be neither read nor set."""
    factory = Configuration.factory()
    with pytest.raises(Refused, match="is not a setting"):
        factory.get(path)
    with pytest.raises(Refused, match="is not a setting"):
        factory.with_value(path, "x")


@pytest.mark.parametrize("name", ["", "two words", "x" * 65, "bell\a", "line\u2028line"])
def test_no_name_of_an_entry(name: str) -> None:
    """An entry has a name that stands as one word on one line."""
    with pytest.raises(Refused, match="cannot name an entry"):
        Configuration.factory().with_entry(("log alertemail recipient", name))


@pytest.mark.parametrize("name", ["port9", "", "port1 "])
def test_no_entry_of_a_fixed_table(name: str) -> None:
    """Interfaces are those that the unit has."""
    with pytest.raises(Refused, match="is not an entry here"):
        Configuration.factory().with_entry((HA, "interface", name))
