"""The sixteenth blind batch, half gg: written from the manual alone, before any scenario judged them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from node.build import Exchange
from node.cli.shell import QUESTION
from node.cli.system import System
from node.engine import effects as do
from node.engine import events as on
from node.engine.messages import Heartbeat, OfferRole
from node.engine.modes import Command, Effective, Mode, Rank
from node.engine.settings import HaSettings
from node.engine.state import Joining, State, Stopped
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.timing import HOLD_OFF_LIMIT
from node.engine.transition import move
from node.engine.turn import News, Rules, Turn
from node.exchange import mail_data, queue
from node.linux.own_files import is_left_out
from node.settings import Configuration, Refused, in_force, synchronized
from wrong.common import Mark, Take, changing, in_role, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Events,
    Exchanging,
    OnLinux,
    Pages,
    Plain,
    Printed,
    React,
    Reaction,
    Remembering,
    Sessions,
    Settings,
    WrongUnit,
)

# Settings that change while the group runs


def _on_failure_of_the_fault(new: HaSettings, unit: State) -> HaSettings:
    if unit.phase is Phase.FAILED and new.mode is unit.settings.mode:
        return dataclasses.replace(new, on_failure=unit.settings.on_failure)
    return new


def _written_afresh(mark: Mark) -> tuple[Plain, ...]:
    """From a change of settings on, a unit that is switched off keeps a record without its past."""

    def write(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if unit.phase is not Phase.SWITCHED_OFF:
            mark.up = False
        elif isinstance(event, on.SettingsChanged):
            mark.up = True
            return [*effects, do.Persist(unit.memory)]
        return effects

    def without_past(effect: do.Effect, _: State) -> do.Effect:
        if mark.up and isinstance(effect, do.Persist):
            return do.Persist(dataclasses.replace(effect.memory, latched_off=False, effective=None))
        return effect

    return Reaction(write), changing(without_past)


def _releasing_last(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    leads = unit.phase is Phase.PRIMARY
    effects = react(event)
    if not (leads and isinstance(event, on.SettingsChanged) and unit.phase is Phase.PRIMARY):
        return effects
    return sorted(effects, key=lambda effect: isinstance(effect, do.ReleaseAddress))


# Hold-off


def _quiet_after_hold_off(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    before = unit.phase
    effects = react(event)
    if before is Phase.HOLD_OFF and unit.phase is Phase.PRIMARY:
        return [effect for effect in effects if not isinstance(effect, do.Announce)]
    return effects


def _patient(mark: Mark) -> tuple[Plain, ...]:
    """After a hold-off that ran out, wait as long for the peer again."""

    def note(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        before = unit.phase
        effects = react(event)
        if event == on.TimerFired(Wait.HOLD_OFF) and before is Phase.HOLD_OFF and unit.phase is Phase.PRIMARY:
            mark.up = True
        return effects

    def patience(rules: Rules) -> Rules:
        return dataclasses.replace(rules, patience=lambda unit: HOLD_OFF_LIMIT if mark.up else rules.patience(unit))

    return Reaction(note), Decision(patience)


# Restarts and recovery


def _reload_unsaid(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Persist) and effect.memory.planned == Command.RELOAD


def _only_rejoining(mark: Mark) -> tuple[Plain, ...]:
    """A unit that has started switched off takes a restore for a restart of HA."""

    def note(event: on.Event, _: State) -> list[on.Event]:
        if isinstance(event, on.Started):
            mark.up = event.memory.latched_off
        return [event]

    def rejoin(take: Take, turn: Turn, me: Stopped, news: News) -> None:
        if mark.up and news == on.Ordered(Command.RESTORE):
            move(turn, Trigger.ENTER, into=Joining(Effective.SECONDARY))
        else:
            take(turn, me, news)

    return Events(note), in_role(Stopped, rejoin)


# States that a unit passes through

_WITHOUT_MAIL = frozenset(
    {Phase.FIRST_SYNC, Phase.FIRST_SYNC_FAILED, Phase.SECONDARY, Phase.HOLD_OFF, Phase.SWITCHED_OFF}
)


def _mailing_while_joining(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    before = unit.phase
    effects = react(event)
    if before in {Phase.STANDALONE, Phase.CONFIG_ONLY} and unit.phase is Phase.JOINING:
        return [effect for effect in effects if not isinstance(effect, do.StopMail)]
    if before is Phase.JOINING and unit.phase in _WITHOUT_MAIL:
        return [do.StopMail(), *effects]
    return effects


def _mail_after_primary(waits: Mark) -> tuple[Plain, ...]:
    """A config-secondary that starts processes no mail before it has heard its primary."""

    def wait(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if isinstance(event, on.Started) and event.settings.mode is Mode.CONFIG_SECONDARY:
            waits.up = True
            return [effect for effect in react(event) if not isinstance(effect, do.StartMail)]
        effects = react(event)
        heard = isinstance(event, on.Heard) and isinstance(event.message, Heartbeat)
        if waits.up and heard and unit.phase is Phase.CONFIG_ONLY:
            waits.up = False
            return [do.StartMail(), *effects]
        return effects

    return (Reaction(wait),)


# Heartbeat links


def _offer_on_second_link(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, OfferRole)


@dataclass(slots=True)
class Said:
    """What the log has been told."""

    lines: set[str] = field(default_factory=set)


def _told_once(said: Said) -> tuple[Plain, ...]:
    def tell(effect: do.Effect, _: State) -> list[do.Effect]:
        if not isinstance(effect, do.Log) or "=FAILED" not in effect.message:
            return [effect]
        known = effect.message in said.lines
        said.lines.add(effect.message)
        return [] if known else [effect]

    return (Effects(tell),)


def _second_link_without_six(new: HaSettings, _: State) -> HaSettings:
    links = (dataclasses.replace(link, peer6="") if link.rank is Rank.SECONDARY else link for link in new.links)
    return dataclasses.replace(new, links=tuple(links))


# What passes between the units


def _copy_with_news(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
    if {*text.splitlines()} <= {*synchronized(before).splitlines()}:
        return []
    return in_force.by_copy(before, text, expected, given)


LONGEST = 1024
"""Longest text of settings that a unit with a short buffer takes, in bytes."""


def _copy_of_short_text(
    before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    if len(text.encode()) > LONGEST:
        raise Refused("the answer is too long")
    return in_force.by_copy(before, text, expected, given)


def _mirror(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    union = mail_data.merged(own, primary)
    return {path: file for path, file in union.items() if path in primary or is_left_out(path)}


def _mirroring(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    def mirror(source: str, target: str) -> list[str]:
        program, *arguments = copying(source, target)
        return [program, "--delete", *arguments]

    return mirror


def _without_quarantine(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    return mail_data.merged(own, {path: file for path, file in primary.items() if not path.startswith("quarantine/")})


class Hoarder(queue.Giver[Any]):
    """A giver that still remembers a message which it has given away."""

    def hear(self, frame: queue.Frame) -> list[queue.Giving[Any]]:
        """Take the taker's answer, and forget nothing."""
        return [action for action in super().hear(frame) if not isinstance(action, queue.Forget)]


