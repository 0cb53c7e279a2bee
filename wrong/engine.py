"""The engine of a wrong unit: the reference engine, with the unit's substitutions around it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import assert_never

from node.engine import effects as do
from node.engine import events as on
from node.engine.engine import Engine
from node.engine.modes import Command, Effective, Rank, Sync
from node.engine.reference import RULES
from node.engine.settings import HaSettings
from node.engine.state import State
from node.engine.status import Status
from node.engine.turn import Rules
from wrong.record import (
    FACTORY,
    Decision,
    Effects,
    Events,
    Exchanging,
    InRole,
    OnLinux,
    Pages,
    Plain,
    React,
    Reaction,
    Remembered,
    Remembering,
    Reports,
    Sessions,
    Settings,
    Shown,
    WrongUnit,
)


@dataclass(slots=True)
class WrongState(State):
    """All that a wrong unit knows: the reference's state, and the memories of its substitutions."""

    memories: list[object] = field(default_factory=list)


class WrongEngine:
    """One started engine of a wrong unit (`node.build.Brain`)."""

    def __init__(self, unit: WrongUnit) -> None:
        """Start the reference's engine, with new memories."""
        state = WrongState()
        state.settings = FACTORY  # a substitution reads them before the start
        self._substitutions = tuple(resolved(unit, state.memories))
        self._engine = Engine(rules_of(self._substitutions))
        self._engine.state = state
        self._now = 0.0
        self._react: React = lambda event: self._engine.handle(event, self._now)
        for each in self._substitutions:
            self._react = around(self._react, each, state)

    @property
    def state(self) -> State:
        """All that it knows."""
        return self._engine.state

    @property
    def settings(self) -> HaSettings:
        """The settings in force, as this unit reads them."""
        return self._engine.settings

    @property
    def effective(self) -> Effective:
        """Effective mode, as an operator is shown it."""
        return self.status().effective

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """React to one event."""
        self._now = now
        return self._react(event)

    def status(self) -> Status:
        """Return what an operator is shown."""
        status = self._engine.status()
        for each in self._substitutions:
            if isinstance(each, Shown):
                status = each.show(status, self._engine.state)
        return status

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Whether someone at address `source` may speak on a link."""
        return self._engine.admits(rank, source, password_matches=password_matches)

    def refuses(self, command: Command) -> str:
        """Why a command would not be carried out now; '' when it would."""
        return self._engine.refuses(command)

    def withholds(self, what: Sync) -> str:
        """Why the peer may not copy from this unit now; '' when it may."""
        return self._engine.withholds(what)

    def watches_peer(self) -> bool:
        """Whether this unit checks its peer's services now."""
        return self._engine.watches_peer()

    def refuses_queue(self) -> str:
        """Why the peer may not hand its queue to this unit now; '' when it may."""
        return self._engine.refuses_queue()


def resolved(unit: WrongUnit, memories: list[object]) -> Iterator[Plain]:
    """Give each `Remembering` substitution its memory, and note the memory in `memories`."""
    for each in unit.substitutions:
        match each:
            case Pages() | Sessions() | Exchanging() | Reports() | OnLinux():
                pass
            case Remembering(make, substitutions):
                memory = make()
                memories.append(memory)
                yield from substitutions(memory)
            case _:
                yield each


def rules_of(substitutions: Iterable[Plain]) -> Rules:
    """Return the reference's rules, with the unit's decisions and conduct."""
    rules = RULES
    for each in substitutions:
        match each:
            case Decision(decide):
                rules = decide(rules)
            case InRole(role, change):
                rules = dataclasses.replace(rules, conduct={**rules.conduct, role: change(rules.conduct[role])})
    return rules


def around(react: React, substitution: Plain, unit: State) -> React:
    """Put a substitution around a reaction; one that concerns no event leaves it as it is."""
    match substitution:
        case Events(see):
            return lambda event: [effect for seen in see(event, unit) for effect in react(seen)]
        case Effects(instead):
            return lambda event: [after for before in react(event) for after in instead(before, unit)]
        case Reaction(other):
            return lambda event: other(react, event, unit)
        case Settings(read):

            def misread(event: on.Event) -> list[do.Effect]:
                if isinstance(event, on.Started | on.SettingsChanged):
                    event = dataclasses.replace(event, settings=read(event.settings, unit))
                return react(event)

            return misread
        case Remembered(recall):

            def misremember(event: on.Event) -> list[do.Effect]:
                if isinstance(event, on.Started):
                    event = dataclasses.replace(event, memory=recall(event.memory))
                return react(event)

            return misremember
        case Shown() | Decision() | InRole():
            return react
        case _:
            assert_never(substitution)
