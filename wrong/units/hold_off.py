"""Units that are wrong about hold-off: when it is sent, how long it lasts, and what they do meanwhile."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, Rank, SystemEvent
from node.engine.state import Following, HoldingOff, Joining, State
from node.engine.states import Phase, Trigger
from node.engine.status import Status
from node.engine.timers import Wait
from node.engine.timing import HOLD_OFF_LIMIT
from node.engine.transition import move
from node.engine.turn import News, PeerHeard, Readjusted, Turn
from wrong.common import Take, alerting_no, changing, ignoring, in_role, leaving_out, taking_row, waiting
from wrong.record import Effects, Events, Plain, Remembering, WrongUnit
from wrong.units.roles import showing


@dataclass(slots=True)
class Deafness:
    """Whether a hold-off of the unit has ended."""

    since_hold_off: bool = False


def sending_none_for(command: Command) -> Effects:
    """Send no hold-off before one kind of restart."""

    def announces(effect: do.Effect, _: State) -> bool:
        message = effect.message if isinstance(effect, do.Send) else None
        return isinstance(message, say.HoldOff) and message.reason == command.value

    return leaving_out(announces)


def _hold_off_for_shutdown(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
    if effect != do.SystemTrap(SystemEvent.HALT):
        return [effect]
    hold_off = say.HoldOff(unit.memory.boot, Command.SHUTDOWN.value)
    return [*(do.Send(rank, hold_off) for rank in unit.group.links.ranks), effect]


def _hold_off_anew(take: Take, turn: Turn, me: HoldingOff, news: News) -> None:
    take(turn, me, news)
    if isinstance(news, Readjusted):
        turn.start(Wait.HOLD_OFF, HOLD_OFF_LIMIT)


def _is_for_a_primary(event: on.Event, unit: State) -> bool:
    """Whether a hold-off reaches a unit that is configured as primary."""
    hold_off = isinstance(event, on.Heard) and isinstance(event.message, say.HoldOff)
    return hold_off and unit.settings.mode is Mode.PRIMARY


def _watch_in_hold_off(effect: do.Effect, unit: State) -> do.Effect:
    begins = isinstance(effect, do.StartTimer) and effect.timer is Wait.HOLD_OFF
    return do.StartTimer(Wait.HOLD_OFF, unit.settings.lost_threshold) if begins else effect


def _forget_to_watch(deafness: Deafness) -> tuple[Plain, ...]:
    def note(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        if isinstance(effect, do.RoleChanged):
            goes_on = (effect.old, effect.new) == (Effective.HOLD_OFF, Effective.SECONDARY)
            deafness.since_hold_off = deafness.since_hold_off or goes_on
        return [effect]

    def overhears(event: on.Event, _: State) -> bool:
        return deafness.since_hold_off and event == on.TimerFired(Wait.SILENCE)

    return Effects(note), ignoring(overhears)


def _is_hold_off_unheard(effect: do.Effect, unit: State) -> bool:
    return isinstance(effect, do.Send) and isinstance(effect.message, say.HoldOff) and unit.group.peer is None


def _hide_hold_off(status: Status) -> Status:
    hidden = status.effective is Effective.HOLD_OFF
    return dataclasses.replace(status, effective=Effective.SECONDARY) if hidden else status


def _announces_an_upgrade_on_the_secondary_link(effect: do.Effect, _: State) -> bool:
    match effect:
        case do.Send(Rank.SECONDARY, say.HoldOff(reason=reason)):
            return reason == Command.UPGRADE.value
    return False


def _believe_any_heartbeat(take: Take, turn: Turn, me: HoldingOff, news: News) -> None:
    """Leave hold-off also with a heartbeat that was sent before the restart."""
    if isinstance(news, PeerHeard) and news.beat.effective is Effective.PRIMARY:
        move(turn, Trigger.RESUME, into=Following(claim=me.claim))
        return
    take(turn, me, news)


def _obey_twice(event: on.Event, unit: State) -> Iterable[on.Event]:
    """Take the hold-off command that comes a second time for another one."""
    match event:
        case on.Heard(rank, say.HoldOff(boot, reason)) if boot == unit.held_off_by and unit.phase is Phase.SECONDARY:
            return [on.Heard(rank, say.HoldOff(boot + 1, reason))]
    return [event]


def _sleep_through_its_end(take: Take, turn: Turn, me: HoldingOff, news: News) -> None:
    """Wait for ever when hold-off has run out while the unit stood still."""
    if news != on.TimerFired(Wait.HOLD_OFF) or turn.unit.now > turn.unit.awake_since:
        take(turn, me, news)


def _hear_no_command_yet(take: Take, turn: Turn, me: Joining, news: News) -> None:
    """While joining, heed no hold-off command."""
    if not (isinstance(news, on.Heard) and isinstance(news.message, say.HoldOff)):
        take(turn, me, news)


UNITS = (
    WrongUnit(
        "holds-off-only-when-settled",
        ("HA-019.a", "HA-731.b"),
        "Takes a planned restart of its primary for a failure while it has not synchronized yet.",
        (
            taking_row(Phase.FIRST_SYNC, Trigger.HOLD_OFF, None),
            taking_row(Phase.FIRST_SYNC_FAILED, Trigger.HOLD_OFF, None),
        ),
    ),
    WrongUnit(
        "is-settled-after-hold-off",
        ("HA-015.a",),
        "Follows in full after hold-off, though it has never synchronized.",
        (taking_row(Phase.HOLD_OFF, Trigger.PEER_IS_PRIMARY, Trigger.RESUME),),
    ),
    WrongUnit(
        "holds-off-for-a-shutdown",
        ("HA-530.a",),
        "Sends hold-off before a shutdown too.",
        (Effects(_hold_off_for_shutdown),),
    ),
    WrongUnit(
        "sends-no-hold-off-for-a-reload",
        ("HA-019.b", "HA-520.b"),
        "Reloads without telling its secondary.",
        (sending_none_for(Command.RELOAD),),
    ),
    WrongUnit(
        "sends-no-hold-off-for-an-upgrade",
        ("HA-520.d", "HA-731.a"),
        "Restarts into another release without telling its secondary.",
        (sending_none_for(Command.UPGRADE),),
    ),
    WrongUnit(
        "sends-no-hold-off-to-a-peer-that-it-does-not-hear",
        ("HA-520.a",),
        "Restarts without hold-off when it does not hear its secondary, though that hears it.",
        (leaving_out(_is_hold_off_unheard),),
    ),
    WrongUnit(
        "only-the-primary-holds-off",
        ("HA-520.a",),
        "A configured primary that follows does not hold off for the secondary that leads.",
        (ignoring(_is_for_a_primary),),
    ),
    WrongUnit(
        "holds-off-for-five-minutes",
        ("HA-522",),
        "Holds off for five minutes, as a sister product does.",
        (waiting(Wait.HOLD_OFF, 300.0),),
    ),
    WrongUnit(
        "never-tires-of-hold-off",
        ("HA-522", "HA-523"),
        "Holds off for a day.",
        (waiting(Wait.HOLD_OFF, 86400.0),),
    ),
    WrongUnit(
        "watches-in-hold-off",
        ("HA-521.b",),
        "Enters hold-off, but goes on watching its primary's heartbeat.",
        (changing(_watch_in_hold_off),),
    ),
    WrongUnit(
        "forgets-to-watch-after-hold-off",
        ("HA-524.b",),
        "Never watches the heartbeat again after a hold-off.",
        (Remembering(Deafness, _forget_to_watch),),
    ),
    WrongUnit(
        "insists-on-an-answer",
        ("HA-520.a",),
        "Goes down only when its secondary has confirmed the hold-off, or after a minute.",
        (waiting(Wait.RESTART, 60.0),),
    ),
    WrongUnit(
        "shows-secondary-in-hold-off",
        ("HA-019.c", "HA-521.a"),
        "Shows the effective mode secondary while it holds off.",
        (showing(_hide_hold_off),),
    ),
    WrongUnit(
        "enters-hold-off-in-silence",
        ("HA-525.b",),
        "Sends no alert on entering hold-off.",
        (alerting_no(old=Effective.SECONDARY, new=Effective.HOLD_OFF),),
    ),
    WrongUnit(
        "leaves-hold-off-in-silence",
        ("HA-525.c",),
        "Sends no alert on leaving hold-off.",
        (alerting_no(old=Effective.HOLD_OFF, new=Effective.SECONDARY),),
    ),
    WrongUnit(
        "takes-over-after-each-hold-off",
        ("HA-524.c",),
        "Takes the role as soon as its hold-off ends.",
        (taking_row(Phase.HOLD_OFF, Trigger.RESUME, Trigger.HOLD_OFF_OVER),),
    ),
    WrongUnit(
        "announces-its-upgrade-on-one-link",
        ("HA-061.a", "HA-731.a"),
        "Sends the hold-off for an upgrade on the primary heartbeat link only.",
        (leaving_out(_announces_an_upgrade_on_the_secondary_link),),
    ),
    WrongUnit(
        "keeps-its-settings-through-hold-off",
        ("HA-055.a", "HA-104"),
        "Saves and shows what an operator sets while it holds off, and goes by it only after its next start.",
        (ignoring(lambda event, unit: isinstance(event, on.SettingsChanged) and unit.phase is Phase.HOLD_OFF),),
    ),
    WrongUnit(
        "believes-any-heartbeat",
        ("HA-521.b", "HA-524.c"),
        "Leaves hold-off with a heartbeat from before the restart, which comes late on the slower link.",
        (in_role(HoldingOff, _believe_any_heartbeat),),
    ),
    WrongUnit(
        "obeys-twice",
        ("HA-572",),
        "Goes back into hold-off when the command comes a second time, although an operator has restored it meanwhile.",
        (Events(_obey_twice),),
    ),
    WrongUnit(
        "sleeps-through-the-end-of-hold-off",
        ("HA-523",),
        "Stays in hold-off for ever when it stood still at the end of hold-off.",
        (in_role(HoldingOff, _sleep_through_its_end),),
    ),
    WrongUnit(
        "takes-no-role-in-hold-off",
        ("HA-580",),
        "Ignores in hold-off that its peer gives it the role.",
        (taking_row(Phase.HOLD_OFF, Trigger.GIVEN, None),),
    ),
    WrongUnit(
        "hears-no-hold-off-while-it-joins",
        ("HA-520.a",),
        "Heeds no hold-off command while it looks for its primary.",
        (in_role(Joining, _hear_no_command_yet),),
    ),
    WrongUnit(
        "leads-when-it-is-restored-in-hold-off",
        ("HA-572",),
        "Leads when an operator restores it in hold-off, whatever it is configured to be.",
        (taking_row(Phase.HOLD_OFF, Trigger.RESTORE, Trigger.HOLD_OFF_OVER),),
    ),
    WrongUnit(
        "holds-off-anew-at-a-setting",
        ("HA-522",),
        "Counts the limit of its hold-off from the last change of a setting.",
        (in_role(HoldingOff, _hold_off_anew),),
    ),
)
