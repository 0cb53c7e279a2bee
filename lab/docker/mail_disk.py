"""Lets the mail disk of a unit fail, from the host: it fills up, takes nothing, gives errors or hangs; and cures it.

The disk is a file system that `lab.docker.loops` has made, and a volume of Docker's. What is done to it is kept by the
kernel alone, so another process can undo it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

import docker
from docker.errors import APIError

from lab.contract import DiskState
from lab.docker import loops, read_only
from lab.docker.daemon import refused
from lab.errors import FaultNotProven, LabError

FREEZE, THAW, SET_READ_ONLY = 0xC0045877, 0xC0045878, 0x125D
"""Requests to a file system and to a block device. Source: linux/fs.h."""

BLOCKS = loops.SIZE // loops.BLOCK
RESERVED = 4096
"""Blocks that ext4 reserves for itself where nobody says another number, of a disk of this size."""

REFUSES = {DiskState.FULL: errno.ENOSPC, DiskState.READ_ONLY: errno.EROFS, DiskState.FAULTY: errno.EIO}
"""What who writes a file is told."""


@dataclass(frozen=True, slots=True)
class Drive:
    """A disk as the host has it: the folder where Docker has mounted it, and its two devices (`loop5`)."""

    folder: Path
    upper: str
    lower: str

    def reserve(self, blocks: int) -> None:
        """Let the file system keep blocks for itself, whatever their owner is: with all of them it is full."""
        Path("/sys/fs/ext4", self.upper, "reserved_clusters").write_text(f"{blocks}\n", encoding="ascii")

    def refuse_writes(self, *, on: bool) -> None:
        """Let each write to the disk fail, or succeed; what has been read before is still in memory."""
        with Path("/dev", self.lower).open("rb", buffering=0) as device:
            fcntl.ioctl(device, SET_READ_ONLY, struct.pack("i", on))

    def hang(self) -> None:
        """Let everybody wait who writes; who waits cannot be killed. Raises OSError where it hangs already."""
        self._ask(FREEZE)

    def go_on(self) -> bool:
        """Let a disk that hangs go on; return whether it did."""
        try:
            self._ask(THAW)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            return False
        return True

    def recover(self) -> None:
        """Undo whatever was done to it."""
        self.go_on()
        self.refuse_writes(on=False)
        self.reserve(RESERVED)

    def _ask(self, request: int) -> None:
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.ioctl(handle, request, 0)
        finally:
            os.close(handle)


def drive_of(volume: dict[str, Any]) -> Drive | None:
    """Return the disk that a volume of Docker's is; None where it is none, or is not mounted in this host's sight."""
    upper = Path((volume["Options"] or {}).get("device", "")).name
    folder = Path(volume["Mountpoint"])
    if not upper:
        return None
    try:
        lower = Path("/sys/block", upper, "loop", "backing_file").read_text(encoding="utf-8").strip()
        mounted = os.major(folder.stat().st_dev), os.minor(folder.stat().st_dev)
        device = Path("/sys/block", upper, "dev").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return Drive(folder, upper, Path(lower).name) if device == "{}:{}".format(*mounted) else None


def why_no_disks(client: docker.DockerClient) -> str:
    """Why this host gives a unit no disk that can fail, "" where it does."""
    if os.geteuid() or not os.access(loops.CONTROL, os.R_OK | os.W_OK):
        return f"it takes root, and the loop devices of the engine's host ({loops.CONTROL})"
    missing = [name for name in ("mke2fs", "debugfs") if not loops.program(name)]
    if missing:
        return f"this host has no {' and no '.join(missing)}: install e2fsprogs"
    try:
        root = str(client.info()["DockerRootDir"])
    except APIError as error:
        raise refused(error, "looking for Docker's folder") from error
    if not Path(root).is_dir():
        return f"the engine keeps its volumes elsewhere ({root} is not on this host)"
    try:
        # Older kernels, and whatever else guards them, give no loop device.
        with loops.made("switchover-trial"):
            return ""
    except LabError as error:
        return error.problem


class MailDisk:
    """The mail disk of one unit."""

    def __init__(self, client: docker.DockerClient, volume: str, folder: str, pid: Callable[[], int]) -> None:
        """Find the disk when it is needed: a volume, mounted in the unit at `folder`.

        `pid` returns the first process of the unit's container, 0 for none.
        """
        self._client = client
        self._volume = volume
        self._folder = folder
        self._pid = pid
        self.state: DiskState | None = None
        """How it fails, None where it works."""
        self.is_worn = False
        """Whether it has refused writes: what the kernel could not write then may be missing much later."""

    def fail(self, state: DiskState) -> float:
        """Let the disk fail, and prove it; return since when it does. Raises FaultNotProven."""
        self.mend()
        drive, self.state = self._drive(), state
        at = time.monotonic()
        match state:
            case DiskState.FULL:
                drive.reserve(BLOCKS - 1)
            case DiskState.READ_ONLY:
                self.machine_started()
            case DiskState.FAULTY:
                self.is_worn = True
                drive.refuse_writes(on=True)
            case DiskState.STUCK:
                drive.hang()
            case _:
                assert_never(state)
        self._prove(drive, REFUSES.get(state))
        return at

    def mend(self) -> None:
        """Let the disk work again, and prove it. Raises FaultNotProven."""
        drive, self.state = self._drive(), None
        drive.recover()
        if (pid := self._pid()) and self._is_covered(pid):
            self._cover(pid, on=False)
        self._prove(drive, 0)

    def machine_started(self) -> None:
        """Let the disk be read-only for a machine that has started: the new one does not know of it."""
        if self.state is DiskState.READ_ONLY and (pid := self._pid()):
            self._cover(pid, on=True)

    @contextlib.contextmanager
    def let_go(self) -> Iterator[None]:
        """Let a disk that hangs go on for a moment: who waits for it can neither be killed nor be stopped."""
        hung = self._drive() if self.state is DiskState.STUCK else None
        if hung is not None:
            hung.go_on()
        try:
            yield
        finally:
            if hung is not None:
                hung.hang()

    def _drive(self) -> Drive:
        try:
            drive = drive_of(self._client.api.inspect_volume(self._volume))
        except APIError as error:
            raise refused(error, f"looking for the disk {self._volume}") from error
        if drive is None:
            raise FaultNotProven(f"the disk {self._volume} is not mounted where this process sees it")
        return drive

    def _is_covered(self, pid: int) -> bool:
        """Whether more than the disk is mounted at the machine's folder."""
        mounts = Path(f"/proc/{pid}/mountinfo").read_text(encoding="utf-8").splitlines()
        return sum(line.split()[4] == self._folder for line in mounts) > 1

    def _cover(self, pid: int, *, on: bool) -> None:
        """Put a read-only view of the disk before it in the machine's mount namespace, or take it away."""
        # A process of its own, since a thread of this one cannot enter another mount namespace.
        command = [sys.executable, "-I", "-S", read_only.__file__, str(pid), self._folder, "on" if on else "off"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)  # noqa: S603
        if done.returncode:
            raise FaultNotProven(f"{self._folder} cannot be made read-only: {done.stderr.strip()[-200:]}")

    def _prove(self, drive: Drive, wanted: int | None) -> None:
        """Prove by a file that a write ends as is wanted: 0 for well; None for one that would not end."""
        if wanted is None:
            with contextlib.suppress(OSError):
                drive.hang()
                raise FaultNotProven("the disk did not hang")
            return
        pid = self._pid()
        if wanted == errno.EROFS and not pid:
            raise FaultNotProven("a unit without power sees no disk")
        folder = Path(f"/proc/{pid}/root{self._folder}") if pid else drive.folder
        found = written(folder)
        if found != wanted:
            told = f"a file was written with {_named(found)}, not with {_named(wanted)}"
            raise FaultNotProven(f"the disk {self._volume} did not change: {told}")


def written(folder: Path) -> int:
    """Write a small file, and remove it; return the number of the error, 0 for none."""
    path = folder / ".switchover"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, b"written\n")
            os.fsync(handle)
        finally:
            os.close(handle)
            path.unlink()
    except OSError as error:
        return error.errno or errno.EIO
    return 0


def _named(number: int) -> str:
    return errno.errorcode.get(number, str(number)) if number else "no error"
