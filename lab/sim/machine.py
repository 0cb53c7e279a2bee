"""A simulated unit: the HA engine on its hardware, with every effect carried out in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol, assert_never

from lab.contract import Mode as Shown
from lab.contract import Port
from lab.sim.attached import Attached
from lab.sim.checks import Checks
from lab.sim.configurations import dump, host_name
from lab.sim.hardware import State
from lab.sim.mailer import Mailer
from lab.sim.stores import Volume
from lab.sim.wire import Wire
from lab.sim.world import World
from lab.timeline import Kind
from node.build import Build
from node.engine import effects as do
from node.engine import events as on
from node.engine.messages import Message, SyncNow, port_of
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.timers import Timer
from node.settings import in_force
from node.texts import alert_text, log_line

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""What units take virtual second 0 for."""

SHOWN = {each: Shown(each.value) for each in Effective}
"""Effective modes in the contract's words."""


class Surroundings(Protocol):
    """What a machine hands on to the rest of the lab."""

    def announced(self, machine: Machine, interface: str, address: str) -> None:
        """A gratuitous ARP, or an unsolicited neighbour advertisement, left the interface."""

    def start_sync(self, machine: Machine, what: Sync, rank: Rank) -> None:
        """Copy from the peer, then give the engine a SyncFinished."""

    def cancel_sync(self, machine: Machine) -> None:
        """Break off what `start_sync` began; the engine hears nothing more of it."""

    def hand_over_queue(self, machine: Machine, rank: Rank) -> None:
        """Hand the machine's queued mail to its peer, then give the engine a QueueHandedOver."""

    def cancel_hand_over(self, machine: Machine) -> None:
        """End what `hand_over_queue` began, after the message under way; the engine hears nothing more of it."""

    def settings_of(self, configuration: str) -> HaSettings:
        """The HA settings in a stored configuration."""


