"""The twentieth blind batch, half rr, on events and on mail: written from the manual alone, as its other half."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import dropwhile
from pathlib import Path
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Effective, Mode, Sync, SystemEvent
from node.engine.settings import HaSettings
from node.engine.state import State
from node.engine.states import Phase
from node.engine.timers import Periodic, Retry, Wait
from node.exchange.mail_data import outdated
from node.exchange.queue import Forget, Frame, Giver, Giving, Taken
from node.reporting import Notification, Reporting, SnmpTrap
from node.settings import Configuration, storage
from node.settings.sinks import Sinks, sinks
from node.settings.snmp import Reader
from node.texts import alert_text
from wrong.common import Mark, changing, exchanging, leaving_out
from wrong.record import (
    Effects,
    Events,
    OnLinux,
    React,
    Reaction,
    Remembering,
    Reports,
    Settings,
    WrongUnit,
)

LOG_SERVERS = ("log setting remote",)

ALERTED_AGAIN = 300.0
"""Seconds for which a wrong unit sends no alert a second time."""

Alerted = dict[tuple[str, Effective | None, Effective | None], float]
"""When each alert was sent last."""


# Events


def _by_part_of_a_word(to: Sinks, trap: SnmpTrap) -> tuple[Notification, ...]:
    chosen = ((each, " ".join(sorted(each.events))) for each in to.snmp.managers)
    return tuple(Notification(each, trap) for each, words in chosen if trap.about in words)


def _until_one_is_off(configuration: Configuration) -> Sinks:
    """Read log servers up to the first that is disabled."""

    def is_on(name: str) -> bool:
        return configuration.get((*LOG_SERVERS, name, "status")) == "enable"

    read = configuration
    for name in dropwhile(is_on, configuration.entries(LOG_SERVERS)):
        read = read.without((*LOG_SERVERS, name))
    return sinks(read)


def _first_reader_only(configuration: Configuration) -> Sinks:
    """Let the first manager of each community and user ask, and no other."""
    to = sinks(configuration)
    first: dict[object, Reader] = {}
    for reader in to.snmp.readers:
        first.setdefault((reader.identity, reader.port), reader)
    return dataclasses.replace(to, snmp=dataclasses.replace(to.snmp, readers=tuple(first.values())))


def _upgrade_as_reboot(effect: do.Effect, unit: State) -> do.Effect:
    if effect == do.SystemTrap(SystemEvent.UPGRADE) and unit.phase is not Phase.PRIMARY:
        return do.SystemTrap(SystemEvent.REBOOT)
    return effect


def _throttling(sent: Alerted) -> tuple[Effects, ...]:
    """Send no alert again that was sent within the last minutes."""

    def is_repeated(effect: do.Effect, unit: State) -> bool:
        if not isinstance(effect, do.Alert):
            return False
        alert = effect.event, effect.old, effect.new
        if alert in sent and unit.now - sent[alert] < ALERTED_AGAIN:
            return True
        sent[alert] = unit.now
        return False

    return (leaving_out(is_repeated),)


def _is_log_outside(effect: do.Effect, unit: State) -> bool:
    return isinstance(effect, do.Log) and unit.phase is Phase.STANDALONE


def _holding_off_is_following(address: str, event: str, old: Effective | None, new: Effective | None) -> str:
    return alert_text(address, event, Effective.SECONDARY if old is Effective.HOLD_OFF else old, new)


def _naming_first_ports(first: dict[str, str]) -> tuple[Reaction, ...]:
    """Name each heartbeat link in the log by the port that it had when the unit entered its group."""

    def named(effect: do.Effect) -> do.Effect:
        if not isinstance(effect, do.Log) or "heart beat status changed" not in effect.message:
            return effect
        pattern = r"(primary|secondary)-hearbeat-(\w+)="
        return do.Log(
            re.sub(pattern, lambda found: f"{found[1]}-hearbeat-{first.get(found[1], found[2])}=", effect.message)
        )

    def react_to(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if unit.phase is Phase.STANDALONE:
            first.clear()
        for link in unit.settings.links if unit.phase.in_group else ():
            first.setdefault(link.rank.value, link.interface)
        return [named(effect) for effect in effects]

    return (Reaction(react_to),)


# Mail


def _data_until_restart(new: HaSettings, unit: State) -> HaSettings:
    if new.mode is Mode.OFF or unit.settings.mode is not new.mode:
        return new
    return dataclasses.replace(new, mail_data_sync=new.mail_data_sync or unit.settings.mail_data_sync)


def _giving_data_up(cut: Mark) -> tuple[Events, ...]:
    """Copy no mail data by itself once a copy of them was cut off."""

    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        match event:
            case on.SyncFinished(what=Sync.DATA):
                cut.up = not event.ok and event.link_failed
            case on.TimerFired(Periodic(Sync.DATA) | Retry(Sync.DATA)) if cut.up:
                return []
        return [event]

    return (Events(see),)


def _giving_queue_up(refused: Mark) -> tuple[Events, ...]:
    """Copy no queue by schedule once the primary has refused it."""

    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        match event:
            case on.SyncFinished(what=Sync.QUEUE):
                refused.up = not event.ok and not event.link_failed
            case on.TimerFired(Periodic(Sync.QUEUE)) if refused.up:
                return []
        return [event]

    return (Events(see),)


class _ForgettingAtTheEnd(Giver[Any]):
    """Forgets what it has given once all is given; after a hand-over that broke off it remembers all."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[Giving[Any]] = []

    def hear(self, frame: Frame) -> list[Giving[Any]]:
        if isinstance(frame, Taken):
            self.given.append(Forget(frame.message))
        steps = super().hear(frame)
        return steps[1:] if steps and isinstance(steps[0], Forget) else steps

    def end(self, problem: str = "") -> list[Giving[Any]]:
        steps = super().end(problem)
        return steps if problem else [*steps, *self.given]


