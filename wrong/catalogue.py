"""All wrong units by name, and the build that a body runs for each."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import partial

import manual
from node.build import Build, Exchange
from node.engine.reference import RULES
from wrong.engine import WrongEngine
from wrong.record import Decision, Exchanging, InRole, OnLinux, Remembering, Substitution, WrongUnit
from wrong.shell import WrongShell
from wrong.units import (
    addresses,
    alone,
    blind_a,
    blind_b,
    blind_c,
    blind_d,
    blind_e,
    blind_f,
    blind_g,
    blind_h,
    blind_i,
    blind_j,
    blind_k,
    blind_l,
    blind_l_shared,
    blind_o,
    blind_p,
    blind_q,
    blind_r,
    blind_s,
    blind_t,
    blind_u,
    blind_v,
    command_line,
    config_only,
    detection,
    dialects,
    exchange,
    first_values,
    group,
    hand_over,
    hold_off,
    ipv6,
    limits,
    links,
    membership,
    memory,
    modes,
    monitoring,
    new_primary,
    once,
    orders,
    recovery,
    reports,
    restarts,
    roles,
    schedule,
    shared_addresses,
    standstill,
    strangers,
    sync_path,
    values,
    working,
)

_TOPICS = (
    detection,
    addresses,
    blind_a,
    blind_b,
    blind_c,
    blind_d,
    blind_e,
    blind_f,
    blind_g,
    blind_h,
    blind_i,
    blind_j,
    blind_k,
    blind_l,
    blind_l_shared,
    blind_o,
    blind_p,
    blind_q,
    blind_r,
    blind_s,
    blind_t,
    blind_u,
    blind_v,
    shared_addresses,
    roles,
    hand_over,
    exchange,
    group,
    links,
    sync_path,
    membership,
    strangers,
    restarts,
    hold_off,
    ipv6,
    standstill,
    modes,
    orders,
    config_only,
    monitoring,
    recovery,
    memory,
    dialects,
    values,
    reports,
    working,
    new_primary,
    first_values,
    once,
    limits,
    alone,
    schedule,
    command_line,
)


def catalogue(units: Iterable[WrongUnit]) -> dict[str, WrongUnit]:
    """Return units by name; raises ValueError for a name that two units have: one would never be tried."""
    known: dict[str, WrongUnit] = {}
    for unit in units:
        if unit.id in known:
            raise ValueError(f"two wrong units are called {unit.id!r}; rename one of them")
        known[unit.id] = unit
    return known


WRONG: dict[str, WrongUnit] = catalogue(unit for topic in _TOPICS for unit in topic.UNITS)


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


def changes_nothing(substitution: Substitution) -> bool:
    """Whether a substitution returns what it is given; for one of events or pages this cannot be known."""
    match substitution:
        case Decision(decide):
            return decide(RULES) == RULES
        case InRole(role, change):
            return change(RULES.conduct[role]) == RULES.conduct[role]
        case Exchanging(change):
            return change(Exchange()) == Exchange()
        case Remembering(memory, substitutions):
            return any(changes_nothing(each) for each in substitutions(memory()))
    return False


def known() -> tuple[str, ...]:
    """Return the names of all wrong units."""
    return tuple(WRONG)


def build(name: str) -> Build:
    """Return the build of a unit; raises KeyError for one that does not exist."""
    unit = WRONG[name]
    exchange = Exchange()
    for each in unit.substitutions:
        if isinstance(each, Exchanging):
            exchange = each.change(exchange)
    return Build(partial(WrongEngine, unit), partial(WrongShell, unit), exchange)


def replace_parts(name: str) -> None:
    """Replace parts of the Linux body, in the process that runs only this unit."""
    for each in WRONG[name].substitutions:
        if isinstance(each, OnLinux):
            module = importlib.import_module(each.module)
            setattr(module, each.name, each.change(getattr(module, each.name)))
