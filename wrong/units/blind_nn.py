"""The seventeenth blind batch, half nn: written from the manual alone, before any scenario judged the units."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.status import Status
from node.engine.timers import Wait
from node.engine.timing import HOLD_OFF_LIMIT
from node.engine.turn import News, PeerHeard, Rules, Turn
from node.exchange.queue import Step, StepsOf
from node.settings import Configuration, ha_settings, in_force
from node.settings.schema import HA_INTERFACE
from wrong.common import Mark, Take, changing, in_role, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Events,
    Exchanging,
    OnLinux,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    Shown,
    WrongUnit,
)

# Heartbeat links and what goes over them


def _six_on_the_first(new: HaSettings, _: State) -> HaSettings:
    """Read `peer-ip6` of the primary heartbeat interface only."""
    links = tuple(each if each.rank is Rank.PRIMARY else dataclasses.replace(each, peer6="") for each in new.links)
    return dataclasses.replace(new, links=links)


def _is_upgrade_on_spare(effect: do.Effect, _: State) -> bool:
    return (
        isinstance(effect, do.Send)
        and effect.rank is Rank.SECONDARY
        and isinstance(effect.message, say.HoldOff)
        and effect.message.reason == "upgrade"
    )


def _muting(moved: Mark) -> tuple[Effects]:
    """Once heartbeat has moved to the secondary link, take its return for the end of it there."""

    def mutes(effect: do.Effect, unit: State) -> bool:
        if not (isinstance(effect, do.Send) and isinstance(effect.message, say.Heartbeat)):
            return False
        alive = unit.group.links.alive.get(Rank.PRIMARY)
        if alive is False:
            moved.up = True
        return effect.rank is Rank.SECONDARY and moved.up and alive is True

    return (leaving_out(mutes),)


# Roles, and what is remembered of them


def _marking_leaders(led: Mark) -> tuple[Effects]:
    """Write that the unit leads when it does, and never that it does not any more."""

    def write(effect: do.Effect, _: State) -> do.Effect:
        if not isinstance(effect, do.Persist):
            return effect
        if effect.memory.effective is Effective.PRIMARY:
            led.up = True
        elif effect.memory.effective is Effective.SECONDARY and led.up:
            return do.Persist(dataclasses.replace(effect.memory, effective=Effective.PRIMARY))
        return effect

    return (changing(write),)


def _unlatched_by_reboot(memory: on.Memory) -> on.Memory:
    """Take a restart that an operator has ordered for the end of the latch."""
    if not (memory.latched_off and memory.planned):
        return memory
    return dataclasses.replace(memory, latched_off=False, effective=Effective.SECONDARY)


def _reading_memory(read: Callable[[str | None], on.Memory]) -> Callable[[str | None], on.Memory]:
    return lambda text: _unlatched_by_reboot(read(text))


def _entering_unasked(left: Mark) -> tuple[Events, Effects]:
    """On the second entry into a group, do not look for a primary first."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if isinstance(event, on.SettingsChanged) and event.settings.mode is Mode.OFF and unit.phase.in_group:
            left.up = True
        yield event

    def hurry(effect: do.Effect, _: State) -> do.Effect:
        if left.up and isinstance(effect, do.StartTimer) and effect.timer is Wait.JOIN:
            return do.StartTimer(Wait.JOIN, 0.0)
        return effect

    return Events(see), changing(hurry)


@dataclass(slots=True)
class _Faults:
    """How often monitoring has found a fault since the unit started."""

    count: int = 0


def _reclaiming_once(faults: _Faults) -> tuple[Effects]:
    """Ask for the role after the first fault, and not after another."""

    def unasked(effect: do.Effect, _: State) -> bool:
        if isinstance(effect, do.RoleChanged) and effect.new is Effective.FAILED:
            faults.count += 1
        asks = isinstance(effect, do.Send) and isinstance(effect.message, say.AskRole)
        return asks and faults.count > 1

    return (leaving_out(unasked),)


def _patient(resumed: Mark) -> tuple[Effects, Decision]:
    """After a hold-off, bear a silence as long as in hold-off."""

    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged) and (effect.old, effect.new) == (Effective.HOLD_OFF, Effective.SECONDARY):
            resumed.up = True
        yield effect

    def decide(rules: Rules) -> Rules:
        return dataclasses.replace(rules, patience=lambda unit: HOLD_OFF_LIMIT if resumed.up else rules.patience(unit))

    return Effects(note), Decision(decide)


# Settings


def _monitored_before(new: HaSettings, unit: State) -> HaSettings:
    """Add interfaces to those that are monitored, and take none away."""
    old = unit.settings
    if old.mode is not new.mode:
        return new
    kept = tuple(port for port in old.monitored if port not in new.monitored)
    return dataclasses.replace(new, monitored=new.monitored + kept)


Copy = Callable[[Configuration, str, str, Mapping[str, str]], list[in_force.Step]]


