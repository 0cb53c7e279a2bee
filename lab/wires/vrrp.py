"""VRRP, as keepalived speaks it: each advertisement is a heartbeat. Source: RFC 3768 and RFC 5798, section 5."""

from __future__ import annotations

from lab.wires.wire import Transport, Wire

_ADVERTISEMENTS = (0x21, 0x31)
"""First byte of an advertisement, in versions 2 and 3."""

FAREWELLS = tuple(bytes((first, router, 0)) for first in _ADVERTISEMENTS for router in range(1, 256))
"""Beginnings of advertisements of priority 0: the sender stops to take part, as an encrypted alert tells of TLS."""

WIRE = Wire("vrrp", Transport.VRRP, noise=FAREWELLS, known=True)
