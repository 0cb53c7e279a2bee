"""Units that do or report something the first time since their start, and not again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Sync
from node.engine.state import State
from node.engine.states import Phase
from wrong.record import Effects, Events, Plain, Remembering, WrongUnit


def doing_once(which: Callable[[do.Effect, State], bool]) -> Remembering[list[do.Effect]]:
    """Do an effect of one kind once."""

    def substitutions(done: list[do.Effect]) -> tuple[Plain, ...]:
        def instead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
            if not which(effect, unit):
                return [effect]
            done.append(effect)
            return [effect] if len(done) == 1 else []

        return (Effects(instead),)

    return Remembering(list, substitutions)


def noticing_once(which: Callable[[on.Event, State], bool]) -> Remembering[list[on.Event]]:
    """Notice an event of one kind once."""

    def substitutions(seen: list[on.Event]) -> tuple[Plain, ...]:
        def see(event: on.Event, unit: State) -> Iterable[on.Event]:
            if not which(event, unit):
                return [event]
            seen.append(event)
            return [event] if len(seen) == 1 else []

        return (Events(see),)

    return Remembering(list, substitutions)


def alerting(words: str) -> Callable[[do.Effect, State], bool]:
    """Whether an effect is an alert that has these words."""
    return lambda effect, _: isinstance(effect, do.Alert) and words in effect.event


def logging(words: str) -> Callable[[do.Effect, State], bool]:
    """Whether an effect is a log line that has these words."""
    return lambda effect, _: isinstance(effect, do.Log) and words in effect.message


def _orders(*commands: Command) -> Callable[[on.Event, State], bool]:
    return lambda event, _: isinstance(event, on.Ordered) and event.command in commands


def _is_to_lead(event: on.Event, unit: State) -> bool:
    return event == on.Ordered(Command.FAILOVER) and unit.phase is Phase.SECONDARY


def _stops_mail(effect: do.Effect, unit: State) -> bool:
    return isinstance(effect, do.StopMail) and unit.phase is Phase.SECONDARY


def _is_told_of_mail_data(event: on.Event, _: State) -> bool:
    notice = event.message if isinstance(event, on.Heard) else None
    return isinstance(notice, say.SyncNow) and Sync.DATA in notice.what


UNITS = (
    WrongUnit(
        "reports-a-lost-secondary-once",
        ("HA-117.a", "HA-527.a"),
        "Sends an alert of its first loss of the secondary, and of no later one.",
        (doing_once(alerting("SLAVE heartbeat disappeared")),),
    ),
    WrongUnit(
        "reports-a-lost-primary-once",
        ("HA-115.a", "HA-708.a"),
        "Sends an alert of its first takeover, and of no later one.",
        (doing_once(alerting("MASTER heartbeat disappeared")),),
    ),
    WrongUnit(
        "reports-a-hand-back-once",
        ("HA-322.a", "HA-322.b"),
        "Sends an alert when it gives its role back for the first time, and not again.",
        (doing_once(alerting("asks us to switch roles")),),
    ),
    WrongUnit(
        "reports-one-hold-off",
        ("HA-525.b",),
        "Sends an alert when it goes into hold-off for the first time, and not again.",
        (doing_once(alerting("peer rebooting")),),
    ),
    WrongUnit(
        "logs-the-end-of-one-hold-off",
        ("HA-525.d",),
        "Logs the end of its first hold-off, and of no later one.",
        (doing_once(logging("peer command appeared")),),
    ),
    WrongUnit(
        "logs-one-request-to-lead",
        ("HA-574.a", "HA-705"),
        "Logs the first time that its peer asks it to lead, and no later one.",
        (doing_once(logging("asks us to")),),
    ),
    WrongUnit(
        "gives-one-order-up",
        ("HA-572", "HA-580"),
        "Says that it gives an order up the first time, and not again.",
        (doing_once(logging("is given up")),),
    ),
    WrongUnit(
        "restores-once",
        ("HA-574.b", "HA-704.a"),
        "Carries out the first restore since its start, and forgets each later one.",
        (noticing_once(_orders(Command.RESTORE)),),
    ),
    WrongUnit(
        "restarts-HA-once",
        ("HA-576",),
        "Carries out the first restart of HA since its start, and forgets each later one.",
        (noticing_once(_orders(Command.RESTART)),),
    ),
    WrongUnit(
        "asks-for-the-role-once",
        ("HA-580",),
        "Carries out the first failover that is ordered on it while it follows, and forgets each later one.",
        (noticing_once(_is_to_lead),),
        alone="S",
    ),
    WrongUnit(
        "stops-mail-once",
        ("HA-022.b",),
        "Stops mail when it gives the role away for the first time since its start, and not again.",
        (doing_once(_stops_mail),),
    ),
    WrongUnit(
        "synchronizes-by-hand-once",
        ("HA-354.a", "HA-354.b", "HA-409"),
        "Carries out the first synchronization by hand since its start, and forgets each later one.",
        (noticing_once(_orders(Command.SYNC)),),
    ),
    WrongUnit(
        "copies-mail-data-on-one-notice",
        ("HA-354.a", "HA-409"),
        "As secondary, copies mail data when it is told of it for the first time, and not again.",
        (noticing_once(_is_told_of_mail_data),),
    ),
)
