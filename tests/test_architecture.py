"""docs/architecture.md names files and functions; they exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
PAGE = HOUSE / "docs" / "architecture.md"


def named(text: str) -> list[str]:
    """Everything in code quotes that is a path, with or without a name behind a colon."""
    return [each for each in re.findall(r"`([^`\s]+)`", text) if "/" in each]


def problem(name: str) -> str:
    """What is wrong with a path, or a path with a name: '' for nothing."""
    path, _, inside = name.partition(":")
    if not list(HOUSE.glob(path)):
        return f"{path} is not there"
    if not inside:
        return ""
    tree = ast.parse((HOUSE / path).read_text(encoding="utf-8"))
    names = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.ClassDef)}
    for each in tree.body:
        targets = (
            each.targets if isinstance(each, ast.Assign) else [each.target] if isinstance(each, ast.AnnAssign) else []
        )
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return "" if inside in names else f"{path} defines no {inside}"


@pytest.mark.parametrize("name", sorted(set(named(PAGE.read_text(encoding="utf-8")))))
def test_what_the_page_names_exists(name: str) -> None:
    """Whoever follows the page arrives."""
    assert problem(name) == ""


def test_a_name_that_is_gone_is_seen() -> None:
    """A file, a function, and a quote that is no path."""
    assert problem("node/engine/tower.py")
    assert problem("node/engine/engine.py:_towering")
    assert named("`Turn` and `node/engine/turn.py:Turn`") == ["node/engine/turn.py:Turn"]
