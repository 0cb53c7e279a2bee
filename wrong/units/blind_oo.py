"""The eighteenth blind batch, half oo: written from the manual alone, before any scenario judged the units.

This module has the units whose roles, memory, addresses and announcements are wrong.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Effective
from node.engine.settings import HaSettings
from node.engine.state import Following, Joining, State
from node.engine.states import Phase
from node.engine.status import Status
from node.engine.timers import Wait
from wrong.common import Mark, changing, ignoring, leaving_out
from wrong.record import (
    Effects,
    Events,
    OnLinux,
    React,
    Reaction,
    Remembering,
    Settings,
    Shown,
    WrongUnit,
)


@dataclass(slots=True)
class Count:
    """How often something has happened since the unit started."""

    times: int = 0


@dataclass(slots=True)
class Late:
    """What the unit has put off."""

    effects: list[do.Effect] = field(default_factory=list)


def keeping_on_failure(new: HaSettings, unit: State) -> HaSettings:
    """While the group runs, keep on-failure as it was."""
    return dataclasses.replace(new, on_failure=unit.settings.on_failure) if unit.phase.in_group else new


def keeping_replaced(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Hold the new address of an interface beside the one that it replaces."""
    led = unit.phase is Phase.PRIMARY
    effects = react(event)
    if not (led and isinstance(event, on.SettingsChanged)):
        return effects
    held = {each.interface for each in effects if isinstance(each, do.HoldAddress) and each.action is Action.ADD}
    return [each for each in effects if not (isinstance(each, do.ReleaseAddress) and each.interface in held)]


