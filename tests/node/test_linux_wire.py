"""What crosses the wire between two Linux bodies: the shared key, and who is let in."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable

import pytest

from node.engine.modes import Port, Rank
from node.engine.settings import Link
from node.linux import dial
from node.linux.dial import Dialler, Route
from node.linux.links import Handlers, Links
from node.linux.listen import Admission, Caller, Listener
from node.linux.psk import client_context, derive_key, scrypt, server_context

needs_psk = pytest.mark.skipif(not getattr(ssl, "HAS_PSK", False), reason="TLS-PSK needs Python 3.13")


def test_the_key_follows_from_the_password_alone() -> None:
    """Two units with one password come to one key; another password gives another; the key is not the password."""
    key = derive_key("change_me")
    assert len(key) == 32
    derive_key.cache_clear()
    assert derive_key("change_me") == key == scrypt("change_me")
    assert derive_key("change_me2") == scrypt("change_me2") != key
    assert b"change_me" not in key


class Door:
    """One listening port on the loopback device, with what happened at it."""

    def __init__(self, password: str, admitted: str = "127.0.0.1", address: str = "127.0.0.1") -> None:
        """Ask for a password, and for callers from this address; listen on one of the loopback's."""
        self._address = address
        self.refusals: list[str] = []
        self.lines: list[bytes] = []
        self.arrived = asyncio.Event()
        admission = Admission(
            lambda _rank, source: source == admitted, self._serve, lambda _rank, _caller, why: self._refused(why)
        )
        self.listener = Listener(Rank.PRIMARY, Port.HEARTBEAT, server_context(derive_key(password)), admission)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.number = free.getsockname()[1]
        self.open()

    def open(self) -> None:
        """Listen."""
        self.listener.open(self._address, self.number, "lo")

    async def _serve(self, caller: Caller) -> None:
        while line := await caller.reader.readline():
            self.lines.append(line)
            caller.writer.write(b"{}\n")
            self.arrived.set()

    def _refused(self, why: str) -> None:
        self.refusals.append(why)
        self.arrived.set()


