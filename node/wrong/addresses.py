"""Units that are wrong about shared addresses and mail."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine.engine import Engine
from node.engine.modes import Action, Effective
from node.engine.settings import HaSettings
from node.engine.states import Phase
from node.wrong.base import Dropping, Misreading, Rewriting


class HoldsNoAddress(Dropping):
    """Leads without the shared addresses."""

    dropped = (do.HoldAddress,)


class KeepsItsAddress(Dropping):
    """Never gives a shared address up."""

    dropped = (do.ReleaseAddress,)


class AnnouncesNothing(Dropping):
    """Takes addresses over without telling the network."""

    dropped = (do.Announce,)


class KeepsMailRunning(Dropping):
    """Accepts mail in every role."""

    dropped = (do.StopMail,)


class TakesNoMail(Dropping):
    """Leads without starting mail."""

    dropped = (do.StartMail,)


class _TakesFor(Misreading):
    written = Action.SET
    taken = Action.ADD

    def misread(self, settings: HaSettings) -> HaSettings:
        """Put one action in place of another."""
        addresses = tuple(
            dataclasses.replace(each, action=self.taken) if each.action is self.written else each
            for each in settings.addresses
        )
        return dataclasses.replace(settings, addresses=addresses)


class AddsInsteadOfSetting(_TakesFor):
    """Takes `set` for `add`."""


class SetsInsteadOfAdding(_TakesFor):
    """Takes `add` for `set`."""

    written = Action.ADD
    taken = Action.SET


class TouchesIgnoredInterfaces(Rewriting):
    """Gives the mail interface a stray address when it leads, though its action is ignore."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Hold a stray address (from the documentation range) before starting mail."""
        if isinstance(effect, do.StartMail) and self.phase is Phase.PRIMARY and not self.shared():
            return [do.HoldAddress("port3", Action.ADD, "198.51.100.1/24"), effect]
        return [effect]


class HoldsAddressInEveryRole(Rewriting):
    """Holds the shared addresses as a secondary, too."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Hold them from the moment it follows."""
        if isinstance(effect, do.RoleChanged) and effect.new is Effective.SECONDARY:
            return [effect, *(do.HoldAddress(each.interface, each.action, each.address) for each in self.shared())]
        return [effect]


UNITS: dict[str, type[Engine]] = {
    "holds-no-address": HoldsNoAddress,
    "keeps-its-address": KeepsItsAddress,
    "announces-nothing": AnnouncesNothing,
    "keeps-mail-running": KeepsMailRunning,
    "takes-no-mail": TakesNoMail,
    "adds-instead-of-setting": AddsInsteadOfSetting,
    "sets-instead-of-adding": SetsInsteadOfAdding,
    "touches-ignored-interfaces": TouchesIgnoredInterfaces,
    "holds-address-in-every-role": HoldsAddressInEveryRole,
}
