"""The agent in a unit's namespace takes packets for what they are: heartbeats, announcements, and neither."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import ItemsView
from typing import cast

import pytest

from lab import wires
from lab.images.agent import arp, frames, heartbeats, stdio
from lab.wires import switchover, vrrp
from lab.wires.wire import Wire
from node.linux import announce
from tests.lab.events import Events

BEAT = b"\x17\x03\x03\x00\x04data"
"""An encrypted record that is as short as none of a unit's."""


@pytest.fixture
def ear() -> heartbeats.Ear:
    """Return an ear for a reference unit as peer, which comes over either family."""
    return ear_for(switchover.WIRE)


def ear_for(wire: Wire) -> heartbeats.Ear:
    """Return an ear for a peer that speaks this wire."""
    return heartbeats.Ear(
        source={"port6": frozenset({"10.9.6.100", "fd00::100"})},
        peer={"port6": frozenset({"10.9.6.2", "fd00::2"})},
        protocols=wire.carriers,
        noise=wire.noise,
        records=wire.records,
        port=20000,
        answers=frozenset({61001} if wire.both_ways else ()),
        first_listen=61000,
    )


def frame(
    source: str,
    source_port: int,
    port: int,
    payload: bytes,
    *,
    protocol: int = frames.TCP,
    sequence: int = 0,
    flags: int = 0,
) -> bytes:
    """Return an Ethernet frame with an IPv4 packet, padded as a wire pads it."""
    size = 40 + len(payload)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, protocol, 0, socket.inet_aton(source), bytes(4))
    tcp = struct.pack("!HHIIBBHHH", source_port, port, sequence, 0, 5 << 4, flags, 0, 0, 0)
    return (bytes(12) + struct.pack("!H", frames.ETH_IP) + ip + tcp + payload).ljust(60, b"\0")


def take(ear: heartbeats.Ear, frame: bytes) -> bool:
    """Whether a frame is a heartbeat."""
    return ear.take("port6", frames.packet(frame))


def test_payload_to_the_base_port_is_a_heartbeat(ear: heartbeats.Ear) -> None:
    """TLS application data from Toxiproxy to the unit's heartbeat port counts, and so do its bytes."""
    assert take(ear, frame("10.9.6.100", 40000, 20000, BEAT))
    assert ear.arrived == {"port6 accepted 20000": len(BEAT)}


def test_what_still_comes_on_a_connection_of_the_scenario_before_is_not_counted(ear: heartbeats.Ear) -> None:
    """Until its numbers are used again by a connection that is opened now."""
    assert take(ear, frame("10.9.6.100", 40001, 20000, BEAT))
    ear.begin()
    assert not take(ear, frame("10.9.6.100", 40001, 20000, BEAT))
    assert ear.arrived == {"port6 accepted 20000": len(BEAT)}
    assert not take(ear, frame("10.9.6.100", 40001, 20000, b"", flags=frames.SYN))
    assert take(ear, frame("10.9.6.100", 40001, 20000, BEAT, sequence=1))


@pytest.mark.parametrize("first", [b"", BEAT])
def test_what_is_sent_again_to_a_unit_of_long_ago_is_no_heartbeat(ear: heartbeats.Ear, first: bytes) -> None:
    """The other end does not know that this one has died: it sends again for a quarter of an hour."""
    take(ear, frame("10.9.6.100", 40001, 20000, b"", flags=frames.SYN))
    take(ear, frame("10.9.6.100", 40001, 20000, first, sequence=1))
    ear.begin()
    ear.begin()
    assert not take(ear, frame("10.9.6.100", 40001, 20000, BEAT, sequence=1 + len(first)))


