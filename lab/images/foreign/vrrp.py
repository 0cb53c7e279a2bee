"""keepalived in the foreign unit: its configuration, what peers advertise, and one run of it."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from string import Template

from .shell import NO_ADDRESS, ZERO, Settings, ranked

PROGRAM = "/usr/sbin/keepalived"
PROTOCOL = 112
"""VRRP's number. Source: RFC 5798, section 5.1.1.4."""

OWNER = 255
"""Priority of a unit that leads at once, and from which no peer takes the role."""

_PRIORITY = {"primary": 254, "secondary": 253}
"""With these the skew is a hundredth of a second, and of two units that lead the configured primary goes on."""

ROLES = frozenset({"MASTER", "BACKUP", "FAULT"})
STOP = "STOP"
"""Told in place of a role by a keepalived that ends."""

_CONFIGURATION = Path(__file__).with_name("keepalived.conf.in")
_VERSION_3 = 0x31
_HEADER = 8


def link(settings: Settings) -> str:
    """Return the port on which VRRP speaks, "" where none is configured with a peer."""
    port = ranked(settings, "primary")
    return port if port and settings[port]["peer-ip"] != ZERO else ""


def configuration(settings: Settings, addresses: Mapping[str, str], *, owner: bool, fifo: Path) -> str:
    """Return keepalived's configuration for a unit in a group, whose own addresses (with mask) are given by port."""
    interface = link(settings)
    shared = {port: settings[port]["virtual-ip"] for port in addresses if settings[port]["status"] == "use-vip"}
    # Untracked: without a check of its own, the loss of an interface moves no role.
    lines = [f"    {address} dev {port} no_track" for port, address in shared.items() if address != NO_ADDRESS]
    checks = settings["local-ports"]["status"] == "enable"
    monitored = [port for port in shared if checks and settings[port]["port-monitor"] == "enable"]
    return Template(_CONFIGURATION.read_text(encoding="ascii")).substitute(
        fifo=fifo,
        state="state MASTER" if owner else "state BACKUP\n  nopreempt",
        priority=OWNER if owner else _PRIORITY[settings["ha"]["mode"]],
        interface=interface,
        own=addresses[interface].partition("/")[0],
        peer=settings[interface]["peer-ip"],
        threshold=settings["ha"]["hb-lost-threshold"],
        monitored="\n    ".join(monitored),
        shared="\n".join(["virtual_ipaddress {", *lines, "  }"]) if lines else "no_virtual_ipaddress",
    )


def advertised(packet: bytes, peer: str) -> tuple[str, ...] | None:
    """Return the shared addresses in an IPv4 packet of the peer that leads; None for any other packet.

    An advertisement with priority 0 says that its sender leads no more. Source: RFC 5798, section 5.
    """
    source, vrrp = packet[12:16], packet[(packet[0] & 15) * 4 :]
    if len(vrrp) < _HEADER or str(ipaddress.IPv4Address(source)) != peer or vrrp[0] != _VERSION_3 or not vrrp[2]:
        return None
    listed = vrrp[_HEADER : _HEADER + 4 * vrrp[3]]
    return tuple(str(ipaddress.IPv4Address(listed[at : at + 4])) for at in range(0, len(listed), 4))


def learned(settings: Settings, addresses: Mapping[str, str], shared: Sequence[str]) -> Settings:
    """Return the settings with what a leading peer shares: each address on the port whose network it belongs to."""
    found = deepcopy(settings)
    for port, own in addresses.items():
        network = ipaddress.IPv4Interface(own).network
        here = next((each for each in shared if ipaddress.IPv4Address(each) in network), "")
        found[port]["status"] = "use-vip" if here else "ignore-vip"
        found[port]["virtual-ip"] = f"{here}/{network.prefixlen}" if here else NO_ADDRESS
    return found


class Keepalived:
    """One run of keepalived, from its start to its end."""

    def __init__(self, folder: Path, tell: Callable[[Keepalived, str], None]) -> None:
        """Prepare a run with its files in a folder; each role is told when keepalived enters it, STOP at its end."""
        self.fifo = folder / "roles"
        self._configuration = folder / "keepalived.conf"
        self._locks = {option: folder / f"{option}.lock" for option in ("pid", "vrrp_pid")}
        self._tell = tell
        self._pipe = -1
        self._process: asyncio.subprocess.Process | None = None
        self._end: asyncio.Task[None] | None = None
        self._works = False
        """Whether it has told a role: before that, a signal would end it."""
        self._stale = False
        """Whether the configuration has changed before that."""
        self._stopped = asyncio.Event()

    async def start(self, text: str) -> None:
        """Start it with this configuration."""
        # A machine that lost its power has left these behind.
        for file in (self.fifo, *self._locks.values()):
            file.unlink(missing_ok=True)
        os.mkfifo(self.fifo, 0o600)
        # Opened for writing, too: there is no end of file while keepalived has not opened it.
        self._pipe = os.open(self.fifo, os.O_RDWR | os.O_NONBLOCK)
        asyncio.get_running_loop().add_reader(self._pipe, self._read)
        self._configuration.write_text(text, encoding="ascii")
        options = [f"--{option}={path}" for option, path in {**self._locks, "use-file": self._configuration}.items()]
        command = (PROGRAM, "--vrrp", "--dont-fork", "--log-console", *options)
        self._process = await asyncio.create_subprocess_exec(*command, start_new_session=True)
        self._end = asyncio.create_task(self._await_end())

    def reload(self, text: str) -> None:
        """Let it go on with this configuration; a role that it has, it keeps."""
        if text != self._configuration.read_text(encoding="ascii"):
            self._configuration.write_text(text, encoding="ascii")
            self._stale = not self._works
            if self._works:
                self._signal(signal.SIGHUP)

    async def stop(self) -> None:
        """End it: it gives its addresses up and tells the peer at once, and would then linger for a second."""
        assert self._process is not None
        assert self._end is not None
        self._signal(signal.SIGTERM)
        await self._stopped.wait()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._end
        asyncio.get_running_loop().remove_reader(self._pipe)
        os.close(self._pipe)

    async def _await_end(self) -> None:
        assert self._process is not None
        await self._process.wait()
        self._stopped.set()
        self._tell(self, STOP)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    def _read(self) -> None:
        """Take what it tells: `INSTANCE "ha" MASTER 254`."""
        for line in os.read(self._pipe, 4096).decode("ascii", "replace").splitlines():
            told = line.split()[2]
            self._works = True
            if told == STOP:
                self._stopped.set()
            elif told in ROLES:
                self._tell(self, told)
        if self._stale:
            self._stale = False
            self._signal(signal.SIGHUP)
