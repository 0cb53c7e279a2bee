"""Units that are right in a new pair, and wrong after a restart or an upgrade, in a later split, or while off."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Effective, Mode, OnFailure, Sync, SystemEvent
from node.engine.settings import HaSettings
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.engine.timers import Wait
from wrong.record import Effects, Events, Plain, React, Reaction, Remembered, Remembering, Settings, WrongUnit


@dataclass(slots=True)
class Life:
    """How the unit came up, and what it has been since."""

    planned: str = ""
    by: str = ""
    splits: int = 0
    rival: bool = False
    failed: bool = False


When = Callable[[Life, State], bool]


def _living(life: Life) -> Reaction:
    def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if isinstance(event, on.Started):
            life.planned = event.memory.planned
        effects = react(event)
        life.by = next((each.event for each in reversed(effects) if isinstance(each, do.RoleChanged)), life.by)
        rival = _has_a_rival(life, unit)
        life.splits += rival and not life.rival
        life.rival = rival
        life.failed = life.failed or _stopped(life, unit)
        return effects

    return Reaction(react)


def _being(make: Callable[[Life], Plain]) -> Remembering[Life]:
    return Remembering(Life, lambda life: (_living(life), make(life)))


def _undone(which: Callable[[do.Effect], bool], when: When) -> Remembering[Life]:
    return _being(lambda life: Effects(lambda effect, unit: [] if which(effect) and when(life, unit) else [effect]))


def _unheard(which: Callable[[on.Event], bool], when: When) -> Remembering[Life]:
    return _being(lambda life: Events(lambda event, unit: [] if which(event) and when(life, unit) else [event]))


def _is(kind: type[do.Effect]) -> Callable[[do.Effect], bool]:
    return lambda effect: isinstance(effect, kind)


def _waits(timer: Wait) -> Callable[[do.Effect], bool]:
    return lambda effect: isinstance(effect, do.StartTimer) and effect.timer == timer


def _copies(what: Sync) -> Callable[[do.Effect], bool]:
    return lambda effect: isinstance(effect, do.StartSync) and effect.what is what


def _says(*kinds: type) -> Callable[[on.Event], bool]:
    return lambda event: isinstance(event, on.Heard) and isinstance(event.message, kinds)


def _ipv6(kind: type[do.HoldAddress | do.Announce]) -> Callable[[do.Effect], bool]:
    return lambda effect: isinstance(effect, kind) and ":" in effect.address


# When


def _has_a_rival(_: Life, unit: State) -> bool:
    return isinstance(unit.role, Leading) and unit.role.rival


def _split_again(life: Life, _: State) -> bool:
    return life.splits > 1


def _was_split(life: Life, _: State) -> bool:
    return life.splits > 0


def _upgraded(life: Life, _: State) -> bool:
    return life.planned == "upgrade"


def _shut_down(life: Life, _: State) -> bool:
    return life.planned == "shutdown"


def _restarted(_: Life, unit: State) -> bool:
    return unit.memory.boot > 1


def _other_release(_: Life, unit: State) -> bool:
    return unit.group.peer is not None and unit.group.peer.version != unit.version


def _off(_: Life, unit: State) -> bool:
    return unit.phase is Phase.SWITCHED_OFF


def _stopped(_: Life, unit: State) -> bool:
    return unit.phase in {Phase.FAILED, Phase.SWITCHED_OFF}


def _leads_as_secondary(_: Life, unit: State) -> bool:
    return unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.SECONDARY


def _leads_restarted(life: Life, unit: State) -> bool:
    return unit.phase is Phase.PRIMARY and _restarted(life, unit)


def _leads_alone(_: Life, unit: State) -> bool:
    return unit.phase is Phase.PRIMARY and unit.group.peer is None


def _one_link_alive(_: Life, unit: State) -> bool:
    return len(unit.group.links.alive) > 1 and sum(alive is True for alive in unit.group.links.alive.values()) == 1


# What


def _waiting(seconds: float, when: When) -> Remembering[Life]:
    def wait(life: Life) -> Plain:
        def instead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
            shortened = _waits(Wait.HOLD_OFF)(effect) and when(life, unit)
            return [do.StartTimer(Wait.HOLD_OFF, seconds)] if shortened else [effect]

        return Effects(instead)

    return _being(wait)


def _yielding(when: When) -> Remembering[Life]:
    """Give the role to a peer that leads too, as soon as it is heard."""

    def give(life: Life) -> Plain:
        def see(event: on.Event, unit: State) -> Iterable[on.Event]:
            match event:
                case on.Heard(rank, say.Heartbeat(boot=boot, seq=seq, effective=Effective.PRIMARY)) if (
                    unit.phase is Phase.PRIMARY and when(life, unit)
                ):
                    ask = say.AskRole("two primaries", boot, seq, unit.memory.boot, unit.heartbeats)
                    return [event, on.Heard(rank, ask)]
            return [event]

        return Events(see)

    return _being(give)


def _good_checks_unheeded(when: When) -> Remembering[Life]:
    def deaf(life: Life) -> Plain:
        def see(event: on.Event, unit: State) -> Iterable[on.Event]:
            good = isinstance(event, on.CheckDone) and event.ok and isinstance(unit.role, Leading)
            counted = good and isinstance(unit.role, Leading) and any(unit.role.strikes.values())
            return [] if counted and when(life, unit) else [event]

        return Events(see)

    return _being(deaf)


def _bad_checks_twice(when: When) -> Remembering[Life]:
    def twice(life: Life) -> Plain:
        def see(event: on.Event, unit: State) -> Iterable[on.Event]:
            bad = isinstance(event, on.CheckDone) and not event.ok
            return [event, event] if bad and when(life, unit) else [event]

        return Events(see)

    return _being(twice)


def _tells_restart(effect: do.Effect) -> bool:
    match effect:
        case do.Alert(event, None) | do.Log(event):
            return "rebooting" in event
    return False


def _unlatched(planned: str) -> Remembered:
    def recall(memory: on.Memory) -> on.Memory:
        if memory.planned != planned:
            return memory
        return dataclasses.replace(memory, latched_off=False)

    return Remembered(recall)


def _mail_stopped_at_loss(when: When) -> Remembering[Life]:
    def stop(life: Life) -> Plain:
        def instead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
            lost = isinstance(effect, do.Alert) and "SLAVE heartbeat" in effect.event
            return [effect, do.StopMail()] if lost and when(life, unit) else [effect]

        return Effects(instead)

    return _being(stop)


def _recovery(event: on.Event) -> bool:
    return isinstance(event, on.CheckDone) and event.ok


def _failed_as_secondary(_: Life, unit: State) -> bool:
    restores = unit.settings.on_failure is OnFailure.RESTORE_ROLE
    return unit.phase is Phase.FAILED and unit.settings.mode is Mode.SECONDARY and restores


def _bad(event: on.Event) -> bool:
    return isinstance(event, on.CheckDone) and not event.ok


def _asks_to_return(effect: do.Effect) -> bool:
    return isinstance(effect, do.Log) and "return to MASTER" in effect.message


def _forgetting_that_it_gave(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    led = unit.phase is Phase.PRIMARY
    effects = react(event)
    asked = led and _says(say.AskRole)(event) and unit.phase is Phase.SECONDARY
    return [each for each in effects if not (asked and isinstance(each, do.Persist))]


def _persisting(when: When, effective: Effective) -> Remembering[Life]:
    def keep(life: Life) -> Plain:
        def instead(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
            if isinstance(effect, do.Persist) and when(life, unit):
                return [do.Persist(dataclasses.replace(effect.memory, effective=effective))]
            return [effect]

        return Effects(instead)

    return _being(keep)


def _follows_since_its_failure(life: Life, unit: State) -> bool:
    return unit.phase is Phase.SECONDARY and life.failed


def _took_over_as_primary(life: Life, unit: State) -> bool:
    return unit.phase is Phase.PRIMARY and unit.settings.mode is Mode.PRIMARY and "disappeared" in life.by


def _copying_when_healed(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    alone = unit.phase is Phase.PRIMARY and unit.group.peer is None and unit.settings.mode is Mode.SECONDARY
    effects = react(event)
    rank = unit.group.links.for_sync()
    healed = alone and unit.phase is Phase.PRIMARY and unit.group.peer_leads
    return [*effects, do.StartSync(Sync.CONFIG, rank)] if healed and rank is not None else effects


def _copying_data_in_a_split(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    effects = react(event)
    rank = unit.group.links.for_sync()
    rival = isinstance(unit.role, Leading) and unit.role.rival and unit.settings.mode is Mode.SECONDARY
    saved = isinstance(event, on.ConfigurationChanged) and rival
    return [*effects, do.StartSync(Sync.DATA, rank)] if saved and rank is not None else effects


def _one_interval(settings: HaSettings, _: State) -> HaSettings:
    if not settings.local_hd.enabled:
        return settings
    ports = dataclasses.replace(settings.local_ports, interval=settings.local_hd.interval)
    return dataclasses.replace(settings, local_ports=ports)


UNITS = (
    WrongUnit(
        "watches-nothing-once-upgraded",
        ("HA-101", "HA-521.b"),
        "Once it has been upgraded, a unit that follows does not look for the silence of its primary.",
        (_undone(_waits(Wait.SILENCE), _upgraded),),
    ),
    WrongUnit(
        "watches-nothing-once-shut-down",
        ("HA-101",),
        "Once it has been shut down, a unit that follows does not look for the silence of its primary.",
        (_undone(_waits(Wait.SILENCE), _shut_down),),
    ),
    WrongUnit(
        "announces-no-ipv6-once-upgraded",
        ("HA-113.b",),
        "A unit that leads since an upgrade announces its IPv4 address only.",
        (_undone(_ipv6(do.Announce), _upgraded),),
    ),
    WrongUnit(
        "holds-no-ipv6-once-upgraded",
        ("HA-153.a",),
        "A unit that leads since an upgrade does not hold its virtual IPv6 address.",
        (_undone(_ipv6(do.HoldAddress), _upgraded),),
    ),
    WrongUnit(
        "asks-no-other-release-to-switch",
        ("HA-313.b", "HA-321"),
        "It does not give its role to a peer of another release.",
        (_unheard(_says(say.AskRole), _other_release),),
    ),
    WrongUnit(
        "copies-no-mail-data-from-another-release",
        ("HA-332.b",),
        "It copies no mail data from a primary of another release.",
        (_undone(_copies(Sync.DATA), _other_release),),
    ),
    WrongUnit(
        "copies-no-mail-data-once-upgraded",
        ("HA-332.b", "HA-528.b"),
        "A configured primary that follows since its upgrade copies no mail data.",
        (_undone(_copies(Sync.DATA), lambda life, unit: _upgraded(life, unit) and unit.settings.mode is Mode.PRIMARY),),
    ),
    WrongUnit(
        "copies-no-mail-data-once-shut-down",
        ("HA-528.b",),
        "Once it has been shut down, a unit copies no mail data.",
        (_undone(_copies(Sync.DATA), _shut_down),),
    ),
    WrongUnit(
        "holds-off-for-no-other-release",
        ("HA-521.a", "HA-520.b"),
        "It does not hold off for a primary of another release.",
        (_unheard(_says(say.HoldOff), _other_release),),
    ),
    WrongUnit(
        "holds-off-shortly-for-another-release",
        ("HA-522", "HA-521.b"),
        "It holds off for twenty seconds only when its primary has another release.",
        (_waiting(20.0, _other_release),),
    ),
    WrongUnit(
        "holds-off-five-minutes-once-restarted",
        ("HA-522",),
        "A secondary that has been restarted holds off for five minutes.",
        (_waiting(300.0, _restarted),),
    ),
    WrongUnit(
        "holds-off-five-minutes-on-one-link",
        ("HA-522",),
        "A secondary that hears its primary on one of two links holds off for five minutes.",
        (_waiting(300.0, _one_link_alive),),
    ),
    WrongUnit(
        "stops-mail-at-its-peers-loss-once-restarted",
        ("HA-117.b", "HA-527.b"),
        "A primary that was restarted stops its mail service when its secondary is lost.",
        (_mail_stopped_at_loss(_leads_restarted),),
    ),
    WrongUnit(
        "off-tells-no-restart",
        ("HA-525.a",),
        "A unit that is off or failed does not tell that it restarts.",
        (_undone(_tells_restart, _stopped),),
    ),
    WrongUnit(
        "off-traps-no-restart",
        ("HA-534.b", "HA-534.c", "HA-534.d"),
        "A unit that is off or failed sends no system event trap when it restarts.",
        (_undone(lambda effect: isinstance(effect, do.SystemTrap) and effect.event is not SystemEvent.HALT, _stopped),),
    ),
    WrongUnit(
        "upgrade-lifts-the-latch",
        ("HA-312.c",),
        "A primary that its failure keeps off takes part again after an upgrade if nobody leads.",
        (_unlatched("upgrade"),),
    ),
    WrongUnit(
        "shutdown-lifts-the-latch",
        ("HA-312.c",),
        "A primary that its failure keeps off takes part again when it starts after a shutdown and nobody leads.",
        (_unlatched("shutdown"),),
    ),
    WrongUnit(
        "restarted-primary-gives-way",
        ("HA-703",),
        "Of two primaries the configured one gives its role up once it has been restarted.",
        (_yielding(lambda life, unit: _restarted(life, unit) and unit.settings.mode is Mode.PRIMARY),),
    ),
    WrongUnit(
        "gives-way-in-a-second-split",
        ("HA-703",),
        "In its second split a configured secondary gives its role up when it hears its peer.",
        (_yielding(lambda life, unit: life.splits > 0 and not life.rival and unit.settings.mode is Mode.SECONDARY),),
    ),
    WrongUnit(
        "logs-one-request-to-return",
        ("HA-705",),
        "A primary logs only the first time that its secondary asks it to return to its role.",
        (_undone(_asks_to_return, _split_again),),
    ),
    WrongUnit(
        "logs-no-request-to-return-on-a-single-link",
        ("HA-705",),
        "A primary with a single link does not log that its secondary asks it to return to its role.",
        (_undone(_asks_to_return, lambda _, unit: len(unit.settings.links) == 1),),
    ),
    WrongUnit(
        "announces-no-ipv6-after-a-split",
        ("HA-164",),
        "When a split is over, the primary announces its IPv4 address only.",
        (_undone(_ipv6(do.Announce), _was_split),),
    ),
    WrongUnit(
        "announces-nothing-after-a-second-split",
        ("HA-164",),
        "When a second split is over, the primary announces no address.",
        (_undone(_is(do.Announce), _split_again),),
    ),
    WrongUnit(
        "copies-no-mail-data-after-a-second-split",
        ("HA-704.c",),
        "After its second split a secondary copies no mail data.",
        (_undone(_copies(Sync.DATA), _split_again),),
    ),
    WrongUnit(
        "checks-nothing-in-a-split",
        ("HA-207",),
        "While its peer leads too, a unit does not look at its interfaces.",
        (_unheard(_bad, _has_a_rival),),
    ),
    WrongUnit(
        "leading-secondary-counts-all-failed-checks",
        ("HA-204", "HA-205"),
        "A secondary that leads goes on counting failed checks after a good one.",
        (_good_checks_unheeded(_leads_as_secondary),),
    ),
    WrongUnit(
        "restarted-primary-counts-all-failed-checks",
        ("HA-204", "HA-205"),
        "A primary that was restarted goes on counting failed checks after a good one.",
        (_good_checks_unheeded(_leads_restarted),),
    ),
    WrongUnit(
        "counts-all-failed-checks-alone",
        ("HA-204", "HA-205"),
        "A primary that is alone goes on counting failed checks after a good one.",
        (_good_checks_unheeded(_leads_alone),),
    ),
    WrongUnit(
        "leading-secondary-counts-each-failed-check-twice",
        ("HA-204", "HA-206"),
        "A secondary that leads fails after half as many failed checks as retries says.",
        (_bad_checks_twice(_leads_as_secondary),),
    ),
    WrongUnit(
        "restarted-primary-counts-each-failed-check-twice",
        ("HA-204", "HA-206"),
        "A primary that was restarted fails after half as many failed checks as retries says.",
        (_bad_checks_twice(_leads_restarted),),
    ),
    WrongUnit(
        "counts-each-failed-check-twice-alone",
        ("HA-204", "HA-206"),
        "A primary that is alone fails after half as many failed checks as retries says.",
        (_bad_checks_twice(_leads_alone),),
    ),
    WrongUnit(
        "secondary-with-restore-role-checks-nothing",
        ("HA-337",),
        "A secondary that leads with restore-role does not look at its interfaces: it has no primary role to restore.",
        (
            _unheard(
                _bad,
                lambda life, unit: (
                    _leads_as_secondary(life, unit) and unit.settings.on_failure is OnFailure.RESTORE_ROLE
                ),
            ),
        ),
    ),
    WrongUnit(
        "secondary-with-restore-role-is-never-cured",
        ("HA-337",),
        "A secondary that has failed with restore-role does not notice its cure.",
        (_unheard(_recovery, _failed_as_secondary),),
    ),
    WrongUnit(
        "remembers-the-role-that-it-gave-when-asked",
        ("HA-338",),
        "A unit that has given its role to a peer which asked for it still has it on its volume.",
        (Reaction(_forgetting_that_it_gave),),
    ),
    WrongUnit(
        "remembers-the-role-of-its-failure",
        ("HA-338",),
        "A unit that follows since its cure still has the primary role on its volume.",
        (_persisting(_follows_since_its_failure, Effective.PRIMARY),),
    ),
    WrongUnit(
        "forgets-the-role-that-it-took-over",
        ("HA-300.a", "HA-310"),
        "A configured primary that has taken over from its peer does not note on its volume that it leads.",
        (_persisting(_took_over_as_primary, Effective.SECONDARY),),
    ),
    WrongUnit(
        "copies-when-a-split-heals",
        ("HA-702.a",),
        "A configured secondary that leads copies the configuration of another primary when it hears that one again.",
        (Reaction(_copying_when_healed),),
    ),
    WrongUnit(
        "copies-mail-data-in-a-split",
        ("HA-702.b",),
        "A configured secondary that leads copies mail data from another primary when an operator saves settings.",
        (Reaction(_copying_data_in_a_split),),
    ),
    WrongUnit(
        "checks-interfaces-as-often-as-the-disk",
        ("HA-204", "HA-206"),
        "Where both are monitored, it looks at its interfaces as often as at its disk.",
        (Settings(_one_interval),),
    ),
    WrongUnit(
        "processes-no-mail-once-shut-down",
        ("HA-022.a",),
        "Once it has been shut down, a unit that leads processes no mail.",
        (_undone(_is(do.StartMail), _shut_down),),
    ),
)
