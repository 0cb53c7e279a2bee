"""How a unit that follows copies from its primary: what is due, over which link, and again after a failure."""

from __future__ import annotations

from node.engine import effects as do
from node.engine import events as on
from node.engine import group
from node.engine import messages as say
from node.engine.modes import Rank, Sync
from node.engine.state import SyncPlan
from node.engine.timers import Periodic, Retry, Wait
from node.engine.timing import CONFIG_SYNC_PERIOD, DATA_SYNC_PERIOD, RETRY
from node.engine.turn import Turn

PERIOD = {Sync.CONFIG: CONFIG_SYNC_PERIOD, Sync.DATA: DATA_SYNC_PERIOD}


def want(turn: Turn, plan: SyncPlan, *what: Sync) -> None:
    """Mark synchronizations as due (data only where this unit enables it) and start what can start."""
    plan.want(*(each for each in what if each is Sync.CONFIG or _copies_data(turn)))
    start(turn, plan)


def start(turn: Turn, plan: SyncPlan) -> None:
    """Start the next synchronization that is due, if a primary is heard to copy from."""
    if plan.running is not None or not plan.due:
        return
    rank = turn.unit.group.links.for_sync()
    if rank is not None and turn.rules.may_copy(turn.unit):
        turn.do(do.StartSync(plan.begin(rank), rank))


def schedule(turn: Turn, what: Sync) -> None:
    """Start the timer of the next synchronization by schedule. Source: HA-352, HA-402."""
    turn.start(Periodic(what), PERIOD[what])


def periodic(turn: Turn, plan: SyncPlan, what: Sync) -> None:
    """Copy now, and start the timer of the next synchronization by schedule."""
    schedule(turn, what)
    want(turn, plan, what)


def ended(turn: Turn, plan: SyncPlan, event: on.SyncFinished) -> bool:
    """Note and log an end; False when that synchronization was no longer expected."""
    if not plan.ended(event.what):
        return False
    outcome = "finished" if event.ok else "failed"
    detail = f": {event.detail}" if event.detail else ""
    turn.log(f"ha: {event.what.value} synchronization {outcome}{detail}")
    return True


def try_again(turn: Turn, plan: SyncPlan, event: on.SyncFinished, *, blame_link: bool = False) -> None:
    """Copy again: at once over the other link if this one failed and there is another, else in a while. Source: HA-061.

    `blame_link`: avoid the link after any failure. A starting unit does, because all that it needs is one copy.
    """
    if plan.rank is not None and (event.link_failed or blame_link):
        group.distrust(turn, plan.rank)
        if event.link_failed and turn.unit.group.links.other_for_sync(plan.rank) is not None:
            want(turn, plan, event.what)
            return
    if event.what is Sync.CONFIG or event.link_failed:
        turn.start(Retry(event.what), RETRY)


def link_lost(turn: Turn, plan: SyncPlan, rank: Rank) -> None:
    """Start what ran over a lost link again, over the other one. Source: HA-061."""
    if plan.call_off(rank):
        turn.do(do.CancelSync())
        start(turn, plan)


def cancel(turn: Turn, plan: SyncPlan) -> None:
    """End what runs, because the role that ordered it ends."""
    if plan.running is not None:
        turn.do(do.CancelSync())


def notify_peer(turn: Turn, untold: set[Sync], *what: Sync) -> None:
    """Tell the peer that a synchronization is due, over the link that synchronization uses; keep it if there is none.

    A peer that is not heard yet may have copied already what was before. Source: HA-350, HA-354.
    """
    rank = turn.unit.group.links.for_sync()
    if rank is None:
        untold.update(what)
    else:
        turn.do(do.Send(rank, say.SyncNow(what)))


def notify_peer_late(turn: Turn, untold: set[Sync]) -> None:
    """Tell the peer what it could not be told before."""
    what = tuple(untold)
    untold.clear()
    if what:
        notify_peer(turn, untold, *what)


def notice_lost(turn: Turn, untold: set[Sync], event: on.NoticeLost) -> None:
    """Tell the peer over the other link; where neither carries it, try again later. Source: HA-061, HA-353, HA-354."""
    other = turn.unit.group.links.other_for_sync(event.rank)
    if other is not None:
        turn.do(do.Send(other, event.message))
        return
    untold.update(event.message.what)
    turn.start(Wait.NOTICE, RETRY)


def _copies_data(turn: Turn) -> bool:
    return turn.unit.settings.mail_data_sync and not turn.unit.settings.mode.config_only