HELLO, FINISHED = (
    b"\x16\x03\x01\x05\xa8" + bytes(1448),
    b"\x14\x03\x03\x00\x01\x01" + switchover.FINISHED[0] + bytes(53),
)


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_of_a_handshake_and_a_heartbeat_behind_it_the_heartbeat_is_heard(ear: heartbeats.Ear, parts: int) -> None:
    """Once, when it is whole: in one segment with the handshake's end or in its own, however TCP cuts the stream."""
    told, stream = [], HELLO + FINISHED + BEAT
    size = -(-len(stream) // parts)
    for at in range(0, len(stream), size):
        told.append(take(ear, frame("10.9.6.100", 40000, 20000, stream[at : at + size], sequence=at)))
        assert not take(ear, frame("10.9.6.100", 40001, 20000, FINISHED, sequence=at))
    assert told == [*[False] * (len(told) - 1), True]
    assert take(ear, frame("10.9.6.100", 40000, 20000, BEAT, sequence=len(stream)))


def test_a_heartbeat_is_heard_with_what_is_sent_again_before_it_and_behind_a_gap(ear: heartbeats.Ear) -> None:
    """A kernel may put old and new bytes into one segment; behind a gap a segment is read from its own beginning."""
    assert take(ear, frame("10.9.6.100", 40000, 20000, BEAT))
    assert not take(ear, frame("10.9.6.100", 40000, 20000, BEAT + BEAT[:5], sequence=0))
    assert take(ear, frame("10.9.6.100", 40000, 20000, BEAT + BEAT, sequence=0))
    assert not take(ear, frame("10.9.6.100", 40000, 20000, FINISHED[:3], sequence=2 * len(BEAT)))
    assert take(ear, frame("10.9.6.100", 40000, 20000, BEAT, sequence=500))


def test_what_a_kernel_sends_again_is_no_second_heartbeat(ear: heartbeats.Ear) -> None:
    """The unit has read it long ago, and begins no new silence; also where the numbers of bytes begin again at 0."""
    first, second, third = (
        frame("10.9.6.100", 40000, 20000, BEAT, sequence=(2**32 - len(BEAT) + sent) % 2**32)
        for sent in (0, len(BEAT), 2 * len(BEAT))
    )
    assert [take(ear, each) for each in (first, second, second, first, third)] == [True, True, False, False, True]
    assert ear.arrived == {"port6 accepted 20000": 3 * len(BEAT)}


def frame6(source: str, source_port: int, port: int, payload: bytes, *, following: int = frames.TCP) -> bytes:
    """Return an Ethernet frame with an IPv6 packet."""
    ip = struct.pack("!IHBB", 6 << 28, 20 + len(payload), following, 64)
    ip += socket.inet_pton(socket.AF_INET6, source) + bytes(16)
    tcp = struct.pack("!HHIIBBHHH", source_port, port, 0, 0, 5 << 4, 0, 0, 0, 0)
    return (bytes(12) + struct.pack("!H", frames.ETH_IP6) + ip + tcp + payload).ljust(60, b"\0")


def test_payload_over_ipv6_is_a_heartbeat_too(ear: heartbeats.Ear) -> None:
    """The peer's IPv6 address on the link counts like its IPv4 one, another does not."""
    assert take(ear, frame6("fd00::100", 40000, 20000, BEAT))
    assert ear.arrived == {"port6 accepted 20000": len(BEAT)}
    assert not take(ear, frame6("fd00::77", 40000, 20000, BEAT))


@pytest.mark.parametrize(
    "packet",
    [
        frame("10.9.6.100", 40000, 20000, b""),
        frame("10.9.6.100", 40000, 20000, b"\x16\x03\x03hello"),
        frame("10.9.6.100", 40000, 20001, BEAT),
        frame("10.9.6.77", 40000, 20000, BEAT),
        frame("10.9.6.100", 61001, 45000, BEAT),
        frame("10.9.6.100", 40000, 20000, switchover.ENCRYPTED_ALERT + bytes(19)),
    ],
    ids=["acknowledgement", "handshake", "another port", "a stranger", "an answer on a dialled connection", "the end"],
)
def test_other_packets_are_no_heartbeat(ear: heartbeats.Ear, packet: bytes) -> None:
    """Padding, handshakes, other ports, strangers, answers and a connection's end do not count as a heartbeat."""
    assert not take(ear, packet)


def ip(source: str, protocol: int, content: bytes, *, offset: int = 0) -> bytes:
    """Return an Ethernet frame with an IPv4 packet of any protocol; `offset` is that of a fragment."""
    size = 20 + len(content)
    head = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, size, 0, offset // 8, 64, protocol, 0, socket.inet_aton(source), bytes(4)
    )
    return (bytes(12) + struct.pack("!H", frames.ETH_IP) + head + content).ljust(60, b"\0")


