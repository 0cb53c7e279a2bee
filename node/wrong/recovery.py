"""Units that are wrong about a fault of their own: when they leave the role, what they do meanwhile, where they end."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine.engine import Engine
from node.engine.events import CheckDone, Event, Started
from node.engine.modes import Effective, OnFailure
from node.engine.states import Phase, Trigger
from node.wrong.base import Rewriting


class LooksAway(Engine):
    """Does nothing about a monitored interface that is down."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Drop what monitoring finds."""
        return [] if isinstance(event, CheckDone) else super().handle(event, now)


class FailsWhereItShouldBeOff(Engine):
    """Is failed after a fault of its own although on-failure is off."""

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Put one for the other."""
        super().move(Trigger.FAULT if trigger is Trigger.FAULT_OFF else trigger, reason)


class IsOffWhereItShouldFail(Engine):
    """Is off after a fault of its own, whatever on-failure says."""

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Put one for the other."""
        super().move(Trigger.FAULT_OFF if trigger is Trigger.FAULT else trigger, reason)


class FailsForEver(Engine):
    """Does not notice that its fault is over."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Drop good news."""
        return [] if isinstance(event, CheckDone) and event.ok else super().handle(event, now)


class FailsWithItsAddress(Rewriting):
    """Keeps the virtual address when it finds itself faulty."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Release nothing on the way into `failed`."""
        return [] if isinstance(effect, do.ReleaseAddress) and self.phase is Phase.FAILED else [effect]


class FailsWithItsMail(Rewriting):
    """Goes on processing mail when it finds itself faulty."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Stop nothing on the way into `failed` or `off`."""
        stopped = {Phase.FAILED, Phase.SWITCHED_OFF}
        return [] if isinstance(effect, do.StopMail) and self.phase in stopped else [effect]


class AnswersWhileItFails(Engine):
    """Goes on sending heartbeats as a primary when it has failed, so that nobody takes over."""

    def _fall_silent(self) -> None:
        if self.phase is not Phase.FAILED:
            super()._fall_silent()

    def _heartbeat(self) -> None:
        phase, self.phase = self.phase, Phase.PRIMARY if self.phase is Phase.FAILED else self.phase
        super()._heartbeat()
        self.phase = phase


class FailsAsSecondary(Engine):
    """Lets a fault of its own end its secondary role, too."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Take every bad check for the end."""
        effects = super().handle(event, now)
        if isinstance(event, CheckDone) and not event.ok and self.phase is Phase.SECONDARY:
            effects += self._fail()
        return effects

    def _fail(self) -> list[do.Effect]:
        self._out = []
        self._leave(self.phase, Phase.FAILED)
        self.phase = Phase.FAILED
        self.emit(do.RoleChanged(Effective.SECONDARY, self.effective, "fault"))
        self._arrive(Phase.SECONDARY)
        return self._out


class GoesByThePeersWord(Engine):
    """After a fault found by monitoring does as become-secondary says, whatever is set."""

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Forget the role on being cured."""
        if trigger is Trigger.CURED:
            self.settings = dataclasses.replace(self.settings, on_failure=OnFailure.BECOME_SECONDARY)
        super().move(trigger, reason)


class LeadsAsSoonAsItIsCured(Engine):
    """Leads again when its fault is over, whatever on-failure says and whoever leads meanwhile."""

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Go on from joining to primary without looking around."""
        super().move(trigger, reason)
        if trigger is Trigger.CURED:
            super().move(Trigger.ALONE)


class WaitsForAPeerForEver(Engine):
    """Cured, it never leads without hearing another unit."""

    def _alone(self) -> None:
        if not self._failed:
            super()._alone()


class SwitchesEveryFailureOff(Engine):
    """With on-failure off, stays off after any power loss, also one that it suffered as a secondary."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Take every role for the primary's."""
        if isinstance(event, Started) and event.memory.effective is Effective.SECONDARY:
            event = dataclasses.replace(event, memory=dataclasses.replace(event.memory, effective=Effective.PRIMARY))
        return super().handle(event, now)


class ReplacesAnybody(Engine):
    """Is off after its failure, but comes back by itself after a while."""

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Set a timer that no settings ask for."""
        super().move(trigger, reason)
        if self.phase is Phase.SWITCHED_OFF and trigger in {Trigger.LATCH, Trigger.FAULT_OFF}:
            self.timer("join", 1.0)

    def _alone(self) -> None:
        if self.phase is Phase.SWITCHED_OFF:
            self.enter_group(was=Effective.SECONDARY)
            return
        super()._alone()


class GivesNoReason(Rewriting):
    """Reports that it has given its role back, but not why."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Shorten the text."""
        if isinstance(effect, do.Alert) and effect.new is Effective.SECONDARY:
            return [dataclasses.replace(effect, event=effect.event.partition(" (")[0])]
        return [effect]


UNITS: dict[str, type[Engine]] = {
    "looks-away": LooksAway,
    "fails-where-it-should-be-off": FailsWhereItShouldBeOff,
    "is-off-where-it-should-fail": IsOffWhereItShouldFail,
    "fails-for-ever": FailsForEver,
    "fails-with-its-address": FailsWithItsAddress,
    "fails-with-its-mail": FailsWithItsMail,
    "answers-while-it-fails": AnswersWhileItFails,
    "fails-as-secondary": FailsAsSecondary,
    "goes-by-become-secondary": GoesByThePeersWord,
    "leads-as-soon-as-it-is-cured": LeadsAsSoonAsItIsCured,
    "waits-for-a-peer-for-ever": WaitsForAPeerForEver,
    "switches-every-failure-off": SwitchesEveryFailureOff,
    "comes-back-from-off-by-itself": ReplacesAnybody,
    "gives-no-reason": GivesNoReason,
}
