"""Units that process mail or hold an address in a state in which they should not, or hold it in another way."""

from __future__ import annotations

from collections.abc import Iterable

from node.engine import effects as do
from node.engine.modes import Action, Effective
from node.engine.state import State
from node.engine.states import Phase
from wrong.common import changing
from wrong.record import Effects, WrongUnit
from wrong.units.addresses import holding


def working_in(phase: Phase) -> Effects:
    """Process mail in one phase: start it where the reference stops it."""

    def work(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        return [do.StartMail()] if isinstance(effect, do.StopMail) and unit.phase is phase else [effect]

    return Effects(work)


def _hold_in_hold_off(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
    begins = isinstance(effect, do.RoleChanged) and effect.new is Effective.HOLD_OFF
    return [effect, *holding(unit)] if begins else [effect]


def _hold_in_config_only(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
    begins = isinstance(effect, do.StartMail) and unit.phase is Phase.CONFIG_ONLY
    return [effect, *holding(unit)] if begins else [effect]


def _widen(effect: do.Effect, _: State) -> do.Effect:
    match effect:
        case do.HoldAddress(interface, Action.SET, address):
            return do.HoldAddress(interface, Action.SET, f"{address.partition('/')[0]}/16")
    return effect


UNITS = (
    WrongUnit(
        "works-while-it-is-off",
        ("HA-013.c", "HA-311.a"),
        "Processes mail where on-failure has switched it off.",
        (working_in(Phase.SWITCHED_OFF),),
    ),
    WrongUnit(
        "works-while-it-looks-for-its-peer",
        ("HA-013.e",),
        "Processes mail before it knows its role.",
        (working_in(Phase.JOINING),),
    ),
    WrongUnit(
        "holds-its-address-in-hold-off",
        ("HA-019.d",),
        "Takes the shared addresses while it holds off.",
        (Effects(_hold_in_hold_off),),
    ),
    WrongUnit(
        "holds-its-addresses-in-a-config-only-group",
        ("HA-027.g",),
        "Takes the shared addresses in config-only modes.",
        (Effects(_hold_in_config_only),),
    ),
    WrongUnit(
        "sets-with-another-mask",
        ("HA-155.b",),
        "Holds an address with the failover action `set` with a mask of its own.",
        (changing(_widen),),
    ),
)
