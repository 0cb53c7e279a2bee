"""The reference unit's wire: TLS 1.3 with a key that both units derive from the group's password, and JSON in lines.

The suite does not import the unit, so what a stranger must know of it stands here once more; tests compare the two.
"""

from __future__ import annotations

import hashlib
import json

from lab.contract import Trick
from lab.wires.wire import Admission, Wire

IDENTITY = "switchover-ha"
_SALT = b"switchover heartbeat, first key derivation"

HALF_GREETING = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
"""The first bytes of a TLS greeting that announces 512 bytes."""

ENDLESS = b"x" * 64
"""Part of a line; it is sent again and again."""

HANDSHAKE = (b"\x14", b"\x15", b"\x16")
"""Beginnings of TLS records of a handshake, and of an alert that is not encrypted."""

ENCRYPTED = b"\x17"
"""Beginning of an encrypted TLS record."""

ENCRYPTED_ALERT = b"\x17\x03\x03\x00\x13"
"""Beginning of an encrypted alert of TLS 1.3, recognized by its length: two bytes, a type and a tag. A unit sends one
before a planned restart."""


FINISHED = (b"\x17\x03\x03\x00\x35", b"\x17\x03\x03\x00\x45")
"""Beginnings of the record that ends a handshake of TLS 1.3, recognized by its length: 4 bytes and a hash (SHA-256 or
SHA-384), a type and a tag. No message of a unit is so short."""


def key_of(password: str) -> bytes:
    """Return the pre-shared key that the units derive from a password."""
    return hashlib.scrypt(password.encode(), salt=_SALT, n=1 << 14, r=8, p=1, maxmem=64 << 20, dklen=32)


def claims(target: str) -> bytes:
    """Messages by which an admitted peer could move a role."""
    mode = "secondary" if target == "P" else "primary"
    claims = [
        {"kind": "heartbeat", "boot": 1_000_000, "seq": 1, "mode": mode, "effective": "secondary",
         "joining": False, "was": None, "version": "7.0.0"},
        {"kind": "ask-role", "reason": "stranger", "boot": 1_000_000, "seq": 1,
         "heard_boot": 1_000_000, "heard_seq": 1},
    ]  # fmt: skip
    return "".join(f"{json.dumps(claim)}\n" for claim in claims).encode()


def says(trick: Trick, target: str) -> bytes:
    """Return what a stranger sends to a unit for a trick in which he speaks as a peer does."""
    return {Trick.CLAIM: claims(target), Trick.ENDLESS_LINE: ENDLESS, Trick.HALF_GREETING: HALF_GREETING}[trick]


def admits(password: str) -> Admission:
    """Return what lets somebody in who knows the group's password."""
    return Admission(IDENTITY, key_of(password))


WIRE = Wire(
    "switchover",
    noise=(*HANDSHAKE, *FINISHED, ENCRYPTED_ALERT),
    records=True,
    refusals=(*HANDSHAKE, ENCRYPTED),
    known=True,
    says=says,
    admits=admits,
)
