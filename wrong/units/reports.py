"""Units that are wrong only in what they show, log and send alerts about."""

from __future__ import annotations

import dataclasses

from node.engine import effects as do
from node.engine.modes import Effective
from node.engine.state import State
from node.engine.states import Phase
from wrong.common import changing, leaving_out
from wrong.record import Effects, Shown, WrongUnit
from wrong.units.shared_addresses import lying

HOLDING_OFF = ("peer rebooting (or reloading)", "peer command appeared")
"""What a unit reports about its hold-off. Source: HA-525."""


def showing_in(phase: Phase, effective: Effective) -> Shown:
    """In one phase show another effective mode."""
    return Shown(
        lambda status, unit: dataclasses.replace(status, effective=effective) if unit.phase is phase else status
    )


def naming_no_change(old: Effective, new: Effective) -> Effects:
    """Send the alerts about one change of mode without naming it."""

    def name(effect: do.Effect, _: State) -> do.Effect:
        match effect:
            case do.Alert(event, before, after) if (before, after) == (old, new):
                return do.Alert(event)
        return effect

    return changing(name)


def _name_no_hold_off(effect: do.Effect, _: State) -> do.Effect:
    match effect:
        case do.Alert(event, old, new) if Effective.HOLD_OFF in {old, new}:
            return do.Alert(event, Effective.SECONDARY, Effective.SECONDARY)
    return effect


UNITS = (
    WrongUnit(
        "shows-off-as-failed",
        ("HA-013.a", "HA-020.c", "HA-310"),
        "Shows the effective mode failed where on-failure has switched it off.",
        (showing_in(Phase.SWITCHED_OFF, Effective.FAILED),),
    ),
    WrongUnit(
        "shows-failed-as-off",
        ("HA-017.a", "HA-020.d", "HA-320.a", "HA-330.a"),
        "Shows the effective mode off while it is failed.",
        (showing_in(Phase.FAILED, Effective.OFF),),
    ),
    WrongUnit(
        "names-no-hold-off",
        ("HA-020.e", "HA-525.b", "HA-525.c"),
        "Reports its hold-off without naming that mode.",
        (changing(_name_no_hold_off),),
    ),
    WrongUnit(
        "logs-no-hold-off",
        ("HA-525.d",),
        "Sends alerts about its hold-off, and logs nothing of it.",
        (
            leaving_out(
                lambda effect, _: isinstance(effect, do.Log) and any(words in effect.message for words in HOLDING_OFF)
            ),
        ),
    ),
    WrongUnit(
        "names-no-change-to-secondary",
        ("HA-322.b",),
        "Reports that it has given its role back, without the change.",
        (naming_no_change(Effective.PRIMARY, Effective.SECONDARY),),
    ),
    WrongUnit(
        "names-no-change-to-failed",
        ("HA-655.c",),
        "Sends the alert of its failure without the change.",
        (naming_no_change(Effective.PRIMARY, Effective.FAILED), naming_no_change(Effective.PRIMARY, Effective.OFF)),
    ),
    WrongUnit(
        "names-no-change-to-primary",
        ("HA-708.b",),
        "Reports that it has taken over, without the change.",
        (naming_no_change(Effective.SECONDARY, Effective.PRIMARY),),
    ),
    WrongUnit(
        "hides-its-backup-options",
        ("HA-028.a",),
        "Shows no setting for the synchronization of mail data and of the mail queue.",
        (lying(r"(?m)^.*mail(queue)?-data-sync.*\n", ""),),
    ),
    WrongUnit(
        "shows-queue-synchronization-enabled",
        ("HA-400.b",),
        "Shows that the mail queue is synchronized when nobody has set it.",
        (lying(r"(mailqueue-data-sync\s*:?\s*)disable", r"\1enable"),),
    ),
)
