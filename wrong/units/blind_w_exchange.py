"""The other half of that batch: links used by halves, and copies and queues that lack something the second time."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Rank
from node.engine.settings import HaSettings
from node.engine.state import ConfigOnly, Following, State
from node.exchange import mail_data, queue
from node.settings import Configuration, Refused, in_force
from node.settings.configuration import changes
from node.settings.schema import Path as SettingPath
from node.settings.schema import is_synchronized
from wrong.common import ignoring, leaving_out
from wrong.record import Exchanging, OnLinux, Settings, WrongUnit

ARCHIVE = "archive"
OTHER_AREAS = ("quarantine", "system-quarantine", "mailboxes", "preferences")
PASSWORD_USED = 8


# Links, and what a peer must know to speak on them


def is_late_offer(effect: do.Effect, _: State) -> bool:
    """Whether the role is offered on the secondary link."""
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, say.OfferRole)


def without_second_ipv6(settings: HaSettings, _: State) -> HaSettings:
    """Leave out a secondary link that has an IPv6 peer only."""
    links = tuple(each for each in settings.links if each.rank is Rank.PRIMARY or each.peer or not each.peer6)
    return dataclasses.replace(settings, links=links)


def cut_password(settings: HaSettings, _: State) -> HaSettings:
    """Use the beginning of the password."""
    return dataclasses.replace(settings, password=settings.password[:PASSWORD_USED])


# Copies of the configuration


def is_busy(event: on.Event, unit: State) -> bool:
    """Whether a notice of a change comes while a copy runs."""
    notice = isinstance(event, on.Heard) and isinstance(event.message, say.SyncNow)
    return notice and isinstance(unit.role, Following | ConfigOnly) and unit.role.syncs.running is not None


def copy_what_is_set(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
    """Copy what the primary sets and whole entries that it drops, but no field that it drops from an entry."""
    steps = in_force.by_copy(before, text, expected, given)
    after = next((each.configuration for each in steps if isinstance(each, in_force.Save)), None)
    if after is None:
        return steps
    for path in _dropped_fields(before, after):
        try:
            after = after.with_value(path, before.store.values[path])
        except Refused:
            continue  # the field does not fit any more
    notice = in_force.Tell(on.ConfigurationChanged())
    return [each for each in in_force.by_operator(before, after, given) if each != notice]


def _dropped_fields(before: Configuration, after: Configuration) -> Iterator[SettingPath]:
    filled = {path[:-1] for path in after.store.values if is_synchronized(path)}
    for path in sorted(changes(before, after)):
        if is_synchronized(path) and path not in after.store.values and path[:-1] in filled:
            yield path


# Copies of mail data


def fill_empty_areas(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Copy the areas of mail data in which this unit has nothing yet."""
    filled = {path.partition("/")[0] for path in own}
    return mail_data.merged(own, {path: file for path, file in primary.items() if path.partition("/")[0] not in filled})


def filling_empty_areas(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Copy the areas in which this unit has no message yet, in a container."""

    def copying_empty(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        areas = (ARCHIVE, *OTHER_AREAS)
        return [program, *(f"--exclude=/{area}/" for area in areas if _has_messages(Path(target) / area)), *rest]

    return copying_empty


def _has_messages(area: Path) -> bool:
    return any(path.parent.name in {"new", "cur"} and path.is_file() for path in area.rglob("*"))


def mirror_archive(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Copy mail data, and drop from the archive what the primary's lacks."""
    union = mail_data.merged(own, primary)
    return {path: file for path, file in union.items() if not path.startswith(f"{ARCHIVE}/") or path in primary}


def mirroring_archive(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Copy mail data, and drop from the archive what the primary's lacks, in a container."""

    def copying_mirror(source: str, target: str) -> list[str]:
        program, *rest = copying(source, target)
        return [program, "--delete", *(f"--filter=P /{area}/***" for area in OTHER_AREAS), *rest]

    return copying_mirror


# The queue


class UnforgettingGiver(queue.Giver[Any]):
    """A hand-over after which the giver still knows the messages that it had been given before."""

    def hear(self, frame: queue.Frame) -> list[queue.Giving[Any]]:
        """Take the taker's answer."""
        return [each for each in super().hear(frame) if not isinstance(each, queue.Forget)]


def exchanging(**parts: object) -> Exchanging:
    """Replace parts of the exchange."""

    def change(exchange: Exchange) -> Exchange:
        return dataclasses.replace(exchange, **parts)  # type: ignore[arg-type] # fields of Exchange, by name

    return Exchanging(change)


UNITS = (
    WrongUnit(
        "offers-role-on-primary-link",
        ("HA-574.b", "HA-574.c"),
        "A restored secondary offers its role on the primary heartbeat link only, alive or not.",
        (leaving_out(is_late_offer),),
    ),
    WrongUnit(
        "no-second-link-over-ipv6",
        ("HA-072", "HA-061.c", "HA-706"),
        "It uses IPv6 peers on the primary heartbeat link, and ignores one on the secondary link.",
        (Settings(without_second_ipv6),),
    ),
    WrongUnit(
        "password-of-eight",
        ("HA-453.a", "HA-453.b"),
        "Of the group's password it uses the first eight characters.",
        (Settings(cut_password),),
    ),
    WrongUnit(
        "misses-notice-while-copying",
        ("HA-350.a",),
        "A notice of a change that comes while it copies anything is lost, until the next copy by schedule.",
        (ignoring(is_busy),),
    ),
    WrongUnit(
        "unset-field-not-copied",
        ("HA-159.a", "HA-350.a"),
        "A field that the primary unsets stays on the secondary as long as its entry has other fields.",
        (exchanging(copy=copy_what_is_set),),
    ),
    WrongUnit(
        "fills-empty-areas",
        ("HA-402", "HA-120.b"),
        "It copies an area of mail data as long as it has nothing in it, and nothing more of that area later.",
        (exchanging(merge=fill_empty_areas), OnLinux("node.linux.sync", "copying", filling_empty_areas)),
    ),
    WrongUnit(
        "mirrors-archive",
        ("HA-427.a",),
        "When it copies mail data, it erases what its archive has and the primary's has not.",
        (exchanging(merge=mirror_archive), OnLinux("node.linux.sync", "copying", mirroring_archive)),
    ),
    WrongUnit(
        "never-takes-a-message-twice",
        ("HA-424", "HA-333.b"),
        "A message that it once took and gave away again it pretends to take when it comes back.",
        (exchanging(giver=UnforgettingGiver),),
    ),
)
