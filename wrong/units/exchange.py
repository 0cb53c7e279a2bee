"""Units that are wrong about settings, mail data and queued mail that pass between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from node.engine import events as on
from node.exchange.mail_data import merged
from node.exchange.queue import Giver, Giving, MoveIn, Remove, Step, Take, Taker, Taking, taking
from node.settings import Configuration, in_force, merge_synchronized
from node.settings.configuration import HOSTNAME
from wrong.common import exchanging
from wrong.record import Exchanging, OnLinux, WrongUnit


class GiverOfOne:
    """Gives only the first message of a queue."""

    def __init__(self) -> None:
        """Otherwise give as the reference does."""
        self._giver: Giver[Any] = Giver()

    def __getattr__(self, name: str) -> object:
        """Return what the reference has under this name."""
        return getattr(self._giver, name)

    def begin(self, waiting: Iterable[Any]) -> list[Giving[Any]]:
        """Begin with the first message that waits."""
        return self._giver.begin(islice(waiting, 1))


class _GiverInsulted(Giver[Any]):
    """Tells the engine nothing of a hand-over that the taker has refused."""

    def __init__(self) -> None:
        """Be refused nothing yet."""
        super().__init__()
        self._refused = False

    def end(self, problem: str = "") -> list[Giving[Any]]:
        """Note a refusal, by its words."""
        self._refused |= problem == "this unit is not primary"
        return super().end(problem)

    def ended(self) -> on.QueueHandedOver | None:
        """Return the end, unless it was a refusal."""
        return None if self._refused else super().ended()


class _GiverThatDrops(Giver[Any]):
    """Loses the message that would be next when it is stopped."""

    def __init__(self) -> None:
        """Be under way."""
        super().__init__()
        self._drops = False

    def stop(self) -> None:
        """Stop as the reference does."""
        super().stop()
        self._drops = True

    def read(self, item: object, message: str, size: int) -> list[Giving[Any]]:
        """Offer the message, or lose it."""
        lost: list[Giving[Any]] = [Remove(item)] if self._drops else []
        return [*lost, *super().read(item, message, size)]


class _GiverUnstopped(Giver[Any]):
    """Gives the whole queue, whatever becomes of the unit meanwhile."""

    def stop(self) -> None:
        """Go on."""


def _copy_no_rows(before: Configuration, text: str, _: str, given: Mapping[str, str]) -> list[in_force.Step]:
    kept = [line for line in text.splitlines() if not re.match(r" *set (failover|status|virtual-ip6?) ", line)]
    return in_force.by_operator(before, merge_synchronized(before, "".join(f"{line}\n" for line in kept)), given)


def _copy_the_name(before: Configuration, text: str, _: str, given: Mapping[str, str]) -> list[in_force.Step]:
    after = merge_synchronized(before, text).with_value(HOSTNAME, "unit-p")
    return in_force.by_operator(before, after, given)


def _copy_an_address(before: Configuration, text: str, _: str, given: Mapping[str, str]) -> list[in_force.Step]:
    own = given["port3"].replace(".2/", ".1/")
    after = merge_synchronized(before, text).with_value(("system interface", "port3", "ip"), own)
    return in_force.by_operator(before, after, given)


def _copying_info(keyword: str, value: str) -> Exchanging:
    """Copy one of the texts by which SNMP tells the primary."""

    def copy(before: Configuration, text: str, _: str, given: Mapping[str, str]) -> list[in_force.Step]:
        after = merge_synchronized(before, text).with_value(("system snmp sysinfo", keyword), value)
        return in_force.by_operator(before, after, given)

    return exchanging(copy=copy)


class _LeavesAside(Taker):
    """Never has what it has taken."""

    def end(self) -> list[Taking]:
        """Move nothing into the queue."""
        self.aside = ""
        return []


class _Hasty(Taker):
    """Has a message before it tells the giver."""

    def took(self, message: str) -> list[Taking]:
        """Move it in at once."""
        return [MoveIn(message), *super().took(message)]


def _take_again(*, known: bool) -> tuple[Step, ...]:
    """Take a message that was taken before, too."""
    del known
    return taking(known=False)


def _taking_each_twice() -> Exchanging:
    """Put a message that is new into the queue two times."""
    again = [False]

    class Twice(Taker):
        def took(self, message: str) -> list[Taking]:
            return [MoveIn(message), Take(message)] if again[0] else super().took(message)

    def take(*, known: bool) -> tuple[Step, ...]:
        steps = (Step.SET_ASIDE,) if known and again[0] else taking(known=known)
        again[0] = not known
        return steps

    return exchanging(taker=Twice, taking=take)


def _merge_by_names(own: Mapping[str, str], primary: Mapping[str, str]) -> dict[str, str]:
    return {**own, **primary}


def _dropping_nothing(_drop: object) -> Callable[[object, object], int]:
    return lambda _root, _primary: 0


def _merge_unread(own: Mapping[str, str], primary: Mapping[str, str]) -> dict[str, str]:
    return merged(own, {path: file for path, file in primary.items() if not path.startswith("mailboxes/cur/")})


def _leaving_out_read_mail(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    return lambda source, target: [*copying(source, target), "--exclude=/mailboxes/*/cur/*"]


def _deleting(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    return lambda source, target: [*copying(source, target), "--delete"]


UNITS = (
    WrongUnit(
        "copies-the-host-name",
        ("HA-358",),
        "Takes its primary's host name with each copy of the configuration.",
        (exchanging(copy=_copy_the_name),),
    ),
    WrongUnit(
        "copies-the-contact",
        ("HA-362",),
        "Takes the contact that SNMP tells of its primary with each copy of the configuration.",
        (_copying_info("contact", "anna"),),
    ),
    WrongUnit(
        "copies-the-description",
        ("HA-362",),
        "Takes the description that SNMP tells of its primary with each copy of the configuration.",
        (_copying_info("description", "unit-1"),),
    ),
    WrongUnit(
        "copies-the-location",
        ("HA-362",),
        "Takes the location that SNMP tells of its primary with each copy of the configuration.",
        (_copying_info("location", "rack-1"),),
    ),
    WrongUnit(
        "copies-an-address",
        ("HA-359",),
        "Takes the address of its primary's mail interface with each copy of the configuration.",
        (exchanging(copy=_copy_an_address),),
    ),
    WrongUnit(
        "copies-no-rows",
        ("HA-159.a", "HA-160"),
        "Leaves the failover actions out when it copies its primary's configuration.",
        (exchanging(copy=_copy_no_rows),),
    ),
    WrongUnit(
        "keeps-what-was-answered-twice",
        ("HA-401.c",),
        "Keeps a message of its mailboxes as it was beside the copy that the primary's owner has answered.",
        (exchanging(merge=_merge_by_names), OnLinux("node.linux.sync", "drop_outdated", _dropping_nothing)),
    ),
    WrongUnit(
        "copies-no-read-mail",
        ("HA-401.c",),
        "Copies of its primary's mailboxes what nobody has read yet.",
        (exchanging(merge=_merge_unread), OnLinux("node.linux.sync", "copying", _leaving_out_read_mail)),
    ),
    WrongUnit(
        "replaces-its-mail-data",
        ("HA-427.a",),
        "When it copies mail data, deletes files that its primary does not have.",
        (
            exchanging(merge=lambda _own, primary: dict(primary)),
            OnLinux("node.linux.sync", "copying", _deleting),
        ),
    ),
    WrongUnit(
        "hands-over-one-message",
        ("HA-420.c", "HA-424"),
        "Hands over only the first message of its queue.",
        (exchanging(giver=GiverOfOne),),
    ),
    WrongUnit(
        "leaves-handed-mail-aside",
        ("HA-333.b", "HA-420.e"),
        "Confirms each message that is handed over, but never puts it into its queue.",
        (exchanging(taker=_LeavesAside),),
    ),
    WrongUnit(
        "takes-each-message-twice",
        ("HA-423.a",),
        "Puts each message that is handed over into its queue two times.",
        (_taking_each_twice(),),
    ),
    WrongUnit(
        "takes-a-message-twice",
        ("HA-423.b",),
        "Takes a message that is offered again into its queue, although it has had it.",
        (exchanging(taking=_take_again),),
    ),
    WrongUnit(
        "delivers-before-its-giver-knows",
        ("HA-424",),
        "Has a message in its queue that it is given before it tells the giver that it has taken it.",
        (exchanging(taker=_Hasty),),
    ),
    WrongUnit(
        "gives-up-its-queue-when-refused",
        ("HA-424",),
        "Never hands its queue over again after its peer has refused it once.",
        (exchanging(giver=_GiverInsulted),),
    ),
    WrongUnit(
        "loses-mail-when-a-hand-over-is-stopped",
        ("HA-424",),
        "Loses the message that would be next when its role ends in the middle of a hand-over.",
        (exchanging(giver=_GiverThatDrops),),
    ),
    WrongUnit(
        "gives-mail-with-mode-off",
        ("HA-003.d",),
        "Goes on with a hand-over that has begun, though its mode is off.",
        (exchanging(giver=_GiverUnstopped),),
    ),
)
