"""Loads the files of the manual; each is read and checked once, then cached."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path as File
from types import MappingProxyType

from manual.catalogue import read_pending, read_questions, read_requirements, read_sources
from manual.records import Alias, Ancestor, Clause, Question, Requirement, Setting, Source, Table
from manual.settings_table import read_aliases, read_ancestors, read_settings

ROOT = File(__file__).parent


@cache
def sources(root: File = ROOT) -> Mapping[str, Source]:
    """Return the documents, by code."""
    return MappingProxyType(read_sources(root))


@cache
def questions(root: File = ROOT) -> Mapping[str, Question]:
    """Return the open questions, by id (E-01 ...)."""
    return MappingProxyType(read_questions(root))


@cache
def requirements(root: File = ROOT) -> Mapping[str, Requirement]:
    """Return the documented behaviours, by id (HA-001 ...)."""
    return MappingProxyType(read_requirements(root, sources(root), questions(root), read_pending(root)))


@cache
def clauses(root: File = ROOT) -> Mapping[str, Clause]:
    """Return the clauses of all behaviours, by id (HA-001, HA-757.b ...)."""
    return MappingProxyType({clause.id: clause for one in requirements(root).values() for clause in one.clauses})


@cache
def _settings_and_tables(root: File) -> tuple[tuple[Setting, ...], tuple[Table, ...]]:
    return read_settings(root, sources(root))


def settings(root: File = ROOT) -> tuple[Setting, ...]:
    """Every setting, in the manual's order."""
    return _settings_and_tables(root)[0]


def tables(root: File = ROOT) -> tuple[Table, ...]:
    """Every table of entries that an operator edits."""
    return _settings_and_tables(root)[1]


@cache
def alias_rows(root: File = ROOT) -> tuple[Alias, ...]:
    """Every alias with its family, scope and source."""
    return read_aliases(root, sources(root))


@cache
def aliases(within: str | None = None, root: File = ROOT) -> Mapping[str, str]:
    """Return the word of 7.0 by old or sister word: aliases that hold everywhere, and those of a scope if one is given.

    A scope is a keyword, for its values ("on-failure"), an object ("system ha") or a command.
    """
    rows = alias_rows(root)
    everywhere = {row.old: row.word for row in rows if row.within is None}
    return MappingProxyType(everywhere | {row.old: row.word for row in rows if within and row.within == within})


@cache
def ancestors(root: File = ROOT) -> tuple[Ancestor, ...]:
    """Return the commands of version 3.0 from which settings come; informative."""
    return read_ancestors(root, sources(root), {setting.path for setting in settings(root)})
