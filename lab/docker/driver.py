"""Opens the Docker lab: builds it once for each worker, resets it before each scenario, takes it down at the end."""

from __future__ import annotations

import atexit
import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

import docker

from lab.arguments import interpreter
from lab.contract import BridgeNetworks, Capability, Clock, Lab, Link, MailNetwork, Rank, Receivers, Sink, Unit
from lab.docker import images, names, reaper, recipes
from lab.docker.bridge_networks import DockerBridgeNetworks
from lab.docker.capabilities import lacking
from lab.docker.daemon import connect
from lab.docker.rack import Badge, Rack, cleaning_up
from lab.docker.reset import reset
from lab.docker.testbed import Testbed
from lab.errors import BootFailed
from lab.profiles.record import Pattern
from lab.registry import Options
from lab.timeline import Entry, Kind, Timeline
from lab.under_test import IMAGE, UnderTest

BELIEVED = 1.0
"""Seconds before the arrival of a line of the log from which on its own time is believed."""

LONG = {Capability.LONG: "it takes minutes of real time: ask for it with --long"}
"""What the lab leaves out unless it is asked for, and why."""


def open_lab(options: Options) -> Lab:
    """Open a lab for a run: images, containers, networks, both units up. Raises LabError."""
    client = connect()
    reaper.reap(client)
    tags = images.ensure(client, options.units)
    owner = names.BY_HAND if options.keep else names.this_process().text()
    badge = Badge(options.run, names.new_lab_id(), owner)
    return DockerLab(client, badge, tags, options)


def prepare(options: Options, say: Callable[[str], None]) -> None:
    """Remove the leftovers of killed runs, and build missing images. Raises LabError."""
    client = connect()
    reaper.reap(client)
    images.ensure(client, options.units, say)


def clear_away(run: str) -> list[str]:
    """Remove the labs that a run has left, and return the ids of those that stay. Raises LabError."""
    client = connect()
    try:
        return reaper.clear_away(client, run)
    finally:
        client.close()


class DockerLab:
    """`lab.contract.Lab` on containers. Everything in it is labelled, and `close` removes it."""

    driver = "docker"

    def __init__(self, client: docker.DockerClient, badge: Badge, tags: images.Images, options: Options) -> None:
        """Build the lab and boot both units. Raises LabError."""
        self.badge = badge
        self._closing = threading.Lock()
        self._open = True
        self._bridge_networks: DockerBridgeNetworks | None = None
        self._rack = Rack(client, badge, tags)
        begun = time.monotonic()
        with _looking_closer(options.units), cleaning_up(self._rack):
            self._rack.build()
            self.testbed = Testbed(self._rack)
            with _closing(self.testbed):
                self.testbed.boot()
                ready = time.monotonic() - begun
                self.facts: Mapping[str, str] = {
                    **facts(client, tags),
                    **told_of(tags.units, {name: self.masked(it.release()) for name, it in self.testbed.units.items()}),
                    "unit": str(options.units),
                    "lab id": badge.lab,
                    "ready after": f"{ready:.2f} s",
                }
                self._at_exit = self._leave if options.keep else self.close
                atexit.register(self._at_exit)
        self.timing = self.testbed.timing
        self.reasons: Mapping[Capability, str] = {
            **({Capability.DISK: self._rack.no_disks} if self._rack.no_disks else {}),
            **lacking(tags.units, self.testbed.wires),
            **({} if options.long else LONG),
        }
        self.capabilities = frozenset(Capability) - self.reasons.keys()
        installed = tags.units["P"].releases
        self.releases = tuple(installed if Capability.UPGRADE in self.capabilities else list(installed)[:1])
        self._recorder = self.testbed.recorder
        self.timeline: Timeline = self._recorder.timeline
        self.clock: Clock = self._recorder.clock
        self.primary: Unit = self.testbed.units["P"]
        self.secondary: Unit = self.testbed.units["S"]
        self.links: Mapping[Rank, Link] = dict(self.testbed.links)
        self.mail: MailNetwork = self.testbed.mail
        self.receivers: Receivers = self.testbed.receivers

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
        self.testbed.receivers.begin()

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

    def masked(self, text: str) -> str:
        """A text of a unit without the operator's password that the environment holds."""
        return self._rack.masked(text)

    def finish(self) -> None:
        """Plug every cable in, end every fault of the links, and add the units' logs to the timeline."""
        for unit in self.testbed.units.values():
            unit.end()
            unit.plug_all_cables()
            unit.mend_disk_that_fails()
        for link in self.testbed.links.values():
            link.heal()
        offset = time.monotonic() - time.time()
        for unit in self.testbed.units.values():
            stamp = unit.profile.events.stamp
            for line in unit.log_for_report():
                at = logged_at(line, stamp, offset) or self._recorder.now()
                self._recorder.note(at, Kind.LOG, unit.name, message=line)
            if Capability.LOG not in unit.keeps:
                for arrived, line in lines_in(self._recorder.timeline.of(Kind.REPORT, unit.name)):
                    at = happened_at(logged_at(line, stamp, offset), arrived)
                    self._recorder.note(at, Kind.LOG, unit.name, message=line)
        self.testbed.mail.stop()

    def close(self) -> None:
        """Take the lab down and leave nothing behind."""
        with self._closing:
            if not self._open:
                return
            self._open = False
            atexit.unregister(self._at_exit)
            try:
                self.testbed.close()
            finally:
                self._rack.remove()
                self._rack.client.close()

    def _leave(self) -> None:
        """End this process's sessions, and leave the lab standing as one by hand."""
        self.testbed.close()
        self._rack.detach()


