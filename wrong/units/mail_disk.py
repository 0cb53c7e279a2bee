"""Units that are wrong about their own mail disk, and about whose settings those of local monitoring are."""

from __future__ import annotations

import dataclasses
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from node.engine import events as on
from node.engine import monitoring
from node.engine.modes import Mode
from node.engine.settings import HaSettings
from node.engine.state import ConfigOnly, Following, Leading, State, Stopped
from node.engine.states import Phase, Trigger
from node.engine.transition import move
from node.engine.turn import Conduct, News, Rules, Turn
from node.settings import Configuration, in_force
from node.settings.schema import HA
from node.settings.script import merge_synchronized
from wrong.common import Take, exchanging, ignoring, in_role
from wrong.record import Decision, Events, InRole, OnLinux, Plain, Remembering, Settings, Shown, WrongUnit
from wrong.units.modes import monitor_on, show_config_only, stop_mail

DISK, PORTS = "local-hd", "local-ports"

SOON = 1.0
"""Seconds within which a disk that is not stuck answers."""


def _of(what: str, event: object) -> bool:
    return isinstance(event, on.CheckDone) and event.what == what


def _is_bad(event: object) -> bool:
    """Whether it is a failed check of the disk."""
    return isinstance(event, on.CheckDone) and event.what == DISK and not event.ok


def _finding_none(what: str) -> Events:
    """Take each check of a kind for a good one."""
    return Events(lambda event, _: [on.CheckDone(what, ok=True)] if _of(what, event) else [event])


def _checking(change: Callable[[HaSettings], Mapping[str, object]]) -> Settings:
    """Check the disk by other settings."""

    def read(settings: HaSettings, _: State) -> HaSettings:
        return dataclasses.replace(settings, local_hd=dataclasses.replace(settings.local_hd, **change(settings)))  # type: ignore[arg-type]

    return Settings(read)


def _never_reset(take: Take, turn: Turn, me: Leading, news: News) -> None:
    if not _of(DISK, news) or _is_bad(news):
        take(turn, me, news)


def _add_up(take: Take, turn: Turn, me: Leading, news: News) -> None:
    """Count a failed check of the disk as one of the interfaces, too."""
    if _is_bad(news):
        me.strikes[PORTS] += 1
    elif _of(PORTS, news):
        me.strikes[DISK] += 1
    take(turn, me, news)


def _count_always(strikes: Counter[str]) -> tuple[Plain, ...]:
    """Count failed checks of the disk in every role, and go on counting when the unit leads."""

    def note(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.CheckDone) and event.what == DISK:
            strikes[DISK] = 0 if event.ok else strikes[DISK] + 1
        return [event]

    def go_on(conduct: Conduct) -> Conduct:
        def enter(turn: Turn, me: Leading, came_from: Phase) -> None:
            conduct.enter(turn, me, came_from)
            me.strikes.update(strikes)

        return dataclasses.replace(conduct, enter=enter)

    return Events(note), InRole(Leading, go_on)


@dataclass(slots=True)
class _Looked:
    """When the disk was last checked."""

    at: float = math.inf


def _wait_for_ever(looked: _Looked) -> tuple[Plain, ...]:
    """Never come to know of a check that has taken long, as a stuck disk lets it."""

    def wait(event: on.Event, unit: State) -> Iterable[on.Event]:
        if not _of(DISK, event):
            return [event]
        took, looked.at = unit.now - looked.at, unit.now
        return [] if _is_bad(event) and took > unit.settings.local_hd.interval + SOON else [event]

    return (Events(wait),)


def _fail_as_secondary(take: Take, turn: Turn, me: Following, news: News) -> None:
    if _is_bad(news) and turn.unit.phase is Phase.SECONDARY:
        move(turn, Trigger.FAULT, DISK, into=Stopped({DISK}))
    else:
        take(turn, me, news)


def _as_a_primary(rules: Rules) -> Rules:
    table = {**rules.table, (Phase.SECONDARY, Trigger.FAULT): rules.table[Phase.PRIMARY, Trigger.FAULT]}
    return dataclasses.replace(rules, table=table)


def _fail_although_off(take: Take, turn: Turn, me: Leading, news: News) -> None:
    if _is_bad(news) and isinstance(news, on.CheckDone) and monitoring.fails(turn.unit.settings, me.strikes, news):
        move(turn, Trigger.FAULT, DISK, into=Stopped({DISK}))
    elif not _is_bad(news):
        take(turn, me, news)


def _cure_by_any(take: Take, turn: Turn, me: Stopped, news: News) -> None:
    take(turn, me, on.CheckDone(DISK, ok=True) if _is_bad(news) else news)


_OWN = [(HA, "service", name, setting) for name in (DISK, PORTS) for setting in ("check-interval", "retries", "status")]


