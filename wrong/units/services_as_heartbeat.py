"""Units that are wrong about the services of their primary as its heartbeat: when they count, and what goes on then."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import Following, State
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.transition import move
from node.engine.turn import News, PeerHeard, Readjusted, Rules, Turn
from node.settings.values import is_unset
from wrong.common import Mark, Take, ignoring, in_role, leaving_out
from wrong.record import Decision, Events, Remembering, Settings, WrongUnit

StandsIn = Callable[[State, Following], bool]


def _standing_in(change: Callable[[StandsIn], StandsIn]) -> Decision:
    """Decide otherwise whether services serve as heartbeat; `change` receives the reference's rule."""
    return Decision(lambda rules: dataclasses.replace(rules, stands_in=change(rules.stands_in)))


def _set(*, enabled: bool) -> Settings:
    return Settings(lambda settings, _: dataclasses.replace(settings, services_as_heartbeat=enabled))


def _monitors(settings: HaSettings) -> bool:
    return any(each.enabled for each in settings.remote)


def _is_held(turn: Turn) -> bool:
    """Whether the services alone hold this unit back."""
    return turn.unit.phase is Phase.SECONDARY and not turn.runs(Wait.SILENCE)


def _wait_on(take: Take, turn: Turn, me: Following, news: News) -> None:
    if not (isinstance(news, on.CheckDone) and _is_held(turn)):
        take(turn, me, news)


def _lead_at_first_failure(take: Take, turn: Turn, me: Following, news: News) -> None:
    if isinstance(news, on.CheckDone) and not news.ok and _is_held(turn):
        move(turn, Trigger.SILENCE)
    else:
        take(turn, me, news)


def _count_from_silence(take: Take, turn: Turn, me: Following, news: News) -> None:
    if news == on.TimerFired(Wait.SILENCE) and turn.unit.settings.services_as_heartbeat:
        me.found = ""
        me.strikes.clear()
    take(turn, me, news)


def _decide_once(take: Take, turn: Turn, me: Following, news: News) -> None:
    if not (isinstance(news, Readjusted) and _is_held(turn)):
        take(turn, me, news)


