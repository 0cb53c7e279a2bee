"""An intruder: a third machine on the heartbeat networks, made when first needed."""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping

from lab.contract import Encounter, Ending, Guise, Intrusion, Port, Proof, Rank, Trick
from lab.docker.agent import Agent
from lab.docker.names import UNITS, other
from lab.docker.rack import Rack
from lab.docker.subnets import HEARTBEAT_PORTS
from lab.errors import FaultNotProven, UsageError
from lab.wires.wire import Wire

PATIENCE = 20.0
"""Seconds for a stranger to connect, and then to wait for the unit to end the connection: four times what is enough
for a greeting over a link with a second of delay each way."""

MEGABYTE = 1 << 20
GARBAGE = b"\x00garbage from a stranger\n" + 39 * b"~"
"""Sent again and again, up to a megabyte."""

CONNECTIONS = {Trick.SILENCE: 40, Trick.HALF_GREETING: 40, Trick.CROWD: 100}
"""Connections for each port; every other trick uses one."""

AUTHENTICATED = {Trick.CLAIM, Trick.ENDLESS_LINE, Trick.BROKEN_LINES}
"""Tricks of a stranger who authenticates first, where the wire tells how."""


class Stranger:
    """Tries tricks at the units' ports, from its own machine or with the peer's address."""

    def __init__(self, rack: Rack, *, wires: Mapping[str, Wire]) -> None:
        """Prepare; the machine is made when first needed. `wires` names the wire of each unit."""
        self._rack = rack
        self._wires = wires
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
        """Try a trick on several ports of a unit at once.

        Raises FaultNotProven if none was reached, UsageError if the trick needs a wire and the unit's is not known.
        """
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
        wire = self._wires[target]
        admission = None
        if intrusion.trick in AUTHENTICATED and wire.admits is not None:
            admission = wire.admits(intrusion.password)
        reply = agent.ask(
            "intrude",
            patience=2 * PATIENCE + 15.0,
            address=self._rack.plan.address(target, interface, intrusion.family),
            ports=[str(number) for number in wanted.values()],
            says=self._words(rank, target, intrusion.trick, wanted),
            repeat=MEGABYTE // 64 if intrusion.trick in {Trick.GARBAGE, Trick.ENDLESS_LINE} else 1,
            count=CONNECTIONS.get(intrusion.trick, 1),
            apart=intrusion.trick is Trick.BROKEN_LINES,
            within=PATIENCE,
            psk=None if admission is None else {"identity": admission.identity, "key": admission.key.hex()},
            courtesies=[words.hex() for words in wire.courtesies],
            refusals=[words.hex() for words in wire.refusals] if wire.known else None,
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
        self._rack.chassis(unit).ask("tap", source=self._rack.plan.on_links("toxiproxy"), ports=ports)

    def _words(self, rank: Rank, target: str, trick: Trick, numbers: Mapping[Port, int]) -> dict[str, str]:
        """Data that the stranger sends on each TCP port, in base64."""
        if trick is Trick.REPLAY:
            return self._overheard(rank, target, numbers)
        says = self._wires[target].says
        if trick.is_spoken and says is None:
            raise UsageError(f"no wire module tells what to say for {trick}", "name the unit's wire in its profile")
        words = {}
        for port, number in numbers.items():
            said = says(trick, target, port) if trick.is_spoken and says is not None else b""
            words[str(number)] = base64.b64encode(GARBAGE if trick is Trick.GARBAGE else said).decode()
        return words

    def _overheard(self, rank: Rank, target: str, numbers: Mapping[Port, int]) -> dict[str, str]:
        """Recorded data of the peer on each port; for a port without any, the data of the heartbeat port."""
        kept = self._rack.chassis(target).ask("tapped", interface=HEARTBEAT_PORTS[rank])["bytes"]
        if not kept:
            raise FaultNotProven(f"nothing was overheard on the {rank} heartbeat link on its way to unit {target}")
        some = kept.get(str(numbers.get(Port.HEARTBEAT, 0)), next(iter(kept.values())))
        return {str(number): str(kept.get(str(number), some)) for number in numbers.values()}
