"""Units that are wrong about copies that an operator orders, and about what goes on while and after one is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Sync
from node.engine.state import NEVER, Following, HoldingOff, Leading, State
from node.engine.states import Phase
from node.engine.turn import News, Readjusted, Rules, Turn
from wrong.common import Take, in_role
from wrong.record import Decision, Events, React, Reaction, Remembering, WrongUnit

SOON = 10.0
"""Seconds after a synchronization in which a unit that limits them forgets another."""

ORDER = on.Ordered(Command.SYNC)
"""An operator starts a synchronization on this unit."""


def _giving_as_secondary(rules: Rules) -> Rules:
    def withholds(unit: State, what: Sync) -> str:
        gives = what is Sync.DATA and unit.phase is Phase.SECONDARY and unit.settings.mail_data_sync
        return "" if gives else rules.withholds(unit, what)

    return dataclasses.replace(rules, withholds=withholds)


def pulling(pulls: Callable[[on.Event], bool]) -> Reaction:
    """As primary, copy mail data from the secondary when an event comes."""

    def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        done = react(event)
        rank = unit.group.links.for_sync()
        if pulls(event) and unit.phase is Phase.PRIMARY and rank is not None:
            done.append(do.StartSync(Sync.DATA, rank))
        return done

    return Reaction(react)


def _push(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """As secondary, tell the primary to copy mail data when an operator starts a synchronization."""
    done = react(event)
    rank = unit.group.links.for_sync()
    if event == ORDER and unit.phase is Phase.SECONDARY and rank is not None:
        done.append(do.Send(rank, say.SyncNow((Sync.DATA,))))
    return done


def _take_no_copy_up(take: Take, turn: Turn, me: HoldingOff, news: News) -> None:
    """End the hold-off without the copy of settings with which a secondary begins to follow."""
    take(turn, me, news)
    follows = turn.unit.role
    if me.synchronized and isinstance(follows, Following) and follows.syncs.running is Sync.CONFIG:
        follows.syncs.running = None
        turn.effects[:] = [each for each in turn.effects if not isinstance(each, do.StartSync)]


@dataclass(slots=True)
class LastOrder:
    """When a synchronization was started last, in seconds."""

    at: float = NEVER


def _forget_soon_orders(last: LastOrder) -> tuple[Events]:
    def see(event: on.Event, unit: State) -> list[on.Event]:
        if event != ORDER or not unit.settings.mode.config_only:
            return [event]
        soon, last.at = unit.now - last.at < SOON, unit.now
        return [] if soon else [event]

    return (Events(see),)


def _stop_mail_to_copy(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    done = react(event)
    if not unit.settings.mode.config_only:
        return done
    begins = any(isinstance(each, do.StartSync) for each in done)
    ends = isinstance(event, on.SyncFinished)
    return [*done, *([do.StartMail()] if ends else []), *([do.StopMail()] if begins else [])]


def _failing_over(rules: Rules) -> Rules:
    def refuses(unit: State, command: Command) -> str:
        accepts = command is Command.FAILOVER and unit.settings.mode.config_only
        return "" if accepts else rules.refuses(unit, command)

    return dataclasses.replace(rules, refuses=refuses)


def _stop_mail_by_order(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    stops = event == on.Ordered(Command.FAILOVER) and unit.settings.mode.config_only
    return [*react(event), *([do.StopMail()] if stops else [])]


def _forgetting(forgets: Callable[[News], bool]) -> Callable[[Take, Turn, Leading, News], None]:
    """Forget, by some news, of what the peer is still to be told."""

    def take_news(take: Take, turn: Turn, me: Leading, news: News) -> None:
        if forgets(news):
            me.untold.clear()
        take(turn, me, news)

    return take_news


UNITS = (
    WrongUnit(
        "pulls-mail-data-by-order",
        ("HA-405",),
        "As primary, copies the secondary's mail data when its operator starts a synchronization.",
        (Decision(_giving_as_secondary), pulling(lambda event: event == ORDER)),
    ),
    WrongUnit(
        "pushes-mail-data-by-order",
        ("HA-405",),
        "As secondary, has the primary copy its mail data when its operator starts a synchronization.",
        (
            Decision(_giving_as_secondary),
            Reaction(_push),
            pulling(lambda event: isinstance(event, on.Heard) and event.message == say.SyncNow((Sync.DATA,))),
        ),
    ),
    WrongUnit(
        "takes-no-change-up-after-hold-off",
        ("HA-350.a",),
        "When its primary is back from a restart, does not copy the settings that it was copying before.",
        (in_role(HoldingOff, _take_no_copy_up),),
    ),
    WrongUnit(
        "copies-by-order-once-in-ten-seconds",
        ("HA-354.a", "HA-354.b", "HA-570.a"),
        "In a config-only group forgets a synchronization that an operator starts soon after another.",
        (Remembering(LastOrder, _forget_soon_orders),),
    ),
    WrongUnit(
        "serves-nobody-while-it-copies",
        ("HA-023",),
        "In a config-only group stops mail while it copies the configuration.",
        (Reaction(_stop_mail_to_copy),),
    ),
    WrongUnit(
        "stops-mail-by-the-command-failover",
        ("HA-023",),
        "In a config-only group accepts the command failover, and stops mail.",
        (Decision(_failing_over), Reaction(_stop_mail_by_order)),
    ),
    WrongUnit(
        "forgets-an-untold-order-by-settings",
        ("HA-354.a", "HA-409"),
        "As primary forgets a synchronization of which it could not tell its peer when its HA settings change.",
        (in_role(Leading, _forgetting(lambda news: isinstance(news, Readjusted))),),
    ),
    WrongUnit(
        "forgets-an-untold-order-by-another",
        ("HA-354.a", "HA-409"),
        "As primary forgets a synchronization of which it could not tell its peer when a restore is entered.",
        (in_role(Leading, _forgetting(lambda news: news == on.Ordered(Command.RESTORE))),),
    ),
)
