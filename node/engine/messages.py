"""What two units say to each other; each message belongs to one of the four ports.

What moves the role (AskRole, OfferRole, GiveRole, StepDown) tells after which heartbeats it was said: the sender's last
one (`boot`, `seq`), and the peer's last one that it had heard (`heard_boot`, `heard_seq`). These messages go out on
every link. `boot` and `seq` show that one has come late over the slower link; `heard_boot` and `heard_seq` show that it
was said before the peer entered its present role.
"""

from __future__ import annotations

from dataclasses import dataclass

from node.engine.modes import Effective, Mode, Port, Sync


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Sent once per second on every heartbeat link. Source: HA-052.

    `joining` is true while the unit is switching into HA (its effective mode is then off), and
    `was` is the effective mode it had before it last stopped (None when it never was in a group).
    `boot` numbers the unit's starts, `seq` its heartbeats since then.
    """

    boot: int
    seq: int
    mode: Mode
    effective: Effective
    joining: bool
    was: Effective | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class HoldOff:
    """The primary restarts on purpose: do not take over for now. Source: HA-520."""

    boot: int
    reason: str


@dataclass(frozen=True, slots=True)
class HoldOffHeard:
    """The secondary holds off; the primary may go down."""

    boot: int


@dataclass(frozen=True, slots=True)
class AskRole:
    """The sender wants the primary role from its peer. Source: HA-322, D.1-7."""

    reason: str
    boot: int
    seq: int
    heard_boot: int
    heard_seq: int


@dataclass(frozen=True, slots=True)
class OfferRole:
    """The sender leads, and an operator has restored its mode: copy from it, then ask for the role. Source: HA-574."""

    reason: str
    boot: int
    seq: int
    heard_boot: int
    heard_seq: int


@dataclass(frozen=True, slots=True)
class GiveRole:
    """The sender has left the primary role: the peer is to take it. Source: HA-574, HA-580."""

    reason: str
    boot: int
    seq: int
    heard_boot: int
    heard_seq: int


@dataclass(frozen=True, slots=True)
class StepDown:
    """The sender finds the leading peer failed: the peer is to stop being primary. Source: HA-260."""

    reason: str
    boot: int
    seq: int
    heard_boot: int
    heard_seq: int


@dataclass(frozen=True, slots=True)
class Left:
    """The sender has left the group: its silence is not that of the links. Source: HA-003, HA-208, HA-290."""


@dataclass(frozen=True, slots=True)
class SyncNow:
    """The sender leads, and a synchronization is due: copy from it. Source: HA-350, HA-354."""

    what: tuple[Sync, ...]


@dataclass(frozen=True, slots=True)
class LeftQueue:
    """The sender leads, and these messages, of which the peer has copies, have left its queue. Source: HA-411."""

    names: tuple[str, ...]


Notice = SyncNow | LeftQueue
"""What is said on synchronization control; the sender learns when one is lost."""

Message = Heartbeat | HoldOff | HoldOffHeard | AskRole | OfferRole | GiveRole | StepDown | Left | Notice


def port_of(message: Message) -> Port:
    """Name the port on which a message travels: synchronization control for a notice, heartbeat for all others."""
    return Port.SYNC_CONTROL if isinstance(message, Notice) else Port.HEARTBEAT
