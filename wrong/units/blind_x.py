"""Units that do right the first time: what each breaks comes after the second or third event in a row."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective, OnFailure, Rank, Sync
from node.engine.monitoring import check_of
from node.engine.settings import HaSettings
from node.engine.state import NEVER, State
from node.engine.states import Phase
from node.engine.timers import LinkSilent, Wait
from wrong.common import changing, ignoring, leaving_out
from wrong.record import Events, Plain, React, Reaction, Remembering, Settings, WrongUnit

# What is on the disk after a further event


@dataclass(slots=True)
class Flag:
    """Whether something has happened since the unit started."""

    up: bool = False


TIRED = "tired"
"""Stands on the disk in place of a planned restart: the unit has taken its role back once."""


def _hands_back_once(returned: Flag) -> tuple[Plain, ...]:
    def start(react: React, event: on.Event, _: State) -> list[do.Effect]:
        if not isinstance(event, on.Started):
            return react(event)
        memory, settings = event.memory, event.settings
        if memory.planned == TIRED:
            memory = dataclasses.replace(memory, planned="")
            if settings.on_failure is OnFailure.RESTORE_ROLE:
                settings = dataclasses.replace(settings, on_failure=OnFailure.BECOME_SECONDARY)
        reclaims = settings.on_failure is OnFailure.RESTORE_ROLE
        returned.up = reclaims and not memory.planned and memory.effective is Effective.PRIMARY
        return react(dataclasses.replace(event, memory=memory, settings=settings))

    def keep(effect: do.Effect, _: State) -> do.Effect:
        if isinstance(effect, do.Persist) and returned.up and not effect.memory.planned:
            return do.Persist(dataclasses.replace(effect.memory, planned=TIRED))
        return effect

    return Reaction(start), changing(keep)


def _off_for_two_starts(found_off: Flag) -> tuple[Plain, ...]:
    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.Started):
            found_off.up = event.memory.latched_off
        return [event]

    def keep(effect: do.Effect, unit: State) -> do.Effect:
        if isinstance(effect, do.Persist) and found_off.up and unit.phase is Phase.SWITCHED_OFF:
            memory = dataclasses.replace(effect.memory, latched_off=False, effective=Effective.SECONDARY)
            return do.Persist(memory)
        return effect

    return Events(see), changing(keep)


def _remembers_it_led(led: Flag) -> tuple[Plain, ...]:
    def keep(effect: do.Effect, _: State) -> do.Effect:
        if isinstance(effect, do.Persist):
            led.up = led.up or effect.memory.effective is Effective.PRIMARY
            if led.up and effect.memory.effective is Effective.SECONDARY:
                return do.Persist(dataclasses.replace(effect.memory, effective=Effective.PRIMARY))
        return effect

    return (changing(keep),)


# After a hold-off


def _deaf_after_expired_hold_off(expired: Flag) -> tuple[Plain, ...]:
    def note(effect: do.Effect, _: State) -> do.Effect:
        if isinstance(effect, do.RoleChanged) and effect.event.startswith("peer did not come back"):
            expired.up = True
        return effect

    def ignored(event: on.Event, _: State) -> bool:
        return expired.up and isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)

    return changing(note), ignoring(ignored)


@dataclass(slots=True)
class _Deadline:
    """When the hold-off that was begun first is over."""

    at: float = NEVER


def _counts_hold_off_from_first(deadline: _Deadline) -> tuple[Plain, ...]:
    def wait(effect: do.Effect, unit: State) -> do.Effect:
        if not isinstance(effect, do.StartTimer) or effect.timer is not Wait.HOLD_OFF:
            return effect
        if deadline.at <= unit.now:
            deadline.at = unit.now + effect.after
        return do.StartTimer(effect.timer, deadline.at - unit.now)

    return (changing(wait),)


def _old_threshold_in_hold_off(settings: HaSettings, unit: State) -> HaSettings:
    if unit.phase is not Phase.HOLD_OFF:
        return settings
    return dataclasses.replace(settings, lost_threshold=unit.settings.lost_threshold)


# The heartbeat links


@dataclass(slots=True)
class _Losses:
    """How often the primary heartbeat link was lost."""

    count: int = 0


def _moves_back_once(losses: _Losses) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        lost = event in (on.CarrierChanged(Rank.PRIMARY, up=False), on.TimerFired(LinkSilent(Rank.PRIMARY)))
        if lost and unit.group.links.alive.get(Rank.PRIMARY):
            losses.count += 1
        return [event]

    def choose(effect: do.Effect, unit: State) -> do.Effect:
        if losses.count < 2 or not unit.group.links.alive.get(Rank.SECONDARY):  # noqa: PLR2004 - the second loss
            return effect
        match effect:
            case do.StartSync(what):
                return do.StartSync(what, Rank.SECONDARY)
            case do.Send(_, say.SyncNow() as message):
                return do.Send(Rank.SECONDARY, message)
        return effect

    return Events(see), changing(choose)


def _ordered_over_secondary_link(effect: do.Effect, _: State) -> bool:
    """Whether this passes an operator's order to synchronize on, over the secondary link."""
    if not isinstance(effect, do.Send) or effect.rank is not Rank.SECONDARY:
        return False
    return isinstance(effect.message, say.SyncNow) and Sync.DATA in effect.message.what


