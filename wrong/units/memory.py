"""Units that are wrong about what they keep over restarts: too little, too much, or not after the second one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Effective, Mode, OnFailure
from node.engine.state import Claim, Following, State
from node.engine.states import Phase
from node.engine.turn import Conduct, Turn
from wrong.record import Effects, Events, InRole, Plain, Remembered, Remembering, WrongUnit


@dataclass(slots=True)
class Noted:
    """Whether what makes the unit write something wrong to its volume has happened since it started."""

    yes: bool = False


def _writing(noted: Noted, change: Callable[[on.Memory], on.Memory]) -> Effects:
    """Write something else to the volume once it has happened."""

    def write(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        return [do.Persist(change(effect.memory)) if noted.yes and isinstance(effect, do.Persist) else effect]

    return Effects(write)


def _noting(noted: Noted, which: Callable[[on.Event, State], bool]) -> Events:
    def note(event: on.Event, unit: State) -> Iterable[on.Event]:
        noted.yes = noted.yes or which(event, unit)
        return [event]

    return Events(note)


def _starting(noted: Noted, which: Callable[[on.Memory], bool]) -> Remembered:
    def recall(memory: on.Memory) -> on.Memory:
        noted.yes = which(memory)
        return memory

    return Remembered(recall)


def _unlatched(memory: on.Memory) -> on.Memory:
    return (
        dataclasses.replace(memory, latched_off=False, effective=Effective.SECONDARY) if memory.latched_off else memory
    )


def _latched(memory: on.Memory) -> on.Memory:
    return dataclasses.replace(memory, latched_off=True)


def _off_once(noted: Noted) -> tuple[Plain, ...]:
    return _starting(noted, lambda memory: memory.latched_off), _writing(noted, _unlatched)


def _off_by_power_loss_only(noted: Noted) -> tuple[Plain, ...]:
    return (
        _noting(noted, lambda event, _: isinstance(event, on.CheckDone) and not event.ok),
        _writing(noted, _unlatched),
    )


def _off_after_restart_of_ha(noted: Noted) -> tuple[Plain, ...]:
    def restarts(event: on.Event, unit: State) -> bool:
        return event == on.Ordered(Command.RESTART) and unit.phase is Phase.SWITCHED_OFF

    return _noting(noted, restarts), _writing(noted, _latched)


def _off_after_entering_anew(noted: Noted) -> tuple[Plain, ...]:
    def leaves(event: on.Event, unit: State) -> bool:
        return isinstance(event, on.SettingsChanged) and unit.phase is Phase.SWITCHED_OFF

    return _noting(noted, leaves), _writing(noted, _latched)


def _failing_at_the_second(noted: Noted) -> tuple[Plain, ...]:
    return (
        _starting(noted, lambda memory: memory.planned != ""),
        _writing(noted, lambda memory: dataclasses.replace(memory, planned="")),
    )


def _keeps_what_it_gave_up(noted: Noted) -> tuple[Plain, ...]:
    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        noted.yes = noted.yes or (isinstance(effect, do.Log) and "is given up" in effect.message)
        return [effect]

    return Effects(note), _writing(noted, lambda memory: dataclasses.replace(memory, reclaiming=True))


def _takes_back_what_it_led(conduct: Conduct) -> Conduct:
    def enter(turn: Turn, me: Following, came_from: Phase) -> None:
        unit = turn.unit
        led = came_from is Phase.JOINING and unit.memory.effective is Effective.PRIMARY
        if led and unit.settings.on_failure is OnFailure.RESTORE_ROLE and me.claim is None:
            me.claim = Claim("recovery after a restart", lasting=True)
        conduct.enter(turn, me, came_from)

    return dataclasses.replace(conduct, enter=enter)


def _entering_after_reload(event: on.Event, _: State) -> Iterable[on.Event]:
    match event:
        case on.Started(settings, on.Memory(planned=Command.RELOAD.value)) if settings.mode is Mode.OFF:
            links = settings.links
            return (
                [dataclasses.replace(event, settings=dataclasses.replace(settings, mode=Mode.PRIMARY))]
                if links
                else [event]
            )
    return [event]


def _latched_with_the_role(noted: Noted) -> tuple[Plain, ...]:
    def write(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
        match effect:
            case do.RoleChanged(new=Effective.PRIMARY):
                noted.yes = unit.settings.on_failure is OnFailure.OFF
            case do.Persist(memory) if unit.phase is Phase.PRIMARY:
                return [do.Persist(dataclasses.replace(memory, latched_off=noted.yes and not memory.planned))]
        return [effect]

    return (Effects(write),)


def _mail_data_enabled_at_a_start(event: on.Event, _: State) -> Iterable[on.Event]:
    match event:
        case on.Started(settings, memory) if memory.planned:
            return [dataclasses.replace(event, settings=dataclasses.replace(settings, mail_data_sync=True))]
    return [event]


def _usual_ports_after_a_reload(event: on.Event, _: State) -> Iterable[on.Event]:
    match event:
        case on.Started(settings, on.Memory(planned=Command.RELOAD.value)):
            return [dataclasses.replace(event, settings=dataclasses.replace(settings, base_port=20000))]
    return [event]


@dataclass(slots=True)
class Led:
    """The effective mode that the unit has written last."""

    mode: Effective | None = None


def _keeps_what_it_was(led: Led) -> tuple[Plain, ...]:
    """Keep the effective mode on the volume when the unit leaves its group."""

    def recall(memory: on.Memory) -> on.Memory:
        led.mode = memory.effective
        return memory

    def write(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.Persist):
            led.mode = effect.memory.effective or led.mode
            return [do.Persist(dataclasses.replace(effect.memory, effective=led.mode))]
        return [effect]

    return Remembered(recall), Effects(write)


def _limits_each_claim(conduct: Conduct) -> Conduct:
    def enter(turn: Turn, me: Following, came_from: Phase) -> None:
        if me.claim is not None:
            me.claim = dataclasses.replace(me.claim, lasting=False)
        conduct.enter(turn, me, came_from)

    return dataclasses.replace(conduct, enter=enter)


UNITS = (
    WrongUnit(
        "is-off-for-a-power-loss-only",
        ("HA-312.b",),
        "Takes part again when an operator restarts it after on-failure has switched it off.",
        (
            Remembered(
                lambda memory: (
                    dataclasses.replace(memory, latched_off=False) if memory.latched_off and memory.planned else memory
                )
            ),
        ),
    ),
    WrongUnit(
        "forgets-its-restore-in-a-power-loss",
        ("HA-313.a", "HA-313.b"),
        "Is off again when it loses power while it follows an operator's restore.",
        (Remembered(lambda memory: memory if memory.planned else dataclasses.replace(memory, reclaiming=False)),),
    ),
    WrongUnit(
        "remembers-what-it-was-before-its-mode-was-off",
        ("HA-005.a",),
        "Takes a power loss while it enters its group anew for the failure of what it was before.",
        (Remembering(Led, _keeps_what_it_was),),
    ),
    WrongUnit(
        "gives-its-configured-role-up",
        ("HA-005.a",),
        "Gives up the role that it is configured for when it cannot take it within half a minute.",
        (InRole(Following, _limits_each_claim),),
    ),
    WrongUnit(
        "forgets-an-order-at-a-restart",
        ("HA-572",),
        "Does not go on with an operator's restore, nor says that it is given up, when it is restarted meanwhile.",
        (Remembered(lambda memory: dataclasses.replace(memory, reclaiming=memory.reclaiming and not memory.ordered)),),
    ),
    WrongUnit(
        "is-off-for-one-restart",
        ("HA-311.b", "HA-312.b"),
        "Is off after its failure and after one restart, and takes part again after the next.",
        (Remembering(Noted, _off_once),),
    ),
    WrongUnit(
        "keeps-no-fault-over-a-restart",
        ("HA-311.b", "HA-312.c"),
        "Takes part again after a restart when monitoring, and not a power loss, has switched it off.",
        (Remembering(Noted, _off_by_power_loss_only),),
    ),
    WrongUnit(
        "is-off-again-after-a-restart-of-HA",
        ("HA-576",),
        "Takes part after a restart of HA, but its volume still says that it is off.",
        (Remembering(Noted, _off_after_restart_of_ha),),
    ),
    WrongUnit(
        "is-off-again-after-it-entered-anew",
        ("HA-524.c",),
        "Enters the group anew with its mode, but its volume still says that it is off.",
        (Remembering(Noted, _off_after_entering_anew),),
    ),
    WrongUnit(
        "fails-at-the-second-restart",
        ("HA-524.c",),
        "Takes the second of two planned restarts for a failure.",
        (Remembering(Noted, _failing_at_the_second),),
    ),
    WrongUnit(
        "restarts-with-what-it-has-given-up",
        ("HA-572",),
        "Gives an order up, and carries it out after its next restart.",
        (Remembering(Noted, _keeps_what_it_gave_up),),
    ),
    WrongUnit(
        "takes-back-a-role-that-is-not-its-own",
        ("HA-321",),
        "As a configured secondary that has failed while it led, takes the primary role back with restore-role.",
        (InRole(Following, _takes_back_what_it_led),),
        alone="S",
    ),
    WrongUnit(
        "enters-after-a-reload",
        ("HA-003.a",),
        "Enters its group again after a reload, although its mode was set to off.",
        (Events(_entering_after_reload),),
        alone="P",
    ),
    WrongUnit(
        "takes-an-interrupted-order-for-its-own-claim",
        ("HA-580",),
        "After a restart that interrupts a restore, tries to carry it out for ever.",
        (Remembered(lambda memory: dataclasses.replace(memory, ordered=False)),),
    ),
    WrongUnit(
        "decides-when-it-takes-the-role",
        ("HA-300.a", "HA-337"),
        "Writes down when it takes the role whether it is to be off after a failure, and not when on-failure changes.",
        (Remembering(Noted, _latched_with_the_role),),
    ),
    WrongUnit(
        "copies-mail-data-from-its-start",
        ("HA-404",),
        "Comes back from a planned restart with mail-data-sync enabled, whatever is set.",
        (Events(_mail_data_enabled_at_a_start),),
    ),
    WrongUnit(
        "reloads-with-the-usual-ports",
        ("HA-055.a",),
        "Comes back from a reload on port 20000, whatever the base port is.",
        (Events(_usual_ports_after_a_reload),),
    ),
)
