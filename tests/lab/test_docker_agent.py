"""The agent's readings: addresses from the kernel's words, heartbeats and announcements from frames."""

from __future__ import annotations

import base64
import os
import re
import select
import smtplib
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import ItemsView, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import ip_interface
from pathlib import Path
from typing import cast

import pytest

from lab import docker as docker_lab
from lab import wires
from lab.docker.inspection import ID
from lab.images.agent import __main__ as agent
from lab.images.agent import addresses, arp, frames, heartbeats, link_probe, mail_client, stdio, stranger, volume
from lab.images.agent.growth import Growth
from lab.images.agent.protected_server import Listener, Taking
from lab.wires import switchover, vrrp
from lab.wires.wire import Wire
from node.linux.netlink import Netlink
from tests.alone import alone


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
        port=20000,
        answers=frozenset({61001} if wire.both_ways else ()),
        first_listen=61000,
    )


class Events:
    """Takes what is reported."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.seen: list[dict[str, object]] = []

    def __call__(self, kind: str, at: float, **detail: object) -> None:
        """Take an event."""
        self.seen.append({"event": kind, "at": at, **detail})


def frame(
    source: str,
    source_port: int,
    port: int,
    payload: bytes,
    *,
    protocol: int = frames.TCP,
    sequence: int = 0,
    flags: int = frames.PSH,
) -> bytes:
    """Return an Ethernet frame with an IPv4 packet, padded as a wire pads it."""
    size = 40 + len(payload)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, protocol, 0, socket.inet_aton(source), bytes(4))
    tcp = struct.pack("!HHIIBBHHH", source_port, port, sequence, 0, 5 << 4, flags, 0, 0, 0)
    return (bytes(12) + struct.pack("!H", frames.ETH_IP) + ip + tcp + payload).ljust(60, b"\0")


def told(kind: int, address: str, mask: int, *, scope: int = 0, number: int = 3) -> bytes:
    """Return what the kernel tells of an address on its netlink line, with a name of odd length before it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    packed = socket.inet_pton(family, address)
    body = struct.pack("=BBBBI", family, mask, 0, scope, number)
    body += struct.pack("=HH", 10, 3) + b"port3\0\0\0"
    body += struct.pack("=HH", 4 + len(packed), addresses.ADDRESS) + packed
    if family == socket.AF_INET:
        body += struct.pack("=HH", 8, addresses.LOCAL) + packed
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body


def test_addresses_are_read_from_the_kernels_messages() -> None:
    """Several in one reading; link-local ones and what is no address are passed over."""
    data = told(addresses.NEW_ADDRESS, "10.9.3.100", 24) + told(16, "10.9.3.7", 24)
    data += told(addresses.NEW_ADDRESS, "fe80::1", 64, scope=addresses.LINK_SCOPE)
    data += told(addresses.DELETED_ADDRESS, "fd00::100", 64, number=5)
    assert list(addresses.decode(data)) == [(3, "10.9.3.100/24", True), (5, "fd00::100/64", False)]


def test_addresses_are_watched_in_this_namespace() -> None:
    """Reading the kernel's own line works here too: what is held already is told at once, the loopback's left out."""
    events = Events()
    reply = addresses.Addresses(events).watch({})
    if not reply["held"]:
        pytest.skip("this namespace has nothing but a loopback, so that there is nothing to be told")
    assert {f"{event['interface']} {event['address']}" for event in events.seen} == set(
        cast("list[str]", reply["held"])
    )


def test_addresses_are_listed_as_the_kernel_has_them() -> None:
    """Of both families, with interface and mask; the loopback's and link-local ones are left out."""
    alone(list_addresses)


