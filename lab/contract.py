"""What every lab offers to the suite: the only view of a lab that steps and fixtures have.

A driver implements these protocols (`lab.sim`, `lab.docker`, `lab.appliance`); steps never learn which one runs.
All times are seconds on the lab's one clock; addresses are text as a unit prints them ("10.0.3.100/24" with mask,
"10.0.3.100" without).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

from lab.timeline import Entry, Timeline

T = TypeVar("T")


class Rank(StrEnum):
    """Rank of a heartbeat link. Source: system ha, heartbeat-status."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class Port(StrEnum):
    """The four ports, in order from the base port. Source: system ha, hb-base-port; HA-054."""

    HEARTBEAT = "heartbeat"
    SYNC_CONTROL = "sync-control"
    DATA_SYNC = "data-sync"
    CONFIG_SYNC = "config-sync"


class Family(StrEnum):
    """The address family of a peer, or of what it sends. Source: system ha, peer-ip and peer-ip6; HA-072."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"


class Mode(StrEnum):
    """Effective mode as an operator reads it; UNREACHABLE when the unit does not answer."""

    OFF = "off"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    FAILED = "failed"
    HOLD_OFF = "hold-off"
    UNREACHABLE = "unreachable"


class How(StrEnum):
    """How a cut link behaves: swallowing everything, or answering with a refusal."""

    BLACK_HOLE = "black-hole"
    REFUSAL = "refusal"


class Capability(StrEnum):
    """What a driver may or may not be able to do; a scenario needing more is not applicable."""

    POWER = "power"  # cut and restore a unit's power
    CRASH = "crash"  # kill the unit's HA software while the machine lives
    FREEZE = "freeze"  # stop the whole machine, and let it go on
    CUT = "cut"  # cut a heartbeat link as black hole
    REFUSE = "refuse"  # cut a heartbeat link as refusal
    ONE_WAY = "one-way"  # cut one direction only
    CUT_PORT = "cut-port"  # cut one of the four ports only
    DELAY = "delay"  # let a heartbeat link carry everything late, and unevenly
    THROTTLE = "throttle"  # thin the bandwidth of a heartbeat link
    CABLE = "cable"  # pull a cable at the interface
    STRANGER = "stranger"  # speak to the four ports of a heartbeat link as someone else
    MEMORY = "memory"  # see how much memory a unit's HA software uses
    INSPECT = "inspect"  # look at addresses, sockets and mail storage from outside the CLI
    BRIDGE = "bridge"  # lay the two networks that the units' Layer 2 bridges may join, and send frames across
    BOOT_DELAY = "boot-delay"  # choose how long a restart takes
    UPGRADE = "upgrade"  # install another release of the unit's firmware
    LONG = "long"  # let minutes or hours pass (always in sim, docker with --long)


class Trick(StrEnum):
    """What a stranger on a heartbeat network tries. Source: HA-007, HA-453, HA-455."""

    GARBAGE = "garbage"  # a megabyte that is no greeting
    CLAIM = "claim"  # authenticate with a password, claim to be the peer, ask for the role
    REPLAY = "replay"  # send again what was overheard (`Link.overhear`)
    ENDLESS_LINE = "endless-line"  # authenticate with a password, then send a megabyte without an end of line
    SILENCE = "silence"  # many connections on which nothing is ever said
    HALF_GREETING = "half-greeting"  # many connections on which a greeting begins and does not end
    CROWD = "crowd"  # very many connections, opened as fast as they can be


class Guise(StrEnum):
    """Whose address a stranger uses: one of its own on the link's network, or the peer's."""

    OWN = "own"
    PEER = "peer"


class Ending(StrEnum):
    """How a stranger fared at a port."""

    REFUSED = "refused"  # no connection came about
    CLOSED = "closed"  # the unit ended every connection, and said nothing on any
    IGNORED = "ignored"  # a connection was still open when the stranger gave up, with nothing said on it
    ANSWERED = "answered"  # the unit spoke to the stranger


class Area(StrEnum):
    """Where a unit stores mail data. Source: system ha, mail-data-sync; HA-401."""

    SYSTEM_QUARANTINE = "system-quarantine"
    QUARANTINE = "quarantine"
    ARCHIVE = "archive"
    MAILBOXES = "mailboxes"
    PREFERENCES = "preferences"


class MailKind(StrEnum):
    """What a test message is made to meet: delivery, or one of the storage areas."""

    CLEAN = "clean"
    SPAM = "spam"  # carries the spam test marker: ends in the recipient's quarantine
    VIRUS = "virus"  # carries the virus test marker: ends in the system quarantine
    LOCAL = "local"  # to a user of the unit itself: ends in a mailbox (server mode)
    ARCHIVED = "archived"  # matches the archive rule: delivered, and a copy is archived


@dataclass(frozen=True, slots=True)
class Profile:
    """How exact a lab is: slack is added to documented bounds, resolution bounds what it can tell apart (seconds).

    `boot` and `settle` bound harness waits (a unit's start, a command's effect); they judge nothing.
    """

    slack: float
    resolution: float
    boot: float
    settle: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The shape of a link fault, as data.

    `deaf` names the units that no longer hear their peer (empty: both); `ports` the ports concerned (empty: all four).
    """

    how: How = How.BLACK_HOLE
    deaf: frozenset[str] = frozenset()
    ports: frozenset[Port] = frozenset()


