"""How a unit takes one event: the turn, the rules of the unit, and its conduct in each role."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine.messages import Heartbeat, Message
from node.engine.modes import Command, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import Following, Joining, Role, State
from node.engine.states import Phase, Row, Trigger
from node.engine.timers import Scope, Timer
from node.engine.timing import INSTANT


@dataclass(frozen=True, slots=True)
class PeerHeard:
    """News for a role: the peer's heartbeat came. `before` is the one before it, None when the peer was not heard."""

    before: Heartbeat | None
    beat: Heartbeat

    @property
    def anew(self) -> bool:
        """Whether the peer was not heard before, or has started again since."""
        return self.before is None or self.before.boot != self.beat.boot

    @property
    def after_a_gap(self) -> bool:
        """Whether heartbeats between the two were missed, so that the peer may have had another role meanwhile."""
        return self.before is None or self.anew or self.beat.seq > self.before.seq + 1


@dataclass(frozen=True, slots=True)
class Readjusted:
    """News for a role: HA settings other than the mode have replaced the `old` ones, and are in force."""

    old: HaSettings


@dataclass(frozen=True, slots=True)
class StoodStill:
    """News for a role: the unit has stood still (see `timing.STOOD_STILL`), and goes on now."""


News = on.Event | PeerHeard | Readjusted | StoodStill
"""What a role is told: an event as it came, or what the unit has made of one for all roles."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a unit does in one role, with the role's own record as second argument.

    `enter` begins the role (`came_from` is the phase before, also one of the same role), `leave` ends it (`to` is the
    phase that follows), `take` is told all news, `says` names what is repeated with each heartbeat.
    """

    enter: Callable[[Turn, Any, Phase], None]
    leave: Callable[[Turn, Any, Phase], None]
    take: Callable[[Turn, Any, News], None]
    says: Callable[[State, Any], Iterable[Message]] = lambda _state, _role: ()


@dataclass(frozen=True, slots=True)
class Rules:
    """The decisions of a unit that can be read, and replaced, one by one."""

    table: Mapping[tuple[Phase, Trigger], Row]
    """Which phase a unit enters on what."""
    conduct: Mapping[type[Role], Conduct]
    """What it does in each role."""
    admits: Callable[[State, Rank, str, bool], bool]
    """Whether someone at an address (text), with the right password or not, may speak on a link."""
    withholds: Callable[[State, Sync], str]
    """Why the peer may not copy from this unit now, '' when it may."""
    may_copy: Callable[[State], bool]
    """Whether this unit follows a primary that it hears."""
    refuses_queue: Callable[[State], str]
    """Why the peer may not hand its queued mail to this unit now, '' when it may."""
    refuses: Callable[[State, Command], str]
    """Why an operator's command would not be carried out now, '' when it would."""
    joins_by: Callable[[State, Joining, Heartbeat], Trigger | None]
    """What the peer's heartbeat means for a joining unit; None: wait for the next."""
    patience: Callable[[State], float]
    """Seconds of a primary's silence that this unit bears."""
    heartbeat_period: Callable[[State], float]
    """Seconds between heartbeats."""
    hears_primary: Callable[[State, Following], bool]
    """Whether the primary that this unit follows was heard lately; time in which it stood still does not count."""
    has_just_woken: Callable[[State], bool]
    """Whether this unit stood still until a moment ago: what it hears now may be old, and the peer repeats it."""
    watches_peer: Callable[[State], bool]
    """Whether this unit checks its peer's services now."""
    stands_in: Callable[[State, Following], bool]
    """Whether the services of a primary that has fallen silent serve as its heartbeat."""
    run_out: Callable[[State], Iterable[Timer]]
    """Timers that bound an operator's order and are due, also those that the body has not reported yet."""


@dataclass(slots=True)
class Turn:
    """How a unit takes one event: the state that the event changes, the rules to follow, and the effects so far."""

    unit: State
    rules: Rules
    effects: list[do.Effect] = field(default_factory=list)

    @property
    def conduct(self) -> Conduct:
        """What the unit does in its role."""
        return self.rules.conduct[type(self.unit.role)]

    def tell(self, news: News) -> None:
        """Tell the unit's role."""
        self.conduct.take(self, self.unit.role, news)

    def do(self, *effects: do.Effect) -> None:
        """Add effects to those that `Engine.handle` returns."""
        self.effects.extend(effects)

    def log(self, text: str) -> None:
        """Write a line into the HA event log."""
        self.effects.append(do.Log(text))

    def send(self, message: Message) -> None:
        """Send on every heartbeat link: losing one link must lose no message."""
        self.effects.extend(do.Send(rank, message) for rank in self.unit.group.links.ranks)

    def start(self, timer: Timer, after: float) -> None:
        """Start a timer (seconds) and remember when it is due, to know a late one."""
        self.unit.timers[timer] = self.unit.now + after
        self.effects.append(do.StartTimer(timer, max(0.0, after)))

    def postpone(self, timer: Timer, by: float) -> None:
        """Let a running timer fire later, or earlier where `by` (seconds) is negative."""
        if by:
            self.start(timer, self.unit.timers[timer] + by - self.unit.now)

    def stop(self, *timers: Timer) -> None:
        """Stop timers that run."""
        for timer in timers:
            del self.unit.timers[timer]
            self.effects.append(do.StopTimer(timer))

    def stop_all(self, scope: Scope) -> None:
        """Stop every timer that belongs to what ends now."""
        self.stop(*[timer for timer in self.unit.timers if timer.scope is scope])

    def runs(self, timer: Timer) -> bool:
        """Whether a timer runs."""
        return timer in self.unit.timers

    def extend_if_stood_still(self, timer: Timer, span: float) -> bool:
        """Start a timer again if the unit stood still in the last `span` seconds; return whether it did.

        It then fires when the unit has listened for the whole span. What a unit could not hear while it stood still is
        no silence of its peer. Source: HA-101, HA-116.
        """
        left = self.unit.awake_since + span - self.unit.now
        if left < INSTANT:
            return False
        self.start(timer, left)
        return True

    def remember(self, **changes: object) -> None:
        """Keep a changed memory on the volume."""
        memory = dataclasses.replace(self.unit.memory, **changes)  # type: ignore[arg-type] # fields of Memory, by name
        if memory != self.unit.memory:
            self.unit.memory = memory
            self.effects.append(do.Persist(memory))
