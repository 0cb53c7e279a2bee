"""The agent's clients that hand in one message after another, and never give one up."""

from __future__ import annotations

import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from lab.images.agent import load, stdio
from lab.images.agent.protected_server import Listener, Taking
from tests.lab.events import Events

REQUEST: stdio.Record = {
    "address": "127.0.0.1",
    "prefix": "s1-l",
    "sender": "client@example.org",
    "recipient": "user@example.com",
    "text": f"X-Test-Id: {load.PLACE}\n\nThis is {load.PLACE}.\n",
    "every": 0.01,
    "again": 0.02,
    "within": 1.0,
    "answer": 0.3,
}


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list whose last entry is the port to which clients go in place of SMTP's."""
    ports = [0]
    connect = smtplib.SMTP.connect

    def elsewhere(client: smtplib.SMTP, host: str, _: int) -> tuple[int, bytes]:
        return connect(client, host, ports[-1])

    monkeypatch.setattr(smtplib.SMTP, "connect", elsewhere)
    return ports


@pytest.fixture
def clients() -> Iterator[tuple[load.Load, Events]]:
    """Clients, and what they report."""
    events = Events()
    running = load.Load(events)
    yield running, events
    running.end({})


def tries(events: Events) -> list[tuple[object, object, object]]:
    """Each try: message, outcome, and whether its end was sent without an answer."""
    return [(each["message"], each["outcome"], each["ended"]) for each in events.seen if each["event"] == "handed-in"]


def reached(condition: Callable[[], object]) -> bool:
    """Wait until a condition holds."""
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        threading.Event().wait(0.01)
    return bool(condition())


def test_each_message_is_handed_in_once_where_a_server_takes_it(
    port: list[int], clients: tuple[load.Load, Events]
) -> None:
    """By its name, which is in its text; a load that has stopped begins none."""
    running, events = clients
    delivered = Events()
    with Listener("127.0.0.1", delivered, Taking(), port=0) as server:
        port.append(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.start(REQUEST)
        assert reached(lambda: len(events.seen) > 3)
        names = running.stop({})["names"]
        assert isinstance(names, list)
        assert reached(lambda: len(events.seen) == len(names))
        server.shutdown()
    assert (
        sorted(str(each["message"]) for each in delivered.seen)
        == names
        == [f"s1-l{n:05d}" for n in range(1, len(names) + 1)]
    )
    assert {(outcome, ended) for _, outcome, ended in tries(events)} == {("accepted", False)}


def test_a_message_that_nobody_takes_is_tried_until_somebody_does(
    port: list[int], clients: tuple[load.Load, Events]
) -> None:
    """Whether connections are refused, or the server puts it off."""
    running, events = clients
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port.append(closed.getsockname()[1])
    running.start(REQUEST)
    assert reached(lambda: [message for message, _, _ in tries(events)].count("s1-l00001") > 2)
    running.stop({})
    delivered, takes = Events(), Taking()
    takes.change("later")
    with Listener("127.0.0.1", delivered, takes, port=0) as server:
        port.append(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        before = len(tries(events))
        assert reached(lambda: len(tries(events)) > before + 5)
        assert {outcome for _, outcome, _ in tries(events)} == {"refused"}
        takes.change("now")
        assert reached(lambda: ("s1-l00001", "accepted", False) in tries(events))
        running.end({})
        server.shutdown()


def test_a_message_whose_end_is_not_answered_may_have_been_accepted(
    port: list[int], clients: tuple[load.Load, Events]
) -> None:
    """The try says so; one that breaks off before does not."""
    running, events = clients
    with socket.create_server(("127.0.0.1", 0)) as server:
        port.append(server.getsockname()[1])
        running.start({**REQUEST, "every": 60.0, "again": 60.0})
        session, _ = server.accept()
        with session, session.makefile("rwb") as lines:
            for answer in (b"220 unit\r\n", b"250 unit\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
                lines.write(answer)
                lines.flush()
                if not answer.startswith(b"354"):
                    lines.readline()
            while lines.readline().strip() != b".":
                pass
        assert reached(lambda: events.seen)
    assert tries(events) == [("s1-l00001", "unanswered", True)]
