"""The modules of the labs and of their images hold no state: what changes belongs to an object."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
ROOMS = ("lab/docker", "lab/images", "lab/sim", "lab/wires")

IMMUTABLE = {
    "Answer",
    "compile",
    "Struct",
    "TypeVar",
    "datetime",
    "Path",
    "frozenset",
    "tuple",
    "getattr",
    "Impairment",
    "LinkFault",
    "Timing",
    "Wire",
    "with_name",
}
"""What a module may call to make a constant: each gives something that never changes."""

CHANGES = {
    *("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault"),
    *("sort", "subtract", "update", "put", "set"),
}
"""Methods that change what they are called on."""


def state_of(text: str) -> Iterator[str]:
    """What a module keeps between two calls of its functions, as far as its text shows it."""
    tree = ast.parse(text)
    changed = {name for node in ast.walk(tree) for name in changed_by(node)}
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
            if is_made(statement.value) or is_empty(statement.value) or names & changed:
                yield ast.unparse(statement)
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield ast.unparse(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (ast.unparse(each) for each in node.decorator_list if "cache" in ast.unparse(each))


def is_made(value: ast.expr) -> bool:
    """Whether a call makes the value that may give something that changes."""
    if not isinstance(value, ast.Call):
        return False
    return ast.unparse(value.func).rpartition(".")[2] not in IMMUTABLE


def is_empty(value: ast.expr) -> bool:
    """Whether the value is a list or dictionary that waits to be filled."""
    return (isinstance(value, ast.List) and not value.elts) or (isinstance(value, ast.Dict) and not value.keys)


def changed_by(node: ast.AST) -> Iterator[str]:
    """Names of the things that a node changes in place."""
    places: list[ast.expr] = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
        places = [node.func.value]
    elif isinstance(node, ast.Assign | ast.Delete):
        places = [target.value for target in node.targets if isinstance(target, ast.Subscript | ast.Attribute)]
    elif isinstance(node, ast.AugAssign):
        target = node.target
        places = [target.value if isinstance(target, ast.Subscript | ast.Attribute) else target]
    yield from (place.id for place in places if isinstance(place, ast.Name))


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_holds_state(room: str) -> None:
    """Registries, caches, counters, locks and the like have an owner."""
    found = {
        f"{path.relative_to(HOUSE)}: {each}"
        for path in (HOUSE / room).rglob("*.py")
        for each in state_of(path.read_text(encoding="utf-8"))
    }
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "SEEN = {}",
        "SEEN: list[str] = []",
        "SEEN = set()",
        "SEEN = Counter()",
        "LOCK = threading.Lock()",
        "TOKENS = itertools.count()",
        "LAB = Lab()",
        "UNITS = ['P']\ndef more():\n    UNITS.append('S')",
        "UNITS = {'P': 1}\ndef more():\n    UNITS['S'] = 2",
        "UNITS = {'P'}\ndef more():\n    UNITS.discard('P')",
        "OPEN = True\ndef close():\n    global OPEN\n    OPEN = False",
        "@cache\ndef reachable(host):\n    return dial(host)",
        "@functools.lru_cache(8)\ndef reachable(host):\n    return dial(host)",
    ],
)
def test_state_is_found(text: str) -> None:
    """A module that keeps something for itself is told from one that does not."""
    assert list(state_of(text))


@pytest.mark.parametrize(
    "text", ["UNITS = ('P', 'S')", "PORTS = {'port1': 1}", "STAMP = re.compile('x')", "SOUND = LinkFault()"]
)
def test_a_constant_is_no_state(text: str) -> None:
    """What nobody changes may stand in a module."""
    assert not list(state_of(text))
