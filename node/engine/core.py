"""What an HA engine is and does in each phase; `node.engine.engine` adds how it reacts to events."""

from __future__ import annotations

import dataclasses

from node.engine import bridging, config_only
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.figures import (
    DISCOVERY,
    HEARTBEAT_PERIOD,
    HOLD_OFF_LIMIT,
    NO_LONGER_HEARD,
)
from node.engine.hand_over import HandOver, start_queue
from node.engine.links import LinkWatch
from node.engine.modes import Action, Bridging, Command, Effective, Mode, Rank, Sync
from node.engine.orders import refusal
from node.engine.settings import HaSettings, SharedAddress
from node.engine.states import TABLE, Phase, Trigger
from node.engine.status import Status
from node.engine.syncs import PERIOD, SyncPlan


class Core:
    """State of one unit's engine, its phases, and the small tools that all of this room use."""

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
        self._strangers: dict[tuple[Rank, str], tuple[float, int]] = {}
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

    def refuses(self, command: Command) -> str:
        """Why a command would not be carried out now; '' when it would."""
        return refusal(self, command)

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

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Follow the transition table; what has no row changes nothing."""
        row = TABLE.get((self.phase, trigger))
        if row is None:
            return
        event = f"{row.event} ({reason})" if reason else row.event
        old_phase, old = self.phase, self.effective
        self._leave(old_phase, row.to)
        self.phase = row.to
        changed = old is not self.effective
        if changed:
            # The log's time is the decision's: what follows from it takes time of its own.
            self.emit(do.RoleChanged(old, self.effective, event))
            self.emit(do.Log(f"ha: {event}: effective mode changed from {old.value} to {self.effective.value}"))
        self._arrive(old_phase)
        if changed:
            self._heartbeat()
        self._remember_role()
        if changed:
            self._report(event, old)

    def release_all(self) -> None:
        """Give up every shared address, and leave the bridge."""
        for shared in self.shared():
            self.emit(do.ReleaseAddress(shared.interface, shared.action, shared.address))
        bridging.put_all(self, Bridging.INACTIVE)

    def announce_all(self) -> None:
        """Tell the network anew who holds the shared addresses. Source: HA-113."""
        for shared in self.shared():
            self.emit(do.Announce(shared.interface, shared.address))

    def shared(self) -> tuple[SharedAddress, ...]:
        """Shared addresses that this unit holds while it leads."""
        return tuple(each for each in self.settings.addresses if each.action in {Action.ADD, Action.SET})

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

    def _leave(self, phase: Phase, to: Phase) -> None:
        alone = {Phase.STANDALONE, Phase.CONFIG_ONLY}
        if phase is Phase.PRIMARY or (phase in alone and to not in alone):
            self.emit(do.StopMail())
        if phase is Phase.PRIMARY:
            self.release_all()
            self.stop("peer-silence", "offer")
        if phase is Phase.SECONDARY:
            self.stop("queue")
        self.passing.forget()
        if phase in {Phase.FIRST_SYNC_FAILED, Phase.SECONDARY, Phase.CONFIG_ONLY}:
            self.stop("retry", "retry:data")
        self.stop("join", "silence", "hold-off", "sync:config", "sync:data")

    def _arrive(self, came_from: Phase) -> None:
        if self.phase is Phase.CONFIG_ONLY:
            config_only.arrive(self)
            return
        if came_from is Phase.STANDALONE:
            bridging.put_all(self, Bridging.INACTIVE)
        if self.phase is Phase.PRIMARY:
            self._lead()
        elif self.phase is Phase.STANDALONE:
            self._fall_silent()
            bridging.put_all(self, Bridging.FREE)
            self.emit(do.StartMail())
        elif self.phase in {Phase.FAILED, Phase.SWITCHED_OFF}:
            self._fall_silent()
        elif self.phase is Phase.JOINING:
            self._look_around()
        elif self.phase is Phase.HOLD_OFF:
            self.timer("hold-off", HOLD_OFF_LIMIT)
        elif self.phase.follows:
            self._follow(came_from)

    def _lead(self) -> None:
        self.claim = None
        self.stop("copy")
        self._failed = False
        self.failing.clear()
        self.strikes.clear()
        self.asking = self.giving = ""
        self.syncs.forget()
        self._rival = False
        for shared in self.shared():
            self.emit(do.HoldAddress(shared.interface, shared.action, shared.address))
            self.emit(do.Announce(shared.interface, shared.address))
        bridging.put_all(self, Bridging.JOINED)
        self.emit(do.StartMail())
        if self.peer is not None:
            self.timer("peer-silence", self.settings.lost_threshold)

    def _follow(self, came_from: Phase) -> None:
        if came_from is Phase.JOINING:
            self.syncs.want(Sync.CONFIG)
        if self.phase is Phase.SECONDARY:
            self.syncs.want(*([] if came_from.follows else [Sync.CONFIG]), *self._data_if_enabled())
            for what, period in PERIOD.items():
                self.timer(f"sync:{what.value}", period)
            self.passing.queue_due = True
        if not came_from.follows:
            self._primary_heard_at = self.now
        self._await_silence()
        self.start_sync()
        start_queue(self)

    def _look_around(self) -> None:
        self.links = LinkWatch(self.settings.links)
        self.peer = None
        self.syncs.forget()
        self.emit(do.OpenLinks())
        patience = DISCOVERY if self.settings.mode is Mode.PRIMARY else self.patience()
        self.timer("join", patience)
        self.begin_heartbeat()

    def _fall_silent(self) -> None:
        self.stop("heartbeat", *(f"link:{rank.value}" for rank in Rank))
        self.emit(do.CloseLinks())
        self.peer = None
        self.links = LinkWatch(self.settings.links)
        self.syncs.forget()
        self.claim = None
        self.stop("copy")
        self.asking = self.giving = ""

    def _remember_role(self) -> None:
        if self.phase in {Phase.PRIMARY, Phase.SECONDARY}:
            reclaiming = self.claim is not None
            self.remember(effective=self.effective, planned="", clean=False, latched_off=False, reclaiming=reclaiming)
        elif self.phase is Phase.SWITCHED_OFF:
            self.remember(latched_off=True, planned="", clean=False, reclaiming=False)
        elif self.phase in {Phase.STANDALONE, Phase.CONFIG_ONLY}:
            self.remember(effective=None, latched_off=False, planned="", clean=False, reclaiming=False)
        else:
            self.remember(clean=False, latched_off=False)

    def _report(self, event: str, old: Effective) -> None:
        new = self.effective
        self.emit(do.Alert(event, old, new))
        trap = {Effective.PRIMARY: 1, Effective.SECONDARY: 2}.get(new)
        if trap is not None:
            self.emit(do.Trap(trap, event[:32]))

    def _data_if_enabled(self) -> tuple[Sync, ...]:
        return (Sync.DATA,) if self.settings.mail_data_sync else ()

    def enter_group(self, *, was: Effective | None, trigger: Trigger = Trigger.ENTER) -> None:
        """Join the group (again): `was` is what the unit was before; RESTORE, CURED or ENTER says why it joins."""
        self._was = was
        self._restored = trigger is Trigger.RESTORE
        self._failed = trigger is Trigger.CURED
        if self._restored:
            self.remember(reclaiming=True)
        self.move(trigger)

    def begin_heartbeat(self) -> None:
        """Send the first heartbeat now, and one each period from here on."""
        self._next_heartbeat = self.now
        self._beat()

    def _beat(self) -> None:
        self._heartbeat()
        period = self.heartbeat_period()
        self._next_heartbeat += period
        if self._next_heartbeat <= self.now:
            self._next_heartbeat = self.now + period
        self.timer("heartbeat", self._next_heartbeat - self.now)

    def heartbeat_period(self) -> float:
        """Seconds between heartbeats, the same whatever the lost threshold is. Source: HA-052."""
        return HEARTBEAT_PERIOD

    def _heartbeat(self) -> None:
        if not self.phase.in_group or self.restarting is not None:
            return
        self._seq += 1
        joining = self.phase is Phase.JOINING
        was = self._was if joining else None
        self.send(
            say.Heartbeat(self.memory.boot, self._seq, self.settings.mode, self.effective, joining, was, self.version)
        )
        self._insist()

    def _insist(self) -> None:
        """Repeat, with each heartbeat, what the peer has not yet followed."""
        peer = self.peer
        if peer is None:
            return
        if self.phase is Phase.PRIMARY and peer.effective is Effective.HOLD_OFF:
            self.send(say.Resume(self.memory.boot))
        if self.asking and self.phase is Phase.SECONDARY:
            self.send(say.AskRole(self.asking))
        if self.passing.offering and self.phase is Phase.PRIMARY:
            self.send(say.OfferRole(self.passing.offering))
        if self.giving and self.phase is Phase.SECONDARY:
            self.send(say.GiveRole(self.giving))

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

    def may_copy(self) -> bool:
        """Whether this unit follows a primary that it hears, in a group of either kind."""
        if self.phase is Phase.CONFIG_ONLY:
            return config_only.may_copy(self)
        return self.phase.follows and self.peer_leads()

    def restart(self, command: Command) -> None:
        """Tell the body to go down now, with the intention remembered."""
        self.remember(planned=command.value, clean=True)
        self.emit(do.Restart(command))

    def give_role(self, trigger: Trigger, reason: str) -> None:
        """Leave the primary role, then tell the peer to take it."""
        self.giving = reason
        self.move(trigger, reason)
        self.send(say.GiveRole(reason))

    def want_sync(self, *what: Sync) -> None:
        """Mark synchronizations as due (data only where this unit enables it) and start what can start."""
        data = self.settings.mail_data_sync and self.phase is not Phase.CONFIG_ONLY
        self.syncs.want(*(each for each in what if each is Sync.CONFIG or data))
        self.start_sync()
