"""A ninth blind batch, half s: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from node.build import Exchange
from node.cli.system import System
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank
from node.engine.settings import HaSettings, Link
from node.engine.state import State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import Rules
from node.exchange import mail_data, queue
from node.linux.own_files import is_left_out
from node.settings import Configuration, Refused, in_force, values
from wrong.common import exchanging, ignoring, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Events,
    Exchanging,
    OnLinux,
    Pages,
    Plain,
    Printed,
    React,
    Reaction,
    Remembering,
    Settings,
    WrongUnit,
)

# Settings in a running group


def _first_addresses(new: HaSettings, unit: State) -> HaSettings:
    kept = unit.phase.follows and bool(unit.settings.addresses)
    return dataclasses.replace(new, addresses=unit.settings.addresses) if kept else new


def _on_failure_of_old(new: HaSettings, unit: State) -> HaSettings:
    leads = unit.phase is Phase.PRIMARY
    return dataclasses.replace(new, on_failure=unit.settings.on_failure) if leads else new


def _same_address(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """After a change of settings, leave an address where it is, although its action is another."""
    effects = react(event)
    if not isinstance(event, on.SettingsChanged):
        return effects
    released = {(each.interface, each.address) for each in effects if isinstance(each, do.ReleaseAddress)}
    held = {(each.interface, each.address) for each in effects if isinstance(each, do.HoldAddress)}
    return [
        each
        for each in effects
        if not isinstance(each, do.ReleaseAddress | do.HoldAddress)
        or (each.interface, each.address) not in released & held
    ]


def _asked(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Asked for the role, give up the IPv4 addresses only."""
    effects = react(event)
    if not isinstance(event, on.Heard) or not isinstance(event.message, say.AskRole):
        return effects
    return [each for each in effects if not isinstance(each, do.ReleaseAddress) or ":" not in each.address]


def _ipv4_on_second(link: Link) -> Link:
    return dataclasses.replace(link, peer6="") if link.rank is Rank.SECONDARY else link


def _no_ipv6_on_second(new: HaSettings, _: State) -> HaSettings:
    return dataclasses.replace(new, links=tuple(map(_ipv4_on_second, new.links)))


# The configuration's copy


def _keeping_ipv6(exchange: Exchange) -> Exchange:
    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        steps = exchange.copy(before, text, expected, given)
        after = next((each.configuration for each in steps if isinstance(each, in_force.Save)), before)
        kept = _with_old_ipv6(before, after)
        told = in_force.Tell(on.ConfigurationChanged())
        return steps if kept == after else [each for each in in_force.by_operator(before, kept, given) if each != told]

    return dataclasses.replace(exchange, copy=copy)


def _with_old_ipv6(before: Configuration, after: Configuration) -> Configuration:
    for port in before.interfaces:
        path = ("system ha", "interface", port, "virtual-ip6")
        if not values.is_unset(before.get(path)) and values.is_unset(after.get(path)):
            try:
                after = after.with_value(path, before.get(path))
            except Refused:
                continue
    return after


# Heartbeat links, detection, announcements


def _said_once(said: set[str]) -> tuple[Plain, ...]:
    def again(effect: do.Effect, _: State) -> bool:
        if not isinstance(effect, do.Log) or "heart beat status" not in effect.message:
            return False
        known = effect.message in said
        said.add(effect.message)
        return known

    return (leaving_out(again),)


def _fears_carriers(event: on.Event, unit: State) -> Iterator[on.Event]:
    yield event
    lost = isinstance(event, on.CarrierChanged) and not event.up
    if lost and unit.phase is Phase.SECONDARY and not unit.group.links.any_alive:
        yield on.TimerFired(Wait.SILENCE)


def _patient_after_failover(seen: list[do.Effect]) -> tuple[Plain, ...]:
    def note(effect: do.Effect, _: State) -> list[do.Effect]:
        if isinstance(effect, do.RoleChanged) and "heartbeat disappeared" in effect.event:
            seen.append(effect)
        return [effect]

    def decide(rules: Rules) -> Rules:
        return dataclasses.replace(rules, patience=lambda unit: rules.patience(unit) * (2 if seen else 1))

    return Decision(decide), Effects(note)


def _announced_once(known: set[tuple[str, str]]) -> tuple[Plain, ...]:
    def again(effect: do.Effect, _: State) -> bool:
        if not isinstance(effect, do.Announce):
            return False
        address = effect.interface, effect.address
        was_known = address in known
        known.add(address)
        return was_known

    return (leaving_out(again),)


# Hold-off


