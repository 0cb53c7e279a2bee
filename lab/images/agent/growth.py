"""Tells when a file grows, by the kernel's own notifications: the unit has written into its log."""

from __future__ import annotations

import ctypes
import os
import struct
import threading

from . import stdio

IN_MODIFY = 2
"""Something was written (linux/inotify.h)."""

_ROOM = 4096
_HEAD = struct.Struct("iIII")
"""Watch, what happened, cookie, and the length of a name, which the notification of a file has not."""

_libc = ctypes.CDLL(None, use_errno=True)
_FILES: dict[str, int] = {}
"""The queue of notifications of each file that is followed."""


def follow(request: stdio.Record) -> stdio.Record:
    """Report each time that a file grows from now on; one that has been made anew since is followed again.

    A file that is not there yet is none to follow: ask again when it may be.
    """
    path = str(request["path"])
    first = path not in _FILES
    if first:
        _FILES[path] = _libc.inotify_init1(os.O_CLOEXEC)
        if _FILES[path] < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
    there = _libc.inotify_add_watch(_FILES[path], path.encode(), IN_MODIFY) >= 0
    if first:
        threading.Thread(target=_report, args=(path, _FILES[path]), daemon=True).start()
    return {"there": there}


def _report(path: str, notifications: int) -> None:
    while told := os.read(notifications, _ROOM):
        if any(what & IN_MODIFY for _, what, _, _ in _HEAD.iter_unpack(told)):
            stdio.event("grown", stdio.now(), path=path)


HANDLERS: dict[str, stdio.Handler] = {"follow": follow}
