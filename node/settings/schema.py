"""The shape of the configuration tree, from the manual's table: objects, tables in them, their fields.

A path is a tuple of words: ("system ha", "mode") is a field of an object, ("system ha", "interface", "port3", "status")
a field of an entry of a table in it, ("system interface", "port1", "ip") a field of an entry of an object that is
itself a table, and ("system snmp community", "1", "host", "2", "ip") one of an entry of a table in such an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from manual import AliasKind, Kind, Setting, Table, alias_rows, settings
from manual import tables as manual_tables
from node.settings.refusal import Refused, allowed, quoted

Path = tuple[str, ...]

HA = "system ha"
HA_INTERFACE: Path = (HA, "interface")
SYSTEM_INTERFACE: Path = ("system interface",)


@cache
def templates() -> dict[Path, Setting]:
    """Each setting by its path, with "*" for the entry where any name fits."""
    return {tuple("*" if step.startswith("<") else step for step in setting.path): setting for setting in settings()}


@cache
def objects() -> tuple[str, ...]:
    """The words that may follow `config` at the top level, in the manual's order."""
    return tuple(dict.fromkeys(path[0] for path in templates()))


@cache
def _tables() -> dict[Path, Table]:
    """Each table by its path, with "*" for the entry that it lies in."""
    return {tuple("*" if step == "<name>" else step for step in table.path): table for table in manual_tables()}


def table_at(scope: Path) -> Table | None:
    """The table at a scope, None if there is none."""
    return _tables().get(_any(scope))


def is_table(scope: Path) -> bool:
    """Whether the scope directly contains entries, not fields."""
    return _any(scope) in _tables()


def is_entry(scope: Path) -> bool:
    """Whether this is one entry of a table."""
    return is_table(scope[:-1])


@cache
def tables(scope: Path) -> tuple[str, ...]:
    """Tables directly inside an object or an entry, in the manual's order."""
    return tuple(path[-1] for path in _tables() if scope and path[:-1] == _any(scope))


def fixed_entries(table: Path, interfaces: tuple[str, ...]) -> tuple[str, ...] | None:
    """Names of a table's entries if they are fixed; None if an operator adds them. Source: HA-753."""
    row = _tables()[_any(table)]
    return interfaces if row.key is Kind.INTERFACE else row.entries or None


def most_entries(table: Path) -> int | None:
    """The largest number of entries of a table; None for no limit. Source: HA-663."""
    return _tables()[_any(table)].most


@cache
def fields(scope: Path) -> tuple[Setting, ...]:
    """Settings directly inside an object or an entry, in the manual's order."""
    kinds = {scope, _any(scope)}
    return tuple(setting for path, setting in templates().items() if path[:-1] in kinds)


@lru_cache(maxsize=4096)
def find(path: Path) -> Setting:
    """Return the setting at a path; raises Refused with the names that are allowed there."""
    found = templates().get(path) or templates().get((*_any(path[:-1]), path[-1]))
    if found is None:
        raise Refused(f"{quoted(' '.join(path))} is not a setting")
    return found


@lru_cache(maxsize=4096)
def keyword(scope: Path, word: str) -> str:
    """Return a setting's name in this scope in 7.0's spelling; raises Refused."""
    names = [setting.keyword for setting in fields(scope)]
    found = _modern_keywords().get(word, word)
    if found not in names:
        raise Refused(f"{quoted(word)} is not a setting here; {allowed(names)}")
    return found


@lru_cache(maxsize=4096)
def is_synchronized(path: Path) -> bool:
    """Whether a field, or the existence of an entry, is copied from the primary to the secondary. Source: HA-350."""
    table = table_at(path[:-1])
    return find(path).synchronized if table is None else table.synchronized


@cache
def _modern_keywords() -> Mapping[str, str]:
    """7.0's name for each old name of a setting."""
    return {row.old: row.word for row in alias_rows() if row.kind is AliasKind.KEYWORD}


@lru_cache(maxsize=4096)
def _any(scope: Path) -> Path:
    """The template of a scope: the name of each entry in it replaced by "*"."""
    found: Path = ()
    for step in scope:
        found = (*found, "*" if found in _tables() else step)
    return found
