"""When a secondary copies its primary's mail queue, which copies it drops, and when it uses them."""

from __future__ import annotations

import dataclasses

import pytest

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.syncing import SAID_AT_ONCE
from node.engine.timing import COPY_PERIOD
from tests.node.engine_pair import Host, Pair, settings

NAMES = tuple(f"{number:064x}" for number in range(45))


def copying() -> Pair:
    """A healthy pair that synchronizes the mail queue, after its first copies."""
    pair = Pair(mail_queue_sync=True).healthy()
    pair.p.done.clear()
    pair.s.done.clear()
    return pair


def did(host: Host, kind: type) -> list[do.Effect]:
    """Effects of a kind, in order."""
    return [effect for _, effect in host.done if isinstance(effect, kind)]


def copies(host: Host) -> int:
    """How often it has begun to copy the queue."""
    return sum(isinstance(each, do.StartSync) and each.what is Sync.QUEUE for _, each in host.done)


def test_the_queue_is_copied_each_minute() -> None:
    """Nobody orders it. Source: HA-411."""
    pair = copying()
    pair.run(5 * COPY_PERIOD)
    assert copies(pair.s) == 5
    assert copies(pair.p) == 0


@pytest.mark.parametrize("changes", [{}, {"mail_queue_sync": False}])
def test_nothing_is_copied_by_default(changes: dict[str, object]) -> None:
    """Nor on an order, nor is any copy used. Source: HA-400, HA-411."""
    pair = Pair(**changes).healthy()
    pair.order(pair.p, Command.SYNC)
    pair.run(2 * COPY_PERIOD)
    pair.kill(pair.p)
    pair.run(10.0)
    assert not copies(pair.s)
    assert not did(pair.s, do.UseCopies)
    assert not did(pair.s, do.DropCopies)


def test_what_leaves_the_primarys_queue_is_told_in_lines_that_are_not_too_long() -> None:
    """All names arrive, and the secondary drops these copies."""
    pair = copying()
    pair.feed(pair.p, on.LeftQueue(NAMES))
    pair.run(1.0)
    dropped = [each.names or () for each in did(pair.s, do.DropCopies) if isinstance(each, do.DropCopies)]
    assert max(map(len, dropped)) == SAID_AT_ONCE
    assert tuple(name for names in dropped for name in names) == NAMES


def test_what_nobody_could_be_told_is_compared_when_the_peer_is_heard_again() -> None:
    """A notice that is lost on both links makes the queue due to be copied. Source: HA-061."""
    pair = copying()
    pair.feed(pair.p, on.NoticeLost(Rank.PRIMARY, say.LeftQueue(NAMES[:1])))
    pair.feed(pair.p, on.NoticeLost(Rank.SECONDARY, say.LeftQueue(NAMES[:1])))
    pair.run(3.0)
    assert copies(pair.s) == 1


def test_a_notice_during_a_copy_makes_another_copy_due() -> None:
    """What is under way may hold the message that has just left the queue."""
    pair = copying()
    pair.order(pair.s, Command.SYNC)
    pair.run(0.12)
    assert copies(pair.s) == 1
    pair.feed(pair.s, on.Heard(Rank.PRIMARY, say.LeftQueue(NAMES[:1])))
    pair.run(1.0)
    assert copies(pair.s) == 2


def test_copies_are_used_when_the_primary_is_gone() -> None:
    """Once this unit leads. Source: HA-411."""
    pair = copying()
    pair.kill(pair.p)
    pair.run(10.0)
    assert pair.s.engine.effective is Effective.PRIMARY
    kinds = [type(each) for _, each in pair.s.done]
    assert kinds.index(do.StartMail) < kinds.index(do.UseCopies)
    assert not did(pair.s, do.DropCopies)


def test_copies_are_dropped_when_the_primary_gives_its_role() -> None:
    """It hands its queue over itself."""
    pair = copying()
    pair.order(pair.p, Command.FAILOVER)
    pair.run(1.0)
    assert pair.s.engine.effective is Effective.PRIMARY
    assert not did(pair.s, do.UseCopies)
    assert did(pair.s, do.DropCopies)


