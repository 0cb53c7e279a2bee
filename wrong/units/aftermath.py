"""Units that forget an ordinary promise after what ended well: a split, a hold-off, a standstill, a restart."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Command, Effective, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import NEVER, HoldingOff, Leading, State
from node.engine.states import Phase
from node.engine.timers import Periodic, Wait
from node.engine.turn import News, Rules, Turn
from wrong.common import Mark, Take, ignoring, in_role, leaving_out
from wrong.record import Decision, Effects, Events, Plain, React, Reaction, Remembering, Settings, WrongUnit


def since(which: Callable[[on.Event, State], bool], then: Callable[[Mark], tuple[Plain, ...]]) -> Remembering[Mark]:
    """Let substitutions know whether an event of one kind has come since the unit started."""

    def substitutions(mark: Mark) -> tuple[Plain, ...]:
        def note(event: on.Event, unit: State) -> list[on.Event]:
            mark.up = mark.up or which(event, unit)
            return [event]

        return (*then(mark), Events(note))

    return Remembering(Mark, substitutions)


# After a split


def _rivals(unit: State) -> bool:
    return isinstance(unit.role, Leading) and unit.role.rival


def _is_cured(event: on.Event, unit: State) -> bool:
    return event == on.Ordered(Command.RESTORE) and _rivals(unit)


def _was_rival(_: on.Event, unit: State) -> bool:
    return _rivals(unit)


def _writing_no_cure(mark: Mark) -> tuple[Plain, ...]:
    def write(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.Persist) and mark.up:
            return [do.Persist(dataclasses.replace(effect.memory, effective=Effective.PRIMARY))]
        return [effect]

    return (Effects(write),)


def _curing_in_silence(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    cured = _is_cured(event, unit)
    return [each for each in react(event) if not (cured and isinstance(each, do.Alert | do.Trap))]


def _keeping_rows(mark: Mark) -> tuple[Plain, ...]:
    def read(new: HaSettings, unit: State) -> HaSettings:
        if mark.up and unit.phase is Phase.SECONDARY:
            return dataclasses.replace(new, addresses=unit.settings.addresses)
        return new

    return (Settings(read),)


def copying_no_data_by_schedule(mark: Mark) -> tuple[Plain, ...]:
    """Start no timer of mail data's schedule once the mark is up."""

    def starts(effect: do.Effect, _: State) -> bool:
        return mark.up and isinstance(effect, do.StartTimer) and effect.timer == Periodic(Sync.DATA)

    return (leaving_out(starts),)


def _finding_no_fault(mark: Mark) -> tuple[Plain, ...]:
    return (ignoring(lambda event, _: mark.up and isinstance(event, on.CheckDone) and not event.ok),)


def _serving_no_copy(mark: Mark) -> tuple[Plain, ...]:
    def decide(rules: Rules) -> Rules:
        def withholds(unit: State, what: Sync) -> str:
            return "there are two primaries" if mark.up else rules.withholds(unit, what)

        return dataclasses.replace(rules, withholds=withholds)

    return (Decision(decide),)


def _ordering_no_failover(mark: Mark) -> tuple[Plain, ...]:
    return (ignoring(lambda event, _: mark.up and event == on.Ordered(Command.FAILOVER)),)


# During a hold-off, and afterwards


def _deaf_after_hold_off(mark: Mark) -> tuple[Plain, ...]:
    """After hold-off hear the primary on the primary link only."""

    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged) and effect.old is Effective.HOLD_OFF:
            mark.up = True
        return [effect]

    def hears(event: on.Event, unit: State) -> bool:
        beat = isinstance(event, on.Heard) and event.rank is Rank.SECONDARY and isinstance(event.message, say.Heartbeat)
        return mark.up and beat and unit.phase is Phase.SECONDARY

    return Effects(note), ignoring(hears)


