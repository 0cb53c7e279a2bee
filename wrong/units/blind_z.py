"""Twenty mistakes for clauses drawn by lot (seed 73190641): a vendor's slips, thought up without seeing a scenario."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from node.build import Exchange
from node.cli.system import System
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.status import Status
from node.engine.timers import Wait
from node.engine.turn import Rules
from node.settings import checksum
from node.settings.schema import HA
from wrong.common import changing, ignoring, leaving_out
from wrong.record import (
    FACTORY,
    Decision,
    Effects,
    Events,
    Exchanging,
    OnLinux,
    Pages,
    Printed,
    React,
    Reaction,
    Remembering,
    Settings,
    Shown,
    WrongUnit,
)

UPGRADE_LIMIT = 60.0
"""Seconds for which a unit waits for a primary that upgrades, and mistakes an upgrade for a reboot."""

SETTLING = 3.0
"""Seconds after a planned restart in which a unit takes what it is told for old news."""

FLAPS = 2
"""Losses of the peer after which a primary thinks that its own HA is to blame."""

ARCHIVES = "archive/*"
"""Files of the archive, as rsync's pattern."""


@dataclass(slots=True)
class Note:
    """What a wrong unit remembers until it starts again."""

    flag: bool = False
    number: float = 0.0
    text: str = ""


# Detection


def _longest(note: Note) -> tuple[Decision]:
    def decide(rules: Rules) -> Rules:
        def patience(unit: State) -> float:
            note.number = max(note.number, rules.patience(unit))
            return note.number

        return dataclasses.replace(rules, patience=patience)

    return (Decision(decide),)


def _default_after_hold_off(note: Note) -> tuple[Decision, Events]:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        note.flag = unit.phase is Phase.HOLD_OFF or (note.flag and not isinstance(event, on.SettingsChanged))
        return [event]

    def decide(rules: Rules) -> Rules:
        def patience(unit: State) -> float:
            return FACTORY.lost_threshold if note.flag else rules.patience(unit)

        return dataclasses.replace(rules, patience=patience)

    return Decision(decide), Events(see)


