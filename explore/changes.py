"""Draws stories of settings that change while a pair is in a certain state, which then ends.

Whether a unit heeds a setting depends on how it has come to its role, and may show only at a later event. So each such
story comes to a state, changes a few settings there, lets the state end, and brings one more event about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from explore.pair import Settings
from lab.contract import Rank
from lab.schedule import (
    BASE_PORTS,
    DETECTION_TIMES,
    FAILOVER_ACTIONS,
    INTERVALS,
    ON_FAILURES,
    OTHER_PASSWORDS,
    RETRIES,
    Happening,
    Line,
    Schedule,
    What,
)

Acts = tuple[tuple[float, What, str], ...]
"""What happens, in order: seconds before it, its kind, and the unit (P, S, or the one that leads or follows)."""

LEADER, FOLLOWER, _P, _S = "leader", "follower", "P", "S"

_HOLD_OFF = 905.0
"""Seconds after which a hold-off has run out. Source: HA-522."""

_SOON, _SHOWN, _REST = (0.0, 2.5), (3.0, 7.0), (7.0, 14.0)
"""Seconds between changes, after which one that parts the units shows, and a pair has mostly come to rest."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of a pair: what brings it about (each with its gap), what ends it, and how often it is drawn."""

    begins: Acts
    ends: Acts = ()
    weight: int = 4
    leader: str = _P
    """The unit that leads in it, as things should go."""
    value: str = ""
    """The on-failure that it needs, "" for any."""
    monitored: bool = False
    """Whether it needs monitoring."""


_WHILE = 6.0
"""Seconds after which a takeover has come, whatever the detection time, and half a start."""

STATES = (
    State(()),
    State(((8, What.FAILOVER, _P),), leader=_S, weight=6),
    State(((8, What.FAILOVER, _P), (9, What.RESTORE, _P)), weight=5),
    State(((8, What.POWER_OFF, _P), (_WHILE, What.POWER_ON, _P)), leader=_S, weight=6),
    State(((8, What.POWER_OFF, _P), (_WHILE, What.POWER_ON, _P), (12, What.RESTORE, _P)), weight=3),
    State(((8, What.POWER_OFF, _S), (_WHILE, What.POWER_ON, _S)), weight=3),
    State(((8, What.POWER_OFF, _P),), ((5, What.POWER_ON, _P),), leader=_S, weight=6),
    State(((8, What.POWER_OFF, _S),), ((5, What.POWER_ON, _S),), weight=5),
    State(((8, What.FAILOVER, _P), (8, What.POWER_OFF, _P)), ((5, What.POWER_ON, _P),), leader=_S, weight=5),
    State(((8, What.FAILOVER, _P), (8, What.POWER_OFF, _S)), ((5, What.POWER_ON, _S),)),
    State(((8, What.REBOOT, _P),), weight=3),
    State(((8, What.REBOOT, _S),), weight=3),
    State(((8, What.RELOAD, _P),), weight=2),
    State(((8, What.UPGRADE, _P),), weight=2),
    State(((8, What.BOOT_TIME, _P), (0, What.REBOOT, _P)), ((7, What.BOOT_TIME, _S),), leader=_S, weight=5),
    State(
        ((8, What.BOOT_TIME, _P), (0, What.REBOOT, _P), (1, What.POWER_OFF, _P), (_HOLD_OFF, What.CHANGE, _S)),
        ((3, What.POWER_ON, _P),),
        leader=_S,
        weight=3,
    ),
    State(
        ((8, What.MAIL_PULLED, _P),),
        ((4, What.MAIL_PLUGGED, _P),),
        leader=_S,
        weight=8,
        monitored=True,
    ),
    State(((8, What.MAIL_PULLED, _P), (8, What.MAIL_PLUGGED, _P)), leader=_S, weight=8, monitored=True),
    State(((8, What.FAILOVER, _P), (8, What.MAIL_PULLED, _S), (8, What.MAIL_PLUGGED, _S)), weight=7, monitored=True),
    State(
        ((8, What.ON_FAILURE, _P), (1, What.POWER_OFF, _P), (_WHILE, What.POWER_ON, _P)),
        ((8, What.RESTART, _P),),
        leader=_S,
        weight=6,
        value="off",
    ),
    State(((8, What.LEAVE, _P),), ((8, What.ENTER, _P),), leader=_S, weight=4),
    State(((8, What.LEAVE, _S),), ((8, What.ENTER, _S),), weight=4),
    State(((8, What.LEAVE, _S), (8, What.ENTER, _S)), weight=2),
    State(((8, What.BOTH_SILENT, ""), (0, What.REBOOT, _S)), ((3, What.BOTH_RETURN, ""),), weight=3),
    State(((8, What.BOTH_SILENT, ""),), ((8, What.BOTH_RETURN, ""), (3, What.RESTORE, _S)), weight=3),
    State(((8, What.SILENT, ""),), ((8, What.RETURNS, ""),), weight=3),
    State(((8, What.POWER_OFF, _S), (3, What.RESTART, _P)), ((16, What.POWER_ON, _S),), weight=4),
    State(
        ((8, What.ON_FAILURE, _P), (1, What.MAIL_PULLED, _P), (8, What.MAIL_PLUGGED, _P)),
        ((8, What.RESTART, _P),),
        leader=_S,
        weight=4,
        value="off",
        monitored=True,
    ),
)
"""States of a pair, each told as to a pair whose configured primary leads."""

