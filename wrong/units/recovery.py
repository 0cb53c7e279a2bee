"""Units that are wrong about a fault of their own: when they leave the role, what they do meanwhile, how they end."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, OnFailure
from node.engine.state import Following, Joining, State, Stopped
from node.engine.states import Phase, Row, Trigger
from node.engine.timers import LinkSilent, Wait
from node.engine.transition import move
from node.engine.turn import Conduct, News, Readjusted, Rules, Turn
from wrong.common import Take, changing, ignoring, in_role, leaving_out, taking_row
from wrong.record import Decision, InRole, Plain, React, Reaction, Remembered, Remembering, WrongUnit

STOPPED = {Phase.FAILED, Phase.SWITCHED_OFF}
AGAIN = Wait.JOIN
"""A timer that the reference does not need while it is off."""


@dataclass(slots=True)
class Cure:
    """Whether the unit joins because its fault is over."""

    joins: bool = False


def _is_cured(event: on.Event, before: Phase, after: Phase) -> bool:
    """Whether the unit joins again because its fault is over, and no operator has told it to."""
    return before is Phase.FAILED and after is Phase.JOINING and not isinstance(event, on.Ordered)


def _lead_when_cured(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    before = unit.phase
    done = react(event)
    if _is_cured(event, before, unit.phase):
        done += react(on.TimerFired(Wait.JOIN))
    return done


def _wait_when_cured(cure: Cure) -> tuple[Reaction]:
    def wait(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        if cure.joins and event == on.TimerFired(Wait.JOIN):
            return []
        before = unit.phase
        done = react(event)
        if unit.phase is not before:
            cure.joins = _is_cured(event, before, unit.phase)
        return done

    return (Reaction(wait),)


def _lead_before(memory: on.Memory) -> on.Memory:
    """Treat the role of a secondary as that of a primary."""
    secondary = memory.effective is Effective.SECONDARY
    return dataclasses.replace(memory, effective=Effective.PRIMARY) if secondary else memory


def _come_back(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    if event == on.TimerFired(AGAIN) and unit.phase is Phase.SWITCHED_OFF:
        return react(on.Ordered(Command.RESTART))
    before = unit.phase
    done = react(event)
    if unit.phase is Phase.SWITCHED_OFF and before is not Phase.SWITCHED_OFF:
        done.append(do.StartTimer(AGAIN, 1.0))
    return done


def _watch_while_off(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """While off, listen to the peer, and lead when it has been silent for the detection time."""
    if event == on.TimerFired(AGAIN) and unit.phase is Phase.SWITCHED_OFF:
        return [*react(on.Ordered(Command.RESTORE)), *react(on.TimerFired(Wait.JOIN))]
    before = unit.phase
    done = react(event)
    if unit.phase is Phase.SWITCHED_OFF:
        begins = before is not Phase.SWITCHED_OFF
        done += [do.OpenLinks()] if begins else []
        if begins or (isinstance(event, on.Heard) and isinstance(event.message, say.Heartbeat)):
            done.append(do.StartTimer(AGAIN, unit.settings.lost_threshold))
    return done


def _leave_reason_out(effect: do.Effect, _: State) -> do.Effect:
    if isinstance(effect, do.Alert) and effect.new is Effective.SECONDARY:
        return dataclasses.replace(effect, event=effect.event.partition(" (")[0])
    return effect


@dataclass(slots=True)
class Sent:
    """Heartbeats that were sent after a failure."""

    count: int = 0


def _answer_while_failed(sent: Sent) -> tuple[Plain, ...]:
    """Keep the links, and send heartbeats as a primary."""

    def stop(conduct: Conduct) -> Conduct:
        def enter(turn: Turn, me: Stopped, came_from: Phase) -> None:
            if turn.unit.phase is not Phase.FAILED:
                conduct.enter(turn, me, came_from)

        return dataclasses.replace(conduct, enter=enter)

    def beat(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        done = react(event)
        if event == on.TimerFired(Wait.HEARTBEAT) and unit.phase is Phase.FAILED:
            sent.count += 1
            seq = unit.heartbeats + sent.count
            says = say.Heartbeat(
                unit.memory.boot, seq, unit.settings.mode, Effective.PRIMARY, joining=False, version=unit.version
            )
            done += [do.Send(rank, says) for rank in unit.group.links.ranks]
        return done

    return InRole(Stopped, stop), Reaction(beat)


def _fail_when_following(rules: Rules) -> Rules:
    failed = Row(Phase.FAILED, "monitoring found a failure of this unit", "none: it is wrong")
    return dataclasses.replace(rules, table={**rules.table, (Phase.SECONDARY, Trigger.FAULT): failed})


def _take_every_check(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Treat every failed check as a fault."""
    take(turn, me, news)
    if isinstance(news, on.CheckDone) and not news.ok:
        move(turn, Trigger.FAULT, news.what, into=Stopped({news.what}))


def _forget_role(conduct: Conduct) -> Conduct:
    """Ignore on-failure when the fault is over."""

    def enter(turn: Turn, me: Joining, came_from: Phase) -> None:
        if me.cured:
            turn.unit.settings = dataclasses.replace(turn.unit.settings, on_failure=OnFailure.BECOME_SECONDARY)
        conduct.enter(turn, me, came_from)

    return dataclasses.replace(conduct, enter=enter)


def _overlook_settings(take: Take, turn: Turn, me: Stopped, news: News) -> None:
    if not isinstance(news, Readjusted):
        take(turn, me, news)


