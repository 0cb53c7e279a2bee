"""Coverage: what is unknown, forgotten or stale is complained of, by clause and with what to do."""

from __future__ import annotations

import re

import pytest

from manual import Clause, Code, Level, Requirement, clauses, coverage, misnamed, requirements

FILE = "manual/requirements/01-modes.toml"


def requirement(
    id_: str,
    *said: Clause,
    level: Level = Level.MUST,
    reason: str | None = None,
    pending: str | None = None,
) -> Requirement:
    """Make a small behaviour, with one clause unless others are said."""
    parts = said or (Clause(id_, "It works.", reason, pending),)
    return Requirement(
        id=id_,
        text="It works.",
        level=level,
        codes=(Code.SEED,),
        file=FILE,
        section="B.1",
        topic="modes",
        applies="all",
        source=("S0",),
        clauses=parts,
        reason=reason,
        pending=pending,
    )


KNOWN = {
    one.id: one
    for one in (
        requirement("HA-001"),
        requirement("HA-002", pending="modes"),
        requirement("HA-003", reason="advice"),
        requirement("HA-004", level=Level.INFO),
        requirement(
            "HA-005",
            Clause("HA-005.a", "It starts."),
            Clause("HA-005.b", "It may stop.", reason="nothing is promised"),
            Clause("HA-005.c", "It starts again.", pending="a unit that starts twice"),
        ),
    )
}
IN_ORDER = ("HA-001", "HA-005.a")


@pytest.mark.parametrize(
    ("covered", "complaint"),
    [
        (IN_ORDER, None),
        ((*IN_ORDER, "HA-004"), None),
        ((*IN_ORDER, "HA-999"), "HA-999, which is no behaviour of the manual; correct the id"),
        (("HA-005.a",), f"HA-001: no scenario covers it; write one, or say in manual/pending.toml .* reason in {FILE}"),
        (("HA-001",), "HA-005.a: no scenario covers it"),
        ((*IN_ORDER, "HA-002"), "HA-002: a scenario covers it; take it out of manual/pending.toml"),
        ((*IN_ORDER, "HA-003"), f"HA-003: a scenario covers it; take its reason out of {FILE}"),
        ((*IN_ORDER, "HA-005.b"), f"HA-005.b: a scenario covers it; take its reason out of {FILE}"),
        ((*IN_ORDER, "HA-005.c"), "HA-005.c: a scenario covers it; take it out of manual/pending.toml"),
        ((*IN_ORDER, "HA-005"), f"HA-005, which has several clauses in {FILE}; name those that are meant, for example"),
        ((*IN_ORDER, "HA-005.d"), f"HA-005.d, which is no clause in {FILE}; correct the letter: there are HA-005.a,"),
        ((*IN_ORDER, "HA-001.a"), f"HA-001.a, which has one clause in {FILE}; leave the letter out"),
    ],
)
def test_complaint(covered: tuple[str, ...], complaint: str | None) -> None:
    """Each kind of gap gives one complaint that begins with its id; what is in order gives none."""
    found = coverage(covered, KNOWN)
    if complaint is None:
        assert found == []
    else:
        (line,) = found
        assert re.match(complaint, line), line


def test_complaints_come_all_at_once() -> None:
    """One call names every gap, so that a person mends them in one go."""
    assert len(coverage(["HA-002", "HA-003", "HA-998", "HA-999"], KNOWN)) == 6


def test_each_clause_is_named_by_its_own_id_only() -> None:
    """A tag is right exactly where it is the id of a clause; a requirement with several has none of its own."""
    for one in requirements().values():
        assert (misnamed(one.id) is None) is (len(one.clauses) == 1), one.id
    assert all(misnamed(id_) is None for id_ in clauses())


def test_without_scenarios_only_the_slice_is_missing() -> None:
    """Everything that this suite does not cover yet is pending, reasoned or not binding."""
    missing = {line.split(":")[0] for line in coverage([])}
    assert "HA-001" in missing
    assert all(requirements()[clauses()[id_].requirement].level is not Level.INFO for id_ in missing)
    assert coverage(missing) == []