_EVENTS: tuple[Acts, ...] = (
    (),
    ((0, What.FAILOVER, LEADER),),
    ((0, What.RESTORE, LEADER),),
    ((0, What.POWER_OFF, LEADER), (9, What.POWER_ON, LEADER)),
    ((0, What.POWER_OFF, LEADER), (9, What.POWER_ON, LEADER)),
    ((0, What.FAILOVER, LEADER), (8, What.POWER_OFF, FOLLOWER), (9, What.POWER_ON, FOLLOWER)),
    ((0, What.MAIL_PULLED, LEADER), (8, What.MAIL_PLUGGED, LEADER)),
    ((0, What.POWER_OFF, FOLLOWER), (4, What.POWER_ON, FOLLOWER), (12, What.FAILOVER, LEADER)),
    ((0, What.LEAVE, LEADER), (8, What.ENTER, LEADER)),
    ((0, What.REBOOT, FOLLOWER),),
    ((0, What.RESTART, FOLLOWER),),
)
"""Events at which a setting may show that was changed before."""

_SAME = ("P", "S")

_BEFORE = 0.4
"""Share of the states to which a pair comes by way of another one."""

_GROUPS = 0.12
"""Share of these stories in which the pair becomes a config-only group."""

_KEPT_OFF = 0.22
"""Share of these stories in which an on-failure keeps a unit off, over one restart after the other."""

_GOES_DOWN: tuple[Acts, ...] = (
    ((8, What.RELOAD, LEADER),),
    ((8, What.REBOOT, LEADER),),
    ((8, What.UPGRADE, LEADER),),
    ((8, What.POWER_OFF, LEADER), (3, What.POWER_ON, LEADER)),
    ((8, What.CRASH, LEADER), (3, What.POWER_ON, LEADER)),
    ((8, What.SHUTDOWN, LEADER), (5, What.POWER_ON, LEADER)),
)
"""How a unit that is kept off goes down, and comes back."""

_RELEASES: tuple[Acts, ...] = (
    ((10, What.RESTART, LEADER),),
    ((10, What.RESTART, LEADER),),
    ((10, What.RESTORE, LEADER),),
    ((10, What.RESTORE, FOLLOWER),),
    ((10, What.LEAVE, LEADER), (2, What.ENTER, LEADER)),
    ((10, What.POWER_OFF, FOLLOWER), (6, What.RESTART, LEADER), (21, What.POWER_ON, FOLLOWER)),
    ((10, What.POWER_OFF, FOLLOWER), (6, What.RESTORE, LEADER), (21, What.POWER_ON, FOLLOWER)),
    ((10, What.FAILOVER, FOLLOWER),),
)
"""What may release it."""

_HOLDS_OFF = 0.18
"""Share of these stories in which a unit holds off; now and then fifteen minutes pass, then or afterwards."""

_PLANNED = (What.REBOOT, What.REBOOT, What.RELOAD, What.UPGRADE)
"""What lets the peer hold off."""

