"""Local monitoring on Linux: what a check of the ports or of the disk tells."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from node.engine.events import CheckDone
from node.engine.modes import Mode
from node.engine.settings import Check, HaSettings
from node.linux import checks, ports
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
