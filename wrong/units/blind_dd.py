"""Mistakes about roles, addresses and links, for clauses that a lot chose (seed 414213) out of 335 binding ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, Rank
from node.engine.settings import HaSettings
from node.engine.state import HoldingOff, State
from node.engine.states import Phase, Trigger
from node.engine.timing import DISCOVERY
from node.engine.transition import move
from node.engine.turn import News, PeerHeard, Readjusted, Rules, Turn
from wrong.common import Take, in_role, leaving_out
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

# Addresses, and the settings that are changed while the group runs


@dataclass(slots=True)
class Taken:
    """Addresses that were taken with the primary role."""

    addresses: set[str] = field(default_factory=set)


def releasing_what_was_taken(taken: Taken) -> tuple[Plain, ...]:
    """With mode off, give up the addresses that came with the role, whatever has replaced them since."""

    def react(reference: React, event: on.Event, unit: State) -> list[do.Effect]:
        led = unit.phase is Phase.PRIMARY
        effects = reference(event)
        if led and isinstance(event, on.SettingsChanged) and event.settings.mode is Mode.OFF:
            return [
                each for each in effects if not isinstance(each, do.ReleaseAddress) or each.address in taken.addresses
            ]
        if not led and unit.phase is Phase.PRIMARY:
            taken.addresses = {each.address for each in effects if isinstance(each, do.HoldAddress)}
        return effects

    return (Reaction(react),)


def watching_what_was_shared(settings: HaSettings, unit: State) -> HaSettings:
    """While leading, go on checking a monitored port whose failover action has become ignore."""
    if unit.phase is not Phase.PRIMARY:
        return settings
    now = {each.interface for each in settings.addresses}
    ignored = {each.interface for each in unit.settings.addresses} - now
    stay = tuple(each for each in unit.settings.monitored if each in ignored and each not in settings.monitored)
    return dataclasses.replace(settings, monitored=(*settings.monitored, *stay))


def known_ports_keep_theirs(settings: HaSettings, unit: State) -> HaSettings:
    """As secondary, take shared addresses for ports that had none, and no other address for a port that has one."""
    if unit.phase is not Phase.SECONDARY:
        return settings
    shared = {each.interface for each in settings.addresses}
    kept = [each for each in unit.settings.addresses if each.interface in shared]
    ports = {each.interface for each in kept}
    new = (each for each in settings.addresses if each.interface not in ports)
    return dataclasses.replace(settings, addresses=(*kept, *new))


@dataclass(slots=True)
class Announced:
    """Addresses that have been announced since the start."""

    addresses: set[str] = field(default_factory=set)


def announcing_once(told: Announced) -> tuple[Plain, ...]:
    """Announce an address with the first taking of it, and with no later one."""

    def react(reference: React, event: on.Event, _: State) -> list[do.Effect]:
        effects = reference(event)
        if not any(isinstance(each, do.HoldAddress) for each in effects):
            return effects
        known = set(told.addresses)
        told.addresses |= {each.address for each in effects if isinstance(each, do.Announce)}
        return [each for each in effects if not isinstance(each, do.Announce) or each.address not in known]

    return (Reaction(react),)


# Hold-off


def holds_off_for_a_reload(effect: do.Effect, _: State) -> bool:
    """Whether this is a hold-off command for a reload, on the second link."""
    match effect:
        case do.Send(Rank.SECONDARY, say.HoldOff(reason=Command.RELOAD.value)):
            return True
    return False


def resuming_when_readjusted(take: Take, turn: Turn, me: HoldingOff, news: News) -> None:
    """Begin the role of a secondary anew whenever settings are saved."""
    if isinstance(news, Readjusted) and me.synchronized:
        move(turn, Trigger.RESUME)
    else:
        take(turn, me, news)


def awaiting_the_next_start(take: Take, turn: Turn, me: HoldingOff, news: News) -> None:
    """Know the primary again only in the start that follows its hold-off command."""
    if not isinstance(news, PeerHeard) or news.beat.boot <= turn.unit.held_off_by + 1:
        take(turn, me, news)


@dataclass(slots=True)
class Resumed:
    """Whether the unit has held off since it last led."""

    ever: bool = False


def searching_after_hold_off(resumed: Resumed) -> tuple[Plain, ...]:
    """Add the time of a search for the peer to the patience, once the unit has held off."""

    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged):
            held_off = resumed.ever or effect.old is Effective.HOLD_OFF
            resumed.ever = held_off and effect.new is not Effective.PRIMARY
        return [effect]

    def decide(rules: Rules) -> Rules:
        return dataclasses.replace(
            rules, patience=lambda unit: rules.patience(unit) + (DISCOVERY if resumed.ever else 0.0)
        )

    return (Decision(decide), Effects(note))


@dataclass(slots=True)
class Mailless:
    """`planned`: an operator has restarted the unit; `waiting`: it leads, and its mail waits for the peer."""

    planned: bool = False
    waiting: bool = False


def mail_with_the_secondary(mailless: Mailless) -> tuple[Plain, ...]:
    """After a planned restart, start mail as primary only when the other unit is heard in its place."""

    def react(reference: React, event: on.Event, unit: State) -> list[do.Effect]:
        if isinstance(event, on.Started):
            mailless.planned = bool(event.memory.planned) and event.settings.mode.active_passive
        effects = reference(event)
        if unit.phase is not Phase.PRIMARY:
            mailless.waiting = False
            return effects
        peer = unit.group.peer
        in_place = peer is not None and peer.effective in {Effective.SECONDARY, Effective.HOLD_OFF}
        if in_place and mailless.waiting:
            mailless.planned = mailless.waiting = False
            return [*effects, do.StartMail()]
        starts = any(isinstance(each, do.StartMail) for each in effects)
        if not mailless.planned or not starts:
            return effects
        if in_place:
            mailless.planned = False
            return effects
        mailless.waiting = True
        return [each for each in effects if not isinstance(each, do.StartMail)]

    return (Reaction(react),)


# Failures and their memory


@dataclass(slots=True)
class Found:
    """Checks for which the unit has left the primary role since its start."""

    checks: set[str] = field(default_factory=set)


def finding_once(found: Found) -> tuple[Plain, ...]:
    """Leave the primary role for each kind of check once."""

    def react(reference: React, event: on.Event, unit: State) -> list[do.Effect]:
        led = unit.phase is Phase.PRIMARY
        if not isinstance(event, on.CheckDone) or not led:
            return reference(event)
        if not event.ok and event.what in found.checks:
            return []
        effects = reference(event)
        if unit.phase is not Phase.PRIMARY:
            found.checks.add(event.what)
        return effects

    return (Reaction(react),)


def unlatched_by_a_reload(memory: on.Memory) -> on.Memory:
    """Take a reload for an operator's word that the unit may follow again."""
    if not memory.latched_off or memory.planned != Command.RELOAD.value:
        return memory
    return dataclasses.replace(memory, latched_off=False, effective=Effective.SECONDARY)


