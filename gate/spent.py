"""Runs scenarios on the Docker lab; prints the CPU seconds that they cost by part, and how much of the time was due.

    python -m gate.spent [ARGUMENTS OF PYTEST]...

Without arguments it runs the whole suite with four labs (`features -n 4`). What the engine does for others meanwhile
counts as well.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from docker.errors import APIError

from lab.arguments import Parser, end
from lab.docker import names
from lab.docker.daemon import connect
from lab.docker.rack import unit_part
from lab.errors import LabError

UNITS, CONTAINERS, PYTEST, ENGINE = "units", "other containers", "pytest", "engine and shims"

CONTAINER = re.compile(r"(?:docker-)?([0-9a-f]{64})(?:\.scope)?")
"""Name of a container's control group, by either of Docker's drivers for them."""

ENGINES = frozenset({"dockerd", "containerd", "containerd-shim", "runc"})
"""Names of the engine's processes, of which the kernel keeps 15 letters."""

EVERY = 0.25
"""Seconds between two readings. What a container or process spends after the last one before its end is not seen."""

Reading = tuple[str, str, float]
"""What has spent CPU time, by a name that nothing has before or after it, its part, and its seconds so far."""


@dataclass(slots=True)
class Meter:
    """CPU seconds since the first readings; what has ended keeps what it was last seen with."""

    _spent: dict[str, tuple[str, float]] = field(default_factory=dict)
    _before: Mapping[str, float] | None = None

    def take(self, readings: Iterable[Reading]) -> None:
        """Take what all that runs has spent by now."""
        self._spent.update({who: (part, seconds) for who, part, seconds in readings})
        if self._before is None:
            self._before = {who: seconds for who, (_, seconds) in self._spent.items()}

    def by_part(self) -> dict[str, float]:
        """CPU seconds of each part."""
        found: dict[str, float] = defaultdict(float)
        for who, (part, seconds) in self._spent.items():
            found[part] += seconds - (self._before or {}).get(who, 0.0)
        return dict(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns pytest's exit code, or 3 where there is no engine to be read."""
    out, chosen = asked(sys.argv[1:] if arguments is None else arguments)
    try:
        client = connect()
    except LabError as error:
        sys.stderr.write(f"{error}\n")
        return 3

    @cache
    def part_of(container: str) -> str:
        with suppress(APIError):
            labels = client.api.inspect_container(container)["Config"]["Labels"] or {}
            owner = names.parse_owner(labels.get(names.OWNER, ""))
            if owner is not None and descends(owner.pid, os.getpid()):
                return UNITS if labels[names.PART] in map(unit_part, names.UNITS) else CONTAINERS
        return ""

    meter, over = Meter(), threading.Event()

    def read() -> None:
        while not over.wait(EVERY):
            meter.take([*containers(Path("/sys/fs/cgroup"), part_of), *engines(Path("/proc"))])

    with tempfile.TemporaryDirectory(prefix="switchover-spent-") as unkept:
        meter.take([*containers(Path("/sys/fs/cgroup"), part_of), *engines(Path("/proc"))])
        reading = threading.Thread(target=read)
        reading.start()
        folder = out or Path(unkept)
        command = ["-m", "pytest", "-c", "pyproject.toml", "--lab", "docker", "--no-report", "-q"]
        try:
            code = subprocess.run([sys.executable, *command, "--out", str(folder), *chosen], check=False).returncode  # noqa: S603 - our own suite
        finally:
            over.set()
            reading.join()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = {**meter.by_part(), PYTEST: used.ru_utime + used.ru_stime}
        with suppress(OSError, KeyError):
            footer = json.loads((folder / "run.json").read_text(encoding="utf-8"))["footer"]
            for line in told(spent, footer):
                print(line)
    return code


def asked(arguments: Sequence[str]) -> tuple[Path | None, list[str]]:
    """Return where the run's verdicts are to stay, if anywhere, and pytest's arguments, which name what to run.

    A path to run is one of the checkout, or a file of such (`@FILE`).
    """
    parser = Parser(prog="python -m gate.spent", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False)
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="keep run.json and results here (default: nowhere)")
    options, chosen = parser.parse_known_args(arguments)
    named = any(word.startswith("@") or Path(word.partition("::")[0]).exists() for word in chosen)
    return options.out, [*([] if named else ["features"]), *(chosen or ["-n", "4"])]


def told(spent: Mapping[str, float], footer: Mapping[str, Any]) -> Iterator[str]:
    """The figures of a run, from its parts' CPU seconds and the footer of its run.json."""
    judged, waits = footer["judged"], footer["waits"]
    if not judged:
        return
    yield f"{'CPU seconds':20}{'a scenario':>12}{'in all':>10}"
    for part in (UNITS, CONTAINERS, PYTEST, ENGINE):
        yield f"{part:20}{spent.get(part, 0.0) / judged:12.3f}{spent.get(part, 0.0):10.1f}"
    whole = sum(spent.values())
    yield f"{'all':20}{whole / judged:12.3f}{whole:10.1f}"
    yield (
        f"{judged} scenarios took {waits['wall']:.1f} s on {waits['labs']} labs, {waits['wall'] / judged:.2f} s each; "
        f"documented waits {waits['documented']:.1f} s: ratio {waits['ratio']:.2f}"
    )


def containers(groups: Path, part_of: Callable[[str], str]) -> Iterator[Reading]:
    """What the containers' control groups say, of either version; `part_of` tells a container's part, "" for none."""
    first = groups / "cpuacct"
    for folder, _, _ in os.walk(first if first.is_dir() else groups):
        found = CONTAINER.fullmatch(Path(folder).name)
        if found and (part := part_of(found[1])):
            # A group that ends meanwhile, or that has no such file, is passed over.
            with suppress(OSError, StopIteration):
                # A container that starts again has another group of the same name.
                yield f"{found[1]} {Path(folder).stat().st_ino}", part, _usage(Path(folder))


def _usage(group: Path) -> float:
    """CPU seconds of a control group. Source: cgroup-v1/cpuacct, cgroup-v2 (cpu.stat) of the kernel's documentation."""
    first = group / "cpuacct.usage"
    if first.exists():
        return int(first.read_text(encoding="ascii")) / 1e9
    lines = (line.split() for line in (group / "cpu.stat").read_text(encoding="ascii").splitlines())
    return next(int(number) / 1e6 for name, number in lines if name == "usage_usec")


def engines(processes: Path) -> Iterator[Reading]:
    """What the engine's own processes have spent. Source: proc_pid_stat(5)."""
    for entry in processes.iterdir():
        if entry.name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                head, _, tail = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")
                fields = tail.split()
                if head.partition("(")[2] in ENGINES:
                    ticks = int(fields[11]) + int(fields[12])
                    yield f"{entry.name} {fields[19]}", ENGINE, ticks / os.sysconf("SC_CLK_TCK")


def descends(process: int, ancestor: int) -> bool:
    """Whether a process is below another one, as its lab's owner is below this one."""
    while process not in {0, ancestor}:
        try:
            process = int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            return False
    return process == ancestor


if __name__ == "__main__":
    end(main)
