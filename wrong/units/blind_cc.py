"""Units that err after an order, a changed setting or a second turn: they keep, forget or skip one thing too many."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import NEVER, State
from node.engine.states import Phase
from node.engine.timers import Periodic, Wait
from node.exchange.mail_data import merged
from node.exchange.queue import Forget, Frame, Giver, Giving, Remove
from node.settings import Configuration, in_force
from node.settings.configuration import changes, rebase
from node.settings.schema import HA_INTERFACE, Path
from node.settings.script import checksum, merge_synchronized
from wrong.common import changing, exchanging, leaving_out
from wrong.record import (
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

SOON = 60.0
"""Seconds in which a second order to synchronize mail data is taken for the first."""

COMPARED = 8
"""Characters of a password that are compared."""

VIRTUAL = frozenset({"status", "virtual-ip", "virtual-ip6"})
"""Settings of an interface that make its failover action."""

STORED_ALONE = "system-quarantine/"
"""The storage area that is made the same as the primary's."""


@dataclass(slots=True)
class Noted:
    """Something that has happened since the unit started."""

    done: bool = False
    at: float = NEVER
    word: str = ""


def _noting(*substitutions: Callable[[Noted], Plain]) -> Remembering[Noted]:
    """Make substitutions that share one note."""
    return Remembering(Noted, lambda noted: tuple(make(noted) for make in substitutions))


# Orders


def _copies_data_once_a_minute(noted: Noted) -> Plain:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if event != on.Ordered(Command.SYNC) or unit.phase is not Phase.SECONDARY:
            return [event]
        if unit.now - noted.at < SOON:
            return [on.Heard(Rank.PRIMARY, say.SyncNow((Sync.CONFIG,)))]
        noted.at = unit.now
        return [event]

    return Events(see)


