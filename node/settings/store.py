"""The stored settings of a unit: text by path, kept only if it differs from the manual's default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from node.settings import schema
from node.settings.schema import Path

SIX_PORTS = ("port1", "port2", "port3", "port4", "port5", "port6")
"""Network interfaces of the document's example unit. Source: HA-166."""


@dataclass(frozen=True, slots=True)
class Store:
    """Values by path, and the unit's network interfaces. Immutable: each change returns a new one."""

    interfaces: tuple[str, ...] = SIX_PORTS
    values: Mapping[Path, str] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, path: Path) -> str:
        """The stored value, else the default."""
        return self.values[path] if path in self.values else schema.find(path).default

    def put(self, path: Path, value: str) -> Store:
        """Keep a value; a default is not kept, so that equal settings are equal records."""
        if value == schema.find(path).default:
            return self.drop(path)
        return self.keep_as(path, value)

    def add(self, entry: Path) -> Store:
        """Note that an entry exists in a table to which an operator adds entries."""
        return self.keep_as(entry, "")

    def keep_as(self, path: Path, value: str) -> Store:
        """Keep what another record keeps at a path: a value that is not the default, or '' for an entry."""
        return self._with({**self.values, path: value})

    def drop(self, path: Path) -> Store:
        """Forget the value or entry at the path, and everything below it."""
        return self.keep(lambda kept: kept[: len(path)] != path)

    def keep(self, wanted: Callable[[Path], bool]) -> Store:
        """Forget everything but the wanted paths."""
        return self._with({path: value for path, value in self.values.items() if wanted(path)})

    def entries(self, table: Path) -> tuple[str, ...]:
        """Names of a table's entries: the fixed ones, or the added ones in sorted order."""
        fixed = schema.fixed_entries(table, self.interfaces)
        depth = len(table)
        if fixed is not None:
            return fixed
        return tuple(sorted({path[depth] for path in self.values if path[:depth] == table}))

    def _with(self, values: dict[Path, str]) -> Store:
        return Store(self.interfaces, MappingProxyType(values))
