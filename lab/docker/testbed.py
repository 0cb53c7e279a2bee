"""Everything that works on one rack, for the lab, its reset and labs by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from lab import wires
from lab.contract import Family, Rank, Timing
from lab.docker.agent import Event
from lab.docker.link import DockerLink
from lab.docker.link_faults import LinkFaults
from lab.docker.mail import DockerMail, host_of
from lab.docker.names import UNITS
from lab.docker.ports_in_use import PROBE, PortsInUse
from lab.docker.probing import Probing
from lab.docker.proxies import Proxies
from lab.docker.rack import Rack, chassis_part
from lab.docker.receivers import DockerReceivers
from lab.docker.recorder import Recorder
from lab.docker.redirection import Redirection
from lab.docker.ssh import Loop
from lab.docker.stranger import Stranger
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.docker.traffic import Traffic
from lab.docker.unit import DockerUnit
from lab.errors import BootFailed
from lab.profiles.record import Times
from lab.timeline import Kind
from lab.wires.wire import Wire

RESOLUTION = 0.05
"""The lab's, in seconds. How it and the slack of a unit's profile were measured: docs/docker-lab.md."""

PROXY_WITHIN = 10.0


class Testbed:
    """Two units, the links between them, the mail network, and the objects that drive and watch them."""

    def __init__(self, rack: Rack) -> None:
        """Work on an existing rack; from now on its agents' reports are added to the timeline."""
        self.rack = rack
        self.wires: Mapping[str, Wire] = {name: wires.named(rack.profile(name).wire) for name in UNITS}
        self.timing = timing_of([rack.profile(unit).times for unit in UNITS])
        self.recorder = Recorder()
        self.loop = Loop()
        self.proxies = Proxies(rack.plan)
        self.traffic = Traffic(rack, self.proxies)
        ports = PortsInUse()
        self.faults = LinkFaults(
            rack,
            clock=self.recorder.clock,
            proxies=self.proxies,
            ports=ports,
            traffic=self.traffic,
            is_lit=self._is_lit,
            wires=self.wires,
        )
        self.redirection = Redirection(rack, proxies=self.proxies, ports=ports, faults=self.faults, wires=self.wires)
        self.probing = Probing(rack.agents["client"])
        self.units: Mapping[str, DockerUnit] = {
            name: DockerUnit(
                name,
                rack,
                recorder=self.recorder,
                loop=self.loop,
                redirection=self.redirection,
                timing=self.timing,
                stirs=self.probing.stir,
            )
            for name in UNITS
        }
        self.stranger = Stranger(rack, wires=self.wires)
        self.links: Mapping[Rank, DockerLink] = {
            rank: DockerLink(
                rank,
                faults=self.faults,
                ports=ports,
                traffic=self.traffic,
                recorder=self.recorder,
                stranger=self.stranger,
                is_lit=self._is_lit,
            )
            for rank in Rank
        }
        client, protected = rack.agents["client"], rack.agents["protected"]
        greetings = {name: rack.profile(name).mail.greeting[name] for name in UNITS}
        self.mail = DockerMail(
            client,
            protected,
            rack.plan,
            self.recorder,
            probing=self.probing,
            hardware=rack.hardware,
            greetings=greetings,
            passwords={name: rack.profile(name).mail.password for name in UNITS},
        )
        self.receivers = DockerReceivers(client, protected, rack.plan, self.recorder, rack.hardware)
        rack.listener = self._hear

    def boot(self) -> None:
        """Put Toxiproxy into the path of the booting units, and wait for their operators. Raises BootFailed."""
        deadline = time.monotonic() + PROXY_WITHIN
        while not self.proxies.answers():
            if time.monotonic() > deadline:
                raise BootFailed("Toxiproxy did not answer", "look at `docker logs` of its container")
            threading.Event().wait(0.01)
        self.redirection.begin()
        with ThreadPoolExecutor(3) as pool:
            booted = [pool.submit(self._boot_unit, name) for name in UNITS]
            pool.submit(self.mail.start).result()
            for unit in booted:
                unit.result()
        self.watch_roles()

    def adopt(self) -> None:
        """Take over an existing lab: read its state from Toxiproxy and the containers."""
        self.proxies.adopt()
        self.faults.adopt()
        for unit in self.units.values():
            if unit.power.runs():
                unit.power.follow()

    def watch_roles(self) -> None:
        """Watch both units' effective modes from now on."""
        for unit in self.units.values():
            self.loop.start(unit.role_watch.run(), self.recorder.clock.fail)

    def close(self) -> None:
        """End all sessions, and do not report further ends of containers."""
        for unit in self.units.values():
            unit.close()
        self.loop.close()

    def _is_lit(self, unit: str) -> bool:
        return self.units[unit].power.is_lit()

    def _boot_unit(self, name: str) -> None:
        agent = self.rack.chassis(name)
        plan = self.rack.plan
        addresses = [plan.address(name, port, family) for port in HEARTBEAT_PORTS.values() for family in Family]
        self.units[name].power.follow()
        agent.ask("probe-listen", addresses=addresses, port=PROBE)
        agent.ask("watch-addresses")
        self.units[name].first_start()

    def _hear(self, part: str, event: Event) -> None:
        """Add an agent's report to the timeline, and query the unit if the report hints at a change of mode."""
        unit = next((name for name in UNITS if part == chassis_part(name)), None)
        at = float(event["at"])
        if unit is None:
            self.mail.take(event)
            self.receivers.take(event)
        elif event["event"] == "heartbeat":
            rank = next(rank for rank, port in HEARTBEAT_PORTS.items() if port == event["interface"])
            self.recorder.note(at, Kind.HEARTBEAT, unit, rank=rank.value, family=event["family"])
        elif event["event"] == "address":
            detail = {name: event[name] for name in ("interface", "address", "held", "doubt")}
            self.recorder.note(at, Kind.ADDRESS, unit, **detail)
            self.probing.hold(unit, host_of(event["address"]), held=event["held"])
            self.units[unit].hint()
        elif event["event"] == "grown":
            self.units[unit].hint()


def timing_of(times: Sequence[Times]) -> Timing:
    """Return the timing of a lab with these units: that of the slowest."""
    return Timing(
        slack=max(each.slack for each in times),
        resolution=RESOLUTION,
        boot=max(each.boot for each in times),
        settle=max(each.settle for each in times),
    )