@dataclass(frozen=True, slots=True)
class Proof:
    """How the lab knows that a fault, or its end, took hold: one sentence and the figures behind it."""

    statement: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Intrusion:
    """What a stranger does, as data: on which ports, from whose address of which family, and with what password."""

    trick: Trick
    guise: Guise = Guise.OWN
    ports: tuple[Port, ...] = tuple(Port)
    password: str = ""
    family: Family = Family.IPV4


@dataclass(frozen=True, slots=True)
class Encounter:
    """How a stranger fared at each port, and how the lab knows that it reached the unit."""

    endings: Mapping[Port, Ending]
    proof: Proof


@dataclass(frozen=True, slots=True)
class Reply:
    """What a unit answered to CLI lines: the text up to the last prompt, and whether every line was accepted."""

    text: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A test message handed to a unit: id, kind, recipient, when, and the answer (accepted, refused, unanswered)."""

    id: str
    kind: MailKind
    recipient: str
    at: float
    outcome: str


HA_TRAP = "fmlTrapHAEvent"
"""The trap for HA events: 1 switched to master, 2 switched to slave, 3 unit shutdown. Source: HA-658, HA-659, D.5."""

SYSTEM_TRAP = "fmlTrapSystemEvent"
"""The trap for system events: 1 halt, 2 reboot, 3 reload, 4 system upgrade. Source: HA-534, D.5."""


@dataclass(frozen=True, slots=True)
class Trap:
    """An SNMP trap: its name in the MIB, the event's code, and the reason ("" where the trap carries none)."""

    name: str
    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Crossing:
    """What became of one broadcast frame sent into one of two networks that the units' bridges may join.

    `arrived` counts the copies that reached the other network, `returned` those that came back to the first one (a
    loop), `through` the copies that each unit passed on.
    """

    arrived: int
    returned: int
    through: Mapping[str, int]


class Clock(Protocol):
    """The only source of time. Virtual in sim, the host's monotonic clock elsewhere."""

    def now(self) -> float:
        """Seconds on the lab's clock."""
        ...

    def wait_for(self, condition: Callable[[], T], within: float, what: str) -> T:
        """Return the condition's first true value; raise NotReached naming `what` after `within` seconds.

        Waits on the lab's events (every timeline entry wakes it), not in sleeps; NotReached carries the last entries.
        """
        ...

    def hold(self, condition: Callable[[], object], during: float, what: str) -> None:
        """Watch that the condition stays true for `during` seconds; raise NotReached as soon as it does not.

        The span goes onto the timeline (WATCH).
        """
        ...


