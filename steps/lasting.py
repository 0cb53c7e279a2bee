"""Faults that are there for a span only, again and again, or for longer than the detection time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import pairwise

from lab.contract import Mode, Rank
from lab.errors import FaultNotProven
from lab.faults import Fault, FaultKind, end_of
from lab.timeline import Entry, Kind
from steps.actions import Action
from steps.interruptions import prove_copying
from steps.scene import MARGIN, Scene
from steps.times import Lasting

BREATH = 1.2
"""Seconds that a machine has to catch up after it stood still: a little more than a heartbeat's period."""


LATE = 2.0
"""Seconds by which the lab may end a fault late that units are to overlook: checks are counted in more than that."""


def enduring(scene: Scene, faults: tuple[Fault, ...], lasting: Lasting, *, counts: bool = False) -> Action:
    """Return the action of letting faults begin, which last as long as is said."""
    if lasting.seconds is None:
        noticed = max(scene.detection.values()) + MARGIN
        return Action(
            faults,
            seen=(lambda: scene.hold_roles(noticed)) if lasting.is_noticed else None,
            counts=counts,
            proves=partial(prove_copying, scene),
        )
    return Action(
        does=lambda: _repeat(scene, faults, lasting),
        proves=partial(prove_copying, scene),
    )


def prove_no_silence(scene: Scene) -> None:
    """Wait until the secondary hears its peer again; raise FaultNotProven where the lab was too slow for that.

    It was too slow where, since the action began, two heartbeats came as far apart as the detection time.
    """
    begun = scene.lab.clock.now()

    def heard() -> list[Entry]:
        return [beat for beat in scene.lab.timeline.of(Kind.HEARTBEAT, "S", since=begun) if beat.at > begun]

    scene.lab.clock.wait_for(heard, scene.lab.timing.settle, "the secondary hears its peer again")
    beats = [beat.at for beat in scene.lab.timeline.of(Kind.HEARTBEAT, "S")]
    gaps = [later - earlier for earlier, later in pairwise(beats) if later > scene.since]
    if max(gaps) >= scene.detection["S"] - scene.lab.timing.resolution:
        raise FaultNotProven(f"a silence that was to stay below the detection time has lasted for {max(gaps):.3f} s")


def prove_heard(scene: Scene, since: float) -> None:
    """Wait until a secondary that went on then hears its peer; raise FaultNotProven where the network was too slow."""

    def heard() -> list[Entry]:
        return scene.lab.timeline.of(Kind.HEARTBEAT, "S", since=since)

    scene.lab.clock.wait_for(heard, scene.lab.timing.settle, "the secondary hears its peer again")
    silence = heard()[0].at - since
    if silence >= scene.detection["S"] - scene.lab.timing.resolution:
        raise FaultNotProven(f"the secondary heard nothing for {silence:.3f} s after it went on")


def _repeat(scene: Scene, faults: tuple[Fault, ...], lasting: Lasting) -> None:
    """Begin each time right after a heartbeat; what the lab needs to silence a link is part of the silence.

    How long it really was is proven before any unit is judged by it.
    """
    clock, seconds = scene.lab.clock, lasting.seconds or 0.0
    frozen = {fault.unit: scene.mode_seen(fault.unit) for fault in faults if fault.link is None}
    freezes = any(fault.kind is FaultKind.FREEZE for fault in faults)
    listener = "S" if not frozen else scene.other(next(iter(frozen))).name
    ends = [end for fault in faults if (end := end_of(fault)) is not None]
    link = faults[-1].link or Rank.PRIMARY
    for _ in range(lasting.times):
        scene.await_beat(listener, link)
        scene.act()
        scene.inflict(*faults)
        clock.hold(
            lambda: True, seconds if frozen else max(0.0, scene.since + seconds - clock.now()), "the fault lasts"
        )
        ended_at = clock.now()
        scene.inflict(*ends)
        if (lasted := clock.now() - scene.since) > seconds + LATE and not freezes:
            raise FaultNotProven(f"a fault that was to last {seconds:g} s has lasted {lasted:.3f} s")
        if frozen:
            _await_answers(scene, frozen)
            clock.hold(lambda: True, BREATH, f"unit {' and '.join(frozen)} catches up")
        if "S" in frozen:
            prove_heard(scene, ended_at)
        else:
            prove_no_silence(scene)
        for unit, mode in frozen.items():
            assert scene.mode_seen(unit) is mode, f"unit {unit} has changed its role"
        assert not scene.changes(listener), f"unit {listener} has changed its role"
    if frozen:
        scene.act()
    else:
        scene.await_beat(listener, link)


def _await_answers(scene: Scene, units: Iterable[str]) -> None:
    def answer() -> bool:
        return all(scene.mode_seen(unit) is not Mode.UNREACHABLE for unit in units)

    scene.lab.clock.wait_for(answer, scene.lab.timing.settle, f"unit {' and '.join(units)} goes on")
