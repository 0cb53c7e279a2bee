"""Run as a program: makes a folder of a machine read-only, or writable again, as its processes see it.

read_only.py PID FOLDER on|off   PID is a process of the machine, whose mount namespace is entered

A view of the folder is mounted over it. A file system that is open for writing cannot be made read-only itself.
"""

from __future__ import annotations

import ctypes
import os
import sys

NEW_MOUNT_NAMESPACE = 0x00020000
READ_ONLY, REMOUNT, BIND, DETACH = 1, 32, 4096, 2
"""Flags of mount and umount2. Source: sys/mount.h."""


def called(result: int) -> None:
    """Raise OSError where a call has failed."""
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def main(pid: str, folder: str, wanted: str) -> None:
    """Enter the namespace, and change the folder. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    # Opened before: the machine has a /proc of its own.
    namespace = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY)
    called(libc.setns(namespace, NEW_MOUNT_NAMESPACE))
    place = folder.encode()
    if wanted == "on":
        called(libc.mount(place, place, None, BIND, None))
        called(libc.mount(None, place, None, BIND | REMOUNT | READ_ONLY, None))
    else:
        called(libc.umount2(place, DETACH))


if __name__ == "__main__":
    main(*sys.argv[1:])
