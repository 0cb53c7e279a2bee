"""The order in which scenarios are tried on a mutant."""

from __future__ import annotations

from gate.trials import Reference, likely_first

REFERENCE = Reference(
    passing={"long": 0b0111, "short": 0b0011, "late": 0b0100},
    at_import=0b1000,
    seconds={"long": 0.5, "short": 0.1, "late": 0.1},
)


def test_what_has_caught_a_change_of_the_same_lines_comes_first() -> None:
    """However long it takes, and whatever else others have caught."""
    caught = [(0b0001, "short"), (0b0001, "short"), (0b0010, "long")]
    assert likely_first(REFERENCE, 0b0010, caught) == ["long", "short"]


def test_what_catches_the_most_for_its_time_comes_next() -> None:
    """Two catches in half a second are worth less than one in a tenth; without any, the reference's order stays."""
    assert likely_first(REFERENCE, 0b0010, []) == ["long", "short"]
    assert likely_first(REFERENCE, 0b0010, [(0b0001, "long"), (0b0001, "long"), (0b0001, "short")]) == ["short", "long"]


def test_no_scenario_is_left_out_or_added() -> None:
    """One that does not execute the lines is tried only where they run at import."""
    caught = [(0b0001, "short"), (0b0100, "late")]
    assert set(likely_first(REFERENCE, 0b0011, caught)) == {"long", "short"}
    assert set(likely_first(REFERENCE, 0b1000, caught)) == {"long", "short", "late"}
