"""Makes disks that the lab can let fail: an ext4 file system on two loop devices, one upon the other, and no file.

A file without a name is the disk, the lower device its cable, and the upper one what is mounted. All of them go by
themselves with the last mount, also where this process is killed.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lab.errors import LabError

CONTROL = Path("/dev/loop-control")
SIZE = 1 << 30
"""Bytes of a disk; its file holds only what was written."""

CONFIGURE, FREE = 0x4C0A, 0x4C82
BUSY_TRIES = 20
BLOCK = 4096
AUTOCLEAR, DIRECT = 4, 16
"""Flags: the device goes with its last user; what is written to it passes no cache."""

_NAMED = struct.Struct("=II52xI64s176x")
"""File and block size of `struct loop_config`, flags and name of its `struct loop_info64`. Source: linux/loop.h."""

MAKE = ("-q", "-F", "-t", "ext4", "-b", str(BLOCK), "-m", "0", "-N", "8192", "-O", "^has_journal,^metadata_csum")
"""Options of mke2fs: without a journal the file system goes on after a failed write, and is well when the disk is."""


def program(name: str) -> str:
    """Return the path of a program that root has; "" where it is missing."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin") or ""


@contextlib.contextmanager
def made(name: str) -> Iterator[str]:
    """Make a disk, and yield its device; it is there until it is unmounted, or to the end of the block.

    `name` tells whose it is in `losetup`. Raises LabError.
    """
    doing = f"making the disk {name}"
    with contextlib.ExitStack() as held:
        try:
            file = held.enter_context(tempfile.TemporaryFile())
            os.truncate(file.fileno(), SIZE)
            lower, cable = _attach(file.fileno(), name, AUTOCLEAR)
            held.callback(os.close, cable)
            _run(program("mke2fs"), *MAKE, lower)
            # An empty folder, into which Docker copies what the image has there.
            _run(program("debugfs"), "-w", "-R", "rmdir lost+found", lower)
            upper, mounted = _attach(cable, name, AUTOCLEAR | DIRECT)
            held.callback(os.close, mounted)
        except OSError as error:
            raise LabError(f"{doing}: {error.strerror}", "look at `losetup -a`") from error
        except subprocess.CalledProcessError as error:
            raise LabError(f"{doing}: {error.stderr.decode().strip()}", "look at the package e2fsprogs") from error
        yield upper


def _attach(file: int, name: str, flags: int) -> tuple[str, int]:
    """Return a loop device upon a file, and its descriptor, which the caller closes."""
    with CONTROL.open("rb", buffering=0) as control:
        for left in reversed(range(BUSY_TRIES)):
            path = f"/dev/loop{fcntl.ioctl(control, FREE)}"
            device = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.ioctl(device, CONFIGURE, _NAMED.pack(file, BLOCK, flags, name.encode()))
            except OSError as error:
                os.close(device)
                # Another process was faster.
                if error.errno != errno.EBUSY or not left:
                    raise
            else:
                return path, device
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed programs
