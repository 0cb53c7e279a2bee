"""The machine around the unit: starts its software, reaps processes, and restarts only when an operator asked for it.

After a crash of the software the machine and its addresses stay, and nothing runs until the power was off and on.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from node.linux import bridge, paths, ports
from node.linux.files import read_text

NO_DAD = {False: "", True: "nodad"}
"""No duplicate address detection for IPv6: an address must work at once, as with IPv4."""

EXIT_REBOOT = 64
"""Exit code by which the software asks for a restart of the machine."""

EXIT_RELOAD = 65
"""Exit code by which the software asks for a restart of itself."""

EXIT_SHUTDOWN = 66
"""Exit code by which the software asks the machine to go off."""

EXIT_UPGRADE = 67
"""Exit code by which the software, and then the container, asks for a start from another release's image."""


POWER_BUTTONS = (signal.SIGTERM, signal.SIGINT)
"""Signals by which the machine goes off."""

DELAY_READ_EVERY = 0.02
"""Seconds between two reads of the delay of a start."""


class Machine:
    """One container's first process."""

    def __init__(self, software: str, *arguments: str) -> None:
        """Make a machine that is off; `software` is the module whose `main` runs, with these arguments."""
        self._software = software
        self._arguments = arguments
        self._own: dict[str, str] = {}
        self._own6: dict[str, str] = {}
        self._devices: dict[str, str] = {}

    def run(self) -> int:
        """Run from power-on until the machine goes off; returns the container's exit code."""
        for number in POWER_BUTTONS:
            signal.signal(number, self._power_button)
        paths.RUN.mkdir(parents=True, exist_ok=True)
        try:
            self._own = ports.parse(os.environ.get("SWITCHOVER_PORTS", ""))
            self._own6 = ports.parse(os.environ.get("SWITCHOVER_PORTS6", ""))
            self._devices = ports.find_devices(self._own, known=ports.load_devices(paths.DEVICES))
        except ports.PortsError as error:
            say(str(error))
            return 1
        paths.DEVICES.write_text(json.dumps(self._devices), encoding="utf-8")
        # The network namespace may have outlived a loss of power, with the addresses that were held.
        self._restore_addresses()
        # Loaded once: each start of the software is a copy of this process, which has run nothing of it yet.
        software = import_module(self._software)
        gc.freeze()
        self._boot_delay()
        while True:
            code = run_software(lambda: software.main(*self._arguments))
            if code in {EXIT_REBOOT, EXIT_RELOAD, EXIT_UPGRADE}:
                kill_all()
                self._restore_addresses()
                if code == EXIT_UPGRADE:
                    return EXIT_UPGRADE
                self._boot_delay()
                continue
            if code == EXIT_SHUTDOWN:
                kill_all()
                return 0
            say(f"the unit's software has ended ({code}); the machine stays up")
            paths.PID_FILE.unlink(missing_ok=True)
            self._idle()

    def _idle(self) -> None:
        """Reap orphans for as long as the machine has power."""
        while True:
            try:
                os.wait()
            except ChildProcessError:
                signal.pause()

    def _boot_delay(self) -> None:
        """Wait as long as the file says, which may change meanwhile."""
        began = time.monotonic()
        # Blocking is fine: the unit is off meanwhile.
        while time.monotonic() - began < _delay():
            time.sleep(DELAY_READ_EVERY)

    def _restore_addresses(self) -> None:
        """Remove the bridge and all addresses that are not the unit's own: a new start does not know them."""
        if Path("/sys/class/net", bridge.NAME).exists():
            subprocess.run(["/usr/bin/ip", "link", "del", bridge.NAME], check=False)  # noqa: S603 - our own bridge
        if ports.only_these(self._own, self._own6):
            return
        shown = subprocess.run(["/usr/bin/ip", "-j", "address"], capture_output=True, check=False)
        commands = []
        for device in json.loads(shown.stdout or "[]"):
            port = next((name for name, own in self._devices.items() if own == device.get("ifname")), None)
            if port is None:
                continue
            held = {f"{each['local']}/{each['prefixlen']}" for each in device["addr_info"] if each["scope"] == "global"}
            own = {self._own[port], self._own6.get(port, "")} - {""}
            commands += [f"address del {each} dev {self._devices[port]}" for each in held - own]
            commands += [f"address add {each} {NO_DAD[':' in each]} dev {self._devices[port]}" for each in own - held]
        if commands:
            subprocess.run(["/usr/bin/ip", "-batch", "-"], input="\n".join(commands).encode(), check=False)

    @staticmethod
    def _power_button(_signal: int, _frame: object) -> None:
        kill_all()
        os._exit(0)


def run_software(software: Callable[[], None]) -> int:
    """Run the software in a process of its own, reap whatever ends meanwhile, and return its exit code."""
    child = os.fork()
    if not child:
        _become(software)
    paths.PID_FILE.write_text(f"{child}\n", encoding="ascii")
    while True:
        pid, status = os.wait()
        if pid == child:
            return os.waitstatus_to_exitcode(status)


def _become(software: Callable[[], None]) -> NoReturn:
    """Be the software, whose exit code is 1 unless it ends with another."""
    try:
        for number in POWER_BUTTONS:
            signal.signal(number, signal.SIG_DFL)
        software()
    except BaseException:  # noqa: BLE001 - nothing may go on as the machine
        traceback.print_exc()
    finally:
        os._exit(1)


def say(text: str) -> None:
    """Print a line to the container's log."""
    sys.stderr.write(f"machine: {text}\n")
    sys.stderr.flush()


def _delay() -> float:
    """Seconds by which a start is delayed; a text that is no number counts as 0."""
    text = read_text(paths.BOOT_DELAY) or "0"
    try:
        return float(text)
    except ValueError:
        say(f"{paths.BOOT_DELAY} holds no number; starting at once")
        return 0.0


def kill_all() -> None:
    """Kill every process that descends from this one, and reap it; processes of `docker exec` stay."""
    while ours := descendants(os.getpid()):
        for pid in ours:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            os.wait()
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return


def descendants(ancestor: int) -> list[int]:
    """Process ids below a process, as /proc shows them now."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # The command name is in parentheses and may contain anything; the parent is the second field after it.
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
    found: list[int] = []
    edge = [ancestor]
    while edge:
        edge = [pid for pid, parent in parents.items() if parent in edge]
        found += edge
    return found
