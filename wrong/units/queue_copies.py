"""Units that are wrong about copies of the mail queue, preferences, and when the next synchronization comes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Mode, Sync
from node.engine.settings import HaSettings
from node.engine.state import Following, State
from node.engine.states import Phase
from node.engine.status import Status
from node.engine.timers import Periodic, Wait
from node.engine.turn import Rules
from node.exchange import mail_data
from node.exchange.queue import Step
from node.exchange.queue_copies import Answer, Asked, compare
from wrong.common import exchanging, ignoring, leaving_out, never
from wrong.record import Decision, Exchanging, OnLinux, React, Reaction, Remembering, Settings, Shown, WrongUnit

HOUR = 3600.0

Reason = Callable[[State, Sync], str]


def withholding(withholds: Callable[[Reason, State, Sync], str]) -> Decision:
    """Give copies to the peer by another rule, which is given the reference's."""

    def decide(rules: Rules) -> Rules:
        def reason(unit: State, what: Sync) -> str:
            return withholds(rules.withholds, unit, what)

        return dataclasses.replace(rules, withholds=reason)

    return Decision(decide)


def answering(answer: Callable[[Answer, Asked], Answer]) -> Exchanging:
    """As primary, answer a secondary that copies the queue in another way."""

    def other(asked: Asked, queued: Sequence[str], remembered: Collection[str]) -> Answer:
        return answer(compare(asked, queued, remembered), asked)

    return exchanging(compare=other)


def enabled(which: Callable[[HaSettings], bool]) -> Settings:
    """Take the synchronization of the mail queue for enabled."""

    def read(settings: HaSettings, _: State) -> HaSettings:
        return dataclasses.replace(settings, mail_queue_sync=True) if which(settings) else settings

    return Settings(read)


