"""rsync's transport: gives its standard input and output to the unit, over a local socket, until that hangs up.

rsync starts this file as its remote shell (`--rsh`); it imports little, because it must start fast.
"""

from __future__ import annotations

import os
import socket
import sys


def main() -> int:
    """Let the unit talk to rsync itself; the socket's path stands in SWITCHOVER_PIPE."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as unit:
        unit.connect(os.environ["SWITCHOVER_PIPE"])
        socket.send_fds(unit, [b"\0"], [0, 1])
        for each in (0, 1):
            os.close(each)  # the unit alone has them now, so that rsync sees its end
        unit.recv(1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
