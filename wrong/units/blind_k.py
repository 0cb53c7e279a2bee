"""A sixth blind batch, half k: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank, Sync
from node.engine.settings import HaSettings, Link
from node.engine.state import Following, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import Rules
from node.exchange.mail_data import merged
from node.settings import Configuration, in_force
from node.settings.schema import HA_INTERFACE
from node.settings.script import merge_synchronized
from wrong.common import changing, exchanging, ignoring
from wrong.record import (
    Decision,
    Effects,
    Events,
    Exchanging,
    OnLinux,
    React,
    Reaction,
    Remembering,
    Settings,
    WrongUnit,
)

RECIPIENTS = ("log alertemail recipient",)
"""The table of those who get alerts."""

DEFAULT_THRESHOLD = 15.0
"""Default of hb-lost-threshold."""


# The configuration's copy


def keeping_of_a_copy(keep: Callable[[Configuration, Configuration], Configuration]) -> Exchanging:
    """Take another configuration than the primary's: `keep` makes it from the own one and the one that was copied."""

    def change(exchange: Exchange) -> Exchange:
        def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
            kept = keep(before, merge_synchronized(before, text))
            exchange.copy(before, text, expected, given)  # refuses what the reference refuses
            own_text, own_sum = in_force.offer(kept)
            return exchange.copy(before, own_text, own_sum, given)

        return dataclasses.replace(exchange, copy=copy)

    return Exchanging(change)


def with_lost_addresses(before: Configuration, after: Configuration) -> Configuration:
    """Keep the failover action and the addresses of each interface that shares none any more."""
    store = after.store
    for port in before.interfaces:
        entry = (*HA_INTERFACE, port)
        if (*entry, "status") in before.store.values and (*entry, "status") not in after.store.values:
            for name in ("status", "virtual-ip", "virtual-ip6"):
                if (*entry, name) in before.store.values:
                    store = store.put((*entry, name), before.store.get((*entry, name)))
    return dataclasses.replace(after, store=store)


def with_lost_comments(before: Configuration, after: Configuration) -> Configuration:
    """Keep the comment of each recipient that is still there, and has none any more."""
    store = after.store
    for name in after.entries(RECIPIENTS):
        comment = (*RECIPIENTS, name, "comment")
        if comment in before.store.values and comment not in after.store.values:
            store = store.put(comment, before.store.get(comment))
    return dataclasses.replace(after, store=store)


def is_copying(event: on.Event, unit: State) -> bool:
    """Whether the primary tells of a change while this unit copies something from it."""
    told = isinstance(event, on.Heard) and isinstance(event.message, say.SyncNow)
    return told and isinstance(unit.role, Following) and unit.role.syncs.running is not None


# Who tells whom


def is_notice(effect: do.Effect, *ranks: Rank) -> bool:
    """Whether this tells the peer, on one of these links, that it is to copy."""
    return isinstance(effect, do.Send) and isinstance(effect.message, say.SyncNow) and effect.rank in ranks


