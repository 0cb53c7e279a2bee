"""A second blind batch, first half: settings in a running group, second events, and what comes after a cure or a split.

They were written from the manual alone, before any scenario judged them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import Following, Joining, Leading, State, Stopped
from node.engine.states import Phase, Trigger
from node.engine.timers import Periodic, Wait
from node.engine.transition import move
from node.engine.turn import Conduct, News, Readjusted, Rules, Turn
from node.exchange.queue import Frame, Giver, Giving, Remove
from node.settings import Configuration, in_force
from node.settings.schema import is_synchronized, table_at
from node.settings.script import checksum, merge_synchronized, synchronized
from wrong.common import Take, exchanging, ignoring, in_role, leaving_out
from wrong.record import (
    Decision,
    Effects,
    Events,
    InRole,
    OnLinux,
    Plain,
    React,
    Reaction,
    Remembered,
    Remembering,
    Settings,
    WrongUnit,
)


def _as_when_started(*names: str) -> Settings:
    """Keep settings as they were when the unit entered its group, until it is started again."""

    def read(new: HaSettings, unit: State) -> HaSettings:
        old = unit.settings
        if unit.phase is Phase.STANDALONE or new.mode is not old.mode:
            return new
        return dataclasses.replace(new, **{name: getattr(old, name) for name in names})

    return Settings(read)


def _only_a_longer_detection_time(new: HaSettings, unit: State) -> HaSettings:
    old = unit.settings
    if unit.phase is Phase.STANDALONE or new.mode is not old.mode:
        return new
    return dataclasses.replace(new, lost_threshold=max(new.lost_threshold, old.lost_threshold))


def _kept_while_it_leads(effect: do.Effect, unit: State) -> bool:
    runs_on = unit.phase is Phase.PRIMARY and not unit.memory.planned
    return isinstance(effect, do.ReleaseAddress) and runs_on


def _restart_when_a_setting_is_saved(take: Take, turn: Turn, me: Stopped, news: News) -> None:
    if isinstance(news, Readjusted) and turn.unit.phase is Phase.SWITCHED_OFF:
        move(turn, Trigger.ENTER, into=Joining(Effective.SECONDARY))
        return
    take(turn, me, news)


def _as_if_it_still_led(effect: do.Effect, unit: State) -> list[do.Effect]:
    gave = isinstance(unit.role, Following) and unit.role.giving
    if isinstance(effect, do.Persist) and gave and effect.memory.effective is Effective.SECONDARY:
        return [do.Persist(dataclasses.replace(effect.memory, effective=Effective.PRIMARY))]
    return [effect]


@dataclass
class _Flag:
    up: bool = False


def _order_stays_on_disk(flag: _Flag) -> tuple[Plain, ...]:
    def keep(effect: do.Effect, _: State) -> list[do.Effect]:
        if not isinstance(effect, do.Persist):
            return [effect]
        flag.up = flag.up or effect.memory.reclaiming
        if effect.memory.effective is not Effective.PRIMARY or effect.memory.latched_off:
            return [effect]
        return [do.Persist(dataclasses.replace(effect.memory, reclaiming=flag.up))]

    return (Effects(keep),)


def _claim_not_written(convert: Callable[[on.Memory], str]) -> Callable[[on.Memory], str]:
    return lambda memory: convert(dataclasses.replace(memory, reclaiming=False))


def _unclean_reload(effect: do.Effect, _: State) -> list[do.Effect]:
    if isinstance(effect, do.Persist) and effect.memory.planned == "reload":
        return [do.Persist(dataclasses.replace(effect.memory, planned=""))]
    return [effect]


@dataclass
class _HeldOff:
    by: int | None = None


def _only_the_first_hold_off(first: _HeldOff) -> tuple[Plain, ...]:
    def later(event: on.Event, _: State) -> bool:
        if not isinstance(event, on.Heard) or not isinstance(event.message, say.HoldOff):
            return False
        if first.by is None:
            first.by = event.message.boot
        return event.message.boot != first.by

    return (ignoring(later),)


def _still_in_hold_off(flag: _Flag) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> list[on.Event]:
        if event == on.TimerFired(Wait.HOLD_OFF) and unit.phase is Phase.HOLD_OFF:
            flag.up = True
        return [event]

    def decide(rules: Rules) -> Rules:
        def withholds(unit: State, what: Sync) -> str:
            return "this unit holds off" if flag.up else rules.withholds(unit, what)

        return dataclasses.replace(rules, withholds=withholds)

    return Events(see), Decision(decide)


def _not_watching_after_a_cure(flag: _Flag) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> list[on.Event]:
        if isinstance(event, on.CheckDone) and unit.phase is Phase.FAILED:
            flag.up = flag.up or event.ok
        return [event]

    def take(reference: Take, turn: Turn, me: Following, news: News) -> None:
        if flag.up and news == on.TimerFired(Wait.SILENCE):
            return
        reference(turn, me, news)

    return Events(see), in_role(Following, take)


def _notices_on_primary_link_only(links: Any) -> Any:  # noqa: ANN401 - a class of the Linux body
    def send(self: Any, rank: Rank, message: say.Message) -> None:  # noqa: ANN401 - an object of that class
        if rank is Rank.PRIMARY or not isinstance(message, say.SyncNow):
            links.send(self, rank, message)

    return type("Links", (links,), {"send": send})


def _notice_on_the_secondary_link(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY and isinstance(effect.message, say.SyncNow)


def _no_queue_on_the_secondary_link(react: React, event: on.Event, _: State) -> list[do.Effect]:
    after: list[do.Effect] = []
    for effect in react(event):
        if effect == do.HandOverQueue(Rank.SECONDARY):
            after += react(on.QueueHandedOver(ok=False, count=0, detail="the primary heartbeat link is down"))
        else:
            after.append(effect)
    return after


def _hand_over_on_primary_link_only(hand_over: Any) -> Any:  # noqa: ANN401 - a function of the Linux body
    async def hand_over_there(links: Any, rank: Rank, giver: Giver[Any]) -> None:  # noqa: ANN401 - the body's links
        if rank is Rank.SECONDARY:
            giver.end("the primary heartbeat link is down")
        else:
            await hand_over(links, rank, giver)

    return hand_over_there


def _copy_without_deleting(
    before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    merged = merge_synchronized(before, text)
    if checksum(merged) != expected:
        return in_force.by_copy(before, text, expected, given)
    store = merged.store
    for path, value in before.store.values.items():
        in_an_entry = any(table_at(path[:depth]) is not None for depth in (-1, -2))
        of_ha = path[0] == "system ha"
        if is_synchronized(path) and path not in store.values and in_an_entry and not of_ha:
            store = store.put(path, value) if table_at(path[:-1]) is None else store.add(path)
    kept = dataclasses.replace(merged, store=store)
    return in_force.by_copy(before, synchronized(kept), checksum(kept), given)


FAULT_FORGOTTEN = 30.0
"""Seconds after which a wrong unit leaves `failed`, whatever its checks say."""


def _leave_failed_in_time(conduct: Conduct) -> Conduct:
    def enter(turn: Turn, me: Stopped, came_from: Phase) -> None:
        conduct.enter(turn, me, came_from)
        if turn.unit.phase is Phase.FAILED:
            turn.start(Wait.JOIN, FAULT_FORGOTTEN)

    def take(turn: Turn, me: Stopped, news: News) -> None:
        if news == on.TimerFired(Wait.JOIN):
            move(turn, Trigger.CURED, into=Joining(Effective.PRIMARY, cured=True))
            return
        conduct.take(turn, me, news)

    return dataclasses.replace(conduct, enter=enter, take=take)


BETWEEN_NOTICES = 60.0
"""Seconds between two notices of changes that a wrong unit sends."""

LATER = on.TimerFired(Periodic(Sync.CONFIG))
"""When it sends the next one; a unit that leads has no other use for this timer."""


@dataclass
class _Told:
    at: float = float("-inf")


def _one_notice_a_minute(told: _Told) -> tuple[Plain, ...]:
    def take(reference: Take, turn: Turn, me: Leading, news: News) -> None:
        if news == LATER:
            news = on.ConfigurationChanged()
        elif isinstance(news, on.ConfigurationChanged):
            left = told.at + BETWEEN_NOTICES - turn.unit.now
            if left > 0:
                turn.start(LATER.timer, left)
                return
            told.at = turn.unit.now
        reference(turn, me, news)

    return (in_role(Leading, take),)


def _announced_once_more(effect: do.Effect, _: State) -> list[do.Effect]:
    if isinstance(effect, do.ReleaseAddress):
        return [effect, do.Announce(effect.interface, effect.address)]
    return [effect]


class _LastStays(Giver[Any]):
    """A hand-over that ends before it has removed the last message from its own queue."""

    def hear(self, frame: Frame) -> list[Giving[Any]]:
        actions = super().hear(frame)
        return [each for each in actions if not (self.over and isinstance(each, Remove))]


def _hold_off_of_a_configured_secondary(effect: do.Effect, unit: State) -> bool:
    return (
        isinstance(effect, do.Send) and isinstance(effect.message, say.HoldOff) and unit.settings.mode is Mode.SECONDARY
    )


UNITS = (
    WrongUnit(
        "keeps-an-address-that-was-taken-off-it",
        ("HA-154",),
        "Keeps a virtual address that is removed or replaced while it leads, also when it is secondary again.",
        (leaving_out(_kept_while_it_leads),),
    ),
    WrongUnit(
        "shortens-its-detection-time-at-a-restart",
        ("HA-104",),
        "Follows a longer detection time at once, but a shorter one only after its next start.",
        (Settings(_only_a_longer_detection_time),),
        alone="S",
    ),
    WrongUnit(
        "turns-mail-data-off-at-its-next-start",
        ("HA-403", "HA-404"),
        "Gives and copies mail data by the setting with which it started, when mail-data-sync has been changed since.",
        (_as_when_started("mail_data_sync"),),
        alone="P",
    ),
    WrongUnit(
        "reads-on-failure-at-its-start",
        ("HA-320.b", "HA-330.b"),
        "Recovers from a fault by the on-failure with which it started, when another one has been set since.",
        (_as_when_started("on_failure"),),
        alone="P",
    ),
    WrongUnit(
        "leaves-off-when-a-setting-is-saved",
        ("HA-311.b",),
        "Joins the group again when any of its HA settings is saved while on-failure keeps it off.",
        (in_role(Stopped, _restart_when_a_setting_is_saved),),
        alone="P",
    ),
    WrongUnit(
        "writes-nothing-when-it-gives-its-role",
        ("HA-338",),
        "Keeps on its disk that it leads when it has given its role away, and counts a later power loss as a failure.",
        (Effects(_as_if_it_still_led),),
    ),
    WrongUnit(
        "keeps-a-carried-out-restore-on-disk",
        ("HA-311.a", "HA-311.b"),
        "Keeps on its disk that an operator restored it, and so does not stay off after its next power loss.",
        (Remembering(_Flag, _order_stays_on_disk),),
        alone="P",
    ),
    WrongUnit(
        "writes-no-claim",
        ("HA-321",),
        "Forgets that it is on its way back to its role when it loses power once more as secondary.",
        (
            Remembered(lambda memory: dataclasses.replace(memory, reclaiming=False)),
            OnLinux("node.linux.body", "memory_to_text", _claim_not_written),
        ),
        alone="P",
    ),
    WrongUnit(
        "sends-hold-off-by-its-configured-mode",
        ("HA-019.a",),
        "Sends no hold-off before a planned restart while it leads as the unit configured as secondary.",
        (leaving_out(_hold_off_of_a_configured_secondary),),
        alone="S",
    ),
    WrongUnit(
        "counts-a-reload-as-a-failure",
        ("HA-524.a", "HA-526.b"),
        "Takes its own planned reload for a failure, and stays off after it if on-failure is off.",
        (Effects(_unclean_reload),),
        alone="P",
    ),
    WrongUnit(
        "holds-off-for-the-first-restart-only",
        ("HA-521.a", "HA-524.c"),
        "Heeds the hold-off of its primary's first planned restart, and no later one until it starts again itself.",
        (Remembering(_HeldOff, _only_the_first_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "serves-no-copy-after-an-expired-hold-off",
        ("HA-332.a", "HA-420.b"),
        "Withholds configuration and mail data from its peer when it leads because a hold-off has expired.",
        (Remembering(_Flag, _still_in_hold_off),),
        alone="S",
    ),
    WrongUnit(
        "does-not-watch-after-its-cure",
        ("HA-122.b",),
        "Follows as secondary after a cured fault, but never takes over from then on.",
        (Remembering(_Flag, _not_watching_after_a_cure),),
        alone="P",
    ),
    WrongUnit(
        "tells-changes-on-the-primary-link-only",
        ("HA-061.b", "HA-354.a"),
        "Tells its secondary of changes and of an ordered synchronization on the primary heartbeat link only.",
        (
            leaving_out(_notice_on_the_secondary_link),
            OnLinux("node.linux.body", "Links", _notices_on_primary_link_only),
        ),
        alone="P",
    ),
    WrongUnit(
        "hands-its-queue-over-on-the-primary-link-only",
        ("HA-333.a", "HA-420.c"),
        "Keeps its queued mail while only the secondary heartbeat link carries anything.",
        (
            Reaction(_no_queue_on_the_secondary_link),
            OnLinux("node.linux.queue", "hand_over", _hand_over_on_primary_link_only),
        ),
        alone="P",
    ),
    WrongUnit(
        "copies-no-deletion",
        ("HA-350.a", "HA-378"),
        "Keeps the entries of a table that were deleted on the primary, and copies everything else.",
        (exchanging(copy=_copy_without_deleting),),
        alone="S",
    ),
    WrongUnit(
        "forgets-its-fault-in-time",
        ("HA-017.a", "HA-330.a"),
        "Leaves `failed` after half a minute, and joins the group again although its fault lasts.",
        (InRole(Stopped, _leave_failed_in_time),),
        alone="P",
    ),
    WrongUnit(
        "tells-changes-once-a-minute",
        ("HA-350.a",),
        "Sends a change at once only if it sent none in the last minute; others wait until that minute is over.",
        (Remembering(_Told, _one_notice_a_minute),),
        alone="P",
    ),
    WrongUnit(
        "announces-what-it-gives-up",
        ("HA-113.c", "HA-114"),
        "Announces a shared address as its own at the moment in which it gives it up.",
        (Effects(_announced_once_more),),
    ),
    WrongUnit(
        "keeps-the-last-message-it-hands-over",
        ("HA-423.a",),
        "Leaves the last message of each hand-over in its own queue too, and delivers it again when it leads.",
        (exchanging(giver=_LastStays),),
        alone="P",
    ),
)
