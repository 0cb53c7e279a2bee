"""Units that are wrong about what passes between them: the role by an order, queued mail, and data in a split."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine import messages as say
from node.engine.engine import Engine
from node.engine.events import Event, Ordered
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.states import Phase, Trigger
from node.wrong.base import Dropping, Rewriting


class GivesTheRoleBeforeCopying(Engine):
    """On a restore gives its role at once, so that what was saved last is not copied."""

    def send(self, message: say.Message) -> None:
        """Give instead of offering."""
        if isinstance(message, say.OfferRole):
            self.give_role(Trigger.YIELD, message.reason)
        else:
            super().send(message)


class CopiesForEver(Engine):
    """Takes a role that it is offered only when it has copied everything, however long that takes."""

    def timer(self, name: str, after: float) -> None:
        """Never lose patience."""
        super().timer(name, 3600.0 if name in {"copy", "offer"} else after)


class ClingsToItsRole(Engine):
    """Never gives its role to a unit that asks for it."""

    def _heard_ask(self, message: say.AskRole) -> None:
        del message


class KeepsItsQueue(Dropping):
    """Never hands its queued mail over."""

    dropped = (do.HandOverQueue,)


class TakesNoQueue(Engine):
    """Takes no queued mail from its peer."""

    def refuses_queue(self) -> str:
        """Refuse."""
        return "no"


class HandsOverWithDataOnly(Rewriting):
    """Hands its queued mail over only where mail data is synchronized too."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop the hand-over elsewhere."""
        drop = isinstance(effect, do.HandOverQueue) and not self.settings.mail_data_sync
        return [] if drop else [effect]


class HandsOverOnce(Rewriting):
    """Does not try again when its queue could not be handed over."""

    def __init__(self) -> None:
        """Start without having tried."""
        super().__init__()
        self._tried = False

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop every later hand-over."""
        if isinstance(effect, do.HandOverQueue):
            tried, self._tried = self._tried, True
            return [] if tried else [effect]
        return [effect]


class _CopiesInASplit(Engine):
    what = Sync.DATA

    def _watch_peer(self, before: say.Heartbeat | None, beat: say.Heartbeat) -> None:
        super()._watch_peer(before, beat)
        rank = self.links.for_sync()
        if beat.effective is Effective.PRIMARY and self.settings.mode is Mode.SECONDARY and rank is not None:
            self.emit(do.StartSync(self.what, rank))


class CopiesDataInASplit(_CopiesInASplit):
    """As one of two primaries copies the other's mail data."""


class CopiesConfigurationInASplit(_CopiesInASplit):
    """As one of two primaries copies the other's configuration."""

    what = Sync.CONFIG


class YieldsToAnOlderPrimary(Engine):
    """Gives its role up unasked when a primary that was silent is heard again, unless its links were cut."""

    def _watch_peer(self, before: say.Heartbeat | None, beat: say.Heartbeat) -> None:
        super()._watch_peer(before, beat)
        if beat.effective is Effective.PRIMARY and self.settings.mode is Mode.PRIMARY:
            self.move(Trigger.ASKED, "an older primary")


class HidesRequests(Rewriting):
    """Does not log that its peer asked it for anything."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop those lines."""
        return [] if isinstance(effect, do.Log) and " ask" in effect.message else [effect]


class GuessesASplit(Rewriting):
    """Reports each takeover as a split brain."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Change the alert."""
        if isinstance(effect, do.Alert) and "heartbeat disappeared" in effect.event:
            return [dataclasses.replace(effect, event="split brain suspected")]
        return [effect]


class RefusesNothing(Engine):
    """Carries out every order, also one that leaves the group without a primary."""

    def refuses(self, command: Command) -> str:
        """Refuse nothing."""
        del command
        return ""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Leave the role though nobody can take it."""
        alone = self.peer is None and self.phase is Phase.PRIMARY
        if isinstance(event, Ordered) and event.command is Command.FAILOVER and alone:
            self.now, self._out = now, []
            self.give_role(Trigger.YIELD, "user requested")
            return self._out
        return super().handle(event, now)


class KnowsNoCommands(Engine):
    """Refuses every order of an operator."""

    def refuses(self, command: Command) -> str:
        """Refuse everything."""
        return f"{command.value} is not known"


class MovesOnRestore(Engine):
    """Swaps the roles on a restore, also where they are as configured."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Take restore for failover."""
        if isinstance(event, Ordered) and event.command is Command.RESTORE:
            event = Ordered(Command.FAILOVER)
        return super().handle(event, now)


class IgnoresRestarts(Engine):
    """Does nothing when an operator restarts HA."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Do nothing on that command."""
        return [] if isinstance(event, Ordered) and event.command is Command.RESTART else super().handle(event, now)


class WorksInHoldOff(Rewriting):
    """Takes mail while it holds off."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Start mail when hold-off begins."""
        starts = isinstance(effect, do.RoleChanged) and effect.new is Effective.HOLD_OFF
        return [effect, do.StartMail()] if starts else [effect]


class ForgetsItsPeerAfterATakeover(Engine):
    """Once it has taken over, it never becomes secondary again, and no one can protect it."""

    def _heard_heartbeat(self, rank: Rank, beat: say.Heartbeat) -> None:
        if self.phase is Phase.PRIMARY and self.settings.mode is Mode.SECONDARY:
            return
        super()._heard_heartbeat(rank, beat)


UNITS: dict[str, type[Engine]] = {
    "gives-the-role-before-copying": GivesTheRoleBeforeCopying,
    "copies-for-ever": CopiesForEver,
    "clings-to-its-role": ClingsToItsRole,
    "keeps-its-queue": KeepsItsQueue,
    "takes-no-queue": TakesNoQueue,
    "hands-over-with-data-only": HandsOverWithDataOnly,
    "hands-over-once": HandsOverOnce,
    "copies-data-in-a-split": CopiesDataInASplit,
    "copies-configuration-in-a-split": CopiesConfigurationInASplit,
    "yields-to-an-older-primary": YieldsToAnOlderPrimary,
    "hides-requests": HidesRequests,
    "guesses-a-split": GuessesASplit,
    "refuses-nothing": RefusesNothing,
    "knows-no-commands": KnowsNoCommands,
    "moves-on-restore": MovesOnRestore,
    "ignores-restarts": IgnoresRestarts,
    "works-in-hold-off": WorksInHoldOff,
    "forgets-its-peer-after-a-takeover": ForgetsItsPeerAfterATakeover,
}
