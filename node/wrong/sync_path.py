"""Units that are wrong about which link synchronization takes, and when it copies what."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import events as on
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.modes import Rank, Sync
from node.engine.states import Phase, Trigger
from node.wrong.base import Rewriting


class TakesOverWithADeadSync(Engine):
    """Takes a failed synchronization for the failure of its primary."""

    def _sync_finished(self, event: on.SyncFinished) -> None:
        super()._sync_finished(event)
        if not event.ok and self.phase is Phase.SECONDARY:
            self.move(Trigger.SILENCE)


class GivesUpWithADeadNotice(Engine):
    """As a primary gives up when its secondary cannot be told of a synchronization."""

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Yield the role in answer to a lost notice."""
        done = super().handle(event, now)
        if isinstance(event, on.NoticeLost):
            self._out = done
            self.give_role(Trigger.YIELD, "secondary lost")
        return done


class SticksToADeadPort(Engine):
    """Tries a synchronization that failed again over the same link only."""

    def handle(self, event: on.Event, now: float) -> list[do.Effect]:
        """Never blame a link, and never send a notice again."""
        if isinstance(event, on.NoticeLost):
            return []
        if isinstance(event, on.SyncFinished):
            event = dataclasses.replace(event, link_failed=False)
        return super().handle(event, now)


class DistrustsForEver(Rewriting):
    """Never uses a link again on which a synchronization has failed once."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Do not let the time of distrust end."""
        return [] if isinstance(effect, do.StartTimer) and effect.name.startswith("trust:") else [effect]


class ForgetsWhatWasRunning(Engine):
    """Does not begin anew what ran over a link when that was lost."""

    def start_sync(self) -> None:
        """Let what a lost link has interrupted rest."""
        if self.links.for_sync() is self.syncs.rank or self.syncs.rank is None or self.syncs.rank in self._living():
            super().start_sync()

    def _living(self) -> set[Rank]:
        return {rank for rank, alive in self.links.states.items() if alive}


class CopiesDataWithEachChange(Engine):
    """Copies all mail data whenever a setting is changed."""

    def tell_sync(self, *what: Sync) -> None:
        """Always ask for both."""
        super().tell_sync(*{*what, Sync.CONFIG, Sync.DATA})


class CopiesWithoutPause(Engine):
    """Copies its primary's configuration with every second heartbeat."""

    def _heard_while_following(self, beat: say.Heartbeat) -> None:
        super()._heard_while_following(beat)
        if beat.seq % 2 == 0:
            self.want_sync(Sync.CONFIG)


class LosesHeartInSyncs(Engine):
    """Hears no heartbeat while a synchronization runs."""

    def _heard_while_following(self, beat: say.Heartbeat) -> None:
        if self.syncs.running is None or self.phase is not Phase.SECONDARY:
            super()._heard_while_following(beat)


UNITS: dict[str, type[Engine]] = {
    "takes-over-with-a-dead-sync": TakesOverWithADeadSync,
    "gives-up-with-a-dead-notice": GivesUpWithADeadNotice,
    "sticks-to-a-dead-port": SticksToADeadPort,
    "distrusts-for-ever": DistrustsForEver,
    "forgets-what-was-running": ForgetsWhatWasRunning,
    "copies-data-with-each-change": CopiesDataWithEachChange,
    "copies-without-pause": CopiesWithoutPause,
    "loses-heart-in-syncs": LosesHeartInSyncs,
}