def list_addresses() -> None:
    """Give an interface addresses, and list them."""
    netlink = Netlink()
    netlink.add_bridge("port3")
    for text in ("10.9.3.1/24", "10.9.3.100/32", "fd00::1/64", "fe80::7/64"):
        netlink.add_address(socket.if_nametoindex("port3"), ip_interface(text))
    netlink.add_address(socket.if_nametoindex("lo"), ip_interface("10.9.9.9/32"))
    assert addresses.held({}) == {"held": ["port3 10.9.3.1/24", "port3 10.9.3.100/32", "port3 fd00::1/64"]}


def test_packets_of_other_interfaces_wake_no_tap() -> None:
    """The kernel hands out those of the interfaces that it is told, and no others."""
    alone(tap_the_loopback)


def tap_the_loopback() -> None:
    """Send a datagram over the loopback, past taps that are for it and for other interfaces."""
    lo = socket.if_nametoindex("lo")
    Netlink().set_link(lo, up=True)
    taps = {wanted: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(frames.ETH_IP)) for wanted in WANTED}
    for wanted, tap in taps.items():
        frames.filter_by_interface(tap, [lo + more for more in wanted])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"word", ("127.0.0.1", 9))
    heard = {wanted for wanted, tap in taps.items() if select.select([tap], [], [], 0.1)[0]}
    assert heard == {wanted for wanted in WANTED if 0 in wanted}


WANTED = ((0,), (1, 0), (0, 1, 2), (1,), (1, 2), ())
"""Interfaces of taps, from the loopback on."""


def test_ids_are_found_in_whatever_holds_a_message(tmp_path: Path) -> None:
    """In Maildirs and in binary queue files, where an id ends before the next record; each once, and from no pipe."""
    held = {
        "stored/new/1": b"X-Test-Id: s3-m0001\nFrom: x\n",
        "queue/deferred/A/2": b"N\x17X-Test-Id: s3-m0002N\x05From:\xff\x00",
        "queue/active/3": b"N\x17X-Test-Id: s3-m0001N\x05From:",
        "elsewhere/4": b"X-Test-Id: s3-m0004\n",
    }
    for name, content in held.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    os.mkfifo(tmp_path / "queue" / "pickup")
    (tmp_path / "queue" / "gone").symlink_to("nowhere")
    folders = [str(tmp_path / name) for name in ("stored", "queue", "missing")]
    assert volume.search({"folders": folders, "pattern": ID}) == {"found": ["s3-m0001", "s3-m0002"]}


def test_lines_of_a_file_are_read(tmp_path: Path) -> None:
    """Whatever bytes it has; one that is not there yet, or whose folder is none, has none."""
    (tmp_path / "log").write_bytes(b"one\ntw\xff\nthr")
    assert volume.lines({"path": str(tmp_path / "log")}) == {"lines": ["one", "tw\ufffd", "thr"]}
    for missing in ("none", "log/below"):
        assert volume.lines({"path": str(tmp_path / missing)}) == {"lines": []}


def take(ear: heartbeats.Ear, frame: bytes) -> bool:
    """Whether a frame is a heartbeat."""
    return ear.take("port6", frames.packet(frame))


def test_payload_to_the_base_port_is_a_heartbeat(ear: heartbeats.Ear) -> None:
    """TLS application data from Toxiproxy to the unit's heartbeat port counts, and so do its bytes."""
    assert take(ear, frame("10.9.6.100", 40000, 20000, b"\x17\x03\x03data"))
    assert ear.arrived == {"port6 accepted 20000": 7}


def test_what_still_comes_on_a_connection_of_the_scenario_before_is_not_counted(ear: heartbeats.Ear) -> None:
    """Until its numbers are used again by a connection that is opened now."""
    assert take(ear, frame("10.9.6.100", 40001, 20000, b"\x17\x03\x03data"))
    ear.begin()
    assert not take(ear, frame("10.9.6.100", 40001, 20000, b"\x17\x03\x03data"))
    assert ear.arrived == {"port6 accepted 20000": 7}
    opening = bytearray(frame("10.9.6.100", 40001, 20000, b""))
    opening[14 + 20 + 13] |= frames.SYN
    assert not take(ear, bytes(opening))
    assert take(ear, frame("10.9.6.100", 40001, 20000, b"\x17\x03\x03data"))


