"""What a wrong unit is: a frozen record of the behaviour that it breaks, and of what takes the reference's place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from node.cli.system import System
from node.engine import effects as do
from node.engine import events as on
from node.engine.engine import Engine
from node.engine.modes import Command, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.status import Status
from wrong.view import View

React = Callable[[on.Event], list[do.Effect]]
"""How an engine reacts to an event; the time is that of the event under way."""

Memory = TypeVar("Memory")


@dataclass(frozen=True, slots=True)
class Events:
    """Other events are seen than those that happen; none for one that goes unnoticed."""

    see: Callable[[on.Event, View], Iterable[on.Event]]


@dataclass(frozen=True, slots=True)
class Effects:
    """Other effects are done than the reference's; none for one that is left undone."""

    instead: Callable[[do.Effect, View], Iterable[do.Effect]]


@dataclass(frozen=True, slots=True)
class Reaction:
    """An event has another outcome; the function may ask for the reference's reaction to any event, or to several."""

    react: Callable[[React, on.Event, View], list[do.Effect]]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings are read otherwise than they were entered. The view shows the unit before they come into force."""

    read: Callable[[HaSettings, View], HaSettings]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A unit that starts remembers something else than was persisted."""

    recall: Callable[[on.Memory], on.Memory]


@dataclass(frozen=True, slots=True)
class Shown:
    """An operator is shown another status."""

    show: Callable[[Status, View], Status]


class Admits(Protocol):
    """Whether someone may speak on a heartbeat link."""

    def __call__(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Judge who comes from this address."""
        ...


@dataclass(frozen=True, slots=True)
class Answers:
    """What a body asks its engine."""

    admits: Admits
    refuses: Callable[[Command], str]
    withholds: Callable[[Sync], str]
    refuses_queue: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Decision:
    """One question has another answer."""

    decide: Callable[[Answers, View], Answers]


@dataclass(frozen=True, slots=True)
class Printed:
    """What a shell prints for a line, and whether it refuses it."""

    text: str
    refused: bool


@dataclass(frozen=True, slots=True)
class Pages:
    """The shell prints something else, or refuses something else: in words only, for what is done is the engine's."""

    say: Callable[[str, Printed, System], Printed]


@dataclass(frozen=True, slots=True)
class Override:
    """A subclass of the engine; it goes with the old engine."""

    engine: type[Engine]


@dataclass(frozen=True, slots=True)
class Remembering(Generic[Memory]):
    """Substitutions with a memory of their own, which is made anew whenever the unit starts."""

    memory: Callable[[], Memory]
    substitutions: Callable[[Memory], tuple[Plain, ...]]


Plain = Events | Effects | Reaction | Settings | Remembered | Shown | Decision
"""What may need a memory."""

Substitution = Plain | Pages | Override | Remembering[Any]


@dataclass(frozen=True, slots=True)
class WrongUnit:
    """A unit that is the reference in all but one thing.

    `breaks` are the ids of the behaviours that it does not keep, `about` is one sentence on how. Where several
    substitutions are needed to say one thing, each stands around those before it.
    """

    id: str
    breaks: tuple[str, ...]
    about: str
    substitutions: tuple[Substitution, ...]
    alone: str = ""
    """Unit of the pair (P or S) that alone is to be wrong, where two such units would hide each other's fault."""

    def __post_init__(self) -> None:
        """Raise ValueError for a record that says nothing."""
        if not self.substitutions:
            raise ValueError(f"wrong unit {self.id!r} has no substitution: it would be the reference")
        if not self.breaks:
            raise ValueError(f"wrong unit {self.id!r} names no behaviour that it breaks")
        if not self.about.endswith(".") or "\n" in self.about:
            raise ValueError(f"wrong unit {self.id!r} is not told in one sentence")
