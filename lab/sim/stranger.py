"""A stranger on a simulated heartbeat network: what it tries at a machine's ports, and how that ends."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping

from lab.contract import Encounter, Ending, Guise, Intrusion, Port, Proof, Rank, Trick
from lab.errors import FaultNotProven
from lab.sim.machine import Machine
from lab.sim.wire import Segment
from lab.sim.world import World
from lab.wires import switchover
from lab.wires.wire import APART
from node.engine.messages import AskRole, Heartbeat
from node.engine.modes import Effective, Mode
from node.exchange import frames
from node.exchange.queue import Receive, Take, Taker, decode, name_of

HELD = 40
"""Connections that a silent stranger opens to each port."""

CROWD = 100
"""Connections that a crowd opens to each port."""

MEGABYTE = 1 << 20

_HOST = "77"
"""Last part of a stranger's own address."""

_SPEAKING = {Port.HEARTBEAT, Port.SYNC_CONTROL}
"""Ports on which the dialling side sends lines; on the others the listener speaks first."""


class SimStranger:
    """Someone on one link's segment with an address of its own, who can also use the peer's."""

    def __init__(self, rank: Rank, segment: Segment, machines: Mapping[str, Machine], world: World) -> None:
        """Be there, and do nothing yet."""
        self._rank = rank
        self._segment = segment
        self._machines = machines
        self._world = world

    def overhear(self) -> None:
        """Keep what is sent from now on."""
        self._segment.overheard = {}

    def intrude(self, target: str, intrusion: Intrusion) -> Encounter:
        """Try the trick on each port in turn, and let pass what time it takes."""
        machine = self._machines[target]
        interface = self._segment.interface
        numbers = {port: machine.listens(interface, port) for port in intrusion.ports}
        open_ports = [
            port
            for port, number in numbers.items()
            if number is not None and machine.accepts(interface, number, intrusion.family) is port
        ]
        if not machine.on_network():
            raise FaultNotProven(f"a stranger on the {self._rank} heartbeat network reaches no port of unit {target}")
        endings = dict.fromkeys(intrusion.ports, Ending.REFUSED)
        endings |= {port: self._try(machine, port, intrusion) for port in open_ports}
        if self._is_patient(machine, intrusion):
            self._world.advance(frames.GREETING)
            machine.refuse(interface, self._address(machine, intrusion), "no greeting in time")
        number = len(open_ports) * _connections(intrusion.trick)
        statement = f"a stranger on the {self._rank} heartbeat network opened {number} connections to unit {target}"
        return Encounter(endings, Proof(statement, {"connections": float(number)}))

    def _try(self, machine: Machine, port: Port, intrusion: Intrusion) -> Ending:
        interface = self._segment.interface
        self._world.advance(self._world.draw(0.0005, 0.002))
        if self._is_patient(machine, intrusion):
            return Ending.CLOSED
        knows = intrusion.trick in {Trick.CLAIM, Trick.ENDLESS_LINE, Trick.BROKEN_LINES}
        source, password = self._address(machine, intrusion), intrusion.password if knows else None
        admitted = [
            machine.authenticate(interface, source, password) for _ in range(_connections(intrusion.trick))
        ].pop()
        if not admitted:
            return Ending.CLOSED
        if intrusion.trick is Trick.BROKEN_LINES and port is Port.DATA_SYNC:
            said = switchover.broken(machine.name, port).split(APART)[:-1]
            return Ending.ANSWERED if any(_takes(machine, each) for each in said) else Ending.CLOSED
        lines = self._lines(machine, port, intrusion.trick)
        stay = (machine.receive(interface, port, line, source, lambda: True) for line in lines)
        # Each broken line is said on a connection of its own, all others on one.
        stays = any(list(stay)) if intrusion.trick is Trick.BROKEN_LINES else all(stay)
        return Ending.ANSWERED if stays else Ending.CLOSED

    def _is_patient(self, machine: Machine, intrusion: Intrusion) -> bool:
        """Whether the unit waits for a greeting that does not come: it does so for its peer's address only."""
        if _connections(intrusion.trick) == 1 or machine.engine is None:
            return False
        link = next((link for link in machine.links if link.interface == self._segment.interface), None)
        source = self._address(machine, intrusion)
        return link is not None and machine.engine.admits(link.rank, source, password_matches=True)

    def _address(self, machine: Machine, intrusion: Intrusion) -> str:
        peer = next(each for each in self._machines.values() if each is not machine)
        own = peer.interfaces.source(self._segment.interface, intrusion.family)
        return own if intrusion.guise is Guise.PEER else own[: max(own.rfind("."), own.rfind(":")) + 1] + _HOST

    def _lines(self, machine: Machine, port: Port, trick: Trick) -> list[bytes]:
        """What an admitted stranger says."""
        if trick is Trick.ENDLESS_LINE and port in _SPEAKING:
            return [b"x" * MEGABYTE]
        if trick is Trick.BROKEN_LINES and port in _SPEAKING:
            return switchover.broken(machine.name, port).split(APART)[:-1]
        if trick is Trick.REPLAY:
            return list((self._segment.overheard or {}).get((machine.name, port), ()))
        if trick is not Trick.CLAIM or port is not Port.HEARTBEAT:
            return []
        mode = Mode.SECONDARY if machine.configured() is Mode.PRIMARY else Mode.PRIMARY
        beat = Heartbeat(1_000_000, 1, mode, Effective.SECONDARY, joining=False)
        return [frames.encode(each) for each in (beat, AskRole("stranger", 1_000_000, 1, 1_000_000, 1))]


def _takes(machine: Machine, said: bytes) -> bool:
    """Whether the unit takes mail on a connection on which somebody has said this, or holds it."""
    taker, rest = Taker(), said
    while rest and not taker.over:
        refusal = machine.engine.refuses_queue() if machine.engine is not None else "it does not run"
        line, _, rest = rest.partition(b"\n")
        try:
            ahead = deque(taker.hear(decode(json.loads(line)), refusal))
        except ValueError:
            return False
        while ahead:
            match ahead.popleft():
                case Receive(size):
                    content, rest = rest[:size], rest[size:]
                    if len(content) != size:
                        return True
                    ahead.extend(taker.received(name_of(content), refusal))
                case Take():
                    return True
    return not taker.over


def _connections(trick: Trick) -> int:
    return {Trick.SILENCE: HELD, Trick.HALF_GREETING: HELD, Trick.CROWD: CROWD}.get(trick, 1)
