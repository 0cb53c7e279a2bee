"""What a unit's own page says of its mail interface: the failover action, and the addresses that it shares there."""

from __future__ import annotations

from dataclasses import dataclass

from lab.contract import Unit
from lab.standard_pair import PAIR, unquoted

_ACTIONS = {"use-vip": "add", "add": "add", "set": "set"}
"""Actions in both spellings of `system ha`."""

_NONE = {"0.0.0.0/0", "::/0", ""}


@dataclass(frozen=True, slots=True)
class Sharing:
    """The failover action of the mail interface (add, set or "" for another), and its addresses (with mask)."""

    action: str = ""
    address: str = ""
    address6: str = ""

    @property
    def held(self) -> frozenset[str]:
        """The addresses that the unit which leads holds."""
        return frozenset({self.address, self.address6} - _NONE) if self.action else frozenset()

    def __str__(self) -> str:
        """In words of an operator."""
        return " ".join([self.action or "no address", *sorted(self.held)])


def sharing(unit: Unit) -> Sharing:
    """Read the page of a unit; raises CliLost."""
    found: dict[str, str] = {}
    interface = ""
    for line in unit.cli("show system ha").text.splitlines():
        words = line.split()
        if words[:1] == ["edit"]:
            interface = words[1].strip("'\"")
        elif words[:1] == ["next"]:
            interface = ""
        elif words[:3] == ["set", "failover", PAIR.mail]:
            found |= {"status": words[3], "virtual-ip": " ".join(words[4:])}
        elif words[:1] == ["set"] and interface == PAIR.mail:
            found[words[1]] = unquoted(" ".join(words[2:]))
    return Sharing(_ACTIONS.get(found.get("status", ""), ""), found.get("virtual-ip", ""), found.get("virtual-ip6", ""))
