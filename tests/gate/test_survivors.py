"""The list of survivors: read, written, compared with what was judged; and the page that is made of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from gate import mutant_page, survivors
from gate.mutant_page import Score, part_of
from gate.mutations import Change, Kind, Mutant, Source
from gate.survivors import Entry, ListError, Standing
from gate.trials import Judged, Result

SOURCE = Source("node.engine.unit", "unit.py", ast.parse(""), first=0)
NOTHING = ast.Pass()


def judged(key: str, result: Result) -> Judged:
    """Return a judged mutant of this name."""
    return Judged(Mutant(SOURCE, Change(Kind.NUMBER, NOTHING, NOTHING, "1", "2", 1), 0, key), result)


def entries(**words: str) -> dict[survivors.Name, Entry]:
    """Return a list of gaps, by key."""
    return {("node.engine.unit", key): Entry(Standing.GAP, word) for key, word in words.items()}


def test_a_list_reads_as_it_was_written(tmp_path: Path) -> None:
    """Whatever is in a key; an absent file is an empty list."""
    listed = {
        ("node.b", "f: number: 1 -> 2 in: x = 'a\\n' + \"\u00e9\""): Entry(Standing.GAP, "it waits"),
        ("node.a", "f: number: 1 -> 2"): Entry(Standing.EQUIVALENT, "never read"),
        ("node.a", "f: number: 1 -> 2 #2"): Entry(Standing.GAP, ""),
    }
    file = tmp_path / "mutants.toml"
    assert survivors.read(file) == {}
    file.write_text(survivors.text(listed), encoding="utf-8")
    assert survivors.read(file) == listed
    assert survivors.text(survivors.read(file)) == survivors.text(listed)


@pytest.mark.parametrize(
    "text", ["[gap", "[perhaps.unit]\na = 'b'", "gap = 3", "[gap.u]\na = ''\n[equivalent.u]\na = ''"]
)
def test_a_list_that_cannot_be_read_says_so(text: str, tmp_path: Path) -> None:
    """No TOML, an unknown standing, a wrong shape, two standings for one mutant."""
    file = tmp_path / "mutants.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ListError):
        survivors.read(file)


def test_survivors_that_are_not_listed_and_entries_that_are_stale_are_found() -> None:
    """Entries of modules that were not asked for, and of mutants that were not tried, are not stale."""
    tried = [judged("a", Result.SURVIVED), judged("b", Result.NOT_EXECUTED), judged("c", Result.KILLED)]
    found = [each.mutant for each in (*tried, judged("d", Result.KILLED))]
    listed = entries(a="it waits", c="it goes", d="it stays", e="it is gone", b="")
    listed["node.cli.shell", "a"] = Entry(Standing.GAP, "it speaks")
    assert [each.mutant.key for each in survivors.unlisted(tried, listed)] == ["b"]
    assert survivors.stale(found, tried, listed) == {
        ("node.engine.unit", "c"): "killed",
        ("node.engine.unit", "e"): "there is no such mutant",
    }
    assert survivors.remembered(tried, listed) == entries(a="it waits", b="")
    assert survivors.remembered(tried, {}) == entries(a="", b="")


def test_a_score_leaves_equivalent_mutants_out_and_broken_ones_count_nowhere() -> None:
    """An entry counts only while its mutant survives."""
    tried = [judged("a", Result.SURVIVED), judged("b", Result.KILLED), judged("c", Result.TIMED_OUT)]
    tried += [judged("d", Result.NOT_EXECUTED), judged("e", Result.BROKEN), judged("f", Result.LOST)]
    equal = {("node.engine.unit", key): Entry(Standing.EQUIVALENT, "never read") for key in "ab"}
    assert mutant_page.scores(tried, equal) == {"node.engine.unit": Score(mutants=4, caught=2, equivalent=1)}
    assert Score(4, 2, 1).cells == ["4", "2", "1", "1", "50.0 %", "66.7 %"]
    assert Score().cells == ["0", "0", "0", "0", "100.0 %", "100.0 %"]


def test_each_module_belongs_to_the_first_part_that_names_it() -> None:
    """What a copy of the configuration contains is a shared decision, although it is in the room of the settings."""
    titles = {name: part.title for name in ("node.settings.in_force", "node.settings.views") if (part := part_of(name))}
    assert titles == {"node.settings.in_force": "the shared decisions", "node.settings.views": "the settings"}
    assert part_of("node.enginery") is None
