"""Units that are wrong about what strangers may do to them, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterable

from node.engine import effects as do
from node.engine.engine import Engine
from node.engine.events import StrangerRefused
from node.engine.modes import Rank
from node.engine.states import Trigger
from node.wrong.base import Rewriting


class SaysNothingOfStrangers(Rewriting):
    """Logs nobody that it refuses."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop those lines."""
        return [] if isinstance(effect, do.Log) and "refused a peer" in effect.message else [effect]


class LogsEveryStranger(Engine):
    """Writes a line for each refusal, without end."""

    def _stranger(self, event: StrangerRefused) -> None:
        self.emit(do.Log(f"hahbd: refused a peer on the {event.rank.value} heartbeat link: {event.why}"))


class NumbersItsStrangers(Engine):
    """Writes a line for each refusal, and a number into each, so that no two lines are the same."""

    def __init__(self) -> None:
        """Start counting."""
        super().__init__()
        self._refused = 0

    def _stranger(self, event: StrangerRefused) -> None:
        self._refused += 1
        self.emit(
            do.Log(f"hahbd: refused a peer ({self._refused}) on the {event.rank.value} heartbeat link: {event.why}")
        )


class LogsStrangersOnceForAll(Engine):
    """Writes a line for the first refusal and never another."""

    def _stranger(self, event: StrangerRefused) -> None:
        if not self._strangers:
            super()._stranger(event)


class HoardsStrangers(Engine):
    """Keeps a buffer for each stranger, without end."""

    def __init__(self) -> None:
        """Start with none."""
        super().__init__()
        self._buffers: list[bytes] = []

    def _stranger(self, event: StrangerRefused) -> None:
        self._buffers.append(bytes(1 << 20))
        super()._stranger(event)


class FleesFromStrangers(Engine):
    """Starts HA again whenever it has refused someone."""

    def _stranger(self, event: StrangerRefused) -> None:
        super()._stranger(event)
        self.move(Trigger.ENTER)


class GoesDeafAfterStrangers(Engine):
    """Listens to nobody any more once it has refused someone."""

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Refuse the peer too."""
        return not self._strangers and super().admits(rank, source, password_matches=password_matches)

    def _stranger(self, event: StrangerRefused) -> None:
        super()._stranger(event)
        self.emit(do.CloseLinks(), do.OpenLinks())


UNITS: dict[str, type[Engine]] = {
    "says-nothing-of-strangers": SaysNothingOfStrangers,
    "logs-every-stranger": LogsEveryStranger,
    "numbers-its-strangers": NumbersItsStrangers,
    "logs-strangers-once-for-all": LogsStrangersOnceForAll,
    "hoards-strangers": HoardsStrangers,
    "flees-from-strangers": FleesFromStrangers,
    "goes-deaf-after-strangers": GoesDeafAfterStrangers,
}
