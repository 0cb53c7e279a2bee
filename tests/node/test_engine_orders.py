"""Orders and jobs end: with the role that they belong to, when carried out, or after a bound that is stated."""

from __future__ import annotations

import pytest

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, OnFailure, Rank, Sync
from node.engine.timing import ORDER_LIMIT
from tests.node.engine_pair import Host, Pair

FIRST, SECOND = Rank
PRIMARY, SECONDARY, HOLD_OFF = Effective.PRIMARY, Effective.SECONDARY, Effective.HOLD_OFF
SWITCHED = (SECONDARY, PRIMARY)


def started(host: Host, since: float) -> list[Sync]:
    """Which synchronizations a unit has started since a moment."""
    return [effect.what for at, effect in host.done if at >= since and isinstance(effect, do.StartSync)]


def switched(**changes: object) -> Pair:
    """Return a pair whose roles an operator has switched."""
    pair = Pair(**changes).healthy()
    pair.order(pair.p, Command.FAILOVER)
    pair.run(3.0)
    assert pair.roles() == SWITCHED
    return pair


def test_what_a_hold_off_cuts_short_is_done_anew_afterwards() -> None:
    """A synchronization that ran when the primary went down is cancelled, and nothing waits for its end."""
    pair = Pair().healthy()
    pair.order(pair.s, Command.SYNC)
    assert pair.s.engine.status().synchronizing
    before = len(pair.s.done)
    pair.order(pair.p, Command.REBOOT)
    pair.run(0.02)
    assert pair.roles()[1] is HOLD_OFF
    assert do.CancelSync() in [effect for _, effect in pair.s.done[before:]]
    assert not pair.s.engine.status().synchronizing
    pair.start(pair.p)
    back = pair.now
    pair.run(5.0)
    assert pair.roles() == (PRIMARY, SECONDARY)
    assert started(pair.s, back) == [Sync.CONFIG, Sync.DATA]
    pair.feed(pair.p, on.ConfigurationChanged())
    later = pair.now
    pair.run(0.02)
    assert started(pair.s, later) == [Sync.CONFIG]


