"""Units that accept values which cannot be right."""

from __future__ import annotations

import re

from node.cli.system import System
from wrong.record import Pages, Printed, WrongUnit
from wrong.units.shared_addresses import lax


def _refuse_zero(line: str, printed: Printed, _: System) -> Printed:
    zero = re.match(r"set failover \S+ ignore 0\.0\.0\.0", line.strip())
    return Printed("Command fail. an address is needed\n", refused=True) if zero else printed


UNITS = (
    WrongUnit(
        "takes-any-mode",
        ("HA-002.b",),
        "Accepts any word as its mode without an error, and keeps the old one.",
        (lax(r"set mode "),),
    ),
    WrongUnit(
        "lets-heartbeat-interfaces-be-set",
        ("HA-068.b", "HA-069"),
        "Accepts the failover action `set` on a heartbeat interface without an error.",
        (lax(r"set failover port[56] set "),),
    ),
    WrongUnit(
        "takes-a-detection-time-in-any-mode",
        ("HA-107",),
        "Accepts a detection time in config-only modes without an error.",
        (lax(r"set hb-lost-threshold [0-9]"),),
    ),
    WrongUnit(
        "refuses-an-all-zero-address",
        ("HA-158.b",),
        "Refuses the all-zero address that is given with the failover action ignore.",
        (Pages(_refuse_zero),),
    ),
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
