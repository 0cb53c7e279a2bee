"""What the sentences of one scenario share: the lab, what was set and caused so far, and where to look from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

import pytest

from lab.contract import Capability, Ending, Lab, MailSession, Message, Mode, Port, Rank, Reply, Unit
from lab.errors import FaultNotProven, NotApplicable
from lab.faults import Fault, inflict
from lab.history import LONG_AGO, History
from lab.invariants import Allowances
from lab.rules.watch import Watch
from lab.schedule_run import ScheduleRun
from lab.timeline import Entry, Kind

MARGIN = 0.5
"""Seconds that watching goes on after a span, so that a change at its very end is seen."""

_SETTLED = {Mode.PRIMARY, Mode.SECONDARY, Mode.OFF, Mode.FAILED}
"""Effective modes that last long enough for an operator to read them after the change was seen."""


@dataclass(slots=True)
class Scene:
    """One scenario as its sentences see it; units are named "P" and "S"."""

    lab: Lab
    allow: Allowances
    since: float = 0.0
    """When the last action began, on the lab's clock."""
    healthy_since: float | None = None
    """When the pair had become healthy, on the lab's clock; None where it was never waited for."""
    message: Message | None = None
    session: MailSession | None = None
    reply: Reply | None = None
    """What the unit answered to lines that it may refuse."""
    replied: float = 0.0
    """When it had answered, on the lab's clock."""
    ordered: tuple[str, Mode | None] | None = None
    """The unit that was last given a command that may have to wait, and its effective mode then."""
    endings: Mapping[Port, Ending] = field(default_factory=dict)
    """How the last stranger fared at each port."""
    memory: dict[str, int] = field(default_factory=dict)
    """Bytes of memory that each unit used before the first stranger came."""
    logged: dict[str, int] = field(default_factory=dict)
    """Lines in each unit's log before the first stranger came."""
    before: str = ""
    """What a unit printed before the action, where the two are compared."""
    setting: str = ""
    apart: dict[str, str] = field(default_factory=dict)
    """A setting that was changed on both units, by unit."""
    stored: dict[str, str] = field(default_factory=dict)
    """Id of the message that each unit has put into its quarantine, by unit."""
    batch: list[Message] = field(default_factory=list)
    """The messages that the scenario is about, where there are several."""
    watch: Watch | None = None
    run: ScheduleRun | None = None
    """The schedule that is being carried out."""
    copying: Message | None = None
    """The message whose copying has begun and is to be interrupted."""
    carried: Mapping[tuple[Rank, Port], int] = field(default_factory=dict)
    marked: Mapping[Rank, Rank] = field(default_factory=lambda: {rank: rank for rank in Rank})
    """Which of the lab's links carries the heartbeat of each rank: they may be configured the other way round."""
    _steady_at: float = LONG_AGO
    """When the pair was last seen to be steady, on the lab's clock."""
    _told: History = field(default_factory=History)
    """What operators have set so far, and how many of their lines have been looked at."""
    _read: int = 0
    _seen: dict[str, int] = field(default_factory=dict)
    _caused: set[tuple[str, Mode]] = field(default_factory=set)

    @property
    def units(self) -> tuple[Unit, Unit]:
        """Both units, the configured primary first."""
        return self.lab.primary, self.lab.secondary

    def unit(self, name: str) -> Unit:
        """Return the unit called "P" or "S"."""
        return next(unit for unit in self.units if unit.name == name)

    def other(self, name: str) -> Unit:
        """Return the peer of the unit called "P" or "S"."""
        return next(unit for unit in self.units if unit.name != name)

    @property
    def detection(self) -> dict[str, float]:
        """Detection time of each unit in seconds, as an operator has set it last."""
        return {name: unit.detection for name, unit in self._settings.units.items()}

    @property
    def on_failure(self) -> dict[str, str]:
        """What each unit goes by after its failure, as an operator has set it last."""
        return {name: unit.on_failure for name, unit in self._settings.units.items()}

    @property
    def _settings(self) -> History:
        lines = self.lab.timeline.of(Kind.CLI)
        for entry in lines[self._read :]:
            if str(entry.detail["line"]).startswith("set "):
                self._told.take(entry)
        self._read = len(lines)
        return self._told

    def needs(self, *capabilities: Capability) -> None:
        """Leave the scenario when the lab cannot do all of this. Raises NotApplicable."""
        for capability in sorted(set(capabilities) - self.lab.capabilities):
            raise NotApplicable(f"the {self.lab.driver} lab cannot do what the scenario needs: {capability.value}")

    def act(self) -> None:
        """Begin an action: what is asserted from now on must have happened after this moment."""
        self.since = self.lab.clock.now()
        self._caused.clear()
        for unit in self.units:
            self._seen[unit.name] = len(self.lab.timeline.of(Kind.ROLE, unit.name))

    def steady(self) -> None:
        """Let a healthy pair's secondary hear its peer at least once, so that a silence has a known beginning."""
        if self.healthy_since is None:
            return
        follows = self.mode_seen("P") is Mode.PRIMARY and self.mode_seen("S") is Mode.SECONDARY
        since = self._opened() if follows else self.healthy_since
        beats, heard = (Kind.HEARTBEAT, "S"), "the secondary hears its peer"
        self.lab.clock.wait_for(lambda: self.lab.timeline.of(*beats, since=since), self.lab.profile.settle, heard)
        self._steady_at = self.lab.clock.now()

    def last_heard(self, unit: str, before: float) -> float:
        """When the unit last heard its peer on any link up to a moment, in seconds on the lab's clock.

        A lab may miss the first heartbeat on a connection (in containers it comes in one packet with the end of the
        handshake). So what began the silence must have waited until the pair was steady; raises RuntimeError where it
        did not, and FaultNotProven where a connection may have been opened between the two.
        """
        if self._steady_at == LONG_AGO:
            raise RuntimeError("this silence has no known beginning: what began it must call Scene.steady first")
        if self._opened(before) > self._steady_at:
            raise FaultNotProven(f"unit {unit} may have heard its peer on a new connection before the lab saw it")
        return max(beat.at for beat in self.lab.timeline.of(Kind.HEARTBEAT, unit) if beat.at <= before)

    def _opened(self, before: float = inf) -> float:
        """When connections may last have been opened, up to a moment: a unit answered again, or began to follow."""
        assert self.healthy_since is not None
        opens = (
            change.at
            for change in self.lab.timeline.of(Kind.ROLE)
            if change.at <= before
            and (change.detail["old"] == Mode.UNREACHABLE.value or change.detail["new"] == Mode.SECONDARY.value)
        )
        return max((self.healthy_since, *opens))

    def ready(self, *faults: Fault) -> None:
        """Begin an action that consists of faults, once the pair is steady. Raises NotApplicable."""
        self.needs(*(capability for fault in faults for capability in fault.needs))
        self.steady()
        self.act()

    def inflict(self, *faults: Fault) -> None:
        """Let faults begin or end, one after the other. Raises NotApplicable, FaultNotProven.

        Where they may bring both units to lead, that is allowed once, until one unit has left the role.
        """
        self.needs(*(capability for fault in faults for capability in fault.needs))
        if any(fault.splits for fault in faults):
            self.part()
        for fault in faults:
            inflict(self.lab, fault)

    def begin_with(self, *faults: Fault) -> None:
        """Begin an action by faults, once the pair is steady. Raises NotApplicable, FaultNotProven."""
        self.ready(*faults)
        self.inflict(*faults)

    def part(self) -> None:
        """Declare that the units may not hear each other from now on, so that both may come to lead."""
        self.allow.split(self.lab.clock.now())

    def cause(self, unit: str, *modes: Mode) -> None:
        """Declare changes of effective mode; what an action causes and an assertion names again counts once."""
        for mode in modes:
            if (unit, mode) not in self._caused:
                self._caused.add((unit, mode))
                self.allow.role(unit, mode)

    def changes(self, unit: str) -> list[Entry]:
        """Changes of effective mode since the action began, or since the last one that was asserted."""
        return self.lab.timeline.of(Kind.ROLE, unit)[self._seen.get(unit, 0) :]

    def mode_seen(self, unit: str) -> Mode | None:
        """Return the unit's effective mode according to the timeline."""
        entries = self.lab.timeline.of(Kind.ROLE, unit)
        return Mode(str(entries[-1].detail["new"])) if entries else None

    def await_change(self, unit: str, mode: Mode, within: float | None = None) -> Entry:
        """Wait for a change into `mode` and return its entry; later assertions look at what follows it.

        `within` (seconds) bounds the wait only and judges nothing; by default it is the lab's time to settle.
        """
        self.cause(unit, mode)

        def change() -> Entry | None:
            return next((entry for entry in self.changes(unit) if entry.detail["new"] == mode.value), None)

        bound = self.lab.profile.settle if within is None else within
        entry = self.lab.clock.wait_for(change, bound, f"unit {unit} becomes effective {mode.value}")
        self._seen[unit] = 1 + next(i for i, e in enumerate(self.lab.timeline.of(Kind.ROLE, unit)) if e is entry)
        if entry is not None and mode in _SETTLED and not self.changes(unit):
            self._shows(unit, mode)
        assert entry is not None
        return entry

    def _shows(self, unit: str, mode: Mode) -> None:
        """Check that the unit shows its operator that mode, unless it has changed again since."""
        shown = self.unit(unit).effective_mode()
        if shown is not mode:
            changed = f"unit {unit} changed to {mode.value}, but shows its operator {shown.value}"
            # The lab may see the next change a moment later than the operator does.
            within = max(self.lab.profile.resolution, self.lab.profile.slack)
            self.lab.clock.wait_for(
                lambda: any(e.detail["new"] == shown.value for e in self.changes(unit)), within, changed
            )

    def enter(self, unit: str, *lines: str) -> str:
        """Enter CLI lines that must be accepted, and return what was printed."""
        reply = self.unit(unit).cli(*lines)
        assert reply.accepted, f"unit {unit} refused {' / '.join(lines)}: {reply.text}"
        return reply.text


@pytest.fixture
def scene(lab: Lab, allow: Allowances) -> Scene:
    """Start a scenario on a lab in its first state."""
    return Scene(lab, allow)
