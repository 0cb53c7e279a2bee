"""The history of a pair, from its timeline: roles, addresses, heartbeats, orders and faults of each unit, and when.

Rules, invariants, phases and pictures read the history: an operator's line or a fault's entry is read only here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from operator import attrgetter
from typing import ClassVar, NamedTuple

from lab.contract import DiskState, Mode
from lab.faults import Effect, Fault, FaultKind, Phase, after, told_in
from lab.standard_pair import PAIR, SERVICES, unquoted
from lab.timeline import Entry, Kind

LONG_AGO = float("-inf")
ROLES = frozenset({Mode.PRIMARY, Mode.SECONDARY})
"""Effective modes in which a unit works in the group."""

CONFIG_PRIMARY = "config-primary"
"""Configured mode of the unit that gives its configuration to a config-only group."""

DETECTION = "hb-lost-threshold"
_UNSET = {"mode": Mode.OFF.value, "password": PAIR.password, "on-failure": PAIR.on_failure}
_DEFAULTS = {
    **_UNSET,
    DETECTION: f"{PAIR.detection:g}",
    "mail-data-sync": "enable",
    "heartbeat-status": "disable",
    "status": "ignore-vip",
    "virtual-ip": "0.0.0.0/0",
    "virtual-ip6": "::/0",
}
"""What a setting that an operator unsets is from then on. Source: HA-001, HA-100, HA-150, HA-162, HA-400, HA-450."""
CHECKED_WITHIN = 0.1
"""Seconds, besides the interval of the checks, within which an interface that works has had a good one."""

PORTS, DISK = "local-ports", "local-hd"
"""Entries of the table of services for the checks of a unit's own interfaces, and of its mail disk."""
HANGS = 5.0
"""Seconds that a check of a disk that hangs takes at most."""
_AS_HEARTBEAT = "remote-services-as-heartbeat"
_REMOTE = {entry: service.value for service, entry in SERVICES.items()}
_ORDERS = frozenset({"execute", "diagnose"})
_at = attrgetter("at")


def host(address: str) -> str:
    """Return an address without its mask."""
    return address.partition("/")[0]


class Order(Enum):
    """Orders of an operator, by the beginning of their line."""

    REBOOT = "execute reboot"
    RELOAD = "execute reload"
    UPGRADE = "execute restore image"
    SHUTDOWN = "execute shutdown"
    FACTORY_RESET = "execute factoryreset"
    FORMAT = "execute formatmaildisk"
    FAILOVER = "diagnose system ha failover"
    RESTORE = "diagnose system ha restore"
    RESTART = "diagnose system ha restart"
    SYNC = "diagnose system ha sync"


RESTARTS = frozenset({Order.REBOOT, Order.RELOAD, Order.UPGRADE})
"""Orders after which a unit goes down and comes back."""

_DOWN = RESTARTS | {Order.SHUTDOWN}

ABSENCES = _DOWN | {Order.RESTART, Order.FACTORY_RESET, Order.FORMAT}
"""Orders after which a unit may be off or unreachable for a while."""

LOOKS = ("get", "show")
"""Beginnings of lines that only ask the unit to print something."""


class RoleChange(NamedTuple):
    """A unit's effective mode has changed, or the unit has become unreachable or reachable."""

    at: float
    unit: str
    old: Mode
    new: Mode
    doubt: float
    """How much earlier than seen it may have happened, in seconds."""
    since: float
    """When the unit entered the old mode; a time in which it did not answer does not end a mode."""
    before: Mode
    """The mode before the old one, without times when the unit did not answer."""


class Holding(NamedTuple):
    """An interface of a unit has taken an address (with mask), or has given it up."""

    at: float
    unit: str
    address: str
    held: bool
    doubt: float


class FaultChange(NamedTuple):
    """A fault begins, or ends."""

    at: float
    fault: Fault
    phase: Phase
    ended: tuple[Fault, ...]
    """Faults that it ends."""


class Command(NamedTuple):
    """A line that an operator has entered in a unit's shell: an order, a setting, or another line."""

    at: float
    unit: str
    line: str
    order: Order | None
    setting: str
    """Name of the setting, "" for none."""
    value: str
    old: str
    """Value that an operator had entered before, "" if none is known."""
    refused: bool
    """Whether the unit has refused the line."""
    entry: str = ""
    """The entry of a table in which the line was entered, such as an interface; "" for none."""

    @property
    def sets(self) -> bool:
        """Whether the line sets a setting, or unsets one."""
        return self.line.strip().startswith(("set ", "unset "))

    @property
    def looks(self) -> bool:
        """Whether the line only asks the unit to print something."""
        return self.line.strip().startswith(LOOKS)


class Beat(NamedTuple):
    """A unit has heard its peer."""

    at: float
    unit: str
    rank: str


