"""A seventh blind batch, half p: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path as Folder
from typing import Any

from node.build import Exchange
from node.cli.system import System
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.events import Memory
from node.engine.modes import Command, Effective, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import ConfigOnly, Following, State
from node.engine.states import Phase
from node.engine.timers import Periodic, Wait
from node.engine.turn import News, Turn
from node.exchange import queue
from node.settings import Configuration, in_force, rebase, schema
from wrong.common import Take, exchanging, ignoring, in_role, leaving_out
from wrong.record import (
    FACTORY,
    Effects,
    Events,
    Exchanging,
    OnLinux,
    Pages,
    Printed,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    WrongUnit,
)

Data = Mapping[str, Any]
"""Mail data by path."""

COMPARED = 8
"""Characters of a password that the wrong unit compares."""

HIGHEST_PORT = 65535

ARCHIVE = "archive"
"""The area of mail data that holds archives."""

AREAS_BUT_ARCHIVE = ("mailboxes", "quarantine", "system-quarantine", "preferences")


# The exchange of configuration


def _keeping_sections(
    copy: Callable[[Configuration, str, str, Mapping[str, str]], list[in_force.Step]],
    before: Configuration,
    text: str,
    expected: str,
    given: Mapping[str, str],
) -> list[in_force.Step]:
    """Take a copy, and keep what is in an object of which the copy says nothing."""
    steps = copy(before, text, expected, given)
    after = next((step.configuration for step in steps if isinstance(step, in_force.Save)), before)
    named = {line.removeprefix("config ") for line in text.splitlines() if line.startswith("config ")}
    kept = before.part(lambda path: schema.is_synchronized(path) and path[0] not in named)
    if not kept.store.values:
        return steps
    whole = rebase(kept.part(lambda _: False), kept, after)
    told = in_force.by_operator(before, whole, given)
    return [step for step in told if step != in_force.Tell(on.ConfigurationChanged())]


def _keep_sections(exchange: Exchange) -> Exchange:
    return dataclasses.replace(exchange, copy=partial(_keeping_sections, exchange.copy))


def _is_notice_while_copying(event: on.Event, unit: State) -> bool:
    role = unit.role
    return (
        isinstance(event, on.Heard)
        and isinstance(event.message, say.SyncNow)
        and isinstance(role, Following | ConfigOnly)
        and role.syncs.running is Sync.CONFIG
    )


# Mail data and queue


def _filling(merge: Callable[[Data, Data], dict[str, Any]], own: Data, primary: Data) -> dict[str, Any]:
    """Copy only those areas in which this unit has nothing yet."""
    filled = {path.partition("/")[0] for path in own}
    return merge(own, {path: item for path, item in primary.items() if path.partition("/")[0] not in filled})


def _copying_into_empty(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    def command(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        areas = (area for area in Folder(target).iterdir() if area.is_dir())
        filled = [area.name for area in areas if any(item.is_file() for item in area.rglob("*"))]
        return [program, *(f"--exclude=/{name}/**" for name in filled), *rest]

    return command


def _mirroring(merge: Callable[[Data, Data], dict[str, Any]], own: Data, primary: Data) -> dict[str, Any]:
    """Let the archive become the primary's: what only this unit has is gone."""
    return merge({path: item for path, item in own.items() if path.partition("/")[0] != ARCHIVE}, primary)


