"""Units that are wrong about their heartbeat links, the ports on them, and what a silence is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Action, Rank
from node.engine.settings import HaSettings
from node.engine.state import Following, Leading, State
from node.engine.states import Phase
from node.engine.timers import LinkSilent, Wait
from node.engine.turn import News, PeerHeard, Readjusted, Rules, Turn
from wrong.common import Take, in_role, leaving_out, taking_for_awake
from wrong.record import Decision, Effects, Plain, React, Reaction, Remembering, Settings, WrongUnit
from wrong.units.detection import taking_for_silence


@dataclass(slots=True)
class Missed:
    """Seconds in which a heartbeat was missed."""

    seconds: float = 0.0


@dataclass(slots=True)
class Reopened:
    """Whether heartbeat links have been opened anew by changed settings."""

    yes: bool = False


def admit_by_password(rules: Rules) -> Rules:
    """Admit anyone who knows the password."""
    return dataclasses.replace(rules, admits=lambda _unit, _rank, _source, password_matches: password_matches)


def _first_only(settings: HaSettings, _: State) -> HaSettings:
    return dataclasses.replace(settings, links=tuple(each for each in settings.links if each.rank is Rank.PRIMARY))


def _swap_ranks(settings: HaSettings, _: State) -> HaSettings:
    other = {Rank.PRIMARY: Rank.SECONDARY, Rank.SECONDARY: Rank.PRIMARY}
    links = (dataclasses.replace(each, rank=other[each.rank]) for each in settings.links)
    return dataclasses.replace(settings, links=tuple(links))


def _usual_ports(settings: HaSettings, _: State) -> HaSettings:
    """Use the usual interfaces, with the peers that belong to them."""
    usual = {Rank.PRIMARY: "port6", Rank.SECONDARY: "port5"}
    peers = {each.interface: each for each in settings.links}
    links = (
        dataclasses.replace(peers[usual[each.rank]], rank=each.rank)
        for each in settings.links
        if usual[each.rank] in peers
    )
    return dataclasses.replace(settings, links=tuple(links))


def _keep_disabled(settings: HaSettings, unit: State) -> HaSettings:
    known = {each.rank for each in settings.links}
    kept = tuple(each for each in unit.settings.links if each.rank not in known)
    return dataclasses.replace(settings, links=settings.links + kept)


def _keep_disabled_over_ipv6(settings: HaSettings, unit: State) -> HaSettings:
    return _keep_disabled(settings, unit) if any(not each.peer for each in unit.settings.links) else settings


@dataclass(slots=True)
class Disabled:
    """Links whose heartbeat-status was set to disable."""

    links: set[Rank] = field(default_factory=set)


def _sync_over_disabled(disabled: Disabled) -> tuple[Plain, ...]:
    """Keep a disabled link for synchronization, and send no heartbeat on it."""

    def keep(settings: HaSettings, unit: State) -> HaSettings:
        kept = _keep_disabled(settings, unit)
        disabled.links |= {each.rank for each in kept.links} - {each.rank for each in settings.links}
        return kept

    def use(effect: do.Effect, _: State) -> Iterable[do.Effect]:
        match effect:
            case do.Send(rank, say.Heartbeat()) if rank in disabled.links:
                return []
            case do.StartSync() if disabled.links:
                return [dataclasses.replace(effect, rank=min(disabled.links))]
        return [effect]

    return Settings(keep), Effects(use)


def _use_port4(settings: HaSettings, _: State) -> HaSettings:
    """Move the link to an interface that carries no heartbeat."""
    links = (
        dataclasses.replace(each, interface="port4") if each.rank is Rank.SECONDARY else each for each in settings.links
    )
    return dataclasses.replace(settings, links=tuple(links))


def _share_heartbeat_interface(effect: do.Effect, unit: State) -> Iterable[do.Effect]:
    """Hold a stray address (from the documentation range) before starting mail."""
    link = next(iter(unit.settings.links), None)
    if isinstance(effect, do.StartMail) and unit.phase is Phase.PRIMARY and link is not None:
        return [do.HoldAddress(link.interface, Action.ADD, "198.51.100.6/24"), effect]
    return [effect]


def _wait_for_peer(react: React, event: on.Event, _: State) -> list[do.Effect]:
    return [do.StartTimer(Wait.JOIN, 1.0)] if event == on.TimerFired(Wait.JOIN) else react(event)


def _panic(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    done = react(event)
    if isinstance(event, on.CarrierChanged) and not event.up and unit.phase is Phase.SECONDARY:
        done += react(on.TimerFired(Wait.SILENCE))
    return done


def _stop_all(effect: do.Effect, _: State) -> Iterable[do.Effect]:
    """Fall silent with the log line that names a failed link."""
    failed = isinstance(effect, do.Log) and "FAILED" in effect.message
    return [effect, do.CloseLinks()] if failed else [effect]


LATE = 1.2
"""Seconds after which a heartbeat counts as missed."""


def _spare_mail(settings: HaSettings, _: State) -> HaSettings:
    """Use no interface for the heartbeat that has a failover action."""
    shared = {each.interface for each in settings.addresses}
    return dataclasses.replace(settings, links=tuple(each for each in settings.links if each.interface not in shared))


def _add_silences_up(missed: Missed) -> tuple[Plain, ...]:
    def hear(take: Take, turn: Turn, me: Following, news: News) -> None:
        if isinstance(news, PeerHeard) and turn.unit.phase is Phase.SECONDARY:
            missed.seconds += max(0.0, turn.unit.now - me.primary_heard_at - LATE)
        take(turn, me, news)

    def lose_patience(rules: Rules) -> Rules:
        def patience(unit: State) -> float:
            return max(0.1, rules.patience(unit) - missed.seconds)

        return dataclasses.replace(rules, patience=patience)

    return in_role(Following, hear), Decision(lose_patience)


def _count_by_second(take: Take, turn: Turn, me: Following, news: News) -> None:
    """Hear no heartbeat that comes more than half a second late."""
    late = turn.unit.now - me.primary_heard_at > 1.5  # noqa: PLR2004 - as its sentence says
    if not (isinstance(news, PeerHeard) and late and turn.unit.phase is Phase.SECONDARY):
        take(turn, me, news)


def _follow_unadjusted(take: Take, turn: Turn, me: Following, news: News) -> None:
    if not isinstance(news, Readjusted):
        take(turn, me, news)


def _lead_unadjusted(take: Take, turn: Turn, me: Leading, news: News) -> None:
    """Take everything but the detection time from changed settings."""
    if isinstance(news, Readjusted):
        news = Readjusted(dataclasses.replace(news.old, lost_threshold=turn.unit.settings.lost_threshold))
    take(turn, me, news)


def _leave_links_unadjusted(react: React, event: on.Event, _: State) -> list[do.Effect]:
    done = react(event)
    if not isinstance(event, on.SettingsChanged):
        return done
    return [each for each in done if not (isinstance(each, do.StartTimer) and isinstance(each.timer, LinkSilent))]


def _unlogged_once_reopened(reopened: Reopened) -> tuple[Plain, ...]:
    def without(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        links = unit.settings.links
        effects = react(event)
        reopened.yes = reopened.yes or (unit.phase.in_group and unit.settings.links != links)
        return [
            each for each in effects if not (reopened.yes and isinstance(each, do.Log) and "heart beat" in each.message)
        ]

    return (Reaction(without),)


def _moves_a_role_beside_the_primary_link(effect: do.Effect, unit: State) -> bool:
    match effect:
        case do.Send(Rank.SECONDARY, say.AskRole() | say.GiveRole() | say.OfferRole()):
            return bool(unit.group.links.alive.get(Rank.PRIMARY))
    return False


UNITS = (
    WrongUnit(
        "ignores-the-second-link",
        ("HA-060.a", "HA-061.a"),
        "Uses only the primary heartbeat interface of its settings.",
        (Settings(_first_only),),
    ),
    WrongUnit(
        "takes-the-ranks-the-other-way",
        ("HA-059.b", "HA-060.b", "HA-166.c"),
        "Uses the secondary heartbeat interface as the primary one, and the reverse.",
        (Settings(_swap_ranks),),
    ),
    WrongUnit(
        "takes-the-highest-port",
        ("HA-059.b",),
        "Uses port6 for the primary heartbeat link and port5 for the secondary one, whatever is set.",
        (Settings(_usual_ports),),
    ),
    WrongUnit(
        "keeps-disabled-links",
        ("HA-063.a",),
        "Keeps using a heartbeat interface that was disabled.",
        (Settings(_keep_disabled),),
    ),
    WrongUnit(
        "keeps-disabled-links-over-ipv6",
        ("HA-063.a", "HA-063.b"),
        "Keeps using a heartbeat interface that was disabled, where it knows its peer by an IPv6 address.",
        (Settings(_keep_disabled_over_ipv6),),
    ),
    WrongUnit(
        "synchronizes-over-disabled-links",
        ("HA-063.b",),
        "Sends no heartbeat on an interface that was disabled, but uses it for synchronization.",
        (Remembering(Disabled, _sync_over_disabled),),
    ),
    WrongUnit(
        "speaks-where-it-should-not",
        ("HA-050.a", "HA-050.b"),
        "Uses port4 for the secondary heartbeat link.",
        (Settings(_use_port4),),
    ),
    WrongUnit(
        "ignores-peer-addresses",
        ("HA-065", "HA-067.a"),
        "Listens to anyone who has the password, whatever peer-ip says.",
        (Decision(admit_by_password),),
    ),
    WrongUnit(
        "keeps-heartbeat-and-mail-apart",
        ("HA-076.a",),
        "Sends no heartbeat on an interface that carries mail.",
        (Settings(_spare_mail),),
    ),
    WrongUnit(
        "shares-its-heartbeat-interface",
        ("HA-068.a",),
        "Gives its primary heartbeat interface another address while it leads.",
        (Effects(_share_heartbeat_interface),),
    ),
    WrongUnit(
        "needs-a-peer",
        ("HA-058.a", "HA-067.b"),
        "Never leads without having heard a peer.",
        (Reaction(_wait_for_peer),),
    ),
    WrongUnit(
        "second-link-is-all",
        ("HA-061.c",),
        "Treats the loss of its secondary link as the loss of its peer.",
        (taking_for_silence(Rank.SECONDARY),),
    ),
    WrongUnit(
        "panics-without-a-cable",
        ("HA-121",),
        "Takes over as soon as one of its interfaces has no carrier.",
        (Reaction(_panic),),
    ),
    WrongUnit(
        "stops-at-a-lost-link",
        ("HA-061.a",),
        "Closes all its links when one is lost.",
        (Effects(_stop_all),),
    ),
    WrongUnit(
        "hides-returned-links",
        ("HA-073",),
        "Logs that a link is lost, but not that it is back.",
        (
            leaving_out(
                lambda effect, _: (
                    isinstance(effect, do.Log) and "beat status" in effect.message and "FAILED" not in effect.message
                )
            ),
        ),
    ),
    WrongUnit(
        "adds-silences-up",
        ("HA-102",),
        "Counts missed heartbeats and never resets the count.",
        (Remembering(Missed, _add_silences_up),),
    ),
    WrongUnit(
        "counts-heartbeats-by-second",
        ("HA-103.a",),
        "Ignores a heartbeat that comes more than half a second late.",
        (in_role(Following, _count_by_second),),
    ),
    WrongUnit(
        "blames-its-peer-for-its-own-stall",
        ("HA-101",),
        "Does not notice that it stood still itself.",
        (in_role(Following, taking_for_awake(Wait.SILENCE)),),
    ),
    WrongUnit(
        "keeps-the-old-detection-time",
        ("HA-104",),
        "Judges a silence by the detection time that was set when the silence began.",
        (
            in_role(Following, _follow_unadjusted),
            in_role(Leading, _lead_unadjusted),
            Reaction(_leave_links_unadjusted),
        ),
    ),
    WrongUnit(
        "forgets-links-that-are-opened-anew",
        ("HA-073",),
        "Once a heartbeat interface was changed in a running group, logs no more heartbeat status.",
        (Remembering(Reopened, _unlogged_once_reopened),),
    ),
    WrongUnit(
        "moves-roles-on-the-link-it-hears",
        ("HA-061.a", "HA-578.a", "HA-580"),
        "Says what moves the role on the secondary link only while it hears nothing on the primary one.",
        (leaving_out(_moves_a_role_beside_the_primary_link),),
    ),
)
