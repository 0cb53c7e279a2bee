"""Units that are wrong about which of their interfaces they look at."""

from __future__ import annotations

import dataclasses

from node.engine.engine import Engine
from node.engine.settings import HaSettings
from node.wrong.base import Misreading

MAIL = "port3"


class MonitorsWhatItIgnores(Misreading):
    """Looks at its mail interface though that has the action ignore."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Add the interface where it has no other action."""
        if any(shared.interface == MAIL for shared in settings.addresses):
            return settings
        return dataclasses.replace(settings, monitored=(*settings.monitored, MAIL))


class MonitorsEveryAction(Misreading):
    """Looks at each interface that has a failover action, also where port-monitor is disabled."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Take all that have an address."""
        shared = (each.interface for each in settings.addresses)
        return dataclasses.replace(settings, monitored=tuple(dict.fromkeys([*settings.monitored, *shared])))


class MonitorsUnasked(Misreading):
    """Looks at interfaces whose port-monitor is enabled, also where interface monitoring is disabled."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Take disable for enable."""
        return dataclasses.replace(settings, local_ports=dataclasses.replace(settings.local_ports, enabled=True))


class MonitorsNothingWithSet(Misreading):
    """Does not look at an interface that has given its own address up for the shared one, or may."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Leave those with the action set out."""
        given_up = {shared.interface for shared in settings.addresses if shared.action.value == "set"}
        return dataclasses.replace(
            settings, monitored=tuple(port for port in settings.monitored if port not in given_up)
        )


class MonitorsByConfiguredMode(Misreading):
    """Looks at its interfaces only where it is configured as primary, not where it leads."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Monitor nothing as a secondary."""
        return settings if settings.mode.value == "primary" else dataclasses.replace(settings, monitored=())


UNITS: dict[str, type[Engine]] = {
    "monitors-what-it-ignores": MonitorsWhatItIgnores,
    "monitors-every-action": MonitorsEveryAction,
    "monitors-unasked": MonitorsUnasked,
    "monitors-nothing-with-set": MonitorsNothingWithSet,
    "monitors-by-configured-mode": MonitorsByConfiguredMode,
}