def test_the_rest_of_a_handshakes_long_message_is_no_heartbeat(ear: heartbeats.Ear) -> None:
    """A first message with a key of a kilobyte takes two segments; what comes behind it on that connection counts."""
    hello = b"\x16\x03\x01" + bytes(1445)
    head = frame("10.9.6.100", 40000, 20000, hello, flags=0)
    tail = frame("10.9.6.100", 40000, 20000, b"\xb1\x93\x38\x00\x1b", sequence=len(hello))
    beat = b"\x17\x03\x03data"
    assert [take(ear, each) for each in (head, frame("10.9.6.100", 40001, 20000, beat), tail)] == [False, True, False]
    assert take(ear, frame("10.9.6.100", 40000, 20000, beat, sequence=len(hello) + 5))


def test_what_a_kernel_sends_again_is_no_second_heartbeat(ear: heartbeats.Ear) -> None:
    """The unit has read it long ago, and begins no new silence; also where the numbers of bytes begin again at 0."""
    first, second, third = (
        frame("10.9.6.100", 40000, 20000, b"\x17\x03\x03data", sequence=(2**32 - 7 + sent) % 2**32)
        for sent in (0, 7, 14)
    )
    assert [take(ear, each) for each in (first, second, second, first, third)] == [True, True, False, False, True]
    assert ear.arrived == {"port6 accepted 20000": 21}


def frame6(source: str, source_port: int, port: int, payload: bytes, *, following: int = frames.TCP) -> bytes:
    """Return an Ethernet frame with an IPv6 packet."""
    ip = struct.pack("!IHBB", 6 << 28, 20 + len(payload), following, 64)
    ip += socket.inet_pton(socket.AF_INET6, source) + bytes(16)
    tcp = struct.pack("!HHIIBBHHH", source_port, port, 0, 0, 5 << 4, 0, 0, 0, 0)
    return (bytes(12) + struct.pack("!H", frames.ETH_IP6) + ip + tcp + payload).ljust(60, b"\0")


def test_payload_over_ipv6_is_a_heartbeat_too(ear: heartbeats.Ear) -> None:
    """The peer's IPv6 address on the link counts like its IPv4 one, another does not."""
    assert take(ear, frame6("fd00::100", 40000, 20000, b"\x17\x03\x03data"))
    assert ear.arrived == {"port6 accepted 20000": 7}
    assert not take(ear, frame6("fd00::77", 40000, 20000, b"\x17\x03\x03data"))


