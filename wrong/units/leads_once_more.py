"""Units that are right in the primary role when they take it first, and wrong when they lead the next time."""

from __future__ import annotations

from collections.abc import Callable

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, SystemEvent
from node.engine.state import State
from node.engine.states import Phase
from wrong.record import Substitution, WrongUnit
from wrong.units.later_roles import (
    Came,
    InState,
    alerts,
    deaf_when,
    keeping_when,
    leads_since_silence,
    leaving_undone_when,
    orders,
)
from wrong.units.left_alone import holds_off, leaving_it_with, releases
from wrong.units.returned_roles import SHUT_DOWN, leads_by_order


def by_order_again(came: Came, unit: State) -> bool:
    """Whether it is a configured secondary that leads by order, and has led before."""
    return leads_by_order(came, unit) and came.led and not came.failed


def by_silence_again(came: Came, unit: State) -> bool:
    """Whether it is a configured secondary that leads since its primary fell silent, and has led before."""
    return leads_since_silence(came, unit) and came.led and not came.failed


def by_silence_cured(came: Came, unit: State) -> bool:
    """Whether it was failed, and leads since its peer fell silent."""
    return unit.phase is Phase.PRIMARY and came.failed and came.by.startswith("MASTER heartbeat disappeared")


def _is_change(event: on.Event, _: State) -> bool:
    return isinstance(event, on.ConfigurationChanged)


def _is_stranger(event: on.Event, _: State) -> bool:
    return isinstance(event, on.StrangerRefused)


def _traps(event: SystemEvent) -> Callable[[do.Effect], bool]:
    return lambda effect: effect == do.SystemTrap(event)


def _shutdown_traps(effect: do.Effect) -> bool:
    return isinstance(effect, do.Trap) and effect.event_id == SHUT_DOWN


def _any_trap(effect: do.Effect) -> bool:
    return isinstance(effect, do.Trap)


_STATES: dict[str, tuple[InState, str]] = {
    "by-order-again": (by_order_again, "As a secondary that leads by order, not for the first time"),
    "by-silence-again": (
        by_silence_again,
        "As a secondary that has lost its primary and leads, not for the first time",
    ),
    "by-silence-cured": (by_silence_cured, "When it was faulty, is cured, has lost its peer and leads"),
}


def _each(
    what: str, breaks: tuple[str, ...], does: str, wrong: Callable[[InState], Substitution], *states: str
) -> tuple[WrongUnit, ...]:
    """Return a wrong unit for each of these states."""
    chosen = [(name, *_STATES[name]) for name in states or _STATES]
    return tuple(
        WrongUnit(f"{how}-{what}", breaks, f"{being}, {does}.", (wrong(state),)) for how, state, being in chosen
    )


UNITS = (
    *_each(
        "keeps-its-addresses",
        ("HA-155.a", "HA-159.b"),
        "does not heed new failover actions",
        lambda state: keeping_when(state, "addresses"),
        "by-silence-cured",
    ),
    *_each(
        "has-nothing-copied",
        ("HA-354.a", "HA-409"),
        "does not heed the order to synchronize",
        lambda state: deaf_when(state, orders(Command.SYNC)),
    ),
    *_each(
        "restarts-without-hold-off",
        ("HA-520.a",),
        "restarts without hold-off",
        lambda state: leaving_undone_when(state, holds_off),
    ),
    *_each(
        "reloads-untrapped",
        ("HA-534.c",),
        "sends no trap of a reload",
        lambda state: leaving_undone_when(state, _traps(SystemEvent.RELOAD)),
        "by-silence-again",
        "by-silence-cured",
    ),
    *_each(
        "by-its-old-on-failure",
        ("HA-310", "HA-337"),
        "does not heed a new on-failure",
        lambda state: keeping_when(state, "on_failure"),
        "by-order-again",
        "by-silence-cured",
    ),
    *_each(
        "loses-its-peer-untold",
        ("HA-117.a",),
        "does not report that its peer is lost",
        lambda state: leaving_undone_when(state, alerts("SLAVE heartbeat disappeared")),
        "by-order-again",
        "by-silence-cured",
    ),
    *_each(
        "on-its-old-ports",
        ("HA-055.a",),
        "does not heed a new base port",
        lambda state: keeping_when(state, "base_port"),
        "by-order-again",
    ),
    *_each(
        "by-its-old-password",
        ("HA-452",),
        "does not heed a new password",
        lambda state: keeping_when(state, "password"),
        "by-order-again",
    ),
    *_each(
        "by-its-old-peer-address",
        ("HA-065",),
        "does not heed a new peer address",
        lambda state: keeping_when(state, "links"),
        "by-order-again",
    ),
    *_each(
        "logs-no-stranger",
        ("HA-455",),
        "does not log a stranger",
        lambda state: deaf_when(state, _is_stranger),
        "by-order-again",
    ),
    *_each(
        "reboots-untold",
        ("HA-525.a",),
        "sends no alert of a restart",
        lambda state: leaving_undone_when(state, alerts("The system is rebooting")),
        "by-order-again",
    ),
    *_each(
        "reboots-untrapped",
        ("HA-534.b",),
        "sends no trap of a reboot",
        lambda state: leaving_undone_when(state, _traps(SystemEvent.REBOOT)),
        "by-order-again",
    ),
    *_each(
        "by-its-old-detection-time",
        ("HA-104", "HA-108.a"),
        "does not heed a new detection time",
        lambda state: keeping_when(state, "lost_threshold"),
        "by-silence-cured",
    ),
    *_each(
        "keeps-its-role",
        ("HA-580",),
        "does not heed the order to fail over",
        lambda state: deaf_when(state, orders(Command.FAILOVER)),
        "by-silence-cured",
    ),
    *_each(
        "follows-with-the-address",
        ("HA-154",),
        "keeps the shared addresses when it gives its role away",
        lambda state: leaving_it_with(state, releases, Phase.SECONDARY),
        "by-silence-cured",
    ),
    *_each(
        "follows-untrapped",
        ("HA-659.b",),
        "sends no trap that it gives its role away",
        lambda state: leaving_it_with(state, _any_trap, Phase.SECONDARY),
        "by-silence-cured",
    ),
    *_each(
        "fails-with-the-address",
        ("HA-336.b",),
        "keeps the shared addresses at its fault",
        lambda state: leaving_it_with(state, releases, Phase.SWITCHED_OFF),
        "by-order-again",
        "by-silence-cured",
    ),
    *_each(
        "fails-untold",
        ("HA-655.c",),
        "sends no alert of its fault",
        lambda state: leaving_it_with(state, alerts(), Phase.SWITCHED_OFF),
        "by-silence-cured",
    ),
    *_each(
        "leaves-the-group-with-the-address",
        ("HA-003.e",),
        "keeps the shared addresses when it leaves its group",
        lambda state: leaving_it_with(state, releases, Phase.STANDALONE),
        "by-silence-again",
    ),
    *_each(
        "leaves-the-group-untold",
        ("HA-655.c",),
        "sends no alert when it leaves its group",
        lambda state: leaving_it_with(state, alerts(), Phase.STANDALONE),
        "by-silence-again",
    ),
    *_each(
        "halts-untold",
        ("HA-531",),
        "sends no alert of its shutdown",
        lambda state: leaving_undone_when(state, alerts("shutdown")),
        "by-silence-again",
    ),
    *_each(
        "halts-untrapped",
        ("HA-659.c",),
        "sends no HA trap of its shutdown",
        lambda state: leaving_undone_when(state, _shutdown_traps),
        "by-silence-again",
    ),
)
