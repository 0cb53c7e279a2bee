"""Reads files of a unit's volume; a program for each look would cost ten times as much, and looks are many."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from . import stdio


def lines(request: stdio.Record) -> stdio.Record:
    """Lines of a file, none where there is no such file."""
    try:
        text = Path(str(request["path"])).read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        text = ""
    return {"lines": text.splitlines()}


def search(request: stdio.Record) -> stdio.Record:
    """What a pattern finds in the files below some folders, each text once; they may be binary, or vanish meanwhile."""
    folders, pattern = request["folders"], re.compile(str(request["pattern"]).encode())
    assert isinstance(folders, list)
    found: set[bytes] = set()
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in names:
                found.update(pattern.findall(_content(Path(place, name))))
    return {"found": sorted(each.decode(errors="replace") for each in found)}


def _content(path: Path) -> bytes:
    """Content of a file, nothing of one that is gone, or that is no regular file."""
    try:
        return path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else b""
    except OSError:
        return b""
