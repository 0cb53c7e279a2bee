"""TLS with the group's password as pre-shared key: both ends prove that they know it without sending it."""

from __future__ import annotations

import hashlib
import ssl
from functools import lru_cache

IDENTITY = "switchover-ha"
"""Names the key, not the unit: there is one per group."""

_SALT = b"switchover heartbeat, first key derivation"
"""The salt is fixed, because both units must derive the same key before they speak to each other."""


DERIVED = {"change_me": bytes.fromhex("cb0f11bdcc779df01a3191ac62829ba4cab6c0955047a29456da7710276bccac")}
"""Key of the manual's default password: everybody can derive it, so no start of a unit has to. Source: HA-450."""


@lru_cache(maxsize=4)
def derive_key(password: str) -> bytes:
    """Return the 32-byte key of an HA password (by scrypt, about 50 ms: a guess costs as much). Source: HA-452."""
    return DERIVED.get(password) or scrypt(password)


def scrypt(password: str) -> bytes:
    """Derive a key."""
    return hashlib.scrypt(password.encode(), salt=_SALT, n=1 << 14, r=8, p=1, maxmem=64 << 20, dklen=32)


def server_context(key: bytes) -> ssl.SSLContext:
    """TLS 1.3 for the listening end; a peer without the key fails in the handshake. Source: HA-453, HA-455."""
    context = _context(ssl.PROTOCOL_TLS_SERVER)
    # A session ticket would admit a peer again after the password has changed.
    context.num_tickets = 0
    context.set_psk_server_callback(lambda identity: key if identity == IDENTITY else b"")
    return context


def client_context(key: bytes) -> ssl.SSLContext:
    """TLS 1.3 for the dialling end."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT)
    context.set_psk_client_callback(lambda _hint: (IDENTITY, key))
    return context


def _context(protocol: int) -> ssl.SSLContext:
    if not getattr(ssl, "HAS_PSK", False):
        raise NotImplementedError("this Python's ssl has no TLS-PSK; Python 3.13 or later is needed")
    context = ssl.SSLContext(protocol)
    # The key authenticates both ends; there are no certificates, so there is no name to compare.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context
