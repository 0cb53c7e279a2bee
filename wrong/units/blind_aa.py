"""Units that do the obvious right and stumble over the second time, the other link, or a setting changed meanwhile."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import NEVER, Following, Leading, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import Rules
from node.settings import Configuration, Refused, in_force
from wrong.common import changing, ignoring, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Events,
    Exchanging,
    OnLinux,
    React,
    Reaction,
    Remembering,
    Settings,
    WrongUnit,
)

T = TypeVar("T")


@dataclass(slots=True)
class Mark:
    """Whether something has happened since the unit started."""

    set: bool = False


# Settings changed while the group runs


def _threshold_as_before(new: HaSettings, unit: State) -> HaSettings:
    leads = unit.phase is Phase.PRIMARY and new.mode is unit.settings.mode
    return dataclasses.replace(new, lost_threshold=unit.settings.lost_threshold) if leads else new


def _ports_as_before_and_more(new: HaSettings, unit: State) -> HaSettings:
    checks = unit.phase is Phase.PRIMARY and unit.settings.local_ports.enabled and new.local_ports.enabled
    ports = (*unit.settings.monitored, *(port for port in new.monitored if port not in unit.settings.monitored))
    return dataclasses.replace(new, monitored=ports) if checks else new


def _lines_left_open(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    old = unit.settings
    effects = react(event)
    if not isinstance(event, on.SettingsChanged) or event.settings == old:
        return effects
    only_password = event.settings == dataclasses.replace(old, password=event.settings.password)
    return [effect for effect in effects if not (only_password and isinstance(effect, do.OpenLinks))]


# What is on the disk


def _kept(effect: do.Effect, **changes: object) -> do.Effect:
    """Return what is kept on the disk, with changes; any other effect as it is."""
    if not isinstance(effect, do.Persist):
        return effect
    return do.Persist(dataclasses.replace(effect.memory, **changes))  # type: ignore[arg-type] # fields of Memory, by name


def _keeps_that_it_leads(effect: do.Effect) -> bool:
    return isinstance(effect, do.Persist) and effect.memory.effective is Effective.PRIMARY


def _unlatched(mark: Mark, react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Once settings were saved while the unit was switched off, keep a record without the latch."""
    was_off = unit.phase is Phase.SWITCHED_OFF
    effects = react(event)
    is_off = unit.phase is Phase.SWITCHED_OFF
    mark.set = is_off and (mark.set or isinstance(event, on.SettingsChanged))
    if not (was_off and mark.set):
        return effects
    kept = [] if any(isinstance(effect, do.Persist) for effect in effects) else [do.Persist(unit.memory)]
    return [_kept(effect, latched_off=False, effective=None) for effect in (*effects, *kept)]


def _given_but_not_kept(react: React, event: on.Event, _unit: State) -> list[do.Effect]:
    """On the disk remain a secondary where the peer has given the role."""
    effects = react(event)
    given = isinstance(event, on.Heard) and isinstance(event.message, say.GiveRole)
    return [
        _kept(effect, effective=Effective.SECONDARY) if given and _keeps_that_it_leads(effect) else effect
        for effect in effects
    ]


