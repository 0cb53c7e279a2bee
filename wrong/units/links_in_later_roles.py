"""Units that miss a change of a heartbeat link that is not the first, or that comes in a later role."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from node.engine.modes import Mode, Rank
from node.engine.settings import HaSettings, Link
from node.engine.state import State
from node.engine.states import Phase
from wrong.record import Remembering, Settings, WrongUnit

Change = Callable[[tuple[Link, ...], tuple[Link, ...]], Iterable[Link]]
"""Makes of the old links (first) and the new ones those that a unit goes by."""


@dataclass(slots=True)
class Changes:
    """How often such a change has come since the unit started."""

    number: int = 0


def _misread(new: HaSettings, unit: State, change: Change) -> HaSettings:
    """Read the links by the change, while the unit stays in its mode."""
    if new.mode is not unit.settings.mode:
        return new
    return dataclasses.replace(new, links=tuple(change(unit.settings.links, new.links)))


def _missing(change: Change, when: Callable[[State], bool] = lambda _: True) -> Settings:
    return Settings(lambda new, unit: _misread(new, unit, change) if when(unit) else new)


def _heeding_once(change: Change) -> Remembering[Changes]:
    """Miss a change of the links of this kind from the second one on."""

    def settings(changes: Changes) -> tuple[Settings]:
        def read(new: HaSettings, unit: State) -> HaSettings:
            wrong = _misread(new, unit, change)
            if wrong.links == new.links:
                return new
            changes.number += 1
            return wrong if changes.number > 1 else new

        return (Settings(read),)

    return Remembering(Changes, settings)


def _known(old: Iterable[Link], rank: Rank) -> Link | None:
    return next((link for link in old if link.rank is rank), None)


def _with_old_secondary(old: tuple[Link, ...], new: tuple[Link, ...]) -> Iterable[Link]:
    for link in new:
        yield (_known(old, link.rank) or link) if link.rank is Rank.SECONDARY else link


def _with_old_ipv6(old: tuple[Link, ...], new: tuple[Link, ...]) -> Iterable[Link]:
    for link in new:
        before = _known(old, link.rank)
        yield link if before is None else dataclasses.replace(link, peer6=before.peer6)


def _without_new(old: tuple[Link, ...], new: tuple[Link, ...]) -> Iterable[Link]:
    return (link for link in new if _known(old, link.rank) is not None)


def _with_removed(old: tuple[Link, ...], new: tuple[Link, ...]) -> Iterable[Link]:
    return (*new, *(link for link in old if _known(new, link.rank) is None))


def _without_ipv6_of_its_own(old: tuple[Link, ...], new: tuple[Link, ...]) -> Iterable[Link]:
    for link in new:
        before = _known(old, link.rank)
        lost = before is not None and before.peer and not link.peer
        yield dataclasses.replace(link, peer6="") if lost else link


def _has_other_role(unit: State) -> bool:
    return (unit.settings.mode, unit.phase) in {(Mode.PRIMARY, Phase.SECONDARY), (Mode.SECONDARY, Phase.PRIMARY)}


UNITS = (
    WrongUnit(
        "keeps-the-secondary-link-in-its-other-role",
        ("HA-065",),
        "In the role that it is not configured for it misses a change of its secondary heartbeat link.",
        (_missing(_with_old_secondary, _has_other_role),),
    ),
    WrongUnit(
        "heeds-one-change-of-the-secondary-link",
        ("HA-065",),
        "From the second one on it misses changes of the peer's address on the secondary heartbeat link.",
        (_heeding_once(_with_old_secondary),),
    ),
    WrongUnit(
        "heeds-one-change-of-an-ipv6-address",
        ("HA-072",),
        "From the second one on it misses changes of the peer's IPv6 address.",
        (_heeding_once(_with_old_ipv6),),
    ),
    WrongUnit(
        "keeps-an-ipv6-address-in-its-other-role",
        ("HA-072",),
        "In the role that it is not configured for it misses a change of the peer's IPv6 address.",
        (_missing(_with_old_ipv6, _has_other_role),),
    ),
    WrongUnit(
        "marks-an-interface-once",
        ("HA-050.a", "HA-061.c"),
        "From the second one on it misses that an interface is marked for heartbeat.",
        (_heeding_once(_without_new),),
    ),
    WrongUnit(
        "disables-an-interface-once",
        ("HA-063.a",),
        "From the second one on it misses that heartbeat is disabled on an interface.",
        (_heeding_once(_with_removed),),
    ),
    WrongUnit(
        "unsets-both-families-at-once",
        ("HA-072",),
        "Where the peer's IPv4 address is unset it forgets the IPv6 address with it.",
        (_missing(_without_ipv6_of_its_own),),
    ),
)
