"""The vocabulary of schedules: what can happen to a pair, in words and as values.

A schedule is a list of happenings with the seconds before each. Feature files use its words, as sentences of
their own and in the table of `steps.schedule`, and `explore` draws from them; `lab.schedule_run` carries a
happening out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import product

from lab.contract import Capability, Lab, Port, Rank, Trick
from lab.faults import Fault, FaultKind, Onto, unit_of
from lab.standard_pair import PAIR

BOOT_TIMES = ("1", "4", "10")
"""Durations of a start, in seconds."""

DELAYS = ("0.5", "2")
"""Delays of a link, in seconds."""

DETECTION_TIMES = ("2", "3", "5", "8")
"""Seconds that an operator may set as hb-lost-threshold."""

ON_FAILURES = ("off", "restore-role", "become-secondary")

_FRAMES = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")


class Frame(Enum):
    """The two grammatical forms of a phrase: what happens now, or what has happened before."""

    HAPPENS = 1
    HAPPENED = 2


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words for a kind of happening, and what it does.

    In `words` {unit}, {link}, {port} and {value} are filled in, and `[loses|has lost]` gives both frames. It is a fault
    or an end of one, CLI lines that an operator enters on the unit, or something else that is done to the lab.
    """

    words: str
    fault: Fault | None = None
    """A fault or its end, completed by the words; if these name no link, a link's fault is one of both links."""
    lines: tuple[str, ...] = ()
    """{value}, {mode} (the unit's own) and {number} (which counts the changes of a schedule) are filled in."""
    does: Callable[[Lab, Happening], object] | None = None
    onto: Onto = Onto.ANYTHING
    """Conditions under which it makes sense; for a fault the table of faults has them."""
    needs: Capability | None = None
    """Capabilities that it needs; for a fault the table of faults has them."""
    values: tuple[str, ...] = ("",)
    """Values of {value}."""

    def said(self, frame: Frame = Frame.HAPPENS) -> str:
        """Its words in one frame."""
        return _FRAMES.sub(lambda found: str(found[frame.value]), self.words)


def _ordered(words: str, *lines: str, values: tuple[str, ...] = ("",)) -> Phrase:
    """A phrase for CLI lines that an operator enters on a unit that answers."""
    return Phrase(words, lines=lines, onto=Onto.ANSWERS, values=values)


def _set(words: str, setting: str, values: tuple[str, ...] = ("",)) -> Phrase:
    """A phrase for a setting of `config system ha`."""
    return _ordered(words, "config system ha", f"set {setting}", "end", values=values)


_BLACK_HOLE, _HEAL = Fault(FaultKind.BLACK_HOLE), Fault(FaultKind.HEAL)
_MAIL_CABLE, _MAIL_PLUG = (Fault(kind, value=PAIR.mail) for kind in (FaultKind.CABLE, FaultKind.PLUG))
_UNEVEN = Fault(FaultKind.DELAY, value=1.0, jitter=1.0)
_KNOCK = Fault(FaultKind.STRANGER, link=Rank.PRIMARY, ports=frozenset({Port.HEARTBEAT}), value=Trick.CLAIM.value)


