"""Reads and writes whole files; a loss of power during a write leaves the old content or the new."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_atomically(path: Path, content: str, *, mode: int = 0o600) -> None:
    """Replace a file's content in one step that survives a power loss; raises OSError with the old content in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    # With O_TRUNC alone, a leftover of a killed write would keep its old mode.
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def read_text(path: Path) -> str | None:
    """Content of a file, None when there is none."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8")
    return None
