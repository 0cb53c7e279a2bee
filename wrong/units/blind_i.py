"""A fifth blind batch, half i: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Rank, Sync
from node.engine.settings import HaSettings, SharedAddress
from node.engine.state import Following, Joining, Leading, Role, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import Conduct, News, PeerHeard, Rules, Turn
from node.exchange.mail_data import merged
from wrong.common import Take, changing, in_role, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Events,
    Exchanging,
    InRole,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembering,
    Settings,
    WrongUnit,
)


@dataclass(slots=True)
class Flag:
    """Something that has happened since the unit's start, or has not."""

    up: bool = False


# The order to take the role back


def _keeps_the_order(order: Flag) -> tuple[Plain, ...]:
    def start(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.Started):
            order.up = event.memory.reclaiming
        return [event]

    def store(effect: do.Effect, _: State) -> do.Effect:
        if not isinstance(effect, do.Persist):
            return effect
        if effect.memory.effective is not Effective.PRIMARY or effect.memory.reclaiming:
            order.up = effect.memory.reclaiming
            return effect
        return do.Persist(dataclasses.replace(effect.memory, reclaiming=order.up))

    return Events(start), changing(store)


def _as_if_it_still_led(effect: do.Effect, unit: State) -> do.Effect:
    gives = isinstance(unit.role, Following) and unit.role.giving != ""
    if isinstance(effect, do.Persist) and unit.phase is Phase.SECONDARY and gives:
        return do.Persist(dataclasses.replace(effect.memory, effective=Effective.PRIMARY))
    return effect


def _off_for_one_restart(latched: Flag) -> tuple[Plain, ...]:
    def start(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.Started):
            latched.up = event.memory.latched_off
        return [event]

    def store(effect: do.Effect, _: State) -> do.Effect:
        if not isinstance(effect, do.Persist):
            return effect
        latched.up = latched.up and effect.memory.latched_off
        if not latched.up:
            return effect
        return do.Persist(dataclasses.replace(effect.memory, latched_off=False, effective=Effective.SECONDARY))

    return Events(start), changing(store)


# Hold-off


def _holds_off_no_more(expired: Flag) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if event == on.TimerFired(Wait.HOLD_OFF) and unit.phase is Phase.HOLD_OFF:
            expired.up = True
        commanded = isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)
        return [] if commanded and expired.up else [event]

    return (Events(see),)


def _old_threshold_in_hold_off(new: HaSettings, unit: State) -> HaSettings:
    if unit.phase is not Phase.HOLD_OFF:
        return new
    return dataclasses.replace(new, lost_threshold=unit.settings.lost_threshold)


# Silence

LATE = 2.0
"""Seconds after which a heartbeat is late."""


@dataclass(slots=True)
class Missed:
    """Seconds of silence that a following unit has borne, one silence added to the other."""

    seconds: float = 0.0


def _adds_silences_up(missed: Missed) -> tuple[Plain, ...]:
    def decide(rules: Rules) -> Rules:
        def patience(unit: State) -> float:
            left = rules.patience(unit) - (missed.seconds if isinstance(unit.role, Following) else 0.0)
            return max(left, LATE)

        return dataclasses.replace(rules, patience=patience)

    def change(conduct: Conduct) -> Conduct:
        def enter(turn: Turn, me: Following, came_from: Phase) -> None:
            if not came_from.follows:
                missed.seconds = 0.0
            conduct.enter(turn, me, came_from)

        def take(turn: Turn, me: Following, news: News) -> None:
            if isinstance(news, PeerHeard) and news.beat.effective is Effective.PRIMARY:
                gap = turn.unit.now - me.primary_heard_at
                missed.seconds += gap if gap > LATE else 0.0
            conduct.take(turn, me, news)

        return dataclasses.replace(conduct, enter=enter, take=take)

    return Decision(decide), InRole(Following, change)


# Faults that monitoring finds


def _on_failure_as_it_was_at_the_fault(new: HaSettings, unit: State) -> HaSettings:
    if unit.phase is not Phase.FAILED:
        return new
    return dataclasses.replace(new, on_failure=unit.settings.on_failure)


def _ports_once_monitored(new: HaSettings, unit: State) -> HaSettings:
    if unit.phase is not Phase.PRIMARY:
        return new
    kept = tuple(port for port in unit.settings.monitored if port not in new.monitored)
    return dataclasses.replace(new, monitored=(*new.monitored, *kept))


def _hands_no_queue_after_a_cure(cured: Flag) -> tuple[Plain, ...]:
    def instead(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged) and effect.old is Effective.FAILED:
            cured.up = True
        return [] if isinstance(effect, do.HandOverQueue) and cured.up else [effect]

    return (Effects(instead),)


# Orders


def _gives_on_the_second_link(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Send) and isinstance(effect.message, say.GiveRole) and effect.rank is Rank.SECONDARY


