"""Opens a lab by its name; a driver is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import cast

from lab.contract import Lab
from lab.errors import UsageError
from lab.late_import import late_import
from lab.under_test import UnderTest

DRIVERS = {
    "sim": "lab.sim.driver",
    "docker": "lab.docker.driver",
}


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a lab.

    `units` says which implementation each unit is; `worker` names the xdist worker; `run` the run's id;
    `seed` makes sim deterministic; `long` allows spans of minutes; `keep` leaves a failing lab standing.
    """

    units: UnderTest = field(default_factory=UnderTest)
    worker: str = "main"
    run: str = "manual"
    seed: int = 0
    long: bool = False
    keep: bool = False


def open_lab(name: str, options: Options) -> Lab:
    """Open the lab called `name` with its driver's `open_lab(options)`. Raises UsageError, LabError."""
    return cast("Lab", _driver(name).open_lab(options))


def prepare(name: str, options: Options, say: Callable[[str], None]) -> None:
    """Let a driver make what all labs of a run share (images), and report progress. Raises UsageError, LabError.

    A driver with something to prepare has `prepare(options, say)`.
    """
    prepare_driver = getattr(_driver(name), "prepare", None)
    if prepare_driver is not None:
        prepare_driver(options, say)


def clear_away(name: str, run: str) -> list[str]:
    """Let a driver remove the labs that a run has left, and return the ids of those that stay. Raises LabError.

    A lab of another process that still lives stays. A driver whose labs outlive their process has `clear_away(run)`.
    """
    clear_driver = getattr(_driver(name), "clear_away", None)
    return list(clear_driver(run)) if clear_driver is not None else []


def _driver(name: str) -> ModuleType:
    if name not in DRIVERS:
        raise UsageError(f"there is no lab called {name!r}", f"use one of: {', '.join(sorted(DRIVERS))}")
    return late_import(DRIVERS[name])