def _still_reclaiming(mark: Mark, react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """After an operator has restored a unit that was off, never clear on the disk that it is on its way back."""
    if event == on.Ordered(Command.RESTORE) and unit.phase is Phase.SWITCHED_OFF:
        mark.set = True
    return [
        _kept(effect, reclaiming=True) if mark.set and _keeps_that_it_leads(effect) else effect
        for effect in react(event)
    ]


def _unplanned(effect: do.Effect, _: State) -> do.Effect:
    reloads = isinstance(effect, do.Persist) and effect.memory.planned == Command.RELOAD.value
    return _kept(effect, planned="") if reloads else effect


def _taken_for_a_failed_primary(event: on.Event, _: State) -> Iterable[on.Event]:
    """Let on-failure restore-role bring back also a unit that lost its power as secondary."""
    if isinstance(event, on.Started) and event.settings.on_failure is OnFailure.RESTORE_ROLE:
        memory = event.memory
        if event.settings.mode is Mode.PRIMARY and memory.effective is Effective.SECONDARY and not memory.planned:
            return [dataclasses.replace(event, memory=dataclasses.replace(memory, effective=Effective.PRIMARY))]
    return [event]


def _held_off_before(event: on.Event, unit: State) -> bool:
    match event:
        case on.Heard(message=say.HoldOff(boot)):
            return 0 < unit.held_off_by != boot
    return False


def _rival_seen(mark: Mark, react: React, event: on.Event, unit: State) -> list[do.Effect]:
    effects = react(event)
    mark.set = mark.set or (isinstance(unit.role, Leading) and unit.role.rival)
    return effects


def _gives_no_rival(mark: Mark, rules: Rules) -> Rules:
    def withholds(unit: State, what: Sync) -> str:
        return "two primaries were seen" if mark.set else rules.withholds(unit, what)

    return dataclasses.replace(rules, withholds=withholds)


def _gives_on_the_second_link(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, say.GiveRole)


def _beats_while_copying(effect: do.Effect, unit: State) -> bool:
    copies = isinstance(unit.role, Following) and unit.role.syncs.running is Sync.DATA
    return copies and isinstance(effect, do.Send) and isinstance(effect.message, say.Heartbeat)


@dataclass(slots=True)
class Silences:
    """Seconds for which a primary was silent, in all, and when the last silence ended."""

    seconds: float = 0.0
    ended: float = NEVER


GAP = 1.5
"""Seconds between two heartbeats of which one is missing."""

FORGIVEN = 60.0
"""Seconds without a gap after which earlier ones are forgotten."""


def _all_silences(silences: Silences, react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Count earlier silences into the present one."""
    before = _primary_heard_at(unit)
    effects = react(event)
    gap = _primary_heard_at(unit) - before if before > NEVER else 0.0
    if unit.now - silences.ended > FORGIVEN:
        silences.seconds = 0.0
    if isinstance(event, on.Heard) and gap > GAP:
        silences.seconds, silences.ended = silences.seconds + gap, unit.now
    return [
        do.StartTimer(Wait.SILENCE, max(GAP, effect.after - silences.seconds))
        if isinstance(effect, do.StartTimer) and effect.timer is Wait.SILENCE
        else effect
        for effect in effects
    ]


def _primary_heard_at(unit: State) -> float:
    return unit.role.primary_heard_at if isinstance(unit.role, Following) else NEVER


# Configuration, mail data, queue

RECIPIENTS = ("log alertemail recipient",)


def _keeping_recipients(exchange: Exchange) -> Exchange:
    """Add the primary's recipients of alerts to the own ones, unless it has none."""

    def kept(before: Configuration, after: Configuration) -> Configuration:
        if not after.entries(RECIPIENTS):
            return after
        for name in before.entries(RECIPIENTS):
            try:
                after = after.with_entry((*RECIPIENTS, name))
            except Refused:  # there is no room for more
                break
        return after

    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        return [
            in_force.Save(kept(before, step.configuration)) if isinstance(step, in_force.Save) else step
            for step in exchange.copy(before, text, expected, given)
        ]

    return dataclasses.replace(exchange, copy=copy)


ARCHIVE = "archive"


def _archive_once(exchange: Exchange) -> Exchange:
    def merge(own: Mapping[str, T], primary: Mapping[str, T]) -> dict[str, T]:
        if any(path.startswith(f"{ARCHIVE}/") for path in own):
            primary = {path: file for path, file in primary.items() if not path.startswith(f"{ARCHIVE}/")}
        return exchange.merge(own, primary)

    return dataclasses.replace(exchange, merge=merge)


def _archive_once_by_rsync(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    def copying_archive_once(source: str, target: str) -> list[str]:
        command, *rest = copying(source, target)
        has_archive = any(path.is_file() for path in (Path(target) / ARCHIVE).rglob("*"))
        return [command, f"--exclude=/{ARCHIVE}/**", *rest] if has_archive else [command, *rest]

    return copying_archive_once


def _hands_over_once(mark: Mark, react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Hand the queue over as what was primary before its stop, or has led since."""
    if isinstance(event, on.Started):
        mark.set = event.memory.effective is Effective.SECONDARY
    effects = react(event)
    mark.set = mark.set and unit.phase is not Phase.PRIMARY
    return [effect for effect in effects if not (mark.set and isinstance(effect, do.HandOverQueue))]


def _orders_a_pull(event: on.Event, unit: State) -> bool:
    return event == on.Ordered(Command.SYNC) and unit.settings.mode is Mode.CONFIG_SECONDARY


def _released_later(late: list[do.Effect], react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Asked for the role, give up the addresses with the next heartbeat only."""
    effects = react(event)
    if isinstance(event, on.Heard) and isinstance(event.message, say.AskRole):
        late += [effect for effect in effects if isinstance(effect, do.ReleaseAddress)]
        return [effect for effect in effects if not isinstance(effect, do.ReleaseAddress)]
    if event == on.TimerFired(Wait.HEARTBEAT) or unit.phase is not Phase.SECONDARY:
        effects = [*late, *effects]
        late.clear()
    return effects


def _announced_once(known: set[tuple[str, str]], effect: do.Effect, _: State) -> list[do.Effect]:
    if isinstance(effect, do.Announce):
        if (effect.interface, effect.address) in known:
            return []
        known.add((effect.interface, effect.address))
    return [effect]


Announcing = Callable[[str, str], None]
"""Announces an address on a network device."""


def _second_family(effect: do.Effect, unit: State) -> bool:
    if not (isinstance(effect, do.Announce) and ":" in effect.address):
        return False
    return any(each.interface == effect.interface and ":" not in each.address for each in unit.settings.addresses)


def _announcing_one_family(announce: Announcing) -> Announcing:
    done: set[str] = set()

    def announce_one_family(device: str, address: str) -> None:
        if ":" not in address:
            done.add(device)
        if ":" not in address or device not in done:
            announce(device, address)

    return announce_one_family


UNITS = (
    WrongUnit(
        "threshold-lost-while-leading",
        ("HA-104", "HA-108.a"),
        "Does not take over a detection time that is entered while it leads, and goes by the old one as secondary.",
        (Settings(_threshold_as_before),),
    ),
    WrongUnit(
        "watches-a-dropped-port",
        ("HA-169", "HA-171.c"),
        "Goes on looking at a port whose port-monitor is disabled while the check runs.",
        (Settings(_ports_as_before_and_more),),
    ),
    WrongUnit(
        "old-lines-stay-admitted",
        ("HA-453.a", "HA-453.c"),
        "Asks for a changed password on new connections only, and leaves open those made with the old one.",
        (Reaction(_lines_left_open),),
    ),
    WrongUnit(
        "setting-change-lifts-the-latch",
        ("HA-312.a", "HA-311.b"),
        "Forgets on its disk that on-failure keeps it off when a setting is saved meanwhile.",
        (Remembering(Mark, lambda mark: (Reaction(partial(_unlatched, mark)),)),),
    ),
    WrongUnit(
        "role-given-is-not-kept",
        ("HA-300.a",),
        "Keeps on its disk that it leads only where it took the role itself, not where its peer gave it.",
        (Reaction(_given_but_not_kept),),
    ),
    WrongUnit(
        "restore-is-never-over",
        ("HA-310", "HA-311.a", "HA-311.b"),
        "Once restored by hand from off, comes back from a further loss of power as if it was being restored.",
        (Remembering(Mark, lambda mark: (Reaction(partial(_still_reclaiming, mark)),)),),
    ),
    WrongUnit(
        "reload-counts-as-failure-a",
        ("HA-524.a", "HA-526.b"),
        "Takes its own ordered reload for a failure, so that on-failure off keeps it off.",
        (changing(_unplanned),),
        alone="P",
    ),
    WrongUnit(
        "restores-a-role-it-gave-away",
        ("HA-338",),
        "Applies on-failure restore-role also when it loses its power as secondary.",
        (Events(_taken_for_a_failed_primary),),
        alone="P",
    ),
    WrongUnit(
        "holds-off-once-a",
        ("HA-521.a", "HA-731.b"),
        "Follows the first hold-off command since its start, and takes every later one for a repetition.",
        (ignoring(_held_off_before),),
    ),
    WrongUnit(
        "gives-nothing-after-a-split",
        ("HA-704.c",),
        "Having seen another primary, lets nobody copy from it until it is restarted.",
        (
            Remembering(
                Mark, lambda mark: (Reaction(partial(_rival_seen, mark)), Decision(partial(_gives_no_rival, mark)))
            ),
        ),
        alone="P",
    ),
    WrongUnit(
        "gives-the-role-on-one-link",
        ("HA-580",),
        "Tells its peer to take the role on the primary heartbeat link only, also when that is down.",
        (leaving_out(_gives_on_the_second_link),),
    ),
    WrongUnit(
        "silent-while-copying",
        ("HA-052",),
        "Sends no heartbeat while it copies mail data.",
        (leaving_out(_beats_while_copying),),
        alone="S",
    ),
    WrongUnit(
        "adds-silences-up-a",
        ("HA-102",),
        "Adds short silences of its primary up, and forgets them only after a minute without any.",
        (Remembering(Silences, lambda silences: (Reaction(partial(_all_silences, silences)),)),),
    ),
    WrongUnit(
        "keeps-deleted-recipients",
        ("HA-350.a", "HA-378"),
        "Adds copied recipients of alerts to those that it has, so that one deleted on the primary stays.",
        (Exchanging(_keeping_recipients),),
    ),
    WrongUnit(
        "archive-copied-once",
        ("HA-401.b", "HA-402"),
        "Copies archives only while it has none.",
        (Exchanging(_archive_once), OnLinux("node.linux.sync", "copying", _archive_once_by_rsync)),
    ),
    WrongUnit(
        "does-not-resume-its-hand-over",
        ("HA-424",),
        "Hands its queue over only in the run that follows its time as primary, and not after a further restart.",
        (Remembering(Mark, lambda mark: (Reaction(partial(_hands_over_once, mark)),)),),
    ),
    WrongUnit(
        "config-secondary-does-not-pull",
        ("HA-354.b", "HA-570.a"),
        "Accepts the order to synchronize as secondary of a config-only group, and leaves it to the primary.",
        (ignoring(_orders_a_pull),),
    ),
    WrongUnit(
        "address-lingers-when-asked",
        ("HA-154", "HA-163"),
        "Asked for the role, keeps the shared addresses until its next heartbeat is due.",
        (Remembering(list[do.Effect], lambda late: (Reaction(partial(_released_later, late)),)),),
        alone="S",
    ),
    WrongUnit(
        "announces-an-address-once-a",
        ("HA-113.a",),
        "Announces an address at its first takeover, and not when it takes the address again.",
        (Remembering(set[tuple[str, str]], lambda known: (Effects(partial(_announced_once, known)),)),),
    ),
    WrongUnit(
        "announces-one-family",
        ("HA-113.b",),
        "Announces no IPv6 address on an interface on which it takes an IPv4 address too.",
        (leaving_out(_second_family), OnLinux("node.linux.addresses", "announce", _announcing_one_family)),
    ),
)
