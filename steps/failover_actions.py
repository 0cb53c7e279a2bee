"""Failover actions in both spellings of `system ha`: as an operator enters them, and as `show` prints them."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass

from lab.contract import Capability
from lab.standard_pair import PAIR
from steps.addresses import NONE, address_of
from steps.scene import Scene
from steps.traits import Lines
from steps.words import Table

_STATUS = {"ignore": "ignore-vip", "add": "use-vip", "bridge": "add-to-bridge"}
_ACTIONS = {status: action for action, status in _STATUS.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One failover action: interface, action in the flat form's word, address with mask."""

    interface: str
    action: str
    address: str

    def flat(self) -> list[str]:
        """CLI lines inside `config system ha`, in the flat form."""
        return [f"set failover {self.interface} {self.action} {self.address}".rstrip()]

    def nested(self) -> list[str]:
        """CLI lines inside `config system ha`, in the nested form."""
        address = [] if self.address == NONE else [f"set virtual-ip {self.address}"]
        status = f"set status {_STATUS[self.action]}"
        return ["config interface", f"edit {self.interface}", status, *address, "next", "end"]


def lines_of(scene: Scene, table: Table) -> tuple[str, ...]:
    """Return the CLI lines inside `config system ha` that enter a table: interface, action, address, perhaps form."""
    forms: dict[str, Callable[[Row], list[str]]] = {"flat": Row.flat, "nested": Row.nested}
    place = table[0].index("form") if "form" in table[0] else None
    asked = ("flat" if place is None else each[place] for each in table[1:])
    return tuple(line for form, row in zip(asked, rows_of(scene, table), strict=True) for line in forms[form](row))


def needed_for(what: Lines | None, datatable: Table) -> frozenset[Capability]:
    """Return what a lab must be able to do for a table: it makes some interfaces only where it can make bridges."""
    bridged = what is Lines.FAILOVER_ACTIONS and any(each[0] in PAIR.bridged for each in datatable[1:])
    return frozenset({Capability.BRIDGE} if bridged else ())


def rows_of(scene: Scene, table: Table) -> list[Row]:
    """Return the rows of a table of failover actions; the lab makes interfaces that it has for bridges only."""
    if needed := needed_for(Lines.FAILOVER_ACTIONS, table):
        scene.needs(*needed)
        scene.lab.bridge_networks()
    return [Row(each[0], each[1], address_of(scene, each[0], each[2])) for each in table[1:]]


def shown(scene: Scene, unit: str) -> dict[str, Row]:
    """Return the failover actions that `show` prints, by interface; those that are ignore are left out."""
    status: dict[str, str] = {}
    address: dict[str, str] = {}
    table = interface = ""
    for line in scene.unit(unit).cli("show system ha").text.splitlines():
        match line.split():
            case ["config", name]:
                table = name
            case ["edit", name] if table == "interface":
                interface = name.strip("'\"")
            case ["set", "failover", name, action, *rest]:
                status[name], address[name] = action, _masked(rest)
            case ["set", "status" | "action-on-primary", word] if interface:
                status[interface] = _ACTIONS.get(word, word)
            case ["set", "virtual-ip", *rest] if interface:
                address[interface] = _masked(rest)
            case ["next"]:
                interface = ""
    found = (Row(name, action, address.get(name, NONE)) for name, action in status.items())
    return {row.interface: row for row in found if row.action != "ignore"}


def _masked(words: list[str]) -> str:
    return ipaddress.ip_interface("/".join(words)).with_prefixlen
