"""Promises that are not kept yet: modes after commands and recoveries, and saved changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lab.contract import Mode
from lab.faults import FaultKind, Phase
from lab.history import RESTARTS, ROLES, Command, FaultChange, Order, RoleChange, UnitHistory
from lab.rules.rule import Rule
from lab.rules.view import SESSION, PairView, UnitView

AT_ONCE = 1.0
"""Seconds within which a forced failover moves the roles, since it waits for no threshold. Source: HA-580."""

AWAKE = 2.0
"""Seconds after a thaw in which a unit may ignore messages as outdated, until they are repeated."""

QUIET = 12.0
"""Seconds without a fault or command before a change was saved, after which nothing delays its synchronization."""

PASSED_ON = 3.0
"""Longest time for a saved change to reach a healthy secondary, in seconds. Source: HA-350."""

ANSWERED = 2.0
"""Seconds within which a primary tells its secondary of a planned restart. Source: HA-520."""

_MODES = {"off": Mode.OFF, "become-secondary": Mode.SECONDARY}
_UNDO = RESTARTS | {Order.SHUTDOWN, Order.RESTART, Order.FAILOVER, Order.RESTORE}
"""Orders that cancel earlier promises."""

ALONE = 20.0
"""Seconds after which a unit that takes part again and hears no peer leads: its silence, and a copy given up."""

_ALONE = "its operator has restarted HA while its peer was away"
_NOT_FAILED = "an operator had it go down, and its peer is away"

_RELEASE = {Order.RESTART, Order.RESTORE, Order.FACTORY_RESET}
"""Orders after which a unit that was off takes part again. Source: HA-313, HA-576."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A line by which an operator has changed or removed something that is synchronized. Source: HA-350."""

    page: str
    """The object whose page shows it."""
    sign: str
    """What stands on that page unless it has been removed."""
    value: str
    """What stands there now, "" for a removal."""

    def is_on(self, page: str) -> bool:
        """Whether the page of a unit shows it so."""
        words = page.split()
        return self.value in words if self.value else self.sign not in words


def saved_by(change: Command) -> Saved | None:
    """Return what a line saves that is synchronized, None for another line, or one that was refused."""
    if change.refused:
        return None
    match change.line.split():
        case ["set", "disclaimer", *_]:
            return Saved("system global", "disclaimer", change.value)
        case ["unset", "disclaimer"]:
            return Saved("system global", "disclaimer", "")
        case ["edit" | "delete" as verb, name] if "@" in name:
            return Saved("log alertemail recipient", name, name if verb == "edit" else "")
    return None


@dataclass(slots=True)
class Kept:
    """What was saved of one thing while its unit led, in order."""

    changes: list[Saved] = field(default_factory=list)
    passed_on: int = -1
    """Number of the last one that both units had time to get; -1 for none."""
    since: float | None = None
    """When the last one was saved, if nothing has come between."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A unit is to end in a mode, by a time if the document sets one."""

    rule: Rule
    mode: Mode
    why: str
    by: float | None = None


