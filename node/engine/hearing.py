"""What a unit makes of what it hears from its peer: heartbeats and commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from node.engine import config_only
from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.core import Core
from node.engine.figures import (
    DISCOVERY,
    HEARTBEAT_PERIOD,
    HOLD_OFF_LIMIT,
    REPEATED,
)
from node.engine.hand_over import heard_offer, start_queue
from node.engine.joining import Candidate, decide
from node.engine.modes import Effective, Mode, Rank
from node.engine.orders import go_down
from node.engine.states import Phase, Trigger


class Hearing(Core):
    """The part of an engine that listens to the peer."""

    _REACTIONS: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        say.HoldOff: lambda self, event: self._heard_hold_off(event),
        say.HoldOffHeard: lambda self, _: self._go_down(),
        say.Resume: lambda self, event: self._heard_resume(event),
        say.AskRole: lambda self, event: self._heard_ask(event),
        say.OfferRole: heard_offer,
        say.GiveRole: lambda self, event: self._heard_give(event),
        say.SyncNow: lambda self, event: self._heard_sync_now(event),
    }
    """What is done on each kind of message but the heartbeat."""

    def _heard(self, event: on.Heard) -> None:
        if not self.phase.in_group:
            return
        if isinstance(event.message, say.Heartbeat):
            self._heard_heartbeat(event.rank, event.message)
            return
        self._REACTIONS[type(event.message)](self, event.message)

    def _heard_heartbeat(self, rank: Rank, beat: say.Heartbeat) -> None:
        if beat.mode.config_only is not self.settings.mode.config_only:
            return  # a unit of another kind of group; an operator is about to change one of the two modes
        before, self.peer = self.peer, beat
        if self.links.heard(rank):
            self.emit(do.Log(self.links.summary()))
        self.timer(f"link:{rank.value}", self.settings.lost_threshold)
        newly = before is None or before.boot != beat.boot
        if self.phase is Phase.PRIMARY:
            self._watch_peer(before, beat)
        elif self.phase is Phase.CONFIG_ONLY:
            config_only.heard(self, before, beat)
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
        unknown = before is None or before.boot != beat.boot  # unheard, it may have led
        if unknown or (was_leading and beat.effective is not Effective.PRIMARY):
            # Whoever asked meanwhile may still look for the address at the peer. Source: HA-163, HA-704
            self.announce_all()
        self._rival = beat.effective is Effective.PRIMARY
        if beat.effective is Effective.HOLD_OFF and self.restarting is None:
            self.send(say.Resume(self.memory.boot))

    def _join(self, beat: say.Heartbeat) -> None:
        me = self._candidate()
        decision = decide(me, beat)
        if decision is None:
            return
        claims = decision is Trigger.PEER_IS_PRIMARY and me.wants_role()
        reason = "user requested" if self._restored else "recovery after a restart"
        self.claim = reason if claims else None
        if claims:
            self.remember(reclaiming=True)
        self.move(decision)

    def _candidate(self) -> Candidate:
        settings = self.settings
        return Candidate(
            settings.mode,
            self._was,
            settings.on_failure,
            restored=self._restored,
            reclaiming=self.memory.reclaiming,
            failed=self._failed,
        )

    def _alone(self) -> None:
        """Lead alone; a unit that is not to lead waits while a peer in the group lives, which will take over itself.

        Source: HA-024, HA-067, HA-330.
        """
        peer, me = self.peer, self._candidate()
        if peer is not None and not peer.joining and (me.mode is Mode.SECONDARY or me.leaves_role()):
            self.timer("join", DISCOVERY)
            return
        self.move(Trigger.ALONE)

    def _heard_while_following(self, beat: say.Heartbeat) -> None:
        if beat.effective is Effective.PRIMARY:
            self._primary_heard_at = self.now
            self.giving = ""
            self._await_silence()
            self.start_sync()
            start_queue(self)
        elif self.asking and beat.effective is Effective.SECONDARY:
            self.move(Trigger.GIVEN, self.asking)

    def _heard_hold_off(self, message: say.HoldOff) -> None:
        if self.phase is Phase.SECONDARY and message.boot == self._held_off_by:
            return  # it came over the slower link: that restart is over
        if self.phase is Phase.SECONDARY:
            self.move(Trigger.HOLD_OFF)
        elif self.phase is Phase.HOLD_OFF and message.boot > self._held_off_by:
            # The primary was back and restarts again before this unit has resumed: a hold-off of its own.
            self.timer("hold-off", HOLD_OFF_LIMIT)
        if self.phase is Phase.HOLD_OFF:
            self._held_off_by = message.boot
            self.send(say.HoldOffHeard(message.boot))

    def _heard_resume(self, message: say.Resume) -> None:
        # What the primary said before it restarted again may arrive late, on the slower link.
        if message.boot != self._held_off_by:
            self.move(Trigger.RESUME)

    def _go_down(self) -> None:
        command = self.restarting
        if command is None:
            return
        self.stop("hold-off-answer")
        go_down(self, command)

    def _heard_ask(self, message: say.AskRole) -> None:
        if self._has_just_woken():
            return
        if self.phase is Phase.PRIMARY:
            self.give_role(Trigger.ASKED, message.reason)
        elif self.phase is Phase.SECONDARY and not self.peer_leads():
            self.send(say.GiveRole(message.reason))

    def _heard_give(self, message: say.GiveRole) -> None:
        if self.phase is Phase.PRIMARY:
            if self.now - self._given_at > REPEATED:
                self.emit(do.Log(f"ha: SLAVE asks us to return to MASTER ({message.reason})"))
            self._given_at = self.now
            return
        if self._has_just_woken():
            return
        self._given_at = self.now
        self.move(Trigger.GIVEN, message.reason)

    def _has_just_woken(self) -> bool:
        """Whether this unit stood still until a moment ago: what it hears now may be old, and the peer repeats it."""
        return self.now - self._woke < HEARTBEAT_PERIOD

    def _heard_sync_now(self, message: say.SyncNow) -> None:
        if self.may_copy() or self.phase.follows:
            self.want_sync(*message.what)
