"""The unit's web server, lighttpd: one page, which shows the unit's status to whoever asks. Source: HA-251."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
from collections.abc import Callable, Iterable, Sequence
from html import escape

from node.linux import doors, paths, processes
from node.linux.files import write_atomically

LIGHTTPD = "/usr/sbin/lighttpd"
CONFIGURATION = "/etc/switchover/lighttpd.conf"

PORT = 80


class Web:
    """The web server; it runs whatever the role, and starts when its first client has come."""

    def __init__(self, log: Callable[[str], None]) -> None:
        """Prepare; nobody listens."""
        self._log = log
        self._doors = doors.Doors([PORT], self._start)
        self._serving: asyncio.Task[None] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Listen from now on, on all addresses; a port that another program has is logged."""
        try:
            self._doors.open()
        except OSError as error:
            self._log(f"web: nobody can listen on port {PORT} ({error.strerror})")

    def show(self, lines: Iterable[str]) -> None:
        """Show these lines from now on; where the disk takes none, the page stays as it was."""
        text = "\n".join(map(escape, lines))
        with contextlib.suppress(OSError):
            paths.WEB.mkdir(parents=True, exist_ok=True)
            write_atomically(
                paths.WEB / "index.html", f"<!doctype html>\n<title>Status</title>\n<pre>\n{text}\n</pre>\n", mode=0o644
            )

    def end_sessions(self) -> None:
        """Cut every open session; the next client finds the server again in a moment."""
        if self._process is not None:
            self._process.kill()

    def _start(self, sockets: Sequence[socket.socket]) -> None:
        self._process = process = doors.spawn(sockets, LIGHTTPD, "-D", "-f", CONFIGURATION)
        held = processes.hold(process)

        async def serve() -> None:
            """Listen anew when the program has ended."""
            await processes.ended(held)
            held.close()
            process.wait()
            self._process = None
            self.open()

        self._serving = asyncio.get_running_loop().create_task(serve())
