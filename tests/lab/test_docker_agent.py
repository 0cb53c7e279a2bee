"""The agent's readings: addresses from the kernel's words, heartbeats and announcements from frames."""

from __future__ import annotations

import base64
import re
import socket
import socketserver
import struct
import threading
import time
from pathlib import Path
from typing import cast

import pytest

from lab import docker as docker_lab
from lab.images.agent import __main__ as agent
from lab.images.agent import addresses, arp, frames, heartbeats, mail_client, stdio, stranger
from lab.images.agent.growth import Growth


@pytest.fixture
def ear() -> heartbeats.Ear:
    """Return an ear for a peer that comes over either family."""
    source = {"port6": frozenset({"10.9.6.100", "fd00::100"})}
    return heartbeats.Ear(source=source, port=20000, first_listen=61000)


class Events:
    """Takes what is reported."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.seen: list[dict[str, object]] = []

    def __call__(self, kind: str, at: float, **detail: object) -> None:
        """Take an event."""
        self.seen.append({"event": kind, "at": at, **detail})


def frame(source: str, source_port: int, port: int, payload: bytes, *, protocol: int = frames.TCP) -> bytes:
    """Return an Ethernet frame with an IPv4 packet, padded as a wire pads it."""
    size = 40 + len(payload)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, protocol, 0, socket.inet_aton(source), bytes(4))
    tcp = struct.pack("!HHIIBBHHH", source_port, port, 0, 0, 5 << 4, 0, 0, 0, 0)
    return (bytes(12) + struct.pack("!H", frames.ETH_IP) + ip + tcp + payload).ljust(60, b"\0")


@pytest.mark.parametrize(
    ("line", "reading"),
    [
        ("2: port3    inet 10.9.3.1/24 brd 10.9.3.255 scope global port3\\ ...", ("port3", "10.9.3.1/24")),
        ("2: port3    inet6 fd00::1/64 scope global \\ ...", ("port3", "fd00::1/64")),
        ("2: port3    inet6 fe80::1/64 scope link \\ ...", None),
        ("2: port3    link/ether 02:42:0a:09:03:01", None),
        ("", None),
    ],
)
def test_addresses_are_read_from_the_kernels_lines(line: str, reading: tuple[str, str] | None) -> None:
    """Each address that is held is read; link-local ones and other lines are not."""
    assert addresses.parse(line) == reading


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


def take(ear: heartbeats.Ear, packet: bytes) -> bool:
    """Whether a frame is a heartbeat."""
    segment = frames.tcp_segment(packet)
    assert segment is not None
    return ear.take("port6", segment)


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


def frame6(source: str, source_port: int, port: int, payload: bytes, *, following: int = frames.TCP) -> bytes:
    """Return an Ethernet frame with an IPv6 packet."""
    ip = struct.pack("!IHBB", 6 << 28, 20 + len(payload), following, 64)
    ip += socket.inet_pton(socket.AF_INET6, source) + bytes(16)
    tcp = struct.pack("!HHIIBBHHH", source_port, port, 0, 0, 5 << 4, 0, 0, 0, 0)
    return (bytes(12) + struct.pack("!H", frames.ETH_IP6) + ip + tcp + payload).ljust(60, b"\0")


def test_payload_over_ipv6_is_a_heartbeat_too(ear: heartbeats.Ear) -> None:
    """The peer's IPv6 address on the link counts like its IPv4 one, another does not, nor does another protocol."""
    assert take(ear, frame6("fd00::100", 40000, 20000, b"\x17\x03\x03data"))
    assert ear.arrived == {"port6 accepted 20000": 7}
    assert not take(ear, frame6("fd00::77", 40000, 20000, b"\x17\x03\x03data"))
    assert frames.tcp_segment(frame6("fd00::100", 40000, 20000, b"data", following=58)) is None


@pytest.mark.parametrize(
    "packet",
    [
        frame("10.9.6.100", 40000, 20000, b""),
        frame("10.9.6.100", 40000, 20000, b"\x16\x03\x03hello"),
        frame("10.9.6.100", 40000, 20001, b"\x17\x03\x03data"),
        frame("10.9.6.77", 40000, 20000, b"\x17\x03\x03data"),
        frame("10.9.6.100", 61000, 45000, b"\x17\x03\x03answer"),
        frame("10.9.6.100", 40000, 20000, heartbeats.TLS_ALERT + bytes(19)),
    ],
    ids=["acknowledgement", "handshake", "another port", "a stranger", "an answer on a dialled connection", "the end"],
)
def test_other_packets_are_no_heartbeat(ear: heartbeats.Ear, packet: bytes) -> None:
    """Padding, handshakes, other ports, strangers, answers and a connection's end do not count as a heartbeat."""
    assert not take(ear, packet)


def test_only_tcp_is_looked_at() -> None:
    """A datagram is no segment."""
    assert frames.tcp_segment(frame("10.9.6.100", 1, 2, b"x", protocol=17)) is None


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


class Door(socketserver.StreamRequestHandler):
    """Says what it was made to say to whoever comes, and hangs up."""

    words = b""

    def handle(self) -> None:
        """Speak, then end."""
        self.request.recv(64)
        self.wfile.write(self.words)


@pytest.mark.parametrize(
    ("words", "ending"), [(b"", "closed"), (b"\x15\x03\x01\x00\x02\x02F", "closed"), (b"{}", "answered")]
)
def test_only_an_answer_is_an_answer(words: bytes, ending: str) -> None:
    """A hang-up, or an alert before it, is a closed door; any other word lets the stranger in."""
    kind = type("Kind", (Door,), {"words": words})
    with socketserver.TCPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        port = str(server.server_address[1])
        says = {port: base64.b64encode(b"hello").decode()}
        reply = stranger.intrude(
            {"address": "127.0.0.1", "ports": [port], "says": says, "repeat": 1, "count": 1, "within": 2.0, "key": None}
        )
    assert reply == {"endings": {port: ending}, "stood": 1, "refused": 0, "sent": 5}


def test_a_port_where_nobody_listens_refuses_the_stranger() -> None:
    """No connection comes about."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    says = {port: ""}
    reply = stranger.intrude(
        {"address": "127.0.0.1", "ports": [port], "says": says, "repeat": 1, "count": 2, "within": 2.0, "key": None}
    )
    assert (reply["endings"], reply["refused"]) == ({port: "refused"}, 2)


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
    request: stdio.Record = {"name": "nobody", "address": address, "within": 0.2}
    sessions = mail_client.Sessions()
    assert sessions.open(request) == {"open": False}
    assert sessions.ask(request) == {"open": False}


def test_the_agent_offers_what_the_lab_asks_for_and_nothing_else() -> None:
    """Each request that the lab makes is one that the agent knows, and the other way round."""
    texts = (path.read_text(encoding="utf-8") for path in Path(docker_lab.__path__[0]).glob("*.py"))
    asked = {name for text in texts for name in re.findall(r'\.ask\(\s*"([a-z-]+)"', text)}
    prompt, slow = agent.offered(Events())
    assert asked == prompt.keys() | slow.keys()
    assert not prompt.keys() & slow.keys()
