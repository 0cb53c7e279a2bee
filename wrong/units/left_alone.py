"""Units that lead alone since they have lost their peer, and are wrong in that alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective, Mode, SystemEvent
from node.engine.state import State
from node.engine.states import Phase
from wrong.common import Mark, changing
from wrong.record import Effects, Plain, React, Reaction, Remembering, Substitution, WrongUnit
from wrong.units.later_roles import (
    Came,
    InState,
    alerts,
    deaf_when,
    is_mode,
    keeping_when,
    leads_since_silence,
    noting,
)
from wrong.units.returned_roles import leads_by_order


def _is_alone(unit: State) -> bool:
    return unit.group.peer is None and unit.group.peer_boot is not None


def alone_by_order(came: Came, unit: State) -> bool:
    """Whether it is a configured secondary that leads since an order, and has lost its peer."""
    return leads_by_order(came, unit) and _is_alone(unit)


def alone_by_silence(came: Came, unit: State) -> bool:
    """Whether it is a configured secondary that leads since it has lost its primary."""
    return leads_since_silence(came, unit) and _is_alone(unit)


def primary_alone(_: Came, unit: State) -> bool:
    """Whether it is a configured primary that leads, and has lost its peer."""
    return unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.PRIMARY and _is_alone(unit)


def primary_unheard(_: Came, unit: State) -> bool:
    """Whether it is a configured primary that leads, and has not heard its peer since it started."""
    leads = unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.PRIMARY
    return leads and unit.group.peer_boot is None


def holds_ipv6(effect: do.Effect) -> bool:
    """Whether an effect holds an IPv6 address."""
    return isinstance(effect, do.HoldAddress) and ":" in effect.address


def announces(effect: do.Effect) -> bool:
    """Whether an effect announces an address."""
    return isinstance(effect, do.Announce)


def releases(effect: do.Effect) -> bool:
    """Whether an effect gives an address up."""
    return isinstance(effect, do.ReleaseAddress)


def holds_off(effect: do.Effect) -> bool:
    """Whether an effect tells the peer to hold off."""
    return isinstance(effect, do.Send) and isinstance(effect.message, say.HoldOff)


def checks(event: on.Event, _: State) -> bool:
    """Whether an event is the end of a check."""
    return isinstance(event, on.CheckDone)


def leaving_it_with(state: InState, kept: Callable[[do.Effect], bool], *to: Phase) -> Remembering[Came]:
    """When it goes from a state to one of these phases, leave some effects undone."""

    def substitutions(came: Came) -> tuple[Plain, ...]:
        def go(react: React, event: on.Event, unit: State) -> list[do.Effect]:
            there = state(came, unit)
            effects = react(event)
            return [each for each in effects if not (there and unit.phase in to and kept(each))]

        return Reaction(go), noting(came)

    return Remembering(Came, substitutions)


def _forgetting_that_it_leads(state: InState) -> Remembering[Came]:
    """When it has noticed that its peer is lost, keep on the volume that it follows."""

    def substitutions(came: Came) -> tuple[Plain, ...]:
        def forget(react: React, event: on.Event, unit: State) -> list[do.Effect]:
            effects = react(event)
            came.by = next((each.event for each in effects if isinstance(each, do.RoleChanged)), came.by)
            if isinstance(event, on.TimerFired) and state(came, unit):
                effects.append(do.Persist(dataclasses.replace(unit.memory, effective=Effective.SECONDARY)))
            return effects

        return (Reaction(forget),)

    return Remembering(Came, substitutions)


def _without_a_latch(state: InState) -> Remembering[Came]:
    """Do not keep on the volume that the unit was switched off in a state."""

    def substitutions(came: Came) -> tuple[Plain, ...]:
        def note(react: React, event: on.Event, unit: State) -> list[do.Effect]:
            came.led = came.led or (unit.phase is not Phase.SWITCHED_OFF and state(came, unit))
            effects = react(event)
            came.by = next((each.event for each in effects if isinstance(each, do.RoleChanged)), came.by)
            return effects

        def keep(effect: do.Effect, _: State) -> do.Effect:
            if not isinstance(effect, do.Persist) or not came.led:
                return effect
            return do.Persist(dataclasses.replace(effect.memory, latched_off=False))

        return Reaction(note), changing(keep)

    return Remembering(Came, substitutions)


def _readdressing_without(state: InState, which: Callable[[do.Effect], bool]) -> Remembering[Came]:
    """In a state leave effects of new settings undone."""

    def substitutions(came: Came) -> tuple[Plain, ...]:
        def go(react: React, event: on.Event, unit: State) -> list[do.Effect]:
            there = isinstance(event, on.SettingsChanged) and not is_mode(event, unit) and state(came, unit)
            return [each for each in react(event) if not (there and which(each))]

        return Reaction(go), noting(came)

    return Remembering(Came, substitutions)


def since_it_was_alone(which: Callable[[do.Effect], bool]) -> Remembering[Mark]:
    """Once it has led alone, leave some effects undone."""

    def substitutions(mark: Mark) -> tuple[Plain, ...]:
        def instead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
            mark.up = mark.up or (unit.phase is Phase.PRIMARY and _is_alone(unit))
            return [] if mark.up and which(effect) else [effect]

        return (Effects(instead),)

    return Remembering(Mark, substitutions)


_ALONE: tuple[tuple[str, InState, str], ...] = (
    ("alone-by-order", alone_by_order, "As a secondary that leads by order and has lost its peer"),
    ("alone-by-silence", alone_by_silence, "As a secondary that has lost its primary and leads"),
    ("primary-alone", primary_alone, "As a primary that has lost its secondary"),
)


def _each(
    what: str, breaks: tuple[str, ...], does: str, wrong: Callable[[InState], Substitution], *hows: str
) -> tuple[WrongUnit, ...]:
    """Return a wrong unit for each of these ways to be alone, or for all."""
    chosen = [each for each in _ALONE if not hows or each[0] in hows]
    return tuple(
        WrongUnit(f"{how}-{what}", breaks, f"{being}, {does}.", (wrong(state),)) for how, state, being in chosen
    )


UNITS = (
    *_each(
        "by-its-old-detection-time",
        ("HA-104", "HA-108.a"),
        "does not heed a new detection time",
        lambda state: keeping_when(state, "lost_threshold"),
        "alone-by-order",
        "primary-alone",
    ),
    *_each(
        "announces-nothing-new",
        ("HA-113.a",),
        "does not announce an address that it is given",
        lambda state: _readdressing_without(state, announces),
    ),
    *_each(
        "holds-no-new-ipv6",
        ("HA-112", "HA-153.a"),
        "does not hold an IPv6 address that it is given",
        lambda state: _readdressing_without(state, holds_ipv6),
    ),
    *_each(
        "keeps-old-addresses",
        ("HA-154", "HA-159.b"),
        "does not give up an address that is no longer shared",
        lambda state: _readdressing_without(state, releases),
        "alone-by-silence",
    ),
    *_each(
        "watches-its-old-ports",
        ("HA-169", "HA-171.c"),
        "watches the interfaces that it watched before",
        lambda state: keeping_when(state, "monitored"),
        "alone-by-order",
        "alone-by-silence",
    ),
    *_each(
        "never-fails",
        ("HA-167",),
        "does not leave its role when its interface fails",
        lambda state: deaf_when(state, checks),
        "alone-by-order",
    ),
    *_each(
        "fails-by-its-old-on-failure",
        ("HA-310", "HA-330.a"),
        "does not heed a new on-failure",
        lambda state: keeping_when(state, "on_failure"),
        "alone-by-order",
    ),
    *_each(
        "fails-untold",
        ("HA-655.c",),
        "sends no alert that it leaves its role by a fault",
        lambda state: leaving_it_with(state, alerts(), Phase.FAILED),
    ),
    *_each(
        "fails-with-the-address",
        ("HA-336.b",),
        "keeps the shared addresses when it fails",
        lambda state: leaving_it_with(state, releases, Phase.FAILED),
        "alone-by-order",
        "alone-by-silence",
    ),
    *_each(
        "takes-no-other-mode",
        ("HA-003.a", "HA-003.e"),
        "does not heed a new mode",
        lambda state: deaf_when(state, is_mode),
        "alone-by-order",
        "primary-alone",
    ),
    *_each(
        "leaves-the-group-untold",
        ("HA-655.c",),
        "sends no alert when it leaves its group",
        lambda state: leaving_it_with(state, alerts(), Phase.STANDALONE),
    ),
    *_each(
        "leaves-the-group-with-the-address",
        ("HA-003.e",),
        "keeps the shared addresses when it leaves its group",
        lambda state: leaving_it_with(state, releases, Phase.STANDALONE),
        "alone-by-order",
        "primary-alone",
    ),
    *_each(
        "off-until-the-next-start",
        ("HA-312.c",),
        "does not keep on its volume that a fault has switched it off",
        _without_a_latch,
    ),
    *_each(
        "forgets-that-it-leads",
        ("HA-300.a", "HA-310"),
        "keeps on its volume that it follows",
        _forgetting_that_it_leads,
    ),
    WrongUnit(
        "sends-no-hold-off-since-it-was-alone",
        ("HA-520.a", "HA-731.a"),
        "Once it has led alone, restarts without hold-off.",
        (since_it_was_alone(holds_off),),
    ),
    WrongUnit(
        "upgrades-untrapped-since-it-was-alone",
        ("HA-534.d",),
        "Once it has led alone, sends no trap of an upgrade.",
        (since_it_was_alone(lambda effect: effect == do.SystemTrap(SystemEvent.UPGRADE)),),
    ),
    WrongUnit(
        "primary-unheard-keeps-its-addresses",
        ("HA-155.a", "HA-159.b"),
        "As a primary that has not heard its peer yet, does not heed new failover actions.",
        (keeping_when(primary_unheard, "addresses"),),
    ),
    WrongUnit(
        "primary-unheard-announces-nothing-new",
        ("HA-113.b",),
        "As a primary that has not heard its peer yet, does not announce an address that it is given.",
        (_readdressing_without(primary_unheard, announces),),
    ),
    WrongUnit(
        "primary-unheard-never-fails",
        ("HA-167", "HA-310"),
        "As a primary that has not heard its peer yet, does not leave its role when its interface fails.",
        (deaf_when(primary_unheard, checks),),
    ),
    WrongUnit(
        "primary-unheard-fails-by-its-old-on-failure",
        ("HA-310", "HA-337"),
        "As a primary that has not heard its peer yet, does not heed a new on-failure.",
        (keeping_when(primary_unheard, "on_failure"),),
    ),
    WrongUnit(
        "primary-unheard-fails-untold",
        ("HA-655.c",),
        "As a primary that has not heard its peer yet, sends no alert of its fault.",
        (leaving_it_with(primary_unheard, alerts(), Phase.SWITCHED_OFF),),
    ),
    WrongUnit(
        "primary-unheard-fails-with-the-address",
        ("HA-336.b",),
        "As a primary that has not heard its peer yet, keeps the shared addresses when it fails.",
        (leaving_it_with(primary_unheard, releases, Phase.SWITCHED_OFF),),
    ),
)
