"""What a forked child does for the mutants: it imports the unit afresh, changed or not, and runs scenarios on it.

Afresh means all of the unit and its world for the reference, and for a mutant the changed module with its importers.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from importlib.abc import InspectLoader, Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

import pytest

from gate import forks
from gate.collected import judgements
from gate.mutations import Mutant, Source, compiled

_TRACED = 10
"""How many times as long a scenario may take while the lines that it executes are noted."""


class Result(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    NOT_EXECUTED = "not executed"
    BROKEN = "broken"
    LOST = "lost"

    @property
    def caught(self) -> bool:
        """Whether a scenario told the mutant from the reference."""
        return self in {Result.KILLED, Result.TIMED_OUT}

    @property
    def survived(self) -> bool:
        """Whether every scenario passes, also where none executes what is changed."""
        return self in {Result.SURVIVED, Result.NOT_EXECUTED}


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant with its result, the verdict that told it from the reference, and in which scenario (or a reason)."""

    mutant: Mutant
    result: Result
    verdict: str = ""
    where: str = ""

    def __str__(self) -> str:
        """Say all of it in one line."""
        why = ": ".join(each for each in (self.verdict, self.where) if each)
        return f"{self.result:12}  {self.mutant}{f'  [{why}]' if why else ''}"


@dataclass(frozen=True, slots=True)
class Importable:
    """A module that can be imported afresh: its file, the folders of a package (None: none), and its code.

    `importers` are the modules that import it, at first or second hand, and itself.
    """

    file: str
    folders: list[str] | None
    code: CodeType
    importers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bench:
    """What trials need: scenarios by node id, the driver's module, and what is imported afresh, by name.

    A scenario may use `limit` seconds of processor time: in virtual time a hang is a busy loop.
    """

    items: Mapping[str, pytest.Item]
    driver: str
    afresh: Mapping[str, Importable]
    limit: float


@dataclass(frozen=True, slots=True)
class Reference:
    """What the reference does: which scenarios pass, and which lines each of them executes, as bits of a number.

    `at_import` are the lines that run before any scenario. The scenarios stand in an order that meets every line early.
    `seconds` is the processor time that each has taken in its thread: while a child's time is limited, the kernel tells
    that of the whole process only from one tick to the next.
    """

    passing: Mapping[str, int]
    at_import: int
    seconds: Mapping[str, float]

    def may_tell(self, changed: int) -> list[str]:
        """Scenarios that may tell a change in these lines from the reference, those that execute them first."""
        executing = [node for node, executed in self.passing.items() if executed & changed]
        if not self.at_import & changed:
            return executing
        return executing + [node for node, executed in self.passing.items() if not executed & changed]


def reference(bench: Bench, sources: Sequence[Source], *, jobs: int) -> Reference:
    """Run every scenario once on the reference, in children; raises LostError."""
    nodes = list(bench.items)
    works = [partial(_note_lines, bench, sources, nodes[start::jobs]) for start in range(jobs)]
    executed: dict[str, int] = {}
    seconds: dict[str, float] = {}
    at_import = 0
    for _, answer in forks.answers(works, jobs=jobs):
        if isinstance(answer, Exception):
            raise forks.LostError(f"the suite gave no result on the reference: {answer!r}")
        at_import |= int(answer["at import"], 16)
        executed |= {node: int(bits, 16) for node, bits in answer["passing"].items()}
        seconds |= answer["seconds"]
    return Reference(_varied({node: executed[node] for node in nodes if node in executed}), at_import, seconds)


def attempt(
    bench: Bench, mutant: Mutant, reference: Reference, caught: Sequence[tuple[int, str]]
) -> tuple[Result, str, str]:
    """Run scenarios on a mutant up to the first that does not pass; return result, verdict and scenario (or reason).

    `caught` tells of earlier mutants the changed lines, and which scenario has caught them.
    """
    forks.allow(bench.limit)
    nodes = likely_first(reference, mutant.lines, caught)
    try:
        import_afresh(bench, {mutant.source.module: compiled(mutant)}, bench.afresh[mutant.source.module].importers)
    except Exception as error:  # noqa: BLE001 - whatever a changed module raises
        return Result.BROKEN, "", repr(error)
    for node, verdict in _verdicts(bench, nodes, bench.limit):
        if verdict != "pass":
            return Result.KILLED, verdict, node
    return Result.SURVIVED if nodes else Result.NOT_EXECUTED, "", ""


def likely_first(reference: Reference, changed: int, caught: Iterable[tuple[int, str]]) -> list[str]:
    """Order the scenarios that may tell a change in these lines so that one that does comes early.

    First those that have caught another change of these lines, then those that catch the most for their time.
    """
    catches: Counter[str] = Counter()
    here: Counter[str] = Counter()
    for lines, node in caught:
        catches[node] += 1
        here[node] += bool(lines & changed)
    return sorted(reference.may_tell(changed), key=lambda node: (-here[node], -catches[node] / reference.seconds[node]))