def _copying_a_mirror(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    def command(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        return [program, "--delete", *(f"--filter=protect /{name}/***" for name in AREAS_BUT_ARCHIVE), *rest]

    return command


def _merging_by(
    rule: Callable[[Callable[[Data, Data], dict[str, Any]], Data, Data], dict[str, Any]],
) -> Exchanging:
    return Exchanging(lambda exchange: dataclasses.replace(exchange, merge=partial(rule, exchange.merge)))


def _never_by_the_second_link(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Take a hand-over that would need the second link for one that had nothing to give."""
    del unit
    effects: list[do.Effect] = []
    for effect in react(event):
        if effect == do.HandOverQueue(Rank.SECONDARY):
            effects += react(on.QueueHandedOver(ok=True, count=0, detail=""))
        else:
            effects.append(effect)
    return effects


def _copy_data_by_force(take: Take, turn: Turn, me: Following, news: News) -> None:
    """When an operator forces a synchronization, copy mail data whatever this unit's setting is."""
    take(turn, me, news)
    told = isinstance(news, on.Heard) and isinstance(news.message, say.SyncNow) and Sync.DATA in news.message.what
    if (told or news == on.Ordered(Command.SYNC)) and turn.unit.role is me:
        me.syncs.want(Sync.DATA)


class _Unforgetting(queue.Giver[Any]):
    """A hand-over that does not forget what it has given away."""

    def hear(self, frame: queue.Frame) -> list[queue.Giving[Any]]:
        """Take the taker's answer."""
        return [each for each in super().hear(frame) if not isinstance(each, queue.Forget)]


def _is_schedule_of_disabled_data(effect: do.Effect, unit: State) -> bool:
    is_schedule = isinstance(effect, do.StartTimer) and effect.timer == Periodic(Sync.DATA)
    return is_schedule and not unit.settings.mail_data_sync


# Settings that change while the group runs


def _in_force(new: HaSettings, unit: State) -> bool:
    """Whether other settings replace those of a unit that stays in its mode."""
    return unit.phase is not Phase.STANDALONE and unit.settings.mode is new.mode


def _unset_changes_nothing(new: HaSettings, unit: State) -> HaSettings:
    if _in_force(new, unit) and new.lost_threshold == FACTORY.lost_threshold:
        return dataclasses.replace(new, lost_threshold=unit.settings.lost_threshold)
    return new


def _failed_keeps_on_failure(new: HaSettings, unit: State) -> HaSettings:
    if _in_force(new, unit) and unit.phase is Phase.FAILED:
        return dataclasses.replace(new, on_failure=unit.settings.on_failure)
    return new


def _keeps_retries(new: HaSettings, unit: State) -> HaSettings:
    old = unit.settings.local_ports
    if _in_force(new, unit) and old.enabled and new.local_ports.enabled:
        return dataclasses.replace(new, local_ports=dataclasses.replace(new.local_ports, retries=old.retries))
    return new


def _second_link_by_ipv4(new: HaSettings, unit: State) -> HaSettings:
    del unit
    links = (dataclasses.replace(link, peer6="") if link.rank is Rank.SECONDARY else link for link in new.links)
    return dataclasses.replace(new, links=tuple(links))


# Announcements and reports


def _announcing_once(announced: set[str]) -> tuple[Effects, ...]:
    def instead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        del unit
        if not isinstance(effect, do.Announce):
            return [effect]
        known = effect.address in announced
        announced.add(effect.address)
        return [] if known else [effect]

    return (Effects(instead),)


def _announcing_one_by_order(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """When the peer gives the role away, announce the first address only."""
    del unit
    effects = react(event)
    if not (isinstance(event, on.Heard) and isinstance(event.message, say.GiveRole)):
        return effects
    first = next((effect for effect in effects if isinstance(effect, do.Announce)), None)
    return [effect for effect in effects if not isinstance(effect, do.Announce) or effect is first]


def _reporting_once(reported: set[type]) -> tuple[Effects, ...]:
    def instead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        del unit
        text = effect.message if isinstance(effect, do.Log) else effect.event if isinstance(effect, do.Alert) else ""
        if "SLAVE heartbeat disappeared" not in text:
            return [effect]
        known = type(effect) in reported
        reported.add(type(effect))
        return [] if known else [effect]

    return (Effects(instead),)


# Memory


def _trusting_until_expiry(expired: list[float]) -> tuple[Events, ...]:
    """Ignore every hold-off after one that the peer has let expire."""

    def see(event: on.Event, unit: State) -> Iterable[on.Event]:
        if event == on.TimerFired(Wait.HOLD_OFF) and unit.phase is Phase.HOLD_OFF:
            expired.append(unit.now)
        holds = isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)
        return [] if holds and expired else [event]

    return (Events(see),)


def _unlatched_by_upgrade(memory: Memory) -> Memory:
    if memory.planned == Command.UPGRADE.value and memory.latched_off:
        return dataclasses.replace(memory, latched_off=False, effective=Effective.SECONDARY)
    return memory


# Pages


def _accept_port_in_row(line: str, printed: Printed, system: System) -> Printed:
    """Accept a row of `remote-service` whose port is too high."""
    del system
    words = line.split()
    row = words[:2] == ["set", "remote-service"] and len(words) > 4 and words[4].isdigit()  # noqa: PLR2004
    return Printed("", refused=False) if row and printed.refused and int(words[4]) > HIGHEST_PORT else printed


UNITS = (
    WrongUnit(
        "emptied-section-stays-on-copy",
        ("HA-350.a", "HA-378"),
        "A copy of which the last entry of an object was deleted leaves the secondary's own entries there.",
        (Exchanging(_keep_sections),),
    ),
    WrongUnit(
        "change-during-copy-lost",
        ("HA-350.a",),
        "A secondary that is copying the configuration misses the notice of a further change.",
        (ignoring(_is_notice_while_copying),),
    ),
    WrongUnit(
        "unset-threshold-not-applied",
        ("HA-104",),
        "When the threshold returns to its default while the group runs, the unit goes on with the old one.",
        (Settings(_unset_changes_nothing),),
    ),
    WrongUnit(
        "failed-keeps-old-on-failure",
        ("HA-018.a", "HA-330.b"),
        "A unit that has failed does not follow an on-failure that is set before it is cured.",
        (Settings(_failed_keeps_on_failure),),
        alone="P",
    ),
    WrongUnit(
        "enabled-mail-data-unscheduled",
        ("HA-402",),
        "Mail data synchronization that was disabled when the unit became secondary is not scheduled once enabled.",
        (leaving_out(_is_schedule_of_disabled_data),),
    ),
    WrongUnit(
        "compares-eight-password-characters",
        ("HA-453.a", "HA-453.c"),
        "Passwords that differ after their eighth character are taken for the same one.",
        (
            Settings(lambda new, _: dataclasses.replace(new, password=new.password[:COMPARED])),
            OnLinux("node.linux.links", "derive_key", lambda derive: lambda password: derive(password[:COMPARED])),
        ),
    ),
    WrongUnit(
        "queue-waits-for-primary-link-p",
        ("HA-333.a", "HA-061.b"),
        "A recovered unit hands its queue over on the primary link only, and waits while that is down.",
        (Reaction(_never_by_the_second_link),),
    ),
    WrongUnit(
        "announces-each-address-once-p",
        ("HA-113.a",),
        "An address that the unit has announced is not announced when it takes it over again.",
        (Remembering(set, _announcing_once),),
        alone="S",
    ),
    WrongUnit(
        "ordered-takeover-announces-one",
        ("HA-113.b",),
        "A unit that is given the role by order announces the first of its addresses only.",
        (Reaction(_announcing_one_by_order),),
    ),
    WrongUnit(
        "second-link-lacks-ipv6",
        ("HA-072", "HA-061.c"),
        "The peer's IPv6 address is used on the primary heartbeat link only.",
        (Settings(_second_link_by_ipv4),),
    ),
    WrongUnit(
        "config-only-keeps-shared-address",
        ("HA-027.g",),
        "A primary that is made a unit of a config-only group goes on holding the shared addresses.",
        (leaving_out(lambda effect, unit: isinstance(effect, do.ReleaseAddress) and unit.settings.mode.config_only),),
    ),
    WrongUnit(
        "reports-first-loss-only",
        ("HA-117.a",),
        "Only the first loss of the secondary is logged and alerted, and none after it.",
        (Remembering(set, _reporting_once),),
        alone="P",
    ),
    WrongUnit(
        "forced-sync-ignores-disable",
        ("HA-403", "HA-404"),
        "A synchronization by hand copies mail data to a secondary on which that is disabled.",
        (in_role(Following, _copy_data_by_force),),
    ),
    WrongUnit(
        "offers-on-primary-link-only",
        ("HA-574.a", "HA-574.b"),
        "A secondary that leads and is restored offers the role over the primary link only.",
        (
            leaving_out(
                lambda effect, _: (
                    isinstance(effect, do.Send)
                    and effect.rank is Rank.SECONDARY
                    and isinstance(effect.message, say.OfferRole)
                )
            ),
        ),
        alone="S",
    ),
    WrongUnit(
        "flat-row-accepts-high-port",
        ("HA-757.b",),
        "The flat row of remote-service accepts a port above 65535, which the nested form refuses.",
        (Pages(_accept_port_in_row),),
    ),
    WrongUnit(
        "changed-retries-not-applied",
        ("HA-204",),
        "Other retries of the interface check do not count while the check is enabled.",
        (Settings(_keeps_retries),),
    ),
    WrongUnit(
        "upgrade-ends-off",
        ("HA-312.c", "HA-311.b"),
        "A unit that on-failure keeps off rejoins after its firmware was upgraded.",
        (Remembered(_unlatched_by_upgrade),),
    ),
    WrongUnit(
        "expired-hold-off-ends-trust",
        ("HA-521.a", "HA-524.c"),
        "After a hold-off that expired without the primary, the unit follows no further hold-off.",
        (Remembering(list, _trusting_until_expiry),),
        alone="S",
    ),
    WrongUnit(
        "swallows-message-that-returns",
        ("HA-424",),
        "A message that the unit took, gave away and is handed again is acknowledged, and not taken.",
        (exchanging(giver=_Unforgetting),),
        alone="S",
    ),
    WrongUnit(
        "fills-empty-areas-only-p",
        ("HA-402", "HA-401.a"),
        "Mail data are copied into an area only while the secondary has nothing there.",
        (_merging_by(_filling), OnLinux("node.linux.sync", "copying", _copying_into_empty)),
    ),
    WrongUnit(
        "mirrors-the-archive-p",
        ("HA-427.a",),
        "Copying mail data makes the archive the primary's, and drops what only this unit has archived.",
        (_merging_by(_mirroring), OnLinux("node.linux.sync", "copying", _copying_a_mirror)),
    ),
)
