"""What the timeline has told about each unit and the links between them so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.contract import Mode
from lab.faults import Effect, Fault, FaultKind, told_in
from lab.rules.orders import FAILOVER, RESTART, RESTORE, Orders
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind

LONG_AGO = float("-inf")
SLOW = 2.0
"""Seconds by which a slow link delays at most, each of the four ways of a connection's beginning."""

HEARD_WITHIN = 1.3
"""Seconds since the last heartbeat for which a unit counts as hearing: one period and some."""

SETTLED = frozenset({Mode.PRIMARY, Mode.SECONDARY})
RESTARTS = ("execute reboot", "execute reload", "execute restore image", "execute shutdown")


@dataclass(slots=True)
class UnitView:
    """One unit as far as its timeline tells; times in seconds on the lab's clock."""

    name: str
    mode: Mode = Mode.UNREACHABLE
    since: float = LONG_AGO
    """When it came into that mode."""
    before: Mode = Mode.UNREACHABLE
    """Mode that it was in before."""
    last_role: Mode | None = None
    """Primary or secondary, whichever it was last."""
    configured: Mode = Mode.OFF
    password: str = PAIR.password
    on_failure: str = PAIR.on_failure
    threshold: float = PAIR.detection
    threshold_set: float = LONG_AGO
    heard: float = LONG_AGO
    heard_primary: float = LONG_AGO
    awake: float = LONG_AGO
    holds: set[str] = field(default_factory=set)
    failed_as: Mode | None = None
    """Role in which it failed (power, crash), until it has recovered from that."""
    down_by_order: str = ""
    """The command by which it went down, '' when none."""
    may_ask: bool = False
    """Whether it may ask for the role that its peer has: a configured primary on its return."""
    stood_still: bool = False
    """Whether it was frozen, and goes on where it was."""
    sits_out: bool = False
    """Whether its primary has begun a planned restart that it must sit out."""
    monitors: bool = False
    """Whether it monitors its mail interface."""
    unplugged: float | None = None
    """Since when its mail interface has no cable."""
    may_latch: bool = False
    """Whether on-failure off may keep it off."""
    was_off: bool = False
    """Whether on-failure off may have kept it off when it failed, or was restarted, again."""

    def goes_down(self, mode: Mode) -> None:
        """It fails, or is restarted, in this mode."""
        self.was_off = self.may_latch and mode is Mode.OFF
        self.may_latch = self.may_latch or self.last_role is Mode.PRIMARY

    def heard_lately(self, at: float) -> bool:
        """Whether it hears its peer."""
        return at - self.heard <= HEARD_WITHIN


