"""Makes the engine and the shell that a unit runs: the reference, or ones that are wrong on purpose."""

from __future__ import annotations

from node.cli import Shell
from node.cli.system import System
from node.cli.wrong import SHELLS
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


def make_shell(name: str, system: System) -> Shell:
    """Return a shell on this unit for one session; most wrong units have the reference's."""
    return SHELLS.get(name.removeprefix("wrong:"), Shell)(system)
