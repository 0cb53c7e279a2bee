"""What a simulated machine is plugged into: the surroundings that it hands things on to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from node.engine.modes import Rank, Sync
from node.engine.settings import HaSettings

if TYPE_CHECKING:
    from lab.sim.machine import Machine

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""What units take virtual second 0 for."""


def host_name(unit: str) -> str:
    """Host name of a unit with factory settings."""
    return f"unit-{unit.lower()}"


def image_of(release: str) -> str:
    """File name under which a release's firmware image lies on the server."""
    return f"switchover-{release}.out"


class Surroundings(Protocol):
    """What a machine hands on to the rest of the lab."""

    def announced(self, machine: Machine, interface: str, address: str) -> None:
        """A gratuitous ARP, or an unsolicited neighbour advertisement, left the interface."""
        ...

    def start_sync(self, machine: Machine, what: Sync, rank: Rank) -> None:
        """Copy from the peer, then give the engine a SyncFinished."""
        ...

    def cancel_sync(self, machine: Machine) -> None:
        """Break off what `start_sync` began; the engine hears nothing more of it."""
        ...

    def hand_over_queue(self, machine: Machine, rank: Rank) -> None:
        """Hand the machine's queued mail to its peer, then give the engine a QueueHandedOver."""
        ...

    def cancel_hand_over(self, machine: Machine) -> None:
        """End what `hand_over_queue` began, after the message under way; the engine hears nothing more of it."""
        ...

    def settings_of(self, configuration: str) -> HaSettings:
        """The HA settings in a stored configuration."""
        ...