def importable(names: Collection[str]) -> dict[str, Importable]:
    """Return those of these imported modules that lie below the working folder; their files are not read again."""
    specs: dict[str, ModuleSpec] = {}
    codes: dict[str, CodeType] = {}
    for name in sorted(names):
        spec = getattr(sys.modules[name], "__spec__", None)
        if spec is None or spec.origin is None or not _is_here(name) or not isinstance(spec.loader, InspectLoader):
            continue
        code = spec.loader.get_code(name)
        if code is not None:
            specs[name], codes[name] = spec, code
    importers = importers_of({name: set(_names_in(code)) for name, code in codes.items()})
    return {
        name: Importable(str(spec.origin), spec.submodule_search_locations, codes[name], importers[name])
        for name, spec in specs.items()
    }


def importers_of(names_in: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """Return for each module the modules that import it, at first or second hand, and itself.

    Given are the names in each module's code. A module counts as imported where its name stands in full, or the last
    part of it and what comes before (`from package import module`); a package is imported before what it holds.
    """

    def imports(name: str, module: str) -> bool:
        package, _, last = module.rpartition(".")
        used = names_in[name]
        return module in used or (last in used and package in used) or name.startswith(f"{module}.")

    first_hand = {module: {name for name in names_in if imports(name, module)} for module in names_in}
    found = {}
    for module in names_in:
        reached, ahead = {module}, [module]
        while ahead:
            further = first_hand[ahead.pop()] - reached
            reached |= further
            ahead += further
        found[module] = frozenset(reached)
    return found


def _names_in(code: CodeType) -> Iterator[str]:
    """Yield the names of variables, attributes and modules in a module's code, its functions included."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)


def _is_here(name: str) -> bool:
    top = Path(name.partition(".")[0])
    return top.is_dir() or top.with_suffix(".py").is_file()


def _note_lines(bench: Bench, sources: Sequence[Source], nodes: Sequence[str]) -> dict[str, Any]:
    """Run scenarios on the reference; return the lines executed at import, and by each scenario that passes."""
    first = {bench.afresh[source.module].code.co_filename: source.first for source in sources}
    met: set[int] = set()

    def entered(frame: FrameType, event: str, argument: object) -> Any:  # noqa: ANN401 - it returns such a function
        del event, argument
        return executed if frame.f_code.co_filename in first else None

    def executed(frame: FrameType, event: str, argument: object) -> Any:  # noqa: ANN401 - it returns itself
        del argument
        if event == "line":
            met.add(first[frame.f_code.co_filename] + frame.f_lineno)
        return executed

    passing = {}
    seconds = {}
    sys.settrace(entered)
    import_afresh(bench, {}, bench.afresh)
    at_import = _bits(met)
    met.clear()
    began = time.thread_time()
    for node, verdict in _verdicts(bench, nodes, bench.limit * _TRACED):
        if verdict == "pass":
            passing[node] = hex(_bits(met))
            seconds[node] = time.thread_time() - began
        forget_answers(source.module for source in sources)
        met.clear()
        began = time.thread_time()
    sys.settrace(None)
    return {"at import": hex(at_import), "passing": passing, "seconds": seconds}


def forget_answers(modules: Iterable[str]) -> None:
    """Empty what functions keep of their answers, so that the next scenario executes them again."""
    for module in filter(None, map(sys.modules.get, modules)):
        for value in vars(module).values():
            if callable(forget := getattr(value, "cache_clear", None)):
                forget()


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in numbers)


def import_afresh(bench: Bench, changed: Mapping[str, CodeType], names: Iterable[str]) -> None:
    """Import the modules of these names anew, the changed ones among them, and the driver; raises what they raise."""
    for name in names:
        sys.modules.pop(name, None)
        package, _, last = name.rpartition(".")
        if package in sys.modules:  # it still knows the module of before: `from package import last` would give that
            vars(sys.modules[package]).pop(last, None)
    afresh = {**bench.afresh, **{name: replace(bench.afresh[name], code=code) for name, code in changed.items()}}
    sys.meta_path.insert(0, _Importer(afresh))
    for name in [*changed, bench.driver]:
        importlib.import_module(name)


class _Importer(MetaPathFinder, Loader):
    """Imports modules by the code that it has been given."""

    def __init__(self, modules: Mapping[str, Importable]) -> None:
        self._modules = modules

    def find_spec(self, fullname: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        del path, target
        module = self._modules.get(fullname)
        if module is None:
            return None
        return spec_from_file_location(fullname, module.file, loader=self, submodule_search_locations=module.folders)

    def exec_module(self, module: ModuleType) -> None:
        exec(self._modules[module.__name__].code, module.__dict__)  # noqa: S102


def _verdicts(bench: Bench, nodes: Sequence[str], limit: float) -> Iterator[tuple[str, str]]:
    """Run scenarios one after the other on one lab, and yield node id and verdict of each."""
    forks.allow(limit)
    for node, judged in judgements([bench.items[node] for node in nodes]):
        told = [str(each["verdict"]) for each in judged]
        yield node, next((verdict for verdict in told if verdict != "pass"), "pass" if told else "no verdict")
        forks.allow(limit)


def _varied(executed: Mapping[str, int]) -> dict[str, int]:
    """Order scenarios so that the first few execute together what all execute, and so on with the rest."""
    left = dict(executed)
    ordered: dict[str, int] = {}
    met = 0
    while left:
        best = max(left, key=lambda node: (left[node] & ~met).bit_count())
        if met and not left[best] & ~met:
            met = 0
            continue
        met |= left[best]
        ordered[best] = left.pop(best)
    return ordered
