"""The list of the mutants that no scenario catches: for each why none ever can, or which scenario is missing.

`gate/mutants.toml` holds it. Its entries are named by module and by `gate.mutations.Mutant.key`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from gate.mutations import Mutant
from gate.trials import Judged

LIST = Path("gate/mutants.toml")

Name = tuple[str, str]
"""A mutant's module and its key there."""


class Standing(StrEnum):
    """What is said of a survivor."""

    EQUIVALENT = "equivalent"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the list says of a survivor: its standing, and why no scenario can tell it or which one is missing."""

    standing: Standing
    word: str


Listed = Mapping[Name, Entry]


class ListError(ValueError):
    """The list cannot be read; says why in one clause."""


def name_of(mutant: Mutant) -> Name:
    """Return what names a mutant in the list."""
    return mutant.source.module, mutant.key


def read(path: Path = LIST) -> dict[Name, Entry]:
    """Return the list, empty where there is none; raises ListError."""
    if not path.exists():
        return {}
    listed: dict[Name, Entry] = {}
    try:
        for standing, modules in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for module, entries in modules.items():
                for key, word in entries.items():
                    if (module, key) in listed:
                        raise ListError(f"{module}: {key!r} is in it twice")
                    listed[module, key] = Entry(Standing(standing), str(word))
    except (ValueError, AttributeError) as error:
        raise ListError(f"{path} is no list of mutants: {error}") from error
    return listed


def text(listed: Listed) -> str:
    """Return the list as a file: equivalents first, in the order of modules and keys."""
    return "".join(_lines(listed))


def _lines(listed: Listed) -> Iterator[str]:
    yield (
        "# The mutants that no scenario catches. `tox run -e mutants -- --remember` adds new ones without a word, and\n"
        "# takes those away that are caught or gone. equivalent: why nothing that sees the unit from outside can tell\n"
        "# it from the reference. gap: which scenario is missing.\n"
    )
    names = sorted(listed, key=lambda name: (listed[name].standing, name))
    for (standing, module), of_module in groupby(names, key=lambda name: (listed[name].standing, name[0])):
        yield f'\n[{standing}."{module}"]\n'
        yield from (f"{_quoted(name[1])} = {_quoted(listed[name].word)}\n" for name in of_module)


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)  # a basic string of TOML has JSON's escapes


def unlisted(judged: Iterable[Judged], listed: Listed) -> list[Judged]:
    """Return the survivors of which the list says nothing."""
    return [
        each
        for each in judged
        if each.result.survived and not ((entry := listed.get(name_of(each.mutant))) and entry.word)
    ]


def stale(found: Iterable[Mutant], judged: Iterable[Judged], listed: Listed) -> dict[Name, str]:
    """Return the entries that say something of no survivor any more, each with what has become of it.

    Entries of modules of which no mutant was found are left alone: they were not looked for.
    """
    there = {name_of(mutant) for mutant in found}
    modules = {module for module, _ in there}
    gone = {name: "there is no such mutant" for name in listed if name[0] in modules and name not in there}
    caught = {
        name: f"{each.result}: {each.where}" if each.where else str(each.result)
        for each in judged
        if not each.result.survived and (name := name_of(each.mutant)) in listed
    }
    return gone | caught


def remembered(found: Iterable[Mutant], judged: Sequence[Judged], listed: Listed) -> dict[Name, Entry]:
    """Return the list without its stale entries, and with a gap without a word for each new survivor."""
    old = stale(found, judged, listed)
    survivors = {name_of(each.mutant): Entry(Standing.GAP, "") for each in judged if each.result.survived}
    return survivors | {name: entry for name, entry in listed.items() if name not in old}
