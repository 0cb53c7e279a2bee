"""The engine's timers on asyncio's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from node.engine.timers import Timer


class Timers:
    """Runs each timer once at a time: starting it again replaces it."""

    def __init__(self, fired: Callable[[Timer], None]) -> None:
        """Call `fired` with the timer when it has run out."""
        self._fired = fired
        self._running: dict[Timer, asyncio.TimerHandle] = {}

    def start(self, timer: Timer, after: float) -> None:
        """(Re)start a timer; `after` in seconds."""
        self.stop(timer)
        self._running[timer] = asyncio.get_running_loop().call_later(after, self._fire, timer)

    def stop(self, timer: Timer) -> None:
        """Stop a timer, if it runs."""
        handle = self._running.pop(timer, None)
        if handle is not None:
            handle.cancel()

    def stop_all(self) -> None:
        """Stop every timer."""
        for timer in list(self._running):
            self.stop(timer)

    def _fire(self, timer: Timer) -> None:
        del self._running[timer]
        self._fired(timer)
