"""Turns the history of a pair into lanes of bars and marks on one clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.contract import Mode, Rank
from lab.faults import Phase
from lab.history import History, UnitHistory, host
from lab.timeline import Entry
from reports import phases

MOST_MAIL, APART = 400, 400
"""Events of mail that are all drawn; of more, those that lie apart by such a part of the picture."""


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
    """One lane of the picture: its name, and `rows` of bars and marks below each other."""

    name: str
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()
    rows: int = 1
    note: str = ""


class Reader:
    """Makes the lanes of one scenario from its pair's history and the claims on its timeline."""

    def __init__(
        self,
        history: History,
        claims: Sequence[Entry] = (),
        *,
        origin: float,
        end: float,
        failovers: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Draw the span from `origin` to `end` of the lab's clock; `failovers` as in `Judgement`."""
        self.origin = origin
        self.failovers = failovers
        self.end = end - origin
        # Extend the last states a little: many scenarios end at the instant for which they waited.
        self.span = max(self.end * 1.03, 0.001)
        self.history = history
        self.claims = claims
        # Ends of faults at the very end may be the harness tidying up, which is no part of the scenario.
        self.faults = [each for each in history.faults if each.at < end or each.phase is Phase.BEGIN]

    def at(self, moment: float) -> float:
        """Seconds since the scenario began."""
        return max(moment - self.origin, 0.0)

    def lanes(self) -> list[Lane]:
        """Every lane that is not empty, from the units down to the mail."""
        found = [self._unit(unit) for unit in self.history.units.values()]
        for address in self._shared():
            found += [self._holders(address), self._answers(address)]
        found += [self._link(rank) for rank in Rank]
        found += [self._faults(), self._failovers(), self._mail(), self._claims()]
        return [lane for lane in found if lane.bars or lane.marks]

    def _unit(self, unit: UnitHistory) -> Lane:
        first = unit.roles[0].old if unit.roles else Mode.OFF
        states = [(0.0, first.value), *((self.at(each.at), each.new.value) for each in unit.roles)]
        bars = tuple(Bar(start, end, f"role-{mode}", mode) for start, end, mode in self._periods(states))
        beats = tuple(Mark(self.at(each.at), f"beat-{each.rank}", row=1) for each in unit.beats)
        return Lane(f"Unit {unit.name}", bars, beats, rows=2, note="heartbeats heard")

    def _shared(self) -> list[str]:
        held: dict[str, set[str]] = {}
        for each in self.history.holdings:
            held.setdefault(host(each.address), set()).add(each.unit)
        probed = {each.address for each in self.history.probes}
        return sorted(probed | {address for address, units in held.items() if len(units) > 1})

    def _holders(self, address: str) -> Lane:
        bars: list[Bar] = []
        held = [each for each in self.history.holdings if host(each.address) == address]
        for row, unit in enumerate(self.history.units):
            states = [(0.0, ""), *((self.at(each.at), unit if each.held else "") for each in held if each.unit == unit)]
            bars += [Bar(a, b, f"unit-{unit}", unit, row) for a, b, holder in self._periods(states) if holder]
        marks = [
            Mark(self.at(each.at), "announced", f"{each.unit} announces it")
            for each in self.history.announcements
            if each.address == address
        ]
        return Lane(f"{address} held", tuple(bars), tuple(marks), rows=2, note="P above, S below; ▼ ARP")

    def _answers(self, address: str) -> Lane:
        states = [(self.at(each.at), each.answer) for each in self.history.probes if each.address == address]
        bars = tuple(
            Bar(a, b, f"unit-{who}" if who else "silent", who or "no answer") for a, b, who in self._periods(states)
        )
        return Lane(f"{address} answers", bars, note="SMTP banner")

    def _link(self, rank: Rank) -> Lane:
        states = [(0.0, "up", "")]
        for change in self.faults:
            fault, state = change.fault, change.fault.row.link_is
            if fault.link is rank and state:
                how = fault.kind.value if state == "cut" else state
                states.append((self.at(change.at), state, f"{how}, {fault.unit} deaf" if fault.unit else how))
        bars = []
        for (start, state, how), following in zip(states, [*states[1:], (self.span, "", "")], strict=True):
            if following[0] > start or state != "up":
                bars.append(Bar(start, following[0], f"link-{state}", "" if state == "up" else how))
        return Lane(f"{rank.value.capitalize()} link", tuple(bars))

    def _faults(self) -> Lane:
        open_: dict[str, tuple[float, str]] = {}
        bars: list[Bar] = []
        for change in self.faults:
            fault = change.fault
            begun = open_.pop(fault.subject, None)
            if begun is not None:
                bars.append(Bar(begun[0], self.at(change.at), "fault", begun[1]))
            if change.phase is Phase.BEGIN:
                name = fault.unit if fault.link is None else f"{fault.link.value} link"
                open_[fault.subject] = (self.at(change.at), f"{name}: {fault}")
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
        marks: dict[object, Mark] = {}
        for number, each in enumerate(self.history.mail):
            at, look = self.at(each.at), f"mail-{each.event}"
            # Of very many, one stands for those at the same place: the mail ledger has a picture of its own.
            place = (int(at / self.span * APART), look) if len(self.history.mail) > MOST_MAIL else number
            marks.setdefault(place, Mark(at, look, f"{each.message} {each.event}"))
        return Lane("Mail", marks=tuple(marks.values()), note="▲ accepted ● delivered ✕ not")

    def _claims(self) -> Lane:
        bars = []
        for claim in self.claims:
            if claim.detail.get("unit", "s") != "s":
                continue  # a rate is no span of time
            measured = float(claim.detail.get("measured") or 0.0)
            end = self.at(claim.at)
            look = f"claim-{claim.detail.get('verdict')}"
            bars.append(Bar(max(end - measured, 0.0), end, look, f"{measured:.3f} s"))
        return Lane("Timed claims", *_stacked(bars))

    def _periods(self, states: Sequence[tuple[float, str]]) -> list[tuple[float, float, str]]:
        """Join equal neighbouring states; each lasts until the next one, the last until the end."""
        joined: list[tuple[float, str]] = []
        for at, state in states:
            if joined and joined[-1][0] == at:
                joined.pop()
            if not joined or joined[-1][1] != state:
                joined.append((at, state))
        ends = [*(at for at, _ in joined[1:]), self.span][: len(joined)]
        return [(at, end, state) for (at, state), end in zip(joined, ends, strict=True)]


def _stacked(bars: Iterable[Bar]) -> tuple[tuple[Bar, ...], tuple[Mark, ...], int]:
    """Put bars that overlap into rows below each other."""
    ends: list[float] = []
    placed = []
    for bar in sorted(bars, key=lambda bar: bar.start):
        row = next((number for number, end in enumerate(ends) if end <= bar.start), len(ends))
        ends[row : row + 1] = [bar.end]
        placed.append(Bar(bar.start, bar.end, bar.look, bar.text, row))
    return tuple(placed), (), max(len(ends), 1)
