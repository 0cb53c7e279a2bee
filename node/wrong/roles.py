"""Units that are wrong about recovery, restarts and an operator's commands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.events import Event, Ordered, Started
from node.engine.modes import Command, Effective, Mode, OnFailure, Rank
from node.engine.settings import HaSettings
from node.engine.states import Phase, Trigger
from node.engine.status import Status
from node.wrong.base import Misreading, Rewriting


class _OnFailure(Misreading):
    taken_for = OnFailure.OFF

    def misread(self, settings: HaSettings) -> HaSettings:
        """Put one word in place of whatever is set."""
        return dataclasses.replace(settings, on_failure=self.taken_for)


class AlwaysOff(_OnFailure):
    """Takes every on-failure for `off`."""


class AlwaysRestoresRole(_OnFailure):
    """Takes every on-failure for `restore-role`: gives the role back unasked."""

    taken_for = OnFailure.RESTORE_ROLE


class AlwaysBecomesSecondary(_OnFailure):
    """Takes every on-failure for `become-secondary`."""

    taken_for = OnFailure.BECOME_SECONDARY


class ForgetsThatItWasOff(Engine):
    """Is off after its failure, but forgets that over the next restart."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Start with the latch open."""
        if isinstance(event, Started) and event.memory.latched_off:
            event = dataclasses.replace(
                event, memory=dataclasses.replace(event.memory, latched_off=False, effective=Effective.SECONDARY)
            )
        return super().handle(event, now)


class HidesItsPowerLoss(Rewriting):
    """Does not report that it had been shut down."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop that alert."""
        return [] if isinstance(effect, do.Alert) and "shutdown" in effect.event else [effect]


class _Without(Rewriting):
    message: type = say.HoldOff

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Do not send one kind of message."""
        return [] if isinstance(effect, do.Send) and isinstance(effect.message, self.message) else [effect]


class SendsNoHoldOff(_Without):
    """Reboots without telling its secondary."""


class NeverResumes(Rewriting):
    """Never leaves hold-off before its time: neither sends nor follows Resume."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Do not send it."""
        return [] if isinstance(effect, do.Send) and isinstance(effect.message, say.Resume) else [effect]

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Do not follow it."""
        if trigger is not Trigger.RESUME:
            super().move(trigger, reason)


class IgnoresHoldOff(Engine):
    """Goes on watching its primary in spite of hold-off."""

    def _heard_hold_off(self, message: say.HoldOff) -> None:
        del message


class BreaksHoldOff(Engine):
    """Holds off for five seconds only."""

    def timer(self, name: str, after: float) -> None:
        """Shorten that timer."""
        super().timer(name, 5.0 if name == "hold-off" else after)


class _Deaf(Engine):
    command = Command.RESTORE

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Do nothing on one command."""
        if isinstance(event, Ordered) and event.command is self.command:
            return []
        return super().handle(event, now)


class IgnoresRestore(_Deaf):
    """Does nothing when an operator restores the configured mode."""


class IgnoresFailover(_Deaf):
    """Does nothing when an operator forces a failover."""

    command = Command.FAILOVER


class FailsOverBySilence(Engine):
    """Carries a forced failover out by leaving the role without a word, so that the peer waits for the threshold."""

    def give_role(self, trigger: Trigger, reason: str) -> None:
        """Leave the role; say nothing."""
        self.move(trigger, reason)

    def _heard_heartbeat(self, rank: Rank, beat: say.Heartbeat) -> None:
        self.asking = ""
        super()._heard_heartbeat(rank, beat)


class RewritesItsMode(Engine):
    """Shows the effective mode as the configured one."""

    def status(self) -> Status:
        """Confuse the two."""
        status = super().status()
        modes = {Effective.PRIMARY: Mode.PRIMARY, Effective.SECONDARY: Mode.SECONDARY}
        return dataclasses.replace(status, configured=modes.get(status.effective, status.configured))


class BoastsOfItsRole(Engine):
    """Shows effective primary whatever it does."""

    def status(self) -> Status:
        """Boast."""
        return dataclasses.replace(super().status(), effective=Effective.PRIMARY)


class AsksForTheRoleAtOnce(Engine):
    """As a configured primary that follows, asks for the role whenever it hears a primary."""

    def _heard_heartbeat(self, rank: Rank, beat: say.Heartbeat) -> None:
        super()._heard_heartbeat(rank, beat)
        if self.phase is Phase.SECONDARY and self.settings.mode is Mode.PRIMARY and not self.asking:
            self.asking = "impatience"


UNITS: dict[str, type[Engine]] = {
    "always-off": AlwaysOff,
    "always-restores-role": AlwaysRestoresRole,
    "always-becomes-secondary": AlwaysBecomesSecondary,
    "forgets-that-it-was-off": ForgetsThatItWasOff,
    "hides-its-power-loss": HidesItsPowerLoss,
    "sends-no-hold-off": SendsNoHoldOff,
    "never-resumes": NeverResumes,
    "ignores-hold-off": IgnoresHoldOff,
    "breaks-hold-off": BreaksHoldOff,
    "ignores-restore": IgnoresRestore,
    "ignores-failover": IgnoresFailover,
    "fails-over-by-silence": FailsOverBySilence,
    "rewrites-its-mode": RewritesItsMode,
    "boasts-of-its-role": BoastsOfItsRole,
    "asks-for-the-role-at-once": AsksForTheRoleAtOnce,
}
