"""Finds the places where one small change makes a module wrong: the mutants that a suite which can fail must notice.

The operators are those of cosmic-ray 8.7 (https://cosmic-ray.readthedocs.io, "operators"), and those of this house:
statement deleted, case left out, return value, membership, enum member, row dropped, row redirected. Left out of
cosmic-ray's are the changes that say nothing about a suite:

- `==` for `is` and the reverse: whether equal values are one object is the interpreter's business, not the unit's;
- an order (`<`) between things without one, or between texts; a bit operator for an arithmetic one and the reverse;
  `not` or `~` for a number's sign: these raise an error, or repeat what another operator makes of the same place;
- decorators that only keep answers (`functools.cache`), those of classes without fields, and all in classes that only
  describe types (`Protocol`);
- VariableReplacer and VariableInserter, which do nothing until somebody names the variables, and draw at random.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from pathlib import Path
from types import CodeType, ModuleType, UnionType


class Kind(StrEnum):
    """How a mutant differs from the source: the operator that has made it."""

    COMPARISON = "comparison"
    CONDITION = "condition negated"
    BOOLEAN = "boolean"
    ARITHMETIC = "arithmetic"
    SIGN = "sign deleted"
    NUMBER = "number"
    LOOP = "loop without a turn"
    JUMP = "break or continue"
    EXCEPTION = "exception not caught"
    DECORATOR = "decorator removed"
    STATEMENT = "statement deleted"
    CASE = "case left out"
    RETURN = "return value"
    MEMBER = "enum member"
    ROW = "row dropped"
    REDIRECTED = "row redirected"


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
    """A source with one change; `lines` are those of the statement around it, as bits of a number.

    `key` names it among the mutants of its module by function, operator and source text, so that the name survives
    edits elsewhere; of several with the same texts, the second and later have a number.
    """

    source: Source
    change: Change
    lines: int
    key: str

    def __str__(self) -> str:
        """Say where the mutant is and what it changes, in one line."""
        change = self.change
        return f"{self.source.path}:{change.line}: {change.kind}: {change.before} -> {change.after}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands: in which function, in what code (its text), and the lines that run when it does."""

    function: str
    code: str
    lines: frozenset[int]

    def below(self, node: ast.AST) -> _Place:
        """Return the place of what is below a statement, or in a part of a long one."""
        if isinstance(node, _STATEMENTS):
            return _Place(_inside(self.function, node), _text(node, _LONG), _own_lines(node))
        if len(self.code) > _LONG and isinstance(node, ast.expr | ast.keyword):
            return replace(self, code=_text(node, _LONG))
        return self


_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)

_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_EQUAL = (ast.Eq, ast.NotEq)
_OPPOSITE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_BITS = (ast.BitOr, ast.BitAnd, ast.BitXor, ast.LShift, ast.RShift)

_NEVER_RAISED = "NotImplementedError"
"""What a handler catches in place of its own exception; the unit raises it nowhere."""

_NO_ROW = "left out"

_KEEPS_ANSWERS = ("cache", "lru_cache", "cached_property")

_WIDTH, _LONG = 60, 90
"""Characters of a change's text, and of the code around it; the rest is left out."""


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
    met: Counter[str] = Counter()
    for node, place in _executed(source.tree, _Place("", "", frozenset())):
        for change in _changes(node, namespace):
            own = {change.line} if change.kind is Kind.DECORATOR else place.lines
            key = _key(place, change)
            met[key] += 1
            yield Mutant(
                source,
                change,
                sum(1 << (source.first + line) for line in own),
                f"{key} #{met[key]}" if met[key] > 1 else key,
            )


def _key(place: _Place, change: Change) -> str:
    # The beginning of a long text, such as that of a table, would change the names of all that is in it.
    code = "" if place.code in {change.before, ""} or len(place.code) > _LONG else f" in: {place.code}"
    return f"{place.function or 'the module'}: {change.kind}: {change.before} -> {change.after}{code}"


def compiled(mutant: Mutant) -> CodeType:
    """Return the code of the changed module; the source's tree stays as it is."""
    change = mutant.change
    changed = copy.deepcopy(mutant.source.tree, {id(change.old): ast.copy_location(change.new, change.old)})
    return compile(ast.fix_missing_locations(changed), mutant.source.path, "exec")


