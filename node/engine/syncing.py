"""How a unit that follows copies from its primary: what is due, over which link, and again after a failure."""

from __future__ import annotations

from node.engine import effects as do
from node.engine import events as on
from node.engine import group
from node.engine import messages as say
from node.engine.modes import Sync
from node.engine.state import SyncPlan
from node.engine.timers import Periodic, Retry
from node.engine.timing import COPY_PERIOD, RETRY, SYNC_PERIOD
from node.engine.turn import Turn

SAID_AT_ONCE = 20
"""Names of messages in one notice: as many as a line of the wire has room for."""


def want(turn: Turn, plan: SyncPlan, *what: Sync) -> None:
    """Mark synchronizations as due (mail only where this unit enables it) and start what can start."""
    plan.want(*(each for each in what if each is Sync.CONFIG or _copies(turn, each)))
    start(turn, plan)


def start(turn: Turn, plan: SyncPlan) -> None:
    """Start the next synchronization that is due, if a primary is heard to copy from."""
    if plan.running is not None or not plan.due:
        return
    rank = turn.unit.group.links.for_sync()
    if rank is not None and turn.rules.may_copy(turn.unit):
        turn.do(do.StartSync(plan.begin(rank), rank))


def schedule(turn: Turn, what: Sync) -> None:
    """Start the timer of the next synchronization by schedule. Source: HA-352, HA-402, HA-411."""
    turn.start(Periodic(what), COPY_PERIOD if what is Sync.QUEUE else SYNC_PERIOD)


def periodic(turn: Turn, plan: SyncPlan, what: Sync) -> None:
    """Copy now, and start the timer of the next synchronization by schedule."""
    schedule(turn, what)
    want(turn, plan, what)


def finished(turn: Turn, plan: SyncPlan, event: on.SyncFinished) -> None:
    """Log an end, and go on with what is due, or with what failed."""
    plan.running = None
    turn.log(f"ha: {event.what.value} synchronization {'finished' if event.ok else f'failed: {event.detail}'}")
    if not event.ok:
        _try_again(turn, plan, event)
    start(turn, plan)


def _try_again(turn: Turn, plan: SyncPlan, event: on.SyncFinished) -> None:
    """Copy again, at once over the other link if this one failed and there is another, else later. Source: HA-061."""
    if event.link_failed:
        group.distrust(turn, plan.rank)
        if turn.unit.group.links.other_for_sync(plan.rank) is not None:
            plan.want(event.what)
            return
    elif event.what is not Sync.CONFIG:
        if event.what is Sync.QUEUE:
            drop_copies(turn)  # nobody tells any more what becomes of them
        return  # what the primary refuses, or the disk does not take, has time until the next run
    turn.start(Retry(event.what), RETRY)


def notify_peer(turn: Turn, untold: set[Sync], *what: Sync) -> None:
    """Tell the peer which synchronizations are due, over the link for them; keep them if there is none.

    A peer that is not heard yet may have copied already what was before. Source: HA-350, HA-354.
    """
    untold.update(what)
    rank = turn.unit.group.links.for_sync()
    if rank is not None and untold:
        turn.do(do.Send(rank, say.SyncNow(tuple(sorted(untold)))))
        untold.clear()


def notice_lost(turn: Turn, untold: set[Sync], event: on.NoticeLost) -> None:
    """Tell the peer over the other link; if neither carries it, at its next heartbeat. Source: HA-061, HA-354."""
    other = turn.unit.group.links.other_for_sync(event.rank)
    if other is None:
        untold.update(event.message.what if isinstance(event.message, say.SyncNow) else {Sync.QUEUE})
    else:
        turn.do(do.Send(other, event.message))


def _copies(turn: Turn, what: Sync) -> bool:
    """Whether this unit copies mail of that kind: each has its option, in a pair alone. Source: HA-403, HA-408."""
    settings = turn.unit.settings
    enabled = settings.mail_queue_sync if what is Sync.QUEUE else settings.mail_data_sync
    return enabled and not settings.mode.config_only


# Copies of the queue


def left_queue(turn: Turn, untold: set[Sync], names: tuple[str, ...]) -> None:
    """Tell the peer which copies it needs no more; where no link is for that, let it compare the queue later."""
    rank = turn.unit.group.links.for_sync()
    if rank is None:
        untold.add(Sync.QUEUE)
    else:
        for first in range(0, len(names), SAID_AT_ONCE):
            turn.do(do.Send(rank, say.LeftQueue(names[first : first + SAID_AT_ONCE])))


def drop_copies(turn: Turn, names: tuple[str, ...] | None = None) -> None:
    """Drop copies of the queue (None: all), where this unit may have some."""
    if turn.unit.settings.mail_queue_sync:
        turn.do(do.DropCopies(names))


def use_copies(turn: Turn) -> None:
    """Take what was copied of the queue of a primary that is gone. Source: HA-411."""
    if turn.unit.settings.mail_queue_sync:
        turn.do(do.UseCopies())