def ip6(source: str, following: int, content: bytes) -> bytes:
    """Return an Ethernet frame with an IPv6 packet of any protocol, extensions included."""
    head = struct.pack("!IHBB", 6 << 28, len(content), following, 64)
    head += socket.inet_pton(socket.AF_INET6, source) + bytes(16)
    return (bytes(12) + struct.pack("!H", frames.ETH_IP6) + head + content).ljust(60, b"\0")


def datagram(port: int, payload: bytes) -> bytes:
    """Return a UDP datagram to a port."""
    return struct.pack("!HHHH", 40000, port, 8 + len(payload), 0) + payload


ADVERTISEMENT, FAREWELL = b"\x31\x33\x64\x01\x00\x64", b"\x31\x33\x00\x01\x00\x64"
HOP_BY_HOP, DESTINATION, FRAGMENT = b"\x3c\x00" + bytes(6), b"\x11\x01" + bytes(14), b"\x11\x00\x00\x08" + bytes(4)


@pytest.mark.parametrize(
    ("frame", "packet"),
    [
        (ip("10.9.6.2", 17, datagram(694, b"hello")), frames.Packet(17, "10.9.6.2", 40000, 694, 5, b"hello")),
        (ip("10.9.6.2", 17, datagram(694, b"")), frames.Packet(17, "10.9.6.2", 40000, 694, 0, b"")),
        (ip("10.9.6.2", 112, ADVERTISEMENT), frames.Packet(112, "10.9.6.2", 0, 0, 6, ADVERTISEMENT)),
        (ip("10.9.6.2", 17, b"\x02\xb6rest", offset=1480), frames.Packet(17, "10.9.6.2", 0, 0, 6, b"\x02\xb6rest")),
        (ip6("fd00::2", 17, datagram(694, b"hello")), frames.Packet(17, "fd00::2", 40000, 694, 5, b"hello")),
        (ip6("fd00::2", 0, HOP_BY_HOP + DESTINATION + datagram(694, b"hello")),
         frames.Packet(17, "fd00::2", 40000, 694, 5, b"hello")),
        (ip6("fd00::2", 44, FRAGMENT + b"the rest"), frames.Packet(17, "fd00::2", 0, 0, 8, b"the rest")),
        (ip("10.9.6.2", 6, b"\x4e\x20"), frames.Packet(6, "10.9.6.2", 0, 0, 2, b"\x4e\x20")),
    ],
    ids=["UDP", "nothing in it", "VRRP", "later fragment", "IPv6", "extensions", "IPv6 fragment", "cut short"],
)  # fmt: skip
def test_a_packet_of_any_protocol_is_read(frame: bytes, packet: frames.Packet) -> None:
    """Ports where it has some, and the payload without the padding of the wire."""
    assert frames.packet(frame) == packet


def test_extensions_without_an_end_are_read_no_further() -> None:
    """Whoever sends such a packet does not stop the lab from listening."""
    assert frames.packet(ip6("fd00::2", 0, bytes(8) * 16)).port == 0


@pytest.mark.parametrize(
    ("wire", "content", "is_heartbeat"),
    [
        (wires.NONE, (17, datagram(20000, b"hello")), True),
        (wires.NONE, (17, datagram(20001, b"hello")), False),
        (wires.NONE, (17, datagram(20000, b"")), False),
        (wires.NONE, (112, ADVERTISEMENT), False),
        (vrrp.WIRE, (112, ADVERTISEMENT), True),
        (vrrp.WIRE, (112, FAREWELL), False),
        (vrrp.WIRE, (17, datagram(20000, b"hello")), False),
        (switchover.WIRE, (17, datagram(20000, b"hello")), False),
    ],
)
def test_a_heartbeat_comes_by_the_peers_wire(wire: Wire, content: tuple[int, bytes], is_heartbeat: bool) -> None:  # noqa: FBT001 - a column
    """From the peer's own address; from anybody else's the same packet is none."""
    ear = ear_for(wire)
    assert take(ear, ip("10.9.6.2", *content)) is is_heartbeat
    assert not take(ear, ip("10.9.6.77", *content))
    assert sum(ear.past.values()) == 1


