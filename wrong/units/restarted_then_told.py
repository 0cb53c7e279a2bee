"""Units that report, or ask for hold-off, as they should at first, and no longer in a later role or on other links."""

from __future__ import annotations

from collections.abc import Callable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Mode, Rank, SystemEvent
from node.engine.state import State
from node.engine.states import Phase
from node.engine.timers import Wait
from wrong.common import Mark, changing, leaving_out
from wrong.record import Effects, React, Reaction, Remembering, WrongUnit

When = Callable[[State], bool]


def _was_restarted(unit: State) -> bool:
    return unit.memory.boot > 1


def _leads_restarted(unit: State) -> bool:
    return _was_restarted(unit) and unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY


def _follows_as_primary(unit: State) -> bool:
    return unit.phase is Phase.SECONDARY and unit.settings.mode is Mode.PRIMARY


def _is_alone(unit: State) -> bool:
    return unit.phase is Phase.PRIMARY and unit.group.peer is None


def _over_ipv6(unit: State) -> bool:
    return any(link.peer6 and not link.peer for link in unit.settings.links)


def _single(unit: State) -> bool:
    return len(unit.settings.links) == 1


def _calling_it_a_reboot(when: When) -> Effects:
    def call(effect: do.Effect, unit: State) -> do.Effect:
        return do.SystemTrap(SystemEvent.REBOOT) if isinstance(effect, do.SystemTrap) and when(unit) else effect

    return changing(call)


def _leaving_out(kind: type[do.Effect], when: When) -> Effects:
    return leaving_out(lambda effect, unit: isinstance(effect, kind) and when(unit))


def _logging_no_links(when: When) -> Effects:
    return leaving_out(
        lambda effect, unit: isinstance(effect, do.Log) and "heart beat" in effect.message and when(unit)
    )


def _telling_no_restart(when: When) -> Effects:
    def tells(effect: do.Effect, unit: State) -> bool:
        match effect:
            case do.Alert(event, None) | do.Log(event):
                return "rebooting" in event and when(unit)
        return False

    return leaving_out(tells)


def _asking_for_no_hold_off(when: When, *over: Rank) -> Effects:
    """Send hold-off on no link of these ranks."""

    def asks(effect: do.Effect, unit: State) -> bool:
        return (
            isinstance(effect, do.Send)
            and isinstance(effect.message, say.HoldOff)
            and effect.rank in over
            and when(unit)
        )

    return leaving_out(asks)


def _alerting_no(words: str, when: When) -> Effects:
    return leaving_out(
        lambda effect, unit: isinstance(effect, do.Alert) and effect.event.startswith(words) and when(unit)
    )


def _holding_off_for_ever(when: When) -> Effects:
    def wait(effect: do.Effect, unit: State) -> do.Effect:
        match effect:
            case do.StartTimer(Wait.HOLD_OFF) if when(unit):
                return do.StartTimer(Wait.HOLD_OFF, 36000.0)
        return effect

    return changing(wait)


def _since(event: Callable[[on.Event, State], bool], then: Callable[[When], Effects]) -> Remembering[Mark]:
    """Do something else once an event has come."""

    def substitutions(mark: Mark) -> tuple[Reaction, Effects]:
        def react(react_as_before: React, seen: on.Event, unit: State) -> list[do.Effect]:
            mark.up = mark.up or event(seen, unit)
            return react_as_before(seen)

        return Reaction(react), then(lambda _: mark.up)

    return Remembering(Mark, substitutions)


def _changes_port(event: on.Event, unit: State) -> bool:
    match event:
        case on.SettingsChanged(new):
            return new.mode is unit.settings.mode and new.base_port != unit.settings.base_port
    return False


def _is_stopped(_event: on.Event, unit: State) -> bool:
    return unit.phase is Phase.FAILED


def _once(report: Callable[[do.Effect], bool]) -> Remembering[Mark]:
    """Report something once after each start."""

    def substitutions(mark: Mark) -> tuple[Effects]:
        def again(effect: do.Effect, _: State) -> bool:
            if not report(effect):
                return False
            told, mark.up = mark.up, True
            return told

        return (leaving_out(again),)

    return Remembering(Mark, substitutions)


def _alerts(words: str) -> Callable[[do.Effect], bool]:
    return lambda effect: isinstance(effect, do.Alert) and effect.event.startswith(words)


