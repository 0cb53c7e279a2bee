"""The foreign unit's shell: lines in, text out. What a line asks for, it asks of the unit."""

from __future__ import annotations

import ipaddress
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Protocol

VERSION = "1.0.0"

ZERO, NO_ADDRESS = "0.0.0.0", "0.0.0.0/0"  # noqa: S104 - what stands for none; nothing is bound to it
RANKS = {"1": "primary", "2": "secondary"}
"""Rank of a heartbeat interface, by its number in the flat form."""

_FLAT = re.compile(r"heartbeat-([12])-(interface|ip|peer)")
_ROLES = {"off": "OFF", "primary": "MASTER", "secondary": "BACKUP"}
_UNUSED = {
    "secondary": "a VRRP instance speaks on one interface; the secondary one is kept, and not used",
    "check-interval": "the carrier is followed without checks; the interval is kept, and not used",
    "retries": "the carrier is followed without checks; the number is kept, and not used",
}

Settings = dict[str, dict[str, str]]
"""Values by section and keyword; the sections are `ha`, `global`, `local-ports`, and one for each port."""


class Refused(Exception):
    """Why a line is refused."""


class Unit(Protocol):
    """What the shell asks of the unit."""

    name: str
    addresses: Mapping[str, str]
    """Own address with mask of each port."""
    settings: Settings
    """What was saved last."""

    @property
    def state(self) -> str:
        """What the unit does now: OFF, WAITING, BACKUP, MASTER or FAULT."""
        ...

    def save(self, settings: Settings) -> None:
        """Keep these settings, and put them into force."""
        ...

    def order(self, word: str) -> str:
        """Begin to carry an order out, and return ""; or return why it cannot be."""
        ...


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise Refused(f"expected {' or '.join(words)}, not {text!r}")
        return text

    return read


