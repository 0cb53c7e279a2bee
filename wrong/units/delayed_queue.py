"""Units that never hand a queue over which could not move at once, break off while it moves, or forget what moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Mode
from node.engine.state import NEVER, Following, State
from node.engine.states import Phase
from node.exchange.queue import Giver, Giving, Remember
from wrong.common import exchanging
from wrong.record import React, Reaction, Remembering, WrongUnit

PATIENCE = 5
"""Failed hand-overs in a row after which a unit tries no more."""


class ForgetsItsOffer(Giver[Any]):
    """A hand-over after which the unit does not know a message that it has offered, and of which it heard nothing."""

    def read(self, item: Any, message: str, size: int) -> list[Giving[Any]]:  # noqa: ANN401 - as a body refers to it
        """Offer the message, and do not remember it."""
        return [each for each in super().read(item, message, size) if not isinstance(each, Remember)]


@dataclass(slots=True)
class Way:
    """The way of a unit since it started: its phases, the event that made it join last, and failed hand-overs."""

    phases: list[Phase] = field(default_factory=lambda: [Phase.STANDALONE])
    joined_by: on.Event | None = None
    failures: int = 0
    gave_role_for: str = ""
    """Why its peer asked for the role that it gave last."""

    @property
    def came_from(self) -> Phase:
        """The phase before the present one."""
        return self.phases[-2] if len(self.phases) > 1 else self.phases[-1]


def keeping_its_queue(keeps: Callable[[Way, State], bool]) -> Remembering[Way]:
    """Hand no queue over where the unit's way to its role says so."""

    def substitutions(way: Way) -> tuple[Reaction]:
        def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
            done = react(event)
            if isinstance(event, on.QueueHandedOver):
                way.failures = 0 if event.ok else way.failures + 1
            if unit.phase is not way.phases[-1]:
                way.phases.append(unit.phase)
                match event:
                    case on.Heard(_, say.AskRole(reason)):
                        way.gave_role_for = reason
                if unit.phase is Phase.JOINING:
                    way.joined_by = event
            return [each for each in done if not (isinstance(each, do.HandOverQueue) and keeps(way, unit))]

        return (Reaction(react),)

    return Remembering(Way, substitutions)


def breaking_off(ends: Callable[[on.Event], bool]) -> Reaction:
    """Cancel a hand-over under way when an event comes, and never begin it again."""

    def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        hands_over = isinstance(unit.role, Following) and unit.role.queue_running
        return [*([do.CancelHandOver()] if hands_over and ends(event) else []), *react(event)]

    return Reaction(react)


def _is_of_another_release(_: Way, unit: State) -> bool:
    return unit.group.peer is not None and unit.group.peer.version != unit.version


def _notices(event: on.Event) -> bool:
    return isinstance(event, on.Heard) and isinstance(event.message, say.SyncNow)


UNITS = (
    WrongUnit(
        "gives-a-queue-up",
        ("HA-424",),
        "Tries no more to hand its queue over when that has failed five times.",
        (keeping_its_queue(lambda way, _: way.failures >= PATIENCE),),
    ),
    WrongUnit(
        "keeps-its-queue-after-a-hold-off",
        ("HA-420.c", "HA-424"),
        "Hands no queue over as a secondary that was in hold-off.",
        (keeping_its_queue(lambda way, _: way.came_from is Phase.HOLD_OFF),),
    ),
    WrongUnit(
        "keeps-its-queue-after-a-restart-of-ha",
        ("HA-420.c", "HA-424"),
        "Hands no queue over as a secondary that follows since HA was restarted on it.",
        (keeping_its_queue(lambda way, _: way.joined_by == on.Ordered(Command.RESTART)),),
    ),
    WrongUnit(
        "keeps-its-queue-after-a-failed-synchronization",
        ("HA-420.c", "HA-424"),
        "Hands no queue over as a secondary whose first synchronization had to be repeated.",
        (keeping_its_queue(lambda way, _: way.came_from is Phase.FIRST_SYNC_FAILED),),
    ),
    WrongUnit(
        "keeps-its-queue-once-off",
        ("HA-420.c", "HA-577"),
        "Hands no queue over any more once on-failure has switched it off.",
        (keeping_its_queue(lambda way, _: Phase.SWITCHED_OFF in way.phases),),
    ),
    WrongUnit(
        "keeps-its-queue-as-cured-secondary",
        ("HA-420.c", "HA-424"),
        "As a configured secondary that was failed, hands no queue over when its fault is cured.",
        (keeping_its_queue(lambda way, unit: Phase.FAILED in way.phases and unit.settings.mode is Mode.SECONDARY),),
    ),
    WrongUnit(
        "ends-a-hand-over-for-a-notice",
        ("HA-420.c", "HA-424"),
        "Breaks a hand-over of its queue off when it is told that settings have changed, and never goes on with it.",
        (breaking_off(_notices),),
    ),
    WrongUnit(
        "ends-a-hand-over-for-settings",
        ("HA-420.c", "HA-424"),
        "Breaks a hand-over of its queue off when its HA settings change, and never goes on with it.",
        (breaking_off(lambda event: isinstance(event, on.SettingsChanged)),),
    ),
    WrongUnit(
        "keeps-its-queue-after-a-standstill",
        ("HA-424",),
        "Hands no queue over any more once it has stood still for a moment.",
        (keeping_its_queue(lambda _, unit: unit.awake_since > NEVER),),
    ),
    WrongUnit(
        "keeps-its-queue-when-the-role-is-taken-back",
        ("HA-424",),
        "Hands no queue over to a primary that has taken its role back by itself.",
        (keeping_its_queue(lambda way, _: way.gave_role_for.startswith("recovery")),),
    ),
    WrongUnit(
        "keeps-its-queue-from-another-release",
        ("HA-420.c", "HA-424"),
        "Hands no queue over to a unit of another release.",
        (keeping_its_queue(_is_of_another_release),),
    ),
    WrongUnit(
        "takes-back-what-it-has-delivered",
        ("HA-424",),
        "Takes a message that it has offered and then delivered itself when the unit that had taken it brings it back.",
        (exchanging(giver=ForgetsItsOffer),),
    ),
)
