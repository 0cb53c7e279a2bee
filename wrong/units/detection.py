"""Units that are wrong about the heartbeat and the silence of their peer."""

from __future__ import annotations

import dataclasses

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective, Rank
from node.engine.settings import HaSettings
from node.engine.state import Leading, State
from node.engine.states import Phase, Trigger
from node.engine.timers import LinkSilent, Wait
from node.engine.timing import HEARTBEAT_PERIOD
from node.engine.transition import move
from node.engine.turn import News, PeerHeard, Readjusted, Turn
from wrong.common import Take, ignoring, in_role, leaving_out, logging_no, never, taking_row
from wrong.record import FACTORY, Decision, Effects, React, Reaction, Settings, WrongUnit

DEFAULT_THRESHOLD = 15.0
"""Source: HA-100."""


def taking_for_silence(rank: Rank) -> Reaction:
    """Treat a link's silence as the peer's."""

    def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        done = react(event)
        if event == on.TimerFired(LinkSilent(rank)) and unit.phase.follows:
            done += react(on.TimerFired(Wait.SILENCE))
        return done

    return Reaction(react)


def _hasty(settings: HaSettings, _: State) -> HaSettings:
    left = settings.lost_threshold == DEFAULT_THRESHOLD
    return dataclasses.replace(settings, lost_threshold=10.0) if left else settings


def bearing(seconds: float) -> Decision:
    """Wait that much longer for the peer, or less long if negative; in seconds."""
    return Decision(lambda rules: dataclasses.replace(rules, patience=lambda unit: rules.patience(unit) + seconds))


def _give_up_alone(take: Take, turn: Turn, me: Leading, news: News) -> None:
    take(turn, me, news)
    if news == on.TimerFired(Wait.PEER_SILENCE):
        move(turn, Trigger.YIELD)


def _give_up_a_single_link(take: Take, turn: Turn, me: Leading, news: News) -> None:
    take(turn, me, news)
    if len(turn.unit.settings.links) == 1 and False in turn.unit.group.links.alive.values():
        move(turn, Trigger.YIELD)


def _arbitrate(take: Take, turn: Turn, me: Leading, news: News) -> None:
    take(turn, me, news)
    if isinstance(news, PeerHeard) and news.beat.effective is Effective.PRIMARY:
        move(turn, Trigger.YIELD)


def _begin_elsewhere(settings: HaSettings, _: State) -> HaSettings:
    usual = settings.base_port == FACTORY.base_port
    return dataclasses.replace(settings, base_port=settings.base_port + 10) if usual else settings


def _forget_the_loss_at_a_standstill(effect: do.Effect, unit: State) -> bool:
    """Whether a unit that has just gone on begins to listen for its peer anew."""
    listens = isinstance(effect, do.StartTimer) and effect.timer is Wait.PEER_SILENCE
    return listens and unit.now == unit.awake_since