class Unit(Protocol):
    """One HA unit, driven as an operator drives it. `name` is its configured role's short name: "P" or "S"."""

    name: str

    def cli(self, *lines: str) -> Reply:
        """Enter lines in the unit's shell (always from the top level) and return all it printed.

        Never raises for a refused line: look at `accepted`. A y/n prompt is answered by the next line.
        """
        ...

    def configured_mode(self) -> str:
        """Configured mode as `get system status` prints it, in 7.0 words."""
        ...

    def effective_mode(self) -> Mode:
        """Effective mode as `get system status` prints it now; UNREACHABLE without an answer."""
        ...

    def own_address(self, interface: str) -> str:
        """The interface's own address with mask, as the lab assigned it."""
        ...

    def own_address6(self, interface: str) -> str:
        """The interface's own IPv6 address with mask; heartbeat and mail interfaces have one, '' for others."""
        ...

    def addresses(self, interface: str) -> frozenset[str]:
        """Addresses with mask that the interface holds now, seen from outside the unit's software. INSPECT."""
        ...

    def bridged(self) -> frozenset[str]:
        """Interfaces that the unit's Layer 2 bridge joins now, seen from outside its software. INSPECT."""
        ...

    def listening(self) -> frozenset[tuple[str, int]]:
        """Address and TCP port of every listening socket. INSPECT."""
        ...

    def stored(self, area: Area) -> frozenset[str]:
        """Ids of the test messages (or names of preferences) in a storage area now. INSPECT."""
        ...

    def queued(self) -> frozenset[str]:
        """Ids of the test messages in the mail queue now. INSPECT."""
        ...

    def log(self) -> Sequence[str]:
        """HA event log lines since the scenario began, oldest first (also of an unpowered unit)."""
        ...

    def alerts(self) -> Sequence[str]:
        """Alert mails since the scenario began, as text, oldest first."""
        ...

    def traps(self) -> Sequence[Trap]:
        """SNMP traps since the scenario began, oldest first (also of an unpowered unit)."""
        ...

    def release(self) -> str:
        """Firmware release as `get system status` prints it; "" without an answer."""
        ...

    def peer_release(self) -> str:
        """The peer's firmware release as `get system ha status` prints it; "" where it prints none."""
        ...

    def install(self, release: str) -> Reply:
        """Install one of the lab's releases as an operator does, confirmed; the unit restarts into it. UPGRADE.

        Returns while the unit is on its way: at the latest when it starts in the new release. Raises BootFailed.
        """
        ...

    def memory(self) -> int:
        """Bytes of memory that the HA software uses now, seen from outside of it. MEMORY."""
        ...

    def is_powered(self) -> bool:
        """Whether the unit has power (a rebooting unit has)."""
        ...

    def power_off(self) -> Proof:
        """Cut the power: everything in memory is lost. POWER."""
        ...

    def power_on(self) -> None:
        """Give power back; returns when the unit answers its operator."""
        ...

    def crash(self) -> Proof:
        """Kill the HA software; the machine and its addresses stay. CRASH."""
        ...

    def freeze(self) -> Proof:
        """Stop the machine, its network included. FREEZE."""
        ...

    def thaw(self) -> None:
        """Let a frozen machine go on."""
        ...

    def pull_cable(self, interface: str) -> Proof:
        """Take the physical link of an interface away. CABLE."""
        ...

    def plug_cable(self, interface: str) -> Proof:
        """Give the physical link back."""
        ...

    def set_boot_time(self, seconds: float) -> None:
        """Let the next restarts of this unit take that long, reloads included. BOOT_DELAY."""
        ...


class Link(Protocol):
    """One heartbeat link between the two units."""

    rank: Rank

    def cut(self, cut: Cut) -> Proof:
        """Impose a fault and prove it; raises FaultNotProven. Never touches other links."""
        ...

    def delay(self, seconds: float, jitter: float = 0.0) -> Proof:
        """Delay every byte in both directions by `seconds`, give or take up to `jitter` seconds; order is kept. DELAY.

        A further delay replaces the one in force; connections stand, and what is under way may arrive early.
        """
        ...

    def throttle(self, bytes_per_second: int) -> Proof:
        """Let each connection carry that many bytes (a multiple of 1000) in a second, each way. THROTTLE."""
        ...

    def heal(self) -> Proof:
        """End every cut, delay and throttling on this link and prove that it carries traffic again."""
        ...

    def is_cut(self) -> bool:
        """Whether a cut is in force."""
        ...

    def carried(self, port: Port) -> int:
        """Bytes of payload that this link has carried on that port so far, both ways."""
        ...

    def connections(self) -> frozenset[int]:
        """TCP port numbers on which this link has carried payload since the scenario began."""
        ...

    def overhear(self) -> None:
        """From now on, let a stranger keep what the units send each other on this link. STRANGER."""
        ...

    def intrude(self, target: str, intrusion: Intrusion) -> Encounter:
        """As a stranger on this link's network, try a trick on ports of unit `target`; return when all is over.

        Raises FaultNotProven when no port could be reached. STRANGER.
        """
        ...


