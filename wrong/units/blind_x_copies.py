"""Units that copy or hand over once as they should, and lose or keep too much when it comes to that again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Mode, Sync
from node.engine.state import Following, State
from node.engine.turn import Rules
from node.exchange.mail_data import merged
from node.exchange.queue import Forget, Frame, Giver, Giving, Remove
from node.settings import Configuration, in_force
from node.settings.schema import HA_INTERFACE
from wrong.common import exchanging, ignoring
from wrong.record import Decision, Events, Exchanging, OnLinux, Plain, Remembering, WrongUnit
from wrong.units.blind_x import Flag

Item = TypeVar("Item")


# Copies of the configuration

_ACTION = ("status", "virtual-ip", "virtual-ip6")
"""Settings of a port that make up its failover action."""


def _keeping_actions(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
    """Copy, but keep the failover action of a port whose action the primary has taken away."""
    saved = [step for step in in_force.by_copy(before, text, expected, given) if isinstance(step, in_force.Save)]
    if not saved:
        return []
    after = saved[0].configuration
    old, store = before.store.values, after.store
    for port in before.interfaces:
        status = (*HA_INTERFACE, port, "status")
        if status in old and status not in after.store.values:
            for path in ((*HA_INTERFACE, port, name) for name in _ACTION):
                store = store.keep_as(path, old[path]) if path in old else store
    steps = in_force.by_operator(before, dataclasses.replace(after, store=store), given)
    return [step for step in steps if step != in_force.Tell(on.ConfigurationChanged())]


def _copies_already(event: on.Event, unit: State) -> bool:
    """Whether a notice finds a copy under way."""
    notified = isinstance(event, on.Heard) and isinstance(event.message, say.SyncNow)
    return notified and isinstance(unit.role, Following) and unit.role.syncs.running is not None


def _waits_for_a_change(changed: Flag) -> tuple[Plain, ...]:
    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        changed.up = changed.up or isinstance(event, on.ConfigurationChanged)
        return [event]

    def decide(rules: Rules) -> Rules:
        def withholds(unit: State, what: Sync) -> str:
            if unit.settings.mode is Mode.CONFIG_PRIMARY and not changed.up:
                return "nothing has changed since this unit started"
            return rules.withholds(unit, what)

        return dataclasses.replace(rules, withholds=withholds)

    return Events(see), Decision(decide)


# Mail data

_KEPT = ("system-quarantine", "archive", "mailboxes", "preferences")
"""Areas from which nothing is removed."""

Files = Mapping[str, Any]
Copying = Callable[[str, str], list[str]]


def _merging(merge: Callable[[Files, Files], dict[str, Any]]) -> Exchanging:
    return exchanging(merge=merge)


def _rsync(*more: str) -> OnLinux:
    """Give rsync more options, before its source and target."""

    def change(copying: Copying) -> Copying:
        return lambda source, target: [*copying(source, target)[:-2], *more, source, target]

    return OnLinux("node.linux.sync", "copying", change)


def _mirroring_quarantine(own: Files, primary: Files) -> dict[str, Any]:
    return merged({path: file for path, file in own.items() if not path.startswith("quarantine/")}, primary)


def _without_archive(own: Files, primary: Files) -> dict[str, Any]:
    return merged(own, {path: file for path, file in primary.items() if not path.startswith("archive/")})


def _filling_empty_mailboxes(own: Files, primary: Files) -> dict[str, Any]:
    if not any(path.startswith("mailboxes/") for path in own):
        return merged(own, primary)
    return merged(own, {path: file for path, file in primary.items() if not path.startswith("mailboxes/")})


def _filling_empty_mailboxes_by_rsync(copying: Copying) -> Copying:
    def copy(source: str, target: str) -> list[str]:
        command = copying(source, target)
        stored = (path for path in Path(target, "mailboxes").rglob("*") if path.parent.name in {"cur", "new"})
        return [*command[:-2], "--exclude=/mailboxes/***", source, target] if any(stored) else command

    return copy


# The queue


class _HastyGiver(Giver[Item]):
    """Removes a message as soon as it is offered; the first one of a hand-over waits for the answer."""

    def read(self, item: Item, message: str, size: int) -> list[Giving[Item]]:
        actions = super().read(item, message, size)
        return [*actions, Remove(item)] if actions and self.count else actions


class _MindfulGiver(Giver[Item]):
    """Never forgets that it took a message before."""

    def hear(self, frame: Frame) -> list[Giving[Item]]:
        return [action for action in super().hear(frame) if not isinstance(action, Forget)]


UNITS = (
    WrongUnit(
        "keeps-removed-action",
        ("HA-159.a", "HA-350.a"),
        "A copy of the settings brings failover actions and changes them, but takes none away.",
        (exchanging(copy=_keeping_actions),),
    ),
    WrongUnit(
        "misses-the-change-behind",
        ("HA-350.a",),
        "It ignores the notice of a change that comes while it still copies what was before.",
        (ignoring(_copies_already),),
    ),
    WrongUnit(
        "waits-for-a-change",
        ("HA-374", "HA-378"),
        "Started again as config-primary, it gives no settings before its operator changes something.",
        (Remembering(Flag, _waits_for_a_change),),
        alone="P",
    ),
    WrongUnit(
        "mirrors-quarantine-x",
        ("HA-427.a",),
        "A copy of mail data removes from its quarantines what the primary does not have.",
        (
            _merging(_mirroring_quarantine),
            _rsync("--delete", *(f"--filter=P /{each}/***" for each in _KEPT)),
        ),
    ),
    WrongUnit(
        "recovers-without-archive",
        ("HA-332.b", "HA-401.b"),
        "Come back as secondary, the configured primary copies all mail data but the archive.",
        (_merging(_without_archive), _rsync("--exclude=/archive/***")),
        alone="P",
    ),
    WrongUnit(
        "fills-empty-mailboxes",
        ("HA-401.c", "HA-402"),
        "It copies mailboxes only as long as it has no message in its own.",
        (
            _merging(_filling_empty_mailboxes),
            OnLinux("node.linux.sync", "copying", _filling_empty_mailboxes_by_rsync),
        ),
    ),
    WrongUnit(
        "removes-what-it-offers",
        ("HA-424",),
        "From the second queued message on, it removes each when it is sent, not when the new primary has it.",
        (exchanging(giver=_HastyGiver),),
    ),
    WrongUnit(
        "never-forgets",
        ("HA-420.e", "HA-424"),
        "A queued message that it once took and gave away counts as taken when it comes to it again, and is lost.",
        (exchanging(giver=_MindfulGiver),),
    ),
)
