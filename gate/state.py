"""Results that are kept: they hold for the code and data with which they were found, and for no other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

SUFFIXES = {".py", ".toml", ".feature"}
"""Files that decide about a verdict."""


def digest(rooms: Iterable[str], *, apart: Collection[str] = (), further: str = "") -> str:
    """Return a digest of these folders and files, but for what lies in some folders, and of further words."""
    total = hashlib.sha256(further.encode())
    for path in sorted(path for room in rooms for path in (Path(room), *Path(room).rglob("*"))):
        if path.suffix in SUFFIXES and path.is_file() and not any(path.is_relative_to(each) for each in apart):
            total.update(f"{path}\n".encode() + path.read_bytes())
    return total.hexdigest()


def read(path: Path, state: str) -> list[dict[str, Any]]:
    """Return the results that are kept for this state; none where the file is missing, or tells of another state."""
    try:
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        if json.loads(head) != {"state": state}:
            return []
    except (OSError, ValueError):
        return []
    kept = []
    for line in lines:
        try:
            kept.append(json.loads(line))
        except ValueError:
            break  # the last line of a run that was killed
    return kept


def write(path: Path, state: str, results: Iterable[Mapping[str, Any]]) -> None:
    """Keep these results and no others; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"state": state}) + "\n" + "".join(map(_line, results)), encoding="utf-8")


def add(path: Path, result: Mapping[str, Any]) -> None:
    """Keep one more result; raises OSError."""
    with path.open("a", encoding="utf-8") as file:
        file.write(_line(result))


def _line(result: Mapping[str, Any]) -> str:
    return f"{json.dumps(result)}\n"
