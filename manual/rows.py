"""Reads the rows of a TOML file field by field; errors name file, row and field."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from manual.errors import ManualError

E = TypeVar("E", bound=StrEnum)


class Row:
    """One row of a file; each method reads a field, and `finish` refuses the fields that were not read."""

    def __init__(self, file: str, name: str, fields: Mapping[str, Any]) -> None:
        """Read the fields of one TOML table; the name identifies the row in errors."""
        self.file = file
        self.name = name
        self._fields = fields
        self._taken: set[str] = set()

    def error(self, field: str, expected: str, found: object = None) -> ManualError:
        """Return an error at a field of this row."""
        return ManualError(self.file, self.name, field, expected, found)

    def has(self, field: str) -> bool:
        """Whether the row has this field."""
        return field in self._fields

    def text(self, field: str, *, empty: bool = False) -> str:
        """Return a text, not empty unless allowed."""
        found = self._take(field, "a text")
        if not isinstance(found, str) or (not found.strip() and not empty) or found != found.strip():
            raise self.error(field, "a text without blanks around it" if empty else "a text that is not empty", found)
        return found

    def optional_text(self, field: str) -> str | None:
        """Return a text, or None where the field is absent."""
        return self.text(field) if self.has(field) else None

    def texts(self, field: str, *, optional: bool = False, again: str = "") -> tuple[str, ...]:
        """Return a list of texts, not empty; only `again` may come more than once, and an optional list be absent."""
        if optional and not self.has(field):
            return ()
        found = self._take(field, "a list of texts")
        if not isinstance(found, list) or not found or not all(isinstance(item, str) and item for item in found):
            raise self.error(field, "a list of texts that is not empty", found)
        once = [item for item in found if item != again]
        if len(set(once)) != len(once):
            raise self.error(field, "each text once", found)
        return tuple(found)

    def flag(self, field: str, *, optional: bool = False) -> bool:
        """Return true or false; an optional one is false when absent."""
        if optional and not self.has(field):
            return False
        found = self._take(field, "true or false")
        if not isinstance(found, bool):
            raise self.error(field, "true or false", found)
        return found

    def optional_integer(self, field: str) -> int | None:
        """Return a whole number, or None where the field is absent."""
        if not self.has(field):
            return None
        found = self._take(field, "a whole number")
        if isinstance(found, bool) or not isinstance(found, int):
            raise self.error(field, "a whole number", found)
        return found

    def word(self, field: str, words: type[E]) -> E:
        """Return a member of a closed set."""
        return self._member(field, self.text(field), words)

    def words(self, field: str, words: type[E]) -> tuple[E, ...]:
        """Return a list of members of a closed set."""
        return tuple(self._member(field, text, words) for text in self.texts(field))

    def known(self, field: str, known: Iterable[str], what: str) -> tuple[str, ...]:
        """Return a list of texts each of which is known elsewhere in the manual."""
        found = self.texts(field)
        for text in found:
            if text not in known:
                raise self.error(field, what, text)
        return found

    def pairs(self, field: str) -> tuple[tuple[str, str], ...]:
        """Return a table of texts by text, as pairs; empty where the field is absent."""
        if not self.has(field):
            return ()
        found = self._take(field, "a table of texts")
        if not isinstance(found, dict) or not all(isinstance(value, str) and value for value in found.values()):
            raise self.error(field, "a table of texts", found)
        return tuple(found.items())

    def inner(self, field: str) -> Sequence[Row]:
        """Return the rows of a list of inline tables; empty where the field is absent."""
        if not self.has(field):
            return ()
        found = self._take(field, "a list of tables")
        if not isinstance(found, list) or not found or not all(isinstance(item, dict) for item in found):
            raise self.error(field, "a list of tables that is not empty", found)
        return tuple(Row(self.file, f"{self.name}, {field} {at}", item) for at, item in enumerate(found, 1))

    def finish(self) -> None:
        """Refuse fields that were not read, most often misspelled ones."""
        for field in self._fields:
            if field not in self._taken:
                known = ", ".join(sorted(self._taken))
                raise self.error(field, f"no such field (known here: {known})")

    def _take(self, field: str, expected: str) -> Any:  # noqa: ANN401 - TOML gives any type; each reader checks it
        self._taken.add(field)
        if field not in self._fields:
            raise self.error(field, f"{expected}, but the field is missing")
        return self._fields[field]

    def _member(self, field: str, text: str, words: type[E]) -> E:
        try:
            return words(text)
        except ValueError:
            raise self.error(field, "one of " + ", ".join(words), text) from None


def read(root: Path, file: str) -> dict[str, Any]:
    """Parse one file below `manual/`."""
    try:
        return tomllib.loads((root / file).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise ManualError(file, "the file", "syntax", f"TOML: {problem}") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ManualError(file, "the file", "content", f"a readable UTF-8 file: {problem}") from None


def files(root: Path, folder: str) -> tuple[str, ...]:
    """Return the TOML files of a folder below `manual/`, by name."""
    found = tuple(f"{folder}/{file.name}" for file in sorted((root / folder).glob("*.toml")))
    if not found:
        raise ManualError(f"{folder}/*.toml", "the folder", "files", "at least one file")
    return found


def rows(file: str, document: Mapping[str, Any], array: str, named_by: str, *, optional: bool = False) -> Iterator[Row]:
    """Return the rows of one array of tables; each is named by its number and one of its fields."""
    found = document.get(array, [] if optional else None)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ManualError(file, "the file", array, f"rows that begin with [[{array}]]", found)
    for at, item in enumerate(found, 1):
        name = item.get(named_by, "")
        shown = " ".join(str(step) for step in name) if isinstance(name, list) else str(name)
        yield Row(file, f"{array} {at} ({shown})" if shown else f"{array} {at}", item)


def only(file: str, document: Mapping[str, Any], *allowed: str) -> None:
    """Refuse a top-level name that the file may not have."""
    for name in document:
        if name not in allowed:
            raise ManualError(file, "the file", name, "nothing but " + ", ".join(allowed))
