"""Who receives what simulated units report: a log server and the server of alert mail."""

from __future__ import annotations

from functools import partial

from lab.contract import Sink
from lab.sim.machine import Machine
from lab.sim.mailer import MAIL_INTERFACE
from lab.sim.world import World
from lab.standard_pair import PAIR
from lab.timeline import Kind
from node.reporting import Datagram

SYSLOG_PORT = 514

TRY_AGAIN = 2.0
"""Seconds until an alert that was not taken is sent again, as on containers."""


class SimReceivers:
    """`lab.contract.Receivers`."""

    def __init__(self, world: World) -> None:
        """Receive everything."""
        self.log_server = PAIR.address(PAIR.administration, "client").partition("/")[0]
        self._world = world
        self._away: set[Sink] = set()
        self._sending: set[tuple[str, int]] = set()
        """Machines, each in one life of its software, that send their alerts now."""

    def leave(self, sink: Sink) -> None:
        """Let nothing be received there from now on."""
        self._away.add(sink)

    def come_back(self, sink: Sink) -> None:
        """Receive again what is sent from now on."""
        self._away.discard(sink)

    def carry(self, machine: Machine, datagram: Datagram) -> None:
        """Let a datagram travel from a machine to whoever listens there."""
        if machine.interfaces.cable(PAIR.administration):
            self._world.after(self._world.draw(0.0001, 0.0004), partial(self._arrive, machine, datagram))

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
        taken = Sink.ALERT_MAIL not in self._away and machine.interfaces.cable(MAIL_INTERFACE)
        if taken:
            mail = machine.volume.alerts.pop(0)
            self._world.note(Kind.REPORT, machine.name, sink=Sink.ALERT_MAIL.value, text=mail.text, to=mail.recipient)
        if machine.volume.alerts:
            after = self._world.draw(0.01, 0.03) if taken else TRY_AGAIN
            machine.hardware.after(after, partial(self._send, machine, life), process=True)
        else:
            self._sending.discard(life)
