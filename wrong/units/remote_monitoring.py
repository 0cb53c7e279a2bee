"""Units that are wrong about the services of their peer: what they check, how they count, and what they do then."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping
from functools import partial

from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import OnFailure
from node.engine.settings import Check, HaSettings
from node.engine.state import ConfigOnly, Following, HoldingOff, Leading, State, Stopped
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.transition import move
from node.engine.turn import News, Readjusted, Rules, Turn
from node.settings import Configuration, in_force
from node.settings.schema import HA
from node.settings.script import merge_synchronized
from node.settings.values import is_unset
from wrong.common import Take, exchanging, hearing_no, ignoring, in_role, sending_no, taking_row
from wrong.record import Decision, InRole, Remembering, Settings, Shown, WrongUnit
from wrong.units.modes import monitor_on, show_config_only, stop_mail

FEW = 2
"""Checks of its peer that a failed unit tries."""


def _is_remote(event: on.Event) -> bool:
    return isinstance(event, on.CheckDone) and event.what.startswith("remote-")


def _with_checks(settings: HaSettings, **changes: object) -> HaSettings:
    remote = tuple(dataclasses.replace(each, **changes) for each in settings.remote)  # type: ignore[arg-type]
    return dataclasses.replace(settings, remote=remote)


def _watch_when(rules: Rules, phases: frozenset[Phase]) -> Rules:
    return dataclasses.replace(rules, watches_peer=lambda unit: unit.phase in phases)


def _watch_and_fail(take: Take, turn: Turn, me: Leading, news: News) -> None:
    """Fail when the peer's services do, as if they were the unit's own."""
    if isinstance(news, on.CheckDone) and _is_remote(news) and not news.ok:
        off = turn.unit.settings.on_failure is OnFailure.OFF
        move(turn, Trigger.FAULT_OFF if off else Trigger.FAULT, news.what, into=Stopped({"local-ports"}))
    else:
        take(turn, me, news)


def _lead_from_hold_off(take: Take, turn: Turn, me: HoldingOff, news: News) -> None:
    if isinstance(news, on.CheckDone) and _is_remote(news) and not news.ok:
        move(turn, Trigger.HOLD_OFF_OVER)
    else:
        take(turn, me, news)


def _lead_at_once(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Take the role before the primary has left it."""
    take(turn, me, news)
    if me.found and turn.unit.phase is Phase.SECONDARY:
        move(turn, Trigger.PEER_FAILED, me.found)


def _never_reset(take: Take, turn: Turn, me: Following, news: News) -> None:
    if not (isinstance(news, on.CheckDone) and _is_remote(news) and news.ok):
        take(turn, me, news)


