"""Units that are wrong about what a config-only group is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank, Sync
from node.engine.state import ConfigOnly, State
from node.engine.states import Phase
from node.engine.status import Status
from node.engine.timers import LinkSilent, Retry, Wait
from node.engine.turn import Conduct, News, PeerHeard, Rules, Turn
from wrong.common import Take, ignoring, in_role, leaving_out
from wrong.record import Decision, Effects, Events, InRole, Plain, React, Reaction, Remembering, Shown, WrongUnit
from wrong.units.addresses import holding
from wrong.units.roles import showing


@dataclass(slots=True)
class Loneliness:
    """Whether the unit hears nobody any more."""

    alone: bool = False


def idling(mode: Mode) -> Effects:
    """Process no mail in one mode of a config-only group."""

    def idle(effect: do.Effect, unit: State) -> list[do.Effect]:
        enters = isinstance(effect, do.OpenLinks) and unit.phase is Phase.CONFIG_ONLY
        return [do.StopMail(), effect] if enters and unit.settings.mode is mode else [effect]

    return Effects(idle)


def leading_alone(mode: Mode) -> Remembering[Loneliness]:
    """In one mode of a config-only group, show effective primary when nobody is heard any more."""

    def substitutions(loneliness: Loneliness) -> tuple[Plain, ...]:
        def note(event: on.Event, unit: State) -> Iterable[on.Event]:
            if isinstance(event, on.TimerFired) and isinstance(event.timer, LinkSilent):
                loneliness.alone = unit.phase is Phase.CONFIG_ONLY and unit.settings.mode is mode
            return [event]

        def boast(status: Status, _: State) -> Status:
            return dataclasses.replace(status, effective=Effective.PRIMARY) if loneliness.alone else status

        return Events(note), Shown(boast)

    return Remembering(Loneliness, substitutions)


def _orders_a_copy(mode: Mode) -> Callable[[on.Event, State], bool]:
    """Whether an operator orders a synchronization in one mode of a config-only group."""
    return lambda event, unit: event == on.Ordered(Command.SYNC) and unit.settings.mode is mode


def _cut_short(status: Status) -> Status:
    return dataclasses.replace(status, configured=Mode(status.configured.value.removeprefix("config-")))


def _tells_of_changes(effect: do.Effect, unit: State) -> bool:
    told = isinstance(effect, do.Send) and isinstance(effect.message, say.SyncNow)
    return told and unit.phase is Phase.CONFIG_ONLY


def _copy_as_primary(rules: Rules) -> Rules:
    """Copy as the config-primary, and serve as its secondary."""

    def may_copy(unit: State) -> bool:
        if unit.phase is not Phase.CONFIG_ONLY:
            return rules.may_copy(unit)
        return unit.settings.mode is Mode.CONFIG_PRIMARY and unit.group.peer is not None

    def withholds(unit: State, what: Sync) -> str:
        if unit.phase is not Phase.CONFIG_ONLY:
            return rules.withholds(unit, what)
        return "" if unit.settings.mode is Mode.CONFIG_SECONDARY else "this unit is not a config-secondary"

    return dataclasses.replace(rules, may_copy=may_copy, withholds=withholds)


def _copy_from_any(rules: Rules) -> Rules:
    """Copy from any peer, and serve in every mode."""

    def may_copy(unit: State) -> bool:
        if unit.phase is not Phase.CONFIG_ONLY:
            return rules.may_copy(unit)
        return unit.settings.mode is Mode.CONFIG_SECONDARY and unit.group.peer is not None

    def withholds(unit: State, what: Sync) -> str:
        return "" if unit.phase is Phase.CONFIG_ONLY and what is Sync.CONFIG else rules.withholds(unit, what)

    return dataclasses.replace(rules, may_copy=may_copy, withholds=withholds)


def _hear_no_news_while_copying(event: on.Event, unit: State) -> bool:
    told = isinstance(event, on.Heard) and isinstance(event.message, say.SyncNow)
    return told and isinstance(unit.role, ConfigOnly) and unit.role.syncs.running is not None


def _copy_with_each_heartbeat(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    beats = event == on.TimerFired(Wait.HEARTBEAT) and unit.settings.mode is Mode.CONFIG_SECONDARY
    return [*react(event), do.StartSync(Sync.CONFIG, Rank.PRIMARY)] if beats else react(event)


def _greet_nobody(take: Take, turn: Turn, me: ConfigOnly, news: News) -> None:
    take(turn, me, PeerHeard(news.beat, news.beat) if isinstance(news, PeerHeard) else news)


def _enter_with_what_is_there(conduct: Conduct) -> Conduct:
    def enter(turn: Turn, me: ConfigOnly, came_from: Phase) -> None:
        conduct.enter(turn, me, came_from)
        me.syncs.due.clear()

    return dataclasses.replace(conduct, enter=enter)


def _copy_unasked(take: Take, turn: Turn, me: ConfigOnly, news: News) -> None:
    """Copy from a peer that is new, whatever it is."""
    if isinstance(news, PeerHeard) and news.anew:
        me.syncs.want(Sync.CONFIG)
    take(turn, me, news)


def _copy_mail_data(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Copy mail data after each copy of the configuration."""
    done = react(event)
    match event:
        case on.SyncFinished(Sync.CONFIG, ok=True) if unit.phase is Phase.CONFIG_ONLY:
            done.append(do.StartSync(Sync.DATA, Rank.PRIMARY))
    return done


