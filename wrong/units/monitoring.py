"""Units that are wrong about which of their interfaces they look at."""

from __future__ import annotations

import dataclasses

from node.engine.modes import Action, Mode
from node.engine.settings import HaSettings
from node.engine.state import State
from wrong.record import Settings, WrongUnit

MAIL = "port3"


def _watch_ignored(settings: HaSettings, _: State) -> HaSettings:
    """Add the mail interface where it has no other action."""
    if any(shared.interface == MAIL for shared in settings.addresses):
        return settings
    return dataclasses.replace(settings, monitored=(*settings.monitored, MAIL))


def _watch_every_action(settings: HaSettings, _: State) -> HaSettings:
    shared = (each.interface for each in settings.addresses)
    return dataclasses.replace(settings, monitored=tuple(dict.fromkeys([*settings.monitored, *shared])))


def _watch_unasked(settings: HaSettings, _: State) -> HaSettings:
    return dataclasses.replace(settings, local_ports=dataclasses.replace(settings.local_ports, enabled=True))


def _leave_set_out(settings: HaSettings, _: State) -> HaSettings:
    given_up = {shared.interface for shared in settings.addresses if shared.action is Action.SET}
    return dataclasses.replace(settings, monitored=tuple(port for port in settings.monitored if port not in given_up))


def _watch_by_mode(settings: HaSettings, _: State) -> HaSettings:
    return settings if settings.mode is Mode.PRIMARY else dataclasses.replace(settings, monitored=())


UNITS = (
    WrongUnit(
        "monitors-what-it-ignores",
        ("HA-152", "HA-171"),
        "Looks at its mail interface though that has the action ignore.",
        (Settings(_watch_ignored),),
    ),
    WrongUnit(
        "monitors-every-action",
        ("HA-169", "HA-171"),
        "Looks at each interface that has a failover action, also where port-monitor is disabled.",
        (Settings(_watch_every_action),),
    ),
    WrongUnit(
        "monitors-unasked",
        ("HA-168",),
        "Looks at interfaces whose port-monitor is enabled, also where interface monitoring is disabled.",
        (Settings(_watch_unasked),),
    ),
    WrongUnit(
        "monitors-nothing-with-set",
        ("HA-167", "HA-171"),
        "Does not look at an interface that has given its own address up for the shared one, or may.",
        (Settings(_leave_set_out),),
    ),
    WrongUnit(
        "monitors-by-configured-mode",
        ("HA-167",),
        "Looks at its interfaces only where it is configured as primary, not where it leads.",
        (Settings(_watch_by_mode),),
    ),
)
