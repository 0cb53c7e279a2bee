"""Units that guard one place where a peer, its password or its mail data is asked about, and not the one beside it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from node.engine import events as on
from node.engine import messages as say
from node.engine import syncing
from node.engine.modes import Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.state import Following, Leading, State
from node.engine.states import Phase
from node.engine.turn import News, Rules, Turn
from node.exchange.queue import Giver, Giving
from node.settings import Configuration, checksum, ha_settings, in_force
from node.settings.configuration import HOSTNAME
from node.settings.script import merge_synchronized
from wrong.common import Take, exchanging, in_role
from wrong.record import Decision, Exchanging, Settings, WrongUnit


def knowing(of: Callable[[str], str]) -> Settings:
    """Compare a part of the password only."""

    def read(settings: HaSettings, _: State) -> HaSettings:
        return dataclasses.replace(settings, password=of(settings.password))

    return Settings(read)


def trusting(where: Callable[[State], bool]) -> Decision:
    """Ask for no password in some states, if the address is the peer's."""

    def decide(rules: Rules) -> Rules:
        def admits(unit: State, rank: Rank, source: str, password_matches: bool) -> bool:  # noqa: FBT001
            return rules.admits(unit, rank, source, password_matches or where(unit))

        return dataclasses.replace(rules, admits=admits)

    return Decision(decide)


def _copy_what_is_offered(take: Take, turn: Turn, me: Following, news: News) -> None:
    take(turn, me, news)
    if isinstance(news, on.Heard) and isinstance(news.message, say.OfferRole) and me is turn.unit.role:
        me.syncs.want(Sync.DATA)
        syncing.start(turn, me.syncs)


def _give_what_is_offered(rules: Rules) -> Rules:
    def withholds(unit: State, what: Sync) -> str:
        return "" if isinstance(unit.role, Leading) and unit.role.offering else rules.withholds(unit, what)

    return dataclasses.replace(rules, withholds=withholds)


def copying(pattern: str, instead: str) -> Exchanging:
    """Copy settings with some of their text replaced, and do not look at the checksum then."""

    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        other = re.sub(pattern, instead, text)
        if other != text:
            expected = checksum(merge_synchronized(before, other))
        return in_force.by_copy(before, other, expected, given)

    return exchanging(copy=copy)


class TenAtMost(Giver[Any]):
    """Gives ten messages in one hand-over, and keeps the rest."""

    def begin(self, waiting: Iterable[Any]) -> list[Giving[Any]]:
        """Begin with the first ten."""
        return super().begin(islice(waiting, 10))


def _copy_the_name_in_a_group(
    before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    if ha_settings(before).mode.active_passive:
        return in_force.by_copy(before, text, expected, given)
    after = merge_synchronized(before, text).with_value(HOSTNAME, "other-gateway")
    return in_force.by_operator(before, after, given)[:-1]


UNITS = (
    WrongUnit(
        "knows-sixteen-characters-of-its-password",
        ("HA-453.a",),
        "Takes passwords for the same that differ after their sixteenth character only.",
        (knowing(lambda password: password[:16]),),
    ),
    WrongUnit(
        "knows-sixty-four-characters-of-its-password",
        ("HA-453.a",),
        "Takes passwords for the same that differ after their sixty-fourth character only.",
        (knowing(lambda password: password[:64]),),
    ),
    WrongUnit(
        "knows-the-end-of-its-password",
        ("HA-453.a",),
        "Takes passwords for the same that have their last eight characters in common.",
        (knowing(lambda password: password[-8:]),),
    ),
    WrongUnit(
        "knows-no-sign-of-its-password",
        ("HA-453.a",),
        "Takes passwords for the same that differ in signs only.",
        (knowing(lambda password: re.sub(r"[\W_]", "", password) or password),),
    ),
    WrongUnit(
        "asks-for-no-password-in-hold-off",
        ("HA-453.a", "HA-455"),
        "Lets anyone at its peer's address in while it is in hold-off.",
        (trusting(lambda unit: unit.phase is Phase.HOLD_OFF),),
    ),
    WrongUnit(
        "asks-for-no-password-as-a-primary-that-follows",
        ("HA-453.a", "HA-455"),
        "Lets anyone at its peer's address in while it follows, if it is configured as primary.",
        (trusting(lambda unit: unit.phase is Phase.SECONDARY and unit.settings.mode is Mode.PRIMARY),),
    ),
    WrongUnit(
        "copies-what-it-does-not-synchronize-with-a-role",
        ("HA-403",),
        "Copies mail data before it takes a role that is offered, though that is disabled on it.",
        (in_role(Following, _copy_what_is_offered),),
    ),
    WrongUnit(
        "gives-what-it-does-not-synchronize-with-its-role",
        ("HA-403",),
        "Gives mail data with a role that it offers, though that is disabled on it.",
        (Decision(_give_what_is_offered),),
    ),
    WrongUnit(
        "copies-texts-up-to-a-sign",
        ("HA-350.a",),
        "Copies texts without what follows a # in them.",
        (copying(r"(?m)#[^'\n]*'$", "'"),),
    ),
    WrongUnit(
        "copies-texts-without-quotes",
        ("HA-350.a",),
        "Copies texts without the quotes in them.",
        (copying(r"""'"'"'""", ""),),
    ),
    WrongUnit(
        "copies-sixty-characters-of-a-text",
        ("HA-350.a",),
        "Copies comments of sixty characters at most.",
        (copying(r"(?m)(set comment \S{60})\S+$", r"\1"),),
    ),
    WrongUnit(
        "copies-one-address-that-is-set",
        ("HA-159.a",),
        "Of several interfaces with the failover action set, copies the first.",
        (copying(r"(?m)^(\s*set failover .*\n)(\s*set failover .*\n)+", r"\1"),),
    ),
    WrongUnit(
        "copies-the-host-name-in-a-config-only-group",
        ("HA-358",),
        "Takes its primary's host name with each copy of the configuration of a config-only group.",
        (exchanging(copy=_copy_the_name_in_a_group),),
    ),
    WrongUnit(
        "hands-ten-messages-over",
        ("HA-424",),
        "Hands ten messages of its queue over, and keeps the rest.",
        (exchanging(giver=TenAtMost),),
    ),
)
