"""Units whose heartbeat does not come once per second in some role, or with some detection times."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from node.engine.modes import Mode
from node.engine.state import State
from node.engine.states import Phase
from node.engine.timing import HEARTBEAT_PERIOD
from wrong.record import Decision, WrongUnit

LONG = 30.0
"""From so many seconds on a detection time is long."""


def _beating(period: Callable[[State], float]) -> Decision:
    return Decision(lambda rules: dataclasses.replace(rules, heartbeat_period=period))


def _hurry_in_its_other_role(unit: State) -> float:
    follows = unit.settings.mode is Mode.PRIMARY and unit.phase is Phase.SECONDARY
    return HEARTBEAT_PERIOD / 2 if follows else HEARTBEAT_PERIOD


UNITS = (
    WrongUnit(
        "beats-thrice-in-a-short-detection-time",
        ("HA-052",),
        "Sends three heartbeats in a detection time that is shorter than three seconds.",
        (_beating(lambda unit: min(HEARTBEAT_PERIOD, unit.settings.lost_threshold / 3)),),
    ),
    WrongUnit(
        "beats-less-often-in-a-long-detection-time",
        ("HA-052",),
        "Sends a heartbeat each other second where the detection time is half a minute or more.",
        (_beating(lambda unit: HEARTBEAT_PERIOD * (2 if unit.settings.lost_threshold >= LONG else 1)),),
    ),
    WrongUnit(
        "beats-twice-a-second-in-its-other-role",
        ("HA-052",),
        "Sends two heartbeats a second while it follows although it is configured as primary.",
        (_beating(_hurry_in_its_other_role),),
    ),
)
