"""JSON Lines over stdin and stdout: requests come in, replies and events go out, each with its own time."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator

Value = str | int | float | bool | None | list[str] | dict[str, str]
Record = dict[str, Value]
Handler = Callable[[Record], Record]

_LOCK = threading.Lock()
_STDOUT = 1


def now() -> float:
    """Seconds on CLOCK_MONOTONIC, which host and containers share: the lab's clock."""
    return time.monotonic()


def say(record: Record) -> None:
    """Write one line; whole lines only, from any thread."""
    line = (json.dumps(record) + "\n").encode()
    with _LOCK:
        while line:
            line = line[os.write(_STDOUT, line) :]


def event(kind: str, at: float, **detail: Value) -> None:
    """Report something that happened."""
    say({"event": kind, "at": at, **detail})


def requests() -> Iterator[Record]:
    """Requests until stdin ends."""
    for line in sys.stdin:
        if line.strip():
            yield json.loads(line)


def answer(request: Record, handler: Handler) -> None:
    """Carry a request out and reply with its result or with what went wrong."""
    try:
        result = handler(request)
    except Exception as error:  # noqa: BLE001 - whatever went wrong must reach the lab, which raises it as its own
        say({"reply": request["id"], "error": f"{type(error).__name__}: {error}"})
    else:
        say({"reply": request["id"], "at": now(), **result})
