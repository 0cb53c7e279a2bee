"""The engine's timers, as values: what each waits for, and what it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import ClassVar

from node.engine.modes import Rank, Sync


class Scope(Enum):
    """What a timer belongs to; the timer is stopped when that ends."""

    ROLE = "role"
    GROUP = "group"
    UNIT = "unit"


class Wait(StrEnum):
    """What a unit waits for once at a time."""

    JOIN = "how long a starting unit looks for its peer"
    SILENCE = "the silence of the primary that this unit follows"
    PEER_SILENCE = "the silence of a primary's peer"
    HOLD_OFF = "the end of hold-off without the primary"
    OFFER = "an answer to the offer of the role"
    COPY = "the end of copying before the role is asked for"
    ORDER = "the end of an operator's order that cannot be carried out"
    QUEUE = "the next look at the mail queue"
    ANNOUNCE = "the moment to announce the held addresses anew"
    HEARTBEAT = "the next heartbeat"
    RESTART = "the peer's answer to hold-off, before this unit goes down"

    @property
    def scope(self) -> Scope:
        """What the timer belongs to: for most waits, the role."""
        return _SCOPES.get(self, Scope.ROLE)


BOUNDS = (Wait.ORDER, Wait.OFFER)
"""Timers that bound an operator's order: one that is due has run out before the unit does anything else."""

_SCOPES = {Wait.HEARTBEAT: Scope.GROUP, Wait.RESTART: Scope.UNIT}


@dataclass(frozen=True, slots=True)
class LinkSilent:
    """The silence of the peer on one heartbeat link."""

    rank: Rank
    scope: ClassVar[Scope] = Scope.GROUP


@dataclass(frozen=True, slots=True)
class Trusted:
    """The time after which synchronization tries a link again that did not carry it."""

    rank: Rank
    scope: ClassVar[Scope] = Scope.GROUP


@dataclass(frozen=True, slots=True)
class Periodic:
    """The next synchronization by schedule."""

    what: Sync
    scope: ClassVar[Scope] = Scope.ROLE


@dataclass(frozen=True, slots=True)
class Retry:
    """The next try of a synchronization that failed."""

    what: Sync
    scope: ClassVar[Scope] = Scope.ROLE


Timer = Wait | LinkSilent | Trusted | Periodic | Retry
