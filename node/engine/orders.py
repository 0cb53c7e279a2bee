"""Operators' orders: why a unit refuses one, and what it does with those that are the same in every role."""

from __future__ import annotations

from typing import assert_never

from node.engine import addresses, group
from node.engine import effects as do
from node.engine import events as on
from node.engine.modes import Command, Effective, Mode, SystemEvent
from node.engine.state import Joining, Restart, State, Stopped
from node.engine.states import Phase, Trigger
from node.engine.timers import Wait
from node.engine.timing import HOLD_OFF_ANSWER
from node.engine.transition import move
from node.engine.turn import Turn

SYSTEM_EVENTS = {
    Command.REBOOT: SystemEvent.REBOOT,
    Command.RELOAD: SystemEvent.RELOAD,
    Command.UPGRADE: SystemEvent.UPGRADE,
    Command.SHUTDOWN: SystemEvent.HALT,
}
"""What takes the unit down, each with the system event that it reports. Source: HA-520, HA-530, HA-534."""


def refuses(unit: State, command: Command) -> str:
    """Why an operator's command would not be carried out now, in one clause; '' when it would."""
    match command:
        case Command.RESTART | Command.RESTORE if unit.settings.mode.config_only:
            return "a config-only group has no roles, so there is none to join anew or to restore"
        case Command.FAILOVER if unit.phase not in {Phase.PRIMARY, Phase.SECONDARY}:
            return f"the effective mode is {unit.effective.value}; failover needs primary or secondary"
        case Command.FAILOVER if unit.phase is Phase.PRIMARY and not unit.group.peer_can_lead:
            # It may not have copied yet what this unit alone has. Source: HA-378
            return "the peer unit is not heard or not synchronized yet, so the role cannot move"
        case Command.RESTORE if unit.phase is Phase.PRIMARY and _lacks_a_primary(unit):
            return "the peer unit is not heard, so nobody would be primary"
        case Command.SYNC if unit.group.links.for_sync() is None:
            return "the peer unit is not heard, so nothing can be synchronized"
    return ""


def _lacks_a_primary(unit: State) -> bool:
    """Whether nobody would lead if this unit took its configured role."""
    return unit.settings.mode is Mode.SECONDARY and unit.group.peer is None


def carry_out(turn: Turn, order: on.Ordered) -> None:
    """Carry out an operator's command that the unit has not refused."""
    match order.command:
        case Command.SYNC | Command.FAILOVER | Command.RESTORE:
            turn.tell(order)
        case Command.RESTART:
            _restart_ha(turn)
        case Command.REBOOT | Command.RELOAD | Command.UPGRADE as command if turn.unit.phase is Phase.PRIMARY:
            _hold_off(turn, command)
        case Command.REBOOT | Command.RELOAD | Command.UPGRADE | Command.SHUTDOWN as command:
            _go_down(turn, command)
        case _:
            assert_never(order.command)


def go_down(turn: Turn) -> None:
    """Go on with the restart that was ordered, if there is one: the peer holds off, or has not answered in time."""
    restart, turn.unit.restarting = turn.unit.restarting, None
    if restart is not None:
        _go_down(turn, restart.command)


def _restart_ha(turn: Turn) -> None:
    """Join the group anew. Source: HA-576, HA-577."""
    unit = turn.unit
    was = Effective.SECONDARY if isinstance(unit.role, Stopped) else unit.memory.effective
    move(turn, Trigger.ENTER, into=Joining(was))


def _hold_off(turn: Turn, command: Command) -> None:
    """Send hold-off before a planned restart, also to a peer that this unit does not hear. Source: HA-520, HA-731."""
    turn.unit.restarting = Restart(command, turn.unit.group.peer_boot)
    group.hold_off(turn, turn.unit.restarting)
    turn.start(Wait.RESTART, HOLD_OFF_ANSWER)


def _go_down(turn: Turn, command: Command) -> None:
    """Report that the unit goes down and why, then let it. Source: HA-525, HA-527, HA-531, HA-534, HA-659, D.1-3."""
    halts = command is Command.SHUTDOWN
    event = "The system was shutdown!" if halts else "The system is rebooting (or reloading)!"
    turn.log(f"ha: {event}")
    turn.do(do.Alert(event), do.SystemTrap(SYSTEM_EVENTS[command]))
    if halts:
        turn.do(do.Trap(3, "system shutdown"))
        addresses.release_all(turn)  # a machine may take its time, and the peer does not wait for it
    turn.remember(planned=command.value)
    turn.do(do.Restart(command))
