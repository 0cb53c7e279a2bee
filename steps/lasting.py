"""Faults that are there for a span only, again and again, or for longer than the detection time."""

from __future__ import annotations

from itertools import pairwise

from lab.contract import Capability, Mode, Rank
from lab.errors import FaultNotProven
from lab.faults import Fault, end_of
from lab.timeline import Entry, Kind
from steps.actions import Action
from steps.scene import MARGIN, Scene
from steps.times import Lasting

BREATH = 1.2
"""Seconds that a machine has to catch up after it stood still: a little more than a heartbeat's period."""


def enduring(scene: Scene, faults: tuple[Fault, ...], lasting: Lasting, *, counts: bool = False) -> Action:
    """Return the action of letting faults begin, which last as long as is said."""
    if lasting.seconds is None:
        noticed = max(scene.detection.values()) + MARGIN
        return Action(faults, seen=(lambda: scene.hold_roles(noticed)) if lasting.is_noticed else None, counts=counts)
    return Action(
        does=lambda: _repeat(scene, faults, lasting),
        needs=frozenset[Capability]().union(*(fault.needs for fault in faults)),
        steady=True,
    )


def prove_no_silence(scene: Scene) -> None:
    """Wait until the secondary hears its peer again; raise FaultNotProven where the lab was too slow for that.

    It was too slow where, since the action began, two heartbeats came as far apart as the detection time.
    """
    begun = scene.lab.clock.now()

    def heard() -> list[Entry]:
        return [beat for beat in scene.lab.timeline.of(Kind.HEARTBEAT, "S", since=begun) if beat.at > begun]

    scene.lab.clock.wait_for(heard, scene.lab.profile.settle, "the secondary hears its peer again")
    beats = [beat.at for beat in scene.lab.timeline.of(Kind.HEARTBEAT, "S")]
    gaps = [later - earlier for earlier, later in pairwise(beats) if later > scene.since]
    if max(gaps) >= scene.detection["S"] - scene.lab.profile.resolution:
        raise FaultNotProven(f"a silence that was to stay below the detection time has lasted for {max(gaps):.3f} s")


def _repeat(scene: Scene, faults: tuple[Fault, ...], lasting: Lasting) -> None:
    """Begin each time right after a heartbeat; what the lab needs to cause the fault is part of its span."""
    frozen = {fault.unit: scene.mode_seen(fault.unit) for fault in faults if fault.link is None}
    listener = "S" if not frozen else scene.other(next(iter(frozen))).name
    ends = [end for fault in faults if (end := end_of(fault)) is not None]
    link = faults[-1].link or Rank.PRIMARY
    for _ in range(lasting.times):
        scene.await_beat(listener, link)
        scene.act()
        scene.inflict(*faults)
        left = max(0.0, scene.since + (lasting.seconds or 0.0) - scene.lab.clock.now())
        _hold(scene, left, listener)
        scene.inflict(*ends)
        if frozen:
            _await_modes(scene, frozen)
            _hold(scene, BREATH, listener)
        else:
            prove_no_silence(scene)
    if frozen:
        scene.act()


def _hold(scene: Scene, during: float, unit: str) -> None:
    scene.lab.clock.hold(lambda: not scene.changes(unit), during, f"unit {unit} changes no role")


def _await_modes(scene: Scene, modes: dict[str, Mode | None]) -> None:
    def are_back() -> bool:
        return all(scene.mode_seen(unit) is mode for unit, mode in modes.items())

    scene.lab.clock.wait_for(are_back, scene.lab.profile.settle, f"{' and '.join(modes)} goes on")
