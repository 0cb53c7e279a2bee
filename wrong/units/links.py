"""Units that are wrong about their heartbeat links, the ports on them, and what a silence is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Action, Rank
from node.engine.settings import HaSettings
from node.engine.states import Phase
from wrong.common import leaving_out
from wrong.record import Answers, Decision, Effects, React, Reaction, Settings, WrongUnit
from wrong.units.detection import taking_for_silence
from wrong.view import View


def admit_by_password(answers: Answers, _: View) -> Answers:
    """Let in whoever knows the password."""

    def admits(rank: Rank, source: str, *, password_matches: bool) -> bool:
        del rank, source
        return password_matches

    return dataclasses.replace(answers, admits=admits)


def _first_only(settings: HaSettings, _: View) -> HaSettings:
    return dataclasses.replace(settings, links=tuple(each for each in settings.links if each.rank is Rank.PRIMARY))


def _swap_ranks(settings: HaSettings, _: View) -> HaSettings:
    other = {Rank.PRIMARY: Rank.SECONDARY, Rank.SECONDARY: Rank.PRIMARY}
    links = (dataclasses.replace(each, rank=other[each.rank]) for each in settings.links)
    return dataclasses.replace(settings, links=tuple(links))


def _usual_ports(settings: HaSettings, _: View) -> HaSettings:
    """Put the usual interfaces in place, with the peers that belong to them."""
    usual = {Rank.PRIMARY: "port6", Rank.SECONDARY: "port5"}
    peers = {each.interface: each for each in settings.links}
    links = (
        dataclasses.replace(peers[usual[each.rank]], rank=each.rank)
        for each in settings.links
        if usual[each.rank] in peers
    )
    return dataclasses.replace(settings, links=tuple(links))


def _keep_disabled(settings: HaSettings, unit: View) -> HaSettings:
    known = {each.rank for each in settings.links}
    kept = tuple(each for each in unit.settings.links if each.rank not in known)
    return dataclasses.replace(settings, links=settings.links + kept)


def _use_port4(settings: HaSettings, _: View) -> HaSettings:
    """Move the link to an interface that carries no heartbeat."""
    links = (
        dataclasses.replace(each, interface="port4") if each.rank is Rank.SECONDARY else each for each in settings.links
    )
    return dataclasses.replace(settings, links=tuple(links))


def _share_heartbeat_interface(effect: do.Effect, unit: View) -> Iterable[do.Effect]:
    """Hold a stray address (from the documentation range) before starting mail."""
    link = next(iter(unit.settings.links), None)
    if isinstance(effect, do.StartMail) and unit.phase is Phase.PRIMARY and link is not None:
        return [do.HoldAddress(link.interface, Action.ADD, "198.51.100.6/24"), effect]
    return [effect]


def _wait_for_peer(react: React, event: on.Event, _: View) -> list[do.Effect]:
    return [do.StartTimer("join", 1.0)] if event == on.TimerFired("join") else react(event)


def _panic(react: React, event: on.Event, unit: View) -> list[do.Effect]:
    done = react(event)
    if isinstance(event, on.CarrierChanged) and not event.up and unit.phase is Phase.SECONDARY:
        done += react(on.TimerFired("silence"))
    return done


def _stop_all(effect: do.Effect, _: View) -> Iterable[do.Effect]:
    """Fall silent with the log line that names a failed link."""
    failed = isinstance(effect, do.Log) and "FAILED" in effect.message
    return [effect, do.CloseLinks()] if failed else [effect]


UNITS = (
    WrongUnit(
        "ignores-the-second-link",
        ("HA-060", "HA-061"),
        "Takes only the primary heartbeat interface from its settings.",
        (Settings(_first_only),),
    ),
    WrongUnit(
        "takes-the-ranks-the-other-way",
        ("HA-059", "HA-060"),
        "Takes the secondary heartbeat interface for the primary one, and the reverse.",
        (Settings(_swap_ranks),),
    ),
    WrongUnit(
        "takes-the-highest-port",
        ("HA-059",),
        "Uses port6 for the primary heartbeat link and port5 for the secondary one, whichever are marked.",
        (Settings(_usual_ports),),
    ),
    WrongUnit(
        "keeps-disabled-links",
        ("HA-063",),
        "Goes on using a heartbeat interface that was disabled.",
        (Settings(_keep_disabled),),
    ),
    WrongUnit(
        "speaks-where-it-should-not",
        ("HA-050",),
        "Uses port4 for the secondary heartbeat link.",
        (Settings(_use_port4),),
    ),
    WrongUnit(
        "ignores-peer-addresses",
        ("HA-065", "HA-067"),
        "Listens to anyone who has the password, whatever peer-ip says.",
        (Decision(admit_by_password),),
    ),
    WrongUnit(
        "shares-its-heartbeat-interface",
        ("HA-068",),
        "Gives its primary heartbeat interface another address while it leads.",
        (Effects(_share_heartbeat_interface),),
    ),
    WrongUnit(
        "needs-a-peer",
        ("HA-058", "HA-067"),
        "Never leads without having heard a peer.",
        (Reaction(_wait_for_peer),),
    ),
    WrongUnit(
        "second-link-is-all",
        ("HA-061",),
        "Takes the loss of its secondary link for the loss of its peer.",
        (taking_for_silence("secondary"),),
    ),
    WrongUnit(
        "panics-without-a-cable",
        ("HA-121",),
        "Takes over as soon as one of its interfaces has no carrier.",
        (Reaction(_panic),),
    ),
    WrongUnit(
        "stops-at-a-lost-link",
        ("HA-061",),
        "Closes all its links when one is lost.",
        (Effects(_stop_all),),
    ),
    WrongUnit(
        "hides-returned-links",
        ("HA-073",),
        "Logs that a link is lost, and not that it is back.",
        (
            leaving_out(
                lambda effect, _: (
                    isinstance(effect, do.Log) and "beat status" in effect.message and "FAILED" not in effect.message
                )
            ),
        ),
    ),
)
