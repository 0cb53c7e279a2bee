"""All wrong units by name, and the build that a body runs for each."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from functools import partial
from types import ModuleType

import manual
import wrong.units
from node.build import Build, Exchange
from node.engine.reference import RULES
from node.reporting import Reporting
from wrong.engine import WrongEngine
from wrong.record import (
    Decision,
    Exchanging,
    InRole,
    OnLinux,
    Pages,
    Remembering,
    Reports,
    Sessions,
    Shown,
    Substitution,
    WrongUnit,
)
from wrong.shell import WrongShell

_SHOWN = {"B.14", "B.15", "B.18"}
"""Sections of the manual about what a unit shows, reports and takes: status, events, the command line."""


def units_of(package: ModuleType) -> Iterator[WrongUnit]:
    """Yield the wrong units of all modules of a package, by the module's name; raises ValueError for one without."""
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")):
        listed = getattr(importlib.import_module(name), "UNITS", ())
        if not listed:
            raise ValueError(f"module {name} lists no UNITS; list its wrong units, or move it to another package")
        yield from listed


def catalogue(units: Iterable[WrongUnit]) -> dict[str, WrongUnit]:
    """Return units by name; raises ValueError for a name that two units have: one would never be tried."""
    known: dict[str, WrongUnit] = {}
    for unit in units:
        if unit.id in known:
            raise ValueError(f"two wrong units are called {unit.id!r}; rename one of them")
        known[unit.id] = unit
    return known


WRONG: dict[str, WrongUnit] = catalogue(units_of(wrong.units))


def problems(units: Iterable[WrongUnit]) -> list[str]:
    """Return the problems of records, one a line: ids that name no clause, and substitutions without effect."""
    found = []
    for unit in units:
        misnamed = [(each, problem) for each in unit.breaks if (problem := manual.misnamed(each)) is not None]
        found += [f"wrong unit {unit.id!r} breaks {each}, {problem}" for each, problem in misnamed]
        if any(changes_nothing(each) for each in unit.substitutions):
            found.append(f"wrong unit {unit.id!r} has a substitution that changes nothing")
    return found


def unbroken(units: Iterable[WrongUnit]) -> list[str]:
    """Return the clauses that a scenario is to hold, and that no record says it breaks."""
    broken = {id_ for unit in units for id_ in unit.breaks}
    binding = (each for each in manual.requirements().values() if each.level is not manual.Level.INFO)
    held = (clause for each in binding for clause in each.clauses if not (clause.reason or clause.pending))
    return [clause.id for clause in held if clause.id not in broken]


def shown(unit: WrongUnit) -> str:
    """Return what a unit only prints, shows or reports otherwise than the reference; "" for one that does otherwise."""
    if all(isinstance(each, Pages | Sessions | Shown) for each in unit.substitutions):
        return "the shell: what it prints, takes or refuses"
    rows = [manual.requirements()[manual.clauses()[id_].requirement] for id_ in unit.breaks]
    if all(row.section in _SHOWN for row in rows):
        return " and ".join(dict.fromkeys(row.topic for row in rows))
    return ""


def changes_nothing(substitution: Substitution) -> bool:
    """Whether a substitution returns what it is given; for one of events or pages this cannot be known."""
    match substitution:
        case Decision(decide):
            return decide(RULES) == RULES
        case InRole(role, change):
            return change(RULES.conduct[role]) == RULES.conduct[role]
        case Exchanging(change):
            return change(Exchange()) == Exchange()
        case Reports(change):
            return change(Reporting()) == Reporting()
        case Remembering(memory, substitutions):
            return any(changes_nothing(each) for each in substitutions(memory()))
    return False


def known() -> tuple[str, ...]:
    """Return the names of all wrong units."""
    return tuple(WRONG)


def build(name: str) -> Build:
    """Return the build of a unit; raises KeyError for one that does not exist."""
    unit = WRONG[name]
    exchange, reporting = Exchange(), Reporting()
    for each in unit.substitutions:
        if isinstance(each, Exchanging):
            exchange = each.change(exchange)
        elif isinstance(each, Reports):
            reporting = each.change(reporting)
    return Build(partial(WrongEngine, unit), partial(WrongShell, unit), exchange, reporting)


def replace_parts(name: str) -> None:
    """Replace parts of the Linux body, in the process that runs only this unit."""
    for each in WRONG[name].substitutions:
        if isinstance(each, OnLinux):
            module = importlib.import_module(each.module)
            setattr(module, each.name, each.change(getattr(module, each.name)))
