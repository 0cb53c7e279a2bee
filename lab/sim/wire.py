"""The simulated wire: segments between the two units, with faults per direction and port, and counters to prove them.

It behaves as TCP does. Each side dials the other's ports and speaks on the connection that it dialled. A connection
needs payload both ways to come about (the handshake), and one way to be used; what a black hole swallows breaks it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Protocol

from lab.contract import Cut, Family, How, Port
from lab.sim.interfaces import Interfaces, family_of
from lab.sim.world import World

HANDSHAKE = 620
"""Bytes of payload of one authenticated handshake, both ways."""

UNANSWERED = 5.0
"""Seconds without an answer after which a sender takes a message for lost."""

AT_ONCE = 0.001
"""Seconds that a refusal takes."""


class Fate(StrEnum):
    """What became of payload."""

    CARRIED = "carried"
    SWALLOWED = "swallowed"
    REFUSED = "refused"


class Station(Protocol):
    """A unit as its wire sees it."""

    name: str
    interfaces: Interfaces
    sockets: int
    """How often it has closed its sockets: what is under way to closed ones does not arrive."""

    def accepts(self, interface: str, port: int, family: Family) -> Port | None:
        """Which of the four ports listens on this TCP port of the interface's own address now; None for none."""
        ...

    def on_network(self) -> bool:
        """Whether the machine answers at all: powered, booted and not frozen."""
        ...

    def authenticate(self, interface: str, source: str, password: str | None) -> bool:
        """Judge who has dialled; a stranger is reported to the engine."""
        ...

    def receive(self, interface: str, port: Port, line: bytes, source: str, stands: Callable[[], bool]) -> bool:
        """Take a message that arrived on an authenticated connection, and return whether that stays.

        Who cannot take it yet asks later whether the connection still `stands`: otherwise nobody sends it again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """Who dials whom: from which interface, to which address and TCP port, for which of the four uses."""

    dialler: Station
    interface: str
    address: str
    tcp: int
    port: Port
    password: str = field(repr=False)

    @property
    def family(self) -> Family:
        """Whether IPv4 or IPv6 is dialled."""
        return family_of(self.address)

    @property
    def connection(self) -> tuple[str, str, int]:
        """What tells connections apart: the address that is dialled, who dialled, TCP port."""
        return (self.address, self.dialler.name, self.tcp)


@dataclass(slots=True)
class Segment:
    """One heartbeat network: its faults and what it has carried, in bytes of payload by TCP port."""

    interface: str
    cuts: list[Cut] = field(default_factory=list)
    delay: float = 0.0
    jitter: float = 0.0
    rate: float = float("inf")
    """Bytes per second that each connection carries each way."""
    carried: dict[Port, int] = field(default_factory=lambda: dict.fromkeys(Port, 0))
    used: set[int] = field(default_factory=set)
    swallowed: int = 0
    refused: int = 0
    overheard: dict[tuple[str, Port], list[bytes]] | None = None
    """What a stranger has kept, by receiver and port; None while none listens."""

    def fate(self, listener: str, port: Port, *, towards: str) -> Fate:
        """What the faults do to payload `towards` one end of a connection that ends at `listener`.

        A refusal that makes one unit deaf closes the way by which the other dials it; a black hole that makes it deaf
        takes the payload from whichever connection it comes on.
        """
        for cut in self.cuts:
            if cut.ports and port not in cut.ports:
                continue
            if cut.how is How.REFUSAL and (not cut.deaf or listener in cut.deaf):
                return Fate.REFUSED
            if cut.how is How.BLACK_HOLE and (not cut.deaf or towards in cut.deaf):
                return Fate.SWALLOWED
        return Fate.CARRIED

    def count(self, fate: Fate, call: Call, size: int) -> None:
        """Count payload of a call that came through, or did not."""
        if fate is Fate.CARRIED:
            self.carried[call.port] += size
            self.used.add(call.tcp)
        elif fate is Fate.SWALLOWED:
            self.swallowed += size
        else:
            self.refused += 1


class Wire:
    """All segments, and the connections of the two units over them."""

    def __init__(self, world: World, interfaces: tuple[str, ...]) -> None:
        """Lay one unbroken segment for each interface name, with no station on it yet."""
        self.segments = {name: Segment(name) for name in interfaces}
        self.stations: list[Station] = []
        self._world = world
        self._open: set[tuple[str, str, int]] = set()
        """Connections that stand (`Call.connection`)."""
        self._last: dict[tuple[str, str, int], float] = {}
        """When the last message on a connection arrives: a stream keeps its order."""

    def reset(self) -> None:
        """Break all connections: every one has both units as its ends, and one of them has closed or died."""
        self._open.clear()

    def passes(self, call: Call, listener: Station) -> Fate:
        """What becomes of an exchange that needs payload both ways."""
        segment = self.segments[call.interface]
        if segment.cuts:
            fates = {segment.fate(listener.name, call.port, towards=end.name) for end in (listener, call.dialler)}
            for fate in (Fate.REFUSED, Fate.SWALLOWED):
                if fate in fates:
                    return fate
        return Fate.CARRIED if _wired(call.dialler, listener, call.interface) else Fate.SWALLOWED

    def dial(self, call: Call) -> tuple[Fate, Station | None]:
        """Make sure that the connection stands, with a handshake where it does not; tell how that went, and with whom.

        A connection that stands is used without asking: what a black hole does to it shows when payload is lost.
        """
        listener = self._station_at(call)
        segment = self.segments.get(call.interface)
        if segment is None or listener is None:
            return Fate.SWALLOWED, None
        fate = self.passes(call, listener)
        if fate is not Fate.REFUSED and call.connection in self._open:
            return Fate.CARRIED, listener
        self._open.discard(call.connection)
        if fate is Fate.CARRIED:
            fate = self._shake_hands(call, listener)
        else:
            segment.count(fate, call, HANDSHAKE)
        return fate, listener if fate is Fate.CARRIED else None

    def hang_up(self, call: Call) -> None:
        """End a connection, if it stands: the next dial shakes hands again."""
        self._open.discard(call.connection)

    def send(self, call: Call, line: bytes, lost: Callable[[], None] | None = None) -> None:
        """Send one message, as far as the faults let it through; `lost` is called when the sender takes it for lost."""
        connection = call.connection
        known = connection in self._open
        fate, receiver = self.dial(call)
        if fate is not Fate.CARRIED or receiver is None:
            self._lose(fate, lost)
            return
        segment = self.segments[call.interface]
        if known:
            travel = self._trip() + self._late(segment)
        else:
            travel = sum(self._trip() for _ in range(4))
            travel += sum(self._late(segment) for _ in range(3)) + HANDSHAKE / segment.rate
        now = self._world.now()
        arrival = max(now + travel, self._last.get(connection, 0.0)) + len(line) / segment.rate
        self._last[connection] = arrival
        self._world.after(arrival - now, partial(self._arrive, call, receiver, receiver.sockets, line, lost))

    def _trip(self) -> float:
        return self._world.draw(0.0001, 0.0004)

    def _late(self, segment: Segment) -> float:
        """Seconds by which the next bytes are late; draws only if there is jitter."""
        if not segment.jitter:
            return segment.delay
        return max(0.0, segment.delay + self._world.draw(-segment.jitter, segment.jitter))

    def _station_at(self, call: Call) -> Station | None:
        for station in self.stations:
            if station is not call.dialler and station.interfaces.holds(call.interface, call.address):
                return station if _wired(call.dialler, station, call.interface) else None
        return None

    def _shake_hands(self, call: Call, listener: Station) -> Fate:
        if not listener.on_network():
            return Fate.SWALLOWED
        if listener.accepts(call.interface, call.tcp, call.family) is not call.port:
            return Fate.REFUSED
        self.segments[call.interface].count(Fate.CARRIED, call, HANDSHAKE)
        source = call.dialler.interfaces.source(call.interface, call.family)
        if not listener.authenticate(call.interface, source, call.password):
            return Fate.REFUSED
        self._open.add(call.connection)
        return Fate.CARRIED

    def _lose(self, fate: Fate, lost: Callable[[], None] | None) -> None:
        if lost is not None:
            self._world.after(UNANSWERED if fate is Fate.SWALLOWED else AT_ONCE, lost)

    def _arrive(
        self, call: Call, receiver: Station, sockets: int, line: bytes, lost: Callable[[], None] | None = None
    ) -> None:
        """Judge again on arrival: what is under way when a fault begins, or a socket closes, does not come through."""
        if sockets != receiver.sockets or receiver.accepts(call.interface, call.tcp, call.family) is not call.port:
            self._lose(Fate.REFUSED, lost)
            return
        segment = self.segments[call.interface]
        fate = segment.fate(receiver.name, call.port, towards=receiver.name)
        if not _wired(call.dialler, receiver, call.interface):
            fate = Fate.SWALLOWED
        segment.count(fate, call, len(line))
        if fate is Fate.CARRIED:
            if segment.overheard is not None:
                segment.overheard.setdefault((receiver.name, call.port), []).append(line)
            source = call.dialler.interfaces.source(call.interface, call.family)
            dialled = call.dialler.sockets

            def stands() -> bool:
                return call.connection in self._open and call.dialler.sockets == dialled

            if not receiver.receive(call.interface, call.port, line, source, stands):
                self._open.discard(call.connection)
        else:
            self._open.discard(call.connection)
            self._lose(fate, lost)


def _wired(one: Station, other: Station, interface: str) -> bool:
    return one.interfaces.cable(interface) and other.interfaces.cable(interface)
