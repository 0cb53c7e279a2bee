"""Wrong units that still override private methods of the old engine; they go with it, and become decisions of the new.

Nothing is to be added here.
"""

from __future__ import annotations

import dataclasses

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank, Sync
from node.engine.states import Phase, Trigger
from wrong.common import sending_no
from wrong.record import Override, WrongUnit
from wrong.units.shared_addresses import lax


class _TakesOverEarly(Engine):
    def patience(self) -> float:
        """Bear a second less."""
        return super().patience() - 1.0


class _TakesOverLate(Engine):
    def patience(self) -> float:
        """Bear a second more."""
        return super().patience() + 1.0


class _IgnoresItsThreshold(Engine):
    def patience(self) -> float:
        """Bear the default."""
        return 15.0


class _BeatsSlowly(Engine):
    def heartbeat_period(self) -> float:
        """Twice the documented period."""
        return 2.0


class _BeatsByThreshold(Engine):
    def heartbeat_period(self) -> float:
        """Divide the threshold by three."""
        return self.settings.lost_threshold / 3


class _PrimaryGivesUpAlone(Engine):
    def _peer_silent(self) -> None:
        super()._peer_silent()
        self.move(Trigger.YIELD)


class _ArbitratesByItself(Engine):
    def _heard_heartbeat(self, rank: Rank, beat: say.Heartbeat) -> None:
        super()._heard_heartbeat(rank, beat)
        if self.phase is Phase.PRIMARY and self.effective is beat.effective:
            self.move(Trigger.YIELD)


class _NeverResumes(Engine):
    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Do not resume."""
        if trigger is not Trigger.RESUME:
            super().move(trigger, reason)


class _FailsOverBySilence(Engine):
    def give_role(self, trigger: Trigger, reason: str) -> None:
        """Leave the role; say nothing."""
        self.move(trigger, reason)

    def _heard_heartbeat(self, rank: Rank, beat: say.Heartbeat) -> None:
        self.asking = ""
        super()._heard_heartbeat(rank, beat)


class _AsksForTheRoleAtOnce(Engine):
    def _heard_heartbeat(self, rank: Rank, beat: say.Heartbeat) -> None:
        super()._heard_heartbeat(rank, beat)
        if self.phase is Phase.SECONDARY and self.settings.mode is Mode.PRIMARY and not self.asking:
            self.asking = "impatience"


class _GivesTheRoleBeforeCopying(Engine):
    def send(self, message: say.Message) -> None:
        """Give instead of offering."""
        if isinstance(message, say.OfferRole):
            self.give_role(Trigger.YIELD, message.reason)
        else:
            super().send(message)


class _YieldsToAnOlderPrimary(Engine):
    def _watch_peer(self, before: say.Heartbeat | None, beat: say.Heartbeat) -> None:
        super()._watch_peer(before, beat)
        if beat.effective is Effective.PRIMARY and self.settings.mode is Mode.PRIMARY:
            self.move(Trigger.ASKED, "an older primary")


class _RefusesNothing(Engine):
    def refuses(self, command: Command) -> str:
        """Refuse nothing."""
        del command
        return ""

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Leave the role though nobody can take it."""
        alone = self.peer is None and self.phase is Phase.PRIMARY
        if isinstance(event, on.Ordered) and event.command is Command.FAILOVER and alone:
            self.now, self._out = now, []
            self.give_role(Trigger.YIELD, "user requested")
            return self._out
        return super().handle(event, now)


class _AddsSilencesUp(Engine):
    def __init__(self) -> None:
        """Start with none missed."""
        super().__init__()
        self._missed = 0.0

    def patience(self) -> float:
        """Bear less with every second that was silent."""
        return max(0.1, super().patience() - self._missed)

    def _heard_while_following(self, beat: say.Heartbeat) -> None:
        if self.phase is Phase.SECONDARY:
            gap = self.now - self._primary_heard_at
            self._missed += max(0.0, gap - 1.2)
        super()._heard_while_following(beat)


class _CountsHeartbeatsBySecond(Engine):
    def _heard_while_following(self, beat: say.Heartbeat) -> None:
        if self.now - self._primary_heard_at <= 1.5 or self.phase is not Phase.SECONDARY:  # noqa: PLR2004 - as it says
            super()._heard_while_following(beat)


