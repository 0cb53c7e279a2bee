"""The eighteenth blind batch, half oo: links, and exchange of settings, mail data and queue."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Mode, Rank, Sync
from node.engine.state import ConfigOnly, State
from node.engine.turn import News, PeerHeard, Turn
from node.linux.own_files import is_left_out
from node.settings import Configuration, in_force
from node.settings.configuration import changes
from node.settings.script import merge_synchronized
from wrong.common import Mark, Take, changing, in_role, leaving_out
from wrong.record import Effects, Events, Exchanging, OnLinux, Remembering, WrongUnit


def staying_on_secondary(mark: Mark) -> tuple[Effects]:
    """Copy data over the secondary link while it lives, once that has been used."""

    def choose(effect: do.Effect, unit: State) -> do.Effect:
        if not (isinstance(effect, do.StartSync) and effect.what is Sync.DATA):
            return effect
        mark.up = mark.up or effect.rank is Rank.SECONDARY
        stays = mark.up and unit.group.links.alive.get(Rank.SECONDARY)
        return do.StartSync(effect.what, Rank.SECONDARY) if stays else effect

    return (changing(choose),)


def over_primary_link(effect: do.Effect, _: State) -> do.Effect:
    """Hand the queue over the primary link."""
    return do.HandOverQueue(Rank.PRIMARY) if isinstance(effect, do.HandOverQueue) else effect


def handing_over_once(mark: Mark) -> tuple[Events, Effects]:
    """Hand no queue over after one that had messages."""

    def see(event: on.Event, _: State) -> list[on.Event]:
        mark.up = mark.up or (isinstance(event, on.QueueHandedOver) and event.count > 0)
        return [event]

    return (Events(see), leaving_out(lambda effect, _: mark.up and isinstance(effect, do.HandOverQueue)))


def logging_each_state_once(seen: set[str]) -> tuple[Effects]:
    """Log no heartbeat status that was logged before."""

    def repeats(effect: do.Effect, _: State) -> bool:
        if not (isinstance(effect, do.Log) and effect.message.startswith("hahbd: heart beat status")):
            return False
        known = effect.message in seen
        seen.add(effect.message)
        return known

    return (leaving_out(repeats),)


def rejoining_in_silence(take: Take, turn: Turn, me: ConfigOnly, news: News) -> None:
    """Take a secondary that this primary hears first after its own start for one that it has heard before."""
    gives = turn.unit.settings.mode is Mode.CONFIG_PRIMARY
    if gives and isinstance(news, PeerHeard) and news.before is None:
        news = PeerHeard(news.beat, news.beat)
    take(turn, me, news)


def keeping_removed_ipv6(exchange: Exchange) -> Exchange:
    """Copy a new or changed shared IPv6 address, and not that it was removed."""

    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        after = merge_synchronized(before, text)
        removed = [
            path
            for path in changes(before, after)
            if path[-1] == "virtual-ip6" and path in before.store.values and path not in after.store.values
        ]
        if not removed:
            return exchange.copy(before, text, expected, given)
        for path in removed:
            after = after.with_value(path, before.get(path))
        steps = in_force.by_operator(before, after, given)
        return [each for each in steps if each != in_force.Tell(on.ConfigurationChanged())]

    return dataclasses.replace(exchange, copy=copy)


def mirroring(exchange: Exchange) -> Exchange:
    """Delete what the primary does not have."""

    def merge(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
        merged = exchange.merge(own, primary)
        return {path: each for path, each in merged.items() if path in primary or is_left_out(path)}

    return dataclasses.replace(exchange, merge=merge)


def without_archive(exchange: Exchange) -> Exchange:
    """Copy no archive."""

    def merge(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
        return exchange.merge(own, {path: each for path, each in primary.items() if not path.startswith("archive/")})

    return dataclasses.replace(exchange, merge=merge)


def with_option(option: str) -> Callable[[Callable[[str, str], list[str]]], Callable[[str, str], list[str]]]:
    """Give rsync a further option."""

    def change(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
        def command(source: str, target: str) -> list[str]:
            program, *rest = copying(source, target)
            return [program, option, *rest]

        return command

    return change


UNITS = (
    WrongUnit(
        "data-stays-on-the-secondary-link",
        ("HA-062",),
        "After the primary link is back, settings move back to it and mail data do not.",
        (Remembering(Mark, staying_on_secondary),),
    ),
    WrongUnit(
        "queue-on-primary-link-only",
        ("HA-333.a", "HA-420.c"),
        "Hands its queue over on the primary heartbeat link only, though that is cut and the secondary one works.",
        (changing(over_primary_link),),
    ),
    WrongUnit(
        "hands-over-once-oo",
        ("HA-333.a", "HA-421"),
        "After one hand-over of queued mail hands no more over until it starts again.",
        (Remembering(Mark, handing_over_once),),
        alone="P",
    ),
    WrongUnit(
        "logs-each-link-state-once-oo",
        ("HA-652",),
        "Logs a heartbeat status change only if it has not logged the same words before.",
        (Remembering(set, logging_each_state_once),),
    ),
    WrongUnit(
        "rejoins-as-config-primary-silently",
        ("HA-374",),
        "As a config-primary that joins again, does not have its settings copied until the next change.",
        (in_role(ConfigOnly, rejoining_in_silence),),
    ),
    WrongUnit(
        "copies-no-removal-of-ipv6",
        ("HA-350.a", "HA-378"),
        "Takes a shared IPv6 address from the primary, and keeps it when the primary's is removed.",
        (Exchanging(keeping_removed_ipv6),),
    ),
    WrongUnit(
        "mirrors-mail-data-oo",
        ("HA-427.a",),
        "Deletes mail data of its own that the primary does not have.",
        (Exchanging(mirroring), OnLinux("node.linux.sync", "copying", with_option("--delete"))),
    ),
    WrongUnit(
        "copies-no-archive-oo",
        ("HA-401.b",),
        "Copies all mail data but archives.",
        (Exchanging(without_archive), OnLinux("node.linux.sync", "copying", with_option("--exclude=/archive/"))),
    ),
)
