"""The check of the mail disk: a small file is written, read back and removed, in a thread that it may keep."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from pathlib import Path

from node.engine.timing import DISK_LIMIT

WRITTEN = b"written\n"


class MailDisk:
    """The disk below one folder. A stuck one keeps one thread, and nothing else of the unit waits for it."""

    def __init__(self, folder: Path) -> None:
        """Look at nothing yet."""
        self._folder = folder
        self._under_way: asyncio.Future[bool] | None = None

    async def works(self) -> bool:
        """Whether the disk takes a file and gives it back within DISK_LIMIT seconds. Source: HA-209.

        A trial that has not ended serves each further check, so a disk that is stuck for long keeps one thread only.
        """
        if self._under_way is None or self._under_way.done():
            loop = asyncio.get_running_loop()
            self._under_way = loop.create_future()
            # No thread of the pool: those that the disk keeps would be missing there.
            threading.Thread(target=self._try, args=(loop, self._under_way), daemon=True).start()
        try:
            async with asyncio.timeout(DISK_LIMIT):
                return await asyncio.shield(self._under_way)
        except TimeoutError:
            return False

    def _try(self, loop: asyncio.AbstractEventLoop, ended: asyncio.Future[bool]) -> None:
        try:
            works = take_and_give_back(self._folder)
        except OSError:
            works = False
        with contextlib.suppress(RuntimeError):  # the unit went down meanwhile
            loop.call_soon_threadsafe(_end, ended, works)


def _end(future: asyncio.Future[bool], works: bool) -> None:  # noqa: FBT001 - a callback's argument
    if not future.done():
        future.set_result(works)


def take_and_give_back(folder: Path) -> bool:
    """Whether a file in the folder holds what was written to it. Raises OSError where the disk refuses."""
    path = folder / f".check-{os.getpid()}"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, WRITTEN)
        os.fsync(handle)
        # What is read is to come from the disk, not from memory.
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        return os.pread(handle, len(WRITTEN), 0) == WRITTEN
    finally:
        os.close(handle)
        path.unlink()
