"""Units that are wrong about hold-off: when it is sent, how long it lasts, and what they do meanwhile."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.events import Event, Ordered
from node.engine.modes import Command, Effective
from node.engine.states import Phase, Trigger
from node.engine.status import Status
from node.wrong.base import Rewriting, SayingNothing


class HoldsOffForAShutdown(Engine):
    """Sends hold-off before a shutdown too."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Send it, then shut down."""
        effects = super().handle(event, now)
        if isinstance(event, Ordered) and event.command is Command.SHUTDOWN:
            hold_off = say.HoldOff(self.memory.boot, event.command.value)
            return [*(do.Send(rank, hold_off) for rank in self.links.ranks), *effects]
        return effects


class _NoHoldOffFor(Rewriting):
    command = Command.RELOAD

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Leave hold-off out before one kind of restart."""
        silent = isinstance(effect, do.Send) and isinstance(effect.message, say.HoldOff)
        return [] if silent and self.restarting is self.command else [effect]


class SendsNoHoldOffForAReload(_NoHoldOffFor):
    """Reloads without telling its secondary."""


class SendsNoHoldOffForAnUpgrade(_NoHoldOffFor):
    """Restarts into another release without telling its secondary."""

    command = Command.UPGRADE


class OnlyThePrimaryHoldsOff(Engine):
    """A configured primary that follows does not hold off for the secondary that leads."""

    def _heard_hold_off(self, message: say.HoldOff) -> None:
        if self.settings.mode.value != "primary":
            super()._heard_hold_off(message)


class _HoldsOffFor(Engine):
    seconds = 300.0

    def timer(self, name: str, after: float) -> None:
        """Change that timer."""
        super().timer(name, self.seconds if name == "hold-off" else after)


class HoldsOffForFiveMinutes(_HoldsOffFor):
    """Holds off for five minutes, as a sister product does."""


class NeverTiresOfHoldOff(_HoldsOffFor):
    """Holds off for a day."""

    seconds = 86400.0


class WatchesInHoldOff(Engine):
    """Becomes hold-off, but goes on watching its primary's heartbeat."""

    def _heard_hold_off(self, message: say.HoldOff) -> None:
        super()._heard_hold_off(message)
        if self.phase is Phase.HOLD_OFF:
            self.timer("hold-off", self.patience())


class ForgetsToWatchAfterHoldOff(Engine):
    """Does not watch the heartbeat again once it has held off."""

    deaf = False

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Note that hold-off is over."""
        self.deaf = self.deaf or trigger is Trigger.RESUME
        if not (self.deaf and trigger is Trigger.SILENCE):
            super().move(trigger, reason)


class TakesOverAfterEachHoldOff(Engine):
    """Takes the role as soon as it has held off, for its primary was away."""

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Take what ends hold-off for a failure of the primary."""
        resumes = trigger is Trigger.RESUME and self.phase is Phase.HOLD_OFF
        super().move(Trigger.HOLD_OFF_OVER if resumes else trigger, reason)


class ShowsSecondaryInHoldOff(Engine):
    """Shows its operator secondary while it holds off."""

    def status(self) -> Status:
        """Hide hold-off."""
        status = super().status()
        hidden = status.effective is Effective.HOLD_OFF
        return dataclasses.replace(status, effective=Effective.SECONDARY) if hidden else status


class EntersHoldOffInSilence(SayingNothing):
    """Sends no alert on entering hold-off."""

    old, new = Effective.SECONDARY, Effective.HOLD_OFF


class LeavesHoldOffInSilence(SayingNothing):
    """Sends no alert on leaving hold-off."""

    old, new = Effective.HOLD_OFF, Effective.SECONDARY


class InsistsOnAnAnswer(Engine):
    """Goes down only when its secondary has confirmed the hold-off, or after a minute."""

    def timer(self, name: str, after: float) -> None:
        """Wait longer."""
        super().timer(name, 60.0 if name == "hold-off-answer" else after)


UNITS: dict[str, type[Engine]] = {
    "holds-off-for-a-shutdown": HoldsOffForAShutdown,
    "sends-no-hold-off-for-a-reload": SendsNoHoldOffForAReload,
    "sends-no-hold-off-for-an-upgrade": SendsNoHoldOffForAnUpgrade,
    "only-the-primary-holds-off": OnlyThePrimaryHoldsOff,
    "holds-off-for-five-minutes": HoldsOffForFiveMinutes,
    "never-tires-of-hold-off": NeverTiresOfHoldOff,
    "watches-in-hold-off": WatchesInHoldOff,
    "forgets-to-watch-after-hold-off": ForgetsToWatchAfterHoldOff,
    "takes-over-after-each-hold-off": TakesOverAfterEachHoldOff,
    "insists-on-an-answer": InsistsOnAnAnswer,
    "shows-secondary-in-hold-off": ShowsSecondaryInHoldOff,
    "enters-hold-off-in-silence": EntersHoldOffInSilence,
    "leaves-hold-off-in-silence": LeavesHoldOffInSilence,
}