def _heartbeat_on_second(event: on.Event, unit: State) -> bool:
    match event:
        case on.Heard(Rank.SECONDARY, say.Heartbeat()):
            return unit.phase is Phase.HOLD_OFF
    return False


def _one_budget(ends: list[float]) -> tuple[Plain, ...]:
    def wait(effect: do.Effect, unit: State) -> list[do.Effect]:
        if not isinstance(effect, do.StartTimer) or effect.timer is not Wait.HOLD_OFF:
            return [effect]
        if not ends or ends[-1] <= unit.now:
            ends.append(unit.now + effect.after)
        return [do.StartTimer(effect.timer, ends[-1] - unit.now)]

    return (Effects(wait),)


# Recovery


def _best_role(led: list[on.Memory]) -> tuple[Plain, ...]:
    def keep(effect: do.Effect, _: State) -> list[do.Effect]:
        if not isinstance(effect, do.Persist):
            return [effect]
        memory = effect.memory
        if memory.effective is Effective.PRIMARY:
            led.append(memory)
        elif memory.effective is Effective.SECONDARY and led:
            memory = dataclasses.replace(memory, effective=Effective.PRIMARY)
        return [do.Persist(memory)]

    return (Effects(keep),)


def _cured(failures: list[do.Effect]) -> tuple[Plain, ...]:
    def give(effect: do.Effect, _: State) -> list[do.Effect]:
        match effect:
            case do.RoleChanged(new=Effective.FAILED):
                failures.append(effect)
            case do.RoleChanged(new=Effective.PRIMARY):
                failures.clear()
            case do.HandOverQueue() if failures:
                return []
        return [effect]

    return (Effects(give),)


def _restored_by_hand(event: on.Event, unit: State) -> Iterator[on.Event]:
    ends = event == on.Ordered(Command.RESTORE) and unit.phase is Phase.SWITCHED_OFF
    yield event
    if ends:
        yield on.SettingsChanged(dataclasses.replace(unit.settings, on_failure=OnFailure.BECOME_SECONDARY))


# Mail data and the queue

Merge = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
Copying = Callable[[str, str], list[str]]


def _merging(merge: Merge) -> Exchanging:
    return exchanging(merge=merge)


def _rsync(options: Callable[[str], list[str]]) -> OnLinux:
    """Give rsync further options, for the directory into which it copies."""

    def change(copying: Copying) -> Copying:
        def copy(source: str, target: str) -> list[str]:
            program, *rest = copying(source, target)
            return [program, *options(target), *rest]

        return copy

    return OnLinux("node.linux.sync", "copying", change)


def _area(path: str) -> str:
    return path.partition("/")[0]


