"""Starts the agent: everything it can do is a named request."""

from __future__ import annotations

import os
import threading

from . import addresses, bridges, frames, growth, mail_client, namespace, probe, protected_server, stdio, stranger

HANDLERS: dict[str, stdio.Handler] = {
    **namespace.HANDLERS,
    **addresses.HANDLERS,
    **frames.HANDLERS,
    **probe.HANDLERS,
    **stranger.HANDLERS,
    **mail_client.HANDLERS,
    **protected_server.HANDLERS,
    **bridges.HANDLERS,
    **growth.HANDLERS,
}


def main() -> None:
    """Serve requests until stdin ends, each in its own thread unless it asks to keep its place in line."""
    stdio.event("ready", stdio.now(), pid=os.getpid())
    for request in stdio.requests():
        handler = HANDLERS[str(request["do"])]
        if request["do"] in mail_client.SLOW | probe.SLOW | frames.SLOW | bridges.SLOW | stranger.SLOW:
            threading.Thread(target=stdio.answer, args=(request, handler), daemon=True).start()
        else:
            stdio.answer(request, handler)


if __name__ == "__main__":
    main()
