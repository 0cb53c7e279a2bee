"""Units that are wrong about which of their interfaces they monitor."""

from __future__ import annotations

import dataclasses

from node.engine import events as on
from node.engine.modes import Action, Mode
from node.engine.settings import HaSettings
from node.engine.state import Leading, State, Stopped
from node.engine.turn import News, Readjusted, Turn
from wrong.common import Take, in_role
from wrong.record import Events, Settings, WrongUnit

MAIL = "port3"


def _watch_ignored(settings: HaSettings, _: State) -> HaSettings:
    """Monitor the mail interface, also with the action ignore."""
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


def _restart_count(take: Take, turn: Turn, me: Leading, news: News) -> None:
    take(turn, me, news)
    if isinstance(news, Readjusted):
        me.strikes.clear()


def _cure_by_any(take: Take, turn: Turn, me: Stopped, news: News) -> None:
    if isinstance(news, on.CheckDone) and news.ok:
        me.failing.clear()
    take(turn, me, news)


def _take_one_off(take: Take, turn: Turn, me: Leading, news: News) -> None:
    if isinstance(news, on.CheckDone) and news.ok:
        me.strikes[news.what] = max(0, me.strikes[news.what] - 1)
    else:
        take(turn, me, news)


def _watch_by_mode(settings: HaSettings, _: State) -> HaSettings:
    return settings if settings.mode is Mode.PRIMARY else dataclasses.replace(settings, monitored=())


def _give_up_early(settings: HaSettings, _: State) -> HaSettings:
    ports = settings.local_ports
    return dataclasses.replace(settings, local_ports=dataclasses.replace(ports, retries=ports.retries - 1))


def _give_up_late(settings: HaSettings, _: State) -> HaSettings:
    ports = settings.local_ports
    return dataclasses.replace(settings, local_ports=dataclasses.replace(ports, retries=ports.retries + 1))


def _count_as_one(event: on.Event, _: State) -> list[on.Event]:
    """Take each check for one of the interfaces."""
    return [dataclasses.replace(event, what="local-ports")] if isinstance(event, on.CheckDone) else [event]


UNITS = (
    WrongUnit(
        "counts-all-checks-as-one",
        ("HA-206",),
        "Lets a good check of its disk reset the count of failed checks of its interfaces.",
        (Events(_count_as_one),),
    ),
    WrongUnit(
        "gives-up-a-check-late",
        ("HA-204",),
        "Leaves its role one failed check of its interfaces later than retries says.",
        (Settings(_give_up_late),),
    ),
    WrongUnit(
        "gives-up-a-check-early",
        ("HA-204",),
        "Leaves its role one failed check of its interfaces earlier than retries says.",
        (Settings(_give_up_early),),
    ),
    WrongUnit(
        "monitors-what-it-ignores",
        ("HA-152", "HA-171.b"),
        "Monitors its mail interface although its failover action is ignore.",
        (Settings(_watch_ignored),),
    ),
    WrongUnit(
        "monitors-every-action",
        ("HA-169", "HA-171.c"),
        "Monitors each interface that has a failover action, also when its port-monitor is disabled.",
        (Settings(_watch_every_action),),
    ),
    WrongUnit(
        "monitors-unasked",
        ("HA-168",),
        "Monitors interfaces whose port-monitor is enabled, also when interface monitoring is disabled.",
        (Settings(_watch_unasked),),
    ),
    WrongUnit(
        "monitors-nothing-with-set",
        ("HA-167",),
        "Does not monitor an interface whose failover action is set.",
        (Settings(_leave_set_out),),
    ),
    WrongUnit(
        "monitors-by-configured-mode",
        ("HA-167",),
        "Monitors its interfaces only when it is configured as primary, not when it leads.",
        (Settings(_watch_by_mode),),
    ),
    WrongUnit(
        "restarts-its-count-at-a-setting",
        ("HA-206",),
        "Counts failed checks from the beginning whenever a setting has changed.",
        (in_role(Leading, _restart_count),),
    ),
    WrongUnit(
        "takes-one-off-for-a-good-check",
        ("HA-204", "HA-205"),
        "A good check takes one off the count of failed ones instead of resetting it.",
        (in_role(Leading, _take_one_off),),
    ),
    WrongUnit(
        "cures-its-interfaces-by-its-disk",
        ("HA-017.a",),
        "Once failed it joins its group again after any good check, also one of what had not failed.",
        (in_role(Stopped, _cure_by_any),),
    ),
)