def test_copies_of_a_primary_that_has_left_the_group_are_not_used() -> None:
    """It delivers its queue itself. Source: HA-003."""
    pair = copying()
    pair.change(pair.p, dataclasses.replace(pair.p.settings, mode=Mode.OFF))
    pair.run(10.0)
    assert pair.s.engine.effective is Effective.PRIMARY
    assert not did(pair.s, do.UseCopies)
    assert did(pair.s, do.DropCopies)


def test_copies_are_used_when_a_hold_off_runs_out() -> None:
    """The primary did not come back. Source: HA-523."""
    pair = copying()
    pair.order(pair.p, Command.REBOOT)
    pair.run(10.0)
    assert pair.s.engine.effective is Effective.HOLD_OFF
    assert not did(pair.s, do.DropCopies)
    pair.run(1000.0)
    assert pair.s.engine.effective is Effective.PRIMARY
    assert did(pair.s, do.UseCopies)


def test_copies_are_made_anew_when_the_primary_is_back() -> None:
    """It may have delivered some before anybody could be told."""
    pair = copying()
    pair.order(pair.p, Command.REBOOT)
    pair.run(3.0)
    pair.start(pair.p)
    pair.run(10.0)
    assert pair.roles() == (Effective.PRIMARY, Effective.SECONDARY)
    assert did(pair.s, do.DropCopies)
    assert copies(pair.s) == 1


def test_a_unit_that_starts_knows_of_no_copy() -> None:
    """Nobody told it what was delivered while it was away."""
    pair = copying()
    pair.kill(pair.s)
    pair.s.done.clear()
    pair.start(pair.s)
    pair.run(5.0)
    assert did(pair.s, do.DropCopies) == [do.DropCopies()]


def test_a_unit_that_stood_still_copies_anew() -> None:
    """What it was told meanwhile may be lost. Source: HA-116."""
    pair = copying()
    effects = pair.s.engine.handle(on.CarrierChanged(Rank.PRIMARY, up=True), pair.now + 3.0)
    assert do.DropCopies() in effects
    assert do.StartSync(Sync.QUEUE, Rank.PRIMARY) in effects or do.StartSync(Sync.QUEUE, Rank.SECONDARY) in effects


def test_copies_are_dropped_when_the_primary_gives_none_any_more() -> None:
    """Then nobody tells what becomes of them."""
    pair = copying()
    pair.feed(pair.s, on.SyncFinished(Sync.QUEUE, ok=False, detail="it is disabled", link_failed=False))
    assert did(pair.s, do.DropCopies) == [do.DropCopies()]


@pytest.mark.parametrize("enabled", [False, True])
def test_copies_are_dropped_when_the_option_changes(*, enabled: bool) -> None:
    """Neither old copies nor new ones are used then."""
    pair = Pair(mail_queue_sync=not enabled).healthy()
    pair.s.done.clear()
    pair.change(pair.s, dataclasses.replace(pair.s.settings, mail_queue_sync=enabled))
    assert do.DropCopies() in did(pair.s, do.DropCopies)


def test_a_copy_under_way_ends_when_the_option_is_disabled() -> None:
    """It would leave copies that nobody drops; what else is due is copied."""
    pair = copying()
    pair.order(pair.s, Command.SYNC)
    pair.run(0.12)
    assert pair.s.engine.status().synchronizing
    pair.change(pair.s, dataclasses.replace(pair.s.settings, mail_queue_sync=False))
    assert did(pair.s, do.CancelSync)
    assert not pair.s.engine.status().synchronizing


@pytest.mark.parametrize("what", [Sync.DATA, Sync.QUEUE])
def test_a_config_only_primary_gives_no_mail(what: Sync) -> None:
    """Whatever the options are. Source: HA-027, HA-408."""
    pair = Pair(mail_queue_sync=True)
    pair.p.settings = settings(Mode.CONFIG_PRIMARY, mail_queue_sync=True)
    pair.start(pair.p)
    assert pair.p.engine.withholds(what)
    assert not pair.p.engine.withholds(Sync.CONFIG)


def test_the_status_tells_when_each_synchronization_comes() -> None:
    """On a unit that follows; one that leads has no schedule. Source: HA-410, HA-615."""
    pair = copying()
    due = pair.s.engine.status().due
    assert due.keys() == set(Sync)
    assert all(at > pair.now for at in due.values())
    assert not pair.p.engine.status().due
