"""rsync's transport: connects its standard input and output to the unit's local socket, and so to the peer.

rsync starts this file as its remote shell (`--rsh`); it imports little, because it must start fast.
"""

from __future__ import annotations

import os
import socket
import sys
import threading


def main() -> int:
    """Copy both ways until both ends are done; the socket's path stands in SWITCHOVER_PIPE."""
    for each in (0, 1):
        os.set_blocking(each, True)  # rsync hands both over so that they refuse what it has no room for yet
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    channel.connect(os.environ["SWITCHOVER_PIPE"])

    def outward() -> None:
        while data := os.read(0, 1 << 16):
            channel.sendall(data)
        channel.shutdown(socket.SHUT_WR)

    threading.Thread(target=outward, daemon=True).start()
    while data := channel.recv(1 << 16):
        view = memoryview(data)
        while view:
            view = view[os.write(1, view) :]
    return 0


if __name__ == "__main__":
    sys.exit(main())
