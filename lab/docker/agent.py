"""The lab's end of an agent: sends requests as JSON Lines to the container's stdin, and reads replies and events."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import struct
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import docker

from lab.errors import BootFailed, LabError

PATIENCE = 15.0
"""Seconds to wait for a reply; an agent answers within milliseconds, but a loaded host needs longer."""

_HEADER = struct.Struct(">BxxxL")
_STDERR = 2

Event = dict[str, Any]


class Agent:
    """One agent container, attached. Several processes may be attached to one agent; each knows its own requests."""

    def __init__(self, client: docker.DockerClient, container: str, on_event: Callable[[Event], None]) -> None:
        """Attach to a container (started or not); `on_event` is called in a reader thread, in order of arrival."""
        self.container = container
        self._on_event = on_event
        self._ready = threading.Event()
        self._replies: dict[str, queue.SimpleQueue[Event]] = {}
        self._prefix = uuid.uuid4().hex[:8]
        self._count = 0
        self._lock = threading.Lock()
        self._complaints: list[str] = []
        attached = client.api.attach_socket(container, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
        # The client library returns a read-only wrapper of the local socket; the socket itself is needed.
        self._wrapper = attached
        self._socket: socket.socket = getattr(attached, "_sock", attached)
        self._socket.settimeout(None)
        # Buffered, so that all that has come is read at once: an agent reports dozens of events a second.
        self._frames = self._socket.makefile("rb")
        self._reader = threading.Thread(target=self._read, name=f"agent {container}", daemon=True)
        self._reader.start()

    def wait_ready(self, within: float = PATIENCE) -> None:
        """Wait until the agent has started; raises BootFailed."""
        if not self._ready.wait(within):
            raise BootFailed(f"the agent {self.container} did not start", self._said())

    def ask(self, do: str, *, patience: float = PATIENCE, **arguments: object) -> Event:
        """Send a request and return its reply; raises LabError when it fails or does not come."""
        replies: queue.SimpleQueue[Event] = queue.SimpleQueue()
        name = self._send(do, arguments, replies)
        try:
            reply = replies.get(timeout=patience)
        except queue.Empty:
            raise LabError(f"the agent {self.container} did not answer {do!r}", self._said()) from None
        finally:
            self._replies.pop(name, None)
        if "error" in reply:
            raise LabError(f"the agent {self.container} could not {do} ({reply['error']})", self._said())
        return reply

    def tell(self, do: str, **arguments: object) -> None:
        """Send a request without waiting for its reply; it is carried out before later ones. Raises LabError."""
        self._send(do, arguments)

    def _send(self, do: str, arguments: Mapping[str, object], replies: queue.SimpleQueue[Event] | None = None) -> str:
        """Send a request, whose reply goes into this queue, and return its name. Raises LabError."""
        with self._lock:
            self._count += 1
            name = f"{self._prefix}-{self._count}"
            if replies is not None:
                self._replies[name] = replies
            line = json.dumps({"id": name, "do": do, **arguments}) + "\n"
            try:
                self._socket.sendall(line.encode())
            except OSError as error:
                raise LabError(f"the agent {self.container} is gone ({error})", self._said()) from error
        return name

    def close(self) -> None:
        """Detach; the agent goes on running."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join(5)
        self._frames.close()
        # The library's answer has a buffer around the wrapper; in another order the buffer would raise an error later.
        answer = getattr(self._wrapper, "_response", None)
        if answer is not None:
            answer.close()
        self._wrapper.close()
        self._socket.close()

    def _said(self) -> str:
        return "it said: " + (" | ".join(self._complaints[-3:]) or "nothing")

    def _read(self) -> None:
        text = b""
        while True:
            frame = self._frame()
            if frame is None:
                break
            kind, content = frame
            if kind == _STDERR:
                self._complaints = [*self._complaints, content.decode(errors="replace").strip()][-20:]
                continue
            *lines, text = (text + content).split(b"\n")
            for line in lines:
                self._take(json.loads(line))
        for waiting in list(self._replies.values()):
            waiting.put({"error": "it has ended"})

    def _take(self, record: Event) -> None:
        if "reply" in record:
            waiting = self._replies.get(record["reply"])
            if waiting is not None:
                waiting.put(record)
        elif record["event"] == "ready":
            self._ready.set()
        else:
            self._on_event(record)

    def _frame(self) -> tuple[int, bytes] | None:
        try:
            header = self._frames.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return None
            kind, length = _HEADER.unpack(header)
            content = self._frames.read(length)
        except OSError:
            return None
        return (kind, content) if len(content) == length else None
