"""Substitutions that many wrong units are made of."""

from __future__ import annotations

from collections.abc import Callable

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Effective
from wrong.record import Effects, Events
from wrong.view import View


def never(*kinds: type) -> Effects:
    """Leave every effect of these kinds undone."""
    return leaving_out(lambda effect, _: isinstance(effect, kinds))


def leaving_out(which: Callable[[do.Effect, View], bool]) -> Effects:
    """Leave some effects undone."""
    return Effects(lambda effect, unit: [] if which(effect, unit) else [effect])


def changing(change: Callable[[do.Effect, View], do.Effect]) -> Effects:
    """Put one effect in the place of each."""
    return Effects(lambda effect, unit: [change(effect, unit)])


def ignoring(which: Callable[[on.Event, View], bool]) -> Events:
    """Let some events go unnoticed."""
    return Events(lambda event, unit: [] if which(event, unit) else [event])


def hearing_no(*kinds: type) -> Events:
    """Take no notice of messages of these kinds."""
    return ignoring(lambda event, _: isinstance(event, on.Heard) and isinstance(event.message, kinds))


def sending_no(*kinds: type) -> Effects:
    """Send no message of these kinds."""
    return leaving_out(lambda effect, _: isinstance(effect, do.Send) and isinstance(effect.message, kinds))


def logging_no(words: str) -> Effects:
    """Log nothing with these words."""
    return leaving_out(lambda effect, _: isinstance(effect, do.Log) and words in effect.message)


def alerting_no(words: str = "", old: Effective | None = None, new: Effective | None = None) -> Effects:
    """Send no alert that has these words and names this change."""

    def alerts(effect: do.Effect, _: View) -> bool:
        return isinstance(effect, do.Alert) and words in effect.event and (effect.old, effect.new) == (old, new)

    return leaving_out(alerts)


def waiting(timer: str, seconds: float) -> Effects:
    """Let a timer run for another time."""

    def wait(effect: do.Effect, _: View) -> do.Effect:
        return do.StartTimer(timer, seconds) if isinstance(effect, do.StartTimer) and effect.name == timer else effect

    return changing(wait)
