"""Tests of the simulated wire: black hole, refusal, one way, one port, delay, cable, and proof of fault."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from lab.contract import Cut, Family, How, Port, Rank
from lab.errors import FaultNotProven
from lab.faults import Fault, FaultKind, Phase, told_in
from lab.sim.interfaces import Interfaces
from lab.sim.link import SimLink
from lab.sim.wire import HANDSHAKE, Call, Fate, Wire
from lab.sim.world import World
from lab.timeline import Kind

BASE = 20000
HOLE = Cut(How.BLACK_HOLE)
REFUSAL = Cut(How.REFUSAL)


class Stub:
    """A station that listens on the four ports of port6 and keeps what it receives."""

    def __init__(self, name: str, address: str) -> None:
        """Hold an address on port6."""
        self.name = name
        self.interfaces = Interfaces({"port6": address}, lambda *_: None)
        self.interfaces.up()
        self.listening = True
        self.sockets = 0
        self.network = True
        self.admitting = True
        self.received: list[bytes] = []
        self.stands: Callable[[], bool] = bool
        self.knocks: list[tuple[str, str | None]] = []

    def accepts(self, interface: str, port: int, family: Family) -> Port | None:
        """Listen on four ports from the base."""
        del family
        offset = port - BASE
        return list(Port)[offset] if self.listening and interface == "port6" and offset in range(4) else None

    def on_network(self) -> bool:
        """Answer as told."""
        return self.network

    def authenticate(self, interface: str, source: str, password: str | None) -> bool:
        """Admit as told."""
        self.knocks.append((source, password))
        return self.admitting and bool(interface)

    def receive(self, interface: str, port: Port, line: bytes, source: str, stands: Callable[[], bool]) -> bool:
        """Keep a line, and the connection unless it is rubbish."""
        assert (interface, port) in {("port6", each) for each in Port}
        assert source in {"10.0.6.1", "10.0.6.2"}
        self.stands = stands
        self.received.append(line)
        return line != b"rubbish"


class Bench:
    """Two stations on one segment."""

    def __init__(self) -> None:
        """Wire them up."""
        self.world = World("bench")
        self.wire = Wire(self.world, ("port6",))
        self.p, self.s = Stub("P", "10.0.6.1/24"), Stub("S", "10.0.6.2/24")
        self.wire.stations.extend([self.p, self.s])
        self.segment = self.wire.segments["port6"]
        self.link = SimLink(Rank.PRIMARY, self.segment, {"P": None, "S": None}, self.world)  # type: ignore[dict-item]
        self._number = count(1)

    def call(self, sender: Stub, port: Port = Port.HEARTBEAT) -> Call:
        """How a station dials the other."""
        receiver = self.s if sender is self.p else self.p
        address = receiver.interfaces.source("port6")
        return Call(sender, "port6", address, BASE + list(Port).index(port), port, "secret")

    def says(self, sender: Stub, port: Port = Port.HEARTBEAT) -> bool:
        """Send a message and tell whether it arrived within 100 ms."""
        receiver = self.s if sender is self.p else self.p
        message = b"%d\n" % next(self._number)
        self.wire.send(self.call(sender, port), message)
        self.world.advance(0.1)
        return message in receiver.received


@pytest.fixture
def bench() -> Bench:
    """A bench with nothing broken."""
    return Bench()


def test_whole_link_carries_both_ways_and_counts(bench: Bench) -> None:
    """Handshake and message are counted as payload of their port."""
    assert bench.says(bench.p)
    assert bench.says(bench.s)
    assert bench.link.carried(Port.HEARTBEAT) == 2 * (HANDSHAKE + len(b"1\n"))
    assert bench.link.carried(Port.DATA_SYNC) == 0
    assert bench.link.connections() == {BASE}


def test_handshake_is_made_once_for_a_standing_connection(bench: Bench) -> None:
    """The second message on a connection is not authenticated again."""
    assert bench.says(bench.p)
    assert bench.says(bench.p)
    assert bench.s.knocks == [("10.0.6.1", "secret")]


def test_black_hole_swallows_both_ways_until_healed(bench: Bench) -> None:
    """Nothing arrives, nothing is refused, and after healing both directions work again."""
    assert bench.says(bench.p)
    bench.link.cut(HOLE)
    assert not bench.says(bench.p)
    assert not bench.says(bench.s)
    assert bench.segment.swallowed > 0
    assert bench.segment.refused == 0
    bench.link.heal()
    assert bench.says(bench.p)
    assert bench.says(bench.s)


def test_refusal_is_refused_not_swallowed(bench: Bench) -> None:
    """A refused dial tells the dialler at once."""
    bench.link.cut(REFUSAL)
    fate, station = bench.wire.dial(bench.call(bench.p))
    assert (fate, station) == (Fate.REFUSED, None)
    assert bench.segment.refused > 0


@pytest.mark.parametrize("how", list(How))
def test_one_way_cut_makes_one_unit_deaf_only(bench: Bench, how: How) -> None:
    """On standing connections, the other direction goes on."""
    assert bench.says(bench.p)
    assert bench.says(bench.s)
    bench.link.cut(Cut(how, deaf=frozenset({"S"})))
    assert not bench.says(bench.p)
    assert bench.says(bench.s)


def test_new_connection_needs_both_ways(bench: Bench) -> None:
    """In a one-way black hole a handshake cannot end, as in real TCP with TLS."""
    bench.link.cut(Cut(How.BLACK_HOLE, deaf=frozenset({"S"})))
    assert not bench.says(bench.s)


def test_single_port_is_cut_alone(bench: Bench) -> None:
    """The three other ports go on."""
    bench.link.cut(Cut(How.BLACK_HOLE, ports=frozenset({Port.DATA_SYNC})))
    assert [port for port in Port if bench.says(bench.p, port)] == [
        Port.HEARTBEAT,
        Port.SYNC_CONTROL,
        Port.CONFIG_SYNC,
    ]


def test_what_is_under_way_when_a_fault_begins_does_not_arrive(bench: Bench) -> None:
    """A message sent just before the cut is lost in it."""
    assert bench.says(bench.p)
    bench.wire.send(bench.call(bench.p), b"in flight")
    bench.link.cut(HOLE)
    bench.world.advance(1.0)
    assert b"in flight" not in bench.s.received


def test_what_is_under_way_to_a_socket_that_closes_does_not_arrive(bench: Bench) -> None:
    """The station listens again at once, but knows nothing of the old connection."""
    assert bench.says(bench.p)
    bench.wire.send(bench.call(bench.p), b"in flight")
    bench.s.sockets += 1
    bench.world.advance(1.0)
    assert b"in flight" not in bench.s.received
    assert bench.says(bench.p)


def test_delay_holds_every_message_for_as_long(bench: Bench) -> None:
    """A standing connection delivers one delay later, in order."""
    assert bench.says(bench.p)
    bench.link.delay(2.0)
    bench.wire.send(bench.call(bench.p), b"a")
    bench.wire.send(bench.call(bench.p), b"b")
    bench.world.advance(1.9)
    assert len(bench.s.received) == 1
    bench.world.advance(0.2)
    assert bench.s.received[1:] == [b"a", b"b"]


def test_jitter_makes_messages_late_by_different_spans_in_order(bench: Bench) -> None:
    """Each message is late by the delay, give or take the jitter, and none overtakes another."""
    assert bench.says(bench.p)
    bench.link.delay(1.0, 0.5)
    arrivals = []
    for number in range(20):
        bench.wire.send(bench.call(bench.p), b"%d" % number)
        begun = bench.world.now()
        while len(bench.s.received) < number + 2:
            bench.world.advance(0.01)
        arrivals.append(bench.world.now() - begun)
    assert 0.5 <= min(arrivals) < 0.8
    assert 1.2 < max(arrivals) <= 1.52
    assert [int(each) for each in bench.s.received[1:]] == list(range(20))


def test_thin_link_carries_its_bytes_per_second(bench: Bench) -> None:
    """Messages queue behind each other on their connection, and the heal lets them through at once again."""
    assert bench.says(bench.p)
    bench.link.throttle(1000)
    for number in range(10):
        bench.wire.send(bench.call(bench.p), b"%0100d" % number)
    bench.world.advance(10 * 100 / 1000 - 0.05)
    assert len(bench.s.received) == 1 + 9
    bench.link.heal()
    bench.world.advance(0.1)
    assert bench.says(bench.p)


def test_a_connection_ends_with_a_line_that_its_receiver_does_not_bear(bench: Bench) -> None:
    """The next message needs a new handshake."""
    assert bench.says(bench.p)
    assert len(bench.s.knocks) == 1
    bench.wire.send(bench.call(bench.p), b"rubbish")
    bench.world.advance(0.1)
    assert bench.says(bench.p)
    assert len(bench.s.knocks) == 2


def test_who_takes_a_message_later_learns_whether_its_connection_still_stands(bench: Bench) -> None:
    """A sender that has died meanwhile sends nothing again."""
    assert bench.says(bench.p)
    assert bench.s.stands()
    bench.wire.reset()
    assert not bench.s.stands()
    assert bench.says(bench.p)
    assert bench.s.stands()
    bench.p.sockets += 1  # it has died, and dials again
    assert not bench.s.stands()


def test_messages_of_one_instant_keep_their_order(bench: Bench) -> None:
    """Drawn latencies never let a later message overtake on the same connection."""
    for number in range(50):
        bench.wire.send(bench.call(bench.p), b"%d" % number)
    bench.world.advance(1.0)
    assert [int(each) for each in bench.s.received] == list(range(50))


def test_other_base_port_is_refused(bench: Bench) -> None:
    """Dialling a port that the other unit uses for something else, or not at all, connects nothing."""
    call = bench.call(bench.p)
    for tcp in (BASE + 1, BASE + 4):
        moved = Call(call.dialler, call.interface, call.address, tcp, call.port, call.password)
        assert bench.wire.dial(moved) == (Fate.REFUSED, None)


def test_who_is_not_admitted_gets_nothing_through(bench: Bench) -> None:
    """A refused handshake leaves no connection, and the next attempt is judged again."""
    bench.s.admitting = False
    assert not bench.says(bench.p)
    assert not bench.says(bench.p)
    assert len(bench.s.knocks) == 2


def test_pulled_cable_stops_both_ways(bench: Bench) -> None:
    """The cable of one end is enough."""
    assert bench.says(bench.p)
    bench.s.interfaces.set_cable("port6", plugged=False)
    assert not bench.says(bench.p)
    assert not bench.says(bench.s)


def test_cut_that_stops_nothing_is_not_proven(bench: Bench) -> None:
    """A cut that names nobody on the link raises instead of pretending."""
    with pytest.raises(FaultNotProven):
        bench.link.cut(Cut(How.BLACK_HOLE, deaf=frozenset({"nobody"})))


def test_faults_are_entered_with_their_proof(bench: Bench) -> None:
    """The timeline has begin and end of a cut, and how it was proven."""
    proof = bench.link.cut(HOLE)
    bench.link.heal()
    faults = bench.world.timeline.of(Kind.FAULT, "primary")
    assert faults[0].detail["proof"] == proof.statement
    assert proof.figures["probes stopped"] == 16
    hole = Fault(FaultKind.BLACK_HOLE, link=Rank.PRIMARY)
    heal = Fault(FaultKind.HEAL, link=Rank.PRIMARY)
    assert [told_in(entry) for entry in faults] == [(hole, Phase.BEGIN), (heal, Phase.END)]
