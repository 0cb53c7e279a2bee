"""The shape of the configuration tree, drawn from the manual's table: objects, tables in them, their fields.

A path is a tuple of words: ("system ha", "mode") is a field of an object, ("system ha", "interface", "port3", "status")
a field of an entry of a table in it, ("system interface", "port1", "ip") a field of an entry of an object that is
itself a table.
"""

from __future__ import annotations

from functools import cache

from manual import Setting, aliases, settings

from node.settings.refusal import Refused, allowed, quoted

Path = tuple[str, ...]

HA = "system ha"
HA_INTERFACE: Path = (HA, "interface")
SYSTEM_INTERFACE: Path = ("system interface",)
INTERFACE_TABLES = frozenset({HA_INTERFACE, SYSTEM_INTERFACE})
"""Tables whose entries are the unit's network interfaces: they exist from the start and none can be added."""

LONGEST_KEY = 64


@cache
def templates() -> dict[Path, Setting]:
    """Each setting by its path, with "*" for the entry where any name fits."""
    return {tuple("*" if step.startswith("<") else step for step in setting.path): setting for setting in settings()}


@cache
def objects() -> tuple[str, ...]:
    """What may follow `config` at the top, in the manual's order."""
    return tuple(dict.fromkeys(path[0] for path in templates()))


@cache
def tables(scope: Path) -> tuple[str, ...]:
    """Tables right inside an object, in the manual's order."""
    if len(scope) != 1:
        return ()
    return tuple(dict.fromkeys(path[1] for path in templates() if len(path) == 4 and path[0] == scope[0]))  # noqa: PLR2004


def is_table(scope: Path) -> bool:
    """Whether entries, not fields, stand right inside."""
    if len(scope) == 1:
        return any(len(path) == 3 and path[0] == scope[0] for path in templates())  # noqa: PLR2004
    return len(scope) == 2 and scope[1] in tables(scope[:1])  # noqa: PLR2004


def fixed_entries(table: Path, interfaces: tuple[str, ...]) -> tuple[str, ...] | None:
    """Names of a table's entries where they are fixed; None where an operator adds them. Source: HA-753."""
    if table in INTERFACE_TABLES:
        return interfaces
    names = dict.fromkeys(path[len(table)] for path in templates() if path[: len(table)] == table)
    return None if "*" in names else tuple(names)


@cache
def fields(scope: Path) -> tuple[Setting, ...]:
    """Settings right inside an object or an entry, in the manual's order."""
    kinds = {scope, _any(scope)}
    return tuple(
        setting
        for path, setting in templates().items()
        if path[:-1] in kinds and (len(scope) != 1 or len(path) == 2)  # noqa: PLR2004
    )


def find(path: Path) -> Setting:
    """Return the setting at a path; raises Refused naming what is allowed there."""
    found = templates().get(path) or templates().get((*_any(path[:-1]), path[-1]))
    if found is None:
        names = [setting.keyword for setting in fields(path[:-1])]
        raise Refused(f"{quoted(path[-1])} is not a setting of {' '.join(path[:-1])}; {allowed(names)}")
    return found


def keyword(scope: Path, word: str) -> str:
    """Return a setting's name in this scope in 7.0's spelling; raises Refused."""
    names = [setting.keyword for setting in fields(scope)]
    modern = aliases().get(word, word)
    for candidate in (word, modern):
        if candidate in names:
            return candidate
    raise Refused(f"{quoted(word)} is not a setting here; {allowed(names)}")


def is_synchronized(path: Path) -> bool:
    """Whether a field, or the existence of an entry, is copied from the primary to the secondary. Source: HA-350."""
    if is_table(path[:-1]):
        return any(setting.synchronized for setting in fields(path))
    return find(path).synchronized


def _any(scope: Path) -> Path:
    """The template of an entry's scope: its name replaced by "*"."""
    return (*scope[:-1], "*") if len(scope) > 1 else scope
