"""Judges a pair's history change by change: roles, addresses, mail, and overdue promises."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from operator import attrgetter
from typing import assert_never

from lab.announcements import UNDER_WAY, Announcements
from lab.contract import Mode, Service
from lab.faults import FaultKind
from lab.findings import Finding, follow
from lab.history import (
    LONG_AGO,
    PORTS,
    ROLES,
    Announcement,
    Beat,
    Change,
    Command,
    FaultChange,
    Holding,
    Logged,
    MailEvent,
    OwnCheck,
    Probe,
    RoleChange,
)
from lab.rules.promises import AWAKE, Promises
from lab.rules.rule import Broken, Rule
from lab.rules.view import SESSION, PairView, UnitView, is_shared
from lab.standard_pair import PAIR
from lab.timeline import Entry

HOLD_OFF_LIMIT = 900.0
"""Longest hold-off in seconds. Source: HA-522."""

GIVEN_UP = 25.0
"""Seconds after which a unit that joins and hears no peer leads: two copies given up, and a pause. Source: HA-016."""

LEAST_SILENCE = 3.0
"""Seconds (three heartbeats) that a joining unit waits before it leads alone. Source: HA-067."""

LATE_COMMAND = 1.0
"""Seconds after a thaw in which a unit may follow an outdated command, which its peer corrects at once."""

FAULT_FOUND = 1.0
"""Seconds, besides the interval of each check, in which monitoring finds a fault. Source: HA-206."""

HEEDED = 1.0
"""Seconds in which a unit that runs heeds what its operator has set."""

MAIL_OPENS = 0.2
"""Seconds in which a unit that leads may still refuse mail, because its mail system is starting."""

SERVICE_FOUND = 8.0
"""Seconds in which a failed service is found by two checks in a row, and its primary told. Source: HA-258, HA-260."""

SERVICE_RETRIES = 2
"""Failed checks of a service that make a fault, a second apart, as the explorer's units are configured."""

_GONE = {Mode.UNREACHABLE}
_CONFIGURED = {mode.value for mode in ROLES}


