"""Units that are wrong about planned restarts: hold-off, shutdown, firmware upgrade."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.events import Event, Ordered, Started, SyncFinished
from node.engine.modes import Command, Effective, Rank, SystemEvent
from node.engine.settings import HaSettings
from node.engine.states import Phase, Trigger
from node.engine.status import Status
from node.wrong.base import Rewriting


class HoldsOffForAShutdown(Engine):
    """Sends hold-off before a shutdown too."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Send it, then shut down."""
        effects = super().handle(event, now)
        if isinstance(event, Ordered) and event.command is Command.SHUTDOWN:
            hold_off = say.HoldOff(self.memory.boot, event.command.value)
            return [*(do.Send(rank, hold_off) for rank in self.links.ranks), *effects]
        return effects


class ShutsDownInSilence(Rewriting):
    """Reports neither its shutdown nor, later, that it had been shut down."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop that alert."""
        return [] if isinstance(effect, do.Alert) and "shutdown" in effect.event else [effect]


class ReportsAShutdownAsReboot(Rewriting):
    """Says at a shutdown that it is rebooting."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Use the other text."""
        if isinstance(effect, do.Alert) and "shutdown" in effect.event:
            return [dataclasses.replace(effect, event="The system is rebooting (or reloading)!")]
        return [effect]


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


class _SaysNothing(Rewriting):
    old: Effective | None = None
    new: Effective | None = None
    words = ""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop one alert."""
        if not isinstance(effect, do.Alert):
            return [effect]
        same = self.words in effect.event and (effect.old, effect.new) == (self.old, self.new)
        return [] if same else [effect]


class EntersHoldOffInSilence(_SaysNothing):
    """Sends no alert on entering hold-off."""

    old, new = Effective.SECONDARY, Effective.HOLD_OFF


class LeavesHoldOffInSilence(_SaysNothing):
    """Sends no alert on leaving hold-off."""

    old, new = Effective.HOLD_OFF, Effective.SECONDARY


class RebootsInSilence(_SaysNothing):
    """Sends no alert when it goes down on purpose."""

    words = "rebooting"


class RebootsAfterAPowerCut(Rewriting):
    """Reports a power cut as if the system had been rebooted on purpose."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Send the other alert from the first takeover on."""
        if isinstance(effect, do.RoleChanged) and effect.new is Effective.PRIMARY:
            return [effect, do.Alert("The system is rebooting (or reloading)!")]
        return [effect]


class TellsOneRestartForAnother(Rewriting):
    """Sends the same system event trap for every restart."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Say reboot whatever happens."""
        same = isinstance(effect, do.SystemTrap) and effect.event is not SystemEvent.REBOOT
        return [do.SystemTrap(SystemEvent.REBOOT)] if same else [effect]


class SendsNoSystemTrap(Rewriting):
    """Goes down without a system event trap."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop it."""
        return [] if isinstance(effect, do.SystemTrap) else [effect]


class ForgetsItsSettingsInAnUpgrade(Engine):
    """Comes back from an upgrade with factory settings of HA."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Start without settings."""
        if isinstance(event, Started) and event.memory.planned == Command.UPGRADE.value:
            event = dataclasses.replace(event, settings=HaSettings())
        return super().handle(event, now)


class InsistsOnAnAnswer(Engine):
    """Goes down only when its secondary has confirmed the hold-off, or after a minute."""

    def timer(self, name: str, after: float) -> None:
        """Wait longer."""
        super().timer(name, 60.0 if name == "hold-off-answer" else after)


class _Returning(Engine):
    returned = False

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Note whether this unit was a secondary before."""
        if isinstance(event, Started):
            self.returned = event.memory.effective is Effective.SECONDARY
        return super().handle(event, now)


class LeadsAfterARestart(_Returning):
    """A secondary that was restarted claims the role from a peer that does not lead yet."""

    def _join(self, beat: say.Heartbeat) -> None:
        if self.returned and beat.effective is not Effective.PRIMARY:
            self.move(Trigger.CLAIM)
        else:
            super()._join(beat)


class CopiesNothingAfterARestart(_Returning):
    """A secondary that was restarted takes what it has for the primary's."""

    def start_sync(self) -> None:
        """Claim that it is done."""
        rank = self.links.for_sync()
        if not self.returned:
            super().start_sync()
        elif self.phase.follows and rank is not None and (what := self.syncs.next(rank)) is not None:
            self._sync_finished(SyncFinished(what, ok=True))


class HidesItsPeersRelease(Engine):
    """Does not show which release its peer runs."""

    def status(self) -> Status:
        """Hide it."""
        return dataclasses.replace(super().status(), peer_version="")


class ShowsItsOwnReleaseAsItsPeers(Engine):
    """Shows its own release for its peer's."""

    def status(self) -> Status:
        """Mistake one for the other."""
        return dataclasses.replace(super().status(), peer_version=self.version)


class RefusesAnotherRelease(Engine):
    """Does not listen to a peer that runs another release."""

    def _heard_heartbeat(self, rank: Rank, beat: say.Heartbeat) -> None:
        if beat.version == self.version:
            super()._heard_heartbeat(rank, beat)


UNITS: dict[str, type[Engine]] = {
    "holds-off-for-a-shutdown": HoldsOffForAShutdown,
    "shuts-down-in-silence": ShutsDownInSilence,
    "reports-a-shutdown-as-reboot": ReportsAShutdownAsReboot,
    "sends-no-hold-off-for-a-reload": SendsNoHoldOffForAReload,
    "sends-no-hold-off-for-an-upgrade": SendsNoHoldOffForAnUpgrade,
    "only-the-primary-holds-off": OnlyThePrimaryHoldsOff,
    "holds-off-for-five-minutes": HoldsOffForFiveMinutes,
    "never-tires-of-hold-off": NeverTiresOfHoldOff,
    "watches-in-hold-off": WatchesInHoldOff,
    "forgets-to-watch-after-hold-off": ForgetsToWatchAfterHoldOff,
    "takes-over-after-each-hold-off": TakesOverAfterEachHoldOff,
    "insists-on-an-answer": InsistsOnAnAnswer,
    "leads-after-a-restart": LeadsAfterARestart,
    "copies-nothing-after-a-restart": CopiesNothingAfterARestart,
    "shows-secondary-in-hold-off": ShowsSecondaryInHoldOff,
    "enters-hold-off-in-silence": EntersHoldOffInSilence,
    "leaves-hold-off-in-silence": LeavesHoldOffInSilence,
    "reboots-in-silence": RebootsInSilence,
    "reboots-after-a-power-cut": RebootsAfterAPowerCut,
    "tells-one-restart-for-another": TellsOneRestartForAnother,
    "sends-no-system-trap": SendsNoSystemTrap,
    "forgets-its-settings-in-an-upgrade": ForgetsItsSettingsInAnUpgrade,
    "hides-its-peers-release": HidesItsPeersRelease,
    "shows-its-own-release-as-its-peers": ShowsItsOwnReleaseAsItsPeers,
    "refuses-another-release": RefusesAnotherRelease,
}
