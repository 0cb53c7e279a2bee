"""A fourth blind batch, half g: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, OnFailure, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import NEVER, Following, Joining, Leading, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.transition import move
from node.engine.turn import News, Turn
from node.exchange import mail_data
from node.settings import Configuration, in_force, schema
from node.settings.configuration import changes
from node.settings.script import merge_synchronized
from wrong.common import Take, changing, exchanging, ignoring, in_role, leaving_out
from wrong.record import (
    Effects,
    Events,
    Exchanging,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    WrongUnit,
)

QUARANTINE, ARCHIVE = "system-quarantine/", "archive/"
"""Where these areas begin among the mail data."""


@dataclass(slots=True)
class Flag:
    """Whether something has happened since the unit started."""

    up: bool = False


@dataclass(slots=True)
class Moment:
    """A time that the unit remembers."""

    at: float = NEVER


@dataclass(slots=True)
class Addresses:
    """The shared addresses that the unit has noted; None: it has noted none yet."""

    noted: frozenset[str] | None = None


def persisting(change: Callable[[on.Memory, State], on.Memory]) -> Effects:
    """Keep another record on the volume than the engine wants."""

    def persist(effect: do.Effect, unit: State) -> do.Effect:
        return do.Persist(change(effect.memory, unit)) if isinstance(effect, do.Persist) else effect

    return changing(persist)


def without_latch_after_upgrade(memory: on.Memory) -> on.Memory:
    """Forget after an upgrade that on-failure keeps the unit off."""
    if memory.planned == Command.UPGRADE.value and memory.latched_off:
        return dataclasses.replace(memory, latched_off=False, effective=None)
    return memory


def without_own_claim(memory: on.Memory, _: State | None = None) -> on.Memory:
    """Leave out that the unit is on its way back to its role by its own settings."""
    return memory if memory.ordered else dataclasses.replace(memory, reclaiming=False)


def writing_no_own_claim(to_text: Callable[[on.Memory], str]) -> Callable[[on.Memory], str]:
    """Let the Linux body write what `without_own_claim` leaves."""
    return lambda memory: to_text(without_own_claim(memory))


def until_taken(memory: on.Memory, unit: State) -> on.Memory:
    """Note the role as primary while the peer has not yet taken it."""
    if isinstance(unit.role, Following) and unit.role.giving and memory.effective is Effective.SECONDARY:
        return dataclasses.replace(memory, effective=Effective.PRIMARY)
    return memory


def latch_for_restore_alone(flag: Flag) -> tuple[Plain, ...]:
    """Take the latch off the volume for a restore, and for nothing else."""

    def see(event: on.Event, _: State) -> list[on.Event]:
        flag.up = flag.up and event != on.Ordered(Command.RESTORE)
        return [event]

    def keep(memory: on.Memory, _: State) -> on.Memory:
        flag.up = (flag.up or memory.latched_off) and memory.effective is not None
        return dataclasses.replace(memory, latched_off=flag.up)

    return Events(see), persisting(keep)


def clean_once_and_always(flag: Flag) -> tuple[Plain, ...]:
    """After a planned restart let the volume say that the unit was stopped in order, while it runs too."""

    def see(event: on.Event, _: State) -> list[on.Event]:
        if isinstance(event, on.Started):
            flag.up = bool(event.memory.planned)
        return [event]

    def keep(memory: on.Memory, _: State) -> on.Memory:
        return dataclasses.replace(memory, planned=Command.REBOOT.value) if flag.up else memory

    return Events(see), persisting(keep)


def on_failure_as_entered(new: HaSettings, unit: State) -> HaSettings:
    """Keep on-failure as it was when the unit entered its group."""
    if new.mode is unit.settings.mode and new.mode.active_passive:
        return dataclasses.replace(new, on_failure=unit.settings.on_failure)
    return new


def announcing_what_was_noted(addresses: Addresses) -> tuple[Plain, ...]:
    """Note the shared addresses on becoming secondary, and announce no others later."""

    def announce(effect: do.Effect, unit: State) -> list[do.Effect]:
        if isinstance(effect, do.RoleChanged) and effect.new is Effective.SECONDARY:
            addresses.noted = frozenset(each.address for each in unit.settings.addresses)
        if isinstance(effect, do.Announce) and addresses.noted is not None and effect.address not in addresses.noted:
            return []
        return [effect]

    return (Effects(announce),)


def on_the_first_clock(moment: Moment) -> tuple[Plain, ...]:
    """Let a hold-off end when an earlier one would have ended, if that is still to come."""

    def start(effect: do.Effect, unit: State) -> do.Effect:
        if not isinstance(effect, do.StartTimer) or effect.timer is not Wait.HOLD_OFF:
            return effect
        if moment.at <= unit.now:
            moment.at = unit.now + effect.after
        return do.StartTimer(effect.timer, moment.at - unit.now)

    return (changing(start),)


def none_after_an_expired_one(flag: Flag) -> tuple[Plain, ...]:
    """Hold off no more once a hold-off has run out."""

    def see(event: on.Event, unit: State) -> list[on.Event]:
        if unit.phase is Phase.HOLD_OFF and event == on.TimerFired(Wait.HOLD_OFF):
            flag.up = True
        told = isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)
        return [] if told and flag.up else [event]

    return (Events(see),)


def on_secondary_link(event: on.Event, unit: State) -> bool:
    """Whether something is heard on the secondary link in hold-off."""
    return unit.phase is Phase.HOLD_OFF and isinstance(event, on.Heard) and event.rank is Rank.SECONDARY


def off_again_when_alone(take: Take, turn: Turn, me: Joining, news: News) -> None:
    """Stay off when nobody is found after a restore, as if nobody had restored the unit."""
    unit = turn.unit
    failed = me.was is Effective.PRIMARY and unit.settings.on_failure is OnFailure.OFF
    if news == on.TimerFired(Wait.JOIN) and me.restored and failed and unit.group.peer is None:
        move(turn, Trigger.LATCH)
    else:
        take(turn, me, news)


def copying_when_told(take: Take, turn: Turn, me: Leading, news: News) -> None:
    """Copy the configuration when a peer says that it has changed, whoever leads."""
    match news:
        case on.Heard(rank, say.SyncNow(what)) if Sync.CONFIG in what:
            turn.do(do.StartSync(Sync.CONFIG, rank))
        case _:
            take(turn, me, news)


def never_again_after_failed(flag: Flag) -> tuple[Plain, ...]:
    """Watch no primary's silence once monitoring has found this unit faulty, until it leads again."""

    def note(effect: do.Effect, _: State) -> list[do.Effect]:
        if isinstance(effect, do.RoleChanged):
            flag.up = (flag.up or effect.old is Effective.FAILED) and effect.new is not Effective.PRIMARY
        return [effect]

    def take_for_alive(take: Take, turn: Turn, me: Following, news: News) -> None:
        if not (flag.up and news == on.TimerFired(Wait.SILENCE)):
            take(turn, me, news)

    return Effects(note), in_role(Following, take_for_alive)


