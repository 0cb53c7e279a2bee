"""Settings with their values, as one word of a sentence: how each is read, and what an operator enters for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab.contract import Rank
from lab.standard_pair import PAIR, local_ports_lines, port_monitor_lines, quoted

_NUMBER = {"primary": 1, "secondary": 2}
_RANK = "primary|secondary"
_STATUS = "enable|disable"

PASSWORDS = {
    "an empty one": "",
    "a single character": "x",
    "two hundred characters": "pass-" * 40,
    "letters, spaces and signs": "a b  c!$%&/()=?*+~#'<>|;:,.-_@{}[]^",
    "letters of other alphabets": "Paßwört-пароль-密码",
    "letters, quotes and backslashes": 'say "hello" \\ bye',
}
"""Passwords by what is particular about them; any other word is a password itself. Source: HA-450 to HA-453."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting and its value: what it is, the value, and the CLI lines inside `config system ha` that enter it."""

    name: str
    value: str
    lines: tuple[str, ...]


Reader = Callable[[re.Match[str]], Setting]


def _plain(name: str, setting: str) -> Reader:
    return lambda found: Setting(name, found[1], (f"set {setting} {found[1]}",))


def _password(found: re.Match[str]) -> Setting:
    password = PASSWORDS.get(found[1], found[1])
    return Setting("password", password, (f"set password {quoted(password)}",))


def _heartbeat_status(found: re.Match[str]) -> Setting:
    rank, value, form = found.groups()
    lines = {
        "nested": (
            "config interface",
            f"edit {PAIR.heartbeat[Rank(rank)]}",
            f"set heartbeat-status {value}",
            "next",
            "end",
        ),
        "flat": (f"set heartbeat-{_NUMBER[rank]}-interface {value}",),
    }[form]
    return Setting("heartbeat-status", value, lines)


def _failover_action(found: re.Match[str]) -> Setting:
    interface = PAIR.heartbeat[Rank(found[1])]
    address = f"{PAIR.network(interface)}{PAIR.hosts['spare']}/24"
    return Setting("failover", found[2], (f"set failover {interface} {found[2]} {address}",))


def _interface_monitoring(found: re.Match[str]) -> Setting:
    """In both spellings. Source: HA-168, E-23."""
    lines = (*local_ports_lines(found[1]), f"set network-intf-check {found[1]}")
    return Setting("interface monitoring", found[1], lines)


ROWS: Mapping[str, tuple[str, Reader]] = {
    "the mode to off": (r"the mode to ([\w-]+)", _plain("mode", "mode")),
    "the detection time to 3 seconds": (
        r"the detection time to (\d+) seconds",
        _plain("detection time", "hb-lost-threshold"),
    ),
    "the base port to 21000": (r"the base port to (\d+)", _plain("base port", "hb-base-port")),
    "the synchronization of mail data to enable": (
        rf"the synchronization of mail data to ({_STATUS})",
        _plain("mail data", "mail-data-sync"),
    ),
    "on-failure to off": (r"on-failure to ([\w-]+)", _plain("on-failure", "on-failure")),
    "the password to another-password": (rf"the password to ({'|'.join(PASSWORDS)}|[\w-]+)", _password),
    "heartbeat-status of the primary interface to disable, in the flat form,": (
        rf"heartbeat-status of the ({_RANK}) interface to (disable), in the (nested|flat) form,",
        _heartbeat_status,
    ),
    'the failover action of the primary heartbeat interface to "set"': (
        rf'the failover action of the ({_RANK}) heartbeat interface to "(add|set)"',
        _failover_action,
    ),
    "interface monitoring to enable": (rf"interface monitoring to ({_STATUS})", _interface_monitoring),
    "port-monitor of the mail interface to disable": (
        rf"port-monitor of the mail interface to ({_STATUS})",
        lambda found: Setting("port-monitor", found[1], port_monitor_lines(PAIR.mail, found[1])),
    ),
}
"""Each setting by an example: what may be written, and what is entered for it."""

PATTERN = "|".join(re.sub(r"\((?!\?)", "(?:", pattern) for pattern, _ in ROWS.values())


def read(text: str) -> Setting:
    """Read a setting and its value."""
    return next(make(found) for pattern, make in ROWS.values() if (found := re.fullmatch(pattern, text)))
