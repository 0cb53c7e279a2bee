"""Half of a fourth blind batch: a unit forgets, keeps or puts off something of its addresses, hold-off or memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from node.engine import addresses
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective
from node.engine.settings import SharedAddress
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import Rules
from wrong.common import leaving_out
from wrong.record import Decision, Effects, Events, OnLinux, React, Reaction, Remembered, Remembering, WrongUnit


def becomes(effects: Iterable[do.Effect], new: Effective) -> bool:
    """Whether a unit's effective mode changes to this one."""
    return any(isinstance(each, do.RoleChanged) and each.new is new for each in effects)


def stops_leading(effects: Iterable[do.Effect]) -> bool:
    """Whether a unit leaves the primary role."""
    return any(isinstance(each, do.RoleChanged) and each.old is Effective.PRIMARY for each in effects)


@dataclass(slots=True)
class Flag:
    """Something that has happened since the unit's start."""

    up: bool = False


# Announcements and addresses


@dataclass(slots=True)
class Count:
    """How often something has happened since the unit's start."""

    times: int = 0


def announcing_once(taken: Count) -> tuple[Reaction, ...]:
    """Announce nothing at the second takeover since the start, and at those after it."""

    def react(take: React, event: on.Event, _: State) -> list[do.Effect]:
        effects = take(event)
        if becomes(effects, Effective.PRIMARY):
            taken.times += 1
            if taken.times > 1:
                return [each for each in effects if not isinstance(each, do.Announce)]
        return effects

    return (Reaction(react),)


@dataclass(slots=True)
class Held:
    """The addresses that were shared when the unit took the primary role, without those given up since."""

    addresses: set[tuple[str, str]] = field(default_factory=set)


