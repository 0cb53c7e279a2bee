"""The hardware of one lab: its networks, the namespaces of both units, Toxiproxy, the client and the protected server.

Each unit's network namespace belongs to a chassis container that runs the lab's agent; the unit's own container joins
it. So a unit can lose power and come back while its cables, addresses and redirecting rules stay where they are.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import docker
from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool, LogConfig

from lab.cache import alone
from lab.contract import Family
from lab.docker import loops, names
from lab.docker.agent import Agent, Event
from lab.docker.daemon import demand_networks, refused
from lab.docker.images import Images
from lab.docker.mail_disk import drive_of, why_no_disks
from lab.docker.names import UNITS
from lab.docker.subnets import BRIDGE_PORTS, HEARTBEAT_PORTS, PORTS, Plan, candidates, routed
from lab.errors import BootFailed, LabError
from lab.profiles import SHIPPED
from lab.profiles.record import Secret, UnitProfile, filled
from lab.standard_pair import PAIR

CAPABILITIES = ["NET_ADMIN", "NET_RAW"]
"""Linux capabilities of the lab's own containers."""

PASSWORD = "switchover"  # noqa: S105 - of temporary containers that nothing outside the host reaches
"""Operator's password of units whose profile names no other."""

SYSCTLS = {"net.ipv6.conf.all.disable_ipv6": "0", "net.ipv6.conf.all.keep_addr_on_down": "1"}
"""Enable IPv6, although Docker's networks have none: the agents add the addresses in a millisecond, Docker would take a
tenth of a second for each interface. An interface keeps its IPv6 addresses while it is down, like its IPv4 ones, so a
pulled cable removes none."""

STEADY_DIALLING = {"net.ipv4.tcp_syn_linear_timeouts": "127", "net.ipv4.tcp_syn_retries": "127"}
"""For Toxiproxy: a proxy takes no connection while it opens its own one to a unit. With this setting it tries a dark
unit each second and reaches it as soon as it is back; with the default, ever longer pauses would delay the peer's
heartbeats by up to half a minute. Kernels before 6.5 do not have the setting."""

SMTP = 25
"""Port of the protected server."""

NAS = "nas"
"""Part name of the volume that stands for network storage of both units."""

STRANGER = "stranger"
"""Part name of the third machine on the heartbeat networks, which is made when first needed."""

Listener = Callable[[str, Event], None]
"""Takes an agent's report: its part of the lab, and the event."""


def _ignore(_part: str, _event: Event) -> None:
    """Ignore a report."""


@dataclass(frozen=True, slots=True)
class Badge:
    """Identity of a lab: the run, the lab's id and the owner label."""

    run: str
    lab: str
    owner: str

    def labels(self, part: str) -> dict[str, str]:
        """Labels of a part."""
        return names.labels(self.run, self.lab, part, self.owner)

    def name(self, part: str) -> str:
        """Name of one of its containers, networks or volumes."""
        return names.container_name(self.lab, part)


def unit_part(unit: str) -> str:
    """Part name of a unit's own container."""
    return f"unit-{unit.lower()}"


def _storage_part(unit: str) -> str:
    """Part name of a unit's volume."""
    return f"{unit_part(unit)}-data"


def _disk_part(unit: str) -> str:
    """Part name of a unit's mail disk."""
    return f"{unit_part(unit)}-disk"


def chassis_part(unit: str) -> str:
    """Part name of the container that holds a unit's network namespace and the agent."""
    return f"chassis-{unit.lower()}"


