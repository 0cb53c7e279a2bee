"""An SNMP manager by net-snmp's programs: `snmptrapd` receives traps, reported as they came; `snmpget` asks."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from . import stdio

SNMPTRAPD = "/usr/sbin/snmptrapd"
SNMPGET = "/usr/bin/snmpget"

FORMAT = "trap\\t%b\\t%P\\t%N\\t%q\\t%V\\t%v\\n"
"""Source: snmptrapd(8); security, enterprise and number of a trap of version 1, then the objects, parted by tabs."""

_STARTED = "NET-SNMP version"
"""What the program prints when it listens."""

_START_WITHIN = 10.0


class TrapManager:
    """The program, which runs unless it is away."""

    def __init__(self, report: stdio.Report, port: int = 162) -> None:
        """Prepare; `listen` begins."""
        self._report = report
        self._port = port
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._heard = False
        self._listens = False

    def listen(self, request: stdio.Record) -> stdio.Record:
        """Receive on an address with these settings from now on, if it does not already; return when it does.

        One that is asked to be `fresh` forgets what it knows of the engines of SNMP v3 that it has heard.
        """
        if request.get("fresh") and self._heard:
            self.leave({})
        if self._process is None:
            self._start(str(request["address"]), str(request["settings"]))
        return {}

    def leave(self, request: stdio.Record) -> stdio.Record:
        """Listen no more: whoever sends is refused by the kernel."""
        del request
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if self._reader is not None:
                self._reader.join()
        return {}

    def _start(self, address: str, settings: str) -> None:
        folder = Path(tempfile.mkdtemp(prefix="snmp-"))
        (folder / "settings").write_text(settings, encoding="utf-8")
        self._heard = self._listens = False
        process = subprocess.Popen(  # noqa: S603 - a fixed program
            [
                *(SNMPTRAPD, "-f", "-n", "-Lo", "-On", "-Oq", "-m", "", "-C", "-c", str(folder / "settings")),
                *("-F", FORMAT, f"udp:{address}:{self._port}"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "SNMP_PERSISTENT_DIR": str(folder), "SNMPCONFPATH": str(folder), "MIBS": ""},
            text=True,
            errors="replace",
        )
        self._process = process
        started = threading.Event()
        self._reader = threading.Thread(target=self._receive, args=(process, started, folder), daemon=True)
        self._reader.start()
        started.wait(_START_WITHIN)
        if not self._listens:
            self.leave({})
            raise RuntimeError(f"snmptrapd does not listen on {address}:{self._port}")

    def _receive(self, process: subprocess.Popen[str], started: threading.Event, folder: Path) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("trap\t"):
                self._heard = True
                self._report("trapped", stdio.now(), text=line.rstrip("\n"))
            elif line.startswith(_STARTED):
                self._listens = True
                started.set()
        started.set()  # it has ended
        process.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)


def ask(request: stdio.Record) -> stdio.Record:
    """Ask by `snmpget` with these arguments, and return the values that it prints, [] without an answer."""
    arguments = request["arguments"]
    assert isinstance(arguments, list)
    done = subprocess.run(  # noqa: S603 - a fixed program
        [SNMPGET, "-m", "", "-On", "-Oqv", "-r", "0", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "SNMP_PERSISTENT_DIR": "/tmp", "SNMPCONFPATH": "/nonexistent", "MIBS": ""},  # noqa: S108 - it keeps nothing of use
        check=False,
    )
    return {"values": done.stdout.split("\n")[:-1] if done.returncode == 0 else []}
