"""What an engine knows, and the small tools that all of this room use: effects, timers, memory."""

from __future__ import annotations

import dataclasses

from node.engine import config_only
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.figures import (
    HEARTBEAT_PERIOD,
    NO_LONGER_HEARD,
)
from node.engine.hand_over import HandOver
from node.engine.links import LinkWatch
from node.engine.modes import Action, Command, Effective, Rank, Sync
from node.engine.settings import HaSettings, SharedAddress
from node.engine.states import Phase
from node.engine.status import Status
from node.engine.strangers import Strangers
from node.engine.syncs import SyncPlan


class Tools:
    """State of one unit's engine, and its tools."""

    def __init__(self) -> None:
        """Make an engine that waits for `events.Started`."""
        self.settings = HaSettings()
        self.version = ""
        self.phase = Phase.STANDALONE
        self.memory = on.Memory()
        self.links = LinkWatch()
        self.syncs = SyncPlan()
        self.peer: say.Heartbeat | None = None
        self.now = 0.0
        self.asking = ""
        self.giving = ""
        self.restarting: Command | None = None
        self.claim: str | None = None
        self.passing = HandOver()
        self._was: Effective | None = None
        self._restored = False
        self._failed = False
        self.failing: set[str] = set()
        """Checks that made this unit leave the primary role, and have not succeeded since."""
        self._held_off_by = 0
        self._given_at = float("-inf")
        self._woke = float("-inf")
        """When this unit went on after it had stood still."""
        self._rival = False
        """Whether the peer was primary too when it was last heard: a split brain."""
        self._primary_heard_at = 0.0
        self._due: dict[str, float] = {}
        self._seq = 0
        self._next_heartbeat = 0.0
        self.strikes: dict[str, int] = {}
        """Consecutive failures of each local check while primary."""
        self._strangers = Strangers()
        self._out: list[do.Effect] = []

    @property
    def effective(self) -> Effective:
        """Effective mode, as an operator sees it."""
        return self.phase.effective

    def status(self) -> Status:
        """Return a snapshot for the CLI."""
        peer = self.peer
        return Status(
            configured=self.settings.mode,
            effective=self.effective,
            links=self.links.states if self.phase.in_group else {},
            peer=peer.effective if peer else None,
            peer_version=peer.version if peer else "",
            synchronizing=self.syncs.running is not None,
            phase=self.phase.value,
        )

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Whether someone at address `source` may speak on a link: the configured peer, with the group's password.

        Source: HA-065, HA-453, HA-455.
        """
        link = next((each for each in self.settings.links if each.rank is rank), None)
        return password_matches and link is not None and source in {link.peer, link.peer6} - {"", "0.0.0.0", "::"}  # noqa: S104 - the manual's "not set", nothing is bound

    def withholds(self, what: Sync) -> str:
        """Why the peer may not copy from this unit now, '' when it may. Source: HA-351, HA-403, HA-405."""
        if self.phase is Phase.CONFIG_ONLY:
            return config_only.withholds(self, what)
        if self.phase is not Phase.PRIMARY:
            return "this unit is not primary"
        if what is Sync.DATA and not self.settings.mail_data_sync:
            return "mail-data-sync is disabled on the primary"
        return ""

    def refuses_queue(self) -> str:
        """Why the peer may not hand its queued mail to this unit now, '' when it may. Source: HA-333, HA-426."""
        return "" if self.phase is Phase.PRIMARY else "this unit is not primary"

    def emit(self, *effects: do.Effect) -> None:
        """Add effects to those that `handle` returns."""
        self._out.extend(effects)

    def send(self, message: say.Message) -> None:
        """Send on every heartbeat link: losing one link must lose no message."""
        for rank in self.links.ranks:
            self.emit(do.Send(rank, message))

    def timer(self, name: str, after: float) -> None:
        """Start a timer and remember when it is due, to know a late one."""
        self._due[name] = self.now + after
        self.emit(do.StartTimer(name, max(0.0, after)))

    def stop(self, *names: str) -> None:
        """Stop timers that run."""
        for name in names:
            if self._due.pop(name, None) is not None:
                self.emit(do.StopTimer(name))

    def remember(self, **changes: object) -> None:
        """Persist a changed memory."""
        memory = dataclasses.replace(self.memory, **changes)  # type: ignore[arg-type]
        if memory != self.memory:
            self.memory = memory
            self.emit(do.Persist(memory))

    def announce_all(self) -> None:
        """Tell the network anew who holds the shared addresses. Source: HA-113."""
        for shared in self.shared():
            self.emit(do.Announce(shared.interface, shared.address))

    def shared(self) -> tuple[SharedAddress, ...]:
        """Shared addresses that this unit holds while it leads."""
        return tuple(each for each in self.settings.addresses if each.action in {Action.ADD, Action.SET})

    def may_copy(self) -> bool:
        """Whether this unit follows a primary that it hears, in a group of either kind."""
        if self.phase is Phase.CONFIG_ONLY:
            return config_only.may_copy(self)
        return self.phase.follows and self.peer_leads()

    def start_sync(self) -> None:
        """Start the next synchronization that is due, if a primary is heard to copy from."""
        rank = self.links.for_sync()
        if rank is None or not self.may_copy():
            return
        what = self.syncs.next(rank)
        if what is not None:
            self.emit(do.StartSync(what, rank))

    def tell_sync(self, *what: Sync) -> None:
        """Tell the peer that a synchronization is due, over the link that synchronization uses."""
        rank = self.links.for_sync()
        if rank is not None:
            self.emit(do.Send(rank, say.SyncNow(what)))

    def want_sync(self, *what: Sync) -> None:
        """Mark synchronizations as due (data only where this unit enables it) and start what can start."""
        data = self.settings.mail_data_sync and self.phase is not Phase.CONFIG_ONLY
        self.syncs.want(*(each for each in what if each is Sync.CONFIG or data))
        self.start_sync()

    def _data_if_enabled(self) -> tuple[Sync, ...]:
        return (Sync.DATA,) if self.settings.mail_data_sync else ()

    def heartbeat_period(self) -> float:
        """Seconds between heartbeats, the same whatever the lost threshold is. Source: HA-052."""
        return HEARTBEAT_PERIOD

    def patience(self) -> float:
        """Seconds of a primary's silence that this unit bears: its own setting. Source: HA-101, HA-104, HA-108."""
        return self.settings.lost_threshold

    def _await_silence(self) -> None:
        self.timer("silence", self._primary_heard_at + self.patience() - self.now)

    def _hears_primary(self) -> bool:
        """Whether the primary that this unit follows was heard a moment ago. Source: HA-015, HA-016."""
        return self.now - self._primary_heard_at < NO_LONGER_HEARD

    def peer_leads(self) -> bool:
        """Whether the peer's last heartbeat came from a primary."""
        return self.peer is not None and self.peer.effective is Effective.PRIMARY