class _BlamesItsPeerForItsOwnStall(Engine):
    def _silence(self, *, late: float) -> None:
        del late
        super()._silence(late=0.0)


class _KeepsTheOldDetectionTime(Engine):
    def _shift_silence(self, by: float) -> None:
        del by


class _GivesUpWithADeadNotice(Engine):
    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Yield the role in answer to a lost notice."""
        done = super().handle(event, now)
        if isinstance(event, on.NoticeLost):
            self._out = done
            self.give_role(Trigger.YIELD, "secondary lost")
        return done


class _ForgetsWhatWasRunning(Engine):
    def start_sync(self) -> None:
        """Let what a lost link has interrupted rest."""
        living = {rank for rank, alive in self.links.states.items() if alive}
        if self.links.for_sync() is self.syncs.rank or self.syncs.rank is None or self.syncs.rank in living:
            super().start_sync()


class _LosesHeartInSyncs(Engine):
    def _heard_while_following(self, beat: say.Heartbeat) -> None:
        if self.syncs.running is None or self.phase is not Phase.SECONDARY:
            super()._heard_while_following(beat)


class _LeadsAfterARestart(Engine):
    returned = False

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Note whether this unit was a secondary before."""
        if isinstance(event, on.Started):
            self.returned = event.memory.effective is Effective.SECONDARY
        return super().handle(event, now)

    def _join(self, beat: say.Heartbeat) -> None:
        if self.returned and beat.effective is not Effective.PRIMARY:
            self.move(Trigger.CLAIM)
        else:
            super()._join(beat)


class _TakesOverAfterEachHoldOff(Engine):
    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Take what ends hold-off for a failure of the primary."""
        resumes = trigger is Trigger.RESUME and self.phase is Phase.HOLD_OFF
        super().move(Trigger.HOLD_OFF_OVER if resumes else trigger, reason)


class _BelievesOldCommands(Engine):
    def _has_just_woken(self) -> bool:
        return False


class _HoldsOffTwice(Engine):
    def _heard_hold_off(self, message: say.HoldOff) -> None:
        if self.phase is Phase.SECONDARY:
            self._held_off_by = 0
        super()._heard_hold_off(message)


class _StaysInTheGroup(Engine):
    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Stay."""
        if trigger is not Trigger.LEAVE:
            super().move(trigger, reason)


class _LeadsUnsynchronized(Engine):
    def _hears_primary(self) -> bool:
        return False


class _FollowsUnsynchronized(Engine):
    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Take failure for success."""
        super().move(Trigger.SYNC_OK if trigger is Trigger.SYNC_BAD else trigger, reason)


class _WaitsUnsynchronized(Engine):
    def _hears_primary(self) -> bool:
        return True


class _ForgetsThatItIsPrimary(Engine):
    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Drop the claim."""
        if trigger is Trigger.PEER_IS_PRIMARY:
            self.claim = None
        super().move(trigger, reason)


class _SharesTheWrongWay(Engine):
    def may_copy(self) -> bool:
        """Copy as the primary."""
        if self.phase is not Phase.CONFIG_ONLY:
            return super().may_copy()
        return self.settings.mode is Mode.CONFIG_PRIMARY and self.peer is not None

    def withholds(self, what: Sync) -> str:
        """Serve as the secondary."""
        if self.phase is not Phase.CONFIG_ONLY:
            return super().withholds(what)
        return "" if self.settings.mode is Mode.CONFIG_SECONDARY else "this unit is not a config-secondary"


class _SharesAmongSecondaries(Engine):
    def may_copy(self) -> bool:
        """Take any peer for a source."""
        if self.phase is not Phase.CONFIG_ONLY:
            return super().may_copy()
        return self.settings.mode is Mode.CONFIG_SECONDARY and self.peer is not None

    def withholds(self, what: Sync) -> str:
        """Serve in every mode."""
        return "" if self.phase is Phase.CONFIG_ONLY and what is Sync.CONFIG else super().withholds(what)


class _FailsWhereItShouldBeOff(Engine):
    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Put one for the other."""
        super().move(Trigger.FAULT if trigger is Trigger.FAULT_OFF else trigger, reason)


class _IsOffWhereItShouldFail(Engine):
    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Put one for the other."""
        super().move(Trigger.FAULT_OFF if trigger is Trigger.FAULT else trigger, reason)


