"""Units that keep the first promise and break the next: what they do wrong shows after two or three events in a row."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from node.build import Exchange
from node.cli.shell import QUESTION
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective, OnFailure, Rank
from node.engine.modes import Mode as Configured
from node.engine.settings import HaSettings
from node.engine.state import NEVER, State
from node.engine.states import Phase, Trigger
from node.exchange import queue
from node.linux.own_files import is_left_out
from node.settings import Configuration
from node.settings.configuration import changes
from node.settings.in_force import Save, Step
from wrong.common import changing, ignoring, leaving_out, taking_row
from wrong.record import (
    Effects,
    Events,
    Exchanging,
    OnLinux,
    React,
    Reaction,
    Remembering,
    Sessions,
    Settings,
    WrongUnit,
)


@dataclass(slots=True)
class Flag:
    """Something that has happened since the unit's start."""

    up: bool = False


@dataclass(slots=True)
class Since:
    """When something happened last."""

    at: float = NEVER


@dataclass(slots=True)
class Seen:
    """What was there before, and when."""

    at: dict[Any, float] = field(default_factory=dict)


@dataclass(slots=True)
class Chosen:
    """The link that was chosen last, if one was."""

    rank: Rank | None = None


def _yes_by_default(line: str, prompt: str) -> str:
    """Take every answer that does not begin with n for y."""
    return "y" if prompt == QUESTION and line.strip()[:1].lower() != "n" else line


def _one_change_of_links(new: HaSettings, unit: State) -> HaSettings:
    """Of a new base port and a new password, saved at once in a running group, take the port only."""
    old = unit.settings
    both = unit.phase.in_group and new.mode is old.mode and new.base_port != old.base_port
    return dataclasses.replace(new, password=old.password) if both else new


def _latched_for_good(latch: Flag) -> tuple[Effects, ...]:
    """Keep the latch on the disk after an operator has lifted it, until the unit leaves its group."""

    def keep(effect: do.Effect, _: State) -> do.Effect:
        if not isinstance(effect, do.Persist):
            return effect
        memory = effect.memory
        latch.up = memory.latched_off or (latch.up and memory.effective is not None)
        return do.Persist(dataclasses.replace(memory, latched_off=latch.up))

    return (changing(keep),)


def _unlatched_by_a_setting(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """With other settings write a fresh memory, in which a unit that is switched off never was in a group."""
    latched = unit.phase is Phase.SWITCHED_OFF
    effects = react(event)
    if latched and unit.phase is Phase.SWITCHED_OFF and isinstance(event, on.SettingsChanged):
        fresh = on.Memory(boot=unit.memory.boot)
        return [*effects, do.Persist(fresh)]
    return effects


def _deaf_after_expiry(held: Flag) -> tuple[Effects | Events, ...]:
    """Forget that a hold-off was begun only when its primary is back, and begin no second one before."""

    def note(effect: do.Effect, _: State) -> do.Effect:
        if isinstance(effect, do.RoleChanged):
            if effect.new is Effective.HOLD_OFF:
                held.up = True
            elif effect.old is Effective.HOLD_OFF and effect.new is not Effective.PRIMARY:
                held.up = False
        return effect

    def deaf(event: on.Event, unit: State) -> bool:
        command = isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)
        return command and held.up and unit.phase.follows

    return changing(note), ignoring(deaf)


def _alerting_once_an_hour(sent: Seen) -> tuple[Effects, ...]:
    def again(effect: do.Effect, unit: State) -> bool:
        if not isinstance(effect, do.Alert):
            return False
        if unit.now - sent.at.get(effect, NEVER) < 3600.0:  # noqa: PLR2004 - an hour
            return True
        sent.at[effect] = unit.now
        return False

    return (leaving_out(again),)


