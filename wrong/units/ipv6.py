"""Units that are wrong only over IPv6."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from node.engine import effects as do
from node.engine.modes import Action, Rank
from node.engine.settings import HaSettings, Link
from node.engine.state import State
from node.engine.turn import Rules
from wrong.common import leaving_out
from wrong.record import Decision, Settings, WrongUnit


def reading_links(read: Callable[[Link], Link]) -> Settings:
    """Use another address as the peer's on a link."""
    return Settings(
        lambda settings, _: dataclasses.replace(settings, links=tuple(read(link) for link in settings.links))
    )


def _admit_any_source(rules: Rules) -> Rules:
    """Compare IPv4 addresses only."""
    return dataclasses.replace(
        rules,
        admits=lambda unit, rank, source, matches: (
            (matches and ":" in source) or rules.admits(unit, rank, source, matches)
        ),
    )


def _admit_without_password(rules: Rules) -> Rules:
    return dataclasses.replace(
        rules, admits=lambda unit, rank, source, matches: ":" in source or rules.admits(unit, rank, source, matches)
    )


def _add_ip6(settings: HaSettings, _: State) -> HaSettings:
    addresses = tuple(
        dataclasses.replace(each, action=Action.ADD) if ":" in each.address else each for each in settings.addresses
    )
    return dataclasses.replace(settings, addresses=addresses)


UNITS = (
    WrongUnit(
        "ignores-peer-ip6",
        ("HA-072",),
        "Recognizes its peer by IPv4 addresses only.",
        (reading_links(lambda link: dataclasses.replace(link, peer6="")),),
    ),
    WrongUnit(
        "prefers-ipv6",
        ("HA-072",),
        "Dials the peer's IPv6 address although an IPv4 address is set.",
        (reading_links(lambda link: dataclasses.replace(link, peer="") if link.peer6 else link),),
    ),
    WrongUnit(
        "ipv6-on-the-primary-link-only",
        ("HA-072",),
        "Ignores peer-ip6 on the secondary heartbeat link.",
        (reading_links(lambda link: dataclasses.replace(link, peer6="") if link.rank is Rank.SECONDARY else link),),
    ),
    WrongUnit(
        "admits-any-ipv6-source",
        ("HA-455",),
        "Admits anyone who knows the password from any IPv6 address.",
        (Decision(_admit_any_source),),
    ),
    WrongUnit(
        "admits-over-ipv6-without-password",
        ("HA-453.a",),
        "Asks nobody for the password over IPv6.",
        (Decision(_admit_without_password),),
    ),
    WrongUnit(
        "announces-no-ipv6",
        ("HA-113.a",),
        "Sends no neighbour advertisement for an IPv6 address that it has taken.",
        (leaving_out(lambda effect, _: isinstance(effect, do.Announce) and ":" in effect.address),),
    ),
    WrongUnit(
        "keeps-virtual-ip6",
        ("HA-154",),
        "Never gives a shared IPv6 address up.",
        (leaving_out(lambda effect, _: isinstance(effect, do.ReleaseAddress) and ":" in effect.address),),
    ),
    WrongUnit(
        "holds-no-virtual-ip6",
        ("HA-112", "HA-153.a"),
        "Leads without the shared IPv6 address.",
        (leaving_out(lambda effect, _: isinstance(effect, do.HoldAddress) and ":" in effect.address),),
    ),
    WrongUnit(
        "adds-virtual-ip6",
        ("HA-155.a",),
        "Treats the failover action `set` as `add` for an IPv6 address.",
        (Settings(_add_ip6),),
    ),
)
