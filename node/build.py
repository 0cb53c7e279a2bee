"""What a unit is built of, and what a body runs to be one. The reference unit is one build of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from node.cli import Shell
from node.cli.system import System
from node.engine import effects as do
from node.engine import events as on
from node.engine.engine import Engine
from node.engine.modes import Command, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import State
from node.engine.status import Status
from node.exchange import mail_data, queue
from node.settings import Configuration, in_force


class Brain(Protocol):
    """What a body needs of an engine."""

    @property
    def settings(self) -> HaSettings:
        """The settings in force."""
        ...

    @property
    def state(self) -> State:
        """All that it knows."""
        ...

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Take one event at time `now` (seconds, never backwards) and return what is to be done, in order."""
        ...

    def status(self) -> Status:
        """Return a snapshot for the CLI."""
        ...

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Whether someone at address `source` may speak on a link."""
        ...

    def refuses(self, command: Command) -> str:
        """Why a command would not be carried out now; '' when it would."""
        ...

    def withholds(self, what: Sync) -> str:
        """Why the peer may not copy from this unit now; '' when it may."""
        ...

    def refuses_queue(self) -> str:
        """Why the peer may not hand its queue to this unit now; '' when it may."""
        ...


class Session(Protocol):
    """What a body needs of an operator's shell."""

    @property
    def prompt(self) -> str:
        """What stands before the next line."""
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
    """What a unit makes of settings, mail data and queued mail on their way to its peer, and from it."""

    offer: Callable[[Configuration], tuple[str, str]] = in_force.offer
    """What a primary gives of its configuration: text and checksum."""
    copy: Callable[[Configuration, str, str, Mapping[str, str]], list[in_force.Step]] = in_force.by_copy
    """What that causes on a secondary; raises Refused."""
    merge: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]] = mail_data.merged
    """A unit's mail data after it has copied the primary's. In a container it is rsync that does so."""
    giver: Callable[[], queue.Giver[Any]] = queue.Giver
    """One hand-over of the queue, on the side of the unit that gives."""
    taking: queue.StepsOf = queue.taking
    """The steps of taking a message, on the side of the unit that takes."""


@dataclass(frozen=True, slots=True)
class Build:
    """What makes the engine of a unit that starts, and the shell of an operator who enters it; and its exchange."""

    engine: Callable[[], Brain] = Engine
    shell: Callable[[System], Session] = Shell
    exchange: Exchange = field(default_factory=Exchange)


REFERENCE = Build()
