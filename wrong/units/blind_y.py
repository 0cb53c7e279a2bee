"""Units that do what an operator, a restart or a changed setting asks for at first, and forget what must hold next."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import NEVER, ConfigOnly, Following, Leading, State
from node.engine.states import Phase
from node.engine.timers import Periodic, Wait
from node.engine.timing import HOLD_OFF_LIMIT
from node.engine.turn import News, Rules, Turn
from node.exchange.mail_data import merged
from node.linux.own_files import is_left_out
from node.settings import Configuration, checksum
from node.settings.in_force import Step, by_copy
from node.settings.schema import HA_INTERFACE
from node.settings.script import merge_synchronized
from wrong.common import Take, exchanging, in_role, leaving_out
from wrong.record import (
    Decision,
    Effects,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    WrongUnit,
)


@dataclass(slots=True)
class Flag:
    """Whether something has happened since the start."""

    up: bool = False


@dataclass(slots=True)
class Moment:
    """A time on the engine's clock."""

    at: float = NEVER


@dataclass(slots=True)
class Told:
    """Addresses that were announced, and when (seconds)."""

    at: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Delayed:
    """Addresses that are still to be released."""

    releases: list[do.Effect] = field(default_factory=list)


# What an operator has ordered


def _remember_lost_role(effect: do.Effect, unit: State) -> list[do.Effect]:
    """While it gives the role away, write the role of before onto the disk."""
    if isinstance(effect, do.Persist) and isinstance(unit.role, Following) and unit.role.giving:
        return [do.Persist(dataclasses.replace(effect.memory, effective=Effective.PRIMARY))]
    return [effect]


