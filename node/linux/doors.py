"""Ports at which a program starts when its first client has come: nobody asks most units for what it serves."""

from __future__ import annotations

import asyncio
import itertools
import socket
import subprocess
from collections.abc import Callable, Sequence

from node.linux import processes

WAITING = 128
"""Clients that may wait while the program starts for the first of them."""

ACTIVATED = """
LISTEN_FDS=0
while [ "$1" != -- ]; do
    eval "exec $((3 + LISTEN_FDS))<&$1 $1<&-"
    LISTEN_FDS=$((LISTEN_FDS + 1))
    shift
done
shift
export LISTEN_FDS LISTEN_PID=$$
exec "$@"
"""
"""Hands listening sockets over, as systemd does. Source: sd_listen_fds(3)."""


class Doors:
    """Listening sockets on all addresses, handed to a program with the first client."""

    def __init__(self, ports: Sequence[int], start: Callable[[Sequence[socket.socket]], object]) -> None:
        """Prepare; nobody listens. `start` starts the program with the sockets, which it has then."""
        self._ports = ports
        self._start = start
        self._sockets: list[socket.socket] = []

    def open(self) -> None:
        """Listen from now on. Raises OSError."""
        self.close()
        loop = asyncio.get_running_loop()
        families = [socket.AF_INET, *([socket.AF_INET6] if socket.has_dualstack_ipv6() else [])]
        for port, family in itertools.product(self._ports, families):
            # A process that has just been killed may still have the port.
            door = socket.create_server(("", port), family=family, backlog=WAITING, reuse_port=True)
            self._sockets.append(door)
            loop.add_reader(door, self._let_in)

    def close(self) -> None:
        """Listen no longer here; the program goes on if it has started."""
        for door in self._sockets:
            asyncio.get_running_loop().remove_reader(door)
            door.close()
        self._sockets.clear()

    def _let_in(self) -> None:
        try:
            self._start(self._sockets)
        finally:
            self.close()


def spawn(sockets: Sequence[socket.socket], *command: str) -> subprocess.Popen[bytes]:
    """Start a program, which takes these listening sockets over if there are any. Raises OSError."""
    handles = [each.fileno() for each in sockets]
    first = ["/bin/bash", "-c", ACTIVATED, "bash", *map(str, handles), "--"] if handles else []
    return processes.spawn(*first, *command, handles=handles)
