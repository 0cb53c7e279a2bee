"""Substitutions that many wrong units are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Effective
from node.engine.state import NEVER, Role, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Timer
from node.engine.turn import News, Rules, Turn
from wrong.record import Decision, Effects, Events, Exchanging, InRole


@dataclass(slots=True)
class Mark:
    """Whether something has happened since the unit started."""

    up: bool = False


def exchanging(**ways: object) -> Exchanging:
    """Replace some of the ways in which things pass between the units (`node.build.Exchange`)."""
    return Exchanging(lambda exchange: dataclasses.replace(exchange, **cast("dict[str, Any]", ways)))


def never(*kinds: type) -> Effects:
    """Leave every effect of these kinds undone."""
    return leaving_out(lambda effect, _: isinstance(effect, kinds))


def leaving_out(which: Callable[[do.Effect, State], bool]) -> Effects:
    """Leave some effects undone."""
    return Effects(lambda effect, unit: [] if which(effect, unit) else [effect])


def changing(change: Callable[[do.Effect, State], do.Effect]) -> Effects:
    """Replace each effect by another."""
    return Effects(lambda effect, unit: [change(effect, unit)])


def ignoring(which: Callable[[on.Event, State], bool]) -> Events:
    """Let some events go unnoticed."""
    return Events(lambda event, unit: [] if which(event, unit) else [event])


def hearing_no(*kinds: type) -> Events:
    """Ignore messages of these kinds."""
    return ignoring(lambda event, _: isinstance(event, on.Heard) and isinstance(event.message, kinds))


def sending_no(*kinds: type) -> Effects:
    """Send no message of these kinds."""
    return leaving_out(lambda effect, _: isinstance(effect, do.Send) and isinstance(effect.message, kinds))


def logging_no(words: str) -> Effects:
    """Log nothing that has these words."""
    return leaving_out(lambda effect, _: isinstance(effect, do.Log) and words in effect.message)


def alerting_no(words: str = "", old: Effective | None = None, new: Effective | None = None) -> Effects:
    """Send no alert that has these words and names this change."""

    def alerts(effect: do.Effect, _: State) -> bool:
        return isinstance(effect, do.Alert) and words in effect.event and (effect.old, effect.new) == (old, new)

    return leaving_out(alerts)


def waiting(timer: Timer, seconds: float) -> Effects:
    """Let a timer run for another span."""

    def wait(effect: do.Effect, _: State) -> do.Effect:
        return do.StartTimer(timer, seconds) if isinstance(effect, do.StartTimer) and effect.timer == timer else effect

    return changing(wait)


Take = Callable[[Turn, Any, News], None]
"""How a role takes news."""


def in_role(role: type[Role], take: Callable[[Take, Turn, Any, News], None]) -> InRole:
    """In one role take news in another way; the function receives the reference's way."""
    return InRole(role, lambda conduct: dataclasses.replace(conduct, take=partial(take, conduct.take)))


def heeding_no_bounds(rules: Rules) -> Rules:
    """Let an order run out when the body says so, and not before."""
    return dataclasses.replace(rules, run_out=lambda _unit: ())


def taking_for_awake(timer: Timer) -> Callable[[Take, Turn, Any, News], None]:
    """When a timer fires, do not know that the unit stood still meanwhile."""

    def take_for_awake(take: Take, turn: Turn, me: Role, news: News) -> None:
        if news == on.TimerFired(timer):
            turn.unit.awake_since = NEVER
        take(turn, me, news)

    return take_for_awake


def taking_row(phase: Phase, trigger: Trigger, taken: Trigger | None) -> Decision:
    """In one phase treat one trigger as another; as None, it changes nothing."""

    def decide(rules: Rules) -> Rules:
        table = {key: row for key, row in rules.table.items() if key != (phase, trigger)}
        if taken is not None:
            table[phase, trigger] = rules.table[phase, taken]
        return dataclasses.replace(rules, table=table)

    return Decision(decide)
