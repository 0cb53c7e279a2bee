"""The fifteenth blind batch, half ee, on roles, the disk and what goes on afterwards: written from the manual alone."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.timers import Periodic, Wait
from node.engine.turn import Conduct, News, Rules, Turn
from wrong.common import Mark, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Events,
    InRole,
    Plain,
    React,
    Reaction,
    Remembering,
    WrongUnit,
)

# Who leads


def _keeping_the_role_after_a_restart(memory: Mark) -> tuple[Plain, ...]:
    def change(conduct: Conduct) -> Conduct:
        def enter(turn: Turn, me: Leading, came_from: Phase) -> None:
            memory.up = came_from is Phase.JOINING
            conduct.enter(turn, me, came_from)

        def take(turn: Turn, me: Leading, news: News) -> None:
            asked = isinstance(news, on.Heard) and isinstance(news.message, say.AskRole)
            if not (asked and memory.up and turn.unit.settings.mode is Mode.SECONDARY):
                conduct.take(turn, me, news)

        return dataclasses.replace(conduct, enter=enter, take=take)

    return (InRole(Leading, change),)


# The disk


@dataclass(slots=True)
class FirstRecord:
    """Whether a unit was latched off by what it wrote first in this run; None before it has written anything."""

    latched: bool | None = None


def _unlatching(memory: FirstRecord) -> tuple[Plain, ...]:
    def instead(effect: do.Effect, unit: State) -> list[do.Effect]:
        if not isinstance(effect, do.Persist):
            return [effect]
        if memory.latched is None:
            memory.latched = effect.memory.latched_off
        if not (memory.latched and unit.phase is Phase.SWITCHED_OFF):
            return [effect]
        kept = dataclasses.replace(effect.memory, latched_off=False, effective=Effective.SECONDARY)
        return [do.Persist(kept)]

    return (Effects(instead),)


def _staying_latched(memory: Mark) -> tuple[Plain, ...]:
    def instead(effect: do.Effect, _: State) -> list[do.Effect]:
        if not isinstance(effect, do.Persist):
            return [effect]
        memory.up = memory.up or effect.memory.latched_off
        return [do.Persist(dataclasses.replace(effect.memory, latched_off=memory.up))]

    return (Effects(instead),)


# What goes on afterwards


def _without_schedule_of_data(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Start no schedule of mail data when hold-off ends."""
    effects = react(event)
    resumed = any(isinstance(each, do.RoleChanged) and each.old is Effective.HOLD_OFF for each in effects)
    data = Periodic(Sync.DATA)
    return [each for each in effects if not (resumed and isinstance(each, do.StartTimer) and each.timer == data)]


@dataclass(slots=True)
class FirstLink:
    """What has become of the primary heartbeat link in this run."""

    lost: bool = False
    cured: bool = False


def _relying_on_a_cured_link(memory: FirstLink) -> tuple[Plain, ...]:
    def is_spared(effect: do.Effect, unit: State) -> bool:
        told = unit.group.links.told.get(Rank.PRIMARY)
        memory.cured = memory.cured or (memory.lost and told is True)
        memory.lost = memory.lost or told is False
        match effect:
            case do.Send(Rank.SECONDARY, say.Heartbeat()):
                return memory.cured and told is True
        return False

    return (leaving_out(is_spared),)


def _withholding_after_a_split(memory: Mark) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> list[on.Event]:
        memory.up = memory.up or (isinstance(unit.role, Leading) and unit.role.rival)
        return [event]

    def decide(rules: Rules) -> Rules:
        def withholds(unit: State, what: Sync) -> str:
            return "there are two primaries" if memory.up else rules.withholds(unit, what)

        return dataclasses.replace(rules, withholds=withholds)

    return Events(see), Decision(decide)


def _handing_over_once(memory: Mark) -> tuple[Plain, ...]:
    def react_once(react: React, event: on.Event, _: State) -> list[do.Effect]:
        memory.up = memory.up or (isinstance(event, on.QueueHandedOver) and event.ok and event.count > 0)
        return [effect for effect in react(event) if not (memory.up and isinstance(effect, do.HandOverQueue))]

    return (Reaction(react_once),)


