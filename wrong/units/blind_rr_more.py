"""The twentieth blind batch, half rr, on monitoring and on recovery: written from the manual alone, as `blind_rr`."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, OnFailure
from node.engine.monitoring import BY_PEER, check_of, remote_check_of
from node.engine.settings import HaSettings, RemoteCheck
from node.engine.state import Following, Joining, Leading, State, Stopped
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import News, Readjusted, Rules, Turn
from wrong.common import Mark, Take, in_role
from wrong.record import (
    Decision,
    Events,
    InRole,
    React,
    Reaction,
    Remembering,
    Settings,
    WrongUnit,
)

LOCAL = {"local-ports", "local-hd"}

BY_ITSELF = "recovery after a restart"
"""Why a unit that has recovered without an operator asks for the role."""


# Remote monitoring


def _keeping_strikes(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Keep the failures of a service that is no longer checked, for when it is again."""
    before = Counter(me.strikes)
    take(turn, me, news)
    if isinstance(news, Readjusted) and turn.unit.role is me:
        me.strikes = before | me.strikes


def _blind_after_hold_off(held: Mark) -> tuple[Events, ...]:
    """Heed no check of the primary's services from a hold-off on."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        held.up = unit.phase is Phase.HOLD_OFF or (held.up and unit.phase.follows)
        remote = isinstance(event, on.CheckDone) and remote_check_of(unit.settings, event.what) is not None
        return [] if remote and held.up else [event]

    return (Events(see),)


def _standing_in_once(used: Mark) -> tuple[Decision, ...]:
    """Let services serve as heartbeat once since the start."""

    def decide(rules: Rules) -> Rules:
        def stands_in(unit: State, me: Following) -> bool:
            if used.up:
                return False
            used.up = rules.stands_in(unit, me)
            return used.up

        return dataclasses.replace(rules, stands_in=stands_in)

    return (Decision(decide),)


def _held_for_good(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Go on waiting for a heartbeat or a failing service, whatever the settings say now."""
    held = isinstance(news, Readjusted) and not turn.runs(Wait.SILENCE)
    take(turn, me, news)
    if held and turn.runs(Wait.SILENCE):
        turn.stop(Wait.SILENCE)


def _timeout_within_interval(new: HaSettings, _: State) -> HaSettings:
    cut = (dataclasses.replace(each, timeout=min(each.timeout, each.interval)) for each in new.remote)
    return dataclasses.replace(new, remote=tuple(cut))


def _port_with_address(new: HaSettings, unit: State) -> HaSettings:
    if unit.settings.mode is not new.mode:
        return new
    known = {each.name: each for each in unit.settings.remote if each.enabled}

    def read(check: RemoteCheck) -> RemoteCheck:
        old = known.get(check.name, check)
        return dataclasses.replace(check, port=old.port) if old.address == check.address else check

    return dataclasses.replace(new, remote=tuple(map(read, new.remote)))


# Local monitoring


def _cleared_by_the_disk(take: Take, turn: Turn, me: Leading, news: News) -> None:
    take(turn, me, news)
    if news == on.CheckDone("local-hd", ok=True):
        me.strikes.clear()


