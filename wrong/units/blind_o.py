"""A seventh blind batch, half o: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.events import Memory
from node.engine.modes import Command, Effective, Rank
from node.engine.settings import HaSettings
from node.engine.state import Leading, State, Stopped
from node.engine.states import Phase
from node.engine.timers import Wait
from node.exchange import mail_data, queue
from node.settings import Configuration, in_force, schema
from wrong.common import exchanging, ignoring, leaving_out
from wrong.record import (
    Effects,
    Events,
    Exchanging,
    OnLinux,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    WrongUnit,
)

LOSS = "SLAVE heartbeat disappeared"
AREAS = ("quarantine", "system-quarantine", "archive", "mailboxes", "preferences")


@dataclass(slots=True)
class Noted:
    """What some of these units remember of their own past since they started."""

    before: bool = False
    logged: bool = False
    alerted: bool = False
    planned: str = ""
    kept: list[do.Effect] = field(default_factory=list)


# Settings that change in a running group


def _goes_on(new: HaSettings, unit: State) -> bool:
    """Whether a running member of a group gets settings of the same mode."""
    return unit.phase.in_group and new.mode is unit.settings.mode


def _old_on_failure(new: HaSettings, unit: State) -> HaSettings:
    if unit.phase is Phase.FAILED and new.mode is unit.settings.mode:
        return dataclasses.replace(new, on_failure=unit.settings.on_failure)
    return new


def _smaller_threshold(new: HaSettings, unit: State) -> HaSettings:
    if _goes_on(new, unit):
        return dataclasses.replace(new, lost_threshold=min(new.lost_threshold, unit.settings.lost_threshold))
    return new


def _old_links_too(new: HaSettings, unit: State) -> HaSettings:
    if not _goes_on(new, unit):
        return new
    ranks, interfaces = {each.rank for each in new.links}, {each.interface for each in new.links}
    gone = (each for each in unit.settings.links if each.rank not in ranks and each.interface not in interfaces)
    return dataclasses.replace(new, links=(*new.links, *gone))


def _old_password(new: HaSettings, unit: State) -> HaSettings:
    return dataclasses.replace(new, password=unit.settings.password) if _goes_on(new, unit) else new


def _threshold_in_hold_off(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    before = unit.settings.lost_threshold
    effects = react(event)
    after = unit.settings.lost_threshold
    if isinstance(event, on.SettingsChanged) and unit.phase is Phase.HOLD_OFF and before != after:
        return [*effects, do.StartTimer(Wait.HOLD_OFF, after)]
    return effects


# What is on the disk


def _keeping_latch(noted: Noted) -> tuple[Effects]:
    def keep(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.Persist):
            noted.before = noted.before or effect.memory.latched_off
            effect = do.Persist(dataclasses.replace(effect.memory, latched_off=noted.before))
        return [effect]

    return (Effects(keep),)


def _keeping_plan(noted: Noted) -> tuple[Reaction]:
    def react_and_keep(react: React, event: on.Event, _: State) -> list[do.Effect]:
        if isinstance(event, on.Started):
            noted.planned = event.memory.planned
        return [_with_plan(effect, noted.planned) for effect in react(event)]

    return (Reaction(react_and_keep),)


def _with_plan(effect: do.Effect, planned: str) -> do.Effect:
    if isinstance(effect, do.Persist) and not effect.memory.planned:
        return do.Persist(dataclasses.replace(effect.memory, planned=planned))
    return effect


def _back_to_configured_role(memory: Memory) -> Memory:
    if memory.effective is Effective.SECONDARY and not memory.planned:
        return dataclasses.replace(memory, reclaiming=True)
    return memory


# What must still work afterwards


def _is_second_hold_off(event: on.Event, unit: State) -> bool:
    return (
        isinstance(event, on.Heard)
        and isinstance(event.message, say.HoldOff)
        and 0 < unit.held_off_by < event.message.boot
    )


def _reporting_once(noted: Noted) -> tuple[Effects]:
    def report(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        match effect:
            case do.Log(message) if LOSS in message:
                told, noted.logged = noted.logged, True
                return [] if told else [effect]
            case do.Alert(event) if LOSS in event:
                told, noted.alerted = noted.alerted, True
                return [] if told else [effect]
        return [effect]

    return (Effects(report),)


def _heeding_one_fault(noted: Noted) -> tuple[Events]:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if isinstance(unit.role, Stopped):
            noted.before = True
        elif noted.before and isinstance(event, on.CheckDone) and not event.ok:
            return []
        return [event]

    return (Events(see),)


def _resting_after_split(noted: Noted) -> tuple[Events]:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if isinstance(unit.role, Leading):
            noted.before = event == on.Ordered(Command.RESTORE) and unit.group.peer_leads
        elif noted.before and event == on.TimerFired(Wait.SILENCE):
            return []
        return [event]

    return (Events(see),)


# Addresses


def _releasing_late(noted: Noted) -> tuple[Reaction]:
    def release_late(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        led = unit.phase is Phase.PRIMARY
        effects = react(event)
        if led and unit.phase is Phase.SECONDARY:
            noted.kept = [each for each in effects if isinstance(each, do.ReleaseAddress)]
            return [each for each in effects if each not in noted.kept]
        if noted.kept and (event == on.TimerFired(Wait.HEARTBEAT) or unit.phase is not Phase.SECONDARY):
            due, noted.kept = ([] if unit.phase is Phase.PRIMARY else noted.kept), []
            return [*due, *effects]
        return effects

    return (Reaction(release_late),)


def _releases_ipv6_when_failed(effect: do.Effect, unit: State) -> bool:
    return isinstance(effect, do.ReleaseAddress) and ":" in effect.address and unit.phase is Phase.FAILED


def _asks_on_second_link(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, say.AskRole)


# What passes between the units

Copy = Callable[[Configuration, str, str, Mapping[str, str]], list[in_force.Step]]
Merge = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


def _without_unsetting(
    copy: Copy, before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    """Keep the values that the copy sets no more; a whole entry that is gone goes."""
    steps = copy(before, text, expected, given)
    return [
        in_force.Save(_with_old_values(before, each.configuration)) if isinstance(each, in_force.Save) else each
        for each in steps
    ]


def _with_old_values(before: Configuration, after: Configuration) -> Configuration:
    copied = after.store.values
    for path, value in before.store.values.items():
        of_ha = path[0] == schema.HA or schema.is_entry(path)
        entry_is_gone = schema.is_entry(path[:-1]) and path[:-1] not in copied
        if schema.is_synchronized(path) and path not in copied and not of_ha and not entry_is_gone:
            after = after.with_value(path, value)
    return after


class _Hoarder(queue.Giver[Any]):
    """Goes on remembering, as taken, a message that it has given away."""

    def hear(self, frame: queue.Frame) -> list[queue.Giving[Any]]:
        """Take the taker's answer."""
        return [each for each in super().hear(frame) if not isinstance(each, queue.Forget)]