class Machine(Attached):
    """One unit from the plug to the engine."""

    def __init__(
        self,
        name: str,
        *,
        world: World,
        wire: Wire,
        volume: Volume,
        own: Mapping[str, str],
        own6: Mapping[str, str] | None = None,
        build: Build,
        around: Surroundings,
    ) -> None:
        """Place a unit without power."""
        super().__init__(name, world, volume, own, own6)
        self.build = build
        """What the unit is built of."""
        self.serial = f"SIM-{name}"
        self.hostname = host_name(name)
        self.given = tuple(own.items())
        """Own addresses that the machine was given, by port."""
        self.mailer = Mailer(self)
        self.alerts: list[str] = []
        self.traps: list[do.Trap | do.SystemTrap] = []
        self.fetched = ""
        """Release whose image an operator let the unit fetch: an upgrade puts it in place, a loss of power does not."""
        self.shown = Shown.UNREACHABLE
        """Effective mode as an operator sees it."""
        self._wire = wire
        self._around = around
        self._timers: dict[Timer, int] = {}
        self._timer_count = 0
        self._checks = Checks(self, self.handle)

    # Power

    def boot(self, *, at_once: bool = False) -> None:
        """Give power and start; the engine runs after the boot time. `at_once`: it has stood there for long."""
        self.boots += 1
        self.state = State.BOOTING
        if at_once:
            self._booted()
            self.mailer.open(self.mailer.sessions)
        else:
            self.start_after(0.8, 1.2, self._booted)

    def lose_power(self) -> None:
        """Stop at this instant; only the volume remains."""
        self._stop_process(State.OFF)
        self.mailer.stop()
        self.lose_memory()
        self.show()

    def crash(self) -> None:
        """Kill the HA process; machine, addresses and mail stay as they were."""
        self._stop_process(State.CRASHED)
        self.show()

    def freeze(self) -> None:
        """Stop everything; what falls due is kept until the thaw."""
        self.frozen = True
        self.show()

    def thaw(self) -> None:
        """Go on: what fell due meanwhile happens at once, in order."""
        self.frozen = False
        self.show()
        self.catch_up()

    def _booted(self) -> None:
        self.interfaces.up()
        self._start_process()

    def _start_process(self) -> None:
        self.state = State.RUNNING
        self.world.network_changed()
        self.starts += 1
        self.engine = self.build.engine()
        settings = self._around.settings_of(self.volume.configuration)
        self.handle(on.Started(settings, self.volume.memory, self.volume.release))

    def _stop_process(self, state: State) -> None:
        self.state = state
        self.engine = None
        self.starts += 1
        self._timers.clear()
        self._checks.stop()
        if self._links_open:
            self._links_open = False
            self._wire.reset()

    # What its operator sees

    def answers_operator(self) -> bool:
        """Whether its CLI can be reached."""
        return self.engine is not None and not self.frozen

    def configured(self) -> Mode | None:
        """The configured mode as the unit shows it, None while its CLI cannot be reached."""
        return self.engine.status().configured if self.engine is not None and not self.frozen else None

    # Its configuration

    def carry_out(self, steps: Iterable[in_force.Step]) -> None:
        """Save another configuration and put it into force, step by step."""
        for step in steps:
            match step:
                case in_force.Save(configuration):
                    self.volume.configuration = dump(configuration)
                case in_force.Readdress(own):
                    self.interfaces.readdress(own)
                case in_force.Rename():
                    pass  # the simulated mail service shows no host name
                case in_force.Tell(event):
                    self.handle(event)
                case in_force.StartAfresh():
                    self._stop_process(State.RELOADING)
                    self.interfaces.clear_shared()
                    # Starts are numbered on: the peer tells by that what is new.
                    self.volume.memory = on.Memory(boot=self.volume.memory.boot)
                    self._start_process()
                case _:
                    assert_never(step)

    # The engine

    def handle(self, event: on.Event) -> None:
        """Give the engine an event and carry its effects out, in order."""
        if self.engine is None:
            return
        starts = self.starts
        for effect in self.engine.handle(event, self.world.now()):
            self._carry_out(effect)
            if self.starts != starts:
                return
        self._checks.follow(self.engine.settings)
        self.show()

    def show(self) -> None:
        """Enter a role change into the timeline, as an operator would see it."""
        shown = Shown.UNREACHABLE
        if self.engine is not None and not self.frozen:
            shown = SHOWN[self.engine.status().effective]
        old, self.shown = self.shown, shown
        if old is not shown:
            self.world.note(Kind.ROLE, self.name, old=old.value, new=shown.value)
            self.world.network_changed()
        self.world.touch()

    def _carry_out(self, effect: do.Effect) -> None:
        match effect:
            case do.Send(rank, message):
                self._send(rank, message)
            case do.StartTimer(timer, seconds):
                self._start_timer(timer, seconds)
            case do.StopTimer(timer):
                self._timers.pop(timer, None)
            case do.OpenLinks():
                self._open_links()
            case do.CloseLinks():
                self._links_open = False
                self._wire.reset()
            case do.HoldAddress(interface, action, address):
                self.interfaces.hold(interface, action, address)
            case do.ReleaseAddress(interface, action, address):
                self.interfaces.release(interface, action, address)
            case do.Announce(interface, address):
                self._around.announced(self, interface, address.partition("/")[0])
            case do.SetBridge(interface, state):
                self.interfaces.set_bridge(interface, state)
            case do.StartMail():
                self.mailer.start()
            case do.StopMail():
                self.mailer.stop()
            case do.StartSync(what, rank):
                self._around.start_sync(self, what, rank)
            case do.CancelSync():
                self._around.cancel_sync(self)
            case do.HandOverQueue(rank):
                self._around.hand_over_queue(self, rank)
            case do.CancelHandOver():
                self._around.cancel_hand_over(self)
            case do.Persist(memory):
                self.volume.memory = memory
            case do.RoleChanged():
                pass  # it is entered by `show`, as an operator sees it
            case do.Log(message):
                self.volume.log.append(log_line(EPOCH + timedelta(seconds=self.world.now()), self.serial, message))
                self.world.note(Kind.LOG, self.name, message=message)
            case do.Alert(event, old, new):
                self.alerts.append(alert_text(self.interfaces.source("port1"), event, old, new))
            case do.Trap() | do.SystemTrap():
                self.traps.append(effect)
            case do.Restart(command):
                self._restart(command)
            case _:
                assert_never(effect)

    def _open_links(self) -> None:
        self._links_open = True
        self._wire.reset()
        for link in self.links():
            if not self.interfaces.cable(link.interface):
                self.after(0.0, partial(self.handle, on.CarrierChanged(link.rank, up=False)), process=True)

    def _send(self, rank: Rank, message: Message) -> None:
        call = self.call(rank, Port(port_of(message).value))
        if call is not None:
            lost = None
            if isinstance(message, SyncNow):
                notice = on.NoticeLost(rank, message)
                lost = self._while_running(lambda: self.handle(notice))
            self._wire.send(call, message, lost)

    def _while_running(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back only while this HA process runs and the machine is not frozen."""
        starts = self.starts

        def alive() -> None:
            if starts == self.starts and not self.frozen:
                callback()

        return alive

    def _start_timer(self, timer: Timer, seconds: float) -> None:
        self._timer_count += 1
        token = self._timers[timer] = self._timer_count

        def fire() -> None:
            if self._timers.get(timer) == token:
                del self._timers[timer]
                self.handle(on.TimerFired(timer))

        self.after(seconds, fire, process=True)

    def _restart(self, command: Command) -> None:
        if command is Command.SHUTDOWN:
            self.lose_power()
        elif command in {Command.REBOOT, Command.UPGRADE}:
            if command is Command.UPGRADE:
                self.volume.release = self.fetched
            self.lose_power()
            self.boot()
        else:
            self._stop_process(State.RELOADING)
            self.mailer.stop()
            self.interfaces.clear_shared()
            self.show()
            self.start_after(0.4, 0.9, self._start_process)
