"""How the engine's room is built: no class inherits from another of it, and the engine shows few names."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

ROOM = Path(__file__).parents[2] / "node" / "engine"
NAMES = 10
"""Public names of the engine at most, attributes included: what two bodies and a shell must know."""


def heirs(sources: Iterable[str]) -> set[str]:
    """Names of classes that inherit from a class that one of the sources defines."""
    classes = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    own = {each.name for each in classes}
    return {each.name for each in classes if any(_last_name(base) in own for base in each.bases)}


def _last_name(base: ast.expr) -> str:
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


def public_names(source: str, name: str) -> set[str]:
    """Public names of a class: its methods, its slots, and what its methods set on `self`."""
    found = next(each for each in ast.parse(source).body if isinstance(each, ast.ClassDef) and each.name == name)
    names = {each.name for each in found.body if isinstance(each, ast.FunctionDef)}
    for node in ast.walk(found):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and getattr(node.value, "id", "") == "self"
        ):
            names.add(node.attr)
        if isinstance(node, ast.AnnAssign) and node in found.body and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {each for each in names if not each.startswith("_")}


def room() -> list[str]:
    """The sources of the room."""
    return [path.read_text(encoding="utf-8") for path in sorted(ROOM.rglob("*.py"))]


def test_no_class_of_the_engine_inherits_from_another() -> None:
    """What is one thought stays on one page; roles are told apart by a table, not by a tower."""
    assert heirs(room()) == set()


def test_inheritance_is_seen() -> None:
    """A planted heir goes red, also one that names its base through a module."""
    assert heirs([*room(), "class Impatient(Engine): ..."]) == {"Impatient"}
    assert heirs([*room(), "class Impatient(engine.Engine): ..."]) == {"Impatient"}


def test_the_engine_shows_few_names() -> None:
    """Ten at most."""
    assert len(public_names((ROOM / "engine.py").read_text(encoding="utf-8"), "Engine")) <= NAMES


def test_an_eleventh_name_is_seen() -> None:
    """Methods, properties and attributes count alike."""
    many = "class Engine:\n    kept: int\n    def __init__(self):\n        self.state = 0\n"
    many += "".join(f"    def name{number}(self): ...\n" for number in range(9))
    assert len(public_names(many, "Engine")) == NAMES + 1