def _counting_as_secondary(earlier: Counter[str]) -> tuple[Reaction, ...]:
    """Count failed checks while the unit follows, too, and go on from there once it leads."""

    def react_to(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if not isinstance(event, on.CheckDone) or event.what not in LOCAL:
            return react(event)
        if isinstance(unit.role, Following):
            earlier[event.what] = 0 if event.ok else earlier[event.what] + 1
            return react(event)
        times = earlier.pop(event.what, 0) if isinstance(unit.role, Leading) and not event.ok else 0
        earlier.pop(event.what, None)
        return [effect for _ in range(times + 1) for effect in react(event)]

    return (Reaction(react_to),)


def _quicker_the_next_time(failed: set[str]) -> tuple[Reaction, ...]:
    """Need one failure only of a check that has made this unit leave the role before."""

    def react_to(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if not isinstance(event, on.CheckDone) or event.what not in LOCAL or not isinstance(unit.role, Leading):
            return react(event)
        known = event.what in failed and not event.ok
        times = check_of(unit.settings, event.what).retries if known else 1
        effects = [effect for _ in range(times) for effect in react(event)]
        if isinstance(unit.role, Stopped):
            failed.add(event.what)
        return effects

    return (Reaction(react_to),)


def _without_heartbeat_ports(new: HaSettings, _: State) -> HaSettings:
    links = {link.interface for link in new.links}
    return dataclasses.replace(new, monitored=tuple(port for port in new.monitored if port not in links))


def _blind_after_planned_restart(planned: Mark) -> tuple[Events, ...]:
    """Heed no local check as the primary that has come back from a restart on purpose."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if isinstance(event, on.Started):
            planned.up = bool(event.memory.planned)
            return [event]
        planned.up = planned.up and unit.phase in {Phase.STANDALONE, Phase.JOINING, Phase.PRIMARY}
        local = isinstance(event, on.CheckDone) and event.what in LOCAL
        return [] if local and planned.up else [event]

    return (Events(see),)


# Recovery


def _restoring_once(recovered: Mark) -> tuple[InRole, ...]:
    """With `restore-role` come back as secondary from the second fault on."""

    def take_once(take: Take, turn: Turn, me: Stopped, news: News) -> None:
        take(turn, me, news)
        role = turn.unit.role
        if isinstance(role, Joining) and role.cured and turn.unit.settings.on_failure is OnFailure.RESTORE_ROLE:
            role.was = Effective.SECONDARY if recovered.up else role.was
            recovered.up = True

    return (in_role(Stopped, take_once),)


def _failed_without_memory(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    before = unit.phase
    effects = react(event)
    if before is unit.phase or Phase.FAILED not in {before, unit.phase}:
        return effects
    kept = dataclasses.replace(unit.memory, effective=None) if unit.phase is Phase.FAILED else unit.memory
    return [*effects, do.Persist(kept)]


def _keeping_what_it_took(took: Mark) -> tuple[Reaction, ...]:
    """Give the role, taken because a service failed, back on an operator's order only."""

    def react_to(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        match event:
            case on.Heard(message=say.AskRole(reason)) if took.up and reason == BY_ITSELF:
                return []
        found = isinstance(unit.role, Following) and bool(unit.role.found)
        effects = react(event)
        took.up = unit.phase is Phase.PRIMARY and (took.up or found)
        return effects

    return (Reaction(react_to),)


def _restored_to_follow(event: on.Event, unit: State) -> Iterable[on.Event]:
    off_by_peer = unit.phase is Phase.SWITCHED_OFF and isinstance(unit.role, Stopped) and BY_PEER in unit.role.failing
    return [on.Ordered(Command.RESTART)] if off_by_peer and event == on.Ordered(Command.RESTORE) else [event]


UNITS = (
    WrongUnit(
        "twentieth-old-strikes-of-a-service",
        ("HA-255", "HA-257"),
        "Counts failures of a service from before it was disabled when it is enabled again.",
        (in_role(Following, _keeping_strikes),),
    ),
    WrongUnit(
        "twentieth-blind-after-hold-off",
        ("HA-250", "HA-255"),
        "Heeds no check of the primary's services once it has held off for the primary, until its role changes.",
        (Remembering(Mark, _blind_after_hold_off),),
    ),
    WrongUnit(
        "twentieth-services-hold-once",
        ("HA-290",),
        "Lets services serve as heartbeat when all links are lost for the first time, and not for the second.",
        (Remembering(Mark, _standing_in_once),),
    ),
    WrongUnit(
        "twentieth-services-hold-for-good",
        ("HA-292", "HA-293"),
        "Held back by services alone, does not take over when the option or the last service is disabled.",
        (in_role(Following, _held_for_good),),
    ),
    WrongUnit(
        "twentieth-timeout-within-interval",
        ("HA-254", "HA-252"),
        "Waits for a service's answer no longer than the interval, though `check-timeout` is longer.",
        (Settings(_timeout_within_interval),),
    ),
    WrongUnit(
        "twentieth-new-port-at-old-address",
        ("HA-252",),
        "Goes on probing a service's old port when an operator changes the port and not the address.",
        (Settings(_port_with_address),),
    ),
    WrongUnit(
        "twentieth-good-disk-clears-ports",
        ("HA-206", "HA-207"),
        "Takes a good check of its disk for the end of a row of failed checks of its ports.",
        (in_role(Leading, _cleared_by_the_disk),),
    ),
    WrongUnit(
        "twentieth-counts-before-it-leads",
        ("HA-204", "HA-214"),
        "Counts its failed local checks as secondary, and fails at the first one after it has taken over.",
        (Remembering(Counter, _counting_as_secondary),),
    ),
    WrongUnit(
        "twentieth-second-fault-at-once",
        ("HA-204",),
        "Needs one failed check only, whatever retries say, of what has made it fail before.",
        (Remembering(set, _quicker_the_next_time),),
    ),
    WrongUnit(
        "twentieth-heartbeat-port-unmonitored",
        ("HA-167", "HA-207"),
        "Does not monitor a port that carries heartbeat, although it has a failover action and `port-monitor enable`.",
        (Settings(_without_heartbeat_ports),),
    ),
    WrongUnit(
        "twentieth-no-checks-after-a-reload",
        ("HA-200", "HA-207"),
        "As the primary that is back from a reboot, reload or upgrade heeds no local check until its role changes.",
        (Remembering(Mark, _blind_after_planned_restart),),
    ),
    WrongUnit(
        "twentieth-restores-its-role-once",
        ("HA-320.b", "HA-321"),
        "With `restore-role` takes its role back after its first fault since it started, and not after the second.",
        (Remembering(Mark, _restoring_once),),
        alone="P",
    ),
    WrongUnit(
        "twentieth-power-loss-in-failed",
        ("HA-331",),
        "Loses power while it is `failed`, starts as if it were new, and takes the role back.",
        (Reaction(_failed_without_memory),),
        alone="P",
    ),
    WrongUnit(
        "twentieth-keeps-what-services-gave",
        ("HA-300.c", "HA-321"),
        "Does not give the role back to a primary that it found failed by services and that is to restore its role.",
        (Remembering(Mark, _keeping_what_it_took),),
        alone="S",
    ),
    WrongUnit(
        "twentieth-restored-into-secondary",
        ("HA-313.a", "HA-313.b"),
        "Restored by an operator after its peer had found it failed, with on-failure off, becomes secondary.",
        (Events(_restored_to_follow),),
        alone="P",
    ),
)
