"""The nineteenth blind batch, mail and events: written from the manual alone, before any scenario judged the units."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.state import Following, State
from node.engine.status import Status
from node.engine.timers import Periodic
from node.engine.turn import News, Turn
from node.exchange.queue_copies import Answer, Asked
from node.reporting import Notification, Object, Reporting, SnmpTrap
from node.settings import Configuration, in_force
from node.settings.schema import HA, Path
from node.settings.sinks import Sinks
from wrong.common import Mark, Take, in_role, leaving_out
from wrong.record import Effects, Events, Exchanging, React, Reaction, Remembering, Reports, Shown, WrongUnit

# Mail data and the queue

Compare = Callable[[Asked, Sequence[str], Collection[str]], Answer]


def _giving_copies_once(compare: Compare) -> Compare:
    """Give no copy of a message that the peer has had before."""

    def answer(asked: Asked, queued: Sequence[str], remembered: Collection[str]) -> Answer:
        full = compare(asked, queued, remembered)
        return dataclasses.replace(full, given=tuple(name for name in full.given if name not in remembered))

    return answer


def _giving_data_up(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Copy mail data by schedule until the primary refuses it, and not again."""
    take(turn, me, news)
    refused = isinstance(news, on.SyncFinished) and news.what is Sync.DATA and not (news.ok or news.link_failed)
    if refused and turn.unit.role is me and turn.runs(Periodic(Sync.DATA)):
        turn.stop(Periodic(Sync.DATA))


def _copying_queue_twice(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Copy the queue when its timer fires, and do not start the timer anew."""
    take(turn, me, news)
    timer = Periodic(Sync.QUEUE)
    if news == on.TimerFired(timer) and turn.unit.role is me and turn.runs(timer):
        turn.stop(timer)


def _holding_back(event: on.Event, unit: State, react: React, which: Callable[[do.HandOverQueue], bool]) -> list[Any]:
    """Do not begin some hand-overs, as if the queue were empty."""
    del unit
    effects = react(event)
    kept = [each for each in effects if not (isinstance(each, do.HandOverQueue) and which(each))]
    if kept == effects:
        return effects
    return kept + react(on.QueueHandedOver(ok=True, count=0, detail=""))


def _handing_over_by_first(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Look at the queue while the primary heartbeat link is there."""
    return _holding_back(event, unit, react, lambda effect: effect.rank is Rank.SECONDARY)


def _keeping_after_shutdown(planned: Mark) -> tuple[Reaction, Events]:
    """After a shutdown that an operator has ordered, expect nothing in the queue."""

    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.Started) and event.memory.planned == Command.SHUTDOWN.value:
            planned.up = True
        yield event

    def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        return _holding_back(event, unit, react, lambda _: planned.up)

    return Reaction(react), Events(see)