class Trusting(queue.Giver[Any]):
    """A giver that takes the first answer for all: it does not wait for a further one to remove what it has offered."""

    def read(self, item: object, message: str, size: int) -> list[queue.Giving[Any]]:
        """Offer a message, and remove it."""
        actions = super().read(item, message, size)
        return [*actions, queue.Remove(item)] if actions and self.count else actions


def _giving_by(giver: Callable[[], queue.Giver[Any]]) -> Exchanging:
    def change(exchange: Exchange) -> Exchange:
        return dataclasses.replace(exchange, giver=giver)

    return Exchanging(change)


def _copying_by(
    copy: Callable[[Configuration, str, str, Mapping[str, str]], list[in_force.Step]],
) -> Exchanging:
    def change(exchange: Exchange) -> Exchange:
        return dataclasses.replace(exchange, copy=copy)

    return Exchanging(change)


def _merging_by(merge: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]) -> Exchanging:
    def change(exchange: Exchange) -> Exchange:
        return dataclasses.replace(exchange, merge=merge)

    return Exchanging(change)


# The operator's shell


def _clear_in_editor(line: str, printed: Printed, system: System) -> Printed:
    if line.strip() != "get":
        return printed
    password = system.configuration.get(("system ha", "password"))
    return dataclasses.replace(printed, text=printed.text.replace("password : ******", f"password : {password}"))


def _yes_by_default(line: str, prompt: str) -> str:
    return "y" if prompt == QUESTION and not line.strip() else line