def _copy_on(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Copy the configuration after each check, over a link that no heartbeat comes over."""
    take(turn, me, news)
    if isinstance(news, on.CheckDone) and _is_held(turn):
        turn.do(do.StartSync(Sync.CONFIG, Rank.PRIMARY))


def _copy_to_the_end(effect: do.Effect, unit: State) -> bool:
    """Whether this ends a copy or a hand-over since services alone are the heartbeat."""
    follows = isinstance(unit.role, Following) and unit.phase is Phase.SECONDARY
    return isinstance(effect, do.CancelSync | do.CancelHandOver) and follows


def _forget_a_copy(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Make no copy again that services have interrupted."""
    running = me.syncs.running
    take(turn, me, news)
    if running is not None and _is_held(turn) and me.syncs.running is None:
        me.syncs.due.discard(running)


def _forget_a_hand_over(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Hand nothing over again once services have interrupted a hand-over."""
    running = me.queue_running
    take(turn, me, news)
    if _is_held(turn):
        me.queue_running = running


def _remember_a_leave(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Know for good that the primary has left, though it is heard again."""
    left = me.left
    take(turn, me, news)
    me.left = me.left or left


def _count_no_more(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Wait for no silence any more once services have held this unit back."""
    held = isinstance(news, PeerHeard) and _is_held(turn)
    take(turn, me, news)
    if held and turn.runs(Wait.SILENCE):
        turn.stop(Wait.SILENCE)


def _rank_second(rules: Rules) -> Rules:
    """Let services take over from the primary link: the secondary one then carries no synchronization."""

    def may_copy(unit: State) -> bool:
        by_services = unit.settings.services_as_heartbeat and _monitors(unit.settings)
        primary_is_lost = unit.group.links.alive.get(Rank.PRIMARY) is False
        return rules.may_copy(unit) and not (by_services and primary_is_lost)

    return dataclasses.replace(rules, may_copy=may_copy)


def _holding_once(mark: Mark) -> Decision:
    def change(stands_in: StandsIn) -> StandsIn:
        def once(unit: State, me: Following) -> bool:
            first, mark.up = not mark.up, mark.up or stands_in(unit, me)
            return first and stands_in(unit, me)

        return once

    return _standing_in(change)


def _note_carriers(mark: Mark) -> Events:
    def note(event: on.Event, _: State) -> list[on.Event]:
        mark.up = mark.up or (isinstance(event, on.CarrierChanged) and not event.up)
        return [event]

    return Events(note)


def _monitoring_all(unit: State, me: Following) -> bool:
    """Whether there is a service with an address, whatever its status is."""
    answers = not me.found and any(not is_unset(each.address) for each in unit.settings.remote)
    return unit.settings.services_as_heartbeat and answers


UNITS = (
    WrongUnit(
        "takes-no-service-for-a-heartbeat",
        ("HA-290", "HA-707", "HA-074", "HA-109"),
        "Takes over when both links are silent, whatever services answer and remote-services-as-heartbeat says.",
        (_set(enabled=False),),
    ),
    WrongUnit(
        "takes-smtp-alone-for-a-heartbeat",
        ("HA-290",),
        "Takes no service but SMTP for a heartbeat.",
        (
            _standing_in(
                lambda stands_in: (
                    lambda unit, me: (
                        stands_in(unit, me)
                        and any(each.enabled and each.name == "remote-smtp" for each in unit.settings.remote)
                    )
                )
            ),
        ),
    ),
    WrongUnit(
        "takes-services-for-a-heartbeat-as-secondary-only",
        ("HA-290", "HA-707"),
        "Takes services for a heartbeat only where its configured mode is secondary.",
        (
            _standing_in(
                lambda stands_in: lambda unit, me: stands_in(unit, me) and unit.settings.mode is Mode.SECONDARY
            ),
        ),
    ),
    WrongUnit(
        "takes-no-service-for-a-heartbeat-without-a-cable",
        ("HA-290", "HA-707"),
        "Takes no service for a heartbeat once a heartbeat interface has lost its carrier.",
        (
            Remembering(
                Mark,
                lambda mark: (
                    _note_carriers(mark),
                    _standing_in(lambda stands_in: lambda unit, me: stands_in(unit, me) and not mark.up),
                ),
            ),
        ),
    ),
    WrongUnit(
        "takes-services-for-a-heartbeat-once",
        ("HA-290",),
        "Takes services for a heartbeat the first time that both links fail, and not the next.",
        (Remembering(Mark, lambda mark: (_holding_once(mark),)),),
    ),
    WrongUnit(
        "takes-services-for-a-heartbeat-unasked",
        ("HA-292",),
        "Takes services for a heartbeat although remote-services-as-heartbeat is disabled.",
        (_set(enabled=True),),
    ),
    WrongUnit(
        "leaves-its-primary-alone-when-services-fail-too",
        ("HA-291",),
        "Does not take over when the services fail that alone have been the heartbeat.",
        (in_role(Following, _wait_on),),
    ),
    WrongUnit(
        "takes-over-at-the-first-failed-check-without-links",
        ("HA-291",),
        "Takes over at the first failed check of the services that alone are the heartbeat, whatever retries says.",
        (in_role(Following, _lead_at_first_failure),),
    ),
    WrongUnit(
        "counts-failed-services-from-the-silence-on",
        ("HA-109",),
        "Counts failed checks anew when both links are silent, and so takes over later than both have failed.",
        (in_role(Following, _count_from_silence),),
    ),
    WrongUnit(
        "counts-no-silence-after-services-were-the-heartbeat",
        ("HA-260",),
        "Goes by the services alone once they were the heartbeat, and does not tell its primary that one has failed.",
        (in_role(Following, _count_no_more),),
    ),
    WrongUnit(
        "heeds-remote-services-as-heartbeat-alone",
        ("HA-293",),
        "Does not take over where remote-services-as-heartbeat is enabled, whether it monitors a service or not.",
        (_standing_in(lambda _: lambda unit, me: unit.settings.services_as_heartbeat and not me.found),),
    ),
    WrongUnit(
        "takes-disabled-services-for-a-heartbeat",
        ("HA-293",),
        "Takes a service for a heartbeat that has an address and is not monitored.",
        (_standing_in(lambda _: _monitoring_all),),
    ),
    WrongUnit(
        "decides-about-services-at-the-silence-only",
        ("HA-292", "HA-293"),
        "Goes on waiting for services that an operator no longer lets be the heartbeat.",
        (in_role(Following, _decide_once),),
    ),
    WrongUnit(
        "synchronizes-while-services-are-the-heartbeat",
        ("HA-294",),
        "Copies the configuration from a primary that its services alone show to live.",
        (in_role(Following, _copy_on),),
    ),
    WrongUnit(
        "ranks-services-before-the-secondary-link",
        ("HA-074",),
        "Takes services for the heartbeat when the primary link is lost, and synchronizes no longer over the other.",
        (Decision(_rank_second),),
    ),
    WrongUnit(
        "holds-back-for-a-primary-that-has-failed",
        ("HA-208", "HA-290"),
        "Takes the services of a primary that has left its role for its heartbeat, as long as they answer.",
        (ignoring(lambda event, _: isinstance(event, on.Heard) and isinstance(event.message, say.Left)),),
    ),
    WrongUnit(
        "copies-on-while-services-are-the-heartbeat",
        ("HA-294",),
        "Goes on with a copy and a hand-over that are under way when services alone are the heartbeat.",
        (leaving_out(_copy_to_the_end),),
    ),
    WrongUnit(
        "forgets-a-copy-that-services-interrupt",
        ("HA-294",),
        "Does not make a copy again that has ended because services alone were the heartbeat.",
        (in_role(Following, _forget_a_copy),),
    ),
    WrongUnit(
        "hands-nothing-over-after-services-were-the-heartbeat",
        ("HA-294",),
        "Hands no queue over any more once a hand-over has ended because services alone were the heartbeat.",
        (in_role(Following, _forget_a_hand_over),),
    ),
    WrongUnit(
        "never-forgets-that-its-primary-has-left",
        ("HA-290",),
        "Takes no service for a heartbeat of a primary that has once left the group, and is back.",
        (in_role(Following, _remember_a_leave),),
    ),
)
