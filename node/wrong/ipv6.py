"""Units that are wrong about IPv6 only: what works over IPv4 does not over it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from node.engine import effects as do
from node.engine.engine import Engine
from node.engine.modes import Action, Rank
from node.engine.settings import HaSettings, Link
from node.wrong.base import Misreading, Rewriting


class _Peers(Misreading):
    def misread(self, settings: HaSettings) -> HaSettings:
        """Misread each link's peer."""
        return dataclasses.replace(settings, links=tuple(self.misread_link(link) for link in settings.links))

    def misread_link(self, link: Link) -> Link:
        """Return the link as this unit takes it to be."""
        return link


class IgnoresPeerIp6(_Peers):
    """Knows its peer by IPv4 addresses only."""

    def misread_link(self, link: Link) -> Link:
        """Forget the IPv6 address."""
        return dataclasses.replace(link, peer6="")


class PrefersIpv6(_Peers):
    """Dials the peer's IPv6 address though it has an IPv4 one."""

    def misread_link(self, link: Link) -> Link:
        """Forget the IPv4 address where there is another."""
        return dataclasses.replace(link, peer="") if link.peer6 else link


class Ipv6OnThePrimaryLinkOnly(_Peers):
    """Takes no notice of peer-ip6 on the secondary heartbeat link."""

    def misread_link(self, link: Link) -> Link:
        """Forget the IPv6 address of that link's peer."""
        return dataclasses.replace(link, peer6="") if link.rank is Rank.SECONDARY else link


class AdmitsAnyIpv6Source(Engine):
    """Lets whoever knows the password in from any IPv6 address."""

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Look at IPv4 addresses only."""
        return (password_matches and ":" in source) or super().admits(rank, source, password_matches=password_matches)


class AdmitsOverIpv6WithoutPassword(Engine):
    """Asks no one who comes over IPv6 for the password."""

    def admits(self, rank: Rank, source: str, *, password_matches: bool) -> bool:
        """Let everyone in who comes over IPv6."""
        return ":" in source or super().admits(rank, source, password_matches=password_matches)


class AnnouncesNoIpv6(Rewriting):
    """Sends no neighbour advertisement for an IPv6 address that it has taken."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Announce IPv4 addresses only."""
        return [] if isinstance(effect, do.Announce) and ":" in effect.address else [effect]


class KeepsVirtualIp6(Rewriting):
    """Never gives a shared IPv6 address up."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Release IPv4 addresses only."""
        return [] if isinstance(effect, do.ReleaseAddress) and ":" in effect.address else [effect]


class HoldsNoVirtualIp6(Rewriting):
    """Leads without the shared IPv6 address."""

    def rewrite(self, effect: do.Effect) -> Iterable[do.Effect]:
        """Hold IPv4 addresses only."""
        return [] if isinstance(effect, do.HoldAddress) and ":" in effect.address else [effect]


class AddsVirtualIp6(Misreading):
    """Takes `set` for `add` where the address is one of IPv6."""

    def misread(self, settings: HaSettings) -> HaSettings:
        """Put one action in place of the other."""
        addresses = tuple(
            dataclasses.replace(each, action=Action.ADD) if ":" in each.address else each for each in settings.addresses
        )
        return dataclasses.replace(settings, addresses=addresses)


UNITS: dict[str, type[Engine]] = {
    "ignores-peer-ip6": IgnoresPeerIp6,
    "prefers-ipv6": PrefersIpv6,
    "ipv6-on-the-primary-link-only": Ipv6OnThePrimaryLinkOnly,
    "admits-any-ipv6-source": AdmitsAnyIpv6Source,
    "admits-over-ipv6-without-password": AdmitsOverIpv6WithoutPassword,
    "announces-no-ipv6": AnnouncesNoIpv6,
    "keeps-virtual-ip6": KeepsVirtualIp6,
    "holds-no-virtual-ip6": HoldsNoVirtualIp6,
    "adds-virtual-ip6": AddsVirtualIp6,
}
