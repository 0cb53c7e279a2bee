"""Units that are right in the roles that they have at first, and wrong in those to which a failure has brought them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Command, Mode, OnFailure, Sync
from node.engine.state import State
from node.engine.states import Phase
from node.engine.timers import Periodic
from wrong.record import Effects, Events, Plain, React, Reaction, Remembering, WrongUnit


@dataclass(slots=True)
class Came:
    """By what event the unit came to its mode, and to the primary role that it left last; what it has been."""

    by: str = ""
    failed: bool = False
    led: bool = False
    led_by: str = ""


InState = Callable[[Came, State], bool]
"""Whether a unit is in a state that it has come to."""


def follows_again(came: Came, unit: State) -> bool:
    """Whether it is a configured primary that has started again and follows."""
    return unit.phase is Phase.SECONDARY and unit.settings.mode is Mode.PRIMARY and came.by.startswith("synchronized")


def leads_since_silence(came: Came, unit: State) -> bool:
    """Whether it is a configured secondary that leads since it did not hear its primary any more."""
    leads = unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY
    return leads and came.by.startswith("MASTER heartbeat disappeared")


def follows_after_leading(came: Came, unit: State) -> bool:
    """Whether it is a configured secondary that has led and follows again."""
    return unit.phase is Phase.SECONDARY and unit.settings.mode is Mode.SECONDARY and came.led


def leads_since_hold_off(came: Came, unit: State) -> bool:
    """Whether it leads since its hold-off has run out."""
    return unit.phase is Phase.PRIMARY and came.by.startswith("peer did not come back")


def is_failed(_: Came, unit: State) -> bool:
    """Whether it is failed."""
    return unit.phase is Phase.FAILED


def is_off(_: Came, unit: State) -> bool:
    """Whether its failure has switched it off."""
    return unit.phase is Phase.SWITCHED_OFF


def follows_since_its_cure(came: Came, unit: State) -> bool:
    """Whether it has been failed or off, and follows now."""
    return unit.phase is Phase.SECONDARY and came.failed


def leads_since_its_cure(came: Came, unit: State) -> bool:
    """Whether it has been failed or off, and leads now."""
    return unit.phase is Phase.PRIMARY and came.failed


def noting(came: Came) -> Reaction:
    """Note how the unit comes to its roles."""

    def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        before = unit.phase
        effects = react(event)
        changed = [effect for effect in effects if isinstance(effect, do.RoleChanged)]
        if changed:
            came.led_by = came.by if before is Phase.PRIMARY else came.led_by
            came.by = changed[-1].event
        came.failed = came.failed or unit.phase in {Phase.FAILED, Phase.SWITCHED_OFF}
        came.led = came.led or before is Phase.PRIMARY
        return effects

    return Reaction(react)


def _being(make: Callable[[Came], Plain]) -> Remembering[Came]:
    return Remembering(Came, lambda came: (noting(came), make(came)))


def deaf_when(state: InState, which: Callable[[on.Event, State], bool]) -> Remembering[Came]:
    """In a state let some events go unnoticed."""

    def make(came: Came) -> Plain:
        return Events(lambda event, unit: [] if state(came, unit) and which(event, unit) else [event])

    return _being(make)


def leaving_undone_when(state: InState, which: Callable[[do.Effect], bool]) -> Remembering[Came]:
    """In a state, from the moment in which it comes to it, leave some effects undone."""

    def make(came: Came) -> Plain:
        return Effects(lambda effect, unit: [] if which(effect) and state(came, unit) else [effect])

    return _being(make)


def keeping_when(state: InState, *fields: str) -> Remembering[Came]:
    """In a state go on by the old values of some settings."""

    def make(came: Came) -> Plain:
        def see(event: on.Event, unit: State) -> Iterable[on.Event]:
            if (
                isinstance(event, on.SettingsChanged)
                and state(came, unit)
                and event.settings.mode is unit.settings.mode
            ):
                old = {field: getattr(unit.settings, field) for field in fields}
                return [on.SettingsChanged(dataclasses.replace(event.settings, **old))]
            return [event]

        return Events(see)

    return _being(make)


def taking_over_from(state: InState, instead: Callable[[do.Effect], Iterable[do.Effect]]) -> Remembering[Came]:
    """Replace effects with which the unit goes from a state to the primary role."""

    def make(came: Came) -> Plain:
        def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
            there = state(came, unit)
            effects = react(event)
            if not there or unit.phase is not Phase.PRIMARY:
                return effects
            return [after for before in effects for after in instead(before)]

        return Reaction(react)

    return Remembering(Came, lambda came: (make(came), noting(came)))


def failing_as(state: InState, action: OnFailure) -> Remembering[Came]:
    """Whatever on-failure says, do in a state as one of its values says when a check fails."""

    def make(came: Came) -> Plain:
        def see(event: on.Event, unit: State) -> Iterable[on.Event]:
            if isinstance(event, on.CheckDone) and state(came, unit) and unit.settings.on_failure is not action:
                return [on.SettingsChanged(dataclasses.replace(unit.settings, on_failure=action)), event]
            return [event]

        return Events(see)

    return _being(make)


def orders(*commands: Command) -> Callable[[on.Event, State], bool]:
    """Whether an event is one of these orders."""
    return lambda event, _: isinstance(event, on.Ordered) and event.command in commands


def messages(kind: type) -> Callable[[on.Event, State], bool]:
    """Whether an event is a message of this kind."""
    return lambda event, _: isinstance(event, on.Heard) and isinstance(event.message, kind)


def is_mode(event: on.Event, unit: State) -> bool:
    """Whether an event changes the configured mode."""
    return isinstance(event, on.SettingsChanged) and event.settings.mode is not unit.settings.mode


def alerts(words: str = "") -> Callable[[do.Effect], bool]:
    """Whether an effect is an alert with these words."""
    return lambda effect: isinstance(effect, do.Alert) and words in effect.event


def _sends_hold_off(effect: do.Effect) -> bool:
    return isinstance(effect, do.Send) and isinstance(effect.message, say.HoldOff)


def ipv4_only(effect: do.Effect) -> Iterable[do.Effect]:
    """Return an effect, unless it holds or announces an IPv6 address."""
    concerns = isinstance(effect, do.HoldAddress | do.Announce) and ":" in effect.address
    return [] if concerns else [effect]


def _holds_ipv6(effect: do.Effect) -> bool:
    return isinstance(effect, do.HoldAddress | do.Announce) and ":" in effect.address


def as_add(effect: do.Effect) -> Iterable[do.Effect]:
    """Return an effect, with the action add where it holds an address by set."""
    if isinstance(effect, do.HoldAddress) and effect.action is Action.SET:
        return [dataclasses.replace(effect, action=Action.ADD)]
    return [effect]


UNITS = (
    WrongUnit(
        "follows-again-by-its-old-detection-time",
        ("HA-104", "HA-108.a"),
        "As a primary that follows since it has started again, does not heed a new detection time.",
        (keeping_when(follows_again, "lost_threshold"),),
    ),
    WrongUnit(
        "follows-again-on-its-old-ports",
        ("HA-055.a",),
        "As a primary that follows since it has started again, does not heed a new base port.",
        (keeping_when(follows_again, "base_port"),),
    ),
    WrongUnit(
        "follows-again-by-its-old-peer-address",
        ("HA-065",),
        "As a primary that follows since it has started again, does not heed a new peer address.",
        (keeping_when(follows_again, "links"),),
    ),
    WrongUnit(
        "leads-since-a-silence-by-its-old-peer-address",
        ("HA-065",),
        "As a secondary that leads since its primary fell silent, does not heed a new peer address.",
        (keeping_when(leads_since_silence, "links"),),
    ),
    WrongUnit(
        "takes-over-again-over-ipv4-only",
        ("HA-112", "HA-153.a"),
        "As a primary that follows since it has started again, takes over the shared IPv4 addresses only.",
        (taking_over_from(follows_again, ipv4_only),),
    ),
    WrongUnit(
        "follows-again-without-a-schedule-for-mail-data",
        ("HA-402",),
        "As a primary that follows since it has started again, copies no mail data by schedule.",
        (
            leaving_undone_when(
                follows_again,
                lambda effect: isinstance(effect, do.StartTimer) and effect.timer == Periodic(Sync.DATA),
            ),
        ),
    ),
    WrongUnit(
        "follows-after-leading-without-a-schedule-for-mail-data",
        ("HA-402",),
        "As a secondary that has led and follows again, copies no mail data by schedule.",
        (
            leaving_undone_when(
                follows_after_leading,
                lambda effect: isinstance(effect, do.StartTimer) and effect.timer == Periodic(Sync.DATA),
            ),
        ),
    ),
    WrongUnit(
        "follows-again-and-holds-off-for-nobody",
        ("HA-019.a", "HA-521.a"),
        "As a primary that follows since it has started again, does not hold off.",
        (deaf_when(follows_again, messages(say.HoldOff)),),
    ),
    WrongUnit(
        "leads-since-a-silence-and-asks-for-no-hold-off",
        ("HA-520.a",),
        "As a secondary that leads since its primary fell silent, sends no hold-off before it restarts.",
        (leaving_undone_when(leads_since_silence, _sends_hold_off),),
    ),
    WrongUnit(
        "follows-again-and-forgets-a-failover",
        ("HA-578.a", "HA-580"),
        "As a primary that follows since it has started again, forgets a forced failover.",
        (deaf_when(follows_again, orders(Command.FAILOVER)),),
    ),
    WrongUnit(
        "leads-since-a-silence-and-forgets-a-failover",
        ("HA-578.a", "HA-580"),
        "As a secondary that leads since its primary fell silent, forgets a forced failover.",
        (deaf_when(leads_since_silence, orders(Command.FAILOVER)),),
    ),
    WrongUnit(
        "follows-again-and-forgets-a-synchronization",
        ("HA-354.b", "HA-409"),
        "As a primary that follows since it has started again, forgets to synchronize when it is told to.",
        (deaf_when(follows_again, orders(Command.SYNC)),),
    ),
    WrongUnit(
        "follows-again-without-a-trap",
        ("HA-659.b",),
        "Sends no trap when it has started again and follows, as a primary.",
        (leaving_undone_when(follows_again, lambda effect: isinstance(effect, do.Trap)),),
    ),
    WrongUnit(
        "leads-since-a-silence-and-is-failed-only",
        ("HA-310", "HA-337"),
        "As a secondary that leads since its primary fell silent, is failed after a fault though on-failure is off.",
        (failing_as(leads_since_silence, OnFailure.BECOME_SECONDARY),),
    ),
    WrongUnit(
        "follows-again-by-its-old-on-failure",
        ("HA-310", "HA-337"),
        "As a primary that follows since it has started again, does not heed a new on-failure.",
        (keeping_when(follows_again, "on_failure"),),
    ),
    WrongUnit(
        "leads-since-a-silence-and-shuts-down-untold",
        ("HA-531",),
        "As a secondary that leads since its primary fell silent, sends no alert of its shutdown.",
        (leaving_undone_when(leads_since_silence, alerts("shutdown")),),
    ),
    WrongUnit(
        "leads-over-ipv4-only-since-its-hold-off",
        ("HA-112", "HA-153.a"),
        "When its hold-off has run out, takes over the shared IPv4 addresses only.",
        (leaving_undone_when(leads_since_hold_off, _holds_ipv6),),
    ),
    WrongUnit(
        "leads-since-its-hold-off-without-a-trap",
        ("HA-659.a",),
        "Sends no trap when its hold-off has run out and it leads.",
        (leaving_undone_when(leads_since_hold_off, lambda effect: isinstance(effect, do.Trap)),),
    ),
    WrongUnit(
        "leads-since-its-hold-off-on-its-old-ports",
        ("HA-055.a",),
        "When it leads since its hold-off has run out, does not heed a new base port.",
        (keeping_when(leads_since_hold_off, "base_port"),),
    ),
    WrongUnit(
        "leads-since-its-hold-off-and-asks-for-none",
        ("HA-520.a",),
        "When it leads since its hold-off has run out, sends no hold-off before it restarts.",
        (leaving_undone_when(leads_since_hold_off, _sends_hold_off),),
    ),
    WrongUnit(
        "leads-since-its-hold-off-and-forgets-orders",
        ("HA-572", "HA-578.a", "HA-578.b"),
        "When it leads since its hold-off has run out, forgets a forced failover and a restore.",
        (deaf_when(leads_since_hold_off, orders(Command.FAILOVER, Command.RESTORE)),),
    ),
    WrongUnit(
        "leads-since-its-hold-off-and-sees-no-fault",
        ("HA-167",),
        "When it leads since its hold-off has run out, does not monitor its interfaces.",
        (deaf_when(leads_since_hold_off, lambda event, _: isinstance(event, on.CheckDone)),),
    ),
    WrongUnit(
        "leads-since-its-hold-off-and-misses-nobody",
        ("HA-117.a",),
        "When it leads since its hold-off has run out, sends no alert that it has lost its peer.",
        (leaving_undone_when(leads_since_hold_off, alerts("heartbeat disappeared")),),
    ),
    WrongUnit(
        "overlooks-settings-while-failed",
        ("HA-055.a", "HA-104"),
        "Does not heed a new base port and a new detection time that it is given while it is failed.",
        (keeping_when(is_failed, "base_port", "lost_threshold"),),
    ),
    WrongUnit(
        "follows-after-leading-by-its-old-detection-time",
        ("HA-104", "HA-108.a"),
        "As a secondary that leads since its primary fell silent, does not heed a new detection time for later.",
        (keeping_when(leads_since_silence, "lost_threshold"),),
    ),
    WrongUnit(
        "fails-and-restarts-untold",
        ("HA-525.a",),
        "Sends no alert of a restart that an operator orders while it is failed.",
        (leaving_undone_when(is_failed, alerts("rebooting")),),
    ),
    WrongUnit(
        "is-off-and-restarts-untold",
        ("HA-525.a",),
        "Sends no alert of a restart that an operator orders while its failure keeps it off.",
        (leaving_undone_when(is_off, alerts("rebooting")),),
    ),
    WrongUnit(
        "fails-and-shuts-down-without-a-trap",
        ("HA-659.c",),
        "Sends no HA trap of a shutdown while it is failed.",
        (leaving_undone_when(is_failed, lambda effect: isinstance(effect, do.Trap)),),
    ),
    WrongUnit(
        "fails-whatever-its-mode",
        ("HA-003.a",),
        "While it is failed, does not heed that its mode is off.",
        (deaf_when(is_failed, is_mode),),
    ),
    WrongUnit(
        "fails-through-a-restart-of-ha",
        ("HA-576",),
        "While it is failed, does not heed a restart of HA.",
        (deaf_when(is_failed, orders(Command.RESTART)),),
    ),
    WrongUnit(
        "takes-over-with-its-own-address-after-its-cure",
        ("HA-155.a", "HA-155.b"),
        "As a primary that follows since its cure, adds to its own address what it is to set when it takes over.",
        (taking_over_from(follows_since_its_cure, as_add),),
    ),
    WrongUnit(
        "follows-since-its-cure-on-its-old-ports",
        ("HA-055.a",),
        "When it follows since its cure, does not heed a new base port.",
        (keeping_when(follows_since_its_cure, "base_port"),),
    ),
    WrongUnit(
        "leads-since-its-cure-with-its-old-addresses",
        ("HA-153.a",),
        "When it leads since its cure, does not heed a new shared address.",
        (keeping_when(leads_since_its_cure, "addresses"),),
    ),
    WrongUnit(
        "follows-since-its-cure-and-holds-off-for-nobody",
        ("HA-019.a", "HA-521.a"),
        "When it follows since its cure, does not hold off.",
        (deaf_when(follows_since_its_cure, messages(say.HoldOff)),),
    ),
    WrongUnit(
        "follows-since-its-cure-and-forgets-a-failover",
        ("HA-578.a", "HA-580"),
        "When it follows since its cure, forgets a forced failover.",
        (deaf_when(follows_since_its_cure, orders(Command.FAILOVER)),),
    ),
    WrongUnit(
        "follows-since-its-cure-and-forgets-a-synchronization",
        ("HA-354.b", "HA-409"),
        "When it follows since its cure, forgets to synchronize when it is told to.",
        (deaf_when(follows_since_its_cure, orders(Command.SYNC)),),
    ),
)