def _executed(node: ast.AST, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    """Yield what runs at or below a node with its place: no annotation, base class, text, or description of a type."""
    match node:
        case ast.FunctionDef(args=arguments, body=body) | ast.AsyncFunctionDef(args=arguments, body=body):
            below: list[ast.AST] = [arguments, *body]
            yield node, replace(place, code="")
        case ast.ClassDef(bases=bases) if any(isinstance(base, ast.Name) and base.id == "Protocol" for base in bases):
            return
        case ast.ClassDef(body=body):
            below = [*body]
            yield node, replace(place, code="")
        case ast.AnnAssign(value=value):
            below = [] if value is None else [value]
        case ast.arg() | ast.Expr(value=ast.Constant()) | ast.Assign(targets=[ast.Name(id="__all__")]):
            return
        case ast.Lambda(body=body):
            below, place = [node.args, body], replace(place, lines=_own_lines(body))
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=otherwise):
            below = [*otherwise]
        case ast.match_case(body=[ast.Expr(value=ast.Call(func=ast.Name(id="assert_never")))]):
            return
        case ast.Dict(keys=keys, values=values):
            yield node, place
            for key, row_value in zip(keys, values, strict=True):
                row = replace(place, code=_row(key, row_value)) if len(place.code) > _LONG else place
                for child in [row_value] if key is None else [key, row_value]:
                    yield from _executed(child, row)
            return
        case _:
            below = list(ast.iter_child_nodes(node))
            yield node, place
    for part in below:
        yield from _executed(part, place.below(part))


def _inside(function: str, node: ast.AST) -> str:
    """Return the dotted name of what a statement defines, or that of the function around it."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return f"{function}.{name}" if function else name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)) if not function:
            return name
        case _:
            return function


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
    yield from _of_comparison(node, namespace)
    yield from _of_operator(node, namespace)
    yield from _of_value(node, namespace)
    yield from _of_rows(node)
    yield from _of_statement(node)
    yield from _of_compound(node)


def _of_comparison(node: ast.AST, namespace: Mapping[str, object]) -> Iterator[Change]:
    if not isinstance(node, ast.Compare):
        return
    sides = [node.left, *node.comparators]
    for place, operator in enumerate(node.ops):
        for other in _others(operator, sides[place : place + 2], namespace):
            changed = [*node.ops[:place], other(), *node.ops[place + 1 :]]
            yield _swap(Kind.COMPARISON, node, ast.Compare(node.left, changed, node.comparators))


def _others(
    operator: ast.cmpop, sides: Sequence[ast.expr], namespace: Mapping[str, object]
) -> Iterator[type[ast.cmpop]]:
    """Yield the comparisons that mean something else for these two sides."""
    if type(operator) in _OPPOSITE:
        yield _OPPOSITE[type(operator)]
    if isinstance(operator, (*_ORDERED, *_EQUAL)):
        ordered = not any(_without_order(side, namespace) for side in sides)
        yield from (other for other in _ORDERED if ordered and other is not type(operator))
    if isinstance(operator, _ORDERED):
        yield from _EQUAL


def _without_order(side: ast.expr, namespace: Mapping[str, object]) -> bool:
    """Whether a side is known to have no order, or one that means nothing: a text, a collection, an enum member."""
    if isinstance(side, ast.Constant):
        return not isinstance(side.value, int | float) or isinstance(side.value, bool)
    if isinstance(side, ast.JoinedStr | ast.Tuple | ast.List | ast.Set | ast.Dict):
        return True
    return isinstance(_known(side, namespace), Enum | type | str | tuple | frozenset)


def _of_operator(node: ast.AST, namespace: Mapping[str, object]) -> Iterator[Change]:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            yield _swap(Kind.BOOLEAN, node, ast.BoolOp(ast.Or(), values))
        case ast.BoolOp(op=ast.Or(), values=values):
            yield _swap(Kind.BOOLEAN, node, ast.BoolOp(ast.And(), values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield _swap(Kind.BOOLEAN, node, operand)
        case ast.UnaryOp(op=ast.USub() | ast.Invert(), operand=operand):
            yield _swap(Kind.SIGN, node, operand)
        case ast.BinOp(left=left, op=sign, right=last) if not _is_union(node, namespace):
            for other in _kin(sign):
                yield _swap(Kind.ARITHMETIC, node, ast.BinOp(left, other(), last))
        case ast.AugAssign(target=target, op=sign, value=value):
            for other in _kin(sign):
                yield _swap(Kind.ARITHMETIC, node, ast.AugAssign(target, other(), value))
        case _:
            pass


def _kin(sign: ast.operator) -> list[type[ast.operator]]:
    """Return the other operators of a sign's family."""
    family: tuple[type[ast.operator], ...] = _ARITHMETIC if isinstance(sign, _ARITHMETIC) else _BITS
    return [other for other in family if not isinstance(sign, other)]


