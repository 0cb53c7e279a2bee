"""A second blind batch, second half: wrong units from all over the manual.

They were written from the manual alone, before any scenario judged them.
"""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank, Sync
from node.engine.roles.leading import give_role
from node.engine.settings import HaSettings
from node.engine.state import ConfigOnly, Following, Leading, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.turn import Conduct, News, PeerHeard, Rules, Turn
from node.exchange.mail_data import merged
from node.linux.own_files import is_left_out
from node.settings import Configuration, Refused, in_force
from wrong.common import Take, changing, exchanging, ignoring, in_role, leaving_out
from wrong.record import (
    Decision,
    Events,
    Exchanging,
    InRole,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembering,
    Settings,
    WrongUnit,
)

T = TypeVar("T")


def _mail_goes_on_while_joining(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    before = unit.phase
    effects = react(event)
    if unit.phase is Phase.JOINING:
        return [effect for effect in effects if effect != do.StopMail()]
    if before is Phase.JOINING and unit.phase not in {Phase.PRIMARY, Phase.STANDALONE}:
        return [do.StopMail(), *effects]
    return effects


def _no_mail_after_secondary(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    before = unit.phase
    effects = react(event)
    if before is Phase.SECONDARY and unit.phase is Phase.STANDALONE:
        return [effect for effect in effects if effect != do.StartMail()]
    return effects


def _data_on_the_secondary_link(effect: do.Effect, unit: State) -> do.Effect:
    if effect == do.StartSync(Sync.DATA, Rank.PRIMARY) and unit.group.links.alive.get(Rank.SECONDARY):
        return do.StartSync(Sync.DATA, Rank.SECONDARY)
    return effect


def _heartbeat_interfaces_too(new: HaSettings, _: State) -> HaSettings:
    links = tuple(link.interface for link in new.links if link.interface not in new.monitored)
    return dataclasses.replace(new, monitored=(*new.monitored, *links))


USUAL_GAP = 2.0
"""Seconds between two heartbeats that are no silence."""


@dataclass
class _Missed:
    seconds: float = 0.0


def _silences_added_up(missed: _Missed) -> tuple[Plain, ...]:
    def take(reference: Take, turn: Turn, me: Following, news: News) -> None:
        if isinstance(news, PeerHeard) and not turn.rules.has_just_woken(turn.unit):
            missed.seconds += max(0.0, turn.unit.now - me.primary_heard_at - USUAL_GAP)
        reference(turn, me, news)

    def decide(rules: Rules) -> Rules:
        def patience(unit: State) -> float:
            span = rules.patience(unit)
            return max(span - missed.seconds, min(span, USUAL_GAP))

        return dataclasses.replace(rules, patience=patience)

    return in_role(Following, take), Decision(decide)


def _twice_on_the_secondary_link(rules: Rules) -> Rules:
    def patience(unit: State) -> float:
        alone = unit.phase is Phase.SECONDARY and unit.group.links.alive.get(Rank.PRIMARY) is False
        return rules.patience(unit) * (2 if alone and Rank.SECONDARY in unit.group.links.alive else 1)

    return dataclasses.replace(rules, patience=patience)


@dataclass
class _Pulled:
    ranks: set[Rank] = field(default_factory=set)


def _isolated_without_cables(pulled: _Pulled) -> tuple[Plain, ...]:
    def see(event: on.Event, _: State) -> list[on.Event]:
        if isinstance(event, on.CarrierChanged):
            (pulled.ranks.discard if event.up else pulled.ranks.add)(event.rank)
        return [event]

    def take(reference: Take, turn: Turn, me: Following, news: News) -> None:
        if news == on.TimerFired(Wait.SILENCE) and pulled.ranks.issuperset(turn.unit.group.links.ranks):
            turn.start(Wait.SILENCE, turn.rules.patience(turn.unit))
            return
        reference(turn, me, news)

    return Events(see), in_role(Following, take)


WRAP = 655.36
"""Seconds that a wrong unit's timers count at most: 16 bits of hundredths."""


def _wrapped(effect: do.Effect, _: State) -> do.Effect:
    return do.StartTimer(effect.timer, effect.after % WRAP) if isinstance(effect, do.StartTimer) else effect


def _wrapping(timers: Any) -> Any:  # noqa: ANN401 - a class of the Linux body, which this room does not import
    def start(self: Any, timer: object, after: float) -> None:  # noqa: ANN401 - an object of that class
        timers.start(self, timer, after % WRAP)

    return type("Timers", (timers,), {"start": start})


def _on_the_primary_heartbeat_interface(effect: do.Effect, unit: State) -> do.Effect:
    links = unit.settings.links
    if isinstance(effect, do.Announce) and links:
        return do.Announce(links[0].interface, effect.address)
    return effect


@dataclass
class _Owed:
    releases: list[do.Effect] = field(default_factory=list)


def _released_when_the_peer_leads(owed: _Owed) -> tuple[Plain, ...]:
    def react_late(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        after: list[do.Effect] = []
        for effect in react(event):
            if isinstance(effect, do.ReleaseAddress) and unit.phase is Phase.SECONDARY:
                owed.releases.append(effect)
            else:
                after.append(effect)
        if unit.phase is Phase.PRIMARY:
            owed.releases.clear()
        elif unit.phase is not Phase.SECONDARY or unit.group.peer_leads:
            after += owed.releases
            owed.releases.clear()
        return after

    return (Reaction(react_late),)


def _led_before_its_restart(event: on.Event, _: State) -> list[on.Event]:
    if not isinstance(event, on.Started):
        return [event]
    settings, memory = event.settings, event.memory
    reclaims = settings.mode is Mode.PRIMARY and settings.on_failure is OnFailure.RESTORE_ROLE
    if reclaims and memory.planned and memory.effective is Effective.SECONDARY:
        memory = dataclasses.replace(memory, effective=Effective.PRIMARY)
    return [dataclasses.replace(event, memory=memory)]


BUFFER = 512
"""Bytes of a configuration that a wrong unit receives."""


def _small_copy(exchange: Exchange) -> Exchange:
    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        if len(text) > BUFFER:
            raise Refused("the answer is too long")
        return exchange.copy(before, text, expected, given)

    return dataclasses.replace(exchange, copy=copy)


@dataclass
class _Known:
    peer: bool = False
    deaf: bool = False


def _knows_its_config_primary(known: _Known) -> tuple[Plain, ...]:
    def take(reference: Take, turn: Turn, me: ConfigOnly, news: News) -> None:
        if isinstance(news, PeerHeard):
            known.deaf = known.deaf or (known.peer and news.before is None)
            known.peer = True
        if isinstance(news, on.Heard) and isinstance(news.message, say.SyncNow) and known.deaf:
            known.deaf = False
            return
        reference(turn, me, news)

    return (in_role(ConfigOnly, take),)


def _only_into_nothing(own: Mapping[str, T], primary: Mapping[str, T]) -> dict[str, T]:
    return dict(own) if own else merged(own, primary)


def _fetched_only_into_nothing(fetch: Any) -> Any:  # noqa: ANN401 - a function of the Linux body
    async def fetch_data(links: object, rank: Rank) -> None:
        mail = importlib.import_module("node.linux.paths").MAIL
        own = (str(path.relative_to(mail)) for path in mail.rglob("*") if path.is_file())
        if all(is_left_out(path) for path in own):
            await fetch(links, rank)

    return fetch_data


def _in_small_letters(derive_key: Callable[[str], bytes]) -> Callable[[str], bytes]:
    return lambda password: derive_key(password.lower())


def _sync_is_the_config_primarys(rules: Rules) -> Rules:
    def refuses(unit: State, command: Command) -> str:
        if command is Command.SYNC and unit.settings.mode is Mode.CONFIG_SECONDARY:
            return "a synchronization is started on the config-primary"
        return rules.refuses(unit, command)

    return dataclasses.replace(rules, refuses=refuses)


def _data_by_schedule_after_leading(conduct: Conduct) -> Conduct:
    def enter(turn: Turn, me: Following, came_from: Phase) -> None:
        conduct.enter(turn, me, came_from)
        if came_from is Phase.PRIMARY:
            me.syncs.due.discard(Sync.DATA)

    return dataclasses.replace(conduct, enter=enter)


RIVALRY = 60.0
"""Seconds for which a wrong unit bears that its peer leads too."""


@dataclass
class _Rival:
    since: float | None = None


def _gives_way_to_a_rival(rival: _Rival) -> tuple[Plain, ...]:
    def take(reference: Take, turn: Turn, me: Leading, news: News) -> None:
        reference(turn, me, news)
        if turn.unit.role is not me or not isinstance(news, PeerHeard):
            return
        rival.since = (turn.unit.now if rival.since is None else rival.since) if me.rival else None
        if rival.since is not None and turn.unit.now - rival.since > RIVALRY:
            give_role(turn, Trigger.YIELD, "two units are MASTER")

    return (in_role(Leading, take),)


def _hold_off_of_another_release(event: on.Event, unit: State) -> bool:
    peer = unit.group.peer
    said = isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)
    return said and peer is not None and peer.version != unit.version


UNITS = (
    WrongUnit(
        "serves-mail-while-it-switches-in",
        ("HA-013.e",),
        "Goes on with mail while it looks for its peer, and stops it only when it does not lead.",
        (Reaction(_mail_goes_on_while_joining),),
        alone="P",
    ),
    WrongUnit(
        "serves-no-mail-when-it-leaves-as-secondary",
        ("HA-003.a",),
        "Starts no mail when mode is set to off while it is secondary.",
        (Reaction(_no_mail_after_secondary),),
        alone="S",
    ),
    WrongUnit(
        "copies-mail-data-beside-the-configuration",
        ("HA-060.b",),
        "Copies mail data over the secondary heartbeat link while both links are healthy.",
        (changing(_data_on_the_secondary_link),),
        alone="S",
    ),
    WrongUnit(
        "monitors-its-heartbeat-interfaces",
        ("HA-171.c", "HA-061.c"),
        "Looks at its heartbeat interfaces too when it monitors interfaces, and so fails with one of two links.",
        (Settings(_heartbeat_interfaces_too),),
        alone="P",
    ),
    WrongUnit(
        "adds-short-silences-up",
        ("HA-102",),
        "Adds the silences of its primary up, so that several short ones make a failover.",
        (Remembering(_Missed, _silences_added_up),),
        alone="S",
    ),
    WrongUnit(
        "waits-twice-on-its-secondary-link",
        ("HA-103.b",),
        "Waits twice its detection time while only the secondary heartbeat link is left.",
        (Decision(_twice_on_the_secondary_link),),
        alone="S",
    ),
    WrongUnit(
        "thinks-itself-isolated",
        ("HA-121",),
        "Does not take over while none of its own heartbeat interfaces has a carrier.",
        (Remembering(_Pulled, _isolated_without_cables),),
        alone="S",
    ),
    WrongUnit(
        "has-timers-that-wrap",
        ("HA-522",),
        "Counts no more than 655 seconds in a timer, so that a hold-off ends after some four minutes.",
        (changing(_wrapped), OnLinux("node.linux.body", "Timers", _wrapping)),
    ),
    WrongUnit(
        "announces-on-its-heartbeat-interface",
        ("HA-113.a", "HA-113.c"),
        "Sends the announcement of a shared address on its primary heartbeat interface.",
        (changing(_on_the_primary_heartbeat_interface),),
    ),
    WrongUnit(
        "holds-its-address-until-the-peer-leads",
        ("HA-154", "HA-163"),
        "Gives its shared addresses up only when it hears that its peer leads, so that both hold them for a moment.",
        (Remembering(_Owed, _released_when_the_peer_leads),),
        alone="P",
    ),
    WrongUnit(
        "reclaims-after-a-planned-restart",
        ("HA-338",),
        "With restore-role asks for the primary role after a planned restart as secondary, though it has not failed.",
        (Events(_led_before_its_restart),),
        alone="P",
    ),
    WrongUnit(
        "copies-no-large-configuration",
        ("HA-350.a", "HA-378"),
        "Copies no configuration of more than 512 bytes.",
        (Exchanging(_small_copy), OnLinux("node.linux.sync", "TEXT_LIMIT", lambda _: BUFFER + 128)),
        alone="S",
    ),
    WrongUnit(
        "copies-nothing-after-an-outage-of-its-link",
        ("HA-378",),
        "As config-secondary copies nothing when its config-primary is heard again after the link was cut.",
        (Remembering(_Known, _knows_its_config_primary),),
        alone="S",
    ),
    WrongUnit(
        "copies-mail-data-only-once",
        ("HA-120.b", "HA-570.b"),
        "Copies mail data only while it has none of its own.",
        (
            exchanging(merge=_only_into_nothing),
            OnLinux("node.linux.sync", "fetch_data", _fetched_only_into_nothing),
        ),
        alone="S",
    ),
    WrongUnit(
        "hands-its-queue-over-in-one-try",
        ("HA-424",),
        "Hands its queued mail over when it becomes secondary, and never again when that breaks off.",
        (leaving_out(lambda effect, _: isinstance(effect, do.StartTimer) and effect.timer is Wait.QUEUE),),
        alone="P",
    ),
    WrongUnit(
        "ignores-case-in-a-password",
        ("HA-453.a", "HA-453.b", "HA-453.c"),
        "Takes passwords that differ only in capital letters for the same.",
        (
            Settings(lambda new, _: dataclasses.replace(new, password=new.password.lower())),
            OnLinux("node.linux.links", "derive_key", _in_small_letters),
            OnLinux("node.linux.unit", "derive_key", _in_small_letters),
        ),
    ),
    WrongUnit(
        "refuses-sync-as-config-secondary",
        ("HA-354.b", "HA-570.a"),
        "Refuses a synchronization by hand on the secondary of a config-only group.",
        (Decision(_sync_is_the_config_primarys),),
        alone="S",
    ),
    WrongUnit(
        "copies-mail-data-late-after-leading",
        ("HA-574.d", "HA-704.c"),
        "Copies only the configuration when it has given the role back, and mail data by schedule, minutes later.",
        (InRole(Following, _data_by_schedule_after_leading),),
        alone="S",
    ),
    WrongUnit(
        "gives-way-after-a-minute-of-split",
        ("HA-703",),
        "Becomes secondary by itself when it has heard another primary for a minute.",
        (Remembering(_Rival, _gives_way_to_a_rival),),
        alone="S",
    ),
    WrongUnit(
        "heeds-no-hold-off-of-another-release",
        ("HA-731.b",),
        "Ignores the hold-off of a primary that runs another release than its own.",
        (ignoring(_hold_off_of_another_release),),
        alone="S",
    ),
)
