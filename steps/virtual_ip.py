"""Failover actions and virtual addresses as an operator enters and reads them, in both spellings of `system ha`.

In tables an address is `virtual` (the pair's), `spare` (another that nobody holds), `none` (all zero), or itself.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lab.contract import Capability, Rank
from steps.fields import UNITS
from steps.pair import await_health, configure
from steps.scene import Scene
from steps.words import Table, given, then, when

_NONE = "0.0.0.0/0"
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
        address = [] if self.address == _NONE else [f"set virtual-ip {self.address}"]
        status = f"set status {_STATUS[self.action]}"
        return ["config interface", f"edit {self.interface}", status, *address, "next", "end"]


@given("a healthy active-passive pair with these failover actions")
def healthy_pair(scene: Scene, datatable: Table) -> None:
    """Entered on the primary only; table: interface, action, address, and form (flat or nested) if it matters."""
    configure(scene, shared=lines(scene, datatable))
    await_health(scene)


@given("a healthy active-passive pair with a single heartbeat link and these failover actions")
def healthy_pair_with_single_link(scene: Scene, datatable: Table) -> None:
    """As above, but only the primary heartbeat link is configured, so that the other's interface can be shared."""
    configure(scene, ranks=(Rank.PRIMARY,), shared=lines(scene, datatable))
    await_health(scene)


@when("an operator enters these failover actions on the {unit:Unit}")
def enters_actions(scene: Scene, unit: str, datatable: Table) -> None:
    """All in one session; table: interface, action, address, and form if it matters. Source: HA-158, HA-159."""
    scene.act()
    scene.enter(unit, "config system ha", *lines(scene, datatable), "end")


@when("an operator enters these interface settings on the {unit:Unit}")
def enters_settings(scene: Scene, unit: str, datatable: Table) -> None:
    """In the nested form; table: interface, setting, value. Source: HA-161."""
    scene.act()
    for interface, setting, value in datatable[1:]:
        line = f"set {setting} {address_of(scene, interface, value)}"
        scene.enter(unit, "config system ha", "config interface", f"edit {interface}", line, "next", "end", "end")


@then("the {unit:Unit} shows these failover actions")
def shows_actions(scene: Scene, unit: str, datatable: Table) -> None:
    """Read from `show`, in whichever form it prints; every other interface has ignore. Source: HA-159, HA-160."""
    rows = {row.interface: row for row in rows_in(scene, datatable) if row.action != "ignore"}

    def as_wanted() -> bool:
        return shown(scene, unit) == rows

    wanted = ", ".join(" ".join(row.flat()) for row in rows.values()) or "no failover action"
    scene.lab.clock.wait_for(as_wanted, scene.lab.profile.settle, f"unit {unit} shows {wanted}")


@then("the {unit:Unit} refuses these failover actions")
def refuses_actions(scene: Scene, unit: str, datatable: Table) -> None:
    """Each line is refused, and what is stored stays; table: interface, action, address. Source: HA-158."""
    for row in rows_in(scene, datatable):
        _refused(scene, unit, ["config system ha", *row.flat(), "end"])


@then("the {unit:Unit} refuses these interface settings")
def refuses_settings(scene: Scene, unit: str, datatable: Table) -> None:
    """Each line is refused, and what is stored stays; table: interface, setting, value. Source: HA-161."""
    for interface, setting, value in datatable[1:]:
        line = f"set {setting} {address_of(scene, interface, value)}"
        _refused(scene, unit, ["config system ha", "config interface", f"edit {interface}", line, "next", "end", "end"])


@then("the {unit:Unit} has these interface settings")
def has_settings(scene: Scene, unit: str, datatable: Table) -> None:
    """Read with `get` in the nested form; table: interface, setting, value. Source: HA-150, HA-162."""
    for interface, setting, value in datatable[1:]:
        text = scene.enter(unit, "config system ha", "config interface", f"edit {interface}", "get", "abort")
        words = (line.replace(":", " ", 1).split(maxsplit=1) for line in text.splitlines())
        printed = {each[0]: each[1].strip() for each in words if len(each) > 1}
        found, wanted = printed.get(setting), address_of(scene, interface, value)
        assert found == wanted, f"unit {unit}: {setting} of {interface} is {found}, not {wanted}"


