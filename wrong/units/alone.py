"""Units that an operator orders about while their peer is away, and that wait for it, or forget themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Mode, SystemEvent
from node.engine.state import Joining, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.timing import DISCOVERY
from node.engine.turn import News, Rules, Turn
from wrong.common import Take, in_role, leaving_out
from wrong.record import Decision, Events, Plain, React, Reaction, Remembering, WrongUnit


@dataclass(slots=True)
class Restarted:
    """In which phase the unit was when an operator restarted HA last."""

    phase: Phase | None = None


def _waiting_for_the_peer(which: Callable[[Joining], bool]) -> Callable[[Take, Turn, Joining, News], None]:
    """Do not lead where nobody is found: look again."""

    def take_or_wait(take: Take, turn: Turn, me: Joining, news: News) -> None:
        if news == on.TimerFired(Wait.JOIN) and turn.unit.group.peer is None and which(me):
            turn.start(Wait.JOIN, DISCOVERY)
        else:
            take(turn, me, news)

    return take_or_wait


def _waiting_after_a_restart(*phases: Phase) -> Remembering[Restarted]:
    """After a restart of HA in one of these phases do not lead before the peer is there."""

    def substitutions(restarted: Restarted) -> tuple[Plain, ...]:
        def note(event: on.Event, unit: State) -> list[on.Event]:
            if event == on.Ordered(Command.RESTART):
                restarted.phase = unit.phase
            return [event]

        return Events(note), in_role(Joining, _waiting_for_the_peer(lambda _: restarted.phase in phases))

    return Remembering(Restarted, substitutions)


def _accepting(command: Command, *, phase: Phase, mode: Mode) -> Decision:
    """Accept a command in one phase and configured mode, whatever the reference says."""

    def decide(rules: Rules) -> Rules:
        def refuses(unit: State, given: Command) -> str:
            accepted = given is command and unit.phase is phase and unit.settings.mode is mode
            return "" if accepted else rules.refuses(unit, given)

        return dataclasses.replace(rules, refuses=refuses)

    return Decision(decide)


def _taking_over_by_sync(event: on.Event, unit: State) -> list[on.Event]:
    in_hold_off = unit.phase is Phase.HOLD_OFF and event == on.Ordered(Command.SYNC)
    return [on.TimerFired(Wait.HOLD_OFF)] if in_hold_off else [event]


def _counting_from_the_order(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Measure the primary's silence anew from an order."""
    effects = react(event)
    if isinstance(event, on.Ordered) and unit.phase is Phase.SECONDARY and Wait.SILENCE in unit.timers:
        return [*effects, do.StartTimer(Wait.SILENCE, unit.settings.lost_threshold)]
    return effects


def _is_alone(unit: State) -> bool:
    """Whether it leads, and has lost its peer."""
    return unit.phase is Phase.PRIMARY and unit.group.peer is None and unit.group.peer_boot is not None


def _overlooking_on_failure(event: on.Event, unit: State) -> list[on.Event]:
    if isinstance(event, on.SettingsChanged) and _is_alone(unit):
        return [on.SettingsChanged(dataclasses.replace(event.settings, on_failure=unit.settings.on_failure))]
    return [event]


UNITS = (
    WrongUnit(
        "takes-part-again-with-a-peer-only",
        ("HA-576", "HA-577"),
        "Switched off by its monitoring, leads after a restart of HA only once its peer is there.",
        (_waiting_after_a_restart(Phase.SWITCHED_OFF),),
        alone="P",
    ),
    WrongUnit(
        "leads-again-with-a-peer-only",
        ("HA-576",),
        "Leads alone, and after a restart of HA is off until its peer is there.",
        (_waiting_after_a_restart(Phase.PRIMARY),),
    ),
    WrongUnit(
        "cured-with-a-peer-only",
        ("HA-300.b",),
        "Cured of a fault that monitoring found, is off while its peer is not there.",
        (in_role(Joining, _waiting_for_the_peer(lambda me: me.cured)),),
        alone="P",
    ),
    WrongUnit(
        "gives-its-role-to-nobody",
        ("HA-117.b", "HA-580"),
        "As a secondary that leads alone, gives its role away by a forced failover.",
        (_accepting(Command.FAILOVER, phase=Phase.PRIMARY, mode=Mode.SECONDARY),),
        alone="S",
    ),
    WrongUnit(
        "a-synchronization-ends-hold-off",
        ("HA-521.b", "HA-524.c"),
        "Takes over when an operator orders a synchronization in hold-off.",
        (
            _accepting(Command.SYNC, phase=Phase.HOLD_OFF, mode=Mode.SECONDARY),
            Events(_taking_over_by_sync),
        ),
        alone="S",
    ),
    WrongUnit(
        "counts-silence-from-an-order",
        ("HA-101",),
        "Measures the primary's silence anew from when an operator orders anything.",
        (Reaction(_counting_from_the_order),),
        alone="S",
    ),
    WrongUnit(
        "alone-by-its-old-on-failure",
        ("HA-310", "HA-337"),
        "While it leads alone, does not heed a new on-failure.",
        (Events(_overlooking_on_failure),),
    ),
    WrongUnit(
        "alone-and-shut-down-untold",
        ("HA-531",),
        "While it leads alone, sends no alert of its shutdown.",
        (leaving_out(lambda effect, unit: _is_alone(unit) and effect == do.Alert("The system was shutdown!")),),
    ),
    WrongUnit(
        "alone-and-restarts-without-a-trap",
        ("HA-534.b",),
        "While it leads alone, sends no system event trap of a restart.",
        (
            leaving_out(
                lambda effect, unit: (
                    _is_alone(unit)
                    and effect == do.SystemTrap(SystemEvent.REBOOT)
                    and unit.settings.mode is Mode.SECONDARY
                )
            ),
        ),
    ),
)
