"""Who receives what simulated units report: a log server, a manager of SNMP, and the server of alert mail."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from lab import snmp
from lab.contract import Sink, Snmp
from lab.sim.machine import Machine
from lab.sim.mailer import MAIL_INTERFACE
from lab.sim.world import World
from lab.standard_pair import PAIR
from lab.timeline import Kind
from node.reporting import HA_EFFECTIVE_MODE, HA_MODE, MIB, Datagram, Notification
from node.settings.snmp import Community, Identity, Level, User, Version
from node.settings.values import NONE4

SYSLOG_PORT, TRAP_PORT, SNMP_PORT = 514, 162, 161

SNMP_VERSIONS = {Version.V1: Snmp.V1, Version.V2C: Snmp.V2C, Version.V3: Snmp.V3}
"""Versions in the contract's words."""

TRY_AGAIN = 2.0
"""Seconds until an alert that was not taken is sent again, as on containers."""


class SimReceivers:
    """`lab.contract.Receivers`."""

    def __init__(self, world: World, machines: Mapping[str, Machine]) -> None:
        """Receive everything that these machines send."""
        self.log_server = PAIR.address(PAIR.administration, "client").partition("/")[0]
        self._world = world
        self._machines = machines
        self._away: set[Sink] = set()
        self._sending: set[tuple[str, int]] = set()
        """Machines, each in one life of its software, that send their alerts now."""
        self._due: dict[tuple[str, int], float] = {}
        """When the last datagram of each machine to each kind of receiver arrives."""
        self._hangs = False
        self._waiting: list[tuple[Machine, tuple[str, int]]] = []
        """Machines that wait for an answer, each in one life of its software."""

    def leave(self, sink: Sink) -> None:
        """Let nothing be received there from now on."""
        self._away |= _leaving_with(sink)

    def hang(self) -> None:
        """Let alert mail's server answer no alert."""
        self._hangs = True

    def come_back(self, sink: Sink) -> None:
        """Receive again what is sent from now on, and what waits for an answer."""
        self._away -= _leaving_with(sink)
        if sink is Sink.ALERT_MAIL:
            self._hangs = False
            waiting, self._waiting = self._waiting, []
            for machine, life in waiting:
                if life != (machine.name, machine.hardware.starts):
                    continue
                machine.hardware.after(self._world.draw(0.01, 0.03), partial(self._send, machine, life), process=True)

    def ask_modes(self, unit: str, version: Snmp) -> tuple[int, int] | None:
        """Ask a unit for its modes; the answer takes no time."""
        machine = self._machines[unit]
        if machine.engine is None or not machine.on_network() or not machine.interfaces.cable(PAIR.administration):
            return None
        to = machine.sinks()
        admitted = any(
            SNMP_VERSIONS[reader.identity.version] is version
            and reader.port == SNMP_PORT
            and reader.address in {NONE4, self.log_server}
            and _in_the_labs_name(reader.identity, version)
            for reader in to.snmp.readers
        )
        if not admitted:
            return None
        shown = {
            each.oid: each.value
            for each in machine.build.reporting.mode_objects(machine.serial, machine.engine.status())
        }
        return int(shown[HA_MODE]), int(shown[HA_EFFECTIVE_MODE])

    def notify(self, machine: Machine, notification: Notification) -> None:
        """Let a trap travel from a machine to the manager that it is for."""
        if machine.interfaces.cable(PAIR.administration):
            engine = machine.sinks().snmp.info.engine
            travels = self._in_order((machine.name, TRAP_PORT), self._world.draw(0.01, 0.03))
            self._world.after(travels, partial(self._take_trap, machine, notification, engine))

    def _take_trap(self, machine: Machine, notification: Notification, engine: str) -> None:
        manager, trap = notification.manager, notification.trap
        sink = snmp.MANAGERS[SNMP_VERSIONS[manager.identity.version]]
        listens = (manager.address, manager.port) == (self.log_server, TRAP_PORT) and sink not in self._away
        known = sink is not Sink.TRAPS_V3 or engine == snmp.engine_name(machine.name)
        if listens and known and _in_the_labs_name(manager.identity, *snmp.COMMUNITIES):
            objects = {each.oid: each.value for each in trap.objects}
            text = snmp.told(f"{MIB}.0.{trap.number}", objects)
            self._world.note(Kind.REPORT, machine.name, sink=sink.value, text=text)

    def carry(self, machine: Machine, datagram: Datagram) -> None:
        """Let a datagram travel from a machine to whoever listens there."""
        if machine.interfaces.cable(PAIR.administration):
            travels = self._in_order((machine.name, SYSLOG_PORT), self._world.draw(0.0001, 0.0004))
            self._world.after(travels, partial(self._arrive, machine, datagram))

    def _in_order(self, sender: tuple[str, int], travels: float) -> float:
        """How long a datagram travels: it does not overtake the one that its sender sent before."""
        now = self._world.now()
        due = self._due[sender] = max(now + travels, self._due.get(sender, now))
        return due - now

    def _arrive(self, machine: Machine, datagram: Datagram) -> None:
        listens = (datagram.address, datagram.port) == (self.log_server, SYSLOG_PORT)
        if listens and Sink.LOG_SERVER not in self._away:
            self._world.note(Kind.REPORT, machine.name, sink=Sink.LOG_SERVER.value, text=datagram.text)

    def send_alerts(self, machine: Machine) -> None:
        """Let a machine send the alerts that wait on its volume, one after the other, until each is taken."""
        life = (machine.name, machine.hardware.starts)
        if life not in self._sending and machine.volume.alerts:
            self._sending.add(life)
            machine.hardware.after(self._world.draw(0.01, 0.03), partial(self._send, machine, life), process=True)

    def _send(self, machine: Machine, life: tuple[str, int]) -> None:
        if self._hangs and machine.interfaces.cable(MAIL_INTERFACE):
            self._waiting.append((machine, life))
            return
        taken = Sink.ALERT_MAIL not in self._away and machine.interfaces.cable(MAIL_INTERFACE)
        if taken:
            mail = machine.volume.alerts.pop(0)
            self._world.note(Kind.REPORT, machine.name, sink=Sink.ALERT_MAIL.value, text=mail.text, to=mail.recipient)
        if machine.volume.alerts:
            after = self._world.draw(0.01, 0.03) if taken else TRY_AGAIN
            machine.hardware.after(after, partial(self._send, machine, life), process=True)
        else:
            self._sending.discard(life)


def _leaving_with(sink: Sink) -> set[Sink]:
    """The sinks that leave with one: the trap managers of all versions are one program."""
    return set(snmp.VERSIONS) if sink in snmp.VERSIONS else {sink}


def _in_the_labs_name(identity: Identity, *versions: Snmp) -> bool:
    """Whether a message passes in the name that the lab's manager has in a version, of a user by its passwords.

    Whoever takes traps knows the names of all communities, whatever the version of a message.
    """
    match identity:
        case Community(name):
            return name in {snmp.COMMUNITIES.get(version) for version in versions}
        case User():
            return identity == User(snmp.USER, Level.PRIVATE, "sha1", snmp.AUTHENTICATION, "aes", snmp.PRIVACY)