def _orders_copies_on_first_link(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    effects = react(event)
    if event != on.Ordered(Command.SYNC) or unit.phase is not Phase.PRIMARY:
        return effects
    return [each for each in effects if not (isinstance(each, do.Send) and each.rank is Rank.SECONDARY)]


# Settings that change while the group runs


def _serves_until_it_follows(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    before = unit.phase
    effects = react(event)
    enters = before is Phase.STANDALONE and unit.phase is Phase.JOINING and isinstance(event, on.SettingsChanged)
    if enters and unit.settings.mode is Mode.PRIMARY:
        return [each for each in effects if not isinstance(each, do.StopMail)]
    if before is Phase.JOINING and (unit.phase.follows or unit.phase is Phase.SWITCHED_OFF):
        return [do.StopMail(), *effects]
    return effects


def _keeps_threshold(new: HaSettings, unit: State) -> HaSettings:
    leads = unit.phase is Phase.PRIMARY and new.mode is unit.settings.mode
    return dataclasses.replace(new, lost_threshold=unit.settings.lost_threshold) if leads else new


def _reopens_links(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    stopped, before = {Phase.FAILED, Phase.SWITCHED_OFF}, unit.phase
    effects = react(event)
    if isinstance(event, on.SettingsChanged) and before in stopped and unit.phase is before:
        return [*effects, do.OpenLinks()]
    return effects


def _plans_no_data(effect: do.Effect, unit: State) -> bool:
    plans = isinstance(effect, do.StartTimer) and effect.timer == Periodic(Sync.DATA)
    return plans and not unit.settings.mail_data_sync


# Hold-off


def _takes_over_at_its_end(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    stale = event == on.TimerFired(Wait.HOLD_OFF) and Wait.HOLD_OFF not in unit.timers
    return react(on.TimerFired(Wait.SILENCE) if stale and unit.phase is Phase.SECONDARY else event)


def _holds_off_no_more(noted: Noted) -> Plain:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        match event:
            case on.TimerFired(Wait.HOLD_OFF) if unit.phase is Phase.HOLD_OFF:
                noted.done = True
            case on.Heard(message=say.HoldOff()) if noted.done and unit.phase is Phase.SECONDARY:
                return []
        return [event]

    return Events(see)


# What is on the disk


def _keeps_latch(noted: Noted) -> Plain:
    def keep(effect: do.Effect, _: State) -> do.Effect:
        if not isinstance(effect, do.Persist):
            return effect
        noted.done = noted.done or effect.memory.latched_off
        return do.Persist(dataclasses.replace(effect.memory, latched_off=noted.done))

    return changing(keep)


def _keeps_plan(noted: Noted) -> Plain:
    def keep(effect: do.Effect, _: State) -> do.Effect:
        if not isinstance(effect, do.Persist):
            return effect
        noted.word = effect.memory.planned or noted.word
        return do.Persist(dataclasses.replace(effect.memory, planned=noted.word))

    return changing(keep)


def _claims_what_it_had_not(event: on.Event, _: State) -> Iterable[on.Event]:
    match event:
        case on.Started(settings, memory) if (
            settings.mode is Mode.PRIMARY
            and settings.on_failure is OnFailure.RESTORE_ROLE
            and memory.effective is Effective.SECONDARY
            and not memory.planned
        ):
            return [dataclasses.replace(event, memory=dataclasses.replace(memory, effective=Effective.PRIMARY))]
    return [event]


# Copies of the configuration


def _copies_no_removal(
    before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    after = merge_synchronized(before, text)
    if checksum(after) != expected:
        return in_force.by_copy(before, text, expected, given)  # which refuses it
    removed = {path for path in changes(before, after) if _is_virtual(path) and path not in after.store.values}
    kept = rebase(before.part(lambda path: path not in removed), before, after)
    steps = in_force.by_operator(before, kept, given)
    return [each for each in steps if each != in_force.Tell(on.ConfigurationChanged())]


def _is_virtual(path: Path) -> bool:
    return path[: len(HA_INTERFACE)] == HA_INTERFACE and path[-1] in VIRTUAL


def _trusts_its_own(noted: Noted) -> Plain:
    def react_trusting(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        before = unit.phase
        if isinstance(event, on.Heard) and isinstance(event.message, say.SyncNow):
            noted.done = False
        effects = react(event)
        if unit.phase is not before:
            noted.done = (before, unit.phase) == (Phase.PRIMARY, Phase.SECONDARY)
        taken: list[do.Effect] = []
        for each in effects:
            if noted.done and isinstance(each, do.StartSync) and each.what is Sync.CONFIG:
                taken += react(on.SyncFinished(Sync.CONFIG, ok=True, detail="", link_failed=False))
            else:
                taken.append(each)
        return taken

    return Reaction(react_trusting)


# Queued mail and mail data


class Unforgetting(Giver[Any]):
    """A giver that still knows what it has given away."""

    def hear(self, frame: Frame) -> list[Giving[Any]]:
        """Take the taker's answer."""
        return [each for each in super().hear(frame) if not isinstance(each, Forget)]


class Hasty(Giver[Any]):
    """A giver that takes an offer for the end of it."""

    def read(self, item: Any, message: str, size: int) -> list[Giving[Any]]:  # noqa: ANN401 - whatever the body uses
        """Offer the message that was read, and remove it."""
        offer = super().read(item, message, size)
        return [*offer, Remove(item)] if offer else offer


def _hands_over_once(noted: Noted) -> Plain:
    def hand_over(react: React, event: on.Event, _: State) -> list[do.Effect]:
        given = isinstance(event, on.QueueHandedOver) and event.ok and event.count > 0
        noted.done = noted.done or given
        return [each for each in react(event) if not (noted.done and isinstance(each, do.HandOverQueue))]

    return Reaction(hand_over)


def _mirrored(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    union = merged(own, primary)
    return {path: each for path, each in union.items() if path in primary or not path.startswith(STORED_ALONE)}


def _mirroring(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync delete in the one area, and protect what lies in all others."""
    others = (f"--filter=P /{area}/**" for area in ("quarantine", "archive", "mailboxes", "preferences"))
    options = ["--delete", *others]
    return lambda source, target: [*copying(source, target)[:-2], *options, source, target]


# Announcements, passwords


def _returns_unannounced(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    effects = react(event)
    given = isinstance(event, on.Heard) and isinstance(event.message, say.GiveRole)
    if given and unit.settings.mode is Mode.PRIMARY:
        return [each for each in effects if not isinstance(each, do.Announce)]
    return effects


def _announcing_ipv4(announce: Callable[[str, str], None]) -> Callable[[str, str], None]:
    def announce_ipv4(device: str, address: str) -> None:
        if ":" not in address:
            announce(device, address)

    return announce_ipv4


def _deriving_shortened(derive: Callable[[str], bytes]) -> Callable[[str], bytes]:
    return lambda password: derive(password[:COMPARED])


UNITS = (
    WrongUnit(
        "copies-data-once-a-minute",
        ("HA-570.b", "HA-409"),
        "The second of two orders to synchronize within a minute makes a secondary copy the configuration only.",
        (_noting(_copies_data_once_a_minute),),
        alone="S",
    ),
    WrongUnit(
        "orders-copies-on-the-first-link-a",
        ("HA-354.a", "HA-570.a"),
        "A primary that is ordered to synchronize tells its peer over the primary link only, whatever link lives.",
        (Reaction(_orders_copies_on_first_link),),
    ),
    WrongUnit(
        "serves-until-it-follows",
        ("HA-013.e",),
        "When its mode is set to primary, it processes mail on while it looks for its peer, and stops to follow one.",
        (Reaction(_serves_until_it_follows),),
    ),
    WrongUnit(
        "heeds-no-threshold-while-it-leads",
        ("HA-104",),
        "A threshold that is set while the unit leads does not count when it later follows.",
        (Settings(_keeps_threshold),),
    ),
    WrongUnit(
        "listens-in-failed-after-a-change",
        ("HA-013.b",),
        "In failed or off, after a fault of its own, it opens its heartbeat ports again when an HA setting changes.",
        (Reaction(_reopens_links),),
    ),
    WrongUnit(
        "plans-no-data-while-disabled",
        ("HA-402",),
        "The schedule of mail data ends where its turn finds them disabled, and enabling them does not begin it anew.",
        (leaving_out(_plans_no_data),),
    ),
    WrongUnit(
        "lets-hold-off-run-on",
        ("HA-524.c",),
        "A secondary that has resumed lets the time of the hold-off run on, and takes over when it is up.",
        (
            leaving_out(lambda effect, _: effect == do.StopTimer(Wait.HOLD_OFF)),
            Reaction(_takes_over_at_its_end),
        ),
        alone="S",
    ),
    WrongUnit(
        "holds-off-no-more",
        ("HA-521.a", "HA-524.c"),
        "A unit whose hold-off has once run out ignores every later hold-off.",
        (_noting(_holds_off_no_more),),
    ),
    WrongUnit(
        "keeps-its-latch-on-disk",
        ("HA-313.a", "HA-524.a"),
        "A restore brings a unit back that on-failure had kept off, but on the disk it stays marked to be kept off.",
        (_noting(_keeps_latch),),
    ),
    WrongUnit(
        "keeps-its-plan-on-disk",
        ("HA-324",),
        "The mark of a planned restart stays on the disk, so a later loss of power passes for planned.",
        (_noting(_keeps_plan),),
    ),
    WrongUnit(
        "claims-what-it-had-not",
        ("HA-338",),
        "With restore-role, a configured primary that loses power as secondary comes back to claim the role.",
        (Events(_claims_what_it_had_not),),
    ),
    WrongUnit(
        "copies-no-lost-address",
        ("HA-159.a",),
        "A copy brings new and changed failover settings, but keeps those that are gone at the primary.",
        (exchanging(copy=_copies_no_removal),),
    ),
    WrongUnit(
        "trusts-its-own-after-leading",
        ("HA-704.c",),
        "A primary that turns secondary takes its own configuration for current until the next change at its peer.",
        (_noting(_trusts_its_own),),
    ),
    WrongUnit(
        "removes-as-it-offers",
        ("HA-424",),
        "A queued message leaves the giver's disk when it is offered, and is lost if the giver dies before it arrives.",
        (exchanging(giver=Hasty),),
        alone="P",
    ),
    WrongUnit(
        "remembers-what-it-gave-back",
        ("HA-424", "HA-333.a"),
        "It still knows a queued message that it has given away, and drops it as known when it comes again.",
        (exchanging(giver=Unforgetting),),
    ),
    WrongUnit(
        "hands-its-queue-over-once",
        ("HA-333.a",),
        "After a hand-over of queued mail it makes no further one until it starts again.",
        (_noting(_hands_over_once),),
        alone="P",
    ),
    WrongUnit(
        "returns-unannounced",
        ("HA-114", "HA-164"),
        "A configured primary that is given its role back takes the addresses and announces none.",
        (Reaction(_returns_unannounced),),
        alone="P",
    ),
    WrongUnit(
        "mirrors-the-system-quarantine-a",
        ("HA-427.a",),
        "A copy of mail data deletes from the system quarantine what the primary does not have.",
        (
            exchanging(merge=_mirrored),
            OnLinux("node.linux.sync", "copying", _mirroring),
        ),
    ),
    WrongUnit(
        "compares-eight-characters-a",
        ("HA-453.a",),
        "Passwords that are the same in their first eight characters are the same.",
        (
            Settings(lambda new, _: dataclasses.replace(new, password=new.password[:COMPARED])),
            OnLinux("node.linux.links", "derive_key", _deriving_shortened),
        ),
    ),
    WrongUnit(
        "announces-ipv4-only-a",
        ("HA-113.b",),
        "Of the addresses that it takes over, those of IPv6 are not announced.",
        (
            Effects(lambda each, _: [] if isinstance(each, do.Announce) and ":" in each.address else [each]),
            OnLinux("node.linux.addresses", "announce", _announcing_ipv4),
        ),
    ),
)
