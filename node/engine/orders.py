"""Operators' orders: why a unit refuses one, and what it does with those that are the same in every role."""

from __future__ import annotations

from typing import assert_never

from node.engine import addresses
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.modes import Command, Effective, Mode, SystemEvent
from node.engine.state import Joining, State, Stopped
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
    if command in SYSTEM_EVENTS:
        return ""
    mode, unheard = unit.settings.mode, unit.group.peer is None
    if mode is Mode.OFF:
        return "HA mode is currently disabled"
    if mode.config_only and command is not Command.SYNC:
        return f"{command.value} is for active-passive groups, and the mode is {mode.value}"
    match command:
        case Command.FAILOVER if unit.phase not in {Phase.PRIMARY, Phase.SECONDARY}:
            return f"the effective mode is {unit.effective.value}; failover needs primary or secondary"
        case Command.FAILOVER if unheard:
            return "the peer unit is not heard, so the role cannot move"
        case Command.FAILOVER if unit.phase is Phase.PRIMARY and not unit.group.peer_can_lead:
            # It may not have copied yet what this unit alone has. Source: HA-378
            return "the peer unit is not synchronized yet, so the role cannot move"
        case Command.RESTORE if unheard and unit.phase is Phase.PRIMARY and mode is Mode.SECONDARY:
            return "the peer unit is not heard, so no one would be primary"
        case Command.SYNC if unit.group.links.for_sync() is None:
            return "the peer unit is not heard, so nothing can be synchronized"
        case Command.SYNC if mode is Mode.CONFIG_SECONDARY and not unit.group.peer_gives_configuration:
            return "no config-primary is heard, so nothing can be synchronized"
        case _:
            return ""


def carry_out(turn: Turn, order: on.Ordered) -> None:
    """Carry an operator's command out, or log why not."""
    command = order.command
    reason = turn.rules.refuses(turn.unit, command)
    if reason:
        turn.log(f"ha: {command.value} refused: {reason}")
        return
    match command:
        case Command.SYNC | Command.FAILOVER | Command.RESTORE:
            turn.tell(order)
        case Command.RESTART:
            _restart_ha(turn)
        case Command.REBOOT | Command.RELOAD | Command.UPGRADE:
            _restart(turn, command)
        case Command.SHUTDOWN:
            _shut_down(turn)
        case _:
            assert_never(command)


def go_down(turn: Turn) -> None:
    """Go on with the restart that was ordered, if there is one: the peer holds off, or has not answered in time."""
    command, turn.unit.restarting = turn.unit.restarting, None
    if command is not None:
        turn.stop(Wait.RESTART)
        _go_down(turn, command)


def _restart_ha(turn: Turn) -> None:
    """Join the group anew. Source: HA-576, HA-577."""
    unit = turn.unit
    was = Effective.SECONDARY if isinstance(unit.role, Stopped) else unit.memory.effective
    move(turn, Trigger.ENTER, into=Joining(was))


def _restart(turn: Turn, command: Command) -> None:
    """Send hold-off first when a primary restarts on purpose. Source: HA-520, HA-525, HA-731."""
    unit = turn.unit
    if unit.phase is Phase.PRIMARY and unit.group.peer is not None:
        turn.send(say.HoldOff(unit.memory.boot, command.value))
        unit.restarting = command
        turn.start(Wait.RESTART, HOLD_OFF_ANSWER)
        return
    _go_down(turn, command)


def _go_down(turn: Turn, command: Command) -> None:
    """Report a planned restart, then restart. Source: HA-525, HA-527, HA-534, D.1-3."""
    turn.log("ha: The system is rebooting (or reloading)!")
    turn.do(do.Alert("The system is rebooting (or reloading)!"), do.SystemTrap(SYSTEM_EVENTS[command]))
    turn.remember(planned=command.value)
    turn.do(do.Restart(command))


def _shut_down(turn: Turn) -> None:
    """Shut down without hold-off: it is no reboot. Source: HA-530, HA-531, HA-659."""
    turn.log("ha: The system was shutdown!")
    turn.do(do.Alert("The system was shutdown!"), do.Trap(3, "system shutdown"))
    turn.do(do.SystemTrap(SYSTEM_EVENTS[Command.SHUTDOWN]), do.StopMail())
    if turn.unit.phase is Phase.PRIMARY:
        addresses.release_all(turn)
    turn.do(do.CloseLinks())
    turn.remember(planned=Command.SHUTDOWN.value)
    turn.do(do.Restart(Command.SHUTDOWN))
