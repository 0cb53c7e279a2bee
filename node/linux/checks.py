"""Local monitoring: checks the unit's own ports and disk at the configured intervals, and tells the engine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from node.engine.events import CheckDone
from node.engine.settings import Check, HaSettings
from node.linux import ports
from node.linux.files import write_atomically

PORTS, DISK = "local-ports", "local-hd"

DISK_TIME = 5.0
"""Seconds after which a disk that has not answered has failed the check."""


class Checks:
    """Runs each enabled check at its interval. Source: HA-200, HA-204."""

    def __init__(self, done: Callable[[CheckDone], None], device: Callable[[str], str | None], volume: Path) -> None:
        """Report each result to `done`; `device` names a port's network device, `volume` is the disk."""
        self._done = done
        self._device = device
        self._volume = volume
        self._running: dict[str, tuple[Check, asyncio.Task[None]]] = {}
        self._settings: HaSettings

    def follow(self, settings: HaSettings) -> None:
        """Use these settings from now on; a check whose own settings are unchanged keeps its rhythm."""
        self._settings = settings
        wanted = settings.mode.active_passive
        for name, check in ((PORTS, settings.local_ports), (DISK, settings.local_hd)):
            current = self._running.get(name)
            if current is not None and (current[0] != check or not wanted):
                current[1].cancel()
                del self._running[name]
            if wanted and check.enabled and name not in self._running:
                self._running[name] = (check, asyncio.create_task(self._repeat(name, check)))

    async def _repeat(self, name: str, check: Check) -> None:
        while True:
            await asyncio.sleep(check.interval)
            ok = self._ports_up() if name == PORTS else await self._disk_writes()
            self._done(CheckDone(name, ok))

    def _ports_up(self) -> bool:
        """Whether every monitored port has a carrier. Source: HA-167, HA-171."""
        devices = [device for device in map(self._device, self._settings.monitored) if device is not None]
        return all(ports.has_carrier(device) for device in devices)

    async def _disk_writes(self) -> bool:
        """Whether a file can be written to the disk and read back."""
        probe = self._volume / f".check-{os.getpid()}"
        try:
            async with asyncio.timeout(DISK_TIME):
                await asyncio.to_thread(write_atomically, probe, "written\n")
                return await asyncio.to_thread(probe.read_text) == "written\n"
        except OSError:
            return False
