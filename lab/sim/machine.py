"""A simulated unit: the HA engine on its hardware and its networks, with every effect carried out in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Protocol, assert_never

from lab.contract import Family, Port
from lab.contract import Mode as Shown
from lab.sim.checks import Answer, Checks
from lab.sim.configurations import Configurations, host_name
from lab.sim.hardware import Hardware, RunState
from lab.sim.interfaces import family_of
from lab.sim.mailer import Mailer
from lab.sim.volume import Volume
from lab.sim.wire import Call, Wire
from lab.sim.world import Slot, World
from lab.timeline import Entry, Kind
from node.build import Brain, Build
from node.engine import effects as do
from node.engine import events as on
from node.engine.messages import Heartbeat, Message, Notice, port_of
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.modes import Port as EnginePort
from node.engine.settings import Link, RemoteCheck
from node.engine.timers import Timer
from node.exchange import frames
from node.reporting import Datagram, Notification, SnmpTrap
from node.settings import in_force
from node.settings.sinks import Sinks

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Date and time at virtual second 0, by the clock of every unit."""

RESENT = 0.3
"""Seconds after a thaw until the peer has sent again what a frozen machine did not acknowledge."""

OFFSETS = {port: number for number, port in enumerate(Port)}
"""Distance of each port from the base port."""

AT_OFFSET = {number: port for port, number in OFFSETS.items()}

PORTS = {each: Port(each.value) for each in EnginePort}
"""The four ports in the contract's words."""

SHOWN = {each: Shown(each.value) for each in Effective}
"""Effective modes in the contract's words."""


@dataclass(slots=True)
class _Running:
    """A timer that runs: when it is due, and when it is called next, at the latest then."""

    slot: Slot
    called: Slot


class Surroundings(Protocol):
    """What a machine leaves to the rest of the lab, because it concerns another machine."""

    def announced(self, machine: Machine, interface: str, address: str) -> None:
        """A gratuitous ARP, or an unsolicited neighbour advertisement, left the interface."""

    def start_sync(self, machine: Machine, what: Sync, rank: Rank) -> None:
        """Copy from the peer, then give the engine a SyncFinished."""

    def cancel_sync(self, machine: Machine) -> None:
        """Break off what `start_sync` began; the engine hears nothing more of it."""

    def ask_service(self, machine: Machine, check: RemoteCheck) -> Answer:
        """Ask the service that a check of the machine's concerns."""
        ...

    def hand_over_queue(self, machine: Machine, rank: Rank) -> None:
        """Hand the machine's queued mail to its peer, then give the engine a QueueHandedOver."""

    def cancel_hand_over(self, machine: Machine) -> None:
        """End what `hand_over_queue` began, after the message under way; the engine hears nothing more of it."""

    def use_copies(self, machine: Machine) -> None:
        """Put what the machine has copied of its peer's queue into its own."""

    def carry(self, machine: Machine, datagram: Datagram) -> None:
        """Carry a datagram to whoever listens at its address."""

    def notify(self, machine: Machine, notification: Notification) -> None:
        """Carry a trap to whoever listens at its manager's address."""

    def send_alerts(self, machine: Machine) -> None:
        """Send the alerts that wait on the machine's volume."""