def ask_on_secondary_link(effect: do.Effect, _: State) -> bool:
    """Whether this asks for the role over the secondary link."""
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, say.AskRole)


def trusting_its_old_copy(event: on.Event, unit: State) -> list[on.Event]:
    """Take a first synchronization that failed for a good one, if the unit was secondary before it stopped."""
    known = unit.phase is Phase.FIRST_SYNC and unit.memory.effective is Effective.SECONDARY
    if known and isinstance(event, on.SyncFinished) and event.what is Sync.CONFIG:
        return [dataclasses.replace(event, ok=True, link_failed=False)]
    return [event]


def taking_mail_data_for_known(flag: Flag) -> tuple[Plain, ...]:
    """Believe to have all mail data once the unit has led."""

    def react_to(react: React, event: on.Event, _: State) -> list[do.Effect]:
        effects = react(event)
        led = [each for each in effects if isinstance(each, do.RoleChanged) and each.new is Effective.PRIMARY]
        flag.up = flag.up or bool(led)
        if not flag.up or not any(copies_data(each) for each in effects):
            return effects
        rest = [each for each in effects if not copies_data(each)]
        return rest + react(on.SyncFinished(Sync.DATA, ok=True, detail="", link_failed=False))

    return (Reaction(react_to),)


def copies_data(effect: do.Effect) -> bool:
    """Whether this begins a synchronization of mail data."""
    return isinstance(effect, do.StartSync) and effect.what is Sync.DATA


