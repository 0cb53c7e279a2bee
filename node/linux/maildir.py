"""Mail storage: its directories, and the removal of outdated states of messages after a synchronization."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from node.exchange.mail_data import outdated
from node.linux.paths import AREAS


def make_areas(root: Path, uid: int, gid: int) -> None:
    """Make the storage areas below `root`, owned by the delivering user."""
    root.mkdir(parents=True, exist_ok=True)
    for area in AREAS:
        directory = root / area
        directory.mkdir(mode=0o770, exist_ok=True)
        os.chown(directory, uid, gid)


def leads(root: Path, elsewhere: Path | None) -> bool:
    """Whether `root` leads elsewhere, or is the unit's own directory (None)."""
    if elsewhere is None:
        return not root.is_symlink() and not own_of(root).exists()
    return root.is_symlink() and root.readlink() == elsewhere


def place(root: Path, elsewhere: Path | None) -> None:
    """Let `root` lead elsewhere, or be the unit's own directory (None), which lies beside it meanwhile.

    A power loss in the middle leaves what the next call completes.
    """
    own = own_of(root)
    if root.is_symlink():
        root.unlink()
    if elsewhere is None:
        own.rename(root)
        return
    elsewhere.mkdir(parents=True, exist_ok=True)
    if root.exists():
        root.rename(own)
    own.mkdir(parents=True, exist_ok=True)
    root.symlink_to(elsewhere)


def own_of(root: Path) -> Path:
    """Return where the unit's own directory lies while `root` leads elsewhere."""
    return root.with_name(f"{root.name}.own")


def drop_outdated(root: Path, primary: Iterable[str]) -> int:
    """Remove what is outdated (`mail_data.outdated`) by those of the primary's files that have come.

    Paths are below `root`; returns how many were removed.
    """
    own = (os.path.relpath(f"{folder}/{name}", root) for folder, _, names in os.walk(root) for name in names)
    found = outdated(own, (path for path in primary if (root / path).exists()))
    for path in found:
        (root / path).unlink(missing_ok=True)
    return len(found)


def set_aside(root: Path, aside: Path) -> list[Path]:
    """Move the content of `root` to `aside` at once, to be erased later; returns what was moved."""
    moved = []
    aside.mkdir(parents=True, exist_ok=True)
    if root.is_dir():
        for number, entry in enumerate(root.iterdir(), len(list(aside.iterdir()))):
            target = aside / f"{number}-{entry.name}"
            entry.rename(target)
            moved.append(target)
    return moved


def begin_anew(directory: Path) -> None:
    """Make an empty directory, without what a copy that was cut off has left there."""
    erase(directory)
    directory.mkdir(parents=True)


def erase(aside: Path) -> None:
    """Erase what was set aside."""
    shutil.rmtree(aside, ignore_errors=True)