class Rack:
    """All containers and networks of one lab."""

    def __init__(self, client: docker.DockerClient, badge: Badge, images: Images, plan: Plan | None = None) -> None:
        """Prepare; `build` makes the lab, or with a `plan` it exists already."""
        self.client = client
        self.badge = badge
        self.images = images
        self.agents: dict[str, Agent] = {}
        self.hardware: dict[str, str] = {}
        self.bridge_ports: tuple[str, ...] = ()
        """Ports on the networks for bridges, once these are made."""
        self.no_disks = ""
        """Why the units have no disks that can fail, "" where they have."""
        self.listener: Listener = _ignore
        """Takes the agents' reports."""
        self._plan = plan

    @property
    def plan(self) -> Plan:
        """The lab's addresses; available after `build`."""
        assert self._plan is not None
        return self._plan

    def build(self) -> None:
        """Make and start everything; the units boot while the rest is still being made. Raises LabError.

        A new unit is in no group, so nothing dials before the redirecting rules are there. One lab at a time: the
        engine starts one container after another anyway, so the first of several labs need not be as late as the last.
        """
        self.no_disks = why_no_disks(self.client)
        try:
            with alone("labs"), ThreadPoolExecutor(5) as pool:
                self._make_networks(pool)
                # The units first, because they take longest.
                making = [pool.submit(self._make_chassis, unit) for unit in UNITS]
                making.append(pool.submit(self._make_toxiproxy))
                making += [pool.submit(self._make_mail, part) for part in ("client", "protected")]
                for made in making:
                    made.result()
        except APIError as error:
            raise refused(error, "building the lab", self.masked) from error

    def adopt(self) -> None:
        """Attach to the agents of an existing lab."""
        labels = [f"{names.LAB}={self.badge.lab}", f"{names.PART}={STRANGER}"]
        strangers = [STRANGER for _ in self.client.api.containers(filters={"label": labels})]
        for part in (*map(chassis_part, UNITS), "client", "protected", *strangers):
            self.agents[part] = Agent(self.client, self.badge.name(part), partial(self._hear, part))

    def profile(self, unit: str) -> UnitProfile:
        """What the lab knows of a unit."""
        return self.images.units[unit].profile

    def password(self, unit: str) -> Secret:
        """Password of a unit's operator. Raises UsageError."""
        return self.profile(unit).login.secret(PASSWORD)

    def masked(self, text: str) -> str:
        """Return a text of a unit with stars in place of passwords that a report may not hold."""
        for unit in UNITS:
            if self.profile(unit).login.password_from:
                text = self.password(unit).masked(text)
        return text

    def chassis(self, unit: str) -> Agent:
        """Agent in a unit's namespace."""
        return self.agents[chassis_part(unit)]

    def add_stranger(self) -> Agent:
        """Add a third machine to both heartbeat networks, unless there is one. Raises LabError."""
        if STRANGER in self.agents:
            return self.agents[STRANGER]
        ports = tuple(HEARTBEAT_PORTS.values())
        try:
            identity = self._create(STRANGER, self.images.agent, STRANGER, ports)
            agent = self._start_agent(STRANGER, identity)
        except APIError as error:
            raise refused(error, "adding a stranger to the heartbeat networks") from error
        agent.ask("setup", ports={port: " ".join(self.plan.all_addresses(STRANGER, port)) for port in ports})
        return agent

    def lay_bridge_networks(self) -> Agent:
        """Make the two networks for bridges, with both units and a neighbour on them, and return the neighbour's agent.

        Removes the units' addresses there, since a bridged port has none. Raises LabError.
        """
        ports = tuple(BRIDGE_PORTS)
        try:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda port: self._make_network(self.plan, port), ports))
                list(pool.map(lambda unit: self._join_bridge_networks(unit, ports), UNITS))
            identity = self._create("neighbour", self.images.agent, "neighbour", ports)
            agent = self._start_agent("neighbour", identity)
        except APIError as error:
            raise refused(error, "laying the networks for bridges") from error
        agent.ask("setup-bridges", ports={port: self.plan.with_mask("neighbour", port) for port in ports})
        self.bridge_ports = ports
        return agent

    def _join_bridge_networks(self, unit: str, ports: tuple[str, ...]) -> None:
        for port in ports:
            self.client.api.connect_container_to_network(
                self.badge.name(chassis_part(unit)), self.badge.name(port), ipv4_address=self.plan.address(unit, port)
            )
        self.chassis(unit).ask("setup-bridges", ports={port: self.plan.with_mask(unit, port) for port in ports})

    def give_toxiproxy_ipv6(self) -> None:
        """Add IPv6 addresses beside Toxiproxy's IPv4 ones, where they are missing. Raises LabError.

        Toxiproxy's image has no program for that, so a short-lived container does it in Toxiproxy's namespace.
        """
        plan = self.plan
        steps = [
            f"set -- $(ip -o address show to {plan.address('toxiproxy', port)}/32)"
            f" && ip address replace {plan.with_mask('toxiproxy', port, Family.IPV6)} dev $2 nodad"
            for port in HEARTBEAT_PORTS.values()
        ]
        host = self.client.api.create_host_config(
            network_mode=f"container:{self.badge.name('toxiproxy')}", cap_add=CAPABILITIES
        )
        hint = "look whether the host's kernel has IPv6"
        doing = "giving Toxiproxy its IPv6 addresses"
        self._run_once("toxiproxy-addresses", ["sh", "-c", " && ".join(steps)], host, doing, hint)

    def detach(self) -> None:
        """Detach from the agents; the lab stays as it is."""
        for agent in self.agents.values():
            agent.close()
        self.agents.clear()

    def remove(self) -> None:
        """Remove everything of the lab that exists."""
        self.detach()
        remove_lab(self.client, self.badge.lab)

    def _make_networks(self, pool: ThreadPoolExecutor) -> None:
        taken = routed()
        for network in self.client.networks.list():
            taken += [
                pool["Subnet"] for pool in (network.attrs.get("IPAM") or {}).get("Config") or [] if "Subnet" in pool
            ]
        for plan in candidates(taken):
            try:
                making = [pool.submit(self._make_network, plan, port) for port in PORTS]
                wait(making)
                for made in making:
                    made.result()
            except APIError as error:
                # Another lab or something unknown uses the range, so try the next one.
                if "overlap" not in str(error.explanation):
                    raise
                _remove_networks(self.client, self.badge.lab)
                continue
            self._plan = plan
            demand_networks(plan.gateway(PAIR.administration))
            return
        raise LabError("no free network is left in 10.64.0.0 - 10.254.0.0", "run `python -m lab reap`")

    def _make_network(self, plan: Plan, port: str) -> None:
        pool = IPAMPool(subnet=plan.subnet(port), gateway=plan.gateway(port))
        labels = self.badge.labels(port) | {names.SUBNET: str(plan.x)}
        self.client.api.create_network(
            self.badge.name(port), driver="bridge", internal=True, ipam=IPAMConfig(pool_configs=[pool]), labels=labels
        )

    def _make_chassis(self, unit: str) -> None:
        part = chassis_part(unit)
        addresses = {port: " ".join(self.plan.all_addresses(unit, port)) for port in PORTS}
        name = self.profile(unit).mail.greeting[unit]
        with self._making_volumes(unit):
            # The agent can read the unit's volumes, to inspect them while the unit has no power.
            volumes = [*self._mounts(unit, read_only=True, no_copy=True), *self._nas(unit, read_only=True)]
            identity = self._create(part, self.images.agent, unit, tuple(PORTS), hostname=name, mounts=volumes)
            # Created while the chassis starts, because creating takes a tenth of a second; it is started later.
            self.make_unit(unit, self.images.units[unit].first)
            agent = self._start_agent(part, identity)
        reply = agent.ask("setup", ports=addresses)
        for hardware in reply["hardware"].values():
            self.hardware[hardware] = unit
        try:
            self.client.api.start(self.badge.name(unit_part(unit)))
        except APIError as error:
            raise not_started(self, unit, error) from error

    @contextlib.contextmanager
    def _making_volumes(self, unit: str) -> Iterator[None]:
        """Make a unit's volumes; the disk lasts as long as a container that is started in this block."""
        wanted, create = self.profile(unit).container, self.client.api.create_volume
        with contextlib.ExitStack() as held:
            if wanted.volume:
                create(self._volume(unit), labels=self.badge.labels(_storage_part(unit)))
            if self.profile(unit).mail.nas:
                # The second unit's order finds the volume that the first one has made.
                create(self.badge.name(NAS), labels=self.badge.labels(NAS))
            if wanted.disk:
                options = {}
                if not self.no_disks:
                    device = held.enter_context(loops.made(self.disk(unit)))
                    options = {"type": "ext4", "device": device, "o": "errors=continue,noatime,nobarrier"}
                labels = self.badge.labels(_disk_part(unit))
                create(self.disk(unit), driver="local", driver_opts=options, labels=labels)
            yield

    def make_unit(self, unit: str, image: str) -> None:
        """Create a unit's own container from an image, on its volumes and in its chassis's namespace. APIError."""
        wanted = self.profile(unit).container
        self.client.api.create_container(
            image,
            list(self.images.units[unit].command) or None,
            name=self.badge.name(unit_part(unit)),
            labels=self.badge.labels(unit_part(unit)) | self._unit_labels(unit),
            environment={name: self.filled(template, unit) for name, template in wanted.environment.items()},
            use_config_proxy=False,
            volumes=[each for each in (wanted.volume, wanted.disk) if each],
            host_config=self.client.api.create_host_config(
                network_mode=f"container:{self.badge.name(chassis_part(unit))}",
                cap_add=list(wanted.capabilities),
                mounts=[*self._mounts(unit), *self._nas(unit)],
            ),
        )

    def _unit_labels(self, unit: str) -> dict[str, str]:
        """Labels of a unit's container: which unit it is, of which kind, and the profile that describes it."""
        source = self.profile(unit).source
        where = source if source in SHIPPED else str(Path(source).resolve())
        return {names.UNIT: unit, names.UNIT_KIND: str(self.images.tested[unit]), names.PROFILE: where}

    def filled(self, template: str, unit: str) -> str:
        """Return a template of a unit's profile with the unit's addresses, the other hosts' and its password."""
        own = {port: self.plan.all_addresses(unit, port) for port in PORTS}
        relay = self.plan.address("protected", PAIR.mail)
        values = {
            "ports": ",".join(f"{port}={first}" for port, (first, *_) in own.items()),
            "ports6": ",".join(f"{port}={each}" for port, (_, *others) in own.items() for each in others),
            "relay": f"{relay}:{SMTP}",
            "relay_host": relay,
            "relay_port": str(SMTP),
            "server": self.plan.address("client", PAIR.mail),
            "unit": unit,
            "serial": f"SWO000000000{unit}",
            "password": self.password(unit).reveal(),
            **{f"address:{port}": first for port, (first, *_) in own.items()},
            **{f"address6:{port}": each for port, (_, *others) in own.items() for each in others},
        }
        return filled(template, values)

    def empty_volume(self, unit: str) -> None:
        """Remove everything from a unit's volumes, if it has any. Raises LabError."""
        mounts = self._mounts(unit, no_copy=True)
        if not mounts:
            return
        host = self.client.api.create_host_config(network_mode="none", mounts=mounts)
        delete = ["find", *(mount["Target"] for mount in mounts), "-mindepth", "1", "-delete"]
        doing = f"emptying the volumes of unit {unit}"
        self._run_once(f"{_storage_part(unit)}-emptied", delete, host, doing, "look at container.volume")

    def empty_nas(self) -> None:
        """Remove everything from the network storage. Raises LabError."""
        unit = UNITS[0]
        host = self.client.api.create_host_config(network_mode="none", mounts=self._nas(unit))
        delete = ["find", self.profile(unit).mail.nas, "-mindepth", "1", "-delete"]
        self._run_once(f"{NAS}-emptied", delete, host, "emptying the network storage", "look at mail.nas")

    def _volume(self, unit: str) -> str:
        return self.badge.name(_storage_part(unit))

    def disk(self, unit: str) -> str:
        """Name of the volume that is a unit's mail disk."""
        return self.badge.name(_disk_part(unit))

    def _mounts(self, unit: str, *, read_only: bool = False, no_copy: bool = False) -> list[docker.types.Mount]:
        """The mounts of a unit's volumes; none without a volume.

        The lab's own containers mount them without a copy: what stands there at first comes from the unit's image.
        """
        wanted = self.profile(unit).container
        places = {self._volume(unit): wanted.volume, self.disk(unit): wanted.disk}
        mount = partial(docker.types.Mount, read_only=read_only, no_copy=no_copy)
        return [mount(target, name) for name, target in places.items() if target]

    def _nas(self, unit: str, *, read_only: bool = False) -> list[docker.types.Mount]:
        """The mount of the network storage, one volume for both units; none for a unit that is given none."""
        target = self.profile(unit).mail.nas
        storage = docker.types.Mount(target, self.badge.name(NAS), read_only=read_only, no_copy=True)
        return [storage] if target else []

    def _run_once(self, part: str, command: list[str], host: Mapping[str, Any], doing: str, hint: str) -> None:
        """Run a command in a short-lived container of the agent's image. Raises LabError."""
        api = self.client.api
        try:
            identity = api.create_container(
                self.images.agent,
                name=self.badge.name(part),
                labels=self.badge.labels(part),
                entrypoint=command[:1],
                command=command[1:],
                use_config_proxy=False,
                host_config=host,
            )["Id"]
            api.start(identity)
            code = api.wait(identity)["StatusCode"]
            said = api.logs(identity).decode(errors="replace").strip() if code else ""
            api.remove_container(identity)
        except APIError as error:
            raise refused(error, doing) from error
        if code:
            raise LabError(f"{doing} failed ({said})", hint)

    def _make_toxiproxy(self) -> None:
        known = all(Path("/proc/sys", *name.split(".")).exists() for name in STEADY_DIALLING)
        ports = tuple(HEARTBEAT_PORTS.values())
        more = STEADY_DIALLING if known else {}
        identity = self._create("toxiproxy", self.images.toxiproxy, "toxiproxy", ports, sysctls=more)
        self.client.api.start(identity)

    def _make_mail(self, part: str) -> None:
        # The client's machine receives what the units log, too, so it is on the network of administration as well.
        ports = (PAIR.mail, PAIR.administration) if part == "client" else (PAIR.mail,)
        identity = self._create(part, self.images.agent, part, ports)
        agent = self._start_agent(part, identity)
        agent.ask("setup", ports={port: " ".join(self.plan.all_addresses(part, port)) for port in ports})

    def _create(
        self,
        part: str,
        image: str,
        who: str,
        ports: tuple[str, ...],
        *,
        hostname: str | None = None,
        mounts: Sequence[docker.types.Mount] = (),
        sysctls: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Create a container on the networks of these ports and return its id."""
        api = self.client.api
        first, *rest = ports
        endpoint = api.create_endpoint_config(ipv4_address=self.plan.address(who, first))
        networking: Any = api.create_networking_config({self.badge.name(first): endpoint})  # type: ignore[arg-type]
        container = api.create_container(
            image,
            name=self.badge.name(part),
            hostname=hostname or part,
            labels=self.badge.labels(part),
            stdin_open=True,
            detach=True,  # otherwise the agent would end with the process that attached first
            use_config_proxy=False,
            networking_config=networking,
            host_config=api.create_host_config(
                network_mode=self.badge.name(first),
                cap_add=CAPABILITIES,
                mounts=list(mounts),
                sysctls={**SYSCTLS, **sysctls},
                # Agents report dozens of events a second to whoever is attached: the engine writes none of it to disk.
                log_config=LogConfig(type="none") if image == self.images.agent else None,
            ),
        )
        for port in rest:
            api.connect_container_to_network(
                container["Id"], self.badge.name(port), ipv4_address=self.plan.address(who, port)
            )
        return str(container["Id"])

    def _hear(self, part: str, event: Event) -> None:
        self.listener(part, event)

    def _start_agent(self, part: str, identity: str) -> Agent:
        agent = Agent(self.client, identity, partial(self._hear, part))
        self.agents[part] = agent
        self.client.api.start(identity)
        agent.wait_ready()
        return agent


def not_started(rack: Rack, unit: str, error: APIError) -> LabError:
    """Return the error for a unit's container that Docker does not start: its command may not be in the image."""
    text = rack.masked(str(error.explanation or error))
    if "OCI runtime" in text:
        hint = "look at container.command and container.capabilities"
        return BootFailed(f"unit {unit}'s container does not start ({text})", hint)
    return refused(error, f"starting unit {unit}", rack.masked)


def remove_lab(client: docker.DockerClient, lab: str) -> None:
    """Remove every container, network and volume of a lab.

    A disk that hangs goes on first: what waits for it cannot be killed. Loop devices go when they are unmounted.
    """
    wanted = {"label": f"{names.LAB}={lab}"}
    volumes = client.api.volumes(filters=wanted)["Volumes"] or []
    for drive in filter(None, map(drive_of, volumes)):
        # Without the right to do it, nobody has let the disk fail.
        with contextlib.suppress(OSError):
            drive.recover()
    containers = client.api.containers(all=True, filters=wanted)
    # The units first: a namespace must not go before the container that has joined it.
    containers.sort(key=lambda each: "unit-" not in each["Labels"].get(names.PART, ""))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda each: _gone(client.api.remove_container, each["Id"], force=True, v=True), containers))
    _remove_networks(client, lab)
    for volume in volumes:
        _gone(client.api.remove_volume, volume["Name"], force=True)


def _remove_networks(client: docker.DockerClient, lab: str) -> None:
    for network in client.api.networks(filters={"label": f"{names.LAB}={lab}"}):
        _gone(client.api.remove_network, network["Id"])


def _gone(remove: Callable[..., object], identity: str, **options: bool) -> None:
    """Remove something that may have been removed already."""
    try:
        remove(identity, **options)
    except NotFound:
        return
    except APIError as error:
        if "already in progress" not in str(error.explanation):
            raise


@contextlib.contextmanager
def cleaning_up(rack: Rack) -> Iterator[None]:
    """Take the lab down again when building it fails or is interrupted."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(Exception):
            rack.remove()
        raise
