"""How synchronization gets round a link that fails it."""

from __future__ import annotations

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Rank, Sync
from node.engine.timing import DISTRUST, RETRY
from tests.node.engine_pair import Host, Pair

FIRST, SECOND = Rank.PRIMARY, Rank.SECONDARY
NOTICE = say.SyncNow((Sync.DATA,))


def started(host: Host, since: float) -> list[tuple[Sync, Rank]]:
    """Synchronizations that a unit began, with the link of each."""
    return [(e.what, e.rank) for at, e in host.done if at >= since and isinstance(e, do.StartSync)]


def test_sync_that_a_link_fails_goes_over_the_other_at_once() -> None:
    """It is not left to the periodic synchronization."""
    pair = Pair().healthy()
    pair.order(pair.s, Command.SYNC)
    pair.feed(pair.s, on.SyncFinished(Sync.CONFIG, ok=False, link_failed=True, detail=""))
    assert started(pair.s, pair.now)[-1] == (Sync.CONFIG, SECOND)


def test_link_that_failed_a_sync_is_tried_again_after_a_while() -> None:
    """The primary link carries heartbeat all the time; synchronization returns to it."""
    pair = Pair().healthy()
    pair.order(pair.s, Command.SYNC)
    pair.feed(pair.s, on.SyncFinished(Sync.CONFIG, ok=False, link_failed=True, detail=""))
    pair.run(DISTRUST - 1)
    before = pair.now
    pair.order(pair.s, Command.SYNC)
    assert started(pair.s, before) == [(Sync.CONFIG, SECOND)]
    pair.run(2.0)
    before = pair.now
    pair.order(pair.s, Command.SYNC)
    assert started(pair.s, before) == [(Sync.CONFIG, FIRST)]


def test_link_that_was_lost_under_a_sync_is_used_as_soon_as_it_is_back() -> None:
    """What it failed is explained by its loss, however late the end of that is told."""
    pair = Pair().healthy()
    pair.order(pair.s, Command.SYNC)
    pair.feed(pair.s, on.CarrierChanged(FIRST, up=False))
    pair.feed(pair.s, on.SyncFinished(Sync.CONFIG, ok=False, link_failed=True, detail=""))
    assert started(pair.s, pair.now)[-1] == (Sync.CONFIG, SECOND)
    pair.run(2.0)  # heartbeats come on it again
    before = pair.now
    pair.order(pair.s, Command.SYNC)
    assert (Sync.CONFIG, FIRST) in started(pair.s, before)


def test_refusal_by_the_peer_says_nothing_about_the_link() -> None:
    """What the peer keeps back is asked for again over the same link, after a while."""
    pair = Pair().healthy()
    pair.order(pair.s, Command.SYNC)
    pair.feed(pair.s, on.SyncFinished(Sync.CONFIG, ok=False, detail="this unit is not primary", link_failed=False))
    before = pair.now
    pair.run(RETRY + 1)
    assert (Sync.CONFIG, FIRST) in started(pair.s, before)
    assert all(rank is FIRST for _, rank in started(pair.s, before))


def test_sync_that_fails_on_both_links_is_tried_again_later_only() -> None:
    """Two links that refuse at once must not make an endless loop."""
    pair = Pair().healthy()
    pair.s.sync_ok = False
    pair.order(pair.s, Command.SYNC)
    for _ in Rank:
        pair.feed(pair.s, on.SyncFinished(Sync.CONFIG, ok=False, link_failed=True, detail=""))
    pair.run(0.5)
    before = pair.now
    pair.run(RETRY - 1)
    assert started(pair.s, before) == []
    pair.run(2.0)
    assert started(pair.s, before)[0] == (Sync.CONFIG, FIRST)


def test_data_that_fails_on_both_links_is_tried_again() -> None:
    """Mail data need not wait for its period either."""
    pair = Pair().healthy()
    pair.feed(pair.s, on.Heard(FIRST, say.SyncNow((Sync.DATA,))))
    for _ in Rank:
        pair.feed(pair.s, on.SyncFinished(Sync.DATA, ok=False, link_failed=True, detail=""))
    before = pair.now
    pair.run(RETRY + 1)
    assert (Sync.DATA, FIRST) in started(pair.s, before)


def test_lost_notice_goes_over_the_other_link_once() -> None:
    """A primary whose call was not read calls again over the link that is left, and then lets it be."""
    pair = Pair().healthy()
    pair.feed(pair.p, on.NoticeLost(FIRST, NOTICE))
    assert pair.p.done[-1] == (pair.now, do.Send(SECOND, NOTICE))
    count = len([e for _, e in pair.p.done if e == do.Send(FIRST, NOTICE)])
    pair.feed(pair.p, on.NoticeLost(SECOND, NOTICE))
    assert len([e for _, e in pair.p.done if e == do.Send(FIRST, NOTICE)]) == count


def test_secondary_sends_no_notices() -> None:
    """A notice that was lost before the roles changed is nobody's business any more."""
    pair = Pair().healthy()
    pair.feed(pair.s, on.NoticeLost(FIRST, NOTICE))
    assert pair.roles() == (Effective.PRIMARY, Effective.SECONDARY)
    assert do.Send(SECOND, NOTICE) not in [e for _, e in pair.s.done]
