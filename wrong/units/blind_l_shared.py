"""A fifth blind batch, half l, continued: shared addresses, and what one unit copies from the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Effective
from node.engine.state import State
from node.engine.timers import Wait
from node.exchange.mail_data import merged
from node.settings import Configuration, ha_settings, in_force
from node.settings.schema import HA_INTERFACE
from wrong.common import exchanging
from wrong.record import Effects, Exchanging, OnLinux, Plain, React, Reaction, Remembering, WrongUnit

# Addresses


@dataclass(slots=True)
class Told:
    """How often the addresses were taken since this start, and whether they are held."""

    takeovers: int = 0
    leads: bool = False


def announcing_once(told: Told) -> tuple[Plain, ...]:
    """Announce the addresses of the first takeover since the start, and no others."""

    def instead(effect: do.Effect, _: State) -> list[do.Effect]:
        match effect:
            case do.HoldAddress() if not told.leads:
                told.leads = True
                told.takeovers += 1
            case do.ReleaseAddress():
                told.leads = False
            case do.Announce() if told.takeovers > 1:
                return []
        return [effect]

    return (Effects(instead),)


BEATS = 2


@dataclass(slots=True)
class Late:
    """Addresses that are still to be given up, and after how many heartbeats."""

    releases: list[do.Effect] = field(default_factory=list)
    beats: int = 0


def releasing_late(late: Late) -> tuple[Plain, ...]:
    """Give the addresses up two heartbeats after the role."""

    def react_late(react: React, event: on.Event, _: State) -> list[do.Effect]:
        effects = react(event)
        if any(isinstance(each, do.HoldAddress) for each in effects):
            late.releases.clear()
        if any(isinstance(each, do.RoleChanged) and each.new is Effective.SECONDARY for each in effects):
            late.releases += [each for each in effects if isinstance(each, do.ReleaseAddress)]
            late.beats = BEATS
            return [each for each in effects if not isinstance(each, do.ReleaseAddress)]
        if late.releases and event == on.TimerFired(Wait.HEARTBEAT):
            late.beats -= 1
            if not late.beats:
                effects = [*late.releases, *effects]
                late.releases.clear()
        return effects

    return (Reaction(react_late),)


Copy = Callable[[Configuration, str, str, Mapping[str, str]], list[in_force.Step]]


def keeping_rows(
    copy: Copy, before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    """Copy what the primary has set, but keep failover actions that it has set back to `ignore`."""
    steps = copy(before, text, expected, given)
    saved = next((each.configuration for each in steps if isinstance(each, in_force.Save)), None)
    if saved is None:
        return steps
    kept = saved
    for name in saved.interfaces:
        old, new = ([each for each in _row(name) if each in one.store.values] for one in (before, saved))
        if old and not new:
            for path in old:
                kept = kept.with_value(path, before.get(path))
    if kept == saved:
        return steps
    if kept == before:
        return []
    settings = ha_settings(kept)
    tell = [in_force.Tell(on.SettingsChanged(settings))] if settings != ha_settings(before) else []
    return [in_force.Save(kept), *tell]


def _row(name: str) -> list[tuple[str, ...]]:
    return [(*HA_INTERFACE, name, word) for word in ("status", "virtual-ip", "virtual-ip6")]


# Mail data: by a rule in the simulation, by rsync in a container

Files = Mapping[str, Any]


def area_once(own: Files, primary: Files) -> dict[str, Any]:
    """Copy an area of mail data only while this unit has nothing in it."""
    known = {path.partition("/")[0] for path in own}
    return merged(own, {path: file for path, file in primary.items() if path.partition("/")[0] not in known})


def excluding_known(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync leave out every area in which this unit has a file."""

    def command(source: str, target: str) -> list[str]:
        *options, last_source, last_target = copying(source, target)
        areas = sorted(area.name for area in Path(target).iterdir() if any(map(Path.is_file, area.rglob("*"))))
        return [*options, *(f"--exclude=/{area}/" for area in areas), last_source, last_target]

    return command


def mirrored(own: Files, primary: Files) -> dict[str, Any]:
    """Have what the primary has, and nothing else."""
    return {path: file for path, file in merged(own, primary).items() if path in primary}


def deleting(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync delete what the primary lacks."""

    def command(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        return [program, "--delete", *rest]

    return command


def without_system_areas(own: Files, primary: Files) -> dict[str, Any]:
    """Leave out whatever is called a part of the system."""
    return merged(own, {path: file for path, file in primary.items() if not path.startswith("system-")})


def leaving_out_system(patterns: Iterable[str]) -> tuple[str, ...]:
    """Add the system's own to what rsync leaves out."""
    return (*patterns, "system-*")


def merging(rule: Callable[[Files, Files], dict[str, Any]]) -> Exchanging:
    """Merge mail data by another rule."""
    return exchanging(merge=rule)


def copying_by_rows(exchange: Exchange) -> Exchange:
    """Keep failover actions that the primary has removed."""
    return dataclasses.replace(exchange, copy=partial(keeping_rows, exchange.copy))


UNITS = (
    WrongUnit(
        "announces-first-takeover",
        ("HA-113.c", "HA-164"),
        "Announces the shared addresses at its first takeover since its start, and at no other.",
        (Remembering(Told, announcing_once),),
        alone="S",
    ),
    WrongUnit(
        "releases-two-beats-late",
        ("HA-154", "HA-163"),
        "Gives its role away at once, and the shared addresses at its second heartbeat after that.",
        (Remembering(Late, releasing_late),),
    ),
    WrongUnit(
        "keeps-removed-rows",
        ("HA-159.a", "HA-350.a"),
        "Copies failover actions, but keeps one that the primary has set back to ignore.",
        (Exchanging(copying_by_rows),),
    ),
    WrongUnit(
        "copies-an-area-once",
        ("HA-402",),
        "Copies an area of mail data while it has nothing in it, and nothing that comes there later.",
        (merging(area_once), OnLinux("node.linux.sync", "copying", excluding_known)),
    ),
    WrongUnit(
        "mirrors-the-primary",
        ("HA-427.a",),
        "As secondary it deletes the mail data that only it has.",
        (merging(mirrored), OnLinux("node.linux.sync", "copying", deleting)),
    ),
    WrongUnit(
        "skips-system-areas",
        ("HA-401.a",),
        "Leaves the system quarantine out of the mail data that it copies.",
        (merging(without_system_areas), OnLinux("node.linux.sync", "LEFT_OUT", leaving_out_system)),
    ),
)