def test_without_a_wire_any_payload_at_the_base_port_is_a_heartbeat() -> None:
    """A handshake, too: nothing tells one from the other."""
    ear = ear_for(wires.NONE)
    assert take(ear, frame("10.9.6.100", 40000, 20000, b"\x16\x03\x03hello"))
    assert take(ear, frame("10.9.6.100", 40000, 20000, b"\x17\x03\x03\x00\x13" + bytes(19)))
    assert not take(ear, frame("10.9.6.100", 40000, 20001, b"hello"))


def test_a_heartbeat_comes_back_on_a_connection_that_the_unit_dialled_if_there_is_one_for_both_directions() -> None:
    """From the peer's base port alone; by another wire it is an answer, also where nothing is known."""
    answer, other = frame("10.9.6.100", 61001, 45000, b"hello"), frame("10.9.6.100", 61002, 45000, b"hello")
    duplex = ear_for(Wire("duplex", both_ways=True))
    assert take(duplex, answer)
    assert not take(duplex, other)
    assert not take(ear_for(wires.NONE), answer)
    assert not take(ear_for(switchover.WIRE), answer)


def test_what_comes_past_toxiproxy_is_counted_by_protocol_and_port(ear: heartbeats.Ear) -> None:
    """Over either family, a ping included."""
    take(ear, ip("10.9.6.2", 17, datagram(694, b"hello")))
    take(ear, ip6("fd00::2", 17, datagram(694, b"hello")))
    take(ear, ip("10.9.6.2", 112, ADVERTISEMENT))
    take(ear, ip6("fd00::2", 58, b"\x80\x00ping"))
    assert ear.past == {"port6 17 694": 2, "port6 112 0": 1, "port6 58 0": 1}
    assert not ear.arrived


@pytest.mark.parametrize(
    "frame",
    [
        ip("10.9.6.2", 2, b"\x16\x00"),
        ip6("fd00::2", 58, b"\x87\x00"),
        ip6("fd00::2", 58, b"\x88\x00"),
        ip6("fd00::2", 0, b"\x3a\x00\x05\x02\x00\x00\x00\x00\x8f\x00"),
        ip("10.9.6.2", 1, b"\x03\x03"),
        ip6("fd00::2", 58, b"\x01\x04"),
        frame("10.9.6.2", 40000, 20000, b"hello"),
    ],
    ids=["IGMP", "solicitation", "advertisement", "MLD", "port unreachable", "the same over IPv6", "TCP"],
)
def test_what_a_kernel_sends_of_its_own_accord_is_not_past(ear: heartbeats.Ear, frame: bytes) -> None:
    """Errors, groups and neighbours are the kernel's business; TCP is counted by the packet filter of who dials."""
    assert not take(ear, frame)
    assert not ear.past


HEAR: stdio.Record = {
    "source": {"port6": "10.9.6.100 fd00::100"},
    "peer": {"port6": "10.9.6.2 fd00::2"},
    "protocols": ["6"],
    "noise": [beginning.hex() for beginning in switchover.WIRE.noise],
    "records": switchover.WIRE.records,
    "port": 20000,
    "answers": [],
    "first_listen": 61000,
}


def test_the_ear_is_told_what_a_heartbeat_is() -> None:
    """As texts, by the lab; the taps themselves need a namespace of the lab's own."""
    listening = heartbeats.Heartbeats(Events())
    listening._taps = {0: cast("socket.socket", None)}
    listening.hear(HEAR)
    assert listening._ear == ear_for(switchover.WIRE)


def test_what_is_a_heartbeat_does_not_change_while_packets_are_read() -> None:
    """Another thread reads them, and must not judge by half a definition."""
    listening = heartbeats.Heartbeats(Events())
    listening._taps = {0: cast("socket.socket", None)}
    change = threading.Thread(target=listening.hear, args=(HEAR,))
    with listening._lock:
        change.start()
        change.join(0.1)
        assert listening._ear == heartbeats.Ear()
    change.join()
    assert listening._ear == ear_for(switchover.WIRE)


