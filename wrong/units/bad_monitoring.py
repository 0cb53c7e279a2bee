"""Units that are wrong about monitoring that is given what cannot work."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import events as on
from node.engine.settings import HaSettings, RemoteCheck
from node.engine.state import Following, State
from node.engine.timers import Wait
from node.engine.turn import News, Turn
from node.settings.values import is_unset
from wrong.common import Take, in_role
from wrong.record import Events, Remembering, Settings, WrongUnit
from wrong.units.almost_right import misreading

GREETING = 8 << 20
"""Bytes that are kept of each greeting."""

_OF_UNITS = (".1", ".2")
"""Ends of the units' own addresses."""

_DEFAULT_TIMEOUT, _DEFAULT_RETRIES = 30, 3


def _ask_nobody(settings: HaSettings, _: State) -> HaSettings:
    """Check no service at an address that is not a unit's."""
    remote = tuple(
        dataclasses.replace(each, enabled=each.enabled and each.address.endswith(_OF_UNITS)) for each in settings.remote
    )
    return dataclasses.replace(settings, remote=remote)


def _is_off_by_zero(check: RemoteCheck) -> bool:
    """Whether a flat line with a 0 has turned a check off: it leaves the default in the place of the 0."""
    by_default = check.timeout == _DEFAULT_TIMEOUT or check.retries == _DEFAULT_RETRIES
    return not check.enabled and not is_unset(check.address) and by_default


def _heed_no_zero(settings: HaSettings, _: State) -> HaSettings:
    """Check a service that a flat line has turned off, once and not for long."""
    remote = tuple(
        dataclasses.replace(each, enabled=True, timeout=1, retries=1) if _is_off_by_zero(each) else each
        for each in settings.remote
    )
    return dataclasses.replace(settings, remote=remote)


def _wait_for_services(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Judge no silence while a service does not answer."""
    if not (news == on.TimerFired(Wait.SILENCE) and any(me.strikes.values())):
        take(turn, me, news)


def _hoard(greetings: list[bytes]) -> tuple[Events]:
    def keep(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.CheckDone) and event.what.startswith("remote-") and not event.ok:
            greetings.append(b"x" * GREETING)
        return [event]

    return (Events(keep),)


UNITS = (
    WrongUnit(
        "asks-no-address-of-nobody",
        ("HA-254", "HA-255"),
        "Checks no service at an address that is not a unit's, and finds no fault there.",
        (Settings(_ask_nobody),),
    ),
    WrongUnit(
        "fails-checks-with-a-zero",
        ("HA-255", "HA-265"),
        "Takes a check-interval, check-timeout or retries of 0, and then fails every check of that service.",
        (misreading(r"remote-\w+", "set (check-interval|check-timeout|retries) 0", "set port 9"),),
    ),
    WrongUnit(
        "monitors-what-a-flat-zero-turned-off",
        ("HA-265",),
        "Checks a service that a flat line with a 0 has turned off.",
        (Settings(_heed_no_zero),),
    ),
    WrongUnit(
        "waits-for-a-service-in-silence",
        ("HA-269",),
        "As a secondary judges no silence of its primary while a service that it monitors there does not answer.",
        (in_role(Following, _wait_for_services),),
    ),
    WrongUnit(
        "hoards-greetings",
        ("HA-254",),
        "Keeps eight megabytes of what each service says that does not greet as it should.",
        (Remembering(list, _hoard),),
    ),
)