class Machine:
    """One unit: power, interfaces, mail and engine. On the wire it is a `Station`."""

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
        configurations: Configurations,
        around: Surroundings,
    ) -> None:
        """Place a unit without power."""
        self.name = name
        self.world = world
        self.volume = volume
        self.hardware = Hardware(name, world, own, own6)
        self.interfaces = self.hardware.interfaces
        self.build = build
        """Engine, shell and exchange of the unit."""
        self.serial = f"SIM-{name}"
        self.hostname = host_name(name)
        self.given = tuple(own.items())
        """Ports with the own addresses that the machine was given."""
        self.configurations = configurations
        self.engine: Brain | None = None
        """What decides, while the HA process runs."""
        self.last_heard: Entry | None = None
        """The timeline's entry of the last heartbeat that it heard."""
        self.mailer = Mailer(self.hardware, volume)
        self.mailer.left = lambda names: self.handle(on.LeftQueue(names))
        self.alerts: list[str] = []
        self.traps: list[do.Trap | do.SystemTrap] = []
        self.fetched = ""
        """Release whose image an operator let the unit fetch: an upgrade puts it in place, a loss of power does not."""
        self.shown = Shown.UNREACHABLE
        """Effective mode as an operator sees it."""
        self._wire = wire
        self._around = around
        self.sockets = 0
        """How often it has closed the sockets of its links."""
        self.links: tuple[Link, ...] = ()
        """The heartbeat links that are open."""
        self._calls: dict[tuple[Rank, Port], Call] = {}
        self._timers: dict[Timer, _Running] = {}
        # A heartbeat goes over both links, and comes over both.
        self._line, self._message = lru_cache(maxsize=1)(frames.encode), lru_cache(maxsize=1)(frames.decode)
        self._in_order_from: dict[tuple[str, Port, str], float] = {}
        """When the connections that had a line for the frozen machine go on."""
        self._checks = Checks(self.hardware, volume, self.handle, partial(around.ask_service, self))

    # Power

    def boot(self, *, at_once: bool = False) -> None:
        """Give power and start; the engine runs after the boot time, or `at_once`."""
        self.hardware.boots += 1
        self.hardware.state = RunState.BOOTING
        if at_once:
            self._booted()
            self.mailer.open(self.mailer.sessions)
        else:
            self.hardware.start_after(0.8, 1.2, self._booted)

    def lose_power(self) -> None:
        """Stop at this instant; only the volume remains."""
        self._stop_process(RunState.OFF)
        self.mailer.stop()
        self.mailer.end_web_sessions()
        self.hardware.lose_memory()
        self.show()

    def crash(self) -> None:
        """Kill the HA process; machine, addresses and mail stay as they were."""
        self._stop_process(RunState.CRASHED)
        self.show()

    def freeze(self) -> None:
        """Stop everything; what falls due is kept until the thaw."""
        self.hardware.frozen = True
        self.show()

    def thaw(self) -> None:
        """Go on: what fell due meanwhile happens at once, in order."""
        self.hardware.frozen = False
        self.show()
        self.hardware.catch_up()

    def _booted(self) -> None:
        self.interfaces.up()
        self._start_process()

    def _start_process(self) -> None:
        self.hardware.state = RunState.RUNNING
        self.world.network_changed()
        self.hardware.starts += 1
        self.volume.recover()
        self.mailer.forget_given()
        self.engine = self.build.engine()
        settings = self.configurations.ha_settings(self.volume.configuration)
        self.handle(on.Started(settings, self.volume.memory, self.volume.release))
        self._around.send_alerts(self)

    def _stop_process(self, state: RunState) -> None:
        self.hardware.state = state
        self.engine = None
        self.hardware.starts += 1
        self._timers.clear()
        self._checks.stop()
        if self.links:
            self._close_links()

    # On its networks

    def on_network(self) -> bool:
        """Whether the machine answers on its addresses: booted and not frozen."""
        return self.hardware.on_network()

    def listens(self, interface: str, port: Port) -> int | None:
        """TCP port number on which one of the four ports listens on the interface, None when it does not."""
        if self.engine is None or self._link_on(interface) is None:
            return None
        return self.engine.settings.base_port + OFFSETS[port]

    def accepts(self, interface: str, port: int, family: Family) -> Port | None:
        """Which of the four ports listens on this TCP port of the own address of that family."""
        link = self._link_on(interface)
        if self.engine is None or link is None or family not in listening(link):
            return None
        return AT_OFFSET.get(port - self.engine.settings.base_port)

    def call(self, rank: Rank, port: Port) -> Call | None:
        """How this unit dials its peer's port over an open link; None when that link is not open."""
        return self._calls.get((rank, port))

    def authenticate(self, interface: str, source: str, password: str | None) -> bool:
        """Let the engine judge who has dialled (None: without a proper greeting); a stranger is reported to it."""
        link = self._link_on(interface)
        if self.engine is None or link is None:
            return False
        matches = password is not None and password == self.engine.settings.password
        if self.engine.admits(link.rank, source, password_matches=matches):
            return True
        if not self.engine.admits(link.rank, source, password_matches=True):
            self.refuse(interface, source, "not the configured peer")
        else:
            self.refuse(interface, source, "no proper greeting" if password is None else "wrong password")
        return False

    def refuse(self, interface: str, source: str, why: str) -> None:
        """Report a stranger to the engine, which may be busy with an event right now."""
        link = self._link_on(interface)
        if link is not None:
            self.hardware.after(0.0, partial(self.handle, on.StrangerRefused(link.rank, source, why)), process=True)

    def receive(self, interface: str, port: Port, line: bytes, source: str, stands: Callable[[], bool]) -> bool:
        """Take a line from an authenticated connection; return whether it stays. A frozen machine takes it thawed.

        What comes behind on the same connection waits for what is sent again: a stream keeps its order.
        """
        sockets, connection, now = self.sockets, (interface, port, source), self.world.now()

        def again() -> None:
            if sockets == self.sockets and stands():
                self.receive(interface, port, line, source, stands)

        def is_sent_again() -> None:
            self._in_order_from[connection] = self.world.now() + RESENT
            self.hardware.after(RESENT, again, process=True)

        if self.hardware.frozen:
            self.hardware.keep_for_thaw(is_sent_again)
            return True
        if (begins := self._in_order_from.get(connection, 0.0)) > now:
            self.hardware.after(begins - now, again, process=True)
            return True
        link = self._link_on(interface)
        if link is None:
            return False
        try:
            message = self._message(line, EnginePort(port))
        except frames.FrameError as error:
            self.refuse(interface, source, str(error))
            return False
        if isinstance(message, Heartbeat):
            self.last_heard = self.world.note(
                Kind.HEARTBEAT, self.name, rank=link.rank.value, family=family_of(source).value
            )
        self.handle(on.Heard(link.rank, message))
        return True

    def carrier(self, interface: str, *, up: bool) -> None:
        """The cable of an interface was pulled or plugged."""
        self.interfaces.set_cable(interface, plugged=up)
        self.world.network_changed()
        link = self._link_on(interface)
        if link is not None:
            self.hardware.after(0.0, partial(self.handle, on.CarrierChanged(link.rank, up)), process=True)

    def _link_on(self, interface: str) -> Link | None:
        for link in self.links:
            if link.interface == interface:
                return link
        return None

    # What its operator sees

    def answers_operator(self) -> bool:
        """Whether its CLI can be reached."""
        return self.engine is not None and not self.hardware.frozen

    def configured(self) -> Mode | None:
        """The configured mode as the unit shows it, None while its CLI cannot be reached."""
        return self.engine.status().configured if self.engine is not None and not self.hardware.frozen else None

    # Its configuration

    def carry_out(self, steps: Iterable[in_force.Step]) -> None:
        """Save another configuration and put it into force, step by step."""
        for step in steps:
            match step:
                case in_force.Save(configuration):
                    self.volume.configuration = self.configurations.dump(configuration)
                    self.volume.on_nas = self.build.exchange.on_nas(configuration)
                case in_force.Readdress(own):
                    self.interfaces.readdress(own)
                case in_force.Rename():
                    pass  # the simulated mail service shows no host name
                case in_force.Tell(event):
                    self.handle(event)
                case in_force.StartAfresh():
                    self._stop_process(RunState.RELOADING)
                    self.interfaces.clear_shared()
                    # The number of starts goes on: it tells the peer which messages are new.
                    self.volume.memory = on.Memory(boot=self.volume.memory.boot)
                    self._start_process()
                case _:
                    assert_never(step)

    # The engine

    def handle(self, event: on.Event) -> None:
        """Give the engine an event and carry its effects out, in order."""
        if self.engine is None:
            return
        starts = self.hardware.starts
        for effect in self.engine.handle(event, self.world.now()):
            self._carry_out(effect)
            if self.hardware.starts != starts:
                return
        self._checks.follow(self.engine.settings, peer=self.engine.watches_peer())
        self.show()

    def show(self) -> None:
        """Enter a role change into the timeline, as an operator would see it."""
        shown = Shown.UNREACHABLE
        if self.engine is not None and not self.hardware.frozen:
            shown = SHOWN[self.engine.effective]
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
                self._close_links()
                self._around.cancel_sync(self)
                self._around.cancel_hand_over(self)
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
            case do.EndWebSessions():
                self.mailer.end_web_sessions()
            case do.StartSync(what, rank):
                self._around.start_sync(self, what, rank)
            case do.CancelSync():
                self._around.cancel_sync(self)
            case do.HandOverQueue(rank):
                self._around.hand_over_queue(self, rank)
            case do.CancelHandOver():
                self._around.cancel_hand_over(self)
            case do.UseCopies():
                self._around.use_copies(self)
            case do.DropCopies(names):
                for name in tuple(self.volume.copies) if names is None else names:
                    self.volume.copies.pop(name, None)
            case do.Persist(memory):
                self.volume.memory = memory
            case do.RoleChanged():
                pass  # it is entered by `show`, as an operator sees it
            case do.Log(message):
                self._log(message)
            case do.Alert(event, old, new):
                self._alert(self.build.reporting.alert(self.interfaces.source("port1"), event, old, new))
            case do.Trap(event_id, reason):
                self.traps.append(effect)
                source = self.interfaces.source("port1")
                self._notify(self.build.reporting.ha_trap(self.serial, source, event_id, reason))
            case do.SystemTrap(system_event):
                self.traps.append(effect)
                self._notify(self.build.reporting.system_trap(self.serial, system_event))
            case do.Restart(command):
                self._restart(command)
            case _:
                assert_never(effect)

    def _log(self, message: str) -> None:
        reporting, at = self.build.reporting, EPOCH + timedelta(seconds=self.world.now())
        date, _, time = at.isoformat(timespec="microseconds").partition("T")
        line = reporting.line(date, time, self.serial, message)
        self.volume.log.append(line)
        self.world.note(Kind.LOG, self.name, message=message)
        for datagram in reporting.datagrams(self.sinks(), line):
            self._around.carry(self, datagram)

    def _alert(self, text: str) -> None:
        self.alerts.append(text)
        self.volume.alerts += self.build.reporting.mails(self.sinks(), text)
        self._around.send_alerts(self)

    def _notify(self, trap: SnmpTrap) -> None:
        for notification in self.build.reporting.notifications(self.sinks(), trap):
            self._around.notify(self, notification)

    def sinks(self) -> Sinks:
        """To whom it reports, and who may ask it by SNMP."""
        return self.configurations.sinks(self.build.reporting, self.volume.configuration)

    def _close_links(self) -> None:
        self.links = ()
        self._calls = {}
        self.sockets += 1
        self._wire.reset()

    def _open_links(self) -> None:
        self._close_links()
        if self.engine is None:
            return
        settings = self.engine.settings
        self.links = settings.links
        self._calls = {
            (link.rank, port): Call(
                self, link.interface, link.dialled, settings.base_port + offset, port, settings.password
            )
            for link in settings.links
            for port, offset in OFFSETS.items()
        }
        for link in self.links:
            if not self.interfaces.cable(link.interface):
                self.hardware.after(0.0, partial(self.handle, on.CarrierChanged(link.rank, up=False)), process=True)

    def _send(self, rank: Rank, message: Message) -> None:
        call = self.call(rank, PORTS[port_of(message)])
        if call is not None:
            lost = None
            if isinstance(message, Notice):
                notice = on.NoticeLost(rank, message)
                lost = self._while_running(lambda: self.handle(notice))
            self._wire.send(call, self._line(message), lost)

    def _while_running(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back only while this HA process runs and the machine is not frozen."""
        starts = self.hardware.starts

        def alive() -> None:
            if starts == self.hardware.starts and not self.hardware.frozen:
                callback()

        return alive

    def _start_timer(self, timer: Timer, seconds: float) -> None:
        """Let a timer fire. One that is started again, to fire no sooner, is called when it was due, and goes on."""
        slot, running = self.world.slot(seconds), self._timers.get(timer)
        if running is not None and running.called <= slot:
            running.slot = slot
        else:
            self._timers[timer] = running = _Running(slot, slot)
            self.world.at(slot, partial(self._fire, timer, running))

    def _fire(self, timer: Timer, running: _Running) -> None:
        if self._timers.get(timer) is not running:
            return
        if running.slot != running.called:
            running.called = running.slot
            self.world.at(running.slot, partial(self._fire, timer, running))
        elif self.hardware.frozen:
            self.hardware.keep_for_thaw(partial(self._fire, timer, running))
        else:
            del self._timers[timer]
            self.handle(on.TimerFired(timer))

    def _restart(self, command: Command) -> None:
        if command is Command.SHUTDOWN:
            self.lose_power()
        elif command in {Command.REBOOT, Command.UPGRADE}:
            if command is Command.UPGRADE:
                self.volume.release = self.fetched
            self.lose_power()
            self.boot()
        else:
            self._stop_process(RunState.RELOADING)
            self.mailer.stop()
            self.interfaces.clear_shared()
            self.show()
            self.hardware.start_after(0.4, 0.9, self._start_process)


def listening(link: Link) -> tuple[Family, ...]:
    """Return the families of own addresses on which a link listens: those of the peer's, IPv4 while it has none."""
    if not link.peer6:
        return (Family.IPV4,)
    return (Family.IPV4, Family.IPV6) if link.peer else (Family.IPV6,)
