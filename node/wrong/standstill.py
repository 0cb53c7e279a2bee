"""Units that follow commands which come late: after they stood still, or over a slow link."""

from __future__ import annotations

from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.states import Phase


class BelievesOldCommands(Engine):
    """Follows a command that reached it while it stood still, however old that is."""

    def _has_just_woken(self) -> bool:
        return False


class HoldsOffTwice(Engine):
    """Follows a hold-off command again that comes late over the slower link."""

    def _heard_hold_off(self, message: say.HoldOff) -> None:
        if self.phase is Phase.SECONDARY:
            self._held_off_by = 0
        super()._heard_hold_off(message)


UNITS: dict[str, type[Engine]] = {
    "believes-old-commands": BelievesOldCommands,
    "holds-off-twice": HoldsOffTwice,
}
"""The wrong units of this module by name."""