class PairView:
    """Both units, the links and what operators did, fed with the timeline's entries in order of time."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.units = {name: UnitView(name) for name in ("P", "S")}
        self.now = LONG_AGO
        self.in_force: list[Fault] = []
        """Faults that may part the units, or part one from the network."""
        self.slowed = False
        """Whether what the units say to each other may be late."""
        self.disturbed = LONG_AGO
        """When something last began or ended that may move a role."""
        self.orders = Orders()
        self.quickened = LONG_AGO
        """When a slow link last became quick again: what was under way may still come late."""
        self.mail_cable_pulled = False
        """Whether an announcement may not have reached the mail network."""
        self.split = False
        """Whether both units have been primary at a time."""

    def peer(self, unit: UnitView) -> UnitView:
        """The other unit."""
        return self.units["S" if unit.name == "P" else "P"]

    def lag(self) -> float:
        """Seconds that may lie between what a unit does and what its peer hears of it."""
        late = 4 * SLOW if self.now - self.quickened < 4 * SLOW else 0.0
        return 0.1 + (4 * SLOW if self.slowed else late)

    def hear_each_other(self, at: float) -> bool:
        """Whether the heartbeat path works both ways."""
        return all(unit.heard_lately(at) for unit in self.units.values())

    def modes(self) -> dict[str, Mode]:
        """Both units' effective modes."""
        return {unit.name: unit.mode for unit in self.units.values()}

    @property
    def whole(self) -> bool:
        """Whether nothing parts the units: no fault, and no password of its own on either."""
        return not self.in_force and len({unit.password for unit in self.units.values()}) == 1

    def is_formed(self) -> None:
        """The pair is healthy: what formed it explains nothing that happens from now on."""
        self.orders.forget()
        self.disturbed = LONG_AGO
        for unit in self.units.values():
            unit.may_ask = False

    def take(self, entry: Entry) -> None:
        """Follow one entry, all but a change of role: that one needs a judge first."""
        self.now = entry.at
        if entry.kind is Kind.HEARTBEAT:
            self._heartbeat(entry)
        elif entry.kind is Kind.ADDRESS:
            holds = self.units[entry.subject].holds
            (holds.add if entry.detail["held"] else holds.discard)(str(entry.detail["address"]))
        elif entry.kind is Kind.FAULT:
            self._fault(entry)
        elif entry.kind is Kind.CLI:
            self._line(entry)

    def _heartbeat(self, entry: Entry) -> None:
        unit = self.units[entry.subject]
        unit.heard = entry.at
        peer = self.peer(unit)
        if peer.mode is Mode.PRIMARY and entry.at - peer.since > self.lag():
            unit.heard_primary = entry.at

    def _fault(self, entry: Entry) -> None:
        fault, _ = told_in(entry)
        self.disturbed = entry.at
        ended = [each for each in self.in_force if fault.ends(each)]
        self.in_force = [each for each in self.in_force if each not in ended]
        if any(Effect.SLOWED in each.row.effects for each in ended):
            self.quickened = entry.at
        if Effect.PARTED in fault.row.effects and fault not in self.in_force:
            self.in_force.append(fault)
        self.slowed = any(Effect.SLOWED in each.row.effects for each in self.in_force)
        if fault.link is None:
            self._unit_fault(self.units[fault.unit], fault, entry.at)

    def _unit_fault(self, unit: UnitView, fault: Fault, at: float) -> None:
        effects = fault.row.effects
        if fault.kind in {FaultKind.FREEZE, FaultKind.THAW}:
            unit.stood_still = True
            unit.awake = unit.awake if fault.kind is FaultKind.FREEZE else at
        elif fault.value == PAIR.mail:
            self.mail_cable_pulled = True
            unit.unplugged = at if fault.kind is FaultKind.CABLE else None
        elif Effect.FAILED in effects:
            role = unit.mode if unit.mode is not Mode.UNREACHABLE else unit.before
            unit.stood_still = False
            unit.failed_as = role if not unit.down_by_order else None
            unit.goes_down(role)
            unit.holds = set() if Effect.EMPTIED in effects else unit.holds

    def _line(self, entry: Entry) -> None:
        unit, line = self.units[entry.subject], str(entry.detail.get("line"))
        if line.startswith("set "):
            self._setting(unit, line.split(), entry.at)
        elif line.startswith(RESTARTS):
            unit.down_by_order = line
            unit.goes_down(unit.mode)
            self.disturbed = entry.at
        elif line in {FAILOVER, RESTORE, RESTART} and not refused(entry):
            self.disturbed = entry.at
            configured = {each.name: each.configured for each in self.units.values()}
            self.orders.take(entry.at, line, unit.name, self.modes(), configured)
            if line != FAILOVER:
                led = unit.mode is Mode.PRIMARY and unit.on_failure == "off"
                unit.may_latch = led and line == RESTART
                unit.may_ask = unit.configured is Mode.PRIMARY and unit.mode is not Mode.SECONDARY

    def _setting(self, unit: UnitView, words: list[str], at: float) -> None:
        match words[1:]:
            case ["mode", mode] if unit.configured.value != mode:
                unit.configured = Mode(mode)
                unit.may_ask = unit.configured is Mode.PRIMARY
                unit.may_latch = False
                unit.last_role = None
                self.disturbed = at
                self.orders.take(at, "set mode", unit.name, self.modes(), {})
            case ["port-monitor", value]:
                unit.monitors = value == "enable"
            case ["password", password]:
                unit.password = password
                self.disturbed = at
            case ["on-failure", value]:
                unit.on_failure = value
            case ["hb-lost-threshold", seconds]:
                unit.threshold = float(seconds)
                unit.threshold_set = at


def refused(entry: Entry) -> bool:
    """Whether a unit has refused the line that was entered."""
    return "Command fail" in str(entry.detail.get("reply", ""))