def _is_union(node: ast.expr, namespace: Mapping[str, object]) -> bool:
    """Whether this is a union of types: it says what may stand somewhere, and computes nothing."""
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _is_union(left, namespace) and _is_union(right, namespace)
        case ast.Constant(value=None):
            return True
        case _:
            return isinstance(_known(node, namespace), type | UnionType)


def _of_value(node: ast.AST, namespace: Mapping[str, object]) -> Iterator[Change]:
    match node:
        case ast.Constant(value=bool(flag)):
            yield _swap(Kind.BOOLEAN, node, ast.Constant(not flag))
        case ast.Constant(value=int(number) | float(number)):
            for other in (number + 1, number - 1):
                yield _swap(Kind.NUMBER, node, ast.Constant(other))
        case ast.Attribute(value=owner) if following := _next_member(_known(node, namespace)):
            yield _swap(Kind.MEMBER, node, ast.Attribute(owner, following, ast.Load()))
        case _:
            pass


def _of_rows(node: ast.AST) -> Iterator[Change]:
    """Yield a table without one of its rows, and with one that leads where the next one does.

    A table is a dictionary, a list or a set, and the tuple that a name stands for, that is searched or gone through.
    """
    match node:
        case ast.Dict(keys=keys, values=values):
            for place, (key, value) in enumerate(zip(keys, values, strict=True)):
                rest = ast.Dict([*keys[:place], *keys[place + 1 :]], [*values[:place], *values[place + 1 :]])
                yield _dropped(node, rest, _row(key, value), key or value)
                following = values[(place + 1) % len(values)]
                if key is not None and keys[(place + 1) % len(keys)] and _are_alike(value, following):
                    redirected = ast.Dict(keys, [*values[:place], following, *values[place + 1 :]])
                    before, after = _row(key, value), _row(key, following)
                    yield Change(Kind.REDIRECTED, node, redirected, before, after, key.lineno)
        case ast.List(elts=elements):
            for place, element in enumerate(elements):
                yield _dropped(node, ast.List(_without(elements, place), ast.Load()), _text(element), element)
        case ast.Set(elts=elements) if len(elements) > 1:
            for place, element in enumerate(elements):
                yield _dropped(node, ast.Set(_without(elements, place)), _text(element), element)
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Tuple() as table]):
            yield from _of_tuple(table)
        case ast.For(iter=ast.Tuple() as table) | ast.comprehension(iter=ast.Tuple() as table):
            yield from _of_tuple(table)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple() as table) if name.isupper():
            yield from _of_tuple(table)
        case _:
            pass


def _are_alike(value: ast.expr, other: ast.expr) -> bool:
    """Whether two values differ, but not in their kind: a record's fields are no rows of a table."""
    kinds = [type(each.value) if isinstance(each, ast.Constant) else None for each in (value, other)]
    return kinds[0] is kinds[1] and _text(value) != _text(other)


def _of_tuple(table: ast.Tuple) -> Iterator[Change]:
    for place, element in enumerate(table.elts):
        yield _dropped(table, ast.Tuple(_without(table.elts, place), ast.Load()), _text(element), element)


def _without(elements: Sequence[ast.expr], place: int) -> list[ast.expr]:
    return [*elements[:place], *elements[place + 1 :]]