def _gives_up_in_a_split(take: Take, turn: Turn, me: Role, news: News) -> None:
    restored = news == on.Ordered(Command.RESTORE) and turn.unit.group.peer_leads
    take(turn, me, on.Ordered(Command.FAILOVER) if restored else news)


def _no_data_notice_on_the_second_link(effect: do.Effect, _: State) -> do.Effect:
    match effect:
        case do.Send(Rank.SECONDARY, say.SyncNow(what)) if Sync.CONFIG in what:
            return do.Send(Rank.SECONDARY, say.SyncNow((Sync.CONFIG,)))
    return effect


def _releases_late(held: list[do.Effect]) -> tuple[Plain, ...]:
    def react(reference: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = reference(event)
        if unit.phase is not Phase.SECONDARY or event == on.TimerFired(Wait.HEARTBEAT):
            late = [each for each in held if unit.phase is not Phase.PRIMARY]
            held.clear()
            return [*late, *effects]
        if isinstance(unit.role, Following) and unit.role.giving:
            held.extend(each for each in effects if isinstance(each, do.ReleaseAddress))
            return [each for each in effects if not isinstance(each, do.ReleaseAddress)]
        return effects

    return (Reaction(react),)


# Switching into the group


def _serves_while_it_looks(conduct: Conduct) -> Conduct:
    def enter(turn: Turn, me: Joining, came_from: Phase) -> None:
        conduct.enter(turn, me, came_from)
        if me.was is Effective.PRIMARY:
            turn.do(do.StartMail())

    def leave(turn: Turn, me: Joining, to: Phase) -> None:
        if me.was is Effective.PRIMARY and to is not Phase.PRIMARY:
            turn.do(do.StopMail())
        conduct.leave(turn, me, to)

    return dataclasses.replace(conduct, enter=enter, leave=leave)


# Settings changed while the group runs


def _old_password_while_leading(new: HaSettings, unit: State) -> HaSettings:
    if unit.phase is not Phase.PRIMARY:
        return new
    return dataclasses.replace(new, password=unit.settings.password)


def _removed_address_while_following(new: HaSettings, unit: State) -> HaSettings:
    if unit.phase is not Phase.SECONDARY:
        return new
    named = {each.interface for each in new.addresses}
    kept: tuple[SharedAddress, ...] = tuple(each for each in unit.settings.addresses if each.interface not in named)
    return dataclasses.replace(new, addresses=(*new.addresses, *kept))


# Announcements


@dataclass(slots=True)
class Announced:
    """Addresses that have been announced since the start."""

    addresses: set[str] = field(default_factory=set)


def _announces_once(announced: Announced) -> tuple[Plain, ...]:
    def instead(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if not isinstance(effect, do.Announce):
            return [effect]
        known = effect.address in announced.addresses
        announced.addresses.add(effect.address)
        return [] if known else [effect]

    return (Effects(instead),)


# Mail data

_AREAS = ("quarantine", "system-quarantine", "archive", "mailboxes", "preferences")


def _area(path: str) -> str:
    return path.partition("/")[0]


def _without_system(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    return merged(own, {path: file for path, file in primary.items() if not _area(path).startswith("system-")})


def _mirrored_archive(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    return merged({path: file for path, file in own.items() if _area(path) != "archive" or path in primary}, primary)


def _into_empty_mailboxes(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    if any(_area(path) == "mailboxes" for path in own):
        primary = {path: file for path, file in primary.items() if _area(path) != "mailboxes"}
    return merged(own, primary)


def _merging(merge: Any) -> Exchanging:  # noqa: ANN401 - generic in the file's type
    def change(exchange: Exchange) -> Exchange:
        return dataclasses.replace(exchange, merge=merge)

    return Exchanging(change)


def _with_options(command: list[str], *options: str) -> list[str]:
    """The command of rsync with further options before its source and target, ahead of its other filters."""
    return [command[0], *options, *command[1:]]


def _rsync_without_system(copying: Any) -> Any:  # noqa: ANN401 - a part of the Linux body
    return lambda source, target: _with_options(copying(source, target), "--exclude=/system-*")


def _rsync_mirrors_archive(copying: Any) -> Any:  # noqa: ANN401 - a part of the Linux body
    protect = [f"--filter=protect /{area}/***" for area in _AREAS if area != "archive"]
    return lambda source, target: _with_options(copying(source, target), "--delete", *protect)


def _rsync_into_empty_mailboxes(copying: Any) -> Any:  # noqa: ANN401 - a part of the Linux body
    def command(source: str, target: str) -> list[str]:
        folders = ("new", "cur")
        held = any(file.parent.name in folders for file in Path(target, "mailboxes").rglob("*") if file.is_file())
        return _with_options(copying(source, target), *(["--exclude=/mailboxes/"] if held else []))

    return command


def _on_linux(change: Any) -> OnLinux:  # noqa: ANN401 - a part of the Linux body
    return OnLinux("node.linux.sync", "copying", change)


UNITS = (
    WrongUnit(
        "keeps-the-restore-order",
        ("HA-331",),
        "The order to take the role back stays on the disk when it is carried out, and is obeyed after a power loss.",
        (Remembering(Flag, _keeps_the_order),),
    ),
    WrongUnit(
        "stores-no-given-role",
        ("HA-338",),
        "A primary that gives its role away by order keeps primary on its disk, and so starts as one that failed.",
        (changing(_as_if_it_still_led),),
    ),
    WrongUnit(
        "stays-off-for-one-restart",
        ("HA-312.a", "HA-312.b"),
        "With on-failure off a failed unit is off after its first restart, which clears the mark, but not after more.",
        (Remembering(Flag, _off_for_one_restart),),
    ),
    WrongUnit(
        "holds-off-no-more-after-expiry",
        ("HA-521.a", "HA-524.c"),
        "When a hold-off has expired once, the unit does not follow a hold-off command any more.",
        (Remembering(Flag, _holds_off_no_more),),
        alone="S",
    ),
    WrongUnit(
        "learns-no-threshold-in-hold-off",
        ("HA-104", "HA-108.a"),
        "A detection time that is set while the unit holds off is saved and shown, but not followed afterwards.",
        (Settings(_old_threshold_in_hold_off),),
    ),
    WrongUnit(
        "adds-silences-up-too",
        ("HA-102",),
        "Seconds of silence are added up over several short outages, until together they make a failover.",
        (Remembering(Missed, _adds_silences_up),),
    ),
    WrongUnit(
        "takes-on-failure-at-the-fault",
        ("HA-018.b",),
        "A failed unit recovers by the on-failure of the moment of its fault, not by what has been set since.",
        (Settings(_on_failure_as_it_was_at_the_fault),),
    ),
    WrongUnit(
        "keeps-a-monitored-port",
        ("HA-169", "HA-171.c"),
        "A port whose port-monitor is disabled on the leading unit is monitored on.",
        (Settings(_ports_once_monitored),),
    ),
    WrongUnit(
        "hands-no-queue-after-a-cure",
        ("HA-421", "HA-333.a"),
        "The queue is handed over after a start, but not when a failed unit comes back by the end of its fault.",
        (Remembering(Flag, _hands_no_queue_after_a_cure),),
        alone="P",
    ),
    WrongUnit(
        "gives-on-the-first-link",
        ("HA-580",),
        "A primary that gives its role away tells so on the primary link only, also while that one is down.",
        (leaving_out(_gives_on_the_second_link),),
    ),
    WrongUnit(
        "releases-at-the-next-beat",
        ("HA-163", "HA-154"),
        "A unit that gives its role away tells the peer first, and gives the addresses up with its next heartbeat.",
        (Remembering(list[do.Effect], _releases_late),),
    ),
    WrongUnit(
        "serves-while-it-looks",
        ("HA-013.e",),
        "A unit that was primary starts its mail service when it starts, before it has looked for its peer.",
        (InRole(Joining, _serves_while_it_looks),),
    ),
    WrongUnit(
        "restores-the-wrong-way-in-a-split",
        ("HA-572",),
        "A primary that hears another primary leaves the role on restore, though primary is its configured mode.",
        (in_role(Leading, _gives_up_in_a_split),),
        alone="P",
    ),
    WrongUnit(
        "primary-keeps-its-password",
        ("HA-453.a", "HA-453.c"),
        "A password that is changed on the leading unit is saved, but not in force before its next start.",
        (Settings(_old_password_while_leading),),
        alone="P",
    ),
    WrongUnit(
        "announces-an-address-once",
        ("HA-113.a",),
        "Each address is announced when it is first taken, and not when it is taken again later.",
        (Remembering(Announced, _announces_once),),
    ),
    WrongUnit(
        "orders-no-data-on-the-second-link",
        ("HA-409", "HA-061.b"),
        "While the primary link is down, the primary's order to synchronize brings its settings, but no mail data.",
        (changing(_no_data_notice_on_the_second_link),),
    ),
    WrongUnit(
        "takes-a-removed-address",
        ("HA-151", "HA-159.a"),
        "A secondary that copies settings without an interface's shared address keeps it, and takes it as primary.",
        (Settings(_removed_address_while_following),),
        alone="S",
    ),
    WrongUnit(
        "copies-no-system-quarantine",
        ("HA-401.a",),
        "The system quarantine is taken for the unit's own system files, and is not copied.",
        (_merging(_without_system), _on_linux(_rsync_without_system)),
    ),
    WrongUnit(
        "mirrors-the-archive",
        ("HA-427.a",),
        "Copying deletes from the own archive what the primary has not.",
        (_merging(_mirrored_archive), _on_linux(_rsync_mirrors_archive)),
    ),
    WrongUnit(
        "fills-mailboxes-once",
        ("HA-402", "HA-401.c"),
        "Mailboxes are copied while the own ones are empty, and never again afterwards.",
        (_merging(_into_empty_mailboxes), _on_linux(_rsync_into_empty_mailboxes)),
    ),
)
