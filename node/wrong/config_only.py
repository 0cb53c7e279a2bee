"""Units that are wrong about what a config-only group is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine.engine import Engine
from node.engine.events import Event, Ordered
from node.engine.modes import Command, Effective, Mode, Rank, Sync
from node.engine.states import Phase
from node.engine.status import Status
from node.wrong.base import Rewriting


class SharesNoConfiguration(Rewriting):
    """Copies nothing in a config-only group."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop each copy."""
        return [] if isinstance(effect, do.StartSync) and self.phase is Phase.CONFIG_ONLY else [effect]


class SharesChangesLate(Engine):
    """Does not tell the secondaries of a config-only group what has changed."""

    def tell_sync(self, *what: Sync) -> None:
        """Leave it to their schedule."""
        if self.phase is not Phase.CONFIG_ONLY:
            super().tell_sync(*what)


class SharesTheWrongWay(Engine):
    """Copies the configuration of a config-only group's secondary to its primary."""

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


class SharesAmongSecondaries(Engine):
    """Copies the configuration from any unit of a config-only group, also from one secondary to another."""

    def may_copy(self) -> bool:
        """Take any peer for a source."""
        if self.phase is not Phase.CONFIG_ONLY:
            return super().may_copy()
        return self.settings.mode is Mode.CONFIG_SECONDARY and self.peer is not None

    def withholds(self, what: Sync) -> str:
        """Serve in every mode."""
        return "" if self.phase is Phase.CONFIG_ONLY and what is Sync.CONFIG else super().withholds(what)


class ShowsAConfigPrimaryAsPrimary(Engine):
    """Shows the modes of a config-only group as those of a pair."""

    def status(self) -> Status:
        """Cut the word short."""
        status = super().status()
        return dataclasses.replace(status, configured=Mode(status.configured.value.removeprefix("config-")))


class _Idle(Engine):
    mode = Mode.CONFIG_SECONDARY

    def _arrive(self, came_from: Phase) -> None:
        super()._arrive(came_from)
        if self.phase is Phase.CONFIG_ONLY and self.settings.mode is self.mode:
            self.emit(do.StopMail())


class IdleConfigSecondary(_Idle):
    """Processes no mail as the secondary of a config-only group, as if it were one of a pair."""


class IdleConfigPrimary(_Idle):
    """Processes no mail as the primary of a config-only group: it only distributes."""

    mode = Mode.CONFIG_PRIMARY


class PutsAnUpgradeOff(Engine):
    """Goes on with its mail in a config-only group when an operator has it upgraded, and installs nothing."""

    def handle(self, event: Event, now: float) -> list[do.Effect]:
        """Ignore that order."""
        upgrade = isinstance(event, Ordered) and event.command is Command.UPGRADE
        return [] if upgrade and self.phase is Phase.CONFIG_ONLY else super().handle(event, now)


class ReplacesTheConfigPrimary(Engine):
    """As the secondary of a config-only group, shows itself as primary when it no longer hears its own."""

    mode = Mode.CONFIG_SECONDARY

    def __init__(self) -> None:
        """Have heard nobody yet."""
        super().__init__()
        self._alone_now = False

    def _link_silent(self, rank: Rank) -> None:
        super()._link_silent(rank)
        self._alone_now = self.phase is Phase.CONFIG_ONLY and self.settings.mode is self.mode

    def status(self) -> Status:
        """Boast."""
        status = super().status()
        return dataclasses.replace(status, effective=Effective.PRIMARY) if self._alone_now else status


class LeadsWithoutSecondaries(ReplacesTheConfigPrimary):
    """As the primary of a config-only group, takes a role when it no longer hears its secondary."""

    mode = Mode.CONFIG_PRIMARY


UNITS: dict[str, type[Engine]] = {
    "shares-no-configuration": SharesNoConfiguration,
    "shares-changes-late": SharesChangesLate,
    "shares-the-wrong-way": SharesTheWrongWay,
    "shares-among-secondaries": SharesAmongSecondaries,
    "shows-a-config-primary-as-primary": ShowsAConfigPrimaryAsPrimary,
    "idle-config-secondary": IdleConfigSecondary,
    "idle-config-primary": IdleConfigPrimary,
    "puts-an-upgrade-off": PutsAnUpgradeOff,
    "replaces-the-config-primary": ReplacesTheConfigPrimary,
    "leads-without-config-secondaries": LeadsWithoutSecondaries,
}
