"""A fifth blind batch, half j: written from the manual alone, before any scenario judged them.

Here are those that settings in force, addresses, announcements, roles, orders and pages tell; the rest is in
`blind_j_exchange`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective, Mode, OnFailure, Rank
from node.engine.settings import HaSettings
from node.engine.state import NEVER, State
from node.engine.states import Phase
from node.engine.status import Status
from node.engine.timers import Wait
from wrong.common import leaving_out
from wrong.record import (
    FACTORY,
    Effects,
    OnLinux,
    React,
    Reaction,
    Remembering,
    Settings,
    Shown,
    WrongUnit,
)

Announcer = Callable[[str, str], None]
"""How the Linux body announces an address on a device."""


# Settings in force


def keep_unset_threshold(new: HaSettings, unit: State) -> HaSettings:
    """Go on with the threshold in force when it returns to its default."""
    old = unit.settings
    if new.mode is old.mode and new.lost_threshold == FACTORY.lost_threshold:
        return dataclasses.replace(new, lost_threshold=old.lost_threshold)
    return new


def keep_data_off(new: HaSettings, unit: State) -> HaSettings:
    """Leave mail data synchronization off, once it was turned off in the group."""
    if new.mode is unit.settings.mode and not unit.settings.mail_data_sync:
        return dataclasses.replace(new, mail_data_sync=False)
    return new


# Addresses and announcements


def hold_old_address_too(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """While it leads, take a changed address and forget to give the one before it up."""
    leads = unit.phase is Phase.PRIMARY
    effects = react(event)
    if not (leads and unit.phase is Phase.PRIMARY and isinstance(event, on.SettingsChanged)):
        return effects
    shared = {each.interface for each in unit.settings.addresses}
    return [each for each in effects if not (isinstance(each, do.ReleaseAddress) and each.interface in shared)]


def announce_not_when_given(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Announce nothing on taking the role that the peer has left by an order."""
    effects = react(event)
    if isinstance(event, on.Heard) and isinstance(event.message, say.GiveRole):
        return [each for each in effects if not isinstance(each, do.Announce)]
    return effects


def is_announcement6(effect: do.Effect, _: State) -> bool:
    """Whether an effect announces an IPv6 address."""
    return isinstance(effect, do.Announce) and ":" in effect.address


def announcing_ipv4(announce: Announcer) -> Announcer:
    """Announce an address by ARP, and no other."""

    def by_arp(device: str, address: str) -> None:
        if ":" not in address:
            announce(device, address)

    return by_arp


# Roles and the disk


class Mark:
    """Whether the volume says that on-failure keeps the unit off."""

    def __init__(self) -> None:
        """Begin without."""
        self.stands = False


def keeping_mark(memory: Mark) -> tuple[Reaction]:
    """Leave the mark of on-failure off on the volume, when an operator has restored the unit."""

    def keep(react: React, event: on.Event, _: State) -> list[do.Effect]:
        effects = react(event)
        kept = [each.memory for each in effects if isinstance(each, do.Persist)]
        memory.stands = memory.stands or any(each.latched_off for each in kept)
        if not memory.stands:
            return effects
        return [marked(each) if isinstance(each, do.Persist) else each for each in effects]

    return (Reaction(keep),)


def marked(effect: do.Persist) -> do.Persist:
    """Keep a record with the mark."""
    return do.Persist(dataclasses.replace(effect.memory, latched_off=True))


class FirstHoldOff:
    """When the hold-off timer that was started last runs out."""

    def __init__(self) -> None:
        """Begin without one."""
        self.due = NEVER


def counting_from_first(memory: FirstHoldOff) -> tuple[Effects]:
    """Start the hold-off timer only if it does not run; leave it running when the primary is back."""

    def count(effect: do.Effect, unit: State) -> list[do.Effect]:
        if not (isinstance(effect, do.StartTimer) and effect.timer is Wait.HOLD_OFF):
            return [effect]
        if memory.due <= unit.now:
            memory.due = unit.now + effect.after
        return [do.StartTimer(Wait.HOLD_OFF, memory.due - unit.now)]

    return (Effects(count),)


def latch_by_configured_role(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """After a loss of power go by the configured role, and not by the one that the unit had."""
    if (
        isinstance(event, on.Started)
        and event.settings.mode is Mode.PRIMARY
        and event.settings.on_failure is OnFailure.OFF
        and event.memory.effective is Effective.SECONDARY
        and not event.memory.planned
    ):
        event = dataclasses.replace(event, memory=dataclasses.replace(event.memory, effective=Effective.PRIMARY))
    return react(event)


def moves_role_on_second_link(effect: do.Effect, _: State) -> bool:
    """Whether an effect sends on the secondary link what moves the role."""
    moving = say.AskRole | say.OfferRole | say.GiveRole
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, moving)