def _flapping(note: Note) -> tuple[Reaction]:
    def react_to(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        lost = event == on.TimerFired(Wait.PEER_SILENCE) and isinstance(unit.role, Leading)
        effects = react(event)
        if lost:
            note.number += 1
        if lost and note.number == FLAPS:
            effects += react(on.Ordered(Command.RESTART))
        return effects

    return (Reaction(react_to),)


def _every_second_one(effect: do.Effect, _: State) -> bool:
    match effect:
        case do.Send(Rank.SECONDARY, say.Heartbeat(seq=seq)):
            return seq % 2 == 0
    return False


def _looking(status: Status, unit: State) -> Status:
    if unit.phase is Phase.JOINING and unit.settings.mode is Mode.SECONDARY:
        return dataclasses.replace(status, effective=Effective.SECONDARY)
    return status


# Settings that change while the group runs


def _with_ignored(new: HaSettings, unit: State) -> HaSettings:
    active = {each.interface for each in new.addresses} | set(new.bridged)
    ignored = [port for port in unit.settings.monitored if port not in active]
    return dataclasses.replace(new, monitored=(*new.monitored, *ignored))


def _old_interval(new: HaSettings, unit: State) -> HaSettings:
    old = unit.settings.local_ports
    if not (old.enabled and new.local_ports.enabled):
        return new
    return dataclasses.replace(new, local_ports=dataclasses.replace(new.local_ports, interval=old.interval))


def _as_at_the_fault(new: HaSettings, unit: State) -> HaSettings:
    if unit.phase is not Phase.FAILED or new.mode is not unit.settings.mode:
        return new
    return dataclasses.replace(new, on_failure=unit.settings.on_failure)


def _old_action(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Take a shared address for unchanged if it stays on its interface, whatever its action is now."""
    leads = isinstance(event, on.SettingsChanged) and unit.phase is Phase.PRIMARY
    effects = react(event)
    if not leads:
        return effects
    released = {(each.interface, each.address) for each in effects if isinstance(each, do.ReleaseAddress)}
    held = {(each.interface, each.address) for each in effects if isinstance(each, do.HoldAddress)}

    def stays(effect: do.Effect) -> bool:
        if not isinstance(effect, do.HoldAddress | do.ReleaseAddress):
            return False
        return (effect.interface, effect.address) in released & held

    return [each for each in effects if not stays(each)]


# Failure and recovery


def _forgotten_latch(effect: do.Effect, _: State) -> do.Effect:
    if isinstance(effect, do.Persist) and effect.memory.latched_off:
        return do.Persist(dataclasses.replace(effect.memory, latched_off=False, effective=None))
    return effect


def _fault_while_alone(event: on.Event, unit: State) -> bool:
    return isinstance(event, on.CheckDone) and not event.ok and unit.group.peer is None


def _first_reason(note: Note) -> tuple[Events]:
    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        match event:
            case on.Heard(rank, say.AskRole() as asked):
                note.text = note.text or asked.reason
                return [on.Heard(rank, dataclasses.replace(asked, reason=note.text))]
        return [event]

    return (Events(see),)


def _renegotiating(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    match event, unit.role:
        case on.Heard(message=say.Heartbeat(effective=Effective.SECONDARY)), Leading(rival=True):
            return [*react(event), *react(on.Ordered(Command.RESTART))]
    return react(event)


def _bounded_upgrade(note: Note) -> tuple[Events, Effects]:
    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        match event:
            case on.Heard(message=say.HoldOff(reason=reason)):
                note.text = reason
        return [event]

    def bound(effect: do.Effect, _: State) -> do.Effect:
        if isinstance(effect, do.StartTimer) and effect.timer is Wait.HOLD_OFF and note.text == Command.UPGRADE:
            return do.StartTimer(effect.timer, min(effect.after, UPGRADE_LIMIT))
        return effect

    return Events(see), changing(bound)


# Synchronization


def _sum_without_addresses(line: str, printed: Printed, system: System) -> Printed:
    if line.split() != ["diagnose", "system", "ha", "showcsum"] or printed.refused:
        return printed
    return Printed(checksum(system.configuration.part(lambda path: path[0] != HA)) + "\n", refused=False)


def _trusting(note: Note) -> tuple[Events, Reaction]:
    """After a planned restart take the copy on the disk for the primary's, and notices for old."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        match event:
            case on.Started(memory=memory):
                note.flag = memory.planned in {Command.REBOOT, Command.RELOAD}
            case on.Heard(message=say.SyncNow()) if unit.now < note.number:
                return []
        return [event]

    def react_to(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        begun = [each for each in effects if isinstance(each, do.StartSync) and each.what is Sync.CONFIG]
        if not (note.flag and begun and unit.phase is Phase.FIRST_SYNC):
            return effects
        note.flag, note.number = False, unit.now + SETTLING
        left = [each for each in effects if each not in begun]
        return [*left, *react(on.SyncFinished(Sync.CONFIG, ok=True, detail="", link_failed=False))]

    return Events(see), Reaction(react_to)


def _data_by_configured_mode(rules: Rules) -> Rules:
    def withholds(unit: State, what: Sync) -> str:
        if what is Sync.DATA and unit.settings.mode is Mode.SECONDARY:
            return "this unit is the secondary"
        return rules.withholds(unit, what)

    return dataclasses.replace(rules, withholds=withholds)


def _no_data_on_the_second_link(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Take a copy of mail data over the secondary link for done as soon as it is due."""
    effects = react(event)
    skipped = do.StartSync(Sync.DATA, Rank.SECONDARY)
    if skipped not in effects:
        return effects
    left = [each for each in effects if each != skipped]
    return [*left, *react(on.SyncFinished(Sync.DATA, ok=True, detail="", link_failed=False))]


Fetch = Callable[[Any, Rank], Awaitable[None]]
"""Copies mail data over a link, in a container."""


def _no_fetch_on_the_second_link(fetch: Fetch) -> Fetch:
    async def fetch_data(links: Any, rank: Rank) -> None:  # noqa: ANN401 - the body's links
        if rank is Rank.PRIMARY:
            await fetch(links, rank)

    return fetch_data


def _data_stays(note: Note) -> tuple[Effects]:
    def stay(effect: do.Effect, unit: State) -> do.Effect:
        match effect:
            case do.StartSync(Sync.DATA, Rank.SECONDARY):
                note.flag = True
            case do.StartSync(Sync.DATA, Rank.PRIMARY) if note.flag and unit.group.links.alive.get(Rank.SECONDARY):
                return do.StartSync(Sync.DATA, Rank.SECONDARY)
        return effect

    return (changing(stay),)


def _fetch_stays(fetch: Fetch) -> Fetch:
    used: set[Rank] = set()

    async def fetch_data(links: Any, rank: Rank) -> None:  # noqa: ANN401 - the body's links
        used.add(rank)
        await fetch(links, Rank.SECONDARY if Rank.SECONDARY in used else rank)

    return fetch_data


def _without_archives(exchange: Exchange) -> Exchange:
    def merge(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
        area = ARCHIVES.removesuffix("*")
        return exchange.merge(own, {path: file for path, file in primary.items() if not path.startswith(area)})

    return dataclasses.replace(exchange, merge=merge)


UNITS = (
    WrongUnit(
        "never-looks-sooner",
        ("HA-104",),
        "Follows a threshold that is raised, but after one that is lowered keeps the longest that it has had.",
        (Remembering(Note, _longest),),
        alone="S",
    ),
    WrongUnit(
        "default-threshold-after-hold-off-y",
        ("HA-108.a", "HA-101"),
        "Detects by the default threshold instead of its own once it has been in hold-off.",
        (Remembering(Note, _default_after_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "restarts-at-second-loss",
        ("HA-116", "HA-117.b"),
        "Restarts its HA as primary when its secondary is lost for the second time, to cure its own links.",
        (Remembering(Note, _flapping),),
        alone="P",
    ),
    WrongUnit(
        "half-speed-on-second-link",
        ("HA-052",),
        "Sends only every second heartbeat on the secondary link, which is there for a spare.",
        (leaving_out(_every_second_one),),
    ),
    WrongUnit(
        "follows-before-it-looks",
        ("HA-024.c",),
        "Is secondary from the moment in which a secondary enters the group, before it has found a primary.",
        (Shown(_looking),),
    ),
    WrongUnit(
        "watches-what-is-ignored",
        ("HA-171.b", "HA-152"),
        "Goes on monitoring an interface whose failover action is changed to ignore while the unit runs.",
        (Settings(_with_ignored),),
    ),
    WrongUnit(
        "keeps-its-check-interval",
        ("HA-206",),
        "Goes on with the old check interval when it is changed while the check of the interfaces runs.",
        (Settings(_old_interval),),
    ),
    WrongUnit(
        "on-failure-of-the-fault",
        ("HA-018.b", "HA-320.b"),
        "Recovers by the on-failure that it had when it failed, also when an operator changes it before the cure.",
        (Settings(_as_at_the_fault),),
    ),
    WrongUnit(
        "sticks-to-the-action",
        ("HA-165", "HA-153.b"),
        "Changes nothing when the action of an address that it holds changes from set to add: its own stays away.",
        (Reaction(_old_action),),
    ),
    WrongUnit(
        "off-for-one-start",
        ("HA-311.a", "HA-312.a", "HA-312.b"),
        "Stays off after a failure, but keeps nothing of it on the disk and joins again at the next start.",
        (changing(_forgotten_latch),),
        alone="P",
    ),
    WrongUnit(
        "no-fault-while-alone",
        ("HA-017.a", "HA-207"),
        "Does not count failed checks while it hears no peer, because nobody could take over.",
        (ignoring(_fault_while_alone),),
    ),
    WrongUnit(
        "first-reason-again",
        ("HA-322.a",),
        "Gives for each hand-back the reason of the first one since its start.",
        (Remembering(Note, _first_reason),),
        alone="S",
    ),
    WrongUnit(
        "renegotiates-after-split",
        ("HA-704.b",),
        "Leaves the primary role for a moment to join anew when its rival in a split has become secondary.",
        (Reaction(_renegotiating),),
        alone="P",
    ),
    WrongUnit(
        "impatient-with-upgrades",
        ("HA-731.b",),
        "Takes over when an upgrade of the primary takes longer than a minute, though not so in a reboot.",
        (Remembering(Note, _bounded_upgrade),),
        alone="S",
    ),
    WrongUnit(
        "sums-without-addresses",
        ("HA-377.b",),
        "Leaves the shared addresses out of the checksum, as all else in its HA settings.",
        (Pages(_sum_without_addresses),),
    ),
    WrongUnit(
        "trusts-its-copy-after-reboot",
        ("HA-528.b", "HA-378"),
        "Takes its configuration for the primary's after a planned restart, and does not copy what changed meanwhile.",
        (Remembering(Note, _trusting),),
        alone="S",
    ),
    WrongUnit(
        "data-by-configured-mode",
        ("HA-405", "HA-332.b"),
        "Gives no mail data while it leads as configured secondary.",
        (Decision(_data_by_configured_mode),),
    ),
    WrongUnit(
        "no-data-on-second-link",
        ("HA-409", "HA-061.b", "HA-570.b"),
        "Copies no mail data, also by command, while only the secondary link is alive, and says that it has.",
        (
            Reaction(_no_data_on_the_second_link),
            OnLinux("node.linux.sync", "fetch_data", _no_fetch_on_the_second_link),
        ),
    ),
    WrongUnit(
        "data-stays-on-second-link-y",
        ("HA-059.b", "HA-062"),
        "Copies mail data over the secondary link for ever after it has once done so; the configuration moves back.",
        (
            Remembering(Note, _data_stays),
            OnLinux("node.linux.sync", "fetch_data", _fetch_stays),
        ),
    ),
    WrongUnit(
        "archives-stay-behind",
        ("HA-332.b", "HA-401.b"),
        "Copies all mail data but the archive.",
        (
            Exchanging(_without_archives),
            OnLinux("node.linux.sync", "LEFT_OUT", lambda patterns: (*patterns, ARCHIVES)),
        ),
    ),
)
