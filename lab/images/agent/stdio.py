"""JSON Lines over stdin and stdout: requests come in, replies and events go out, each with its own time."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

Value = str | int | float | bool | None | list[str] | dict[str, str]
Record = dict[str, Value]
Handler = Callable[[Record], Record]

_STDOUT = 1


class Report(Protocol):
    """Reports an event to the lab."""

    def __call__(self, kind: str, at: float, **detail: Value) -> None:
        """Report an event of this kind, seen at that moment."""
        ...


def now() -> float:
    """Seconds on CLOCK_MONOTONIC, which host and containers share: the lab's clock."""
    return time.monotonic()


def requests() -> Iterator[Record]:
    """Requests until stdin ends."""
    for line in sys.stdin:
        if line.strip():
            yield json.loads(line)


class Output:
    """Output of whole lines, from any thread."""

    def __init__(self) -> None:
        """Write to stdout."""
        self._lock = threading.Lock()

    def event(self, kind: str, at: float, **detail: Value) -> None:
        """Report an event."""
        self._say({"event": kind, "at": at, **detail})

    def answer(self, request: Record, handler: Handler) -> None:
        """Carry a request out and reply with its result or its error."""
        try:
            result = handler(request)
        except Exception as error:  # noqa: BLE001 - any error must reach the lab, which raises it
            self._say({"reply": request["id"], "error": f"{type(error).__name__}: {error}"})
        else:
            self._say({"reply": request["id"], "at": now(), **result})

    def _say(self, record: Record) -> None:
        line = (json.dumps(record) + "\n").encode()
        with self._lock:
            while line:
                line = line[os.write(_STDOUT, line) :]
