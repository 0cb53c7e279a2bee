"""Opens the Docker lab: builds it once for each worker, resets it before each scenario, takes it down at the end."""

from __future__ import annotations

import atexit
import re
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import docker

from lab.contract import Capability, Clock, Lab, Link, MailNetwork, Profile, Rank, Unit
from lab.docker import images, names, reaper, recipes
from lab.docker.agent import Event
from lab.docker.bases import Bases
from lab.docker.engine import connect
from lab.docker.link import DockerLink
from lab.docker.mail import DockerMail
from lab.docker.operators import PASSWORD, Loop
from lab.docker.proxies import PROBE_PORT, UNITS, Proxies
from lab.docker.rack import Badge, Rack, chassis_part, cleaning_up
from lab.docker.reset import Parts, reset
from lab.docker.scene import Scene
from lab.docker.stranger import Stranger
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.docker.traffic import Traffic
from lab.docker.unit import DockerUnit
from lab.errors import BootFailed
from lab.registry import Options
from lab.timeline import Entry, Kind, Timeline

PROFILE = Profile(slack=0.25, resolution=0.05, boot=30.0, settle=15.0)
"""How slack and resolution were measured: docs/docker-lab.md."""

PROXY_WITHIN = 10.0

CAPABILITIES = frozenset(Capability) - {Capability.LONG}


def open_lab(options: Options) -> Lab:
    """Open a lab for a run: images, containers, networks, both units up. Raises LabError."""
    client = connect()
    reaper.reap(client)
    owner = names.this_process().text()
    badge = Badge(options.run, names.new_lab_id(), owner)
    return DockerLab(client, badge, images.ensure(client, options.unit), options)


