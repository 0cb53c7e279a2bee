"""Grids of examples: draws rows in which all values of any two columns meet, and checks those that are committed.

    python -m gate.grids           prints rows for each grid of gate/grids.toml, to be copied into its outline
    python -m gate.grids --check   tells what is wrong or missing in the rows of features/, and which pairs they cover

Rows are drawn when a scenario is written (`tox run -e grid`); a run reads those in the feature files only.
"""

from __future__ import annotations

import itertools
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_bdd.parser import FeatureParser

from lab.arguments import Parser, end

GRIDS = Path(__file__).with_name("grids.toml")
FEATURES = Path(__file__).parents[1] / "features"

Row = Mapping[str, str]
Pair = frozenset[tuple[str, str]]
"""Values of columns that meet in a row, each with its column: two of them, or more where columns vary as one."""


class GridError(ValueError):
    """A grid that contradicts itself or its outline; the text says which, and what to change."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What one scenario outline varies, and what follows from that."""

    feature: str
    scenario: str
    factors: Mapping[str, tuple[str, ...]]
    as_one: tuple[str, ...]
    """Columns that vary as one; () for none."""
    never: tuple[Row, ...]
    """Values that no row has together."""
    outcomes: tuple[tuple[Row, Row], ...]
    """Where a row has these values, it has those as well."""

    def groups(self) -> list[tuple[str, ...]]:
        """Return the columns that vary, those that vary as one together."""
        return [*([self.as_one] if self.as_one else []), *((each,) for each in self.factors if each not in self.as_one)]

    def rows(self) -> list[Row]:
        """Return every row that may be, without its outcomes."""
        every = (dict(zip(self.factors, values, strict=True)) for values in itertools.product(*self.factors.values()))
        return [row for row in every if not any(_has(row, never) for never in self.never)]

    def pairs(self, rows: Iterable[Row]) -> set[Pair]:
        """Return the values that meet in some row."""
        return {
            frozenset((column, row[column]) for column in (*one, *other))
            for row in rows
            for one, other in itertools.combinations(self.groups(), 2)
        }

    def completed(self, row: Row) -> Row:
        """Return a row with its outcomes; raises GridError where two rules contradict each other."""
        whole = dict(row)
        for when, then in self.outcomes:
            if not _has(row, when):
                continue
            for column, value in then.items():
                if whole.setdefault(column, value) != value:
                    raise GridError(f"{self.scenario}: {column} is both {whole[column]} and {value}; see {GRIDS.name}")
        return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, or 1 where a committed row or pair is wrong or missing."""
    parser = Parser(prog="python -m gate.grids", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help="check the rows of features/ instead of drawing some")
    options = parser.parse_args(arguments)
    wrong = False
    for grid in read():
        sys.stdout.write(f"{grid.feature}: {grid.scenario}\n")
        rows = committed(grid) if options.check else drawn(grid)
        found = list(problems(grid, rows))
        wrong = wrong or bool(found)
        sys.stdout.writelines(f"  {line}\n" for line in (found if options.check else table(rows)))
        there, wanted = grid.pairs(rows), grid.pairs(grid.rows())
        sys.stdout.write(f"  {len(rows)} rows, {len(there & wanted)} of {len(wanted)} pairs\n")
    return int(wrong)


def read(path: Path = GRIDS) -> list[Grid]:
    """Return the grids of a file."""
    return [_grid(each) for each in tomllib.loads(path.read_text(encoding="utf-8"))["grid"]]


def drawn(grid: Grid) -> list[Row]:
    """Return few rows that cover all pairs, with their outcomes."""
    # Only who draws a grid needs the library: requirements/grid.in.
    from allpairspy import AllPairs  # noqa: PLC0415

    groups, may_be = grid.groups(), grid.rows()
    values = [list(dict.fromkeys(tuple(row[each] for each in group) for row in may_be)) for group in groups]

    def row_of(chosen: Iterable[tuple[str, ...]]) -> Row:
        return {
            column: value
            for group, part in zip(groups, chosen, strict=False)
            for column, value in zip(group, part, strict=True)
        }

    rows = [row_of(each) for each in AllPairs(values, filter_func=lambda first: _may_go_on(row_of(first), may_be))]
    while missing := grid.pairs(may_be) - grid.pairs(rows):  # the library leaves some out where rows cannot be
        rows.append(max(may_be, key=lambda row: len(missing & grid.pairs([row]))))
    return [grid.completed({column: row[column] for column in grid.factors}) for row in rows]


def committed(grid: Grid, features: Path = FEATURES) -> list[Row]:
    """Return the examples of a grid's outline; raises GridError where the feature has no such outline."""
    scenarios = FeatureParser(str(features), grid.feature).parse().scenarios
    if grid.scenario not in scenarios:
        raise GridError(f"{grid.feature} has no outline called {grid.scenario!r}; {GRIDS.name} names it")
    examples = scenarios[grid.scenario].examples
    return [{key: str(value) for key, value in row.items()} for part in examples for row in part.as_contexts()]


def problems(grid: Grid, rows: Sequence[Row]) -> Iterator[str]:
    """Yield what is wrong with rows, one line each: values that cannot be, wrong outcomes, pairs that never meet."""
    may_be = grid.rows()
    for row in rows:
        varied = {column: row[column] for column in grid.factors if column in row}
        if varied not in may_be:
            yield f"{_told(row)}: the grid has no such row"
        elif grid.completed(varied) != row:
            yield f"{_told(row)}: the grid says {_told(grid.completed(varied))}"
    missing = grid.pairs(may_be) - grid.pairs(row for row in rows if grid.factors.keys() <= row.keys())
    yield from sorted(f"{_told(dict(sorted(pair)))}: in no row" for pair in missing)


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield rows as a table of examples, its header first."""
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"


def _grid(record: Mapping[str, Any]) -> Grid:
    return Grid(
        feature=record["feature"],
        scenario=record["scenario"],
        factors={column: tuple(values) for column, values in record["factors"].items()},
        as_one=tuple(record.get("as_one", ())),
        never=tuple(each["row"] for each in record.get("never", ())),
        outcomes=tuple((each["when"], each["then"]) for each in record.get("outcome", ())),
    )


def _may_go_on(first: Row, rows: Iterable[Row]) -> bool:
    """Whether some row has the values that were chosen first."""
    return any(_has(row, first) for row in rows)


def _has(row: Row, values: Row) -> bool:
    return values.items() <= row.items()


def _told(row: Row) -> str:
    return ", ".join(f"{column} {value}" for column, value in row.items())


if __name__ == "__main__":
    end(main)
