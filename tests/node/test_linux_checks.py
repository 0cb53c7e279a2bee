"""Local monitoring on Linux: what a check of the ports or of the mail disk tells."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from node.engine.events import CheckDone
from node.engine.modes import Mode
from node.engine.settings import Check, HaSettings
from node.linux import checks, mail_disk, ports
from node.settings import Configuration, ha_settings
from tests.node.engine_pair import FACTORY

ONE = Check(enabled=True, interval=0, retries=1)


def told(settings: HaSettings, volume: Path, *, peer: bool = False) -> CheckDone:
    """The first result of the checks that these settings want; a device is named like its port, port9 is missing."""

    async def scene() -> CheckDone:
        done: asyncio.Queue[CheckDone] = asyncio.Queue()
        watch = checks.Checks(done.put_nowait, {"port1": "port1", "port3": "port3"}.get, volume)
        watch.follow(settings, peer=peer)
        async with asyncio.timeout(5):
            event = await done.get()
        watch.follow(FACTORY, peer=False)
        return event

    return asyncio.run(scene())


@pytest.mark.parametrize(("monitored", "ok"), [(("port3",), False), (("port1",), True), (("port9",), True), ((), True)])
def test_only_monitored_ports_are_looked_at(
    monitored: tuple[str, ...],
    ok: bool,  # noqa: FBT001 - a table's column
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """port3 has lost its cable; whether that is a fault depends on whether it is monitored."""
    carrier: Callable[[str], bool] = lambda device: device != "port3"  # noqa: E731 - one line says it all
    monkeypatch.setattr(ports, "has_carrier", carrier)
    settings = dataclasses.replace(FACTORY, mode=Mode.PRIMARY, monitored=monitored, local_ports=ONE)
    assert told(settings, tmp_path) == CheckDone("local-ports", ok)


@pytest.mark.parametrize("broken", [False, True])
def test_a_disk_is_well_when_it_takes_a_file_and_gives_it_back(
    broken: bool,  # noqa: FBT001 - a table's column
    tmp_path: Path,
) -> None:
    """A volume that takes no file is a disk that fails."""
    volume = tmp_path / "no-folder" if broken else tmp_path
    (tmp_path / "no-folder").touch()
    assert told(dataclasses.replace(FACTORY, mode=Mode.PRIMARY, local_hd=ONE), volume) == CheckDone(
        "local-hd", not broken
    )


def test_a_disk_that_hangs_fails_in_time_and_keeps_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Further checks wait for the trial under way, and are good when that ends well."""
    begun, goes_on = [], threading.Event()

    def hang(folder: Path) -> bool:
        begun.append(folder)
        return goes_on.wait(5)

    monkeypatch.setattr(mail_disk, "take_and_give_back", hang)
    monkeypatch.setattr(mail_disk, "DISK_LIMIT", 0.01)

    async def scene() -> list[bool]:
        disk = mail_disk.MailDisk(tmp_path)
        found = [await disk.works(), await disk.works()]
        goes_on.set()
        monkeypatch.setattr(mail_disk, "DISK_LIMIT", 5.0)
        return [*found, await disk.works()]

    assert asyncio.run(scene()) == [False, False, True]
    assert begun == [tmp_path]


def test_a_check_of_the_disk_leaves_nothing_there(tmp_path: Path) -> None:
    """The file is removed."""
    assert mail_disk.take_and_give_back(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("action", "port_monitor", "monitored"),
    [
        ("add 10.0.3.100/24", "enable", ("port3",)),
        ("set 10.0.3.100/24", "enable", ("port3",)),
        ("add 10.0.3.100/24", "disable", ()),
        ("ignore", "enable", ()),
    ],
)
def test_an_interface_is_monitored_when_its_action_and_its_switch_say_so(
    action: str, port_monitor: str, monitored: tuple[str, ...]
) -> None:
    """Source: HA-167, HA-171."""
    configuration = Configuration.factory().with_value(("system ha", "failover"), f"port3 {action}")
    configuration = configuration.with_value(("system ha", "interface", "port3", "port-monitor"), port_monitor)
    assert ha_settings(configuration).monitored == monitored
