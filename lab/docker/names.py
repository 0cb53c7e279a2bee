"""Names and labels of everything that the Docker lab makes, by which it is found and removed."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from lab.standard_pair import PAIR

RUN = "switchover.run"
LAB = "switchover.lab"
PART = "switchover.part"
OWNER = "switchover.owner"
SUBNET = "switchover.subnet"
UNIT = "switchover.unit"
UNIT_KIND = "switchover.unit-kind"
PROFILE = "switchover.profile"

BY_HAND = "by-hand"
"""Owner of a lab that outlives the process that made it: only `python -m lab down` removes it."""

UNITS = tuple(PAIR.configured)


def other(unit: str) -> str:
    """Name of a unit's peer."""
    return next(each for each in UNITS if each != unit)


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that owns a lab; start time and boot distinguish it from a later one with the same number.

    `space` is the pid namespace: a process of another one cannot be judged from here.
    """

    pid: int
    started: int
    boot: str
    space: str

    def text(self) -> str:
        """The value of its label."""
        return f"{self.pid} {self.started} {self.boot} {self.space}"


def this_process() -> Owner:
    """Return the owner record of the calling process."""
    return Owner(os.getpid(), _started(os.getpid()) or 0, _boot(), _space())


def parse_owner(text: str) -> Owner | None:
    """Read the value of an owner label; None for anything else."""
    words = text.split()
    if len(words) != 4 or not words[0].isdigit() or not words[1].isdigit():  # noqa: PLR2004 - the four fields
        return None
    return Owner(int(words[0]), int(words[1]), words[2], words[3])


def is_gone(text: str) -> bool:
    """Whether the owner in a label is certainly dead; False if in doubt."""
    owner = parse_owner(text)
    if owner is None:
        return False
    if owner.boot != _boot():
        return True
    if owner.space != _space():
        return False
    return _started(owner.pid) != owner.started


def new_lab_id() -> str:
    """Return a short id that no other lab has."""
    return secrets.token_hex(4)


def container_name(lab: str, part: str) -> str:
    """Name of a container of a lab, e.g. `switchover-1a2b3c4d-unit-p`."""
    return f"switchover-{lab}-{part}"


def labels(run: str, lab: str, part: str, owner: str) -> dict[str, str]:
    """Labels for a container, network or volume of a lab."""
    return {RUN: run, LAB: lab, PART: part, OWNER: owner}


def _started(pid: int) -> int | None:
    """Start time of a process in clock ticks since boot, None when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    # The command name may contain blanks and parentheses, so fields are counted from the last parenthesis.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _space() -> str:
    return str(Path("/proc/self/ns/pid").readlink()).replace(":", "")
