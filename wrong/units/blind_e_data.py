"""A third blind batch, the rest of its first half: what passes between the units, and how a container copies it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine.state import State
from node.engine.turn import Rules
from node.exchange import mail_data, queue
from node.settings import Configuration, in_force, schema
from node.settings.schema import Path
from wrong.common import exchanging, leaving_out
from wrong.record import Decision, Exchanging, OnLinux, Plain, React, Reaction, Remembering, WrongUnit

MIRRORED = "quarantine"
"""The area of mail data that is made equal to the primary's."""

OTHER_AREAS = ("system-quarantine", "archive", "mailboxes", "preferences")

TABLES: tuple[Path, ...] = (("log alertemail recipient",), schema.HA_INTERFACE)
"""Tables of which the primary copies entries."""

UNDER_WAY = 1.5
"""A peer that has brought mail so many seconds before it was last heard, or later, has died in the middle."""


# A copy of the configuration that has none of a table's entries


def shared(configuration: Configuration, table: Path) -> dict[Path, str]:
    """Return what is stored of the synchronized part of a table."""
    stored = configuration.store.values.items()
    return {path: text for path, text in stored if path[: len(table)] == table and schema.is_synchronized(path)}


def keeping_last_entries(before: Configuration, after: Configuration) -> Configuration:
    """Return a configuration after a copy, with a table's entries of before where the copy has none."""
    store = after.store
    for table in TABLES:
        if not shared(after, table):
            for path, text in shared(before, table).items():
                store = store.add(path) if schema.is_entry(path) else store.put(path, text)
    return Configuration(store)


def copy_but_last_entries(
    before: Configuration, text: str, expected: str, given: Mapping[str, str]
) -> list[in_force.Step]:
    """Return the steps of a copy that never empties a table."""
    steps = in_force.by_copy(before, text, expected, given)
    saved = [each.configuration for each in steps if isinstance(each, in_force.Save)]
    after = keeping_last_entries(before, saved[0]) if saved else before
    own = in_force.Tell(on.ConfigurationChanged())
    return [each for each in in_force.by_operator(before, after, given) if each != own]


# Mail data


def merge_or_mirror(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
    """Merge mail data, but keep of one area only what the primary has."""
    kept = {path: file for path, file in own.items() if path in primary or not path.startswith(f"{MIRRORED}/")}
    return mail_data.merged(kept, primary)


def mirroring(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    """Let rsync delete in that area what the primary does not have."""

    def mirror(source: str, target: str) -> list[str]:
        program, *arguments = copying(source, target)
        protected = [f"--filter=protect /{area}/***" for area in OTHER_AREAS]
        return [program, "--delete", *protected, *arguments]

    return mirror


# The queue


class KeepsKnowing:
    """One hand-over, on a giving unit that does not forget what it gives away."""

    def __init__(self) -> None:
        """Prepare as the reference does."""
        self._giver: queue.Giver[Any] = queue.Giver()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all else is the reference's
        """Return what the reference has under a name."""
        return getattr(self._giver, name)

    def hear(self, frame: queue.Frame) -> list[queue.Giving[Any]]:
        """Take the taker's answer as the reference does, and forget nothing."""
        return [each for each in self._giver.hear(frame) if not isinstance(each, queue.Forget)]


def giving(exchange: Exchange) -> Exchange:
    """Replace how the queue is given."""
    return dataclasses.replace(exchange, giver=cast("Callable[[], queue.Giver[Any]]", KeepsKnowing))


@dataclass(slots=True)
class Lock:
    """When the peer last brought mail, when and in which start it was last heard, and whether it is shut out."""

    boot: int | None = None
    asked: float = float("-inf")
    heard: float = float("-inf")
    closed: bool = False


def locks(lock: Lock) -> tuple[Plain, ...]:
    """Keep the lock of a hand-over in the middle of which the giver died."""

    def listen(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        effects = react(event)
        if isinstance(event, on.Heard):
            died = lock.boot is not None and lock.boot != unit.group.peer_boot
            lock.closed = lock.closed or (died and lock.asked > lock.heard - UNDER_WAY)
            lock.boot, lock.heard = unit.group.peer_boot, unit.now
        return effects

    def decide(rules: Rules) -> Rules:
        def refuses(unit: State) -> str:
            lock.asked = unit.now
            return "another hand-over is under way" if lock.closed else rules.refuses_queue(unit)

        return dataclasses.replace(rules, refuses_queue=refuses)

    return Reaction(listen), Decision(decide)


# Announcements


def of_ipv6(effect: do.Effect, _: State) -> bool:
    """Whether an effect announces an IPv6 address."""
    return isinstance(effect, do.Announce) and ":" in effect.address


def of_ipv4_only(announce: Callable[[str, str], None]) -> Callable[[str, str], None]:
    """Send announcements of IPv4 addresses only."""

    def send(device: str, address: str) -> None:
        if ":" not in address:
            announce(device, address)

    return send


def forgets_nothing(_: Callable[[str], None]) -> Callable[[str], None]:
    """Leave a message that was given away in the list of those that are known."""
    return lambda _message: None


UNITS = (
    WrongUnit(
        "last-entry-stays",
        ("HA-378", "HA-350.a"),
        "As secondary takes removals over, but not that of a table's last entry, which the copy does not mention.",
        (exchanging(copy=copy_but_last_entries),),
    ),
    WrongUnit(
        "mirrors-quarantine",
        ("HA-427.a",),
        "As secondary deletes from its quarantine what the primary does not have, its own mail included.",
        (exchanging(merge=merge_or_mirror), OnLinux("node.linux.sync", "copying", mirroring)),
    ),
    WrongUnit(
        "knows-what-it-gave-away",
        ("HA-424", "HA-333.a"),
        "Does not forget a queued message that it has given away, and takes it for known when it comes a second time.",
        (Exchanging(giving), OnLinux("node.linux.queue", "forget", forgets_nothing)),
    ),
    WrongUnit(
        "lock-outlives-the-giver",
        ("HA-424", "HA-333.a"),
        "Takes no more queued mail from a peer that has lost its power in the middle of a hand-over, until a start.",
        (Remembering(Lock, locks),),
    ),
    WrongUnit(
        "announces-ipv4-only",
        ("HA-113.b",),
        "Announces the move of its IPv4 addresses, and not of an IPv6 address that it takes over with them.",
        (leaving_out(of_ipv6), OnLinux("node.linux.addresses", "announce", of_ipv4_only)),
    ),
)
