"""What a fault or a restart is to interrupt, and the proof that it is still under way then."""

from __future__ import annotations

from collections.abc import Iterable

from lab.contract import Area, Capability
from lab.errors import FaultNotProven
from steps.scene import Scene


def prove_copying(scene: Scene) -> None:
    """Raise FaultNotProven where the message whose copying was seen to begin is on both units already."""
    message, scene.copying = scene.copying, ""
    if not message or Capability.STORAGE not in scene.lab.capabilities:
        return
    if all(any(message in unit.stored(area) for area in Area) for unit in scene.units):
        raise FaultNotProven(f"message {message} was copied before what was to interrupt that")


def prove_pending(scene: Scene, units: Iterable[str]) -> None:
    """Raise FaultNotProven where one of these units has carried out a command that its restart is to interrupt."""
    if scene.ordered is None or scene.ordered[0] not in units:
        return
    unit, before = scene.ordered
    mode = scene.unit(unit).effective_mode()
    if mode is not before:
        raise FaultNotProven(f"unit {unit} was {mode.value} before its restart was ordered: the command came through")
