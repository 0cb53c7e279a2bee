"""The second part of the fifteenth blind batch's half ff: copies, pages, logs and announcements."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from node.build import Exchange
from node.cli.system import System
from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Mode, Rank, Sync
from node.engine.state import State
from node.engine.timers import Periodic, Retry
from node.exchange.mail_data import merged
from node.settings import Configuration, checksum, in_force, merge_synchronized, synchronized
from node.settings.schema import HA_INTERFACE
from wrong.common import exchanging, leaving_out
from wrong.record import Events, Exchanging, OnLinux, Pages, Plain, Printed, Remembering, WrongUnit


@dataclass(slots=True)
class Runs:
    """Copies of the configuration: how many the schedule has begun, and how many have failed in a row."""

    scheduled: int = 0
    failed: int = 0


def healing_once(runs: Runs) -> tuple[Plain, ...]:
    """Let the schedule of the configuration run once, and try a copy that fails again only a few times."""

    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        match event:
            case on.TimerFired(Periodic(Sync.CONFIG)):
                runs.scheduled += 1
            case on.SyncFinished(what=Sync.CONFIG, ok=ok):
                runs.failed = 0 if ok else runs.failed + 1
        return [event]

    def is_dropped(effect: do.Effect, _: State) -> bool:
        match effect:
            case do.StartTimer(Periodic(Sync.CONFIG)):
                return runs.scheduled > 0
            case do.StartTimer(Retry(Sync.CONFIG)):
                return runs.failed > len(Rank)
        return False

    return (Events(see), leaving_out(is_dropped))


def is_of_shared_address(path: tuple[str, ...]) -> bool:
    """Whether a stored value belongs to an interface's failover action."""
    return path[: len(HA_INTERFACE)] == HA_INTERFACE and path[-1] in {"status", "virtual-ip", "virtual-ip6"}


def keeping_actions(before: Configuration, text: str, _expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
    """Copy the primary's settings, but keep failover actions and virtual addresses that it has removed."""
    after = merge_synchronized(before, text)
    store = after.store
    for path, value in before.store.values.items():
        if is_of_shared_address(path) and path not in store.values:
            store = store.keep_as(path, value)
    after = Configuration(store)
    return in_force.by_copy(before, synchronized(after), checksum(after), given)


def without_gone_quarantine(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Merge mail data, but let the quarantine be the primary's."""
    return {
        path: file
        for path, file in merged(own, primary).items()
        if path in primary or not path.startswith("quarantine/")
    }


def deleting_in_quarantine(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync delete in the quarantine what the primary has not."""
    areas = ("system-quarantine", "archive", "mailboxes", "preferences")

    def command(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        return [program, "--delete", *(f"--filter=P /{area}/**" for area in areas), *rest]

    return command


def without_later_archive(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Merge mail data, but take the archive only into an empty one."""
    begun = any(path.startswith("archive/") for path in own)
    taken = {path: file for path, file in primary.items() if not (begun and path.startswith("archive/"))}
    return merged(own, taken)


def filling_an_empty_archive(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync leave the archive out where the target's has a file already."""

    def command(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        begun = any(each.is_file() for each in (Path(target) / "archive").rglob("*"))
        return [program, *(["--exclude=/archive/**"] if begun else []), *rest]

    return command


def merging_by(merge: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]) -> Exchanging:
    """Merge mail data by another rule."""

    def change(exchange: Exchange) -> Exchange:
        return dataclasses.replace(exchange, merge=merge)

    return Exchanging(change)


# Pages, logs and announcements


SCHEDULE = ("Monitor:", "Configuration:", "Data:")
QUIET = 600.0
"""Seconds for which a line of the log is not repeated."""


def showing_by_configured_mode(line: str, printed: Printed, system: System) -> Printed:
    """Show the schedule only on a configured secondary."""
    if line.split() != ["get", "system", "ha", "status"] or printed.refused:
        return printed
    if system.status().configured is not Mode.PRIMARY:
        return printed
    kept = [each for each in printed.text.splitlines(keepends=True) if not each.startswith(SCHEDULE)]
    return Printed("".join(kept), printed.refused)


@dataclass(slots=True)
class Said:
    """When each line was logged last."""

    at: dict[str, float] = field(default_factory=dict)


def logging_once(said: Said) -> tuple[Plain, ...]:
    """Leave a line out that was logged a short while ago."""

    def is_repeated(effect: do.Effect, unit: State) -> bool:
        if not isinstance(effect, do.Log):
            return False
        last = said.at.get(effect.message)
        if last is not None and unit.now - last < QUIET:
            return True
        said.at[effect.message] = unit.now
        return False

    return (leaving_out(is_repeated),)


UNITS = (
    WrongUnit(
        "empties-the-quarantine",
        ("HA-427.a",),
        "A copy of mail data removes from this unit's quarantine what the primary's has not.",
        (
            merging_by(without_gone_quarantine),
            OnLinux("node.linux.sync", "copying", deleting_in_quarantine),
        ),
    ),
    WrongUnit(
        "heals-in-its-first-run",
        ("HA-353.b",),
        "The schedule of the configuration runs once, and a copy that has failed a few times is not tried again.",
        (Remembering(Runs, healing_once),),
    ),
    WrongUnit(
        "logs-nothing-twice",
        ("HA-525.d",),
        "A line that was logged in the last ten minutes is not logged again.",
        (Remembering(Said, logging_once),),
    ),
    WrongUnit(
        "schedule-by-configured-mode-ff2",
        ("HA-612.c", "HA-613.a", "HA-613.b", "HA-613.c"),
        "A configured primary that has become secondary shows no schedule.",
        (Pages(showing_by_configured_mode),),
    ),
    WrongUnit(
        "keeps-removed-actions",
        ("HA-159.a", "HA-350.a"),
        "A copy of the settings brings new failover actions, and removes none.",
        (exchanging(copy=keeping_actions),),
    ),
    WrongUnit(
        "advertises-without-override",
        ("HA-113.b",),
        "The announcement of an IPv6 address does not override what the neighbours know.",
        (
            leaving_out(lambda effect, _: isinstance(effect, do.Announce) and ":" in effect.address),
            OnLinux("node.linux.announce", "OVERRIDE", lambda _: 0),
        ),
    ),
    WrongUnit(
        "archive-is-copied-once",
        ("HA-401.b", "HA-402"),
        "The archive is copied only as long as this unit's own is empty.",
        (
            merging_by(without_later_archive),
            OnLinux("node.linux.sync", "copying", filling_an_empty_archive),
        ),
    ),
)
