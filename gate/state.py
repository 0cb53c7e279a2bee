"""A digest of code and data: results that are kept hold for the state in which they were found, and for no other."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path

SUFFIXES = {".py", ".toml", ".feature"}
"""Files that decide about a verdict."""


def digest(rooms: Iterable[str], *, apart: Collection[str] = (), further: str = "") -> str:
    """Return a digest of these folders and files, but for what lies in some folders, and of further words."""
    total = hashlib.sha256(further.encode())
    for path in sorted(path for room in rooms for path in (Path(room), *Path(room).rglob("*"))):
        if path.suffix in SUFFIXES and path.is_file() and not any(path.is_relative_to(each) for each in apart):
            total.update(f"{path}\n".encode() + path.read_bytes())
    return total.hexdigest()
