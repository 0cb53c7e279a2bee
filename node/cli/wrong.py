"""Shells that are wrong on purpose: what the wrong unit of the same name (`node.wrong`) says or lets pass.

A shell lies in words only; what the unit does is its engine's.
"""

from __future__ import annotations

import re

from node.cli.pages import MASK
from node.cli.shell import Shell
from node.engine.modes import Effective
from node.settings.schema import HA


class Lax(Shell):
    """Takes lines for accepted that it has refused."""

    pattern = r"set virtual-ip6? "

    def feed(self, line: str) -> str:
        """Say nothing against them."""
        text = super().feed(line)
        if self.refused and re.match(self.pattern, line.strip()):
            self._refused = False
            return ""
        return text


class Lying(Shell):
    """Prints something else than what is stored."""

    true, told = "", ""

    def feed(self, line: str) -> str:
        """Put one text in place of another."""
        return re.sub(self.true, self.told, super().feed(line))


class LaxAboutActions(Lax):
    """Takes every failover action."""

    pattern = r"set failover "


class LaxAboutBridges(Lax):
    """Takes every bridge."""

    pattern = r"set (failover \S+ bridge|status add-to-bridge)"


class LaxAboutOrders(Lax):
    """Takes every order of an operator, also where there is no group."""

    pattern = r"diagnose system ha (failover|restore|sync|restart)$"


class LyingAboutActions(Lying):
    """Prints another default action."""

    true, told = r"status : ignore-vip", "status : use-vip"


class LyingAboutAddresses(Lying):
    """Prints an address (from the documentation range) where none is set."""

    true, told = r"virtual-ip : 0\.0\.0\.0/0", "virtual-ip : 192.0.2.1/24"


class HidingRows(Lying):
    """Prints no failover actions while the unit follows."""

    true, told = r" *set (failover|status|virtual-ip6?) .*\n", ""

    def feed(self, line: str) -> str:
        """Leave them out."""
        following = self._system.status().effective is Effective.SECONDARY
        return super().feed(line) if following else Shell.feed(self, line)


class LaxAboutPasswords(Lax):
    """Takes an empty password for set, and keeps the old one."""

    pattern = r"set password "


class ShowingPasswords(Shell):
    """Prints the password where it should print a mask."""

    def feed(self, line: str) -> str:
        """Put the one in place of the other."""
        return super().feed(line).replace(MASK, self._system.configuration.get((HA, "password")))


SHELLS: dict[str, type[Shell]] = {
    "offers-everything": Lax,
    "takes-malformed-actions": LaxAboutActions,
    "bridges-in-every-mode": LaxAboutBridges,
    "refuses-nothing": LaxAboutOrders,
    "adds-by-default": LyingAboutActions,
    "invents-an-address": LyingAboutAddresses,
    "hides-the-rows-on-the-secondary": HidingRows,
    "takes-an-empty-password": LaxAboutPasswords,
    "shows-its-password": ShowingPasswords,
}
"""By the wrong unit's name."""
