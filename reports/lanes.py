"""Turns a timeline into lanes of bars and marks on one clock, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.faults import Effect, Phase, told_in
from lab.timeline import Entry, Kind
from reports import phases


@dataclass(frozen=True, slots=True)
class Bar:
    """A state that lasted from `start` to `end` (seconds since the scenario began); `look` names its style."""

    start: float
    end: float
    look: str
    text: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at an instant."""

    at: float
    look: str
    text: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the picture: its name, and `rows` of bars and marks below each other."""

    name: str
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()
    rows: int = 1
    note: str = ""


class Reader:
    """Reads lanes out of one scenario's entries."""

    def __init__(
        self, entries: Sequence[Entry], *, origin: float, end: float, failovers: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        """Keep what happened between `origin` and `end` of the lab's clock; `failovers` as a judgement has them."""
        self.origin = origin
        self.failovers = failovers
        self.end = end - origin
        # The last states get a little room: many a scenario ends at the instant it waited for.
        self.span = max(self.end * 1.03, 0.001)
        self.entries = [e for e in entries if e.at < end or (e.at == end and not _is_healing(e))]

    def of(self, kind: Kind, subject: str | None = None) -> list[Entry]:
        """Entries of one kind, in order."""
        return [e for e in self.entries if e.kind is kind and subject in {None, e.subject}]

    def at(self, entry: Entry) -> float:
        """Seconds since the scenario began."""
        return max(entry.at - self.origin, 0.0)

    def lanes(self) -> list[Lane]:
        """Every lane that has something to show, from the units down to the mail."""
        found = [self._unit(unit) for unit in self._units()]
        for address in self._shared():
            found += [self._holders(address), self._answers(address)]
        found += [self._link(rank) for rank in ("primary", "secondary")]
        found += [self._faults(), self._failovers(), self._mail(), self._claims()]
        return [lane for lane in found if lane.bars or lane.marks]

    def _units(self) -> list[str]:
        return sorted({e.subject for e in self.entries if e.kind in {Kind.ROLE, Kind.CLI}} | {"P", "S"})

    def _unit(self, unit: str) -> Lane:
        changes = self.of(Kind.ROLE, unit)
        first = str(changes[0].detail.get("old") or "off") if changes else "off"
        states = [(0.0, first), *((self.at(e), str(e.detail.get("new"))) for e in changes)]
        bars = tuple(Bar(start, end, f"role-{mode}", mode) for start, end, mode in self._periods(states))
        beats = tuple(
            Mark(self.at(e), f"beat-{e.detail.get('rank', 'primary')}", row=1) for e in self.of(Kind.HEARTBEAT, unit)
        )
        return Lane(f"Unit {unit}", bars, beats, rows=2, note="heartbeats heard")

    def _shared(self) -> list[str]:
        probed = {e.subject.partition("/")[0] for e in self.of(Kind.PROBE)}
        held: dict[str, set[str]] = {}
        for entry in self.of(Kind.ADDRESS):
            held.setdefault(str(entry.detail.get("address")).partition("/")[0], set()).add(entry.subject)
        return sorted(probed | {address for address, units in held.items() if len(units) > 1})

    def _holders(self, address: str) -> Lane:
        bars: list[Bar] = []
        for row, unit in enumerate(self._units()):
            states = [(0.0, "")]
            for entry in self.entries:
                if entry.subject != unit:
                    continue
                if entry.kind is Kind.ADDRESS and str(entry.detail.get("address")).partition("/")[0] == address:
                    states.append((self.at(entry), unit if entry.detail.get("held") else ""))
                elif entry.kind is Kind.FAULT and Effect.EMPTIED in told_in(entry)[0].row.effects:
                    states.append((self.at(entry), ""))
            bars += [Bar(a, b, f"unit-{unit}", unit, row) for a, b, held in self._periods(states) if held]
        marks = [
            Mark(self.at(e), "announced", f"{e.subject} announces it")
            for e in self.of(Kind.ANNOUNCEMENT)
            if str(e.detail.get("address")).partition("/")[0] == address
        ]
        return Lane(f"{address} held", tuple(bars), tuple(marks), rows=2, note="P above, S below; ▼ ARP")

    def _answers(self, address: str) -> Lane:
        probes = [e for e in self.of(Kind.PROBE) if e.subject.partition("/")[0] == address]
        states = [(self.at(e), str(e.detail.get("answer") or "none")) for e in probes]
        bars = tuple(
            Bar(a, b, "silent" if who == "none" else f"unit-{who}", "no answer" if who == "none" else who)
            for a, b, who in self._periods(states)
        )
        return Lane(f"{address} answers", bars, note="SMTP banner")

    def _link(self, rank: str) -> Lane:
        states = [(0.0, "up", "")]
        for entry in self.of(Kind.FAULT, rank):
            fault, _ = told_in(entry)
            state = fault.row.link_is
            how = fault.kind.value if state == "cut" else state
            if state:
                states.append((self.at(entry), state, f"{how}, {fault.unit} deaf" if fault.unit else how))
        bars = []
        for (start, state, how), following in zip(states, [*states[1:], (self.span, "", "")], strict=True):
            if following[0] > start or state != "up":
                bars.append(Bar(start, following[0], f"link-{state}", "" if state == "up" else how))
        return Lane(f"{rank.capitalize()} link", tuple(bars))

    def _faults(self) -> Lane:
        open_: dict[str, tuple[float, str]] = {}
        bars: list[Bar] = []
        for entry in self.of(Kind.FAULT):
            begun = open_.pop(entry.subject, None)
            if begun is not None:
                bars.append(Bar(begun[0], self.at(entry), "fault", begun[1]))
            fault, phase = told_in(entry)
            if phase is Phase.BEGIN:
                name = fault.unit if fault.link is None else f"{fault.link.value} link"
                open_[entry.subject] = (self.at(entry), f"{name}: {fault}")
        bars += [Bar(start, self.span, "fault", text) for start, text in open_.values()]
        return Lane("Faults", *_stacked(bars))

    def _failovers(self) -> Lane:
        bars: list[Bar] = []
        marks: list[Mark] = []
        for each in self.failovers:
            began, after = float(each["began"]), each["after"]
            role = began + after[phases.Phase.ROLE.value]
            text = f"{each['cause']} {after[phases.Phase.ROLE.value]:.3f} s"
            bars += [Bar(began, role, "awaited", text), Bar(role, began + max(after.values()), f"unit-{each['unit']}")]
            marks += [Mark(began + at, "phase", phase) for phase, at in after.items()]
        return Lane("Failover", tuple(bars), tuple(marks), note="phases: the list below")

    def _mail(self) -> Lane:
        marks = tuple(
            Mark(self.at(e), f"mail-{e.detail.get('event')}", f"{e.subject} {e.detail.get('event')}")
            for e in self.of(Kind.MAIL)
        )
        return Lane("Mail", marks=marks, note="▲ accepted ● delivered ✕ not")

    def _claims(self) -> Lane:
        bars = []
        for entry in self.of(Kind.CLAIM):
            if entry.detail.get("unit", "s") != "s":
                continue  # a rate has no length to draw
            measured = float(entry.detail.get("measured") or 0.0)
            end = self.at(entry)
            look = f"claim-{entry.detail.get('verdict')}"
            bars.append(Bar(max(end - measured, 0.0), end, look, f"{measured:.3f} s"))
        return Lane("Timed claims", *_stacked(bars))

    def _periods(self, states: Sequence[tuple[float, str]]) -> list[tuple[float, float, str]]:
        """Join equal neighbours; each state lasts until the next one, the last until the end."""
        joined: list[tuple[float, str]] = []
        for at, state in states:
            if joined and joined[-1][0] == at:
                joined.pop()
            if not joined or joined[-1][1] != state:
                joined.append((at, state))
        ends = [*(at for at, _ in joined[1:]), self.span][: len(joined)]
        return [(at, end, state) for (at, state), end in zip(joined, ends, strict=True)]


def _is_healing(entry: Entry) -> bool:
    """Whether the entry may be the harness tidying up at the very end, which is no part of the scenario."""
    return entry.kind is Kind.FAULT and told_in(entry)[1] is Phase.END


def _stacked(bars: Iterable[Bar]) -> tuple[tuple[Bar, ...], tuple[Mark, ...], int]:
    """Put bars that overlap into rows below each other."""
    ends: list[float] = []
    placed = []
    for bar in sorted(bars, key=lambda bar: bar.start):
        row = next((number for number, end in enumerate(ends) if end <= bar.start), len(ends))
        ends[row : row + 1] = [bar.end]
        placed.append(Bar(bar.start, bar.end, bar.look, bar.text, row))
    return tuple(placed), (), max(len(ends), 1)
