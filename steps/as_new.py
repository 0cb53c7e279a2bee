"""As good as new: after what disturbed it, the pair does all that a healthy pair does."""

from __future__ import annotations

from steps.scene import Scene
from steps.words import outcome


@outcome("the pair is as good as new")
def is_as_good_as_new(scene: Scene) -> None:
    """It is checked after the scenario's own last step, on containers with --thorough, and recorded apart.

    Faults that last are ended first, and an operator cures what the manual leaves to one. Then a setting and messages
    cross, the links carry heartbeats, pages show what is, hold-off is sent and left, the role moves by order and back,
    and a loss of power is detected on time. What only this finds verifies no requirement.
    Source: HA-009, HA-024, HA-061, HA-101, HA-112, HA-350, HA-401, HA-520, HA-572, HA-580, HA-704.
    """
    scene.allow.as_new = True
