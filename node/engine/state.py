"""Everything that an engine knows, as plain data: the unit's record, with one for its group and one for its role.

Leaving a role or the group drops its record; nothing in it is cleared by hand. Records can be copied and compared.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from node.engine.events import Memory
from node.engine.links import LinkWatch
from node.engine.messages import AskRole, GiveRole, Heartbeat, OfferRole, StepDown
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.settings import HaSettings
from node.engine.states import Phase
from node.engine.timers import Timer
from node.engine.timing import ORDER_LIMIT

NEVER = float("-inf")


@dataclass(slots=True)
class SyncPlan:
    """Which synchronizations are due, and which one runs: at most one at a time, configuration before data."""

    due: set[Sync] = field(default_factory=set)
    running: Sync | None = None
    rank: Rank = Rank.PRIMARY
    """The link that the running one uses, or the last one used."""

    def want(self, *what: Sync) -> None:
        """Mark synchronizations as due; one that runs already will run again, because it may have missed the change."""
        self.due.update(what)

    def begin(self, rank: Rank) -> Sync:
        """Let the next one that is due run over this link."""
        self.running, self.rank = next(what for what in Sync if what in self.due), rank
        self.due.discard(self.running)
        return self.running

    def interrupt(self) -> None:
        """Make the one that runs due again."""
        if self.running is not None:
            self.due.add(self.running)
            self.running = None

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing is due."""
        return self.running is None and not self.due


@dataclass(frozen=True, slots=True)
class Claim:
    """The primary role that a following unit means to take, and why.

    A lasting claim is the unit's own, by its settings. Any other is an operator's order, and is given up after `limit`
    seconds. `asking`: the peer has been asked, after what was to be copied first.
    """

    reason: str
    lasting: bool = False
    asking: bool = False
    limit: float = ORDER_LIMIT


@dataclass(slots=True)
class Standalone:
    """In no group: mode off."""


@dataclass(slots=True)
class ConfigOnly:
    """A member of a config-only group."""

    syncs: SyncPlan = field(default_factory=SyncPlan)
    untold: set[Sync] = field(default_factory=set)
    """Synchronizations that are due, and of which the peer could not be told yet."""


@dataclass(slots=True)
class Joining:
    """Switching into a group.

    `was` is the effective mode before the unit last stopped, None for its first group. `restored_at`: when an operator
    restored its configured mode. `cured`: monitoring had made it leave the primary role, and its fault has ended since.
    """

    was: Effective | None = None
    restored_at: float = NEVER
    cured: bool = False

    @property
    def restored(self) -> bool:
        """Whether an operator has restored its configured mode."""
        return self.restored_at > NEVER


@dataclass(slots=True)
class Following:
    """Follows a primary: from its first synchronization on, or as settled secondary."""

    primary_heard_at: float = NEVER
    """When a primary was last heard; when this role began where none has been."""
    syncs: SyncPlan = field(default_factory=SyncPlan)
    claim: Claim | None = None
    giving: str = ""
    """Why this unit left the primary role, '' where it did not; the peer is told until it leads."""
    queue_running: bool = False
    """Whether a hand-over runs."""
    strikes: Counter[str] = field(default_factory=Counter)
    """Consecutive failures of each check of the primary's services."""
    found: str = ""
    """The service of the primary that has failed, '' while none has: the primary is told to leave its role until it
    has."""
    left: bool = False
    """Whether the primary has left the group, and has not been heard to lead since."""


@dataclass(slots=True)
class Leading:
    """Leads: the unit is primary."""

    strikes: Counter[str] = field(default_factory=Counter)
    """Consecutive failures of each local check."""
    rival: bool = False
    """Whether the peer was primary too when it was last heard: a split brain."""
    offering: str = ""
    """Why this unit offers its role to the peer, '' where it does not."""
    offer_limit: float = ORDER_LIMIT
    """Seconds after which an offer is given up that an operator ordered while this unit was joining."""
    untold: set[Sync] = field(default_factory=set)
    """Synchronizations that are due, and of which the peer could not be told yet."""


@dataclass(slots=True)
class HoldingOff:
    """Gives its primary time to restart."""

    claim: Claim | None = None
    """The claim with which this unit goes on afterwards."""
    synchronized: bool = True
    """Whether it was a settled secondary before; if not, it begins with its first synchronization again."""


@dataclass(slots=True)
class Stopped:
    """Out of the group after a failure of its own, until that is cured or an operator acts."""

    failing: set[str] = field(default_factory=set)
    """Checks that made this unit leave the primary role, and have not succeeded since."""
    giving: str = ""
    """Why the peer, which has found this unit failed, is to take the role; '' where this unit has found it itself."""


Role = Standalone | ConfigOnly | Joining | Following | Leading | HoldingOff | Stopped