def serve_mail_data(rules: Rules) -> Rules:
    """Let a config-only primary give mail data to a peer that asks for some."""

    def withholds(unit: State, what: Sync) -> str:
        return "" if unit.settings.mode is Mode.CONFIG_PRIMARY else rules.withholds(unit, what)

    return dataclasses.replace(rules, withholds=withholds)


def _take_addresses(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """When the peer is silent, hold the shared addresses."""
    effects = react(event)
    if isinstance(event, on.TimerFired) and isinstance(event.timer, LinkSilent) and unit.phase is Phase.CONFIG_ONLY:
        effects += holding(unit)
    return effects


def _lost_power(memory: on.Memory) -> bool:
    return memory.boot > 0 and not memory.planned


def _stay_idle(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """After a power loss with on-failure off, start no mail."""
    effects = react(event)
    if isinstance(event, on.Started) and event.settings.on_failure is OnFailure.OFF and _lost_power(event.memory):
        return [each for each in effects if not isinstance(each, do.StartMail)]
    return effects


def _accepts_failover(rules: Rules) -> Rules:
    """Accept a failover where there is none."""

    def refuses(unit: State, command: Command) -> str:
        failover = command is Command.FAILOVER and unit.settings.mode.config_only
        return "" if failover else rules.refuses(unit, command)

    return dataclasses.replace(rules, refuses=refuses)


def _accepts_restart(rules: Rules) -> Rules:
    """Accept a restart of HA where there is no role to join anew."""

    def refuses(unit: State, command: Command) -> str:
        return "" if command is Command.RESTART else rules.refuses(unit, command)

    return dataclasses.replace(rules, refuses=refuses)


def _take_for_one_of_a_pair(event: on.Event, unit: State) -> Iterable[on.Event]:
    """Hear a member of a config-only group as one of a pair."""
    match event:
        case on.Heard(rank, say.Heartbeat(mode=mode) as beat) if mode.config_only and unit.settings.mode.active_passive:
            return [on.Heard(rank, dataclasses.replace(beat, mode=Mode.PRIMARY))]
    return [event]


UNITS = (
    WrongUnit(
        "accepts-a-failover-in-a-config-only-group",
        ("HA-118",),
        "Accepts a failover in a config-only group, and does nothing.",
        (Decision(_accepts_failover),),
    ),
    WrongUnit(
        "shares-no-configuration",
        ("HA-006.b", "HA-051.b"),
        "Copies nothing in a config-only group.",
        (leaving_out(lambda effect, unit: isinstance(effect, do.StartSync) and unit.phase is Phase.CONFIG_ONLY),),
    ),
    WrongUnit(
        "shares-changes-late",
        ("HA-350.b",),
        "Does not tell the secondaries of a config-only group what has changed.",
        (leaving_out(_tells_of_changes),),
    ),
    WrongUnit(
        "shares-what-could-not-be-told-never",
        ("HA-353.b",),
        "Tells the secondaries of a config-only group once what has changed, whether that arrives or not.",
        (ignoring(lambda event, unit: isinstance(event, on.NoticeLost) and unit.phase is Phase.CONFIG_ONLY),),
    ),
    WrongUnit(
        "shares-at-the-first-try-only",
        ("HA-353.b",),
        "In a config-only group does not try again to copy what it could not copy.",
        (ignoring(lambda event, unit: event == on.TimerFired(Retry(Sync.CONFIG)) and unit.phase is Phase.CONFIG_ONLY),),
    ),
    WrongUnit(
        "shares-no-change-while-it-copies",
        ("HA-350.b",),
        "In a config-only group does not heed that something has changed while it copies.",
        (ignoring(_hear_no_news_while_copying),),
    ),
    WrongUnit(
        "shares-changes-only",
        ("HA-006.a", "HA-374"),
        "As the primary of a config-only group gives what changes to its secondaries, and nothing to one that is new.",
        (in_role(ConfigOnly, _greet_nobody),),
    ),
    WrongUnit(
        "shares-when-it-is-told-to",
        ("HA-006.b", "HA-351"),
        "As the secondary of a config-only group copies when its primary says so, and not when it enters the group.",
        (InRole(ConfigOnly, _enter_with_what_is_there),),
    ),
    WrongUnit(
        "shares-all-the-time",
        ("HA-051.a", "HA-054.b"),
        "As the secondary of a config-only group copies the configuration with each of its heartbeats.",
        (Reaction(_copy_with_each_heartbeat),),
    ),
    WrongUnit(
        "shares-mail-data",
        ("HA-027.c", "HA-408"),
        "In a config-only group copies mail data together with the configuration.",
        (Reaction(_copy_mail_data), Decision(serve_mail_data)),
    ),
    WrongUnit(
        "forces-no-copy-as-config-primary",
        ("HA-354.a", "HA-570.a"),
        "Does nothing when an operator starts a synchronization on the primary of a config-only group.",
        (ignoring(_orders_a_copy(Mode.CONFIG_PRIMARY)),),
    ),
    WrongUnit(
        "forces-no-copy-as-config-secondary",
        ("HA-354.b", "HA-570.a"),
        "Does nothing when an operator starts a synchronization on the secondary of a config-only group.",
        (ignoring(_orders_a_copy(Mode.CONFIG_SECONDARY)),),
    ),
    WrongUnit(
        "shows-a-config-primary-as-primary",
        ("HA-002.a", "HA-006.a", "HA-006.b"),
        "Shows the modes of a config-only group as those of a pair.",
        (showing(_cut_short),),
    ),
    WrongUnit(
        "idle-config-secondary",
        ("HA-023", "HA-119.b"),
        "Processes no mail as the secondary of a config-only group, as if it were one of a pair.",
        (idling(Mode.CONFIG_SECONDARY),),
    ),
    WrongUnit(
        "idle-config-primary",
        ("HA-023",),
        "Processes no mail as the primary of a config-only group: it only distributes.",
        (idling(Mode.CONFIG_PRIMARY),),
    ),
    WrongUnit(
        "puts-an-upgrade-off",
        ("HA-732",),
        "In a config-only group ignores an upgrade: it goes on processing mail and installs nothing.",
        (ignoring(lambda event, unit: event == on.Ordered(Command.UPGRADE) and unit.phase is Phase.CONFIG_ONLY),),
    ),
    WrongUnit(
        "replaces-the-config-primary",
        ("HA-118",),
        "As the secondary of a config-only group, shows itself as primary when it no longer hears its primary.",
        (leading_alone(Mode.CONFIG_SECONDARY),),
    ),
    WrongUnit(
        "leads-without-config-secondaries",
        ("HA-118",),
        "As the primary of a config-only group, takes a role when it no longer hears its secondary.",
        (leading_alone(Mode.CONFIG_PRIMARY),),
    ),
    WrongUnit(
        "shares-the-wrong-way",
        ("HA-006.a", "HA-006.b", "HA-351"),
        "Copies the configuration of a config-only group's secondary to its primary.",
        (Decision(_copy_as_primary),),
    ),
    WrongUnit(
        "shares-among-secondaries",
        ("HA-077",),
        "Copies the configuration from any unit of a config-only group, also from one secondary to another.",
        (Decision(_copy_from_any), in_role(ConfigOnly, _copy_unasked)),
    ),
    WrongUnit(
        "takes-addresses-from-a-silent-config-primary",
        ("HA-027.g",),
        "As the secondary of a config-only group, takes the shared addresses when its primary is silent.",
        (Reaction(_take_addresses),),
    ),
    WrongUnit(
        "idle-after-a-power-loss-in-a-config-only-group",
        ("HA-023",),
        "In a config-only group processes no mail after a power loss when on-failure is off.",
        (Reaction(_stay_idle),),
    ),
    WrongUnit(
        "restarts-into-a-pair",
        ("HA-006.a", "HA-006.b"),
        "When an operator restarts HA in a config-only group, joins a pair in which it is alone, and leads.",
        (Decision(_accepts_restart),),
    ),
    WrongUnit(
        "waits-for-a-config-primary-to-lead",
        ("HA-024.c",),
        "Takes the primary of a config-only group for its peer in a pair, and waits for ever until that leads.",
        (Events(_take_for_one_of_a_pair),),
    ),
)