@pytest.mark.parametrize(
    "packet",
    [
        frame("10.9.6.100", 40000, 20000, b""),
        frame("10.9.6.100", 40000, 20000, b"\x16\x03\x03hello"),
        frame("10.9.6.100", 40000, 20001, b"\x17\x03\x03data"),
        frame("10.9.6.77", 40000, 20000, b"\x17\x03\x03data"),
        frame("10.9.6.100", 61001, 45000, b"\x17\x03\x03answer"),
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


class Door(socketserver.StreamRequestHandler):
    """Says what it was made to say to whoever comes, again and again if so, then hangs up or waits."""

    words = b""
    waits = 0.0
    times = 1

    def handle(self) -> None:
        """Speak, then end."""
        self.request.recv(64)
        with suppress(OSError):  # the stranger has left
            for _ in range(self.times):
                self.wfile.write(self.words)
                threading.Event().wait(self.waits)


def meet(door: Mapping[str, object], *, refusals: list[str] | None, within: float = 2.0) -> stdio.Record:
    """Let a stranger say hello at a door, once; return how it ended at the port, and all counts."""
    kind = type("Kind", (Door,), dict(door))
    with socketserver.TCPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        port = str(server.server_address[1])
        reply = stranger.intrude(knock(port, base64.b64encode(b"hello").decode(), refusals=refusals, within=within))
    endings = reply.pop("endings")
    assert isinstance(endings, dict)
    return {"ending": endings[port], **reply}


def knock(
    port: str, says: str, *, refusals: list[str] | None = None, within: float = 2.0, count: int = 1
) -> stdio.Record:
    """Return the request that lets a stranger try a port of this machine."""
    return {
        "address": "127.0.0.1",
        "ports": [port],
        "says": {port: says},
        "repeat": 1,
        "count": count,
        "within": within,
        "psk": None,
        "refusals": refusals,
    }


ALERT = b"\x15\x03\x01\x00\x02\x02F"


@pytest.mark.parametrize(
    ("door", "ending"),
    [
        ({}, "closed"),
        ({"words": ALERT}, "closed"),
        ({"words": b"{}"}, "answered"),
        ({"words": ALERT, "waits": 1.0}, "ignored"),
        ({"waits": 1.0}, "ignored"),
    ],
    ids=["a hang-up", "an alert before it", "a word before it", "an alert, then silence", "silence"],
)
def test_only_an_answer_is_an_answer(door: Mapping[str, object], ending: str) -> None:
    """A hang-up, or an alert before it, is a closed door; any other word lets the stranger in."""
    refusals = [beginning.hex() for beginning in switchover.WIRE.refusals]
    reply = meet(door, refusals=refusals, within=0.3)
    assert reply == {"ending": ending, "stood": 1, "refused": 0, "sent": 5}


@pytest.mark.parametrize(
    ("door", "ending"),
    [
        ({}, "closed"),
        ({"words": b"{}"}, "closed"),
        ({"waits": 1.0}, "ignored"),
        ({"words": b"{}", "waits": 1.0}, "answered"),
        ({"words": b"{}", "waits": 0.05, "times": 20}, "answered"),
        ({"words": b"{}" * 100_000, "times": 3}, "closed"),
    ],
    ids=["a hang-up", "a word before it", "silence", "a word, then silence", "one word after the other", "many words"],
)
def test_without_a_wire_words_are_an_answer_if_the_unit_then_holds_the_connection(
    door: Mapping[str, object], ending: str
) -> None:
    """Nobody can tell a refusal from an answer, but whoever refuses hangs up."""
    assert meet(door, refusals=None, within=0.3)["ending"] == ending


def test_a_unit_that_speaks_first_and_reads_nothing_has_answered() -> None:
    """The stranger hears its words although it could not send all of its own."""
    over = threading.Event()

    def welcome() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"welcome")
            over.wait(5.0)

    with socket.create_server(("127.0.0.1", 0)) as server:
        unit = threading.Thread(target=welcome)
        unit.start()
        port = str(server.getsockname()[1])
        reply = stranger.intrude(knock(port, base64.b64encode(bytes(1 << 24)).decode(), within=0.3))
        over.set()
        unit.join()
    assert reply["endings"] == {port: "answered"}


def test_a_port_where_nobody_listens_refuses_the_stranger() -> None:
    """No connection comes about."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    reply = stranger.intrude(knock(port, "", count=2))
    assert (reply["endings"], reply["refused"]) == ({port: "refused"}, 2)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_link_is_probed_by_datagrams_too(address: str) -> None:
    """A token that is sent is heard; one that is not, or cannot leave, is not."""
    with socket.socket(link_probe.family_of(address)) as free:
        try:
            free.bind((address, 0))
        except OSError:
            pytest.skip(f"this namespace has no {address}")
        port = free.getsockname()[1]
    probed = link_probe.LinkProbe()
    probed.listen({"addresses": [address], "port": port})
    link_probe.send({"address": "::" if address == "::1" else "255.255.255.255", "port": port, "token": "lost"})
    link_probe.send({"address": address, "port": port, "token": "token"})
    deadline = time.monotonic() + 5.0
    while probed.heard({"token": "token"})["when"] is None:
        assert time.monotonic() < deadline
    assert probed.heard({"token": "another"}) == {"when": None}


def test_a_file_that_grows_is_reported(tmp_path: Path) -> None:
    """Each write is told, also after the file has been made anew; a file that is not there is none to follow."""
    path = tmp_path / "ha.log"
    grown = threading.Event()
    growth = Growth(lambda _kind, _at, **_detail: grown.set())
    assert growth.follow({"path": str(path)}) == {"there": False}
    for text in ("first", "second"):
        path.unlink(missing_ok=True)
        path.touch()
        assert growth.follow({"path": str(path)}) == {"there": True}
        assert not grown.is_set()
        with path.open("a") as log:
            log.write(text)
        assert grown.wait(5)
        grown.clear()


def test_a_session_that_nobody_greets_is_closed() -> None:
    """A connection that is refused makes no session, which counts as closed from the start."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()[0]
    sessions = mail_client.Sessions()
    for service in mail_client.SERVICES:
        request: stdio.Record = {"name": "nobody", "address": address, "service": service, "within": 0.2}
        assert sessions.open(request) == {"open": False}
        assert sessions.ask(request) == {"open": False}


@pytest.fixture
def protected(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Taking, Events]]:
    """A protected server on a free port, to which the client's port 25 leads."""
    takes, events = Taking(), Events()
    with Listener("127.0.0.1", events, takes, port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port, plain = server.server_address[1], smtplib.SMTP
        monkeypatch.setattr(mail_client.smtplib, "SMTP", lambda host, _, timeout: plain(host, port, timeout=timeout))
        yield takes, events
        server.shutdown()


@pytest.fixture
def sessions() -> Iterator[mail_client.Sessions]:
    """A client's sessions, which end with the test."""
    opened = mail_client.Sessions()
    yield opened
    opened.close({})


def begin(sessions: mail_client.Sessions, name: str) -> bool:
    """Hand a message in, but for its end; return whether it was begun."""
    about = {"sender": "a@example.org", "recipient": "b@example.com", "text": f"X-Test-Id: {name}\n\ntext\n"}
    request: stdio.Record = {"name": name, "address": "127.0.0.1", "within": 5, "answer": 5, **about}
    return sessions.begin_message(request)["begun"] is True


def test_a_message_arrives_only_with_its_end(protected: tuple[Taking, Events], sessions: mail_client.Sessions) -> None:
    """What a client has begun to hand in counts for nothing when its session is cut, and once when it is ended."""
    _, events = protected
    assert begin(sessions, "cut")
    sessions.close({})
    assert begin(sessions, "whole")
    assert sessions.end_message({"name": "whole"})["outcome"] == "accepted"
    assert [each["message"] for each in events.seen] == ["whole"]


def test_a_server_that_leaves_deliveries_without_an_answer_names_who_waits(
    protected: tuple[Taking, Events], sessions: mail_client.Sessions
) -> None:
    """A delivery waits before its text is sent, and goes on when mail is taken again; put off, it does not begin."""
    takes, _ = protected
    takes.change("never")
    with ThreadPoolExecutor() as pool:
        begun = pool.submit(begin, sessions, "stalled")
        while not takes.waiting():
            assert not begun.done()
        assert takes.waiting() == ["127.0.0.1"]
        takes.change("now")
        assert begun.result(5)
    takes.change("later")
    assert not begin(sessions, "later")


def test_the_agent_offers_what_the_lab_asks_for_and_nothing_else() -> None:
    """Each request that the lab makes is one that the agent knows, and the other way round."""
    texts = (path.read_text(encoding="utf-8") for path in Path(docker_lab.__path__[0]).glob("*.py"))
    asked = {name for text in texts for name in re.findall(r'\.(?:ask|tell)\(\s*"([a-z-]+)"', text)}
    prompt, slow = agent.offered(Events())
    assert asked == prompt.keys() | slow.keys()
    assert not prompt.keys() & slow.keys()
