"""`Configuration`: all settings of a unit as one immutable record, checked at every change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from manual import Kind
from node.engine.modes import Action
from node.settings import schema, values, views
from node.settings.refusal import Refused, allowed, quoted
from node.settings.schema import HA_INTERFACE, SYSTEM_INTERFACE, Path
from node.settings.store import SIX_PORTS, Store

HOSTNAME: Path = ("system global", "hostname")
OPERATION_MODE: Path = ("system global", "operation-mode")


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
        """The value at a path, else its default; rows of `failover` and `remote-service` are separated by line ends."""
        self._check_path(path)
        return views.look(self.store, path) if views.is_view(path) else self.store.get(path)

    def with_value(self, path: Path, value: str) -> Configuration:
        """Set one setting, in nested or flat spelling, in old words or new; raises Refused."""
        self._check_path(path)
        if views.is_view(path):
            store = views.enter(self.store, path, value)
        elif path[:-2] == HA_INTERFACE and path[-1] == "status":
            store = self._change_status(path, value)
        elif schema.find(path).kind is Kind.INTERFACE:
            store = self.store.put(path, views.known_interface(self.store, value))
        elif path == HOSTNAME:
            store = self.store.put(path, values.host_name(value))
        else:
            store = self.store.put(path, values.read(schema.find(path), value))
            store = store.add(path[:-1]) if self._adds(path[:-1]) else store
        return self._checked(store)

    def with_entry(self, path: Path) -> Configuration:
        """Make sure that an entry of a table exists; raises Refused for a name that is not allowed."""
        table, name = path[:-1], path[-1]
        known = schema.fixed_entries(table, self.interfaces)
        if known is None:
            if not 0 < len(name) <= schema.LONGEST_KEY or not name.isprintable() or " " in name:
                raise Refused(f"{quoted(name)} cannot name an entry; allowed: 1 to {schema.LONGEST_KEY} characters")
            return self if name in self.entries(table) else self._added(path)
        if name not in known:
            kind = "an interface of this unit" if known == self.interfaces else "an entry here"
            raise Refused(f"{quoted(name)} is not {kind}; {allowed(known)}")
        return self

    def without(self, path: Path) -> Configuration:
        """Return a field to its default, an entry to its defaults (or remove it), a table to its factory state."""
        if path[:-1] == SYSTEM_INTERFACE or path == SYSTEM_INTERFACE:
            raise Refused("network interfaces are part of the unit and stay; use unset inside one")
        if schema.is_table(path) or schema.is_entry(path):
            if schema.is_entry(path) and path[-1] not in self.entries(path[:-1]):
                raise Refused(f"there is no entry {quoted(path[-1])}; {allowed(self.entries(path[:-1]))}")
            return self._checked(self.store.drop(path))
        self._check_path(path)
        if views.is_view(path):
            return self._checked(views.clear(self.store, path))
        if path[:-2] == HA_INTERFACE and path[-1] == "status":
            return self._checked(views.change_action(self.store, path[-2], Action.IGNORE))
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

    def _added(self, entry: Path) -> Configuration:
        table = schema.table_at(entry[:-1])
        if table is not None and table.most is not None and len(self.entries(table.path)) >= table.most:
            raise Refused(f"there are {table.most} entries already, and no more are allowed; delete one first")
        return replace(self, store=self.store.add(entry))

    def _adds(self, entry: Path) -> bool:
        """Whether setting a field in this entry adds it."""
        return schema.is_entry(entry) and schema.fixed_entries(entry[:-1], self.interfaces) is None

    def _change_status(self, path: Path, value: str) -> Store:
        words = [word for word in schema.find(path).values if word in views.ACTION_OF_STATUS]
        return views.change_action(self.store, path[-2], views.ACTION_OF_STATUS[values.word(value, words, "status")])

    def _check_path(self, path: Path) -> None:
        """Refuse a path that no table of the manual has, and an entry that does not exist."""
        if not path or path[0] not in schema.objects():
            raise Refused(f"{quoted(path[0] if path else '')} is not an object; {allowed(schema.objects())}")
        if schema.is_entry(path[:-1]):
            self.with_entry(path[:-1])
        schema.find(path)

    def _checked(self, store: Store) -> Configuration:
        """Refuse values that are allowed one by one but not together."""
        ranks: dict[str, str] = {}
        stored = {path[len(HA_INTERFACE)] for path in store.values if path[: len(HA_INTERFACE)] == HA_INTERFACE}
        # An interface at its defaults conflicts with no other.
        for port in filter(stored.__contains__, store.interfaces):
            action = views.ACTION_OF_STATUS[store.get((*HA_INTERFACE, port, "status"))]
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
        if value is None:
            store = store.drop(path)
        else:
            store = store.add(path) if schema.is_entry(path) else store.put(path, value)
            store = store.add(path[:-1]) if current._adds(path[:-1]) else store  # noqa: SLF001 - same module
    return current._checked(store)  # noqa: SLF001 - same module


__all__ = ["Configuration", "changes", "rebase"]
