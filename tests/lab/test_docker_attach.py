"""The lab's end of an agent: what comes over an attached container's output, in whatever pieces, and its end."""

from __future__ import annotations

import json
import queue
import socket
import struct
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from lab.docker.agent import Agent
from lab.errors import LabError

STDOUT, STDERR = 1, 2


class Counting(socket.socket):
    """A socket that counts how often it is read."""

    reads = 0

    def recv_into(self, *arguments: Any) -> int:  # noqa: ANN401 - the library's own signature
        """Count, and read."""
        Counting.reads += 1
        return super().recv_into(*arguments)


class Engine:
    """The engine's end of an attached container."""

    def __init__(self) -> None:
        """Attach."""
        self.far, near = socket.socketpair()
        self.near = Counting(fileno=near.detach())
        self.events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        wrapper = socket.SocketIO(self.near, "rw")
        client: Any = SimpleNamespace(api=SimpleNamespace(attach_socket=lambda *_, **__: wrapper))
        self.agent = Agent(client, "client", self.events.put)

    def close(self) -> None:
        """Detach."""
        self.agent.close()
        self.far.close()


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Return an engine with an agent attached to it."""
    made = Engine()
    yield made
    made.close()


def frame(kind: int, *records: object) -> bytes:
    """Return a frame of a container's output, as the engine multiplexes it."""
    text = "".join(json.dumps(record) + "\n" for record in records).encode()
    return struct.pack(">BxxxL", kind, len(text)) + text


def test_events_come_in_order_in_whatever_pieces_they_arrive(engine: Engine) -> None:
    """A frame may come in parts, and a line in two frames."""
    whole = frame(STDOUT, {"event": "a"}, {"event": "b"})
    line = json.dumps({"event": "c"}).encode()
    parts = (
        struct.pack(">BxxxL", STDOUT, 4) + line[:4],
        struct.pack(">BxxxL", STDOUT, len(line) - 3) + line[4:] + b"\n",
    )
    for piece in (whole[:3], whole[3:20], whole[20:], *parts):
        engine.far.sendall(piece)
    assert [engine.events.get(timeout=5)["event"] for _ in range(3)] == ["a", "b", "c"]


def test_what_has_come_is_read_at_once(engine: Engine) -> None:
    """Each frame by itself would cost two system calls, and an agent reports dozens of events a second."""
    Counting.reads = 0
    engine.far.sendall(b"".join(frame(STDOUT, {"event": number}) for number in range(50)))
    assert [engine.events.get(timeout=5)["event"] for _ in range(50)] == list(range(50))
    assert Counting.reads < 10


def test_a_request_has_its_own_reply_and_a_lost_agent_says_what_it_said(engine: Engine) -> None:
    """Whoever waits when the container ends is told so, with its last complaint."""

    def answer(**reply: object) -> None:
        asked = json.loads(engine.far.recv(4096))
        engine.far.sendall(frame(STDOUT, {"reply": asked["id"], **reply}))

    threading.Thread(target=answer, kwargs={"held": ["x"]}).start()
    assert engine.agent.ask("addresses")["held"] == ["x"]
    engine.far.sendall(frame(STDERR, "Traceback"))

    def end() -> None:
        engine.far.recv(4096)
        engine.far.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=end).start()
    with pytest.raises(LabError, match=r"could not addresses \(it has ended\).*Traceback"):
        engine.agent.ask("addresses")


def test_what_is_told_is_carried_out_in_order_and_nobody_waits_for_it(engine: Engine) -> None:
    """Its reply is nobody's; that of the next request is not taken for it."""
    engine.agent.tell("unwatch")
    answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(engine.agent.ask("pulled"))).start()
    asked = [json.loads(line) for line in _lines(engine.far, 2)]
    assert [each["do"] for each in asked] == ["unwatch", "pulled"]
    for number, each in enumerate(asked):
        engine.far.sendall(frame(STDOUT, {"reply": each["id"], "number": number}))
    assert answers.get(timeout=5)["number"] == 1


def _lines(far: socket.socket, count: int) -> list[bytes]:
    """Return so many lines from a socket."""
    with far.makefile("rb") as stream:
        return [stream.readline() for _ in range(count)]