@dataclass(slots=True)
class _Silences:
    """When the primary was heard last, and its silences so far: when each ended, and how long it was."""

    heard: float = NEVER
    past: list[tuple[float, float]] = field(default_factory=list)


REMEMBERED, SHORTEST, LEAST = 30.0, 1.5, 1.2
"""Seconds for which a silence counts, those from which a gap is a silence, and the least that is waited."""


def _adds_silences_up(silences: _Silences) -> tuple[Plain, ...]:
    def wait(effect: do.Effect, unit: State) -> do.Effect:
        if not isinstance(effect, do.StartTimer) or effect.timer is not Wait.SILENCE:
            return effect
        gap, silences.heard = unit.now - silences.heard, unit.now
        if SHORTEST < gap < unit.settings.lost_threshold:
            silences.past.append((unit.now, gap))
        spent = sum(span for ended, span in silences.past if unit.now - ended < REMEMBERED)
        return do.StartTimer(effect.timer, max(LEAST, effect.after - spent))

    return (changing(wait),)


# Addresses


def _silent_about_six(react: React, event: on.Event, _: State) -> list[do.Effect]:
    effects = react(event)
    if event != on.TimerFired(Wait.ANNOUNCE):
        return effects
    return [each for each in effects if not (isinstance(each, do.Announce) and ":" in each.address)]


def _old_masks(settings: HaSettings, unit: State) -> HaSettings:
    """Read an address that is shared already as it was."""
    known = {(each.interface, each.address.partition("/")[0]): each.address for each in unit.settings.addresses}
    addresses = tuple(
        dataclasses.replace(each, address=known.get((each.interface, each.address.partition("/")[0]), each.address))
        for each in settings.addresses
    )
    return dataclasses.replace(settings, addresses=addresses)


# Monitoring


def _once_bitten(bitten: Flag) -> tuple[Plain, ...]:
    def note(effect: do.Effect, _: State) -> do.Effect:
        if isinstance(effect, do.RoleChanged) and effect.event.startswith("monitoring found a failure"):
            bitten.up = True
        return effect

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if bitten.up and unit.phase is Phase.PRIMARY and isinstance(event, on.CheckDone) and not event.ok:
            return [event] * check_of(unit.settings, event.what).retries
        return [event]

    return changing(note), Events(see)


UNITS = (
    WrongUnit(
        "hands-back-once",
        ("HA-300.a", "HA-321"),
        "With restore-role it takes its role back after one loss of power, and stays secondary after the next.",
        (Remembering(Flag, _hands_back_once),),
        alone="P",
    ),
    WrongUnit(
        "off-for-two-starts",
        ("HA-311.b", "HA-312.a"),
        "Switched off by its own failure, it keeps that through one further start, and joins after the one behind it.",
        (Remembering(Flag, _off_for_two_starts),),
        alone="P",
    ),
    WrongUnit(
        "remembers-it-led",
        ("HA-338",),
        "Once it has led, its disk says that it leads, also after it has given the role back.",
        (Remembering(Flag, _remembers_it_led),),
    ),
    WrongUnit(
        "deaf-after-expired-hold-off-x",
        ("HA-521.a", "HA-524.c"),
        "After a hold-off that has run out, it follows no further hold-off command.",
        (Remembering(Flag, _deaf_after_expired_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "counts-hold-off-from-first",
        ("HA-019.d", "HA-524.c"),
        "A second hold-off ends when the first one would have, and not a quarter of an hour after its own beginning.",
        (Remembering(_Deadline, _counts_hold_off_from_first),),
    ),
    WrongUnit(
        "old-threshold-in-hold-off",
        ("HA-104",),
        "A lost threshold that is set while it holds off is saved, but not in force afterwards.",
        (Settings(_old_threshold_in_hold_off),),
    ),
    WrongUnit(
        "moves-back-once",
        ("HA-060.b", "HA-062"),
        "Synchronization moves back to the primary link when that returns for the first time, and not again.",
        (Remembering(_Losses, _moves_back_once),),
    ),
    WrongUnit(
        "orders-on-primary-link",
        ("HA-354.a", "HA-409", "HA-570.a", "HA-570.b"),
        "While only the secondary link works, a synchronization that is ordered on the primary does not begin.",
        (leaving_out(_ordered_over_secondary_link),),
    ),
    WrongUnit(
        "adds-silences-up-x",
        ("HA-102",),
        "Silences of the primary that were each too short count together for half a minute.",
        (Remembering(_Silences, _adds_silences_up),),
    ),
    WrongUnit(
        "silent-about-six-after-split",
        ("HA-114",),
        "When a split is over and its peer has given way, it announces its IPv4 address anew, and not its IPv6 one.",
        (Reaction(_silent_about_six),),
    ),
    WrongUnit(
        "keeps-its-mask",
        ("HA-155.b",),
        "When only the mask of a shared address is changed, it goes on with the old one until it starts again.",
        (Settings(_old_masks),),
    ),
    WrongUnit(
        "once-bitten",
        ("HA-204",),
        "After monitoring has found it faulty once, a single failed check is a failure.",
        (Remembering(Flag, _once_bitten),),
    ),
)