_IN_HOLD_OFF: tuple[Acts, ...] = (
    (),
    (),
    ((1, What.FAILOVER, FOLLOWER),),
    ((1, What.RESTORE, FOLLOWER),),
    ((1, What.RESTART, FOLLOWER),),
    ((1, What.SYNC, FOLLOWER),),
    ((1, What.REBOOT, FOLLOWER),),
    ((1, What.POWER_OFF, FOLLOWER), (2, What.POWER_ON, FOLLOWER)),
    ((1, What.LEAVE, FOLLOWER), (3, What.ENTER, FOLLOWER)),
    ((1, What.MAIL_PULLED, FOLLOWER), (4, What.MAIL_PLUGGED, FOLLOWER)),
    ((1, What.SILENT, ""), (14, What.RETURNS, "")),
    ((1, What.FREEZE, FOLLOWER), (4, What.THAW, FOLLOWER)),
)
"""What happens while a unit holds off."""

_ALONE: tuple[Acts, ...] = (
    (),
    ((2, What.MAIL_PULLED, FOLLOWER), (6, What.MAIL_PLUGGED, FOLLOWER)),
    ((2, What.LEAVE, FOLLOWER), (4, What.ENTER, FOLLOWER)),
    ((2, What.RESTORE, FOLLOWER),),
    ((2, What.FAILOVER, FOLLOWER),),
    ((2, What.RELOAD, FOLLOWER),),
    ((2, What.POWER_OFF, FOLLOWER), (4, What.POWER_ON, FOLLOWER)),
)
"""What happens while a unit leads alone since its hold-off has run out."""

_IN_A_GROUP: tuple[Acts, ...] = (
    ((0, What.CHANGE, _P),),
    ((0, What.CHANGE, _P), (0.1, What.CHANGE, _P)),
    ((0, What.CHANGE, _P), (0.3, What.CHANGE, _P), (0.2, What.CHANGE, _P)),
    ((0, What.LEAVE, _P), (2, What.CHANGE, _P), (2, What.GROUPED, _P)),
    ((0, What.SHUTDOWN, _S), (2, What.LEAVE, _P), (2, What.CHANGE, _P), (1, What.GROUPED, _P), (1, What.POWER_ON, _S)),
    ((0, What.LEAVE, _S), (6, What.CHANGE, _P), (4, What.GROUPED, _S)),
    ((0, What.POWER_OFF, _P), (6, What.POWER_ON, _P)),
    ((0, What.POWER_OFF, _S), (6, What.POWER_ON, _S)),
    ((0, What.POWER_OFF, _S), (3, What.CHANGE, _P), (3, What.POWER_ON, _S)),
    ((0, What.REBOOT, _P),),
    ((0, What.REBOOT, _S),),
    ((0, What.UPGRADE, _S),),
    ((0, What.UPGRADE, _P),),
    ((0, What.BOTH_SILENT, ""), (2, What.CHANGE, _P), (4, What.BOTH_RETURN, "")),
    ((0, What.MAIL_PULLED, _P), (5, What.MAIL_PLUGGED, _P)),
    ((0, What.MAIL_PULLED, _S), (5, What.MAIL_PLUGGED, _S)),
    ((0, What.FAILOVER, _P),),
    ((0, What.FAILOVER, _S),),
    ((0, What.RESTORE, _P),),
    ((0, What.RESTART, _P),),
    ((0, What.RESTART, _S),),
    ((0, What.SYNC, _P),),
    ((0, What.SYNC, _S), (1, What.SYNC, _S)),
    ((0, What.BASE_PORT, _P), (0.2, What.BASE_PORT, _S)),
    ((0, What.ESTRANGED, _P), (0.2, What.ESTRANGED, _S)),
    ((0, What.MISLED, _P),),
    ((0, What.LEAVE, _S), (4, What.GROUPED, _S)),
    ((0, What.LEAVE, _P), (4, What.GROUPED, _P)),
    ((0, What.MONITOR, _P), (0.2, What.CHECKS, _P), (1, What.MAIL_PULLED, _P), (8, What.MAIL_PLUGGED, _P)),
    ((0, What.FAILOVER_ACTION, _P),),
    ((0, What.ON_FAILURE, _P), (1, What.POWER_OFF, _P), (4, What.POWER_ON, _P)),
)
"""What happens in a config-only group."""


