"""The sixteenth blind batch, half hh: written from the manual alone, before any scenario judged them.

The clauses were drawn by lot, so that the units spread over the manual.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.status import Status
from node.engine.timers import Periodic, Timer, Wait
from node.engine.turn import News, Rules, Turn
from node.exchange import mail_data
from node.exchange.queue import Step
from wrong.common import Mark, Take, exchanging, in_role, leaving_out
from wrong.record import (
    Decision,
    Effects,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembering,
    Sessions,
    Settings,
    Shown,
    WrongUnit,
)

# Announcements, and what is told


def _once(announced: set[str]) -> tuple[Plain, ...]:
    def tell(effect: do.Effect, _: State) -> list[do.Effect]:
        if isinstance(effect, do.Announce):
            if effect.address in announced:
                return []
            announced.add(effect.address)
        return [effect]

    return (Effects(tell),)


def _follower_tells_nothing(react: React, event: on.Event, _: State) -> list[do.Effect]:
    effects = react(event)
    if isinstance(event, on.Started) and event.memory.effective is Effective.SECONDARY:
        return [effect for effect in effects if not isinstance(effect, do.Log | do.Alert)]
    return effects


def _no_trap_after_hold_off(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    held_off = unit.phase is Phase.HOLD_OFF
    effects = react(event)
    if held_off and unit.phase is Phase.PRIMARY:
        return [effect for effect in effects if not isinstance(effect, do.Trap)]
    return effects


def _last_mode(status: Status, unit: State) -> Status:
    if unit.phase is Phase.JOINING and unit.memory.effective is not None:
        return dataclasses.replace(status, effective=unit.memory.effective)
    return status


# Recovery


def _consume_latch(honoured: Mark) -> tuple[Plain, ...]:
    def other(react: React, event: on.Event, _: State) -> list[do.Effect]:
        if isinstance(event, on.Started) and event.memory.latched_off:
            honoured.up = True
        return [_unlatched(effect) if honoured.up else effect for effect in react(event)]

    return (Reaction(other),)


def _unlatched(effect: do.Effect) -> do.Effect:
    if isinstance(effect, do.Persist) and effect.memory.latched_off:
        memory = dataclasses.replace(effect.memory, latched_off=False, effective=Effective.SECONDARY)
        return do.Persist(memory)
    return effect


def _as_when_it_took_the_role(settings: HaSettings, unit: State) -> HaSettings:
    if unit.phase is Phase.PRIMARY:
        return dataclasses.replace(settings, on_failure=unit.settings.on_failure)
    return settings


def _listen_again(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    effects = react(event)
    if isinstance(event, on.SettingsChanged) and unit.phase in {Phase.FAILED, Phase.SWITCHED_OFF}:
        return [*effects, do.OpenLinks()]
    return effects


GRACE = 2.0
"""Seconds that open mail sessions are given to end."""


@dataclass(slots=True)
class _Grace:
    """Since when a unit that has left the primary role lets its mail service run on; None where it does not."""

    since: float | None = None


def _let_sessions_end(grace: _Grace) -> tuple[Plain, ...]:
    def other(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        led = unit.phase is Phase.PRIMARY
        effects = react(event)
        if led and unit.phase in {Phase.SECONDARY, Phase.FAILED, Phase.SWITCHED_OFF}:
            grace.since = unit.now
            return [effect for effect in effects if not isinstance(effect, do.StopMail)]
        if grace.since is None:
            return effects
        if any(isinstance(effect, do.StartMail) for effect in effects):
            grace.since = None
        elif unit.now - grace.since >= GRACE:
            grace.since = None
            return [do.StopMail(), *effects]
        return effects

    return (Reaction(other),)


# Who may speak


def _admit_a_lost_peer(rules: Rules) -> Rules:
    def admits(unit: State, rank: Rank, source: str, password_matches: bool) -> bool:  # noqa: FBT001 - as in the rules
        group = unit.group
        comes_back = group.peer is None and group.peer_boot is not None
        return rules.admits(unit, rank, source, password_matches or comes_back)

    return dataclasses.replace(rules, admits=admits)


def _be_calmed(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    effects = react(event)
    if isinstance(event, on.StrangerRefused):
        waits: tuple[Timer, ...] = (Wait.SILENCE, Wait.JOIN)
        effects += [do.StartTimer(wait, unit.settings.lost_threshold) for wait in waits if wait in unit.timers]
    return effects


def _moves_role_on_secondary_link(effect: do.Effect, _: State) -> bool:
    moving = say.AskRole | say.OfferRole | say.GiveRole
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, moving)


SERVICES = ("remote-smtp", "remote-imap", "remote-pop", "remote-http", "local-ports", "local-hd")


def _by_beginning(line: str, prompt: str) -> str:
    words = line.split()
    if prompt.endswith("(service) # ") and len(words) == 2 and words[0] == "edit":  # noqa: PLR2004 - verb and name
        known = next((name for name in SERVICES if words[1].startswith(name)), words[1])
        return f"edit {known}"
    return line


# Copying


def _deputy_gives_data(rules: Rules) -> Rules:
    def withholds(unit: State, what: Sync) -> str:
        deputy = unit.settings.mode is Mode.SECONDARY
        return rules.withholds(unit, Sync.CONFIG if deputy else what)

    return dataclasses.replace(rules, withholds=withholds)


def _deputy_ignores_sync(take: Take, turn: Turn, me: Leading, news: News) -> None:
    if news == on.Ordered(Command.SYNC) and turn.unit.settings.mode is Mode.SECONDARY:
        return
    take(turn, me, news)


def _schedule_data_once(react: React, event: on.Event, _: State) -> list[do.Effect]:
    effects = react(event)
    if event == on.TimerFired(Periodic(Sync.DATA)):
        return [
            effect
            for effect in effects
            if not (isinstance(effect, do.StartTimer) and effect.timer == Periodic(Sync.DATA))
        ]
    return effects


COPIED = on.SyncFinished(Sync.CONFIG, ok=True, detail="", link_failed=False)


def _trust_own_settings(led: Mark) -> tuple[Plain, ...]:
    def other(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        before = unit.phase
        effects: list[do.Effect] = []
        for effect in react(event):
            if before is Phase.PRIMARY and unit.phase is Phase.SECONDARY:
                before, led.up = unit.phase, True
            if led.up and isinstance(effect, do.StartSync) and effect.what is Sync.CONFIG:
                led.up = False
                effects += [after for after in react(COPIED) if not isinstance(after, do.Log)]
            else:
                effects.append(effect)
        return effects

    return (Reaction(other),)


def _delete_beside(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    folders = {path.rpartition("/")[0] for path in primary}
    merged = mail_data.merged(own, primary)
    return {path: file for path, file in merged.items() if path in primary or path.rpartition("/")[0] not in folders}


def _deleting(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    def command(source: str, target: str) -> list[str]:
        program, *options = copying(source, target)
        return [program, "--delete", *options]

    return command


# The queue


def _only_with_data(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    effects: list[do.Effect] = []
    for effect in react(event):
        if isinstance(effect, do.HandOverQueue) and not unit.settings.mail_data_sync:
            effects += react(on.QueueHandedOver(ok=True, count=0, detail=""))
        else:
            effects.append(effect)
    return effects


def _over_primary_link(effect: do.Effect, _: State) -> list[do.Effect]:
    return [do.HandOverQueue(Rank.PRIMARY)] if isinstance(effect, do.HandOverQueue) else [effect]


def _taking_again(*, known: bool) -> tuple[Step, ...]:
    del known
    return (Step.SET_ASIDE, Step.REMEMBER)


def _nothing_remembered() -> list[str]:
    return []


UNITS = (
    WrongUnit(
        "hands-over-with-mail-data-only",
        ("HA-426.a", "HA-333.a"),
        "Takes the merge of the queue for a part of mail data synchronization: without that, no queue is handed over.",
        (Reaction(_only_with_data),),
    ),
    WrongUnit(
        "announces-an-address-once-hh",
        ("HA-164", "HA-113.a"),
        "Notes which addresses it has announced, and announces none of them again when it takes them a second time.",
        (Remembering(set[str], _once),),
    ),
    WrongUnit(
        "follower-tells-no-shutdown",
        ("HA-324",),
        "After a power failure reports that it had been shut down only if it had not been secondary then.",
        (Reaction(_follower_tells_nothing),),
        alone="P",
    ),
    WrongUnit(
        "lets-a-lost-peer-in",
        ("HA-455", "HA-453.a"),
        "Asks a peer that it has lost for no password when it calls again.",
        (Decision(_admit_a_lost_peer),),
        alone="P",
    ),
    WrongUnit(
        "honours-the-latch-once",
        ("HA-312.b", "HA-311.b"),
        "The first restart of a unit that on-failure keeps off reads that mark and clears it, so the next one joins.",
        (Remembering(Mark, _consume_latch),),
    ),
    WrongUnit(
        "deputy-gives-mail-data",
        ("HA-404", "HA-403"),
        "Gives mail data although their synchronization is disabled on it, while it leads as configured secondary.",
        (Decision(_deputy_gives_data),),
    ),
    WrongUnit(
        "strangers-put-it-off",
        ("HA-067.b",),
        "Takes a caller whom it refuses for a sign of life, and waits for its primary anew.",
        (Reaction(_be_calmed),),
        alone="S",
    ),
    WrongUnit(
        "queue-waits-for-primary-link-hh",
        ("HA-420.d", "HA-420.c"),
        "Dials the peer on the primary heartbeat link for its queue, also while only the secondary link works.",
        (Effects(_over_primary_link),),
    ),
    WrongUnit(
        "listens-again-when-failed",
        ("HA-013.b",),
        "Opens its heartbeat links again when its HA settings are changed, also after monitoring has stopped it.",
        (Reaction(_listen_again),),
    ),
    WrongUnit(
        "knows-services-by-beginning",
        ("HA-753",),
        "Compares the name of a service only as far as the known name is long, so more may follow.",
        (Sessions(enter=_by_beginning),),
    ),
    WrongUnit(
        "moves-role-on-primary-link",
        ("HA-580",),
        "Says on the primary heartbeat link only that a role is to move.",
        (leaving_out(_moves_role_on_secondary_link),),
    ),
    WrongUnit(
        "schedules-data-once",
        ("HA-402",),
        "Copies mail data by schedule once after it has become secondary, and then only when it is told to.",
        (Reaction(_schedule_data_once),),
    ),
    WrongUnit(
        "shows-its-last-mode",
        ("HA-013.d",),
        "Shows the effective mode that it had before a restart while it is still switching into HA.",
        (Shown(_last_mode),),
    ),
    WrongUnit(
        "lets-sessions-end",
        ("HA-425.a", "HA-111.a"),
        "Gives open mail sessions two seconds to end when it stops being primary.",
        (
            Remembering(_Grace, _let_sessions_end),
            OnLinux("node.linux.mail", "AT_ONCE", lambda names: names - {"smtpd"}),
        ),
    ),
    WrongUnit(
        "keeps-on-failure-while-it-leads",
        ("HA-310", "HA-300.b"),
        "Goes by the on-failure with which it took the primary role, whatever an operator sets while it leads.",
        (Settings(_as_when_it_took_the_role),),
    ),
    WrongUnit(
        "deputy-starts-no-sync",
        ("HA-354.a", "HA-409"),
        "Does nothing on a manual synchronization while it leads as configured secondary.",
        (in_role(Leading, _deputy_ignores_sync),),
        alone="S",
    ),
    WrongUnit(
        "no-trap-after-hold-off",
        ("HA-659.a",),
        "Sends no trap when it becomes primary because a hold-off has expired.",
        (Reaction(_no_trap_after_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "trusts-its-own-settings",
        ("HA-704.c",),
        "Takes its settings for the newest when it leaves the primary role, and copies no configuration then.",
        (Remembering(Mark, _trust_own_settings),),
    ),
    WrongUnit(
        "remembers-one-hand-over",
        ("HA-423.b",),
        "Knows within one hand-over only which messages it has taken, so it takes one again after an interruption.",
        (
            exchanging(taking=_taking_again),
            OnLinux("node.linux.queue", "remembered", lambda _: _nothing_remembered),
        ),
    ),
    WrongUnit(
        "deletes-beside-the-primarys",
        ("HA-427.a",),
        "Deletes its own mail data in each area in which the primary has any, when it copies them.",
        (
            exchanging(merge=_delete_beside),
            OnLinux("node.linux.sync", "copying", _deleting),
        ),
    ),
)
