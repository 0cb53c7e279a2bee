"""Draws schedules: happenings, their order and gaps; the same seed and number give the same schedule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from explore.changes import changed
from explore.chapters import OTHER, chapter, last_leader
from explore.pair import Settings
from explore.services import served
from lab.contract import Family
from lab.schedule import ON_FAILURES, Happening, Line, Schedule, What, of_kind

WEIGHTS = {
    What.POWER_OFF: 10,
    What.POWER_ON: 10,
    What.CRASH: 4,
    What.FREEZE: 4,
    What.THAW: 5,
    What.BOOT_TIME: 3,
    What.SILENT: 5,
    What.BOTH_SILENT: 6,
    What.REFUSING: 3,
    What.DEAF: 4,
    What.BOTH_DEAF: 5,
    What.PORT_SILENT: 5,
    What.BOTH_PORT_SILENT: 3,
    What.SLOW: 2,
    What.UNEVEN: 1,
    What.THIN: 1,
    What.RETURNS: 6,
    What.BOTH_RETURN: 7,
    What.PULLED: 4,
    What.PLUGGED: 4,
    What.MAIL_PULLED: 4,
    What.MAIL_PLUGGED: 2,
    What.REBOOT: 6,
    What.RELOAD: 4,
    What.SHUTDOWN: 2,
    What.UPGRADE: 2,
    What.FAILOVER: 8,
    What.RESTORE: 8,
    What.RESTART: 4,
    What.SYNC: 3,
    What.LEAVE: 2,
    What.ENTER: 2,
    What.ON_FAILURE: 3,
    What.DETECTION: 2,
    What.ESTRANGED: 2,
    What.RECONCILED: 1,
    What.GROUPED: 1,
    What.BASE_PORT: 1,
    What.MISLED: 1,
    What.CORRECTED: 1,
    What.UNUSED: 1,
    What.USED: 1,
    What.DATA_SYNC: 1,
    What.FAILOVER_ACTION: 2,
    What.SHARES_SIX: 1,
    What.SHARES_NO_SIX: 1,
    What.MONITOR: 1,
    What.CHECKS: 1,
    What.RETRIES: 1,
    What.INTERVAL: 1,
    What.DISK: 1,
    What.CHANGE: 6,
    What.HELD: 3,
    What.TAKEN: 1,
    What.MAIL: 8,
    What.MAIL_TO_UNIT: 4,
    What.STORED: 5,
    What.CROWD: 2,
    What.REMOVED: 2,
    What.ADDED: 2,
    What.DELETED: 2,
    What.STRANGER: 2,
    # Where no unit monitors services, these move no role.
    What.SERVICE: 1,
    What.HTTP_SERVICE: 1,
    What.POP3_SERVICE: 1,
    # Only a pair whose units monitor services has them to set: they are drawn by its stories alone.
    What.UNWATCHED: 0,
    What.WATCHED: 0,
    What.STANDS_IN: 0,
    What.MENDED: 1,
    What.DISK_FAILS: 3,
    What.DISK_WORKS: 2,
}
"""How often each kind of happening is drawn, in proportion."""

SHORTEST, LONGEST = 2, 9
"""Fewest and most lines of a schedule."""

_FOLLOWS = {
    **{fault: end for end in What for fault in What if end.undoes(fault)},
    What.SHUTDOWN: What.POWER_ON,
    What.LEAVE: What.ENTER,
    What.GROUPED: What.ENTER,
    What.BOOT_TIME: What.REBOOT,
    What.ESTRANGED: What.RECONCILED,
    What.MISLED: What.CORRECTED,
    What.UNUSED: What.USED,
    What.HELD: What.TAKEN,
}
"""Happenings that end a fault, or follow it: drawn more often than by chance, so that faults begin and end."""

_ORDERS = (What.FAILOVER, What.RESTORE)

_CUTS = {What.BOTH_DEAF, What.DEAF, What.BOTH_SILENT, What.SILENT}
"""Faults that an order may have to wait out."""

_DELAYS = {What.SLOW, What.UNEVEN, What.THIN}
"""Faults under which messages of one order may arrive after the next order."""

_WAITS = (45.0, 90.0)
"""Seconds after which no order may move a role any more, even if faults end."""

_HASTE = (0.0, 1.5)
"""Seconds for which messages of an order may be under way on a slow link."""

CHAPTERS: dict[tuple[What, ...], int] = {
    (What.POWER_OFF, What.POWER_ON): 8,
    (What.CRASH, What.POWER_ON): 2,
    (What.SHUTDOWN, What.POWER_ON): 3,
    (What.REBOOT,): 5,
    (What.RELOAD,): 4,
    (What.UPGRADE,): 2,
    (What.FAILOVER,): 6,
    (What.RESTORE,): 6,
    (What.RESTART,): 2,
    (What.LEAVE, What.ENTER): 2,
    (What.LEAVE,): 1,
    (What.ON_FAILURE,): 4,
    (What.DETECTION,): 3,
    (What.CHANGE,): 2,
    (What.SILENT, What.RETURNS): 3,
    (What.BOTH_SILENT, What.BOTH_RETURN): 4,
    (What.PULLED, What.PLUGGED): 2,
    (What.PORT_SILENT, What.RETURNS): 2,
    (What.BOTH_PORT_SILENT, What.BOTH_RETURN): 2,
    (What.MAIL_PULLED, What.MAIL_PLUGGED): 4,
    (What.DISK_FAILS, What.DISK_WORKS): 2,
    (What.FREEZE, What.THAW): 2,
    (What.ESTRANGED, What.RECONCILED): 2,
    (What.BOOT_TIME, What.REBOOT): 2,
    (What.MAIL,): 2,
    (What.STORED,): 3,
    (What.SYNC,): 2,
    (What.CROWD,): 1,
    (What.REMOVED,): 1,
    (What.ADDED,): 1,
    (What.DELETED,): 1,
    (What.STRANGER,): 1,
}
"""What happens in a story, one after the other, each with what ends it; and how often it is drawn, in proportion."""

_MONITORED: dict[tuple[What, ...], int] = {(What.MAIL_PULLED, What.MAIL_PLUGGED): 25}
"""What is drawn more often where both units monitor their mail interface."""

_DISKS: dict[tuple[What, ...], int] = {(What.DISK_FAILS, What.DISK_WORKS): 25}
"""What is drawn more often where both units check their mail disk."""

_SERVED = 0.1
"""Share of the schedules that happen to a pair whose units monitor services of each other."""

_STORIES = 0.3
"""Share of the others that are stories."""

_CHANGES = 0.65
"""Share of the others in which settings change in a certain state of the pair."""

_REST = (8.0, 20.0)
"""Seconds after which a pair has mostly come to rest."""

_LASTS = (1.0, 12.0)
"""Seconds for which a fault of a story lasts."""

_BACKDROPS = (What.SILENT, What.SILENT, What.REFUSING, What.PULLED)
"""What makes a heartbeat link dead for a whole story."""

_LINKED, _DEAD, _DIES, _AGAIN, _PATIENT = 0.65, 0.25, 0.2, 0.2, 0.05
"""Shares: of the chapters with steps that follow from each other, of the stories with a dead link, of those with one
that dies at last, of the chapters that are told again, and of the stories that take long."""

_EXPIRES, _BY_SCHEDULE = (903.0, 915.0), 1205.0
"""Seconds in which a hold-off runs out (HA-522), and in which mail data is copied by schedule (HA-402)."""

_MOVING: dict[tuple[What, ...], int] = {
    (What.REBOOT,): 2,
    (What.RESTART,): 2,
    (What.FAILOVER,): 3,
    (What.LEAVE, What.ENTER): 2,
    (What.BOTH_SILENT, What.BOTH_RETURN, What.RESTORE): 2,
    (What.POWER_OFF, What.POWER_ON): 2,
}
"""What may make a unit follow anew, before mail data is to be copied by schedule or a hold-off runs out."""

_MILD: dict[tuple[What, ...], int] = {
    (What.SYNC,): 3,
    (What.CHANGE,): 2,
    (What.STRANGER,): 2,
    (What.DETECTION,): 2,
    (What.ON_FAILURE,): 1,
    (What.ESTRANGED, What.RECONCILED): 1,
    (What.SILENT, What.RETURNS): 2,
    (What.BOTH_PORT_SILENT, What.SYNC, What.BOTH_RETURN): 4,
    (What.FREEZE, What.THAW): 2,
}
"""What may happen meanwhile, and moves no role."""

_MORE = (("hb-base-port", "31000"), ("mail-data-sync", "disable"), ("mailqueue-data-sync", "enable"))
"""Settings that some pairs have, with the value."""


@dataclass(frozen=True, slots=True)
class Case:
    """A schedule, and the settings of the pair that it happens to."""

    settings: Settings
    schedule: Schedule


def draw(seed: int, number: int) -> Case:
    """Draw schedule `number` of a seed."""
    chance = Random(f"{seed}.{number}")  # noqa: S311 - repeatable by intent, nothing secret
    same = chance.choice(ON_FAILURES)
    settings = Settings(
        {unit: chance.choice((2, 3, 3, 5)) for unit in ("P", "S")},
        {unit: same if chance.random() < 0.8 else chance.choice(ON_FAILURES) for unit in ("P", "S")},  # noqa: PLR2004
        monitoring=chance.random() < 0.5,  # noqa: PLR2004
        **_beside(Random(f"{seed}.{number}.settings")),  # noqa: S311 - repeatable by intent, nothing secret
    )
    settings = replace(settings, disks=Random(f"{seed}.{number}.disks").random() < 0.4)  # noqa: PLR2004, S311 - as above
    services = Random(f"{seed}.{number}.services")  # noqa: S311 - repeatable by intent, nothing secret
    if services.random() < _SERVED:
        return Case(*served(services, settings))
    story = Random(f"{seed}.{number}.story")  # noqa: S311 - repeatable by intent, nothing secret
    if story.random() < _STORIES:
        return Case(settings, _story(story, settings))
    changes = Random(f"{seed}.{number}.changes")  # noqa: S311 - repeatable by intent, nothing secret
    if changes.random() < _CHANGES:
        return Case(settings, changed(changes, settings))
    lines: list[Line] = []
    pending: list[Happening] = []
    for _ in range(chance.randint(SHORTEST, LONGEST)):
        if pending and chance.random() < 0.45:  # noqa: PLR2004
            happening = pending.pop(chance.randrange(len(pending)))
        else:
            happening = _draw_one(chance)
            end = _FOLLOWS.get(happening.what)
            if end is not None:
                pending.append(_end_of(happening, end))
        lines.append(Line(_gap(chance, settings), happening))
    further = Random(f"{seed}.{number}.sequel")  # noqa: S311 - repeatable by intent, nothing secret
    return Case(settings, tuple(_with_sequel(lines, further)))


def _beside(chance: Random) -> dict[str, Any]:
    """Draw settings of a pair that move no role: the failover action, and in some cases one more."""
    more = chance.choice(_MORE) if chance.random() < 0.4 else ()  # noqa: PLR2004
    return {
        "action": chance.choice(("add", "add", "set")),
        "family": chance.choice((Family.IPV4, Family.IPV4, Family.IPV6)),
        "shares6": chance.random() < 0.3,  # noqa: PLR2004
        "more": (more,) if more else (),
        "keeps_data": chance.choice("PS") if not more and chance.random() < 0.1 else "",  # noqa: PLR2004
    }


def _with_sequel(lines: list[Line], chance: Random) -> list[Line]:
    """Insert, in half of the cases, a wait after an order under cut links, or a second order under slow links.

    Chance alone would hardly ever draw that. The rest of the schedule does not depend on it.
    """
    faults: set[What] = set()
    for number, line in enumerate(lines, start=1):
        what = line.happening.what
        if what is What.BOTH_RETURN:
            faults.clear()
        elif what in _CUTS | _DELAYS:
            faults.add(what)
        elif what in _ORDERS and faults and chance.random() < 0.5:  # noqa: PLR2004
            after, follows = _WAITS, Happening(What.BOTH_RETURN)
            if not faults & _CUTS:
                after, follows = _HASTE, Happening(chance.choice(_ORDERS), chance.choice("PS"))
            return [*lines[:number], Line(round(chance.uniform(*after), 1), follows), *lines[number:]]
    return lines


def _story(chance: Random, settings: Settings) -> Schedule:
    """Draw a few things that happen one after the other, mostly with time to recover in between.

    Much shows only at the second event, in a pair that has come to rest after the first.
    """
    chapters = CHAPTERS | (_MONITORED if settings.monitoring else {}) | (_DISKS if settings.disks else {})
    leader = chance.choice("PS")
    lines: list[Line] = []
    kind = chance.random()
    dead = [Line(round(chance.uniform(*_REST), 1), chance.choice(of_kind(chance.choice(_BACKDROPS))))]
    if kind < _DEAD:
        lines.extend(dead)
    told: list[Line] = []
    for _ in range(chance.randint(1, 4)):
        if not told or chance.random() >= _AGAIN:
            told = chapter(chance, leader) if chance.random() < _LINKED else _chapter(chance, chapters, leader)
        lines.extend(told)
        leader = last_leader(told, leader)
    if _DEAD <= kind < _DEAD + _DIES:
        lines.extend(dead)
    return (*lines, *_long_chapter(chance)) if chance.random() < _PATIENT else tuple(lines)


def _chapter(chance: Random, chapters: Mapping[tuple[What, ...], int], leader: str) -> list[Line]:
    """Draw one thing and what ends it, in a pair that has mostly come to rest."""
    unit = leader if chance.random() < 0.6 else chance.choice("PS")  # noqa: PLR2004
    after = round(chance.uniform(*(_REST if chance.random() < 0.8 else _HASTE)), 1)  # noqa: PLR2004
    first, *others = chance.choices(list(chapters), list(chapters.values()))[0]
    begin = chance.choice(of_kind(first))
    begin = replace(begin, unit=unit if begin.unit else "")
    return [
        Line(after, begin),
        *(
            Line(round(chance.uniform(*_LASTS), 1), _end_of(replace(begin, unit=begin.unit or unit), it))
            for it in others
        ),
    ]


def _long_chapter(chance: Random) -> Iterator[Line]:
    """Draw a hold-off that runs out, or that mail data is copied by schedule, after something that may end that."""
    unit = chance.choice("PPS")
    if chance.random() < 0.4:  # noqa: PLR2004
        if chance.random() < 0.5:  # noqa: PLR2004
            yield from _chapter(chance, _MILD | _MOVING, OTHER[unit])
        for _ in range(chance.randint(1, 2)):
            yield Line(round(chance.uniform(*_REST), 1), Happening(What.REBOOT, unit))
        yield Line(round(chance.uniform(0.3, 1.5), 1), Happening(What.POWER_OFF, unit))
        first, *others = _chapter(chance, _MILD | _MOVING, OTHER[unit])
        yield from (replace(first, after=round(chance.uniform(*_EXPIRES), 1)), *others)
        yield Line(round(chance.uniform(*_LASTS), 1), Happening(What.POWER_ON, unit))
        yield from chapter(chance, OTHER[unit])
        return
    if chance.random() < 0.7:  # noqa: PLR2004
        yield from _chapter(chance, _MOVING, chance.choice("PS"))
    for _ in range(chance.randint(2, 5)):
        yield from _chapter(chance, _MILD, chance.choice("PS"))
    yield Line(round(chance.uniform(*_REST), 1), chance.choice(of_kind(What.STORED)))
    yield Line(_BY_SCHEDULE, Happening(What.MAIL))


def _draw_one(chance: Random) -> Happening:
    what = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    return chance.choice(of_kind(what))


def _end_of(happening: Happening, end: What) -> Happening:
    unit = happening.unit if "{unit}" in end.value.words else ""
    link = happening.link if happening.link in end.value.links else None
    return Happening(end, unit, link)


def _gap(chance: Random, settings: Settings) -> float:
    """Seconds before a happening: mostly within a heartbeat or a detection time, sometimes long."""
    kind = chance.random()
    if kind < 0.35:  # noqa: PLR2004
        seconds = chance.uniform(0.0, 1.5)
    elif kind < 0.6:  # noqa: PLR2004
        seconds = chance.uniform(1.5, 6.0)
    elif kind < 0.9:  # noqa: PLR2004
        seconds = settings.detection[chance.choice("PS")] + chance.uniform(-1.0, 2.0)
    else:
        seconds = chance.uniform(6.0, 25.0)
    return round(seconds, 1)
