"""The heartbeat links: how they fail, become slow or thin, and are whole again."""

from __future__ import annotations

from functools import partial

from lab.contract import Port, Rank
from lab.schedule import What, long_for
from steps.actions import Action, faults, needs_of
from steps.fields import Delay
from steps.interruptions import prove_copying
from steps.lasting import enduring, prove_no_silence
from steps.scene import Scene
from steps.times import Lasting
from steps.words import action, said

Links = tuple[Rank, ...]

FLAP = 1.0
"""Seconds for which a flapping link is down, and then up."""


@action("{links:Links} [falls|has fallen] silent{lasting:Lasting}", *needs_of(faults(What.SILENT)))
def falls_silent(scene: Scene, links: Links, lasting: Lasting) -> Action:
    """Nothing passes either way, and nothing is refused; a silence with a span begins right after a heartbeat.

    Source: HA-061, HA-102, HA-121, HA-700.
    """
    return enduring(scene, faults(What.SILENT, links=links), lasting)


@action(
    "{links:Links} [refuses] {uses:Uses}{lasting:Lasting}", lambda uses: needs_of(faults(What.REFUSING, ports=uses))
)
def refuses(scene: Scene, links: Links, uses: tuple[Port, ...], lasting: Lasting) -> Action:
    """The ports of these uses, or all (`connections`), cut connections and refuse new ones; the others work.

    Source: HA-054, HA-061.
    """
    return enduring(scene, faults(What.REFUSING, links=links, ports=uses), lasting, counts=True)


@action("{links:Links} no longer [carries] {uses:Uses}", lambda uses: needs_of(faults(What.PORT_SILENT, ports=uses)))
def no_longer_carries(scene: Scene, links: Links, uses: tuple[Port, ...]) -> Action:
    """The ports of these uses swallow everything; the others work. Source: HA-054, HA-061, HA-101."""
    cut = faults(What.PORT_SILENT, links=links, ports=uses)
    return Action(cut, counts=True, proves=partial(prove_copying, scene))


@action("{links:Links} no longer [reaches] {units:Units}", lambda units: needs_of(faults(What.DEAF, units)))
def no_longer_reaches(scene: Scene, links: Links, units: tuple[str, ...]) -> Action:
    """What is sent to this unit is swallowed, and what it sends on connections that stand is carried.

    Source: HA-061, HA-108.
    """
    del scene
    return Action(faults(What.DEAF, units, links))


@action("{links:Links} [delays] everything by {delay:Delay}", *needs_of(faults(What.SLOW)))
def delays(scene: Scene, links: Links, delay: Delay) -> Action:
    """Everything comes later each way: by the same span, by more after each heartbeat, or by another span each time.

    When the delay grows, a lab may release the heartbeat that it holds at once: the next one then comes up to two
    periods of the heartbeat and the step later. Source: HA-101, HA-102.
    """
    step = delay.step or delay.seconds
    if step > delay.seconds:
        raise ValueError(f"a delay that grows by {step:g} s cannot begin below {delay.seconds:g} s")
    values = [number * step for number in range(1, round(delay.seconds / step) + 1)]
    first, *others = [faults(What.SLOW, links=links, value=value, jitter=delay.jitter) for value in values]

    def grows() -> None:
        for each in [(), *others]:
            scene.inflict(*each)
            if step < min(scene.detection.values()):
                prove_no_silence(scene)

    return Action(first, seen=grows)


@action("{links:Links} [carries] {rate:Count} bytes a second", *needs_of(faults(What.THIN)))
def is_thin(scene: Scene, links: Links, rate: int) -> Action:
    """So much each way of each connection, at which a synchronization takes long. Source: HA-054, HA-061, HA-102."""
    del scene
    return Action(faults(What.THIN, links=links, value=float(rate)))


@action("{links:Links} [flaps]{turn:Turn} for {seconds:Duration}", long_for, *needs_of(faults(What.SILENT)))
def flaps(scene: Scene, links: Links, seconds: float, *, turn: bool) -> Action:
    """Silent for a second, whole for a second, and so on; at the end it is whole, and meanwhile no role changes.

    Two links do so in turn: when both units hear each other again on the one, the other falls silent. Source: HA-061.
    """
    if turn != (len(links) > 1):
        raise ValueError("both heartbeat links flap in turn, and one flaps by itself")
    return Action(does=partial(_flap, scene, links, seconds))


@action(said(What.RETURNS))
def is_whole(scene: Scene, links: Links) -> Action:
    """Every fault of the link has ended; in a Given each unit hears its peer there again.

    Source: HA-015, HA-062, HA-524, HA-703.
    """
    return Action(faults(What.RETURNS, links=links), done=partial(scene.await_beats, *links))


def _flap(scene: Scene, links: Links, seconds: float) -> None:
    clock, end, turn = scene.lab.clock, scene.lab.clock.now() + seconds, 0
    while clock.now() < end:
        link = links[turn % len(links)]
        scene.inflict(*faults(What.SILENT, links=(link,)))
        scene.hold_roles(FLAP)
        scene.inflict(*faults(What.RETURNS, links=(link,)))
        if len(links) > 1:
            scene.await_beats(link)
        else:
            scene.hold_roles(FLAP)
        turn += 1
