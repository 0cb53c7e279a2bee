"""Chapters of stories in which one thing follows from another: mail and its queue, what is synchronized, links, orders.

Chance alone would hardly ever draw such a sequence on the right units. A chapter says which unit does what by its role,
as things should go; where they go otherwise it is a sequence like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from lab.contract import Port
from lab.schedule import Happening, Line, What, of_kind

NOW, SOON, AWAY, REST, LATER = (0.0, 0.4), (0.5, 3.0), (6.0, 8.5), (8.0, 16.0), (36.0, 42.0)
"""Seconds between happenings: at once, meanwhile, after a takeover, when the pair has come to rest, and much later."""

LONG = (66.0, 80.0)
"""Seconds after which all has been tried many times, and each order has been given up."""

LEADER, FOLLOWER, NONE = "leader", "follower", ""

OTHER = {"P": "S", "S": "P"}

Step = tuple[tuple[float, float], What, str] | tuple[tuple[float, float], What, str, str]
"""Seconds before it, its kind, the unit, and perhaps words that it is to be said with."""

_W = What
_BACK = ((AWAY, _W.POWER_ON, LEADER),)
_GONE = (REST, _W.POWER_OFF, LEADER)
_MOVED = (REST, _W.FAILOVER, LEADER)
_MOVED_BACK = (REST, _W.FAILOVER, FOLLOWER)
_RESTORED = (REST, _W.RESTORE, "S")
_PARTED, _TOGETHER = (REST, _W.BOTH_SILENT, NONE), (AWAY, _W.BOTH_RETURN, NONE)
_HELD, _TAKEN = (REST, _W.HELD, NONE), (REST, _W.TAKEN, NONE)
_CROWD, _MAIL, _STORED = (NOW, _W.CROWD, NONE), (NOW, _W.MAIL, NONE), (SOON, _W.STORED, NONE)
_SYNC = (SOON, _W.SYNC, LEADER)
_LINK_LOST, _LINK_BACK = (REST, _W.SILENT, NONE), (REST, _W.RETURNS, NONE)
_CHANGED, _ADDED = (REST, _W.CHANGE, LEADER), (REST, _W.ADDED, LEADER)
_OTHER_GONE, _OTHER_BACK = (REST, _W.POWER_OFF, FOLLOWER), (SOON, _W.POWER_ON, FOLLOWER)
_OTHER_BACK_LATE = (AWAY, _W.POWER_ON, FOLLOWER)
_CHANGED_AT_ONCE, _ADDED_AT_ONCE = (NOW, _W.CHANGE, LEADER), (NOW, _W.ADDED, LEADER)
_NO_DATA, _NO_CONFIG = (
    (REST, _W.BOTH_PORT_SILENT, NONE, f"{each} synchronization") for each in ("data", "configuration")
)
_WHOLE, _WHOLE_AT_LAST = (SOON, _W.BOTH_RETURN, NONE), (LONG, _W.BOTH_RETURN, NONE)
_DEAF, _DEAF_TOO = (REST, _W.BOTH_DEAF, LEADER), (REST, _W.BOTH_DEAF, FOLLOWER)
_PATIENT = (SOON, _W.DETECTION, FOLLOWER, "30 seconds")
_FALLS = ((SOON, _W.POWER_OFF, LEADER), (SOON, _W.POWER_ON, LEADER))
_LONG_START = (REST, _W.BOOT_TIME, LEADER, "10 seconds")

CHAPTERS: dict[tuple[Step, ...], int] = {
    # Mail that waits in a queue, and moves with the role
    (_HELD, _CROWD, _MOVED, _TAKEN): 3,
    (_HELD, _MAIL, _MOVED, _MOVED_BACK, _MOVED, _TAKEN): 4,
    (_HELD, _MAIL, _MOVED, _MAIL, _MOVED_BACK, _MAIL, _MOVED): 3,
    (_HELD, _CROWD, _GONE, *_BACK, _TAKEN): 3,
    (_HELD, _CROWD, _GONE, *_BACK, _MOVED_BACK, _MOVED): 2,
    (_HELD, _CROWD, _GONE, *_BACK, (SOON, _W.POWER_OFF, LEADER), *_BACK): 2,
    (_HELD, _CROWD, _MOVED, (NOW, _W.POWER_OFF, LEADER), *_BACK): 3,
    (_HELD, _CROWD, _MOVED, (NOW, _W.POWER_OFF, FOLLOWER), _OTHER_BACK_LATE): 2,
    (_HELD, _CROWD, _MOVED, (NOW, _W.CHANGE, FOLLOWER), (SOON, _W.FREEZE, LEADER), (SOON, _W.THAW, LEADER)): 1,
    (_HELD, _CROWD, _MOVED, (NOW, _W.FAILOVER, FOLLOWER), _TAKEN): 3,
    (_HELD, _CROWD, _PARTED, _TOGETHER, _RESTORED, _TAKEN): 2,
    (_HELD, _CROWD, (REST, _W.REBOOT, LEADER), _MOVED): 1,
    ((REST, _W.SLOW, NONE), _HELD, _CROWD, _MOVED, (SOON, _W.POWER_OFF, LEADER), *_BACK, _LINK_BACK): 2,
    (_HELD, _CROWD, _NO_DATA, (SOON, _W.FAILOVER, LEADER), _WHOLE_AT_LAST, _TAKEN): 4,
    (_HELD, _CROWD, _GONE, _NO_DATA, (SOON, _W.POWER_ON, LEADER), (LATER, _W.BOTH_RETURN, NONE), _TAKEN): 2,
    (_HELD, _CROWD, _NO_CONFIG, (SOON, _W.POWER_OFF, LEADER), *_BACK, (LATER, _W.BOTH_RETURN, NONE), _TAKEN): 3,
    (_HELD, _CROWD, _MOVED, (NOW, _W.RESTART, LEADER), _TAKEN): 2,
    (_HELD, _CROWD, _MOVED, (NOW, _W.DETECTION, LEADER), (NOW, _W.CHANGE, FOLLOWER), _TAKEN): 2,
    (_HELD, _CROWD, _GONE, *_BACK, (NOW, _W.REBOOT, FOLLOWER), _TAKEN): 2,
    (_HELD, _CROWD, (REST, _W.MAIL_PULLED, LEADER), (REST, _W.MAIL_PLUGGED, LEADER), _TAKEN): 3,
    # Mail data: what each unit stores while it leads, and what is copied
    (_STORED, _SYNC, _STORED, (REST, _W.SYNC, FOLLOWER)): 3,
    (_STORED, _GONE, (AWAY, _W.STORED, NONE), (SOON, _W.POWER_ON, LEADER), (REST, _W.STORED, NONE)): 4,
    (_STORED, _MOVED, _STORED, _MOVED_BACK): 3,
    (_STORED, _PARTED, (AWAY, _W.STORED, NONE), _TOGETHER, _RESTORED): 3,
    (_STORED, (SOON, _W.SYNC, FOLLOWER), (NOW, _W.SYNC, FOLLOWER)): 1,
    ((REST, _W.PORT_SILENT, NONE), _STORED, _SYNC, _LINK_BACK, _STORED, _SYNC): 2,
    # Orders to synchronize while something is copied, which takes its time
    ((REST, _W.SLOW, NONE), _STORED, _CHANGED_AT_ONCE, (SOON, _W.SYNC, LEADER)): 3,
    ((REST, _W.THIN, NONE), _STORED, _CHANGED_AT_ONCE, (SOON, _W.SYNC, LEADER)): 1,
    ((REST, _W.SLOW, NONE), _STORED, _CHANGED_AT_ONCE, (SOON, _W.SYNC, FOLLOWER)): 2,
    ((REST, _W.SLOW, NONE), (REST, _W.SYNC, LEADER), (SOON, _W.STORED, NONE), (NOW, _W.SYNC, LEADER)): 2,
    (_STORED, (REST, _W.BOTH_PORT_SILENT, NONE), _SYNC, (LATER, _W.BOTH_RETURN, NONE)): 2,
    # Changes and removals while all is well, while something is copied, while the peer is away, and in a split
    (_ADDED, _CHANGED, (REST, _W.DELETED, LEADER), (REST, _W.REMOVED, LEADER)): 4,
    (_CHANGED, _ADDED_AT_ONCE, _CHANGED_AT_ONCE): 4,
    (_ADDED, (SOON, _W.ADDED, LEADER), (REST, _W.DELETED, LEADER)): 3,
    (_ADDED, (SOON, _W.DELETED, LEADER), (SOON, _W.CHANGE, LEADER)): 2,
    (_STORED, _SYNC, _CHANGED_AT_ONCE, _ADDED_AT_ONCE): 3,
    (_ADDED, _OTHER_GONE, (SOON, _W.DELETED, LEADER), _OTHER_BACK): 4,
    (_CHANGED, (REST, _W.SHUTDOWN, FOLLOWER), (AWAY, _W.REMOVED, LEADER), _OTHER_BACK): 3,
    ((REST, _W.REBOOT, FOLLOWER), _CHANGED_AT_ONCE, _ADDED_AT_ONCE): 2,
    (_ADDED, (REST, _W.DELETED, LEADER), (NOW, _W.REBOOT, LEADER)): 2,
    (_ADDED, _GONE, (AWAY, _W.DELETED, FOLLOWER), (SOON, _W.POWER_ON, LEADER)): 3,
    (_PARTED, (AWAY, _W.CHANGE, "P"), (SOON, _W.ADDED, "S"), _TOGETHER, (SOON, _W.CHANGE, "P"), _RESTORED): 3,
    (_PARTED, _TOGETHER, _RESTORED, (NOW, _W.CHANGE, "P"), (REST, _W.STORED, NONE), (SOON, _W.SYNC, "P")): 3,
    # Links: one is lost and comes back, once more, and something happens meanwhile and afterwards
    (_LINK_LOST, _MOVED, _LINK_BACK, _MOVED_BACK): 3,
    (_LINK_LOST, _CHANGED, _STORED, _SYNC, (SOON, _W.RETURNS, NONE)): 3,
    (_LINK_LOST, _LINK_BACK, _LINK_LOST, _STORED, _SYNC, _LINK_BACK): 3,
    (_LINK_LOST, _STORED, _SYNC, _LINK_BACK, (LATER, _W.CHANGE, LEADER), _STORED): 4,
    ((REST, _W.REFUSING, NONE), _SYNC, _MOVED, _LINK_BACK, (LATER, _W.FAILOVER, FOLLOWER)): 2,
    (_LINK_LOST, (REST, _W.REBOOT, LEADER), _LINK_BACK, (REST, _W.REBOOT, LEADER)): 2,
    (_LINK_LOST, _RESTORED, (SOON, _W.RETURNS, NONE)): 2,
    # Restarts and a shutdown over one link
    (_LINK_LOST, _LONG_START, (NOW, _W.RELOAD, LEADER)): 3,
    (_LINK_LOST, _LONG_START, (NOW, _W.UPGRADE, LEADER)): 2,
    (_LINK_LOST, _MOVED, (REST, _W.REBOOT, FOLLOWER)): 2,
    (_LINK_LOST, _MOVED, (REST, _W.RELOAD, FOLLOWER)): 2,
    (_LINK_LOST, (REST, _W.SHUTDOWN, LEADER), *_BACK): 2,
    # Restarts and shutdowns of the only unit, which are no failure
    ((REST, _W.SHUTDOWN, LEADER), *_BACK): 3,
    ((REST, _W.SHUTDOWN, LEADER), *_BACK, (REST, _W.REBOOT, FOLLOWER)): 2,
    (_OTHER_GONE, (REST, _W.SHUTDOWN, LEADER), *_BACK, (LATER, _W.POWER_ON, FOLLOWER)): 4,
    (_OTHER_GONE, (REST, _W.REBOOT, LEADER), (LATER, _W.POWER_ON, FOLLOWER)): 2,
    ((REST, _W.SHUTDOWN, FOLLOWER), (AWAY, _W.RELOAD, LEADER), (LATER, _W.POWER_ON, FOLLOWER)): 2,
    ((REST, _W.REBOOT, LEADER), (REST, _W.SHUTDOWN, LEADER), *_BACK, _RESTORED): 2,
    # Units that join and cannot synchronize
    (_PATIENT, _NO_CONFIG, (SOON, _W.REBOOT, FOLLOWER), (REST, _W.POWER_OFF, LEADER), (LATER, _W.POWER_ON, LEADER)): 4,
    (_NO_CONFIG, (SOON, _W.REBOOT, FOLLOWER), (LATER, _W.BOTH_RETURN, NONE)): 2,
    (_NO_CONFIG, (SOON, _W.REBOOT, FOLLOWER), (REST, _W.REBOOT, LEADER), (REST, _W.BOTH_RETURN, NONE)): 2,
    (_NO_CONFIG, (SOON, _W.POWER_OFF, LEADER), (AWAY, _W.POWER_ON, LEADER), (LATER, _W.POWER_OFF, FOLLOWER)): 2,
    (_NO_DATA, (SOON, _W.REBOOT, FOLLOWER), (REST, _W.POWER_OFF, LEADER), (AWAY, _W.POWER_ON, LEADER)): 1,
    # Restarts and hold-off, in turn and at the same time
    ((REST, _W.REBOOT, LEADER), (REST, _W.REBOOT, LEADER)): 3,
    ((REST, _W.REBOOT, LEADER), (NOW, _W.REBOOT, FOLLOWER)): 2,
    ((REST, _W.REBOOT, FOLLOWER), (REST, _W.REBOOT, LEADER)): 2,
    ((REST, _W.REBOOT, LEADER), _GONE, *_BACK): 3,
    (_GONE, *_BACK, (REST, _W.REBOOT, FOLLOWER), _OTHER_GONE, _OTHER_BACK_LATE): 2,
    ((REST, _W.BOOT_TIME, LEADER), (NOW, _W.REBOOT, LEADER), (SOON, _W.SYNC, FOLLOWER), (NOW, _W.SILENT, NONE)): 2,
    (
        (REST, _W.BOOT_TIME, LEADER),
        (NOW, _W.UPGRADE, LEADER),
        (SOON, _W.FREEZE, FOLLOWER),
        (SOON, _W.THAW, FOLLOWER),
    ): 2,
    ((REST, _W.BOOT_TIME, LEADER), (NOW, _W.RELOAD, LEADER), (SOON, _W.DETECTION, FOLLOWER), _GONE, *_BACK): 2,
    # Orders, time and again, and with a loss of power between
    (_MOVED, _MOVED_BACK, _MOVED, _MOVED_BACK): 2,
    (_DEAF, (SOON, _W.FAILOVER, FOLLOWER), _WHOLE_AT_LAST): 4,
    (_DEAF, (SOON, _W.FAILOVER, FOLLOWER), _WHOLE_AT_LAST, _MOVED, _RESTORED): 2,
    (_DEAF, (SOON, _W.FAILOVER, FOLLOWER), (LATER, _W.REBOOT, FOLLOWER), _WHOLE, (REST, _W.REBOOT, FOLLOWER)): 2,
    (_DEAF, (SOON, _W.FAILOVER, FOLLOWER), (NOW, _W.FREEZE, FOLLOWER), (LATER, _W.THAW, FOLLOWER), _WHOLE): 2,
    (_DEAF, (SOON, _W.FAILOVER, FOLLOWER), (SOON, _W.REBOOT, FOLLOWER), _WHOLE): 2,
    (_MOVED, _DEAF_TOO, (SOON, _W.RESTORE, LEADER), _WHOLE_AT_LAST): 3,
    (
        _MOVED,
        _DEAF_TOO,
        (SOON, _W.RESTORE, LEADER),
        (SOON, _W.POWER_OFF, LEADER),
        (SOON, _W.POWER_ON, LEADER),
        _WHOLE,
    ): 2,
    (_MOVED, (REST, _W.FREEZE, LEADER), (NOW, _W.RESTORE, FOLLOWER), (LATER, _W.THAW, LEADER)): 2,
    (_GONE, *_BACK, (SOON, _W.RESTORE, LEADER)): 4,
    (_GONE, (SOON, _W.SLOW, NONE), *_BACK, (LATER, _W.RETURNS, NONE)): 2,
    (_STORED, (REST, _W.THIN, NONE), (SOON, _W.POWER_OFF, LEADER), *_BACK, (LATER, _W.RETURNS, NONE)): 2,
    ((REST, _W.REBOOT, FOLLOWER), (NOW, _W.RESTORE, FOLLOWER)): 1,
    (_GONE, *_BACK, (SOON, _W.RESTORE, LEADER), (NOW, _W.POWER_OFF, LEADER), (SOON, _W.POWER_ON, LEADER)): 3,
    (_GONE, *_BACK, (SOON, _W.RESTORE, LEADER), (SOON, _W.REBOOT, LEADER)): 2,
    (_GONE, _OTHER_GONE, (SOON, _W.POWER_ON, LEADER), (SOON, _W.RESTORE, LEADER), _OTHER_BACK_LATE): 2,
    (_MOVED, _GONE, _OTHER_GONE, _OTHER_BACK, (SOON, _W.RESTORE, FOLLOWER), (LATER, _W.POWER_ON, LEADER)): 2,
    (_MOVED, _GONE, *_BACK, _OTHER_GONE, _OTHER_BACK_LATE): 2,
    (_MOVED, _MOVED_BACK, _OTHER_GONE, _OTHER_BACK, _GONE, *_BACK): 2,
    (_RESTORED, _GONE, *_BACK, _RESTORED, _OTHER_GONE, _OTHER_BACK): 1,
    (_GONE, *_BACK, (REST, _W.POWER_OFF, FOLLOWER), _OTHER_BACK_LATE, _GONE, *_BACK): 3,
    (_MOVED, _RESTORED, _MOVED, _RESTORED): 2,
    (_MOVED, _OTHER_GONE, _OTHER_BACK_LATE, _RESTORED): 2,
    (_GONE, *_BACK, _RESTORED, (REST, _W.POWER_OFF, "P"), (AWAY, _W.POWER_ON, "P")): 3,
    ((REST, _W.CRASH, LEADER), *_BACK, (REST, _W.CRASH, FOLLOWER), _OTHER_BACK_LATE): 2,
    ((REST, _W.FREEZE, LEADER), (SOON, _W.THAW, LEADER), (NOW, _W.FREEZE, LEADER), (SOON, _W.THAW, LEADER)): 2,
}
"""What happens, step by step, and how often it is drawn, in proportion. Roles are those at the chapter's beginning."""