UNITS = (
    WrongUnit(
        "decides-at-the-fault",
        ("HA-018.b",),
        "A unit in failed goes by the on-failure that it had when the fault was found, whatever is set since.",
        (Settings(_on_failure_of_the_fault),),
    ),
    WrongUnit(
        "forgets-off-at-a-setting",
        ("HA-311.b", "HA-312.b"),
        "A unit that on-failure keeps off writes its record afresh when a setting changes, and boots into the group.",
        (Remembering(Mark, _written_afresh),),
    ),
    WrongUnit(
        "releases-what-it-holds-anew",
        ("HA-153.a", "HA-155.a"),
        "When the action of a held address changes, holds it anew and then gives the old one up: the same address.",
        (Reaction(_releasing_last),),
    ),
    WrongUnit(
        "takes-over-quietly-after-hold-off",
        ("HA-113.a",),
        "A secondary that takes over because hold-off has run out announces no address.",
        (Reaction(_quiet_after_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "stays-patient-after-hold-off",
        ("HA-101", "HA-108.a"),
        "After a hold-off that ran out, bears a primary's silence for the length of a hold-off from then on.",
        (Remembering(Mark, _patient),),
        alone="S",
    ),
    WrongUnit(
        "reload-leaves-no-word",
        ("HA-524.a", "HA-526.b"),
        "Does not store that a reload was ordered, so that it starts as after a loss of power.",
        (leaving_out(_reload_unsaid),),
    ),
    WrongUnit(
        "only-rejoins-after-a-reboot",
        ("HA-313.a",),
        "A unit kept off by on-failure that was rebooted meanwhile becomes secondary when its operator restores it.",
        (Remembering(Mark, _only_rejoining),),
        alone="P",
    ),
    WrongUnit(
        "mails-while-joining",
        ("HA-013.e",),
        "When its mode is changed to primary, goes on processing mail while it looks for its peer.",
        (Reaction(_mailing_while_joining),),
        alone="P",
    ),
    WrongUnit(
        "waits-to-mail-in-config-group",
        ("HA-023",),
        "A config-secondary that starts processes no mail until it hears its primary.",
        (Remembering(Mark, _mail_after_primary),),
    ),
    WrongUnit(
        "offers-on-first-link",
        ("HA-572", "HA-574.b"),
        "Offers its role on the primary heartbeat link only, so a restore does nothing while the secondary one serves.",
        (leaving_out(_offer_on_second_link),),
        alone="S",
    ),
    WrongUnit(
        "tells-a-lost-link-once",
        ("HA-073",),
        "Logs a heartbeat status with a failed link only the first time, as if the next were a repetition.",
        (Remembering(Said, _told_once),),
    ),
    WrongUnit(
        "second-link-without-ipv6-gg",
        ("HA-060.a", "HA-061.c", "HA-072"),
        "Reads peer-ip6 of the primary heartbeat link only.",
        (Settings(_second_link_without_six),),
    ),
    WrongUnit(
        "skips-copies-without-news",
        ("HA-350.a", "HA-378"),
        "Takes settings from which something was only removed for those that it has already.",
        (_copying_by(_copy_with_news),),
        alone="S",
    ),
    WrongUnit(
        "takes-short-settings",
        ("HA-350.a", "HA-353.b"),
        "Has a buffer of 1024 bytes for the primary's settings, and refuses longer ones.",
        (
            _copying_by(_copy_of_short_text),
            OnLinux("node.linux.sync", "TEXT_LIMIT", lambda _: LONGEST + 128),
        ),
    ),
    WrongUnit(
        "mirrors-mail-data",
        ("HA-427.a",),
        "A copy of mail data removes what the primary has not.",
        (_merging_by(_mirror), OnLinux("node.linux.sync", "copying", _mirroring)),
    ),
    WrongUnit(
        "leaves-recipients-quarantine",
        ("HA-332.b", "HA-401.e"),
        "Leaves the recipients' quarantines out when it copies mail data.",
        (
            _merging_by(_without_quarantine),
            OnLinux("node.linux.sync", "LEFT_OUT", lambda patterns: (*patterns, "quarantine/*")),
        ),
    ),
    WrongUnit(
        "remembers-what-it-gave",
        ("HA-333.a", "HA-424"),
        "Still counts as taken a message that it has given away, and drops it when the peer hands it back.",
        (_giving_by(Hoarder),),
    ),
    WrongUnit(
        "trusts-after-one-answer",
        ("HA-424",),
        "Once one queued message was taken, removes each further one when it is offered, and not when it is taken.",
        (_giving_by(Trusting),),
    ),
    WrongUnit(
        "clear-password-in-editor",
        ("HA-454.a",),
        "Masks the password in get system ha, but not for get inside config system ha.",
        (Pages(_clear_in_editor),),
    ),
    WrongUnit(
        "empty-line-means-yes",
        ("HA-764.b",),
        "Takes an empty line for y when it asks for a confirmation.",
        (Sessions(enter=_yes_by_default),),
    ),
)
