"""Units that are wrong about synchronization and about whom they listen to."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine.engine import Engine
from node.engine.modes import Rank, Sync
from node.engine.settings import HaSettings
from node.engine.states import Phase
from node.wrong.base import Misreading, Rewriting


class AdmitsStrangers(Engine):
    """Listens to anyone, whatever the password and the address."""

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Let everyone in."""
        del rank, source, password_matches
        return True


class AdmitsNobody(Engine):
    """Refuses its own peer."""

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Let no one in."""
        del rank, source, password_matches
        return False


class SyncsTheWrongWay(Engine):
    """Copies mail data from the secondary to the primary."""

    def withholds(self, what: Sync) -> str:
        """Serve mail data in the wrong role."""
        if what is Sync.CONFIG:
            return super().withholds(what)
        return "" if self.phase.follows else "this unit does not follow"

    def tell_sync(self, *what: Sync) -> None:
        """Copy mail data from the peer instead of calling it."""
        super().tell_sync(*(each for each in what if each is Sync.CONFIG))
        rank = self.links.for_sync()
        if rank is not None and Sync.DATA in what:
            self.emit(do.StartSync(Sync.DATA, rank))


class _Drops(Rewriting):
    what = Sync.DATA

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Drop one kind of synchronization."""
        return [] if isinstance(effect, do.StartSync) and effect.what is self.what else [effect]


class CopiesNoData(_Drops):
    """Never copies mail data."""


class CopiesNoConfiguration(Rewriting):
    """Claims that each configuration sync succeeded without copying anything."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Copy the configuration once only, at the start."""
        if isinstance(effect, do.StartSync) and effect.what is Sync.CONFIG and self.phase is Phase.SECONDARY:
            self.syncs.running = None
            return []
        return [effect]


class AlwaysCopiesData(Misreading):
    """Copies mail data though it is told not to."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Take disable for enable."""
        return dataclasses.replace(settings, mail_data_sync=True)


class NeverEnablesData(Misreading):
    """Takes mail-data-sync for disabled, whatever is set."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Take enable for disable."""
        return dataclasses.replace(settings, mail_data_sync=False)


class _SyncsOver(Rewriting):
    rank = Rank.PRIMARY

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Use one link only."""
        return [dataclasses.replace(effect, rank=self.rank)] if isinstance(effect, do.StartSync) else [effect]


class SyncsOverThePrimaryLinkOnly(_SyncsOver):
    """Does not move synchronization when the primary link is lost."""


class SyncsOverTheSecondaryLink(_SyncsOver):
    """Uses the secondary link for synchronization in normal times."""

    rank = Rank.SECONDARY


class StaysOnTheSecondaryLink(Rewriting):
    """Once it has used the secondary link for synchronization, it never moves back."""

    def __init__(self) -> None:
        """Start on the primary link."""
        super().__init__()
        self._moved = False

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Stay where it has moved to."""
        if not isinstance(effect, do.StartSync):
            return [effect]
        self._moved = self._moved or effect.rank is Rank.SECONDARY
        return [dataclasses.replace(effect, rank=Rank.SECONDARY) if self._moved else effect]


UNITS: dict[str, type[Engine]] = {
    "admits-strangers": AdmitsStrangers,
    "admits-nobody": AdmitsNobody,
    "syncs-the-wrong-way": SyncsTheWrongWay,
    "copies-no-data": CopiesNoData,
    "copies-no-configuration": CopiesNoConfiguration,
    "always-copies-data": AlwaysCopiesData,
    "never-enables-data": NeverEnablesData,
    "syncs-over-the-primary-link-only": SyncsOverThePrimaryLinkOnly,
    "syncs-over-the-secondary-link": SyncsOverTheSecondaryLink,
    "stays-on-the-secondary-link": StaysOnTheSecondaryLink,
}