def _using_copies_once(used: Mark) -> tuple[Effects]:
    """Put copies of the queue into this unit's own at the first takeover, and not at a later one."""

    def once(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if not isinstance(effect, do.UseCopies):
            yield effect
        elif not used.up:
            used.up = True
            yield effect

    return (Effects(once),)


def _mounting_as_primary(on_nas: Callable[[Configuration], bool]) -> Callable[[Configuration], bool]:
    """Use the NAS by the configured mode."""
    return lambda configuration: on_nas(configuration) and configuration.get((HA, "mode")) != Mode.SECONDARY.value


@dataclass(slots=True)
class _Due:
    """When mail data were to be copied first by schedule since the role began; None where they were not."""

    at: float | None = None


def _showing_first(due: _Due) -> tuple[Effects, Shown]:
    """Show when mail data are copied next as it was when the role began."""

    def note(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged):
            due.at = None
        elif isinstance(effect, do.StartTimer) and effect.timer == Periodic(Sync.DATA) and due.at is None:
            due.at = unit.now + effect.after
        yield effect

    def show(status: Status, _: State) -> Status:
        if due.at is None or Sync.DATA not in status.due:
            return status
        return dataclasses.replace(status, due={**status.due, Sync.DATA: due.at})

    return Effects(note), Shown(show)


# To whom events are reported

_RECIPIENTS: Path = ("log alertemail recipient",)
_MOST = 3
"""Recipients of alerts at most."""

Copy = Callable[[Configuration, str, str, Mapping[str, str]], list[in_force.Step]]


def _keeping_recipients(copy: Copy) -> Copy:
    """Take each recipient that is in a copy, and keep one that is not in it any more."""

    def with_removed(before: Configuration, after: Configuration) -> Configuration:
        for name in before.entries(_RECIPIENTS):
            if len(after.entries(_RECIPIENTS)) < _MOST:
                after = after.with_entry((*_RECIPIENTS, name))
        return after

    def take(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        steps = copy(before, text, expected, given)
        return [
            in_force.Save(with_removed(before, step.configuration)) if isinstance(step, in_force.Save) else step
            for step in steps
        ]

    return take


def _by_host(
    notifications: Callable[[Sinks, SnmpTrap], Iterable[Notification]],
) -> Callable[[Sinks, SnmpTrap], Iterable[Notification]]:
    """Send a trap in the name of each community and user of a host, if one of them has chosen it."""

    def sent(to: Sinks, trap: SnmpTrap) -> Iterable[Notification]:
        hosts = {each.manager.address for each in notifications(to, trap)}
        return tuple(Notification(each, trap) for each in to.snmp.managers if each.address in hosts)

    return sent


def _polled_by_role(
    objects: Callable[[str, Status], tuple[Object, ...]],
) -> Callable[[str, Status], tuple[Object, ...]]:
    """Show managers a configured primary that follows as configured secondary."""

    def shown(serial: str, status: Status) -> tuple[Object, ...]:
        if status.configured is Mode.PRIMARY and status.effective is Effective.SECONDARY:
            status = dataclasses.replace(status, configured=Mode.SECONDARY)
        return objects(serial, status)

    return shown


# What is reported


def _logging_once(logged: set[str]) -> tuple[Effects]:
    """Log each state of the heartbeat links once."""

    def once(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.Log) and effect.message.startswith("hahbd: heart beat status changed"):
            if effect.message in logged:
                return
            logged.add(effect.message)
        yield effect

    return (Effects(once),)


def _is_order_to_leave(effect: do.Effect, _: State) -> bool:
    """Whether this reports that an operator has changed the mode: he knows."""
    logged = isinstance(effect, do.Log) and effect.message.startswith("ha: HA mode is off")
    return logged or (isinstance(effect, do.Alert) and effect.event == "HA mode is off")


@dataclass(slots=True)
class _Before:
    """The effective mode before the unit last stopped, until an alert has named it."""

    mode: Effective | None = None


def _naming_before(before: _Before) -> tuple[Effects, Events]:
    """In the first alert of a change after a start, name the state from before the stop as the old one."""

    def see(event: on.Event, _: State) -> Iterable[on.Event]:
        if isinstance(event, on.Started):
            before.mode = event.memory.effective
        yield event

    def name(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.Alert) and effect.old is not None:
            effect, before.mode = dataclasses.replace(effect, old=before.mode or effect.old), None
        yield effect

    return Effects(name), Events(see)


@dataclass(slots=True)
class _Takeovers:
    """How often the unit has begun to lead since it started."""

    count: int = 0


def _alerting_again(takeovers: _Takeovers) -> tuple[Effects]:
    """Mail the alert of each takeover as often as the unit has taken over."""

    def instead(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged) and effect.new is Effective.PRIMARY:
            takeovers.count += 1
        again = isinstance(effect, do.Alert) and effect.new is Effective.PRIMARY
        return [effect] * (takeovers.count if again else 1)

    return (Effects(instead),)


def _replaced(**parts: Callable[[Any], Any]) -> Exchanging:
    """Replace parts of the exchange, each by what its function makes of the reference's."""

    def change(exchange: Exchange) -> Exchange:
        return dataclasses.replace(exchange, **{name: make(getattr(exchange, name)) for name, make in parts.items()})

    return Exchanging(change)


def _reported(**parts: Callable[[Any], Any]) -> Reports:
    """Replace parts of the reporting, each by what its function makes of the reference's."""

    def change(reporting: Reporting) -> Reporting:
        return dataclasses.replace(reporting, **{name: make(getattr(reporting, name)) for name, make in parts.items()})

    return Reports(change)


UNITS = (
    WrongUnit(
        "gives-copies-once-qq",
        ("HA-411",),
        "Gives no second copy of a queued message to a secondary that has dropped its copies, and none of one it took.",
        (_replaced(compare=_giving_copies_once),),
    ),
    WrongUnit(
        "gives-data-up",
        ("HA-402",),
        "Copies no mail data by schedule any more once the primary has refused it, even if it is enabled there later.",
        (in_role(Following, _giving_data_up),),
    ),
    WrongUnit(
        "copies-queue-one-minute",
        ("HA-411",),
        "Copies the queue when it becomes secondary and once by schedule, and then not any more.",
        (in_role(Following, _copying_queue_twice),),
    ),
    WrongUnit(
        "hands-over-by-first-link",
        ("HA-420.c", "HA-424"),
        "Hands its queue over while the primary heartbeat link is there, and not over the secondary one.",
        (Reaction(_handing_over_by_first),),
    ),
    WrongUnit(
        "keeps-queue-after-shutdown",
        ("HA-413", "HA-424"),
        "Hands its queue over after a power loss, and not when it starts after a shutdown that an operator ordered.",
        (Remembering(Mark, _keeping_after_shutdown),),
        alone="P",
    ),
    WrongUnit(
        "uses-copies-once",
        ("HA-411",),
        "Uses its copies of the queue at the first takeover since its start, and at no later one.",
        (Remembering(Mark, _using_copies_once),),
        alone="S",
    ),
    WrongUnit(
        "nas-for-configured-primary",
        ("HA-407",),
        "Keeps mail data on its own disk as configured secondary that leads, although they belong on the NAS.",
        (_replaced(on_nas=_mounting_as_primary),),
    ),
    WrongUnit(
        "shows-first-data-copy",
        ("HA-410",),
        "Shows the time of its first data synchronization by schedule as that of the next, also when that is over.",
        (Remembering(_Due, _showing_first),),
    ),
    WrongUnit(
        "keeps-removed-recipient",
        ("HA-657",),
        "Goes on to mail alerts to a recipient that has been removed on the primary.",
        (_replaced(copy=_keeping_recipients),),
        alone="S",
    ),
    WrongUnit(
        "traps-by-host",
        ("HA-660",),
        "Sends HA traps also for a community or user without them, if another of the same host has chosen them.",
        (_reported(notifications=_by_host),),
    ),
    WrongUnit(
        "polled-as-it-follows",
        ("HA-619", "HA-009"),
        "Shows managers slave as the configured mode of a configured primary that is secondary.",
        (_reported(mode_objects=_polled_by_role),),
    ),
    WrongUnit(
        "logs-link-states-once",
        ("HA-652",),
        "Logs the first loss and the first return of a heartbeat link, and none that repeats a line.",
        (Remembering(set[str], _logging_once),),
    ),
    WrongUnit(
        "leaves-silently",
        ("HA-653", "HA-654"),
        "Neither logs nor mails that its effective mode is off when an operator has changed the configured mode.",
        (leaving_out(_is_order_to_leave),),
    ),
    WrongUnit(
        "alert-names-mode-before-stop",
        ("HA-655.c",),
        "Names in its first alert after a start the state from before the stop as the old one, where it was OFF.",
        (Remembering(_Before, _naming_before),),
    ),
    WrongUnit(
        "alerts-once-a-takeover",
        ("HA-654",),
        "Mails the alert of its second takeover since the start twice, of the third three times.",
        (Remembering(_Takeovers, _alerting_again),),
    ),
)