def ordered_on_the_first_link(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Tell the peer of an ordered synchronization on the primary link, or not at all."""
    effects = react(event)
    if event != on.Ordered(Command.SYNC):
        return effects
    return [each for each in effects if not is_notice(each, Rank.SECONDARY)]


def telling_the_restarted_only(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """As the primary of a config-only group, tell a secondary that is heard again only if it has started again."""
    known = unit.group.peer_boot
    effects = react(event)
    if unit.settings.mode is not Mode.CONFIG_PRIMARY or not isinstance(event, on.Heard):
        return effects
    if not isinstance(event.message, say.Heartbeat) or event.message.boot != known:
        return effects
    return [each for each in effects if not is_notice(each, *Rank)]


def copying_from_any(rules: Rules) -> Rules:
    """Let a config-only secondary copy from whom it hears."""

    def may_copy(unit: State) -> bool:
        peer = unit.group.peer
        lateral = peer is not None and peer.mode is unit.settings.mode is Mode.CONFIG_SECONDARY
        return lateral or rules.may_copy(unit)

    return dataclasses.replace(rules, may_copy=may_copy)


def staying_on_the_second_link(used: set[Sync]) -> tuple[Effects, ...]:
    """Copy mail data over the secondary link, once they had to go there, for as long as it is alive."""

    def instead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        if not isinstance(effect, do.StartSync) or effect.what is not Sync.DATA:
            return [effect]
        if effect.rank is Rank.SECONDARY:
            used.add(effect.what)
        elif used and unit.group.links.alive.get(Rank.SECONDARY):
            return [do.StartSync(effect.what, Rank.SECONDARY)]
        return [effect]

    return (Effects(instead),)


# Settings that change while the group runs


def runs_on(new: HaSettings, unit: State) -> bool:
    """Whether a unit in its group is given other settings in the same mode."""
    return unit.phase.in_group and unit.settings.mode is new.mode


def default_overlooked(new: HaSettings, unit: State) -> HaSettings:
    """See no detection time that is the default: a line that is not in the file changes nothing."""
    if runs_on(new, unit) and new.lost_threshold == DEFAULT_THRESHOLD:
        return dataclasses.replace(new, lost_threshold=unit.settings.lost_threshold)
    return new


def still_giving_mail_data(new: HaSettings, unit: State) -> HaSettings:
    """Read at the beginning of the primary role whether mail data are given, and not again until it ends."""
    if runs_on(new, unit) and unit.phase is Phase.PRIMARY and unit.settings.mail_data_sync:
        return dataclasses.replace(new, mail_data_sync=True)
    return new


def still_monitoring(new: HaSettings, unit: State) -> HaSettings:
    """Add monitored ports while the unit leads, and take none away."""
    if runs_on(new, unit) and unit.phase is Phase.PRIMARY:
        more = tuple(port for port in unit.settings.monitored if port not in new.monitored)
        return dataclasses.replace(new, monitored=(*new.monitored, *more))
    return new


def old_peer6(new: HaSettings, unit: State) -> HaSettings:
    """Compare links by interface and peer-ip, so that another peer-ip6 is no change."""
    if not runs_on(new, unit):
        return new
    known = {(link.rank, link.interface, link.peer): link for link in unit.settings.links}

    def read(link: Link) -> Link:
        old = known.get((link.rank, link.interface, link.peer))
        return old if old is not None and old.peer6 else link

    return dataclasses.replace(new, links=tuple(map(read, new.links)))


def same_links_with_another_password(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Leave connections open when the password alone has changed."""
    password_alone = (
        isinstance(event, on.SettingsChanged)
        and event.settings != unit.settings
        and event.settings == dataclasses.replace(unit.settings, password=event.settings.password)
    )
    effects = react(event)
    return [each for each in effects if not (password_alone and isinstance(each, do.OpenLinks))]


def silent_mail_after_a_pair(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Go from a pair straight to a config-only group without starting mail: a member of a group has it running."""
    straight = (
        isinstance(event, on.SettingsChanged)
        and event.settings.mode.config_only
        and unit.settings.mode.active_passive
        and unit.phase is not Phase.PRIMARY
    )
    effects = react(event)
    return [each for each in effects if not (straight and isinstance(each, do.StartMail))]


def joining_at_any_change(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Start HA anew at each change of settings, also where a failure keeps the unit off."""
    off = (
        isinstance(event, on.SettingsChanged)
        and unit.phase is Phase.SWITCHED_OFF
        and unit.settings.mode is event.settings.mode
    )
    return [*react(event), *(react(on.Ordered(Command.RESTART)) if off else [])]


# Restarts


def led_before(event: on.Event, _: State) -> list[on.Event]:
    """With on-failure restore-role, take a unit that lost its power as secondary for one that led."""
    if (
        isinstance(event, on.Started)
        and event.settings.on_failure is OnFailure.RESTORE_ROLE
        and event.memory.effective is Effective.SECONDARY
        and not event.memory.planned
    ):
        return [dataclasses.replace(event, memory=dataclasses.replace(event.memory, effective=Effective.PRIMARY))]
    return [event]


def counting_from_the_first(began: list[float]) -> tuple[Effects, ...]:
    """Let every hold-off end when the first one would have ended."""

    def change(effect: do.Effect, unit: State) -> do.Effect:
        if not isinstance(effect, do.StartTimer) or effect.timer is not Wait.HOLD_OFF:
            return effect
        began.append(unit.now)
        return do.StartTimer(effect.timer, max(1.0, began[0] + effect.after - unit.now))

    return (changing(change),)


def resumed_as_slave(effect: do.Effect, _: State) -> do.Effect:
    """Name the last settled state, not the transient one, in the alert at the end of hold-off."""
    if isinstance(effect, do.Alert) and (effect.old, effect.new) == (Effective.HOLD_OFF, Effective.SECONDARY):
        return dataclasses.replace(effect, old=Effective.SECONDARY)
    return effect


# Mail data


def merging(rule: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]) -> Exchanging:
    """Merge mail data by another rule."""
    return exchanging(merge=rule)


def rsync_with(*more: str) -> OnLinux:
    """Give rsync more options."""

    def change(copying: Callable[[str, str], Iterable[str]]) -> Callable[[str, str], list[str]]:
        return lambda source, target: with_options(copying(source, target), more)

    return OnLinux("node.linux.sync", "copying", change)


def with_options(command: Iterable[str], more: Iterable[str]) -> list[str]:
    """Put options behind the name of a program."""
    program, *rest = command
    return [program, *more, *rest]


def area(path: str) -> str:
    """Return the storage area of a file of mail data."""
    return path.partition("/")[0]


def only_the_primarys(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Make mail data equal to the primary's."""
    del own
    return merged({}, primary)


def without_archives(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Copy no archives."""
    return merged(own, {path: file for path, file in primary.items() if area(path) != "archive"})


def empty_areas_only(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a storage area only while this unit has nothing in it."""
    filled = {area(path) for path in own}
    return merged(own, {path: file for path, file in primary.items() if area(path) not in filled})


def leaving_filled_areas_out(copying: Callable[[str, str], Iterable[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync copy a storage area only while this unit has no message in it."""

    def copy(source: str, target: str) -> list[str]:
        messages = [path for path in Path(target).rglob("*") if path.parent.name in {"new", "cur"} and path.is_file()]
        filled = {path.relative_to(target).parts[0] for path in messages}
        return with_options(copying(source, target), [f"--exclude=/{name}/" for name in sorted(filled)])

    return copy


UNITS = (
    WrongUnit(
        "orders-copies-on-the-first-link",
        ("HA-354.a",),
        "While the secondary link carries all, `diagnose system ha sync` on the primary reaches nobody.",
        (Reaction(ordered_on_the_first_link),),
    ),
    WrongUnit(
        "stays-on-the-second-link",
        ("HA-062", "HA-060.b"),
        "Goes on copying mail data over the secondary link after the primary link has returned.",
        (Remembering(set, staying_on_the_second_link),),
        alone="S",
    ),
    WrongUnit(
        "copies-from-its-like",
        ("HA-077", "HA-351"),
        "A config-only secondary that hears another secondary copies its configuration when asked to synchronize.",
        (Decision(copying_from_any),),
    ),
    WrongUnit(
        "tells-the-restarted-only",
        ("HA-378",),
        "A config-only primary that could not reach its secondary tells it afterwards only if it has started again.",
        (Reaction(telling_the_restarted_only),),
    ),
    WrongUnit(
        "keeps-a-withdrawn-address",
        ("HA-159.a", "HA-151"),
        "A secondary keeps the failover action and addresses of an interface that the primary shares no more.",
        (keeping_of_a_copy(with_lost_addresses),),
    ),
    WrongUnit(
        "keeps-an-unset-comment",
        ("HA-350.a",),
        "A secondary keeps the comment of an entry when the primary's operator has unset it and left the entry.",
        (keeping_of_a_copy(with_lost_comments),),
    ),
    WrongUnit(
        "misses-a-change-during-a-copy",
        ("HA-350.a",),
        "A change that the primary tells of while something else is being copied is not copied.",
        (ignoring(is_copying),),
        alone="S",
    ),
    WrongUnit(
        "keeps-links-over-a-new-password",
        ("HA-453.a", "HA-453.c"),
        "Leaves its connections open when the password changes, so that a peer with the old one stays heard.",
        (Reaction(same_links_with_another_password),),
    ),
    WrongUnit(
        "gives-mail-data-once-allowed",
        ("HA-403", "HA-404"),
        "A primary on which mail-data-sync is disabled while it leads goes on giving mail data.",
        (Settings(still_giving_mail_data),),
        alone="P",
    ),
    WrongUnit(
        "overlooks-the-default-threshold",
        ("HA-104",),
        "A detection time that returns to its default while the group runs takes effect with the next start.",
        (Settings(default_overlooked),),
    ),
    WrongUnit(
        "overlooks-another-peer-ip6",
        ("HA-072",),
        "Another peer-ip6 on a link that had one takes effect with the next start.",
        (Settings(old_peer6),),
    ),
    WrongUnit(
        "monitors-a-port-for-good",
        ("HA-169", "HA-171.c"),
        "A port whose port-monitor is disabled while the unit leads stays monitored.",
        (Settings(still_monitoring),),
    ),
    WrongUnit(
        "brings-no-mail-into-the-farm",
        ("HA-023",),
        "A secondary of a pair that is set to config-secondary or config-primary processes no mail there.",
        (Reaction(silent_mail_after_a_pair),),
    ),
    WrongUnit(
        "joins-at-any-change",
        ("HA-311.b",),
        "A unit that on-failure off keeps off joins its group again when any of its HA settings changes.",
        (Reaction(joining_at_any_change),),
        alone="P",
    ),
    WrongUnit(
        "restores-a-role-it-had-left",
        ("HA-338",),
        "With restore-role it claims the primary role after a loss of power, although it was secondary then.",
        (Events(led_before),),
        alone="P",
    ),
    WrongUnit(
        "counts-hold-off-from-the-first-too",
        ("HA-524.c",),
        "A second hold-off ends when the first one would have ended, so that it takes over during a restart.",
        (Remembering(list, counting_from_the_first),),
    ),
    WrongUnit(
        "alerts-of-resuming-as-slave",
        ("HA-525.c",),
        "The alert at the end of a hold-off says that the state changed from SLAVE to SLAVE.",
        (changing(resumed_as_slave),),
    ),
    WrongUnit(
        "mirrors-the-primarys-mail-data",
        ("HA-427.a",),
        "A unit that copies mail data deletes its own that the primary does not have.",
        (merging(only_the_primarys), rsync_with("--delete")),
    ),
    WrongUnit(
        "leaves-archives-at-home",
        ("HA-401.b",),
        "Copies all mail data but the archives.",
        (merging(without_archives), rsync_with("--exclude=/archive/")),
    ),
    WrongUnit(
        "fills-an-area-once",
        ("HA-402",),
        "Copies a storage area only while it has nothing in it itself: what comes later is not copied.",
        (merging(empty_areas_only), OnLinux("node.linux.sync", "copying", leaving_filled_areas_out)),
    ),
)
