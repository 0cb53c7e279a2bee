"""What each of the four ports carries while something happens, and where a unit listens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from lab.contract import Capability, Port, Rank
from lab.errors import NotReached
from lab.standard_pair import PAIR
from steps.links import SYNCHRONIZATION, carried
from steps.operator import has_changed_setting
from steps.scene import Scene
from steps.words import given, then, when

QUIET = 1.0
"""Seconds without a byte after which a synchronization counts as ended."""

_BASE = "hb-base-port"


@given("the first synchronization of the pair has ended")
def first_sync_ended(scene: Scene) -> None:
    """Mail data and settings have been copied, and nothing more comes for a second. Source: HA-010."""
    begins = "mail data and settings begin to be copied"
    with suppress(NotReached):  # a unit may have nothing to copy
        scene.lab.clock.wait_for(lambda: all(map(bool, _synchronized(scene))), scene.lab.profile.settle, begins)
    await_still(scene, lambda: sum(_synchronized(scene)), QUIET, "the first synchronization ends")


@when("the pair is left alone for {seconds:Seconds} seconds")
def left_alone(scene: Scene, seconds: float) -> None:
    """Nobody does anything. Source: HA-051, HA-054."""
    scene.act()
    scene.carried = carried(scene)
    scene.lab.clock.hold(lambda: not any(scene.changes(unit.name) for unit in scene.units), seconds, "no role changes")


@when("an operator changes a synchronized setting on the {unit:Unit}")
def changes_setting(scene: Scene, unit: str) -> None:
    """A notice in a setting that belongs to the synchronized configuration. Source: HA-350."""
    scene.act()
    scene.carried = carried(scene)
    has_changed_setting(scene, unit)


@then("the {rank:Rank} heartbeat link carries {uses:Uses}, but {others:Uses} does not occur on it")
def carries(scene: Scene, rank: Rank, uses: tuple[Port, ...], others: tuple[Port, ...]) -> None:
    """Since the action began the ports of the first uses have carried bytes, and those of the others none.

    Source: HA-051, HA-054.
    """

    def grown(*ports: Port) -> list[Port]:
        link = scene.lab.links[rank]
        return [port for port in ports if link.carried(port) > scene.carried[rank, port]]

    clock, wanted = scene.lab.clock, list(uses)
    clock.wait_for(lambda: grown(*uses) == wanted, scene.lab.profile.settle, f"{[port.value for port in uses]} grow")
    clock.hold(lambda: not grown(*others), QUIET, f"{[port.value for port in others]} carry nothing")


@then("each unit listens for its peer on its heartbeat interfaces only")
def listens(scene: Scene) -> None:
    """All four ports, at the own addresses of the heartbeat interfaces and nowhere else. Source: HA-050."""
    scene.needs(Capability.INSPECT)
    for unit in scene.units:
        base = next(
            int(line.split()[-1]) for line in scene.enter(unit.name, "get system ha").splitlines() if _BASE in line
        )
        own = {unit.own_address(interface).partition("/")[0] for interface in PAIR.heartbeat.values()}
        wanted = {(address, base + number) for address in own for number in range(len(Port))}
        sockets = {(address.partition("%")[0], port) for address, port in unit.listening()}
        found = {(address, port) for address, port in sockets if base <= port < base + len(Port)}
        assert found == wanted, f"unit {unit.name} listens at {sorted(found)}, not at {sorted(wanted)}"


def await_still(scene: Scene, count: Callable[[], int], seconds: float, what: str) -> None:
    """Wait until a count has not grown for so long, however late it is looked at."""
    clock = scene.lab.clock
    last = (clock.now(), count())

    def still() -> bool:
        nonlocal last
        now, seen = clock.now(), count()
        if seen != last[1]:
            last = (clock.now(), seen)
        return now - last[0] >= seconds

    clock.wait_for(still, seconds + scene.lab.profile.settle, what)


def _synchronized(scene: Scene) -> list[int]:
    """Bytes that each port of the synchronization has carried."""
    return [sum(link.carried(port) for link in scene.lab.links.values()) for port in SYNCHRONIZATION]
