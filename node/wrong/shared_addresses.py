"""Units that are wrong about failover actions, their addresses and the bridge; some lie in their shell only."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine.engine import Engine
from node.engine.modes import Action, Bridging, Mode
from node.engine.settings import HaSettings
from node.engine.states import Phase
from node.wrong.base import Misreading, Rewriting


class AlwaysBridges(Rewriting):
    """Leaves its ports in the bridge in every role, so that a loop forms."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Join where it should be inactive."""
        if isinstance(effect, do.SetBridge) and effect.state is Bridging.INACTIVE:
            return [dataclasses.replace(effect, state=Bridging.JOINED)]
        return [effect]


class NeverBridges(Rewriting):
    """Keeps its bridge ports inactive, also as primary."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Never join."""
        if isinstance(effect, do.SetBridge) and effect.state is Bridging.JOINED:
            return [dataclasses.replace(effect, state=Bridging.INACTIVE)]
        return [effect]


class ForgetsItsOwnAddress(Rewriting):
    """Gives a `set` address up without returning to the interface's own."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Release it as if it had been added."""
        if isinstance(effect, do.ReleaseAddress) and effect.action is Action.SET:
            return [dataclasses.replace(effect, action=Action.ADD)]
        return [effect]


class AnnouncesOnce(Rewriting):
    """Announces each address the first time only."""

    def __init__(self) -> None:
        """Have announced nothing."""
        super().__init__()
        self._announced: set[str] = set()

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Leave repetitions out."""
        if not isinstance(effect, do.Announce):
            return [effect]
        known = effect.address in self._announced
        self._announced.add(effect.address)
        return [] if known else [effect]


class AnnouncesBeforeItHolds(Rewriting):
    """Announces an address some seconds before it takes it: as soon as it follows."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Announce on following instead of leading."""
        if isinstance(effect, do.Announce):
            return []
        if isinstance(effect, do.RoleChanged) and self.phase is Phase.SECONDARY:
            return [effect, *(do.Announce(each.interface, each.address) for each in self.shared())]
        return [effect]


class SilentAfterASplit(Engine):
    """Does not announce its addresses anew when the other primary has given them up."""

    def announce_all(self) -> None:
        """Say nothing."""


class TakesTheAdministrationAddress(Rewriting):
    """Takes a shared address on the administration interface, too, when it leads."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Hold a stray address (from the documentation range) there."""
        if isinstance(effect, do.StartMail) and self.phase is Phase.PRIMARY:
            return [do.HoldAddress("port1", Action.ADD, "198.51.100.2/24"), effect]
        return [effect]


class TakesOneAddressOnly(Misreading):
    """Holds the shared address of the first interface only."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Forget the others."""
        return dataclasses.replace(settings, addresses=settings.addresses[-1:])


class ForgetsTheRowsAsSecondary(Misreading):
    """Keeps no failover actions while it is configured as secondary: it leads without addresses."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Drop them."""
        return dataclasses.replace(settings, addresses=()) if settings.mode is Mode.SECONDARY else settings


class ReadsItsRowsOnce(Engine):
    """Goes on with the failover actions it had when it became primary, whatever an operator changes."""

    def _readdress(self, old: HaSettings, new: HaSettings) -> None:
        del new
        self.settings = dataclasses.replace(self.settings, addresses=old.addresses)


class KeepsTheRemovedAddress(Engine):
    """Takes a changed address, but does not give up the one that it replaces."""

    def _readdress(self, old: HaSettings, new: HaSettings) -> None:
        del old
        super()._readdress(HaSettings(), new)


class OffersEverything(Engine):
    """Takes a virtual address for accepted whatever the interface's action is."""


class TakesMalformedActions(Engine):
    """Takes every failover action for accepted."""


class AddsByDefault(Engine):
    """Shows use-vip as the action of an interface that nobody gave one."""


class InventsAnAddress(Engine):
    """Shows an address where no virtual address is set."""


class HidesTheRowsOnTheSecondary(Engine):
    """Shows no failover actions while it follows, though it has them."""


class BridgesInEveryMode(Engine):
    """Takes the action bridge for accepted outside transparent mode."""


UNITS: dict[str, type[Engine]] = {
    "always-bridges": AlwaysBridges,
    "never-bridges": NeverBridges,
    "forgets-its-own-address": ForgetsItsOwnAddress,
    "announces-once": AnnouncesOnce,
    "announces-before-it-holds": AnnouncesBeforeItHolds,
    "silent-after-a-split": SilentAfterASplit,
    "takes-the-administration-address": TakesTheAdministrationAddress,
    "takes-one-address-only": TakesOneAddressOnly,
    "forgets-the-rows-as-secondary": ForgetsTheRowsAsSecondary,
    "reads-its-rows-once": ReadsItsRowsOnce,
    "keeps-the-removed-address": KeepsTheRemovedAddress,
    "offers-everything": OffersEverything,
    "takes-malformed-actions": TakesMalformedActions,
    "adds-by-default": AddsByDefault,
    "invents-an-address": InventsAnAddress,
    "hides-the-rows-on-the-secondary": HidesTheRowsOnTheSecondary,
    "bridges-in-every-mode": BridgesInEveryMode,
}
