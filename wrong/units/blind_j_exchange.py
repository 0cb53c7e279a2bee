"""A fifth blind batch, half j: what passes between the units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Mode, Rank, Sync
from node.engine.state import State
from node.engine.states import Phase
from node.exchange.mail_data import merged
from node.exchange.queue import Forget, Frame, Giver, Giving
from node.settings import Configuration, in_force
from node.settings.schema import HA_INTERFACE
from node.settings.script import merge_synchronized
from wrong.common import exchanging
from wrong.record import Effects, OnLinux, React, Reaction, Remembering, WrongUnit

Files = Mapping[str, Any]
"""Mail data by path."""

Copying = Callable[[str, str], list[str]]
"""How the Linux body words the command that copies mail data."""

MIRRORED = "quarantine"
ONCE = "archive"
OTHERS = ("system-quarantine", "archive", "mailboxes", "preferences")
MESSAGES = frozenset({"new", "cur"})
"""Directories that hold messages."""


# Configuration


def keep_removed_address6(
    before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    """Copy what the primary has, and leave an IPv6 address that it has no longer on a shared interface."""
    in_force.by_copy(before, text, expected, given)  # refuses what the reference refuses
    after = merge_synchronized(before, text)
    for port in before.interfaces:
        path = (*HA_INTERFACE, port, "virtual-ip6")
        had, has = (path in each.store.values for each in (before, after))
        if had and not has and after.offers(path):
            after = after.with_value(path, before.get(path))
    steps = in_force.by_operator(before, after, given)
    return [step for step in steps if step != in_force.Tell(on.ConfigurationChanged())]


class Served:
    """Starts of the peer to which this primary has given its configuration."""

    def __init__(self) -> None:
        """Know none."""
        self.starts: set[int] = set()


def serving_once(memory: Served) -> tuple[Reaction]:
    """Give the settings to a secondary that is heard, unless the same start of it has had them before."""

    def serve(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if not (isinstance(event, on.Heard) and isinstance(event.message, say.Heartbeat)):
            return effects
        if unit.phase is not Phase.CONFIG_ONLY or unit.settings.mode is not Mode.CONFIG_PRIMARY:
            return effects
        notices = [each for each in effects if isinstance(each, do.Send) and isinstance(each.message, say.SyncNow)]
        if event.message.boot in memory.starts:
            return [each for each in effects if each not in notices]
        if notices:
            memory.starts.add(event.message.boot)
        return effects

    return (Reaction(serve),)


def copy_in_split(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """As one of two primaries, copy the other's settings when an operator starts a synchronization."""
    effects = react(event)
    rank = unit.group.links.for_sync()
    rivals = unit.phase is Phase.PRIMARY and unit.group.peer_leads and unit.settings.mode is Mode.SECONDARY
    if event == on.Ordered(Command.SYNC) and rivals and rank is not None:
        return [*effects, do.StartSync(Sync.CONFIG, rank)]
    return effects


# Mail data


def mirror_quarantine(own: Files, primary: Files) -> dict[str, Any]:
    """Merge mail data, but make the quarantine the same as the primary's."""
    union = merged(own, primary)
    return {path: file for path, file in union.items() if path in primary or not path.startswith(f"{MIRRORED}/")}


