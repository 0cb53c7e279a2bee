"""The seventeenth blind batch, half mm: written from the manual alone, before any scenario judged the units."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.events import Memory
from node.engine.modes import Command, Effective, Mode, OnFailure
from node.engine.settings import HaSettings
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import Rules
from wrong.common import Mark, changing, leaving_out
from wrong.record import (
    Decision,
    Events,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembering,
    Settings,
    WrongUnit,
)


def _goes_on(new: HaSettings, unit: State) -> bool:
    """Whether settings change while the unit stays a member of its pair."""
    return new.mode.active_passive and unit.settings.mode is new.mode


# Settings changed while the pair runs


def _one_new_threshold(mark: Mark) -> tuple[Plain, ...]:
    def read(new: HaSettings, unit: State) -> HaSettings:
        if not _goes_on(new, unit) or new.lost_threshold == unit.settings.lost_threshold:
            return new
        if mark.up:
            return dataclasses.replace(new, lost_threshold=unit.settings.lost_threshold)
        mark.up = True
        return new

    return (Settings(read),)


def _comparing_addresses_only(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Take a shared address whose action alone has changed for one that has not changed."""
    if not isinstance(event, on.SettingsChanged) or not isinstance(unit.role, Leading):
        return react(event)
    before = {(each.interface, each.address) for each in unit.settings.addresses}
    stays = before & {(each.interface, each.address) for each in event.settings.addresses}
    kinds = (do.HoldAddress, do.ReleaseAddress, do.Announce)
    return [each for each in react(event) if not (isinstance(each, kinds) and (each.interface, each.address) in stays)]


def _data_sync_as_before(new: HaSettings, unit: State) -> HaSettings:
    return dataclasses.replace(new, mail_data_sync=unit.settings.mail_data_sync) if _goes_on(new, unit) else new


def _on_failure_as_it_took_over(new: HaSettings, unit: State) -> HaSettings:
    leads = isinstance(unit.role, Leading) and _goes_on(new, unit)
    return dataclasses.replace(new, on_failure=unit.settings.on_failure) if leads else new


def _password_as_before(new: HaSettings, unit: State) -> HaSettings:
    return dataclasses.replace(new, password=unit.settings.password) if _goes_on(new, unit) else new


def _no_latch_of_a_secondary(new: HaSettings, _: State) -> HaSettings:
    if new.mode is Mode.SECONDARY and new.on_failure is OnFailure.OFF:
        return dataclasses.replace(new, on_failure=OnFailure.BECOME_SECONDARY)
    return new


# What is on the disk


def _latch_for_one_reboot(mark: Mark) -> tuple[Plain, ...]:
    def see(event: on.Event, _: State) -> list[on.Event]:
        if isinstance(event, on.Started):
            mark.up = event.memory.latched_off and bool(event.memory.planned)
        return [event]

    def written(effect: do.Effect, _: State) -> do.Effect:
        if mark.up and isinstance(effect, do.Persist) and effect.memory.latched_off:
            return do.Persist(dataclasses.replace(effect.memory, latched_off=False, effective=None))
        return effect

    return Events(see), changing(written)


def _yielded_role_stays(mark: Mark) -> tuple[Plain, ...]:
    def written(effect: do.Effect, _: State) -> do.Effect:
        if isinstance(effect, do.RoleChanged):
            mark.up = (effect.old, effect.new) == (Effective.PRIMARY, Effective.SECONDARY)
        if mark.up and isinstance(effect, do.Persist) and effect.memory.effective is Effective.SECONDARY:
            return do.Persist(dataclasses.replace(effect.memory, effective=Effective.PRIMARY))
        return effect

    return (changing(written),)


def _notes_reload(memory: Memory) -> bool:
    return memory.planned == Command.RELOAD.value


# Hold-off


@dataclass(slots=True)
class FirstHoldOff:
    """The start of the peer from which the first hold-off came, None before."""

    boot: int | None = None


def _one_hold_off(first: FirstHoldOff) -> tuple[Plain, ...]:
    def see(event: on.Event, _: State) -> list[on.Event]:
        if isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff):
            if first.boot is None:
                first.boot = event.message.boot
            if first.boot != event.message.boot:
                return []
        return [event]

    return (Events(see),)


