"""What is particular about a pair, in nouns behind `with`: how it is read, and what QA may write there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from lab.contract import Family, Rank
from lab.schedule import BOTH_LINKS, LINKS
from lab.standard_pair import PAIR


class Lines(Enum):
    """What the table below a sentence holds."""

    SETTINGS = "settings"
    INTERFACE_SETTINGS = "interface settings"
    FAILOVER_ACTIONS = "failover actions"
    PEER_ADDRESSES = "peer addresses"


@dataclass(frozen=True, slots=True)
class Traits:
    """What is particular about a pair; by default nothing is."""

    family: Family = Family.IPV4
    """Of the addresses by which the units know each other."""
    interfaces: Mapping[Rank, str] | None = None
    """The heartbeat interface of each rank, None for the standard ones."""
    spelling: str = "nested"
    wrong: tuple[str, frozenset[Rank]] | None = None
    """The unit that has a wrong peer address, and on which links."""
    action: str = "add"
    shares6: bool = False
    """Whether the pair shares an IPv6 address, too."""
    shares4: bool = True
    off: frozenset[str] = frozenset()
    """Units whose mode is off."""
    table: Lines | None = None


_BOTH = "|".join([*LINKS, BOTH_LINKS])


def _wrong(traits: Traits, found: re.Match[str]) -> Traits:
    ranks = frozenset(Rank) if found[2] == BOTH_LINKS else frozenset({LINKS[found[2]]})
    return replace(traits, wrong=(PAIR.called[found[1]], ranks))


def _off(traits: Traits, found: re.Match[str]) -> Traits:
    units = PAIR.configured if found[1] == "each unit" else [PAIR.called[found[1].removeprefix("the ")]]
    return replace(traits, off=frozenset(units))


ROWS: Mapping[str, tuple[str, Callable[[Traits, re.Match[str]], Traits]]] = {
    "a single heartbeat link": (
        "a single heartbeat link",
        lambda traits, _: replace(traits, interfaces={Rank.PRIMARY: PAIR.heartbeat[Rank.PRIMARY]}),
    ),
    "no heartbeat interface": ("no heartbeat interface", lambda traits, _: replace(traits, interfaces={})),
    "swapped heartbeat ranks": (
        "swapped heartbeat ranks",
        lambda traits, _: replace(
            traits, interfaces=dict(zip(Rank, reversed([PAIR.heartbeat[rank] for rank in Rank]), strict=True))
        ),
    ),
    "its heartbeat on the mail interface": (
        "its heartbeat on the mail interface",
        lambda traits, _: replace(traits, interfaces={Rank.PRIMARY: PAIR.mail}),
    ),
    "heartbeat links in the flat form": (
        "heartbeat links in the (nested|flat|mixed) form",
        lambda traits, found: replace(traits, spelling=found[1]),
    ),
    "a wrong peer address on the primary for both heartbeat links": (
        f"a wrong peer address on the (primary|secondary) for ({_BOTH})",
        _wrong,
    ),
    "the failover action set": (
        "the failover action (add|ignore|set)",
        lambda traits, found: replace(traits, action=found[1]),
    ),
    "a virtual IPv6 address": (
        "a virtual IPv6 address( only)?",
        lambda traits, found: replace(traits, shares6=True, shares4=not found[1]),
    ),
    "mode off on the secondary": ("mode off on (the primary|the secondary|each unit)", _off),
    "these settings": ("these settings", lambda traits, _: replace(traits, table=Lines.SETTINGS)),
    "these failover actions": (
        "these failover actions",
        lambda traits, _: replace(traits, table=Lines.FAILOVER_ACTIONS),
    ),
    "these peer addresses": ("these peer addresses", lambda traits, _: replace(traits, table=Lines.PEER_ADDRESSES)),
}
"""Each trait by an example: what may be written, and what it makes of a pair."""

_OVER = " over IPv6"
_ANY = "|".join(re.sub(r"\((?!\?)", "(?:", pattern) for pattern, _ in ROWS.values())
PATTERN = rf"(?:{_OVER})?(?: with (?:{_ANY})(?: and (?:{_ANY}))*)?"


def read(text: str) -> Traits:
    """Read the end of a sentence."""
    traits = Traits(family=Family.IPV6 if text.startswith(_OVER) else Family.IPV4)
    rest = text.removeprefix(_OVER).removeprefix(" with ")
    while rest:
        rest = rest.removeprefix(" and ")
        make, found = next(
            (make, found) for pattern, make in ROWS.values() if (found := re.match(rf"(?:{pattern})(?= and |$)", rest))
        )
        traits, rest = make(traits, found), rest[found.end() :]
    return traits