ROLE_OF: dict[Phase, type[Role]] = {
    Phase.STANDALONE: Standalone,
    Phase.CONFIG_ONLY: ConfigOnly,
    Phase.JOINING: Joining,
    Phase.FIRST_SYNC: Following,
    Phase.FIRST_SYNC_FAILED: Following,
    Phase.SECONDARY: Following,
    Phase.PRIMARY: Leading,
    Phase.HOLD_OFF: HoldingOff,
    Phase.FAILED: Stopped,
    Phase.SWITCHED_OFF: Stopped,
}
"""Which record a unit has in each phase."""


@dataclass(slots=True)
class Group:
    """What a unit knows of its group while it speaks to its peer: the links, and the peer's last heartbeat."""

    links: LinkWatch = field(default_factory=LinkWatch)
    peer: Heartbeat | None = None
    heard_at: float = NEVER
    """When the peer was last heard."""
    peer_boot: int | None = None
    """The peer's start (`Heartbeat.boot`) that was heard last, also when it is silent now."""
    peer_boot_before: int | None = None
    """The one before: what the peer said in it, and comes now, has been overtaken on the other link."""

    def note(self, beat: Heartbeat) -> Heartbeat:
        """Remember and return the newest heartbeat: one that is late on the slower link does not say what it is."""
        if self.peer is None or not self.is_old(beat.boot, beat.seq):
            if beat.boot != self.peer_boot:
                self.peer_boot_before, self.peer_boot = self.peer_boot, beat.boot
            self.peer = beat
        return self.peer

    def is_past(self, boot: int) -> bool:
        """Whether the peer has started again since it said something."""
        return boot == self.peer_boot_before

    def is_old(self, boot: int, seq: int) -> bool:
        """Whether a message that the peer sent with or after this heartbeat comes after a later heartbeat of it."""
        return self.is_past(boot) or (self.peer is not None and boot == self.peer.boot and seq < self.peer.seq)

    @property
    def peer_can_lead(self) -> bool:
        """Whether the peer may take the primary role: it is a settled secondary."""
        return self.peer is not None and self.peer.effective is Effective.SECONDARY

    @property
    def peer_leads(self) -> bool:
        """Whether the peer's last heartbeat came from a primary."""
        return self.peer is not None and self.peer.effective is Effective.PRIMARY

    @property
    def peer_gives_configuration(self) -> bool:
        """Whether the peer is the primary of a config-only group."""
        return self.peer is not None and self.peer.mode is Mode.CONFIG_PRIMARY


@dataclass(frozen=True, slots=True)
class Restart:
    """A restart that an operator has ordered, while the peer's answer to hold-off is waited for."""

    command: Command
    peer_boot: int | None
    """The start of the peer that is asked: one that starts anew meanwhile joins the group as it finds it."""


@dataclass(slots=True)
class State:
    """One unit's engine. Times are seconds on the clock that `Engine.handle` is given."""

    now: float = NEVER
    version: str = ""
    """Release of the firmware."""
    settings: HaSettings = field(init=False)
    """The HA settings in force, from the start on."""
    memory: Memory = field(default_factory=Memory)
    """What is on the volume."""
    phase: Phase = Phase.STANDALONE
    role: Role = field(default_factory=Standalone)
    group: Group = field(default_factory=Group)
    timers: dict[Timer, float] = field(default_factory=dict)
    """When each running timer is due."""
    heartbeats: int = 0
    """Heartbeats sent since the start."""
    heartbeats_before: int = 0
    """Those before it last took or left the primary role: a peer that has heard none since then does not know of it."""
    restarting: Restart | None = None
    held_off_by: int = 0
    """The start of the peer (`Heartbeat.boot`) whose hold-off command was followed last: it comes once on each link."""
    awake_since: float = NEVER
    """When this unit last went on after it had stood still."""
    strangers: dict[tuple[Rank, str], float] = field(default_factory=dict)
    """When a stranger was last logged, on each link and for each reason."""

    @property
    def effective(self) -> Effective:
        """Effective mode, as an operator sees it."""
        return self.phase.effective

    @property
    def last_heartbeats(self) -> tuple[int, int, int, int]:
        """Start and number of the last heartbeat sent, and of the last one heard, for messages that move the role."""
        peer = self.group.peer
        return (self.memory.boot, self.heartbeats, *((0, 0) if peer is None else (peer.boot, peer.seq)))

    def is_overtaken(self, message: AskRole | OfferRole | GiveRole | StepDown) -> bool:
        """Whether the peer has said more since, or did not know that this unit has taken or left the primary role."""
        heard = message.heard_boot, message.heard_seq
        return self.group.is_old(message.boot, message.seq) or heard <= (self.memory.boot, self.heartbeats_before)
