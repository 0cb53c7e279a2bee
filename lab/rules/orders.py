"""Operators' orders that may move a role, and how long each explains a change of role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.contract import Mode
from lab.history import Command, Order

ORDER_LIMIT = 30.0
"""Seconds after which a unit gives up, and logs, an order that its peer has not answered."""

CARRIED_OUT = 12.0
"""Seconds in which an order is carried out if the units hear each other, copying included."""

_OTHER = {Mode.PRIMARY: Mode.SECONDARY, Mode.SECONDARY: Mode.PRIMARY}


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order: until when it explains changes of role, and the modes that show that it is carried out (if known)."""

    until: float
    ends: Mapping[str, Mode]


class Orders:
    """The orders that are not carried out yet; one that needs the peer may wait for it, for a limited time."""

    def __init__(self) -> None:
        """Begin without orders."""
        self._open: list[OpenOrder] = []

    def take(self, command: Command, modes: Mapping[str, Mode], configured: Mapping[str, str]) -> None:
        """Note an order that the unit has accepted, with the effective and configured modes at that time."""
        unit, ends = command.unit, dict[str, Mode]()
        if command.order is Order.RESTORE:
            ends = {name: Mode(word) for name, word in configured.items()}
        elif command.order is Order.FAILOVER:
            peer = next(name for name in modes if name != unit)
            ends = {unit: _OTHER.get(modes[unit], modes[unit]), peer: modes[unit]}
        self._open.append(OpenOrder(command.at + CARRIED_OUT + (ORDER_LIMIT if ends else 0.0), ends))
        self.settle(modes)

    def settle(self, modes: Mapping[str, Mode]) -> None:
        """Forget the orders that these modes show to be carried out."""
        self._open = [order for order in self._open if not order.ends or order.ends != modes]

    def forget(self) -> None:
        """Forget all orders."""
        self._open.clear()

    def explain(self, at: float) -> bool:
        """Whether an order may still explain a change of role."""
        return any(at <= order.until for order in self._open)
