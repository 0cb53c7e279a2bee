"""The agent's readings of addresses, files and mail, and what of it the lab may ask for."""

from __future__ import annotations

import http.client
import os
import re
import select
import smtplib
import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_interface
from pathlib import Path
from typing import cast

import pytest

from lab import docker as docker_lab
from lab.docker.inspection import ID
from lab.images.agent import __main__ as agent
from lab.images.agent import addresses, frames, mail_client, stdio, volume
from lab.images.agent.growth import Growth
from lab.images.agent.protected_server import Listener, Taking
from node.linux.netlink import Netlink
from tests.alone import alone
from tests.lab.events import Events


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


@pytest.mark.parametrize("stays", [True, False])
def test_a_session_with_a_web_server_lasts_until_it_is_cut(
    monkeypatch: pytest.MonkeyPatch, sessions: mail_client.Sessions, *, stays: bool
) -> None:
    """It is not opened anew then; a server that ends each session after one answer has none."""

    class Page(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1" if stays else "HTTP/1.0"

        def do_HEAD(self) -> None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            taken.append(self.connection)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    taken: list[socket.socket] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        plain = http.client.HTTPConnection
        monkeypatch.setattr(
            mail_client.http.client, "HTTPConnection", lambda host, _, timeout: plain(host, server.server_port, timeout)
        )
        request: stdio.Record = {"name": "web", "address": "127.0.0.1", "service": "HTTP", "within": 5}
        assert sessions.open(request) == {"open": stays}
        assert sessions.ask(request) == {"open": stays}
        if stays:
            taken[0].shutdown(socket.SHUT_RDWR)
        assert sessions.ask(request) == {"open": False}
        server.shutdown()


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
        assert takes.waiting() == [{"client": "127.0.0.1", "hardware": ""}]
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
