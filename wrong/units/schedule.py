"""Units that are wrong about what runs by schedule."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Rank, Sync
from node.engine.state import State
from node.engine.timers import Periodic
from wrong.record import Plain, React, Reaction, Remembering, WrongUnit
from wrong.units.once import noticing_once


@dataclass(slots=True)
class Used:
    """The link that the schedule used last."""

    rank: Rank = Rank.PRIMARY


def _is_by_schedule(event: on.Event) -> bool:
    return isinstance(event, on.TimerFired) and isinstance(event.timer, Periodic)


def _staying_where_it_was(used: Used) -> tuple[Plain, ...]:
    """Copy by schedule over the link that the schedule used last, while that is alive."""

    def react_to(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if not _is_by_schedule(event):
            return effects
        moved = list[do.Effect]()
        for effect in effects:
            if isinstance(effect, do.StartSync):
                used.rank = used.rank if unit.group.links.alive.get(used.rank) else effect.rank
                moved.append(dataclasses.replace(effect, rank=used.rank))
            else:
                moved.append(effect)
        return moved

    return (Reaction(react_to),)


def _never_on_the_second_link(react: React, event: on.Event, _unit: State) -> list[do.Effect]:
    """Take a copy by schedule for done where it would use the secondary link."""
    effects = react(event)
    second = [each for each in effects if isinstance(each, do.StartSync) and each.rank is Rank.SECONDARY]
    if not _is_by_schedule(event) or not second:
        return effects
    done = [
        effect for each in second for effect in react(on.SyncFinished(each.what, ok=True, detail="", link_failed=False))
    ]
    return [*(each for each in effects if each not in second), *done]


def _copying_whatever_is_set(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Copy mail data by schedule also while this unit has the option disabled."""
    effects = react(event)
    rank = unit.group.links.for_sync()
    due = event == on.TimerFired(Periodic(Sync.DATA)) and not unit.settings.mail_data_sync
    return [*effects, do.StartSync(Sync.DATA, rank)] if due and rank is not None else effects


UNITS = (
    WrongUnit(
        "copies-mail-data-by-schedule-once",
        ("HA-402",),
        "Copies mail data by schedule for the first time since its start, and not again.",
        (noticing_once(lambda event, _: event == on.TimerFired(Periodic(Sync.DATA))),),
    ),
    WrongUnit(
        "schedule-stays-on-the-second-link",
        ("HA-060.b", "HA-062"),
        "Goes on copying by schedule over the secondary link after the primary one is back.",
        (Remembering(Used, _staying_where_it_was),),
    ),
    WrongUnit(
        "no-schedule-on-the-second-link",
        ("HA-061.b", "HA-402"),
        "Copies nothing by schedule while the primary link is dead.",
        (Reaction(_never_on_the_second_link),),
    ),
    WrongUnit(
        "schedule-knows-no-option",
        ("HA-403", "HA-404"),
        "Copies mail data by schedule although it has mail-data-sync disabled.",
        (Reaction(_copying_whatever_is_set),),
    ),
)