def _of_statement(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Return(value=ast.expr() as value):
            if not (isinstance(value, ast.Constant) and value.value in {None, True, False}):
                yield _swap(Kind.RETURN, node, ast.Return(ast.Constant(None)))
        case ast.Assign(targets=[ast.Name()]) | ast.Assign(targets=[ast.Tuple(elts=[ast.Name(), *_])]):
            pass  # what comes later misses the name: no lifelike fault
        case ast.Return() | ast.Expr() | ast.Assign() | ast.AugAssign() | ast.Delete() | ast.Raise() | ast.Assert():
            yield _swap(Kind.STATEMENT, node, ast.Pass())
        case ast.Break():
            yield _swap(Kind.STATEMENT, node, ast.Pass())
            yield _swap(Kind.JUMP, node, ast.Continue())
        case ast.Continue():
            yield _swap(Kind.STATEMENT, node, ast.Pass())
            yield _swap(Kind.JUMP, node, ast.Break())
        case _:
            pass


def _of_compound(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.For(target=target, iter=table, body=body, orelse=otherwise):
            never = ast.For(target, ast.copy_location(ast.Tuple([], ast.Load()), table), body, otherwise)
            yield Change(Kind.LOOP, node, never, _text(table), "()", node.lineno)
        case ast.match_case(pattern=ast.MatchOr(patterns=patterns) as pattern):
            yield _left_out(node)
            for place, each in enumerate(patterns):
                fewer = [*patterns[:place], *patterns[place + 1 :]]
                one = ast.MatchOr(fewer) if len(fewer) > 1 else fewer[0]
                yield Change(Kind.CASE, pattern, one, _text(each), _NO_ROW, each.lineno)
        case ast.match_case(pattern=ast.MatchAs(pattern=None, name=None), guard=None, body=[ast.Pass()]):
            pass
        case ast.match_case():
            yield _left_out(node)
        case ast.ExceptHandler(type=ast.Tuple(elts=caught) as table):
            for place, exception in enumerate(caught):
                rest = ast.Tuple(_without(caught, place), ast.Load())
                yield Change(Kind.EXCEPTION, table, rest, _text(exception), _NO_ROW, exception.lineno)
        case ast.ExceptHandler(type=ast.expr() as caught):
            yield _swap(Kind.EXCEPTION, caught, ast.Name(_NEVER_RAISED, ast.Load()))
        case ast.ClassDef(body=body) if not any(isinstance(each, ast.AnnAssign) for each in body):
            pass
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            for place, decorator in enumerate(node.decorator_list):
                if not any(name in ast.unparse(decorator) for name in _KEEPS_ANSWERS):
                    bare = copy.copy(node)
                    bare.decorator_list = _without(node.decorator_list, place)
                    before = f"@{_text(decorator)}"
                    yield Change(Kind.DECORATOR, node, bare, before, "nothing", decorator.lineno)
        case _:
            pass


def _left_out(case: ast.match_case) -> Change:
    never = ast.match_case(ast.MatchAs(), ast.Constant(value=False), case.body)
    return Change(Kind.CASE, case, never, _text(case), _NO_ROW, case.pattern.lineno)


def _of_condition(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
            tests = [test]
        case ast.comprehension(ifs=tests):
            pass
        case ast.match_case(guard=ast.expr() as guard):
            tests = [guard]
        case _:
            return
    for test in tests:
        if not (_is_simple(test) or _is_not(test)):
            yield _swap(Kind.CONDITION, test, ast.UnaryOp(ast.Not(), test))


def _is_simple(test: ast.expr) -> bool:
    """Whether another operator turns this condition round."""
    return isinstance(test, ast.Constant) or (isinstance(test, ast.Compare) and len(test.ops) == 1)


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


def _dropped(old: ast.expr, new: ast.expr, row: str, at: ast.expr) -> Change:
    return Change(Kind.ROW, old, new, row, _NO_ROW, at.lineno)


def _row(key: ast.expr | None, value: ast.expr) -> str:
    return f"{_text(key)}: {_text(value)}" if key else f"**{_text(value)}"


def _text(node: ast.AST, width: int = _WIDTH) -> str:
    """Return the text of an expression or of a simple statement, and of a compound one its first line."""
    text = ast.unparse(node).strip()
    if isinstance(node, _STATEMENTS):
        text = text.partition("\n")[0]
    text = " ".join(text.split())
    return text if len(text) <= width else f"{text[:width]}..."
