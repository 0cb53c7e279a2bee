"""Finds the places where one small change makes a module wrong: the mutants that a suite which can fail must notice."""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import Path
from types import CodeType, ModuleType


class Kind(StrEnum):
    """How a mutant differs from the source."""

    COMPARISON = "comparison"
    CONDITION = "condition negated"
    BOOLEAN = "boolean"
    ARITHMETIC = "arithmetic"
    NUMBER = "number"
    STATEMENT = "statement deleted"
    RETURN = "return value"
    MEMBER = "enum member"
    ROW = "row dropped"


@dataclass(frozen=True, slots=True)
class Change:
    """One node of a module's tree with what stands in its place, and both as text."""

    kind: Kind
    old: ast.AST
    new: ast.AST
    before: str
    after: str
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """A module's source; `first` is the number of the bit that stands for its line 0 in a set of lines."""

    module: str
    path: str
    tree: ast.Module
    first: int


@dataclass(frozen=True, slots=True)
class Mutant:
    """A source with one change; `lines` are those of the statement around it, as bits of a number."""

    source: Source
    change: Change
    lines: int

    def __str__(self) -> str:
        """Say where the mutant is and what it changes, in one line."""
        change = self.change
        return f"{self.source.path}:{change.line}: {change.kind}: {change.before} -> {change.after}"


_COMPARISONS: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
_SPEAKS_FOR_ITSELF = (ast.Compare, ast.BoolOp, ast.Constant)
"""Conditions that other kinds of change turn round."""

_WIDTH = 60


def read(names: Sequence[str]) -> list[Source]:
    """Read the sources of modules that are imported, from below the working folder."""
    sources = []
    first = 0
    for name in names:
        path = Path(str(sys.modules[name].__file__))
        text = path.read_text(encoding="utf-8")
        sources.append(Source(name, path.relative_to(Path.cwd()).as_posix(), ast.parse(text), first))
        first += text.count("\n") + 2
    return sources


def find(source: Source) -> Iterator[Mutant]:
    """Yield the mutants of a module in the order of its source; what its names stand for, the imported module says."""
    namespace = vars(sys.modules[source.module])
    for node, lines in _executed(source.tree, frozenset()):
        for change in _changes(node, namespace):
            yield Mutant(source, change, sum(1 << (source.first + line) for line in lines))


def compiled(mutant: Mutant) -> CodeType:
    """Return the code of the changed module; the source's tree stays as it is."""
    change = mutant.change
    changed = copy.deepcopy(mutant.source.tree, {id(change.old): ast.copy_location(change.new, change.old)})
    return compile(ast.fix_missing_locations(changed), mutant.source.path, "exec")


def _executed(node: ast.AST, lines: frozenset[int]) -> Iterator[tuple[ast.AST, frozenset[int]]]:
    """Yield what runs below a node with the lines of its statement: no annotation, decorator, base class or text."""
    match node:
        case ast.FunctionDef(args=arguments, body=body) | ast.AsyncFunctionDef(args=arguments, body=body):
            below: list[ast.AST] = [arguments, *body]
        case ast.ClassDef(body=body):
            below = [*body]
        case ast.AnnAssign(value=value):
            below = [] if value is None else [value]
        case ast.arg() | ast.Expr(value=ast.Constant()):
            return
        case ast.Lambda(body=body):
            below, lines = [node.args, body], _own_lines(body)
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=otherwise):
            below = [*otherwise]
        case _:
            below = list(ast.iter_child_nodes(node))
            yield node, lines or _own_lines(node)
    for child in below:
        own = _own_lines(child) if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case) else lines
        yield from _executed(child, own)


def _own_lines(node: ast.AST) -> frozenset[int]:
    """Return the lines of a statement, without those of the statements inside it."""
    within = [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt | ast.excepthandler)]
    within = [child for child in within if not isinstance(child, ast.match_case)]
    lines = [line for child in within for line in _own_lines(child)]
    first = getattr(node, "lineno", None)
    return frozenset(lines if first is None else [*lines, first])


def _changes(node: ast.AST, namespace: Mapping[str, object]) -> Iterator[Change]:
    """Yield the changes of this very node."""
    yield from _of_condition(node)
    yield from _of_operator(node)
    yield from _of_value(node, namespace)
    yield from _of_statement(node)


