"""What units say to each other, as far as the lab has to know it: one module for each wire, named by a profile."""

from __future__ import annotations

from lab.errors import UsageError
from lab.wires import switchover, vrrp
from lab.wires.wire import Wire

NONE = Wire("none")
"""Nothing is known but the documented ports."""

WIRES = {wire.name: wire for wire in (NONE, switchover.WIRE, vrrp.WIRE)}


def named(name: str) -> Wire:
    """Return the wire called `name`. Raises UsageError, with the known names."""
    if name not in WIRES:
        raise UsageError(f"there is no wire called {name!r}", f"use one of: {', '.join(sorted(WIRES))}")
    return WIRES[name]
