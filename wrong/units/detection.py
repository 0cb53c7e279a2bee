"""Units that are wrong about the heartbeat and the silence of their peer."""

from __future__ import annotations

import dataclasses

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Rank
from node.engine.settings import HaSettings
from wrong.common import ignoring, leaving_out, logging_no, never
from wrong.record import React, Reaction, Settings, WrongUnit
from wrong.view import View

DEFAULT_THRESHOLD = 15.0
"""Source: HA-100."""


def taking_for_silence(which: str) -> Reaction:
    """Take a link's silence for the peer's."""

    def react(react: React, event: on.Event, unit: View) -> list[do.Effect]:
        done = react(event)
        if event == on.TimerFired(f"link:{which}") and unit.phase.follows:
            done += react(on.TimerFired("silence"))
        return done

    return Reaction(react)


def _hasty(settings: HaSettings, _: View) -> HaSettings:
    left = settings.lost_threshold == DEFAULT_THRESHOLD
    return dataclasses.replace(settings, lost_threshold=10.0) if left else settings


UNITS = (
    WrongUnit(
        "never-takes-over",
        ("HA-101",),
        "Waits for its primary for ever.",
        (ignoring(lambda event, _: event == on.TimerFired("silence")),),
    ),
    WrongUnit(
        "hasty-default",
        ("HA-100",),
        "Takes a threshold that was left at its default for 10 seconds.",
        (Settings(_hasty),),
    ),
    WrongUnit(
        "one-link-is-all",
        ("HA-061", "HA-706"),
        "Takes the loss of its primary link for the loss of its peer.",
        (taking_for_silence("primary"),),
    ),
    WrongUnit(
        "silent-on-the-second-link",
        ("HA-060",),
        "Sends nothing on the secondary heartbeat link.",
        (leaving_out(lambda effect, _: isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY),),
    ),
    WrongUnit(
        "stuck-to-its-base-port",
        ("HA-055", "HA-056"),
        "Uses port 20000 whatever the base port is.",
        (Settings(lambda settings, _: dataclasses.replace(settings, base_port=20000)),),
    ),
    WrongUnit(
        "says-nothing-of-its-peer",
        ("HA-117",),
        "Does not report that its secondary disappeared.",
        (
            leaving_out(
                lambda effect, _: (
                    isinstance(effect, do.Log | do.Alert)
                    and "SLAVE heartbeat disappeared"
                    in (effect.message if isinstance(effect, do.Log) else effect.event)
                )
            ),
        ),
    ),
    WrongUnit(
        "says-nothing-of-its-links",
        ("HA-073",),
        "Logs no change of a heartbeat link.",
        (logging_no("hahbd: heart beat"),),
    ),
    WrongUnit(
        "reports-no-alerts",
        ("HA-117", "HA-525", "HA-531"),
        "Sends no alert of any kind.",
        (never(do.Alert),),
    ),
)
