"""Units for which a limit that has run out, or one of earlier, spoils what comes next."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Effective, Rank, Sync
from node.engine.state import NEVER, Following, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Retry, Trusted, Wait
from node.engine.timing import STRANGER_PERIOD
from node.engine.turn import News, Rules, Turn
from wrong.common import Take, in_role
from wrong.record import Decision, Effects, Events, Plain, Remembering, WrongUnit
from wrong.units.once import noticing_once


@dataclass(slots=True)
class Flag:
    """Whether something has happened since the unit started."""

    up: bool = False


@dataclass(slots=True)
class Patience:
    """Whether a first synchronization fails now, and whether one has failed before that was followed by another."""

    fails: bool = False
    is_spent: bool = False


@dataclass(slots=True)
class Seen:
    """When each kind of stranger was refused last."""

    at: dict[tuple[Rank, str], float] = field(default_factory=dict)


def _ordering_nothing_more(flag: Flag) -> tuple[Plain, ...]:
    """Forget each order after one that was given up."""

    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        flag.up = flag.up or (isinstance(effect, do.Log) and "is given up" in effect.message)
        return [effect]

    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        moves = isinstance(event, on.Ordered) and event.command in {Command.FAILOVER, Command.RESTORE}
        return [] if moves and flag.up else [event]

    return Effects(note), Events(see)


def _impatient(patience: Patience) -> tuple[Plain, ...]:
    """Take a first synchronization that fails for a good one, if an earlier one has failed too."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if not isinstance(event, on.SyncFinished) or event.ok:
            return [event]
        if event.what is not Sync.CONFIG or unit.phase is not Phase.FIRST_SYNC:
            return [event]
        if patience.is_spent:
            return [dataclasses.replace(event, ok=True, link_failed=False)]
        patience.fails = True
        return [event]

    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        follows = isinstance(effect, do.RoleChanged) and effect.new is Effective.SECONDARY
        patience.is_spent = patience.is_spent or (follows and patience.fails)
        return [effect]

    return Events(see), Effects(note)


def _knowing_strangers(seen: Seen) -> tuple[Plain, ...]:
    """Log no stranger who was quiet for a minute and comes back."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if not isinstance(event, on.StrangerRefused):
            return [event]
        key = (event.rank, event.why)
        before, seen.at[key] = seen.at.get(key, NEVER), unit.now
        return [] if before > NEVER and unit.now - before >= STRANGER_PERIOD else [event]

    return (Events(see),)


def _failing_at_once(phase: Phase, trigger: Trigger) -> Decision:
    """Begin the first synchronization after this as if it had failed once."""

    def decide(rules: Rules) -> Rules:
        row = dataclasses.replace(rules.table[phase, trigger], to=Phase.FIRST_SYNC_FAILED)
        return dataclasses.replace(rules, table={**rules.table, (phase, trigger): row})

    return Decision(decide)


def _try_no_refused_copy(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Try a copy again only when a link did not carry it."""
    take(turn, me, news)
    if isinstance(news, on.SyncFinished) and not news.ok and not news.link_failed:
        turn.stop(Retry(news.what))


UNITS = (
    WrongUnit(
        "takes-over-after-one-hold-off",
        ("HA-522", "HA-523"),
        "Takes over when the first hold-off since its start runs out, and waits for ever in each later one.",
        (noticing_once(lambda event, _: event == on.TimerFired(Wait.HOLD_OFF)),),
        alone="S",
    ),
    WrongUnit(
        "an-order-that-was-given-up-was-the-last",
        ("HA-572", "HA-580"),
        "Carries out no failover and no restore any more once it has given one up.",
        (Remembering(Flag, _ordering_nothing_more),),
    ),
    WrongUnit(
        "fails-to-synchronize-once",
        ("HA-015.a",),
        "Is off after a first synchronization that failed, and follows all the same when that happens again.",
        (Remembering(Patience, _impatient),),
        alone="S",
    ),
    WrongUnit(
        "trusts-a-link-again-once",
        ("HA-062",),
        "Goes back to the primary link after it refused synchronization the first time, and not after the second.",
        (noticing_once(lambda event, _: event == on.TimerFired(Trusted(Rank.PRIMARY))),),
    ),
    WrongUnit(
        "knows-strangers-for-good",
        ("HA-455",),
        "Does not log a stranger who comes back after a quiet minute.",
        (Remembering(Seen, _knowing_strangers),),
    ),
    WrongUnit(
        "counts-a-failure-too-many",
        ("HA-015.b",),
        "Leads when its first synchronization fails and its primary is not heard, without another try.",
        (_failing_at_once(Phase.JOINING, Trigger.PEER_IS_PRIMARY),),
    ),
    WrongUnit(
        "counts-a-failure-too-many-after-hold-off",
        ("HA-015.b",),
        "Does so in the synchronization that follows a hold-off before the first one.",
        (_failing_at_once(Phase.HOLD_OFF, Trigger.PEER_IS_PRIMARY),),
    ),
    WrongUnit(
        "tries-no-refused-copy-again",
        ("HA-024.d", "HA-353.b"),
        "Does not try a synchronization again that its primary refused, as one that does not lead yet does.",
        (in_role(Following, _try_no_refused_copy),),
    ),
)
