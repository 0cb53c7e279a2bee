"""A fifth blind batch, half l: written from the manual alone, before any scenario judged them.

Starts, on-failure, detection, hold-off, orders and splits; `blind_l_shared` has what the units share.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Mode, OnFailure, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import NEVER, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import Rules
from wrong.common import ignoring, leaving_out
from wrong.record import Decision, Effects, Events, Plain, React, Reaction, Remembered, Remembering, Settings, WrongUnit

# Starts, and what is on the disk


def off_no_more_after_a_loss(memory: on.Memory) -> on.Memory:
    """Take a unit that was off, and lost its power then, for one that was in no group yet."""
    if memory.latched_off and not memory.planned:
        return dataclasses.replace(memory, latched_off=False, effective=None)
    return memory


@dataclass(slots=True)
class Latch:
    """Whether the disk has said, since this start, that the unit stays off."""

    closed: bool = False


def never_opened(latch: Latch) -> tuple[Plain, ...]:
    """Write on the disk that the unit stays off, and never anything else afterwards."""

    def keep(effect: do.Effect, _: State) -> list[do.Effect]:
        if not isinstance(effect, do.Persist):
            return [effect]
        latch.closed = latch.closed or effect.memory.latched_off
        return [do.Persist(dataclasses.replace(effect.memory, latched_off=latch.closed))]

    return (Effects(keep),)


def order_not_kept(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Let the disk say that the unit leads after it has given its role away on an order."""
    kept = unit.memory.effective
    moved_by_order = unit.phase is Phase.PRIMARY and (
        isinstance(event, on.Ordered) or (isinstance(event, on.Heard) and isinstance(event.message, say.AskRole))
    )
    effects = react(event)
    if not moved_by_order or unit.phase is not Phase.SECONDARY:
        return effects
    return [
        do.Persist(dataclasses.replace(each.memory, effective=kept)) if isinstance(each, do.Persist) else each
        for each in effects
    ]


def joins_by_first_link(event: on.Event, unit: State) -> bool:
    """Whether a unit that switches into HA overhears this, because the primary link is another."""
    looks_around = unit.phase is Phase.JOINING and _has_primary_link(unit)
    return looks_around and isinstance(event, on.Heard) and event.rank is Rank.SECONDARY


def _has_primary_link(unit: State) -> bool:
    return any(link.rank is Rank.PRIMARY for link in unit.settings.links)


# On-failure


def secondary_never_off(settings: HaSettings, _: State) -> HaSettings:
    """Read `off` as `become-secondary` on a unit that is configured as secondary."""
    if settings.mode is Mode.SECONDARY and settings.on_failure is OnFailure.OFF:
        return dataclasses.replace(settings, on_failure=OnFailure.BECOME_SECONDARY)
    return settings


def on_failure_of_the_entry(settings: HaSettings, unit: State) -> HaSettings:
    """Keep the on-failure with which the unit entered the group."""
    if settings.mode.active_passive and settings.mode is unit.settings.mode:
        return dataclasses.replace(settings, on_failure=unit.settings.on_failure)
    return settings


@dataclass(slots=True)
class Cures:
    """How often monitoring has found since this start that a fault was gone."""

    count: int = 0