def _patience_of_factory(mark: Mark) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> list[on.Event]:
        if isinstance(event, on.SettingsChanged):
            mark.up = False
        elif unit.phase is Phase.HOLD_OFF:
            mark.up = True
        return [event]

    def decide(rules: Rules) -> Rules:
        return dataclasses.replace(rules, patience=lambda unit: 15.0 if mark.up else rules.patience(unit))

    return Events(see), Decision(decide)


def _silent_after_hold_off(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    expires = unit.phase is Phase.HOLD_OFF and event == on.TimerFired(Wait.HOLD_OFF)
    return [each for each in react(event) if not (expires and isinstance(each, do.Announce))]


UNITS = (
    WrongUnit(
        "heeds-one-new-threshold",
        ("HA-104",),
        "Follows the first change of hb-lost-threshold while the pair runs, and no later one before it starts again.",
        (Remembering(Mark, _one_new_threshold),),
    ),
    WrongUnit(
        "compares-addresses-only",
        ("HA-155.a",),
        "When the action of a shared address alone is changed on the leading unit, the interface stays as it was.",
        (Reaction(_comparing_addresses_only),),
    ),
    WrongUnit(
        "reads-data-sync-once",
        ("HA-403", "HA-404"),
        "The secondary reads mail-data-sync when it enters the group, and copies on when it is disabled later.",
        (Settings(_data_sync_as_before),),
        alone="S",
    ),
    WrongUnit(
        "on-failure-as-it-took-over",
        ("HA-310",),
        "A unit whose monitoring finds a fault does as on-failure said when it became primary, not as it says now.",
        (Settings(_on_failure_as_it_took_over),),
    ),
    WrongUnit(
        "password-of-the-first-day",
        ("HA-452",),
        "The primary goes on with the old password when that of a running pair is changed on both units.",
        (Settings(_password_as_before),),
        alone="P",
    ),
    WrongUnit(
        "acting-primary-never-latches",
        ("HA-337",),
        "A configured secondary that fails as primary takes its own on-failure off for become-secondary.",
        (Settings(_no_latch_of_a_secondary),),
    ),
    WrongUnit(
        "latch-lasts-one-reboot",
        ("HA-312.b",),
        "A unit that on-failure keeps off stays off through one reboot by an operator, and forgets it at the next.",
        (Remembering(Mark, _latch_for_one_reboot),),
    ),
    WrongUnit(
        "yielded-role-stays-on-disk",
        ("HA-338",),
        "A primary that gives its role away on order keeps on its disk that it leads, and later fails as one that did.",
        (Remembering(Mark, _yielded_role_stays),),
    ),
    WrongUnit(
        "reloads-before-it-writes",
        ("HA-524.a",),
        "The note that a reload is planned does not reach the disk in time, so on-failure judges it as a failure.",
        (
            leaving_out(lambda effect, _: isinstance(effect, do.Persist) and _notes_reload(effect.memory)),
            OnLinux(
                "node.linux.body",
                "memory_to_text",
                lambda text: (
                    lambda memory: text(dataclasses.replace(memory, planned="") if _notes_reload(memory) else memory)
                ),
            ),
        ),
    ),
    WrongUnit(
        "heeds-one-hold-off",
        ("HA-521.a", "HA-521.b", "HA-524.c"),
        "A secondary follows the first hold-off since its start, and none from a later restart of its primary.",
        (Remembering(FirstHoldOff, _one_hold_off),),
    ),
    WrongUnit(
        "patience-of-factory-after-hold-off",
        ("HA-101", "HA-524.b"),
        "After a hold-off the secondary waits for the factory's 15 seconds of silence, whatever its threshold is.",
        (Remembering(Mark, _patience_of_factory),),
        alone="S",
    ),
    WrongUnit(
        "silent-after-expired-hold-off-mm",
        ("HA-113.a", "HA-113.c"),
        "A secondary that takes over because hold-off has expired holds the addresses, and announces none.",
        (Reaction(_silent_after_hold_off),),
    ),
)
