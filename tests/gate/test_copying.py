"""The figures of the bench of copies: memory by either version of control groups, and the words about a goal."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate import copying
from lab.errors import LabError

CONTAINER = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("folder", "figures"),
    [
        (f"memory/docker/{CONTAINER}", "cache 7\nrss 10\ntotal_cache 7\ntotal_rss 4096\n"),
        (f"system.slice/docker-{CONTAINER}.scope", "anon 4096\nfile 7\n"),
    ],
    ids=["version 1", "version 2"],
)
def test_memory_is_what_the_container_holds_itself(tmp_path: Path, folder: str, figures: str) -> None:
    """Its programs' own pages, those of groups below included, and no pages of files."""
    for name, text in {folder: figures, folder.replace("0123", "4567"): "total_rss 1\nanon 1\n"}.items():
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "memory.stat").write_text(text)
    assert copying.resident(tmp_path, CONTAINER) == 4096


def test_a_container_without_a_group_is_an_error(tmp_path: Path) -> None:
    """No memory at all would look like a goal that is met."""
    with pytest.raises(LabError, match="control group"):
        copying.resident(tmp_path, CONTAINER)


@pytest.mark.parametrize(("used", "word"), [(copying.MOST, "met"), (copying.MOST + 1, "MISSED")])
def test_memory_is_told_with_its_goal(used: int, word: str) -> None:
    """As much as the goal meets it."""
    for visited in (False, True):
        assert copying.memory_told(used, visited=visited).endswith(f"(goal 60 {word})")
        assert "60.0 MiB" in copying.memory_told(used, visited=visited)


@pytest.mark.parametrize(("plain", "told"), [(7.0, "ratio 0.70 (goal 0.7 met)"), (6.9, "ratio 0.69 (goal 0.7 MISSED)")])
def test_copies_are_told_by_their_medians(plain: float, told: str) -> None:
    """One slow copy of three does not count."""
    assert copying.copies_told([10.0, 99.0, 9.0], [plain, plain, 99.0], 10, 1).endswith(told)
