"""Makes the engine that a unit runs: the reference, or one that is wrong on purpose."""

from __future__ import annotations

from node.engine.engine import Engine
from node.wrong import WRONG


def make_engine(name: str = "reference") -> Engine:
    """Return a fresh engine: "reference" or "wrong:NAME"; raises KeyError naming the known ones."""
    if name == "reference":
        return Engine()
    kind, _, which = name.partition(":")
    if kind == "wrong" and which in WRONG:
        return WRONG[which]()
    known = ", ".join(["reference", *(f"wrong:{key}" for key in WRONG)])
    raise KeyError(f"there is no unit called {name!r}; use one of: {known}")
