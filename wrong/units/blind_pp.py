"""The eighteenth blind batch, half pp: written from the manual alone, before any scenario judged the units."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Command, Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import Following, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.exchange.mail_data import merged
from node.settings import Configuration, in_force
from node.settings.schema import HA_INTERFACE, is_synchronized
from wrong.common import Mark, changing, exchanging, ignoring, leaving_out
from wrong.record import (
    Effects,
    Events,
    OnLinux,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    WrongUnit,
)

SetAddresses = dict[tuple[str, bool], str]
"""Addresses that were set, by their interface and whether they are of IPv6."""


def _releasing_the_first(first: SetAddresses) -> tuple[Effects, ...]:
    """On leaving the role, give up the address that was set when the role began."""

    def release(effect: do.Effect, unit: State) -> do.Effect:
        match effect:
            case do.HoldAddress(interface, Action.SET, address):
                first.setdefault((interface, ":" in address), address)
            case do.ReleaseAddress(interface, Action.SET, address) if unit.phase is not Phase.PRIMARY:
                return do.ReleaseAddress(interface, Action.SET, first.pop((interface, ":" in address), address))
        return effect

    return (changing(release),)


def _adding_up(until: list[float]) -> tuple[Effects, ...]:
    """Let a hold-off begin where the one before would have ended."""

    def wait(effect: do.Effect, unit: State) -> do.Effect:
        if not isinstance(effect, do.StartTimer) or effect.timer is not Wait.HOLD_OFF:
            return effect
        ends = max([unit.now, *until]) + effect.after
        until[:] = [ends]
        return do.StartTimer(Wait.HOLD_OFF, ends - unit.now)

    return (changing(wait),)


def _is_sync_without_primary_link(event: on.Event, unit: State) -> bool:
    ordered = event == on.Ordered(Command.SYNC) and isinstance(unit.role, Following)
    return ordered and not unit.group.links.alive.get(Rank.PRIMARY)


def _without_data(effect: do.Effect, unit: State) -> do.Effect:
    stands_in = unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY
    match effect:
        case do.Send(rank, say.SyncNow(what)) if stands_in and Sync.CONFIG in what:
            return do.Send(rank, say.SyncNow((Sync.CONFIG,)))
    return effect


def _logging_once(told: set[str]) -> tuple[Effects, ...]:
    """Log each state of the links once."""

    def is_told(effect: do.Effect, _: State) -> bool:
        if not isinstance(effect, do.Log) or "heart beat status changed" not in effect.message:
            return False
        known = effect.message in told
        told.add(effect.message)
        return known

    return (leaving_out(is_told),)


def _content_with_old_settings(event: on.Event, unit: State) -> Iterable[on.Event]:
    was_secondary = unit.phase is Phase.FIRST_SYNC and unit.memory.effective is Effective.SECONDARY
    if isinstance(event, on.SyncFinished) and event.what is Sync.CONFIG and not event.ok and was_secondary:
        return [dataclasses.replace(event, ok=True)]
    return [event]


def _keeping_the_plan(plan: list[str]) -> tuple[Remembered, Effects]:
    """Leave on the volume for what the unit last went down on purpose."""

    def recall(memory: on.Memory) -> on.Memory:
        plan[:] = [memory.planned]
        return memory

    def keep(effect: do.Effect, _: State) -> do.Effect:
        if isinstance(effect, do.Persist) and not effect.memory.planned and plan:
            return do.Persist(dataclasses.replace(effect.memory, planned=plan[0]))
        return effect

    return Remembered(recall), changing(keep)


def _adding_copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
    """Take what the primary has set, and keep the failover settings that it has removed."""
    copied = in_force.by_copy(before, text, expected, given)
    after = next((step.configuration for step in copied if isinstance(step, in_force.Save)), before)
    store = after.store
    for path, value in before.store.values.items():
        if path[:2] == HA_INTERFACE and path not in after.store.values and is_synchronized(path):
            store = store.keep_as(path, value)
    if store == after.store:
        return copied
    steps = in_force.by_operator(before, Configuration(store), given)
    return [step for step in steps if step != in_force.Tell(on.ConfigurationChanged())]


def _silent_after_hold_off(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    held_off = unit.phase is Phase.HOLD_OFF and event == on.TimerFired(Wait.HOLD_OFF)
    return [effect for effect in react(event) if not (held_off and isinstance(effect, do.Announce))]


def _queue_on_the_other_link(effect: do.Effect, unit: State) -> do.Effect:
    if isinstance(effect, do.HandOverQueue) and unit.group.links.alive.get(Rank.SECONDARY):
        return do.HandOverQueue(Rank.SECONDARY)
    return effect


def _is_second_hold_off(event: on.Event, unit: State) -> bool:
    match event:
        case on.Heard(message=say.HoldOff(boot)):
            return 0 < unit.held_off_by < boot
    return False


def _old_password(new: HaSettings, unit: State) -> HaSettings:
    if new.mode is Mode.OFF or unit.settings.mode is not new.mode:
        return new
    return dataclasses.replace(new, password=unit.settings.password)


def _all_ports_ever_monitored(new: HaSettings, unit: State) -> HaSettings:
    if new.mode is Mode.OFF or unit.settings.mode is not new.mode:
        return new
    return dataclasses.replace(new, monitored=tuple(sorted({*new.monitored, *unit.settings.monitored})))


def _restoring_only_after_failures(given: Mark) -> tuple[Reaction, ...]:
    """Restore the configured mode only if the role came by a failure of the peer."""

    def react_to(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if given.up and unit.phase is Phase.PRIMARY and event == on.Ordered(Command.RESTORE):
            return []
        before = unit.phase
        effects = react(event)
        if before is not unit.phase:
            asked = isinstance(event, on.Heard) and isinstance(event.message, say.GiveRole)
            given.up = asked and unit.phase is Phase.PRIMARY
        return effects

    return (Reaction(react_to),)


def _forgetting_the_follower(event: on.Event, _: State) -> Iterable[on.Event]:
    match event:
        case on.Started(settings, memory) if settings.mode is Mode.PRIMARY and not memory.planned:
            if memory.effective is Effective.SECONDARY:
                return [dataclasses.replace(event, memory=dataclasses.replace(memory, effective=None))]
    return [event]


def _staying_latched(latched: Mark) -> tuple[Effects, ...]:
    """Never take the latch off the volume, but on leaving the group."""

    def keep(effect: do.Effect, _: State) -> do.Effect:
        if not isinstance(effect, do.Persist):
            return effect
        latched.up = (latched.up or effect.memory.latched_off) and effect.memory.effective is not None
        return do.Persist(dataclasses.replace(effect.memory, latched_off=latched.up))

    return (changing(keep),)


def _is_beat_before_primary_link(event: on.Event, unit: State) -> bool:
    match event:
        case on.Heard(Rank.SECONDARY, say.Heartbeat()):
            alive = unit.group.links.alive
            return Rank.PRIMARY in alive and alive[Rank.PRIMARY] is None
    return False


def _merged_without_archive(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    return merged(own, {path: file for path, file in primary.items() if not path.startswith("archive/")})


def _mirrored_quarantine(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    kept = {path: file for path, file in own.items() if not path.startswith("quarantine/") or path in primary}
    return merged(kept, primary)


def _deleting_in_quarantine(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    def command(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        return [program, "--delete", "--filter=risk /quarantine/**", "--filter=protect **", *rest]

    return command


def _announcing_ipv4(announce: Callable[[str, str], None]) -> Callable[[str, str], None]:
    def announce_ipv4(device: str, address: str) -> None:
        if ":" not in address:
            announce(device, address)

    return announce_ipv4


def _is_ipv6_announcement(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Announce) and ":" in effect.address


UNITS = (
    WrongUnit(
        "releases-the-first-address",
        ("HA-156",),
        "Leaves the primary role with the address that was set when it took it, not the one that was set since.",
        (Remembering(dict, _releasing_the_first),),
    ),
    WrongUnit(
        "adds-hold-offs-up",
        ("HA-522",),
        "Begins a second hold-off where the first would have ended, so that it lasts almost twice as long.",
        (Remembering(list, _adding_up),),
    ),
    WrongUnit(
        "syncs-by-hand-on-one-link",
        ("HA-354.b",),
        "Takes `diagnose system ha sync` on the secondary and does nothing while the primary link is down.",
        (ignoring(_is_sync_without_primary_link),),
    ),
    WrongUnit(
        "stand-in-syncs-settings-only",
        ("HA-409", "HA-570.b"),
        "As a configured secondary that leads, has its peer copy the configuration alone when sync is ordered.",
        (changing(_without_data),),
        alone="S",
    ),
    WrongUnit(
        "logs-each-link-state-once-pp",
        ("HA-073", "HA-652"),
        "Logs each state of its links once, and nothing when they are in the same state again.",
        (Remembering(set, _logging_once),),
    ),
    WrongUnit(
        "trusts-its-old-settings",
        ("HA-015.a",),
        "After a restart as a settled secondary shows secondary at once, although its first copy has failed.",
        (Events(_content_with_old_settings),),
        alone="S",
    ),
    WrongUnit(
        "remembers-an-old-reboot",
        ("HA-324",),
        "Does not clear from its disk that it was rebooted on purpose, and takes a later power loss for that.",
        (Remembering(list, _keeping_the_plan),),
    ),
    WrongUnit(
        "keeps-removed-actions-pp",
        ("HA-159.a",),
        "Copies failover actions that the primary sets or changes, and keeps those that the primary has removed.",
        (exchanging(copy=_adding_copy),),
    ),
    WrongUnit(
        "takes-over-silently",
        ("HA-113.a",),
        "Announces its addresses when it takes over after silence, and not when its hold-off has expired.",
        (Reaction(_silent_after_hold_off),),
    ),
    WrongUnit(
        "hands-over-on-second-link",
        ("HA-060.b",),
        "Hands its queued mail over on the secondary link while the primary one is healthy.",
        (changing(_queue_on_the_other_link),),
    ),
    WrongUnit(
        "holds-off-once-pp",
        ("HA-521.a",),
        "Follows the first hold-off command since it started, and no later one.",
        (ignoring(_is_second_hold_off),),
    ),
    WrongUnit(
        "keeps-its-first-password-pp",
        ("HA-453.a", "HA-453.c"),
        "Reads the group's password when it enters the group, and not when it is changed.",
        (Settings(_old_password),),
    ),
    WrongUnit(
        "restores-after-failures-only",
        ("HA-574.c",),
        "Restores its configured mode after a failover by failure, and not after one that an operator ordered.",
        (Remembering(Mark, _restoring_only_after_failures),),
        alone="S",
    ),
    WrongUnit(
        "monitors-what-it-once-did",
        ("HA-169", "HA-171.c"),
        "Goes on monitoring a port whose port-monitor is disabled while it runs.",
        (Settings(_all_ports_ever_monitored),),
    ),
    WrongUnit(
        "reclaims-at-second-power-loss",
        ("HA-331",),
        "As a recovered secondary that loses power again, starts as if it were new and takes the primary role back.",
        (Events(_forgetting_the_follower),),
        alone="P",
    ),
    WrongUnit(
        "stays-latched-on-disk",
        ("HA-313.a", "HA-524.a"),
        "Takes part again when an operator restores or restarts it, and is off once more after its next reboot.",
        (Remembering(Mark, _staying_latched),),
    ),
    WrongUnit(
        "needs-the-primary-link-first",
        ("HA-061.c", "HA-706"),
        "Listens to the secondary link only once the primary link has worked since the start.",
        (ignoring(_is_beat_before_primary_link),),
        alone="S",
    ),
    WrongUnit(
        "copies-no-archive-pp",
        ("HA-401.b",),
        "Leaves the archives out when it copies mail data.",
        (
            exchanging(merge=_merged_without_archive),
            OnLinux("node.linux.sync", "LEFT_OUT", lambda patterns: (*patterns, "/archive/*")),
        ),
    ),
    WrongUnit(
        "mirrors-the-quarantine-pp",
        ("HA-427.a",),
        "Deletes quarantined mail that the primary it copies from does not have.",
        (exchanging(merge=_mirrored_quarantine), OnLinux("node.linux.sync", "copying", _deleting_in_quarantine)),
    ),
    WrongUnit(
        "announces-ipv4-only-pp",
        ("HA-113.b",),
        "Announces the IPv4 address that it takes over, and not the IPv6 address beside it.",
        (leaving_out(_is_ipv6_announcement), OnLinux("node.linux.addresses", "announce", _announcing_ipv4)),
    ),
)