class What(Enum):
    """The kinds of happenings, each with its phrase."""

    POWER_OFF = Phrase("the {unit} [loses|has lost] power", Fault(FaultKind.POWER_OFF))
    POWER_ON = Phrase("the {unit} [gets|has got] its power back", Fault(FaultKind.POWER_ON))
    CRASH = Phrase("the HA software of the {unit} [crashes|has crashed]", Fault(FaultKind.CRASH))
    FREEZE = Phrase("the {unit} [freezes|has frozen]", Fault(FaultKind.FREEZE))
    THAW = Phrase("the {unit} [goes|has gone] on", Fault(FaultKind.THAW))
    BOOT_TIME = Phrase(
        "a start of the {unit} takes {value} seconds from now on",
        does=lambda lab, it: unit_of(lab, it.unit).set_boot_time(float(it.value)),
        needs=Capability.BOOT_DELAY,
        values=BOOT_TIMES,
    )
    SILENT = Phrase("the {link} heartbeat link [falls|has fallen] silent", _BLACK_HOLE)
    BOTH_SILENT = Phrase("both heartbeat links [fall|have fallen] silent", _BLACK_HOLE)
    REFUSING = Phrase("the {link} heartbeat link [refuses|has refused] connections", Fault(FaultKind.REFUSAL))
    DEAF = Phrase("the {link} heartbeat link no longer reaches the {unit}", _BLACK_HOLE)
    BOTH_DEAF = Phrase("both heartbeat links no longer reach the {unit}", _BLACK_HOLE)
    PORT_SILENT = Phrase("the {port} port of the {link} heartbeat link [falls|has fallen] silent", _BLACK_HOLE)
    UNEVEN = Phrase("the {link} heartbeat link [becomes|has become] 1 second slow, give or take as much", _UNEVEN)
    THIN = Phrase("the {link} heartbeat link carries 1000 bytes in a second", Fault(FaultKind.THROTTLE, value=1000.0))
    SLOW = Phrase(
        "the {link} heartbeat link [becomes|has become] {value} seconds slow", Fault(FaultKind.DELAY), values=DELAYS
    )
    RETURNS = Phrase("the {link} heartbeat link [returns|has returned]", _HEAL)
    BOTH_RETURN = Phrase("both heartbeat links [return|have returned]", _HEAL)
    PULLED = Phrase("the {link} heartbeat cable of the {unit} [is|has been] pulled", Fault(FaultKind.CABLE))
    PLUGGED = Phrase("the {link} heartbeat cable of the {unit} [is|has been] plugged in", Fault(FaultKind.PLUG))
    MAIL_PULLED = Phrase("the mail cable of the {unit} [is|has been] pulled", _MAIL_CABLE)
    MAIL_PLUGGED = Phrase("the mail cable of the {unit} [is|has been] plugged in", _MAIL_PLUG)
    REBOOT = _ordered("an operator [reboots|has rebooted] the {unit}", "execute reboot", "y")
    RELOAD = _ordered("an operator [reloads|has reloaded] the {unit}", "execute reload", "y")
    SHUTDOWN = _ordered("an operator [shuts|has shut] the {unit} down", "execute shutdown", "y")
    UPGRADE = Phrase(
        "an operator [installs|has installed] the next release on the {unit}",
        does=lambda lab, it: unit_of(lab, it.unit).install(lab.releases[-1]),
        onto=Onto.ANSWERS,
        needs=Capability.UPGRADE,
    )
    FAILOVER = _ordered("an operator [forces|has forced] a failover on the {unit}", "diagnose system ha failover")
    RESTORE = _ordered(
        "an operator [restores|has restored] the configured mode on the {unit}", "diagnose system ha restore"
    )
    RESTART = _ordered("an operator [restarts|has restarted] HA on the {unit}", "diagnose system ha restart")
    SYNC = _ordered("an operator [starts|has started] a synchronization on the {unit}", "diagnose system ha sync")
    LEAVE = _set("an operator [takes|has taken] the {unit} out of the group", "mode off")
    ENTER = _set("an operator [puts|has put] the {unit} into the group", "mode {mode}")
    ON_FAILURE = _set(
        "an operator [sets|has set] on-failure of the {unit} to {value}", "on-failure {value}", ON_FAILURES
    )
    DETECTION = _set(
        "an operator [sets|has set] the detection time of the {unit} to {value} seconds",
        "hb-lost-threshold {value}",
        DETECTION_TIMES,
    )
    ESTRANGED = _set("an operator [changes|has changed] the password of the {unit}", "password another-password")
    RECONCILED = _set("an operator [sets|has set] the password of the {unit} back", f"password {PAIR.password}")
    CHANGE = _ordered(
        "an operator [saves|has saved] a change on the {unit}",
        *("config system global", "set disclaimer change-{number}", "end"),
    )
    HELD = Phrase(
        "the protected server [puts|has put] every delivery off", does=lambda lab, _: lab.mail.hold_deliveries()
    )
    TAKEN = Phrase("the protected server takes mail again", does=lambda lab, _: lab.mail.release_deliveries())
    MAIL = Phrase("a client [sends|has sent] a message to the virtual address", does=lambda lab, _: lab.mail.send())
    MAIL_TO_UNIT = Phrase(
        "a client [sends|has sent] a message to the {unit}",
        does=lambda lab, it: lab.mail.send(to=unit_of(lab, it.unit).own_address(PAIR.mail).partition("/")[0]),
    )
    STRANGER = Phrase("a stranger [knocks|has knocked] at the {unit}", _KNOCK)

    def undoes(self, other: What) -> bool:
        """Whether it ends the fault of the other kind, on the same number of links."""
        end, begin = self.value.fault, other.value.fault
        if end is None or begin is None or begin.kind not in end.row.ends or end.value not in {"", begin.value}:
            return False
        return ("{link}" in self.value.words) == ("{link}" in other.value.words)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happens: its kind, and the unit ("P", "S"), link, port or value that it concerns."""

    what: What
    unit: str = ""
    link: Rank | None = None
    port: Port | None = None
    value: str = ""

    def __str__(self) -> str:
        """Its words in a feature file."""
        unit = next((word for word, name in PAIR.called.items() if name == self.unit), "")
        return self.what.value.said().format(unit=unit, link=self.link, port=self.port, value=self.value)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults, or ends of faults, that it consists of: one for each of its links."""
        fault = self.what.value.fault
        if fault is None:
            return ()
        ports = frozenset({self.port}) if self.port is not None else fault.ports
        if fault.row.at_link is None:
            cable = PAIR.heartbeat[self.link] if self.link is not None else fault.value
            return (replace(fault, unit=self.unit, value=cable),)
        value = float(self.value) if self.value else fault.value
        links = [link for link in (self.link or fault.link,) if link is not None] or list(Rank)
        return tuple(replace(fault, unit=self.unit, link=link, ports=ports, value=value) for link in links)

    @property
    def needs(self) -> frozenset[Capability]:
        """Capabilities that it needs."""
        own = {self.what.value.needs} if self.what.value.needs is not None else set()
        return frozenset(own).union(*(fault.needs for fault in self.faults))

    def lines(self, number: int) -> tuple[str, ...]:
        """The CLI lines that an operator enters for it; `number` counts the changes so far."""
        mode = PAIR.configured[self.unit].value
        return tuple(line.format(value=self.value, mode=mode, number=number) for line in self.what.value.lines)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a schedule: a happening, `after` so many seconds since the line before."""

    after: float
    happening: Happening


Schedule = tuple[Line, ...]

MINUTE = 60.0
"""Seconds from which a schedule needs a lab that lets minutes pass."""


def happenings() -> Mapping[str, Happening]:
    """Every possible happening, by its words."""
    return _ALL


def read(rows: Sequence[Sequence[str]]) -> Schedule:
    """Read a schedule from a table's rows (after, what); raises ValueError with unknown words."""
    lines = []
    for after, words in rows:
        if words not in _ALL:
            raise ValueError(f"nothing is known to happen as {words!r}; docs/explore.md lists the words")
        lines.append(Line(float(after), _ALL[words]))
    return tuple(lines)


def needs(schedule: Schedule) -> frozenset[Capability]:
    """What the lab must be able to do: each happening, and to let minutes pass where the schedule takes a minute."""
    long = {Capability.LONG} if sum(line.after for line in schedule) >= MINUTE else set()
    return frozenset(need for line in schedule for need in line.happening.needs) | long


def write(schedule: Schedule) -> list[str]:
    """Write a schedule as a table of a feature file, head and columns aligned."""
    return aligned([("after", "what"), *((f"{line.after:g}", str(line.happening)) for line in schedule)])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write the rows of a feature file's table, the head first, with their columns aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = ([text.ljust(width) for text, width in zip(row, widths, strict=True)] for row in rows)
    return [f"| {' | '.join(row)} |" for row in padded]


def _every() -> Iterator[Happening]:
    for what in What:
        words = what.value.words
        units = tuple(PAIR.configured) if "{unit}" in words else ("",)
        links = tuple(Rank) if "{link}" in words else (None,)
        ports = tuple(Port) if "{port}" in words else (None,)
        for unit, link, port, value in product(units, links, ports, what.value.values):
            yield Happening(what, unit, link, port, value)


_ALL = {str(happening): happening for happening in _every()}