class MailEvent(NamedTuple):
    """A test message was accepted, refused, unanswered or delivered, by a unit ("" for none)."""

    at: float
    message: str
    event: str
    unit: str


class Probe(NamedTuple):
    """A client has probed the banner at an address (without mask), and this unit has answered ("" for none)."""

    at: float
    address: str
    answer: str
    banner: float
    """Seconds until the banner came."""


class Announcement(NamedTuple):
    """A third machine has heard a unit announce an address (without mask)."""

    at: float
    unit: str
    address: str


class Logged(NamedTuple):
    """A unit has written a line into its log."""

    at: float
    unit: str
    message: str


# Named tuples, because thousands are made in a second, and making a frozen dataclass takes three times as long.
Change = RoleChange | Holding | FaultChange | Command | Beat | MailEvent | Probe | Announcement | Logged


@dataclass(slots=True)
class OwnCheck:
    """A check by which a unit monitors itself while it leads, and what fails it. Source: HA-200, HA-204, HA-214."""

    what: str
    """What fails it, in words."""
    enabled: bool = False
    """Whether operators have enabled it."""
    retries: int = 3
    """Failed checks in a row that make a fault."""
    interval: float = 1.0
    """Seconds between the checks, as entered, or else of the explorer's units."""
    entered: float = LONG_AGO
    """When an operator has last entered how it checks."""
    since: float | None = None
    """Since when a fault fails it."""
    until: float = LONG_AGO
    """When the last such fault ended."""
    counted: float = LONG_AGO
    """When such a fault last began with a good check before, so that failed checks count from there."""
    hangs: bool = False
    """Whether each check takes long to fail."""

    @property
    def fails(self) -> bool:
        """Whether it is enabled and fails."""
        return self.enabled and self.since is not None

    @property
    def patience(self) -> float:
        """Seconds in which a lasting fault has failed it as often as its retries say. Source: HA-206."""
        return self.retries * (max(self.interval, HANGS) if self.hangs else self.interval)

    @property
    def least(self) -> float:
        """Seconds that lie at least between the first and the last of these checks."""
        return (self.retries - 1) * self.interval

    def follow(self, at: float, phase: Phase, *, hangs: bool) -> None:
        """Note that a fault begins, or ends."""
        if phase is Phase.BEGIN and at - self.until > self.interval + CHECKED_WITHIN:
            self.counted = at
        self.until = at if phase is Phase.END else self.until
        self.since = at if phase is Phase.BEGIN else None
        self.hangs = hangs


def _own_checks() -> dict[str, OwnCheck]:
    return {
        PORTS: OwnCheck("its monitored interface has had no cable"),
        DISK: OwnCheck("its mail disk, which it checks, has not worked"),
    }


@dataclass(slots=True)
class UnitHistory:
    """One unit: its changes in order of time, and its state now; times in seconds on the lab's clock."""

    name: str
    roles: list[RoleChange] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    mode: Mode = Mode.UNREACHABLE
    since: float = LONG_AGO
    """When it entered that mode, or answered again."""
    entered: float = LONG_AGO
    """When it entered that mode; a time in which it did not answer does not end a mode."""
    before: Mode = Mode.UNREACHABLE
    """The mode before that, without times when it did not answer."""
    heard: float = LONG_AGO
    """When it last heard its peer."""
    holds: set[str] = field(default_factory=set)
    """Addresses with mask."""
    awake: float = LONG_AGO
    """When a freeze of it last ended."""
    checks: dict[str, OwnCheck] = field(default_factory=_own_checks)
    """How it monitors itself, by the entry of the table of services."""
    entry: str = ""
    """The entry of a table that an operator is editing, "" for none."""
    settings: dict[str, str] = field(default_factory=lambda: dict(_UNSET))
    """Values that operators have entered, by the setting's name without its table."""
    entries: dict[tuple[str, str], str] = field(default_factory=dict)
    """Values that operators have entered in entries of tables, by the entry and the setting's name."""
    watched: frozenset[str] = frozenset()
    """Services of its peer that it monitors."""
    watching_set: float = LONG_AGO
    """When an operator has last entered how it monitors services."""
    reset: float = LONG_AGO
    """When an operator has last returned it to factory settings."""
    detection: float = PAIR.detection
    detection_set: float = LONG_AGO

    @property
    def configured(self) -> str:
        """Its configured mode, as entered."""
        return self.settings["mode"]

    @property
    def takes_no_role(self) -> bool:
        """Whether it works by itself: its mode is off, or it is in a config-only group. Source: HA-003, HA-027."""
        return self.configured == Mode.OFF.value or self.is_config_only

    @property
    def is_config_only(self) -> bool:
        """Whether it is configured as a unit of a config-only group."""
        return self.configured.startswith("config-")

    @property
    def on_failure(self) -> str:
        """Its on-failure, as entered or by default."""
        return self.settings["on-failure"]

    @property
    def unplugged(self) -> float | None:
        """Since when the cable of its mail interface is out."""
        return self.checks[PORTS].since

    @property
    def ails(self) -> bool:
        """Whether the cable of its mail interface is out, or a check of its own fails."""
        return self.unplugged is not None or self.checks[DISK].fails

    @property
    def failing(self) -> list[OwnCheck]:
        """Its own checks that fail now."""
        return [check for check in self.checks.values() if check.fails]

    @property
    def goes_by_services(self) -> bool:
        """Whether services of its primary serve as its heartbeat where no link carries one. Source: HA-290, HA-293."""
        return bool(self.watched) and self.settings.get(_AS_HEARTBEAT) == "enable"

    @property
    def goes_down(self) -> bool:
        """Whether it was ordered to go down, for good or to come back, and has answered ever since."""
        told = (each.at for each in reversed(self.commands) if each.order in _DOWN and not each.refused)
        ordered = next(told, None)
        away = (each.at for each in self.roles if each.new is Mode.UNREACHABLE)
        return ordered is not None and not any(at >= ordered for at in away)

    def detection_at(self, at: float) -> float:
        """Its detection time in seconds at that time. Source: HA-108."""
        since = self.reset if self.reset <= at else LONG_AGO
        told = (each for each in reversed(self.commands) if each.setting == DETECTION and since <= each.at <= at)
        found = next((each for each in told if not each.refused), None)
        return PAIR.detection if found is None else float(found.value)

    def mode_at(self, at: float) -> Mode:
        """Return the effective mode that it was in at that time, changes of that very instant included."""
        return next((each.new for each in reversed(self.roles) if each.at <= at), Mode.UNREACHABLE)

    def heard_before(self, at: float) -> float | None:
        """When it last heard its peer, up to that time; None for never."""
        place = bisect_right(self.beats, at, key=_at)
        return self.beats[place - 1].at if place else None


