"""The list of survivors: read, written, compared with what was judged; and the page that is made of it."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from gate import mutant_page, mutants, mutations, survivors
from gate.mutant_page import PARTS, Score, part_of
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
    other = {("node.cli.shell", "a"): Entry(Standing.GAP, "it speaks")}
    assert survivors.remembered(found, tried, listed) == entries(a="it waits", b="", d="it stays") | other
    assert survivors.remembered(found, tried, {}) == entries(a="", b="")


def test_a_score_leaves_equivalent_mutants_out_and_broken_ones_count_nowhere() -> None:
    """An entry counts only while its mutant survives."""
    tried = [judged("a", Result.SURVIVED), judged("b", Result.KILLED), judged("c", Result.TIMED_OUT)]
    tried += [judged("d", Result.NOT_EXECUTED), judged("e", Result.BROKEN), judged("f", Result.LOST)]
    equal = {("node.engine.unit", key): Entry(Standing.EQUIVALENT, "never read") for key in "ab"}
    assert mutant_page.scores(tried, equal) == {"node.engine.unit": Score(mutants=4, caught=2, equivalent=1)}
    assert Score(4, 2, 1).cells == ["4", "2", "1", "1", "50.0 %", "66.7 %"]
    assert Score().cells == ["0", "0", "0", "0", "-", "-"]


def test_a_page_keeps_its_form_while_its_figures_change() -> None:
    """But not when another mutant is listed, or another module has mutants."""
    tried = [judged("a", Result.SURVIVED), judged("b", Result.KILLED)]
    found, gap = [each.mutant for each in tried], entries(a="it waits")
    pages = [mutant_page.page(found, tried[:number], gap) for number in range(3)]
    assert len(set(pages)) == 3
    assert len(set(map(mutant_page.form, pages))) == 1
    assert "Tried in its last run: 2 of 2 mutants." in pages[2]
    assert "| `node.engine.unit` | 2 | 1 | 0 | 1 | 50.0 % | 50.0 % |" in pages[2]
    assert mutant_page.form(mutant_page.page(found, tried, entries(a="it goes"))) != mutant_page.form(pages[2])
    assert mutant_page.form(mutant_page.page([], [], gap)) != mutant_page.form(pages[2])


def test_each_module_belongs_to_the_first_part_that_names_it() -> None:
    """What a copy of the configuration contains is a shared decision, although it is in the room of the settings."""
    titles = {name: part.title for name in ("node.settings.in_force", "node.settings.views") if (part := part_of(name))}
    assert titles == {"node.settings.in_force": "the shared decisions", "node.settings.views": "the settings"}
    assert part_of("node.enginery") is None


@pytest.fixture(scope="module")
def of_the_unit() -> list[Mutant]:
    """All mutants of the unit of this house."""
    names = list(dict.fromkeys(module for part in PARTS for name in part.names for module in mutants.modules_of(name)))
    for name in names:
        importlib.import_module(name)
    return [mutant for source in mutations.read(names) for mutant in mutations.find(source)]


def test_every_entry_of_the_list_has_a_word_and_few_are_equivalent(of_the_unit: list[Mutant]) -> None:
    """5 % of all at most: a mutant that nothing can tell from the reference is rare."""
    listed = survivors.read()
    assert [name for name, entry in listed.items() if not entry.word] == []
    equal = [name for name, entry in listed.items() if entry.standing is Standing.EQUIVALENT]
    assert len(equal) <= 0.05 * len(of_the_unit)
    assert survivors.LIST.read_text(encoding="utf-8") == survivors.text(listed)


def test_the_page_has_the_form_that_the_command_would_write(of_the_unit: list[Mutant]) -> None:
    """All modules, and what the list says today; its figures may be those of an earlier run."""
    page = mutant_page.PAGE.read_text(encoding="utf-8")
    assert mutant_page.form(page) == mutant_page.form(mutant_page.page(of_the_unit, [], survivors.read())), (
        "run `tox run -e mutants -- --remember`"
    )
