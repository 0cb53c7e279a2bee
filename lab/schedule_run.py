"""Carries the happenings of a schedule out on any lab; skips those that make no sense at their time."""

from __future__ import annotations

from contextlib import suppress

from lab.contract import Lab, Mode, Rank
from lab.errors import CliLost, FaultNotProven
from lab.faults import Fault, FaultKind, Onto, end_of, in_force, inflict, is_deadly, rank_of, unit_of
from lab.history import CONFIG_PRIMARY, History
from lab.schedule import Happening, Line, What
from lab.standard_pair import PAIR
from lab.timeline import Kind

_TOGETHER = {
    What.ESTRANGED: What.RECONCILED,
    What.MISLED: What.CORRECTED,
    What.UNUSED: What.USED,
    What.UNWATCHED: What.WATCHED,
}
"""What ends a setting with which the units hear each other less, or not at all, or one finds no cure of the other."""


class ScheduleRun:
    """One schedule under way; the lab's timeline tells which faults last."""

    def __init__(self, lab: Lab) -> None:
        """Begin with a lab without faults."""
        self._lab = lab
        self._apart: set[Happening] = set()
        """What would bring the units together again that operators have set apart."""
        self._changes = 0

    def carry_out(self, line: Line) -> None:
        """Let the time before a line pass, then let it happen."""
        self._lab.clock.hold(lambda: True, line.after, "time passes")
        self.do(line.happening)

    def do(self, happening: Happening) -> None:
        """Let one thing happen now; skips a command to a unit that does not answer, or a fault that is in force."""
        what, phrase = happening.what, happening.what.value
        self._changes += what is What.CHANGE
        for fault in happening.faults:
            if self._makes_sense(fault):
                self._inflict(fault)
        if phrase.onto in {Onto.ANSWERS, Onto.LEADS} and not self._answers(happening.unit):
            return
        if phrase.onto is Onto.LEADS and not self._leads(happening.unit):
            return
        self._note(happening)
        if what is What.BASE_PORT:
            unit_of(self._lab, happening.unit).expect_base_port(int(happening.value))
        with suppress(CliLost):
            if phrase.lines:
                # The unit may refuse them.
                unit_of(self._lab, happening.unit).cli(*happening.lines(self._lab, self._changes))
            if phrase.does is not None:
                phrase.does(self._lab, happening)

    def end_faults(self, but: Rank | None = None) -> None:
        """End every fault that lasts: of links, cables, machines, power, the protected server, and of settings.

        `but`: a link that stays dead.
        """
        lasting = (fault for fault in self._in_force() if but is None or rank_of(fault) is not but)
        ends = {end for fault in lasting if (end := end_of(fault)) is not None}
        dark = (name for name in PAIR.configured if not unit_of(self._lab, name).is_powered())
        ends |= {Fault(FaultKind.POWER_ON, name) for name in dark}
        for end in sorted(ends, key=lambda end: (list(FaultKind).index(end.kind), end.subject, str(end.value))):
            self._inflict(end)
        self.do(Happening(What.TAKEN))
        for happening in sorted(self._apart, key=str):
            self.do(happening)
        entered = History(self._lab.timeline.of(Kind.CLI)).units
        first, other = (entered[name].settings.get("hb-base-port", str(PAIR.base_port)) for name in PAIR.configured)
        if first != other:
            self.do(Happening(What.BASE_PORT, "S", value=first))

    def _leads(self, name: str) -> bool:
        """Whether a unit leads its pair, or gives its configuration to a config-only group."""
        unit = unit_of(self._lab, name)
        return unit.effective_mode() is Mode.PRIMARY or unit.configured_mode() == CONFIG_PRIMARY

    def _note(self, happening: Happening) -> None:
        """Note that an operator sets the units apart, or together again."""
        self._apart.discard(happening)
        if happening.what in _TOGETHER:
            value = "" if happening.what is What.ESTRANGED else happening.value
            self._apart.add(Happening(_TOGETHER[happening.what], happening.unit, happening.link, value=value))

    def dead_link(self) -> Rank | None:
        """The link that carries nothing, where the other has no fault; None where there is no such link."""
        faults = [(rank, fault) for fault in self._in_force() if (rank := rank_of(fault)) is not None]
        return faults[0][0] if len(faults) == 1 and is_deadly(faults[0][1]) else None

    def _in_force(self) -> list[Fault]:
        return in_force(self._lab.timeline.of(Kind.FAULT))

    def _makes_sense(self, fault: Fault) -> bool:
        if fault.row.onto is Onto.ANSWERS:
            return self._answers(fault.unit)
        if fault.row.onto is Onto.POWER:
            return unit_of(self._lab, fault.unit).is_powered()
        if fault.row.onto is Onto.UNHARMED:
            lasting = self._in_force()
            if fault.kind is FaultKind.DISK:
                return not any((each.kind, each.unit) == (fault.kind, fault.unit) for each in lasting)
            return fault not in lasting
        if fault.row.onto is Onto.HARMED:
            ends_one = any(fault.ends(each) for each in self._in_force())
            return ends_one or (fault.kind is FaultKind.POWER_ON and not unit_of(self._lab, fault.unit).is_powered())
        return True

    def _inflict(self, fault: Fault) -> None:
        """Carry a fault out; a stranger that reaches no port of a unit is ignored."""
        with suppress(*((FaultNotProven,) if fault.kind is FaultKind.STRANGER else ())):
            inflict(self._lab, fault)

    def _answers(self, name: str) -> bool:
        stands_still = {FaultKind.CRASH, FaultKind.FREEZE}
        if any(each.unit == name and each.kind in stands_still for each in self._in_force()):
            return False
        return unit_of(self._lab, name).effective_mode() is not Mode.UNREACHABLE
