"""The Linux unit's configuration: what is saved and put into force, and what a disk that refuses leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.build import REFERENCE
from node.engine.events import Memory, Started
from node.engine.modes import Mode
from node.linux import paths, unit
from node.linux.addresses import Addresses
from node.settings import Refused, checksum, ha_settings, load, synchronized

MODE = ("system ha", "mode")
SHARED = ("system ha", "failover")
ROW = "port3 add 10.0.3.100/24"
ADDRESS = ("system interface", "port3", "ip")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> unit.Unit:
    """A unit with a volume of its own, whose engine has started."""
    for name in ("CONFIGURATION", "MEMORY", "HA_LOG", "ALERTS", "TRAPS", "TRACE", "BOOT_DELAY", "WEB"):
        monkeypatch.setattr(paths, name, tmp_path / name.lower())
    monkeypatch.setenv("SWITCHOVER_HOSTNAME", "unit-p")
    made = unit.Unit(REFERENCE, Addresses({}, {"port1": "10.0.1.1/24", "port3": "10.0.3.1/24"}), lambda _: None)
    made.body.engine.handle(Started(ha_settings(made.configuration), Memory()), 0.0)
    return made


def saved() -> str:
    """What the volume holds."""
    return paths.CONFIGURATION.read_text()


def test_what_is_committed_is_on_the_volume(machine: unit.Unit) -> None:
    """And is what the unit says it has."""
    machine.commit(machine.configuration.with_value(SHARED, ROW))
    assert load(saved()) == machine.configuration
    assert machine.configuration.get(SHARED) == ROW


def test_a_disk_that_refuses_leaves_all_as_it_was(machine: unit.Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator hears why; neither the settings nor what they cause are in force."""
    machine.commit(machine.configuration.with_value(SHARED, ROW))
    before, fed = machine.configuration, []

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(unit, "write_atomically", full)
    monkeypatch.setattr(machine.body, "feed", fed.append)
    with pytest.raises(Refused, match="cannot be saved: No space left"):
        machine.commit(before.with_value(MODE, "primary"))
    assert (machine.configuration, load(saved()), fed) == (before, before, [])


def test_a_copy_with_a_wrong_checksum_is_not_taken(machine: unit.Unit) -> None:
    """One with the right one is."""
    primary = machine.configuration.with_value(MODE, "primary").with_value(SHARED, ROW)
    with pytest.raises(ValueError, match="checksum"):
        machine._take_settings(synchronized(primary), checksum(machine.configuration))
    assert machine.configuration.get(SHARED) != ROW
    machine._take_settings(synchronized(primary), checksum(primary))
    assert (machine.configuration.get(SHARED), machine.configuration.get(MODE)) == (ROW, Mode.OFF)


def test_a_factory_reset_keeps_the_name_and_the_addresses(machine: unit.Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    """All else returns to its default, the event log is empty, and HA starts afresh."""
    restarted = []
    monkeypatch.setattr(machine.body, "restart", restarted.append)
    first = machine.configuration
    machine.commit(first.with_value(MODE, "primary").with_value(("system global", "hostname"), "mail"))
    machine._records.log("ha: something happened")
    machine.factory_reset()
    assert machine.configuration == load(saved()) == first
    assert first.get(ADDRESS) == "10.0.3.1/24"
    assert machine.hostname == "unit-p"
    assert machine.event_log() == []
    assert [each.mode for each in restarted] == [Mode.OFF]
