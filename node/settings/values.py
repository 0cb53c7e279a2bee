"""One typed reader for each kind of value: text as entered in, canonical text out, or `Refused`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from functools import lru_cache

from manual import AliasKind, Kind, Setting, alias_rows
from node.settings.refusal import Refused, allowed, quoted

LARGEST = 2**31 - 1
"""Upper bound if the manual prints "a very high number"; seconds or counts. Source: S0; E-22."""

V4, V6 = 4, 6

NONE4, NONE6 = "0.0.0.0", "::"  # noqa: S104 - the manual's word for an unset address, nothing is bound to it

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*", re.ASCII)


def read(setting: Setting, text: str) -> str:
    """Return the canonical text of a value of this setting; raises Refused.

    Compound settings and interface names need more than the value: `node.settings.views` reads them.
    """
    match setting.kind:
        case Kind.ENUM:
            return word(text, setting.values, within=setting.keyword)
        case Kind.INTEGER:
            return integer(text, setting.minimum, setting.maximum)
        case Kind.IPV4 | Kind.IPV6:
            return address(text, V4 if setting.kind is Kind.IPV4 else V6)
        case Kind.IPV4MASK | Kind.IPV6MASK:
            return masked(text, V4 if setting.kind is Kind.IPV4MASK else V6)
        case _:
            return string(text, setting.minimum or 0, setting.maximum)


def word(text: str, words: Sequence[str], within: str) -> str:
    """One of an enumeration's words, in 7.0's spelling; `within` is its keyword. Source: HA-002, HA-754 to HA-756."""
    rows = [row for row in alias_rows() if row.kind is AliasKind.VALUE and row.old == text]
    own = (row.word for row in rows if row.within == within)
    everywhere = (row.word for row in rows if row.within is None)
    for candidate in (text, *own, *everywhere):
        if candidate in words:
            return candidate
    raise Refused(f"{quoted(text)} is not a value here; {allowed(words)}")


def integer(text: str, minimum: int | None, maximum: int | None) -> str:
    """A whole number within its range. Source: HA-757, HA-758."""
    low, high = minimum or 0, LARGEST if maximum is None else maximum
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise Refused(f"{quoted(text)} is not a whole number; allowed: {low} to {high}")
    # Longer texts are out of every range, and int() refuses some of them.
    number = int(text) if len(digits) <= 20 else LARGEST + 1  # noqa: PLR2004 - more digits than 64 bits have
    if not low <= number <= high:
        raise Refused(f"{quoted(text)} is out of range; allowed: {low} to {high}")
    return str(number)


def address(text: str, version: int) -> str:
    """A host address without mask; all-zero means unset. Source: HA-757."""
    try:
        parsed = ipaddress.IPv4Address(text) if version == V4 else ipaddress.IPv6Address(text)
    except ValueError:
        raise Refused(f"{quoted(text)} is not an IPv{version} address; allowed: {_example(version)}") from None
    _refuse_special(parsed, text)
    return str(parsed)


@lru_cache(maxsize=4096)
def masked(text: str, version: int) -> str:
    """An address with its mask, entered as 10.0.3.100/24 or as 10.0.3.100 255.255.255.0; kept with a slash."""
    parts = text.replace("/", " ", 1).split()
    shape = f"allowed: {_example(version)}/{24 if version == V4 else 64}"
    if len(parts) != 2:  # noqa: PLR2004 - address and mask
        raise Refused(f"{quoted(text)} is not an address with its mask; {shape}")
    host, mask = parts
    try:
        parsed = ipaddress.ip_interface(f"{host}/{mask}")
    except ValueError:
        raise Refused(f"{quoted(text)} is not an IPv{version} address with its mask; {shape}") from None
    # ipaddress also reads 0.0.0.255 as a (host) mask, and an address of the other family.
    written = mask if "." in mask else str(parsed.network.prefixlen)
    dotted = str(parsed.netmask) if "." in mask else str(parsed.network.prefixlen)
    if parsed.version != version or written != dotted:
        raise Refused(f"{quoted(text)} is not an IPv{version} address with its mask; {shape}")
    _refuse_special(parsed.ip, host)
    return f"{parsed.ip}/{parsed.network.prefixlen}"


def string(text: str, minimum: int, maximum: int | None = None) -> str:
    """Printable text of a length within its range. Source: HA-451."""
    if len(text) < minimum:
        raise Refused(f"a value of at least {minimum} character{'s' if minimum > 1 else ''} is needed")
    if maximum is not None and len(text) > maximum:
        raise Refused(f"the value is too long; at most {maximum} characters are allowed")
    if not text.isprintable():
        raise Refused("control characters are not allowed in a value")
    return text


def host_name(text: str) -> str:
    """A host name as it may stand in the prompt and in the SMTP banner; '' for the unit's own."""
    if text and not _HOST_NAME.fullmatch(text):
        raise Refused(f"{quoted(text)} is not a host name; allowed: letters, digits and hyphens, parted by dots")
    return text


def is_unset(text: str) -> bool:
    """Whether an address (with or without mask) is the all-zero one."""
    return re.split("[/ ]", text, maxsplit=1)[0] in {"", NONE4, NONE6}


def with_space(text: str) -> str:
    """An IPv4 address with mask in the flat spelling: 10.0.0.1 255.255.255.0. Source: system ha, heartbeat-1-ip."""
    parsed = ipaddress.IPv4Interface(text)
    return f"{parsed.ip} {parsed.netmask}"


def _refuse_special(parsed: ipaddress.IPv4Address | ipaddress.IPv6Address, text: str) -> None:
    if parsed.is_multicast or str(parsed) == "255.255.255.255":
        raise Refused(f"{quoted(text)} is not the address of one host; allowed: {_example(parsed.version)}")


def _example(version: int) -> str:
    return "an address like 10.0.3.100" if version == V4 else "an address like 2001:db8::100"