def _copy_in_a_farm(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """In a config-only group copy the queue, too, after each copy of the configuration."""
    done = react(event)
    rank = unit.group.links.for_sync()
    told = isinstance(event, on.SyncFinished) and event.what is Sync.CONFIG
    if told and unit.settings.mode is Mode.CONFIG_SECONDARY and rank is not None:
        done.append(do.StartSync(Sync.QUEUE, rank))
    return done


def _give_in_a_farm(reason: Reason, unit: State, what: Sync) -> str:
    return "" if unit.phase is Phase.CONFIG_ONLY and what is Sync.QUEUE else reason(unit, what)


def _take_anew(*, known: bool) -> tuple[Step, ...]:
    del known
    return (Step.SET_ASIDE,)


def _keep_when_disabled(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    done = react(event)
    changed = isinstance(event, on.SettingsChanged) and isinstance(unit.role, Following)
    return [each for each in done if not (changed and isinstance(each, do.DropCopies))]


def _use_though_it_left(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    if event == on.TimerFired(Wait.SILENCE) and isinstance(unit.role, Following):
        unit.role.left = False
    return react(event)


def _use_though_it_lives(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    found = isinstance(unit.role, Following) and unit.role.found != ""
    done = react(event)
    leads = isinstance(event, on.Heard) and isinstance(event.message, say.GiveRole) and unit.phase is Phase.PRIMARY
    return [*done, do.UseCopies()] if found and leads and unit.settings.mail_queue_sync else done


def _is_no_schedule(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.StartTimer) and effect.timer == Periodic(Sync.QUEUE)


def _all(effect: do.Effect, unit: State) -> bool:
    return isinstance(effect, do.DropCopies) and effect.names is None and unit.settings.mail_queue_sync


def _told(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.DropCopies) and effect.names is not None


# Preferences


def merge_but_preferences(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Merge mail data, and no preferences."""
    return mail_data.merged(own, {path: file for path, file in primary.items() if not path.startswith("preferences/")})


def leaving_preferences(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync copy no preferences."""

    def copy(source: str, target: str) -> list[str]:
        program, *arguments = copying(source, target)
        return [program, "--exclude=/preferences/**", *arguments]

    return copy


# When the next synchronization comes


def showing(due: Callable[[Status], Mapping[Sync, float]]) -> Shown:
    """Show other times of the next synchronizations."""
    return Shown(lambda status, _: dataclasses.replace(status, due=due(status)))


def hiding(what: Sync) -> Shown:
    """Show no time of one synchronization."""
    return showing(lambda status: {each: at for each, at in status.due.items() if each is not what})


@dataclass(slots=True)
class First:
    """The times that were shown first."""

    due: dict[Sync, float] = field(default_factory=dict)


def _stand_still(first: First) -> tuple[Shown]:
    def show(status: Status) -> Mapping[Sync, float]:
        first.due = {**status.due, **first.due}
        return {what: first.due[what] for what in status.due}

    return (showing(show),)


UNITS = (
    WrongUnit(
        "gives-no-copies-of-its-queue",
        ("HA-411",),
        "Gives its secondary no copies of its mail queue.",
        (withholding(lambda reason, unit, what: "no" if what is Sync.QUEUE else reason(unit, what)),),
    ),
    WrongUnit(
        "gives-copies-as-configured-primary-only",
        ("HA-411",),
        "Gives no copies of its mail queue while it leads as the configured secondary.",
        (
            withholding(
                lambda reason, unit, what: (
                    "no" if what is Sync.QUEUE and unit.settings.mode is Mode.SECONDARY else reason(unit, what)
                )
            ),
        ),
    ),
    WrongUnit(
        "copies-the-queue-without-schedule",
        ("HA-411",),
        "Copies the mail queue when it begins to follow, and on an order, but not by schedule.",
        (leaving_out(_is_no_schedule),),
    ),
    WrongUnit(
        "copies-one-message-of-a-queue",
        ("HA-411",),
        "Gives a copy of the first message of its mail queue only.",
        (answering(lambda answer, _: dataclasses.replace(answer, given=answer.given[:1])),),
    ),
    WrongUnit(
        "copies-a-queue-once",
        ("HA-411",),
        "Gives no further copies of its mail queue to a secondary that has some.",
        (answering(lambda answer, asked: dataclasses.replace(answer, given=() if asked.copies else answer.given)),),
    ),
    WrongUnit(
        "copies-a-queue-though-disabled",
        ("HA-400.b", "HA-411", "HA-412"),
        "Copies the mail queue, whether that is enabled or not.",
        (enabled(lambda _: True),),
    ),
    WrongUnit(
        "gives-copies-though-disabled",
        ("HA-411",),
        "Gives copies of its mail queue to a secondary that wants some, though that is disabled here.",
        (enabled(lambda settings: settings.mode is Mode.PRIMARY),),
        alone="P",
    ),
    WrongUnit(
        "takes-copies-though-disabled",
        ("HA-411",),
        "Copies the mail queue of a primary that gives it, though that is disabled here.",
        (enabled(lambda settings: settings.mode is Mode.SECONDARY),),
        alone="S",
    ),
    WrongUnit(
        "never-uses-copies-of-a-queue",
        ("HA-411",),
        "Copies the mail queue of its primary, and delivers none of it when that is gone.",
        (never(do.UseCopies),),
    ),
    WrongUnit(
        "tells-of-no-delivery",
        ("HA-411", "HA-423.a"),
        "Does not tell its secondary what has left its mail queue.",
        (ignoring(lambda event, _: isinstance(event, on.LeftQueue)),),
    ),
    WrongUnit(
        "keeps-copies-of-what-was-delivered",
        ("HA-411", "HA-423.a"),
        "Keeps its copy of a message that its primary has delivered.",
        (leaving_out(_told),),
    ),
    WrongUnit(
        "forgets-which-copies-it-used",
        ("HA-411", "HA-423.a"),
        "Takes a message from its primary that it has already taken from its copy.",
        (exchanging(taking=_take_anew),),
    ),
    WrongUnit(
        "asks-nobody-what-was-delivered",
        ("HA-321", "HA-411", "HA-423.a"),
        "As a primary that comes back to lead, delivers also what its peer has delivered from copies.",
        (answering(lambda answer, _: dataclasses.replace(answer, known=())),),
    ),
    WrongUnit(
        "keeps-copies-when-disabled",
        ("HA-411",),
        "Keeps its copies of the mail queue when an operator disables them.",
        (Reaction(_keep_when_disabled),),
    ),
    WrongUnit(
        "uses-copies-of-a-primary-that-left",
        ("HA-411",),
        "Delivers its copies also when its primary has left the group, and delivers its queue itself.",
        (Reaction(_use_though_it_left),),
    ),
    WrongUnit(
        "uses-copies-of-a-primary-that-it-has-found-failed",
        ("HA-411",),
        "Delivers its copies also when its primary, which it has found failed, lives and keeps its queue.",
        (Reaction(_use_though_it_lives),),
    ),
    WrongUnit(
        "keeps-copies-that-may-be-delivered",
        ("HA-411", "HA-423.a"),
        "Keeps its copies through a restart, a freeze and a hold-off, and delivers them, though its primary may have.",
        (leaving_out(_all),),
    ),
    WrongUnit(
        "copies-a-queue-in-a-farm",
        ("HA-027.d", "HA-408"),
        "Copies the mail queue of the primary of a config-only group.",
        (Reaction(_copy_in_a_farm), withholding(_give_in_a_farm)),
    ),
    WrongUnit(
        "copies-no-preferences",
        ("HA-401.d",),
        "Copies no preferences of users.",
        (
            exchanging(merge=merge_but_preferences),
            OnLinux("node.linux.sync", "copying", leaving_preferences),
        ),
    ),
    WrongUnit(
        "shows-no-next-data-copy",
        ("HA-410", "HA-615.a"),
        "Does not show when mail data is synchronized next.",
        (hiding(Sync.DATA),),
    ),
    WrongUnit(
        "shows-no-next-configuration-copy",
        ("HA-615.a",),
        "Does not show when the configuration is synchronized next.",
        (hiding(Sync.CONFIG),),
    ),
    WrongUnit(
        "shows-the-next-copy-an-hour-late",
        ("HA-410", "HA-615.a"),
        "Shows times of the next synchronizations that are an hour too late.",
        (showing(lambda status: {what: at + HOUR for what, at in status.due.items()}),),
    ),
    WrongUnit(
        "shows-the-first-copy-for-ever",
        ("HA-410", "HA-615.a"),
        "Goes on showing the time of the first synchronization by schedule.",
        (Remembering(First, _stand_still),),
    ),
)
