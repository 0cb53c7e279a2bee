"""Units that are wrong only in what they show, log and send alerts about."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.timers import Wait
from node.engine.turn import News, Turn
from wrong.common import Take, changing, in_role, leaving_out, never
from wrong.record import Effects, Events, Shown, WrongUnit
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


def _trap_a_shutdown(effect: do.Effect, _: State) -> list[do.Effect]:
    if isinstance(effect, do.SystemTrap):
        return [effect, do.Trap(3, "system shutdown")]
    return [effect]


def _swap_events(effect: do.Effect, _: State) -> do.Effect:
    match effect:
        case do.Trap(1 | 2 as event, reason):
            return do.Trap(3 - event, reason)
    return effect


def _give_long_reasons(effect: do.Effect, _: State) -> do.Effect:
    return do.Trap(effect.event_id, effect.reason.ljust(33, ".")) if isinstance(effect, do.Trap) else effect


def _log_its_links(effect: do.Effect, unit: State) -> list[do.Effect]:
    return [effect, do.Log(unit.group.links.summary())] if isinstance(effect, do.Send) else [effect]


def _forget_the_rival(take: Take, turn: Turn, me: Leading, news: News) -> None:
    """Forget with the silence of the peer that it was primary too."""
    take(turn, me, news)
    if news == on.TimerFired(Wait.PEER_SILENCE):
        me.rival = False


def _take_for_new(event: on.Event, unit: State) -> Iterable[on.Event]:
    """Treat each heartbeat as the newest."""
    peer = unit.group.peer
    match event:
        case on.Heard(rank, say.Heartbeat(boot, seq) as beat) if peer is not None and boot == peer.boot:
            return [on.Heard(rank, dataclasses.replace(beat, seq=max(seq, peer.seq)))]
    return [event]


UNITS = (
    WrongUnit(
        "sends-no-ha-trap",
        ("HA-659.a", "HA-659.b", "HA-659.c"),
        "Sends no SNMP trap for any HA event.",
        (never(do.Trap),),
    ),
    WrongUnit(
        "tells-one-role-for-another-in-traps",
        ("HA-659.a", "HA-659.b"),
        "Sends the trap for the other role when it changes its own.",
        (changing(_swap_events),),
    ),
    WrongUnit(
        "traps-each-restart-as-a-shutdown",
        ("HA-659.c",),
        "Sends the HA trap of a shutdown when an operator reboots it, too.",
        (Effects(_trap_a_shutdown),),
    ),
    WrongUnit(
        "gives-long-reasons-in-traps",
        ("HA-661",),
        "Sends HA traps with reasons of more than 32 characters.",
        (changing(_give_long_reasons),),
    ),
    WrongUnit(
        "logs-its-links-with-each-heartbeat",
        ("HA-073",),
        "Logs a change of the heartbeat status with each heartbeat, though nothing has changed.",
        (Effects(_log_its_links),),
    ),
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
    WrongUnit(
        "forgets-its-rival",
        ("HA-705",),
        "Logs no request of a second primary that it did not hear for a while before that returns.",
        (in_role(Leading, _forget_the_rival),),
    ),
    WrongUnit(
        "believes-late-heartbeats",
        ("HA-705",),
        "Takes a late heartbeat of a slow link for the newest, and so logs a request that nobody made.",
        (Events(_take_for_new),),
    ),
)