def _drops_its_claim(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Take a claim of its own, by its settings, for an operator's order, which is given up after half a minute."""
    if me.claim is not None and me.claim.lasting:
        me.claim = dataclasses.replace(me.claim, lasting=False)
        turn.start(Wait.ORDER, me.claim.limit)
    take(turn, me, news)


def _serve_though_latched(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """Start mail when off after a restart at whose end another unit leads."""
    before = unit.phase
    effects = react(event)
    if before is Phase.JOINING and unit.phase is Phase.SWITCHED_OFF:
        effects.append(do.StartMail())
    return effects


UNITS = (
    WrongUnit(
        "restores-no-failed-unit",
        ("HA-572",),
        "Ignores an operator's restore while it is failed: its next check is to decide.",
        (ignoring(lambda event, unit: event == on.Ordered(Command.RESTORE) and unit.phase is Phase.FAILED),),
    ),
    WrongUnit(
        "fails-for-what-nobody-looks-for",
        ("HA-018.a", "HA-168"),
        "Stays failed when interface monitoring is disabled, because no check can succeed any more.",
        (in_role(Stopped, _overlook_settings),),
    ),
    WrongUnit(
        "waits-for-a-dead-peer",
        ("HA-300.b",),
        "While it joins, does not notice that the peer which was to lead falls silent.",
        (
            ignoring(
                lambda event, unit: (
                    isinstance(event, on.TimerFired)
                    and isinstance(event.timer, LinkSilent)
                    and unit.phase is Phase.JOINING
                )
            ),
        ),
    ),
    WrongUnit(
        "drops-its-claim-after-half-a-minute",
        ("HA-321",),
        "With restore-role, does not take its role back when it could not synchronize for half a minute.",
        (in_role(Following, _drops_its_claim),),
    ),
    WrongUnit(
        "looks-away",
        ("HA-017.a", "HA-167"),
        "Ignores a monitored interface that is down.",
        (ignoring(lambda event, _: isinstance(event, on.CheckDone)),),
    ),
    WrongUnit(
        "fails-for-ever",
        ("HA-018.a", "HA-018.b"),
        "Does not notice that its fault is over.",
        (ignoring(lambda event, _: isinstance(event, on.CheckDone) and event.ok),),
    ),
    WrongUnit(
        "fails-with-its-address",
        ("HA-336.b",),
        "Keeps the virtual address when it finds a fault of its own.",
        (leaving_out(lambda effect, unit: isinstance(effect, do.ReleaseAddress) and unit.phase is Phase.FAILED),),
    ),
    WrongUnit(
        "fails-with-its-mail",
        ("HA-336.a",),
        "Goes on processing mail when it finds a fault of its own.",
        (leaving_out(lambda effect, unit: isinstance(effect, do.StopMail) and unit.phase in STOPPED),),
    ),
    WrongUnit(
        "leads-as-soon-as-it-is-cured",
        ("HA-018.a", "HA-330.b"),
        "Leads again when its fault is over, whatever on-failure says and even if its peer leads.",
        (Reaction(_lead_when_cured),),
    ),
    WrongUnit(
        "waits-for-a-peer-for-ever",
        ("HA-300.b",),
        "Once its fault is over, never leads without hearing another unit.",
        (Remembering(Cure, _wait_when_cured),),
    ),
    WrongUnit(
        "switches-every-failure-off",
        ("HA-338",),
        "With on-failure off, stays off after any power loss, also after one as secondary.",
        (Remembered(_lead_before),),
    ),
    WrongUnit(
        "comes-back-from-off-by-itself",
        ("HA-311.b",),
        "Is off after its failure, but comes back by itself after a while.",
        (Reaction(_come_back),),
    ),
    WrongUnit(
        "takes-over-while-it-is-off",
        ("HA-122.a",),
        "Is off after its failure, but takes over when the unit that replaced it fails, too.",
        (Reaction(_watch_while_off),),
    ),
    WrongUnit(
        "gives-no-reason",
        ("HA-322.a",),
        "Reports that it has given its role back, but not why.",
        (changing(_leave_reason_out),),
    ),
    WrongUnit(
        "fails-where-it-should-be-off",
        ("HA-310",),
        "Is failed after a fault of its own although on-failure is off.",
        (taking_row(Phase.PRIMARY, Trigger.FAULT_OFF, Trigger.FAULT),),
    ),
    WrongUnit(
        "is-off-where-it-should-fail",
        ("HA-320.a", "HA-330.a"),
        "Is off after a fault of its own, whatever on-failure says.",
        (taking_row(Phase.PRIMARY, Trigger.FAULT, Trigger.FAULT_OFF),),
    ),
    WrongUnit(
        "answers-while-it-fails",
        ("HA-013.b", "HA-017.a", "HA-167"),
        "Keeps sending heartbeats as a primary when it has failed, so that its peer does not take over.",
        (Remembering(Sent, _answer_while_failed),),
    ),
    WrongUnit(
        "fails-as-secondary",
        ("HA-170",),
        "Leaves also the secondary role when it finds a fault of its own.",
        (Decision(_fail_when_following), in_role(Following, _take_every_check)),
    ),
    WrongUnit(
        "goes-by-become-secondary",
        ("HA-320.b",),
        "After a fault found by monitoring acts as if on-failure were become-secondary.",
        (InRole(Joining, _forget_role),),
    ),
    WrongUnit(
        "serves-mail-when-it-comes-back-too-late",
        ("HA-311.a",),
        "Is off, as on-failure says, when it comes back from a restart and another unit leads, but processes mail.",
        (Reaction(_serve_though_latched),),
    ),
    WrongUnit(
        "is-off-again-before-it-leads",
        ("HA-313.a",),
        "Is off again when it restarts after an operator has restored it and before it leads.",
        (Remembered(lambda memory: dataclasses.replace(memory, reclaiming=False)),),
    ),
)
