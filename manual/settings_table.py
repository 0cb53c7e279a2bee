"""Reads the settings and their tables from `settings/*.toml`, and aliases and ancestors beside them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path as File

from manual.records import Alias, AliasKind, Ancestor, Form, Kind, Part, Path, Setting, Table
from manual.rows import Row, files, only, read, rows
from manual.values import expected

FOLDER = "settings"
UNPRINTED = ("default", "keyword", "range", "values")
BOUNDED = (Kind.INTEGER, Kind.STRING)
LISTED = (Kind.ENUM, Kind.WORDS)


def read_settings(root: File, sources: Collection[str]) -> tuple[tuple[Setting, ...], tuple[Table, ...]]:
    """Return all settings and tables, file by file in the order of their names."""
    settings: dict[Path, Setting] = {}
    tables: dict[Path, Table] = {}
    twins: list[tuple[Row, Setting]] = []
    nested: list[tuple[Row, Table]] = []
    for file in files(root, FOLDER):
        document = read(root, file)
        only(file, document, "setting", "table")
        for row in rows(file, document, "setting", "path"):
            setting = _setting(row, sources)
            if setting.path in settings:
                raise row.error("path", "a path that no other setting has", list(setting.path))
            settings[setting.path] = setting
            twins.append((row, setting))
        for row in rows(file, document, "table", "path", optional=True):
            table = _table(row, sources)
            if table.path in tables:
                raise row.error("path", "a path that no other table has", list(table.path))
            tables[table.path] = table
            if len(table.path) == 3:  # noqa: PLR2004 - table, entry, and the table in it
                nested.append((row, table))
    for row, inner in nested:
        _check_entry(row, inner.path[:-1], tables)
    for row, setting in twins:
        _check_place(row, setting.path, tables)
        _check_twin(row, setting, settings, tables)
    return tuple(settings.values()), tuple(tables.values())


def read_aliases(root: File, sources: Collection[str]) -> tuple[Alias, ...]:
    """Return all aliases; an old word may occur once in each scope."""
    file = "aliases.toml"
    document = read(root, file)
    only(file, document, "alias")
    found: dict[tuple[str, str | None], Alias] = {}
    for row in rows(file, document, "alias", "old"):
        alias = Alias(
            old=row.text("old"),
            word=row.text("word"),
            kind=row.word("kind", AliasKind),
            family=row.text("family"),
            source=row.known("source", sources, "a code of sources.toml"),
            within=row.optional_text("within"),
        )
        row.finish()
        if alias.old == alias.word:
            raise row.error("word", "another word than the old one", alias.word)
        if (alias.old, alias.within) in found:
            raise row.error("old", "a word that no other row of the same scope has", alias.old)
        found[alias.old, alias.within] = alias
    return tuple(found.values())


def read_ancestors(root: File, sources: Collection[str], settings: Collection[Path]) -> tuple[Ancestor, ...]:
    """Return the commands of 3.0 from which today's settings come."""
    file = "ancestors.toml"
    document = read(root, file)
    only(file, document, "ancestor")
    found = []
    for row in rows(file, document, "ancestor", "command"):
        words = row.texts("successor", optional=True)
        for word in words:
            if ("system ha", word) not in settings:
                raise row.error("successor", "a keyword that `config system ha` has", word)
        found.append(
            Ancestor(
                command=row.text("command"),
                meaning=row.text("meaning"),
                successor=tuple(("system ha", word) for word in words),
                source=row.known("source", sources, "a code of sources.toml"),
            )
        )
        row.finish()
    return tuple(found)


def _setting(row: Row, sources: Collection[str]) -> Setting:
    same_as = row.texts("same_as", optional=True)
    setting = Setting(
        path=row.texts("path", again="<name>"),
        keyword=row.text("keyword"),
        kind=row.word("kind", Kind),
        default=row.text("default", empty=True),
        applies=row.text("applies"),
        synchronized=row.flag("synchronized"),
        source=row.known("source", sources, "a code of sources.toml"),
        form=row.word("form", Form),
        values=row.texts("values", optional=True),
        parts=tuple(_part(inner) for inner in row.inner("parts")),
        minimum=row.optional_integer("minimum"),
        maximum=row.optional_integer("maximum"),
        same_as=same_as or None,
        secret=row.flag("secret", optional=True),
        unprinted=row.texts("unprinted", optional=True),
        note=row.optional_text("note"),
    )
    row.finish()
    _check(row, setting)
    return setting


