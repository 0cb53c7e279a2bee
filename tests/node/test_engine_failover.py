"""How a pair of engines loses, keeps and regains its roles."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from node.engine import effects as do
from node.engine import messages as say
from node.engine.events import TimerFired
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank
from node.engine.timers import Wait
from tests.node.engine_pair import VIRTUAL, Host, Pair

PRIMARY, SECONDARY, OFF = Effective.PRIMARY, Effective.SECONDARY, Effective.OFF


def times(host: Host, kind: type) -> list[float]:
    """When a unit's effects of one kind came."""
    return [at for at, effect in host.done if isinstance(effect, kind)]


def became(host: Host, role: Effective) -> float:
    """When a unit last took a role."""
    return max(at for at, e in host.done if isinstance(e, do.RoleChanged) and e.new is role)


def last_sent(host: Host) -> float:
    """When a unit sent its last heartbeat."""
    return max(at for at, e in host.done if isinstance(e, do.Send) and isinstance(e.message, say.Heartbeat))


def test_fresh_pair_takes_its_configured_roles() -> None:
    """P leads with mail and address, S follows with neither."""
    pair = Pair().healthy()
    assert (pair.p.held, pair.p.mail) == ({VIRTUAL}, True)
    assert (pair.s.held, pair.s.mail) == (set(), False)


def test_heartbeats_go_out_every_second_whatever_the_threshold() -> None:
    """A threshold of 30 s changes nothing in the rhythm."""
    pair = Pair(lost_threshold=30.0).healthy()
    pair.p.done.clear()
    pair.run(10.0)
    beats = [
        at
        for at, e in pair.p.done
        if isinstance(e, do.Send) and e.rank is Rank.PRIMARY and isinstance(e.message, say.Heartbeat)
    ]
    assert len(beats) == 10
    assert {round(b - a, 6) for a, b in itertools.pairwise(beats)} == {1.0}


def test_timers_that_fire_late_do_not_slow_the_heartbeat_down() -> None:
    """A hundred seconds have a hundred heartbeats, though each timer fires some milliseconds late. Source: HA-052."""
    pair = Pair().healthy()
    pair.p.timers_late = 0.009
    pair.p.done.clear()
    pair.run(100.5)
    sent = [at for at, e in pair.p.done if isinstance(e, do.Send) and isinstance(e.message, say.Heartbeat)]
    assert len(sent) == 2 * 100


@pytest.mark.parametrize("threshold", [2.0, 3.0, 5.0, 15.0])
def test_takeover_comes_exactly_when_the_threshold_has_passed(threshold: float) -> None:
    """The span runs from the last heartbeat heard, not from the fault."""
    pair = Pair(lost_threshold=threshold).healthy()
    pair.run(0.4)
    silent_since = last_sent(pair.p) + 0.001
    pair.kill(pair.p)
    pair.run(threshold + 1.0)
    assert pair.roles()[1] is PRIMARY
    assert became(pair.s, PRIMARY) - silent_since == pytest.approx(threshold, abs=1e-9)
    assert pair.s.mail
    assert pair.s.held == {VIRTUAL}


def test_address_is_held_and_announced_before_mail_starts() -> None:
    """A client that follows the announcement must find the address there."""
    pair = Pair().healthy()
    pair.kill(pair.p)
    pair.s.done.clear()
    pair.run(6.0)
    order = [type(e) for _, e in pair.s.done if isinstance(e, do.HoldAddress | do.Announce | do.StartMail)]
    assert order == [do.HoldAddress, do.Announce, do.StartMail]


