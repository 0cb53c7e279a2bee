"""The agent as a stranger at a unit's ports, and as a prober of links: what counts as an answer."""

from __future__ import annotations

import base64
import socket
import socketserver
import threading
import time
from collections.abc import Mapping
from contextlib import suppress

import pytest

from lab.images.agent import link_probe, stdio, stranger
from lab.wires import switchover


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


def test_what_is_said_apart_comes_on_connections_of_their_own() -> None:
    """One after the other: each is all that its connection carries, and one that is answered is told."""
    heard: list[bytes] = []

    class Reader(socketserver.StreamRequestHandler):
        """Keeps what comes, answers the word `good`, and hangs up."""

        def handle(self) -> None:
            """Read a line."""
            heard.append(self.rfile.readline())
            if heard[-1] == b"good\n":
                self.wfile.write(b"{}")

    with socketserver.TCPServer(("127.0.0.1", 0), Reader) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = str(server.server_address[1])
        texts = (b"one\n\0two\n\0", b"one\n\0good\n\0two\n\0")
        says = [base64.b64encode(text).decode() for text in texts]
        replies = [stranger.intrude({**knock(port, text, refusals=[]), "apart": True}) for text in says]
        server.shutdown()
    assert heard == [b"one\n", b"two\n", b"one\n", b"good\n", b"two\n"]
    assert [reply["endings"] for reply in replies] == [{port: "closed"}, {port: "answered"}]


class Plain:
    """Stands for TLS where this Python has none with a pre-shared key: what it wraps stays as it is."""

    def wrap_socket(self, line: socket.socket) -> socket.socket:
        """Return the connection."""
        return line


@pytest.mark.parametrize(
    ("words", "ending"),
    [
        (b"", "closed"),
        (b'{"go": true}\n{"refused": "no"}\n', "closed"),
        (b'{"go": true}\n{"taken": "a"}\n', "answered"),
        (b'{"kind": "heartbeat"}\n', "answered"),
    ],
    ids=["a hang-up", "courtesies", "a message taken", "a word"],
)
def test_behind_the_password_a_courtesy_is_no_answer(
    words: bytes, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit may say that it would take a queue, and why it does not; then it must hang up."""
    monkeypatch.setattr(stranger, "_context", lambda _psk: Plain())
    with socketserver.TCPServer(("127.0.0.1", 0), type("Kind", (Door,), {"words": words})) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        port = str(server.server_address[1])
        request = knock(port, base64.b64encode(b"hello").decode())
        request |= {"psk": {}, "courtesies": [courtesy.hex() for courtesy in switchover.COURTESIES]}
        assert stranger.intrude(request)["endings"] == {port: ending}


@pytest.mark.parametrize(
    ("heard", "fits"), [(b'{"go": true}', True), (b'{"go', True), (b'{"taken"', False), (b"x", False)]
)
def test_a_courtesy_may_have_come_in_part(heard: bytes, *, fits: bool) -> None:
    """The rest of the line follows."""
    assert stranger._fits(heard, switchover.COURTESIES) is fits