def _on_nas_that_is_copied(configuration: Configuration) -> bool:
    return storage.on_nas(configuration) and configuration.get(("system ha", "mail-data-sync")) == "enable"


def _merged_keeping_flags(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    gone = {path for path in outdated(own, primary) if "/new/" in path}
    return {**{path: file for path, file in own.items() if path not in gone}, **primary}


def _dropping_new_only(_: Callable[[Path, Iterable[str]], int]) -> Callable[[Path, Iterable[str]], int]:
    def drop(root: Path, primary: Iterable[str]) -> int:
        own = [str(path.relative_to(root)) for path in root.glob("**/new/*")]
        found = outdated(own, [path for path in primary if (root / path).exists()])
        for path in found:
            (root / path).unlink(missing_ok=True)
        return len(found)

    return drop


def _without_copies_after_hold_off(react: React, event: on.Event, _: State) -> list[do.Effect]:
    effects = react(event)
    if event != on.TimerFired(Wait.HOLD_OFF):
        return effects
    return [effect for effect in effects if not isinstance(effect, do.UseCopies)]


def _matching_parts(reporting: Reporting) -> Reporting:
    return dataclasses.replace(reporting, notifications=_by_part_of_a_word)


def _ending_at_disabled(reporting: Reporting) -> Reporting:
    return dataclasses.replace(reporting, sinks=_until_one_is_off)


def _with_first_readers(reporting: Reporting) -> Reporting:
    return dataclasses.replace(reporting, sinks=_first_reader_only)


def _without_hold_off(reporting: Reporting) -> Reporting:
    return dataclasses.replace(reporting, alert=_holding_off_is_following)


UNITS = (
    WrongUnit(
        "twentieth-traps-by-part-of-a-word",
        ("HA-660",),
        "Looks for the letters `ha` in the chosen events, and finds them in `ip-change`, too.",
        (Reports(_matching_parts),),
    ),
    WrongUnit(
        "twentieth-stops-at-a-disabled-server",
        ("HA-650", "HA-657"),
        "Reads its log servers up to the first that is disabled, and sends nothing to those behind it.",
        (Reports(_ending_at_disabled),),
    ),
    WrongUnit(
        "twentieth-answers-the-first-manager",
        ("HA-619",),
        "Answers the first manager of each community and user, and no other that is listed there.",
        (Reports(_with_first_readers),),
    ),
    WrongUnit(
        "twentieth-upgrade-told-as-reboot",
        ("HA-534.d",),
        "Tells by trap of an upgrade while it leads, and of a reboot when it is upgraded in any other role.",
        (changing(_upgrade_as_reboot),),
    ),
    WrongUnit(
        "twentieth-throttles-alerts",
        ("HA-654",),
        "Sends no alert again that it has sent within the last five minutes.",
        (Remembering(dict, _throttling),),
    ),
    WrongUnit(
        "twentieth-off-without-a-line",
        ("HA-653",),
        "Logs no change of its effective mode when an operator sets its mode to off.",
        (leaving_out(_is_log_outside),),
    ),
    WrongUnit(
        "twentieth-hold-off-called-slave",
        ("HA-655.c",),
        "Says in the alert about the end of a hold-off that its old state was SLAVE.",
        (Reports(_without_hold_off),),
    ),
    WrongUnit(
        "twentieth-names-the-old-port",
        ("HA-652", "HA-073"),
        "Logs the state of a heartbeat link under the port that the link had before an operator moved it.",
        (Remembering(dict, _naming_first_ports),),
    ),
    WrongUnit(
        "twentieth-data-sync-stays-on",
        ("HA-404", "HA-403"),
        "Heeds `mail-data-sync disable` after its next restart only; enabling works at once.",
        (Settings(_data_until_restart),),
    ),
    WrongUnit(
        "twentieth-cut-copy-is-the-last",
        ("HA-402",),
        "Copies no mail data by itself any more after a copy that was cut off, until it joins anew.",
        (Remembering(Mark, _giving_data_up),),
    ),
    WrongUnit(
        "twentieth-asks-once-for-the-queue",
        ("HA-411",),
        "Copies the mail queue no more by schedule once the primary, where the option came later, has refused it.",
        (Remembering(Mark, _giving_queue_up),),
    ),
    WrongUnit(
        "twentieth-remembers-after-a-break",
        ("HA-424",),
        "Remembers what it gave in a hand-over that broke off as its own, and does not take it when it comes back.",
        (exchanging(giver=_ForgettingAtTheEnd),),
    ),
    WrongUnit(
        "twentieth-nas-only-with-data-sync",
        ("HA-407",),
        "Keeps mail data on its own disk in spite of a NAS where `mail-data-sync` is disabled.",
        (exchanging(on_nas=_on_nas_that_is_copied),),
    ),
    WrongUnit(
        "twentieth-doubles-a-second-flag",
        ("HA-402", "HA-401.c"),
        "Has a message twice whose flags have changed once more since it copied it as read.",
        (exchanging(merge=_merged_keeping_flags), OnLinux("node.linux.sync", "drop_outdated", _dropping_new_only)),
    ),
    WrongUnit(
        "twentieth-no-copies-after-hold-off",
        ("HA-411",),
        "Leaves its copies of the primary's queue unused when it leads because its hold-off has expired.",
        (Reaction(_without_copies_after_hold_off),),
    ),
)
