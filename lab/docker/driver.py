"""Opens the Docker lab: builds it once for each worker, resets it before each scenario, takes it down at the end."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import docker

from lab.contract import BridgeNetworks, Capability, Clock, Lab, Link, MailNetwork, Rank, Unit
from lab.docker import images, names, reaper, recipes
from lab.docker.bridge_networks import DockerBridgeNetworks
from lab.docker.daemon import connect
from lab.docker.rack import Badge, Rack, cleaning_up
from lab.docker.reset import reset
from lab.docker.testbed import TIMING, Testbed
from lab.profiles.record import Pattern
from lab.registry import Options
from lab.timeline import Entry, Kind, Timeline

CAPABILITIES = frozenset(Capability) - {Capability.LONG}

REASONS = {Capability.LONG: "it takes minutes of real time: ask for it with --long"}


def open_lab(options: Options) -> Lab:
    """Open a lab for a run: images, containers, networks, both units up. Raises LabError."""
    client = connect()
    reaper.reap(client)
    tags = images.ensure(client, options.units)
    badge = Badge(options.run, names.new_lab_id(), names.this_process().text())
    return DockerLab(client, badge, tags, options)


def prepare(options: Options, say: Callable[[str], None]) -> None:
    """Remove the leftovers of killed runs, and build missing images. Raises LabError."""
    client = connect()
    reaper.reap(client)
    images.ensure(client, options.units, say)


class DockerLab:
    """`lab.contract.Lab` on containers. Everything in it is labelled, and `close` removes it."""

    driver = "docker"
    releases: tuple[str, ...] = recipes.RELEASES
    timing = TIMING
    reasons: Mapping[Capability, str] = REASONS

    def __init__(self, client: docker.DockerClient, badge: Badge, tags: images.Images, options: Options) -> None:
        """Build the lab and boot both units."""
        self.capabilities = CAPABILITIES | ({Capability.LONG} if options.long else set())
        self.badge = badge
        self._closing = threading.Lock()
        self._open = True
        self._bridge_networks: DockerBridgeNetworks | None = None
        self._rack = Rack(client, badge, tags)
        begun = time.monotonic()
        with cleaning_up(self._rack):
            self._rack.build()
            self.testbed = Testbed(self._rack)
            self.testbed.boot()
        self._recorder = self.testbed.recorder
        self.timeline: Timeline = self._recorder.timeline
        self.clock: Clock = self._recorder.clock
        self.primary: Unit = self.testbed.units["P"]
        self.secondary: Unit = self.testbed.units["S"]
        self.links: Mapping[Rank, Link] = dict(self.testbed.links)
        self.mail: MailNetwork = self.testbed.mail
        ready = time.monotonic() - begun
        self.facts: Mapping[str, str] = {
            **facts(client, tags),
            "unit": str(options.units),
            "lab id": badge.lab,
            "ready after": f"{ready:.2f} s",
        }
        atexit.register(self.close)

    def begin(self, name: str) -> None:
        """Start a scenario from the first state. Raises ResetUnclean, BootFailed."""
        del name  # nothing in this lab depends on it
        reset(self.testbed)
        self._recorder.begin()
        self.timeline = self._recorder.timeline
        now = self._recorder.now()
        for unit in self.testbed.units.values():
            for port, address in sorted(unit.own_addresses()):
                self._recorder.note(now, Kind.ADDRESS, unit.name, interface=port, address=address, held=True)
        self.testbed.mail.begin()

    def spare_address(self, interface: str) -> str:
        """An address with mask in an interface's network that nobody holds."""
        return self._rack.plan.with_mask("spare", interface)

    def bridge_networks(self) -> BridgeNetworks:
        """The two networks for bridges, made at the first use."""
        if self._bridge_networks is None:
            self._bridge_networks = DockerBridgeNetworks(self._rack)
        return self._bridge_networks

    def heard(self, unit: str) -> Entry | None:
        """The last HEARTBEAT entry of that unit."""
        entries = self.timeline.of(Kind.HEARTBEAT, unit)
        return entries[-1] if entries else None

    def finish(self) -> None:
        """Plug every cable in, end every fault of the links, and add the units' logs to the timeline."""
        for unit in self.testbed.units.values():
            unit.plug_all_cables()
        for link in self.testbed.links.values():
            link.heal()
        offset = time.monotonic() - time.time()
        for unit in self.testbed.units.values():
            for line in unit.log():
                at = logged_at(line, unit.profile.events.stamp, offset) or self._recorder.now()
                self._recorder.note(at, Kind.LOG, unit.name, message=line)
        self.testbed.mail.stop()

    def close(self) -> None:
        """Take the lab down and leave nothing behind."""
        with self._closing:
            if not self._open:
                return
            self._open = False
            atexit.unregister(self.close)
            self.testbed.close()
            self._rack.remove()
            self._rack.client.close()


def facts(client: docker.DockerClient, tags: images.Images) -> dict[str, str]:
    """Return the facts for a report: images and their ids, versions."""
    version = client.version()
    used = {"unit": recipes.unit().tag(), "agent": tags.agent, "toxiproxy": tags.toxiproxy}
    if tags.wrong:
        used["wrong unit"] = recipes.wrong().tag()
    return {
        "lab": "docker",
        "engine": str(version["Version"]),
        "kernel": str(version["KernelVersion"]),
        "toxiproxy": recipes.TOXIPROXY_VERSION,
        **{f"{name} image": f"{tag} {client.images.get(tag).short_id}" for name, tag in used.items()},
    }


def logged_at(line: str, stamp: Pattern, offset: float) -> float | None:
    """When a unit wrote a log line, on the lab's clock; `offset` is that clock minus the time of day (UTC)."""
    found = stamp.search(line)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found['date']}T{found['time']}").replace(tzinfo=UTC).timestamp() + offset
    except ValueError:
        return None
