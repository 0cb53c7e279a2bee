"""How a unit starts into a group whose primary it cannot copy from, and how it recovers from a fault of its own."""

from __future__ import annotations

import dataclasses

import pytest

from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Effective, Mode, OnFailure, Sync
from node.engine.settings import Check
from node.engine.timers import Retry
from tests.node.engine_pair import VIRTUAL, Host, Pair

PRIMARY, SECONDARY, OFF, FAILED = Effective.PRIMARY, Effective.SECONDARY, Effective.OFF, Effective.FAILED
ONE_CHECK = Check(enabled=True, interval=1, retries=1)


def unsynchronized(**changes: object) -> Pair:
    """A pair whose secondary has started, and whose first configuration sync has failed."""
    pair = Pair(**changes)  # type: ignore[arg-type]
    pair.s.sync_ok = False
    pair.start(pair.p)
    pair.start(pair.s)
    pair.run(1.0)
    assert pair.roles() == (PRIMARY, OFF)
    assert pair.s.engine.state.phase.value == "first-sync-failed"
    return pair


def faulty(**changes: object) -> Pair:
    """A healthy pair whose primary's only check has just failed."""
    pair = Pair(local_ports=ONE_CHECK, **changes).healthy()  # type: ignore[arg-type]
    pair.feed(pair.p, on.CheckDone("local-ports", ok=False))
    return pair


def led(host: Host) -> int:
    """How often a unit has become primary."""
    return sum(isinstance(e, do.RoleChanged) and e.new is PRIMARY for _, e in host.done)


