"""What a wrong unit is: a frozen record of the behaviour that it breaks, and of what takes the reference's place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from node.build import Exchange
from node.cli.system import System
from node.engine import effects as do
from node.engine import events as on
from node.engine.settings import HaSettings
from node.engine.state import Role, State
from node.engine.status import Status
from node.engine.turn import Conduct, Rules

React = Callable[[on.Event], list[do.Effect]]
"""How an engine reacts to an event; the time is that of the event under way."""

Memory = TypeVar("Memory")


@dataclass(frozen=True, slots=True)
class Events:
    """Other events are seen than those that happen; none for one that goes unnoticed."""

    see: Callable[[on.Event, State], Iterable[on.Event]]


@dataclass(frozen=True, slots=True)
class Effects:
    """Other effects are done than the reference's; none for one that is left undone."""

    instead: Callable[[do.Effect, State], Iterable[do.Effect]]


@dataclass(frozen=True, slots=True)
class Reaction:
    """An event has another outcome; the function may ask for the reference's reaction to any event, or to several."""

    react: Callable[[React, on.Event, State], list[do.Effect]]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings are read otherwise than they were entered. They are not yet in force."""

    read: Callable[[HaSettings, State], HaSettings]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A unit that starts remembers something else than was persisted."""

    recall: Callable[[on.Memory], on.Memory]


@dataclass(frozen=True, slots=True)
class Shown:
    """An operator is shown another status."""

    show: Callable[[Status, State], Status]


@dataclass(frozen=True, slots=True)
class Decision:
    """One or more of the engine's rules are others; the function returns the reference's, changed."""

    decide: Callable[[Rules], Rules]


@dataclass(frozen=True, slots=True)
class InRole:
    """In one role the unit conducts itself otherwise; the function returns the reference's conduct, changed."""

    role: type[Role]
    change: Callable[[Conduct], Conduct]


@dataclass(frozen=True, slots=True)
class Exchanging:
    """What passes between the units is made or taken otherwise; the function changes the reference's ways."""

    change: Callable[[Exchange], Exchange]


@dataclass(frozen=True, slots=True)
class OnLinux:
    """In a container a part of the Linux body, a public name of one of its modules, is another.

    It stands beside a substitution that does the same in the simulation.
    """

    module: str
    name: str
    change: Callable[[Any], Any]


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
class Remembering(Generic[Memory]):
    """Substitutions with a memory of their own, which is made anew whenever the unit starts."""

    memory: Callable[[], Memory]
    substitutions: Callable[[Memory], tuple[Plain, ...]]


Plain = Events | Effects | Reaction | Settings | Remembered | Shown | Decision | InRole
"""What may need a memory."""

Substitution = Plain | Pages | Exchanging | OnLinux | Remembering[Any]


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
        if all(isinstance(each, OnLinux) for each in self.substitutions):
            raise ValueError(f"wrong unit {self.id!r} would be the reference in the simulation")
        if not self.breaks:
            raise ValueError(f"wrong unit {self.id!r} names no behaviour that it breaks")
        if self.alone not in {"", "P", "S"}:
            raise ValueError(f"wrong unit {self.id!r} is alone as {self.alone!r}; say P, S, or nothing for both")
        if not self.about.endswith(".") or "\n" in self.about:
            raise ValueError(f"wrong unit {self.id!r} is not told in one sentence")
