"""Units that are wrong about shared addresses and mail."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import addresses
from node.engine import effects as do
from node.engine.modes import Action, Effective
from node.engine.settings import HaSettings
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.turn import News, PeerHeard, Turn
from wrong.common import Take, in_role, never
from wrong.record import Effects, Settings, WrongUnit


def taking(written: Action, taken: Action) -> Settings:
    """Treat one failover action as another."""

    def read(settings: HaSettings, _: State) -> HaSettings:
        addresses = tuple(
            dataclasses.replace(each, action=taken) if each.action is written else each for each in settings.addresses
        )
        return dataclasses.replace(settings, addresses=addresses)

    return Settings(read)


def holding(unit: State) -> list[do.Effect]:
    """Hold every shared address."""
    return [do.HoldAddress(each.interface, each.action, each.address) for each in addresses.shared(unit.settings)]


def leading_with(interface: str, address: str) -> Effects:
    """Hold a stray address, too, when mail starts in the primary role."""

    def lead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.StartMail) and unit.phase is Phase.PRIMARY:
            return [do.HoldAddress(interface, Action.ADD, address), effect]
        return [effect]

    return Effects(lead)


def _touch_ignored(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
    """Give the mail interface a stray address (from the documentation range)."""
    if isinstance(effect, do.StartMail) and unit.phase is Phase.PRIMARY and not addresses.shared(unit.settings):
        return [do.HoldAddress("port3", Action.ADD, "198.51.100.1/24"), effect]
    return [effect]


def _hold_as_secondary(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
    follows = isinstance(effect, do.RoleChanged) and effect.new is Effective.SECONDARY
    return [effect, *holding(unit)] if follows else [effect]


def _see_no_gap(take: Take, turn: Turn, me: Leading, news: News) -> None:
    """Miss that heartbeats are missing, and that the peer has started again since."""
    if isinstance(news, PeerHeard) and news.before is not None:
        take(turn, me, PeerHeard(news.beat, news.beat))
    else:
        take(turn, me, news)


UNITS = (
    WrongUnit(
        "sees-no-gap-in-heartbeats",
        ("HA-164",),
        "Does not announce its addresses when its peer may have led while it was not heard for a while.",
        (in_role(Leading, _see_no_gap),),
    ),
    WrongUnit(
        "holds-no-address",
        ("HA-112",),
        "Leads without the shared addresses.",
        (never(do.HoldAddress),),
    ),
    WrongUnit(
        "keeps-its-address",
        ("HA-154", "HA-163"),
        "Never gives a shared address up.",
        (never(do.ReleaseAddress),),
    ),
    WrongUnit(
        "announces-nothing",
        ("HA-113.a",),
        "Takes addresses over without announcing them.",
        (never(do.Announce),),
    ),
    WrongUnit(
        "keeps-mail-running",
        ("HA-022.b", "HA-111.a", "HA-111.b", "HA-111.c"),
        "Accepts mail in every role.",
        (never(do.StopMail),),
    ),
    WrongUnit(
        "takes-no-mail",
        ("HA-022.a", "HA-110.b", "HA-114", "HA-115.b"),
        "Leads without starting mail.",
        (never(do.StartMail),),
    ),
    WrongUnit(
        "adds-instead-of-setting",
        ("HA-155.a", "HA-166.a"),
        "Treats the failover action `set` as `add`.",
        (taking(Action.SET, Action.ADD),),
    ),
    WrongUnit(
        "sets-instead-of-adding",
        ("HA-153.b",),
        "Treats the failover action `add` as `set`.",
        (taking(Action.ADD, Action.SET),),
    ),
    WrongUnit(
        "touches-ignored-interfaces",
        ("HA-151",),
        "Gives the mail interface a stray address when it leads, although its action is ignore.",
        (Effects(_touch_ignored),),
    ),
    WrongUnit(
        "holds-address-in-every-role",
        ("HA-163",),
        "Holds the shared addresses as a secondary, too.",
        (Effects(_hold_as_secondary),),
    ),
)
