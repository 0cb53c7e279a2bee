"""How synchronization gets round a link that carries heartbeat and no synchronization, or none of either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Rank, Sync
from node.engine.states import Phase
from node.engine.syncs import RETRY

if TYPE_CHECKING:
    from node.engine.core import Core

DISTRUST = 30.0
"""Seconds for which synchronization passes over a link that carried heartbeat but not it. Source: HA-061, HA-062."""


def try_again(engine: Core, event: on.SyncFinished) -> None:
    """Over the other link at once where this one is to blame and there is another, else in a while. Source: HA-061.

    A starting unit takes any failure for the link's, since all it needs is one copy.
    """
    rank = engine.syncs.rank
    if rank is not None and (event.link_failed or engine.phase is Phase.FIRST_SYNC_FAILED):
        distrust(engine, rank)
        if event.link_failed and engine.links.other_for_sync(rank) is not None:
            engine.want_sync(event.what)
            return
    if event.what is Sync.CONFIG:
        engine.timer("retry", RETRY)
    elif event.link_failed:
        engine.timer("retry:data", RETRY)


def notice_lost(engine: Core, event: on.NoticeLost) -> None:
    """Send what the secondary has not read over the other link."""
    distrust(engine, event.rank)
    rank = engine.links.other_for_sync(event.rank)
    if engine.phase is Phase.PRIMARY and rank is not None:
        engine.emit(do.Send(rank, event.message))


def link_lost(engine: Core, rank: Rank) -> None:
    """Begin what ran over a lost link anew over the other one. Source: HA-061."""
    if engine.syncs.call_off(rank):
        engine.start_sync()


def distrust(engine: Core, rank: Rank) -> None:
    """Pass over a link for a while."""
    engine.links.distrust(rank)
    engine.timer(f"trust:{rank.value}", DISTRUST)
