"""Which changes are made to a module's source, and which are not."""

from __future__ import annotations

import ast
import sys
import textwrap
import types
from enum import Enum

import pytest

from gate import mutations
from gate.mutations import Kind, Mutant, Source


class Mode(Enum):
    """Three of them."""

    OFF = 1
    PRIMARY = 2
    SECONDARY = 3


@pytest.fixture
def unit(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """Provide an imported module that knows an enum, by a short name too, and a module that knows it."""
    module = types.ModuleType("unit")
    modes = types.ModuleType("modes")
    modes.__dict__["Mode"] = Mode
    module.__dict__.update(
        {
            "PATH": ("a", "b"),
            "int": int,
            "str": str,
            "Mode": Mode,
            "M": Mode,
            "modes": modes,
            "Twin": Enum("Twin", ["ONE"]),
        }
    )
    monkeypatch.setitem(sys.modules, "unit", module)
    return module


def found(text: str) -> list[Mutant]:
    """Return the mutants of a source."""
    return list(mutations.find(Source("unit", "unit.py", ast.parse(textwrap.dedent(text)), first=0)))


@pytest.mark.usefixtures("unit")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = a < b", [f"comparison: a < b -> a {sign} b" for sign in ("<=", ">", ">=", "==", "!=")]),
        ("x = a == b", [f"comparison: a == b -> a {sign} b" for sign in ("!=", "<", "<=", ">", ">=")]),
        ("x = a == 'words'", ["comparison: a == 'words' -> a != 'words'"]),
        ("x = a == PATH", ["comparison: a == PATH -> a != PATH"]),
        ("x = a is not b", ["comparison: a is not b -> a is b"]),
        (
            "x = a in b is c",
            ["comparison: a in b is c -> a not in b is c", "comparison: a in b is c -> a in b is not c"],
        ),
        ("x = a and b", ["boolean: a and b -> a or b"]),
        ("x = not a", ["boolean: not a -> a"]),
        ("x = True", ["boolean: True -> False"]),
        ("x = -a", ["sign deleted: -a -> a"]),
        ("x = a + b", [f"arithmetic: a + b -> a {sign} b" for sign in ("-", "*", "/", "//", "%", "**")]),
        ("x = a | b", [f"arithmetic: a | b -> a {sign} b" for sign in ("&", "^", "<<", ">>")]),
        ("x = 15.0", ["number: 15.0 -> 16.0", "number: 15.0 -> 14.0"]),
        ("def f(x=3): pass", ["number: 3 -> 4", "number: 3 -> 2"]),
        ("if a: b = c", ["condition negated: a -> not a"]),
        ("x = [a for a in b if a.c()]", ["condition negated: a.c() -> not a.c()"]),
        ("f(x)", ["statement deleted: f(x) -> pass"]),
        ("a.b = c", ["statement deleted: a.b = c -> pass"]),
        ("def f(): return a", ["return value: return a -> return None"]),
        ("for a in b: c = d", ["loop without a turn: b -> ()"]),
        (
            "while a:\n if b: continue",
            [
                "condition negated: a -> not a",
                "condition negated: b -> not b",
                "statement deleted: continue -> pass",
                "break or continue: continue -> break",
            ],
        ),
        ("try: a = b\nexcept C: d = e", ["exception not caught: C -> NotImplementedError"]),
        (
            "try: a = b\nexcept (C, D): d = e",
            [
                "exception not caught: C -> left out",
                "exception not caught: D -> left out",
            ],
        ),
        ("class C:\n @property\n def d(self): pass", ["decorator removed: @property -> nothing"]),
        ("x = Mode.OFF", ["enum member: Mode.OFF -> Mode.PRIMARY"]),
        ("x = M.SECONDARY", ["enum member: M.SECONDARY -> M.OFF"]),
        ("x = modes.Mode.OFF.value", ["enum member: modes.Mode.OFF -> modes.Mode.PRIMARY"]),
        (
            "match a:\n case Mode.OFF: b = c",
            [
                "case left out: case Mode.OFF: -> left out",
                "enum member: Mode.OFF -> Mode.PRIMARY",
            ],
        ),
        ("match a:\n case _ if b: c = d", ["condition negated: b -> not b", "case left out: case _ if b: -> left out"]),
        (
            "match a:\n case B() | C(): c = d",
            [
                "case left out: case B() | C(): -> left out",
                "case left out: B() -> left out",
                "case left out: C() -> left out",
            ],
        ),
        ("x = {a: b, **c}", ["row dropped: a: b -> left out", "row dropped: **c -> left out"]),
        (
            "x = {a: b, c: d}",
            [
                "row dropped: a: b -> left out",
                "row redirected: a: b -> a: d",
                "row dropped: c: d -> left out",
                "row redirected: c: d -> c: b",
            ],
        ),
        ("x = {a, b}", ["row dropped: a -> left out", "row dropped: b -> left out"]),
        ("TABLE = (a, b)", ["row dropped: a -> left out", "row dropped: b -> left out"]),
        (
            "for a in (b,): pass",
            [
                "row dropped: b -> left out",
                "loop without a turn: (b,) -> ()",
            ],
        ),
    ],
)
def test_what_is_changed(text: str, expected: list[str]) -> None:
    """One mutant for each way in which a place can be wrong, with its place and both texts."""
    assert [str(mutant) for mutant in found(text)] == [
        f"unit.py:{mutant.change.line}: {told}" for mutant, told in zip(found(text), expected, strict=True)
    ]