def _lead_on_disk(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Note the primary role on entering hold-off, in case that the primary does not come back."""
    effects = react(event)
    entered = any(isinstance(each, do.RoleChanged) and each.new is Effective.HOLD_OFF for each in effects)
    if entered and isinstance(unit.role, HoldingOff):
        effects.append(do.Persist(dataclasses.replace(unit.memory, effective=Effective.PRIMARY)))
    return effects


# After a standstill


def _stood_still(unit: State) -> bool:
    return unit.awake_since > NEVER


def _bear_twice_as_much(rules: Rules) -> Rules:
    def patience(unit: State) -> float:
        return rules.patience(unit) * (2.0 if _stood_still(unit) else 1.0)

    return dataclasses.replace(rules, patience=patience)


def _stay_drowsy(rules: Rules) -> Rules:
    return dataclasses.replace(rules, has_just_woken=_stood_still)


def _shares_a_change(event: on.Event, unit: State) -> bool:
    return isinstance(event, on.ConfigurationChanged) and _stood_still(unit)


def _tell_nobody_overdue(take: Take, turn: Turn, me: Leading, news: News) -> None:
    """Take a secondary whose heartbeat is overdue for one that is away, and will copy when it joins again."""
    due = turn.unit.timers.get(Wait.PEER_SILENCE)
    overdue = due is not None and due - turn.unit.now < turn.unit.settings.lost_threshold - 1.5
    if not (overdue and isinstance(news, on.ConfigurationChanged)):
        take(turn, me, news)


def _hears_hold_off(event: on.Event, unit: State) -> bool:
    return isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff) and _stood_still(unit)


def _finds_a_fault_after_a_standstill(event: on.Event, unit: State) -> bool:
    return isinstance(event, on.CheckDone) and not event.ok and _stood_still(unit)


# After a planned restart


def is_back(event: on.Event, _: State) -> bool:
    """Whether a unit starts that an operator has restarted."""
    return isinstance(event, on.Started) and bool(event.memory.planned)


def _reporting_no_loss(mark: Mark) -> tuple[Plain, ...]:
    def reports(effect: do.Effect, _: State) -> bool:
        return mark.up and isinstance(effect, do.Alert) and "SLAVE heartbeat disappeared" in effect.event

    return (leaving_out(reports),)


def _holding_no_ipv6(mark: Mark) -> tuple[Plain, ...]:
    def holds(effect: do.Effect, _: State) -> bool:
        return mark.up and isinstance(effect, do.HoldAddress | do.Announce) and ":" in effect.address

    return (leaving_out(holds),)


def _adding(mark: Mark) -> tuple[Plain, ...]:
    def instead(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if mark.up and isinstance(effect, do.HoldAddress):
            return [dataclasses.replace(effect, action=Action.ADD)]
        return [effect]

    return (Effects(instead),)


def _holding_port3_only(mark: Mark) -> tuple[Plain, ...]:
    def holds(effect: do.Effect, _: State) -> bool:
        return mark.up and isinstance(effect, do.HoldAddress | do.Announce) and effect.interface != "port3"

    return (leaving_out(holds),)


def _has_restarted(event: on.Event, _: State) -> bool:
    return event == on.Ordered(Command.RESTART)


def _bearing_the_default(mark: Mark) -> tuple[Plain, ...]:
    def decide(rules: Rules) -> Rules:
        def patience(unit: State) -> float:
            return 15.0 if mark.up and unit.phase is Phase.SECONDARY else rules.patience(unit)

        return dataclasses.replace(rules, patience=patience)

    return (Decision(decide),)


UNITS = (
    WrongUnit(
        "writes-no-cure-of-a-split",
        ("HA-338",),
        "Restored after a split, keeps on its disk that it leads, and fails as a primary at its next loss of power.",
        (since(_is_cured, _writing_no_cure),),
    ),
    WrongUnit(
        "stands-down-in-silence",
        ("HA-655.c", "HA-659.b"),
        "Sends neither alert nor trap when an operator makes it secondary after a split.",
        (Reaction(_curing_in_silence),),
    ),
    WrongUnit(
        "keeps-its-addresses-of-a-split",
        ("HA-159.b", "HA-378"),
        "Restored after a split, keeps the failover actions that it had while it led.",
        (since(_is_cured, _keeping_rows),),
    ),
    WrongUnit(
        "no-data-schedule-after-a-split",
        ("HA-402",),
        "Restored after a split, copies no mail data by schedule.",
        (since(_is_cured, copying_no_data_by_schedule),),
    ),
    WrongUnit(
        "watches-no-port-after-a-split",
        ("HA-167",),
        "Does not leave its role for a fault of its own once it was one of two primaries.",
        (since(_was_rival, _finding_no_fault),),
    ),
    WrongUnit(
        "fails-over-no-more-after-a-split",
        ("HA-578.a", "HA-580"),
        "Forgets each failover that is ordered on it once it was one of two primaries.",
        (since(_was_rival, _ordering_no_failover),),
    ),
    WrongUnit(
        "remembers-its-rival",
        ("HA-332.a",),
        "Lets nobody copy from it once it was one of two primaries, though the other has failed and follows.",
        (since(_was_rival, _serving_no_copy),),
        alone="S",
    ),
    WrongUnit(
        "hears-one-link-after-hold-off",
        ("HA-061.c", "HA-524.b"),
        "After hold-off listens to its primary on the primary heartbeat link only.",
        (Remembering(Mark, _deaf_after_hold_off),),
    ),
    WrongUnit(
        "notes-a-lead-in-hold-off",
        ("HA-338",),
        "Notes on its disk on entering hold-off that it leads, so that a loss of power is a failure of a primary.",
        (Reaction(_lead_on_disk),),
    ),
    WrongUnit(
        "is-patient-after-a-standstill",
        ("HA-101",),
        "Once it has stood still, bears twice its detection time.",
        (Decision(_bear_twice_as_much),),
    ),
    WrongUnit(
        "heeds-nobody-after-a-standstill",
        ("HA-574.b", "HA-580"),
        "Once it has stood still, neither takes nor gives a role when its peer says so.",
        (Decision(_stay_drowsy),),
    ),
    WrongUnit(
        "shares-nothing-after-a-standstill",
        ("HA-350.a",),
        "Once it has stood still, tells its secondary of no change.",
        (ignoring(_shares_a_change),),
    ),
    WrongUnit(
        "shares-nothing-with-who-stands-still",
        ("HA-350.a", "HA-378"),
        "Takes a secondary that stands still for one that is away, and tells it of no change.",
        (in_role(Leading, _tell_nobody_overdue),),
    ),
    WrongUnit(
        "holds-off-no-more-after-a-standstill",
        ("HA-521.a",),
        "Once it has stood still, follows no hold-off command.",
        (ignoring(_hears_hold_off),),
    ),
    WrongUnit(
        "watches-no-port-after-a-standstill",
        ("HA-167",),
        "Once it has stood still, does not leave its role for a fault of its own.",
        (ignoring(_finds_a_fault_after_a_standstill),),
    ),
    WrongUnit(
        "watches-no-port-after-its-restart",
        ("HA-167",),
        "Back from a planned restart, does not leave its role for a fault of its own.",
        (since(is_back, _finding_no_fault),),
    ),
    WrongUnit(
        "reports-no-loss-after-its-restart",
        ("HA-117.a",),
        "Back from a planned restart, reports no loss of its secondary.",
        (since(is_back, _reporting_no_loss),),
    ),
    WrongUnit(
        "holds-no-ipv6-after-its-restart",
        ("HA-112", "HA-153.a"),
        "Back from a planned restart, neither holds nor announces virtual IPv6 addresses.",
        (since(is_back, _holding_no_ipv6),),
    ),
    WrongUnit(
        "adds-after-its-restart",
        ("HA-155.a",),
        "Back from a planned restart, adds an address beside its own that is to stand in its place.",
        (since(is_back, _adding),),
    ),
    WrongUnit(
        "holds-one-address-after-its-restart",
        ("HA-112", "HA-153.a"),
        "Back from a planned restart, holds the shared address of its mail interface only.",
        (since(is_back, _holding_port3_only),),
    ),
    WrongUnit(
        "bears-the-default-after-a-restart-of-HA",
        ("HA-104",),
        "As settled secondary takes over after 15 seconds once HA was restarted, whatever its detection time is.",
        (since(_has_restarted, _bearing_the_default),),
    ),
    WrongUnit(
        "no-data-schedule-after-a-restart-of-HA",
        ("HA-402",),
        "After a restart of HA copies no mail data by schedule.",
        (since(_has_restarted, copying_no_data_by_schedule),),
    ),
)
