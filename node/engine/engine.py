"""The HA brain of a unit: events in, effects out; no socket, no clock, no thread, no randomness."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar

from node.engine import bridging, fallback, monitoring
from node.engine import effects as do
from node.engine import events as on
from node.engine.figures import (
    DEFERENCE,
    STALLED,
    STOOD_STILL,
)
from node.engine.hand_over import claim_role, offer_ran_out, queue_due, queue_handed_over
from node.engine.hearing import Hearing
from node.engine.links import LinkWatch
from node.engine.modes import Action, Effective, Mode, OnFailure, Rank, Sync
from node.engine.orders import handle_order
from node.engine.settings import HaSettings
from node.engine.states import Phase, Trigger
from node.engine.syncs import PERIOD


class Engine(Hearing):
    """One unit's HA engine. Feed `handle` with each event and the time (seconds, any origin, never backwards)."""

    _HANDLERS: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        on.Started: lambda self, event: self._started(event),
        on.SettingsChanged: lambda self, event: self._settings_changed(event),
        on.ConfigurationChanged: lambda self, _: self._configuration_changed(),
        on.Heard: lambda self, event: self._heard(event),
        on.CarrierChanged: lambda self, event: self._carrier_changed(event),
        on.StrangerRefused: lambda self, event: self._stranger(event),
        on.CheckDone: monitoring.check_done,
        on.Ordered: lambda self, order: handle_order(self, order.command),
        on.SyncFinished: lambda self, event: self._sync_finished(event),
        on.NoticeLost: fallback.notice_lost,
        on.QueueHandedOver: queue_handed_over,
        on.TimerFired: lambda self, event: self._timer_fired(event),
    }
    """What is done on each kind of event."""

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Take one event at time `now` and return what is to be done, in order."""
        if now - self.now > STOOD_STILL and self.phase.in_group:
            self._woke = now
        self.now = now
        self._out = []
        self._HANDLERS[type(event)](self, event)
        return self._out

    def _started(self, event: on.Started) -> None:
        memory = event.memory
        self.settings = event.settings
        self.phase = Phase.STANDALONE
        self.memory = dataclasses.replace(memory, boot=memory.boot + 1, planned="", clean=False)
        self.emit(do.Persist(self.memory))
        self.links = LinkWatch(self.settings.links)
        if not self.settings.mode.active_passive:
            self.emit(do.StartMail())
            self._share()
            return
        self._restored = False
        self._was = memory.effective
        died = not memory.clean and memory.effective is not None
        if died:
            self.emit(do.Log("ha: The system was shutdown!"), do.Alert("The system was shutdown!"))
        led = memory.effective is Effective.PRIMARY and not memory.reclaiming
        failed = died and led and self.settings.on_failure is OnFailure.OFF
        self.move(Trigger.LATCH if memory.latched_off or failed else Trigger.ENTER)

    def _settings_changed(self, event: on.SettingsChanged) -> None:
        old, new = self.settings, event.settings
        if old.mode is not new.mode:
            self.move(Trigger.LEAVE)
            self.settings = new
            if new.mode.active_passive:
                self.enter_group(was=None)
            self._share()
            return
        self.settings = new
        bridging.settings_changed(self, old)
        if not self.phase.in_group:
            self.links = LinkWatch(new.links)
            monitoring.settings_changed(self)
            return
        if (old.links, old.base_port, old.password) != (new.links, new.base_port, new.password):
            self.links = LinkWatch(new.links)
            self.emit(do.OpenLinks())
        if old.lost_threshold != new.lost_threshold:
            self._shift_silence(new.lost_threshold - old.lost_threshold)
        if self.phase is Phase.PRIMARY:
            self._readdress(old, new)

    def _share(self) -> None:
        if self.settings.mode.config_only:
            self.move(Trigger.SHARE)

    def _shift_silence(self, by: float) -> None:
        """Measure silences that have begun already by the new threshold. Source: HA-104."""
        for name in [each for each in self._due if each == "peer-silence" or each.startswith("link:")]:
            self.timer(name, self._due[name] + by - self.now)
        if self.phase.follows:
            self._await_silence()

    def _readdress(self, old: HaSettings, new: HaSettings) -> None:
        held = [each for each in old.addresses if each.action in {Action.ADD, Action.SET}]
        for shared in held:
            if shared not in new.addresses:
                self.emit(do.ReleaseAddress(shared.interface, shared.action, shared.address))
        for shared in self.shared():
            if shared not in held:
                self.emit(do.HoldAddress(shared.interface, shared.action, shared.address))
                self.emit(do.Announce(shared.interface, shared.address))

    def _configuration_changed(self) -> None:
        if self.phase is Phase.PRIMARY or self.settings.mode is Mode.CONFIG_PRIMARY:
            self.tell_sync(Sync.CONFIG)

    def _carrier_changed(self, event: on.CarrierChanged) -> None:
        if not event.up and self.phase.in_group and self.links.lost(event.rank):
            self.stop(f"link:{event.rank.value}")
            self.emit(do.Log(self.links.summary()))
            fallback.link_lost(self, event.rank)

    def _sync_finished(self, event: on.SyncFinished) -> None:
        if not self.syncs.ended(event.what):
            return
        outcome = "finished" if event.ok else "failed"
        detail = f": {event.detail}" if event.detail else ""
        self.emit(do.Log(f"ha: {event.what.value} synchronization {outcome}{detail}"))
        if event.what is Sync.CONFIG:
            self._configuration_copied(ok=event.ok)
        if not event.ok and (self.phase.follows or self.phase is Phase.CONFIG_ONLY):
            fallback.try_again(self, event)
        self.start_sync()
        if self.syncs.idle and (event.ok or "copy" not in self._due):
            claim_role(self)

    def _configuration_copied(self, *, ok: bool) -> None:
        """Go on after a configuration sync; a unit that starts and still hears its primary never leads unsynchronized.

        Source: HA-015, HA-016.
        """
        if ok:
            self.move(Trigger.SYNC_OK)
        elif self.phase is Phase.FIRST_SYNC or not self._hears_primary():
            self.move(Trigger.SYNC_BAD)

    def _retry(self, *, late: float) -> None:
        """Try again to copy the configuration; from a primary that is gone nothing can be copied. Source: HA-016."""
        if self.phase is Phase.FIRST_SYNC_FAILED and not self._hears_primary() and late <= STALLED:
            self.emit(do.Log("ha: config synchronization failed: MASTER is not heard"))
            self.move(Trigger.SYNC_BAD)
            return
        self.want_sync(Sync.CONFIG)

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
            "join": self._alone,
            "hold-off": lambda: self.move(Trigger.HOLD_OFF_OVER),
            "hold-off-answer": self._go_down,
            "sync": lambda: self._periodic(Sync(which)),
            "offer": lambda: offer_ran_out(self),
            "copy": lambda: claim_role(self),
            "queue": lambda: queue_due(self),
            "retry": lambda: self.want_sync(Sync.DATA) if which else self._retry(late=self.now - due),
            "trust": lambda: self.links.trust(Rank(which)),
        }
        actions[kind]()

    def _silence(self, *, late: float) -> None:
        if late > STALLED:
            self._primary_heard_at = self.now
            self._await_silence()
            return
        deferring = self.peer is not None and self.settings.mode is Mode.SECONDARY and not self.peer_leads()
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
            fallback.link_lost(self, rank)
        if not any(self.links.states.values()):
            self.peer = None

    def _peer_silent(self) -> None:
        self.peer = None
        if self._rival:
            self._rival = False
            self.announce_all()
        self.emit(do.Log("ha: SLAVE heartbeat disappeared"), do.Alert("ha: SLAVE heartbeat disappeared"))

    def _periodic(self, what: Sync) -> None:
        self.timer(f"sync:{what.value}", PERIOD[what])
        self.want_sync(what)

    def _stranger(self, event: on.StrangerRefused) -> None:
        """Report a stranger, unless one of the kind was reported a moment ago. Source: HA-455."""
        line = self._strangers.refused(event, self.now)
        if line:
            self.emit(do.Log(line))
