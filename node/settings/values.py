"""One typed reader for each kind of value: text as entered in, canonical text out, or `Refused`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from manual import AliasKind, Kind, Setting, alias_rows
from node.settings.refusal import Refused, allowed, quoted

LARGEST = 2_147_483_647
"""Upper bound if the manual prints "a very high number"; seconds or counts. Source: S0; E-22."""

V4, V6 = 4, 6

NONE4, NONE6 = "0.0.0.0", "::"  # noqa: S104 - the manual's word for an unset address, nothing is bound to it

_Host = ipaddress.IPv4Address | ipaddress.IPv6Address
_HostInNetwork = ipaddress.IPv4Interface | ipaddress.IPv6Interface

_ADDRESS: Mapping[int, type[_Host]] = {
    V4: ipaddress.IPv4Address,
    V6: ipaddress.IPv6Address,
}
_INTERFACE: Mapping[int, type[_HostInNetwork]] = {
    V4: ipaddress.IPv4Interface,
    V6: ipaddress.IPv6Interface,
}

_LIKE = "an address like 10.0.3.100 or 2001:db8::100"
_WHOLE = re.compile("-?[0-9]{1,20}")
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*", re.ASCII)


def read(setting: Setting, text: str) -> str:
    """Return the canonical text of a value of this setting; raises Refused.

    Compound settings and interface names need more than the value: `node.settings.views` reads them.
    """
    match setting.kind:
        case Kind.ENUM:
            return word(text, setting.values, within=setting.keyword)
        case Kind.WORDS:
            return words(text, setting.values, within=setting.keyword)
        case Kind.INTEGER:
            return integer(text, setting.minimum, setting.maximum)
        case Kind.IPV4 | Kind.IPV6:
            return address(text, V4 if setting.kind is Kind.IPV4 else V6)
        case Kind.IPV4MASK | Kind.IPV6MASK:
            return masked(text, V4 if setting.kind is Kind.IPV4MASK else V6)
        case _:
            return string(text, setting.minimum or 0)


def word(text: str, words: Sequence[str], within: str) -> str:
    """One of an enumeration's words, in 7.0's spelling; `within` is its keyword. Source: HA-002, HA-754 to HA-756."""
    modern = _modern_words()
    found = modern.get((within, text)) or modern.get((None, text)) or text
    if found not in words:
        raise Refused(f"{quoted(text)} is not a value here; {allowed(words)}")
    return found


def words(text: str, among: Sequence[str], within: str) -> str:
    """Any number of an enumeration's words, each once and in the manual's order."""
    found = {word(each, among, within) for each in text.split()}
    return " ".join(each for each in among if each in found)


def integer(text: str, minimum: int | None, maximum: int | None) -> str:
    """A whole number within its range. Source: HA-757, HA-758."""
    low, high = minimum or 0, LARGEST if maximum is None else maximum
    if not (_WHOLE.fullmatch(text) and low <= int(text) <= high):
        raise Refused(f"{quoted(text)} is not a whole number in range; allowed: {low} to {high}")
    return str(int(text))


def address(text: str, version: int) -> str:
    """A host address without mask; all-zero means unset. Source: HA-757."""
    try:
        parsed = _ADDRESS[version](text)
    except ValueError:
        raise Refused(f"{quoted(text)} is not an IPv{version} address; allowed: {_LIKE}") from None
    _refuse_special(parsed, text)
    return str(parsed)


@lru_cache(maxsize=4096)
def masked(text: str, version: int) -> str:
    """An address with its mask, entered as 10.0.3.100/24 or as 10.0.3.100 255.255.255.0; kept with a slash."""
    parts = text.replace("/", " ").split()
    refused = Refused(f"{quoted(text)} is not an IPv{version} address with its mask; allowed: {_LIKE}, with /24 or /64")
    try:
        parsed = _INTERFACE[version]("/".join(parts))
    except ValueError:
        raise refused from None
    # ipaddress also reads 0.0.0.255 as a (host) mask, and an address without one.
    if parts[-1] not in {str(parsed.netmask), str(parsed.network.prefixlen)}:
        raise refused
    _refuse_special(parsed.ip, text)
    return f"{parsed.ip}/{parsed.network.prefixlen}"


def string(text: str, minimum: int) -> str:
    """Printable text of a length within its range. Source: HA-451."""
    if len(text) < minimum:
        raise Refused(f"the value is too short; allowed: at least {minimum} character")
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
    return re.split("[/ ]", text)[0] in {NONE4, NONE6}


def with_space(text: str) -> str:
    """An IPv4 address with mask in the flat spelling: 10.0.0.1 255.255.255.0. Source: system ha, heartbeat-1-ip."""
    parsed = ipaddress.IPv4Interface(text)
    return f"{parsed.ip} {parsed.netmask}"


def _refuse_special(parsed: _Host, text: str) -> None:
    if parsed.is_multicast or str(parsed) == "255.255.255.255":
        raise Refused(f"{quoted(text)} is not the address of one host; allowed: {_LIKE}")


@cache
def _modern_words() -> Mapping[tuple[str | None, str], str]:
    """7.0's word for each old word of a value; the keyword comes first where the row holds within one only."""
    return {(row.within, row.old): row.word for row in alias_rows() if row.kind is AliasKind.VALUE}
