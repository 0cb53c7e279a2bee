"""Mistakes about mail, the queue and copies, for clauses of the same lot (seed 414213) and two beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine import syncing
from node.engine.modes import Command, Mode, Rank, Sync
from node.engine.state import NEVER, ConfigOnly, Following, State
from node.engine.states import Phase
from node.engine.turn import Conduct, News, Turn
from node.exchange import mail_data
from node.linux.own_files import is_left_out
from node.settings import Configuration, in_force
from wrong.common import Take, changing, exchanging, in_role
from wrong.record import Decision, Exchanging, InRole, OnLinux, Plain, React, Reaction, Remembering, WrongUnit
from wrong.units.config_only import serve_mail_data

# Sessions and the queue

GRACE = 5.0
"""Seconds that open sessions are given."""


@dataclass(slots=True)
class Draining:
    """When mail is to stop, NEVER while it is not to."""

    until: float = NEVER


def draining(drain: Draining) -> tuple[Plain, ...]:
    """When an operator moves the primary role away, let open sessions finish before mail stops."""

    def react(reference: React, event: on.Event, unit: State) -> list[do.Effect]:
        led = unit.phase is Phase.PRIMARY
        effects = reference(event)
        if event == on.Ordered(Command.FAILOVER) and led:
            drain.until = unit.now + GRACE
            return [each for each in effects if not isinstance(each, do.StopMail)]
        if unit.phase in {Phase.PRIMARY, Phase.STANDALONE, Phase.CONFIG_ONLY}:
            drain.until = NEVER
        elif NEVER < drain.until <= unit.now:
            drain.until = NEVER
            return [do.StopMail(), *effects]
        return effects

    return (Reaction(react),)


def over_the_first_link(effect: do.Effect, _: State) -> do.Effect:
    """Hand the queue over on the first link, whichever is alive."""
    return do.HandOverQueue(Rank.PRIMARY) if isinstance(effect, do.HandOverQueue) else effect


def ordering_data_on_the_first_link(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Let an operator's order copy the configuration alone while synchronization uses the second link."""
    second = turn.unit.group.links.for_sync() is Rank.SECONDARY
    match news:
        case on.Ordered(Command.SYNC) if second:
            syncing.want(turn, me.syncs, Sync.CONFIG)
        case on.Heard(message=say.SyncNow(what)) if second:
            syncing.want(turn, me.syncs, *(each for each in what if each is not Sync.DATA))
        case _:
            take(turn, me, news)


# Copies


def without_data_after_a_split(conduct: Conduct) -> Conduct:
    """Copy no mail data on giving way to another primary, before the schedule asks for it."""

    def enter(turn: Turn, me: Following, came_from: Phase) -> None:
        conduct.enter(turn, me, came_from)
        if came_from is Phase.PRIMARY and turn.unit.group.peer_leads:
            me.syncs.due.discard(Sync.DATA)

    return dataclasses.replace(conduct, enter=enter)


def ordering_data_too(take: Take, turn: Turn, me: ConfigOnly, news: News) -> None:
    """Let an order on a config-only secondary copy mail data as well, as in a pair."""
    if news == on.Ordered(Command.SYNC) and turn.unit.settings.mode is Mode.CONFIG_SECONDARY:
        me.syncs.want(Sync.DATA)
    take(turn, me, news)


@dataclass(slots=True)
class Unconfigured:
    """Whether the unit waits for its first copy before it processes mail."""

    waits: bool = False