def changed(chance: Random, settings: Settings) -> Schedule:
    """Draw a story: a state, changes in it, its end, and what shows them."""
    kind = chance.random()
    if kind < _GROUPS:
        return _grouped(chance, settings)
    if kind < _GROUPS + _KEPT_OFF:
        return _kept_off(chance, settings)
    if kind < _GROUPS + _KEPT_OFF + _HOLDS_OFF:
        return _holds_off(chance, settings)
    names = {LEADER: _P, FOLLOWER: _S}
    lines: list[Line] = []
    if chance.random() < _BEFORE:
        before = _state(chance, settings)
        lines += [*_in_state(chance, before, names), *tell(chance, before.ends, names, before.value)]
    state = _state(chance, settings)
    lines += _in_state(chance, state, names)
    after = chance.uniform(*_SOON) if state.ends or chance.random() < 0.3 else chance.uniform(*_REST)  # noqa: PLR2004
    later: list[Line] = []
    parted = False
    for number in range(chance.randint(2, 4)):
        gap = after if number == 0 else chance.uniform(*_SOON)
        now, then = _change(chance, names, settings)
        if now[0].what in _PARTING:
            if parted:
                continue
            parted = True
        lines.extend(Line(round(gap if place == 0 else 0.2, 1), each) for place, each in enumerate(now))
        later.extend(
            Line(round(chance.uniform(*(_SOON if place else _SHOWN)), 1), each) for place, each in enumerate(then)
        )
    if chance.random() < 0.3:  # noqa: PLR2004
        lines.extend(later)
        later = []
    lines.extend(tell(chance, state.ends, names, state.value))
    lines.extend(later)
    for _ in range(chance.choice((1, 2, 2))):
        event = tell(chance, _event(chance, lines, settings), names, "")
        first = next(event, None)
        if first is not None:
            lines.extend([Line(round(chance.uniform(*_REST), 1), first.happening), *event])
    return tuple(lines)


def _state(chance: Random, settings: Settings) -> State:
    """Draw a state that such a pair can be in."""
    known = [state for state in STATES if settings.monitoring or not state.monitored]
    return chance.choices(known, [each.weight for each in known])[0]


def _in_state(chance: Random, state: State, names: dict[str, str]) -> Iterator[Line]:
    """Tell a state as to the pair whose units are called so, and call them anew: it comes after another state."""
    names |= {_P: names[LEADER], _S: names[FOLLOWER]}
    yield from tell(chance, state.begins, names, state.value)
    names |= {LEADER: names[state.leader], FOLLOWER: names[_S if state.leader == _P else _P]}


def _event(chance: Random, lines: list[Line], settings: Settings) -> Acts:
    """Draw an event: often one in which an on-failure or monitoring shows, where that was changed."""
    changed_ones = {line.happening.what for line in lines}
    often = 0.5 if changed_ones & _AT_A_FAULT else 0.25
    if settings.disks and chance.random() < often:
        return chance.choice(_DISK_FAULTS)
    if settings.monitoring and chance.random() < often:
        return chance.choice(_FAULTS)
    return chance.choice(_EVENTS)


_FAULTS: tuple[Acts, ...] = (
    ((0, What.MAIL_PULLED, LEADER), (9, What.MAIL_PLUGGED, LEADER)),
    ((0, What.FAILOVER, LEADER), (8, What.MAIL_PULLED, FOLLOWER), (9, What.MAIL_PLUGGED, FOLLOWER)),
    tuple((0.8, what, LEADER) for what in (What.MAIL_PULLED, What.MAIL_PLUGGED) * 3),
)
"""Faults of an interface, the last of which are too short to count."""

_DISK_FAULTS: tuple[Acts, ...] = (
    ((0, What.DISK_FAILS, LEADER), (9, What.DISK_WORKS, LEADER)),
    ((0, What.FAILOVER, LEADER), (8, What.DISK_FAILS, FOLLOWER), (12, What.DISK_WORKS, FOLLOWER)),
    tuple((0.8, what, LEADER) for what in (What.DISK_FAILS, What.DISK_WORKS) * 3),
)
"""The same of a mail disk."""

_AT_A_FAULT = {What.INTERVAL, What.DISK, What.ON_FAILURE, What.MONITOR, What.CHECKS, What.RETRIES}
"""Settings that show when an interface fails."""


