"""What a simulated machine is plugged together from: an engine, and the surroundings it hands things on to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.status import Status

if TYPE_CHECKING:
    from lab.sim.machine import Machine

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""What units take virtual second 0 for."""


def image_of(release: str) -> str:
    """File name under which a release's firmware image lies on the server."""
    return f"switchover-{release}.out"


class Engine(Protocol):
    """What a machine needs of an engine; `node.units.make_engine` makes such."""

    settings: HaSettings
    version: str

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Take an event, return effects."""
        ...

    def status(self) -> Status:
        """Return a snapshot."""
        ...

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Judge a would-be peer."""
        ...

    def refuses(self, command: Command) -> str:
        """Why a command would not be carried out; '' when it would."""
        ...

    def withholds(self, what: Sync) -> str:
        """Why the peer may not copy from this unit now; '' when it may."""
        ...

    def refuses_queue(self) -> str:
        """Why the peer may not hand its queue to this unit now; '' when it may."""
        ...


class Surroundings(Protocol):
    """What a machine hands on to the rest of the lab."""

    def announced(self, machine: Machine, interface: str, address: str) -> None:
        """A gratuitous ARP, or an unsolicited neighbour advertisement, left the interface."""
        ...

    def start_sync(self, machine: Machine, what: Sync, rank: Rank) -> None:
        """Copy from the peer, then give the engine a SyncFinished."""
        ...

    def hand_over_queue(self, machine: Machine, rank: Rank) -> None:
        """Hand the machine's queued mail to its peer, then give the engine a QueueHandedOver."""
        ...

    def settings_of(self, configuration: str) -> HaSettings:
        """The HA settings in a stored configuration."""
        ...
