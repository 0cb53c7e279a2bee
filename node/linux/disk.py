"""The engine's memory as text, and log files that only grow."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from node.engine.events import Memory
from node.engine.modes import Effective
from node.linux.files import read_text


def memory_to_text(memory: Memory) -> str:
    """Memory as one JSON object."""
    return json.dumps(asdict(memory), sort_keys=True) + "\n"


def memory_from_text(text: str | None) -> Memory:
    """Memory from its JSON text; a missing or unreadable text gives the memory of a new unit."""
    try:
        record = json.loads(text or "{}")
        effective = record.get("effective")
        return Memory(
            boot=int(record.get("boot", 0)),
            effective=None if effective is None else Effective(effective),
            planned=str(record.get("planned", "")),
            latched_off=bool(record.get("latched_off", False)),
            reclaiming=bool(record.get("reclaiming", False)),
            ordered=bool(record.get("ordered", False)),
        )
    except (ValueError, TypeError, AttributeError):
        return Memory()


class Appender:
    """A file that only grows, line by line; each line is written completely or not at all."""

    def __init__(self, path: Path, *, limit: int = 8 << 20) -> None:
        """Append to `path`; beyond `limit` bytes the file is moved aside (one older file is kept)."""
        self._path = path
        self._limit = limit
        self._handle = -1
        self._open()

    def add(self, line: str) -> None:
        """Append one line; line ends inside it become spaces."""
        data = (line.replace("\r", " ").replace("\n", " ") + "\n").encode("utf-8", "replace")
        # A full disk must not stop the unit, so a log line may be lost.
        with contextlib.suppress(OSError):
            os.write(self._handle, data)
            if os.fstat(self._handle).st_size > self._limit:
                self._path.replace(self._path.with_name(self._path.name + ".1"))
                os.close(self._handle)
                self._open()

    def lines(self) -> list[str]:
        """All lines, oldest first."""
        return (read_text(self._path) or "").splitlines()

    def clear(self) -> None:
        """Forget all lines; readers that follow the file see it shrink."""
        os.ftruncate(self._handle, 0)
        self._path.with_name(self._path.name + ".1").unlink(missing_ok=True)

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
