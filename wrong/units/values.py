"""Units that accept values which cannot be right."""

from __future__ import annotations

from wrong.record import WrongUnit
from wrong.units.shared_addresses import lax

UNITS = (
    WrongUnit(
        "takes-malformed-addresses",
        ("HA-757.a",),
        "Accepts a malformed address of its peer without an error, and keeps the old one.",
        (lax(r"set (peer-ip6?|config-peer-ip|heartbeat-1-peer) "),),
    ),
    WrongUnit(
        "takes-any-port",
        ("HA-757.b",),
        "Accepts a port outside 1-65535 without an error, and keeps the old one.",
        (lax(r"set (hb-base-port|port) "),),
    ),
    WrongUnit(
        "takes-negative-counters",
        ("HA-757.c",),
        "Accepts a negative counter without an error, and keeps the old one.",
        (lax(r"set (hb-lost-threshold|retries|check-interval|check-timeout) -"),),
    ),
)
