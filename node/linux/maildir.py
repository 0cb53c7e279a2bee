"""Looks after mail storage: its directories, and messages that a synchronization left twice in one Maildir."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from node.linux.paths import AREAS


def make_areas(root: Path, uid: int, gid: int) -> None:
    """Make the storage areas below `root`, owned by the delivering user."""
    root.mkdir(parents=True, exist_ok=True)
    for area in AREAS:
        directory = root / area
        directory.mkdir(mode=0o770, exist_ok=True)
        os.chown(directory, uid, gid)


def drop_twins(root: Path) -> int:
    """Remove each message from `new` that also stands, under the same name, in `cur` beside it; returns how many.

    A message moves from `new` to `cur` when it is first seen. A copy made before and one made after are the same mail.
    """
    dropped = 0
    for new in root.rglob("new"):
        seen = new.with_name("cur")
        if not new.is_dir() or not seen.is_dir():
            continue
        known = {name.partition(":")[0] for name in os.listdir(seen)}  # noqa: PTH208 - names are all that is needed
        for name in os.listdir(new):  # noqa: PTH208 - names are all that is needed
            if name.partition(":")[0] in known:
                (new / name).unlink(missing_ok=True)
                dropped += 1
    return dropped


def set_aside(root: Path, aside: Path) -> list[Path]:
    """Move what lies in `root` to `aside` in an instant, to be erased later; returns what was moved."""
    moved = []
    aside.mkdir(parents=True, exist_ok=True)
    if root.is_dir():
        for number, entry in enumerate(root.iterdir(), len(list(aside.iterdir()))):
            target = aside / f"{number}-{entry.name}"
            entry.rename(target)
            moved.append(target)
    return moved


def erase(aside: Path) -> None:
    """Erase what was set aside."""
    shutil.rmtree(aside, ignore_errors=True)