def test_counts_are_told_while_nobody_counts() -> None:
    """A packet of a new kind that is counted meanwhile would end the list in the middle."""

    class Counts(Counter[str]):
        """Notices who lists them."""

        def items(self) -> ItemsView[str, int]:  # type: ignore[override] # typeshed's own class has no name
            assert listening._lock.locked()
            return super().items()

    listening = heartbeats.Heartbeats(Events())
    listening._ear = heartbeats.Ear(arrived=Counts(a=1), past=Counts(b=2))
    assert listening.arrived({}) == {"bytes": {"a": "1"}, "past": {"b": "2"}}


class PaperTap:
    """A packet socket on paper: hands out its readings once, each a frame with its kind of addressee."""

    def __init__(self, *readings: tuple[bytes, int]) -> None:
        """Take the readings."""
        self._readings = iter(readings)

    def recvmsg(self, *_: int) -> tuple[object, ...]:
        """Return the next reading, as packet(7) has it."""
        for frame, addressee in self._readings:
            return frame, [], 0, ("port6", frames.ETH_IP, addressee, 1, bytes(6))
        raise BlockingIOError


@pytest.mark.parametrize(("addressee", "count"), [(0, 1), (1, 1), (2, 1), (3, 0), (frames.OUTGOING, 0)])
def test_a_heartbeat_to_all_hosts_is_heard_too(addressee: int, count: int) -> None:
    """To this one, to all or to a group, as VRRP has it; not what goes to another host, or leaves."""
    events = Events()
    listening = heartbeats.Heartbeats(events)
    listening._ear = ear_for(vrrp.WIRE)
    listening._taps = {frames.ETH_IP: cast("socket.socket", PaperTap((ip("10.9.6.2", 112, ADVERTISEMENT), addressee)))}
    past = listening.arrived({})["past"]
    assert [event["event"] for event in events.seen] == ["heartbeat"] * count
    assert past == ({"port6 112 0": "1"} if count else {})


def test_gratuitous_arp_is_an_announcement() -> None:
    """A gratuitous ARP tells address and hardware address; a question about another address tells nothing."""
    hardware = bytes.fromhex("02420a090302")
    address, asked = socket.inet_aton("10.9.3.100"), socket.inet_aton("10.9.3.7")
    head = b"\xff" * 6 + hardware + struct.pack("!H", frames.ETH_ARP) + struct.pack("!HHBBH", 1, frames.ETH_IP, 6, 4, 1)
    assert arp.announced(head + hardware + address + bytes(6) + address) == ("10.9.3.100", "02:42:0a:09:03:02")
    assert arp.announced(head + hardware + address + bytes(6) + asked) is None


def test_a_packet_has_arrived_when_the_kernel_received_it() -> None:
    """However late the agent reads it: two seconds here. Without the kernel's word it has arrived now."""
    stamp = struct.pack("qq", *divmod(time.time_ns() - 2_000_000_000, 1_000_000_000))
    told = frames.arrival([(socket.SOL_SOCKET, frames.SO_TIMESTAMPNS, stamp)])
    assert stdio.now() - told == pytest.approx(2.0, abs=0.2)
    assert stdio.now() - frames.arrival([]) == pytest.approx(0.0, abs=0.2)


def test_the_time_of_an_arrival_does_not_depend_on_when_this_process_may_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held up between the readings of two clocks, it reads both again."""
    day, lab = iter((100.0, 100.5)), iter((7.0, 7.5, 7.5, 7.5))
    monkeypatch.setattr(time, "time", lambda: next(day))
    monkeypatch.setattr(stdio, "now", lambda: next(lab))
    stamp = struct.pack("qq", 99, 0)
    assert frames.arrival([(socket.SOL_SOCKET, frames.SO_TIMESTAMPNS, stamp)]) == pytest.approx(6.0)


def test_an_answer_to_a_neighbour_is_no_announcement() -> None:
    """Nor is what tells of a link-local address, which is its interface's own. Source: RFC 4861, section 4.4."""
    hardware = bytes.fromhex("02420a090302")
    told = announce.advertisement(hardware, "2001:db8::100")
    assert arp.announced(told) == ("2001:db8::100", "02:42:0a:09:03:02")
    answer = told[:58] + bytes([told[58] | 0x40]) + told[59:]
    assert arp.announced(answer) is None
    assert arp.announced(announce.advertisement(hardware, "fe80::42:aff:fe09:302")) is None
