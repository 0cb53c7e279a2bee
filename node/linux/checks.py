"""Monitoring: checks the unit's own ports and disk, and its peer's services, and tells the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from node.engine.events import CheckDone
from node.engine.settings import Check, HaSettings, RemoteCheck
from node.linux import peer_services, ports
from node.linux.mail_disk import MailDisk

PORTS, DISK = "local-ports", "local-hd"


class Checks:
    """Runs each enabled check at its interval. Source: HA-200, HA-204, HA-252."""

    def __init__(self, done: Callable[[CheckDone], None], device: Callable[[str], str | None], disk: Path) -> None:
        """Report each result to `done`; `device` names a port's network device, `disk` is the mail disk's folder."""
        self._done = done
        self._device = device
        self._disk = MailDisk(disk)
        self._running: dict[str, tuple[Check | RemoteCheck, asyncio.Task[None]]] = {}
        self._settings: HaSettings

    def follow(self, settings: HaSettings, *, peer: bool) -> None:
        """Use these settings from now on; a check whose own settings are unchanged keeps its rhythm.

        `peer` tells whether the peer's services are checked, too.
        """
        self._settings = settings
        in_pair = settings.mode.active_passive
        wanted: dict[str, Check | RemoteCheck] = {PORTS: settings.local_ports, DISK: settings.local_hd}
        if peer:
            wanted |= {check.name: check for check in settings.remote}
        wanted = {name: check for name, check in wanted.items() if in_pair and check.enabled}
        for name, (check, task) in list(self._running.items()):
            if wanted.get(name) != check:
                task.cancel()
                del self._running[name]
        for name, check in wanted.items():
            if name not in self._running:
                self._running[name] = (check, asyncio.create_task(self._repeat(name, check)))

    async def _repeat(self, name: str, check: Check | RemoteCheck) -> None:
        """Check at each interval; one that takes longer than that puts the next off. Source: HA-258."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        look = self._looks_at(name, check)
        while True:
            due = max(due + check.interval, loop.time())
            await asyncio.sleep(due - loop.time())
            self._done(CheckDone(name, await look()))

    def _looks_at(self, name: str, check: Check | RemoteCheck) -> Callable[[], Awaitable[bool]]:
        if isinstance(check, RemoteCheck):
            return partial(peer_services.answers, check)
        return self._ports_up if name == PORTS else self._disk.works

    async def _ports_up(self) -> bool:
        """Whether every monitored port has a carrier. Source: HA-167, HA-171."""
        devices = [device for device in map(self._device, self._settings.monitored) if device is not None]
        return all(ports.has_carrier(device) for device in devices)
