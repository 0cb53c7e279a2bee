"""Units that are wrong about the heartbeat and the silence of their peer."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.modes import Rank
from node.engine.settings import HaSettings
from node.engine.states import Phase, Trigger
from node.wrong.base import Misreading, Rewriting


class NeverTakesOver(Engine):
    """Waits for its primary for ever."""

    def _silence(self, *, late: float) -> None:
        del late


class TakesOverEarly(Engine):
    """Loses patience a second before the threshold."""

    def patience(self) -> float:
        """Bear a second less."""
        return super().patience() - 1.0


class TakesOverLate(Engine):
    """Waits a second more than the threshold."""

    def patience(self) -> float:
        """Bear a second more."""
        return super().patience() + 1.0


class IgnoresItsThreshold(Engine):
    """Always uses the default of 15 seconds."""

    def patience(self) -> float:
        """Bear the default."""
        return 15.0


class HastyDefault(Misreading):
    """Takes a threshold that was left at its default for 10 seconds."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Shorten the default only."""
        return settings if settings.lost_threshold != 15.0 else dataclasses.replace(settings, lost_threshold=10.0)  # noqa: PLR2004 - the documented default


class BeatsSlowly(Engine):
    """Sends a heartbeat every two seconds."""

    def heartbeat_period(self) -> float:
        """Twice the documented period."""
        return 2.0


class BeatsByThreshold(Engine):
    """Sends three heartbeats in each threshold."""

    def heartbeat_period(self) -> float:
        """Divide the threshold by three."""
        return self.settings.lost_threshold / 3


class OneLinkIsAll(Engine):
    """Takes the loss of its primary link for the loss of its peer."""

    def _link_silent(self, rank: Rank) -> None:
        super()._link_silent(rank)
        if rank is Rank.PRIMARY and self.phase.follows:
            self.move(Trigger.SILENCE)


class SilentOnTheSecondLink(Rewriting):
    """Sends nothing on the secondary heartbeat link."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop what goes out there."""
        return [] if isinstance(effect, do.Send) and effect.rank is Rank.SECONDARY else [effect]


class StuckToItsBasePort(Misreading):
    """Uses port 20000 whatever the base port is."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Ignore the base port."""
        return dataclasses.replace(settings, base_port=20000)


class PrimaryGivesUpAlone(Engine):
    """Leaves the primary role when its secondary disappears."""

    def _peer_silent(self) -> None:
        super()._peer_silent()
        self.move(Trigger.YIELD)


class SaysNothingOfItsPeer(Engine):
    """Does not report that its secondary disappeared."""

    def _peer_silent(self) -> None:
        self.peer = None


class SaysNothingOfItsLinks(Rewriting):
    """Logs no change of a heartbeat link."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop the message."""
        return [] if isinstance(effect, do.Log) and effect.message.startswith("hahbd: heart beat") else [effect]


class ArbitratesByItself(Engine):
    """Ends a split brain unasked: whoever hears a second primary gives up."""

    def _heard_heartbeat(self, rank: Rank, beat: say.Heartbeat) -> None:
        super()._heard_heartbeat(rank, beat)
        if self.phase is Phase.PRIMARY and self.effective is beat.effective:
            self.move(Trigger.YIELD)


class ReportsNoAlerts(Rewriting):
    """Sends no alert of any kind."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop alerts."""
        return [] if isinstance(effect, do.Alert) else [effect]


UNITS: dict[str, type[Engine]] = {
    "never-takes-over": NeverTakesOver,
    "takes-over-early": TakesOverEarly,
    "takes-over-late": TakesOverLate,
    "ignores-its-threshold": IgnoresItsThreshold,
    "hasty-default": HastyDefault,
    "beats-slowly": BeatsSlowly,
    "beats-by-threshold": BeatsByThreshold,
    "one-link-is-all": OneLinkIsAll,
    "silent-on-the-second-link": SilentOnTheSecondLink,
    "stuck-to-its-base-port": StuckToItsBasePort,
    "primary-gives-up-alone": PrimaryGivesUpAlone,
    "says-nothing-of-its-peer": SaysNothingOfItsPeer,
    "says-nothing-of-its-links": SaysNothingOfItsLinks,
    "arbitrates-by-itself": ArbitratesByItself,
    "reports-no-alerts": ReportsNoAlerts,
}