# Links


@dataclass(slots=True)
class Late:
    """Whether the second link was configured while the group ran."""

    second: bool = False


def deaf_on_a_late_link(late: Late) -> tuple[Plain, ...]:
    """Hear no heartbeat on a second link that was not there when the unit entered its group."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        match event:
            case on.SettingsChanged(settings):
                before, after = has_second(unit.settings), has_second(settings)
                runs = unit.phase.in_group and settings.mode is unit.settings.mode
                late.second = runs and after and (late.second or not before)
            case on.Ordered(Command.RESTART):
                late.second = False
            case on.Heard(Rank.SECONDARY, say.Heartbeat()) if late.second:
                return []
        return [event]

    return (Events(see),)


def has_second(settings: HaSettings) -> bool:
    """Whether a second heartbeat link is configured."""
    return any(link.rank is Rank.SECONDARY for link in settings.links)


UNITS = (
    WrongUnit(
        "off-releases-what-it-took",
        ("HA-003.e",),
        "With mode off it gives up the addresses that it took with the role, not one that replaced them since.",
        (Remembering(Taken, releasing_what_was_taken),),
    ),
    WrongUnit(
        "keeps-watching-an-ignored-port",
        ("HA-152", "HA-171.b"),
        "A leading unit goes on checking a monitored port whose failover action has become ignore.",
        (Settings(watching_what_was_shared),),
    ),
    WrongUnit(
        "known-ports-keep-theirs",
        ("HA-112", "HA-159.b"),
        "A secondary to which another shared address of a port is copied takes over the address that it knew before.",
        (Settings(known_ports_keep_theirs),),
    ),
    WrongUnit(
        "announces-once-a",
        ("HA-164",),
        "It announces an address with the first taking of it since its start, and with no later one.",
        (Remembering(Announced, announcing_once),),
    ),
    WrongUnit(
        "reload-holds-off-by-first-link",
        ("HA-520.b", "HA-019.b"),
        "The hold-off command before a reload goes out on the primary heartbeat link only.",
        (leaving_out(holds_off_for_a_reload),),
    ),
    WrongUnit(
        "saving-ends-hold-off",
        ("HA-019.b", "HA-521.b"),
        "A secondary in hold-off whose HA settings are saved goes back to checking its primary.",
        (in_role(HoldingOff, resuming_when_readjusted),),
        alone="S",
    ),
    WrongUnit(
        "awaits-the-very-next-start",
        ("HA-524.a",),
        "In hold-off it knows its primary again only in the start right after the hold-off, not in a later one.",
        (in_role(HoldingOff, awaiting_the_next_start),),
    ),
    WrongUnit(
        "searches-after-hold-off",
        ("HA-103.b",),
        "Once it has held off it adds the time of a search for its peer to its detection time.",
        (Remembering(Resumed, searching_after_hold_off),),
    ),
    WrongUnit(
        "mail-waits-for-its-secondary",
        ("HA-526.b", "HA-022.a"),
        "A primary that was restarted on purpose processes mail only when its secondary is heard again.",
        (Remembering(Mailless, mail_with_the_secondary),),
        alone="P",
    ),
    WrongUnit(
        "finds-a-fault-once",
        ("HA-167",),
        "A primary that has failed and recovered does not fail for the same check again before its next start.",
        (Remembering(Found, finding_once),),
    ),
    WrongUnit(
        "reload-ends-the-latch",
        ("HA-311.b",),
        "A unit that on-failure off keeps off rejoins as secondary when it is reloaded.",
        (Remembered(unlatched_by_a_reload),),
    ),
    WrongUnit(
        "late-second-link-is-deaf",
        ("HA-706", "HA-061.c"),
        "It hears no heartbeat on a secondary link that was configured while the group ran.",
        (Remembering(Late, deaf_on_a_late_link),),
    ),
)