def quiet_after_hold_off(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Take the role after hold-off without an announcement."""
    held_off = unit.phase is Phase.HOLD_OFF
    effects = react(event)
    if held_off and unit.phase is Phase.PRIMARY:
        return [each for each in effects if not isinstance(each, do.Announce)]
    return effects


def holding_off_once(count: Count) -> tuple[Reaction]:
    """Limit the first hold-off and none that follows."""

    def react_so(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        before = unit.phase
        effects = react(event)
        if unit.phase is Phase.HOLD_OFF and before is not Phase.HOLD_OFF:
            count.times += 1
        if count.times < 2:  # noqa: PLR2004 - the second one
            return effects
        return [each for each in effects if not (isinstance(each, do.StartTimer) and each.timer is Wait.HOLD_OFF)]

    return (Reaction(react_so),)


def forgetting_latch(mark: Mark) -> tuple[Events, Effects]:
    """Once started from the latch, write a memory without it."""

    def see(event: on.Event, _: State) -> list[on.Event]:
        if isinstance(event, on.Started):
            mark.up = event.memory.latched_off
        return [event]

    def write(effect: do.Effect, _: State) -> do.Effect:
        if mark.up and isinstance(effect, do.Persist) and effect.memory.latched_off:
            return do.Persist(dataclasses.replace(effect.memory, latched_off=False, effective=None))
        return effect

    return (Events(see), changing(write))


def not_storing_what_it_gave(effect: do.Effect, unit: State) -> do.Effect:
    """Keep the primary role on the disk when it was given away."""
    gave = isinstance(unit.role, Following) and bool(unit.role.giving)
    if isinstance(effect, do.Persist) and gave and effect.memory.effective is Effective.SECONDARY:
        return do.Persist(dataclasses.replace(effect.memory, effective=Effective.PRIMARY))
    return effect


def showing_last_role(status: Status, unit: State) -> Status:
    """Show a joining unit that was primary as primary."""
    if isinstance(unit.role, Joining) and unit.role.was is Effective.PRIMARY:
        return dataclasses.replace(status, effective=Effective.PRIMARY)
    return status


def releasing_late(late: Late) -> tuple[Reaction]:
    """Give the addresses up with the first heartbeat after the role."""

    def react_so(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        led = unit.phase is Phase.PRIMARY
        effects = react(event)
        if led and unit.phase is Phase.SECONDARY:
            late.effects = [each for each in effects if isinstance(each, do.ReleaseAddress)]
            return [each for each in effects if not isinstance(each, do.ReleaseAddress)]
        if late.effects and event == on.TimerFired(Wait.HEARTBEAT):
            put_off, late.effects = late.effects, []
            return effects if unit.phase is Phase.PRIMARY else [*put_off, *effects]
        return effects

    return (Reaction(react_so),)


def giving_back_once(mark: Mark) -> tuple[Reaction]:
    """Give the role to a peer that asks, once."""

    def react_so(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        asked = isinstance(event, on.Heard) and isinstance(event.message, say.AskRole) and unit.phase is Phase.PRIMARY
        if asked and mark.up:
            return []
        effects = react(event)
        mark.up = mark.up or (asked and unit.phase is not Phase.PRIMARY)
        return effects

    return (Reaction(react_so),)


def watching_once(mark: Mark) -> tuple[Events]:
    """See no failed check any more after a failure that was cured."""

    def unseen(event: on.Event, unit: State) -> bool:
        mark.up = mark.up or unit.phase is Phase.FAILED
        return mark.up and unit.phase is Phase.PRIMARY and isinstance(event, on.CheckDone) and not event.ok

    return (ignoring(unseen),)


UNITS = (
    WrongUnit(
        "on-failure-as-it-began",
        ("HA-310",),
        "Goes by the on-failure with which it entered the group when its monitoring finds a fault.",
        (Settings(keeping_on_failure),),
    ),
    WrongUnit(
        "keeps-a-replaced-address",
        ("HA-154",),
        "When the shared address is changed while it leads, still holds the old one after it has left the role.",
        (Reaction(keeping_replaced),),
    ),
    WrongUnit(
        "takes-over-quietly-after-hold-off-oo",
        ("HA-113.a",),
        "Announces no address when it takes over because hold-off has expired.",
        (Reaction(quiet_after_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "second-hold-off-has-no-end",
        ("HA-522", "HA-523"),
        "Waits without limit from the second hold-off since its start on.",
        (Remembering(Count, holding_off_once),),
        alone="S",
    ),
    WrongUnit(
        "latch-outlives-one-restart",
        ("HA-312.a", "HA-312.b"),
        "With on-failure off stays off over one further restart, and joins again after the second.",
        (Remembering(Mark, forgetting_latch),),
    ),
    WrongUnit(
        "given-role-is-not-stored",
        ("HA-338",),
        "Has primary on its disk after it has given the role away, and counts a later power loss as one of a primary.",
        (changing(not_storing_what_it_gave),),
        alone="P",
    ),
    WrongUnit(
        "shows-its-last-role-while-joining",
        ("HA-013.d",),
        "While it switches into HA, shows effective primary if it was primary before.",
        (Shown(showing_last_role),),
    ),
    WrongUnit(
        "releases-with-its-next-heartbeat",
        ("HA-163",),
        "Gives the shared addresses up with the next heartbeat after it has given the role away.",
        (Remembering(Late, releasing_late),),
    ),
    WrongUnit(
        "gives-back-once",
        ("HA-321",),
        "Gives the role back to a recovered primary once, and keeps it at the next recovery.",
        (Remembering(Mark, giving_back_once),),
        alone="S",
    ),
    WrongUnit(
        "watches-its-ports-until-a-cure",
        ("HA-207",),
        "After a fault that was cured, its monitoring finds no further fault of a primary until it starts again.",
        (Remembering(Mark, watching_once),),
    ),
    WrongUnit(
        "announces-only-on-taking",
        ("HA-114", "HA-164"),
        "Announces its addresses when it takes the role, and not anew when a rival's split brain is over.",
        (leaving_out(lambda effect, _: isinstance(effect, do.StartTimer) and effect.timer is Wait.ANNOUNCE),),
        alone="P",
    ),
    WrongUnit(
        "announces-no-second-family",
        ("HA-113.b",),
        "Announces the shared IPv4 address by ARP and says nothing of the IPv6 address beside it.",
        (
            leaving_out(lambda effect, _: isinstance(effect, do.Announce) and ":" in effect.address),
            OnLinux(
                "node.linux.addresses",
                "announce",
                lambda announce: lambda device, address: None if ":" in address else announce(device, address),
            ),
        ),
    ),
)
