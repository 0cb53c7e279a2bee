"""Units that keep something of an earlier mode, or of earlier settings, when these change while they run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Effective, Mode, OnFailure, Rank
from node.engine.settings import HaSettings
from node.engine.state import State
from node.engine.states import Phase
from node.engine.timers import LinkSilent, Wait
from wrong.common import Mark, ignoring, leaving_out
from wrong.record import Effects, Plain, React, Reaction, Remembering, Settings, WrongUnit
from wrong.units.aftermath import copying_no_data_by_schedule, since


def _leaves_a_pair(event: on.Event, unit: State) -> bool:
    changes = isinstance(event, on.SettingsChanged) and event.settings.mode is not unit.settings.mode
    return changes and unit.settings.mode.active_passive


def _leaves_a_farm(event: on.Event, unit: State) -> bool:
    changes = isinstance(event, on.SettingsChanged) and event.settings.mode is not unit.settings.mode
    return changes and unit.settings.mode.config_only


# Back in its pair


def _watching_nobody(mark: Mark) -> tuple[Plain, ...]:
    def tells(event: on.Event, unit: State) -> bool:
        return mark.up and event == on.TimerFired(Wait.SILENCE) and unit.phase is Phase.SECONDARY

    return (ignoring(tells),)


def _hearing_no_hold_off(mark: Mark) -> tuple[Plain, ...]:
    def hears(event: on.Event, _: State) -> bool:
        return mark.up and isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)

    return (ignoring(hears),)


def changed(change: Callable[[HaSettings], HaSettings]) -> Callable[[Mark], tuple[Plain, ...]]:
    """Read settings in another way once the mark is up."""

    def then(mark: Mark) -> tuple[Plain, ...]:
        return (Settings(lambda new, _: change(new) if mark.up and new.mode.active_passive else new),)

    return then


def _first_link(settings: HaSettings) -> HaSettings:
    return dataclasses.replace(settings, links=tuple(each for each in settings.links if each.rank is Rank.PRIMARY))


def _no_mail_data(settings: HaSettings) -> HaSettings:
    return dataclasses.replace(settings, mail_data_sync=False)


def _default_threshold(settings: HaSettings) -> HaSettings:
    return dataclasses.replace(settings, lost_threshold=15.0)


def _no_monitoring(settings: HaSettings) -> HaSettings:
    return dataclasses.replace(settings, monitored=())


def _claiming_for_good(mark: Mark) -> tuple[Plain, ...]:
    def write(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        if mark.up and isinstance(effect, do.Persist) and unit.settings.mode is Mode.PRIMARY:
            return [do.Persist(dataclasses.replace(effect.memory, reclaiming=True))]
        return [effect]

    return (Effects(write),)


def _leaving_in_silence(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    leaves = _leaves_a_pair(event, unit)
    return [each for each in react(event) if not (leaves and isinstance(each, do.Alert) and each.new is Effective.OFF)]


def _entering_in_silence(effect: do.Effect, _: State) -> bool:
    return isinstance(effect, do.Alert) and effect.old is Effective.OFF


def _keeping_ipv6(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Keep IPv6 addresses when an operator takes the unit out of the group."""
    leaves = _leaves_a_pair(event, unit)
    return [
        each for each in react(event) if not (leaves and isinstance(each, do.ReleaseAddress) and ":" in each.address)
    ]