def mirroring(copying: Copying) -> Copying:
    """Let rsync delete what the primary lacks, except in the other areas."""

    def mirror(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        return [program, "--delete", *(f"--filter=protect /{area}/***" for area in OTHERS), *rest]

    return mirror


def archive_once(own: Files, primary: Files) -> dict[str, Any]:
    """Merge mail data, but leave an archive alone that has anything in it."""
    if any(path.startswith(f"{ONCE}/") for path in own):
        primary = {path: file for path, file in primary.items() if not path.startswith(f"{ONCE}/")}
    return merged(own, primary)


def copying_archive_once(copying: Copying) -> Copying:
    """Let rsync leave the archive out, if there is a message in it."""

    def copy(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        filled = any(path.parent.name in MESSAGES for path in Path(target, ONCE).rglob("*") if path.is_file())
        return [program, *([f"--exclude=/{ONCE}/"] if filled else []), *rest]

    return copy


class LastLink:
    """Whether mail data had to go over the secondary link."""

    def __init__(self) -> None:
        """Begin on the primary link."""
        self.moved = False


def staying_on_second_link(memory: LastLink) -> tuple[Effects]:
    """Copy mail data over the secondary link for good, once that was necessary."""

    def stay(effect: do.Effect, _: State) -> list[do.Effect]:
        if not (isinstance(effect, do.StartSync) and effect.what is Sync.DATA):
            return [effect]
        memory.moved = memory.moved or effect.rank is Rank.SECONDARY
        return [do.StartSync(effect.what, Rank.SECONDARY if memory.moved else effect.rank)]

    return (Effects(stay),)


# The queue


def nothing_handed_over(react: React) -> list[do.Effect]:
    """What follows a hand-over that had nothing to give."""
    return react(on.QueueHandedOver(ok=True, count=0, detail=""))


def wait_for_primary_link(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Hand the queue over on the primary heartbeat link only."""
    effects: list[do.Effect] = []
    for effect in react(event):
        waits = isinstance(effect, do.HandOverQueue) and effect.rank is Rank.SECONDARY
        effects += nothing_handed_over(react) if waits else [effect]
    return effects


class ForgetsNothing(Giver[Any]):
    """A hand-over after which the unit still knows the messages that it gave away, as if it had them."""

    def hear(self, frame: Frame) -> list[Giving[Any]]:
        """Take the taker's answer, and forget nothing."""
        return [action for action in super().hear(frame) if not isinstance(action, Forget)]


class HandedOver:
    """Whether this start of the unit has handed its queue over."""

    def __init__(self) -> None:
        """Begin with nothing handed over."""
        self.done = False


def handing_over_once(memory: HandedOver) -> tuple[Reaction]:
    """Hand the queue over after the first time that this unit has led, and not after the next."""

    def hand_over(react: React, event: on.Event, _: State) -> list[do.Effect]:
        if isinstance(event, on.QueueHandedOver) and event.ok and event.count:
            memory.done = True
        effects: list[do.Effect] = []
        for effect in react(event):
            ends = isinstance(effect, do.HandOverQueue) and memory.done
            effects += nothing_handed_over(react) if ends else [effect]
        return effects

    return (Reaction(hand_over),)


UNITS = (
    WrongUnit(
        "keeps-removed-ipv6-address",
        ("HA-159.a", "HA-350.a"),
        "Keeps the shared IPv6 address that the primary's operator has removed from beside the IPv4 one.",
        (exchanging(copy=keep_removed_address6),),
        alone="S",
    ),
    WrongUnit(
        "config-primary-gives-once",
        ("HA-374",),
        "Gives its settings to a secondary at their first meeting, and not when it rejoins the group itself later.",
        (Remembering(Served, serving_once),),
        alone="P",
    ),
    WrongUnit(
        "copies-in-a-split-when-asked",
        ("HA-702.a",),
        "Copies the other primary's settings when an operator starts a synchronization on it after a split.",
        (Reaction(copy_in_split),),
        alone="S",
    ),
    WrongUnit(
        "mirrors-quarantine-too",
        ("HA-427.a",),
        "Deletes from its quarantine what the primary has not, when it copies the primary's mail data.",
        (
            exchanging(merge=mirror_quarantine),
            OnLinux("node.linux.sync", "copying", mirroring),
        ),
    ),
    WrongUnit(
        "copies-archive-once",
        ("HA-401.b", "HA-402"),
        "Copies the primary's archive while it has none of its own, and nothing that is archived later.",
        (
            exchanging(merge=archive_once),
            OnLinux("node.linux.sync", "copying", copying_archive_once),
        ),
    ),
    WrongUnit(
        "data-stays-on-second-link",
        ("HA-062", "HA-060.b"),
        "Goes on copying mail data over the secondary link after the primary link has returned.",
        (Remembering(LastLink, staying_on_second_link),),
    ),
    WrongUnit(
        "queue-waits-for-primary-link",
        ("HA-061.b", "HA-424"),
        "Hands its queue over on the primary heartbeat link only, and keeps it while that link is down.",
        (Reaction(wait_for_primary_link),),
    ),
    WrongUnit(
        "forgets-nothing-given",
        ("HA-424", "HA-333.a"),
        "Takes a message that it gave away, and that the peer gives back, for one that it has, and so loses it.",
        (exchanging(giver=ForgetsNothing),),
    ),
    WrongUnit(
        "hands-queue-over-once",
        ("HA-421", "HA-424"),
        "Hands its queue over after its first fault, and keeps it after the second.",
        (Remembering(HandedOver, handing_over_once),),
    ),
)
