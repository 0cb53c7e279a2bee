"""Checks that a default of the settings table is a value of its setting."""

from __future__ import annotations

import ipaddress

from manual.records import Kind, Setting


def expected(setting: Setting) -> str | None:
    """Return what the default should look like, or None when it is a value of the setting."""
    default = setting.default
    match setting.kind:
        case Kind.ENUM:
            return None if default in setting.values else "one of " + ", ".join(setting.values)
        case Kind.WORDS:
            return None if set(default.split()) <= set(setting.values) else "words out of " + ", ".join(setting.values)
        case Kind.INTEGER:
            return None if _within(setting, default) else f"a whole number {_range(setting)}"
        case Kind.IPV4 | Kind.IPV6:
            return None if _address(setting.kind, default) else f"an address of kind {setting.kind}"
        case Kind.IPV4MASK | Kind.IPV6MASK:
            return None if _masked(setting.kind, default) else "an address with its mask, after a slash or a blank"
        case Kind.STRING:
            return None if len(default) >= (setting.minimum or 0) else f"at least {setting.minimum} characters"
        case _:
            return None


def _within(setting: Setting, text: str) -> bool:
    if not (text.isascii() and text.isdigit()):
        return False
    low = setting.minimum if setting.minimum is not None else 0
    return low <= int(text) and (setting.maximum is None or int(text) <= setting.maximum)


def _range(setting: Setting) -> str:
    low = setting.minimum if setting.minimum is not None else 0
    return f"from {low} up" if setting.maximum is None else f"from {low} to {setting.maximum}"


def _address(kind: Kind, text: str) -> bool:
    try:
        (ipaddress.IPv4Address if kind is Kind.IPV4 else ipaddress.IPv6Address)(text)
    except ValueError:
        return False
    return True


def _masked(kind: Kind, text: str) -> bool:
    if text.count("/") + text.count(" ") != 1:
        return False
    try:
        (ipaddress.IPv4Interface if kind is Kind.IPV4MASK else ipaddress.IPv6Interface)(text.replace(" ", "/"))
    except ValueError:
        return False
    return True
