"""A tenth blind batch, half v: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Command, Effective, Mode, OnFailure, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import NEVER, Following, State
from node.engine.states import Phase
from node.engine.timers import LinkSilent, Periodic, Wait
from node.engine.turn import Rules
from node.exchange import queue
from wrong.common import changing, ignoring
from wrong.record import (
    Decision,
    Effects,
    Events,
    Exchanging,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembering,
    Settings,
    WrongUnit,
)

_SOON = 2.0
"""Seconds after a change in which another is dropped."""


@dataclass(slots=True)
class _Flag:
    """One thing that a unit remembers to have happened."""

    up: bool = False


# Hold-off


def _keep_threshold(new: HaSettings, unit: State) -> HaSettings:
    """In hold-off, go on with the detection time that was in force before."""
    if unit.phase is not Phase.HOLD_OFF:
        return new
    return dataclasses.replace(new, lost_threshold=unit.settings.lost_threshold)


def _is_another_hold_off(event: on.Event, unit: State) -> bool:
    """Whether a following unit that has held off before is to hold off again."""
    held_off = isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)
    return held_off and unit.held_off_by > 0 and unit.phase.follows


def _lead_unannounced(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Take over at the end of hold-off, and announce nothing."""
    expired = event == on.TimerFired(Wait.HOLD_OFF) and unit.phase is Phase.HOLD_OFF
    effects = react(event)
    return [each for each in effects if not (expired and isinstance(each, do.Announce))]


def _is_beat_on_secondary_link(event: on.Event) -> bool:
    return isinstance(event, on.Heard) and event.rank is Rank.SECONDARY and isinstance(event.message, say.Heartbeat)


# Detection


@dataclass(slots=True)
class _Losses:
    """How often a unit has lost its primary link."""

    count: int = 0


def _count_losses(losses: _Losses) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        links = unit.group.links
        lost = event in (on.TimerFired(LinkSilent(Rank.PRIMARY)), on.CarrierChanged(Rank.PRIMARY, up=False))
        if lost and links.alive.get(Rank.PRIMARY):
            losses.count += 1
        again = losses.count > 1 and unit.phase.follows and not links.alive.get(Rank.PRIMARY)
        return [] if again and _is_beat_on_secondary_link(event) else [event]

    return (Events(see),)


# Copies


def _stop_schedule(refused: _Flag) -> tuple[Plain, ...]:
    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.SyncFinished) and event.what is Sync.DATA and not (event.ok or event.link_failed):
            refused.up = True
        return [] if refused.up and event == on.TimerFired(Periodic(Sync.DATA)) else [event]

    def do_instead(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged):
            refused.up = False
        return [effect]

    return (Events(see), Effects(do_instead))


def _copy_no_configuration(waits: _Flag) -> tuple[Plain, ...]:
    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.Heard) and isinstance(event.message, say.SyncNow):
            waits.up = waits.up and Sync.CONFIG not in event.message.what
        return [event]

    def instead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.StartSync) and effect.what is Sync.CONFIG:
            # A peer that led already when this unit left the role: the two were rivals.
            waits.up = waits.up or (isinstance(unit.role, Following) and unit.role.giving != "")
            return [dataclasses.replace(effect, what=Sync.DATA) if waits.up else effect]
        return [effect]

    return (Events(see), Effects(instead))


@dataclass(slots=True)
class _Notice:
    """When the last notice of a change came."""

    at: float = NEVER


def _hear_no_second(last: _Notice) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if not (isinstance(event, on.Heard) and isinstance(event.message, say.SyncNow)):
            return [event]
        soon, last.at = unit.now - last.at < _SOON, unit.now
        return [] if soon else [event]

    return (Events(see),)


Merge = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
Copying = Callable[[str, str], list[str]]


def _merging(change: Callable[[Merge], Merge]) -> Exchanging:
    return Exchanging(lambda exchange: dataclasses.replace(exchange, merge=change(exchange.merge)))


def _with_options(*options: str) -> OnLinux:
    """Let rsync run with more options, before its source and target."""

    def change(copying: Copying) -> Copying:
        def changed(source: str, target: str) -> list[str]:
            *command, source, target = copying(source, target)
            return [*command, *options, source, target]

        return changed

    return OnLinux("node.linux.sync", "copying", change)


SYSTEM_QUARANTINE, QUARANTINE = "system-quarantine/", "quarantine/"


