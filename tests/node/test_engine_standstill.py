"""Commands that come late, and addresses that a primary announces again."""

from __future__ import annotations

import pytest

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.states import Phase
from node.engine.timers import Retry, Wait
from tests.node.engine_pair import VIRTUAL, Host, Pair


@pytest.mark.parametrize(
    ("unit", "command", "after"),
    [
        pytest.param(
            "s", say.GiveRole("user requested", 1, 99, 1, 99), Effective.PRIMARY, id="a role given to a secondary"
        ),
        pytest.param(
            "p", say.AskRole("user requested", 1, 99, 1, 99), Effective.SECONDARY, id="a request to a primary"
        ),
    ],
)
def test_a_command_heard_after_a_standstill_is_followed_only_when_it_comes_again(
    unit: str, command: say.Message, after: Effective
) -> None:
    """It may have lain in the socket for long; meanwhile the peer may have settled the matter otherwise."""
    pair = Pair().healthy()
    engine = {"p": pair.p, "s": pair.s}[unit].engine
    before, woke = engine.state.effective, engine.state.now + 5.0
    engine.handle(on.Heard(Rank.PRIMARY, command), woke)
    assert engine.state.effective is before
    engine.handle(on.Heard(Rank.PRIMARY, command), woke + 1.0)
    assert engine.state.effective is after


def test_a_unit_that_goes_on_as_ever_follows_a_command_at_once() -> None:
    """A heartbeat each second shows that it did not stand still."""
    engine = Pair().healthy().s.engine
    engine.handle(on.Heard(Rank.PRIMARY, say.GiveRole("user requested", 1, 99, 1, 99)), engine.state.now + 0.9)
    assert engine.state.effective is Effective.PRIMARY


def test_a_unit_that_stood_still_in_its_first_synchronization_does_not_take_its_primary_for_gone() -> None:
    """It heard nothing because it was not there to hear it."""
    pair = Pair().healthy()
    pair.s.sync_ok = False
    pair.order(pair.s, Command.RESTART)
    pair.run(2.0)
    engine = pair.s.engine
    assert engine.state.phase is Phase.FIRST_SYNC_FAILED
    engine.handle(on.TimerFired(Retry(Sync.CONFIG)), engine.state.now + 0.5)
    engine.handle(on.SyncFinished(Sync.CONFIG, ok=False, detail="", link_failed=False), engine.state.now + 30.0)
    assert engine.state.phase is Phase.FIRST_SYNC_FAILED


def test_a_primary_that_stood_still_reports_the_loss_of_its_peer_only_after_it_has_listened() -> None:
    """It heard nothing because it was not there to hear it. Source: HA-117."""
    engine = Pair().healthy().p.engine
    lost = do.Alert("ha: SLAVE heartbeat disappeared")
    threshold, woke = engine.settings.lost_threshold, engine.state.now + 60.0
    effects = engine.handle(on.TimerFired(Wait.PEER_SILENCE), woke)
    assert lost not in effects
    assert do.StartTimer(Wait.PEER_SILENCE, threshold) in effects
    engine.state.now = woke + threshold - 1.0
    assert lost in engine.handle(on.TimerFired(Wait.PEER_SILENCE), woke + threshold)


def test_primary_announces_its_addresses_again_when_a_second_primary_is_gone() -> None:
    """Clients may have learnt the other's hardware address meanwhile."""
    pair = Pair().healthy()
    pair.cut(Rank.PRIMARY, Rank.SECONDARY)
    pair.run(7.0)
    pair.heal()
    pair.run(2.0)
    assert pair.roles() == (Effective.PRIMARY, Effective.PRIMARY)
    before = len(announced(pair.p))
    pair.kill(pair.s)
    pair.run(6.0)
    assert announced(pair.p)[before:] == [VIRTUAL]


def test_primary_announces_its_addresses_again_to_a_peer_that_it_did_not_hear_for_long() -> None:
    """Unheard, the peer may have led; it restarts and follows, and its clients must find the primary."""
    pair = Pair().healthy()
    pair.cut(Rank.PRIMARY, Rank.SECONDARY)
    pair.run(7.5)
    pair.kill(pair.s)
    pair.heal()
    before = len(announced(pair.p))
    pair.start(pair.s)
    pair.run(3.0)
    assert announced(pair.p)[before:] == [VIRTUAL]


def test_primary_announces_its_addresses_again_when_it_has_missed_heartbeats() -> None:
    """The secondary was deaf for longer, led for a moment, and restarts HA when the links are whole again."""
    pair = Pair().healthy()
    pair.cut(*Rank, deaf="S")
    pair.run(3.0)
    pair.cut(*Rank, deaf="P")
    pair.run(2.2)
    assert pair.roles() == (Effective.PRIMARY, Effective.PRIMARY)
    assert pair.p.engine.state.group.peer is not None, "P has not missed it for its lost threshold"
    before = len(announced(pair.p))
    pair.order(pair.s, Command.RESTART)
    pair.heal()
    pair.run(3.0)
    assert pair.roles() == (Effective.PRIMARY, Effective.SECONDARY)
    assert announced(pair.p)[before:] == [VIRTUAL]


def test_a_hold_off_from_before_the_peer_started_again_is_not_followed() -> None:
    """Its first copy was lost, and the second one comes when the primary leads again."""
    pair = Pair().healthy()
    old = pair.p.disk.boot
    pair.kill(pair.p)
    pair.start(pair.p)
    pair.run(2.0)
    assert pair.roles() == (Effective.PRIMARY, Effective.SECONDARY)
    pair.feed(pair.s, on.Heard(Rank.SECONDARY, say.HoldOff(old, "reboot")))
    pair.feed(pair.s, on.Heard(Rank.SECONDARY, say.Heartbeat(old, 9, Mode.PRIMARY, Effective.PRIMARY, joining=False)))
    pair.feed(pair.s, on.Heard(Rank.SECONDARY, say.HoldOff(old, "reboot")))
    assert pair.s.engine.state.effective is Effective.SECONDARY
    assert pair.s.engine.state.group.peer_boot == old + 1


def test_a_late_heartbeat_of_a_peer_that_has_started_again_does_not_show_that_it_lives() -> None:
    """The peer is silent, and what it said before its last start still comes over the slower link."""
    pair = Pair().healthy()
    old = pair.p.disk.boot
    pair.kill(pair.p)
    pair.start(pair.p)
    pair.run(2.0)
    pair.kill(pair.p)
    for _ in range(20):
        pair.run(0.5)
        pair.feed(
            pair.s, on.Heard(Rank.SECONDARY, say.Heartbeat(old, 9, Mode.PRIMARY, Effective.PRIMARY, joining=False))
        )
    assert pair.s.engine.state.effective is Effective.PRIMARY


def test_a_hold_off_that_comes_late_over_the_slower_link_is_not_followed_again() -> None:
    """The primary has restarted and is back when the command's second copy arrives."""
    pair = Pair().healthy()
    old = pair.p.disk.boot
    pair.order(pair.p, Command.REBOOT)
    pair.run(1.0)
    pair.start(pair.p)
    pair.run(2.0)
    assert pair.roles() == (Effective.PRIMARY, Effective.SECONDARY)
    pair.feed(pair.s, on.Heard(Rank.SECONDARY, say.HoldOff(old, "reboot")))
    assert pair.s.engine.state.effective is Effective.SECONDARY


def announced(host: Host) -> list[str]:
    """Addresses that a unit announced, in order."""
    return [effect.address for _, effect in host.done if isinstance(effect, do.Announce)]
