"""The seventeenth blind batch, half mm, continued: links, splits, copies, mail under way, and announcements."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from node.build import Exchange
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Rank, Sync
from node.engine.state import Leading, State
from node.engine.states import Phase
from node.exchange import queue
from node.settings import Configuration, Refused, in_force
from wrong.common import Mark, changing, ignoring, leaving_out
from wrong.record import Events, Exchanging, OnLinux, Plain, React, Reaction, Remembering, WrongUnit

# The links


def _data_stays(mark: Mark) -> tuple[Plain, ...]:
    def see(event: on.Event, unit: State) -> list[on.Event]:
        alive = unit.group.links.alive
        if alive.get(Rank.PRIMARY) is False and alive.get(Rank.SECONDARY):
            mark.up = True
        return [event]

    def over(effect: do.Effect, unit: State) -> do.Effect:
        stays = mark.up and unit.group.links.alive.get(Rank.SECONDARY)
        return do.StartSync(Sync.DATA, Rank.SECONDARY) if stays and _starts(effect, Sync.DATA) else effect

    return Events(see), changing(over)


def _starts(effect: do.Effect, what: Sync) -> bool:
    return isinstance(effect, do.StartSync) and effect.what is what


# A split


def _in_step_after_split(react: React, event: on.Event, unit: State) -> list[do.Effect]:
    """After a split, take the configuration for copied when it is not."""
    was_split = isinstance(unit.role, Leading) and unit.role.rival
    effects = react(event)
    if not was_split or unit.phase is not Phase.SECONDARY or not any(_starts(each, Sync.CONFIG) for each in effects):
        return effects
    kept = [each for each in effects if not _starts(each, Sync.CONFIG)]
    return [*kept, *react(on.SyncFinished(Sync.CONFIG, ok=True, detail="", link_failed=False))]


# Copies

_RECIPIENTS = ("log alertemail recipient",)


def _with_own_recipients(before: Configuration, after: Configuration) -> Configuration:
    """Add again the recipients that the primary has removed, as far as there is room."""
    for name in before.entries(_RECIPIENTS):
        if name not in after.entries(_RECIPIENTS):
            try:
                after = after.with_entry((*_RECIPIENTS, name))
            except Refused:
                break
            path = (*_RECIPIENTS, name, "comment")
            after = after.with_value(path, before.get(path))
    return after


def _copying_no_removals(exchange: Exchange) -> Exchange:
    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        steps = exchange.copy(before, text, expected, given)
        saved = [
            in_force.Save(_with_own_recipients(before, step.configuration)) if isinstance(step, in_force.Save) else step
            for step in steps
        ]
        return [] if saved == [in_force.Save(before)] else saved

    return dataclasses.replace(exchange, copy=copy)


_MIRRORED = "archive/"
_OTHER_AREAS = ("quarantine", "system-quarantine", "mailboxes", "preferences")


def _mirroring_archives(exchange: Exchange) -> Exchange:
    def merge(own: Mapping[str, Any], primary: Mapping[str, Any]) -> dict[str, Any]:
        both = exchange.merge(own, primary)
        return {path: file for path, file in both.items() if path in primary or not path.startswith(_MIRRORED)}

    return dataclasses.replace(exchange, merge=merge)


def _deleting_archives(copying: Callable[[str, str], list[str]]) -> Callable[[str, str], list[str]]:
    def command(source: str, target: str) -> list[str]:
        rsync, *rest = copying(source, target)
        return [rsync, "--delete", *(f"--filter=protect /{area}/**" for area in _OTHER_AREAS), *rest]

    return command


# Queued mail under way


class _RemovesFirst:
    """A hand-over that removes a message from its queue when it offers it, before the peer has taken it."""

    def __init__(self, giver: queue.Giver[Any]) -> None:
        self._giver = giver

    @property
    def count(self) -> int:
        return self._giver.count

    @property
    def problem(self) -> str:
        return self._giver.problem

    @property
    def over(self) -> bool:
        return self._giver.over

    def begin(self, waiting: Iterable[Any]) -> list[queue.Giving[Any]]:
        return self._giver.begin(waiting)

    def hear(self, frame: queue.Frame) -> list[queue.Giving[Any]]:
        return self._giver.hear(frame)

    def read(self, item: object, message: str, size: int) -> list[queue.Giving[Any]]:
        actions = self._giver.read(item, message, size)
        return [*actions, queue.Remove(item)] if actions else actions

    def gone(self) -> list[queue.Giving[Any]]:
        return self._giver.gone()

    def end(self, problem: str = "") -> list[queue.Giving[Any]]:
        return self._giver.end(problem)

    def stop(self) -> None:
        self._giver.stop()

    def ended(self) -> on.QueueHandedOver | None:
        return self._giver.ended()


def _removing_first(exchange: Exchange) -> Exchange:
    return dataclasses.replace(exchange, giver=lambda: cast("queue.Giver[Any]", _RemovesFirst(exchange.giver())))


# Announcements


def _announcing_ipv4(announce: Callable[[str, str], None]) -> Callable[[str, str], None]:
    def tell(device: str, address: str) -> None:
        if ":" not in address:
            announce(device, address)

    return tell


UNITS = (
    WrongUnit(
        "hold-off-on-the-first-link",
        ("HA-520.a", "HA-520.b"),
        "The primary sends hold-off over the primary heartbeat link only, also while that one is down.",
        (
            leaving_out(
                lambda effect, _: (
                    isinstance(effect, do.Send)
                    and effect.rank is Rank.SECONDARY
                    and isinstance(effect.message, say.HoldOff)
                )
            ),
        ),
        alone="P",
    ),
    WrongUnit(
        "deaf-to-gifts-on-the-second-link",
        ("HA-580",),
        "The secondary does not heed, on the secondary heartbeat link, that the primary has left the role to it.",
        (
            ignoring(
                lambda event, _: (
                    isinstance(event, on.Heard)
                    and event.rank is Rank.SECONDARY
                    and isinstance(event.message, say.GiveRole)
                )
            ),
        ),
        alone="S",
    ),
    WrongUnit(
        "data-stays-on-the-second-link",
        ("HA-062", "HA-060.b"),
        "When the primary link is back, the configuration moves back to it, and mail data is copied over the other on.",
        (Remembering(Mark, _data_stays),),
    ),
    WrongUnit(
        "keeps-its-split-settings",
        ("HA-704.c",),
        "A unit that is restored after a split takes its configuration for the other's, and does not copy it.",
        (Reaction(_in_step_after_split),),
    ),
    WrongUnit(
        "keeps-removed-recipients",
        ("HA-350.a", "HA-377.b"),
        "A copy adds and changes alert recipients on the secondary, and removes none that the primary has removed.",
        (Exchanging(_copying_no_removals),),
    ),
    WrongUnit(
        "mirrors-archives",
        ("HA-427.a",),
        "A copy of mail data deletes archived messages that the primary has not, those never copied included.",
        (Exchanging(_mirroring_archives), OnLinux("node.linux.sync", "copying", _deleting_archives)),
    ),
    WrongUnit(
        "removes-what-it-offers-mm",
        ("HA-424",),
        "A unit removes a queued message when it sends it to the primary, before that has confirmed it.",
        (Exchanging(_removing_first),),
    ),
    WrongUnit(
        "announces-no-ipv6-mm",
        ("HA-113.b",),
        "Of the shared addresses that a unit takes over it announces those of IPv4, and no IPv6 address.",
        (
            leaving_out(lambda effect, _: isinstance(effect, do.Announce) and ":" in effect.address),
            OnLinux("node.linux.addresses", "announce", _announcing_ipv4),
        ),
    ),
)