def chapter(chance: Random, leader: str) -> list[Line]:
    """Draw a chapter, in which this unit leads at first."""
    steps = chance.choices(list(CHAPTERS), list(CHAPTERS.values()))[0]
    drawn: dict[What, Happening] = {}
    lines = []
    for gap, what, who, *words in steps:
        unit = {LEADER: leader, FOLLOWER: OTHER[leader]}.get(who, who)
        if what is What.ADDED and what in drawn:
            happening = next(each for each in of_kind(what) if each.value != drawn[what].value)
        else:
            happening = drawn[what] = drawn.get(what) or _draw(chance, what, drawn, *words)
        lines.append(Line(round(chance.uniform(*gap), 1), replace(happening, unit=unit)))
    return lines


def _draw(chance: Random, what: What, drawn: dict[What, Happening], words: str = "") -> Happening:
    """Draw one of a kind, said with these words: about the link and the value of what has come before it."""
    links = {each.link for each in drawn.values()} - {None}
    values = {each.value for each in drawn.values()} - {""}
    about = [each for each in of_kind(what) if words in str(each)]
    for fitting in (
        [each for each in about if each.link in links],
        [each for each in about if each.value in values],
        [each for each in about if each.port is not Port.HEARTBEAT],
    ):
        about = [each for each in about if each in fitting] or about
    return chance.choice(about)


def last_leader(lines: Sequence[Line], leader: str) -> str:
    """The unit that leads after these lines, as things should go, where `leader` did before."""
    for line in lines:
        happening = line.happening
        lost = happening.what in {What.POWER_OFF, What.SHUTDOWN, What.CRASH, What.FAILOVER}
        if (lost and happening.unit == leader) or happening.what is What.FAILOVER:
            leader = OTHER[leader]
        elif happening.what is What.RESTORE:
            leader = "P"
    return leader
