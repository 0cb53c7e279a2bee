"""Resets a lab to its first state between two scenarios, and proves that state."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from lab.docker.testbed import Testbed
from lab.docker.unit import REBUILD, DockerUnit
from lab.errors import FaultNotProven, LabError, ResetUnclean
from lab.history import History
from lab.timeline import Kind


def reset(testbed: Testbed) -> None:
    """End every fault, return both units to their factory state, empty everything. Raises ResetUnclean."""
    units = testbed.units.values()
    told = History(entry for entry in testbed.recorder.timeline if entry.kind in {Kind.CLI, Kind.ROLE}).units
    try:
        testbed.recorder.clock.check()
        for unit in units:
            unit.prove_disk()
        with ThreadPoolExecutor(2) as pool:
            testbed.mail.stop()
            list(pool.map(lambda unit: revive(unit, goes_down=told[unit.name].goes_down), units))
            for link in testbed.links.values():
                link.heal()
            list(pool.map(_factory, units))
            if any(unit.used_nas for unit in units):
                testbed.rack.empty_nas()
            testbed.stranger.reset()
            list(pool.map(prove, units))
            testbed.redirection.reset()  # only now does no unit dial any more by what its scenario had set
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
        unit.used_nas = False
        testbed.rack.chassis(unit.name).ask("mute", on=False)


def revive(unit: DockerUnit, *, goes_down: bool) -> None:
    """Let the unit answer its operator: end what it suffers, and give it power; or give it a fresh container.

    One that has been ordered to go down would do so after its reset: it loses its power now.
    """
    unit.plug_all_cables()
    unit.mend_what_fails()
    if unit.profile.reset.fresh:
        unit.reset()
        return
    if unit.power.is_on() and not unit.power.is_lit():
        unit.thaw()
    if goes_down:
        unit.power_off()
    unit.first_release()
    if not unit.answers():
        unit.set_boot_time(0.0)
        unit.power_on()


def _factory(unit: DockerUnit) -> None:
    if not unit.profile.reset.fresh:
        unit.reset()


def prove(unit: DockerUnit) -> None:
    """Wait until nothing of the unit is unlike its first state. Raises ResetUnclean."""
    deadline = time.monotonic() + unit.profile.reset.within
    while wrong := unit.unclean():
        if time.monotonic() > deadline:
            raise ResetUnclean(f"unit {unit.name} is not in its first state ({wrong})", REBUILD)
        threading.Event().wait(0.02)
