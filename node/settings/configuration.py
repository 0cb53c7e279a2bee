"""`Configuration`: all settings of a unit as one immutable record, checked at every change."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from node.engine.modes import Action
from node.settings import schema, values, views
from node.settings.refusal import Refused, allowed, quoted
from node.settings.schema import HA_INTERFACE, SYSTEM_INTERFACE, Path
from node.settings.store import SIX_PORTS, Store

HOSTNAME: Path = ("system global", "hostname")
OPERATION_MODE: Path = ("system global", "operation-mode")

_ENTRY = re.compile(r"[^\s\x00-\x1f\x7f]{1,64}")
"""The name of an entry that an operator adds."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of one unit; every change returns a new record or raises Refused and leaves this one as it is.

    Paths are tuples of words, e.g. ("system ha", "interface", "port3", "virtual-ip"); values are text in canonical
    form. Nested and flat spelling of `system ha` are two views of the same stored values.
    """

    store: Store = field(default_factory=Store)

    @classmethod
    def factory(cls, interfaces: tuple[str, ...] = SIX_PORTS) -> Configuration:
        """Factory settings of a unit with these network interfaces, lowest number first."""
        return cls(Store(interfaces=interfaces))

    @property
    def interfaces(self) -> tuple[str, ...]:
        """The unit's network interfaces."""
        return self.store.interfaces

    def get(self, path: Path) -> str:
        """The value at a path, else its default; rows of `failover` and `remote-service` are separated by line ends.

        What no table of the manual has is Refused; an entry's name is checked when it is added, by `with_entry`.
        """
        return views.look(self.store, path) if views.is_view(path) else self.store.get(path)

    def with_value(self, path: Path, value: str) -> Configuration:
        """Set one setting, in nested or flat spelling, in old words or new; raises Refused."""
        setting = schema.find(path)
        if views.is_view(path):
            return self._checked(views.enter(self.store, path, value))
        if path == HOSTNAME:
            return self._checked(self.store.put(path, values.host_name(value)))
        text = values.read(setting, value)
        match path:
            case (schema.HA, "interface", port, "status"):
                return self._checked(views.change_action(self.store, port, views.ACTION_OF_STATUS[text]))
            case _:
                return self._checked(self.store.put(path, text))

    def with_entry(self, path: Path) -> Configuration:
        """Make sure that an entry of a table exists, and the one that its table lies in.

        Raises Refused for a name that is not allowed.
        """
        outer = path[:-2]
        within = self.with_entry(outer) if schema.is_entry(outer) else self
        return within._with_entry(path)  # noqa: SLF001 - same class

    def _with_entry(self, path: Path) -> Configuration:
        table, name = path[:-1], path[-1]
        known = schema.fixed_entries(table, self.interfaces)
        if known is None:
            if not _ENTRY.fullmatch(name):
                raise Refused(f"{quoted(name)} cannot name an entry; allowed: 1 to 64 characters, no space")
            if name in self.entries(table):
                return self
            most = schema.most_entries(table)
            if most is not None and len(self.entries(table)) >= most:
                raise Refused(f"there are {most} entries already, and no more are allowed; delete one first")
            return replace(self, store=self.store.add(path))
        if name not in known:
            raise Refused(f"{quoted(name)} is not an entry here; {allowed(known)}")
        return self

    def without(self, path: Path) -> Configuration:
        """Return a field to its default, an entry to its defaults (or remove it), a table to its factory state."""
        table, name = path[:-1], path[-1]
        if SYSTEM_INTERFACE in {path, table}:
            raise Refused("network interfaces are part of the unit and stay; use unset inside one")
        if schema.is_entry(path) and name not in self.entries(table):
            raise Refused(f"there is no entry {quoted(name)}; {allowed(self.entries(table))}")
        if views.is_view(path):
            return self._checked(views.clear(self.store, path))
        match path:
            case (schema.HA, "interface", port, "status"):
                return self._checked(views.change_action(self.store, port, Action.IGNORE))
            case _:
                return self._checked(self.store.drop(path))

    def entries(self, table: Path) -> tuple[str, ...]:
        """Names of a table's entries."""
        return self.store.entries(table)

    def offers(self, path: Path) -> bool:
        """Whether the CLI offers a field, given the other settings. Source: HA-028, HA-107, HA-161."""
        return views.offers(self.store, path)

    def part(self, wanted: Callable[[Path], bool]) -> Configuration:
        """Keep only the stored values whose path is wanted; all others return to their defaults."""
        return replace(self, store=self.store.keep(wanted))

    def _checked(self, store: Store) -> Configuration:
        """Refuse values that are allowed one by one but not together."""
        ranks: dict[str, str] = {}
        for port in store.interfaces:
            action = views.action_of(store, port)
            heartbeat = store.get((*HA_INTERFACE, port, "heartbeat-status"))
            if heartbeat != "disable" and heartbeat in ranks:  # HA-759
                both = f"{ranks[heartbeat]} and {port}"
                raise Refused(f"only one interface can be the {heartbeat} heartbeat interface, not both {both}")
            ranks[heartbeat] = port
            if action is Action.SET and heartbeat != "disable":  # HA-068, HA-069
                raise Refused(
                    f"{port} is the {heartbeat} heartbeat interface and keeps its own address, no set allowed"
                )
            if action is Action.SET and (*HA_INTERFACE, port, "virtual-ip") not in store.values:
                raise Refused(f"the failover action of {port} is set, which needs an address; allowed: failover ignore")
            if action not in views.CALLS_FOR_ADDRESS and any(
                (*HA_INTERFACE, port, name) in store.values for name in views.ADDRESSES
            ):  # HA-161
                status = store.get((*HA_INTERFACE, port, "status"))
                raise Refused(f"{port} has no virtual address while its status is {status}; set status use-vip first")
            if action is Action.BRIDGE:
                _check_bridge(store, port, heartbeat)
        return Configuration(store)


def _check_bridge(store: Store, port: str, heartbeat: str) -> None:
    """Refuse a bridge outside transparent mode, and one that would stop the heartbeat. Source: HA-157."""
    if store.get(OPERATION_MODE) != "transparent":
        raise Refused(f"{port} can be bridged in transparent mode only; set operation-mode in system global first")
    if heartbeat != "disable":
        raise Refused(f"{port} is the {heartbeat} heartbeat interface and stays active, no bridge allowed")


def changes(before: Configuration, after: Configuration) -> frozenset[Path]:
    """Stored paths whose value differs between two configurations."""
    one, other = before.store.values, after.store.values
    return frozenset(path for path in {*one, *other} if one.get(path) != other.get(path))


def rebase(before: Configuration, after: Configuration, current: Configuration) -> Configuration:
    """Apply the changes from `before` to `after` to `current`; raises Refused when they no longer fit.

    A synchronization may bring new settings while an operator edits; neither undoes the other.
    """
    store = current.store
    for path in sorted(changes(before, after)):
        value = after.store.values.get(path)
        store = store.drop(path) if value is None else store.keep_as(path, value)
    return current._checked(store)  # noqa: SLF001 - same module


__all__ = ["Configuration", "changes", "rebase"]
