"""A third blind batch, second half: addresses, links, exchange and pages; written from the manual alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from node.cli.system import System
from node.engine import addresses
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Rank, Sync
from node.engine.settings import HaSettings, Link, SharedAddress
from node.engine.state import ConfigOnly, Following, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import News, Readjusted, Rules, Turn
from node.exchange.queue import Forget, Frame, Giver, Giving
from node.settings import Configuration, checksum, dump, in_force, merge_synchronized
from node.settings.schema import Path as SettingPath
from node.settings.schema import is_synchronized
from wrong.common import Take, exchanging, ignoring, in_role, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Exchanging,
    OnLinux,
    Pages,
    Printed,
    React,
    Reaction,
    Remembering,
    Settings,
    WrongUnit,
)

SYSTEM_QUARANTINE, QUARANTINE, ARCHIVE = "system-quarantine/", "quarantine/", "archive/"
"""Storage areas of mail data, as the beginning of a path."""


def goes_on(settings: HaSettings, unit: State) -> bool:
    """Whether these settings come to a unit of a pair that is, and stays, in its mode."""
    return unit.settings.mode is settings.mode and settings.mode.active_passive


# Addresses, and who tells of them


def seeing_no_action(settings: HaSettings, unit: State) -> HaSettings:
    """In a running pair take an address that is shared already as it is shared already."""
    if not goes_on(settings, unit):
        return settings
    known = {(each.interface, each.address): each for each in unit.settings.addresses}

    def as_before(each: SharedAddress) -> SharedAddress:
        return known.get((each.interface, each.address), each)

    return dataclasses.replace(settings, addresses=tuple(map(as_before, settings.addresses)))


def announcing_once(announced: set[str]) -> tuple[Effects]:
    """Announce an address the first time, and not again."""

    def first(effect: do.Effect, _: State) -> list[do.Effect]:
        if not isinstance(effect, do.Announce):
            return [effect]
        if effect.address in announced:
            return []
        announced.add(effect.address)
        return [effect]

    return (Effects(first),)


def announcing_what_it_takes(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Announce what is taken in the same turn, and nothing anew."""
    effects = react(event)
    taken = {each.address for each in effects if isinstance(each, do.HoldAddress)}
    return [each for each in effects if not isinstance(each, do.Announce) or each.address in taken]


def releasing_late(kept: list[do.Effect]) -> tuple[Reaction]:
    """Where the unit follows after it has led, give the addresses up with its next heartbeat."""

    def late(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if event == on.TimerFired(Wait.HEARTBEAT) or any(isinstance(each, do.HoldAddress) for each in effects):
            effects = [*kept, *effects]
            kept.clear()
        elif unit.phase is Phase.SECONDARY:
            kept.extend(each for each in effects if isinstance(each, do.ReleaseAddress))
            effects = [each for each in effects if each not in kept]
        return effects

    return (Reaction(late),)


def readdressing(take: Take, turn: Turn, me: ConfigOnly, news: News) -> None:
    """Put changed failover actions into force, as the primary of a pair does."""
    take(turn, me, news)
    if isinstance(news, Readjusted):
        addresses.readdress(turn, news.old)


# Links and settings of a running pair


def keeping_links(settings: HaSettings, unit: State) -> HaSettings:
    """In a running pair a link that is taken out of the settings stays."""
    if not goes_on(settings, unit):
        return settings
    ranks = {each.rank for each in settings.links}
    stay = tuple(each for each in unit.settings.links if each.rank not in ranks)
    return dataclasses.replace(settings, links=(*settings.links, *stay))


def growing_patience(spans: set[float]) -> tuple[Decision]:
    """Bear the longest silence that has been set since the start."""

    def patience(unit: State) -> float:
        spans.add(unit.settings.lost_threshold)
        return max(spans)

    def decide(rules: Rules) -> Rules:
        return dataclasses.replace(rules, patience=patience)

    return (Decision(decide),)


def asks_on_the_second_link(effect: do.Effect, _: State) -> bool:
    """Whether this asks for the role over the secondary link."""
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, say.AskRole)


