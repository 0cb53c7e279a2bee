"""The HA brain of a unit: events in, effects out; no socket, no clock, no thread, no randomness."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.figures import (
    DEFERENCE,
    DISCOVERY,
    HEARTBEAT_PERIOD,
    HOLD_OFF_LIMIT,
    REPEATED,
    STALLED,
    STRANGER_PERIOD,
)
from node.engine.joining import Candidate, decide
from node.engine.links import LinkWatch
from node.engine.modes import Action, Command, Effective, Mode, OnFailure, Rank, Sync
from node.engine.orders import handle_order, refusal
from node.engine.settings import HaSettings, SharedAddress
from node.engine.states import TABLE, Phase, Trigger
from node.engine.status import Status
from node.engine.syncs import PERIOD, RETRY, SyncPlan


class Engine:
    """One unit's HA engine. Feed `handle` with each event and the time (seconds, any origin, never backwards)."""

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
        self._wants_role = False
        self._was: Effective | None = None
        self._restored = False
        self._held_off_by = 0
        self._given_at = float("-inf")
        self._primary_heard_at = 0.0
        self._due: dict[str, float] = {}
        self._seq = 0
        self._next_heartbeat = 0.0
        self._strikes: dict[str, int] = {}
        self._strangers: dict[tuple[Rank, str], tuple[float, int]] = {}
        self._out: list[do.Effect] = []

    # What others may ask

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

    def serves(self, what: Sync) -> bool:
        """Whether the peer may copy from this unit now. Source: HA-351, HA-403, HA-405."""
        return self.phase is Phase.PRIMARY and (what is Sync.CONFIG or self.settings.mail_data_sync)

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Take one event at time `now` and return what is to be done, in order."""
        self.now = now
        self._out = []
        handlers: dict[type, Callable[[Any], None]] = {
            on.Started: self._started,
            on.SettingsChanged: self._settings_changed,
            on.ConfigurationChanged: lambda _: self._configuration_changed(),
            on.Heard: self._heard,
            on.CarrierChanged: self._carrier_changed,
            on.StrangerRefused: self._stranger,
            on.CheckDone: self._check_done,
            on.Ordered: lambda order: handle_order(self, order.command),
            on.SyncFinished: self._sync_finished,
            on.TimerFired: self._timer_fired,
        }
        handlers[type(event)](event)
        return self._out

    # Small tools that the other modules of this room use too

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
        self._leave(old_phase)
        self.phase = row.to
        changed = old is not self.effective
        if changed:
            self.emit(do.RoleChanged(old, self.effective, event))
        self._arrive(old_phase)
        if changed:
            self._heartbeat()
        self._remember_role()
        if changed:
            self._report(event, old)

    def release_all(self) -> None:
        """Give up every shared address."""
        for shared in self.shared():
            self.emit(do.ReleaseAddress(shared.interface, shared.action, shared.address))

    def shared(self) -> tuple[SharedAddress, ...]:
        """Shared addresses that this unit holds while it leads."""
        return tuple(each for each in self.settings.addresses if each.action in {Action.ADD, Action.SET})

    def start_sync(self) -> None:
        """Start the next synchronization that is due, if a primary is heard to copy from."""
        rank = self.links.for_sync()
        if not self.phase.follows or rank is None or not self._peer_leads():
            return
        what = self.syncs.next()
        if what is not None:
            self.emit(do.StartSync(what, rank))

    def tell_sync(self, *what: Sync) -> None:
        """Tell the peer that a synchronization is due, over the link that synchronization uses."""
        rank = self.links.for_sync()
        if rank is not None:
            self.emit(do.Send(rank, say.SyncNow(what)))

    # Phases

    def _leave(self, phase: Phase) -> None:
        if phase in {Phase.PRIMARY, Phase.STANDALONE}:
            self.emit(do.StopMail())
        if phase is Phase.PRIMARY:
            self.release_all()
            self.stop("peer-silence")
        if phase in {Phase.FIRST_SYNC_FAILED, Phase.SECONDARY}:
            self.stop("retry")
        self.stop("join", "silence", "hold-off", "sync:config", "sync:data")

    def _arrive(self, came_from: Phase) -> None:
        if self.phase is Phase.PRIMARY:
            self._lead()
        elif self.phase is Phase.STANDALONE:
            self._fall_silent()
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
        self._wants_role = False
        self.asking = self.giving = ""
        self.syncs.forget()
        for shared in self.shared():
            self.emit(do.HoldAddress(shared.interface, shared.action, shared.address))
            self.emit(do.Announce(shared.interface, shared.address))
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
        if not came_from.follows:
            self._primary_heard_at = self.now
        self._await_silence()
        self.start_sync()

    def _look_around(self) -> None:
        self.links = LinkWatch(self.settings.links)
        self.peer = None
        self.syncs.forget()
        self._strikes.clear()
        self.emit(do.OpenLinks())
        patience = DISCOVERY if self.settings.mode is Mode.PRIMARY else self.patience()
        self.timer("join", patience)
        self._next_heartbeat = self.now
        self._beat()

    def _fall_silent(self) -> None:
        self.stop("heartbeat", *(f"link:{rank.value}" for rank in Rank))
        self.emit(do.CloseLinks())
        self.peer = None
        self.links = LinkWatch(self.settings.links)
        self.syncs.forget()
        self._wants_role = False
        self.asking = self.giving = ""

    def _remember_role(self) -> None:
        if self.phase in {Phase.PRIMARY, Phase.SECONDARY}:
            self.remember(effective=self.effective, planned="", clean=False, latched_off=False)
        elif self.phase is Phase.SWITCHED_OFF:
            self.remember(latched_off=True, planned="", clean=False)
        elif self.phase is Phase.STANDALONE:
            self.remember(effective=None, latched_off=False, planned="", clean=False)
        else:
            self.remember(clean=False, latched_off=False)

    def _report(self, event: str, old: Effective) -> None:
        new = self.effective
        self.emit(do.Log(f"ha: {event}: effective mode changed from {old.value} to {new.value}"))
        self.emit(do.Alert(event, old, new))
        trap = {Effective.PRIMARY: 1, Effective.SECONDARY: 2}.get(new)
        if trap is not None:
            self.emit(do.Trap(trap, event[:32]))

    def _data_if_enabled(self) -> tuple[Sync, ...]:
        return (Sync.DATA,) if self.settings.mail_data_sync else ()

    # Start and settings

    def _started(self, event: on.Started) -> None:
        memory = event.memory
        self.settings = event.settings
        self.phase = Phase.STANDALONE
        self.memory = dataclasses.replace(memory, boot=memory.boot + 1, planned="", clean=False)
        self.emit(do.Persist(self.memory))
        self.links = LinkWatch(self.settings.links)
        if not self.settings.mode.active_passive:
            self.emit(do.StartMail())
            return
        self._restored = False
        self._was = memory.effective
        died = not memory.clean and memory.effective is not None
        if died:
            self.emit(do.Log("ha: The system was shutdown!"), do.Alert("The system was shutdown!"))
        failed = died and memory.effective is Effective.PRIMARY and self.settings.on_failure is OnFailure.OFF
        self.move(Trigger.LATCH if memory.latched_off or failed else Trigger.ENTER)

    def _settings_changed(self, event: on.SettingsChanged) -> None:
        old, new = self.settings, event.settings
        if old.mode is not new.mode:
            self.move(Trigger.LEAVE)
            self.settings = new
            if new.mode.active_passive:
                self.enter_group(was=None)
            return
        self.settings = new
        if not self.phase.in_group:
            self.links = LinkWatch(new.links)
            return
        if (old.links, old.base_port, old.password) != (new.links, new.base_port, new.password):
            self.links = LinkWatch(new.links)
            self.emit(do.OpenLinks())
        if old.lost_threshold != new.lost_threshold and self.phase.follows:
            self._await_silence()
        if self.phase is Phase.PRIMARY:
            self._readdress(old, new)

    def _readdress(self, old: HaSettings, new: HaSettings) -> None:
        held = [each for each in old.addresses if each.action in {Action.ADD, Action.SET}]
        for shared in held:
            if shared not in new.addresses:
                self.emit(do.ReleaseAddress(shared.interface, shared.action, shared.address))
        for shared in self.shared():
            if shared not in held:
                self.emit(do.HoldAddress(shared.interface, shared.action, shared.address))
                self.emit(do.Announce(shared.interface, shared.address))

    def enter_group(self, *, was: Effective | None, restored: bool = False) -> None:
        """Join the group (again): `was` is what the unit was before, `restored` that an operator sends it back."""
        self._was = was
        self._restored = restored
        self.move(Trigger.RESTORE if restored else Trigger.ENTER)

    def _configuration_changed(self) -> None:
        if self.phase is Phase.PRIMARY:
            self.tell_sync(Sync.CONFIG)

    # Heartbeats

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
        if self.giving and self.phase is Phase.SECONDARY:
            self.send(say.GiveRole(self.giving))

    def _heard(self, event: on.Heard) -> None:
        if not self.phase.in_group:
            return
        reactions: dict[type, Callable[[Any], None]] = {
            say.Heartbeat: lambda beat: self._heard_heartbeat(event.rank, beat),
            say.HoldOff: self._heard_hold_off,
            say.HoldOffHeard: lambda _: self._go_down(),
            say.Resume: lambda _: self.move(Trigger.RESUME),
            say.AskRole: self._heard_ask,
            say.GiveRole: self._heard_give,
            say.SyncNow: self._heard_sync_now,
        }
        reactions[type(event.message)](event.message)

    def _heard_heartbeat(self, rank: Rank, beat: say.Heartbeat) -> None:
        before, self.peer = self.peer, beat
        if self.links.heard(rank):
            self.emit(do.Log(self.links.summary()))
        self.timer(f"link:{rank.value}", self.settings.lost_threshold)
        newly = before is None or before.boot != beat.boot
        if self.phase is Phase.PRIMARY:
            self._watch_peer(before, beat)
        elif self.phase is Phase.JOINING:
            self._join(beat)
        elif self.phase is Phase.HOLD_OFF:
            if beat.effective is Effective.PRIMARY and beat.boot > self._held_off_by:
                self.move(Trigger.RESUME)
        elif self.phase.follows:
            self._heard_while_following(beat)
        if newly:
            self._heartbeat()

    def _watch_peer(self, before: say.Heartbeat | None, beat: say.Heartbeat) -> None:
        if "peer-silence" not in self._due and before is None:
            self.emit(do.Log("ha: SLAVE heartbeat appeared"))
        self.timer("peer-silence", self.settings.lost_threshold)
        was_leading = before is not None and before.effective is Effective.PRIMARY
        if beat.effective is Effective.PRIMARY and not was_leading:
            self.emit(do.Log("ha: two units are MASTER; restore the configured mode on one of them"))
        if beat.effective is Effective.HOLD_OFF:
            self.send(say.Resume(self.memory.boot))

    def _join(self, beat: say.Heartbeat) -> None:
        me = Candidate(self.settings.mode, self._was, self.settings.on_failure, self._restored)
        decision = decide(me, beat)
        if decision is None:
            return
        self._wants_role = decision is Trigger.PEER_IS_PRIMARY and me.wants_role()
        self.move(decision)

    def _heard_while_following(self, beat: say.Heartbeat) -> None:
        if beat.effective is Effective.PRIMARY:
            self._primary_heard_at = self.now
            self.giving = ""
            self._await_silence()
            self.start_sync()
        elif self.asking and beat.effective is Effective.SECONDARY:
            self.move(Trigger.GIVEN, self.asking)

    def patience(self) -> float:
        """Seconds of a primary's silence that this unit bears: its own setting. Source: HA-101, HA-104, HA-108."""
        return self.settings.lost_threshold

    def _await_silence(self) -> None:
        self.timer("silence", self._primary_heard_at + self.patience() - self.now)

    def _peer_leads(self) -> bool:
        return self.peer is not None and self.peer.effective is Effective.PRIMARY

    def _carrier_changed(self, event: on.CarrierChanged) -> None:
        if not event.up and self.phase.in_group and self.links.lost(event.rank):
            self.stop(f"link:{event.rank.value}")
            self.emit(do.Log(self.links.summary()))

    # Commands between units

    def _heard_hold_off(self, message: say.HoldOff) -> None:
        if self.phase is Phase.SECONDARY:
            self._held_off_by = message.boot
            self.move(Trigger.HOLD_OFF)
        if self.phase is Phase.HOLD_OFF:
            self.send(say.HoldOffHeard(message.boot))

    def _go_down(self) -> None:
        command = self.restarting
        if command is None:
            return
        self.stop("hold-off-answer")
        self.emit(do.Log("ha: The system is rebooting (or reloading)!"))
        self.emit(do.Alert("The system is rebooting (or reloading)!"))
        self.restart(command)

    def restart(self, command: Command) -> None:
        """Tell the body to go down now, with the intention remembered."""
        self.remember(planned=command.value, clean=True)
        self.emit(do.Restart(command))

    def _heard_ask(self, message: say.AskRole) -> None:
        if self.phase is Phase.PRIMARY:
            self.give_role(Trigger.ASKED, message.reason)
        elif self.phase is Phase.SECONDARY and not self._peer_leads():
            self.send(say.GiveRole(message.reason))

    def give_role(self, trigger: Trigger, reason: str) -> None:
        """Leave the primary role, then tell the peer to take it."""
        self.giving = reason
        self.move(trigger, reason)
        self.send(say.GiveRole(reason))

    def _heard_give(self, message: say.GiveRole) -> None:
        if self.phase is Phase.PRIMARY:
            if self.now - self._given_at > REPEATED:
                self.emit(do.Log(f"ha: SLAVE asks us to return to MASTER ({message.reason})"))
            self._given_at = self.now
            return
        self._given_at = self.now
        self.move(Trigger.GIVEN, message.reason)

    def _heard_sync_now(self, message: say.SyncNow) -> None:
        if self.phase.follows:
            self.want_sync(*message.what)

    # Synchronization

    def want_sync(self, *what: Sync) -> None:
        """Mark synchronizations as due (data only where this unit enables it) and start what can start."""
        self.syncs.want(*(each for each in what if each is Sync.CONFIG or self.settings.mail_data_sync))
        self.start_sync()

    def _sync_finished(self, event: on.SyncFinished) -> None:
        if not self.syncs.ended(event.what):
            return
        outcome = "finished" if event.ok else "failed"
        detail = f": {event.detail}" if event.detail else ""
        self.emit(do.Log(f"ha: {event.what.value} synchronization {outcome}{detail}"))
        if event.what is Sync.CONFIG:
            self.move(Trigger.SYNC_OK if event.ok else Trigger.SYNC_BAD)
            if not event.ok and self.phase.follows:
                self.timer("retry", RETRY)
        self.start_sync()
        if self._wants_role and self.phase is Phase.SECONDARY and self.syncs.idle:
            self._wants_role = False
            self.asking = "user requested" if self._restored else "recovery after a restart"
            self.send(say.AskRole(self.asking))

    # Timers, monitoring, strangers

    def _timer_fired(self, event: on.TimerFired) -> None:
        due = self._due.pop(event.name, None)
        if due is None:
            return
        kind, _, which = event.name.partition(":")
        actions: dict[str, Callable[[], None]] = {
            "heartbeat": self._beat,
            "silence": lambda: self._silence(late=self.now - due),
            "link": lambda: self._link_silent(Rank(which)),
            "peer-silence": self._peer_silent,
            "join": lambda: self.move(Trigger.ALONE),
            "hold-off": lambda: self.move(Trigger.HOLD_OFF_OVER),
            "hold-off-answer": self._go_down,
            "sync": lambda: self._periodic(Sync(which)),
            "retry": lambda: self.want_sync(Sync.CONFIG),
        }
        actions[kind]()

    def _silence(self, *, late: float) -> None:
        if late > STALLED:
            self._primary_heard_at = self.now
            self._await_silence()
            return
        deferring = self.peer is not None and self.settings.mode is Mode.SECONDARY and not self._peer_leads()
        patience = self.patience() + (DEFERENCE if deferring else 0.0)
        left = self._primary_heard_at + patience - self.now
        if left > 0 and deferring:
            self.timer("silence", left)
            return
        if not deferring:
            self.peer = None
        self.move(Trigger.SILENCE)

    def _link_silent(self, rank: Rank) -> None:
        if self.links.lost(rank):
            self.emit(do.Log(self.links.summary()))
        if not any(self.links.states.values()):
            self.peer = None

    def _peer_silent(self) -> None:
        self.peer = None
        self.emit(do.Log("ha: SLAVE heartbeat disappeared"), do.Alert("ha: SLAVE heartbeat disappeared"))

    def _periodic(self, what: Sync) -> None:
        self.timer(f"sync:{what.value}", PERIOD[what])
        self.want_sync(what)

    def _check_done(self, event: on.CheckDone) -> None:
        check = {"local-ports": self.settings.local_ports, "local-hd": self.settings.local_hd}[event.what]
        self._strikes[event.what] = 0 if event.ok else self._strikes.get(event.what, 0) + 1
        if self.phase is Phase.FAILED and event.ok:
            self._was = Effective.PRIMARY
            self._restored = False
            self.move(Trigger.CURED)
        elif self.phase is Phase.PRIMARY and check.enabled and self._strikes[event.what] >= check.retries:
            switched_off = self.settings.on_failure is OnFailure.OFF
            self.move(Trigger.FAULT_OFF if switched_off else Trigger.FAULT, event.what)

    def _stranger(self, event: on.StrangerRefused) -> None:
        key = (event.rank, event.why)
        since, count = self._strangers.get(key, (float("-inf"), 0))
        if self.now - since < STRANGER_PERIOD:
            self._strangers[key] = (since, count + 1)
            return
        more = f" ({count} more since the last such line)" if count else ""
        self.emit(do.Log(f"hahbd: refused a peer on the {event.rank.value} heartbeat link: {event.why}{more}"))
        self._strangers[key] = (self.now, 0)
