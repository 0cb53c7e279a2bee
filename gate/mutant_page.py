"""Writes docs/mutants.md: how many mutants the suite catches, by module, and what is said of the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gate.mutations import Mutant
from gate.survivors import Listed, Standing, name_of
from gate.trials import Judged

PAGE = Path("docs/mutants.md")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the unit: the modules or packages that belong to it, and the score that it is to have (percent)."""

    title: str
    names: tuple[str, ...]
    least: int


PARTS = (
    Part("the brain", ("node.engine",), 95),
    Part("the shared decisions", ("node.exchange", "node.build", "node.texts", "node.settings.in_force"), 95),
    Part("the settings", ("node.settings",), 85),
    Part("the shell", ("node.cli",), 85),
)
"""What is changed where nothing else is asked for. A module belongs to the first part that names it."""


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants there are, how many of them are caught, and how many cannot be told from the reference."""

    mutants: int = 0
    caught: int = 0
    equivalent: int = 0

    def __add__(self, other: Score) -> Score:
        """Return the score of both together."""
        return Score(self.mutants + other.mutants, self.caught + other.caught, self.equivalent + other.equivalent)

    @property
    def raw(self) -> str:
        """Percent of all mutants that are caught."""
        return _percent(self.caught, self.mutants)

    @property
    def score(self) -> str:
        """Percent of the mutants that can be told from the reference, and are."""
        return _percent(self.caught, self.mutants - self.equivalent)

    @property
    def cells(self) -> list[str]:
        """The figures in the order of the page's columns."""
        gaps = self.mutants - self.caught - self.equivalent
        counts = [str(number) for number in (self.mutants, self.caught, self.equivalent, gaps)]
        return [*counts, self.raw, self.score]


def _percent(number: int, of: int) -> str:
    return f"{100 * number / of:.1f} %" if of else _NOTHING


_NOTHING = "-"
"""A share of nothing."""


def scores(judged: Iterable[Judged], listed: Listed) -> dict[str, Score]:
    """Return the score of each module; mutants that cannot be imported, or gave no result, count nowhere."""
    found: dict[str, Score] = {}
    for each in judged:
        module = each.mutant.source.module
        if each.result.caught or each.result.survived:
            entry = listed.get(name_of(each.mutant))
            equal = each.result.survived and entry is not None and entry.standing is Standing.EQUIVALENT
            found[module] = found.get(module, Score()) + Score(1, int(each.result.caught), int(equal))
    return found


def part_of(module: str) -> Part | None:
    """Return the part of the unit that a module belongs to."""
    return next((part for part in PARTS if any(f"{module}.".startswith(f"{name}.") for name in part.names)), None)


def page(found: Sequence[Mutant], judged: Sequence[Judged], listed: Listed) -> str:
    """Return the page about these mutants, of which some or all are judged."""
    by_module = {mutant.source.module: Score() for mutant in found} | scores(judged, listed)
    return "\n".join(_lines(by_module, f"{len(judged)} of {len(found)}", listed)) + "\n"


def form(text: str) -> str:
    """Return a page without its figures, to compare what it says with what it should say."""
    return re.sub(rf"\d+(\.\d+)?( %)?|\| {_NOTHING}(?= )", lambda met: "| 0" if met[0][0] == "|" else "0", text)


_COLUMNS = ("mutants", "caught", "equivalent", "gaps", "raw score", "score")


def _lines(by_module: Mapping[str, Score], tried: str, listed: Listed) -> Iterator[str]:
    yield from (
        "# Small changes of the unit's code, and whether the suite notices",
        "",
        f"Written by `tox run -e mutants -- --remember`. Tried in its last run: {tried} mutants.",
        "A mutant is the unit with one small change in its code (see [its guide](prove-the-suite.md)). It is caught",
        "when a scenario on sim does not pass. Each of the others is *equivalent*, because nothing that sees the unit",
        "from outside can tell it from the reference, or a *gap*, because a scenario is missing.",
        "The raw score is caught / mutants, the score is caught / (mutants - equivalent).",
        "",
    )
    yield from _table(("part", *_COLUMNS, "at least"), _rows_of_parts(by_module))
    yield from ("", "## By module", "")
    yield from _table(("module", *_COLUMNS), ([f"`{name}`", *by_module[name].cells] for name in sorted(by_module)))
    yield from ("", "## What is missing", "")
    words = Counter(entry.word for entry in listed.values() if entry.standing is Standing.GAP)
    ordered = sorted(words, key=lambda word: (-words[word], word))
    yield from _table(
        ("a scenario in which", "mutants"), ([word or "(not said yet)", str(words[word])] for word in ordered)
    )
    yield from ("", "## Equivalent", "")
    names = sorted(name for name, entry in listed.items() if entry.standing is Standing.EQUIVALENT)
    for module, key in names:
        yield f"- `{module}`, ``{key}``: {listed[module, key].word}"


def _rows_of_parts(by_module: Mapping[str, Score]) -> Iterator[list[str]]:
    for part in PARTS:
        own = [score for module, score in by_module.items() if part_of(module) is part]
        yield [part.title, *sum(own, Score()).cells, f"{part.least} %"]
    yield ["all", *sum(by_module.values(), Score()).cells, ""]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