class Promises:
    """Promises by unit; any further event of the pair cancels them, because it may change the outcome."""

    def __init__(self, view: PairView, tolerance: float) -> None:
        """Begin without promises."""
        self.open: dict[str, Promise] = {}
        self.kept: dict[tuple[str, str], Kept] = {}
        """What was saved, by page and sign."""
        self.kept_off: set[str] = set()
        """Units that their on-failure keeps off."""
        self.copied: float | None = None
        """When an operator has started a synchronization in a pair that has not been disturbed since."""
        self._view = view
        self._tolerance = tolerance

    def take(self, change: Command | FaultChange) -> None:
        """Follow a command or fault, after the view has taken it."""
        if isinstance(change, FaultChange):
            if change.phase is Phase.BEGIN:
                self._take_back()
            elif change.fault.kind in {FaultKind.POWER_ON, FaultKind.THAW}:  # it may lead first
                self.open = {name: each for name, each in self.open.items() if each.why != _ALONE}
            return
        unit = self._view.units[change.unit]
        if change.order in _RELEASE or (change.setting == "mode" and not change.refused):
            was_off = unit.name in self.kept_off or self._is_kept_off(unit.name)
            self._take_back()
            self.kept_off.discard(unit.name)
            peer = self._view.peer(unit).history
            if was_off and change.order is Order.RESTART and peer.mode is Mode.UNREACHABLE and not change.refused:
                self.open[unit.name] = Promise(Rule.KEPT_OFF, Mode.PRIMARY, _ALONE, change.at + ALONE)
                return
            if self._leads_on(unit, change):
                self.open[unit.name] = Promise(Rule.COMMAND, Mode.PRIMARY, _ALONE, change.at + ALONE)
                return
        if saved := saved_by(change):
            self._saves(unit.history, change.at, saved)
        elif change.setting or change.order in _UNDO:
            self._take_back()
            if change.order in RESTARTS:
                self._restarts(unit, change.at)
            elif change.order is Order.FAILOVER:
                self._fails_over(unit.history, change)
            elif change.order is Order.RESTORE:
                self._restores(unit, change)
        elif change.order is Order.SYNC:
            together = self._view.hear_each_other(change.at) and not self._view.cut
            roles = {each.mode for each in self._view.history.units.values()}
            self.copied = change.at if together and roles == ROLES and not change.refused else None

    def role(self, unit: UnitView, change: RoleChange) -> None:
        """Follow a change of role."""
        it, peer = unit.history, self._view.peer(unit)
        self.copied = None
        self.open = {name: each for name, each in self.open.items() if name != peer.name or each.why != _NOT_FAILED}
        if change.new not in ROLES:
            self._pass_nothing_on()
        promise = self.open.get(unit.name)
        recovered = promise is not None and promise.rule is Rule.RECOVERY and change.old is promise.mode
        # A unit that services have moved back and forth has recovered, and may move on.
        if recovered and (self._view.orders.explain(change.at) or it.watched):
            del self.open[unit.name]
        if self._is_switched_off(unit, change):
            self.kept_off.add(unit.name)
        cured = change.old is Mode.FAILED and change.new is Mode.OFF and not it.ails
        # One that was off already may stay so, whatever is set meanwhile. Source: HA-312
        begins = change.old is Mode.UNREACHABLE and not unit.stood_still
        restarted = begins and unit.failed_as is Mode.PRIMARY and not unit.was_off
        if begins:
            self._comes_back(unit, change)
        if not (cured or restarted):
            return
        returns_to_primary = peer.history.mode is Mode.PRIMARY and not peer.down_by_order and not self._view.cut
        if not returns_to_primary or it.takes_no_role or change.at - peer.history.since <= self._view.lag():
            return
        mode = _MODES.get(it.on_failure) or Mode(it.configured)
        why = f"it failed as primary, and its on-failure is {it.on_failure}"
        self.open[unit.name] = Promise(Rule.RECOVERY, mode, why)

    def _is_switched_off(self, unit: UnitView, change: RoleChange) -> bool:
        """Whether its own monitoring has switched a unit off that led, for good. Source: HA-311."""
        it = unit.history
        faulty = change.old is Mode.PRIMARY and change.new is Mode.OFF and bool(it.failing)
        settled = all(change.at - each.at > SESSION for each in it.commands if each.setting == "on-failure")
        ordered = unit.down_by_order or it.takes_no_role or self._view.orders.explain(change.at)
        return faulty and settled and it.on_failure == "off" and not ordered

    def _leads_on(self, unit: UnitView, change: Command) -> bool:
        """Whether a unit that leads alone, and is not to stay off, restarts HA, so that it leads alone again."""
        it, peer = unit.history, self._view.peer(unit).history
        restarts = change.order is Order.RESTART and not change.refused and it.mode is Mode.PRIMARY
        away = peer.mode is Mode.UNREACHABLE and not self._view.peer(unit).down_by_order
        gone = any(each.kind is FaultKind.POWER_OFF and each.unit == peer.name for each in self._view.history.in_force)
        return restarts and away and gone and not unit.down_by_order and it.on_failure != "off"

    def _comes_back(self, unit: UnitView, change: RoleChange) -> None:
        """Note that a unit which an operator has restarted, or shut down, has not failed: it leads without its peer."""
        it, peer = unit.history, self._view.peer(unit)
        if change.new is not Mode.OFF or change.before not in ROLES or unit.down_by_order is None or unit.fell:
            return
        away = peer.history.mode is Mode.UNREACHABLE and not peer.stood_still
        if away and not it.takes_no_role and not it.ails:
            by = change.at + it.detection + ALONE
            self.open[unit.name] = Promise(Rule.RECOVERY, Mode.PRIMARY, _NOT_FAILED, by)

    def overdue(self, at: float) -> Iterator[tuple[Rule, float, str]]:
        """Return the promises whose time has passed, and note saved changes that both units had time to get."""
        for kept in self.kept.values():
            if kept.since is not None and at - kept.since > PASSED_ON + self._tolerance:
                kept.passed_on, kept.since = len(kept.changes) - 1, None
        for name in sorted(self.kept_off):
            mode = self._view.history.units[name].mode
            if mode not in {Mode.OFF, Mode.UNREACHABLE}:
                self.kept_off.discard(name)
                yield Rule.KEPT_OFF, at, f"unit {name} is {mode.value}, and nobody has restored it"
        for name, promise in list(self.open.items()):
            if promise.by is None or at <= promise.by + self._tolerance:
                continue
            del self.open[name]
            mode = self._view.history.units[name].mode
            if mode is not promise.mode:
                yield promise.rule, promise.by, f"unit {name} is {mode.value}, not {promise.mode.value}: {promise.why}"

    def unkept(self) -> list[tuple[Rule, str]]:
        """Promises that are not kept now."""
        found = []
        for name, promise in self.open.items():
            mode = self._view.history.units[name].mode
            if mode is not promise.mode:
                found.append((promise.rule, f"unit {name} is {mode.value}, not {promise.mode.value}: {promise.why}"))
        return found

    def _take_back(self) -> None:
        self.kept_off.update(filter(self._is_kept_off, self.open))
        self.open.clear()
        self.copied = None
        self._pass_nothing_on()
        for unit in self._view.units.values():
            unit.sits_out = False

    def _is_kept_off(self, name: str) -> bool:
        """Whether a unit is off, as its on-failure has promised."""
        promise = self.open.get(name)
        if promise is None or promise.rule is not Rule.RECOVERY or promise.mode is not Mode.OFF:
            return False
        return self._view.history.units[name].mode is Mode.OFF

    def _pass_nothing_on(self) -> None:
        for kept in self.kept.values():
            kept.since = None

    def _saves(self, unit: UnitHistory, at: float, saved: Saved) -> None:
        if unit.mode is not Mode.PRIMARY:
            return
        kept = self.kept.setdefault((saved.page, saved.sign), Kept())
        kept.changes.append(saved)
        calm = at - self._view.disturbed > QUIET and self._view.whole
        together = self._view.hear_each_other(at) and self._view.history.peer(unit.name).mode is Mode.SECONDARY
        kept.since = at if calm and together else None

    def _restarts(self, unit: UnitView, at: float) -> None:
        peer = self._view.peer(unit)
        calm = self._view.hear_each_other(at) and self._view.linked(at)
        follows = peer.history.mode in {Mode.SECONDARY, Mode.OFF}  # off, and heard: it has not synchronized yet
        peer.sits_out = calm and unit.history.mode is Mode.PRIMARY and follows

    def _fails_over(self, unit: UnitHistory, change: Command) -> None:
        peer = self._view.history.peer(unit.name)
        together = self._view.hear_each_other(change.at) and self._view.whole
        fails = any(map(self._view.service_fails, self._view.units))  # a unit that is found failed does not wait
        if together and {unit.mode, peer.mode} == ROLES and not change.refused and not fails:
            by = max(change.at, unit.awake + AWAKE, peer.awake + AWAKE) + AT_ONCE
            for one, other in ((unit, peer), (peer, unit)):
                self.open[one.name] = Promise(Rule.COMMAND, other.mode, "a failover was forced", by)

    def _restores(self, unit: UnitView, change: Command) -> None:
        it, peer = unit.history, self._view.peer(unit)
        there = peer.history.mode is not Mode.UNREACHABLE and not (peer.history.mode is Mode.OFF and peer.may_latch)
        together = there and self._view.hear_each_other(change.at) and self._view.linked(change.at)
        joins = it.mode is Mode.OFF and peer.history.mode is Mode.PRIMARY and self._view.whole  # it will hear its peer
        together = together or (joins and peer.heard_lately(change.at) and change.at - it.since <= ANSWERED)
        if it.takes_no_role or peer.history.takes_no_role or change.refused or not together:
            return
        if any(map(self._view.service_fails, self._view.units)):
            return
        if it.mode.value == it.configured:
            return  # nothing to restore: other events decide the outcome
        if peer.history.mode is Mode.OFF and change.at - self._view.joined <= QUIET:
            return  # it joins, and may wait for a copy that was cut off, until it has given it up
        self.open[unit.name] = Promise(Rule.COMMAND, Mode(it.configured), "its configured mode was restored")
