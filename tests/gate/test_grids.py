"""Grids of examples: what rows must cover and say, which are drawn, and that the committed ones are right."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from gate.grids import Grid, GridError, Row, committed, drawn, problems, read, table

TASTES = Grid(
    feature="tastes.feature",
    scenario="a <fruit> in <season> is <taste>",
    factors={"fruit": ("apple", "plum"), "season": ("spring", "autumn"), "tree": ("old", "young")},
    as_one=(),
    never=({"fruit": "plum", "season": "spring"},),
    outcomes=(({"season": "spring"}, {"taste": "sour"}), ({"season": "autumn"}, {"taste": "sweet"})),
)


def row(fruit: str, season: str, tree: str, taste: str) -> Row:
    """Make a row of TASTES."""
    return {"fruit": fruit, "season": season, "tree": tree, "taste": taste}


ROWS = [
    row("apple", "spring", "old", "sour"),
    row("apple", "spring", "young", "sour"),
    row("apple", "autumn", "old", "sweet"),
    row("plum", "autumn", "young", "sweet"),
    row("plum", "autumn", "old", "sweet"),
]


@pytest.mark.parametrize("grid", read(), ids=lambda grid: grid.scenario)
def test_committed_rows_are_right_and_leave_no_pair_out(grid: Grid) -> None:
    """Examples that are changed by hand still say what the manual says, and cover what their grid promises."""
    assert list(problems(grid, committed(grid))) == []


def test_rows_that_cover_all_pairs_are_right() -> None:
    """What cannot be is not missed."""
    assert list(problems(TASTES, ROWS)) == []


def test_a_pair_that_is_in_no_row_is_named() -> None:
    """Whoever takes a row away sees what nothing covers any more."""
    assert list(problems(TASTES, ROWS[:-1])) == ["fruit plum, tree old: in no row"]


def test_a_row_with_another_outcome_is_named() -> None:
    """The rules decide what follows, not the row."""
    (found,) = problems(TASTES, [row("apple", "spring", "old", "sweet"), *ROWS[1:]])
    assert found.startswith("fruit apple, season spring, tree old, taste sweet: ")
    assert found.endswith("the grid says fruit apple, season spring, tree old, taste sour")


@pytest.mark.parametrize("fruit", ["plum", "pear"])
def test_a_row_that_cannot_be_is_named(fruit: str) -> None:
    """Because it is ruled out, or because a value is unknown."""
    found = list(problems(TASTES, [*ROWS, row(fruit, "spring", "old", "sour")]))
    assert found == [f"fruit {fruit}, season spring, tree old, taste sour: the grid has no such row"]


def test_columns_that_vary_as_one_meet_all_values_together() -> None:
    """Then three values must meet in a row, where two would do otherwise."""
    together = replace(TASTES, as_one=("season", "tree"))
    assert list(problems(together, ROWS)) == ["fruit apple, season autumn, tree young: in no row"]
    assert list(problems(TASTES, ROWS)) == []


def test_rules_that_contradict_each_other_are_refused() -> None:
    """A row has one outcome."""
    torn = replace(TASTES, outcomes=(*TASTES.outcomes, ({"fruit": "apple"}, {"taste": "sweet"})))
    with pytest.raises(GridError, match="taste is both sour and sweet"):
        torn.completed({"fruit": "apple", "season": "spring", "tree": "old"})


def test_a_grid_without_its_outline_is_refused() -> None:
    """An outline that was renamed takes its grid along."""
    with pytest.raises(GridError, match="has no outline called 'a tale'"):
        committed(replace(read()[0], scenario="a tale"))


@pytest.mark.parametrize("until", [0, 1, 4])
def test_drawn_rows_cover_all_pairs_however_many_the_library_finds(monkeypatch: pytest.MonkeyPatch, until: int) -> None:
    """A pairwise library may leave some out where rows cannot be."""

    def some(values: Sequence[Sequence[tuple[str, ...]]], filter_func: Callable[..., bool]) -> Iterator[object]:
        combinations = [[a, b, c] for a in values[0] for b in values[1] for c in values[2]]
        return iter([each for each in combinations if filter_func(each)][:until])

    monkeypatch.setitem(sys.modules, "allpairspy", SimpleNamespace(AllPairs=some))
    rows = drawn(TASTES)
    assert list(problems(TASTES, rows)) == []
    assert len(rows) <= len(TASTES.rows())


def test_a_table_can_be_copied_into_its_outline(tmp_path: Path) -> None:
    """The rows that are read there are those that were drawn."""
    examples = "\n".join(table(ROWS))
    text = (
        f"Feature: tastes\n  Scenario Outline: {TASTES.scenario}\n    Then it is eaten\n\n    Examples:\n{examples}\n"
    )
    (tmp_path / TASTES.feature).write_text(text, encoding="utf-8")
    assert committed(TASTES, tmp_path) == ROWS