UNITS = (
    WrongUnit(
        "calls-each-later-restart-a-reboot",
        ("HA-534.a", "HA-534.c", "HA-534.d"),
        "Once it was restarted it gives the code of a reboot for each end.",
        (_calling_it_a_reboot(_was_restarted),),
    ),
    WrongUnit(
        "traps-no-restart-of-a-primary-that-follows",
        ("HA-534.a", "HA-534.b", "HA-534.c", "HA-534.d"),
        "As configured primary that follows it sends no system event trap.",
        (_leaving_out(do.SystemTrap, _follows_as_primary),),
    ),
    WrongUnit(
        "traps-no-shutdown-of-a-primary-that-follows",
        ("HA-659.c",),
        "As configured primary that follows it sends no HA trap at its shutdown.",
        (leaving_out(lambda effect, unit: effect == do.Trap(3, "system shutdown") and _follows_as_primary(unit)),),
    ),
    WrongUnit(
        "tells-no-restart-as-a-restarted-leader",
        ("HA-525.a",),
        "As configured secondary that was restarted and leads it does not report that it restarts.",
        (_telling_no_restart(_leads_restarted),),
    ),
    WrongUnit(
        "asks-for-no-hold-off-as-a-restarted-leader",
        ("HA-520.a", "HA-520.b", "HA-520.d"),
        "As configured secondary that was restarted and leads it sends no hold-off.",
        (_asking_for_no_hold_off(_leads_restarted, *Rank),),
    ),
    WrongUnit(
        "logs-no-links-as-a-restarted-leader",
        ("HA-073", "HA-652"),
        "As configured secondary that was restarted and leads it logs no change of a heartbeat link.",
        (_logging_no_links(_leads_restarted),),
    ),
    WrongUnit(
        "logs-no-links-as-a-primary-that-follows",
        ("HA-073", "HA-652"),
        "As configured primary that follows it logs no change of a heartbeat link.",
        (_logging_no_links(_follows_as_primary),),
    ),
    WrongUnit(
        "logs-no-links-while-it-is-alone",
        ("HA-652",),
        "As primary whose peer is gone it does not log that its last link is lost.",
        (
            leaving_out(
                lambda effect, unit: (
                    isinstance(effect, do.Log) and effect.message.count("FAILED") > 1 and unit.phase is Phase.PRIMARY
                )
            ),
        ),
    ),
    WrongUnit(
        "traps-no-upgrade-while-it-is-alone",
        ("HA-534.d",),
        "As primary that does not hear its peer it sends no system event trap at its restart.",
        (_leaving_out(do.SystemTrap, _is_alone),),
    ),
    WrongUnit(
        "asks-for-hold-off-on-the-primary-link-after-a-new-port",
        ("HA-520.a", "HA-520.b"),
        "Once its base port has changed it sends hold-off on the primary link only.",
        (_since(_changes_port, lambda when: _asking_for_no_hold_off(when, Rank.SECONDARY)),),
    ),
    WrongUnit(
        "asks-for-hold-off-on-the-secondary-link-after-a-new-port",
        ("HA-520.a", "HA-520.b"),
        "Once its base port has changed it sends hold-off on the secondary link only.",
        (_since(_changes_port, lambda when: _asking_for_no_hold_off(when, Rank.PRIMARY)),),
    ),
    WrongUnit(
        "asks-for-hold-off-on-the-primary-link-once-it-was-cured",
        ("HA-520.a",),
        "Once monitoring has made it leave its role it sends hold-off on the primary link only.",
        (_since(_is_stopped, lambda when: _asking_for_no_hold_off(when, Rank.SECONDARY)),),
    ),
    WrongUnit(
        "asks-for-hold-off-on-the-secondary-link-once-it-was-cured",
        ("HA-520.a",),
        "Once monitoring has made it leave its role it sends hold-off on the secondary link only.",
        (_since(_is_stopped, lambda when: _asking_for_no_hold_off(when, Rank.PRIMARY)),),
    ),
    WrongUnit(
        "asks-for-no-hold-off-over-ipv6",
        ("HA-520.a", "HA-521.a"),
        "A unit that knows its peer by IPv6 addresses alone sends no hold-off.",
        (_asking_for_no_hold_off(_over_ipv6, *Rank),),
    ),
    WrongUnit(
        "alerts-to-no-hold-off-on-a-single-link",
        ("HA-525.b",),
        "With a single heartbeat link it sends no alert when it goes into hold-off.",
        (_alerting_no("peer rebooting", _single),),
    ),
    WrongUnit(
        "holds-off-for-ever-over-ipv6",
        ("HA-522", "HA-523"),
        "A unit that knows its peer by IPv6 addresses alone does not end its hold-off by itself.",
        (_holding_off_for_ever(_over_ipv6),),
    ),
    WrongUnit(
        "holds-off-for-ever-on-a-single-link",
        ("HA-522", "HA-523"),
        "With a single heartbeat link it does not end its hold-off by itself.",
        (_holding_off_for_ever(_single),),
    ),
    WrongUnit(
        "alerts-to-one-expired-hold-off",
        ("HA-655.c",),
        "Sends one alert after each start that its hold-off has run out.",
        (_once(_alerts("peer did not come back")),),
    ),
    WrongUnit(
        "alerts-to-one-fault",
        ("HA-655.c",),
        "Sends one alert after each start that monitoring has found a fault of it.",
        (_once(_alerts("monitoring found")),),
    ),
)
