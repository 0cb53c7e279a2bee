"""The fifteenth blind batch, half ee, on copies, settings and orders: written from the manual alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Command, Effective, Rank
from node.engine.settings import SharedAddress
from node.engine.state import State
from node.engine.states import Phase
from node.exchange.mail_data import merged
from node.exchange.queue import Forget, Giver, Giving, Remove
from node.linux.own_files import is_left_out
from node.settings import Configuration, in_force
from node.settings.schema import HA_INTERFACE
from node.settings.views import action_of
from wrong.common import exchanging, leaving_out
from wrong.record import (
    Effects,
    Exchanging,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembering,
    WrongUnit,
)

T = TypeVar("T")
ACTION = frozenset({"status", "virtual-ip", "virtual-ip6"})
"""The settings of an interface that make up its failover action."""

Copying = Callable[[str, str], list[str]]
"""The command that copies mail data from a source to a target, in a container."""


# Mail data


def _merging(merge: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]) -> Exchanging:
    """Merge mail data by another rule, in the simulation."""
    return exchanging(merge=merge)


def _rsync(options: Callable[[str], Iterable[str]]) -> OnLinux:
    """Copy mail data with further options, in a container; they may depend on the target's directory."""

    def change(copying: Copying) -> Copying:
        def with_options(source: str, target: str) -> list[str]:
            program, *rest = copying(source, target)
            return [program, *options(target), *rest]

        return with_options

    return OnLinux("node.linux.sync", "copying", change)


def _mirrored(own: Mapping[str, T], primary: Mapping[str, T]) -> dict[str, T]:
    return merged({path: file for path, file in own.items() if path in primary or is_left_out(path)}, primary)


def _areas_with_mail(paths: Iterable[str]) -> set[str]:
    return {path.partition("/")[0] for path in paths if not is_left_out(path)}


def _filling_empty_areas(own: Mapping[str, T], primary: Mapping[str, T]) -> dict[str, T]:
    filled = _areas_with_mail(own)
    return merged(own, {path: file for path, file in primary.items() if path.partition("/")[0] not in filled})


def _without_filled_areas(target: str) -> list[str]:
    root = Path(target)
    messages = (path for path in root.rglob("*") if path.parent.name in {"new", "cur"})
    files = (str(path.relative_to(root)) for path in messages)
    return [f"--exclude=/{area}/**" for area in sorted(_areas_with_mail(files))]


def _without_archive(own: Mapping[str, T], primary: Mapping[str, T]) -> dict[str, T]:
    return merged(own, {path: file for path, file in primary.items() if not path.startswith("archive/")})


# The queue


class _Trusting(Giver[Any]):
    """Once the taker has taken a message, each further one leaves the queue as soon as it is offered."""

    def read(self, item: Any, message: str, size: int) -> list[Giving[Any]]:  # noqa: ANN401 - as the body refers to it
        """Offer the message that was read."""
        offer = super().read(item, message, size)
        return [*offer, Forget(message), Remove(item)] if self.count and not self.over else offer


# Settings that change while the group runs


