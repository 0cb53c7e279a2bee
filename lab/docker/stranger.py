"""A third machine on the heartbeat networks that has no business there; it is made when first needed."""

from __future__ import annotations

import hashlib
import json
import threading

from lab.contract import Family, Rank
from lab.docker.agent import Agent
from lab.docker.rack import Rack
from lab.docker.subnets import HEARTBEAT_PORTS

PATIENCE = 2.0
"""Seconds for an answer; a unit that has nothing to say closes earlier."""

IDENTITY = "switchover-ha"
_SALT = b"switchover heartbeat, first key derivation"


def key_of(password: str) -> bytes:
    """Return the pre-shared key that the reference unit's wire derives from a password.

    A stranger who knows the wire is the hard case; against another implementation the knock ends in its handshake.
    """
    return hashlib.scrypt(password.encode(), salt=_SALT, n=1 << 14, r=8, p=1, maxmem=64 << 20, dklen=32)


class Stranger:
    """Knocks at heartbeat ports from an address of its own."""

    def __init__(self, rack: Rack) -> None:
        """Make nothing yet."""
        self._rack = rack
        self._agent: Agent | None = None
        self._lock = threading.Lock()

    def knock(self, rank: Rank, target: str, port: int, password: str | None, family: Family) -> str:
        """Speak to a unit's port, claim to be its peer, and tell how it ended: refused, closed or answered."""
        with self._lock:
            self._agent = self._agent or self._rack.add_stranger()
        claims = [
            {"kind": "heartbeat", "boot": 1_000_000, "seq": 1, "mode": "secondary" if target == "P" else "primary",
             "effective": "secondary", "joining": False, "was": None, "version": "7.0.0"},
            {"kind": "ask-role", "reason": "stranger"},
        ]  # fmt: skip
        reply = self._agent.ask(
            "knock",
            address=self._rack.plan.address(target, HEARTBEAT_PORTS[rank], family),
            port=port,
            within=PATIENCE,
            identity=IDENTITY,
            key=None if password is None else key_of(password).hex(),
            hello="".join(f"{json.dumps(claim)}\n" for claim in claims),
        )
        return str(reply["ended"])