class _AnswersWhileItFails(Engine):
    def _fall_silent(self) -> None:
        if self.phase is not Phase.FAILED:
            super()._fall_silent()

    def _heartbeat(self) -> None:
        phase, self.phase = self.phase, Phase.PRIMARY if self.phase is Phase.FAILED else self.phase
        super()._heartbeat()
        self.phase = phase


class _FailsAsSecondary(Engine):
    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Take every bad check for the end."""
        effects = super().handle(event, now)
        if isinstance(event, on.CheckDone) and not event.ok and self.phase is Phase.SECONDARY:
            effects += self._fail()
        return effects

    def _fail(self) -> list[do.Effect]:
        self._out = []
        self._leave(self.phase, Phase.FAILED)
        self.phase = Phase.FAILED
        self.emit(do.RoleChanged(Effective.SECONDARY, self.effective, "fault"))
        self._arrive(Phase.SECONDARY)
        return self._out


class _GoesByBecomeSecondary(Engine):
    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Forget the role on being cured."""
        if trigger is Trigger.CURED:
            self.settings = dataclasses.replace(self.settings, on_failure=OnFailure.BECOME_SECONDARY)
        super().move(trigger, reason)


UNITS = (
    WrongUnit(
        "takes-over-early",
        ("HA-103",),
        "Loses patience a second before the threshold.",
        (Override(_TakesOverEarly),),
    ),
    WrongUnit(
        "takes-over-late",
        ("HA-103",),
        "Waits a second more than the threshold.",
        (Override(_TakesOverLate),),
    ),
    WrongUnit(
        "ignores-its-threshold",
        ("HA-104", "HA-108"),
        "Always uses the default of 15 seconds.",
        (Override(_IgnoresItsThreshold),),
    ),
    WrongUnit(
        "beats-slowly",
        ("HA-052",),
        "Sends a heartbeat every two seconds.",
        (Override(_BeatsSlowly),),
    ),
    WrongUnit(
        "beats-by-threshold",
        ("HA-052",),
        "Sends three heartbeats in each threshold.",
        (Override(_BeatsByThreshold),),
    ),
    WrongUnit(
        "primary-gives-up-alone",
        ("HA-116", "HA-117"),
        "Leaves the primary role when its secondary disappears.",
        (Override(_PrimaryGivesUpAlone),),
    ),
    WrongUnit(
        "arbitrates-by-itself",
        ("HA-703",),
        "Ends a split brain unasked: whoever hears a second primary gives up.",
        (Override(_ArbitratesByItself),),
    ),
    WrongUnit(
        "never-resumes",
        ("HA-524",),
        "Never leaves hold-off before its time: neither sends nor follows Resume.",
        (Override(_NeverResumes), sending_no(say.Resume)),
    ),
    WrongUnit(
        "fails-over-by-silence",
        ("HA-580",),
        "Carries a forced failover out by leaving the role without a word, so that the peer waits for the threshold.",
        (Override(_FailsOverBySilence),),
    ),
    WrongUnit(
        "asks-for-the-role-at-once",
        ("HA-331",),
        "As a configured primary that follows, asks for the role whenever it hears a primary.",
        (Override(_AsksForTheRoleAtOnce),),
    ),
    WrongUnit(
        "gives-the-role-before-copying",
        ("HA-574", "HA-704"),
        "On a restore gives its role at once, so that what was saved last is not copied.",
        (Override(_GivesTheRoleBeforeCopying),),
    ),
    WrongUnit(
        "yields-to-an-older-primary",
        ("HA-703",),
        "Gives its role up unasked when a primary that was silent is heard again, unless its links were cut.",
        (Override(_YieldsToAnOlderPrimary),),
    ),
    WrongUnit(
        "refuses-nothing",
        ("HA-578",),
        "Carries out every order, also one that leaves the group without a primary.",
        (Override(_RefusesNothing), lax(r"diagnose system ha (failover|restore|sync|restart)$")),
    ),
    WrongUnit(
        "adds-silences-up",
        ("HA-102",),
        "Counts missed heartbeats and never forgets one.",
        (Override(_AddsSilencesUp),),
    ),
    WrongUnit(
        "counts-heartbeats-by-second",
        ("HA-103",),
        "Takes a heartbeat that comes more than half a second late for none.",
        (Override(_CountsHeartbeatsBySecond),),
    ),
    WrongUnit(
        "blames-its-peer-for-its-own-stall",
        ("HA-101",),
        "Does not notice that it was itself that stood still.",
        (Override(_BlamesItsPeerForItsOwnStall),),
    ),
    WrongUnit(
        "keeps-the-old-detection-time",
        ("HA-104",),
        "Measures a silence that has begun by the detection time that held when it began.",
        (Override(_KeepsTheOldDetectionTime),),
    ),
    WrongUnit(
        "gives-up-with-a-dead-notice",
        ("HA-116",),
        "As a primary gives up when its secondary cannot be told of a synchronization.",
        (Override(_GivesUpWithADeadNotice),),
    ),
    WrongUnit(
        "forgets-what-was-running",
        ("HA-061",),
        "Does not begin anew what ran over a link when that was lost.",
        (Override(_ForgetsWhatWasRunning),),
    ),
    WrongUnit(
        "loses-heart-in-syncs",
        ("HA-101",),
        "Hears no heartbeat while a synchronization runs.",
        (Override(_LosesHeartInSyncs),),
    ),
    WrongUnit(
        "leads-after-a-restart",
        ("HA-528",),
        "A secondary that was restarted claims the role from a peer that does not lead yet.",
        (Override(_LeadsAfterARestart),),
    ),
    WrongUnit(
        "takes-over-after-each-hold-off",
        ("HA-524",),
        "Takes the role as soon as it has held off, for its primary was away.",
        (Override(_TakesOverAfterEachHoldOff),),
    ),
    WrongUnit(
        "believes-old-commands",
        ("HA-580",),
        "Follows a command that reached it while it stood still, however old that is.",
        (Override(_BelievesOldCommands),),
    ),
    WrongUnit(
        "holds-off-twice",
        ("HA-524",),
        "Follows a hold-off command again that comes late over the slower link.",
        (Override(_HoldsOffTwice),),
    ),
    WrongUnit(
        "stays-in-the-group",
        ("HA-003",),
        "Does not leave the group when its mode is set to off.",
        (Override(_StaysInTheGroup),),
    ),
    WrongUnit(
        "leads-unsynchronized",
        ("HA-015",),
        "As a starting secondary, leads when its second synchronization fails, though it hears its primary.",
        (Override(_LeadsUnsynchronized),),
    ),
    WrongUnit(
        "follows-unsynchronized",
        ("HA-015",),
        "As a starting secondary, follows although its first synchronization has failed.",
        (Override(_FollowsUnsynchronized),),
    ),
    WrongUnit(
        "waits-unsynchronized",
        ("HA-016",),
        "As a starting secondary that cannot synchronize, waits for the detection time although its primary is gone.",
        (Override(_WaitsUnsynchronized),),
    ),
    WrongUnit(
        "forgets-that-it-is-primary",
        ("HA-321",),
        "Enters a group that has a primary as its secondary, though it is configured as primary.",
        (Override(_ForgetsThatItIsPrimary),),
    ),
    WrongUnit(
        "shares-the-wrong-way",
        ("HA-006",),
        "Copies the configuration of a config-only group's secondary to its primary.",
        (Override(_SharesTheWrongWay),),
    ),
    WrongUnit(
        "shares-among-secondaries",
        ("HA-077",),
        "Copies the configuration from any unit of a config-only group, also from one secondary to another.",
        (Override(_SharesAmongSecondaries),),
    ),
    WrongUnit(
        "fails-where-it-should-be-off",
        ("HA-310",),
        "Is failed after a fault of its own although on-failure is off.",
        (Override(_FailsWhereItShouldBeOff),),
    ),
    WrongUnit(
        "is-off-where-it-should-fail",
        ("HA-320", "HA-330"),
        "Is off after a fault of its own, whatever on-failure says.",
        (Override(_IsOffWhereItShouldFail),),
    ),
    WrongUnit(
        "answers-while-it-fails",
        ("HA-017", "HA-167"),
        "Goes on sending heartbeats as a primary when it has failed, so that nobody takes over.",
        (Override(_AnswersWhileItFails),),
    ),
    WrongUnit(
        "fails-as-secondary",
        ("HA-170",),
        "Lets a fault of its own end its secondary role, too.",
        (Override(_FailsAsSecondary),),
    ),
    WrongUnit(
        "goes-by-become-secondary",
        ("HA-320",),
        "After a fault found by monitoring does as become-secondary says, whatever is set.",
        (Override(_GoesByBecomeSecondary),),
    ),
)