class DockerLab:
    """`lab.contract.Lab` on containers. Everything in it is labelled, and goes with `close`."""

    driver = "docker"
    profile = PROFILE

    def __init__(self, client: docker.DockerClient, badge: Badge, tags: images.Images, options: Options) -> None:
        """Build the lab and boot both units."""
        self.capabilities = CAPABILITIES | ({Capability.LONG} if options.long else set())
        self.badge = badge
        self.rack = Rack(client, badge, tags)
        self._scene = Scene()
        self.timeline: Timeline = self._scene.timeline
        self.clock: Clock = self._scene.clock
        self._loop = Loop()
        self._closing = threading.Lock()
        self._open = True
        begun = time.monotonic()
        with cleaning_up(self.rack):
            self.rack.build(self._take, _environment(options.unit))
            self._proxies = Proxies(self.rack.plan)
            self._assemble()
            self._boot()
        self.facts: Mapping[str, str] = {
            **facts(client, tags),
            "unit": options.unit,
            "lab id": badge.lab,
            "ready after": f"{time.monotonic() - begun:.2f} s",
        }
        atexit.register(self.close)

    def begin(self, name: str) -> None:
        """Start a scenario from the first state. Raises ResetUnclean, BootFailed."""
        del name  # nothing in this lab depends on it
        parts = Parts(
            self.rack, self.units, self._docker_links, self._docker_mail, self._bases, self._proxies, self._traffic
        )
        reset(parts)
        self._scene.begin()
        self.timeline = self._scene.timeline
        for unit in UNITS:
            for port, address in sorted(self.units[unit].own_addresses()):
                self._scene.note(self._scene.now(), Kind.ADDRESS, unit, interface=port, address=address, held=True)
        self._docker_mail.begin()

    def heard(self, unit: str) -> Entry | None:
        """The last HEARTBEAT entry of that unit."""
        entries = self.timeline.of(Kind.HEARTBEAT, unit)
        return entries[-1] if entries else None

    def finish(self) -> None:
        """End every fault on the links, and enter the units' logs."""
        for link in self._docker_links.values():
            link.heal()
        offset = time.monotonic() - time.time()
        for unit in self.units.values():
            for line in unit.log():
                self._scene.note(logged_at(line, offset) or self._scene.now(), Kind.LOG, unit.name, message=line)
        self._docker_mail.stop()

    def close(self) -> None:
        """Take the lab down and leave nothing behind."""
        with self._closing:
            if not self._open:
                return
            self._open = False
            atexit.unregister(self.close)
            for unit in self.units.values():
                unit.power.expect_end()
            self._loop.close()
            self.rack.remove()

    def _assemble(self) -> None:
        rack, scene = self.rack, self._scene
        self._bases = Bases(rack, self._proxies)
        self._traffic = Traffic(rack, self._proxies)
        self.units = {
            name: DockerUnit(name, rack, scene=scene, loop=self._loop, bases=self._bases, profile=PROFILE)
            for name in UNITS
        }
        scene.is_lit = lambda name: self.units[name].power.is_lit()
        stranger = Stranger(rack)
        self._docker_links = {
            rank: DockerLink(
                rank,
                rack,
                proxies=self._proxies,
                bases=self._bases,
                traffic=self._traffic,
                scene=scene,
                stranger=stranger,
            )
            for rank in Rank
        }
        agents = rack.agents
        self._docker_mail = DockerMail(agents["client"], agents["protected"], rack.plan, scene, rack.hardware)
        self.mail: MailNetwork = self._docker_mail
        self.links: Mapping[Rank, Link] = dict(self._docker_links)
        self.primary: Unit = self.units["P"]
        self.secondary: Unit = self.units["S"]

    def _boot(self) -> None:
        deadline = time.monotonic() + PROXY_WITHIN
        while not self._proxies.answers():
            if time.monotonic() > deadline:
                raise BootFailed("Toxiproxy did not answer", "look at `docker logs` of its container")
            threading.Event().wait(0.01)
        self._bases.wire()
        self._docker_mail.start()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._boot_unit, UNITS))
        for unit in self.units.values():
            self._loop.start(unit.roles.run())

    def _boot_unit(self, name: str) -> None:
        agent = self.rack.chassis(name)
        addresses = [self.rack.plan.address(name, port) for port in HEARTBEAT_PORTS.values()]
        agent.ask("probe-listen", addresses=addresses, port=PROBE_PORT)
        agent.ask("watch-addresses")
        self.units[name].power.on()
        self.units[name].await_operator()

    def _take(self, part: str, event: Event) -> None:
        """Enter what an agent reports; what it reports before the lab is assembled is of no scenario."""
        unit = next((name for name in UNITS if part == chassis_part(name)), None)
        if unit is None:
            if hasattr(self, "_docker_mail"):
                self._docker_mail.take(event)
        elif event["event"] == "address":
            held, interface = bool(event["held"]), str(event["interface"])
            self._scene.note(event["at"], Kind.ADDRESS, unit, interface=interface, address=event["address"], held=held)
        elif event["event"] == "heartbeat":
            rank = next(rank for rank, port in HEARTBEAT_PORTS.items() if port == event["interface"])
            self._scene.note(event["at"], Kind.HEARTBEAT, unit, rank=rank.value)


def facts(client: docker.DockerClient, tags: images.Images) -> dict[str, str]:
    """Return what a report says about this lab's making."""
    version = client.version()
    return {
        "lab": "docker",
        "engine": str(version["Version"]),
        "kernel": str(version["KernelVersion"]),
        "toxiproxy": recipes.TOXIPROXY_VERSION,
        **{f"{name} image": f"{tag} {client.images.get(tag).short_id}" for name, tag in
           (("unit", tags.unit), ("agent", tags.agent), ("toxiproxy", tags.toxiproxy))},
    }  # fmt: skip


def _environment(unit: str) -> dict[str, str]:
    return {"SWITCHOVER_UNIT": unit, "SWITCHOVER_ADMIN_PASSWORD": PASSWORD}


_STAMP = re.compile(r"date=(\S+) time=(\S+)")


def logged_at(line: str, offset: float) -> float | None:
    """When a unit wrote a log line, on the lab's clock; `offset` is that clock minus the time of day (UTC)."""
    found = _STAMP.search(line)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=UTC).timestamp() + offset
    except ValueError:
        return None
