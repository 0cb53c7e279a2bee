"""Units that are wrong about planned restarts themselves: shutdown, upgrade, and what a restarted unit does."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.events import Event, Started, SyncFinished
from node.engine.modes import Command, Effective, Rank, SystemEvent
from node.engine.settings import HaSettings
from node.engine.states import Trigger
from node.engine.status import Status
from node.wrong.base import Rewriting, SayingNothing


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


class LogsAShutdownAsReboot(Rewriting):
    """Sends the right alert at a shutdown, and logs that it is rebooting."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Use the other text in the log."""
        if isinstance(effect, do.Log) and "shutdown" in effect.message:
            return [do.Log("ha: The system is rebooting (or reloading)!")]
        return [effect]


class RebootsInSilence(SayingNothing):
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


class SendsItsSystemTrapTwice(Rewriting):
    """Sends a second trap right behind the first."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Repeat it."""
        return [effect, effect] if isinstance(effect, do.SystemTrap) else [effect]


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
    "shuts-down-in-silence": ShutsDownInSilence,
    "reports-a-shutdown-as-reboot": ReportsAShutdownAsReboot,
    "logs-a-shutdown-as-reboot": LogsAShutdownAsReboot,
    "leads-after-a-restart": LeadsAfterARestart,
    "copies-nothing-after-a-restart": CopiesNothingAfterARestart,
    "reboots-in-silence": RebootsInSilence,
    "reboots-after-a-power-cut": RebootsAfterAPowerCut,
    "tells-one-restart-for-another": TellsOneRestartForAnother,
    "sends-its-system-trap-twice": SendsItsSystemTrapTwice,
    "sends-no-system-trap": SendsNoSystemTrap,
    "forgets-its-settings-in-an-upgrade": ForgetsItsSettingsInAnUpgrade,
    "hides-its-peers-release": HidesItsPeersRelease,
    "shows-its-own-release-as-its-peers": ShowsItsOwnReleaseAsItsPeers,
    "refuses-another-release": RefusesAnotherRelease,
}
