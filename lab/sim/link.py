"""A heartbeat link as the suite sees it: faults with their proofs, counters, and a stranger."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import inf, isfinite

from lab.contract import Cut, Encounter, How, Intrusion, Port, Proof, Rank
from lab.errors import FaultNotProven
from lab.faults import Fault, FaultKind, Phase
from lab.sim.machine import Machine
from lab.sim.stranger import SimStranger
from lab.sim.wire import Fate, Segment
from lab.sim.world import World
from lab.timeline import Kind

PROBE = 32
"""Bytes of one probe that the lab sends along a link to see what becomes of it."""


class SimLink:
    """One heartbeat link (`lab.contract.Link`) over its segment."""

    def __init__(self, rank: Rank, segment: Segment, machines: Mapping[str, Machine], world: World) -> None:
        """Offer faults on a segment between two machines."""
        self.rank = rank
        self._segment = segment
        self._machines = machines
        self._world = world
        self._stranger = SimStranger(rank, segment, machines, world)

    def cut(self, cut: Cut) -> Proof:
        """Impose a cut, then send a probe every way it names: each must be swallowed or refused."""
        before = self._probe()
        self._segment.cuts.append(cut)
        after = self._probe()
        wanted = Fate.REFUSED if cut.how is How.REFUSAL else Fate.SWALLOWED
        stopped = {way for way, fate in after.items() if fate is not before[way]}
        ports = cut.ports or frozenset(Port)
        leaked = [way for way in stopped if way[2] not in ports or after[way] is not wanted]
        silent = [port for port in ports if all(after[way] is Fate.CARRIED for way in after if way[2] is port)]
        if leaked or silent:
            raise FaultNotProven(f"a cut of the {self.rank} heartbeat link let a probe through: {leaked or silent}")
        figures = {
            "probes stopped": float(len(stopped)),
            "probes carried": float(sum(fate is Fate.CARRIED for fate in after.values())),
            "bytes swallowed": float(self._segment.swallowed),
        }
        proof = Proof(f"probes on the {self.rank} heartbeat link were {wanted}", figures)
        self._note(Fault.of_cut(self.rank, cut), proof.statement)
        return proof

    def delay(self, seconds: float, jitter: float = 0.0) -> Proof:
        """Delay all payload both ways."""
        self._segment.delay, self._segment.jitter = seconds, jitter
        give_or_take = f", give or take {jitter:g} s" if jitter else ""
        statement = f"payload on the {self.rank} heartbeat link is held for {seconds:g} s{give_or_take}"
        self._note(Fault(FaultKind.DELAY, link=self.rank, value=seconds, jitter=jitter), statement)
        return Proof(statement, {"delay": seconds, "jitter": jitter})

    def throttle(self, bytes_per_second: int) -> Proof:
        """Let each connection carry that much each way."""
        self._segment.rate = float(bytes_per_second)
        statement = f"each connection on the {self.rank} heartbeat link carries {bytes_per_second} bytes in a second"
        self._note(Fault(FaultKind.THROTTLE, link=self.rank, value=float(bytes_per_second)), statement)
        return Proof(statement, {"bytes per second": float(bytes_per_second)})

    def heal(self) -> Proof:
        """End every fault, then send a probe every way: each must be carried."""
        segment = self._segment
        broken = self.is_cut() or segment.delay > 0 or isfinite(segment.rate)
        segment.cuts.clear()
        segment.delay, segment.jitter, segment.rate = 0.0, 0.0, inf
        fates = self._probe()
        if any(fate is not Fate.CARRIED for fate in fates.values()):
            raise FaultNotProven(f"the {self.rank} heartbeat link does not carry probes after it was healed")
        proof = Proof(f"probes pass the {self.rank} heartbeat link", {"probes carried": float(len(fates))})
        if broken:
            self._note(Fault(FaultKind.HEAL, link=self.rank), proof.statement)
        return proof

    def is_cut(self) -> bool:
        """Whether a cut is in force."""
        return bool(self._segment.cuts)

    def carried(self, port: Port) -> int:
        """Bytes of payload carried on that port so far, handshakes included, both ways."""
        return self._segment.carried[port]

    def connections(self) -> frozenset[int]:
        """TCP ports on which payload has been carried."""
        return frozenset(self._segment.used)

    def overhear(self) -> None:
        """Let a stranger keep what is sent on this link from now on."""
        self._stranger.overhear()

    def intrude(self, target: str, intrusion: Intrusion) -> Encounter:
        """Let a stranger on this network try its luck with a unit."""
        fault = Fault.of_intrusion(self.rank, target, intrusion)
        self._note(fault)
        encounter = self._stranger.intrude(target, intrusion)
        self._note(fault, encounter.proof.statement, Phase.END)
        return encounter

    def _note(self, fault: Fault, proof: str = "", phase: Phase | None = None) -> None:
        self._world.note(Kind.FAULT, fault.subject, **fault.detail(proof, phase))

    def _probe(self) -> dict[tuple[str, str, Port], Fate]:
        """Send a probe on every connection (by who dials) towards each end, on each port."""
        names = sorted(self._machines)
        fates = {}
        for dialler, towards, port in product(names, names, Port):
            listener = next(name for name in names if name != dialler)
            fate = self._segment.fate(listener, port, towards=towards)
            if fate is Fate.SWALLOWED:
                self._segment.swallowed += PROBE
            fates[(dialler, towards, port)] = fate
        return fates