def mail_with_the_configuration(unconfigured: Unconfigured) -> tuple[Plain, ...]:
    """On a config-only secondary that starts, process mail after the first copy of the configuration."""

    def react(reference: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = reference(event)
        if isinstance(event, on.Started) and event.settings.mode is Mode.CONFIG_SECONDARY:
            unconfigured.waits = True
            return [each for each in effects if not isinstance(each, do.StartMail)]
        if unit.phase is not Phase.CONFIG_ONLY:
            unconfigured.waits = False
        if unconfigured.waits and isinstance(event, on.SyncFinished) and event.ok:
            unconfigured.waits = False
            return [*effects, do.StartMail()]
        return effects

    return (Reaction(react),)


RECIPIENTS = ("log alertemail recipient",)


def keeping_recipients(exchange: Exchange) -> Exchange:
    """Let a copy add recipients of alerts, and remove none."""

    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        steps = exchange.copy(before, text, expected, given)
        return [
            in_force.Save(with_recipients(step.configuration, before)) if isinstance(step, in_force.Save) else step
            for step in steps
        ]

    return dataclasses.replace(exchange, copy=copy)


def with_recipients(after: Configuration, before: Configuration) -> Configuration:
    """Return a configuration with the recipients of another one, as far as there is room."""
    most = 3
    for name in before.entries(RECIPIENTS):
        if len(after.entries(RECIPIENTS)) < most:
            after = after.with_entry((*RECIPIENTS, name))
    return after


Merge = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


def merging(rule: Merge) -> Exchanging:
    """Merge mail data by another rule."""
    return exchanging(merge=rule)


def area_of(path: str) -> str:
    """Return the storage area of a file of mail data."""
    return path.partition("/")[0]


def seeding(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Copy into areas that are empty here; what has been copied once counts as done."""
    done = {area_of(path) for path in own}
    return mail_data.merged(own, {path: file for path, file in primary.items() if area_of(path) not in done})


def seeding_by_rsync(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync leave out the areas that have a file here."""

    def command(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)

        def is_copied(file: Path) -> bool:
            return file.is_file() and not is_left_out(str(file.relative_to(target)))

        areas = (each for each in Path(target).iterdir() if any(map(is_copied, each.rglob("*"))))
        return [program, *(f"--exclude=/{area.name}/***" for area in areas), *rest]

    return command


def mirrored(_own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Have what the primary has, and nothing else."""
    return mail_data.merged({}, primary)


def mirrored_by_rsync(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync delete what the primary does not have."""

    def command(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        return [program, "--delete", *rest]

    return command


def but_the_system_s(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Take what belongs to the system for each unit's own."""
    return mail_data.merged(own, {path: file for path, file in primary.items() if not path.startswith("system-")})


UNITS = (
    WrongUnit(
        "ordered-failover-drains-mail",
        ("HA-111.a", "HA-111.c", "HA-022.b"),
        "A primary whose role an operator moves away lets open sessions go on for some seconds.",
        (Remembering(Draining, draining),),
    ),
    WrongUnit(
        "queue-by-first-link",
        ("HA-420.c", "HA-420.d"),
        "It hands its queue over on the primary heartbeat link only, also while the secondary one is in use.",
        (changing(over_the_first_link),),
    ),
    WrongUnit(
        "orders-data-on-first-link",
        ("HA-409", "HA-570.b"),
        "While the secondary heartbeat link is in use, an order to synchronize copies the configuration alone.",
        (in_role(Following, ordering_data_on_the_first_link),),
    ),
    WrongUnit(
        "no-data-after-a-split",
        ("HA-704.c",),
        "A unit that gives way to another primary copies its configuration, and mail data only by schedule.",
        (InRole(Following, without_data_after_a_split),),
    ),
    WrongUnit(
        "config-order-copies-data",
        ("HA-027.c",),
        "An order to synchronize on a config-only secondary copies the primary's mail data, too.",
        (in_role(ConfigOnly, ordering_data_too), Decision(serve_mail_data)),
    ),
    WrongUnit(
        "mail-waits-for-configuration",
        ("HA-023",),
        "A config-only secondary that starts processes no mail before it has copied its primary's configuration.",
        (Remembering(Unconfigured, mail_with_the_configuration),),
    ),
    WrongUnit(
        "copy-keeps-recipients",
        ("HA-332.a",),
        "A recovered primary keeps recipients of alerts that were deleted on the other unit meanwhile.",
        (Exchanging(keeping_recipients),),
        alone="P",
    ),
    WrongUnit(
        "seeds-each-area-once",
        ("HA-051.c", "HA-402"),
        "It copies mail data into areas that are empty on its disk, and nothing more once something is there.",
        (merging(seeding), OnLinux("node.linux.sync", "copying", seeding_by_rsync)),
    ),
    WrongUnit(
        "mirrors-the-other-unit",
        ("HA-427.a",),
        "A recovered primary deletes the mail data that the unit which leads now does not have.",
        (merging(mirrored), OnLinux("node.linux.sync", "copying", mirrored_by_rsync)),
        alone="P",
    ),
    WrongUnit(
        "leaves-out-the-system-s",
        ("HA-332.b", "HA-401.a"),
        "A recovered primary does not copy the system quarantine, which it takes for each unit's own.",
        (
            merging(but_the_system_s),
            OnLinux("node.linux.sync", "LEFT_OUT", lambda patterns: (*patterns, "/system-*")),
        ),
        alone="P",
    ),
)