def _whole(least: int, most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise Refused(f"expected {least} to {most}, not {text!r}")
        return str(int(text))

    return read


def _address(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise Refused(f"{text!r} is no IPv4 address") from None


def _shared(text: str) -> str:
    address, _, mask = text.partition("/")
    try:
        found = ipaddress.IPv4Interface(text)
    except ValueError:
        found = None
    if found is None or not mask or str(found.ip) == ZERO:
        raise Refused(f"{address!r} with mask {mask!r} is no IPv4 address with a mask")
    return str(found)


_Table = dict[str, tuple[str, Callable[[str], str]]]
"""Factory value of each keyword, and how another is read."""

_HA: _Table = {
    "mode": ("off", _one_of(*_ROLES)),
    "hb-lost-threshold": ("15", _whole(2, 100)),
    "on-failure": ("become-secondary", _one_of("off", "restore-role", "become-secondary")),
}
_PORT: _Table = {
    "heartbeat-status": ("disable", _one_of("disable", *RANKS.values())),
    "peer-ip": (ZERO, _address),
    "status": ("ignore-vip", _one_of("ignore-vip", "use-vip")),
    "virtual-ip": (NO_ADDRESS, _shared),
    "port-monitor": ("disable", _one_of("enable", "disable")),
}
_CHECK: _Table = {
    "status": ("disable", _one_of("enable", "disable")),
    "check-interval": ("10", _whole(1, 3600)),
    "retries": ("3", _whole(1, 100)),
}
_GLOBAL: _Table = {"disclaimer": ("", str)}
_TABLES = {"ha": _HA, "global": _GLOBAL, "local-ports": _CHECK}


def _table(section: str) -> _Table:
    return _TABLES.get(section, _PORT)


def factory(ports: Mapping[str, str]) -> Settings:
    """Return the settings of a unit that nobody has configured."""
    return {
        section: {keyword: value for keyword, (value, _) in _table(section).items()} for section in (*_TABLES, *ports)
    }


def ranked(settings: Settings, rank: str) -> str:
    """Return the port with this heartbeat-status, "" for none."""
    return next((port for port, each in settings.items() if each.get("heartbeat-status") == rank), "")


class Shell:
    """One session of an operator. Settings count once the outermost `end` has saved them."""

    def __init__(self, unit: Unit) -> None:
        """Begin at the top."""
        self.ended = False
        """Whether the operator has left."""
        self._unit = unit
        self._at: list[str] = []
        """The tables and the entry that are open, outermost first."""
        self._draft: Settings = {}
        self._asked = ""
        """Order that waits for y or n."""

    @property
    def prompt(self) -> str:
        """What is printed while the shell waits for a line."""
        if self._asked:
            return f"{self._asked} {self._unit.name} now? (y/n) "
        return f"{' '.join([self._unit.name, *self._at])}> "

    def enter(self, line: str) -> str:
        """Carry out one line, and return what is printed before the next prompt."""
        try:
            words = _split(line)
            if self._asked:
                said = self._confirm(words)
            elif self._at:
                said = self._configure(words)
            else:
                said = self._command(words)
        except Refused as reason:
            said = f"Error: {reason}"
        return f"{said}\n" if said else ""

    def _confirm(self, words: list[str]) -> str:
        order, self._asked = self._asked, ""
        return self._order(order) if words == ["y"] else ""

    def _order(self, word: str) -> str:
        why_not = self._unit.order(word)
        if why_not:
            raise Refused(why_not)
        return ""

    def _command(self, words: list[str]) -> str:
        saved = self._unit.settings
        match words:
            case []:
                return ""
            case ["config", "system", "ha" | "global" as section]:
                self._at, self._draft = [section], deepcopy(saved)
                return ""
            case ["get", "system", "status"]:
                return self._status()
            case ["get", "system", "ha"]:
                return _listed(saved["ha"] | _flat(saved))
            case ["get", "system", "global"]:
                return _listed(saved["global"])
            case ["show"]:
                return "\n".join([*_ha_lines(saved), *_global_lines(saved)])
            case ["show", "system", "ha"]:
                return "\n".join(_ha_lines(saved))
            case ["show", "system", "global"]:
                return "\n".join(_global_lines(saved))
            case ["execute", "reboot" | "reload" | "shutdown" as order]:
                self._asked = order
                return ""
            case ["diagnose", "system", "ha", "failover" | "restore" | "restart" as order]:
                return self._order(order)
            case ["exit"]:
                self.ended = True
                return ""
            case _:
                raise Refused("unknown command")

    def _status(self) -> str:
        unit = self._unit
        lines = [f"Version: {VERSION}", f"Name: {unit.name}", f"Configured role: {_ROLES[unit.settings['ha']['mode']]}"]
        return "\n".join([*lines, f"VRRP state: {unit.state}"])

    def _configure(self, words: list[str]) -> str:
        match self._at, words:
            case _, []:
                pass
            case _, ["abort"]:
                self._at = []
            case [_], ["end"]:
                self._at = []
                self._unit.save(self._draft)
            case [section, *_], ["end"]:
                self._at = [section]
            case [section, table, _], ["next"]:
                self._at = [section, table]
            case ["ha"], ["config", "interface" | "service" as table]:
                self._at = ["ha", table]
            case [_, "interface"], ["edit", port]:
                self._at = [*self._at, self._port(port)]
            case [_, "service"], ["edit", "local-ports" as check]:
                self._at = [*self._at, check]
            case ["ha"], ["get"]:
                return _listed(self._draft["ha"] | _flat(self._draft))
            case ((["global" as section] | [_, _, section]), ["get"]):
                return _listed(self._draft[section])
            case ["ha"], ["set", "failover", port, action, *address]:
                self._share(self._port(port), action, "/".join(address))
            case ["ha"], ["set", "network-intf-check", word]:
                return self._set("local-ports", "status", word)
            case ["ha"], ["set", keyword, *value] if flat := _FLAT.fullmatch(keyword):
                return self._set_flat(RANKS[flat[1]], flat[2], "/".join(value))
            case (([section] | [_, _, section]), ["set", keyword, value]):
                return self._set(section, keyword, value)
            case [_, _, port], ["set", "virtual-ip", address, mask]:
                return self._set(port, "virtual-ip", f"{address}/{mask}")
            case _:
                raise Refused("unknown command")
        return ""

    def _port(self, name: str) -> str:
        if name not in self._unit.addresses:
            raise Refused(f"there is no interface {name!r}")
        return name

    def _share(self, port: str, action: str, address: str) -> None:
        """Set a failover action in the flat form."""
        entry = self._draft[port]
        match action:
            case "add":
                entry |= {"virtual-ip": _shared(address), "status": "use-vip"}
            case "ignore" if address in {"", NO_ADDRESS, f"{ZERO}/{ZERO}"}:
                entry |= {"virtual-ip": NO_ADDRESS, "status": "ignore-vip"}
            case _:
                raise Refused(f"expected add with an address, or ignore, not {action!r}")

    def _set_flat(self, rank: str, what: str, value: str) -> str:
        """Set the heartbeat interface of a rank in the flat form."""
        port = ranked(self._draft, rank)
        match what:
            case "interface" if value == "disable":
                return self._set(port, "heartbeat-status", value) if port else ""
            case "interface":
                return self._set(self._port(value), "heartbeat-status", rank)
            case "peer" if port:
                return self._set(port, "peer-ip", value)
            case "ip" if port and value.partition("/")[0] == self._unit.addresses[port].partition("/")[0]:
                return ""
            case _:
                raise Refused(f"name the {rank} heartbeat interface first; its address is its own")

    def _set(self, section: str, keyword: str, value: str) -> str:
        """Set a value in the draft; return what the operator should know of it."""
        entry = self._draft[section]
        if keyword not in entry:
            raise Refused(f"unknown keyword {keyword!r}")
        read = _table(section)[keyword][1](value)
        if keyword == "virtual-ip" and entry["status"] != "use-vip":
            raise Refused("there is no virtual address while the status is ignore-vip")
        if keyword == "heartbeat-status" and read in RANKS.values():
            for other in self._unit.addresses:
                if self._draft[other][keyword] == read:
                    self._draft[other][keyword] = "disable"
        entry[keyword] = read
        unused = _UNUSED.get(read if keyword == "heartbeat-status" else keyword)
        return f"Note: {unused}" if unused else ""


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as reason:
        raise Refused(f"{line!r} cannot be read ({reason})") from None


def _listed(values: Mapping[str, str]) -> str:
    return "\n".join(f"{keyword:22} {value}" for keyword, value in values.items())


def _flat(settings: Settings) -> dict[str, str]:
    """Return the heartbeat interfaces in the flat form."""
    found = {}
    for number, rank in RANKS.items():
        port = ranked(settings, rank)
        found[f"heartbeat-{number}-interface"] = port or "disable"
        found[f"heartbeat-{number}-peer"] = settings[port]["peer-ip"] if port else ZERO
    return found


def _changed(settings: Settings, section: str) -> list[str]:
    factory_values = _table(section)
    return [
        f"set {keyword} {shlex.quote(value)}"
        for keyword, value in settings[section].items()
        if value != factory_values[keyword][0]
    ]


def _block(head: str, lines: list[str], end: str) -> list[str]:
    return [head, *(f"  {line}" for line in lines), end] if lines else []


def _ha_lines(settings: Settings) -> Iterator[str]:
    """Yield `config system ha` as an operator would enter it."""
    ports = [
        line
        for port in settings
        if port not in _TABLES
        for line in _block(f"edit {port}", _changed(settings, port), "next")
    ]
    checks = _block("edit local-ports", _changed(settings, "local-ports"), "next")
    tables = [*_block("config interface", ports, "end"), *_block("config service", checks, "end")]
    inner = [*_changed(settings, "ha"), *tables]
    yield from ("config system ha", *(f"  {line}" for line in inner), "end")


def _global_lines(settings: Settings) -> Iterator[str]:
    """Yield `config system global` as an operator would enter it."""
    yield from ("config system global", *(f"  {line}" for line in _changed(settings, "global")), "end")