def _of_operator(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(left=left, ops=operators, comparators=right):
            for place, operator in enumerate(operators):
                for other in _COMPARISONS[type(operator)]:
                    changed = [*operators[:place], other(), *operators[place + 1 :]]
                    yield _swap(Kind.COMPARISON, node, ast.Compare(left, changed, right))
        case ast.BoolOp(op=ast.And(), values=values):
            yield _swap(Kind.BOOLEAN, node, ast.BoolOp(ast.Or(), values))
        case ast.BoolOp(op=ast.Or(), values=values):
            yield _swap(Kind.BOOLEAN, node, ast.BoolOp(ast.And(), values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield _swap(Kind.BOOLEAN, node, operand)
        case ast.BinOp(left=left, op=sign, right=last) if type(sign) in _ARITHMETIC:
            yield _swap(Kind.ARITHMETIC, node, ast.BinOp(left, _ARITHMETIC[type(sign)](), last))
        case ast.AugAssign(target=target, op=sign, value=value) if type(sign) in _ARITHMETIC:
            yield _swap(Kind.ARITHMETIC, node, ast.AugAssign(target, _ARITHMETIC[type(sign)](), value))
        case _:
            pass


def _of_value(node: ast.AST, namespace: Mapping[str, object]) -> Iterator[Change]:
    match node:
        case ast.Constant(value=bool(flag)):
            yield _swap(Kind.BOOLEAN, node, ast.Constant(not flag))
        case ast.Constant(value=int(number) | float(number)):
            yield _swap(Kind.NUMBER, node, ast.Constant(number + 1))
        case ast.Attribute(value=owner) if following := _next_member(_known(node, namespace)):
            yield _swap(Kind.MEMBER, node, ast.Attribute(owner, following, ast.Load()))
        case ast.Dict(keys=keys, values=values):
            for place, key in enumerate(keys):
                rest = ast.Dict([*keys[:place], *keys[place + 1 :]], [*values[:place], *values[place + 1 :]])
                yield _dropped(node, rest, key, values[place])
        case _:
            pass


def _of_statement(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Return(value=ast.expr() as value):
            if not (isinstance(value, ast.Constant) and value.value in {None, True, False}):
                yield _swap(Kind.RETURN, node, ast.Return(ast.Constant(None)))
        case ast.Assign(targets=targets) if any(isinstance(target, ast.Name) for target in targets):
            pass  # what comes later misses the name: no lifelike fault
        case ast.Return() | ast.Expr() | ast.Assign() | ast.AugAssign() | ast.Delete() | ast.Raise():
            yield _swap(Kind.STATEMENT, node, ast.Pass())
        case ast.Assert() | ast.Break() | ast.Continue():
            yield _swap(Kind.STATEMENT, node, ast.Pass())
        case _:
            pass


def _of_condition(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            tests = [test]
        case ast.comprehension(ifs=tests):
            pass
        case ast.match_case(guard=ast.expr() as guard):
            tests = [guard]
        case _:
            return
    for test in tests:
        if not isinstance(test, _SPEAKS_FOR_ITSELF) and not _is_not(test):
            yield _swap(Kind.CONDITION, test, ast.UnaryOp(ast.Not(), test))


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _known(node: ast.expr, namespace: Mapping[str, object]) -> object:
    """Return what a dotted name stands for in its module, None where only a run can tell."""
    match node:
        case ast.Name(id=name):
            return namespace.get(name)
        case ast.Attribute(value=value, attr=name):
            owner = _known(value, namespace)
            return getattr(owner, name, None) if isinstance(owner, ModuleType | type) else None
        case _:
            return None


def _next_member(value: object) -> str:
    """Return the name of the enum member after this one, '' where there is none."""
    if not isinstance(value, Enum):
        return ""
    members = list(type(value))
    following = members[(members.index(value) + 1) % len(members)]
    return "" if following is value else following.name


def _swap(kind: Kind, old: ast.expr | ast.stmt, new: ast.AST) -> Change:
    return Change(kind, old, new, _text(old), _text(new), old.lineno)


def _dropped(old: ast.Dict, new: ast.Dict, key: ast.expr | None, value: ast.expr) -> Change:
    row = f"{_text(key)}: {_text(value)}" if key else f"**{_text(value)}"
    return Change(Kind.ROW, old, new, row, "no such row", (key or value).lineno)


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."