def _holds_off(chance: Random, settings: Settings) -> Schedule:
    """Draw a story of planned restarts, during which the peer holds off, perhaps until that has run out."""
    leads = chance.choice("PPS")
    names = {LEADER: leads, FOLLOWER: "S" if leads == "P" else "P"}
    told: list[Acts] = [((8, What.FAILOVER, _P),)] if leads == "S" else []
    if chance.random() < 0.5:  # noqa: PLR2004
        told.append(((8, chance.choice(_PLANNED), LEADER),))
    told.append(((9, What.BOOT_TIME, LEADER), (0, chance.choice(_PLANNED), LEADER)))
    changes: list[Line] = []
    ends: list[Acts] = []
    if chance.random() < 0.3:  # noqa: PLR2004
        told.append(((1, What.POWER_OFF, LEADER), (_HOLD_OFF, What.CHANGE, FOLLOWER)))
        ends = [chance.choice(_ALONE), ((5, What.POWER_ON, LEADER),)]
    else:
        told.append(chance.choice(_IN_HOLD_OFF))
        ends = [((_HOLD_OFF, What.CHANGE, LEADER),)] if chance.random() < 0.15 else []  # noqa: PLR2004
    lines = [line for each in told for line in tell(chance, each, names, "")]
    if chance.random() < 0.5:  # noqa: PLR2004
        now, then = _change(chance, names, settings)
        changes = [Line(round(chance.uniform(*_SOON), 1), each) for each in (*now, *then)]
    lines += [*changes, *(line for each in ends for line in tell(chance, each, names, ""))]
    event = list(tell(chance, _event(chance, lines, settings), names, ""))
    if event:
        lines += [Line(round(chance.uniform(9.0, 16.0), 1), event[0].happening), *event[1:]]
    if chance.random() < 0.4:  # noqa: PLR2004
        lines += tell(chance, ((9, chance.choice(_PLANNED), LEADER),), names, "")
    return tuple(lines)


def _grouped(chance: Random, settings: Settings) -> Schedule:
    """Draw a story of a pair that becomes a config-only group, and perhaps a pair again."""
    lines: list[Line] = []
    names = {LEADER: _P, FOLLOWER: _S}
    if chance.random() < 0.5:  # noqa: PLR2004
        kept_off = [state for state in STATES if state.value and (settings.monitoring or not state.monitored)]
        before = chance.choice(kept_off) if chance.random() < 0.3 else _state(chance, settings)  # noqa: PLR2004
        lines.extend(tell(chance, before.begins, names, before.value))
        if chance.random() < (0.3 if before.value else 0.7):
            lines.extend(tell(chance, before.ends, names, before.value))
    for place, unit in enumerate(chance.sample(_SAME, 2)):
        lines.append(Line(round(chance.uniform(*(_SOON if place else _REST)), 1), Happening(What.GROUPED, unit)))
    for _ in range(chance.randint(1, 3)):
        event = list(tell(chance, chance.choice(_IN_A_GROUP), names, ""))
        first = Line(round(chance.uniform(*_REST), 1), event[0].happening)
        lines.extend([first, *event[1:]])
    if chance.random() < 0.5:  # noqa: PLR2004
        for place, unit in enumerate(chance.sample(_SAME, 2)):
            lines.append(Line(round(chance.uniform(*(_SOON if place else _REST)), 1), Happening(What.ENTER, unit)))
    return tuple(lines)