def releasing_what_it_took(held: Held) -> tuple[Reaction, ...]:
    """On leaving the primary role give up only what was taken at its beginning."""

    def react(take: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = take(event)
        if stops_leading(effects):
            return [
                each for each in effects if not isinstance(each, do.ReleaseAddress) or _place(each) in held.addresses
            ]
        if becomes(effects, Effective.PRIMARY):
            held.addresses = {(each.interface, each.address) for each in addresses.shared(unit.settings)}
        held.addresses -= {_place(each) for each in effects if isinstance(each, do.ReleaseAddress)}
        return effects

    return (Reaction(react),)


def _place(effect: do.HoldAddress | do.ReleaseAddress | do.Announce | SharedAddress) -> tuple[str, str]:
    return effect.interface, effect.address


def holding_it_already(take: React, event: on.Event, _: State) -> list[do.Effect]:
    """After a change of settings leave an address as it is held, if it is still shared on its interface."""
    effects = take(event)
    if not isinstance(event, on.SettingsChanged):
        return effects
    released = {_place(each) for each in effects if isinstance(each, do.ReleaseAddress)}
    stay = released & {_place(each) for each in effects if isinstance(each, do.HoldAddress)}

    def concerns_one(effect: do.Effect) -> bool:
        return isinstance(effect, do.HoldAddress | do.ReleaseAddress | do.Announce) and _place(effect) in stay

    return [each for each in effects if not concerns_one(each)]


@dataclass(slots=True)
class Later:
    """The addresses that the unit has still to give up."""

    releases: list[do.Effect] = field(default_factory=list)


def releasing_late(later: Later) -> tuple[Reaction, ...]:
    """Give the addresses up when the peer is heard as primary, if the role was moved on purpose."""

    def react(take: React, event: on.Event, _: State) -> list[do.Effect]:
        effects = take(event)
        if stops_leading(effects) and becomes(effects, Effective.SECONDARY):
            later.releases = [each for each in effects if isinstance(each, do.ReleaseAddress)]
            return [each for each in effects if each not in later.releases]
        if becomes(effects, Effective.PRIMARY):
            later.releases = []
        elif _says_primary(event) or any(isinstance(each, do.RoleChanged) for each in effects):
            due, later.releases = later.releases, []
            return [*due, *effects]
        return effects

    return (Reaction(react),)


def _says_primary(event: on.Event) -> bool:
    return (
        isinstance(event, on.Heard)
        and isinstance(event.message, say.Heartbeat)
        and event.message.effective is Effective.PRIMARY
    )


def announcing_ipv4(announce: Callable[[str, str], None]) -> Callable[[str, str], None]:
    """Announce no IPv6 address, in a container."""

    def announce_ipv4(device: str, address: str) -> None:
        if ":" not in address:
            announce(device, address)

    return announce_ipv4


# Hold-off and split


@dataclass(slots=True)
class Threshold:
    """The threshold before one that was entered during hold-off; None where none was."""

    kept: float | None = None


def missing_threshold(threshold: Threshold) -> tuple[Events | Decision, ...]:
    """Do not take over a threshold that is entered during hold-off, until the settings change again."""

    def see(event: on.Event, unit: State) -> list[on.Event]:
        if isinstance(event, on.SettingsChanged):
            threshold.kept = unit.settings.lost_threshold if unit.phase is Phase.HOLD_OFF else None
        return [event]

    def decide(rules: Rules) -> Rules:
        def patience(unit: State) -> float:
            return rules.patience(unit) if threshold.kept is None else threshold.kept

        return dataclasses.replace(rules, patience=patience)

    return Events(see), Decision(decide)


def ending_hold_off_again(event: on.Event, unit: State) -> list[on.Event]:
    """Take the end of a hold-off that is over for the silence of the primary."""
    if event == on.TimerFired(Wait.HOLD_OFF) and unit.phase is Phase.SECONDARY:
        return [on.TimerFired(Wait.SILENCE)]
    return [event]


def shy_after_split(split: Flag) -> tuple[Events, ...]:
    """Since the unit has met another primary, do not take the role over from a silent one."""

    def see(event: on.Event, unit: State) -> list[on.Event]:
        if isinstance(unit.role, Leading) and unit.role.rival:
            split.up = True
        silent = event == on.TimerFired(Wait.SILENCE) and unit.phase is Phase.SECONDARY
        return [] if silent and split.up else [event]

    return (Events(see),)


# What is on the disk


def latching_for_ever(latched: Flag) -> tuple[Effects | Remembered, ...]:
    """Once the unit is latched off, leave it so on the disk."""

    def recall(memory: on.Memory) -> on.Memory:
        latched.up = memory.latched_off
        return memory

    def instead(effect: do.Effect, _: State) -> list[do.Effect]:
        if isinstance(effect, do.Persist):
            latched.up = latched.up or effect.memory.latched_off
            return [do.Persist(dataclasses.replace(effect.memory, latched_off=latched.up))]
        return [effect]

    return Remembered(recall), Effects(instead)


def still_primary_on_disk(led: Flag) -> tuple[Effects, ...]:
    """Do not write that the unit, primary since its start, is secondary now."""

    def instead(effect: do.Effect, _: State) -> list[do.Effect]:
        match effect:
            case do.RoleChanged(new=Effective.PRIMARY):
                led.up = True
            case do.Persist(memory) if led.up and memory.effective is Effective.SECONDARY:
                return [do.Persist(dataclasses.replace(memory, effective=Effective.PRIMARY))]
        return [effect]

    return (Effects(instead),)


def unplanned_reload(memory: on.Memory) -> on.Memory:
    """Take the restart of the process for a failure."""
    return dataclasses.replace(memory, planned="") if memory.planned == "reload" else memory


# The unit as it starts


def mail_at_start(open_early: Flag) -> tuple[Reaction, ...]:
    """Start mail at once where the unit was primary, and stop it when it turns out to follow."""

    def react(take: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = take(event)
        if isinstance(event, on.Started) and unit.phase is Phase.JOINING:
            open_early.up = event.memory.effective is Effective.PRIMARY
            return [*effects, do.StartMail()] if open_early.up else effects
        if open_early.up and unit.effective is not Effective.OFF:
            open_early.up = False
            return effects if unit.phase is Phase.PRIMARY else [*effects, do.StopMail()]
        return effects

    return (Reaction(react),)


UNITS = (
    WrongUnit(
        "announces-first-takeover-only",
        ("HA-113.a", "HA-164"),
        "It announces the addresses when it first takes them after its start, and at no later takeover.",
        (Remembering(Count, announcing_once),),
        alone="S",
    ),
    WrongUnit(
        "releases-what-it-took",
        ("HA-154", "HA-163"),
        "It gives up the addresses that it took with the role, and keeps one that was added while it led.",
        (Remembering(Held, releasing_what_it_took),),
    ),
    WrongUnit(
        "other-action-same-address",
        ("HA-155.a", "HA-153.b"),
        "A change from add to set or back, of an address that it holds, has no effect until it takes the role again.",
        (Reaction(holding_it_already),),
    ),
    WrongUnit(
        "releases-when-the-peer-leads",
        ("HA-163", "HA-154"),
        "When the role is moved on purpose, it holds the addresses until it hears that its peer leads.",
        (Remembering(Later, releasing_late),),
    ),
    WrongUnit(
        "announces-no-ipv6-x",
        ("HA-113.b",),
        "It announces the IPv4 addresses that it takes, and no IPv6 address beside them.",
        (
            leaving_out(lambda effect, _: isinstance(effect, do.Announce) and ":" in effect.address),
            OnLinux("node.linux.addresses", "announce", announcing_ipv4),
        ),
    ),
    WrongUnit(
        "misses-threshold-in-hold-off",
        ("HA-104", "HA-108.a"),
        "A lost threshold that is entered while it holds off is not used afterwards.",
        (Remembering(Threshold, missing_threshold),),
        alone="S",
    ),
    WrongUnit(
        "hold-off-timer-left-running",
        ("HA-524.c", "HA-163"),
        "It resumes from hold-off, and takes over nevertheless when the hold-off would have expired.",
        (leaving_out(lambda effect, _: effect == do.StopTimer(Wait.HOLD_OFF)), Events(ending_hold_off_again)),
        alone="S",
    ),
    WrongUnit(
        "shy-after-split",
        ("HA-101", "HA-110.a"),
        "Once it has met another primary, it never takes over again from one that falls silent.",
        (Remembering(Flag, shy_after_split),),
        alone="S",
    ),
    WrongUnit(
        "latch-outlives-restore-x",
        ("HA-524.a", "HA-526.b"),
        "Restored by hand after on-failure off, it leads, but after its next planned reboot it is off again.",
        (Remembering(Flag, latching_for_ever),),
        alone="P",
    ),
    WrongUnit(
        "still-primary-on-disk",
        ("HA-338",),
        "That it has given the primary role away is not on its disk, so on-failure governs its next loss of power.",
        (Remembering(Flag, still_primary_on_disk),),
    ),
    WrongUnit(
        "reload-taken-for-failure",
        ("HA-524.a", "HA-526.b"),
        "After a reload on purpose it does what on-failure says, as after a loss of power.",
        (Remembered(unplanned_reload),),
        alone="P",
    ),
    WrongUnit(
        "mail-before-role",
        ("HA-013.e",),
        "A unit that was primary before it restarted serves mail already while it is switching into HA.",
        (Remembering(Flag, mail_at_start),),
    ),
)
