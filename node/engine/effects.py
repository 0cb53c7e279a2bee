"""What the engine wants done. A body carries effects out in order."""

from __future__ import annotations

from dataclasses import dataclass

from node.engine.events import Memory
from node.engine.messages import Message
from node.engine.modes import Action, Bridging, Command, Effective, Rank, Sync, SystemEvent
from node.engine.timers import Timer


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message to the peer on one link. It may be lost in silence; a lost notice gives `events.NoticeLost`."""

    rank: Rank
    message: Message


@dataclass(frozen=True, slots=True)
class OpenLinks:
    """Listen on the four ports of every configured heartbeat link, and dial the peer's. Replaces earlier links."""


@dataclass(frozen=True, slots=True)
class CloseLinks:
    """Stop listening and dialling, and cut off what the links carry: the unit falls silent. Source: HA-003, HA-207."""


@dataclass(frozen=True, slots=True)
class HoldAddress:
    """Hold a shared address: `add` it beside the interface's own, or `set` it instead. Source: HA-153, HA-155."""

    interface: str
    action: Action
    address: str


@dataclass(frozen=True, slots=True)
class ReleaseAddress:
    """Give a shared address up; after `set`, the interface returns to its own. Source: HA-154, HA-156."""

    interface: str
    action: Action
    address: str


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell the network who holds the address now (gratuitous ARP, unsolicited advertisement). Source: HA-113."""

    interface: str
    address: str


@dataclass(frozen=True, slots=True)
class SetBridge:
    """Put a port into the Layer 2 bridge, let it pass nothing, or free it (no HA). Source: HA-157."""

    interface: str
    state: Bridging


@dataclass(frozen=True, slots=True)
class StartMail:
    """Accept and deliver mail. Source: HA-022, HA-110."""


@dataclass(frozen=True, slots=True)
class StopMail:
    """Neither accept nor deliver mail; open sessions are cut. Source: HA-022, HA-111."""


@dataclass(frozen=True, slots=True)
class EndWebSessions:
    """Cut the open sessions with the web server, which takes new ones at once. Source: HA-111."""


@dataclass(frozen=True, slots=True)
class StartSync:
    """Copy from the peer to this unit over the link; answer with `events.SyncFinished`. Source: HA-405."""

    what: Sync
    rank: Rank


@dataclass(frozen=True, slots=True)
class CancelSync:
    """End the synchronization that runs, without an answer: nothing of it is taken any more. Source: HA-405."""


@dataclass(frozen=True, slots=True)
class HandOverQueue:
    """Hand each message in this unit's mail queue to the peer over the link; answer with `events.QueueHandedOver`.

    A message leaves this queue only after the peer has it in its own, on its disk. Source: HA-333, HA-424.
    """

    rank: Rank


@dataclass(frozen=True, slots=True)
class CancelHandOver:
    """Give the message under way in full, then no more, and without an answer. Source: HA-423, HA-424."""


@dataclass(frozen=True, slots=True)
class UseCopies:
    """Put what was copied of the peer's queue into this unit's own: each message once. Source: HA-411, HA-423."""


@dataclass(frozen=True, slots=True)
class DropCopies:
    """Drop the copies of these messages of the peer's queue, by name; None: all copies. Source: HA-411."""

    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class StartTimer:
    """(Re)start a timer; `after` in seconds."""

    timer: Timer
    after: float


@dataclass(frozen=True, slots=True)
class StopTimer:
    """Stop a timer, if it runs."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class Persist:
    """Keep this record on the volume, so that a kill at any instant leaves the old or the new one."""

    memory: Memory


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """The effective mode changed; `event` is the manual's event text. Source: HA-653."""

    old: Effective
    new: Effective
    event: str


@dataclass(frozen=True, slots=True)
class Log:
    """Write an HA event to the unit's log. Source: HA-650, HA-073."""

    message: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Send an alert mail about an event; old and new are None for a critical event. Source: HA-655."""

    event: str
    old: Effective | None = None
    new: Effective | None = None


@dataclass(frozen=True, slots=True)
class Trap:
    """Send the SNMP HA trap: 1 switched to master, 2 switched to slave, 3 unit shutdown. Source: HA-659, HA-661."""

    event_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class SystemTrap:
    """Send the SNMP system event trap: why the unit goes down. Source: HA-534."""

    event: SystemEvent


@dataclass(frozen=True, slots=True)
class Restart:
    """The engine has finished preparing: now reboot, reload, upgrade or shut down for real."""

    command: Command


Effect = (
    Send
    | OpenLinks
    | CloseLinks
    | HoldAddress
    | ReleaseAddress
    | Announce
    | SetBridge
    | StartMail
    | StopMail
    | EndWebSessions
    | StartSync
    | CancelSync
    | HandOverQueue
    | CancelHandOver
    | UseCopies
    | DropCopies
    | StartTimer
    | StopTimer
    | Persist
    | RoleChanged
    | Log
    | Alert
    | Trap
    | SystemTrap
    | Restart
)
