"""What can happen to a unit. Bodies make events; the engine observes nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass

from node.engine.messages import Message, Notice
from node.engine.modes import Command, Effective, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.timers import Timer


@dataclass(frozen=True, slots=True)
class Memory:
    """What the engine wants back after a restart; the body keeps it on the volume (see `effects.Persist`).

    `boot` counts starts. `effective` is the last settled effective mode, None outside a group.
    `planned` names the restart or shutdown that an operator ordered, such as reboot; it is '' while the unit runs, and
    after a loss of power. `latched_off`: on-failure `off` keeps
    the unit off until an operator acts. `reclaiming`: the unit was on its way back to its configured
    role, and goes on with that after another power loss; `ordered`: because an operator has ordered it, so
    that it is given up after a while. Source: HA-311, HA-312, HA-321, HA-520, HA-580.
    """

    boot: int = 0
    effective: Effective | None = None
    planned: str = ""
    latched_off: bool = False
    reclaiming: bool = False
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """The unit's HA process has started (boot, reload or factory reset), in this release of the firmware."""

    settings: HaSettings
    memory: Memory
    version: str = ""


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """An operator saved HA settings, or a synchronization brought new ones."""

    settings: HaSettings


@dataclass(frozen=True, slots=True)
class ConfigurationChanged:
    """An operator saved a synchronized part of the configuration on this unit. Source: HA-350."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An authenticated message from the configured peer arrived on a heartbeat link."""

    rank: Rank
    message: Message


@dataclass(frozen=True, slots=True)
class CarrierChanged:
    """The interface of a heartbeat link lost or regained its physical link."""

    rank: Rank
    up: bool


@dataclass(frozen=True, slots=True)
class StrangerRefused:
    """Someone with a wrong password, or from another address, was refused on a link. Source: HA-455.

    `source` is his address. `why` is one clause, and the same for all of his kind.
    """

    rank: Rank
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class CheckDone:
    """One check has ended: of this unit (`local-ports`, `local-hd`), or of its peer's service (`remote-smtp`).

    Source: HA-204, HA-254.
    """

    what: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Ordered:
    """An operator entered a command."""

    command: Command


@dataclass(frozen=True, slots=True)
class SyncFinished:
    """A synchronization that `effects.StartSync` began has ended; `link_failed`: the link did not carry it."""

    what: Sync
    ok: bool
    detail: str
    link_failed: bool


@dataclass(frozen=True, slots=True)
class NoticeLost:
    """A message on the synchronization control port could not be delivered over this link. Source: HA-061."""

    rank: Rank
    message: Notice


@dataclass(frozen=True, slots=True)
class QueueHandedOver:
    """What `effects.HandOverQueue` began has ended: the peer has taken `count` messages; `ok`: nothing failed."""

    ok: bool
    count: int
    detail: str


@dataclass(frozen=True, slots=True)
class LeftQueue:
    """Messages, by name, that the peer has copied have been delivered, or are gone otherwise. Source: HA-411."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that `effects.StartTimer` set has run out."""

    timer: Timer


Event = (
    Started
    | SettingsChanged
    | ConfigurationChanged
    | Heard
    | CarrierChanged
    | StrangerRefused
    | CheckDone
    | Ordered
    | SyncFinished
    | NoticeLost
    | QueueHandedOver
    | LeftQueue
    | TimerFired
)
