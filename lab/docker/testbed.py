"""Everything that works on one rack, wired together: what the lab, its reset and a lab by hand all use."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from lab.contract import Family, Profile, Rank
from lab.docker.agent import Event
from lab.docker.link import DockerLink
from lab.docker.mail import DockerMail
from lab.docker.proxies import PROBE_PORT, UNITS, Proxies
from lab.docker.rack import Rack, chassis_part
from lab.docker.recorder import Recorder
from lab.docker.redirection import Redirection
from lab.docker.ssh import Loop
from lab.docker.stranger import Stranger
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.docker.traffic import Traffic
from lab.docker.unit import DockerUnit
from lab.errors import BootFailed
from lab.timeline import Kind

PROFILE = Profile(slack=0.25, resolution=0.05, boot=30.0, settle=15.0)
"""How slack and resolution were measured: docs/docker-lab.md."""

PROXY_WITHIN = 10.0

Listener = Callable[[str, Event], None]


class Testbed:
    """The parts of one lab; `hear` takes what its agents report, also before the parts exist."""

    def __init__(self, rack: Rack, recorder: Recorder) -> None:
        """Wire the parts onto a rack that stands."""
        self.rack = rack
        self.recorder = recorder
        self.loop = Loop()
        self.proxies = Proxies(rack.plan)
        self.bases = Redirection(rack, self.proxies)
        self.traffic = Traffic(rack, self.proxies)
        self.units: Mapping[str, DockerUnit] = {
            name: DockerUnit(name, rack, recorder=recorder, loop=self.loop, bases=self.bases, profile=PROFILE)
            for name in UNITS
        }
        self.stranger = Stranger(rack)
        self.links: Mapping[Rank, DockerLink] = {
            rank: DockerLink(
                rank,
                rack,
                proxies=self.proxies,
                bases=self.bases,
                traffic=self.traffic,
                recorder=recorder,
                stranger=self.stranger,
            )
            for rank in Rank
        }
        self.mail = DockerMail(rack.agents["client"], rack.agents["protected"], rack.plan, recorder, rack.hardware)
        recorder.is_lit = lambda name: self.units[name].power.is_lit()

    def boot(self) -> None:
        """Put Toxiproxy into the path of the booting units, and wait for their operators. Raises BootFailed."""
        deadline = time.monotonic() + PROXY_WITHIN
        while not self.proxies.answers():
            if time.monotonic() > deadline:
                raise BootFailed("Toxiproxy did not answer", "look at `docker logs` of its container")
            threading.Event().wait(0.01)
        self.bases.wire()
        with ThreadPoolExecutor(3) as pool:
            booted = [pool.submit(self._boot_unit, name) for name in UNITS]
            pool.submit(self.mail.start).result()
            for unit in booted:
                unit.result()
        self.watch_roles()

    def adopt(self) -> None:
        """Take over a lab that stands: learn from Toxiproxy and the containers how it was left."""
        self.bases.adopt(self.proxies.adopt())
        for unit in self.units.values():
            if unit.power.runs():
                unit.power.follow()

    def watch_roles(self) -> None:
        """Watch both units' effective modes from now on."""
        for unit in self.units.values():
            self.loop.start(unit.roles.run())

    def close(self) -> None:
        """End all sessions; whatever happens to the containers now is no news."""
        for unit in self.units.values():
            unit.close()
        self.loop.close()

    def _boot_unit(self, name: str) -> None:
        agent = self.rack.chassis(name)
        plan = self.rack.plan
        addresses = [plan.address(name, port, family) for port in HEARTBEAT_PORTS.values() for family in Family]
        self.units[name].power.follow()
        agent.ask("probe-listen", addresses=addresses, port=PROBE_PORT)
        agent.ask("watch-addresses")
        self.units[name].await_operator()


def enter(recorder: Recorder, testbed: Testbed | None, part: str, event: Event) -> None:
    """Enter what an agent reports into the timeline, and let the lab look where it hints at a change of mode."""
    unit = next((name for name in UNITS if part == chassis_part(name)), None)
    if unit is None:
        if testbed is not None:
            testbed.mail.take(event)
    elif event["event"] == "heartbeat":
        rank = next(rank for rank, port in HEARTBEAT_PORTS.items() if port == event["interface"])
        recorder.note(event["at"], Kind.HEARTBEAT, unit, rank=rank.value, family=event["family"])
    elif event["event"] in {"address", "grown"}:
        if event["event"] == "address":
            held, interface = bool(event["held"]), str(event["interface"])
            detail = {"address": event["address"], "held": held, "doubt": event["doubt"]}
            recorder.note(event["at"], Kind.ADDRESS, unit, interface=interface, **detail)
        if testbed is not None:
            testbed.units[unit].hint()