@then("these shared addresses are held")
def are_held(scene: Scene, datatable: Table) -> None:
    """Seen inside both units; table: interface, address, holder (primary, secondary or nobody). Source: HA-163."""
    scene.needs(Capability.INSPECT)
    wanted = [(each[0], address_of(scene, *each[:2]), each[2]) for each in datatable[1:]]

    def held() -> bool:
        return all(_holders(scene, interface, address) == holder for interface, address, holder in wanted)

    told = ", ".join(f"{holder} holds {address} on {interface}" for interface, address, holder in wanted)
    scene.lab.clock.wait_for(held, scene.lab.profile.settle, told)


@then("these interfaces hold their own address only")
def hold_own(scene: Scene, datatable: Table) -> None:
    """IPv4 addresses, seen inside both units; table: interface. Source: HA-151, HA-166."""
    scene.needs(Capability.INSPECT)
    for unit in scene.units:
        for (interface,) in datatable[1:]:
            held = {address for address in unit.addresses(interface) if ":" not in address}
            own = {unit.own_address(interface)}
            assert held == own, f"{interface} of unit {unit.name} holds {sorted(held)}, not {sorted(own)}"


def lines(scene: Scene, table: Table) -> list[str]:
    """Return the CLI lines inside `config system ha` that enter a table of failover actions."""
    forms: dict[str, Callable[[Row], list[str]]] = {"flat": Row.flat, "nested": Row.nested}
    place = table[0].index("form") if "form" in table[0] else None
    asked = ("flat" if place is None else each[place] for each in table[1:])
    return [line for form, row in zip(asked, rows_in(scene, table), strict=True) for line in forms[form](row)]


def rows_in(scene: Scene, table: Table) -> Iterable[Row]:
    """Return the rows of a table of failover actions."""
    return [Row(each[0], each[1], address_of(scene, each[0], each[2])) for each in table[1:]]


def address_of(scene: Scene, interface: str, word: str) -> str:
    """Return the address with mask that a word of a table stands for; any other text stands for itself."""
    if word == "spare":
        return scene.lab.spare_address(interface)
    return {"virtual": scene.lab.mail.virtual_address, "none": _NONE}.get(word, word)


def shown(scene: Scene, unit: str) -> dict[str, Row]:
    """Return the failover actions that `show` prints, by interface; those that are ignore are left out."""
    status: dict[str, str] = {}
    address: dict[str, str] = {}
    interface = ""
    for line in scene.unit(unit).cli("show system ha").text.splitlines():
        match line.split():
            case ["edit", name]:
                interface = name.strip("'\"")
            case ["set", "failover", name, action, *rest]:
                status[name], address[name] = action, _masked(rest)
            case ["set", "status" | "action-on-primary", word] if interface:
                status[interface] = _ACTIONS.get(word, word)
            case ["set", "virtual-ip", *rest] if interface:
                address[interface] = _masked(rest)
            case ["next"]:
                interface = ""
    found = (Row(name, action, address.get(name, _NONE)) for name, action in status.items())
    return {row.interface: row for row in found if row.action != "ignore"}


def _masked(words: list[str]) -> str:
    return ipaddress.ip_interface("/".join(words)).with_prefixlen


def _holders(scene: Scene, interface: str, address: str) -> str:
    holding = [name for name, unit in UNITS.items() if address in scene.unit(unit).addresses(interface)]
    return " and ".join(holding) or "nobody"


def _refused(scene: Scene, unit: str, entered: list[str]) -> None:
    before = scene.enter(unit, "show system ha")
    reply = scene.unit(unit).cli(*entered)
    assert not reply.accepted, f"unit {unit} accepted {' / '.join(entered)}"
    after = scene.enter(unit, "show system ha")
    assert after == before, f"unit {unit} refused {' / '.join(entered)}, but shows {after} instead of {before}"
