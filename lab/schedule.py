"""What can happen to a pair, in words and as values: the vocabulary of schedules, which any lab can carry out.

A schedule is a list of happenings with the seconds that pass before each. Its words stand in feature files (the table
of `steps.schedule`) and are what `explore` draws from; `lab.hands` carries a happening out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product

from lab.contract import Capability, Port, Rank
from lab.standard_pair import PAIR

BOOT_TIMES = (1, 4, 10)
"""Seconds that a start may be made to take."""

DELAYS = (0.5, 2)
"""Seconds by which a link may be made slow."""

DETECTION_TIMES = (2, 3, 5, 8)
"""Seconds that an operator may set as hb-lost-threshold."""

ON_FAILURE = ("off", "restore-role", "become-secondary")


class What(Enum):
    """Each kind of happening, by its sentence; {unit}, {link}, {port} and {value} are filled in."""

    POWER_OFF = "the {unit} loses power"
    POWER_ON = "the {unit} gets its power back"
    CRASH = "the HA software of the {unit} crashes"
    FREEZE = "the {unit} freezes"
    THAW = "the {unit} goes on"
    BOOT_TIME = "a start of the {unit} takes {value} seconds from now on"
    SILENT = "the {link} heartbeat link falls silent"
    BOTH_SILENT = "both heartbeat links fall silent"
    REFUSING = "the {link} heartbeat link refuses connections"
    DEAF = "the {link} heartbeat link no longer reaches the {unit}"
    BOTH_DEAF = "both heartbeat links no longer reach the {unit}"
    PORT_SILENT = "the {port} port of the {link} heartbeat link falls silent"
    UNEVEN = "the {link} heartbeat link becomes 1 second slow, give or take as much"
    THIN = "the {link} heartbeat link carries 1000 bytes in a second"
    SLOW = "the {link} heartbeat link becomes {value} seconds slow"
    RETURNS = "the {link} heartbeat link returns"
    BOTH_RETURN = "both heartbeat links return"
    PULLED = "the {link} heartbeat cable of the {unit} is pulled"
    PLUGGED = "the {link} heartbeat cable of the {unit} is plugged in"
    MAIL_PULLED = "the mail cable of the {unit} is pulled"
    MAIL_PLUGGED = "the mail cable of the {unit} is plugged in"
    REBOOT = "an operator reboots the {unit}"
    RELOAD = "an operator reloads the {unit}"
    SHUTDOWN = "an operator shuts the {unit} down"
    UPGRADE = "an operator installs the next release on the {unit}"
    FAILOVER = "an operator forces a failover on the {unit}"
    RESTORE = "an operator restores the configured mode on the {unit}"
    RESTART = "an operator restarts HA on the {unit}"
    SYNC = "an operator starts a synchronization on the {unit}"
    LEAVE = "an operator takes the {unit} out of the group"
    ENTER = "an operator puts the {unit} into the group"
    ON_FAILURE = "an operator sets on-failure of the {unit} to {value}"
    DETECTION = "an operator sets the detection time of the {unit} to {value} seconds"
    ESTRANGED = "an operator changes the password of the {unit}"
    RECONCILED = "an operator sets the password of the {unit} back"
    CHANGE = "an operator saves a change on the {unit}"
    HELD = "the protected server puts every delivery off"
    TAKEN = "the protected server takes mail again"
    MAIL = "a client sends a message to the virtual address"
    MAIL_TO_UNIT = "a client sends a message to the {unit}"
    STRANGER = "a stranger knocks at the {unit}"


NEEDS = {
    What.POWER_OFF: Capability.POWER,
    What.POWER_ON: Capability.POWER,
    What.CRASH: Capability.CRASH,
    What.FREEZE: Capability.FREEZE,
    What.BOOT_TIME: Capability.BOOT_DELAY,
    What.SILENT: Capability.CUT,
    What.BOTH_SILENT: Capability.CUT,
    What.REFUSING: Capability.REFUSE,
    What.DEAF: Capability.ONE_WAY,
    What.BOTH_DEAF: Capability.ONE_WAY,
    What.PORT_SILENT: Capability.CUT_PORT,
    What.SLOW: Capability.DELAY,
    What.UNEVEN: Capability.DELAY,
    What.THIN: Capability.THROTTLE,
    What.UPGRADE: Capability.UPGRADE,
    What.PULLED: Capability.CABLE,
    What.MAIL_PULLED: Capability.CABLE,
    What.STRANGER: Capability.STRANGER,
}
"""What a lab must be able to do for a happening."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happens: its kind, and the unit ("P", "S"), link, port or value that it concerns."""

    what: What
    unit: str = ""
    link: Rank | None = None
    port: Port | None = None
    value: str = ""

    def __str__(self) -> str:
        """Say it as a feature file does."""
        unit = next((word for word, name in PAIR.called.items() if name == self.unit), "")
        return self.what.value.format(unit=unit, link=self.link, port=self.port, value=self.value)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a schedule: `after` so many seconds since the line before, this happens."""

    after: float
    happening: Happening


Schedule = tuple[Line, ...]


def happenings() -> Mapping[str, Happening]:
    """Every happening there is, by its words."""
    return _ALL


def read(rows: Sequence[Sequence[str]]) -> Schedule:
    """Read a schedule from a table's rows (after, what); raises ValueError naming what it does not know."""
    lines = []
    for after, words in rows:
        if words not in _ALL:
            raise ValueError(f"nothing is known to happen as {words!r}; docs/explore.md lists the words")
        lines.append(Line(float(after), _ALL[words]))
    return tuple(lines)


def write(schedule: Schedule) -> list[str]:
    """Write a schedule as a table of a feature file, head and columns aligned."""
    return aligned([("after", "what"), *((f"{line.after:g}", str(line.happening)) for line in schedule)])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write the rows of a feature file's table, the head first, with their columns aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = ([text.ljust(width) for text, width in zip(row, widths, strict=True)] for row in rows)
    return [f"| {' | '.join(row)} |" for row in padded]


def _every() -> Iterator[Happening]:
    values: dict[What, tuple[object, ...]] = {
        What.BOOT_TIME: BOOT_TIMES,
        What.SLOW: DELAYS,
        What.ON_FAILURE: ON_FAILURE,
        What.DETECTION: DETECTION_TIMES,
    }
    for what in What:
        units = tuple(PAIR.configured) if "{unit}" in what.value else ("",)
        links = tuple(Rank) if "{link}" in what.value else (None,)
        ports = tuple(Port) if "{port}" in what.value else (None,)
        for unit, link, port, value in product(units, links, ports, values.get(what, ("",))):
            yield Happening(what, unit, link, port, str(value))


_ALL = {str(happening): happening for happening in _every()}
