"""A third blind batch, first half: roles, restarts, what is on disk, and orders; written from the manual alone."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine.messages import HoldOff, SyncNow
from node.engine.modes import Command, Effective, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import Following, Leading, Role, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import News, Rules, Turn
from wrong.common import Take, changing, in_role, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Events,
    Plain,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    WrongUnit,
)

DEFAULT_PATIENCE = 15.0
"""The manual's default of hb-lost-threshold, in seconds."""

BEATS = 1.5
"""Seconds of silence after which a heartbeat is missing."""

REMEMBERED = 10.0
"""Seconds for which a short silence of the peer is held against it."""


@dataclass(slots=True)
class Flag:
    """One thing that a wrong unit remembers since its start."""

    up: bool = False


def leads(unit: State) -> bool:
    """Whether the unit is primary."""
    return unit.phase is Phase.PRIMARY


# Settings that are changed while the group runs


def old_on_failure(new: HaSettings, unit: State) -> HaSettings:
    """Leave on-failure as it is while the unit leads."""
    return dataclasses.replace(new, on_failure=unit.settings.on_failure) if leads(unit) else new


def joins_when_saved(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Restart HA with each saved change, also where on-failure keeps the unit off."""
    effects = react(event)
    if isinstance(event, on.SettingsChanged) and unit.phase is Phase.SWITCHED_OFF:
        effects += react(on.Ordered(Command.RESTART))
    return effects


# What is on the disk


def keeps_latch(latched: Flag) -> tuple[Plain, ...]:
    """Write the mark of on-failure off, and never take it from the disk again."""

    def write(effect: do.Effect, _: State) -> do.Effect:
        if not isinstance(effect, do.Persist):
            return effect
        latched.up = latched.up or effect.memory.latched_off
        return do.Persist(dataclasses.replace(effect.memory, latched_off=latched.up))

    return (changing(write),)


def forgets_given_role(given: Flag) -> tuple[Plain, ...]:
    """Leave the old role on the disk where the primary role came from the peer, and not from its silence."""

    def handle(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        followed = unit.phase.follows
        effects = react(event)
        given.up = leads(unit) and (given.up or (followed and isinstance(event, on.Heard)))
        return [_as_secondary(each) if given.up else each for each in effects]

    return (Reaction(handle),)


def _as_secondary(effect: do.Effect) -> do.Effect:
    if isinstance(effect, do.Persist) and effect.memory.effective is Effective.PRIMARY:
        return do.Persist(dataclasses.replace(effect.memory, effective=Effective.SECONDARY))
    return effect


def stands_by(recovering: Flag) -> tuple[Plain, ...]:
    """After a power loss as primary follow for good, whatever becomes of the new primary."""

    def recall(memory: on.Memory) -> on.Memory:
        recovering.up = memory.effective is Effective.PRIMARY and not memory.planned
        return memory

    def take(reference: Take, turn: Turn, me: Role, news: News) -> None:
        if recovering.up and news == on.TimerFired(Wait.SILENCE):
            turn.start(Wait.SILENCE, turn.rules.patience(turn.unit))
        else:
            reference(turn, me, news)

    return Remembered(recall), in_role(Following, take)


# Hold-off, and what comes after it


def silent_after_hold_off(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Announce nothing when hold-off has run out."""
    over = event == on.TimerFired(Wait.HOLD_OFF)
    return [each for each in react(event) if not (over and isinstance(each, do.Announce))]


def patient_after_hold_off(rules: Rules) -> Rules:
    """Once the unit has held off, bear silence for the default time at least."""

    def patience(unit: State) -> float:
        own = rules.patience(unit)
        return max(own, DEFAULT_PATIENCE) if unit.held_off_by else own

    return dataclasses.replace(rules, patience=patience)


# Detection, links, and commands


@dataclass(slots=True)
class Silences:
    """The last short silence of the peer: how long it was, and when it ended; `last`: when the peer was last heard."""

    last: float = float("inf")
    length: float = 0.0
    ended: float = float("-inf")

    def heard(self, now: float) -> None:
        """Note that the peer was heard."""
        if now - self.last > BEATS:
            self.length, self.ended = now - self.last, now
        self.last = now

    def lately(self, now: float) -> float:
        """Seconds of silence that are held against the peer now."""
        return self.length if now - self.ended < REMEMBERED else 0.0


def adds_up(silences: Silences) -> tuple[Plain, ...]:
    """Take short silences of the last seconds off the patience with the next one."""

    def listen(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if isinstance(event, on.Heard):
            silences.heard(unit.now)
        return effects

    def decide(rules: Rules) -> Rules:
        def patience(unit: State) -> float:
            own = rules.patience(unit)
            return min(own, max(BEATS, own - silences.lately(unit.now)))

        return dataclasses.replace(rules, patience=patience)

    return Reaction(listen), Decision(decide)


def joins_by_first_link(heard: Flag) -> tuple[Plain, ...]:
    """Hear nothing on the secondary link until the peer was heard on the primary one."""

    def see(event: on.Event, _: State) -> list[on.Event]:
        if isinstance(event, on.Heard):
            heard.up = heard.up or event.rank is Rank.PRIMARY
            return [event] if heard.up else []
        return [event]

    return (Events(see),)


def syncs_by_first_link(rules: Rules) -> Rules:
    """Refuse an operator's synchronization while the primary link is down."""

    def refuses(unit: State, command: Command) -> str:
        if command is Command.SYNC and unit.group.links.for_sync() is Rank.SECONDARY:
            return "the primary heartbeat link is down, so nothing can be synchronized"
        return rules.refuses(unit, command)

    return dataclasses.replace(rules, refuses=refuses)


def second_hold_off(effect: do.Effect, _: State) -> bool:
    """Whether an effect is a hold-off command on the secondary link."""
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, HoldOff)


# Leading, and its end


def copies_while_leading(reference: Take, turn: Turn, me: Role, news: News) -> None:
    """Copy what a second primary says is new."""
    reference(turn, me, news)
    if isinstance(news, on.Heard) and isinstance(news.message, SyncNow) and turn.unit.group.peer_leads:
        turn.do(do.StartSync(Sync.CONFIG, news.rank))


def releases_late(held: list[do.Effect]) -> tuple[Plain, ...]:
    """Keep the shared addresses when the role is given away, until the peer is found leading with a heartbeat."""

    def handle(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        led = isinstance(unit.role, Leading)
        effects = react(event)
        if led and isinstance(unit.role, Following):
            held.extend(each for each in effects if isinstance(each, do.ReleaseAddress))
            return [each for each in effects if not isinstance(each, do.ReleaseAddress)]
        looks = event == on.TimerFired(Wait.HEARTBEAT) and unit.group.peer_leads
        if looks or not isinstance(unit.role, Following):
            effects = [*held, *effects]
            held.clear()
        return effects

    return (Reaction(handle),)


def blind_after_cure(cured: Flag) -> tuple[Plain, ...]:
    """Take no notice of a bad check once a fault has been cured."""

    def see(event: on.Event, unit: State) -> list[on.Event]:
        if isinstance(event, on.CheckDone):
            cured.up = cured.up or (event.ok and unit.phase is Phase.FAILED)
            return [] if cured.up and not event.ok else [event]
        return [event]

    return (Events(see),)


def queue_after_start_only(led: Flag) -> tuple[Plain, ...]:
    """Hand the queue over only as long as the unit has not led since its start."""

    def instead(effect: do.Effect, unit: State) -> list[do.Effect]:
        led.up = led.up or leads(unit)
        return [] if led.up and isinstance(effect, do.HandOverQueue) else [effect]

    return (Effects(instead),)


UNITS = (
    WrongUnit(
        "on-failure-not-while-leading",
        ("HA-310", "HA-300.b"),
        "Takes a change of on-failure into force only when it is saved while the unit does not lead, or at a start.",
        (Settings(old_on_failure),),
    ),
    WrongUnit(
        "joins-on-any-saved-setting",
        ("HA-311.b",),
        "Restarts HA when any of its settings is saved, also where on-failure off keeps the unit out of the group.",
        (Reaction(joins_when_saved),),
    ),
    WrongUnit(
        "off-stays-on-disk-after-a-restore",
        ("HA-313.a", "HA-524.a"),
        "Does not take the mark of on-failure off from its disk when it is restored, and is off after the next start.",
        (Remembering(Flag, keeps_latch),),
    ),
    WrongUnit(
        "given-role-not-on-disk",
        ("HA-300.a", "HA-322.a"),
        "Notes the primary role on its disk when it takes it, but not when the peer gives it.",
        (Remembering(Flag, forgets_given_role),),
    ),
    WrongUnit(
        "recovered-unit-stands-by",
        ("HA-122.b",),
        "Having come back as secondary after a power loss as primary, does not take over from the new primary.",
        (Remembering(Flag, stands_by),),
        alone="P",
    ),
    WrongUnit(
        "silent-after-hold-off",
        ("HA-113.a",),
        "Announces no address when it takes over because hold-off has run out.",
        (Reaction(silent_after_hold_off),),
    ),
    WrongUnit(
        "default-threshold-from-hold-off-on",
        ("HA-108.a", "HA-103.b"),
        "Watches its primary with the default threshold, if that is longer, once it has held off.",
        (Decision(patient_after_hold_off),),
    ),
    WrongUnit(
        "hold-off-on-first-link",
        ("HA-520.a", "HA-520.b"),
        "Sends hold-off on the primary heartbeat link only, also while that is down and the secondary one works.",
        (leaving_out(second_hold_off),),
        alone="P",
    ),
    WrongUnit(
        "joins-by-first-link-only",
        ("HA-061.a", "HA-706"),
        "After a start hears nothing on the secondary heartbeat link before it has heard its peer on the primary one.",
        (Remembering(Flag, joins_by_first_link),),
        alone="S",
    ),
    WrongUnit(
        "syncs-by-hand-on-first-link",
        ("HA-354.a", "HA-354.b"),
        "Refuses a synchronization by hand while the primary heartbeat link is down, though the secondary one works.",
        (Decision(syncs_by_first_link),),
    ),
    WrongUnit(
        "sums-silences",
        ("HA-102",),
        "Adds a short silence of its primary to the next one, if that follows within ten seconds.",
        (Remembering(Silences, adds_up),),
    ),
    WrongUnit(
        "copies-as-second-primary",
        ("HA-702.a",),
        "Copies the configuration from another primary when that tells of a change, though it is primary itself.",
        (in_role(Leading, copies_while_leading),),
        alone="S",
    ),
    WrongUnit(
        "releases-when-peer-leads",
        ("HA-163", "HA-154"),
        "Gives its shared addresses up only when it sees its peer lead, after it has given the role away.",
        (Remembering(list[do.Effect], releases_late),),
    ),
    WrongUnit(
        "monitors-until-first-fault",
        ("HA-167",),
        "Once a fault that monitoring found is cured, finds no fault any more until it starts again.",
        (Remembering(Flag, blind_after_cure),),
    ),
    WrongUnit(
        "queue-after-start-only",
        ("HA-421", "HA-333.a"),
        "Hands its queue over as secondary only if it has not led since its last start.",
        (Remembering(Flag, queue_after_start_only),),
        alone="P",
    ),
)
