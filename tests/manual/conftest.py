"""A copy of the manual's data that a test may spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from manual import load

Spoil = Callable[[str, str, str], Path]


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """Copy the data and replace the first occurrence of a text in one file; returns the copy's folder."""

    def change(file: str, old: str, new: str) -> Path:
        root = tmp_path / "manual"
        shutil.copytree(load.ROOT, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        text = (root / file).read_text(encoding="utf-8")
        assert old in text, f"{file} no longer has {old!r}: adapt this test"
        (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return root

    return change
