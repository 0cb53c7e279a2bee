"""A simulated machine on its heartbeat networks: whom it dials, where it listens, and what it takes from there."""

from __future__ import annotations

from functools import lru_cache, partial

from lab.contract import Family, Port
from lab.sim.hardware import Hardware
from lab.sim.wire import Call
from lab.timeline import Entry, Kind
from node.build import Brain
from node.engine import events as on
from node.engine.messages import Heartbeat, Message
from node.engine.modes import Rank
from node.engine.settings import Link

RESENT = 0.3
"""Seconds after a thaw until the peer has sent again what a frozen machine did not acknowledge."""

OFFSETS = {port: number for number, port in enumerate(Port)}
"""Distance of each port from the base port."""

AT_OFFSET = {number: port for port, number in OFFSETS.items()}


class Attached(Hardware):
    """A machine whose engine, while it runs, may have its heartbeat links open: a `Station` on the wire."""

    engine: Brain | None = None
    """What decides, while the HA process runs."""
    last_heard: Entry | None = None
    """When it last heard its peer."""
    _links_open = False

    def handle(self, event: on.Event) -> None:
        """Give the engine an event."""
        raise NotImplementedError

    def links(self) -> tuple[Link, ...]:
        """The heartbeat links that are open."""
        return self.engine.settings.links if self.engine is not None and self._links_open else ()

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
        link = next((link for link in self.links() if link.rank is rank), None)
        if link is None or self.engine is None:
            return None
        settings = self.engine.settings
        return Call(self, link.interface, link.dialled, settings.base_port + OFFSETS[port], port, settings.password)

    def authenticate(self, interface: str, source: str, password: str | None) -> bool:
        """Let the engine judge who has dialled (None: without a proper greeting); a stranger is reported to it."""
        link = self._link_on(interface)
        if self.engine is None or link is None:
            return False
        matches = password is not None and password == self.engine.settings.password
        if self.engine.admits(link.rank, source, password_matches=matches):
            return True
        if not self.engine.admits(link.rank, source, password_matches=True):
            self.refuse(interface, f"{source} is not the configured peer")
        else:
            self.refuse(interface, "no proper greeting" if password is None else "wrong password")
        return False

    def refuse(self, interface: str, why: str) -> None:
        """Report a stranger to the engine, which may be busy with an event right now."""
        link = self._link_on(interface)
        if link is not None:
            self.after(0.0, partial(self.handle, on.StrangerRefused(link.rank, why)), process=True)

    def receive(self, interface: str, message: Message, family: Family) -> None:
        """Take a message from an authenticated connection; a frozen machine takes it when it thaws."""
        if self.frozen:
            again = partial(self.receive, interface, message, family)
            self.keep_for_thaw(lambda: self.after(RESENT, again, process=True))
            return
        link = self._link_on(interface)
        if link is None:
            return
        if isinstance(message, Heartbeat):
            self.last_heard = self.world.note(Kind.HEARTBEAT, self.name, rank=link.rank.value, family=family.value)
        self.handle(on.Heard(link.rank, message))

    def carrier(self, interface: str, *, up: bool) -> None:
        """The cable of an interface was pulled or plugged."""
        self.interfaces.set_cable(interface, plugged=up)
        self.world.network_changed()
        link = self._link_on(interface)
        if link is not None:
            self.after(0.0, partial(self.handle, on.CarrierChanged(link.rank, up)), process=True)

    def _link_on(self, interface: str) -> Link | None:
        for link in self.links():
            if link.interface == interface:
                return link
        return None


@lru_cache(maxsize=256)
def listening(link: Link) -> frozenset[Family]:
    """Families of the own addresses on which a link listens: those of the peer's, IPv4 while it has none."""
    families = {Family.IPV4: link.peer or not link.peer6, Family.IPV6: link.peer6}
    return frozenset(family for family, wanted in families.items() if wanted)
