"""Compares the clauses that scenarios hold with those of all requirements, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from manual.load import requirements
from manual.records import Clause, Level, Requirement


def coverage(covered: Iterable[str], known: Mapping[str, Requirement] | None = None) -> list[str]:
    """Return one complaint for each clause that is unknown, forgotten or stale; none when all is in order.

    `covered` are the ids in the tags of all scenarios. A clause is in order when a scenario holds it, or a reason
    says why none can, or `manual/pending.toml` says what will, or its level is INFO.
    """
    demanded = requirements() if known is None else known
    seen = set(covered)
    complaints = [
        f"{tag}, {problem}" for tag in sorted(seen) for problem in [misnamed(tag, demanded)] if problem is not None
    ]
    for requirement in demanded.values():
        for clause in requirement.clauses:
            complaint = _complaint(requirement, clause, covered=clause.id in seen)
            if complaint is not None:
                complaints.append(f"{clause.id}: {complaint}")
    return complaints


def misnamed(tag: str, known: Mapping[str, Requirement] | None = None) -> str | None:
    """Return what is wrong with an id that should name a clause, as a relative clause; None for one that does."""
    demanded = requirements() if known is None else known
    id_, dot, _ = tag.partition(".")
    requirement = demanded.get(id_)
    if requirement is None:
        return "which is no behaviour of the manual; correct the id"
    ids = [clause.id for clause in requirement.clauses]
    if tag in ids:
        return None
    if not dot:
        return f"which has several clauses in {requirement.file}; name those that are meant, for example {ids[0]}"
    if ids == [id_]:
        return f"which has one clause in {requirement.file}; leave the letter out"
    return f"which is no clause in {requirement.file}; correct the letter: there are {', '.join(ids)}"


def _complaint(requirement: Requirement, clause: Clause, *, covered: bool) -> str | None:
    if covered and clause.pending is not None:
        return "a scenario covers it; take it out of manual/pending.toml"
    if covered and clause.reason is not None:
        return f"a scenario covers it; take its reason out of {requirement.file}, or the tag off the scenario"
    excused = clause.pending is not None or clause.reason is not None or requirement.level is Level.INFO
    if not covered and not excused:
        return (
            "no scenario covers it; write one, or say in manual/pending.toml which one it needs, "
            f"or give a reason in {requirement.file}"
        )
    return None