def _part(row: Row) -> Part:
    part = Part(
        name=row.text("name"),
        kind=row.word("kind", Kind),
        values=row.texts("values", optional=True),
        minimum=row.optional_integer("minimum"),
        maximum=row.optional_integer("maximum"),
        key=row.flag("key", optional=True),
        twin=row.optional_text("twin"),
        words=row.pairs("words"),
    )
    row.finish()
    if part.kind is Kind.COMPOUND:
        raise row.error("kind", "a kind that is one word", part.kind.value)
    _check_shape(row, part)
    for old, _ in part.words:
        if old not in part.values:
            raise row.error("words", "words that are among the values", old)
    return part


def _table(row: Row, sources: Collection[str]) -> Table:
    table = Table(
        path=row.texts("path", again="<name>"),
        key=row.word("key", Kind),
        applies=row.text("applies"),
        synchronized=row.flag("synchronized"),
        source=row.known("source", sources, "a code of sources.toml"),
        entries=row.texts("entries", optional=True),
        most=row.optional_integer("most"),
        note=row.optional_text("note"),
    )
    row.finish()
    if len(table.path) not in {1, 2, 3}:
        raise row.error(
            "path", "an object that is a table, object and table, or a table in each entry", list(table.path)
        )
    if (table.key is Kind.ENUM) != bool(table.entries):
        raise row.error("entries", "fixed names, with key = 'enum' and only with it", list(table.entries))
    return table


def _check(row: Row, setting: Setting) -> None:
    _check_shape(row, setting)
    if setting.keyword != setting.path[-1]:
        raise row.error("keyword", f"the last word of the path, {setting.path[-1]!r}", setting.keyword)
    if (setting.kind is Kind.COMPOUND) != bool(setting.parts):
        raise row.error("parts", "parts, with kind = 'compound' and only with it")
    if setting.parts and [part.key for part in setting.parts] != [True] + [False] * (len(setting.parts) - 1):
        raise row.error("parts", "key = true in the first part and only there")
    for word in setting.unprinted:
        if word not in UNPRINTED:
            raise row.error("unprinted", "words out of " + ", ".join(UNPRINTED), word)
    wanted = expected(setting)
    if wanted is not None:
        raise row.error("default", wanted, setting.default)


def _check_shape(row: Row, what: Setting | Part) -> None:
    if what.kind in LISTED and not what.values:
        raise row.error("values", f"the words that are allowed, since the kind is {what.kind.value!r}")
    if what.values and what.kind not in {*LISTED, Kind.INTERFACE}:
        raise row.error("values", "no values, since the kind is neither 'enum' nor 'interface'", list(what.values))
    for field, bound in (("minimum", what.minimum), ("maximum", what.maximum)):
        if bound is not None and (what.kind not in BOUNDED or bound < 0):
            raise row.error(field, "a bound from 0 up, and only for an integer or a string", bound)
    if what.minimum is not None and what.maximum is not None and what.minimum > what.maximum:
        raise row.error("maximum", f"a number from {what.minimum} up", what.maximum)


def _check_place(row: Row, path: Path, tables: dict[Path, Table]) -> None:
    """Refuse a path whose words do not lie in an entry of a table, or directly in an object."""
    if len(path) in {3, 4, 5}:
        _check_entry(row, path[:-1], tables)
    elif len(path) != 2:  # noqa: PLR2004 - object and keyword
        raise row.error("path", "object, table, entry and keyword, or object and keyword", list(path))


def _check_entry(row: Row, entry: Path, tables: dict[Path, Table]) -> None:
    """Refuse an entry whose table does not exist, or does not know the entry's name."""
    table = tables.get(entry[:-1])
    if table is None:
        raise row.error("path", "a table that some [[table]] row declares", list(entry[:-1]))
    if entry[-1] != "<name>" and entry[-1] not in table.entries:
        raise row.error("path", "'<name>' or an entry of its table", entry[-1])


def _check_twin(row: Row, setting: Setting, settings: dict[Path, Setting], tables: dict[Path, Table]) -> None:
    if setting.same_as is None:
        return
    if setting.form is not Form.FLAT:
        raise row.error("same_as", "no twin, since only a flat setting names its nested one", list(setting.same_as))
    if setting.same_as not in settings and setting.same_as not in tables:
        raise row.error("same_as", "the path of another setting, or of a table", list(setting.same_as))
