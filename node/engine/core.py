"""What an HA engine does in each phase; `hearing` adds the peer, and `engine` every other event."""

from __future__ import annotations

from node.engine import bridging, config_only
from node.engine import effects as do
from node.engine import messages as say
from node.engine.figures import (
    DISCOVERY,
    HOLD_OFF_LIMIT,
)
from node.engine.hand_over import start_queue
from node.engine.links import LinkWatch
from node.engine.modes import Bridging, Command, Effective, Mode, Rank, Sync
from node.engine.orders import refusal
from node.engine.states import TABLE, Phase, Trigger
from node.engine.syncs import PERIOD
from node.engine.tools import Tools


class Core(Tools):
    """One unit's engine as it moves from phase to phase."""

    def refuses(self, command: Command) -> str:
        """Why a command would not be carried out now; '' when it would."""
        return refusal(self, command)

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

    def restart(self, command: Command) -> None:
        """Tell the body to go down now, with the intention remembered."""
        self.remember(planned=command.value, clean=True)
        self.emit(do.Restart(command))

    def give_role(self, trigger: Trigger, reason: str) -> None:
        """Leave the primary role, then tell the peer to take it."""
        self.giving = reason
        self.move(trigger, reason)
        self.send(say.GiveRole(reason))
