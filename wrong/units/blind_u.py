"""A tenth blind batch, half u: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Command, Effective, Rank
from node.engine.settings import HaSettings
from node.engine.state import State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import Rules
from node.settings import Configuration, Refused, in_force, values
from node.settings.schema import HA_INTERFACE
from wrong.common import changing, exchanging, ignoring, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Events,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembering,
    Settings,
    WrongUnit,
)

# Addresses and announcements


def _announcing_each_once(announced: set[str]) -> tuple[Plain, ...]:
    """Announce an address at the first takeover since the start, and never again."""

    def once(effect: do.Effect, _: State) -> list[do.Effect]:
        if isinstance(effect, do.Announce):
            if effect.address in announced:
                return []
            announced.add(effect.address)
        return [effect]

    return (Effects(once),)


def _announcing_ipv4_only(announce: Callable[[str, str], None]) -> Callable[[str, str], None]:
    """On Linux, too."""

    def announce_ipv4(device: str, address: str) -> None:
        if ":" not in address:
            announce(device, address)

    return announce_ipv4


def _releasing_what_was_taken(taken: set[do.HoldAddress]) -> tuple[Plain, ...]:
    """At the end of the role give up only what was held at its beginning."""

    def release(react: React, event: on.Event, _: State) -> list[do.Effect]:
        effects = react(event)
        if isinstance(event, on.SettingsChanged):
            return effects
        if any(isinstance(each, do.StartMail) for each in effects):
            taken.clear()
        taken.update(each for each in effects if isinstance(each, do.HoldAddress))

        def stays(each: do.Effect) -> bool:
            return isinstance(each, do.ReleaseAddress) and (
                do.HoldAddress(each.interface, each.action, each.address) not in taken
            )

        return [each for each in effects if not stays(each)]

    return (Reaction(release),)


def _not_returning_after_fault(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """After a fault take the shared address away as if it had stood beside the own one."""
    effects = react(event)
    if not isinstance(event, on.CheckDone):
        return effects
    return [
        dataclasses.replace(each, action=Action.ADD) if isinstance(each, do.ReleaseAddress) else each
        for each in effects
    ]


# Mail

DRAINED_AFTER = 4
"""Heartbeats for which a unit that has given its role away goes on with mail."""


@dataclass(slots=True)
class _Draining:
    """How many heartbeats are left until mail stops; 0: it does not drain."""

    left: int = 0


def _draining_mail(draining: _Draining) -> tuple[Plain, ...]:
    """Let mail run on for a few seconds when the role is given away."""

    def drain(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        led = unit.phase is Phase.PRIMARY
        effects = react(event)
        if led and unit.phase is Phase.SECONDARY:
            draining.left = DRAINED_AFTER
            return [each for each in effects if not isinstance(each, do.StopMail)]
        if draining.left and unit.phase is not Phase.SECONDARY:
            draining.left = 0
            return effects if unit.phase in {Phase.PRIMARY, Phase.STANDALONE} else [do.StopMail(), *effects]
        if draining.left and event == on.TimerFired(Wait.HEARTBEAT):
            draining.left -= 1
            return effects if draining.left else [*effects, do.StopMail()]
        return effects

    return (Reaction(drain),)


# Reports


def _hiding_hold_off(effect: do.Effect, _: State) -> do.Effect:
    if isinstance(effect, do.Alert) and (effect.old, effect.new) == (Effective.HOLD_OFF, Effective.PRIMARY):
        return dataclasses.replace(effect, old=Effective.SECONDARY)
    return effect


LOST_PEER = "ha: SLAVE heartbeat disappeared"


def _reporting_lost_peer_once(reported: set[type]) -> tuple[Plain, ...]:
    """Report that the secondary is lost once in a life of the process."""

    def once(effect: do.Effect, _: State) -> list[do.Effect]:
        lost = (isinstance(effect, do.Log) and effect.message == LOST_PEER) or (
            isinstance(effect, do.Alert) and effect.event == LOST_PEER
        )
        if lost and type(effect) in reported:
            return []
        if lost:
            reported.add(type(effect))
        return [effect]

    return (Effects(once),)


def _no_alert_without_answer(react: React, event: on.Event, _: State) -> list[do.Effect]:
    effects = react(event)
    if event == on.TimerFired(Wait.RESTART):
        return [each for each in effects if not isinstance(each, do.Alert)]
    return effects


# Memory


def _storing_no_lead_after_hold_off(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    effects = react(event)
    if event == on.TimerFired(Wait.HOLD_OFF) and unit.phase is Phase.PRIMARY:
        return [each for each in effects if not isinstance(each, do.Persist)]
    return effects


@dataclass(slots=True)
class _Planned:
    """The planned restart from which this process has come."""

    command: str = ""


def _staying_planned(planned: _Planned) -> tuple[Plain, ...]:
    """Keep the note of a planned restart on the disk when the unit leads again."""

    def see(event: on.Event, _: State) -> list[on.Event]:
        if isinstance(event, on.Started):
            planned.command = event.memory.planned
        return [event]

    def stale(effect: do.Effect, _: State) -> list[do.Effect]:
        if isinstance(effect, do.Persist) and effect.memory.effective is Effective.PRIMARY:
            return [do.Persist(dataclasses.replace(effect.memory, planned=effect.memory.planned or planned.command))]
        return [effect]

    return (Events(see), Effects(stale))


def _unlatched(memory: on.Memory) -> on.Memory:
    """What a latched unit stores for a planned restart."""
    if memory.latched_off and memory.planned == Command.REBOOT.value:
        return dataclasses.replace(memory, latched_off=False, effective=None)
    return memory


def _storing_unlatched(effect: do.Effect, _: State) -> do.Effect:
    return do.Persist(_unlatched(effect.memory)) if isinstance(effect, do.Persist) else effect


def _text_unlatched(text: Callable[[on.Memory], str]) -> Callable[[on.Memory], str]:
    """On Linux, too."""
    return lambda memory: text(_unlatched(memory))


# Settings that change while the group runs


def _still_watching(new: HaSettings, unit: State) -> HaSettings:
    """While it leads and monitors, let a port that is watched be watched on."""
    old = unit.settings
    if unit.phase is Phase.PRIMARY and old.local_ports.enabled and new.local_ports.enabled:
        return dataclasses.replace(new, monitored=tuple(dict.fromkeys((*old.monitored, *new.monitored))))
    return new


def _keeping_on_failure(new: HaSettings, unit: State) -> HaSettings:
    """While it is failed, let on-failure be what it was at the fault."""
    return dataclasses.replace(new, on_failure=unit.settings.on_failure) if unit.phase is Phase.FAILED else new


def _keeping_password(new: HaSettings, unit: State) -> HaSettings:
    """In its group, let the password be the one with which it entered."""
    entered = unit.phase.in_group and new.mode is unit.settings.mode
    return dataclasses.replace(new, password=unit.settings.password) if entered else new


DEFAULT_PATIENCE = 15.0


def _default_patience_once_held_off(rules: Rules) -> Rules:
    return dataclasses.replace(
        rules, patience=lambda unit: DEFAULT_PATIENCE if unit.held_off_by else rules.patience(unit)
    )


# The role


@dataclass(slots=True)
class _Given:
    """Whether the role has been given to a peer that asked."""

    once: bool = False


def _giving_role_once(given: _Given) -> tuple[Plain, ...]:
    """Give the role to a peer that asks, and take it for a repetition when it asks again later."""

    def give(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        asked = isinstance(event, on.Heard) and isinstance(event.message, say.AskRole)
        if not (asked and unit.phase is Phase.PRIMARY):
            return react(event)
        if given.once:
            return []
        effects = react(event)
        given.once = unit.phase is not Phase.PRIMARY
        return effects

    return (Reaction(give),)


def _sent_on_second_link(kind: type, effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, kind)


def _alone_and_faulty(event: on.Event, unit: State) -> bool:
    faulty = isinstance(event, on.CheckDone) and not event.ok
    return faulty and unit.phase is Phase.PRIMARY and unit.group.peer is None


# The exchange of settings


def _keeping_removed_ipv6(
    before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    """Take a copy, but let an IPv6 address that the primary has no more stay."""
    steps = in_force.by_copy(before, text, expected, given)
    saved = [each.configuration for each in steps if isinstance(each, in_force.Save)]
    if not saved:
        return steps
    after = saved[-1]
    for port in before.interfaces:
        path = (*HA_INTERFACE, port, "virtual-ip6")
        if values.is_unset(after.get(path)) and not values.is_unset(before.get(path)):
            try:
                after = after.with_value(path, before.get(path))
            except Refused:  # the action has gone, too
                continue
    own = in_force.by_operator(before, after, given)
    return [each for each in own if each != in_force.Tell(on.ConfigurationChanged())]


UNITS = (
    # Of the unit that leads
    WrongUnit(
        "announces-each-address-once-u",
        ("HA-113.a", "HA-113.c"),
        "Announces a shared address at its first takeover since it started, and not at a later one.",
        (Remembering(set[str], _announcing_each_once),),
    ),
    WrongUnit(
        "announces-no-ipv6-address",
        ("HA-113.b",),
        "When it takes an IPv4 and an IPv6 address over, it announces the IPv4 one only.",
        (
            leaving_out(lambda effect, _: isinstance(effect, do.Announce) and ":" in effect.address),
            OnLinux("node.linux.addresses", "announce", _announcing_ipv4_only),
        ),
    ),
    WrongUnit(
        "releases-only-what-it-took",
        ("HA-154", "HA-163"),
        "Keeps a virtual address that it was given while it led when it stops being primary.",
        (Remembering(set[do.HoldAddress], _releasing_what_was_taken),),
    ),
    WrongUnit(
        "failed-port-stays-bare",
        ("HA-156",),
        "With the action set, does not return the interface to its own address when monitoring ends its role.",
        (Reaction(_not_returning_after_fault),),
    ),
    WrongUnit(
        "drains-mail-after-yielding",
        ("HA-022.b", "HA-111.a"),
        "Goes on accepting mail on its own address for some seconds after it has given its role away.",
        (Remembering(_Draining, _draining_mail),),
    ),
    WrongUnit(
        "alert-skips-hold-off",
        ("HA-655.c",),
        "Its alert about the takeover after an expired hold-off names SLAVE as the old state.",
        (changing(_hiding_hold_off),),
    ),
    WrongUnit(
        "reports-lost-secondary-once-u",
        ("HA-117.a", "HA-527.a"),
        "Reports that the secondary's heartbeat has disappeared once, and not when it is lost again later.",
        (Remembering(set[type], _reporting_lost_peer_once),),
    ),
    WrongUnit(
        "reboots-alone-without-alert",
        ("HA-525.a",),
        "Sends the alert about its planned restart only if the secondary has confirmed the hold-off.",
        (Reaction(_no_alert_without_answer),),
    ),
    WrongUnit(
        "forgets-lead-after-hold-off",
        ("HA-337",),
        "Does not store that it leads when it took over after a hold-off, so that on-failure off is not heeded.",
        (Reaction(_storing_no_lead_after_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "power-loss-passes-for-reboot",
        ("HA-324",),
        "Leaves the note of a planned reboot on its disk, so that a later power loss of it is not reported.",
        (Remembering(_Planned, _staying_planned),),
    ),
    WrongUnit(
        "holds-off-on-one-link",
        ("HA-520.a", "HA-524.c", "HA-731.a"),
        "Sends the hold-off command before its restart over the primary heartbeat link only.",
        (leaving_out(partial(_sent_on_second_link, say.HoldOff)),),
        alone="P",
    ),
    WrongUnit(
        "port-stays-watched",
        ("HA-169", "HA-171.c"),
        "Goes on watching a port whose port-monitor is disabled while it leads and monitors.",
        (Settings(_still_watching),),
    ),
    WrongUnit(
        "never-fails-while-alone",
        ("HA-207", "HA-320.a", "HA-330.a"),
        "Does not count failed checks of its ports while it hears no secondary, and stays primary.",
        (ignoring(_alone_and_faulty),),
    ),
    WrongUnit(
        "gives-role-back-once",
        ("HA-321",),
        "Gives the role back to a peer that asks for it once, and ignores the peer's wish later.",
        (Remembering(_Given, _giving_role_once),),
        alone="S",
    ),
    # Of others
    WrongUnit(
        "default-patience-after-hold-off",
        ("HA-104", "HA-103.b"),
        "After a hold-off, waits the default threshold of 15 s for its primary, whatever its own setting is.",
        (Decision(_default_patience_once_held_off),),
        alone="S",
    ),
    WrongUnit(
        "asks-role-on-one-link",
        ("HA-572",),
        "Asks for the role over the primary heartbeat link only, so that restore is lost while that link is cut.",
        (leaving_out(partial(_sent_on_second_link, say.AskRole)),),
        alone="P",
    ),
    WrongUnit(
        "copy-keeps-removed-ipv6-u",
        ("HA-159.a",),
        "Keeps a virtual IPv6 address that the primary's operator has removed when it copies the settings.",
        (exchanging(copy=_keeping_removed_ipv6),),
    ),
    WrongUnit(
        "password-of-the-first-hour",
        ("HA-453.a", "HA-453.c"),
        "Reads the password when it enters the group, and does not heed one that is set later.",
        (Settings(_keeping_password),),
    ),
    WrongUnit(
        "recovers-by-old-on-failure",
        ("HA-018.b", "HA-320.b"),
        "Recovers as on-failure said when monitoring found the fault, though it was changed since.",
        (Settings(_keeping_on_failure),),
    ),
    WrongUnit(
        "reboot-clears-the-latch",
        ("HA-312.b", "HA-312.c"),
        "A reboot that an operator orders clears the latch of on-failure off, and the unit claims its role.",
        (changing(_storing_unlatched), OnLinux("node.linux.body", "memory_to_text", _text_unlatched)),
    ),
)
