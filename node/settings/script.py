"""Settings as a script of CLI lines: for the volume, for `show`, and for the copy that a primary sends."""

from __future__ import annotations

import base64
import hashlib
import shlex
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from functools import lru_cache

from manual import Kind, Setting
from node.settings import schema, views
from node.settings.configuration import Configuration, changes
from node.settings.refusal import Refused, quoted
from node.settings.schema import HA, HA_INTERFACE, Path
from node.settings.store import SIX_PORTS

ENCODED = "ENC"
"""Marks an encoded secret. The encoding only hides it from a glance; the file's mode protects it."""


class Secrets(Enum):
    """How secrets appear in a script."""

    HIDDEN = auto()
    KEPT = auto()


def dump(configuration: Configuration) -> str:
    """Every setting that is not at its default, secrets included, for the unit's own volume only. Source: HA-761."""
    return _text(line for name in in_order() for line in render(configuration, (name,), Secrets.KEPT))


def in_order() -> list[str]:
    """Objects in a script's order: `system global` first, because others depend on its operation mode (HA-157)."""
    return sorted(schema.objects(), key=lambda name: name != "system global")


def load(text: str, interfaces: tuple[str, ...] = SIX_PORTS) -> Configuration:
    """Apply a script from `dump` to factory settings; raises Refused with the number of the line."""
    return _run(Configuration.factory(interfaces), text)


def synchronized(configuration: Configuration) -> str:
    """The part that a primary copies to its secondary. Source: HA-159, HA-350, HA-364 to HA-367, HA-375."""
    return dump(configuration.part(schema.is_synchronized))


def merge_synchronized(configuration: Configuration, text: str) -> Configuration:
    """Replace the synchronized part by the peer's; raises Refused if the text has other settings or does not fit."""
    own = configuration.part(lambda path: not schema.is_synchronized(path))
    merged = _run(own, text)
    foreign = [path for path in changes(own, merged) if not schema.is_synchronized(path)]
    if foreign:
        raise Refused(f"{' '.join(min(foreign))} is not a synchronized setting")
    return merged


def checksum(configuration: Configuration) -> str:
    """Checksum of the synchronized part: two units with the same one are in sync. Source: HA-377."""
    return hashlib.sha256(synchronized(configuration).encode()).hexdigest()


def assign(configuration: Configuration, scope: Path, words: list[str]) -> Configuration:
    """Carry out `set <words>` in a scope; raises Refused."""
    if len(words) < 2:  # noqa: PLR2004 - keyword and value
        raise Refused("set takes a setting and its value")
    name, *value = words
    path = (*scope, schema.keyword(scope, name))
    if schema.find(path).kind is Kind.STRING and len(value) > 1:
        raise Refused(f"the value of {quoted(name)} is one word; put quotes around words with spaces")
    return configuration.with_value(path, " ".join(value))


def render(configuration: Configuration, scope: Path, secrets: Secrets = Secrets.HIDDEN) -> list[str]:
    """The CLI lines that set what differs from the defaults in an object, table or entry; [] for nothing."""
    inside = list(_values(configuration, scope, secrets))
    for table in schema.tables(scope):
        inside += render(configuration, (*scope, table), secrets)
    if schema.is_entry(scope):
        return [f"edit {shlex.quote(scope[-1])}", *_indent(inside), "next"]
    if schema.is_table(scope):
        added = schema.fixed_entries(scope, configuration.interfaces) is None
        for name in configuration.entries(scope):
            entry = (*scope, name)
            # A fixed entry needs no lines if nothing in it is set, or the flat form already has all of it.
            if added or any(_values(configuration, entry, secrets)):
                inside += render(configuration, entry, secrets)
    return [f"config {scope[-1]}", *_indent(inside), "end"] if inside else []


def split(line: str) -> list[str]:
    """Split a CLI line into words; quotes keep spaces. Raises Refused for an open quote."""
    try:
        return list(_words(line))
    except ValueError:
        raise Refused("a quote is not closed") from None


@lru_cache(maxsize=512)
def _words(line: str) -> tuple[str, ...]:
    """Split a line; cached, because the same few lines are entered again and again."""
    return tuple(shlex.split(line))


def _values(configuration: Configuration, scope: Path, secrets: Secrets) -> Iterator[str]:
    for setting in schema.fields(scope):
        path = (*scope, setting.keyword)
        value = configuration.store.values.get(path)
        if path == (HA, "failover"):
            # The nested form has no word for the action `set`, so only that action is written flat.
            rows = (row for row in views.failover_rows(configuration.store) if row.split()[1] == "set")
            yield from (f"set failover {row}" for row in rows)
        elif value is not None and not _is_said_flat(configuration, path):
            yield _line(setting, value, secrets)


def _line(setting: Setting, value: str, secrets: Secrets) -> str:
    if not setting.secret:
        return f"set {setting.keyword} {shlex.quote(value)}"
    if secrets is Secrets.HIDDEN:
        return f"# {setting.keyword} is set, and not shown"
    return f"set {setting.keyword} {ENCODED} {base64.urlsafe_b64encode(value.encode()).decode()}"


def _is_said_flat(configuration: Configuration, path: Path) -> bool:
    """Whether a `set failover` line says this already."""
    entry = path[:-1]
    if entry[:-1] != HA_INTERFACE or path[-1] not in {"status", "virtual-ip"}:
        return False
    return configuration.store.get((*entry, "status")) == "set"


def _run(configuration: Configuration, text: str) -> Configuration:
    """Carry out the lines of a script; every scope must be closed."""
    scope: list[Path] = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            configuration = _step(configuration, scope, split(line))
        except Refused as refused:
            raise Refused(f"line {number}: {refused.reason}") from refused
    if scope:
        raise Refused("the script ends inside an object")
    return configuration


def _step(configuration: Configuration, scope: list[Path], words: list[str]) -> Configuration:
    here = scope[-1] if scope else ()
    match words:
        case ["config", *name] if " ".join(name) in (schema.tables(here) if here else schema.objects()):
            scope.append((*here, " ".join(name)))
        case ["edit", name] if schema.is_table(here):
            configuration = configuration.with_entry((*here, name))
            scope.append((*here, name))
        case ["set", *rest] if here:
            configuration = assign(configuration, here, _decoded(here, rest))
        case ["next" | "end"] if here:
            scope.pop()
        case _:
            raise Refused(f"{quoted(' '.join(words))} does not belong into a script here")
    return configuration


def _decoded(scope: Path, words: list[str]) -> list[str]:
    """Undo the encoding of a secret."""
    match words:
        case [name, encoding, text] if encoding == ENCODED and schema.find((*scope, name)).secret:
            try:
                return [name, base64.b64decode(text, altchars=b"-_", validate=True).decode()]
            except ValueError:  # no valid base64, or no UTF-8 text
                raise Refused(f"the encoded value of {name} is damaged") from None
        case _:
            return words


def _indent(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