def _keeping_six(copy: Copy) -> Copy:
    """Take each IPv6 virtual address that is in a copy, and keep one that is not in it any more."""

    def with_removed(before: Configuration, after: Configuration) -> Configuration:
        for path, value in before.store.values.items():
            gone = path not in after.store.values
            if path[:2] == HA_INTERFACE and path[-1] == "virtual-ip6" and gone and after.offers(path):
                after = after.with_value(path, value)
        return after

    def take(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        steps: list[in_force.Step] = []
        saved = before
        for step in copy(before, text, expected, given):
            match step:
                case in_force.Save(configuration):
                    saved = with_removed(before, configuration)
                    steps.append(in_force.Save(saved))
                case in_force.Tell(on.SettingsChanged()):
                    if ha_settings(saved) != ha_settings(before):
                        steps.append(in_force.Tell(on.SettingsChanged(ha_settings(saved))))
                case _:
                    steps.append(step)
        return steps

    return take


# Copies and the queue


def _only_configuration(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
    """In the role of the other unit, tell the peer of the configuration alone."""
    if isinstance(effect, do.Send) and isinstance(effect.message, say.SyncNow) and unit.settings.mode is Mode.SECONDARY:
        if Sync.CONFIG in effect.message.what:
            yield do.Send(effect.rank, say.SyncNow((Sync.CONFIG,)))
        return
    yield effect


def _copying_from_rival(take: Take, turn: Turn, me: Leading, news: News) -> None:
    """Copy mail data when a second primary is heard for the first time."""
    was_rival = me.rival
    take(turn, me, news)
    rank = turn.unit.group.links.for_sync()
    if isinstance(news, PeerHeard) and me.rival and not was_rival and rank is not None:
        turn.do(do.StartSync(Sync.DATA, rank))


def _claiming_copies(cured: Mark) -> tuple[Reaction]:
    """Once it was cured, take mail data for copied that are not."""

    def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if unit.phase is Phase.FAILED:
            cured.up = True
        effects = react(event)
        kept = [each for each in effects if not (isinstance(each, do.StartSync) and each.what is Sync.DATA)]
        if not cured.up or kept == effects:
            return effects
        return kept + react(on.SyncFinished(Sync.DATA, ok=True, detail="", link_failed=False))

    return (Reaction(react),)


def _taking_again(taking: StepsOf) -> StepsOf:
    """Take a message that is offered, also when it was taken before."""

    def take(*, known: bool) -> tuple[Step, ...]:
        del known
        return taking(known=False)

    return take


Files = Mapping[str, Any]


def _archiving_once(merge: Callable[[Files, Files], dict[str, Any]]) -> Callable[[Files, Files], dict[str, Any]]:
    """Copy archives to a unit that has none, and none to a unit that has some."""

    def merged(own: Files, primary: Files) -> dict[str, Any]:
        if any(map(_is_archived, own)):
            primary = {path: file for path, file in primary.items() if not _is_archived(path)}
        return merge(own, primary)

    return merged


def _is_archived(path: str) -> bool:
    return path.startswith("archive/")


def _rsyncing_archives_once(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    def command(source: str, target: str) -> list[str]:
        words = copying(source, target)
        if any(each.is_file() for each in (File(target) / "archive").rglob("*")):
            words.insert(1, "--exclude=/archive/")
        return words

    return command


# What is shown, told and announced


def _shown_for_configuration(status: Status, unit: State) -> Status:
    """Show that a synchronization runs if it copies the configuration."""
    syncs = getattr(unit.role, "syncs", None)
    return dataclasses.replace(
        status, synchronizing=status.synchronizing and syncs is not None and syncs.running is Sync.CONFIG
    )


def _is_quiet_reload(effect: do.Effect, unit: State) -> bool:
    return isinstance(effect, do.Alert) and effect.old is None and unit.memory.planned == "reload"


def _skipping_hold_off(effect: do.Effect, _: State) -> do.Effect:
    """When hold-off has expired, name the last settled state as the old one."""
    if isinstance(effect, do.Alert) and (effect.old, effect.new) == (Effective.HOLD_OFF, Effective.PRIMARY):
        return dataclasses.replace(effect, old=Effective.SECONDARY)
    return effect


def _is_six(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Announce) and ":" in effect.address


def _announcing_four(announce: Callable[[str, str], None]) -> Callable[[str, str], None]:
    def only(device: str, address: str) -> None:
        if ":" not in address:
            announce(device, address)

    return only


def _stays_behind(effect: do.Effect, unit: State) -> bool:
    """Whether an address is to be given up on the way into a config-only group."""
    return isinstance(effect, do.ReleaseAddress) and effect.action is Action.ADD and unit.settings.mode.config_only


def _replaced(**parts: Callable[[Any], Any]) -> Exchanging:
    """Replace parts of the exchange, each by what its function makes of the reference's."""

    def change(exchange: Exchange) -> Exchange:
        return dataclasses.replace(exchange, **{name: make(getattr(exchange, name)) for name, make in parts.items()})

    return Exchanging(change)


UNITS = (
    WrongUnit(
        "six-on-one-link",
        ("HA-072",),
        "Reads peer-ip6 of the primary heartbeat interface, and not that of the secondary one.",
        (Settings(_six_on_the_first),),
    ),
    WrongUnit(
        "marked-as-leader",
        ("HA-338",),
        "Keeps on its disk that it was primary after it has given the role back, and applies on-failure by that.",
        (Remembering(Mark, _marking_leaders),),
    ),
    WrongUnit(
        "upgrade-warns-on-one-link",
        ("HA-520.d", "HA-731.a", "HA-731.b"),
        "Sends the hold-off before an upgrade over the primary heartbeat link only.",
        (leaving_out(_is_upgrade_on_spare),),
    ),
    WrongUnit(
        "mutes-the-spare-link",
        ("HA-060.a", "HA-706"),
        "Sends no heartbeat on the secondary link any more once the primary link has returned from a loss.",
        (Remembering(Mark, _muting),),
    ),
    WrongUnit(
        "reloads-quietly",
        ("HA-527.c",),
        "Sends its critical alert before a reboot, and none before a reload.",
        (leaving_out(_is_quiet_reload),),
        alone="S",
    ),
    WrongUnit(
        "alert-skips-hold-off-nn",
        ("HA-655.c",),
        "Names SLAVE as the old state in the alert of a hold-off that has expired, where the state was HOLD_OFF.",
        (changing(_skipping_hold_off),),
    ),
    WrongUnit(
        "re-enters-unasked",
        ("HA-024.c",),
        "Looks for a primary at its first entry into a group, and leads at once when it enters one again.",
        (Remembering(Mark, _entering_unasked),),
        alone="S",
    ),
    WrongUnit(
        "keeps-a-removed-six",
        ("HA-159.a", "HA-378"),
        "Keeps an IPv6 virtual address that the primary has removed when it takes the primary's settings over.",
        (_replaced(copy=_keeping_six),),
    ),
    WrongUnit(
        "shows-no-data-copy",
        ("HA-380", "HA-615.b"),
        "Shows that a synchronization runs while it copies the configuration, and not while it copies mail data.",
        (Shown(_shown_for_configuration),),
    ),
    WrongUnit(
        "takes-addresses-along",
        ("HA-027.g",),
        "Keeps its virtual address when its mode is changed from primary to config-primary.",
        (leaving_out(_stays_behind),),
    ),
    WrongUnit(
        "forces-half-in-other-role",
        ("HA-570.b", "HA-409"),
        "As a configured secondary that leads, forces a synchronization of configuration without mail data.",
        (Effects(_only_configuration),),
    ),
    WrongUnit(
        "copies-from-its-rival-nn",
        ("HA-702.b",),
        "Copies mail data from a second primary as soon as it hears it.",
        (in_role(Leading, _copying_from_rival),),
        alone="S",
    ),
    WrongUnit(
        "patient-after-hold-off",
        ("HA-524.b",),
        "Waits for a silent primary as long as hold-off lasts, once it has resumed from one.",
        (Remembering(Mark, _patient),),
    ),
    WrongUnit(
        "cured-and-without-data",
        ("HA-332.b",),
        "Copies the configuration, but no mail data from the current primary once a monitored fault is cured.",
        (Remembering(Mark, _claiming_copies),),
        alone="P",
    ),
    WrongUnit(
        "monitors-as-before",
        ("HA-171.c", "HA-169"),
        "Goes on to monitor an interface whose port-monitor is disabled while the group runs.",
        (Settings(_monitored_before),),
    ),
    WrongUnit(
        "announces-four-only",
        ("HA-113.b",),
        "Announces the IPv4 addresses that it takes over, and no IPv6 address.",
        (leaving_out(_is_six), OnLinux("node.linux.addresses", "announce", _announcing_four)),
    ),
    WrongUnit(
        "reclaims-once",
        ("HA-018.b", "HA-320.b"),
        "Returns to the configured role after its first monitored fault, and stays secondary after the second.",
        (Remembering(_Faults, _reclaiming_once),),
        alone="P",
    ),
    WrongUnit(
        "takes-a-message-again",
        ("HA-423.b",),
        "Puts a message into its queue a second time when an interrupted merge is taken up again.",
        (_replaced(taking=_taking_again),),
    ),
    WrongUnit(
        "reboot-ends-the-latch",
        ("HA-312.b",),
        "Is off after a power loss with on-failure off, and joins as secondary when an operator reboots it.",
        (Remembered(_unlatched_by_reboot), OnLinux("node.linux.unit", "memory_from_text", _reading_memory)),
    ),
    WrongUnit(
        "copies-archives-once",
        ("HA-401.b",),
        "Copies the primary's archives when it has none, and nothing of them when it has some.",
        (
            _replaced(merge=_archiving_once),
            OnLinux("node.linux.sync", "copying", _rsyncing_archives_once),
        ),
    ),
)