@pytest.mark.parametrize("after", [0.0, 0.01, 0.04])
def test_restore_during_the_start_is_carried_out_once_the_unit_has_joined(after: float) -> None:
    """The configured primary shows off while it joins; what is ordered then is not lost. Source: HA-572."""
    pair = switched(on_failure=OnFailure.BECOME_SECONDARY)
    pair.order(pair.p, Command.RESTART)
    pair.run(after)
    assert pair.roles()[0] is Effective.OFF
    pair.order(pair.p, Command.RESTORE)
    pair.run(10.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_restore_of_a_starting_secondary_that_led_sends_it_back() -> None:
    """It resumes the role, for its peer holds off; then it offers it."""
    pair = switched()
    pair.order(pair.s, Command.REBOOT)
    pair.run(2.0)
    assert pair.roles()[0] is HOLD_OFF
    pair.start(pair.s)
    pair.order(pair.s, Command.RESTORE)
    pair.run(20.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_failover_to_a_peer_that_has_not_copied_yet_is_refused() -> None:
    """It would lead with old settings, and this unit would copy them. Source: HA-378."""
    pair = Pair().healthy()
    pair.kill(pair.s)
    pair.run(6.0)
    pair.s.sync_ok = False
    pair.start(pair.s)
    pair.run(0.5)
    assert "not synchronized" in pair.p.engine.refuses(Command.FAILOVER)
    pair.order(pair.p, Command.FAILOVER)
    pair.run(1.0)
    assert pair.roles() == (PRIMARY, Effective.OFF)
    pair.s.sync_ok = True
    pair.run(10.0)
    assert pair.p.engine.refuses(Command.FAILOVER) == ""


def test_a_restore_that_would_leave_nobody_as_primary_is_refused() -> None:
    """A configured secondary that leads alone says so at once; it takes the order when its peer is heard again."""
    pair = switched()
    pair.kill(pair.p)
    pair.run(6.0)
    assert "not heard" in pair.s.engine.refuses(Command.RESTORE)
    pair.start(pair.p)
    pair.run(2.0)
    assert pair.s.engine.refuses(Command.RESTORE) == ""


def test_an_offer_that_the_peer_cannot_take_is_given_up() -> None:
    """A configured secondary that leads stays primary when its peer has not copied in time. Source: HA-574."""
    pair = switched()
    pair.order(pair.p, Command.RESTART)
    pair.p.sync_ok = False
    pair.run(0.5)
    pair.order(pair.s, Command.RESTORE)
    pair.run(12.0)
    assert pair.roles()[1] is PRIMARY
    assert any("given up" in text for text in pair.s.texts(do.Log))


def test_an_order_that_the_primary_never_hears_is_given_up() -> None:
    """Links that carry again an hour later move nothing. Source: HA-580."""
    pair = Pair().healthy()
    pair.cut(*Rank, deaf="P")
    pair.order(pair.s, Command.FAILOVER)
    pair.run(ORDER_LIMIT + 1.0)
    assert any("given up" in text for text in pair.s.texts(do.Log))
    pair.run(3600.0)
    pair.heal()
    pair.run(20.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_an_order_that_the_primary_hears_in_time_is_carried_out() -> None:
    """The bound is no reason to lose it."""
    pair = Pair().healthy()
    pair.cut(*Rank, deaf="P")
    pair.order(pair.s, Command.FAILOVER)
    pair.run(ORDER_LIMIT - 2.0)
    pair.heal()
    pair.run(3.0)
    assert pair.roles() == SWITCHED


@pytest.mark.parametrize("after", [0.0, 0.01, 0.04])
def test_a_restore_is_given_up_when_the_first_synchronization_takes_too_long(after: float) -> None:
    """Entered while the unit joins or first synchronizes, it moves no role an hour later. Source: HA-572, HA-580."""
    pair = switched()
    pair.p.sync_ok = False
    pair.order(pair.p, Command.RESTART)
    pair.run(after)
    pair.order(pair.p, Command.RESTORE)
    pair.run(ORDER_LIMIT - 2.0)
    assert not any("given up" in text for text in pair.p.texts(do.Log))
    pair.run(3.0)
    assert any("given up" in text for text in pair.p.texts(do.Log))
    assert not pair.p.disk.reclaiming
    pair.run(3600.0)
    pair.p.sync_ok = True
    pair.run(20.0)
    assert pair.roles() == SWITCHED


def test_a_restore_is_carried_out_when_the_first_synchronization_ends_in_time() -> None:
    """The bound is no reason to lose it, and begins no second time when the peer is asked. Source: HA-572."""
    pair = switched()
    pair.p.sync_ok = False
    pair.order(pair.p, Command.RESTART)
    pair.run(1.0)
    pair.order(pair.p, Command.RESTORE)
    pair.cut(*Rank, deaf="S")
    pair.run(ORDER_LIMIT - 8.0)
    pair.p.sync_ok = True
    pair.run(6.0)
    assert pair.roles() == SWITCHED
    pair.heal()
    pair.run(1.5)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_a_role_that_the_settings_restore_is_asked_for_as_long_as_it_takes() -> None:
    """restore-role is no order, and does not expire. Source: HA-321."""
    pair = Pair(on_failure=OnFailure.RESTORE_ROLE).healthy()
    pair.kill(pair.p)
    pair.run(6.0)
    pair.cut(*Rank, deaf="S")
    pair.start(pair.p)
    pair.run(600.0)
    assert pair.roles() == SWITCHED
    pair.heal()
    pair.run(5.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_an_address_that_is_given_away_at_once_is_not_announced_anew() -> None:
    """A primary that was deaf hears its peer again, and in the same breath that the peer wants the role."""
    pair = Pair().healthy()
    pair.cut(*Rank, deaf="P")
    pair.run(10.0)
    pair.order(pair.s, Command.FAILOVER)
    pair.run(1.5)
    before = len(pair.p.done)
    pair.heal()
    pair.run(5.0)
    assert pair.roles() == SWITCHED
    assert not [effect for _, effect in pair.p.done[before:] if isinstance(effect, do.Announce)]


def test_a_held_address_is_announced_anew_when_the_peer_is_heard_again() -> None:
    """Whoever asked meanwhile may look for it at the peer. Source: HA-113."""
    pair = Pair().healthy()
    pair.cut(*Rank, deaf="P")
    pair.run(10.0)
    before = len(pair.p.done)
    pair.heal()
    pair.run(2.0)
    assert [effect for _, effect in pair.p.done[before:] if isinstance(effect, do.Announce)]


@pytest.mark.parametrize(
    ("hears", "command", "roles"),
    [
        pytest.param("s", say.GiveRole("user requested", 1, 1, 1, 1), (PRIMARY, SECONDARY), id="a role given long ago"),
        pytest.param(
            "p", say.AskRole("user requested", 1, 1, 1, 1), (PRIMARY, SECONDARY), id="a request made long ago"
        ),
    ],
)
def test_a_command_that_comes_late_on_the_slower_link_moves_nothing(
    hears: str, command: say.Message, roles: tuple[Effective, Effective]
) -> None:
    """The other link has brought later news of the peer by then."""
    pair = Pair().healthy()
    pair.feed(getattr(pair, hears), on.Heard(SECOND, command))
    pair.run(1.0)
    assert pair.roles() == roles


def test_a_request_for_a_role_that_was_left_since_moves_nothing() -> None:
    """Who asks has heard the present lead; a late repetition was meant for an earlier one. Source: HA-580."""
    pair = Pair().healthy()
    led_from = pair.p.engine.state.heartbeats
    pair.order(pair.p, Command.FAILOVER)
    pair.run(5.0)
    pair.order(pair.p, Command.FAILOVER)
    pair.run(5.0)
    assert pair.roles() == (PRIMARY, SECONDARY)
    peer, boot = pair.s.engine.state.heartbeats, pair.p.engine.state.memory.boot
    for heard, roles in ((led_from, (PRIMARY, SECONDARY)), (pair.p.engine.state.heartbeats, SWITCHED)):
        pair.feed(pair.p, on.Heard(SECOND, say.AskRole("user requested", 1, peer, boot, heard)))
        pair.run(0.5)
        assert pair.roles() == roles


def test_an_old_heartbeat_on_the_slower_link_does_not_hide_what_the_peer_is_now() -> None:
    """It shows that the peer lives, and no more."""
    pair = Pair().healthy()
    newest = pair.s.engine.state.group.peer
    assert newest is not None
    old = say.Heartbeat(newest.boot, newest.seq - 1, newest.mode, SECONDARY, joining=False)
    pair.feed(pair.s, on.Heard(SECOND, old))
    assert pair.s.engine.state.group.peer == newest
