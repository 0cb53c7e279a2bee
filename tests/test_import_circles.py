"""No modules import each other in a circle; imports for types alone, and those inside a function, count."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]

Graph = Mapping[str, frozenset[str]]
"""What each module imports of the house."""


def name_of(path: Path) -> str:
    """Module name of a file."""
    return ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__")


@pytest.fixture(scope="module")
def files() -> dict[str, Path]:
    """Return the file of each module of every room."""
    rooms = [package.parent for package in HOUSE.glob("*/__init__.py")]
    return {name_of(path): path for room in rooms for path in room.rglob("*.py")}


@pytest.fixture(scope="module")
def graph(files: dict[str, Path]) -> Graph:
    """Return what each module imports."""
    return {name: imports(name, path.read_text(encoding="utf-8"), files) for name, path in files.items()}


def imports(name: str, text: str, files: Mapping[str, Path]) -> frozenset[str]:
    """Modules of the house that a text in the place of this module imports, wherever in it the import stands."""
    package = name if files[name].name == "__init__.py" else name.rpartition(".")[0]
    found = {submodule if submodule in files else module for module, submodule in imported(package, text)}
    return frozenset(found & files.keys()) - {name}


def imported(package: str, text: str) -> Iterator[tuple[str, str]]:
    """Each import in a text: the module, and the submodule that it may be."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((module, f"{module}.{alias.name}") for alias in node.names)


def circles(graph: Graph) -> frozenset[frozenset[str]]:
    """Every largest set of modules each of which imports all others, directly or through one another."""
    reached = {module: reachable(graph, module) for module in graph}
    found = {frozenset(other for other in reached[module] if module in reached[other]) for module in graph}
    return frozenset(circle for circle in found if circle)


def reachable(graph: Graph, module: str) -> set[str]:
    """What a module imports, directly or through others; itself only by way of a circle."""
    found: set[str] = set()
    ahead = [module]
    while ahead:
        new = graph[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def test_no_modules_import_each_other_in_a_circle(graph: Graph) -> None:
    """The house has none."""
    assert [sorted(circle) for circle in circles(graph)] == []


@pytest.mark.parametrize(
    "line",
    [
        "import lab.contract.lab",
        "from lab.contract import lab",
        "from lab.contract.lab import Lab",
        "from .lab import Lab",
        "from . import lab",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lab.contract.lab import Lab",
        "def late():\n    from lab.contract.lab import Lab",
        "import steps.scene",
    ],
    ids=["import", "from package", "from module", "relative", "relative package", "types", "function", "room above"],
)
def test_a_planted_circle_is_found(files: dict[str, Path], graph: Graph, line: str) -> None:
    """An import against the grain, however it is written, makes a circle."""
    low = "lab.contract.words"
    text = files[low].read_text(encoding="utf-8")
    (circle,) = circles({**graph, low: imports(low, f"{text}\n{line}\n", files)}) - circles(graph)
    assert {low, "lab.contract.lab"} <= circle
