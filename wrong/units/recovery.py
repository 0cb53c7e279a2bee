"""Units that are wrong about a fault of their own: when they leave the role, what they do meanwhile, where they end."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Effective
from node.engine.states import Phase
from wrong.common import changing, ignoring, leaving_out
from wrong.record import React, Reaction, Remembered, Remembering, WrongUnit
from wrong.view import View

STOPPED = {Phase.FAILED, Phase.SWITCHED_OFF}
AGAIN = "comes-back"
"""Name of a timer that the reference does not have."""


@dataclass(slots=True)
class Cure:
    """Whether the unit joins because its fault is over."""

    joins: bool = False


def _is_cured(event: on.Event, before: Phase, after: Phase) -> bool:
    """Whether the unit joins again because its fault is over, and no operator has told it to."""
    return before is Phase.FAILED and after is Phase.JOINING and not isinstance(event, on.Ordered)


def _lead_when_cured(react: React, event: on.Event, unit: View) -> list[do.Effect]:
    before = unit.phase
    done = react(event)
    if _is_cured(event, before, unit.phase):
        done += react(on.TimerFired("join"))
    return done


def _wait_when_cured(cure: Cure) -> tuple[Reaction]:
    def wait(react: React, event: on.Event, unit: View) -> list[do.Effect]:
        if cure.joins and event == on.TimerFired("join"):
            return []
        before = unit.phase
        done = react(event)
        if unit.phase is not before:
            cure.joins = _is_cured(event, before, unit.phase)
        return done

    return (Reaction(wait),)


def _lead_before(memory: on.Memory) -> on.Memory:
    """Take a secondary's role for the primary's."""
    secondary = memory.effective is Effective.SECONDARY
    return dataclasses.replace(memory, effective=Effective.PRIMARY) if secondary else memory


def _come_back(react: React, event: on.Event, unit: View) -> list[do.Effect]:
    if event == on.TimerFired(AGAIN):
        return react(on.Ordered(Command.RESTART)) if unit.phase is Phase.SWITCHED_OFF else []
    before = unit.phase
    done = react(event)
    if unit.phase is Phase.SWITCHED_OFF and before is not Phase.SWITCHED_OFF:
        done.append(do.StartTimer(AGAIN, 1.0))
    return done


def _leave_reason_out(effect: do.Effect, _: View) -> do.Effect:
    if isinstance(effect, do.Alert) and effect.new is Effective.SECONDARY:
        return dataclasses.replace(effect, event=effect.event.partition(" (")[0])
    return effect


UNITS = (
    WrongUnit(
        "looks-away",
        ("HA-017", "HA-167"),
        "Does nothing about a monitored interface that is down.",
        (ignoring(lambda event, _: isinstance(event, on.CheckDone)),),
    ),
    WrongUnit(
        "fails-for-ever",
        ("HA-018",),
        "Does not notice that its fault is over.",
        (ignoring(lambda event, _: isinstance(event, on.CheckDone) and event.ok),),
    ),
    WrongUnit(
        "fails-with-its-address",
        ("HA-336",),
        "Keeps the virtual address when it finds itself faulty.",
        (leaving_out(lambda effect, unit: isinstance(effect, do.ReleaseAddress) and unit.phase is Phase.FAILED),),
    ),
    WrongUnit(
        "fails-with-its-mail",
        ("HA-336",),
        "Goes on processing mail when it finds itself faulty.",
        (leaving_out(lambda effect, unit: isinstance(effect, do.StopMail) and unit.phase in STOPPED),),
    ),
    WrongUnit(
        "leads-as-soon-as-it-is-cured",
        ("HA-018", "HA-330"),
        "Leads again when its fault is over, whatever on-failure says and whoever leads meanwhile.",
        (Reaction(_lead_when_cured),),
    ),
    WrongUnit(
        "waits-for-a-peer-for-ever",
        ("HA-018",),
        "Cured, it never leads without hearing another unit.",
        (Remembering(Cure, _wait_when_cured),),
    ),
    WrongUnit(
        "switches-every-failure-off",
        ("HA-338",),
        "With on-failure off, stays off after any power loss, also one that it suffered as a secondary.",
        (Remembered(_lead_before),),
    ),
    WrongUnit(
        "comes-back-from-off-by-itself",
        ("HA-311",),
        "Is off after its failure, but comes back by itself after a while.",
        (Reaction(_come_back),),
    ),
    WrongUnit(
        "gives-no-reason",
        ("HA-322",),
        "Reports that it has given its role back, but not why.",
        (changing(_leave_reason_out),),
    ),
)
