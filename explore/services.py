"""Draws stories of pairs whose units monitor services of each other, which may also serve as a heartbeat."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from explore.changes import FOLLOWER, LEADER, Acts, tell
from explore.pair import Settings
from lab.contract import Service
from lab.schedule import Line, Schedule, What

_SERVICES = {
    Service.SMTP: What.SERVICE,
    Service.HTTP: What.HTTP_SERVICE,
    Service.POP3: What.POP3_SERVICE,
}
"""Services that a pair may monitor, and what lets each fail."""

_L, _F, _W = LEADER, FOLLOWER, What
_ANY = What.SERVICE
"""Stands for a failure of any service."""

_FAILS = ((8, _ANY, _L), (10, _W.MENDED, _L))
_SHORT = ((1.2, _ANY, _L), (0.6, _W.MENDED, _L))
_CUT, _WHOLE = (8, _W.BOTH_SILENT, ""), (8, _W.BOTH_RETURN, "")

_ACTS: dict[Acts, int] = {
    _FAILS: 5,
    (*_FAILS, (9, _W.FAILOVER, _F)): 2,
    ((8, _ANY, _L), (8, _ANY, _F), (25, _W.MENDED, _F), (8, _W.MENDED, _L)): 3,
    ((8, _ANY, _F), (10, _W.MENDED, _F)): 1,
    ((8, _W.MAIL, ""), *(_SHORT * 4)): 2,
    ((8, _ANY, _L), *((0.7, _W.DETECTION, _F),) * 4, (4, _W.MENDED, _L)): 2,
    ((8, _W.ON_FAILURE, _L), (2, _ANY, _L), (10, _W.MENDED, _L)): 3,
    (_CUT, _WHOLE): 4,
    (_CUT, _WHOLE, _CUT, _WHOLE): 2,
    (_CUT, (8, _ANY, _L), (10, _W.MENDED, _L), _WHOLE): 4,
    (_CUT, *((2.5, _ANY, _L), (0.6, _W.MENDED, _L)) * 2, _WHOLE): 2,
    (_CUT, (8, _W.POWER_OFF, _L), (12, _W.BOTH_RETURN, ""), (1, _W.POWER_ON, _L)): 3,
    (_CUT, _WHOLE, *_FAILS): 3,
    (_CUT, (8, _W.LEAVE, _L), (8, _W.BOTH_RETURN, ""), (2, _W.ENTER, _L)): 1,
    ((8, _W.LEAVE, _L), (8, _W.ENTER, _L), (14, _W.RESTORE, "P"), (14, _W.BOTH_SILENT, ""), _WHOLE): 2,
    (_CUT, (4, _W.CHANGE, _L), (4, _W.SYNC, _L), _WHOLE): 1,
    ((8, _W.SILENT, ""), (4, _W.CHANGE, _L), (8, _W.RETURNS, "")): 2,
    ((8, _W.PULLED, _F), (6, _W.BOTH_SILENT, ""), (8, _W.BOTH_RETURN, ""), (1, _W.PLUGGED, _F)): 2,
    ((8, _W.POWER_OFF, _L), (12, _W.POWER_ON, _L)): 3,
    ((8, _W.FAILOVER, _L),): 2,
    ((8, _W.BOOT_TIME, _L), (0, _W.REBOOT, _L), (20, _W.MAIL, "")): 3,
    ((8, _W.MAIL_PULLED, _L), (8, _W.MAIL_PLUGGED, _L)): 3,
    ((8, _W.MAIL_PULLED, _F), (8, _W.MAIL_PLUGGED, _F)): 1,
    ((8, _W.UNWATCHED, _F), (2, _ANY, _L), (10, _W.MENDED, _L), (3, _W.WATCHED, _F)): 4,
    ((8, _ANY, _L), (0.8, _W.UNWATCHED, _F), (0.5, _W.MENDED, _L), (0.5, _ANY, _L), (0.3, _W.WATCHED, _F)): 2,
    ((8, _W.STANDS_IN, _F), *_FAILS): 1,
    (_CUT, (6, _W.STANDS_IN, _F), (6, _W.BOTH_RETURN, "")): 3,
    ((8, _W.UNWATCHED, _F), (3, _W.BOTH_SILENT, ""), (8, _W.BOTH_RETURN, ""), (3, _W.WATCHED, _F)): 3,
    ((8, _W.RETRIES, _L), (2, _ANY, _L), (10, _W.MENDED, _L)): 1,
    ((8, _W.SHUTDOWN, _F), (5, _W.POWER_ON, _F)): 1,
}
"""What may happen to such a pair, and how often it is drawn, in proportion; roles are those at its beginning."""


def served(chance: Random, settings: Settings) -> tuple[Settings, Schedule]:
    """Draw a pair that monitors services, and its story. A service is asked at its unit's own address, which stays."""
    services = tuple(chance.sample(list(_SERVICES), chance.choice((1, 2, 2, 3))))
    more = (("remote-services-as-heartbeat", "enable"),) if chance.random() < 0.6 else ()  # noqa: PLR2004
    pair = replace(settings, services=services, action="add", more=more, keeps_data="")
    names = {LEADER: "P", FOLLOWER: "S"}
    lines: list[Line] = []
    for _ in range(chance.randint(2, 4)):
        acts = chance.choices(list(_ACTS), list(_ACTS.values()))[0]
        word = chance.choice(("refusals", "refusals", "silence"))
        asked = chance.choice(services).value
        for line in tell(chance, acts, names, ""):
            it = line.happening
            if it.what is _ANY:
                fails = chance.choice((Service(asked), *services, *_SERVICES))
                it = replace(it, what=_SERVICES[fails], value=word)
            elif it.what in {_W.UNWATCHED, _W.WATCHED}:
                it = replace(it, value=asked)
            lines.append(replace(line, happening=it))
        if any(what in {_ANY, _W.FAILOVER, _W.POWER_OFF, _W.MAIL_PULLED} for _, what, who in acts if who == _L):
            names = {LEADER: names[FOLLOWER], FOLLOWER: names[LEADER]}
    return pair, tuple(lines)