def _mirror(merge: Merge) -> Merge:
    """Remove from the system quarantine what the primary does not have."""

    def merged(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
        both = merge(own, primary)
        return {path: file for path, file in both.items() if path in primary or not path.startswith(SYSTEM_QUARANTINE)}

    return merged


def _leave_quarantine_out(merge: Merge) -> Merge:
    def merged(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
        return merge(own, {path: file for path, file in primary.items() if not path.startswith(QUARANTINE)})

    return merged


# The queue


class _Mindful:
    """A giver that does not let its unit forget what it has given away."""

    def __init__(self, giver: queue.Giver[Any]) -> None:
        self._giver = giver

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the giver has
        return getattr(self._giver, name)

    def hear(self, frame: queue.Frame) -> list[queue.Giving[Any]]:
        """Take the taker's answer."""
        return [each for each in self._giver.hear(frame) if not isinstance(each, queue.Forget)]


def _give_mindfully(exchange: Exchange) -> Exchange:
    def giver() -> Any:  # noqa: ANN401 - it stands in for a giver
        return _Mindful(exchange.giver())

    return dataclasses.replace(exchange, giver=giver)


def _forget_nothing(_forget: Callable[[str], None]) -> Callable[[str], None]:
    return lambda _message: None


# Orders


def _refuse_sync(rules: Rules) -> Rules:
    """Refuse on a secondary to synchronize while its primary link is lost."""

    def refuses(unit: State, command: Command) -> str:
        lost = not unit.group.links.alive.get(Rank.PRIMARY)
        if command is Command.SYNC and unit.phase is Phase.SECONDARY and lost:
            return "the primary heartbeat link is down, so nothing can be synchronized"
        return rules.refuses(unit, command)

    return dataclasses.replace(rules, refuses=refuses)


def _only_join(off: _Flag) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if isinstance(event, on.Started):
            off.up = event.memory.latched_off
        elif event == on.Ordered(Command.RESTORE) and unit.phase is Phase.SWITCHED_OFF and off.up:
            return [on.Ordered(Command.RESTART)]
        return [event]

    return (Events(see),)


# Off and failed


def _wake(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Start HA anew with other settings, also on a unit that is off."""
    was_off = unit.phase is Phase.SWITCHED_OFF
    effects = react(event)
    if was_off and isinstance(event, on.SettingsChanged) and unit.phase is Phase.SWITCHED_OFF:
        effects += react(on.Ordered(Command.RESTART))
    return effects


def _hold_while_failed(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Hold an address that is entered while the unit is failed."""
    before, effects = unit.settings.addresses, react(event)
    if isinstance(event, on.SettingsChanged) and unit.phase is Phase.FAILED:
        for each in unit.settings.addresses:
            if each not in before:
                effects.append(do.HoldAddress(each.interface, each.action, each.address))
                effects.append(do.Announce(each.interface, each.address))
    return effects


def _fail_without_own(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """When a check ends the role, take a `set` address away as one that stood beside the own one."""
    effects = react(event)
    if not isinstance(event, on.CheckDone):
        return effects
    release = do.ReleaseAddress
    return [dataclasses.replace(each, action=Action.ADD) if isinstance(each, release) else each for each in effects]


# After a restart


def _reclaim(event: on.Event, _: State) -> Iterable[on.Event]:
    """With restore-role claim the primary role after a start, whatever the unit was before."""
    if isinstance(event, on.Started):
        restores = event.settings.mode is Mode.PRIMARY and event.settings.on_failure is OnFailure.RESTORE_ROLE
        if restores and event.memory.effective is Effective.SECONDARY:
            return [dataclasses.replace(event, memory=dataclasses.replace(event.memory, reclaiming=True))]
    return [event]


def _keep_claim(claimed: _Flag) -> tuple[Plain, ...]:
    def change(effect: do.Effect, unit: State) -> do.Effect:
        if not isinstance(effect, do.Persist) or unit.settings.mode is not Mode.PRIMARY:
            return effect
        claimed.up = claimed.up or effect.memory.reclaiming
        return do.Persist(dataclasses.replace(effect.memory, reclaiming=claimed.up))

    return (changing(change),)


# Alerts


@dataclass(slots=True)
class _Alerted:
    """Alerts that were sent since the unit started."""

    sent: set[do.Alert] = field(default_factory=set)


def _alert_once(alerted: _Alerted) -> tuple[Plain, ...]:
    def instead(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.Alert):
            if effect in alerted.sent:
                return []
            alerted.sent.add(effect)
        return [effect]

    return (Effects(instead),)


UNITS = (
    WrongUnit(
        "ignores-threshold-in-hold-off",
        ("HA-104",),
        "A detection time that is entered during hold-off is not in force afterwards either.",
        (Settings(_keep_threshold),),
        alone="S",
    ),
    WrongUnit(
        "holds-off-once-v",
        ("HA-521.a", "HA-524.c"),
        "A secondary that has held off for one restart does not hold off for the next.",
        (ignoring(_is_another_hold_off),),
    ),
    WrongUnit(
        "unannounced-after-hold-off",
        ("HA-113.a", "HA-113.c"),
        "A unit that takes over because hold-off has expired does not announce the address.",
        (Reaction(_lead_unannounced),),
    ),
    WrongUnit(
        "resumes-by-primary-link",
        ("HA-524.a",),
        "In hold-off the unit listens for its primary on the primary link only.",
        (ignoring(lambda event, unit: unit.phase is Phase.HOLD_OFF and _is_beat_on_secondary_link(event)),),
    ),
    WrongUnit(
        "second-link-loss-fails-over",
        ("HA-061.c", "HA-706"),
        "When its primary link is lost for the second time, a follower does not listen on the secondary link.",
        (Remembering(_Losses, _count_losses),),
        alone="S",
    ),
    WrongUnit(
        "refusal-ends-data-schedule",
        ("HA-402",),
        "After the primary has once refused a copy of mail data, the secondary makes none by schedule any more.",
        (Remembering(_Flag, _stop_schedule),),
    ),
    WrongUnit(
        "cured-split-copies-no-settings",
        ("HA-704.c",),
        "A unit that leaves the role in a split copies no configuration before it is told of a change.",
        (Remembering(_Flag, _copy_no_configuration),),
    ),
    WrongUnit(
        "drops-second-of-two-changes",
        ("HA-350.a",),
        "A secondary that is told of a change within two seconds of another one does not copy it.",
        (Remembering(_Notice, _hear_no_second),),
    ),
    WrongUnit(
        "mirrors-system-quarantine-v",
        ("HA-427.a",),
        "A copy of mail data removes from the system quarantine what the primary does not have.",
        (_merging(_mirror), _with_options("--delete", f"--filter=R /{SYSTEM_QUARANTINE}***", "--filter=P *")),
    ),
    WrongUnit(
        "recovers-without-quarantine",
        ("HA-332.b", "HA-401.e"),
        "The recovered unit's copy of mail data leaves the recipients' quarantines out.",
        (_merging(_leave_quarantine_out), _with_options(f"--exclude=/{QUARANTINE}***")),
        alone="P",
    ),
    WrongUnit(
        "queue-waits-for-primary-link-v",
        ("HA-333.a", "HA-420.c"),
        "A secondary hands its queue over on the primary link only, also while the secondary link does all else.",
        (changing(lambda each, _: do.HandOverQueue(Rank.PRIMARY) if isinstance(each, do.HandOverQueue) else each),),
    ),
    WrongUnit(
        "remembers-mail-given-back",
        ("HA-424", "HA-333.a"),
        "A unit that hands on a message that it was given believes that it has it, when it is given it once more.",
        (Exchanging(_give_mindfully), OnLinux("node.linux.queue", "forget", _forget_nothing)),
    ),
    WrongUnit(
        "sync-needs-primary-link",
        ("HA-354.b",),
        "The secondary refuses the order to synchronize while its primary link is down.",
        (Decision(_refuse_sync),),
        alone="S",
    ),
    WrongUnit(
        "restore-after-reboot-joins",
        ("HA-313.a", "HA-313.b"),
        "A unit that is off, and has been restarted since, joins as secondary when an operator restores it.",
        (Remembering(_Flag, _only_join),),
        alone="P",
    ),
    WrongUnit(
        "settings-wake-off-unit",
        ("HA-311.b",),
        "A unit that is off after its failure joins the group again when any HA setting is changed on it.",
        (Reaction(_wake),),
    ),
    WrongUnit(
        "failed-holds-entered-address",
        ("HA-336.b",),
        "A failed unit holds a shared address that is entered on it.",
        (Reaction(_hold_while_failed),),
    ),
    WrongUnit(
        "fails-without-own-address",
        ("HA-156",),
        "A unit whose monitoring ends its role does not return to the own address that `set` has replaced.",
        (Reaction(_fail_without_own),),
    ),
    WrongUnit(
        "restores-role-it-lacked",
        ("HA-338",),
        "With restore-role a unit claims the primary role after any start, also if it was secondary before.",
        (Events(_reclaim),),
    ),
    WrongUnit(
        "claim-stays-on-disk",
        ("HA-331",),
        "An operator's order to restore the role stays on the disk, and counts anew after a later failure.",
        (Remembering(_Flag, _keep_claim),),
    ),
    WrongUnit(
        "sends-each-alert-once",
        ("HA-525.b", "HA-525.c"),
        "An alert that is like an earlier one is not sent again before the unit's next start.",
        (Remembering(_Alerted, _alert_once),),
    ),
)