def test_starting_secondary_that_hears_its_primary_stays_off_however_often_the_sync_fails() -> None:
    """Two primaries cannot arise this way; the sync is tried for ever and may succeed."""
    pair = unsynchronized()
    pair.run(60.0)
    assert pair.roles() == (PRIMARY, OFF)
    pair.s.sync_ok = True
    pair.run(6.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_starting_secondary_leads_when_the_second_sync_fails_and_no_primary_is_heard() -> None:
    """It does not wait for a long threshold."""
    pair = unsynchronized(lost_threshold=60.0)
    pair.kill(pair.p)
    pair.run(2.0)
    assert pair.roles()[1] is OFF
    pair.run(7.0)
    assert pair.roles()[1] is PRIMARY
    assert pair.s.held == {VIRTUAL}


def test_retry_that_comes_late_proves_nothing_about_the_primary() -> None:
    """A unit that stood still cannot tell that its primary is gone."""
    pair = unsynchronized(lost_threshold=60.0)
    pair.s.alive = False
    pair.run(20.0)
    pair.s.alive = True
    pair.feed(pair.s, on.TimerFired(Retry(Sync.CONFIG)))
    assert pair.roles()[1] is OFF


@pytest.mark.parametrize(
    ("on_failure", "roles"),
    [
        (OnFailure.OFF, (OFF, PRIMARY)),
        (OnFailure.RESTORE_ROLE, (PRIMARY, SECONDARY)),
        (OnFailure.BECOME_SECONDARY, (SECONDARY, PRIMARY)),
    ],
)
@pytest.mark.parametrize("lasted", [0.5, 8.0])
def test_on_failure_decides_after_a_monitoring_fault(
    on_failure: OnFailure, lasted: float, roles: tuple[Effective, Effective]
) -> None:
    """It is the same whether the fault ends before the other unit has taken over, or after."""
    pair = faulty(on_failure=on_failure)
    assert pair.roles()[0] is (OFF if on_failure is OnFailure.OFF else FAILED)
    assert (pair.p.held, pair.p.mail, pair.p.open) == (set(), False, False)
    pair.run(lasted)
    pair.feed(pair.p, on.CheckDone("local-ports", ok=True))
    pair.run(20.0)
    assert pair.roles() == roles
    assert pair.p.held ^ pair.s.held == {VIRTUAL}


def test_failed_unit_leads_again_when_nobody_else_lives() -> None:
    """become-secondary leaves the role to a peer; without one it would serve nobody."""
    pair = faulty(on_failure=OnFailure.BECOME_SECONDARY)
    pair.run(6.0)
    pair.kill(pair.s)
    pair.feed(pair.p, on.CheckDone("local-ports", ok=True))
    pair.run(10.0)
    assert pair.roles()[0] is PRIMARY


def test_both_failed_units_find_a_primary_between_them() -> None:
    """Each would leave the role to the other; the configured primary leads."""
    pair = faulty(on_failure=OnFailure.BECOME_SECONDARY)
    pair.run(6.0)
    pair.feed(pair.s, on.CheckDone("local-ports", ok=False))
    assert pair.roles() == (FAILED, FAILED)
    for host in (pair.p, pair.s):
        pair.feed(host, on.CheckDone("local-ports", ok=True))
    pair.run(10.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_a_check_of_another_kind_cures_nothing() -> None:
    """The disk is well; the port is still out."""
    pair = faulty(local_hd=ONE_CHECK)
    pair.feed(pair.p, on.CheckDone("local-hd", ok=True))
    assert pair.roles()[0] is FAILED


def test_a_fault_that_nobody_looks_for_any_more_is_over() -> None:
    """An operator who ends the monitoring ends the failed state."""
    pair = faulty()
    pair.change(pair.p, dataclasses.replace(pair.p.settings, local_ports=Check(enabled=False, interval=1, retries=1)))
    pair.run(10.0)
    assert pair.roles() == (SECONDARY, PRIMARY)


def test_checks_that_fail_on_a_secondary_do_not_count_when_it_leads() -> None:
    """Monitoring of a secondary sleeps until it takes over."""
    pair = Pair(local_ports=Check(enabled=True, interval=1, retries=2)).healthy()
    for _ in range(5):
        pair.feed(pair.s, on.CheckDone("local-ports", ok=False))
    assert pair.roles() == (PRIMARY, SECONDARY)
    pair.kill(pair.p)
    pair.run(6.0)
    pair.feed(pair.s, on.CheckDone("local-ports", ok=False))
    assert pair.roles()[1] is PRIMARY
    pair.feed(pair.s, on.CheckDone("local-ports", ok=False))
    assert pair.roles()[1] is FAILED


def test_each_units_own_on_failure_decides_about_it() -> None:
    """S acts as primary and has its own word; P's does not matter."""
    pair = Pair(on_failure=OnFailure.BECOME_SECONDARY)
    pair.s.settings = dataclasses.replace(pair.s.settings, on_failure=OnFailure.OFF)
    pair.healthy()
    pair.kill(pair.p)
    pair.run(6.0)
    pair.start(pair.p)
    pair.run(6.0)
    assert pair.roles() == (SECONDARY, PRIMARY)
    pair.kill(pair.s)
    pair.run(6.0)
    pair.start(pair.s)
    pair.run(10.0)
    assert pair.roles() == (PRIMARY, OFF)


@pytest.mark.parametrize("after", [0.3, 0.999, 1.05, 1.15])
def test_power_loss_while_the_role_is_reclaimed_changes_nothing_in_the_end(after: float) -> None:
    """restore-role brings P back to its role however far its first recovery came."""
    pair = Pair(on_failure=OnFailure.RESTORE_ROLE).healthy()
    pair.kill(pair.p)
    pair.run(6.0)
    pair.s.done.clear()
    pair.start(pair.p)
    pair.run(after)
    pair.kill(pair.p)
    pair.run(1.0)
    pair.start(pair.p)
    pair.run(20.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_power_loss_during_an_operators_restore_does_not_switch_the_unit_off_again() -> None:
    """It was not acting as primary, and the operator has sent it back."""
    pair = Pair(on_failure=OnFailure.OFF).healthy()
    pair.kill(pair.p)
    pair.run(6.0)
    pair.start(pair.p)
    pair.order(pair.p, Command.RESTORE)
    pair.kill(pair.p)
    pair.start(pair.p)
    pair.run(10.0)
    assert pair.roles() == (PRIMARY, SECONDARY)


def test_swapped_modes_swap_the_roles() -> None:
    """P becomes the secondary first, then S the primary."""
    pair = Pair().healthy()
    pair.change(pair.p, dataclasses.replace(pair.p.settings, mode=Mode.SECONDARY))
    pair.run(10.0)
    assert pair.roles() == (SECONDARY, PRIMARY)
    pair.change(pair.s, dataclasses.replace(pair.s.settings, mode=Mode.PRIMARY))
    pair.run(10.0)
    assert pair.roles() == (SECONDARY, PRIMARY)
    assert (pair.p.held, pair.s.held) == (set(), {VIRTUAL})