def _kept_off(chance: Random, settings: Settings) -> Schedule:
    """Draw a story of a unit that fails, goes down again and again, and is released, perhaps to go down once more."""
    fails = chance.choice("PPS")
    names = {LEADER: fails, FOLLOWER: "S" if fails == "P" else "P"}
    failure: Acts = ((1, What.POWER_OFF, LEADER), (_WHILE, What.POWER_ON, LEADER))
    if settings.monitoring and chance.random() < 0.5:  # noqa: PLR2004
        failure = ((1, What.MAIL_PULLED, LEADER), (7, What.MAIL_PLUGGED, LEADER))
    told: list[Acts] = [((8, What.FAILOVER, _P),)] if fails == "S" else []
    told += [((4, What.ON_FAILURE, LEADER),), failure]
    early = sum(map(len, told))
    told += [*chance.choices(_GOES_DOWN, k=chance.choice((0, 1, 1, 2)))]
    if chance.random() < 0.7:  # noqa: PLR2004
        told += [chance.choice(_RELEASES), *chance.choices(_GOES_DOWN, k=chance.choice((0, 1, 1)))]
    word = "off" if chance.random() < 0.8 else chance.choice(ON_FAILURES)  # noqa: PLR2004
    lines = [line for each in told for line in tell(chance, each, names, word)]
    if chance.random() < 0.5:  # noqa: PLR2004
        now, then = _change(chance, names, settings)
        place = chance.choice((early, chance.randint(len(lines) // 2, len(lines))))
        lines[place:place] = [Line(round(chance.uniform(*_SOON), 1), each) for each in (*now, *then)]
    return tuple(lines)


def tell(chance: Random, acts: Acts, names: dict[str, str], value: str) -> Iterator[Line]:
    """Make the lines of what happens; each kind has one value, which is drawn where it matters and none is given."""
    drawn: dict[What, str] = {What.ON_FAILURE: value} if value else {}
    rank = chance.choice(list(Rank))
    for gap, what, who in acts:
        after = round(gap * chance.uniform(1.0, 1.3), 1) if gap < _HOLD_OFF else gap
        link = rank if None not in what.value.links else None
        if what not in drawn:
            drawn[what] = _WANTED.get(what) or chance.choice(what.value.values)
        yield Line(after, Happening(what, names.get(who, who), link, value=drawn[what]))


def _change(chance: Random, names: dict[str, str], settings: Settings) -> tuple[list[Happening], list[Happening]]:
    """Draw a change of settings: what is entered now, and what ends it where it must end."""
    unit = chance.choice((names[LEADER], names[LEADER], names[FOLLOWER]))
    what = chance.choices(list(_CHANGED), list(_CHANGED.values()))[0]
    links = chance.choice(([Rank.PRIMARY], [Rank.SECONDARY], list(Rank)))
    both = chance.sample(_SAME, 2) if chance.random() < 0.5 else [unit]  # noqa: PLR2004
    match what:
        case What.BASE_PORT:
            used = dict(settings.more).get("hb-base-port", BASE_PORTS[0])
            port = chance.choice([each for each in BASE_PORTS if each != used])
            told = [Happening(what, each, value=port) for each in chance.sample(_SAME, 2)]
            return told, told  # once more, on a unit that did not answer
        case What.ESTRANGED:
            word = chance.choice(OTHER_PASSWORDS)
            told = [Happening(what, each, value=word) for each in chance.sample(_SAME, 2)]
            return told, told
        case What.MISLED | What.UNUSED:
            end = What.CORRECTED if what is What.MISLED else What.USED
            return [Happening(what, unit, link) for link in links], [Happening(end, unit, link) for link in links]
        case What.LEAVE:
            return [Happening(what, unit)], [Happening(What.ENTER, unit)]
        case What.FAILOVER_ACTION:
            return [Happening(what, names[LEADER], value=chance.choice(FAILOVER_ACTIONS))], []
        case What.SHARES_SIX | What.SHARES_NO_SIX:
            return [Happening(what, names[LEADER])], []
    value = chance.choice(_VALUES[what])
    return [Happening(what, each, value=value) for each in both], []


_CHANGED = {
    What.ON_FAILURE: 5,
    What.DETECTION: 5,
    What.BASE_PORT: 4,
    What.MISLED: 4,
    What.UNUSED: 3,
    What.ESTRANGED: 2,
    What.FAILOVER_ACTION: 7,
    What.SHARES_SIX: 3,
    What.SHARES_NO_SIX: 2,
    What.LEAVE: 3,
    What.DATA_SYNC: 2,
    What.MONITOR: 4,
    What.CHECKS: 2,
    What.RETRIES: 2,
    What.INTERVAL: 2,
    What.DISK: 2,
}
"""How often each kind of setting is changed, in proportion."""

_PARTING = {What.MISLED, What.UNUSED, What.LEAVE, What.ESTRANGED}
"""Settings with which the units hear each other less, so that others show less: one of them is enough."""

_WANTED = {What.BOOT_TIME: "10", What.MONITOR: "enable", What.CHECKS: "enable", What.BASE_PORT: "31000"}
"""Values of what is to bring a state about."""

_VALUES = {
    What.ON_FAILURE: ON_FAILURES,
    What.DETECTION: DETECTION_TIMES,
    What.DATA_SYNC: ("enable", "disable"),
    What.MONITOR: ("enable", "disable"),
    What.CHECKS: ("enable", "disable"),
    What.RETRIES: RETRIES,
    What.INTERVAL: INTERVALS,
    What.DISK: ("enable", "enable", "disable"),
}