def test_short_silence_changes_nothing() -> None:
    """Silence just under the threshold is forgiven."""
    pair = Pair().healthy()
    pair.run(0.5)
    pair.cut(*Rank)
    pair.run(3.4)
    pair.heal()
    pair.run(20.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_the_secondarys_own_threshold_decides() -> None:
    """P's longer threshold does not delay S."""
    pair = Pair()
    pair.p.settings = dataclasses.replace(pair.p.settings, lost_threshold=60.0)
    pair.healthy()
    pair.kill(pair.p)
    pair.run(5.1)
    assert pair.roles()[1] is PRIMARY


@pytest.mark.parametrize(("deaf", "role"), [("S", PRIMARY), ("P", SECONDARY)])
def test_one_way_loss_matters_only_to_the_secondary(deaf: str, role: Effective) -> None:
    """Only S watches for a silent primary."""
    pair = Pair().healthy()
    pair.cut(*Rank, deaf=deaf)
    pair.run(10.0)
    assert pair.roles()[1] is role


def test_secondary_link_keeps_the_roles_and_takes_the_sync() -> None:
    """Sync moves to the secondary link after the primary is lost, and back."""
    pair = Pair().healthy()
    pair.cut(Rank.PRIMARY)
    pair.run(8.0)
    assert any("primary-hearbeat-port6=FAILED;secondary-hearbeat-port5=OK" in t for t in pair.s.texts(do.Log))
    pair.s.done.clear()
    pair.order(pair.s, Command.SYNC)
    pair.run(1.0)
    assert {e.rank for _, e in pair.s.done if isinstance(e, do.StartSync)} == {Rank.SECONDARY}
    assert pair.roles() == (PRIMARY, SECONDARY)
    pair.heal()
    pair.run(2.0)
    pair.s.done.clear()
    pair.order(pair.p, Command.SYNC)
    pair.run(1.0)
    assert {e.rank for _, e in pair.s.done if isinstance(e, do.StartSync)} == {Rank.PRIMARY}


def test_loss_of_the_secondary_is_reported_and_changes_no_role() -> None:
    """P says that S disappeared and goes on."""
    pair = Pair().healthy()
    pair.kill(pair.s)
    pair.run(20.0)
    assert pair.roles()[0] is PRIMARY
    assert pair.p.texts(do.Alert).count("ha: SLAVE heartbeat disappeared") == 1


@pytest.mark.parametrize(
    ("on_failure", "roles"),
    [
        (OnFailure.OFF, (OFF, PRIMARY)),
        (OnFailure.RESTORE_ROLE, (PRIMARY, SECONDARY)),
        (OnFailure.BECOME_SECONDARY, (SECONDARY, PRIMARY)),
    ],
)
def test_on_failure_decides_where_a_recovered_primary_ends(
    on_failure: OnFailure, roles: tuple[Effective, Effective]
) -> None:
    """Each of the three words leads to its own pair of roles."""
    pair = Pair(on_failure=on_failure).healthy()
    pair.kill(pair.p)
    pair.run(6.0)
    pair.start(pair.p)
    pair.run(30.0)
    assert pair.roles() == roles
    assert "The system was shutdown!" in pair.p.texts(do.Alert)
    assert len(pair.p.held | pair.s.held) == 1
    assert not pair.p.held & pair.s.held


def test_off_survives_further_restarts_until_an_operator_restores() -> None:
    """The unit stays off over a second boot; restore brings both to their configured roles."""
    pair = Pair(on_failure=OnFailure.OFF).healthy()
    pair.kill(pair.p)
    pair.run(6.0)
    for _ in range(2):
        pair.start(pair.p)
        pair.run(10.0)
        assert pair.roles() == (OFF, PRIMARY)
        pair.kill(pair.p)
    pair.start(pair.p)
    pair.order(pair.p, Command.RESTORE)
    pair.run(5.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_quick_power_cycle_is_no_failover() -> None:
    """P back within the threshold resumes as primary."""
    pair = Pair().healthy()
    pair.kill(pair.p)
    pair.run(1.0)
    pair.start(pair.p)
    pair.run(20.0)
    assert pair.roles() == (PRIMARY, SECONDARY)
    assert not [e for _, e in pair.s.done if isinstance(e, do.RoleChanged) and e.new is PRIMARY]


def test_split_brain_stays_after_heal_until_the_secondary_is_restored() -> None:
    """No arbitration; restore on S gives the role back and synchronizes."""
    pair = Pair().healthy()
    pair.cut(*Rank)
    pair.run(7.0)
    assert pair.roles() == (PRIMARY, PRIMARY)
    pair.heal()
    pair.run(30.0)
    assert pair.roles() == (PRIMARY, PRIMARY)
    pair.s.done.clear()
    pair.order(pair.s, Command.RESTORE)
    pair.run(2.0)
    assert pair.roles() == (PRIMARY, SECONDARY)
    assert times(pair.s, do.StartSync)
    assert any("asks us to return" in text for text in pair.p.texts(do.Log))


@pytest.mark.parametrize("entered_on", ["p", "s"])
def test_forced_failover_waits_for_no_threshold(entered_on: str) -> None:
    """The roles change within milliseconds, on either unit's command."""
    pair = Pair(lost_threshold=60.0).healthy()
    pair.order(getattr(pair, entered_on), Command.FAILOVER)
    pair.run(0.1)
    assert pair.roles() == (SECONDARY, PRIMARY)
    assert (pair.p.held, pair.s.held) == (set(), {VIRTUAL})


def test_forced_failover_without_a_peer_is_refused() -> None:
    """Nobody could take the role: it stays."""
    pair = Pair().healthy()
    pair.kill(pair.s)
    pair.run(10.0)
    assert pair.p.engine.refuses(Command.FAILOVER)
    pair.order(pair.p, Command.FAILOVER)
    pair.run(1.0)
    assert pair.roles()[0] is PRIMARY


def test_lost_hand_over_message_is_made_good() -> None:
    """GiveRole lost once: the peer repeats it with its next heartbeat."""
    pair = Pair().healthy()
    pair.lost = {say.GiveRole}
    pair.order(pair.s, Command.FAILOVER)
    pair.run(0.5)
    pair.lost = set()
    pair.run(2.5)
    assert pair.roles() == (SECONDARY, PRIMARY)


def test_planned_reboot_makes_the_secondary_hold_off_and_resume() -> None:
    """No failover although P is silent for longer than the threshold."""
    pair = Pair().healthy()
    pair.order(pair.p, Command.REBOOT)
    pair.run(1.0)
    assert not pair.p.alive
    assert pair.roles()[1] is Effective.HOLD_OFF
    pair.run(60.0)
    assert pair.roles()[1] is Effective.HOLD_OFF
    pair.start(pair.p)
    pair.run(3.0)
    assert pair.roles() == (PRIMARY, SECONDARY)
    assert "The system was shutdown!" not in pair.p.texts(do.Alert)


def test_hold_off_runs_out_after_fifteen_minutes() -> None:
    """A primary that never comes back is replaced."""
    pair = Pair().healthy()
    pair.order(pair.p, Command.REBOOT)
    pair.run(1.0)
    begun = became(pair.s, Effective.HOLD_OFF)
    pair.run(1000.0)
    assert became(pair.s, PRIMARY) - begun == pytest.approx(900.0)


def test_shutdown_is_no_reboot() -> None:
    """S takes over after its threshold, without hold-off."""
    pair = Pair().healthy()
    pair.order(pair.p, Command.SHUTDOWN)
    pair.run(6.1)
    assert pair.roles()[1] is PRIMARY


def test_secondary_alone_takes_over_after_its_threshold() -> None:
    """With no primary ever heard, S acts as if P were absent."""
    pair = Pair()
    pair.start(pair.s)
    pair.run(4.9)
    assert pair.roles()[1] is OFF
    pair.run(0.2)
    assert pair.roles()[1] is PRIMARY


def test_stalled_secondary_does_not_judge_its_peer() -> None:
    """A timer seconds late means that this unit stood still, not the other."""
    pair = Pair().healthy()
    due = pair.now + 10.0
    pair.s.alive = False
    pair.run(10.0)
    pair.s.alive = True
    effects = pair.s.engine.handle(TimerFired(Wait.SILENCE), due)
    assert not [e for e in effects if isinstance(e, do.RoleChanged)]


def test_mode_off_leaves_the_group_and_takes_mail_alone() -> None:
    """A standalone unit is silent on the links, holds nothing and processes mail."""
    pair = Pair().healthy()
    pair.change(pair.p, dataclasses.replace(pair.p.settings, mode=Mode.OFF))
    assert (pair.p.open, pair.p.mail, pair.p.held) == (False, True, set())
    pair.run(6.0)
    assert pair.roles() == (OFF, PRIMARY)
