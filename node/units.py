"""Makes the engine and the shell that a unit runs: the reference, or ones that are wrong on purpose."""

from __future__ import annotations

from node.cli import Shell
from node.cli.system import System
from node.engine.engine import Engine


def make_engine(name: str = "reference") -> Engine:
    """Return a fresh engine."""
    if name == "reference":
        return Engine()
    from node.wrong import WRONG

    return WRONG[name.removeprefix("wrong:")]()


def make_shell(name: str, system: System) -> Shell:
    """Return a shell on this unit for one session; most wrong units have the reference's."""
    return Shell(system)