class Judge:
    """Judges a pair by the rules as its history grows; `found` has the broken rules, `checks` counts checks."""

    def __init__(self, virtual_address: str, tolerance: float, *, by_chance: bool = False) -> None:
        """Judge a pair that shares an address (with mask); `tolerance` is the lab's slack in seconds.

        `by_chance`: what happens is drawn, and may fall into the moment in which an announcement is under way.
        """
        self.view = PairView()
        self.promises = Promises(self.view, tolerance)
        self.announcements = Announcements(tolerance + (UNDER_WAY if by_chance else 0.0))
        self.found: list[Broken] = []
        self.checks = 0
        self._virtual = virtual_address
        self._shared = {virtual_address}
        self._given: dict[str, tuple[float, set[str]]] = {}
        """When a leading unit was given another failover action, and the IPv4 address that it is to hold."""
        self._tolerance = tolerance
        self._wrong_since: dict[tuple[str, str], float] = {}
        self._said: set[tuple[Rule, str]] = set()

    def feed(self, entries: Iterable[Entry]) -> None:
        """Read entries, sort them by time, and judge each after everything that was due before it."""
        follow(self.view.history, sorted(entries, key=attrgetter("at")), self)

    def take(self, change: Change) -> None:
        """Judge a change that has just entered the history."""
        match change:
            case Beat():
                self._beat(change)
                self.view.take(change)
            case RoleChange():
                self._role(change)
                self._weigh_addresses(change.at)
            case Holding():
                self.announcements.take(change)
                self._weigh_addresses(change.at)
            case Announcement():
                self.announcements.take(change)
            case MailEvent():
                self._mail(change)
            case FaultChange():
                self.view.take(change)
                self.promises.take(change)
            case Command():
                self.view.take(change)
                self.promises.take(change)
                if is_shared(change):
                    given = {word for word in change.value.split() if "/" in word and not word.endswith("/0")}
                    self._shared |= given
                    if change.value.startswith(f"{PAIR.mail} "):
                        self._given[change.unit] = (change.at, given)
                self._weigh_addresses(change.at)
            case Probe():
                self._probe(change)
            case Logged():
                pass  # these rules do not use log lines
            case _:
                assert_never(change)

    def until(self, at: float) -> None:
        """Judge what should have happened before `at`."""
        for unit in self.view.units.values():
            self._overdue(unit, at)
        for key, since in list(self._wrong_since.items()):
            self.checks += 1
            if at - since > self._tolerance:
                del self._wrong_since[key]
                self._break(Rule.ADDRESS, since, f"unit {key[0]} {key[1]}")
        for rule, when, how in self.promises.overdue(at):
            self._break(rule, when, how)
        self.announcements.until(at)
        for stray in self.announcements.found:
            self._break(stray.rule, stray.at, stray.how)
        self.view.history.now = max(self.view.history.now, at)

    def _break(self, rule: Rule, at: float | None, how: str) -> None:
        if (rule, how) not in self._said:
            self._said.add((rule, how))
            self.found.append(Finding(rule, at, how))

    def _overdue(self, unit: UnitView, at: float) -> None:
        self.checks += 1
        it = unit.history
        if it.mode is Mode.SECONDARY:
            begun = max(it.heard, it.since, it.awake, it.detection_set, it.watching_set)
            if it.goes_by_services:  # how soon they fail is known of a peer without power only
                begun = max(begun, self._dark_since(unit) + SERVICE_FOUND)
            if at - begun > it.detection + self._tolerance:
                how = f"unit {unit.name} has heard nothing since {begun:.3f} s and is still secondary"
                self._break(Rule.IN_TIME, at, how)
        elif it.mode is Mode.PRIMARY and (failing := self._found_failing(unit)):
            for check in failing:
                since = max(check.since or LONG_AGO, it.since, it.awake, check.entered)
                if at - since > FAULT_FOUND + check.patience + self._tolerance:
                    how = f"unit {unit.name} leads on although {check.what} since {since:.3f} s"
                    self._break(Rule.MONITORED, at, how)
        elif it.mode is Mode.PRIMARY and self.view.service_fails(unit.name) and self._is_told(unit, at):
            how = f"unit {unit.name} leads on although a service of it fails that its peer monitors"
            self._break(Rule.SERVICED, at, how)
        elif it.mode is Mode.HOLD_OFF and at - it.since > HOLD_OFF_LIMIT + self._tolerance:
            self._break(Rule.HOLD_OFF, at, f"unit {unit.name} is in hold-off for more than 15 minutes")
        elif it.mode is Mode.OFF and it.configured in _CONFIGURED and self._joins(unit):
            begun = max(it.heard, it.awake)
            if at - begun > GIVEN_UP + self._tolerance and not self._stands_still(unit):
                how = f"unit {unit.name}, which joins, has heard nothing since {begun:.3f} s and is still off"
                self._break(Rule.IN_TIME, at, how)
        if it.takes_no_role and it.mode not in {Mode.OFF, Mode.UNREACHABLE} and not self._stands_still(unit):
            since = max(it.since, it.awake, unit.mode_set)
            if at - since > HEEDED + self._tolerance:
                how = f"unit {unit.name} is {it.mode.value}, and its mode was set to {it.configured} at {since:.3f} s"
                self._break(Rule.SETTLED, at, how)
        given = self._given.get(unit.name)
        if given is not None and at - given[0] > HEEDED + self._tolerance:
            del self._given[unit.name]
            if it.mode is Mode.PRIMARY and it.entered <= given[0] and not self._stands_still(unit):
                missing, left = given[1] - it.holds, (self._shared - given[1]) & it.holds
                if missing or {each for each in left if ":" not in each}:
                    how = (
                        f"unit {unit.name} holds {sorted(it.holds)} {HEEDED:g} s after it was given {sorted(given[1])}"
                    )
                    self._break(Rule.ADDRESS, at, how)

    def _found_failing(self, unit: UnitView) -> list[OwnCheck]:
        """Own checks that fail now; of an interface that shares nothing none need be made."""
        checks = unit.history.checks.items()
        return [check for name, check in checks if check.fails and not (name == PORTS and self.view.ignored)]

    def _dark_since(self, unit: UnitView) -> float:
        """Since when the peer has no power; a time to come where it has."""
        peer = self.view.history.peer(unit.name).name
        dark = any(each.kind is FaultKind.POWER_OFF and each.unit == peer for each in self.view.history.in_force)
        return self.view.disturbed if dark else inf

    def _is_told(self, unit: UnitView, at: float) -> bool:
        """Whether the peer has had the time to find that a service fails, and to say so."""
        peer, trouble = self.view.peer(unit), self.view.trouble[unit.name]
        if peer.history.mode is not Mode.SECONDARY or trouble.since is None or not self.view.whole:
            return False
        both = (unit.history, peer.history)
        begun = max(trouble.since, self.view.disturbed, *(max(it.since, it.awake, it.watching_set) for it in both))
        return self.view.hear_each_other(at) and at - begun > SERVICE_FOUND + self.view.lag() + self._tolerance

    def _joins(self, unit: UnitView) -> bool:
        """Whether a unit that is off has heard its peer since it began to take part, and no failure keeps it off."""
        begun = max(unit.history.since, unit.released, unit.mode_set)
        return unit.history.heard > begun and not unit.may_latch

    def _stands_still(self, unit: UnitView) -> bool:
        return any(fault.unit == unit.name for fault in self.view.history.in_force)

    def _beat(self, change: Beat) -> None:
        """Judge that a unit hears no peer with another password, once each has had the time to take its own.

        Likewise for a link that it is not to use, for another address than its peer's, and for other base ports.
        """
        if self.view.estranged is not None:
            begun = max(self.view.estranged, *(unit.awake for unit in self.view.history.units.values()))
            if change.at - begun > self.view.lag() + AWAKE + self._tolerance:
                self._break(Rule.STRANGE, change.at, f"unit {change.unit} hears a peer that has another password")
        peer = self.view.peer(self.view.units[change.unit])
        is_off = peer.history.mode is Mode.OFF and peer.history.configured == Mode.OFF.value
        gone = (peer.history.mode is Mode.FAILED or is_off) and not self._stands_still(peer)
        left = max(peer.history.since, peer.history.awake, peer.mode_set)
        if gone and change.at - left > HEEDED + self.view.lag() + self._tolerance:
            how = f"unit {change.unit} hears unit {peer.name}, which has left the group"
            self._break(Rule.ADDRESSED, change.at, how)
        alone = self.view.history.units[change.unit].is_config_only  # it knows its peer by another setting
        since = None if alone else self.view.units[change.unit].misled.get(change.rank)
        if since is None and not self.view.same("hb-base-port"):
            since = self.view.ported
        if since is not None:
            begun = max(since, *(unit.awake for unit in self.view.history.units.values()))
            if change.at - begun > self.view.lag() + AWAKE + self._tolerance:
                self._break(Rule.ADDRESSED, change.at, f"unit {change.unit} hears a peer on the {change.rank} link")

    def _role(self, change: RoleChange) -> None:
        unit, old, new = self.view.units[change.unit], change.old, change.new
        self.checks += 1
        stopped = not unit.stood_still and (unit.failed_as or unit.down_by_order)
        answers_again = old is Mode.UNREACHABLE and change.before is new and not stopped
        if new is Mode.PRIMARY and not answers_again:
            self._becomes_primary(unit, change)
        elif old in ROLES and new not in _GONE:
            self._leaves(unit, change)
        self.promises.role(unit, change)
        self.view.orders.settle(self.view.modes())
        unit.stood_still = unit.stood_still and new is Mode.UNREACHABLE
        if old is Mode.UNREACHABLE and not answers_again:
            self._returns(unit)
        if old is Mode.FAILED and unit.history.on_failure == "restore-role":
            unit.may_ask = unit.leads_by_setting
        if old is Mode.FAILED and new is Mode.OFF:
            unit.may_latch = unit.history.on_failure == "off"  # also one set since the failure
        if new in ROLES and not answers_again:
            unit.last_role = new
            unit.sits_out = unit.may_latch = False
            unit.failed_as = None
            unit.down_by_order = None
            unit.restarts = unit.fell = False
        if new is Mode.PRIMARY:
            unit.may_ask = False
            self.view.split = self.view.split or self.view.peer(unit).history.mode is Mode.PRIMARY

    def _returns(self, unit: UnitView) -> None:
        """Note that a unit has started again."""
        restores = unit.history.on_failure == "restore-role" and unit.last_role is Mode.PRIMARY
        unit.may_ask = unit.leads_by_setting and (unit.may_ask or restores)
        # A unit that is off after a failure stays off over a further restart, whatever is set meanwhile. Source: HA-312
        unit.may_latch = unit.may_latch and (unit.history.on_failure == "off" or unit.was_off)

    def _becomes_primary(self, unit: UnitView, change: RoleChange) -> None:
        old, at, peer, detection = change.old, change.at, self.view.peer(unit).history, unit.history.detection
        ordered = self.view.orders.explain(at)
        patience = detection if old is Mode.SECONDARY else min(LEAST_SILENCE, detection)
        silence = at - unit.silent_since + self._tolerance
        if peer.mode is Mode.PRIMARY and at - peer.since > self.view.lag():
            if silence < patience:
                how = f"unit {unit.name} becomes primary {silence:.6f} s after it heard unit {peer.name} as primary"
                self._break(Rule.ONE_PRIMARY, at, how)
        elif old is Mode.SECONDARY and silence < patience and not ordered and not self._has_left(unit):
            how = f"unit {unit.name} takes over after {silence:.6f} s of silence, not {detection:g} s"
            self._break(Rule.NOT_BEFORE, at, how)
        if old in {Mode.SECONDARY, Mode.OFF} and unit.sits_out:
            self._break(Rule.PLANNED, at, f"unit {unit.name} takes over from a primary that restarts on purpose")
        if old is Mode.SECONDARY and not ordered and self._leads_by_services(unit, change):
            how = f"unit {unit.name} takes over while the services of unit {peer.name} answer, which are its heartbeat"
            self._break(Rule.SERVICED, at, how)
        early = old is Mode.HOLD_OFF and at - change.since < HOLD_OFF_LIMIT - self._tolerance
        if early and not ordered and peer.mode is not Mode.SECONDARY:
            lasted = at - change.since
            self._break(Rule.HOLD_OFF, at, f"unit {unit.name} takes over after {lasted:.3f} s of hold-off")

    def _has_left(self, unit: UnitView) -> bool:
        """Whether the peer follows, or has left its role at the unit's word."""
        mode = self.view.peer(unit).history.mode
        return mode is Mode.SECONDARY or (mode in {Mode.FAILED, Mode.OFF} and bool(unit.history.watched))

    def _leads_by_services(self, unit: UnitView, change: RoleChange) -> bool:
        """Whether the peer leads, was heard to, and its services answer, which serve as the unit's heartbeat."""
        it, peer = unit.history, self.view.peer(unit).history
        trouble = self.view.trouble[peer.name]
        led = peer.mode is Mode.PRIMARY and unit.heard_primary > max(peer.since, change.since)
        begun = max(trouble.until, peer.since, it.awake, it.watching_set)
        return (
            it.goes_by_services and led and trouble.since is None and change.at - begun > SERVICE_FOUND + it.detection
        )

    def _leaves(self, unit: UnitView, change: RoleChange) -> None:
        old, new, at, peer = change.old, change.new, change.at, self.view.peer(unit)
        late = at - unit.history.awake < LATE_COMMAND  # it may hear older messages only now
        planned = new is Mode.HOLD_OFF and (peer.restarts or late)
        asked = old is Mode.PRIMARY and new is Mode.SECONDARY and peer.may_ask
        failing = unit.history.failing if old is Mode.PRIMARY else []
        explained = unit.history.takes_no_role or peer.history.watched or at - unit.released <= SESSION
        if failing and new in {Mode.FAILED, Mode.OFF} and not explained:
            lasted = [(at - max(each.counted, change.since), each) for each in failing]
            if all(seconds < each.least - self._tolerance for seconds, each in lasted):
                told = ", ".join(f"{seconds:.3f} s, and not after {each.retries} checks" for seconds, each in lasted)
                self._break(Rule.MONITORED, at, f"unit {unit.name} leaves its role after {told}")
            unit.may_latch = unit.may_latch or (new is Mode.OFF and unit.history.on_failure == "off")
        elif old is Mode.PRIMARY and new in {Mode.FAILED, Mode.OFF} and self._may_be_found_failed(unit, at):
            if not self.view.orders.explain(at):
                self._weigh_failure(unit, change)
            unit.may_latch = unit.may_latch or unit.history.on_failure == "off"
        elif not (self.view.orders.explain(at) or planned or asked):
            self._break(Rule.CAUSED, at, f"unit {unit.name} goes from {old.value} to {new.value} unasked")

    def _may_be_found_failed(self, unit: UnitView, at: float) -> bool:
        """Whether its peer monitors it, and a service of it fails or has failed lately."""
        trouble = self.view.trouble[unit.name]
        # One that was down, or stood still, answered nobody either.
        back = max((each.at for each in unit.history.roles if each.old is Mode.UNREACHABLE), default=LONG_AGO)
        ended = max(trouble.until, unit.history.awake, back)
        lately = trouble.since is not None or at - ended < SERVICE_FOUND
        return bool(self.view.peer(unit).history.watched) and lately

    def _weigh_failure(self, unit: UnitView, change: RoleChange) -> None:
        """Judge how a unit fails that its peer has found failed. Source: HA-204, HA-259."""
        it, lasted = unit.history, change.at - self.view.trouble[unit.name].counted
        if lasted < SERVICE_RETRIES - 1 - self._tolerance:
            how = f"unit {unit.name} leaves its role {lasted:.3f} s after a service has failed, checked each second"
            self._break(Rule.SERVICED, change.at, how)
        wanted = Mode.OFF if it.on_failure == "off" else Mode.FAILED
        settled = all(change.at - each.at > SESSION for each in it.commands if each.setting == "on-failure")
        if settled and change.new is not wanted:
            how = (
                f"unit {unit.name} is {change.new.value}, found failed by its peer, and its on-failure {it.on_failure}"
            )
            self._break(Rule.SERVICED, change.at, how)

    def _mail(self, change: MailEvent) -> None:
        unit, event = self.view.history.units.get(change.unit), change.event
        if unit is None or event not in {"accepted", "refused"} or unit.takes_no_role:
            return
        self.checks += 1
        mode = unit.before if unit.mode is Mode.UNREACHABLE else unit.mode
        lately = change.at - unit.since <= self._tolerance + (MAIL_OPENS if event == "refused" else 0.0)
        told = [each for each in self.view.history.in_force if each.unit == unit.name]
        barred = any(
            each.kind is FaultKind.DISK
            or (each.kind is FaultKind.SERVICE and str(each.value).startswith(Service.SMTP.value))
            for each in told
        )
        if lately or ((unit.mode is Mode.UNREACHABLE or barred) and event == "refused"):
            return
        if (mode is Mode.PRIMARY) is (event == "refused"):
            self._break(Rule.MAIL, change.at, f"unit {unit.name}, which is {mode.value}, {event} a message")

    def _probe(self, change: Probe) -> None:
        """Judge that a unit answers clients only while it leads, also at its own address."""
        view = self.view.units.get(change.answer)
        if view is None or view.history.takes_no_role or view.history.mode is Mode.UNREACHABLE:
            return
        self.checks += 1
        unit = view.history
        lately = change.at - max(unit.since, view.mode_set + SESSION) <= self._tolerance
        if unit.mode is not Mode.PRIMARY and not lately:
            self._break(Rule.MAIL, change.at, f"unit {unit.name}, which is {unit.mode.value}, answers a client")

    def _weigh_addresses(self, at: float) -> None:
        entered = self.view.sharing_set > LONG_AGO  # it is judged at the end then
        for unit in self.view.history.units.values():
            leads, holds = unit.mode is Mode.PRIMARY, self._virtual in unit.holds
            for wrong, what in (
                *((each in unit.holds and not leads, f"holds {each} without being primary") for each in self._shared),
                (leads and not holds and not entered, f"is primary without holding {self._virtual}"),
            ):
                if wrong and unit.mode is not Mode.UNREACHABLE:
                    self._wrong_since.setdefault((unit.name, what), at)
                else:
                    self._wrong_since.pop((unit.name, what), None)
