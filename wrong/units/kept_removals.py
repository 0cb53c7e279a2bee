"""Units that keep settings which their primary has taken away, depending on when they copy."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Sync
from node.engine.state import State
from node.engine.states import Phase
from node.settings import Configuration, in_force
from node.settings.schema import HA, Path, is_synchronized
from wrong.common import exchanging
from wrong.record import React, Reaction, Substitution, WrongUnit

FIRST = {Phase.FIRST_SYNC, Phase.FIRST_SYNC_FAILED}
"""Phases of the first synchronization."""


def keeping(keeps: Callable[[Phase, Phase], bool], which: Callable[[Path], bool]) -> tuple[Substitution, ...]:
    """Keep some settings that the primary no longer has, in a copy that begins with some change of phase.

    `keeps` is given the phases before and after the event that begins the copy.
    """
    kept_by: set[str] = set()

    def react(react: React, event: on.Event, unit: State) -> list[do.Effect]:
        before = unit.phase
        done = react(event)
        if any(isinstance(each, do.StartSync) and each.what is Sync.CONFIG for each in done):
            kept_by.clear()
            if keeps(before, unit.phase):
                kept_by.add(unit.settings.mode.value)
        return done

    def copy(before: Configuration, text: str, expected: str, given: Mapping[str, str]) -> list[in_force.Step]:
        steps = in_force.by_copy(before, text, expected, given)
        saved = [each.configuration for each in steps if isinstance(each, in_force.Save)]
        if not saved or before.get((HA, "mode")) not in kept_by:
            return steps
        store = saved[0].store
        for path, value in before.store.values.items():
            if is_synchronized(path) and path not in saved[0].store.values and which(path):
                store = store.keep_as(path, value)
        after = dataclasses.replace(saved[0], store=store)
        return [each for each in in_force.by_operator(before, after, given) if each != DUE]

    return Reaction(react), exchanging(copy=copy)


DUE = in_force.Tell(on.ConfigurationChanged())
"""The step by which an operator's change is told to the peer."""


def _is_first(_: Phase, now: Phase) -> bool:
    return now in FIRST


def _after_hold_off(before: Phase, _: Phase) -> bool:
    return before is Phase.HOLD_OFF


def _is_named(*names: str) -> Callable[[Path], bool]:
    return lambda path: path[-1] in names


def _is_recipient(path: Path) -> bool:
    return any("recipient" in word for word in path)


UNITS = (
    WrongUnit(
        "keeps-removed-text-as-it-joins",
        ("HA-378",),
        "In its first synchronization keeps a text that its primary has unset.",
        keeping(_is_first, _is_named("disclaimer")),
    ),
    WrongUnit(
        "keeps-removed-entries-as-it-joins",
        ("HA-378",),
        "In its first synchronization keeps entries that its primary has deleted.",
        keeping(_is_first, _is_recipient),
    ),
    WrongUnit(
        "keeps-removed-actions-as-it-joins",
        ("HA-159.a", "HA-378"),
        "In its first synchronization keeps a failover action that its primary has taken away.",
        keeping(_is_first, _is_named("status", "virtual-ip")),
    ),
    WrongUnit(
        "keeps-removed-ipv6-address-as-it-joins",
        ("HA-159.a", "HA-378"),
        "In its first synchronization keeps a virtual IPv6 address that its primary has taken away.",
        keeping(_is_first, _is_named("virtual-ip6")),
    ),
    WrongUnit(
        "keeps-removed-entries-after-hold-off",
        ("HA-350.a",),
        "When its primary is back from a restart, keeps entries that were deleted just before it.",
        keeping(_after_hold_off, _is_recipient),
    ),
)
