"""Opens the Docker lab: builds it once for each worker, resets it before each scenario, takes it down at the end."""

from __future__ import annotations

import atexit
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import docker

from lab.contract import Capability, Clock, Lab, Link, MailNetwork, Rank, Sides, Unit
from lab.docker import images, names, reaper, recipes
from lab.docker.agent import Event
from lab.docker.engine import connect
from lab.docker.operators import PASSWORD
from lab.docker.parts import PROFILE, Parts, enter
from lab.docker.proxies import UNITS
from lab.docker.rack import Badge, Rack, cleaning_up
from lab.docker.reset import reset
from lab.docker.scene import Scene
from lab.docker.sides import DockerSides
from lab.docker.subnets import PORTS
from lab.registry import Options
from lab.timeline import Entry, Kind, Timeline

CAPABILITIES = frozenset(Capability) - {Capability.LONG}

_STAMP = re.compile(r"date=(\S+) time=(\S+)")


def open_lab(options: Options) -> Lab:
    """Open a lab for a run: images, containers, networks, both units up. Raises LabError."""
    client = connect()
    reaper.reap(client)
    tags = images.ensure(client, options.unit)
    badge = Badge(options.run, names.new_lab_id(), names.this_process().text())
    return DockerLab(client, badge, tags, options)


def prepare(options: Options, say: Callable[[str], None]) -> None:
    """Clear away what killed runs left, and build the images that are missing. Raises LabError."""
    client = connect()
    reaper.reap(client)
    images.ensure(client, options.unit, say)


class DockerLab:
    """`lab.contract.Lab` on containers. Everything in it is labelled, and goes with `close`."""

    driver = "docker"
    releases: tuple[str, ...] = recipes.RELEASES
    profile = PROFILE

    def __init__(self, client: docker.DockerClient, badge: Badge, tags: images.Images, options: Options) -> None:
        """Build the lab and boot both units."""
        self.capabilities = CAPABILITIES | ({Capability.LONG} if options.long else set())
        self.badge = badge
        self._scene = Scene()
        self._parts: Parts | None = None
        self._closing = threading.Lock()
        self._open = True
        self._sides: DockerSides | None = None
        self.timeline: Timeline = self._scene.timeline
        self.clock: Clock = self._scene.clock
        self._rack = Rack(client, badge, tags)
        begun = time.monotonic()
        with cleaning_up(self._rack):
            self._rack.build(self._hear, environment(options.unit))
            self._parts = Parts(self._rack, self._scene)
            self._parts.boot()
        self.primary: Unit = self.parts.units["P"]
        self.secondary: Unit = self.parts.units["S"]
        self.links: Mapping[Rank, Link] = dict(self.parts.links)
        self.mail: MailNetwork = self.parts.mail
        ready = time.monotonic() - begun
        self.facts: Mapping[str, str] = {
            **facts(client, tags),
            "unit": options.unit,
            "lab id": badge.lab,
            "ready after": f"{ready:.2f} s",
        }
        atexit.register(self.close)

    @property
    def parts(self) -> Parts:
        """The lab's parts."""
        assert self._parts is not None
        return self._parts

    def begin(self, name: str) -> None:
        """Start a scenario from the first state. Raises ResetUnclean, BootFailed."""
        del name  # nothing in this lab depends on it
        reset(self.parts)
        self._scene.begin()
        self.timeline = self._scene.timeline
        for name_ in UNITS:
            for port, address in sorted(self.parts.units[name_].own_addresses()):
                self._scene.note(self._scene.now(), Kind.ADDRESS, name_, interface=port, address=address, held=True)
        self.parts.mail.begin()

    def spare_address(self, interface: str) -> str:
        """An address with mask in an interface's network that nobody holds."""
        return self._rack.plan.with_mask("spare", interface)

    def sides(self) -> Sides:
        """The two networks for bridges, laid when first asked for."""
        if self._sides is None:
            self._sides = DockerSides(self._rack)
        return self._sides

    def heard(self, unit: str) -> Entry | None:
        """The last HEARTBEAT entry of that unit."""
        entries = self.timeline.of(Kind.HEARTBEAT, unit)
        return entries[-1] if entries else None

    def finish(self) -> None:
        """Plug every cable in, end every fault on the links, and enter the units' logs."""
        for unit in self.parts.units.values():
            for port in PORTS:
                unit.ensure_cable(port)
        for link in self.parts.links.values():
            link.heal()
        offset = time.monotonic() - time.time()
        for unit in self.parts.units.values():
            for line in unit.log():
                self._scene.note(logged_at(line, offset) or self._scene.now(), Kind.LOG, unit.name, message=line)
        self.parts.mail.stop()

    def close(self) -> None:
        """Take the lab down and leave nothing behind."""
        with self._closing:
            if not self._open:
                return
            self._open = False
            atexit.unregister(self.close)
            self.parts.close()
            self._rack.remove()
            self._rack.client.close()

    def _hear(self, part: str, event: Event) -> None:
        enter(self._scene, self._parts, part, event)


def facts(client: docker.DockerClient, tags: images.Images) -> dict[str, str]:
    """Return what a report says about this lab's making."""
    version = client.version()
    used = {"unit": tags.unit, "agent": tags.agent, "toxiproxy": tags.toxiproxy}
    return {
        "lab": "docker",
        "engine": str(version["Version"]),
        "kernel": str(version["KernelVersion"]),
        "toxiproxy": recipes.TOXIPROXY_VERSION,
        **{f"{name} image": f"{tag} {client.images.get(tag).short_id}" for name, tag in used.items()},
    }


def environment(unit: str) -> dict[str, str]:
    """Return what the unit's image is told, besides its addresses."""
    return {"SWITCHOVER_UNIT": unit, "SWITCHOVER_ADMIN_PASSWORD": PASSWORD}


def logged_at(line: str, offset: float) -> float | None:
    """When a unit wrote a log line, on the lab's clock; `offset` is that clock minus the time of day (UTC)."""
    found = _STAMP.search(line)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=UTC).timestamp() + offset
    except ValueError:
        return None