def _forget_a_peer_not_heard_since(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """As a unit that has just taken the role, wait for no silence of a peer before it is heard again."""
    led = unit.phase is Phase.PRIMARY
    done = react(event)
    if led:
        return done
    return [each for each in done if not (isinstance(each, do.StartTimer) and each.timer is Wait.PEER_SILENCE)]


def _shorten_at_least(effect: do.Effect, _: State) -> list[do.Effect]:
    """Wait for a second at least."""
    match effect:
        case do.StartTimer(Wait.SILENCE, seconds):
            return [do.StartTimer(Wait.SILENCE, max(1.0, seconds))]
    return [effect]


def _keep_the_old_span(take: Take, turn: Turn, me: Leading, news: News) -> None:
    if not isinstance(news, Readjusted):
        take(turn, me, news)


UNITS = (
    WrongUnit(
        "waits-for-a-second-at-least",
        ("HA-104",),
        "Waits for another second when less is left of a detection time that an operator has shortened.",
        (Effects(_shorten_at_least),),
    ),
    WrongUnit(
        "misses-its-secondary-by-the-old-span",
        ("HA-104", "HA-117.a"),
        "Reports the loss of a secondary that is silent already by the detection time that an operator has changed.",
        (in_role(Leading, _keep_the_old_span),),
    ),
    WrongUnit(
        "leads-after-its-copy-only",
        ("HA-101",),
        "While its first synchronization has not ended, does not take over from a primary that falls silent.",
        (
            taking_row(Phase.FIRST_SYNC, Trigger.SILENCE, None),
            taking_row(Phase.FIRST_SYNC_FAILED, Trigger.SILENCE, None),
        ),
    ),
    WrongUnit(
        "reports-no-loss-after-a-standstill",
        ("HA-117.a",),
        "Reports no loss of a secondary that was gone already when it stood still.",
        (leaving_out(_forget_the_loss_at_a_standstill),),
    ),
    WrongUnit(
        "misses-a-peer-that-is-gone-at-once",
        ("HA-117.a",),
        "Reports no loss of a peer that it has not heard since it was given the role.",
        (Reaction(_forget_a_peer_not_heard_since),),
    ),
    WrongUnit(
        "never-takes-over",
        ("HA-101", "HA-110.a", "HA-115.a", "HA-122.b", "HA-420.a", "HA-530.b", "HA-532.b", "HA-700.a"),
        "Waits for its primary for ever.",
        (ignoring(lambda event, _: event == on.TimerFired(Wait.SILENCE)),),
    ),
    WrongUnit(
        "hasty-default",
        ("HA-100",),
        "Treats a threshold that was left at its default as 10 seconds.",
        (Settings(_hasty),),
    ),
    WrongUnit(
        "one-link-is-all",
        ("HA-061.c", "HA-706"),
        "Treats the loss of its primary link as the loss of its peer.",
        (taking_for_silence(Rank.PRIMARY),),
    ),
    WrongUnit(
        "silent-on-the-second-link",
        ("HA-060.a",),
        "Sends nothing on the secondary heartbeat link.",
        (leaving_out(lambda effect, _: isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY),),
    ),
    WrongUnit(
        "stuck-to-its-base-port",
        ("HA-055.a", "HA-055.b", "HA-056"),
        "Uses port 20000 whatever the base port is.",
        (Settings(lambda settings, _: dataclasses.replace(settings, base_port=20000)),),
    ),
    WrongUnit(
        "says-nothing-of-its-peer",
        ("HA-117.a", "HA-527.a", "HA-734.a"),
        "Does not report that its secondary disappeared.",
        (
            leaving_out(
                lambda effect, _: (
                    isinstance(effect, do.Log | do.Alert)
                    and "SLAVE heartbeat disappeared"
                    in (effect.message if isinstance(effect, do.Log) else effect.event)
                )
            ),
        ),
    ),
    WrongUnit(
        "says-nothing-of-its-links",
        ("HA-073",),
        "Logs no change of a heartbeat link.",
        (logging_no("hahbd: heart beat"),),
    ),
    WrongUnit(
        "reports-no-alerts",
        ("HA-117.a", "HA-525.a", "HA-525.b", "HA-525.c", "HA-531"),
        "Sends no alert of any kind.",
        (never(do.Alert),),
    ),
    WrongUnit(
        "takes-over-early",
        ("HA-103.b",),
        "Takes over a second before the detection time has passed.",
        (bearing(-1.0),),
    ),
    WrongUnit(
        "takes-over-late",
        ("HA-103.b",),
        "Takes over a second after the detection time has passed.",
        (bearing(1.0),),
    ),
    WrongUnit(
        "ignores-its-threshold",
        ("HA-104", "HA-108.a"),
        "Always uses the default detection time of 15 seconds.",
        (Decision(lambda rules: dataclasses.replace(rules, patience=lambda _unit: DEFAULT_THRESHOLD)),),
    ),
    WrongUnit(
        "beats-slowly",
        ("HA-052",),
        "Sends a heartbeat every two seconds.",
        (Decision(lambda rules: dataclasses.replace(rules, heartbeat_period=lambda _unit: 2 * HEARTBEAT_PERIOD)),),
    ),
    WrongUnit(
        "beats-by-threshold",
        ("HA-052",),
        "Sends three heartbeats in each detection time.",
        (
            Decision(
                lambda rules: dataclasses.replace(rules, heartbeat_period=lambda unit: unit.settings.lost_threshold / 3)
            ),
        ),
    ),
    WrongUnit(
        "primary-gives-up-alone",
        ("HA-108.b", "HA-116", "HA-117.b", "HA-527.b", "HA-734.b"),
        "Leaves the primary role when its secondary disappears.",
        (in_role(Leading, _give_up_alone),),
    ),
    WrongUnit(
        "gives-up-with-its-only-link",
        ("HA-700.b",),
        "Leaves the primary role when the only heartbeat link that it has is lost.",
        (in_role(Leading, _give_up_a_single_link),),
    ),
    WrongUnit(
        "arbitrates-by-itself",
        ("HA-703", "HA-704.b"),
        "Ends a split brain without an operator: a primary that hears another gives its role up.",
        (in_role(Leading, _arbitrate),),
    ),
    WrongUnit(
        "holds-off-in-a-silence",
        ("HA-530.a", "HA-532.a"),
        "Takes the silence of its primary for a planned restart, and holds off.",
        (taking_row(Phase.SECONDARY, Trigger.SILENCE, Trigger.HOLD_OFF),),
    ),
    WrongUnit(
        "silent-on-the-first-link",
        ("HA-059.a",),
        "Sends no heartbeat on the primary heartbeat link.",
        (
            leaving_out(
                lambda effect, _: (
                    isinstance(effect, do.Send)
                    and effect.rank is Rank.PRIMARY
                    and isinstance(effect.message, say.Heartbeat)
                )
            ),
        ),
    ),
    WrongUnit(
        "begins-at-another-port",
        ("HA-054.a",),
        "Uses base port 20010 when nobody has set another.",
        (Settings(_begin_elsewhere),),
    ),
)