def _keeping_as_secondary(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Keep the addresses when a configured secondary that leads is taken out of the group."""
    keeps = _leaves_a_pair(event, unit) and unit.settings.mode is Mode.SECONDARY
    return [each for each in react(event) if not (keeps and isinstance(each, do.ReleaseAddress))]


def _leaving_the_set_one(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Give no interface its own address back when a configured secondary that leads is taken out of the group."""
    keeps = _leaves_a_pair(event, unit) and unit.settings.mode is Mode.SECONDARY
    return [
        each
        for each in react(event)
        if not (keeps and isinstance(each, do.ReleaseAddress) and each.action is Action.SET)
    ]


# In a config-only group after a pair


def _taking_over(mark: Mark) -> tuple[Plain, ...]:
    """Take the shared addresses of the pair when the primary of the group is silent."""

    def react_to_silence(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        silent = isinstance(event, on.TimerFired) and isinstance(event.timer, LinkSilent)
        if mark.up and silent and unit.settings.mode is Mode.CONFIG_SECONDARY:
            effects += [do.HoldAddress(each.interface, each.action, each.address) for each in unit.settings.addresses]
        return effects

    return (Reaction(react_to_silence),)


def _stay_idle(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Keep mail stopped when a unit that is off after a failure goes straight into a config-only group."""
    idle = (
        unit.phase is Phase.SWITCHED_OFF and isinstance(event, on.SettingsChanged) and event.settings.mode.config_only
    )
    return [each for each in react(event) if not (idle and isinstance(each, do.StartMail))]


def _leading_on_disk(mark: Mark) -> tuple[Plain, ...]:
    def write(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        if mark.up and isinstance(effect, do.Persist) and unit.settings.mode is Mode.CONFIG_PRIMARY:
            return [do.Persist(dataclasses.replace(effect.memory, effective=Effective.PRIMARY))]
        return [effect]

    def start(react: React, event: on.Event, _: State) -> list[do.Effect]:
        failed = (
            isinstance(event, on.Started)
            and event.settings.mode.config_only
            and event.memory.effective is Effective.PRIMARY
            and not event.memory.planned
            and event.settings.on_failure is OnFailure.OFF
        )
        return [each for each in react(event) if not (failed and isinstance(each, do.StartMail))]

    return Effects(write), Reaction(start)


# With new settings


def _changes_password(event: on.Event, unit: State) -> bool:
    if not isinstance(event, on.SettingsChanged):
        return False
    return event.settings.mode is unit.settings.mode and event.settings.password != unit.settings.password


def _transferring_nothing(mark: Mark) -> tuple[Plain, ...]:
    """Fail on the data port, where the old password is still used."""

    def read(new: HaSettings, unit: State) -> HaSettings:
        same_mode = new.mode is unit.settings.mode
        if mark.up or (same_mode and new.password != unit.settings.password):
            return dataclasses.replace(new, mail_data_sync=False)
        return new

    def hands_over(effect: do.Effect, _: State) -> bool:
        return mark.up and isinstance(effect, do.HandOverQueue)

    return Settings(read), leaving_out(hands_over)


def _knowing_first_ranks(known: set[Rank]) -> tuple[Plain, ...]:
    """Use no heartbeat interface of a rank for which the unit had none when it entered the group."""

    def read(new: HaSettings, unit: State) -> HaSettings:
        if new.mode is not unit.settings.mode or not new.mode.active_passive:
            known.clear()
            known.update(each.rank for each in new.links)
        return dataclasses.replace(new, links=tuple(each for each in new.links if each.rank in known))

    return (Settings(read),)


UNITS = (
    WrongUnit(
        "watches-nobody-when-it-is-back",
        ("HA-101",),
        "Taken out of the group and back while it runs, does not take over as settled secondary.",
        (since(_leaves_a_pair, _watching_nobody),),
    ),
    WrongUnit(
        "holds-off-no-more-when-it-is-back",
        ("HA-521.a",),
        "Taken out of the group and back while it runs, follows no hold-off command.",
        (since(_leaves_a_pair, _hearing_no_hold_off),),
    ),
    WrongUnit(
        "uses-one-link-when-it-is-back",
        ("HA-060.a", "HA-061.a"),
        "Taken out of the group and back while it runs, uses the primary heartbeat link only.",
        (since(_leaves_a_pair, changed(_first_link)),),
    ),
    WrongUnit(
        "copies-no-mail-data-when-it-is-back",
        ("HA-024.b", "HA-409"),
        "Taken out of the group and back while it runs, copies no mail data.",
        (since(_leaves_a_pair, changed(_no_mail_data)),),
    ),
    WrongUnit(
        "watches-no-port-when-it-is-back",
        ("HA-167",),
        "Taken out of the group and back while it runs, looks at no port.",
        (since(_leaves_a_pair, changed(_no_monitoring)),),
    ),
    WrongUnit(
        "claims-for-good-when-it-is-back",
        ("HA-331",),
        "Taken out of the group and back while it runs, takes its role back after each failure.",
        (since(_leaves_a_pair, _claiming_for_good),),
    ),
    WrongUnit(
        "no-data-schedule-when-it-is-back",
        ("HA-402",),
        "Taken out of the group and back while it runs, copies no mail data by schedule.",
        (since(_leaves_a_pair, copying_no_data_by_schedule),),
    ),
    WrongUnit(
        "leaves-in-silence",
        ("HA-655.c",),
        "Sends no alert when an operator takes it out of the group.",
        (Reaction(_leaving_in_silence),),
    ),
    WrongUnit(
        "enters-in-silence",
        ("HA-655.c",),
        "Sends no alert of a role that it takes from off.",
        (leaving_out(_entering_in_silence),),
    ),
    WrongUnit(
        "leaves-with-its-ipv6-address",
        ("HA-003.e",),
        "Keeps virtual IPv6 addresses when an operator takes it out of the group.",
        (Reaction(_keeping_ipv6),),
    ),
    WrongUnit(
        "leaves-as-configured",
        ("HA-003.e",),
        "A secondary that leads keeps the shared addresses when an operator takes it out of the group.",
        (Reaction(_keeping_as_secondary),),
    ),
    WrongUnit(
        "leaves-without-its-own-address",
        ("HA-003.e", "HA-156"),
        "A secondary that leads does not get its own address back when an operator takes it out of the group.",
        (Reaction(_leaving_the_set_one),),
    ),
    WrongUnit(
        "takes-over-in-a-config-only-group",
        ("HA-027.b", "HA-027.g"),
        "A config-secondary that was of a pair takes the shared addresses of a primary that falls silent.",
        (since(_leaves_a_pair, _taking_over),),
    ),
    WrongUnit(
        "is-off-in-a-config-only-group",
        ("HA-023",),
        "Off after a failure in a pair, processes no mail in a config-only group either.",
        (Reaction(_stay_idle),),
    ),
    WrongUnit(
        "led-before-its-config-only-group",
        ("HA-023",),
        "Remembers in a config-only group that it led a pair, and with off processes no mail after a loss of power.",
        (since(_leaves_a_pair, _leading_on_disk),),
    ),
    WrongUnit(
        "no-mail-data-after-a-config-only-group",
        ("HA-409",),
        "Copies no mail data in a pair once it was in a config-only group.",
        (since(_leaves_a_farm, changed(_no_mail_data)),),
    ),
    WrongUnit(
        "default-threshold-after-a-config-only-group",
        ("HA-104",),
        "Goes by the default detection time in a pair once it was in a config-only group.",
        (since(_leaves_a_farm, changed(_default_threshold)),),
    ),
    WrongUnit(
        "one-link-after-a-config-only-group",
        ("HA-060.a",),
        "Uses the primary heartbeat link only in a pair once it was in a config-only group.",
        (since(_leaves_a_farm, changed(_first_link)),),
    ),
    WrongUnit(
        "transfers-by-its-old-password",
        ("HA-452",),
        "Transfers neither mail data nor queued mail once its password was changed while it runs.",
        (since(_changes_password, _transferring_nothing),),
    ),
    WrongUnit(
        "knows-its-first-links-only",
        ("HA-060.a",),
        "Does not use a second heartbeat interface that is added while it runs.",
        (Remembering(set[Rank], _knowing_first_ranks),),
    ),
)
