"""Coverage: what is unknown, forgotten or stale is complained of, by id and with what to do."""

from __future__ import annotations

import pytest

from manual import Code, Level, Requirement, coverage, requirements


def requirement(
    id_: str, level: Level = Level.MUST, reason: str | None = None, pending: str | None = None
) -> Requirement:
    """Make a small behaviour."""
    return Requirement(id_, "It works.", level, (Code.SEED,), "B.1", "modes", "all", ("S0",), None, reason, pending)


KNOWN = {
    one.id: one
    for one in (
        requirement("HA-001"),
        requirement("HA-002", pending="modes"),
        requirement("HA-003", reason="advice"),
        requirement("HA-004", Level.INFO),
    )
}


@pytest.mark.parametrize(
    ("covered", "complaint"),
    [
        (["HA-001"], None),
        (["HA-001", "HA-004"], None),
        (["HA-001", "HA-999"], "HA-999: no such behaviour"),
        ([], "HA-001: no scenario covers it"),
        (["HA-001", "HA-002"], "HA-002: a scenario covers it; take it out of manual/pending.toml"),
        (["HA-001", "HA-003"], "HA-003: a scenario covers it; take its reason out"),
    ],
)
def test_complaint(covered: list[str], complaint: str | None) -> None:
    """Each kind of gap gives one complaint that begins with its id; what is in order gives none."""
    found = coverage(covered, KNOWN)
    assert len(found) == (0 if complaint is None else 1)
    assert all(line.startswith(complaint or "") for line in found)


def test_complaints_come_all_at_once() -> None:
    """One call names every gap, so that a person mends them in one go."""
    assert len(coverage(["HA-002", "HA-003", "HA-998", "HA-999"], KNOWN)) == 5


def test_without_scenarios_only_the_slice_is_missing() -> None:
    """Everything that this suite does not cover yet is pending, reasoned or not binding."""
    missing = {line.split(":")[0] for line in coverage([])}
    assert "HA-001" in missing
    assert all(requirements()[id_].level is not Level.INFO for id_ in missing)
    assert coverage(missing) == []
