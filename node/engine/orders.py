"""What an operator's commands make the engine do, and why it may refuse one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from node.engine import effects as do
from node.engine import messages as say
from node.engine.figures import HOLD_OFF_ANSWER
from node.engine.hand_over import offer_role
from node.engine.modes import Command, Effective, Mode, Sync, SystemEvent
from node.engine.states import Phase, Trigger

if TYPE_CHECKING:
    from node.engine.core import Core

RESTARTS = {
    Command.REBOOT: SystemEvent.REBOOT,
    Command.RELOAD: SystemEvent.RELOAD,
    Command.UPGRADE: SystemEvent.UPGRADE,
    Command.SHUTDOWN: SystemEvent.HALT,
}
"""What takes the unit down, each with the system event that it reports. Source: HA-520, HA-530, HA-534."""


def refusal(engine: Core, command: Command) -> str:
    """Why the engine would not carry the command out now, in one clause; '' when it would."""
    if command in RESTARTS:
        return ""
    if not engine.settings.mode.active_passive:
        return "HA mode is currently disabled"
    if command is Command.FAILOVER:
        if engine.phase not in {Phase.PRIMARY, Phase.SECONDARY}:
            return f"the effective mode is {engine.effective.value}; failover needs primary or secondary"
        if engine.peer is None:
            return "the peer unit is not heard, so the role cannot move"
    unheard = {
        Command.RESTORE: "no one would be primary" if _would_leave_no_one(engine) else "",
        Command.SYNC: "nothing can be synchronized" if engine.links.for_sync() is None else "",
    }.get(command, "")
    return f"the peer unit is not heard, so {unheard}" if unheard else ""


def handle_order(engine: Core, command: Command) -> None:
    """Carry an operator's command out, or log why not."""
    reason = refusal(engine, command)
    if reason:
        engine.emit(do.Log(f"ha: {command.value} refused: {reason}"))
        return
    _ACTIONS[command](engine, command)


def _would_leave_no_one(engine: Core) -> bool:
    """Whether restore would end the primary role of the only unit that can have it."""
    return engine.phase is Phase.PRIMARY and engine.settings.mode is Mode.SECONDARY and engine.peer is None


def _sync(engine: Core, _: Command) -> None:
    """Source: HA-354, HA-409, HA-570."""
    if engine.phase is Phase.PRIMARY:
        engine.tell_sync(Sync.CONFIG, Sync.DATA)
    else:
        engine.want_sync(Sync.CONFIG, Sync.DATA)


def _failover(engine: Core, _: Command) -> None:
    """Source: HA-578, HA-580."""
    if engine.phase is Phase.PRIMARY:
        engine.give_role(Trigger.YIELD, "user requested")
    else:
        engine.asking = "user requested"
        engine.send(say.AskRole(engine.asking))


def _restore(engine: Core, _: Command) -> None:
    """Source: HA-313, HA-572, HA-574."""
    mode, phase = engine.settings.mode, engine.phase
    if phase in {Phase.SWITCHED_OFF, Phase.FAILED}:
        engine.enter_group(was=engine.memory.effective, trigger=Trigger.RESTORE)
    elif mode is Mode.PRIMARY and phase is Phase.SECONDARY:
        engine.asking = "user restored configured mode"
        engine.send(say.AskRole(engine.asking))
    elif mode is Mode.SECONDARY and phase is Phase.PRIMARY:
        offer_role(engine, "user restored configured mode")
    elif phase is Phase.HOLD_OFF:
        engine.move(Trigger.RESTORE)


def _restart_ha(engine: Core, _: Command) -> None:
    """Source: HA-576, HA-577."""
    stopped = engine.phase in {Phase.SWITCHED_OFF, Phase.FAILED}
    engine.enter_group(was=Effective.SECONDARY if stopped else engine.memory.effective)


def _restart(engine: Core, command: Command) -> None:
    """Send hold-off first when a primary restarts on purpose. Source: HA-520, HA-525, HA-731."""
    if engine.phase is Phase.PRIMARY and engine.peer is not None:
        engine.send(say.HoldOff(engine.memory.boot, command.value))
        engine.restarting = command
        engine.timer("hold-off-answer", HOLD_OFF_ANSWER)
        return
    go_down(engine, command)


def go_down(engine: Core, command: Command) -> None:
    """Report a planned restart, then restart. Source: HA-525, HA-527, HA-534, D.1-3."""
    engine.emit(do.Log("ha: The system is rebooting (or reloading)!"))
    engine.emit(do.Alert("The system is rebooting (or reloading)!"))
    engine.emit(do.SystemTrap(RESTARTS[command]))
    engine.restart(command)


def _shutdown(engine: Core, command: Command) -> None:
    """Shut down without hold-off: it is no reboot. Source: HA-530, HA-531, HA-659."""
    engine.emit(do.Log("ha: The system was shutdown!"), do.Alert("The system was shutdown!"))
    engine.emit(do.Trap(3, "system shutdown"), do.SystemTrap(RESTARTS[command]), do.StopMail())
    if engine.phase is Phase.PRIMARY:
        engine.release_all()
    engine.emit(do.CloseLinks())
    engine.restart(command)


_ACTIONS = {
    Command.SYNC: _sync,
    Command.FAILOVER: _failover,
    Command.RESTORE: _restore,
    Command.RESTART: _restart_ha,
    Command.REBOOT: _restart,
    Command.RELOAD: _restart,
    Command.UPGRADE: _restart,
    Command.SHUTDOWN: _shutdown,
}
