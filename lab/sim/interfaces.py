"""A unit's network interfaces: own and shared addresses, and the cable."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lab.contract import Family
from node.engine.modes import Action, Bridging


class Interfaces:
    """Addresses with mask per interface; `changed(interface, address, held)` is told of each change, in order."""

    def __init__(
        self,
        own: Mapping[str, str],
        changed: Callable[[str, str, bool], None],
        own6: Mapping[str, str] | None = None,
    ) -> None:
        """Start without power: no interface holds anything. `own6` are the own IPv6 addresses, where there are any."""
        self.own = dict(own)
        self.own6 = dict(own6 or {})
        self._changed = changed
        self._up = False
        self._shared: dict[str, dict[str, Action]] = {name: {} for name in own}
        self._held: dict[str, frozenset[str]] = {name: frozenset() for name in own}
        self._hosts: dict[str, frozenset[str]] = {name: frozenset() for name in own}
        self._cable = dict.fromkeys(own, True)
        self._replaced: set[tuple[str, Family]] = set()
        """Interfaces whose own address of a family gave way to one that was `set`."""
        self._bridging: dict[str, Bridging] = {}

    def held(self, interface: str) -> frozenset[str]:
        """Addresses with mask on the interface now."""
        return self._held.get(interface, frozenset())

    def holds(self, interface: str, host: str) -> bool:
        """Whether the interface holds the address (without mask)."""
        return host in self._hosts.get(interface, frozenset())

    def source(self, interface: str, family: Family = Family.IPV4) -> str:
        """The address that a connection from this interface shows: its own of that family, '' without one."""
        own = self.own if family is Family.IPV4 else self.own6
        return own.get(interface, "").partition("/")[0]

    def cable(self, interface: str) -> bool:
        """Whether the interface has its physical link."""
        return self._cable.get(interface, False)

    def set_cable(self, interface: str, *, plugged: bool) -> None:
        """Plug or pull the cable; addresses stay."""
        self._cable[interface] = plugged

    def set_bridge(self, interface: str, state: Bridging) -> None:
        """Put an interface into the unit's Layer 2 bridge, or take it out."""
        self._bridging[interface] = state

    def bridged(self) -> frozenset[str]:
        """Interfaces that the unit's Layer 2 bridge joins now."""
        return frozenset(name for name, state in self._bridging.items() if state is Bridging.JOINED)

    def readdress(self, own: Mapping[str, str]) -> None:
        """Change own addresses."""
        for name, address in own.items():
            if name in self.own and self.own[name] != address:
                self.own[name] = address
                self._refresh(name)

    def up(self) -> None:
        """The machine has started: own addresses only."""
        self._up = True
        self.clear_shared()

    def down(self) -> None:
        """The machine is gone, and its addresses with it."""
        self._up = False
        self.clear_shared()

    def clear_shared(self) -> None:
        """Return to own addresses and no bridge, as a starting HA process does."""
        self._bridging.clear()
        self._replaced.clear()
        for name, shared in self._shared.items():
            shared.clear()
            self._refresh(name)

    def hold(self, interface: str, action: Action, address: str) -> None:
        """Hold a shared address, beside the own one (`add`) or in place of that of its family (`set`)."""
        if interface in self._shared:
            self._shared[interface][address] = action
            self._replaced |= {(interface, family_of(address))} if action is Action.SET else set()
            self._refresh(interface)

    def release(self, interface: str, action: Action, address: str) -> None:
        """Give a shared address up; after the last one that was `set` the interface has its own again."""
        if self._shared.get(interface, {}).pop(address, None) is not None:
            if action is Action.SET and not self._is_set(interface, family_of(address)):
                self._replaced.discard((interface, family_of(address)))
            self._refresh(interface)

    def _is_set(self, interface: str, family: Family) -> bool:
        shared = self._shared[interface]
        return any(action is Action.SET and family_of(address) is family for address, action in shared.items())

    def _refresh(self, interface: str) -> None:
        before, after = self._held[interface], self._wanted(interface)
        self._held[interface] = after
        self._hosts[interface] = frozenset(address.partition("/")[0] for address in after)
        for address in sorted(before - after):
            self._changed(interface, address, False)  # noqa: FBT003 - a plain callback
        for address in sorted(after - before):
            self._changed(interface, address, True)  # noqa: FBT003 - a plain callback

    def _wanted(self, interface: str) -> frozenset[str]:
        if not self._up:
            return frozenset()
        shared = self._shared[interface]
        own = {self.own[interface], self.own6.get(interface, "")} - {""}
        return frozenset({each for each in own if (interface, family_of(each)) not in self._replaced} | set(shared))


def family_of(address: str) -> Family:
    """The family of an address in text, with or without mask."""
    return Family.IPV6 if ":" in address else Family.IPV4
