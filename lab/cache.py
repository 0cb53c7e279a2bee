"""The user's folder for what is fetched or built once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.errors import LabError

_HINT = "set XDG_CACHE_HOME to a folder you own"


def cache_folder() -> Path:
    """Return the folder, by the XDG rules, and make it where it is missing. Raises LabError."""
    given = os.environ.get("XDG_CACHE_HOME")
    try:
        folder = (Path(given) if given else Path.home() / ".cache") / "switchover"
    except RuntimeError as error:  # Path.home's
        raise LabError("this user has no home folder, and HOME is not set", _HINT) from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LabError(f"{folder} cannot be made ({error.strerror})", _HINT) from error
    return folder


@contextmanager
def alone(what: str, waits: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Let one process at a time do this, of all with this folder; `waits` is called if another one does. LabError."""
    file = cache_folder() / f"{what}.lock"
    try:
        lock = file.open("a", encoding="ascii")
    except OSError as error:
        raise LabError(f"{file} cannot be written ({error.strerror})", "own it, or set XDG_CACHE_HOME") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