def _restoring_once(done: Flag) -> tuple[Plain, ...]:
    def react_once(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        leads = unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY
        if leads and event == on.Ordered(Command.RESTORE):
            if done.up:
                return []
            done.up = True
        return react(event)

    return (Reaction(react_once),)


def _keeping_the_latch(latch: Flag) -> tuple[Plain, ...]:
    def keep(effect: do.Effect, _: State) -> list[do.Effect]:
        if not isinstance(effect, do.Persist):
            return [effect]
        latch.up = effect.memory.effective is not None and (latch.up or effect.memory.latched_off)
        return [do.Persist(dataclasses.replace(effect.memory, latched_off=latch.up or effect.memory.latched_off))]

    return (Effects(keep),)


def _syncing_by_primary_link(rules: Rules) -> Rules:
    def refuses(unit: State, command: Command) -> str:
        if command is Command.SYNC and not unit.group.links.alive.get(Rank.PRIMARY):
            return "the primary heartbeat link is down, so nothing can be synchronized"
        return rules.refuses(unit, command)

    return dataclasses.replace(rules, refuses=refuses)


def _releasing_late(late: Delayed) -> tuple[Plain, ...]:
    def release_late(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if event == on.TimerFired(Wait.HEARTBEAT):
            effects, late.releases = [*late.releases, *effects], []
        elif any(isinstance(each, do.HoldAddress) for each in effects):
            late.releases = []
        elif isinstance(unit.role, Following) and unit.role.giving:
            late.releases += [each for each in effects if isinstance(each, do.ReleaseAddress)]
            effects = [each for each in effects if not isinstance(each, do.ReleaseAddress)]
        return effects

    return (Reaction(release_late),)


def _order_without_effect(take: Take, turn: Turn, me: Any, news: News) -> None:  # noqa: ANN401 - any role's record
    if news != on.Ordered(Command.SYNC) or turn.unit.settings.mode is not Mode.CONFIG_SECONDARY:
        take(turn, me, news)


def _asking_late(ordered: Moment) -> tuple[Plain, ...]:
    def ask_late(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if event == on.Ordered(Command.FAILOVER) and isinstance(unit.role, Following) and unit.role.claim is not None:
            ordered.at = unit.now
        if unit.now - ordered.at >= unit.settings.lost_threshold:
            return effects
        return [each for each in effects if not (isinstance(each, do.Send) and isinstance(each.message, say.AskRole))]

    return (Reaction(ask_late),)


# Settings that change while the group runs


def _is_in_force(new: HaSettings, unit: State) -> bool:
    """Whether the unit is in a pair already, and stays in it."""
    return new.mode.active_passive and new.mode is unit.settings.mode


def _first_data_sync(new: HaSettings, unit: State) -> HaSettings:
    if not _is_in_force(new, unit):
        return new
    return dataclasses.replace(new, mail_data_sync=unit.settings.mail_data_sync)


def _all_links_ever(new: HaSettings, unit: State) -> HaSettings:
    if not _is_in_force(new, unit):
        return new
    ranks = {link.rank for link in new.links}
    gone = tuple(link for link in unit.settings.links if link.rank not in ranks)
    return dataclasses.replace(new, links=(*new.links, *gone))


def _copy_beside_old_ipv6(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[Step]:
    """Take the primary's settings over, and keep an IPv6 address that they no longer have on an interface."""
    after = merge_synchronized(before, text)
    if checksum(after) != expected:
        return by_copy(before, text, expected, given)
    kept = text
    for port in before.interfaces:
        path = (*HA_INTERFACE, port, "virtual-ip6")
        if path in before.store.values and path not in after.store.values and after.offers(path):
            entry = f"config interface\nedit {port}\nset virtual-ip6 {before.get(path)}\nnext\nend\n"
            kept += f"config system ha\n{entry}end\n"
    return by_copy(before, kept, checksum(merge_synchronized(before, kept)), given)


# After a hold-off, a split, a cure


def _counting_on(limit: Moment) -> tuple[Plain, ...]:
    def count_on(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if unit.phase is Phase.PRIMARY:
            limit.at = NEVER
        elif unit.phase is Phase.HOLD_OFF and limit.at == NEVER:
            limit.at = unit.now + HOLD_OFF_LIMIT
        elif unit.phase is Phase.SECONDARY and NEVER < limit.at <= unit.now:
            limit.at = NEVER
            effects = [*effects, *react(on.TimerFired(Wait.SILENCE))]
        return effects

    return (Reaction(count_on),)


def _without_schedule(held: Flag) -> tuple[Plain, ...]:
    def unscheduled(effect: do.Effect, unit: State) -> bool:
        held.up = unit.phase is Phase.HOLD_OFF or (held.up and unit.phase is not Phase.PRIMARY)
        return held.up and isinstance(effect, do.StartTimer) and effect.timer == Periodic(Sync.DATA)

    return (leaving_out(unscheduled),)


def _withholding(split: Flag) -> tuple[Plain, ...]:
    def note(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        split.up = split.up or (isinstance(unit.role, Leading) and unit.role.rival)
        return effects

    def decide(rules: Rules) -> Rules:
        def withholds(unit: State, what: Sync) -> str:
            return "the peer is primary, too" if split.up else rules.withholds(unit, what)

        return dataclasses.replace(rules, withholds=withholds)

    return Reaction(note), Decision(decide)


def _blind_after_a_fault(stopped: Flag) -> tuple[Plain, ...]:
    def react_blind(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if stopped.up and unit.phase is Phase.PRIMARY and isinstance(event, on.CheckDone) and not event.ok:
            return []
        effects = react(event)
        stopped.up = stopped.up or unit.phase is Phase.FAILED
        return effects

    return (Reaction(react_blind),)


def _short_for_upgrades(react: React, event: on.Event, _: State) -> list[do.Effect]:
    effects = react(event)
    match event:
        case on.Heard(message=say.HoldOff(reason=Command.UPGRADE.value)):
            short = do.StartTimer(Wait.HOLD_OFF, UPGRADE_LIMIT)
            whole = do.StartTimer(Wait.HOLD_OFF, HOLD_OFF_LIMIT)
            return [short if each == whole else each for each in effects]
    return effects


UPGRADE_LIMIT = 60.0
"""Seconds that a peer is given for an upgrade."""


# What is on the disk, and what goes over the link


def _forget_at_reload(memory: on.Memory) -> on.Memory:
    if memory.planned == Command.RELOAD.value and memory.latched_off:
        return dataclasses.replace(memory, latched_off=False, effective=Effective.SECONDARY)
    return memory


def _giving_after_leading(led: Flag) -> tuple[Plain, ...]:
    def give(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if isinstance(event, on.Started):
            led.up = event.memory.effective is Effective.PRIMARY
        effects = react(event)
        led.up = led.up or unit.phase is Phase.PRIMARY
        return [each for each in effects if led.up or not isinstance(each, do.HandOverQueue)]

    return (Reaction(give),)


def _mirrored(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    return merged({path: file for path, file in own.items() if is_left_out(path)}, primary)


def _deleting(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    def command(source: str, target: str) -> list[str]:
        program, *arguments = copying(source, target)
        return [program, "--delete", *arguments]

    return command


def _merged_but_archive(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    return merged(own, {path: file for path, file in primary.items() if not path.startswith("archive/")})


def _announcing_once(told: Told) -> tuple[Plain, ...]:
    def is_told(effect: do.Effect, _: State) -> bool:
        if not isinstance(effect, do.Announce):
            return False
        known = effect.address in told.at
        told.at.setdefault(effect.address, 0.0)
        return known

    return (leaving_out(is_told),)


UNITS = (
    WrongUnit(
        "remembers-a-role-given-away",
        ("HA-338",),
        "A unit that has given its role away by order still has it on its disk, so on-failure hits a secondary.",
        (Effects(_remember_lost_role),),
    ),
    WrongUnit(
        "restores-once-y",
        ("HA-572", "HA-574.a", "HA-574.b", "HA-574.c"),
        "A secondary that leads follows the order to restore its mode once, and accepts the next one without effect.",
        (Remembering(Flag, _restoring_once),),
    ),
    WrongUnit(
        "latched-again-after-restore",
        ("HA-524.a", "HA-526.b"),
        "A restore ends the state off, but the mark on the disk stays, so that a later reboot ends in off again.",
        (Remembering(Flag, _keeping_the_latch),),
    ),
    WrongUnit(
        "sync-order-wants-primary-link",
        ("HA-354.a", "HA-354.b"),
        "The order to synchronize is refused while only the secondary heartbeat link works.",
        (Decision(_syncing_by_primary_link),),
    ),
    WrongUnit(
        "gives-role-before-address",
        ("HA-154", "HA-163"),
        "A unit that gives the role away by order releases its shared addresses only with its next heartbeat.",
        (Remembering(Delayed, _releasing_late),),
    ),
    WrongUnit(
        "config-secondary-never-forces",
        ("HA-354.b", "HA-570.a"),
        "A config-only secondary accepts the order to synchronize, and copies nothing.",
        (in_role(ConfigOnly, _order_without_effect),),
    ),
    WrongUnit(
        "order-waits-out-threshold",
        ("HA-580",),
        "A secondary that is ordered to fail over asks for the role only after the lost threshold.",
        (Remembering(Moment, _asking_late),),
        alone="S",
    ),
    WrongUnit(
        "first-data-sync-setting-stays",
        ("HA-402", "HA-404"),
        "A change of mail-data-sync while the group runs comes into force only with the next start.",
        (Settings(_first_data_sync),),
    ),
    WrongUnit(
        "disabled-link-beats-on",
        ("HA-063.a",),
        "A heartbeat interface that is disabled while the group runs carries heartbeat until the unit restarts.",
        (Settings(_all_links_ever),),
        alone="S",
    ),
    WrongUnit(
        "copy-keeps-dropped-ipv6",
        ("HA-159.a", "HA-350.a", "HA-378"),
        "A copy of the primary's settings does not remove an IPv6 address that an interface no longer shares.",
        (exchanging(copy=_copy_beside_old_ipv6),),
    ),
    WrongUnit(
        "hold-off-clock-runs-on-y",
        ("HA-010.b", "HA-163"),
        "The limit of a hold-off is not stopped when the primary is back, so the secondary takes over when it ends.",
        (Remembering(Moment, _counting_on),),
    ),
    WrongUnit(
        "no-data-schedule-after-hold-off",
        ("HA-402",),
        "A secondary that has held off copies mail data once afterwards, and no more by schedule.",
        (Remembering(Flag, _without_schedule),),
    ),
    WrongUnit(
        "withholds-after-split",
        ("HA-704.c",),
        "A primary that has seen another primary gives no copies any more, also when the other has become secondary.",
        (Remembering(Flag, _withholding),),
        alone="P",
    ),
    WrongUnit(
        "blind-after-first-fault",
        ("HA-167", "HA-207"),
        "After one fault that was cured, failed checks are ignored when the unit leads again.",
        (Remembering(Flag, _blind_after_a_fault),),
        alone="P",
    ),
    WrongUnit(
        "short-patience-for-upgrades",
        ("HA-731.b",),
        "The hold-off for an upgrade lasts a minute, and then the secondary takes over while the primary restarts.",
        (Reaction(_short_for_upgrades),),
        alone="S",
    ),
    WrongUnit(
        "reload-ends-off",
        ("HA-311.b", "HA-312.c"),
        "A unit that on-failure keeps off takes part again after a reload, though not after a reboot.",
        (Remembered(_forget_at_reload),),
    ),
    WrongUnit(
        "gives-queue-after-leading-only",
        ("HA-424", "HA-420.c"),
        "Only a unit that led before its start, or since, hands its queue over, so a rest stays where the giver died.",
        (Remembering(Flag, _giving_after_leading),),
    ),
    WrongUnit(
        "mirrors-the-primary-y",
        ("HA-427.a",),
        "A copy of mail data deletes what only the copying unit has, such as mail that came just before a failure.",
        (
            exchanging(merge=_mirrored),
            OnLinux("node.linux.sync", "copying", _deleting),
        ),
    ),
    WrongUnit(
        "leaves-archive-behind",
        ("HA-401.b",),
        "Mail data is copied without the archive.",
        (
            exchanging(merge=_merged_but_archive),
            OnLinux("node.linux.sync", "LEFT_OUT", lambda patterns: (*patterns, "/archive")),
        ),
    ),
    WrongUnit(
        "announces-an-address-once-y",
        ("HA-113.a",),
        "A unit announces each address once from its start on, and is silent when it takes the address over again.",
        (Remembering(Told, _announcing_once),),
    ),
)
