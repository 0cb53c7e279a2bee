"""A stranger at the four ports: connects, sends given data, and reports how its attempts ended."""

from __future__ import annotations

import base64
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from . import arp, stdio
from .programs import run


@dataclass(slots=True)
class Tally:
    """Counts of the attempts at one port."""

    stood: int = 0
    refused: int = 0
    open: int = 0
    sent: int = 0
    answered: bool = False

    def ending(self) -> str:
        """Word for the ending at the port."""
        if self.answered:
            return "answered"
        if self.open:
            return "ignored"
        return "closed" if self.stood else "refused"


def intrude(request: stdio.Record) -> stdio.Record:
    """Send data on each port at the same time, and return the endings.

    `within` (seconds) limits the time to connect, and then the time for the unit to end the connections.

    `psk` is an identity and a key: each connection authenticates by TLS-PSK first. `refusals` are beginnings of words
    that are no answer, in hex; where nobody knows any (None), all words are one if the unit then holds the connection.
    `courtesies` are beginnings of lines that are none behind the authentication. `borrowed` is a source address to hold
    meanwhile. With `apart` the data are several, each with a zero byte behind it and sent on a connection of its own.
    """
    numbers, says = request["ports"], request["says"]
    assert isinstance(numbers, list)
    assert isinstance(says, dict)
    repeat = int(str(request["repeat"]))
    borrowed, interface = str(request.get("borrowed") or ""), str(request.get("interface") or "")
    if borrowed:
        run("ip", "addr", "add", borrowed, "dev", interface, *(["nodad"] if ":" in borrowed else []))
        if ":" not in borrowed:
            arp.announce(interface, borrowed)
    try:
        return _at_ports({int(number): base64.b64decode(says[number]) * repeat for number in numbers}, request)
    finally:
        if borrowed:
            run("ip", "addr", "del", borrowed, "dev", interface)


def _at_ports(says: dict[int, bytes], request: stdio.Record) -> stdio.Record:
    with ThreadPoolExecutor(len(says)) as pool:
        tallies = dict(zip(says, pool.map(lambda port: _at_port(port, says[port], request), says), strict=True))
    return {
        "endings": {str(number): tally.ending() for number, tally in tallies.items()},
        "stood": sum(tally.stood for tally in tallies.values()),
        "refused": sum(tally.refused for tally in tallies.values()),
        "sent": sum(tally.sent for tally in tallies.values()),
    }


def _at_port(number: int, text: bytes, request: stdio.Record) -> Tally:
    tally = Tally()
    where = (str(request["address"]), number)
    within = float(str(request["within"]))
    deadline = time.monotonic() + within
    source = (str(request.get("borrowed") or ""), 0)
    if request.get("apart"):
        for said in text.split(b"\0")[:-1]:
            _attend([_connect(where, source, time.monotonic() + within, tally)], said, request, tally)
        return tally
    lines = [_connect(where, source, deadline, tally) for _ in range(int(str(request["count"])))]
    _attend(lines, text, request, tally)
    return tally


def _attend(lines: list[socket.socket | None], text: bytes, request: stdio.Record, tally: Tally) -> None:
    """Speak on connections, one after the other, and wait for their ends."""
    # The unit's time to answer starts here, since opening many connections takes a while.
    deadline = time.monotonic() + float(str(request["within"]))
    for line in filter(None, lines):
        with line:
            line.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                _converse(line, text, request, tally, deadline)
            except TimeoutError:
                tally.open += 1
            except OSError:
                # A refused greeting, or a connection that the unit has ended.
                continue


def _connect(where: tuple[str, int], source: tuple[str, int], deadline: float, tally: Tally) -> socket.socket | None:
    try:
        line = socket.create_connection(where, max(0.01, deadline - time.monotonic()), source)
    except ConnectionRefusedError:
        tally.refused += 1
        return None
    except OSError:
        return None
    tally.stood += 1
    return line


def _fits(line: bytes, beginnings: tuple[bytes, ...]) -> bool:
    """Whether a line, or what has come of it, begins as one of these."""
    return line.startswith(beginnings) or any(each.startswith(line) for each in beginnings)


def _converse(line: socket.socket, text: bytes, request: stdio.Record, tally: Tally, deadline: float) -> None:
    """Speak, and listen until the unit ends the connection. Raises TimeoutError if it says nothing and does not."""
    psk, refusals, polite = request["psk"], request["refusals"], request.get("courtesies")
    courtesies = tuple(map(bytes.fromhex, polite)) if isinstance(polite, list) else ()
    if isinstance(psk, dict):
        with _context(psk).wrap_socket(line) as channel:
            _say(channel, text, tally)
            heard = b""
            while not tally.answered and (more := channel.recv(1 << 16)):
                heard += more  # a line may come in two parts
                tally.answered = any(not _fits(line, courtesies) for line in heard.splitlines())
        return
    with suppress(TimeoutError):  # who does not read may have spoken
        _say(line, text, tally)
    words = _hear(line, deadline)
    if words and isinstance(refusals, list) and not words.startswith(tuple(map(bytes.fromhex, refusals))):
        tally.answered = True
    if words and _is_held(line, deadline):
        tally.open += 1
        tally.answered = tally.answered or refusals is None


def _is_held(line: socket.socket, deadline: float) -> bool:
    """Listen on; whether the unit holds the connection at the deadline, silent or not."""
    try:
        while _hear(line, deadline):
            if time.monotonic() > deadline:
                return True
    except TimeoutError:
        return True
    return False


def _hear(line: socket.socket, deadline: float) -> bytes:
    """Return what the unit says next, b"" once it has ended the connection. Raises TimeoutError."""
    line.settimeout(max(0.01, deadline - time.monotonic()))
    return line.recv(1 << 16)


def _context(psk: dict[str, str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    key = bytes.fromhex(psk["key"])
    context.set_psk_client_callback(lambda _hint: (psk["identity"], key))
    return context


def _say(line: socket.socket, text: bytes, tally: Tally) -> None:
    for start in range(0, len(text), 1 << 14):
        part = text[start : start + (1 << 14)]
        line.sendall(part)
        tally.sent += len(part)
