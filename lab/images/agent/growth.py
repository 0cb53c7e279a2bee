"""Reports when a file, the unit's log, grows, by the kernel's notifications."""

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
"""Layout of a notification: watch, event, cookie, and length of a name, which is 0 for a file."""


class Growth:
    """The files that are followed."""

    def __init__(self, report: stdio.Report) -> None:
        """Follow none yet."""
        self._report = report
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._notifications: dict[str, int] = {}
        """The queue of notifications of each file."""

    def follow(self, request: stdio.Record) -> stdio.Record:
        """Report each time that a file grows from now on; a replaced file is followed anew.

        A missing file is not followed: call again when it may exist.
        """
        path = str(request["path"])
        notifications = self._notifications.get(path)
        if notifications is None:
            notifications = self._libc.inotify_init1(os.O_CLOEXEC)
            if notifications < 0:
                raise OSError(ctypes.get_errno(), "inotify_init1")
            self._notifications[path] = notifications
            threading.Thread(target=self._read, args=(path, notifications), daemon=True).start()
        return {"there": self._libc.inotify_add_watch(notifications, path.encode(), IN_MODIFY) >= 0}

    def _read(self, path: str, notifications: int) -> None:
        while told := os.read(notifications, _ROOM):
            if any(what & IN_MODIFY for _, what, _, _ in _HEAD.iter_unpack(told)):
                self._report("grown", stdio.now(), path=path)