def keeping_what_was_unset(
    before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    """Take new values and removed entries over, but keep a value that the primary has unset in an entry."""
    after = merge_synchronized(before, text)
    store = after.store
    for path in sorted(changes(before, after)):
        table, entry = path[:-2], path[:-1]
        added = schema.is_table(table) and schema.fixed_entries(table, before.interfaces) is None
        if added and path not in store.values and entry[-1] in store.entries(table):
            store = store.put(path, before.store.values[path])
    if store == after.store:
        return in_force.by_copy(before, text, expected, given)
    kept = dataclasses.replace(after, store=store)
    steps = in_force.by_operator(before, kept, given)
    return [each for each in steps if each != in_force.Tell(on.ConfigurationChanged())]


def mirrored(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Merge mail data, but keep in the system quarantine only what the primary has there."""
    kept = {path: file for path, file in own.items() if not path.startswith(QUARANTINE) or path in primary}
    return mail_data.merged(kept, primary)


def mirroring(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync do what `mirrored` does."""

    def command(source: str, target: str) -> list[str]:
        program, *arguments = copying(source, target)
        others = (f"--filter=protect /{area}/**" for area in ("quarantine", "archive", "mailboxes", "preferences"))
        return [program, "--delete", *others, *arguments]

    return command


def archived_once(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Merge mail data, but leave an archive alone that holds something."""
    if any(path.startswith(ARCHIVE) for path in own):
        primary = {path: file for path, file in primary.items() if not path.startswith(ARCHIVE)}
    return mail_data.merged(own, primary)


def archiving_once(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync do what `archived_once` does."""

    def command(source: str, target: str) -> list[str]:
        program, *arguments = copying(source, target)
        holds = any(each.is_file() and each.parent.name in {"new", "cur"} for each in Path(target, ARCHIVE).rglob("*"))
        return [program, *([f"--exclude=/{ARCHIVE}**"] if holds else []), *arguments]

    return command


def merging(rule: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]) -> Exchanging:
    """Merge mail data by another rule."""

    def change(exchange: Exchange) -> Exchange:
        return dataclasses.replace(exchange, merge=rule)

    return Exchanging(change)


UNITS = (
    WrongUnit(
        "upgrade-forgets-the-failure",
        ("HA-311.b", "HA-312.b"),
        "A firmware upgrade frees a unit that on-failure off keeps off: it joins the group again by itself.",
        (Remembered(without_latch_after_upgrade),),
    ),
    WrongUnit(
        "forgets-its-claim",
        ("HA-321", "HA-300.a"),
        "Does not note that it is on its way back to its role: after another power loss it stays secondary.",
        (
            persisting(without_own_claim),
            OnLinux("node.linux.body", "memory_to_text", writing_no_own_claim),
        ),
    ),
    WrongUnit(
        "notes-the-role-late",
        ("HA-338",),
        "Gives its role away, but has still noted itself as primary when it then loses power as secondary.",
        (persisting(until_taken),),
    ),
    WrongUnit(
        "restart-leaves-the-latch",
        ("HA-577", "HA-338"),
        "Takes part again after a restart of HA, but its volume still says off: its next start leaves it off.",
        (Remembering(Flag, latch_for_restore_alone),),
    ),
    WrongUnit(
        "clean-since-the-reboot",
        ("HA-324", "HA-310"),
        "After a planned restart it never again notices that it has lost power.",
        (Remembering(Flag, clean_once_and_always),),
    ),
    WrongUnit(
        "reads-on-failure-on-entering",
        ("HA-018.b", "HA-320.b", "HA-330.b"),
        "Acts by the on-failure with which it entered the group, although an operator has changed it since.",
        (Settings(on_failure_as_entered),),
    ),
    WrongUnit(
        "announces-a-stale-list",
        ("HA-113.b",),
        "On taking over announces only the addresses that were shared when it became secondary.",
        (Remembering(Addresses, announcing_what_was_noted),),
    ),
    WrongUnit(
        "deaf-to-settings-in-hold-off",
        ("HA-104", "HA-108.a"),
        "Settings that are changed while it holds off do not come into force afterwards either.",
        (ignoring(lambda event, unit: isinstance(event, on.SettingsChanged) and unit.phase is Phase.HOLD_OFF),),
        alone="S",
    ),
    WrongUnit(
        "hold-off-on-the-first-clock",
        ("HA-524.c", "HA-019.d"),
        "Does not stop the timer of a hold-off that ended early: it ends the next hold-off too soon.",
        (Remembering(Moment, on_the_first_clock),),
        alone="S",
    ),
    WrongUnit(
        "expired-hold-off-spoils-the-next",
        ("HA-521.a", "HA-524.c"),
        "Once a hold-off has run out, takes over during every further planned restart of the primary.",
        (Remembering(Flag, none_after_an_expired_one),),
        alone="S",
    ),
    WrongUnit(
        "hold-off-hears-one-link",
        ("HA-524.a", "HA-061.a"),
        "In hold-off listens on the primary link only: a primary that is back on the secondary link is not noticed.",
        (ignoring(on_secondary_link),),
        alone="S",
    ),
    WrongUnit(
        "restore-needs-a-peer",
        ("HA-313.a", "HA-572"),
        "A unit that on-failure keeps off, and that an operator restores, goes off again if its peer is not there.",
        (in_role(Joining, off_again_when_alone),),
        alone="P",
    ),
    WrongUnit(
        "asks-on-the-primary-link",
        ("HA-580", "HA-061.a"),
        "Asks for the role over the primary link only: while that is cut, a failover ordered on a secondary is lost.",
        (leaving_out(ask_on_secondary_link),),
    ),
    WrongUnit(
        "cured-unit-never-takes-over",
        ("HA-122.b",),
        "Back as secondary after a fault that monitoring found, never takes over from its peer.",
        (Remembering(Flag, never_again_after_failed),),
        alone="P",
    ),
    WrongUnit(
        "obeys-a-copy-in-a-split",
        ("HA-702.a",),
        "A primary copies the configuration when a second primary says that its own has changed.",
        (in_role(Leading, copying_when_told),),
    ),
    WrongUnit(
        "no-mail-data-after-leading",
        ("HA-704.c", "HA-574.d", "HA-332.b"),
        "Having led once, copies no more mail data, and says that it has.",
        (Remembering(Flag, taking_mail_data_for_known),),
    ),
    WrongUnit(
        "trusts-its-old-copy",
        ("HA-015.a",),
        "A starting secondary that was secondary before counts as synchronized, although its first copy failed.",
        (Events(trusting_its_old_copy),),
        alone="S",
    ),
    WrongUnit(
        "keeps-what-was-unset",
        ("HA-350.a", "HA-378"),
        "A copy of the configuration brings new values, but leaves a value that the primary has unset in an entry.",
        (exchanging(copy=keeping_what_was_unset),),
    ),
    WrongUnit(
        "erases-what-only-it-has-of-viruses",
        ("HA-427.a",),
        "Deletes from its system quarantine, on copying, what the primary does not have.",
        (merging(mirrored), OnLinux("node.linux.sync", "copying", mirroring)),
    ),
    WrongUnit(
        "copies-the-archive-once",
        ("HA-401.b",),
        "Copies the primary's archive only while its own is empty.",
        (merging(archived_once), OnLinux("node.linux.sync", "copying", archiving_once)),
    ),
)
