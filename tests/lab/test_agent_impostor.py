"""The agent's impostors: what a client hears that was sent to one in place of a unit's service."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from lab.images.agent import impostor


@pytest.fixture
def impostors() -> Iterator[impostor.Impostors]:
    """Impostors that are gone after the test."""
    made = impostor.Impostors()
    yield made
    made.stop({})


def a_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def dial(port: int) -> socket.socket:
    """Dial an impostor."""
    return socket.create_connection(("127.0.0.1", port), timeout=5.0)


def test_a_late_one_lets_the_client_speak_with_the_service_after_so_many_seconds(
    impostors: impostor.Impostors,
) -> None:
    """Both ways, up to the end that either sets."""
    with socket.create_server(("127.0.0.1", 0)) as service:

        def serve() -> None:
            client, _ = service.accept()
            with client:
                client.sendall(b"220 here\r\n")
                client.sendall(b"you said " + client.recv(100))

        threading.Thread(target=serve, daemon=True).start()
        port = a_port()
        impostors.listen({"port": str(port), "late": 0.3, "to": str(service.getsockname()[1])})
        begun = time.monotonic()
        with dial(port) as client:
            assert client.recv(10) == b"220 here\r\n"
            assert time.monotonic() - begun >= 0.3
            client.sendall(b"QUIT\r\n")
            heard = b""
            while some := client.recv(100):
                heard += some
            assert heard == b"you said QUIT\r\n"


def test_one_without_an_end_says_the_same_again_until_the_client_is_gone(impostors: impostor.Impostors) -> None:
    """A client that reads on never comes to an end."""
    port = a_port()
    impostors.listen({"port": str(port), "says": "220-come in\r\n", "again": "yes"})
    with dial(port) as client:
        heard = b""
        while len(heard) < 50:
            heard += client.recv(100)
    assert heard.startswith(b"220-come in\r\n" * 3)


def test_one_that_says_more_says_one_line(impostors: impostor.Impostors) -> None:
    """However long it is, and then nothing."""
    port, more = a_port(), 300_000
    impostors.listen({"port": str(port), "says": "220 ", "more": str(more)})
    with dial(port) as client:
        heard = b""
        while not heard.endswith(b"\r\n"):
            heard += client.recv(65536)
    assert heard.startswith(b"220 ")
    assert heard.index(b"\r\n") == len(heard) - 2 == len("220 ") + more


def test_one_says_its_text_once(impostors: impostor.Impostors) -> None:
    """It then swallows whatever comes."""
    port = a_port()
    impostors.listen({"port": str(port), "says": "421 later\r\n"})
    with dial(port) as client:
        assert client.recv(100) == b"421 later\r\n"
        client.sendall(b"NOOP\r\n")
        client.settimeout(0.2)
        with suppress(TimeoutError):
            assert client.recv(100) == b"never", "it has said more"


def test_a_greeting_is_told_as_the_client_finds_it(impostors: impostor.Impostors) -> None:
    """A late one is silent at first."""
    port = a_port()
    ask = {"address": "127.0.0.1", "port": str(port), "within": 0.2}
    assert impostor.greeting(ask) == {"outcome": "refused"}
    impostors.listen({"port": str(port), "late": 1.0, "to": str(a_port())})
    assert impostor.greeting(ask) == {"outcome": "silent"}
