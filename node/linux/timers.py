"""The engine's named timers on asyncio's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Timers:
    """At most one timer of each name runs; a new one of that name replaces it."""

    def __init__(self, fired: Callable[[str], None]) -> None:
        """Call `fired` with the name when a timer has run out."""
        self._fired = fired
        self._running: dict[str, asyncio.TimerHandle] = {}

    def start(self, name: str, after: float) -> None:
        """(Re)start a timer; `after` in seconds."""
        self.stop(name)
        self._running[name] = asyncio.get_running_loop().call_later(after, self._fire, name)

    def stop(self, name: str) -> None:
        """Stop a timer, if it runs."""
        handle = self._running.pop(name, None)
        if handle is not None:
            handle.cancel()

    def stop_all(self) -> None:
        """Stop every timer."""
        for name in list(self._running):
            self.stop(name)

    def _fire(self, name: str) -> None:
        del self._running[name]
        self._fired(name)