class MailSession(Protocol):
    """An SMTP session that a client keeps open without sending anything."""

    def is_open(self) -> bool:
        """Whether the unit still answers a NOOP in this session. Source: HA-111."""
        ...


class MailNetwork(Protocol):
    """The network that clients use: a client, a protected mail server, and whoever listens to ARP."""

    virtual_address: str
    """The group's shared address with mask, as the healthy pair is configured."""

    virtual_address6: str
    """An IPv6 address with mask that the group may share; a pair holds it where a scenario configures it."""

    def send(self, kind: MailKind = MailKind.CLEAN, to: str | None = None) -> Message:
        """Send one test message by SMTP to an address (default: the virtual one) and return it with its outcome."""
        ...

    def open_session(self, address: str) -> MailSession:
        """Open an SMTP session to an address (without mask) up to its greeting, and keep it open."""
        ...

    def answering(self, address: str) -> str | None:
        """Name of the unit whose SMTP banner answers on that address now, None without an answer."""
        ...

    def claimants(self, address: str) -> frozenset[str]:
        """Names of all units that answer an ARP request for the address now: two in a split brain. Source: HA-701.

        Who answers is known by the hardware address; a stranger's stands for itself.
        """
        ...

    def hold_deliveries(self) -> None:
        """From now on the protected server puts every delivery off (4xx): accepted mail stays in the units' queues."""
        ...

    def release_deliveries(self) -> None:
        """Let the protected server take mail again. A new scenario begins so."""
        ...

    def watch(self, address: str) -> None:
        """Probe the address every 50 ms from now on (PROBE entries). The virtual address is always watched."""
        ...

    def delivered(self) -> Sequence[tuple[str, float]]:
        """Message id and time of each delivery at the protected server, in order; doubles appear twice."""
        ...

    def sent(self) -> Sequence[Message]:
        """Every test message of the scenario."""
        ...


class Sides(Protocol):
    """Two networks that nothing but the units' Layer 2 bridges can join; a neighbour sends and counts on both."""

    ports: tuple[str, str]
    """The units' interfaces on the two networks."""

    def cross(self) -> Crossing:
        """Send one broadcast frame into the first network, and tell what became of it within a tenth of a second."""
        ...


class Lab(Protocol):
    """A pair with its links, mail network and clock. `driver` is "sim", "docker" or "appliance"."""

    driver: str
    capabilities: frozenset[Capability]
    profile: Profile
    clock: Clock
    timeline: Timeline
    primary: Unit
    """The unit that is configured as primary ("P"), whatever its effective mode."""
    secondary: Unit
    """The unit that is configured as secondary ("S")."""
    links: Mapping[Rank, Link]
    mail: MailNetwork
    releases: tuple[str, ...]
    """Releases of the units' firmware, oldest first; a scenario begins with the first. More than one with UPGRADE."""
    facts: Mapping[str, str]
    """What run.json says about the lab: seed, image ids, unit version, engine version."""

    def begin(self, name: str) -> None:
        """Start a scenario from the first state: factory units with the lab's addresses, no fault, empty stores.

        A new timeline starts. Raises ResetUnclean when that cannot be proven, BootFailed when a unit does not come up.
        """
        ...

    def spare_address(self, interface: str) -> str:
        """An address with mask in an interface's network that nobody holds."""
        ...

    def sides(self) -> Sides:
        """The two networks for bridges; they are laid when first asked for, and then stay. BRIDGE."""
        ...

    def heard(self, unit: str) -> Entry | None:
        """The last HEARTBEAT entry of that unit: when it last heard its peer on any link."""
        ...

    def finish(self) -> None:
        """End the scenario: heal all, collect logs and ledgers; the timeline is complete afterwards."""
        ...

    def close(self) -> None:
        """Take the lab down and leave nothing behind."""
        ...
