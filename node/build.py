"""What a body runs as a unit: engine, shell, exchange with the peer, reporting. The reference unit is one build."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from node.cli import Shell
from node.cli.system import System
from node.engine import effects as do
from node.engine import events as on
from node.engine.engine import Engine
from node.engine.modes import Command, Effective, Port, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import State
from node.engine.status import Status
from node.exchange import mail_data, queue, queue_copies
from node.reporting import Reporting
from node.settings import Configuration, in_force, storage


class Brain(Protocol):
    """What a body needs of an engine."""

    @property
    def settings(self) -> HaSettings:
        """The settings in force."""
        ...

    @property
    def state(self) -> State:
        """Everything that it knows."""
        ...

    @property
    def effective(self) -> Effective:
        """Effective mode, as an operator sees it."""
        ...

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Take one event at time `now` (seconds, never backwards) and return what is to be done, in order."""
        ...

    def status(self) -> Status:
        """Return a snapshot for the CLI."""
        ...

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Whether a caller from the address `source` is admitted on a link."""
        ...

    def refuses(self, command: Command) -> str:
        """Why a command would be refused now; '' when it would be carried out."""
        ...

    def withholds(self, what: Sync) -> str:
        """Why the peer may not copy from this unit now; '' when it may."""
        ...

    def watches_peer(self) -> bool:
        """Whether this unit checks its peer's services now."""
        ...

    def refuses_queue(self) -> str:
        """Why the peer may not hand its queue to this unit now; '' when it may."""
        ...


class Session(Protocol):
    """What a body needs of an operator's shell."""

    @property
    def prompt(self) -> str:
        """The prompt of the next line."""
        ...

    @property
    def refused(self) -> bool:
        """Whether the last line was refused."""
        ...

    @property
    def closed(self) -> bool:
        """Whether the operator has left."""
        ...

    def feed(self, line: str) -> str:
        """Carry out one line and return what it prints."""
        ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """How a unit gives settings, mail data and queued mail to its peer, takes them, and where both have mail data."""

    offer: Callable[[Configuration], tuple[str, str]] = in_force.offer
    """The part of its configuration that a primary gives: text and checksum."""
    copy: Callable[[Configuration, str, str, Mapping[str, str]], list[in_force.Step]] = in_force.by_copy
    """The steps that such a copy causes on a secondary; raises Refused."""
    merge: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]] = mail_data.merged
    """A unit's mail data after it has copied the primary's. In a container rsync does this."""
    coming: Callable[[Mapping[str, Any], str, Any], dict[str, Any]] = mail_data.coming
    """Its mail data while it has a part of a file that comes. In a container rsync does this."""
    port: Callable[[Sync], Port] = {
        Sync.CONFIG: Port.CONFIG_SYNC,
        Sync.DATA: Port.DATA_SYNC,
        Sync.QUEUE: Port.DATA_SYNC,
    }.__getitem__
    """The port over which something is copied. In a container `node.linux.sync` knows it."""
    giver: Callable[[], queue.Giver[Any]] = queue.Giver
    """One hand-over of the queue, on the giving unit."""
    taker: Callable[[], queue.Taker] = queue.Taker
    """One hand-over of the queue, on the taking unit."""
    taking: queue.StepsOf = queue.taking
    """The steps of taking a message, and those of using a copy of one."""
    on_nas: Callable[[Configuration], bool] = storage.on_nas
    """Whether mail data lie on network storage that both units have."""
    compare: Callable[[queue_copies.Asked, Sequence[str], Collection[str]], queue_copies.Answer] = queue_copies.compare
    """What the primary answers to a secondary that copies its queue."""


@dataclass(frozen=True, slots=True)
class Build:
    """Makes an engine at each start of a unit and a shell for each session; holds its exchange and its reporting."""

    engine: Callable[[], Brain] = Engine
    shell: Callable[[System], Session] = Shell
    exchange: Exchange = field(default_factory=Exchange)
    reporting: Reporting = field(default_factory=Reporting)


REFERENCE = Build()