def copying_data_on_the_first_link(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Let a copy of mail data fail at once where only the secondary link is there for it."""
    effects = list[do.Effect]()
    for each in react(event):
        if isinstance(each, do.StartSync) and each.what is Sync.DATA and each.rank is Rank.SECONDARY:
            effects += react(on.SyncFinished(Sync.DATA, ok=False, detail="the primary link is down", link_failed=False))
        else:
            effects.append(each)
    return effects


def is_told_while_copying_mail(event: on.Event, unit: State) -> bool:
    """Whether the primary tells of a change while mail data is being copied."""
    told = isinstance(event, on.Heard) and isinstance(event.message, say.SyncNow)
    return told and isinstance(unit.role, Following) and unit.role.syncs.running is Sync.DATA


def comparing_with_first_password(first: list[str]) -> tuple[Settings]:
    """Take a new password only if it differs from the one with which the unit started."""

    def read(settings: HaSettings, unit: State) -> HaSettings:
        if not first:
            first.append(settings.password)
        elif settings.password == first[0]:
            return dataclasses.replace(settings, password=unit.settings.password)
        return settings

    return (Settings(read),)


def watching_on(settings: HaSettings, unit: State) -> HaSettings:
    """In a running pair add ports to those that are monitored, and take none away."""
    if not goes_on(settings, unit):
        return settings
    ports = dict.fromkeys((*unit.settings.monitored, *settings.monitored))
    return dataclasses.replace(settings, monitored=tuple(ports))


def without_second_ipv6(settings: HaSettings, _: State) -> HaSettings:
    """Read the peer's IPv6 address of the primary link only."""

    def of_first_only(link: Link) -> Link:
        return link if link.rank is Rank.PRIMARY else dataclasses.replace(link, peer6="")

    return dataclasses.replace(settings, links=tuple(map(of_first_only, settings.links)))


# What operators read


def telling_once(told: list[str]) -> tuple[Effects]:
    """Log the first loss of the primary link, and no further one."""

    def first(effect: do.Effect, _: State) -> list[do.Effect]:
        words = effect.message.partition("primary-hearbeat")[2] if isinstance(effect, do.Log) else ""
        if "=FAILED;" in words and words.endswith("=OK"):
            told.append(words)
            return [effect] if len(told) == 1 else []
        return [effect]

    return (Effects(first),)


def showing_all(line: str, printed: Printed, system: System) -> Printed:
    """Print the password where `show` prints all objects."""
    sections = sum(each.startswith("config ") for each in printed.text.splitlines())
    if line.strip() != "show" or sections <= 1:
        return printed
    password = system.configuration.get(("system ha", "password"))
    text = printed.text.replace("# password is set, and not shown", f"set password {password}")
    return dataclasses.replace(printed, text=text)


# The exchange with the peer


def keeping_absent_sections(
    before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    """Copy each object that the primary's text names; keep this unit's own where the text says nothing of one."""
    in_force.by_copy(before, text, expected, given)  # refuses what the reference refuses
    named = {line.removeprefix("config ") for line in text.splitlines() if line.startswith("config ")}

    def stays(path: SettingPath) -> bool:
        return is_synchronized(path) and path[0] not in named

    whole = text + dump(before.part(stays))
    return in_force.by_copy(before, whole, checksum(merge_synchronized(before, whole)), given)


class Hoarder(Giver[Any]):
    """Gives a message away, and goes on knowing it as one that was taken."""

    def hear(self, frame: Frame) -> list[Giving[Any]]:
        """Take the taker's answer."""
        return [each for each in super().hear(frame) if not isinstance(each, Forget)]


Merge = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


def merging(change: Callable[[Merge, Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]) -> Exchanging:
    """Merge mail data in another way; the function receives the reference's way."""
    return Exchanging(lambda exchange: dataclasses.replace(exchange, merge=partial(change, exchange.merge)))


def without(files: Mapping[str, Any], area: str) -> dict[str, Any]:
    """Leave an area out."""
    return {path: file for path, file in files.items() if not path.startswith(area)}


def mirroring(merge: Merge, own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Let the system quarantine be what the primary's is."""
    gone = {path for path in own if path.startswith(SYSTEM_QUARANTINE) and path not in primary}
    return {path: file for path, file in merge(own, primary).items() if path not in gone}


def filling_once(merge: Merge, own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Copy recipients' quarantines only while this unit has none."""
    filled = any(path.startswith(QUARANTINE) for path in own)
    return merge(own, without(primary, QUARANTINE) if filled else primary)


def leaving_archive(merge: Merge, own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Copy all areas but the archive."""
    return merge(own, without(primary, ARCHIVE))


Copying = Callable[[str, str], list[str]]


def with_options(copying: Copying, options: Callable[[str], Iterable[str]]) -> Copying:
    """Give rsync further options, by the target directory; they stand before those of the reference."""

    def command(source: str, target: str) -> list[str]:
        program, *others = copying(source, target)
        return [program, *options(target), *others]

    return command


def mirroring_options(_target: str) -> list[str]:
    """Delete what the primary lacks, in the system quarantine only."""
    others = ("quarantine", "archive", "mailboxes", "preferences")
    return ["--delete", *(f"--filter=P /{area}/***" for area in others)]


def filling_options(target: str) -> list[str]:
    """Leave recipients' quarantines out where there are some."""
    filled = any(each.is_file() for each in Path(target, QUARANTINE).rglob("*"))
    return [f"--exclude=/{QUARANTINE}"] if filled else []


UNITS = (
    WrongUnit(
        "same-address-other-action",
        ("HA-155.a", "HA-153.b"),
        "Compares addresses, not actions, when settings change in a running pair: add that becomes set goes unnoticed.",
        (Settings(seeing_no_action),),
    ),
    WrongUnit(
        "announces-each-address-once",
        ("HA-113.a", "HA-113.c"),
        "Announces an address at the first takeover since its start, and not when it takes the address over again.",
        (Remembering(set[str], announcing_once),),
        alone="S",
    ),
    WrongUnit(
        "no-announcement-after-a-split",
        ("HA-114",),
        "Does not announce its addresses anew when its rival of a split brain has stepped back.",
        (Reaction(announcing_what_it_takes),),
        alone="P",
    ),
    WrongUnit(
        "gives-addresses-up-a-beat-late",
        ("HA-163", "HA-154"),
        "Gives its addresses up with its next heartbeat, after it has given the primary role away.",
        (Remembering(list[do.Effect], releasing_late),),
    ),
    WrongUnit(
        "actions-in-a-config-only-group",
        ("HA-027.g",),
        "Takes a virtual address that is entered while it runs in a config-only group; at a start it does not.",
        (in_role(ConfigOnly, readdressing),),
    ),
    WrongUnit(
        "keeps-a-removed-link",
        ("HA-063.a",),
        "Keeps a heartbeat link that is disabled in a running pair, until it starts again.",
        (Settings(keeping_links),),
    ),
    WrongUnit(
        "keeps-its-longest-threshold",
        ("HA-104",),
        "Bears the longest silence that was set since its start: a lower threshold is in force after a restart only.",
        (Remembering(set[float], growing_patience),),
        alone="S",
    ),
    WrongUnit(
        "asks-over-the-primary-link",
        ("HA-580", "HA-572"),
        "Asks for the primary role over the primary heartbeat link only, so that orders fail while that is down.",
        (leaving_out(asks_on_the_second_link),),
    ),
    WrongUnit(
        "mail-stays-on-the-primary-link",
        ("HA-061.b",),
        "Copies settings over the secondary link while the primary one is down, but no mail data.",
        (Reaction(copying_data_on_the_first_link),),
    ),
    WrongUnit(
        "misses-a-change-while-copying-mail",
        ("HA-350.a",),
        "Forgets the news of a changed configuration that comes while it copies mail data.",
        (ignoring(is_told_while_copying_mail),),
        alone="S",
    ),
    WrongUnit(
        "misses-the-way-back-to-a-password",
        ("HA-452",),
        "Compares a new password with that of its start: after another one it cannot go back to the first.",
        (Remembering(list[str], comparing_with_first_password),),
        alone="P",
    ),
    WrongUnit(
        "never-stops-watching-a-port",
        ("HA-169", "HA-171.c"),
        "Goes on monitoring a port whose port-monitor is disabled in a running pair.",
        (Settings(watching_on),),
    ),
    WrongUnit(
        "ipv6-on-the-primary-link",
        ("HA-072", "HA-060.a"),
        "Reads the peer's IPv6 address of the primary heartbeat link only: the secondary link knows no peer.",
        (Settings(without_second_ipv6),),
    ),
    WrongUnit(
        "tells-of-a-lost-link-once",
        ("HA-073",),
        "Logs the first loss of the primary heartbeat link since its start, and no later one.",
        (Remembering(list[str], telling_once),),
    ),
    WrongUnit(
        "shows-the-password-with-all-else",
        ("HA-454.b",),
        "Masks the password in the show of an object, but not where show prints the whole configuration.",
        (Pages(showing_all),),
    ),
    WrongUnit(
        "keeps-what-is-not-mentioned",
        ("HA-378",),
        "Keeps its own part of the configuration where the primary's copy, because all was removed, has none.",
        (exchanging(copy=keeping_absent_sections),),
    ),
    WrongUnit(
        "refuses-a-message-that-comes-back",
        ("HA-424",),
        "Goes on knowing a queued message that it has given away, and drops it when the peer brings it back.",
        (exchanging(giver=Hoarder),),
    ),
    WrongUnit(
        "mirrors-the-system-quarantine",
        ("HA-427.a",),
        "Deletes from its system quarantine, when it copies mail data, what the primary does not have.",
        (
            merging(mirroring),
            OnLinux("node.linux.sync", "copying", partial(with_options, options=mirroring_options)),
        ),
    ),
    WrongUnit(
        "copies-quarantines-once",
        ("HA-401.e",),
        "Copies recipients' quarantines only while it has none, so that later quarantined mail is left out.",
        (
            merging(filling_once),
            OnLinux("node.linux.sync", "copying", partial(with_options, options=filling_options)),
        ),
    ),
    WrongUnit(
        "leaves-the-archive-behind",
        ("HA-401.b",),
        "Copies all areas of mail data but the archive.",
        (
            merging(leaving_archive),
            OnLinux("node.linux.sync", "LEFT_OUT", lambda patterns: (*patterns, f"/{ARCHIVE}")),
        ),
    ),
)
