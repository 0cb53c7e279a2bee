"""Units that are wrong about what happened while they stood still."""

from __future__ import annotations

from node.engine.engine import Engine


class BelievesOldCommands(Engine):
    """Follows a command that reached it while it stood still, however old that is."""

    def _has_just_woken(self) -> bool:
        return False


UNITS: dict[str, type[Engine]] = {
    "believes-old-commands": BelievesOldCommands,
}
"""The wrong units of this module by name."""