def _copying_no_unset(exchange: Exchange) -> Exchange:
    return dataclasses.replace(exchange, copy=partial(_without_unsetting, exchange.copy))


def _merging(merge: Merge) -> Exchanging:
    return exchanging(merge=merge)


def _area(path: str) -> str:
    return path.partition("/")[0]


def _merge_without_archive(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    return mail_data.merged(own, {path: file for path, file in primary.items() if _area(path) != "archive"})


def _merge_mirroring_quarantine(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    both = mail_data.merged(own, primary)
    return {path: file for path, file in both.items() if _area(path) != "quarantine" or path in primary}


def _merge_into_empty_areas(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    filled = {_area(path) for path in own}
    return mail_data.merged(own, {path: file for path, file in primary.items() if _area(path) not in filled})


def _rsyncing(options: Callable[[str], Iterable[str]]) -> OnLinux:
    """Give rsync more options; they may depend on the directory that is copied to."""

    def change(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
        def copying_otherwise(source: str, target: str) -> list[str]:
            command = copying(source, target)
            return [*command[:-2], *options(target), *command[-2:]]

        return copying_otherwise

    return OnLinux("node.linux.sync", "copying", change)


def _excluding_filled(target: str) -> Iterable[str]:
    """Leave out every area in which there is a message already."""
    filled = (area for area in AREAS if any(each.is_file() for each in Path(target, area).rglob("*")))
    return [f"--exclude=/{area}/" for area in filled]


def _deleting_quarantine(_target: str) -> Iterable[str]:
    return ["--delete", "--filter=risk /quarantine/***", "--filter=protect /**"]


UNITS = (
    WrongUnit(
        "cures-by-the-old-word",
        ("HA-018.a",),
        "Recovers from a fault as on-failure said when the fault was found, although it has been changed since.",
        (Settings(_old_on_failure),),
    ),
    WrongUnit(
        "threshold-never-grows",
        ("HA-104", "HA-102"),
        "Follows a smaller hb-lost-threshold at once, and a greater one only after it has started again.",
        (Settings(_smaller_threshold),),
    ),
    WrongUnit(
        "new-threshold-ends-hold-off",
        ("HA-521.b", "HA-019.c"),
        "Begins to count the silence of its primary in hold-off when hb-lost-threshold is changed meanwhile.",
        (Reaction(_threshold_in_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "keeps-a-disabled-link",
        ("HA-063.a",),
        "Goes on using a heartbeat link that is disabled while the group runs, until it starts again.",
        (Settings(_old_links_too),),
    ),
    WrongUnit(
        "password-waits-for-restart",
        ("HA-453.a",),
        "Uses the password with which it entered the group until it starts again, whatever is set meanwhile.",
        (Settings(_old_password),),
    ),
    WrongUnit(
        "holds-off-once",
        ("HA-521.a", "HA-731.b"),
        "Holds off for the first planned restart of its primary, and for no further one.",
        (ignoring(_is_second_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "reports-one-loss",
        ("HA-117.a", "HA-527.a"),
        "Reports the first loss of its secondary's heartbeat, and no further one.",
        (Remembering(Noted, _reporting_once),),
        alone="P",
    ),
    WrongUnit(
        "monitors-until-first-fault-o",
        ("HA-167", "HA-207"),
        "Heeds no failed check any more once a fault that monitoring found has been cured.",
        (Remembering(Noted, _heeding_one_fault),),
    ),
    WrongUnit(
        "latch-outlives-restore",
        ("HA-313.a", "HA-526.b"),
        "Leaves on its disk that on-failure has switched it off when an operator restores it, and starts off again.",
        (Remembering(Noted, _keeping_latch),),
        alone="P",
    ),
    WrongUnit(
        "old-reboot-excuses-power-loss",
        ("HA-324",),
        "Takes a loss of power for the planned restart before it, because its note of that stays on the disk.",
        (Remembering(Noted, _keeping_plan),),
    ),
    WrongUnit(
        "second-outage-reclaims",
        ("HA-331",),
        "Claims the primary role after a loss of power as secondary, whatever on-failure says.",
        (Remembered(_back_to_configured_role),),
    ),
    WrongUnit(
        "asks-on-one-link",
        ("HA-580", "HA-572"),
        "Asks its peer for the primary role over the primary heartbeat link only.",
        (leaving_out(_asks_on_second_link),),
    ),
    WrongUnit(
        "no-takeover-after-split",
        ("HA-101", "HA-110.a"),
        "Never takes over from a silent primary after an operator has ended a split on it.",
        (Remembering(Noted, _resting_after_split),),
        alone="S",
    ),
    WrongUnit(
        "releases-with-next-heartbeat",
        ("HA-154", "HA-163"),
        "Gives the shared addresses up with its next heartbeat when it hands its role over, not before.",
        (Remembering(Noted, _releasing_late),),
    ),
    WrongUnit(
        "keeps-ipv6-when-failed",
        ("HA-336.b",),
        "Gives its shared IPv4 address up when monitoring finds a fault, and keeps the IPv6 one.",
        (leaving_out(_releases_ipv6_when_failed),),
    ),
    WrongUnit(
        "copies-no-unset",
        ("HA-350.a", "HA-378"),
        "Keeps a setting that the primary has returned to its default: a copy changes and adds, but unsets nothing.",
        (Exchanging(_copying_no_unset),),
    ),
    WrongUnit(
        "forgets-no-given-mail",
        ("HA-333.a", "HA-424"),
        "Says that it has a queued message already, when one that it took and gave back is handed to it again.",
        (exchanging(giver=_Hoarder),),
    ),
    WrongUnit(
        "recovered-lacks-the-archive",
        ("HA-332.b", "HA-401.b"),
        "Copies all mail data but the archives when it follows the other unit.",
        (_merging(_merge_without_archive), _rsyncing(lambda _target: ["--exclude=/archive/"])),
        alone="P",
    ),
    WrongUnit(
        "mirrors-the-quarantine",
        ("HA-427.a",),
        "Deletes quarantined mail that the primary lacks when it copies mail data.",
        (_merging(_merge_mirroring_quarantine), _rsyncing(_deleting_quarantine)),
    ),
    WrongUnit(
        "fills-empty-areas-only",
        ("HA-402",),
        "Copies an area of mail data only as long as its own is empty.",
        (_merging(_merge_into_empty_areas), _rsyncing(_excluding_filled)),
    ),
)
