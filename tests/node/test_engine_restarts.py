"""How a pair of engines goes through planned restarts: hold-off, upgrades, and the traps that tell them apart."""

from __future__ import annotations

import dataclasses

import pytest

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Rank, SystemEvent
from tests.node.engine_pair import Host, Pair

PRIMARY, SECONDARY, HOLD_OFF = Effective.PRIMARY, Effective.SECONDARY, Effective.HOLD_OFF

RESTARTS = {
    Command.REBOOT: SystemEvent.REBOOT,
    Command.RELOAD: SystemEvent.RELOAD,
    Command.UPGRADE: SystemEvent.UPGRADE,
}


def system_events(host: Host) -> list[SystemEvent]:
    """The system event traps that a unit has sent."""
    return [effect.event for _, effect in host.done if isinstance(effect, do.SystemTrap)]


def became(host: Host, role: Effective) -> float:
    """When a unit last took a role."""
    return max(at for at, e in host.done if isinstance(e, do.RoleChanged) and e.new is role)


@pytest.mark.parametrize("command", RESTARTS)
def test_each_planned_restart_of_the_primary_is_held_off(command: Command) -> None:
    """S holds off before P goes down, whatever P goes down for, and P's memory names the restart."""
    pair = Pair().healthy()
    pair.order(pair.p, command)
    pair.run(0.5)
    assert not pair.p.alive
    assert pair.roles()[1] is HOLD_OFF
    assert pair.p.disk.planned == command.value


@pytest.mark.parametrize(("command", "event"), [*RESTARTS.items(), (Command.SHUTDOWN, SystemEvent.HALT)])
def test_the_system_event_trap_names_the_restart(command: Command, event: SystemEvent) -> None:
    """One trap with the code of what the operator ordered, from either unit."""
    pair = Pair().healthy()
    for host in (pair.s, pair.p):
        pair.order(host, command)
        pair.run(2.0)
        assert system_events(host) == [event]


def test_a_restart_without_an_answer_is_not_held_up() -> None:
    """A primary that does not hear its peer goes down a moment later."""
    pair = Pair().healthy()
    pair.cut(*Rank)
    pair.order(pair.p, Command.UPGRADE)
    pair.run(1.4)
    assert pair.p.alive
    pair.run(0.2)
    assert not pair.p.alive


def test_a_hold_off_that_was_lost_is_repeated_when_the_peer_is_heard() -> None:
    """As when the peer restarts HA at that moment: what was said goes into a connection that has ended."""
    pair = Pair().healthy()
    pair.cut(*Rank)
    pair.order(pair.p, Command.REBOOT)
    pair.heal()
    pair.run(1.5)
    assert not pair.p.alive
    assert pair.roles()[1] is HOLD_OFF


def test_a_peer_that_starts_anew_meanwhile_is_not_held_off() -> None:
    """It joins the group as it finds it, and is what it was when both are back."""
    pair = Pair().healthy()
    pair.kill(pair.s)
    pair.order(pair.p, Command.REBOOT)
    pair.run(0.2)
    pair.start(pair.s)
    pair.run(1.6)
    assert not pair.p.alive
    assert not any(isinstance(e, do.RoleChanged) and e.new is HOLD_OFF for _, e in pair.s.done)


def test_the_same_hold_off_heard_twice_is_one() -> None:
    """The command comes on both links; the later copy does not begin the 15 minutes anew."""
    pair = Pair().healthy()
    pair.order(pair.p, Command.REBOOT)
    pair.run(0.5)
    begun = became(pair.s, HOLD_OFF)
    pair.feed(pair.s, on.Heard(Rank.SECONDARY, say.HoldOff(pair.p.disk.boot, "reboot")))
    pair.run(1000.0)
    assert became(pair.s, PRIMARY) - begun == pytest.approx(900.0)


def test_a_primary_that_was_back_unnoticed_and_restarts_again_gets_the_full_time_again() -> None:
    """S has heard nothing of P since the first hold-off; it confirms the second one. Source: HA-520, HA-522, HA-731."""
    pair = Pair().healthy()
    pair.order(pair.p, Command.REBOOT)
    pair.run(600.0)
    pair.s.done.clear()
    again = say.HoldOff(pair.p.disk.boot + 1, "upgrade")
    pair.feed(pair.s, on.Heard(Rank.PRIMARY, again))
    assert any(isinstance(e, do.Send) and e.message == say.HoldOffHeard(again.boot) for _, e in pair.s.done)
    begun = pair.now
    pair.run(1000.0)
    assert became(pair.s, PRIMARY) - begun == pytest.approx(900.0)


def test_a_late_heartbeat_does_not_end_the_hold_off_of_a_further_restart() -> None:
    """P was back for a moment: its heartbeat comes over the slower link, after the hold-off of its next restart."""
    pair = Pair().healthy()
    pair.order(pair.p, Command.REBOOT)
    pair.run(0.5)
    last = pair.s.engine.state.group.peer
    assert last is not None
    back = dataclasses.replace(last, boot=last.boot + 1, seq=1)
    pair.feed(pair.s, on.Heard(Rank.PRIMARY, say.HoldOff(back.boot, "reboot")))
    pair.feed(pair.s, on.Heard(Rank.SECONDARY, back))
    assert pair.roles()[1] is HOLD_OFF


def test_a_heartbeat_from_before_the_restart_ends_no_hold_off() -> None:
    """What P said before it went down may arrive late on the slower link."""
    pair = Pair().healthy()
    pair.order(pair.p, Command.REBOOT)
    pair.run(0.5)
    last = pair.s.engine.state.group.peer
    assert last is not None
    late, new = (dataclasses.replace(last, boot=last.boot + later, seq=last.seq + 1) for later in (0, 1))
    pair.feed(pair.s, on.Heard(Rank.SECONDARY, late))
    assert pair.roles()[1] is HOLD_OFF
    pair.feed(pair.s, on.Heard(Rank.SECONDARY, new))
    assert pair.roles()[1] is SECONDARY


def test_a_secondary_that_leads_is_held_off_too() -> None:
    """After a switch of roles it is P that holds off while S restarts, and S that leads again."""
    pair = Pair().healthy()
    pair.order(pair.p, Command.FAILOVER)
    pair.run(3.0)
    pair.order(pair.s, Command.UPGRADE)
    pair.run(30.0)
    assert pair.roles()[0] is HOLD_OFF
    pair.start(pair.s)
    pair.run(3.0)
    assert pair.roles() == (SECONDARY, PRIMARY)


def test_a_shutdown_is_not_held_off() -> None:
    """S never holds off, and P's alert says what it was."""
    pair = Pair().healthy()
    pair.order(pair.p, Command.SHUTDOWN)
    pair.run(10.0)
    assert not any(isinstance(e, do.RoleChanged) and e.new is HOLD_OFF for _, e in pair.s.done)
    assert "The system was shutdown!" in pair.p.texts(do.Alert)
