"""Units that are wrong about recovery, restarts and an operator's commands."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, OnFailure
from node.engine.state import Claim, Following, State
from node.engine.states import Phase, Trigger
from node.engine.status import Status
from node.engine.timers import Wait
from node.engine.turn import News, PeerHeard, Turn
from wrong.common import Take, alerting_no, changing, hearing_no, ignoring, in_role, sending_no, taking_row, waiting
from wrong.record import Effects, Events, Remembered, Remembering, Settings, Shown, WrongUnit


def taking_every_failure_for(on_failure: OnFailure) -> Settings:
    """Treat every value of on-failure as this one."""
    return Settings(lambda settings, _: dataclasses.replace(settings, on_failure=on_failure))


def deaf_to(command: Command) -> Events:
    """Ignore one command of an operator."""
    return ignoring(lambda event, _: event == on.Ordered(command))


def showing(change: Callable[[Status], Status]) -> Shown:
    """Show a changed status."""
    return Shown(lambda status, _: change(status))


def _forget_latch(memory: on.Memory) -> on.Memory:
    forgotten = dataclasses.replace(memory, latched_off=False, effective=Effective.SECONDARY)
    return forgotten if memory.latched_off else memory


@dataclass(slots=True)
class Led:
    """Whether the unit has led since it started."""

    it: bool = False


def _forget_off_on_reboot(memory: on.Memory) -> on.Memory:
    return _forget_latch(memory) if memory.planned else memory


def _keep_no_fault(led: Led) -> tuple[Effects]:
    """Keep on the volume no off that came while the unit ran."""

    def keep(effect: do.Effect, unit: State) -> do.Effect:
        led.it = led.it or unit.phase is Phase.PRIMARY
        if isinstance(effect, do.Persist) and effect.memory.latched_off and led.it:
            return do.Persist(dataclasses.replace(effect.memory, latched_off=False, effective=Effective.SECONDARY))
        return effect

    return (changing(keep),)


def _rewrite_mode(status: Status) -> Status:
    modes = {Effective.PRIMARY: Mode.PRIMARY, Effective.SECONDARY: Mode.SECONDARY}
    return dataclasses.replace(status, configured=modes.get(status.effective, status.configured))


def _forget_asking(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Ask for the role once, and do not take the role when a heartbeat shows that it is free."""
    if isinstance(news, PeerHeard) and me.claim is not None and me.claim.asking:
        me.claim = None
        if turn.runs(Wait.ORDER):
            turn.stop(Wait.ORDER)
    take(turn, me, news)


def _ask_at_once(take: Take, turn: Turn, me: Following, news: News) -> None:
    take(turn, me, news)
    unit = turn.unit
    settled = unit.phase is Phase.SECONDARY and unit.settings.mode is Mode.PRIMARY
    if settled and isinstance(news, PeerHeard) and not (me.claim is not None and me.claim.asking):
        me.claim = Claim("impatience", lasting=True, asking=True)


def _take_for_new(event: on.Event, unit: State) -> list[on.Event]:
    match event:
        case on.Heard(rank, say.GiveRole() | say.OfferRole() as message):
            boot, seq = unit.memory.boot, unit.heartbeats
            return [on.Heard(rank, dataclasses.replace(message, seq=1 << 30, heard_boot=boot, heard_seq=seq))]
    return [event]


UNITS = (
    WrongUnit(
        "heeds-late-words",
        ("HA-572", "HA-580"),
        "Takes what its peer says about the role for new when it comes late over the slower link.",
        (Events(_take_for_new),),
    ),
    WrongUnit(
        "always-off",
        ("HA-320.a", "HA-330.a"),
        "Treats every on-failure as `off`.",
        (taking_every_failure_for(OnFailure.OFF),),
    ),
    WrongUnit(
        "always-restores-role",
        ("HA-331", "HA-420.b"),
        "Treats every on-failure as `restore-role`: the role returns without an order.",
        (taking_every_failure_for(OnFailure.RESTORE_ROLE),),
    ),
    WrongUnit(
        "always-becomes-secondary",
        ("HA-300.a", "HA-310", "HA-321", "HA-337"),
        "Treats every on-failure as `become-secondary`.",
        (taking_every_failure_for(OnFailure.BECOME_SECONDARY),),
    ),
    WrongUnit(
        "forgets-that-it-was-off",
        ("HA-312.a",),
        "Is off after its failure, but no longer after the next restart.",
        (Remembered(_forget_latch),),
    ),
    WrongUnit(
        "forgets-on-a-reboot-that-it-was-off",
        ("HA-312.b", "HA-312.c"),
        "Is off after its failure, but no longer after an operator has rebooted it.",
        (Remembered(_forget_off_on_reboot),),
    ),
    WrongUnit(
        "keeps-its-fault-in-memory-only",
        ("HA-312.c",),
        "Is off after a fault that monitoring found, but no longer after a restart.",
        (Remembering(Led, _keep_no_fault),),
    ),
    WrongUnit(
        "hides-its-power-loss",
        ("HA-324",),
        "Does not report that it had been shut down.",
        (alerting_no("shutdown"),),
    ),
    WrongUnit(
        "sends-no-hold-off",
        ("HA-520.a",),
        "Reboots without telling its secondary.",
        (sending_no(say.HoldOff),),
    ),
    WrongUnit(
        "ignores-hold-off",
        ("HA-521.a",),
        "Goes on watching its primary in spite of hold-off.",
        (hearing_no(say.HoldOff),),
    ),
    WrongUnit(
        "breaks-hold-off",
        ("HA-522", "HA-523"),
        "Holds off for five seconds only.",
        (waiting(Wait.HOLD_OFF, 5.0),),
    ),
    WrongUnit(
        "ignores-restore",
        ("HA-313.a", "HA-313.b", "HA-572"),
        "Does nothing when an operator restores the configured mode.",
        (deaf_to(Command.RESTORE),),
    ),
    WrongUnit(
        "ignores-failover",
        ("HA-580",),
        "Does nothing when an operator forces a failover.",
        (deaf_to(Command.FAILOVER),),
    ),
    WrongUnit(
        "rewrites-its-mode",
        ("HA-009", "HA-012"),
        "Shows the effective mode as the configured one.",
        (showing(_rewrite_mode),),
    ),
    WrongUnit(
        "boasts-of-its-role",
        ("HA-010.b", "HA-020.b"),
        "Shows effective primary whatever it does.",
        (showing(lambda status: dataclasses.replace(status, effective=Effective.PRIMARY)),),
    ),
    WrongUnit(
        "never-resumes",
        ("HA-524.a",),
        "Never leaves hold-off before its time, though its primary is back.",
        (taking_row(Phase.HOLD_OFF, Trigger.RESUME, None),),
    ),
    WrongUnit(
        "fails-over-by-silence",
        ("HA-580",),
        "On a forced failover leaves the role without a message, so that the peer waits for the detection time.",
        (sending_no(say.GiveRole), in_role(Following, _forget_asking)),
    ),
    WrongUnit(
        "asks-for-the-role-at-once",
        ("HA-331",),
        "As a configured primary that follows, asks for the role whenever it hears a primary.",
        (in_role(Following, _ask_at_once),),
    ),
)
