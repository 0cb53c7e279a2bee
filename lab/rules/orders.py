"""Operators' orders that may move a role, and how long each explains that one moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.contract import Mode
from lab.history import Command, Order

ORDER_LIMIT = 30.0
"""Seconds after which a unit has given up an order that its peer did not answer, as it says itself."""

CARRIED_OUT = 12.0
"""Seconds in which a command to a pair whose units hear each other is carried out, copying included."""

_OTHER = {Mode.PRIMARY: Mode.SECONDARY, Mode.SECONDARY: Mode.PRIMARY}


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order: until when it explains changes of role, and the modes in which it is carried out (none are known)."""

    until: float
    ends: Mapping[str, Mode]


class Orders:
    """The orders that are not yet carried out; one that needs the peer may wait for it, but not for ever."""

    def __init__(self) -> None:
        """Begin without any."""
        self._open: list[OpenOrder] = []

    def take(self, command: Command, modes: Mapping[str, Mode], configured: Mapping[str, str]) -> None:
        """Note what the unit has accepted, with the modes of then and the words of the configured ones."""
        unit, ends = command.unit, dict[str, Mode]()
        if command.order is Order.RESTORE:
            ends = {name: Mode(word) for name, word in configured.items()}
        elif command.order is Order.FAILOVER:
            peer = next(name for name in modes if name != unit)
            ends = {unit: _OTHER.get(modes[unit], modes[unit]), peer: modes[unit]}
        self._open.append(OpenOrder(command.at + CARRIED_OUT + (ORDER_LIMIT if ends else 0.0), ends))
        self.settle(modes)

    def settle(self, modes: Mapping[str, Mode]) -> None:
        """Forget what is carried out, now that the units have these modes."""
        self._open = [order for order in self._open if not order.ends or order.ends != modes]

    def forget(self) -> None:
        """Forget all: what has happened so far explains nothing from now on."""
        self._open.clear()

    def explain(self, at: float) -> bool:
        """Whether an order may still move a role."""
        return any(at <= order.until for order in self._open)
