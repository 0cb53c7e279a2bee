"""Units that are wrong in the role to which they have gone back, such as a secondary's that has led."""

from __future__ import annotations

from collections.abc import Callable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Mode
from node.engine.state import State
from node.engine.states import Phase
from wrong.record import WrongUnit
from wrong.units.later_roles import (
    Came,
    alerts,
    deaf_when,
    follows_after_leading,
    ipv4_only,
    is_off,
    keeping_when,
    leads_since_silence,
    leaving_undone_when,
    messages,
    orders,
    taking_over_from,
)

SHUT_DOWN = 3
"""The HA trap's event of a unit that is shut down. Source: HA-659."""


def leads_again(came: Came, unit: State) -> bool:
    """Whether it is a configured primary that leads since its peer has given it the role."""
    leads = unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.PRIMARY
    return leads and came.by.startswith("MASTER asks us")


def leads_by_order(came: Came, unit: State) -> bool:
    """Whether it is a configured secondary that leads since its peer has given it the role."""
    leads = unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY
    return leads and came.by.startswith("MASTER asks us")


def goes_back_by_order(came: Came, unit: State) -> bool:
    """Whether it is a configured secondary that follows since its peer has asked for the role."""
    follows = unit.phase is Phase.SECONDARY and unit.settings.mode is Mode.SECONDARY
    return follows and "restored" in came.by


def _logs(words: str) -> Callable[[do.Effect], bool]:
    return lambda effect: isinstance(effect, do.Log) and words in effect.message


def is_restored_after_a_silence(came: Came, unit: State) -> bool:
    """Whether it follows since a restore, and has led since its primary fell silent."""
    restored = unit.phase is Phase.SECONDARY and "restored" in came.by
    return restored and came.led_by.startswith("MASTER heartbeat disappeared")


UNITS = (
    WrongUnit(
        "follows-after-leading-on-its-old-ports",
        ("HA-055.a",),
        "As a secondary that has led and follows again, does not heed a new base port.",
        (keeping_when(follows_after_leading, "base_port"),),
    ),
    WrongUnit(
        "follows-after-leading-by-its-old-peer-address",
        ("HA-065",),
        "As a secondary that has led and follows again, does not heed a new peer address.",
        (keeping_when(follows_after_leading, "links"),),
    ),
    WrongUnit(
        "takes-over-once-more-over-ipv4-only",
        ("HA-112", "HA-153.a"),
        "As a secondary that has led and follows again, takes over the shared IPv4 addresses only.",
        (taking_over_from(follows_after_leading, ipv4_only),),
    ),
    WrongUnit(
        "follows-after-leading-and-holds-off-for-nobody",
        ("HA-019.a", "HA-521.a"),
        "As a secondary that has led and follows again, does not hold off.",
        (deaf_when(follows_after_leading, messages(say.HoldOff)),),
    ),
    WrongUnit(
        "follows-after-leading-and-forgets-orders",
        ("HA-354.b", "HA-578.a"),
        "As a secondary that has led and follows again, forgets a forced failover and a synchronization.",
        (deaf_when(follows_after_leading, orders(Command.FAILOVER, Command.SYNC)),),
    ),
    WrongUnit(
        "leads-since-a-silence-and-forgets-a-synchronization",
        ("HA-354.a", "HA-409"),
        "As a secondary that leads since its primary fell silent, forgets to have its peer synchronize.",
        (deaf_when(leads_since_silence, orders(Command.SYNC)),),
    ),
    WrongUnit(
        "leads-since-a-silence-and-sees-no-fault",
        ("HA-167",),
        "As a secondary that leads since its primary fell silent, does not monitor its interfaces.",
        (deaf_when(leads_since_silence, lambda event, _: isinstance(event, on.CheckDone)),),
    ),
    WrongUnit(
        "leads-again-and-sees-no-fault",
        ("HA-167",),
        "As a primary that leads since its peer has given it the role, does not monitor its interfaces.",
        (deaf_when(leads_again, lambda event, _: isinstance(event, on.CheckDone)),),
    ),
    WrongUnit(
        "leads-again-and-forgets-a-failover",
        ("HA-578.a", "HA-580"),
        "As a primary that leads since its peer has given it the role, forgets a forced failover.",
        (deaf_when(leads_again, orders(Command.FAILOVER)),),
    ),
    WrongUnit(
        "leads-again-and-misses-nobody",
        ("HA-117.a",),
        "As a primary that leads since its peer has given it the role, sends no alert that it has lost its peer.",
        (leaving_undone_when(leads_again, alerts("heartbeat disappeared")),),
    ),
    WrongUnit(
        "leads-again-and-shuts-down-without-a-trap",
        ("HA-659.c",),
        "As a primary that leads since its peer has given it the role, sends no HA trap of its shutdown.",
        (
            leaving_undone_when(
                leads_again, lambda effect: isinstance(effect, do.Trap) and effect.event_id == SHUT_DOWN
            ),
        ),
    ),
    WrongUnit(
        "is-off-and-shuts-down-without-a-trap",
        ("HA-659.c",),
        "Sends no HA trap of a shutdown while its failure keeps it off.",
        (leaving_undone_when(is_off, lambda effect: isinstance(effect, do.Trap)),),
    ),
    WrongUnit(
        "keeps-what-a-silence-has-queued",
        ("HA-333.a", "HA-420.c"),
        "When it is restored after it has led because its primary fell silent, hands no queued message over.",
        (leaving_undone_when(is_restored_after_a_silence, lambda effect: isinstance(effect, do.HandOverQueue)),),
    ),
    WrongUnit(
        "leads-by-order-and-logs-no-lost-link",
        ("HA-073",),
        "As a secondary that leads by an order, logs no change of its heartbeat links.",
        (leaving_undone_when(leads_by_order, _logs("heart beat status")),),
    ),
    WrongUnit(
        "leads-by-order-and-logs-no-stranger",
        ("HA-455",),
        "As a secondary that leads by an order, logs no stranger whom it refuses.",
        (leaving_undone_when(leads_by_order, _logs("refused a peer")),),
    ),
    WrongUnit(
        "goes-back-by-order-untold",
        ("HA-655.c",),
        "Sends no alert when an operator's restore makes it follow again.",
        (leaving_undone_when(goes_back_by_order, alerts()),),
    ),
    WrongUnit(
        "goes-back-by-order-without-a-trap",
        ("HA-659.b",),
        "Sends no trap when an operator's restore makes it follow again.",
        (leaving_undone_when(goes_back_by_order, lambda effect: isinstance(effect, do.Trap)),),
    ),
    WrongUnit(
        "leads-by-order-and-restarts-untold",
        ("HA-525.a",),
        "As a secondary that leads by an order, sends no alert of its restart.",
        (leaving_undone_when(leads_by_order, alerts("rebooting")),),
    ),
    WrongUnit(
        "leads-by-order-and-shuts-down-untold",
        ("HA-531",),
        "As a secondary that leads by an order, sends no alert of its shutdown.",
        (leaving_undone_when(leads_by_order, alerts("shutdown")),),
    ),
)
