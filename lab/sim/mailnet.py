"""The mail network: a client that sends and probes, its ARP table, and a protected server."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import partial

from lab.contract import Area, HalfMessage, MailKind, Message, Service
from lab.sim.banner_probe import BannerProbe
from lab.sim.load import SimLoad
from lab.sim.machine import Machine
from lab.sim.mailer import MAIL_INTERFACE
from lab.sim.neighbours import Neighbours, takes
from lab.sim.world import World
from lab.timeline import Kind

UNANSWERED = 1.0
"""Seconds that the client waits for a connection."""

ASKING = 0.2
"""Seconds for which the client collects answers to an ARP request."""

RECIPIENT = "user@example.com"
RECIPIENTS = {MailKind.LOCAL: "user@local.example.com"}


class SimMail:
    """`lab.contract.MailNetwork`. Watched addresses are probed every 50 ms (see `lab.sim.banner_probe`)."""

    def __init__(
        self, world: World, machines: Mapping[str, Machine], virtual_address: str, virtual_address6: str = ""
    ) -> None:
        """Connect the client, and begin to watch the virtual address."""
        self.virtual_address = virtual_address
        self.virtual_address6 = virtual_address6
        self._world = world
        self._machines = machines
        self._neighbours = Neighbours(world, machines)
        self._numbers = itertools.count(1)
        self._watched: list[BannerProbe] = []
        self._held = self._stalls = False
        for machine in machines.values():
            machine.mailer.deliver = partial(self._deliver, machine)
            machine.mailer.held = lambda: self._held
            machine.mailer.stalls = lambda: self._stalls
        self.watch(virtual_address)

    def send(self, kind: MailKind = MailKind.CLEAN, to: str | None = None, size: int = 0) -> Message:
        """Send one test message to an address and tell how it was answered."""
        host = _host(to if to is not None else self.virtual_address)
        name = self._next_name()
        self._world.advance(self._world.draw(0.001, 0.004))
        at = self._world.now()
        machine = self._neighbours.reach(host)
        outcome = "unanswered" if machine is None else machine.mailer.answer()
        message = Message(name, kind, RECIPIENTS.get(kind, RECIPIENT), at, outcome, size)
        return self._handed_in(message, host, machine)

    def load(self) -> SimLoad:
        """Let clients hand in messages from now on."""
        return SimLoad(self._world, self._neighbours, _host(self.virtual_address), RECIPIENT)

    def begin_message(self, to: str) -> HalfMessage | None:
        """Hand a message in but for its end; None when no mail service answers."""
        session = self.open_session(to)
        return _Half(self._next_name(), session, self._end_message) if session.is_open() else None

    def _end_message(self, name: str, session: _Session) -> Message:
        at = self._world.now()
        outcome = "accepted" if session.is_open() else "unanswered"
        message = Message(name, MailKind.CLEAN, RECIPIENT, at, outcome)
        return self._handed_in(message, session.host, session.machine)

    def _next_name(self) -> str:
        return f"m{next(self._numbers):04d}"

    def _handed_in(self, message: Message, host: str, machine: Machine | None) -> Message:
        """Put an accepted message into the unit's queue, and note how each was answered."""
        if machine is not None and message.outcome == "accepted":
            machine.mailer.accept(message)
        elif message.outcome == "unanswered":
            self._world.advance(UNANSWERED)
        unit = machine.name if machine else None
        self._world.note(Kind.MAIL, message.id, event=message.outcome, via=host, unit=unit, sort=message.kind.value)
        return message

    def open_session(self, address: str, service: Service = Service.SMTP) -> _Session:
        """Open a session to an address; without an answer it is closed from the start.

        A simulated mail service speaks all of `Service` alike.
        """
        self._world.advance(self._world.draw(0.001, 0.004))
        return _Session(_host(address), self._neighbours, service)

    def read(self, unit: str, address: str, *, answered: bool = False) -> tuple[str, ...] | None:
        """Ids of what the owner of the mailbox finds there; None where the unit's mail service does not answer."""
        session = self.open_session(address, Service.IMAP)
        machine = session.machine
        if machine is None or machine.name != unit or not session.is_open():
            return None
        return machine.volume.read(Area.MAILBOXES, "RS" if answered else "S")

    def answering(self, address: str) -> str | None:
        """Name of the unit whose mail service answers on the address now."""
        return self._neighbours.answering(_host(address))

    def claimants(self, address: str) -> frozenset[str]:
        """Names of the units that answer an ARP request for the address."""
        host = _host(address)
        self._world.advance(ASKING)
        return frozenset(name for name, machine in self._machines.items() if takes(machine, host))

    def hold_deliveries(self) -> None:
        """Let the protected server put every delivery off."""
        self._held = True

    def stall_deliveries(self) -> None:
        """Let the protected server answer no delivery."""
        self._stalls = True

    def stalled(self) -> frozenset[str]:
        """Names of the units that are in the middle of a delivery."""
        return frozenset(name for name, machine in self._machines.items() if machine.mailer.sending)

    def release_deliveries(self) -> None:
        """Let the protected server take mail again."""
        self._held = self._stalls = False
        for machine in self._machines.values():
            machine.mailer.go_on()

    def watch(self, address: str) -> None:
        """Probe the address every 50 ms from now on."""
        host = _host(address)
        if all(each.host != host for each in self._watched):
            self._watched.append(BannerProbe(host, self._world, self._neighbours))

    def announced(self, machine: Machine, interface: str, host: str) -> None:
        """An announcement travels to the client, if it left on this network and the cable is in."""
        if interface == MAIL_INTERFACE:
            self._world.after(self._world.draw(0.0001, 0.0004), partial(self._hear_announcement, machine, host))

    def close(self) -> None:
        """Enter the last probe of each watched address."""
        for watch in self._watched:
            watch.enter_last()

    def _hear_announcement(self, machine: Machine, host: str) -> None:
        if machine.interfaces.cable(MAIL_INTERFACE):
            self._neighbours.announced(machine, host)
            self._world.note(Kind.ANNOUNCEMENT, machine.name, address=host)

    def _deliver(self, machine: Machine, message: Message) -> None:
        self._world.note(Kind.MAIL, message.id, event="delivered", via="protected server", unit=machine.name)


class _Session:
    """A session with whichever unit answered when it was opened; it ends with that unit's mail service or address."""

    def __init__(self, host: str, neighbours: Neighbours, service: Service = Service.SMTP) -> None:
        self.host = host
        self._neighbours = neighbours
        self.machine = neighbours.reach(host)
        answers = self.machine is not None and self.machine.mailer.greets(service)
        self._service = service
        self._number = self.machine.mailer.session(service) if self.machine is not None and answers else None

    def is_open(self) -> bool:
        """Whether a NOOP is answered."""
        machine = self._neighbours.reach(self.host)
        return machine is not None and machine is self.machine and machine.mailer.session(self._service) == self._number


class _Half:
    """A message whose end has not been sent; it ends with its session."""

    def __init__(self, name: str, session: _Session, end: Callable[[str, _Session], Message]) -> None:
        self._name = name
        self._session = session
        self._end = end

    def end(self) -> Message:
        """Send the end."""
        return self._end(self._name, self._session)


def _host(address: str) -> str:
    return address.partition("/")[0]