def _commanding_over_the_spare(link: Chosen) -> tuple[Reaction, ...]:
    """After a loss of the primary link send commands over the secondary one, also when the primary one is back."""

    def react(reference: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = reference(event)
        if link.rank is not None:
            effects = [each for each in effects if not _is_command(each, over_another_than=link.rank)]
        alive = unit.group.links.alive
        if alive.get(Rank.PRIMARY) is False and alive.get(Rank.SECONDARY):
            link.rank = Rank.SECONDARY
        return effects

    return (Reaction(react),)


def _is_command(effect: do.Effect, *, over_another_than: Rank) -> bool:
    """Whether an effect sends hold-off, or what moves the role, over another link than this one."""
    if not isinstance(effect, do.Send) or effect.rank is over_another_than:
        return False
    return isinstance(effect.message, say.HoldOff | say.AskRole | say.OfferRole | say.GiveRole)


def _reclaiming_the_second_time(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Count a loss of power as secondary as the end of the failure before, and take the configured role."""
    if isinstance(event, on.Started):
        settings, memory = event.settings, event.memory
        died = memory.effective is Effective.SECONDARY and not memory.planned
        if died and settings.mode is Configured.PRIMARY and settings.on_failure is OnFailure.BECOME_SECONDARY:
            event = dataclasses.replace(event, memory=dataclasses.replace(memory, reclaiming=True))
    return react(event)


def _passing_removals_over(exchange: Exchange) -> Exchange:
    """Take a copy for known if it has nothing that the unit lacks, whatever the unit has besides."""

    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[Step]:
        steps = exchange.copy(before, text, expected, given)
        for step in steps:
            if isinstance(step, Save):
                kept = step.configuration.store.values
                if not any(path in kept for path in changes(before, step.configuration)):
                    return []
        return steps

    return dataclasses.replace(exchange, copy=copy)


def _announcing_once(told: Seen) -> tuple[Effects, ...]:
    def again(effect: do.Effect, unit: State) -> bool:
        if not isinstance(effect, do.Announce):
            return False
        known = effect in told.at
        told.at.setdefault(effect, unit.now)
        return known

    return (leaving_out(again),)


def _checking_until_cured(cured: Flag) -> tuple[Effects | Events, ...]:
    def note(effect: do.Effect, _: State) -> do.Effect:
        if isinstance(effect, do.RoleChanged) and effect.old is Effective.FAILED:
            cured.up = True
        return effect

    def unheeded(event: on.Event, unit: State) -> bool:
        return isinstance(event, on.CheckDone) and cured.up and unit.phase is Phase.PRIMARY

    return changing(note), ignoring(unheeded)


class HastyGiver:
    """Gives the queue as the reference does, but removes a message when it is offered, and not when it is taken."""

    def __init__(self) -> None:
        """Prepare; `begin` starts the hand-over."""
        self._giver: queue.Giver[Any] = queue.Giver()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - what the reference's giver has
        """Do all else as the reference does."""
        return getattr(self._giver, name)

    def hear(self, frame: queue.Frame) -> list[queue.Giving[Any]]:
        """Take the taker's answer; nothing is left to remove then."""
        return [each for each in self._giver.hear(frame) if not isinstance(each, queue.Remove)]

    def read(self, item: Any, message: str, size: int) -> list[queue.Giving[Any]]:  # noqa: ANN401 - the body's
        """Offer the message, and remove it."""
        actions = self._giver.read(item, message, size)
        offers = any(isinstance(each, queue.Say) and isinstance(each.frame, queue.Offer) for each in actions)
        return [*actions, queue.Remove(item)] if offers else actions


def _giving_hastily(exchange: Exchange) -> Exchange:
    giver: Callable[[], Any] = HastyGiver
    return dataclasses.replace(exchange, giver=giver)


def _queue_by_the_first_link(effect: do.Effect, _: State) -> do.Effect:
    return do.HandOverQueue(Rank.PRIMARY) if isinstance(effect, do.HandOverQueue) else effect


def _mirroring(exchange: Exchange) -> Exchange:
    """Have what the primary has, and nothing besides."""

    def merge(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
        merged = exchange.merge(own, primary)
        return {path: file for path, file in merged.items() if path in primary or is_left_out(path)}

    return dataclasses.replace(exchange, merge=merge)


def _without_system_files(exchange: Exchange) -> Exchange:
    """Leave out what is named as the system's own."""

    def merge(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
        return exchange.merge(own, {path: file for path, file in primary.items() if not path.startswith("system-")})

    return dataclasses.replace(exchange, merge=merge)


def _rsync_with(option: str) -> Callable[[Any], Any]:
    """Give rsync one more option."""

    def change(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
        def command(source: str, target: str) -> list[str]:
            program, *rest = copying(source, target)
            return [program, option, *rest]

        return command

    return change


def _by_arp_only(announce: Callable[[str, str], None]) -> Callable[[str, str], None]:
    """Announce what has an ARP packet."""

    def tell(device: str, address: str) -> None:
        if ":" not in address:
            announce(device, address)

    return tell


def _silent_on_the_way(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """On the way from a pair into a config-only group leave mail as it is."""
    follows = unit.settings.mode.active_passive and unit.phase is not Phase.PRIMARY
    effects = react(event)
    if isinstance(event, on.SettingsChanged) and follows and unit.settings.mode.config_only:
        return [each for each in effects if not isinstance(each, do.StartMail)]
    return effects


def _damping(moved: Since) -> tuple[Effects | Events, ...]:
    """For a minute after an order has moved the role here, do not hear that the peer wants it."""

    def note(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged) and effect.event.startswith("MASTER asks us to switch roles"):
            moved.at = unit.now
        return [effect]

    def damped(event: on.Event, unit: State) -> bool:
        asked = isinstance(event, on.Heard) and isinstance(event.message, say.AskRole)
        return asked and unit.phase is Phase.PRIMARY and unit.now - moved.at < 60.0  # noqa: PLR2004 - a minute

    return Effects(note), ignoring(damped)


def _addresses_of_old(new: HaSettings, unit: State) -> HaSettings:
    """As settled secondary take no other shared addresses than those with which the role began."""
    settled = unit.phase is Phase.SECONDARY and new.mode is unit.settings.mode
    return dataclasses.replace(new, addresses=unit.settings.addresses) if settled else new


UNITS = (
    WrongUnit(
        "yes-unless-no",
        ("HA-764.b",),
        "Takes every answer to a question for y that does not begin with n, an empty one included.",
        (Sessions(enter=_yes_by_default),),
    ),
    WrongUnit(
        "base-port-hides-password",
        ("HA-452",),
        "Of a new base port and a new password that are saved at once in a running group, follows the port only.",
        (Settings(_one_change_of_links),),
        alone="S",
    ),
    WrongUnit(
        "latched-for-good",
        ("HA-524.a", "HA-526.b"),
        "Once switched off by on-failure off, is off again after a planned restart, though it was restored by hand.",
        (Remembering(Flag, _latched_for_good),),
    ),
    WrongUnit(
        "a-setting-lifts-the-latch",
        ("HA-312.a",),
        "Switched off by on-failure off, forgets on its disk that it is when another HA setting is saved.",
        (Reaction(_unlatched_by_a_setting),),
        alone="P",
    ),
    WrongUnit(
        "deaf-after-an-expired-hold-off",
        ("HA-019.a", "HA-521.a"),
        "After a hold-off that has expired without its primary, follows no hold-off command any more.",
        (Remembering(Flag, _deaf_after_expiry),),
        alone="S",
    ),
    WrongUnit(
        "alerts-once-an-hour",
        ("HA-525.b",),
        "Sends no alert that it has sent within the last hour, such as that of a second hold-off.",
        (Remembering(Seen, _alerting_once_an_hour),),
    ),
    WrongUnit(
        "commands-stay-on-the-spare-link",
        ("HA-520.a",),
        "After a loss of the primary link sends hold-off and role commands over the secondary one only, for good.",
        (Remembering(Chosen, _commanding_over_the_spare),),
    ),
    WrongUnit(
        "second-outage-reclaims-a",
        ("HA-331",),
        "With become-secondary takes its role back after a second loss of power, which it had as secondary.",
        (Reaction(_reclaiming_the_second_time),),
        alone="P",
    ),
    WrongUnit(
        "removal-is-no-news",
        ("HA-350.a", "HA-159.a"),
        "Takes over no copy of the configuration that only removes settings.",
        (Exchanging(_passing_removals_over),),
    ),
    WrongUnit(
        "announces-once-a-boot",
        ("HA-113.a",),
        "Announces each address when it takes it for the first time since its start, and not the next time.",
        (Remembering(Seen, _announcing_once),),
    ),
    WrongUnit(
        "one-fault-a-boot",
        ("HA-167", "HA-207"),
        "After a fault that was cured, does not heed its checks any more when it leads again.",
        (Remembering(Flag, _checking_until_cured),),
    ),
    WrongUnit(
        "removes-what-it-offers-a",
        ("HA-424", "HA-413"),
        "Removes a message from its queue when it offers it to the new primary, before that one has taken it.",
        (Exchanging(_giving_hastily),),
    ),
    WrongUnit(
        "queue-by-the-first-link",
        ("HA-420.c", "HA-333.a"),
        "Hands its queue over on the primary heartbeat link, also while only the secondary one works.",
        (changing(_queue_by_the_first_link),),
    ),
    WrongUnit(
        "mirrors-the-primary-a",
        ("HA-427.a",),
        "Deletes mail data of its own that the primary does not have when it copies.",
        (Exchanging(_mirroring), OnLinux("node.linux.sync", "copying", _rsync_with("--delete"))),
    ),
    WrongUnit(
        "off-until-synchronized",
        ("HA-016",),
        "After a failed first synchronization stays off, also when its primary is gone.",
        (
            taking_row(Phase.FIRST_SYNC_FAILED, Trigger.SILENCE, None),
            taking_row(Phase.FIRST_SYNC_FAILED, Trigger.SYNC_BAD, None),
        ),
    ),
    WrongUnit(
        "no-mail-after-regrouping",
        ("HA-023",),
        "Changed from a pair's secondary to a member of a config-only group, processes no mail.",
        (Reaction(_silent_on_the_way),),
    ),
    WrongUnit(
        "damps-flapping",
        ("HA-580",),
        "For a minute after a forced failover to it, does not give the role back when its peer is told to take it.",
        (Remembering(Since, _damping),),
    ),
    WrongUnit(
        "leaves-out-system-files",
        ("HA-401.a",),
        "Copies mail data without all that is called system, hence without the system quarantine.",
        (Exchanging(_without_system_files), OnLinux("node.linux.sync", "copying", _rsync_with("--exclude=/system-*"))),
    ),
    WrongUnit(
        "announces-by-arp-only",
        ("HA-113.b",),
        "Taking an IPv4 and an IPv6 address over, announces the one of IPv4 only.",
        (
            leaving_out(lambda effect, _: isinstance(effect, do.Announce) and ":" in effect.address),
            OnLinux("node.linux.addresses", "announce", _by_arp_only),
        ),
    ),
    WrongUnit(
        "addresses-of-the-day-it-joined",
        ("HA-159.b", "HA-112"),
        "As settled secondary keeps new shared addresses on its disk only, and takes the old ones over.",
        (Settings(_addresses_of_old),),
        alone="S",
    ),
)