@contextlib.contextmanager
def _closing(testbed: Testbed) -> Iterator[None]:
    """End the sessions to units that do not start."""
    try:
        yield
    except BaseException:
        testbed.close()
        raise


@contextlib.contextmanager
def _looking_closer(units: UnderTest) -> Iterator[None]:
    """Let the error of a vendor's unit that does not start name the command that looks closer."""
    try:
        yield
    except BootFailed as error:
        unit = next((unit for unit in (units.primary, units.secondary) if unit.kind == IMAGE), None)
        if unit is None:
            raise
        profile = f" --profile {unit.profile}" if unit.profile else ""
        hint = f"{error.hint}; `{interpreter()} -m lab check {unit}{profile}` looks closer"
        raise BootFailed(error.problem, hint) from error


def facts(client: docker.DockerClient, tags: images.Images) -> dict[str, str]:
    """Return the facts for a report: images and their ids, versions."""
    version = client.version()
    used = {"agent image": tags.agent, "toxiproxy image": tags.toxiproxy}
    shown = {name: f"{tag} {client.images.get(tag).short_id}" for name, tag in used.items()}
    first = {unit: software.first for unit, software in tags.units.items()}
    return {
        "lab": "docker",
        "engine": str(version["Version"]),
        "kernel": str(version["KernelVersion"]),
        "toxiproxy": recipes.TOXIPROXY_VERSION,
        **fact("image", {unit: f"{tag} {client.images.get(tag).short_id}" for unit, tag in first.items()}),
        **shown,
    }


def told_of(units: Mapping[str, images.Software], releases: Mapping[str, str]) -> dict[str, str]:
    """Return the facts about the units: their profiles, and what they print as their release."""
    profiles = {unit: software.profile for unit, software in units.items()}
    described = {unit: f"{it.name} ({it.source}, {it.digest})" for unit, it in profiles.items()}
    versions = {unit: f"{it.name} {releases[unit]}".strip() for unit, it in profiles.items()}
    reasons = {unit: f"{it.times.slack:g} s: {it.times.reason}" for unit, it in profiles.items() if it.times.reason}
    return {
        **fact("profile", described),
        **fact("version", versions),
        **fact("slack", reasons),
    }


def fact(what: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return a fact about the units, in one text: it tells them apart where they differ. Nothing for neither."""
    if len(values) == len(names.UNITS) and len(set(values.values())) == 1:
        return {f"unit {what}": next(iter(values.values()))}
    return {f"unit {what}": ", ".join(f"{unit}: {value}" for unit, value in values.items())} if values else {}


def lines_in(reports: Iterable[Entry]) -> Iterator[tuple[float, str]]:
    """Return when each line of a unit's log arrived at the log server, and the line, without its priority."""
    for report in reports:
        if report.detail["sink"] == Sink.LOG_SERVER.value:
            yield report.at, re.sub(r"^<\d{1,3}>", "", str(report.detail["text"]))


def happened_at(written: float | None, arrived: float) -> float:
    """Return when an event happened of which a log server has learned: for a report, since no verdict depends on it.

    That was before its line arrived. The line's own time is cut to three digits of a second or fewer, and it is the
    unit's word: it counts unless it lies after the arrival, or more than a second before it.
    """
    return arrived if written is None or not arrived - BELIEVED <= written <= arrived else written


def logged_at(line: str, stamp: Pattern, offset: float) -> float | None:
    """When a unit wrote a log line, on the lab's clock; `offset` is that clock minus the time of day (UTC)."""
    found = stamp.search(line)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(f"{found['date']}T{found['time']}").replace(tzinfo=UTC).timestamp() + offset
    except ValueError:
        return None