def _keep_finding(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Tell the primary of a failed service also when it answers again."""
    found = me.found
    take(turn, me, news)
    if isinstance(news, on.CheckDone) and not me.found:
        me.found = found


def _keep_finding_unchecked(take: Take, turn: Turn, me: Following, news: News) -> None:
    found = me.found
    take(turn, me, news)
    if isinstance(news, Readjusted):
        me.found = found


def _keep_counts(take: Take, turn: Turn, me: Following, news: News) -> None:
    strikes = Counter(me.strikes)
    take(turn, me, news)
    if isinstance(news, Readjusted):
        me.strikes = strikes


def _count_anew(take: Take, turn: Turn, me: Following, news: News) -> None:
    take(turn, me, news)
    if isinstance(news, Readjusted):
        me.strikes.clear()


def _count_together(settings: HaSettings, _: State) -> HaSettings:
    """Monitor a service only where all do not answer: only the first that is enabled counts."""
    first = next((each.name for each in settings.remote if each.enabled), "")
    remote = tuple(dataclasses.replace(each, enabled=each.enabled and each.name == first) for each in settings.remote)
    return dataclasses.replace(settings, remote=remote)


def _watch_disabled(settings: HaSettings, _: State) -> HaSettings:
    remote = tuple(dataclasses.replace(each, enabled=not is_unset(each.address)) for each in settings.remote)
    return dataclasses.replace(settings, remote=remote)


def _without(name: str) -> Settings:
    def read(settings: HaSettings, _: State) -> HaSettings:
        return dataclasses.replace(settings, remote=tuple(each for each in settings.remote if each.name != name))

    return Settings(read)


def _at_mail_interface(settings: HaSettings, _: State) -> HaSettings:
    """Ask at the mail interface, whatever the operator says (on the simulated networks)."""
    remote = tuple(
        dataclasses.replace(each, address=each.address.replace("10.0.6.", "10.0.3.")) for each in settings.remote
    )
    return dataclasses.replace(settings, remote=remote)


def _watch_imap_always(settings: HaSettings, _: State) -> HaSettings:
    remote = tuple(
        dataclasses.replace(each, enabled=each.enabled or (each.name == "remote-imap" and not is_unset(each.address)))
        for each in settings.remote
    )
    return dataclasses.replace(settings, remote=remote)


_SHARED = [
    (HA, "service", "remote-smtp", name)
    for name in ("ip", "port", "check-interval", "check-timeout", "retries", "status")
]


def _offer_more(configuration: Configuration) -> tuple[str, str]:
    """Give how SMTP is monitored on a line before the rest."""
    text, checksum = in_force.offer(configuration)
    return json.dumps([configuration.get(path) for path in _SHARED]) + f"\n{text}", checksum


def _copy_more(before: Configuration, text: str, _: str, given: Mapping[str, str]) -> list[in_force.Step]:
    more, _, rest = text.partition("\n")
    after = merge_synchronized(before, rest)
    for path, value in zip(_SHARED, json.loads(more), strict=True):
        after = after.with_value(path, value)
    return in_force.by_operator(before, after, given)


def _watches_its_peer(settings: HaSettings) -> bool:
    return any(each.enabled for each in settings.remote)


def _at_one_address(settings: HaSettings, _: State) -> HaSettings:
    """Ask every service where the first one is that is enabled."""
    address = next((each.address for each in settings.remote if each.enabled), "")
    remote = tuple(dataclasses.replace(each, address=address) for each in settings.remote)
    return dataclasses.replace(settings, remote=remote)


def _at_usual_port(settings: HaSettings, _: State) -> HaSettings:
    ports = {"remote-smtp": 25, "remote-pop": 110, "remote-imap": 143, "remote-http": 80}
    remote = tuple(dataclasses.replace(each, port=ports.get(each.name, each.port)) for each in settings.remote)
    return dataclasses.replace(settings, remote=remote)


def _check_itself_as_its_peer(settings: HaSettings, _: State) -> HaSettings:
    """Take interval and retries of the first service that is enabled for those of the unit's own interfaces."""
    like = next((each for each in settings.remote if each.enabled), settings.local_ports)
    ports = dataclasses.replace(settings.local_ports, interval=like.interval, retries=like.retries)
    return dataclasses.replace(settings, local_ports=ports)


def _check_itself_with_its_peer(settings: HaSettings, _: State) -> HaSettings:
    """Check the own shared interfaces wherever a service of the peer is to be checked."""
    if not any(each.enabled for each in settings.remote):
        return settings
    shared = tuple(dict.fromkeys(each.interface for each in settings.addresses))
    return dataclasses.replace(settings, local_ports=Check(enabled=True, interval=1, retries=2), monitored=shared)


def _take_twice_the_time(settings: HaSettings, _: State) -> HaSettings:
    remote = tuple(dataclasses.replace(each, timeout=2 * each.timeout) for each in settings.remote)
    return dataclasses.replace(settings, remote=remote)


def _give_up_trying(tries: list[on.Event]) -> InRole:
    def take_few(take: Take, turn: Turn, me: Stopped, news: News) -> None:
        if isinstance(news, on.CheckDone) and _is_remote(news):
            tries.append(news)
            if len(tries) > FEW:
                return
        take(turn, me, news)

    return in_role(Stopped, take_few)


UNITS = (
    WrongUnit(
        "checks-itself-as-its-peer",
        ("HA-266.c",),
        "Checks its own interfaces at the interval, and with the retries, of the services that it monitors.",
        (Settings(_check_itself_as_its_peer),),
    ),
    WrongUnit(
        "checks-itself-with-its-peer",
        ("HA-266.c",),
        "Checks its own interfaces where it is to monitor services of its peer, whatever its local settings say.",
        (Settings(_check_itself_with_its_peer),),
    ),
    WrongUnit(
        "gives-its-peer-up-while-failed",
        ("HA-017.c",),
        "Tries a few times only to reach its peer while it is failed.",
        (Remembering(list, lambda tries: (_give_up_trying(tries),)),),
    ),
    WrongUnit(
        "asks-all-services-at-one-address",
        ("HA-264", "HA-252"),
        "Asks every service of its peer at the address of the first.",
        (Settings(_at_one_address),),
    ),
    WrongUnit(
        "asks-services-at-their-usual-ports",
        ("HA-252",),
        "Asks the services of its peer at the ports where they usually are, whatever port says.",
        (Settings(_at_usual_port),),
    ),
    WrongUnit(
        "monitors-imap-in-every-mode",
        ("HA-251.e",),
        "Monitors IMAP also when it is not in server mode.",
        (Settings(_watch_imap_always),),
    ),
    WrongUnit(
        "shares-its-remote-monitoring",
        ("HA-266.a", "HA-266.b"),
        "Copies from its primary how SMTP is monitored, and goes by that.",
        (exchanging(offer=_offer_more, copy=_copy_more),),
    ),
    WrongUnit(
        "monitors-its-peer-in-a-config-only-group",
        ("HA-027.f", "HA-268"),
        "In config-only modes stops mail when a service of its peer does not answer.",
        (
            InRole(ConfigOnly, partial(monitor_on, stop_mail, monitors=_watches_its_peer)),
            Decision(lambda rules: _watch_when(rules, frozenset({Phase.SECONDARY, Phase.CONFIG_ONLY}))),
            Shown(show_config_only),
        ),
    ),
    WrongUnit(
        "monitors-no-peer",
        ("HA-250", "HA-255", "HA-261.a", "HA-261.b", "HA-334", "HA-335", "HA-256", "HA-252"),
        "Never checks the services of its peer.",
        (Decision(lambda rules: _watch_when(rules, frozenset())),),
    ),
    WrongUnit(
        "reaches-nobody-while-failed",
        ("HA-334", "HA-300.c"),
        "Checks no services of its peer while it is failed, and so stays failed.",
        (Decision(lambda rules: _watch_when(rules, frozenset({Phase.SECONDARY}))),),
    ),
    WrongUnit(
        "fails-with-its-peers-services",
        ("HA-250", "HA-267"),
        "Checks its peer's services also while it leads, and fails when they do not answer.",
        (
            Decision(lambda rules: _watch_when(rules, frozenset({Phase.SECONDARY, Phase.PRIMARY}))),
            in_role(Leading, _watch_and_fail),
        ),
    ),
    WrongUnit(
        "checks-services-in-hold-off",
        ("HA-521.c",),
        "Goes on checking its peer's services in hold-off, and takes the role over.",
        (
            Decision(lambda rules: _watch_when(rules, frozenset({Phase.SECONDARY, Phase.HOLD_OFF}))),
            in_role(HoldingOff, _lead_from_hold_off),
        ),
    ),
    WrongUnit(
        "keeps-its-role-when-told-to-step-down",
        ("HA-259.b", "HA-260", "HA-017.b"),
        "Goes on leading when its peer tells it that its services have failed.",
        (hearing_no(say.StepDown),),
    ),
    WrongUnit(
        "tells-no-primary-to-step-down",
        ("HA-260", "HA-259.b"),
        "Finds its primary failed, and does not tell it.",
        (sending_no(say.StepDown),),
    ),
    WrongUnit(
        "leads-beside-a-failed-service",
        ("HA-260",),
        "Takes the role as soon as it finds its primary failed, and does not tell it: both lead.",
        (sending_no(say.StepDown), in_role(Following, _lead_at_once)),
    ),
    WrongUnit(
        "lets-nobody-lead-after-a-failed-service",
        ("HA-259.a",),
        "Does not take the role that a primary has left at its word.",
        (taking_row(Phase.SECONDARY, Trigger.PEER_FAILED, None), taking_row(Phase.SECONDARY, Trigger.SILENCE, None)),
    ),
    WrongUnit(
        "is-failed-by-its-peer-although-off",
        ("HA-259.b", "HA-311.b"),
        "Is failed, and comes back by itself, when its peer finds it faulty and its on-failure is off.",
        (taking_row(Phase.PRIMARY, Trigger.FOUND_OFF, Trigger.FOUND),),
    ),
    WrongUnit(
        "is-off-when-its-peer-finds-it-failed",
        ("HA-017.b", "HA-259.b"),
        "Is off, whatever its on-failure is, when its peer finds it faulty.",
        (taking_row(Phase.PRIMARY, Trigger.FOUND, Trigger.FOUND_OFF),),
    ),
    WrongUnit(
        "takes-one-failed-service-check-for-all",
        ("HA-255", "HA-258"),
        "Finds its primary failed at the first failed check of a service, whatever retries says.",
        (Settings(lambda settings, _: _with_checks(settings, retries=1)),),
    ),
    WrongUnit(
        "never-forgets-a-failed-service-check",
        ("HA-255",),
        "Counts all failed checks of a service, though it answered in between.",
        (in_role(Following, _never_reset),),
    ),
    WrongUnit(
        "tells-of-a-service-that-answers-again",
        ("HA-255",),
        "Once it has found a service failed, tells its primary to leave its role, though the service answers again.",
        (in_role(Following, _keep_finding),),
    ),
    WrongUnit(
        "tells-of-a-service-that-is-monitored-no-more",
        ("HA-257",),
        "Tells its primary to leave its role for a failed service that an operator no longer has monitored.",
        (in_role(Following, _keep_finding_unchecked),),
    ),
    WrongUnit(
        "counts-on-when-a-service-is-monitored-again",
        ("HA-255", "HA-257"),
        "Counts failed checks of a service from before its monitoring was disabled and enabled again.",
        (in_role(Following, _keep_counts),),
    ),
    WrongUnit(
        "counts-failed-checks-anew-at-each-setting",
        ("HA-255",),
        "Forgets the failed checks of all services whenever an operator changes a setting.",
        (in_role(Following, _count_anew),),
    ),
    WrongUnit(
        "waits-half-a-minute-for-a-service",
        ("HA-254", "HA-258"),
        "Gives a service that says nothing half a minute, whatever check-timeout says.",
        (Settings(lambda settings, _: _with_checks(settings, timeout=30)),),
    ),
    WrongUnit(
        "gives-a-service-twice-its-time",
        ("HA-254",),
        "Gives a service twice the time of check-timeout to answer.",
        (Settings(_take_twice_the_time),),
    ),
    WrongUnit(
        "gives-a-service-one-second",
        ("HA-254",),
        "Gives a service one second to answer, whatever check-timeout says.",
        (Settings(lambda settings, _: _with_checks(settings, timeout=1)),),
    ),
    WrongUnit(
        "checks-services-each-second",
        ("HA-258", "HA-252"),
        "Checks the services of its peer each second, whatever check-interval says.",
        (Settings(lambda settings, _: _with_checks(settings, interval=1)),),
    ),
    WrongUnit(
        "monitors-services-that-are-disabled",
        ("HA-257",),
        "Monitors every service for which there is an address, whatever its status is.",
        (Settings(_watch_disabled),),
    ),
    WrongUnit(
        "monitors-the-first-service-only",
        ("HA-256", "HA-252"),
        "Monitors the first of the services that are enabled, and no other.",
        (Settings(_count_together),),
    ),
    WrongUnit(
        "monitors-no-smtp",
        ("HA-251.a",),
        "Does not monitor SMTP.",
        (_without("remote-smtp"),),
    ),
    WrongUnit(
        "monitors-no-pop3",
        ("HA-251.b",),
        "Does not monitor POP3.",
        (_without("remote-pop"),),
    ),
    WrongUnit(
        "monitors-no-imap",
        ("HA-251.d",),
        "Does not monitor IMAP, in server mode either.",
        (_without("remote-imap"),),
    ),
    WrongUnit(
        "monitors-no-http",
        ("HA-251.c",),
        "Does not monitor HTTP.",
        (_without("remote-http"),),
    ),
    WrongUnit(
        "asks-its-peer-at-the-mail-interface",
        ("HA-263",),
        "Asks the services of its peer at the mail interface, also where they are to be monitored at another.",
        (Settings(_at_mail_interface),),
    ),
    WrongUnit(
        "leaves-detection-to-its-checks",
        ("HA-269",),
        "Takes no silence of a primary whose services it monitors for its failure.",
        (
            ignoring(
                lambda event, unit: (
                    event == on.TimerFired(Wait.SILENCE) and any(each.enabled for each in unit.settings.remote)
                )
            ),
        ),
    ),
)