def _without_new_links(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Leave the connections as they are when nothing but the password has changed."""
    alone = isinstance(event, on.SettingsChanged) and event.settings == dataclasses.replace(
        unit.settings, password=event.settings.password
    )
    return [effect for effect in react(event) if not (alone and isinstance(effect, do.OpenLinks))]


@dataclass(slots=True)
class Taken:
    """Addresses that a unit was to share when it took the primary role."""

    addresses: tuple[SharedAddress, ...] = ()


def _releasing_what_was_taken(memory: Taken) -> tuple[Plain, ...]:
    def instead(effect: do.Effect, unit: State) -> list[do.Effect]:
        match effect:
            case do.RoleChanged(new=Effective.PRIMARY):
                memory.addresses = unit.settings.addresses
            case do.ReleaseAddress(interface, action, address) if unit.phase is not Phase.PRIMARY:
                return [effect] if SharedAddress(interface, action, address) in memory.addresses else []
        return [effect]

    return (Effects(instead),)


# Orders


def _copying_data_by_order(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Let an operator's order copy mail data whatever this unit's setting says."""
    settings = unit.settings
    if event != on.Ordered(Command.SYNC) or settings.mail_data_sync or unit.phase is not Phase.SECONDARY:
        return react(event)
    enabled = dataclasses.replace(settings, mail_data_sync=True)
    return [*react(on.SettingsChanged(enabled)), *react(event), *react(on.SettingsChanged(settings))]


def _moves_role_on_second_link(effect: do.Effect, _: State) -> bool:
    match effect:
        case do.Send(Rank.SECONDARY, say.AskRole() | say.OfferRole() | say.GiveRole()):
            return True
    return False


# The copy of the configuration


def _keeping_actions(exchange: Exchange) -> Exchange:
    """Overlook in a copy that an interface has no failover action any more."""

    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        steps = exchange.copy(before, text, expected, given)
        saved = next((step.configuration for step in steps if isinstance(step, in_force.Save)), None)
        if saved is None:
            return steps
        store = saved.store
        removed = {port for port in saved.interfaces if action_of(saved.store, port) is Action.IGNORE}
        for path, value in before.store.values.items():
            if path[:-2] == HA_INTERFACE and path[-2] in removed and path[-1] in ACTION:
                store = store.keep_as(path, value)
        told = in_force.Tell(on.ConfigurationChanged())  # of an operator's change alone
        return [step for step in in_force.by_operator(before, Configuration(store), given) if step != told]

    return dataclasses.replace(exchange, copy=copy)


UNITS = (
    WrongUnit(
        "mirrors-mail-data-ee",
        ("HA-427.a",),
        "Deletes from its mail data, when it copies the primary's, whatever the primary has not.",
        (_merging(_mirrored), _rsync(lambda _: ["--delete"])),
    ),
    WrongUnit(
        "fills-empty-areas-alone",
        ("HA-402",),
        "Copies the primary's mail data only into storage areas in which it has nothing yet.",
        (_merging(_filling_empty_areas), _rsync(_without_filled_areas)),
    ),
    WrongUnit(
        "leaves-the-archive-out",
        ("HA-401.b", "HA-402"),
        "Copies all mail data of the primary but the archive.",
        (_merging(_without_archive), _rsync(lambda _: ["--exclude=/archive/**"])),
    ),
    WrongUnit(
        "trusts-its-taker",
        ("HA-424",),
        "Removes the first message from its queue when the peer has taken it, and each further one when it is offered.",
        (exchanging(giver=_Trusting),),
    ),
    WrongUnit(
        "keeps-admitted-connections",
        ("HA-453.a", "HA-453.c"),
        "Asks for a password that was changed while the group runs on new connections only, and keeps those it has.",
        (Reaction(_without_new_links),),
    ),
    WrongUnit(
        "releases-what-it-took-ee",
        ("HA-154", "HA-163"),
        "Gives up, at the end of its primary role, the addresses with which the role began, and no later ones.",
        (Remembering(Taken, _releasing_what_was_taken),),
    ),
    WrongUnit(
        "copies-disabled-data-by-order",
        ("HA-403", "HA-404"),
        "Copies mail data when an operator orders a synchronization on the secondary, though it is disabled there.",
        (Reaction(_copying_data_by_order),),
        alone="S",
    ),
    WrongUnit(
        "moves-roles-on-the-first-link",
        ("HA-580", "HA-574.b"),
        "Says what moves the primary role on the primary heartbeat link alone, also while that is cut.",
        (leaving_out(_moves_role_on_second_link),),
    ),
    WrongUnit(
        "keeps-removed-actions-ee",
        ("HA-151", "HA-159.a"),
        "Copies failover actions that are new or other, but not that an interface has none any more.",
        (Exchanging(_keeping_actions),),
        alone="S",
    ),
)
