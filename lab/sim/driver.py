"""Opens the embedded lab: assembles a fresh world with a pair, its links and its mail network for each scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from lab import profiles
from lab.contract import (
    BridgeNetworks,
    Capability,
    Clock,
    Family,
    Lab,
    Link,
    MailNetwork,
    Rank,
    Receivers,
    Timing,
    Unit,
)
from lab.errors import ResetUnclean, UsageError
from lab.registry import Options
from lab.sim import peer_services, queue_copies
from lab.sim.bridge_networks import SimBridgeNetworks
from lab.sim.checks import Answer
from lab.sim.configurations import Configurations, host_name
from lab.sim.hand_over import HandOvers
from lab.sim.link import SimLink
from lab.sim.machine import Machine
from lab.sim.mailnet import SimMail
from lab.sim.receivers import SimReceivers
from lab.sim.synchronization import Synchronizations
from lab.sim.unit import SimUnit
from lab.sim.volume import Store, Volume
from lab.sim.wire import Wire
from lab.sim.world import SimClock, World
from lab.standard_pair import PAIR
from lab.timeline import Entry, Kind, Timeline
from lab.under_test import IMAGE, REFERENCE, Implementation, UnderTest, catalogue
from node.build import REFERENCE as REFERENCE_BUILD
from node.build import Build
from node.engine.modes import Rank as EngineRank
from node.engine.modes import Sync
from node.engine.settings import RemoteCheck
from node.reporting import Datagram, Notification

PORTS = tuple(f"port{number}" for number in range(1, 7))

TIMING = Timing(slack=0.0, resolution=0.0, boot=60.0, settle=30.0)


def open_lab(options: Options) -> Lab:
    """Open a lab for a run. Raises UsageError."""
    _check(options.units)
    return SimLab(options)


def prepare(options: Options, say: Callable[[str], None]) -> None:
    """Refuse units that cannot be simulated before anything is judged. Raises UsageError."""
    del say
    _check(options.units)


def build_of(unit: Implementation) -> Build:
    """Return the build of a unit that exists (`lab.under_test` has checked it)."""
    return REFERENCE_BUILD if unit.kind == REFERENCE else cast("Build", catalogue().build(unit.id))


def _check(units: UnderTest) -> None:
    for unit in (units.primary, units.secondary):
        if unit.kind == IMAGE:
            problem = f"the simulated lab runs the reference unit's own code and cannot run the image {unit.id}"
            raise UsageError(problem, "use --lab docker")
        if unit.profile:
            raise UsageError("the simulated lab uses no profile", "leave --profile out")


class SimLab:
    """The embedded lab (`lab.contract.Lab`). A scenario's world depends on the seed and the scenario's name alone."""

    driver = "sim"
    capabilities = frozenset(Capability)
    reasons: Mapping[Capability, str] = {}
    releases: tuple[str, ...] = PAIR.releases
    timing = TIMING

    def __init__(self, options: Options) -> None:
        """Make a first world, so that the lab can be looked at before `begin`."""
        self._options = options
        self._builds = {unit: build_of(options.units[unit]) for unit in PAIR.configured}
        self.facts: Mapping[str, str] = {
            "lab": "sim",
            "seed": str(options.seed),
            "unit": str(options.units),
            "unit version": f"Switchover reference unit {PAIR.releases[0]}",
        }
        self._profile = profiles.named(REFERENCE)
        self._configurations = Configurations()
        self._clock = SimClock(World(""))
        self.clock: Clock = self._clock
        self.begin("")

    def begin(self, name: str) -> None:
        """Start a scenario in a new world: factory units, booted, own addresses up, at time 0."""
        world = World(f"{self._options.seed}:{name}")
        wire = Wire(world, PORTS)
        self._pair = _Pair(world, wire, self._builds, self._configurations)
        machines = self._pair.machines
        for machine in machines.values():
            machine.boot(at_once=True)
        if any(not machine.answers_operator() or machine.volume.queue for machine in machines.values()):
            raise ResetUnclean("a new simulated unit does not answer", "look at the engine's start")
        self._first_entries(world)
        self._clock.world = world
        virtual, virtual6 = (PAIR.address(PAIR.mail, "virtual", family) for family in Family)
        self._mail = self._pair.mail = SimMail(world, machines, virtual, virtual6)
        self.timeline = world.timeline
        self.mail: MailNetwork = self._mail
        self.receivers: Receivers = self._pair.receivers
        self.primary: Unit = SimUnit(machines["P"], TIMING, self._profile)
        self.secondary: Unit = SimUnit(machines["S"], TIMING, self._profile)
        self.links: Mapping[Rank, Link] = {
            rank: SimLink(rank, wire.segments[port], machines, world) for rank, port in PAIR.heartbeat.items()
        }

    def spare_address(self, interface: str) -> str:
        """An address with mask in an interface's network that nobody holds."""
        return PAIR.address(interface, "spare")

    def bridge_networks(self) -> BridgeNetworks:
        """The two networks for bridges."""
        return SimBridgeNetworks(self._clock.world, self._pair.machines.values())

    def heard(self, unit: str) -> Entry | None:
        """The last heartbeat that the unit heard."""
        return self._pair.machines[unit].last_heard

    def masked(self, text: str) -> str:
        """The text itself: a simulated unit has no secret."""
        return text

    def finish(self) -> None:
        """Heal every link and enter the last probes."""
        for link in self.links.values():
            link.heal()
        self._mail.close()

    def close(self) -> None:
        """There is nothing outside this process to take down."""

    def _first_entries(self, world: World) -> None:
        """Start the timeline after the units have started: it opens with the addresses that they hold."""
        world.timeline = Timeline(world.now())
        for machine in self._pair.machines.values():
            for interface in sorted(machine.interfaces.own):
                for address in sorted(machine.interfaces.held(interface)):
                    world.note(Kind.ADDRESS, machine.name, interface=interface, address=address, held=True)