class History:
    """A pair, as far as its timeline has been read."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        """Read entries, which come in order of time."""
        self.units = {name: UnitHistory(name) for name in PAIR.configured}
        self.now = LONG_AGO
        """Time up to which the history is complete."""
        self._read = 0
        self._last: Entry | None = None
        self.roles: list[RoleChange] = []
        self.holdings: list[Holding] = []
        self.faults: list[FaultChange] = []
        self.in_force: list[Fault] = []
        self.mail: list[MailEvent] = []
        self.probes: list[Probe] = []
        self.announcements: list[Announcement] = []
        self.logs: list[Logged] = []
        for entry in entries:
            self.take(entry)

    def peer(self, name: str) -> UnitHistory:
        """The other unit."""
        return next(unit for unit in self.units.values() if unit.name != name)

    def last_order(self, *kinds: Order) -> Command | None:
        """Return the last order of these kinds, None where an operator has given none."""
        orders = (each for unit in self.units.values() for each in unit.commands if each.order in kinds)
        return max(orders, key=_at, default=None)

    def take(self, entry: Entry) -> Change | None:
        """Read one more entry; return the change, None for an entry that is not about the pair (a step, a claim)."""
        self.now = entry.at
        self._last = entry
        self._read += 1
        read = self._READERS.get(entry.kind)
        return None if read is None else read(self, entry)

    def grown(self, entries: Sequence[Entry]) -> History:
        """Return the history of these entries; those that have been read already are not read again.

        If an observer has reported late, so that an entry has come between others, all are read anew.
        """
        if self._read and entries[self._read - 1] is not self._last:
            return History(entries)
        for entry in entries[self._read :]:
            self.take(entry)
        return self

    def _role(self, entry: Entry) -> RoleChange:
        unit = self.units[entry.subject]
        old, new = Mode(str(entry.detail["old"])), Mode(str(entry.detail["new"]))
        since = unit.since if old is Mode.UNREACHABLE else unit.entered
        change = RoleChange(entry.at, unit.name, old, new, entry.doubt, since, unit.before)
        if new is not Mode.UNREACHABLE and not (old is Mode.UNREACHABLE and new is unit.before):
            unit.entered = entry.at
        unit.before = unit.before if old is Mode.UNREACHABLE else old
        unit.mode, unit.since = new, entry.at
        unit.roles.append(change)
        self.roles.append(change)
        return change

    def _address(self, entry: Entry) -> Holding:
        address, held = str(entry.detail["address"]), bool(entry.detail["held"])
        change = Holding(entry.at, entry.subject, address, held, entry.doubt)
        holds = self.units[entry.subject].holds
        (holds.add if held else holds.discard)(address)
        self.holdings.append(change)
        return change

    def _fault(self, entry: Entry) -> FaultChange:
        fault, phase = told_in(entry)
        self.in_force, ended = after(self.in_force, fault, phase)
        change = FaultChange(entry.at, fault, phase, ended)
        if fault.link is None:
            unit = self.units[fault.unit]
            if fault.kind is FaultKind.THAW:
                unit.awake = entry.at
            elif fault.value == PAIR.mail:
                unit.checks[PORTS].follow(entry.at, phase, hangs=False)
            elif fault.kind in {FaultKind.DISK, FaultKind.REPAIR}:
                unit.checks[DISK].follow(entry.at, phase, hangs=fault.value == DiskState.STUCK.value)
            elif Effect.EMPTIED in fault.row.effects:
                self.holdings += (
                    Holding(entry.at, unit.name, each, held=False, doubt=0.0) for each in sorted(unit.holds)
                )
                unit.holds = set()
        self.faults.append(change)
        return change

    def _line(self, entry: Entry) -> Command:
        unit, line = self.units[entry.subject], str(entry.detail["line"])
        verb, *words = line.split() or [""]
        order = next((each for each in Order if line.startswith(each.value)), None) if verb in _ORDERS else None
        name, value = (words[0], unquoted(" ".join(line.split(None, 2)[2:]))) if verb == "set" and words else ("", "")
        if verb == "unset" and words and words[0] in _DEFAULTS:
            name, value = words[0], _DEFAULTS[words[0]]
        refused = bool(entry.detail.get("refused"))
        if verb in {"edit", "next", "end"}:
            unit.entry = " ".join(words)
        change = Command(
            entry.at, unit.name, line, order, name, value, unit.settings.get(name, ""), refused, unit.entry
        )
        if name and not refused:
            unit.settings[name] = value
            if unit.entry:
                unit.entries[unit.entry, name] = value
            if unit.entry in unit.checks:
                self._check(unit, unit.entry, entry.at)
            elif name == "port-monitor":
                self._check(unit, PORTS, entry.at)
            if unit.entry in _REMOTE or name == _AS_HEARTBEAT:
                unit.watching_set = entry.at
                enabled = (word for word in _REMOTE if unit.entries.get((word, "status")) == "enable")
                unit.watched = frozenset(_REMOTE[word] for word in enabled)
            if name == DETECTION:
                unit.detection, unit.detection_set = float(value), entry.at
        if line.strip() == "y" and unit.commands and unit.commands[-1].order is Order.FACTORY_RESET:
            unit.reset, unit.settings, unit.entries = entry.at, dict(_UNSET), {}
            unit.watched = frozenset()
            for check in unit.checks:
                self._check(unit, check, entry.at)
            unit.detection, unit.detection_set = PAIR.detection, entry.at
        unit.commands.append(change)
        return change

    @staticmethod
    def _check(unit: UnitHistory, name: str, at: float) -> None:
        """Note how a unit monitors itself from now on."""
        check, told = unit.checks[name], unit.entries.get
        marked = name != PORTS or told((PAIR.mail, "port-monitor")) == "enable"
        check.enabled = marked and told((name, "status")) == "enable"
        check.retries = int(told((name, "retries"), "3"))
        check.interval = float(told((name, "check-interval"), "1"))
        check.entered = at

    def _beat(self, entry: Entry) -> Beat:
        unit = self.units[entry.subject]
        change = Beat(entry.at, unit.name, str(entry.detail["rank"]))
        unit.heard = entry.at
        unit.beats.append(change)
        return change

    def _mail(self, entry: Entry) -> MailEvent:
        told = entry.detail
        change = MailEvent(entry.at, entry.subject, str(told["event"]), str(told.get("unit") or ""))
        self.mail.append(change)
        return change

    def _probe(self, entry: Entry) -> Probe:
        answer, banner = entry.detail.get("answer"), entry.detail.get("banner_ms")
        change = Probe(entry.at, host(entry.subject), str(answer or ""), float(banner or 0.0) / 1000)
        self.probes.append(change)
        return change

    def _announcement(self, entry: Entry) -> Announcement:
        change = Announcement(entry.at, entry.subject, host(str(entry.detail["address"])))
        self.announcements.append(change)
        return change

    def _log(self, entry: Entry) -> Logged:
        change = Logged(entry.at, entry.subject, str(entry.detail["message"]))
        self.logs.append(change)
        return change

    _READERS: ClassVar[Mapping[Kind, Callable[[History, Entry], Change]]] = {
        Kind.ROLE: _role,
        Kind.ADDRESS: _address,
        Kind.FAULT: _fault,
        Kind.CLI: _line,
        Kind.HEARTBEAT: _beat,
        Kind.MAIL: _mail,
        Kind.PROBE: _probe,
        Kind.ANNOUNCEMENT: _announcement,
        Kind.LOG: _log,
    }