# Reports and pages


class Reported:
    """Whether the loss of the secondary was reported."""

    def __init__(self) -> None:
        """Begin without a report."""
        self.once = False


def reporting_once(memory: Reported) -> tuple[Reaction]:
    """Report the loss of the secondary the first time, and not when it is lost again."""

    def react_once(react: React, event: on.Event, _: State) -> list[do.Effect]:
        effects = react(event)
        reports = [each for each in effects if reports_lost_secondary(each)]
        if memory.once:
            return [each for each in effects if each not in reports]
        memory.once = bool(reports)
        return effects

    return (Reaction(react_once),)


def reports_lost_secondary(effect: do.Effect) -> bool:
    """Whether an effect says that the secondary is not heard any more."""
    words = "SLAVE heartbeat disappeared"
    return (isinstance(effect, do.Log) and words in effect.message) or (
        isinstance(effect, do.Alert) and words in effect.event
    )


def show_swapped_configured(status: Status, unit: State) -> Status:
    """Show the configured mode that fits the present role, once the two units have changed places."""
    if unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY and unit.group.peer_can_lead:
        return dataclasses.replace(status, configured=Mode.PRIMARY)
    if unit.phase is Phase.SECONDARY and unit.settings.mode is Mode.PRIMARY and unit.group.peer_leads:
        return dataclasses.replace(status, configured=Mode.SECONDARY)
    return status


UNITS = (
    WrongUnit(
        "keeps-threshold-when-unset",
        ("HA-104",),
        "Goes on with the threshold in force when an operator lets it return to its default.",
        (Settings(keep_unset_threshold),),
    ),
    WrongUnit(
        "re-enabled-data-sync-stays-off",
        ("HA-402",),
        "Follows the change of mail-data-sync to disable at once, and the change back not before its next start.",
        (Settings(keep_data_off),),
    ),
    WrongUnit(
        "holds-the-old-address-too",
        ("HA-154",),
        "Keeps the shared address that an operator replaced while it led, also when it leads no longer.",
        (Reaction(hold_old_address_too),),
        alone="P",
    ),
    WrongUnit(
        "announces-only-after-silence",
        ("HA-113.a", "HA-113.c"),
        "Announces the addresses that it takes after the primary's silence, and not those that an order gives it.",
        (Reaction(announce_not_when_given),),
    ),
    WrongUnit(
        "announces-only-ipv4",
        ("HA-113.b",),
        "Announces a shared IPv4 address that it takes, and not the IPv6 address beside it.",
        (leaving_out(is_announcement6), OnLinux("node.linux.addresses", "announce", announcing_ipv4)),
    ),
    WrongUnit(
        "keeps-mark-after-restore",
        ("HA-313.a", "HA-524.a", "HA-526.b"),
        "Resumes its role when an operator restores it after a failure, and is off again after its next reboot.",
        (Remembering(Mark, keeping_mark),),
    ),
    WrongUnit(
        "counts-hold-off-from-the-first",
        ("HA-524.c", "HA-523"),
        "Lets the timer of a hold-off run on when the primary is back, so that the next hold-off ends too early.",
        (Remembering(FirstHoldOff, counting_from_first),),
    ),
    WrongUnit(
        "latches-by-configured-role",
        ("HA-338",),
        "Stays off after a loss of power with on-failure off also if it was the secondary then.",
        (Reaction(latch_by_configured_role),),
        alone="P",
    ),
    WrongUnit(
        "moves-roles-over-primary-link-only",
        ("HA-580", "HA-574.b"),
        "Asks for the role, offers it and gives it on the primary heartbeat link only.",
        (leaving_out(moves_role_on_second_link),),
    ),
    WrongUnit(
        "reports-lost-secondary-once",
        ("HA-117.a", "HA-527.a"),
        "Reports the loss of the secondary once, and not when it is lost again after its return.",
        (Remembering(Reported, reporting_once),),
    ),
    WrongUnit(
        "shows-configured-swapped",
        ("HA-009", "HA-012"),
        "Shows as configured mode the role that it has, once both units have changed places.",
        (Shown(show_swapped_configured),),
    ),
)