class _Pair:
    """Two machines, and what passes between them (`lab.sim.machine.Surroundings`)."""

    def __init__(self, world: World, wire: Wire, builds: Mapping[str, Build], configurations: Configurations) -> None:
        self.mail: SimMail | None = None
        self.machines: dict[str, Machine] = {}
        self.receivers = SimReceivers(world, self.machines)
        nas = Store()
        for name, build in builds.items():
            own = {port: PAIR.address(port, name) for port in PORTS}
            self.machines[name] = Machine(
                name,
                world=world,
                wire=wire,
                volume=Volume(configurations.factory(host_name(name), tuple(own.items())), nas=nas),
                own=own,
                own6={port: PAIR.address(port, name, Family.IPV6) for port in PORTS if port in PAIR.dual_stack},
                build=build,
                configurations=configurations,
                around=self,
            )
        wire.stations.extend(self.machines.values())
        self._synchronizations = Synchronizations(world, wire, self.machines)
        self._hand_overs = HandOvers(world, wire, self.machines)

    def announced(self, machine: Machine, interface: str, address: str) -> None:
        """A gratuitous ARP, or an unsolicited neighbour advertisement, left the interface."""
        if self.mail is not None:
            self.mail.announced(machine, interface, address)

    def start_sync(self, machine: Machine, what: Sync, rank: EngineRank) -> None:
        """Copy from the peer."""
        self._synchronizations.start(machine, what, rank)

    def cancel_sync(self, machine: Machine) -> None:
        """Copy nothing more."""
        self._synchronizations.cancel(machine)

    def ask_service(self, machine: Machine, check: RemoteCheck) -> Answer:
        """Ask whoever holds the address."""
        return peer_services.ask(self.machines.values(), machine, check)

    def hand_over_queue(self, machine: Machine, rank: EngineRank) -> None:
        """Hand the queue to the peer."""
        self._hand_overs.start(machine, rank)

    def cancel_hand_over(self, machine: Machine) -> None:
        """Hand nothing more over."""
        self._hand_overs.cancel(machine)

    def use_copies(self, machine: Machine) -> None:
        """Put the copies into the queue."""
        queue_copies.use(machine)

    def carry(self, machine: Machine, datagram: Datagram) -> None:
        """Carry a datagram to the receiver that listens there."""
        self.receivers.carry(machine, datagram)

    def notify(self, machine: Machine, notification: Notification) -> None:
        """Carry a trap to the manager that listens there."""
        self.receivers.notify(machine, notification)

    def send_alerts(self, machine: Machine) -> None:
        """Send the alerts that wait on the machine's volume."""
        self.receivers.send_alerts(machine)