@pytest.mark.usefixtures("unit")
@pytest.mark.parametrize(
    "text",
    [
        '"""Words."""',
        "x: Literal[1] = y",
        "def f(x: Literal[1]) -> Literal[1]: pass",
        "@cache\ndef f(): pass",
        "@dataclass\nclass C: pass",
        "class C(Protocol):\n @property\n def d(self): ...",
        "match a:\n case _: assert_never(a)",
        "__all__ = ['a', 'b']",
        "x = int | str | None",
        "a, b = c, d",
        "class C(Base, flag=True): pass",
        "x = 'words'",
        "x = y",
        "x = None",
        "x = Twin.ONE",
        "x = self.OFF",
        "if TYPE_CHECKING:\n import a",
        "def f(): return None",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    """Words, types, decorators, and changes that would change nothing or that nothing could survive."""
    assert found(text) == []


@pytest.mark.usefixtures("unit")
def test_every_mutant_compiles_and_differs_and_leaves_the_tree_alone() -> None:
    """Each is the module's source with one change."""
    text = (
        "@d\ndef f(a, b):\n    if a < b and a:\n        return {Mode.OFF: 1, a: 2}[a]\n    b.c = a + 1\n"
        "    match b:\n        case C() | D() if -a: pass\n        case _: g(b)\n"
        "    for e in b:\n        try: continue\n        except E: pass\n"
    )
    source = Source("unit", "unit.py", ast.parse(text), first=0)
    mutants = list(mutations.find(source))
    reference = compile(text, "unit.py", "exec")
    codes = [mutations.compiled(mutant) for mutant in mutants]
    assert len({mutant.change.kind for mutant in mutants}) > len(Kind) / 2
    assert all(code != reference for code in codes)
    assert len(set(codes)) == len(codes)
    assert ast.unparse(source.tree) == ast.unparse(ast.parse(text))


@pytest.mark.usefixtures("unit")
def test_the_lines_of_a_mutant_are_those_of_its_statement() -> None:
    """Not those of statements inside it; of what stands in a lambda, the lambda's own; each source has its own bits."""
    text = "if a(\n  1,\n):\n  b(2)\ntable = {\n  c: lambda: d(3),\n}\n"
    source = Source("unit", "unit.py", ast.parse(text), first=100)
    lines = {
        mutant.change.before: [bit - 100 for bit in range(100, 110) if mutant.lines >> bit & 1]
        for mutant in mutations.find(source)
        if mutant.change.kind is Kind.NUMBER
    }
    assert lines == {"1": [1, 2], "2": [4], "3": [6]}


@pytest.mark.usefixtures("unit")
def test_a_key_names_function_operator_and_code_and_survives_edits_elsewhere() -> None:
    """Of several with the same code the second has a number; a long table's other rows are no part of a row's name."""
    rows = ", ".join(f"Mode.OFF: {'x' * 20}{number}" for number in range(9))
    text = f"class C:\n def f(self):\n  g(not a)\n  g(not a)\nTABLE = {{{rows}}}\n"
    keys = [mutant.key for mutant in found(text)]
    assert "C.f: boolean: not a -> a in: g(not a)" in keys
    assert "C.f: boolean: not a -> a in: g(not a) #2" in keys
    assert f"TABLE: row dropped: Mode.OFF: {'x' * 20}4 -> left out" in keys
    assert len(set(keys)) == len(keys)
    assert [mutant.key for mutant in found(f"import a\n\n{text}")] == keys