def restoring_once(cures: Cures) -> tuple[Plain, ...]:
    """After the first cure, come back from any other as a secondary."""

    def react_once(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        before: list[do.Effect] = []
        well = isinstance(event, on.CheckDone) and event.ok
        if unit.phase is Phase.FAILED and well and cures.count and unit.settings.on_failure is OnFailure.RESTORE_ROLE:
            other = dataclasses.replace(unit.settings, on_failure=OnFailure.BECOME_SECONDARY)
            before = react(on.SettingsChanged(other))
        was = unit.phase
        effects = before + react(event)
        if was is Phase.FAILED and unit.phase is not Phase.FAILED and well:
            cures.count += 1
        return effects

    return (Reaction(react_once),)


# Detection and hold-off


@dataclass(slots=True)
class Silences:
    """When the peer was heard last, and for how long it has been silent in all."""

    heard_at: float = NEVER
    total: float = 0.0


BEAT_MISSED = 1.5
"""So many seconds between two heartbeats are a silence."""

LEAST_PATIENCE = 1.5


def adding_up(silences: Silences) -> tuple[Plain, ...]:
    """Bear the lost threshold's silence in all, and not each time anew."""

    def see(event: on.Event, unit: State) -> list[on.Event]:
        if not unit.phase.follows:
            silences.heard_at, silences.total = NEVER, 0.0
        elif isinstance(event, on.Heard) and isinstance(event.message, say.Heartbeat):
            gap = unit.now - silences.heard_at
            if BEAT_MISSED < gap < float("inf"):
                silences.total += gap
            silences.heard_at = unit.now
        return [event]

    def decide(rules: Rules) -> Rules:
        def patience(unit: State) -> float:
            return max(rules.patience(unit) - silences.total, LEAST_PATIENCE)

        return dataclasses.replace(rules, patience=patience)

    return Events(see), Decision(decide)


@dataclass(slots=True)
class HeldOff:
    """When the present hold-off began, and how long all before it lasted."""

    began: float = NEVER
    used: float = 0.0


def sharing_a_limit(held: HeldOff) -> tuple[Plain, ...]:
    """Hold off for the limit in all, and not each time."""

    def instead(effect: do.Effect, unit: State) -> list[do.Effect]:
        match effect:
            case do.StartTimer(Wait.HOLD_OFF, after):
                held.began = unit.now
                return [do.StartTimer(Wait.HOLD_OFF, max(after - held.used, 1.0))]
            case do.StopTimer(Wait.HOLD_OFF):
                held.used += unit.now - held.began
        return [effect]

    return (Effects(instead),)


# Orders, links and passwords


def role_moving_on_the_other_link(effect: do.Effect, unit: State) -> bool:
    """Whether this sends what moves the role on the secondary link, beside a primary one."""
    moves = isinstance(effect, do.Send) and isinstance(effect.message, say.AskRole | say.OfferRole | say.GiveRole)
    return moves and isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and _has_primary_link(unit)


def links_outlive_passwords(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """After a change of the password alone, leave open what is open."""
    if not isinstance(event, on.SettingsChanged) or not unit.phase.in_group:
        return react(event)
    old, new = unit.settings, event.settings
    alike = (old.mode, old.links, old.base_port) == (new.mode, new.links, new.base_port)
    effects = react(event)
    return [each for each in effects if not (alike and isinstance(each, do.OpenLinks))]


# A split and its end


def copying_from_a_rival(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """While this unit leads, copy as well when the peer says that a copy is due."""
    effects = react(event)
    if isinstance(event, on.Heard) and isinstance(event.message, say.SyncNow) and unit.phase is Phase.PRIMARY:
        due = [do.StartSync(Sync.CONFIG, event.rank)] if Sync.CONFIG in event.message.what else []
        return [*effects, *due]
    return effects


def in_sync_by_assumption(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Restored in a split, take the rival's configuration for this unit's own."""
    split = unit.phase is Phase.PRIMARY and unit.group.peer_leads
    effects = react(event)
    if not split or not isinstance(event, on.Ordered) or event.command is not Command.RESTORE:
        return effects
    others = [each for each in effects if not (isinstance(each, do.StartSync) and each.what is Sync.CONFIG)]
    if len(others) == len(effects):
        return effects
    return others + react(on.SyncFinished(Sync.CONFIG, ok=True, detail="", link_failed=False))


UNITS = (
    WrongUnit(
        "forgets-it-is-off",
        ("HA-312.a",),
        "With on-failure off, a second loss of power starts it as if it had never been in a group.",
        (Remembered(off_no_more_after_a_loss),),
    ),
    WrongUnit(
        "latch-stays-on-disk-too",
        ("HA-313.a", "HA-524.a"),
        "Restored by hand after a failure it leads again, but its disk still says off, as the next restart shows.",
        (Remembering(Latch, never_opened),),
    ),
    WrongUnit(
        "order-not-on-disk",
        ("HA-338",),
        "Gives its role away on an order and keeps on its disk that it leads, so that on-failure acts on a secondary.",
        (Reaction(order_not_kept),),
        alone="P",
    ),
    WrongUnit(
        "joins-by-first-link",
        ("HA-528.a", "HA-706"),
        "While it switches into HA it listens on the primary heartbeat link only.",
        (ignoring(joins_by_first_link),),
    ),
    WrongUnit(
        "secondary-never-off",
        ("HA-337",),
        "Configured as secondary and leading, it reads its own on-failure off as become-secondary.",
        (Settings(secondary_never_off),),
        alone="S",
    ),
    WrongUnit(
        "on-failure-of-the-entry",
        ("HA-300.b", "HA-310"),
        "Keeps the on-failure with which it entered the group when an operator changes it.",
        (Settings(on_failure_of_the_entry),),
    ),
    WrongUnit(
        "restores-role-once",
        ("HA-018.b", "HA-320.b"),
        "With on-failure restore-role it takes its role back after the first cured fault, and stays secondary later.",
        (Remembering(Cures, restoring_once),),
        alone="P",
    ),
    WrongUnit(
        "adds-up-silences",
        ("HA-102",),
        "Adds short silences of its primary up, and takes over when together they reach the lost threshold.",
        (Remembering(Silences, adding_up),),
    ),
    WrongUnit(
        "hold-offs-share-a-limit",
        ("HA-522", "HA-524.c"),
        "Its 15 minutes of hold-off are for all planned restarts together, not for each.",
        (Remembering(HeldOff, sharing_a_limit),),
    ),
    WrongUnit(
        "no-restore-in-hold-off",
        ("HA-572",),
        "In hold-off it accepts an order to restore its configured mode and does nothing.",
        (
            ignoring(
                lambda event, unit: (
                    unit.phase is Phase.HOLD_OFF and isinstance(event, on.Ordered) and event.command is Command.RESTORE
                )
            ),
        ),
        alone="S",
    ),
    WrongUnit(
        "orders-on-first-link",
        ("HA-061.a", "HA-580"),
        "Tells its peer of an ordered change of roles on the primary heartbeat link only, also while that is cut.",
        (leaving_out(role_moving_on_the_other_link),),
    ),
    WrongUnit(
        "links-outlive-passwords",
        ("HA-453.a", "HA-453.c"),
        "After a change of its password it keeps the connections that the old one has opened.",
        (Reaction(links_outlive_passwords),),
    ),
    WrongUnit(
        "copies-from-its-rival",
        ("HA-702.a",),
        "In a split whose link is whole again it copies the other primary's next change of settings.",
        (Reaction(copying_from_a_rival),),
    ),
    WrongUnit(
        "in-sync-by-assumption",
        ("HA-704.c",),
        "Restored after a split it becomes secondary, but does not copy the settings that were changed meanwhile.",
        (Reaction(in_sync_by_assumption),),
    ),
)
