"""Compares the requirements that scenarios cover with all requirements, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from manual.load import requirements
from manual.records import Level, Requirement


def coverage(covered: Iterable[str], known: Mapping[str, Requirement] | None = None) -> list[str]:
    """Return one complaint for each id that is unknown, forgotten or stale; none when all is in order.

    `covered` are the ids in the tags of all scenarios. A requirement is in order when a scenario
    covers it, or a reason says why none can, or a topic is named that will, or its level is INFO.
    """
    demanded = requirements() if known is None else known
    seen = set(covered)
    complaints = [
        f"{id_}: no such behaviour in manual/requirements; correct the tag" for id_ in sorted(seen - demanded.keys())
    ]
    for id_, requirement in demanded.items():
        complaint = _complaint(requirement, covered=id_ in seen)
        if complaint is not None:
            complaints.append(f"{id_}: {complaint}")
    return complaints


def _complaint(requirement: Requirement, *, covered: bool) -> str | None:
    if covered and requirement.pending is not None:
        return "a scenario covers it; take it out of manual/pending.toml"
    if covered and requirement.reason is not None:
        return "a scenario covers it; take its reason out of manual/requirements, or the tag off the scenario"
    excused = requirement.pending is not None or requirement.reason is not None or requirement.level is Level.INFO
    if not covered and not excused:
        return "no scenario covers it; write one, or name its topic in manual/pending.toml, or give a reason"
    return None