def _offer_own(configuration: Configuration) -> tuple[str, str]:
    """Give how the unit monitors itself on a line before the rest."""
    text, checksum = in_force.offer(configuration)
    return json.dumps([configuration.get(path) for path in _OWN]) + f"\n{text}", checksum


def _copy_own(before: Configuration, text: str, _: str, given: Mapping[str, str]) -> list[in_force.Step]:
    own, _, rest = text.partition("\n")
    after = merge_synchronized(before, rest)
    for path, value in zip(_OWN, json.loads(own), strict=True):
        after = after.with_value(path, value)
    return in_force.by_operator(before, after, given)


UNITS = (
    WrongUnit(
        "finds-no-failing-disk",
        ("HA-200", "HA-209"),
        "Leads on whatever its mail disk does.",
        (_finding_none(DISK),),
    ),
    WrongUnit(
        "gives-its-disk-one-check",
        ("HA-204", "HA-206"),
        "Leaves its role with the first failed check of its mail disk.",
        (_checking(lambda _: {"retries": 1}),),
    ),
    WrongUnit(
        "gives-its-disk-one-more-check",
        ("HA-204", "HA-206"),
        "Leaves its role one failed check of its mail disk later than retries says.",
        (_checking(lambda settings: {"retries": settings.local_hd.retries + 1}),),
    ),
    WrongUnit(
        "checks-its-disk-unasked",
        ("HA-203",),
        "Checks its mail disk every second although local-hd is disabled.",
        (_checking(lambda it: {} if it.local_hd.enabled else {"enabled": True, "interval": 1, "retries": 2}),),
    ),
    WrongUnit(
        "counts-failed-checks-of-its-disk-for-ever",
        ("HA-205",),
        "A good check of its mail disk does not reset the count of failed ones.",
        (in_role(Leading, _never_reset),),
    ),
    WrongUnit(
        "adds-its-disk-up-with-its-interfaces",
        ("HA-206", "HA-209"),
        "Counts failed checks of its mail disk and of its interfaces together.",
        (in_role(Leading, _add_up),),
    ),
    WrongUnit(
        "counts-checks-of-its-disk-while-it-follows",
        ("HA-214",),
        "Counts failed checks of its mail disk also as a secondary, and leaves its role as soon as it leads.",
        (Remembering(Counter[str], _count_always),),
    ),
    WrongUnit(
        "fails-as-secondary-with-its-disk",
        ("HA-214", "HA-338"),
        "Is failed as a secondary, too, when a check of its mail disk fails.",
        (in_role(Following, _fail_as_secondary), Decision(_as_a_primary)),
    ),
    WrongUnit(
        "checks-its-disk-by-configured-mode",
        ("HA-200", "HA-214"),
        "Checks its mail disk only when it is configured as primary, not when it leads.",
        (_checking(lambda it: {"enabled": it.local_hd.enabled and it.mode is Mode.PRIMARY}),),
    ),
    WrongUnit(
        "is-failed-by-its-disk-although-off",
        ("HA-310",),
        "Is failed, and not off, when its mail disk fails and on-failure is off.",
        (in_role(Leading, _fail_although_off),),
    ),
    WrongUnit(
        "is-never-cured-of-its-disk",
        ("HA-018.a", "HA-018.b", "HA-330.b"),
        "Stays failed when its mail disk works again.",
        (ignoring(lambda event, unit: _of(DISK, event) and isinstance(unit.role, Stopped)),),
    ),
    WrongUnit(
        "is-cured-by-any-check-of-its-disk",
        ("HA-017.a",),
        "Once failed it joins its group again after the next check of its mail disk, however that ends.",
        (in_role(Stopped, _cure_by_any),),
    ),
    WrongUnit(
        "waits-for-its-disk-without-limit",
        ("HA-209",),
        "Never comes to know that its mail disk is stuck: a check that does not end has not failed.",
        (
            Remembering(_Looked, _wait_for_ever),
            OnLinux("node.linux.mail_disk", "DISK_LIMIT", lambda _: 3600.0),
        ),
    ),
    WrongUnit(
        "copies-how-it-monitors-itself",
        ("HA-213",),
        "Copies the settings of local monitoring from the primary.",
        (exchanging(offer=_offer_own, copy=_copy_own),),
    ),
    WrongUnit(
        "checks-its-disk-in-a-config-only-group",
        ("HA-027.e", "HA-212"),
        "In config-only modes stops mail when a check of its mail disk fails.",
        (
            InRole(ConfigOnly, partial(monitor_on, stop_mail, monitors=lambda settings: settings.local_hd.enabled)),
            Shown(show_config_only),
        ),
    ),
    WrongUnit(
        "takes-a-pulled-cable-for-none",
        ("HA-216",),
        "Takes only an interface that an operator has shut down for a failed one.",
        (_finding_none(PORTS),),
    ),
)