def _new_areas(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    full = set(map(_area, own))
    return mail_data.merged(own, {path: file for path, file in primary.items() if _area(path) not in full})


def _without_full_areas(target: str) -> list[str]:
    root = Path(target)
    files = (str(each.relative_to(root)) for each in root.rglob("*") if each.is_file())
    full = {_area(path) for path in files if not is_left_out(path)}
    return [f"--exclude=/{area}/" for area in sorted(full)]


def _mirrored(_: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    return mail_data.merged({}, primary)


def _no_quarantines(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    return mail_data.merged(own, {path: file for path, file in primary.items() if _area(path) != "quarantine"})


class _Hasty:
    """A giver that removes a message from the queue as soon as it has offered it."""

    def __init__(self) -> None:
        self._giver: queue.Giver[Any] = queue.Giver()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the giver has
        return getattr(self._giver, name)

    def read(self, item: object, message: str, size: int) -> list[queue.Giving[Any]]:
        offered = self._giver.read(item, message, size)
        return [*offered, queue.Remove(item)] if offered else offered


# Pages


def _schedule_of_configured(line: str, printed: Printed, system: System) -> Printed:
    asked = line.split() == ["get", "system", "ha", "status"]
    if not asked or system.status().configured is not Mode.PRIMARY:
        return printed
    schedule = ("Monitor:", "Configuration:", "Data:")
    lines = (each for each in printed.text.split("\n") if not each.startswith(schedule))
    return dataclasses.replace(printed, text="\n".join(lines))


UNITS = (
    WrongUnit(
        "takes-over-first-address",
        ("HA-159.b", "HA-112"),
        "A secondary that has been given shared addresses keeps those for its turn, until it starts again.",
        (Settings(_first_addresses),),
        alone="S",
    ),
    WrongUnit(
        "on-failure-frozen-while-leading",
        ("HA-310", "HA-311.b"),
        "A primary that finds a fault does as on-failure was when it became primary.",
        (Settings(_on_failure_of_old),),
        alone="P",
    ),
    WrongUnit(
        "same-address-new-action",
        ("HA-153.b", "HA-155.a"),
        "A primary whose failover action changes between add and set does nothing if the address stays.",
        (Reaction(_same_address),),
    ),
    WrongUnit(
        "copy-keeps-removed-ipv6",
        ("HA-350.a", "HA-159.a"),
        "A secondary keeps a shared IPv6 address that has been removed on the primary.",
        (Exchanging(_keeping_ipv6),),
    ),
    WrongUnit(
        "asked-unit-keeps-ipv6",
        ("HA-154", "HA-163"),
        "A primary that its peer asks for the role gives it, but holds the shared IPv6 address on.",
        (Reaction(_asked),),
    ),
    WrongUnit(
        "second-link-needs-ipv4",
        ("HA-072", "HA-060.a"),
        "The peer's IPv6 address is used on the primary heartbeat link only.",
        (Settings(_no_ipv6_on_second),),
    ),
    WrongUnit(
        "same-link-message-once",
        ("HA-073",),
        "A state of the heartbeat links that has been logged once is not logged when it comes again.",
        (Remembering(set[str], _said_once),),
    ),
    WrongUnit(
        "takes-over-at-dead-carrier",
        ("HA-102", "HA-103.b"),
        "A secondary whose last heartbeat interface loses its carrier takes over at once.",
        (Events(_fears_carriers),),
    ),
    WrongUnit(
        "waits-twice-after-failover",
        ("HA-101", "HA-103.b"),
        "A unit that has taken over once waits twice the threshold before it does so again.",
        (Remembering(list[do.Effect], _patient_after_failover),),
    ),
    WrongUnit(
        "announces-address-once",
        ("HA-113.a", "HA-113.c", "HA-164"),
        "An address that a unit has announced before is not announced when the unit takes it over again.",
        (Remembering(set[tuple[str, str]], _announced_once),),
    ),
    WrongUnit(
        "hold-off-deaf-on-second",
        ("HA-524.a", "HA-061.a"),
        "A secondary in hold-off does not hear on the secondary heartbeat link that the primary is back.",
        (ignoring(_heartbeat_on_second),),
        alone="S",
    ),
    WrongUnit(
        "hold-off-budget-shared",
        ("HA-524.c",),
        "A hold-off that follows another within its 15 minutes ends when that one would have ended.",
        (Remembering(list[float], _one_budget),),
    ),
    WrongUnit(
        "disk-remembers-best-role",
        ("HA-338",),
        "A unit that has led since its start keeps on its disk that it is primary, also when it no longer is.",
        (Remembering(list[on.Memory], _best_role),),
    ),
    WrongUnit(
        "cured-unit-keeps-queue",
        ("HA-333.a", "HA-421"),
        "A unit whose fault is cured, and that becomes secondary without a restart, hands no queued mail over.",
        (Remembering(list[do.Effect], _cured),),
        alone="P",
    ),
    WrongUnit(
        "hand-restore-ends-off",
        ("HA-310", "HA-311.b"),
        "After an operator has restored a unit that on-failure off kept off, its next fault is treated as curable.",
        (Events(_restored_by_hand),),
    ),
    WrongUnit(
        "copies-an-area-once-s",
        ("HA-402",),
        "A secondary copies no more mail data into an area in which it has some already.",
        (_merging(_new_areas), _rsync(_without_full_areas)),
    ),
    WrongUnit(
        "mirrors-the-primary-s",
        ("HA-427.a",),
        "A secondary deletes mail data of its own that the primary does not have.",
        (_merging(_mirrored), _rsync(lambda _: ["--delete"])),
    ),
    WrongUnit(
        "recovered-lacks-quarantines",
        ("HA-332.b", "HA-401.e"),
        "A configured primary that has become secondary copies all mail data but the quarantines of recipients.",
        (_merging(_no_quarantines), _rsync(lambda _: ["--exclude=/quarantine/"])),
        alone="P",
    ),
    WrongUnit(
        "drops-message-under-way",
        ("HA-424",),
        "A message that is handed over leaves the giver's queue before the taker has it.",
        (exchanging(giver=lambda: cast("queue.Giver[Any]", _Hasty())),),
    ),
    WrongUnit(
        "schedule-by-configured-mode",
        ("HA-613.a", "HA-613.b", "HA-613.c", "HA-612.c"),
        "A configured primary that has become secondary shows no schedule on its status page.",
        (Pages(_schedule_of_configured),),
    ),
)
