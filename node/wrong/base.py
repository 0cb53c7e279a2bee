"""What wrong units are made of: the reference engine with its effects rewritten or one decision changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine.engine import Engine
from node.engine.events import Event, SettingsChanged, Started
from node.engine.modes import Effective
from node.engine.settings import HaSettings


class Rewriting(Engine):
    """Passes each effect through `rewrite`, which returns what is done in its place."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Handle as the reference does, then rewrite."""
        return [after for before in super().handle(event, now) for after in self.rewrite(before)]

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Return the effects that replace this one."""
        return [effect]


class Dropping(Rewriting):
    """Never does what is listed in `dropped`."""

    dropped: tuple[type, ...] = ()

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Leave the listed kinds out."""
        return [] if isinstance(effect, self.dropped) else [effect]


class Misreading(Engine):
    """Reads its settings wrongly: each record passes through `misread` first."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Handle as the reference does, on misread settings."""
        if isinstance(event, Started | SettingsChanged):
            event = dataclasses.replace(event, settings=self.misread(event.settings))
        return super().handle(event, now)

    def misread(self, settings: HaSettings) -> HaSettings:
        """Return the settings as this unit takes them to be."""
        return settings


class SayingNothing(Rewriting):
    """Sends no alert that has these words and names this change."""

    old: Effective | None = None
    new: Effective | None = None
    words = ""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop one alert."""
        if not isinstance(effect, do.Alert):
            return [effect]
        same = self.words in effect.event and (effect.old, effect.new) == (self.old, self.new)
        return [] if same else [effect]
