"""Units that do not become what mode off says where they leave a group in an unusual state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective
from node.engine.state import State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.timing import HEARTBEAT_PERIOD
from wrong.record import Plain, React, Reaction, Remembering, WrongUnit
from wrong.units.addresses import holding

COPYING = frozenset({Phase.FIRST_SYNC, Phase.FIRST_SYNC_FAILED})
"""Phases of a unit that copies for the first time."""
SHARING = frozenset({Phase.CONFIG_ONLY})
"""The phase of a unit in a config-only group."""


@dataclass(slots=True)
class Beats:
    """Heartbeats that a unit has sent since its mode is off; None while it sends none."""

    sent: int | None = None


def _leaving(phases: frozenset[Phase], change: Callable[[list[do.Effect], State], list[do.Effect]]) -> Reaction:
    """Change what the unit does when its mode becomes off in one of these phases."""

    def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        before = unit.phase
        done = react(event)
        return change(done, unit) if before in phases and unit.phase is Phase.STANDALONE else done

    return Reaction(react)


def _beating_on(phases: frozenset[Phase]) -> Remembering[Beats]:
    def substitutions(beats: Beats) -> tuple[Plain, ...]:
        def go_on(done: list[do.Effect], _: State) -> list[do.Effect]:
            beats.sent = 0
            kept = [each for each in done if each not in (do.CloseLinks(), do.StopTimer(Wait.HEARTBEAT))]
            return [*kept, do.StartTimer(Wait.HEARTBEAT, HEARTBEAT_PERIOD)]

        def beat(react: React, event: on.Event, unit: State) -> list[do.Effect]:
            if unit.phase is not Phase.STANDALONE:
                beats.sent = None
            if event != on.TimerFired(Wait.HEARTBEAT) or beats.sent is None:
                return react(event)
            beats.sent += 1
            number = unit.heartbeats + beats.sent
            said = say.Heartbeat(unit.memory.boot, number, unit.settings.mode, Effective.OFF, joining=False)
            sent = [do.Send(link.rank, said) for link in unit.settings.links]
            return [*sent, do.StartTimer(Wait.HEARTBEAT, HEARTBEAT_PERIOD)]

        return _leaving(phases, go_on), Reaction(beat)

    return Remembering(Beats, substitutions)


def _without_mail(done: list[do.Effect], _: State) -> list[do.Effect]:
    return [each for each in done if each != do.StartMail()]


def _stop_after(planned: Callable[[str], bool]) -> Reaction:
    """Stop mail at a start with mode off, after a restart that was planned so, or was not."""

    def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        done = react(event)
        match event:
            case on.Started(memory=memory) if (
                unit.phase is Phase.STANDALONE and memory.boot and planned(memory.planned)
            ):
                return [*done, do.StopMail()]
        return done

    return Reaction(react)


def _beat_at_a_start(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    done = react(event)
    match event:
        case on.Started() if unit.phase is Phase.STANDALONE:
            return [*done, do.OpenLinks(), do.StartTimer(Wait.HEARTBEAT, HEARTBEAT_PERIOD)]
        case on.TimerFired(Wait.HEARTBEAT) if unit.phase is Phase.STANDALONE:
            said = say.Heartbeat(unit.memory.boot, 1, unit.settings.mode, Effective.OFF, joining=False)
            sent = [do.Send(link.rank, said) for link in unit.settings.links]
            return [*sent, do.StartTimer(Wait.HEARTBEAT, HEARTBEAT_PERIOD)]
    return done


UNITS = (
    WrongUnit(
        "processes-no-mail-after-a-reboot-in-no-group",
        ("HA-003.a",),
        "With mode off it processes no mail after a restart that an operator has ordered.",
        (_stop_after(bool),),
    ),
    WrongUnit(
        "processes-no-mail-after-a-power-loss-in-no-group",
        ("HA-003.a",),
        "With mode off it processes no mail after a loss of power.",
        (_stop_after(lambda planned: not planned),),
    ),
    WrongUnit(
        "beats-after-a-start-in-no-group",
        ("HA-003.b",),
        "With mode off it sends heartbeats once it has started again.",
        (Reaction(_beat_at_a_start),),
    ),
    WrongUnit(
        "beats-on-after-its-first-copy-failed",
        ("HA-003.b",),
        "Set to mode off while it copies for the first time, it goes on sending heartbeats.",
        (_beating_on(COPYING),),
    ),
    WrongUnit(
        "processes-no-mail-after-its-first-copy-failed",
        ("HA-003.a",),
        "Set to mode off while it copies for the first time, it processes no mail.",
        (_leaving(COPYING, _without_mail),),
    ),
    WrongUnit(
        "holds-its-addresses-after-its-first-copy-failed",
        ("HA-003.e",),
        "Set to mode off while it copies for the first time, it holds the shared addresses.",
        (_leaving(COPYING, lambda done, unit: [*done, *holding(unit)]),),
    ),
    WrongUnit(
        "beats-on-after-a-config-only-group",
        ("HA-003.b",),
        "Set to mode off in a config-only group, it goes on sending heartbeats.",
        (_beating_on(SHARING),),
    ),
    WrongUnit(
        "processes-no-mail-after-a-config-only-group",
        ("HA-003.a",),
        "Set to mode off in a config-only group, it stops processing mail.",
        (_leaving(SHARING, lambda done, _: [*_without_mail(done, _), do.StopMail()]),),
    ),
    WrongUnit(
        "holds-its-addresses-after-a-config-only-group",
        ("HA-003.e",),
        "Set to mode off in a config-only group, it holds the shared addresses that had no effect there.",
        (_leaving(SHARING, lambda done, unit: [*done, *holding(unit)]),),
    ),
)
