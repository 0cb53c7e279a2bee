"""The engine of a wrong unit: the reference engine, with the unit's substitutions around it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import assert_never

from node.engine import effects as do
from node.engine import events as on
from node.engine.engine import Engine
from node.engine.modes import Command, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.status import Status
from wrong.record import (
    Answers,
    Decision,
    Effects,
    Events,
    Override,
    Pages,
    Plain,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    Shown,
    WrongUnit,
)
from wrong.view import View


class WrongEngine:
    """One started engine of a wrong unit (`node.build.Brain`)."""

    def __init__(self, unit: WrongUnit) -> None:
        """Start with an engine and a memory of its own."""
        self._engine = next((each.engine for each in unit.substitutions if isinstance(each, Override)), Engine)()
        self._view = View(self._engine)
        self._memories: list[object] = []
        self._now = 0.0
        self._substitutions = tuple(self._resolved(unit))
        self._answers = Answers(
            self._engine.admits, self._engine.refuses, self._engine.withholds, self._engine.refuses_queue
        )
        self._react: React = lambda event: self._engine.handle(event, self._now)
        for each in self._substitutions:
            self._react = around(self._react, each, self._view)
            if isinstance(each, Decision):
                self._answers = each.decide(self._answers, self._view)

    def __getstate__(self) -> object:
        """Return what the unit keeps: the engine's state, and what it remembers beside it."""
        return self._engine, self._memories

    @property
    def version(self) -> str:
        """Firmware release."""
        return self._engine.version

    @version.setter
    def version(self, version: str) -> None:
        self._engine.version = version

    @property
    def settings(self) -> HaSettings:
        """The settings in force, as this unit reads them."""
        return self._engine.settings

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """React to one event."""
        self._now = now
        return self._react(event)

    def status(self) -> Status:
        """Return what an operator is shown."""
        status = self._engine.status()
        for each in self._substitutions:
            if isinstance(each, Shown):
                status = each.show(status, self._view)
        return status

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Whether someone at address `source` may speak on a link."""
        return self._answers.admits(rank, source, password_matches=password_matches)

    def refuses(self, command: Command) -> str:
        """Why a command would not be carried out now; '' when it would."""
        return self._answers.refuses(command)

    def withholds(self, what: Sync) -> str:
        """Why the peer may not copy from this unit now; '' when it may."""
        return self._answers.withholds(what)

    def refuses_queue(self) -> str:
        """Why the peer may not hand its queue to this unit now; '' when it may."""
        return self._answers.refuses_queue()

    def _resolved(self, unit: WrongUnit) -> Iterator[Plain]:
        """Give each substitution that remembers something its memory."""
        for each in unit.substitutions:
            match each:
                case Pages() | Override():
                    pass
                case Remembering(make, substitutions):
                    memory = make()
                    self._memories.append(memory)
                    yield from substitutions(memory)
                case _:
                    yield each


def around(react: React, substitution: Plain, unit: View) -> React:  # noqa: C901 - a case for each kind there is
    """Put a substitution around a reaction; those that are about no event leave it as it is."""
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
        case Shown() | Decision():
            return react
        case _:
            assert_never(substitution)