def _without_mail_in_config_only(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Leave mail stopped when a secondary of a pair becomes a member of a config-only group."""
    moves = isinstance(event, on.SettingsChanged) and event.settings.mode.config_only and unit.phase is Phase.SECONDARY
    return [effect for effect in react(event) if not (moves and isinstance(effect, do.StartMail))]


# Addresses and announcements


@dataclass(slots=True)
class Later:
    """What a unit still has to release."""

    releases: list[do.Effect] = field(default_factory=list)


def _releasing_with_the_next_heartbeat(memory: Later) -> tuple[Plain, ...]:
    def react_later(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        due: list[do.Effect] = []
        if event == on.TimerFired(Wait.HEARTBEAT):
            due, memory.releases = memory.releases, []
        for effect in react(event):
            if isinstance(effect, do.ReleaseAddress) and unit.phase is Phase.SECONDARY:
                memory.releases.append(effect)
                continue
            if isinstance(effect, do.HoldAddress):
                memory.releases = []
            due.append(effect)
        return due

    return (Reaction(react_later),)


@dataclass(slots=True)
class Takeovers:
    """How often a unit has become primary in this run."""

    count: int = 0


def _announcing_the_first_takeover(memory: Takeovers) -> tuple[Plain, ...]:
    def is_left_out(effect: do.Effect, _: State) -> bool:
        if isinstance(effect, do.RoleChanged) and effect.new is Effective.PRIMARY:
            memory.count += 1
        return isinstance(effect, do.Announce) and memory.count > 1

    return (leaving_out(is_left_out),)


UNITS = (
    WrongUnit(
        "keeps-the-role-after-a-restart",
        ("HA-321",),
        "Gives the role back that it took over, but not when it has been restarted as primary since.",
        (Remembering(Mark, _keeping_the_role_after_a_restart),),
        alone="S",
    ),
    WrongUnit(
        "treats-a-reload-as-a-crash",
        ("HA-524.a",),
        "Notes on its disk before a reboot that it was planned, but not before a reload.",
        (leaving_out(lambda each, _: isinstance(each, do.Persist) and each.memory.planned == Command.RELOAD.value),),
    ),
    WrongUnit(
        "unlatches-when-it-starts",
        ("HA-311.b", "HA-312.c"),
        "Stays off after a failure when it starts, and clears on its disk that it is to.",
        (Remembering(FirstRecord, _unlatching),),
        alone="P",
    ),
    WrongUnit(
        "keeps-the-latch-on-disk",
        ("HA-313.a", "HA-524.a"),
        "Takes its role when an operator restores it after a failure, and leaves on its disk that it is to stay off.",
        (Remembering(Mark, _staying_latched),),
        alone="P",
    ),
    WrongUnit(
        "schedules-no-data-after-hold-off",
        ("HA-402",),
        "Copies mail data once when a hold-off ends, and by schedule no more.",
        (Reaction(_without_schedule_of_data),),
        alone="S",
    ),
    WrongUnit(
        "relies-on-a-cured-link",
        ("HA-060.a", "HA-706"),
        "Sends no heartbeat on the secondary link once the primary link was lost and is back.",
        (Remembering(FirstLink, _relying_on_a_cured_link),),
    ),
    WrongUnit(
        "never-forgets-a-split",
        ("HA-704.c",),
        "Gives its peer no copy any more once both were primary.",
        (Remembering(Mark, _withholding_after_a_split),),
    ),
    WrongUnit(
        "hands-its-queue-over-once-ee",
        ("HA-333.a", "HA-421"),
        "Hands its queue to the primary after its first failure, but not after another one in the same run.",
        (Remembering(Mark, _handing_over_once),),
        alone="P",
    ),
    WrongUnit(
        "leaves-mail-off-in-config-only",
        ("HA-023",),
        "Processes no mail as a member of a config-only group if it was secondary of a pair just before.",
        (Reaction(_without_mail_in_config_only),),
    ),
    WrongUnit(
        "releases-with-the-next-heartbeat",
        ("HA-154", "HA-163"),
        "Keeps the shared addresses, when the role moves away, until it sends its next heartbeat.",
        (Remembering(Later, _releasing_with_the_next_heartbeat),),
    ),
    WrongUnit(
        "announces-its-first-takeover",
        ("HA-113.a", "HA-113.c", "HA-164"),
        "Announces the addresses when it takes over for the first time since it started, and never again.",
        (Remembering(Takeovers, _announcing_the_first_takeover),),
        alone="S",
    ),
)
