"""A stranger at the four ports: connects, sends given data, and reports how its attempts ended."""

from __future__ import annotations

import base64
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from . import arp, stdio
from .programs import run

TLS_RECORDS = (20, 21, 22, 23)
"""First bytes of TLS handshakes and alerts, which do not count as an answer to a stranger."""


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

    With a key, each connection authenticates by TLS-PSK first. `borrowed` is a source address to hold meanwhile.
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
    lines = [_connect(where, source, deadline, tally) for _ in range(int(str(request["count"])))]
    # The unit's time to answer starts here, since opening many connections takes a while.
    deadline = time.monotonic() + within
    for line in filter(None, lines):
        with line:
            line.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                _converse(line, text, request, tally)
            except TimeoutError:
                tally.open += 1
            except OSError:
                # A refused greeting, or a connection that the unit has ended.
                continue
    return tally


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


def _converse(line: socket.socket, text: bytes, request: stdio.Record, tally: Tally) -> None:
    key = request.get("key")
    if key is None:
        _say(line, text, tally)
        first = line.recv(64)
        tally.answered = tally.answered or (bool(first) and first[0] not in TLS_RECORDS)
        while first:
            first = line.recv(4096)
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    secret, identity = bytes.fromhex(str(key)), str(request["identity"])
    context.set_psk_client_callback(lambda _hint: (identity, secret))
    with context.wrap_socket(line) as channel:
        _say(channel, text, tally)
        tally.answered = tally.answered or bool(channel.recv(1))


def _say(line: socket.socket, text: bytes, tally: Tally) -> None:
    for start in range(0, len(text), 1 << 14):
        part = text[start : start + (1 << 14)]
        line.sendall(part)
        tally.sent += len(part)
