"""Units that forget an ordinary promise while only the secondary heartbeat link works, or once that was so."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Rank
from node.engine.settings import HaSettings
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.timers import LinkSilent
from wrong.common import Mark, ignoring, leaving_out
from wrong.record import Effects, Events, Plain, React, Reaction, Remembering, Settings, WrongUnit


def _lacks_the_primary_link(unit: State) -> bool:
    return unit.group.links.alive.get(Rank.PRIMARY) is False


def _has_the_second_link_alone(unit: State) -> bool:
    return _lacks_the_primary_link(unit) and bool(unit.group.links.alive.get(Rank.SECONDARY))


def _keep_the_threshold(new: HaSettings, unit: State) -> HaSettings:
    if new.mode is unit.settings.mode and _has_the_second_link_alone(unit):
        return dataclasses.replace(new, lost_threshold=unit.settings.lost_threshold)
    return new


def _finds_a_fault(event: on.Event, unit: State) -> bool:
    return isinstance(event, on.CheckDone) and not event.ok and _has_the_second_link_alone(unit)


def _blame_the_secondary(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
    """Report the secondary as lost together with the log line of a lost primary link."""
    told = isinstance(effect, do.Log) and "primary-hearbeat" in effect.message
    if told and unit.phase is Phase.PRIMARY and _has_the_second_link_alone(unit):
        return [effect, do.Alert("ha: SLAVE heartbeat disappeared")]
    return [effect]


def _reporting_by_the_primary_link(mark: Mark) -> tuple[Plain, ...]:
    """Count as lost already a secondary whose primary link was lost, and do not report its own loss."""

    def see(event: on.Event, unit: State) -> list[on.Event]:
        match event:
            case on.Heard(Rank.SECONDARY, say.Heartbeat()) if _lacks_the_primary_link(unit):
                mark.up = True
            case on.Heard(Rank.PRIMARY, say.Heartbeat()):
                mark.up = False
        return [event]

    def reports(effect: do.Effect, _: State) -> bool:
        told = effect.event if isinstance(effect, do.Alert) else effect.message if isinstance(effect, do.Log) else ""
        return mark.up and "SLAVE heartbeat disappeared" in told

    return Events(see), leaving_out(reports)


def _log_one_link(react: React, event: on.Event, _: State) -> list[do.Effect]:
    """Log no change of the secondary heartbeat link."""
    match event:
        case on.Heard(Rank.SECONDARY) | on.CarrierChanged(Rank.SECONDARY) | on.TimerFired(LinkSilent(Rank.SECONDARY)):
            return [each for each in react(event) if not (isinstance(each, do.Log) and "hahbd" in each.message)]
    return react(event)


def _reclaims(effect: do.Effect, unit: State) -> bool:
    match effect:
        case do.Send(_, say.AskRole(reason)):
            return "recovery" in reason and not unit.group.links.alive.get(Rank.PRIMARY)
    return False


def _cures_a_split(event: on.Event, unit: State) -> bool:
    rival = isinstance(unit.role, Leading) and unit.role.rival
    return event == on.Ordered(Command.RESTORE) and rival and not unit.group.links.alive.get(Rank.PRIMARY)


def _staying_where_it_spoke(mark: Mark) -> tuple[Plain, ...]:
    """Say what moves the role on the secondary link alone, once that was the only one."""

    def instead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        mark.up = mark.up or _has_the_second_link_alone(unit)
        match effect:
            case do.Send(Rank.PRIMARY, say.AskRole() | say.GiveRole() | say.OfferRole() | say.HoldOff()) if mark.up:
                return []
        return [effect]

    return (Effects(instead),)


UNITS = (
    WrongUnit(
        "keeps-its-threshold-on-the-second-link",
        ("HA-104", "HA-108.a"),
        "Takes no changed detection time into force while only the secondary heartbeat link works.",
        (Settings(_keep_the_threshold),),
    ),
    WrongUnit(
        "watches-no-port-on-the-second-link",
        ("HA-167",),
        "Does not leave its role for a fault of its own while only the secondary heartbeat link works.",
        (ignoring(_finds_a_fault),),
    ),
    WrongUnit(
        "takes-a-lost-link-for-a-lost-secondary",
        ("HA-117.a",),
        "Sends an alert of a lost secondary when the primary heartbeat link is lost alone.",
        (Effects(_blame_the_secondary),),
    ),
    WrongUnit(
        "misses-its-secondary-on-the-second-link",
        ("HA-117.a",),
        "Reports no loss of its secondary when the primary heartbeat link has been lost before.",
        (Remembering(Mark, _reporting_by_the_primary_link),),
    ),
    WrongUnit(
        "logs-its-primary-link-only",
        ("HA-073",),
        "Logs a heartbeat status when the primary heartbeat link is lost or back, and not for the secondary one.",
        (Reaction(_log_one_link),),
    ),
    WrongUnit(
        "reclaims-over-the-primary-link-only",
        ("HA-061.a", "HA-321"),
        "Does not take its role back with restore-role until the primary heartbeat link works.",
        (leaving_out(_reclaims),),
    ),
    WrongUnit(
        "cures-a-split-over-the-primary-link-only",
        ("HA-704.a",),
        "As second primary, forgets a restore while it hears its peer on the secondary heartbeat link only.",
        (ignoring(_cures_a_split),),
    ),
    WrongUnit(
        "speaks-on-the-second-link-for-good",
        ("HA-061.a", "HA-520.a", "HA-580"),
        "Sends hold-off and what moves the role on the secondary link only, once that was the only one.",
        (Remembering(Mark, _staying_where_it_spoke),),
    ),
)