def _run(scene: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(10):
            await scene()

    asyncio.run(bounded())


def _dialler(door: Door, password: str, address: str = "127.0.0.1") -> Dialler:
    return Dialler(Route(address, "lo", address), door.number, client_context(derive_key(password)))


@needs_psk
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_peer_with_the_password_is_heard(address: str) -> None:
    """A message sent before the line stands arrives as soon as it does, over IPv6 too. Source: HA-072, HA-452."""

    async def scene() -> None:
        door = Door("secret", address, address)
        dialler = _dialler(door, "secret", address)
        dialler.send(b"hello\n")
        await door.arrived.wait()
        assert door.lines == [b"hello\n"]
        assert not door.refusals
        dialler.close()
        door.listener.close()

    _run(scene)


@needs_psk
def test_of_the_news_that_waited_for_a_line_only_the_newest_is_sent() -> None:
    """Who heard an older heartbeat first would take this unit for what it no longer is."""

    async def scene() -> None:
        door = Door("secret")
        dialler = _dialler(door, "secret")
        for line, news in ((b"secondary\n", True), (b"ask\n", False), (b"primary\n", True), (b"last\n", False)):
            dialler.send(line, news=news)
        while len(door.lines) < 3:
            await asyncio.wait([asyncio.create_task(door.arrived.wait())], timeout=0.1)
            door.arrived.clear()
        assert door.lines == [b"ask\n", b"primary\n", b"last\n"]
        dialler.close()
        door.listener.close()

    _run(scene)


@needs_psk
def test_a_peer_with_another_password_is_refused_by_name() -> None:
    """The handshake fails, nothing is heard, and the reason says wrong password. Source: HA-453."""

    async def scene() -> None:
        door = Door("secret")
        dialler = _dialler(door, "guess")
        dialler.send(b"hello\n")
        await door.arrived.wait()
        assert door.refusals[0] == "wrong password"
        assert not door.lines
        dialler.close()
        door.listener.close()

    _run(scene)


@needs_psk
@pytest.mark.parametrize(
    ("admitted", "why"), [("127.0.0.1", "no proper greeting"), ("192.0.2.1", "not the configured")]
)
def test_a_stranger_is_refused(admitted: str, why: str) -> None:
    """Garbage instead of a greeting, or a caller from elsewhere, is closed and reported. Source: HA-455."""

    async def scene() -> None:
        door = Door("secret", admitted)
        reader, writer = await asyncio.open_connection("127.0.0.1", door.number)
        writer.write(b"let me in, I am your peer\n" * 20)
        with contextlib.suppress(ConnectionResetError):
            await reader.read(100)
        await door.arrived.wait()
        assert why in door.refusals[0]
        writer.close()
        door.listener.close()

    _run(scene)


@needs_psk
def test_a_line_that_was_cut_is_dialled_again_at_once() -> None:
    """When the peer's port closes and opens again, messages flow again within about a second."""

    async def scene() -> None:
        door = Door("secret")
        dialler = _dialler(door, "secret")
        dialler.send(b"before\n")
        await door.arrived.wait()
        door.listener.close()
        door.arrived.clear()
        door.open()
        while not door.arrived.is_set():
            dialler.send(b"after\n")
            await asyncio.wait([asyncio.create_task(door.arrived.wait())], timeout=0.1)
        assert door.lines[-1] == b"after\n"
        dialler.close()
        door.listener.close()

    _run(scene)


class Peer:
    """A peer to whom each call goes through; it answers those calls that are in `answers`, by their number."""

    def __init__(self, *answers: int) -> None:
        """Answer these calls, 0 being the first."""
        self.answers = set(answers)
        self.calls: list[asyncio.StreamWriter] = []
        self.heard: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()
        self._listening: list[asyncio.Task[None]] = []

    async def dial(self, *_: object) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Take a call in place of `node.linux.dial.dial`."""
        near, far = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=far)
        self._listening.append(asyncio.create_task(self._listen(len(self.calls), reader, writer)))
        self.calls.append(writer)
        return await asyncio.open_connection(sock=near)

    async def _listen(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await reader.readline():
                self.heard.put_nowait((number, line))
                if number in self.answers:
                    writer.write(b"{}\n")
        self.heard.put_nowait((number, b""))
        writer.close()

    async def ended(self) -> None:
        """Wait until every call has been ended by the caller."""
        await asyncio.gather(*self._listening)
        for writer in self.calls:
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


@pytest.mark.parametrize("answered", [False, True])
def test_a_slow_line_is_kept_until_another_one_is_answered(monkeypatch: pytest.MonkeyPatch, *, answered: bool) -> None:
    """One that goes through and is cut off again, for a greeting that came too late, changes nothing."""
    peer = Peer(1) if answered else Peer()
    monkeypatch.setattr(dial, "dial", peer.dial)
    monkeypatch.setattr(dial, "UNANSWERED", 0.02)

    async def scene() -> None:
        dialler = Dialler(Route("", "", ""), 0, ssl.create_default_context())
        dialler.send(b"one\n", news=True)
        assert [await peer.heard.get(), await peer.heard.get()] == [(0, b"one\n"), (1, b"one\n")]
        if answered:
            assert await peer.heard.get() == (0, b"")
        else:
            peer.calls[1].close()
            assert [await peer.heard.get(), await peer.heard.get()] == [(1, b""), (2, b"one\n")]
        dialler.send(b"two\n", news=True)
        assert await peer.heard.get() == (1 if answered else 0, b"two\n")
        dialler.close()
        await peer.ended()

    _run(scene)


def test_what_is_said_once_goes_over_both_lines_while_none_of_them_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer may have lost its power under the one, and have come back under the other."""
    peer = Peer()
    monkeypatch.setattr(dial, "dial", peer.dial)
    monkeypatch.setattr(dial, "UNANSWERED", 0.02)

    async def scene() -> None:
        dialler = Dialler(Route("", "", ""), 0, ssl.create_default_context())
        dialler.send(b"one\n", news=True)
        assert [await peer.heard.get(), await peer.heard.get()] == [(0, b"one\n"), (1, b"one\n")]
        dialler.send(b"hold off\n")
        assert {await peer.heard.get(), await peer.heard.get()} == {(0, b"hold off\n"), (1, b"hold off\n")}
        dialler.close()
        await peer.ended()

    _run(scene)


def test_a_line_that_is_answered_serves_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only when the next attempt would be due: what is said meanwhile would be lost with the old line."""
    peer = Peer(1)
    monkeypatch.setattr(dial, "dial", peer.dial)
    monkeypatch.setattr(dial, "UNANSWERED", 0.02)
    answered = asyncio.Event()

    class Noticed(dial.Line):
        def __init__(
            self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, changed: Callable[[], None]
        ) -> None:
            def told() -> None:
                changed()
                answered.set()

            super().__init__(reader, writer, told)

    monkeypatch.setattr(dial, "Line", Noticed)

    async def scene() -> None:
        dialler = Dialler(Route("", "", ""), 0, ssl.create_default_context())
        dialler.send(b"one\n", news=True)
        assert [await peer.heard.get(), await peer.heard.get()] == [(0, b"one\n"), (1, b"one\n")]
        monkeypatch.setattr(dial, "SOONEST", 10.0)  # the keeper sleeps
        await answered.wait()
        dialler.send(b"two\n", news=True)
        assert {await peer.heard.get(), await peer.heard.get()} == {(0, b""), (1, b"two\n")}
        dialler.close()
        await peer.ended()

    _run(scene)


def test_a_peer_that_lets_everybody_in_and_answers_nobody_is_not_flooded(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line beside the present one is enough for a while."""
    peer = Peer()
    monkeypatch.setattr(dial, "dial", peer.dial)
    monkeypatch.setattr(dial, "UNANSWERED", 0.02)
    monkeypatch.setattr(dial, "SOONEST", 0.01)

    async def scene() -> None:
        dialler = Dialler(Route("", "", ""), 0, ssl.create_default_context())
        dialler.send(b"one\n", news=True)
        assert [await peer.heard.get(), await peer.heard.get()] == [(0, b"one\n"), (1, b"one\n")]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(peer.heard.get(), dial.PACE / 2)
        assert len(peer.calls) == 2
        dialler.close()
        await peer.ended()

    _run(scene)


@needs_psk
def test_half_open_connections_are_bounded() -> None:
    """Callers who never greet fill only so many places: a further one takes the place of the oldest."""

    async def scene() -> None:
        door = Door("secret")
        callers = [await asyncio.open_connection("127.0.0.1", door.number) for _ in range(12)]
        for reader, _ in callers[:4]:
            assert await asyncio.wait_for(reader.read(1), 2) == b""
        assert set(door.refusals) == {"too many greetings at a time"}
        assert not callers[-1][0].at_eof()
        for _, writer in callers:
            writer.close()
        door.listener.close()

    _run(scene)


@needs_psk
def test_a_peer_gets_in_beside_callers_who_never_greet() -> None:
    """Places taken by silent callers do not keep the true peer out. Source: HA-455."""

    async def scene() -> None:
        door = Door("secret")
        callers = [await asyncio.open_connection("127.0.0.1", door.number) for _ in range(12)]
        dialler = _dialler(door, "secret")
        dialler.send(b"hello\n")
        while not door.lines:
            door.arrived.clear()
            await door.arrived.wait()
        assert door.lines == [b"hello\n"]
        for _, writer in callers:
            writer.close()
        dialler.close()
        door.listener.close()

    _run(scene)


@needs_psk
def test_a_caller_who_never_greets_is_given_up_and_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence ends when the time for a greeting has passed. Source: HA-455."""
    monkeypatch.setattr("node.linux.listen.GREETING", 0.1)

    async def scene() -> None:
        door = Door("secret")
        reader, writer = await asyncio.open_connection("127.0.0.1", door.number)
        assert await asyncio.wait_for(reader.read(1), 2) == b""
        await door.arrived.wait()
        assert door.refusals == ["no greeting in time"]
        writer.close()
        door.listener.close()

    _run(scene)


@pytest.mark.parametrize(
    ("peer", "peer6", "listens", "route"),
    [
        ("10.9.6.2", "", ["10.9.6.1"], Route("10.9.6.1", "eth0", "10.9.6.2")),
        ("", "fd00::2", ["fd00::1"], Route("fd00::1", "eth0", "fd00::2")),
        ("10.9.6.2", "fd00::2", ["10.9.6.1", "fd00::1"], Route("10.9.6.1", "eth0", "10.9.6.2")),
        ("", "", ["10.9.6.1"], Route("10.9.6.1", "eth0", "")),
    ],
)
def test_a_link_listens_and_dials_by_its_peers_addresses(
    peer: str, peer6: str, listens: list[str], route: Route
) -> None:
    """It listens in each family by which the peer is known, and dials over IPv4 where it can. Source: HA-072."""
    handlers = Handlers(lambda *_: True, _quiet, _quiet, _quiet, _quiet, _nobody)
    links = Links(handlers, lambda _: "eth0", {"port6": "10.9.6.1/24"}, {"port6": "fd00::1/64"})
    link = Link(Rank.PRIMARY, "port6", peer, peer6)
    assert links.listen_addresses(link) == listens
    assert links.route(link) == route


def _quiet(*_told: object) -> None:
    """Hear nothing."""


async def _nobody(_caller: Caller) -> None:
    """Serve nobody."""
