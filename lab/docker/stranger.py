"""An intruder: a third machine on the heartbeat networks, made when first needed."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Mapping

from lab.contract import Encounter, Ending, Family, Guise, Intrusion, Port, Proof, Rank, Trick
from lab.docker.agent import Agent
from lab.docker.names import UNITS, other
from lab.docker.rack import Rack
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.errors import FaultNotProven

PATIENCE = 20.0
"""Seconds for a stranger to connect, and then to wait for the unit to end the connection; the reference unit ends an
unfinished greeting after 5 seconds."""

MEGABYTE = 1 << 20
CONNECTIONS = {Trick.SILENCE: 40, Trick.HALF_GREETING: 40, Trick.CROWD: 100}
"""Connections for each port; every other trick uses one."""

HALF_GREETING = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
"""The first bytes of a TLS greeting that announces 512 bytes."""

IDENTITY = "switchover-ha"
_SALT = b"switchover heartbeat, first key derivation"


def key_of(password: str) -> bytes:
    """Return the pre-shared key that the reference unit's wire derives from a password.

    A stranger who knows the protocol is the hard case; with another implementation its greeting fails.
    """
    return hashlib.scrypt(password.encode(), salt=_SALT, n=1 << 14, r=8, p=1, maxmem=64 << 20, dklen=32)


class Stranger:
    """Tries tricks at the units' ports, from its own machine or with the peer's address."""

    def __init__(self, rack: Rack) -> None:
        """Prepare; the machine is made when first needed."""
        self._rack = rack
        self._agent: Agent | None = None
        self._listens = False
        self._lock = threading.Lock()

    def overhear(self, numbers: Mapping[str, Mapping[Port, int]]) -> None:
        """Record from now on what arrives from Toxiproxy at these ports of each unit, on both links."""
        self._machine()  # so that it is there at once when it is needed
        self._listens = True
        for unit, ports in numbers.items():
            self._tap(unit, [str(number) for number in ports.values()])

    def reset(self) -> None:
        """Forget the recordings."""
        if self._listens:
            self._listens = False
            for unit in UNITS:
                self._tap(unit, [])

    def intrude(
        self, rank: Rank, target: str, intrusion: Intrusion, numbers: Mapping[Port, int], *, peer_is_lit: bool
    ) -> Encounter:
        """Try a trick on several ports of a unit at once; raises FaultNotProven if none was reached."""
        interface = HEARTBEAT_PORTS[rank]
        wanted = {port: numbers[port] for port in intrusion.ports}
        disguised = intrusion.guise is Guise.PEER
        # A peer on the network keeps its address, so the stranger uses its namespace; otherwise the address is free.
        agent = self._rack.chassis(other(target)) if disguised and peer_is_lit else self._machine()
        borrowed = (
            {}
            if not disguised or peer_is_lit
            else {
                "interface": interface,
                "borrowed": self._rack.plan.address(other(target), interface, intrusion.family),
            }
        )
        knows = intrusion.trick in {Trick.CLAIM, Trick.ENDLESS_LINE}
        reply = agent.ask(
            "intrude",
            patience=2 * PATIENCE + 15.0,
            address=self._rack.plan.address(target, interface, intrusion.family),
            ports=[str(number) for number in wanted.values()],
            says=self._words(rank, target, intrusion.trick, wanted),
            repeat=MEGABYTE // 64 if intrusion.trick in {Trick.GARBAGE, Trick.ENDLESS_LINE} else 1,
            count=CONNECTIONS.get(intrusion.trick, 1),
            within=PATIENCE,
            identity=IDENTITY,
            key=key_of(intrusion.password).hex() if knows else None,
            **borrowed,
        )
        if not reply["stood"] + reply["refused"]:
            raise FaultNotProven(f"a stranger on the {rank} heartbeat network reached no port of unit {target}")
        endings = {port: Ending(reply["endings"][str(number)]) for port, number in wanted.items()}
        who = "from the peer's address" if disguised else "from an address of its own"
        statement = (
            f"a stranger on the {rank} heartbeat network opened {reply['stood']} connections to unit {target} {who}"
            f" and sent {reply['sent']} bytes"
        )
        figures = {"connections": float(reply["stood"]), "refused": float(reply["refused"])}
        return Encounter(endings, Proof(statement, {**figures, "bytes": float(reply["sent"])}))

    def _machine(self) -> Agent:
        with self._lock:
            self._agent = self._agent or self._rack.add_stranger()
            return self._agent

    def _tap(self, unit: str, ports: list[str]) -> None:
        plan = self._rack.plan
        source = {
            port: " ".join(plan.address("toxiproxy", port, family) for family in Family)
            for port in HEARTBEAT_PORTS.values()
        }
        self._rack.chassis(unit).ask("tap", source=source, ports=ports)

    def _words(self, rank: Rank, target: str, trick: Trick, numbers: Mapping[Port, int]) -> dict[str, str]:
        """Data that the stranger sends on each TCP port, in base64."""
        if trick is Trick.REPLAY:
            return self._overheard(rank, target, numbers)
        said = {
            Trick.GARBAGE: b"\x00garbage from a stranger\n".ljust(64, b"~"),
            Trick.CLAIM: claims(target),
            Trick.ENDLESS_LINE: b"x" * 64,
            Trick.HALF_GREETING: HALF_GREETING,
        }.get(trick, b"")
        return dict.fromkeys(map(str, numbers.values()), base64.b64encode(said).decode())

    def _overheard(self, rank: Rank, target: str, numbers: Mapping[Port, int]) -> dict[str, str]:
        """Recorded data of the peer on each port; for a port without any, the data of the heartbeat port."""
        kept = self._rack.chassis(target).ask("tapped", interface=HEARTBEAT_PORTS[rank])["bytes"]
        if not kept:
            raise FaultNotProven(f"nothing was overheard on the {rank} heartbeat link on its way to unit {target}")
        some = kept.get(str(numbers.get(Port.HEARTBEAT, 0)), next(iter(kept.values())))
        return {str(number): str(kept.get(str(number), some)) for number in numbers.values()}


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
