"""Starts the agent: everything it can do is a named request."""

from __future__ import annotations

import os
import threading

from . import addresses, intruder, journal, mail, network, packets, probe, sides, sink, wire

HANDLERS: dict[str, wire.Handler] = {
    **network.HANDLERS,
    **addresses.HANDLERS,
    **packets.HANDLERS,
    **probe.HANDLERS,
    **intruder.HANDLERS,
    **mail.HANDLERS,
    **sink.HANDLERS,
    **sides.HANDLERS,
    **journal.HANDLERS,
}


def main() -> None:
    """Serve requests until stdin ends, each in its own thread unless it asks to keep its place in line."""
    wire.event("ready", wire.now(), pid=os.getpid())
    for request in wire.requests():
        handler = HANDLERS[str(request["do"])]
        if request["do"] in mail.SLOW | probe.SLOW | packets.SLOW | sides.SLOW | intruder.SLOW:
            threading.Thread(target=wire.answer, args=(request, handler), daemon=True).start()
        else:
            wire.answer(request, handler)


if __name__ == "__main__":
    main()
