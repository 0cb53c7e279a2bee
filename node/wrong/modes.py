"""Units that are wrong about what their configured mode means, and about starting into a group."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine.engine import Engine
from node.engine.figures import HEARTBEAT_PERIOD
from node.engine.modes import Effective, Mode, Sync
from node.engine.settings import HaSettings
from node.engine.states import Phase, Trigger
from node.engine.status import Status
from node.wrong.base import Misreading, Rewriting


class _Takes(Misreading):
    these: tuple[Mode, ...] = ()
    taken: Mode | None = None

    def misread(self, settings: HaSettings) -> HaSettings:
        """Put the mode of a pair in place of another."""
        if settings.mode not in self.these:
            return settings
        roles = {Mode.CONFIG_PRIMARY: Mode.PRIMARY, Mode.CONFIG_SECONDARY: Mode.SECONDARY}
        return dataclasses.replace(settings, mode=self.taken or roles[settings.mode])


class TakesConfigOnlyForAPair(_Takes):
    """Behaves as one half of an active-passive pair in config-only modes."""

    these = (Mode.CONFIG_PRIMARY, Mode.CONFIG_SECONDARY)

    def status(self) -> Status:
        """Show the mode that was entered."""
        status = super().status()
        modes = {Mode.PRIMARY: Mode.CONFIG_PRIMARY, Mode.SECONDARY: Mode.CONFIG_SECONDARY}
        return dataclasses.replace(status, configured=modes.get(status.configured, status.configured))


class NeverOff(_Takes):
    """Takes mode off for primary: a unit that was never configured leads."""

    these = (Mode.OFF,)
    taken = Mode.PRIMARY


class StaysInTheGroup(Engine):
    """Does not leave the group when its mode is set to off."""

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Stay."""
        if trigger is not Trigger.LEAVE:
            super().move(trigger, reason)


class LeavesWithTheAddress(Rewriting):
    """Keeps the virtual address when its mode is set to off."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Release nothing on the way out of the group."""
        return [] if isinstance(effect, do.ReleaseAddress) and self.phase is Phase.STANDALONE else [effect]


class IdleAlone(Rewriting):
    """Processes no mail while its mode is off."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Start nothing outside a group."""
        return [] if isinstance(effect, do.StartMail) and self.phase is Phase.STANDALONE else [effect]


class HoldsItsAddressAlone(Rewriting):
    """Holds the shared addresses while it belongs to no group."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Hold them as soon as it processes mail by itself."""
        if isinstance(effect, do.StartMail) and self.phase is Phase.STANDALONE:
            return [effect, *(do.HoldAddress(each.interface, each.action, each.address) for each in self.shared())]
        if isinstance(effect, do.StopMail) and self.phase is not Phase.PRIMARY:
            return [effect, *(do.ReleaseAddress(each.interface, each.action, each.address) for each in self.shared())]
        return [effect]


class FollowsUnseen(Engine):
    """As a secondary, shows that it follows when it has looked for a primary for a while and found none."""

    def __init__(self) -> None:
        """Not look around yet."""
        super().__init__()
        self._looks_since = 0.0

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Remember since when it looks around."""
        super().move(trigger, reason)
        self._looks_since = self.now

    def status(self) -> Status:
        """Show the configured mode as the effective one after its first heartbeat into the void."""
        status = super().status()
        looking = self.phase is Phase.JOINING and status.configured is Mode.SECONDARY and self.peer is None
        patient = self.now - self._looks_since > HEARTBEAT_PERIOD / 2
        return dataclasses.replace(status, effective=Effective.SECONDARY) if looking and patient else status


class LeadsUnseen(Engine):
    """As a primary, leads before it has looked for its peer."""

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Go on from joining to primary."""
        super().move(trigger, reason)
        if self.phase is Phase.JOINING and self.settings.mode is Mode.PRIMARY:
            super().move(Trigger.ALONE)


class HastySecondary(Engine):
    """As a secondary that starts, leads when it has heard no primary for half a second."""

    def timer(self, name: str, after: float) -> None:
        """Shorten that timer."""
        super().timer(name, 0.5 if name == "join" and self.settings.mode is Mode.SECONDARY else after)


class NeverLeadsAlone(Engine):
    """Never leads without having heard its peer."""

    def _alone(self) -> None:
        pass


class LeadsUnsynchronized(Engine):
    """As a starting secondary, leads when its second synchronization fails, though it hears its primary."""

    def _hears_primary(self) -> bool:
        return False


class FollowsUnsynchronized(Engine):
    """As a starting secondary, follows although its first synchronization has failed."""

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Take failure for success."""
        super().move(Trigger.SYNC_OK if trigger is Trigger.SYNC_BAD else trigger, reason)


class TriesOnce(Engine):
    """As a starting secondary, does not repeat a first synchronization that failed."""

    def timer(self, name: str, after: float) -> None:
        """Do not set that timer."""
        if name != "retry":
            super().timer(name, after)


class WaitsUnsynchronized(Engine):
    """As a starting secondary that cannot synchronize, waits for the detection time although its primary is gone."""

    def _hears_primary(self) -> bool:
        return True


class CopiesNothingOnReturn(Rewriting):
    """Enters a group again without copying what it has missed."""

    def __init__(self) -> None:
        """Be new."""
        super().__init__()
        self._returns = False

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Take the first synchronization for done, once it has left a group."""
        self._returns = self._returns or isinstance(effect, do.CloseLinks)
        first = self._returns and self.phase is Phase.FIRST_SYNC
        if first and isinstance(effect, do.StartSync) and effect.what is Sync.CONFIG:
            self.syncs.running = None
            self._due["retry"] = self.now
            return [do.StartTimer("retry", 0.0)]
        return [effect]

    def _retry(self, *, late: float) -> None:
        del late
        self.move(Trigger.SYNC_OK)


class ForgetsThatItIsPrimary(Engine):
    """Enters a group that has a primary as its secondary, though it is configured as primary."""

    def move(self, trigger: Trigger, reason: str = "") -> None:
        """Drop the claim."""
        if trigger is Trigger.PEER_IS_PRIMARY:
            self.claim = None
        super().move(trigger, reason)


class ShowsNoMode(Engine):
    """Shows the configured mode as off, whatever was entered."""

    def status(self) -> Status:
        """Forget it."""
        return dataclasses.replace(super().status(), configured=Mode.OFF)


UNITS: dict[str, type[Engine]] = {
    "takes-config-only-for-a-pair": TakesConfigOnlyForAPair,
    "never-off": NeverOff,
    "stays-in-the-group": StaysInTheGroup,
    "leaves-with-the-address": LeavesWithTheAddress,
    "idle-alone": IdleAlone,
    "holds-its-address-alone": HoldsItsAddressAlone,
    "follows-unseen": FollowsUnseen,
    "leads-unseen": LeadsUnseen,
    "hasty-secondary": HastySecondary,
    "never-leads-alone": NeverLeadsAlone,
    "leads-unsynchronized": LeadsUnsynchronized,
    "follows-unsynchronized": FollowsUnsynchronized,
    "tries-once": TriesOnce,
    "waits-unsynchronized": WaitsUnsynchronized,
    "copies-nothing-on-return": CopiesNothingOnReturn,
    "forgets-that-it-is-primary": ForgetsThatItIsPrimary,
    "shows-no-mode": ShowsNoMode,
}
