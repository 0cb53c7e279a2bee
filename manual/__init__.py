"""The document under test as data: requirements, settings, words. Imports no other room."""

from __future__ import annotations

from manual.coverage import coverage, misnamed
from manual.errors import ManualError
from manual.load import alias_rows, aliases, ancestors, clauses, questions, requirements, settings, sources, tables
from manual.records import (
    Alias,
    AliasKind,
    Ancestor,
    Clause,
    Code,
    Form,
    Kind,
    Level,
    Part,
    Path,
    Question,
    Requirement,
    Setting,
    Source,
    Table,
)

__all__ = [
    "Alias",
    "AliasKind",
    "Ancestor",
    "Clause",
    "Code",
    "Form",
    "Kind",
    "Level",
    "ManualError",
    "Part",
    "Path",
    "Question",
    "Requirement",
    "Setting",
    "Source",
    "Table",
    "alias_rows",
    "aliases",
    "ancestors",
    "clauses",
    "coverage",
    "misnamed",
    "questions",
    "requirements",
    "settings",
    "sources",
    "tables",
]
