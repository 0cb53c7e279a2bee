"""The record of a wrong unit: the behaviours that it breaks, and what it replaces of the reference unit."""

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
from node.reporting import Reporting
from node.settings import Configuration, ha_settings

FACTORY = ha_settings(Configuration.factory())
"""The HA settings of a unit that nobody has configured."""

React = Callable[[on.Event], list[do.Effect]]
"""Returns an engine's effects for an event, at the time of the event under way."""

Memory = TypeVar("Memory")


@dataclass(frozen=True, slots=True)
class Events:
    """Replaces an event that the engine sees; by none, the event goes unnoticed."""

    see: Callable[[on.Event, State], Iterable[on.Event]]


@dataclass(frozen=True, slots=True)
class Effects:
    """Replaces an effect of the engine; by none, it is left undone."""

    instead: Callable[[do.Effect, State], Iterable[do.Effect]]


@dataclass(frozen=True, slots=True)
class Reaction:
    """Replaces all effects of an event; the function may ask for the reference's reaction to any events."""

    react: Callable[[React, on.Event, State], list[do.Effect]]


@dataclass(frozen=True, slots=True)
class Settings:
    """Replaces the settings as the engine reads them, before they are in force."""

    read: Callable[[HaSettings, State], HaSettings]


@dataclass(frozen=True, slots=True)
class Remembered:
    """Replaces the memory of a unit that starts."""

    recall: Callable[[on.Memory], on.Memory]


@dataclass(frozen=True, slots=True)
class Shown:
    """Replaces the status that an operator is shown."""

    show: Callable[[Status, State], Status]


@dataclass(frozen=True, slots=True)
class Decision:
    """Replaces one or more of the engine's rules; the function returns the reference's rules, changed."""

    decide: Callable[[Rules], Rules]


@dataclass(frozen=True, slots=True)
class InRole:
    """Replaces the conduct in one role; the function returns the reference's conduct, changed."""

    role: type[Role]
    change: Callable[[Conduct], Conduct]


@dataclass(frozen=True, slots=True)
class Exchanging:
    """Replaces how settings, mail data or queued mail pass between the units (`node.build.Exchange`)."""

    change: Callable[[Exchange], Exchange]


@dataclass(frozen=True, slots=True)
class Reports:
    """Replaces how HA events are worded, to whom they are sent, and what SNMP shows (`node.reporting.Reporting`)."""

    change: Callable[[Reporting], Reporting]


@dataclass(frozen=True, slots=True)
class OnLinux:
    """Replaces a public name of one of the Linux body's modules, in a container.

    Another substitution of the unit must do the same in the simulation.
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
    """Replaces what the shell prints, and whether it refuses; the engine does what it would do anyway."""

    say: Callable[[str, Printed, System], Printed]


def _as_it_is(text: str, _: str = "") -> str:
    return text


@dataclass(frozen=True, slots=True)
class Sessions:
    """Replaces lines before the shell sees them, and the prompt before the operator does.

    `enter` is given a line and the prompt at which it was entered, `prompt` a prompt.
    """

    enter: Callable[[str, str], str] = _as_it_is
    prompt: Callable[[str], str] = _as_it_is


@dataclass(frozen=True, slots=True)
class Remembering(Generic[Memory]):
    """Gives substitutions a memory, made anew whenever the unit starts."""

    memory: Callable[[], Memory]
    substitutions: Callable[[Memory], tuple[Plain, ...]]


Plain = Events | Effects | Reaction | Settings | Remembered | Shown | Decision | InRole
"""Substitutions that may need a memory."""

Substitution = Plain | Pages | Sessions | Exchanging | Reports | OnLinux | Remembering[Any]


@dataclass(frozen=True, slots=True)
class WrongUnit:
    """A unit that is the reference in all but one thing.

    `breaks` are the ids of the clauses that it breaks (HA-101, HA-757.b), `about` says how in one sentence. Of several
    substitutions, each is put around those before it.
    """

    id: str
    breaks: tuple[str, ...]
    about: str
    substitutions: tuple[Substitution, ...]
    alone: str = ""
    """The one unit (P or S) that is to be wrong, if two such units would hide each other's fault; '' for both."""

    def __post_init__(self) -> None:
        """Raise ValueError for a record that says nothing."""
        if not self.substitutions:
            raise ValueError(f"wrong unit {self.id!r} has no substitution and would be the reference; add one")
        if all(isinstance(each, OnLinux) for each in self.substitutions):
            raise ValueError(
                f"wrong unit {self.id!r} would be the reference in the simulation; replace more than OnLinux"
            )
        if not self.breaks:
            raise ValueError(f"wrong unit {self.id!r} names no behaviour that it breaks; name one of the manual")
        if self.alone not in {"", "P", "S"}:
            raise ValueError(f"wrong unit {self.id!r} is alone as {self.alone!r}; say P, S, or nothing for both")
        if not self.about.endswith(".") or "\n" in self.about:
            raise ValueError(f"wrong unit {self.id!r} needs one sentence on one line, with a full stop")
