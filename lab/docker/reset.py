"""Resets a lab to its first state between two scenarios, and proves that state."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from lab.docker.testbed import Testbed
from lab.docker.unit import DockerUnit
from lab.errors import CliLost, FaultNotProven, LabError, ResetUnclean

REBUILD = "the lab is thrown away and built anew"


def reset(testbed: Testbed) -> None:
    """End every fault, return both units to their factory state, empty everything. Raises ResetUnclean."""
    units = testbed.units.values()
    try:
        with ThreadPoolExecutor(2) as pool:
            testbed.mail.stop()
            list(pool.map(_revive, units))
            for link in testbed.links.values():
                link.heal()
            list(pool.map(_factory, units))
            testbed.redirection.reset()
            testbed.stranger.reset()
            list(pool.map(_prove, units))
        impaired = testbed.faults.impaired()
    except ResetUnclean:
        raise
    except (LabError, FaultNotProven) as error:
        raise ResetUnclean(f"the lab could not be reset ({error})", REBUILD) from error
    if impaired:
        raise ResetUnclean(f"there is still a fault on {', '.join(way.name for way in impaired)}", REBUILD)
    testbed.traffic.begin()
    for unit in units:
        unit.begin()
        testbed.rack.chassis(unit.name).ask("mute", on=False)


def _revive(unit: DockerUnit) -> None:
    """Thaw the unit, plug its cables in and give it power, so that it answers its operator."""
    if unit.power.is_on() and not unit.power.is_lit():
        unit.thaw()
    unit.plug_all_cables()
    unit.first_release()
    if not unit.answers():
        unit.set_boot_time(0.0)
        unit.power_on()


def _factory(unit: DockerUnit) -> None:
    reply = unit.cli(*unit.profile.reset.lines)
    if not reply.accepted:
        raise ResetUnclean(f"unit {unit.name} refused to be reset ({reply.text.strip()})", REBUILD)


def _prove(unit: DockerUnit) -> None:
    """Wait until the unit shows its first modes, holds its own addresses only, and stores nothing."""
    deadline = time.monotonic() + unit.profile.reset.within
    while True:
        wrong = _unclean(unit)
        if not wrong:
            return
        if time.monotonic() > deadline:
            raise ResetUnclean(f"unit {unit.name} is not in its first state ({wrong})", REBUILD)
        threading.Event().wait(0.02)


def _unclean(unit: DockerUnit) -> str:
    """What is not in the first state on the unit, "" for nothing."""
    try:
        modes = unit.modes()
    except CliLost:
        return "it does not answer its operator"
    if modes != (unit.profile.reset.first, unit.profile.reset.first):
        return f"its modes are {' and '.join(modes)}"
    held = unit.inspector.all_addresses()
    if held != unit.own_addresses():
        return f"it holds {sorted(held)}"
    left = unit.inspector.everything_stored()
    return f"it still stores {sorted(left)}" if left else ""
