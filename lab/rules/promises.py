"""What has been promised and is not yet kept: ends of commands and recoveries, and saved changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lab.contract import Mode
from lab.faults import Phase, told_in
from lab.rules.broken import Rule
from lab.rules.view import RESTARTS, SETTLED, PairView, UnitView, refused
from lab.timeline import Entry, Kind

AT_ONCE = 1.0
"""Seconds within which a forced failover has moved the roles: it does not wait for a threshold. Source: HA-580."""

AWAKE = 2.0
"""Seconds after a thaw in which a unit may take what it hears for old, until it is said again."""

QUIET = 12.0
"""Seconds without a fault or command before a change was saved: then nothing holds its synchronization up."""

PASSED_ON = 3.0
"""Seconds that a change needs at most to reach a healthy secondary, which gets it at once. Source: HA-350."""

ANSWERED = 2.0
"""Seconds within which a primary that restarts on purpose has told its secondary. Source: HA-520."""

_MODES = {"off": Mode.OFF, "become-secondary": Mode.SECONDARY}
_ROLES_APART = {Mode.PRIMARY, Mode.SECONDARY}


@dataclass(frozen=True, slots=True)
class Promise:
    """A unit is to end in a mode, by a time where the document sets one."""

    rule: Rule
    mode: Mode
    why: str
    by: float | None = None


class Promises:
    """Promises by unit. Whatever else happens to the pair may change how it ends, so it takes them back."""

    def __init__(self, view: PairView, tolerance: float) -> None:
        """Look at a pair."""
        self.open: dict[str, Promise] = {}
        self.saved: list[str] = []
        """Changes saved on the leading unit, in order."""
        self.passed_on = -1
        """Number of the last change that both units had time to get; -1 for none."""
        self._view = view
        self._tolerance = tolerance
        self._saved_at: float | None = None

    def take(self, entry: Entry) -> None:
        """Follow a command or fault that the view has taken already."""
        line = str(entry.detail.get("line", ""))
        if entry.kind is Kind.FAULT:
            if told_in(entry)[1] is Phase.BEGIN:
                self._take_back()
            return
        unit = self._view.units[entry.subject]
        if line.startswith("set disclaimer "):
            self._saves(unit, line.removeprefix("set disclaimer "), entry.at)
        elif line.startswith(("set ", *RESTARTS)) or line.endswith("ha restart"):
            self._take_back()
            if line.startswith(RESTARTS[:3]):
                self._restarts(unit, entry)
        elif line.endswith("ha failover"):
            self._take_back()
            self._fails_over(unit, entry)
        elif line.endswith("ha restore"):
            self._take_back()
            self._restores(unit, entry)

    def role(self, unit: UnitView, new: Mode, at: float) -> None:
        """Follow a change of role that the view has not taken yet."""
        peer = self._view.peer(unit)
        if new not in SETTLED:
            self._saved_at = None
        cured = unit.mode is Mode.FAILED and new is Mode.OFF and unit.unplugged is None
        restarted = unit.mode is Mode.UNREACHABLE and unit.failed_as is Mode.PRIMARY
        if not (cured or restarted):
            return
        returns_to_primary = peer.mode is Mode.PRIMARY and self._view.whole
        if not returns_to_primary or unit.configured is Mode.OFF or at - peer.since <= self._view.lag():
            return
        mode = _MODES.get(unit.on_failure, unit.configured)
        why = f"it failed as primary, and its on-failure is {unit.on_failure}"
        self.open[unit.name] = Promise(Rule.RECOVERY, mode, why)

    def overdue(self, at: float) -> Iterator[tuple[Rule, float, str]]:
        """Promises with a time that has passed; and a saved change that has had its time is passed on."""
        if self._saved_at is not None and at - self._saved_at > PASSED_ON + self._tolerance:
            self.passed_on = len(self.saved) - 1
            self._saved_at = None
        for name, promise in list(self.open.items()):
            if promise.by is None or at <= promise.by + self._tolerance:
                continue
            del self.open[name]
            mode = self._view.units[name].mode
            if mode is not promise.mode:
                yield promise.rule, promise.by, f"unit {name} is {mode.value}, not {promise.mode.value}: {promise.why}"

    def unkept(self) -> list[tuple[Rule, str]]:
        """Promises that do not hold at the moment."""
        found = []
        for name, promise in self.open.items():
            mode = self._view.units[name].mode
            if mode is not promise.mode:
                found.append((promise.rule, f"unit {name} is {mode.value}, not {promise.mode.value}: {promise.why}"))
        return found

    def _take_back(self) -> None:
        self.open.clear()
        self._saved_at = None
        for unit in self._view.units.values():
            unit.sits_out = False

    def _saves(self, unit: UnitView, value: str, at: float) -> None:
        if unit.mode is not Mode.PRIMARY:
            return
        self.saved.append(value)
        calm = at - self._view.disturbed > QUIET and self._view.whole
        together = self._view.hear_each_other(at) and self._view.peer(unit).mode is Mode.SECONDARY
        self._saved_at = at if calm and together else None

    def _restarts(self, unit: UnitView, entry: Entry) -> None:
        peer = self._view.peer(unit)
        calm = self._view.hear_each_other(entry.at) and self._view.whole
        peer.sits_out = calm and unit.mode is Mode.PRIMARY and peer.mode is Mode.SECONDARY

    def _fails_over(self, unit: UnitView, entry: Entry) -> None:
        peer = self._view.peer(unit)
        together = self._view.hear_each_other(entry.at) and self._view.whole
        if together and {unit.mode, peer.mode} == _ROLES_APART and not refused(entry):
            by = max(entry.at, unit.awake + AWAKE, peer.awake + AWAKE) + AT_ONCE
            for one, other in ((unit, peer), (peer, unit)):
                self.open[one.name] = Promise(Rule.COMMAND, other.mode, "a failover was forced", by)

    def _restores(self, unit: UnitView, entry: Entry) -> None:
        peer = self._view.peer(unit)
        together = self._view.hear_each_other(entry.at) and self._view.whole
        if unit.configured is Mode.OFF or peer.configured is Mode.OFF or refused(entry) or not together:
            return
        if unit.mode is unit.configured:
            return  # nothing to restore: how it ends is decided by what else goes on
        self.open[unit.name] = Promise(Rule.COMMAND, unit.configured, "its configured mode was restored")
