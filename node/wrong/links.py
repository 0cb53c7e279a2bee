"""Units that are wrong about their heartbeat links, the ports on them, and what a silence is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.modes import Action, Rank
from node.engine.settings import HaSettings
from node.engine.states import Phase, Trigger
from node.wrong.base import Misreading, Rewriting


class IgnoresTheSecondLink(Misreading):
    """Takes only the primary heartbeat interface from its settings."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Leave the second link out."""
        return dataclasses.replace(settings, links=tuple(each for each in settings.links if each.rank is Rank.PRIMARY))


class TakesTheRanksTheOtherWay(Misreading):
    """Takes the secondary heartbeat interface for the primary one, and the reverse."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Swap the ranks."""
        other = {Rank.PRIMARY: Rank.SECONDARY, Rank.SECONDARY: Rank.PRIMARY}
        links = (dataclasses.replace(each, rank=other[each.rank]) for each in settings.links)
        return dataclasses.replace(settings, links=tuple(links))


class TakesTheHighestPort(Misreading):
    """Uses port6 for the primary heartbeat link and port5 for the secondary one, whichever are marked."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Put the usual interfaces in place, with the peers that belong to them."""
        usual = {Rank.PRIMARY: "port6", Rank.SECONDARY: "port5"}
        peers = {each.interface: each for each in settings.links}
        links = (
            dataclasses.replace(peers[usual[each.rank]], rank=each.rank)
            for each in settings.links
            if usual[each.rank] in peers
        )
        return dataclasses.replace(settings, links=tuple(links))


class KeepsDisabledLinks(Misreading):
    """Goes on using a heartbeat interface that was disabled."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Add the links that it had before."""
        known = {each.rank for each in settings.links}
        kept = tuple(each for each in self.settings.links if each.rank not in known)
        return dataclasses.replace(settings, links=settings.links + kept)


class SpeaksWhereItShouldNot(Misreading):
    """Uses port4 for the secondary heartbeat link."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Move the link to an interface that carries no heartbeat."""
        links = (
            dataclasses.replace(each, interface="port4") if each.rank is Rank.SECONDARY else each
            for each in settings.links
        )
        return dataclasses.replace(settings, links=tuple(links))


class IgnoresPeerAddresses(Engine):
    """Listens to anyone who has the password, whatever peer-ip says."""

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Go by the password alone."""
        del rank, source
        return password_matches


class SharesItsHeartbeatInterface(Rewriting):
    """Gives its primary heartbeat interface another address while it leads."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Hold a stray address (from the documentation range) before starting mail."""
        link = next(iter(self.settings.links), None)
        if isinstance(effect, do.StartMail) and self.phase is Phase.PRIMARY and link is not None:
            return [do.HoldAddress(link.interface, Action.ADD, "198.51.100.6/24"), effect]
        return [effect]


class NeedsAPeer(Engine):
    """Never leads without having heard a peer."""

    def _alone(self) -> None:
        self.timer("join", 1.0)


class SecondLinkIsAll(Engine):
    """Takes the loss of its secondary link for the loss of its peer."""

    def _link_silent(self, rank: Rank) -> None:
        super()._link_silent(rank)
        if rank is Rank.SECONDARY and self.phase.follows:
            self.move(Trigger.SILENCE)


class AddsSilencesUp(Engine):
    """Counts missed heartbeats and never forgets one."""

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


class CountsHeartbeatsBySecond(Engine):
    """Takes a heartbeat that comes more than half a second late for none."""

    def _heard_while_following(self, beat: say.Heartbeat) -> None:
        if self.now - self._primary_heard_at <= 1.5 or self.phase is not Phase.SECONDARY:  # noqa: PLR2004
            super()._heard_while_following(beat)


class BlamesItsPeerForItsOwnStall(Engine):
    """Does not notice that it was itself that stood still."""

    def _silence(self, *, late: float) -> None:
        del late
        super()._silence(late=0.0)


class PanicsWithoutACable(Engine):
    """Takes over as soon as one of its interfaces has no carrier."""

    def _carrier_changed(self, event: on.CarrierChanged) -> None:
        super()._carrier_changed(event)
        if not event.up and self.phase is Phase.SECONDARY:
            self.move(Trigger.SILENCE)


class StopsAtALostLink(Rewriting):
    """Closes all its links when one is lost."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Fall silent with the log line that names a failed link."""
        failed = isinstance(effect, do.Log) and "FAILED" in effect.message
        return [effect, do.CloseLinks()] if failed else [effect]


class HidesReturnedLinks(Rewriting):
    """Logs that a link is lost, and not that it is back."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop each line of the heartbeat status without a failed link."""
        hides = isinstance(effect, do.Log) and "beat status" in effect.message and "FAILED" not in effect.message
        return [] if hides else [effect]


class KeepsTheOldDetectionTime(Engine):
    """Measures a silence that has begun by the detection time that held when it began."""

    def _shift_silence(self, by: float) -> None:
        del by


UNITS: dict[str, type[Engine]] = {
    "ignores-the-second-link": IgnoresTheSecondLink,
    "takes-the-ranks-the-other-way": TakesTheRanksTheOtherWay,
    "takes-the-highest-port": TakesTheHighestPort,
    "keeps-disabled-links": KeepsDisabledLinks,
    "speaks-where-it-should-not": SpeaksWhereItShouldNot,
    "ignores-peer-addresses": IgnoresPeerAddresses,
    "shares-its-heartbeat-interface": SharesItsHeartbeatInterface,
    "needs-a-peer": NeedsAPeer,
    "second-link-is-all": SecondLinkIsAll,
    "adds-silences-up": AddsSilencesUp,
    "counts-heartbeats-by-second": CountsHeartbeatsBySecond,
    "blames-its-peer-for-its-own-stall": BlamesItsPeerForItsOwnStall,
    "panics-without-a-cable": PanicsWithoutACable,
    "stops-at-a-lost-link": StopsAtALostLink,
    "hides-returned-links": HidesReturnedLinks,
    "keeps-the-old-detection-time": KeepsTheOldDetectionTime,
}
