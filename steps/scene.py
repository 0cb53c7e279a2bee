"""What the sentences of one scenario share: the lab, what was set and caused so far, and where to look from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import pytest

from lab.contract import Capability, Lab, Mode, Port, Rank, Unit
from lab.errors import FaultNotProven, LabError, NotReached
from lab.faults import Effect, Fault, FaultKind, Phase, inflict
from lab.frames import Frame
from lab.history import LONG_AGO, ROLES, History, Order
from lab.invariants import Allowances
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind
from steps.actions import Action, needs_of

MARGIN = 0.5
"""Seconds that watching goes on after a span, so that a change at its very end is seen."""

_OF_ALL_LINKS = ("password", "hb-base-port", "heartbeat-")
"""Beginnings of settings on which each link depends, or some link, in the flat form."""

_BASE_PORT = re.compile(r"set hb-base-port (\d+)")

_OF_BOTH = {order.value for order in (Order.FAILOVER, Order.RESTORE, Order.SYNC)}
"""Orders that a unit carries out with its peer only."""

_AWAY = {Mode.UNREACHABLE.value, Mode.OFF.value, Mode.FAILED.value}
"""Effective modes in which a unit may end its connections to its peer."""

_SETTLED = {Mode.PRIMARY, Mode.SECONDARY, Mode.OFF, Mode.FAILED}
"""Effective modes that last long enough for an operator to read them after the change was seen."""


@dataclass(slots=True)
class Scene:
    """One scenario as its sentences see it; units are named "P" and "S"."""

    lab: Lab
    allow: Allowances
    declared: frozenset[Capability] = frozenset(Capability)
    """What the sentences have said to need, which was asked of the lab before the scenario began."""
    since: float = 0.0
    """When the last action began, on the lab's clock."""
    healthy_since: float | None = None
    """When the pair had become healthy, on the lab's clock; None where it was never waited for."""
    carried: Mapping[tuple[Rank, Port], int] = field(default_factory=dict)
    """Bytes that each link had carried on each port when counting began."""
    marked: Mapping[Rank, Rank] = field(default_factory=lambda: {rank: rank for rank in Rank})
    """Which of the lab's links carries the heartbeat of each rank: they may be configured the other way round."""
    ordered: tuple[str, Mode | None] | None = None
    """The unit that was last given a command that may have to wait, and its effective mode then."""
    trapped: dict[str, int] = field(default_factory=dict)
    """System event traps that each unit had sent before an operator last ordered it to go down."""
    memory: dict[str, int] = field(default_factory=dict)
    """Bytes of memory that each unit used before the first stranger came, or the first service failed."""
    copying: str = ""
    """Id of the message whose copying has begun, until something interrupts it."""
    links: frozenset[Rank] = frozenset()
    """Links on which the healthy pair heard each other."""
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
        return {name: unit.detection for name, unit in self.told.units.items()}

    @property
    def on_failure(self) -> dict[str, str]:
        """What each unit goes by after its failure, as an operator has set it last."""
        return {name: unit.on_failure for name, unit in self.told.units.items()}

    @property
    def told(self) -> History:
        """What operators have set so far."""
        lines = self.lab.timeline.of(Kind.CLI)
        for entry in lines[self._read :]:
            if str(entry.detail["line"]).startswith(("set ", "unset ")):
                self._told.take(entry)
        self._read = len(lines)
        return self._told

    def needs(self, *capabilities: Capability) -> None:
        """Raise RuntimeError where a sentence has not declared this: the scenario must not have begun in vain."""
        if undeclared := sorted(set(capabilities) - self.declared):
            raise RuntimeError(f"no sentence of the scenario declares that it needs {', '.join(undeclared)}")

    def act(self) -> None:
        """Begin an action: what is asserted from now on must have happened after this moment."""
        self.since = self.lab.clock.now()
        self._caused.clear()
        for unit in self.units:
            self._seen[unit.name] = len(self.lab.timeline.of(Kind.ROLE, unit.name))

    def last_heard(self, unit: str, before: float) -> float:
        """When the unit last heard its peer on any link up to a moment, in seconds on the lab's clock.

        Raises FaultNotProven where the lab has seen no heartbeat until then: the silence has no known beginning.
        """
        heard = [beat.at for beat in self.lab.timeline.of(Kind.HEARTBEAT, unit) if beat.at <= before]
        if not heard:
            raise FaultNotProven(f"unit {unit} had not heard its peer when the silence began, as far as the lab saw")
        return max(heard)

    def settle_links(self) -> None:
        """Let both units hear each other again after one was away, on every link that can carry, before one is lost.

        Nobody promises how soon a unit uses its second link, and one that it has never heard there it does not miss.
        Links that a fault has taken are not waited for, nor those whose settings were changed and not heard since.
        Raises NotReached where a unit does not use the others again.
        """
        ends = [change.at for change in self.lab.timeline.of(Kind.ROLE) if change.detail["new"] in _AWAY]
        if not ends or not all(self.mode_seen(unit.name) in ROLES for unit in self.units):
            return
        history = History(self.lab.timeline)
        lost = {rank for fault in history.in_force if Effect.PARTED in fault.row.effects for rank in _links_of(fault)}
        ranks = [rank for rank in self.links - lost if self._hear_on({rank}, _changed(history, rank))]
        what = " and ".join(f"the {rank.value} link" for rank in sorted(ranks))
        self.lab.clock.wait_for(
            partial(self._hear_on, ranks, max(ends)),
            self.lab.timing.settle,
            f"the units hear each other on {what} since one was away",
        )

    def await_links(self, ranks: Iterable[Rank]) -> None:
        """Wait until both units have heard each other on these links, which from now on are the pair's."""
        self.links = frozenset(ranks)
        heard = partial(self._hear_on, self.links, LONG_AGO)
        self.lab.clock.wait_for(heard, self.lab.timing.settle, "the units hear each other on each link")

    def _hear_on(self, ranks: Iterable[Rank], since: float) -> bool:
        beats = {
            (unit.name, beat.detail["rank"])
            for unit in self.units
            for beat in self.lab.timeline.of(Kind.HEARTBEAT, unit.name, since=since)
        }
        return beats >= {(unit.name, rank.value) for unit in self.units for rank in ranks}

    def inflict(self, *faults: Fault) -> None:
        """Let faults begin or end, one after the other. Raises FaultNotProven.

        Where they may bring both units to lead, that is allowed once, until one unit has left the role.
        """
        self.needs(*needs_of(faults))
        if any(fault.splits for fault in faults):
            self.part()
        for fault in faults:
            inflict(self.lab, fault)

    def carry_out(self, action: Action, frame: Frame = Frame.HAPPENS) -> None:
        """Do what an action tells, in one order for all. Raises FaultNotProven, NotReached."""
        self.needs(*needs_of(action.faults))
        if any(fault.row.phase is Phase.BEGIN for fault in action.faults):
            self.settle_links()
        self.act()
        for unit, mode in action.causes:
            self.cause(unit, mode)
        if action.splits:
            self.part()
        if action.counts:
            self.carried = self.count()
        if action.proves is not None:
            action.proves()
        self.inflict(*action.faults)
        if action.counts:
            self._count_anew(action.faults)
        for unit, lines in action.enters:
            self.enter(unit, *lines)
        if action.does is not None:
            action.does()
        if action.seen is not None:
            action.seen()
        if frame is Frame.HAPPENED and action.done is not None:
            action.done()

    def weigh(self) -> None:
        """Note how much memory each unit uses, if the scenario asks and it is not noted yet. Raises FaultNotProven."""
        if Capability.MEMORY in self.declared:
            for unit in self.units:
                if unit.name not in self.memory and unit.is_powered():
                    self.memory[unit.name] = unit.memory()

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

        bound = self.lab.timing.settle if within is None else within
        entry = self.lab.clock.wait_for(change, bound, f"unit {unit} becomes effective {mode.value}")
        self._seen[unit] = 1 + next(i for i, e in enumerate(self.lab.timeline.of(Kind.ROLE, unit)) if e is entry)
        if entry is not None and mode in _SETTLED and not self.changes(unit):
            self._shows(unit, mode)
        assert entry is not None
        return entry

    def look_from_here(self, unit: str) -> None:
        """Let later assertions look at changes of this unit from now on."""
        self._seen[unit] = len(self.lab.timeline.of(Kind.ROLE, unit))

    def _shows(self, unit: str, mode: Mode) -> None:
        """Check that the unit shows its operator that mode, unless it has changed again since."""
        shown = self.unit(unit).effective_mode()
        if shown is not mode:
            changed = f"unit {unit} changed to {mode.value}, but shows its operator {shown.value}"
            # The lab may see the next change a moment later than the operator does.
            within = max(self.lab.timing.resolution, self.lab.timing.slack)
            self.lab.clock.wait_for(
                lambda: any(e.detail["new"] == shown.value for e in self.changes(unit)), within, changed
            )

    def count(self) -> dict[tuple[Rank, Port], int]:
        """Return the bytes that each link has carried on each port so far."""
        return {(rank, port): link.carried(port) for rank, link in self.lab.links.items() for port in Port}

    def grown(self, rank: Rank, port: Port) -> int:
        """Return the bytes that a link has carried on a port since counting began. Raises LabError if it has not."""
        if not self.carried:
            raise LabError(
                "nothing in the scenario counts what the links carry",
                "let a step before it change or synchronize something",
            )
        return self.lab.links[rank].carried(port) - self.carried[rank, port]

    def _count_anew(self, faults: Sequence[Fault]) -> None:
        """Count on links that are lost from the moment at which that is proven, on the others from before it began.

        What a thin or slow link still holds when one unit's cable is pulled reaches the other unit all the same.
        """
        lost = {rank for fault in faults for rank in _links_of(fault)}
        for rank in sorted({rank for fault in faults if fault.kind is FaultKind.CABLE for rank in _links_of(fault)}):
            carried = self.lab.links[rank].carried
            self.await_still(partial(_in_all, carried), MARGIN, f"the {rank.value} heartbeat link is silent")
        if lost:
            now = self.count()
            self.carried = {key: now[key] if key[0] in lost else size for key, size in self.carried.items()}

    def await_still(self, count: Callable[[], int], seconds: float, what: str) -> None:
        """Wait until a count has not grown for so long, however late it is looked at."""
        clock = self.lab.clock
        last = (clock.now(), count())

        def still() -> bool:
            nonlocal last
            now, seen = clock.now(), count()
            if seen != last[1]:
                last = (clock.now(), seen)
            return now - last[0] >= seconds

        clock.wait_for(still, seconds + self.lab.timing.settle, what)

    def await_beat(self, unit: str, rank: Rank | None = None, since: float | None = None) -> Entry:
        """Wait until the unit hears a heartbeat on that link (None: on any) since then, by default a further one."""
        begun = self.lab.clock.now() if since is None else since

        def heard() -> Entry | None:
            entries = self.lab.timeline.of(Kind.HEARTBEAT, unit, since=begun)
            return next((entry for entry in entries if rank is None or entry.detail["rank"] == rank.value), None)

        what = f"unit {unit} hears a heartbeat" + ("" if rank is None else f" on the {rank.value} link")
        entry = self.lab.clock.wait_for(heard, self.lab.timing.settle + self.lab.timing.boot, what)
        assert entry is not None
        return entry

    def await_beats(self, *ranks: Rank | None) -> None:
        """Wait until each unit hears a further heartbeat on each of these links (None, or no link named: on any)."""
        begun = self.lab.clock.now()
        for unit in self.units:
            for rank in ranks or (None,):
                self.await_beat(unit.name, rank, since=begun)

    def hold_roles(self, during: float) -> None:
        """Watch for `during` seconds that no unit changes its role."""
        self.lab.clock.hold(
            lambda: not any(self.changes(unit.name) for unit in self.units), during, "no unit changes its role"
        )

    def enter(self, unit: str, *lines: str) -> str:
        """Enter CLI lines that must be accepted, and return what was printed; the lab is told of a new base port.

        An order that came before the unit heard of its peer's latest role is entered once more when it has heard of it:
        the operator may see that role on the peer first.
        """
        for line in lines:
            if base_port := _BASE_PORT.fullmatch(line.strip()):
                self.unit(unit).expect_base_port(int(base_port[1]))
        early = lines[0] in _OF_BOTH and not self._has_heard_of_its_peer(unit)
        reply = self.unit(unit).cli(*lines)
        if early and not reply.accepted:
            with suppress(NotReached):  # then the refusal is told
                self.await_beat(unit)
                reply = self.unit(unit).cli(*lines)
        assert reply.accepted, f"unit {unit} refused {' / '.join(lines)}: {reply.text}"
        return reply.text

    def _has_heard_of_its_peer(self, unit: str) -> bool:
        """Whether the unit has heard its peer since the peer last changed its effective mode, and not just now."""
        changes = self.lab.timeline.of(Kind.ROLE, self.other(unit).name)
        beats = self.lab.timeline.of(Kind.HEARTBEAT, unit, since=changes[-1].at) if changes else []
        return any(beat.at < self.lab.clock.now() - self.lab.timing.resolution for beat in beats)


def _changed(history: History, rank: Rank) -> float:
    """When an operator last changed a setting on which a link depends, in seconds on the lab's clock."""
    of_link = PAIR.heartbeat[rank]
    lines = (each for unit in history.units.values() for each in unit.commands if each.sets)
    changes = (each.at for each in lines if each.entry == of_link or each.line.split()[1].startswith(_OF_ALL_LINKS))
    return max(changes, default=LONG_AGO)


def _in_all(carried: Callable[[Port], int]) -> int:
    return sum(map(carried, Port))


def _links_of(fault: Fault) -> frozenset[Rank]:
    """Return the heartbeat links that a fault takes, in part or as a whole; none where its whole unit is concerned."""
    return frozenset(rank for rank, port in PAIR.heartbeat.items() if fault.link is rank or fault.value == port)


@pytest.fixture
def scene(lab: Lab, allow: Allowances, declared: frozenset[Capability]) -> Scene:
    """Start a scenario on a lab in its first state."""
    return Scene(lab, allow, declared)
